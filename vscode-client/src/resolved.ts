// The resolved configuration: a document beside the file, with hovers and definitions that lead to the source of each
// line, and a comparison of two of them. The text comes from the server, by workspace/textDocumentContent.

import {
  type CancellationToken,
  commands,
  type DefinitionProvider,
  Disposable,
  type DecorationOptions,
  type DocumentFilter,
  Hover,
  type HoverProvider,
  languages,
  Location,
  MarkdownString,
  type Position,
  Range,
  type TextDocument,
  type TextEditor,
  ThemeColor,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";
import { lineOrigins, shortPath } from "./lineOrigins";
import { rangeOf } from "./locations";
import { log, reasonOf } from "./log";
import { escaped } from "./plainText";
import { type Resolved, type ResolvedLine, ServerCommand } from "./protocol";
import { fileNameOf, queryOf, RESOLVED, type Run, runOf, SCHEME, titleOf } from "./runs";
import type { Server } from "./server";

const SELECTOR: DocumentFilter = { scheme: SCHEME, language: "yaml" };

/** The URI of the document that shows a run. */
export function resolvedUri(run: Run): Uri {
  return Uri.from({ scheme: SCHEME, path: `${RESOLVED}${fileNameOf(run)}`, query: queryOf(run) });
}

/** Show the resolved configuration of a run, beside the active editor. */
export async function showResolved(run: Run): Promise<void> {
  const document = await workspace.openTextDocument(resolvedUri(run));
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false });
}

/** Show the differences between two runs. */
export async function compareResolved(left: Run, right: Run, title?: string): Promise<void> {
  const shown = title ?? `${titleOf(left)} ↔ ${titleOf(right)}`;
  await commands.executeCommand("vscode.diff", resolvedUri(left), resolvedUri(right), shown, { preview: false });
}

/** Register hovers, definitions and the sources at the ends of lines for resolved configurations. */
export function registerResolved(server: Server): Disposable {
  const origins = new Origins(server);
  return Disposable.from(
    new OriginsOfLines(origins),
    languages.registerHoverProvider(SELECTOR, origins),
    languages.registerDefinitionProvider(SELECTOR, origins),
  );
}

/** The sources of the lines of resolved configurations, requested once for each text. */
class Origins implements HoverProvider, DefinitionProvider {
  private readonly known = new Map<string, { readonly version: number; readonly resolved: Promise<Resolved> }>();

  constructor(private readonly server: Server) {}

  async provideHover(document: TextDocument, position: Position, token: CancellationToken): Promise<Hover | undefined> {
    const line = await this.lineOf(document, position, token);
    if (!line) {
      return undefined;
    }
    const { range } = document.lineAt(position);
    if (line.uri === null) {
      return new Hover(new MarkdownString(escaped(line.how)), range);
    }
    const uri = Uri.parse(line.uri);
    const number = rangeOf(line.range).start.line + 1;
    const place = escaped(`${workspace.asRelativePath(uri)}:${number}`);
    const target = uri.with({ fragment: `L${number}` }).toString();
    const text = new MarkdownString(`${escaped(line.how)}: ${this.isInRoots(uri) ? `[${place}](${target})` : place}`);
    return new Hover(text, range);
  }

  async provideDefinition(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<Location | undefined> {
    const line = await this.lineOf(document, position, token);
    return line && line.uri !== null ? new Location(Uri.parse(line.uri), rangeOf(line.range)) : undefined;
  }

  // A config can include any file of the machine, so not every place gets a link.
  private isInRoots(uri: Uri): boolean {
    const { state } = this.server;
    const installRoot = state.kind === "running" ? state.status?.installRoot : undefined;
    const isInstalled = !!installRoot && uri.toString().startsWith(`${Uri.parse(installRoot).toString()}/`);
    return isInstalled || workspace.getWorkspaceFolder(uri) !== undefined;
  }

  /** The sources of all lines. Empty if they are unknown. */
  async linesOf(document: TextDocument): Promise<Resolved["lines"]> {
    try {
      const resolved = await this.resolved(document);
      // The text may be older than the result; then the lines do not match.
      return resolved.text.trimEnd() === document.getText().trimEnd() ? resolved.lines : [];
    } catch (error) {
      log().warn(`Cannot find the sources of lines: ${reasonOf(error)}`);
      return [];
    }
  }

  private async lineOf(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<ResolvedLine | undefined> {
    const lines = await this.linesOf(document);
    return token.isCancellationRequested ? undefined : (lines[position.line] ?? undefined);
  }

  private resolved(document: TextDocument): Promise<Resolved> {
    const key = document.uri.toString();
    const known = this.known.get(key);
    if (known?.version === document.version) {
      return known.resolved;
    }
    const resolved = this.server.ask<Resolved>(ServerCommand.resolved, runOf(document.uri.query));
    resolved.catch(() => this.known.delete(key));
    this.known.set(key, { version: document.version, resolved });
    return resolved;
  }
}

/** Shows the source at the end of each line, unless the user has turned hints off. */
class OriginsOfLines implements Disposable {
  private readonly decoration = window.createTextEditorDecorationType({
    after: { color: new ThemeColor("editorCodeLens.foreground") },
  });
  private readonly subscriptions: Disposable;

  constructor(private readonly origins: Origins) {
    this.subscriptions = Disposable.from(
      this.decoration,
      window.onDidChangeVisibleTextEditors((editors) => {
        editors.forEach((editor) => void this.show(editor));
      }),
      workspace.onDidChangeTextDocument(({ document }) => {
        window.visibleTextEditors
          .filter((editor) => editor.document === document)
          .forEach((editor) => void this.show(editor));
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("editor.inlayHints")) {
          window.visibleTextEditors.forEach((editor) => void this.show(editor));
        }
      }),
    );
    window.visibleTextEditors.forEach((editor) => void this.show(editor));
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private async show(editor: TextEditor): Promise<void> {
    const { document } = editor;
    if (languages.match(SELECTOR, document) === 0) {
      return;
    }
    const isOff = workspace.getConfiguration("editor", document).get("inlayHints.enabled") === "off";
    const sources = isOff ? [] : await this.origins.linesOf(document);
    const places = sources.map((source) => source && placeOf(source));
    const lines = document.getText().split(/\r?\n/);
    const shown = lineOrigins(lines, places).map(({ line, text, distance }): DecorationOptions => {
      const end = document.lineAt(line).range.end;
      return {
        range: new Range(end, end),
        renderOptions: { after: { contentText: text, margin: `0 0 0 ${distance}ch` } },
      };
    });
    editor.setDecorations(this.decoration, shown);
  }
}

function placeOf({ uri, range, how }: ResolvedLine): string {
  return uri === null ? how : `${shortPath(Uri.parse(uri).path)}:${rangeOf(range).start.line + 1}`;
}
