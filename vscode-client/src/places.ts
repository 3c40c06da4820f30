// Going to a place in a file.

import { type Range as LspRange } from "vscode-languageclient/node";
import { Range, Uri, ViewColumn, window } from "vscode";

/** A range of the protocol as VS Code has it; the start of the file where there is none. */
export function rangeOf(range: LspRange | null | undefined): Range {
  return range
    ? new Range(range.start.line, range.start.character, range.end.line, range.end.character)
    : new Range(0, 0, 0, 0);
}

/** Show a place, in the column that the user looks at or in the one given. */
export async function openPlace(uri: string, range?: LspRange | null, column = ViewColumn.Active): Promise<void> {
  const selection = rangeOf(range);
  await window.showTextDocument(Uri.parse(uri), { selection: new Range(selection.start, selection.start), viewColumn: column });
}
