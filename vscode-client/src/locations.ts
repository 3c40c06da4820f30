// Locations in files.

import { type Range as LspRange } from "vscode-languageclient/node";
import { Range, Uri, ViewColumn, window } from "vscode";

/** Convert a range of the protocol to VS Code's; without one, return the start of the file. */
export function rangeOf(range: LspRange | null | undefined): Range {
  return range
    ? new Range(range.start.line, range.start.character, range.end.line, range.end.character)
    : new Range(0, 0, 0, 0);
}

/** Open a location, in the active column or in the given one. */
export async function openLocation(uri: string, range?: LspRange | null, column = ViewColumn.Active): Promise<void> {
  const selection = rangeOf(range);
  await window.showTextDocument(Uri.parse(uri), { selection: new Range(selection.start, selection.start), viewColumn: column });
}
