// Actions of a user in the editor: open and edit files, and read what the editor shows at a position.

import * as vscode from "vscode";
import { until } from "./until";

export function fileUri(relative: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) {
    throw new Error("no folder is open");
  }
  return vscode.Uri.joinPath(folder.uri, relative);
}

export async function open(relative: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(fileUri(relative));
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  return document;
}

/** The position after the first occurrence of `text` that follows `start`. */
export function after(document: vscode.TextDocument, text: string, start = ""): vscode.Position {
  const whole = document.getText();
  const at = whole.indexOf(text, whole.indexOf(start));
  if (at < 0) {
    throw new Error(`${document.fileName} does not contain ${text}`);
  }
  return document.positionAt(at + text.length);
}

export async function replace(document: vscode.TextDocument, old: string, text: string): Promise<void> {
  const end = after(document, old);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(document.offsetAt(end) - old.length), end), text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error("the edit was not applied");
  }
}

/** The codes of gym-lsp's findings in a file. */
export function findings(uri: vscode.Uri): string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((each) => each.source === "gym-lsp")
    .map(({ code }) => String(typeof code === "object" ? code.value : code));
}

export function untilFindings(uri: vscode.Uri, what: string, wanted: (codes: string[]) => boolean): Promise<string[]> {
  return until(`${what} in ${uri.path}`, () => {
    const codes = findings(uri);
    return Promise.resolve(wanted(codes) ? codes : undefined);
  });
}

export function untilCompletions(uri: vscode.Uri, position: vscode.Position, wanted: string): Promise<string[]> {
  return until(`the completion ${wanted}`, async () => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      uri,
      position,
    );
    const labels = list.items.map(({ label }) => (typeof label === "string" ? label : label.label));
    return labels.includes(wanted) ? labels : undefined;
  });
}

/** The location of the definition of the symbol at a position. */
export function untilDefinition(uri: vscode.Uri, position: vscode.Position): Promise<vscode.Location> {
  return until("a definition", async () => {
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      "vscode.executeDefinitionProvider",
      uri,
      position,
    );
    const [first] = found;
    if (!first) {
      return undefined;
    }
    return "targetUri" in first
      ? new vscode.Location(first.targetUri, first.targetSelectionRange ?? first.targetRange)
      : first;
  });
}

/** The text of a hover as it is shown, without the backslashes of Markdown. */
export function untilHover(uri: vscode.Uri, position: vscode.Position, wanted: string): Promise<string> {
  return until(`a hover with ${wanted}`, async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", uri, position);
    const text = hovers
      .flatMap((hover) => hover.contents)
      .map((content) => (content instanceof vscode.MarkdownString ? content.value : JSON.stringify(content)))
      .join("\n")
      .replaceAll(/\\+([!-/:-@[-`{-~])/g, "$1");
    return text.includes(wanted) ? text : undefined;
  });
}
