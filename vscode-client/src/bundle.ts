// The server that the extension carries: gym-lsp and its dependencies, in the packages for one platform. The package for
// all other platforms has none.

import { readdir, readFile, rm } from "node:fs/promises";
import * as path from "node:path";
import type { ExtensionContext } from "vscode";
import type { Bundle } from "./serverSearch";

const BYTECODE = "bytecode";

/** The server of this extension, undefined if it carries none. */
export async function readBundle(context: ExtensionContext): Promise<Bundle | undefined> {
  const folder = context.asAbsolutePath("bundled");
  let needs: string;
  try {
    needs = (await readFile(path.join(folder, "needs.txt"), "utf-8")).trim();
  } catch {
    return undefined;
  }
  const { version } = context.extension.packageJSON as { version: string };
  // A folder for each version, so that what an old one has left can be removed.
  const bytecode = path.join(context.globalStorageUri.fsPath, BYTECODE);
  void removeOthers(bytecode, version);
  return { script: path.join(folder, "run_server.py"), version, needs, bytecode: path.join(bytecode, version) };
}

async function removeOthers(folder: string, version: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const others = names.filter((name) => name !== version);
  await Promise.all(others.map((name) => rm(path.join(folder, name), { recursive: true, force: true }))).catch(() => undefined);
}
