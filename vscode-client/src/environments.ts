// The Python environments of a workspace: the one that is selected in Microsoft's Python extension, if that is
// installed, and those inside the workspace. This module runs none of them.

import * as path from "node:path";
import { Disposable, type Event, EventEmitter, extensions, type Uri, workspace } from "vscode";
import { log, reasonOf } from "./log";
import type { Environment } from "./serverSearch";
import { pythonEnvironment } from "./settings";

const PYTHON_EXTENSION = "ms-python.python";
const OWN_FOLDERS = [".venv", "venv"];

/** The part of the Python extension's API that is used here. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: Uri): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<ResolvedEnvironment | undefined>;
    readonly onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

interface ResolvedEnvironment {
  readonly executable: { readonly uri?: Uri; readonly sysPrefix?: string };
  readonly environment?: { readonly name?: string; readonly folderUri?: Uri };
}

/** Lists the environments, and reports a change of the selected one. */
export class Environments implements Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private subscription: Disposable | undefined;

  dispose(): void {
    this.subscription?.dispose();
    this.changed.dispose();
  }

  /** The environments to search, in order of preference. Empty if the workspace is not trusted. */
  async list(): Promise<Environment[]> {
    if (!workspace.isTrusted) {
      return [];
    }
    const given = pythonEnvironment();
    if (given !== undefined) {
      return [{ folder: given, label: path.basename(given) }];
    }
    const selected = await this.selected();
    const own = (workspace.workspaceFolders ?? []).flatMap((folder) =>
      OWN_FOLDERS.map((name) => ({ folder: path.join(folder.uri.fsPath, name), label: name })),
    );
    const present = await Promise.all(own.map(async (each) => ((await isEnvironment(each.folder)) ? [each] : [])));
    return [...(selected ? [selected] : []), ...present.flat()].filter(
      (each, index, all) => all.findIndex((other) => other.folder === each.folder) === index,
    );
  }

  private async selected(): Promise<Environment | undefined> {
    const extension = extensions.getExtension<PythonApi | undefined>(PYTHON_EXTENSION);
    if (!extension) {
      return undefined;
    }
    try {
      const environments = (await extension.activate())?.environments;
      if (!environments) {
        return undefined;
      }
      this.subscription ??= environments.onDidChangeActiveEnvironmentPath(() => {
        this.changed.fire();
      });
      const active = environments.getActiveEnvironmentPath(workspace.workspaceFolders?.[0]?.uri);
      const resolved = await environments.resolveEnvironment(active);
      const folder = resolved?.environment?.folderUri?.fsPath ?? resolved?.executable.sysPrefix;
      if (folder === undefined || folder === "") {
        return undefined;
      }
      const python = resolved?.executable.uri?.fsPath;
      return { folder, label: resolved?.environment?.name ?? path.basename(folder), python };
    } catch (error) {
      // A failure of the other extension must not prevent the start of this one.
      log().warn(`Cannot read the selected environment from the Python extension: ${reasonOf(error)}`);
      return undefined;
    }
  }
}

async function isEnvironment(folder: string): Promise<boolean> {
  const { access } = await import("node:fs/promises");
  return access(path.join(folder, "pyvenv.cfg")).then(
    () => true,
    () => false,
  );
}
