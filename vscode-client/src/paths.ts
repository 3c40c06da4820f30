// Paths in settings.

import * as path from "node:path";

export interface Base {
  readonly home: string;
  /** The base of relative paths, and the value of `${workspaceFolder}`. */
  readonly workspaceFolder?: string | undefined;
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
