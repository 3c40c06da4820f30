// Access to this machine for the search for the server: files, PATH, and the versions of programs.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { workspace } from "vscode";
import type { Environments } from "./environments";
import type { Tools } from "./installation";
import type { Answer, Bundle, SearchContext } from "./serverSearch";
import { serverPath } from "./settings";
import { problemIn, versionIn } from "./versions";

// The first start after an installation compiles every module, which is slow on a busy machine.
const VERSION_TIMEOUT_MS = 20_000;

/** The search context of this machine and this workspace. */
export async function searchContext(environments: Environments, bundle?: Bundle): Promise<SearchContext> {
  return {
    bundle,
    platform: process.platform,
    setting: serverPath(),
    environments: await environments.list(),
    folders: folders(),
    forbidden: workspace.isTrusted ? [] : (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    realPath,
    version,
  };
}

/** The tools that can install the server. */
export async function tools(): Promise<Tools> {
  const [uv, pipx] = await Promise.all([inPath("uv"), inPath("pipx")]);
  return { platform: process.platform, uv, pipx };
}

// Editors that were not started from a shell often lack the folder that uv and pipx install into.
function folders(): string[] {
  const ofPath = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return [...ofPath, path.join(os.homedir(), ".local", "bin")];
}

async function inPath(name: string): Promise<string | undefined> {
  const suffix = process.platform === "win32" ? ".exe" : "";
  for (const folder of folders().filter((each) => path.isAbsolute(each))) {
    const program = path.join(folder, name + suffix);
    if ((await realPath(program)) !== undefined) {
      return program;
    }
  }
  return undefined;
}

async function realPath(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
    return await realpath(file);
  } catch {
    return undefined;
  }
}

async function version(program: string, before: readonly string[]): Promise<Answer> {
  return new Promise((resolve) => {
    // Not in the workspace, because its files must not affect which program runs.
    const options = { timeout: VERSION_TIMEOUT_MS, cwd: os.homedir() };
    execFile(program, [...before, "--version"], options, (error, stdout, stderr) => {
      resolve(error ? { problem: problemIn(stderr) } : { version: versionIn(stdout) });
    });
  });
}
