// The sources at the ends of the lines of a resolved configuration, as data: the text of each, and its distance from the
// end of its line. Independent of VS Code.

/** The longest line whose source is aligned with the others. */
const WIDEST = 40;
const GAP = 2;

export interface LineOrigin {
  readonly line: number;
  readonly text: string;
  /** The distance from the end of the line, in characters. */
  readonly distance: number;
}

/**
 * The source of each line that has one. `places` are the paths and lines of the sources, null for a line without one.
 * The sources are in one column, except those of very long lines.
 */
export function lineOrigins(lines: readonly string[], places: readonly (string | null)[]): LineOrigin[] {
  const lengths = lines.map((line) => line.length);
  const column = Math.max(0, ...lengths.filter((length, line) => typeof places[line] === "string" && length <= WIDEST)) + GAP;
  return places.flatMap((text, line) => {
    const length = lengths[line];
    return text === null || length === undefined || length === 0
      ? []
      : [{ line, text, distance: Math.max(GAP, column - length) }];
  });
}

/** The end of a path that tells configs apart: most of them are named `config.yaml`, in a folder with a name. */
export function shortPath(path: string): string {
  return path.split("/").slice(-2).join("/");
}
