// Paths as people write them in settings.

import * as path from "node:path";

export interface Base {
  readonly home: string;
  /** What relative paths, and `${workspaceFolder}`, are relative to. */
  readonly workspaceFolder?: string | undefined;
}

/** The absolute path that a setting means, undefined for an empty one. */
export function expandPath(written: string | undefined, base: Base): string | undefined {
  const text = written?.trim() ?? "";
  if (text === "") {
    return undefined;
  }
  const folder = base.workspaceFolder ?? base.home;
  const expanded = text.replaceAll("${workspaceFolder}", folder).replace(/^~(?=$|[/\\])/, base.home);
  return path.resolve(folder, expanded);
}
