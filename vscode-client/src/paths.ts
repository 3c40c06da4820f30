// Paths as users write them in settings, and as they are shown.

import * as path from "node:path";

export interface Base {
  readonly home: string;
  /** The base of relative paths, and the value of `${workspaceFolder}`. */
  readonly workspaceFolder?: string | undefined;
}

/** A path as it is shown: relative to the workspace folder if it is in it, else with `~` for the home folder. */
export function shownPath(file: string, base: Base): string {
  const inWorkspace = base.workspaceFolder === undefined ? undefined : below(base.workspaceFolder, file);
  if (inWorkspace !== undefined && inWorkspace !== "") {
    return inWorkspace;
  }
  const inHome = below(base.home, file);
  return inHome === undefined ? file : path.join("~", inHome);
}

/** The path of `file` relative to `folder`, undefined if it is elsewhere. */
function below(folder: string, file: string): string | undefined {
  const relative = path.relative(folder, file);
  const isElsewhere = relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return isElsewhere ? undefined : relative;
}

/** The absolute path of a setting, undefined for an empty one. */
export function expandPath(written: string | undefined, base: Base): string | undefined {
  const text = written?.trim() ?? "";
  if (text === "") {
    return undefined;
  }
  const folder = base.workspaceFolder ?? base.home;
  const expanded = text.replaceAll("${workspaceFolder}", folder).replace(/^~(?=$|[/\\])/, base.home);
  return path.resolve(folder, expanded);
}
