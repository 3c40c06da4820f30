// The panels with the wiring diagram of a run. The server provides the wiring, and `webview/` draws it.

import { randomBytes } from "node:crypto";
import { Disposable, env, Uri, ViewColumn, type Webview, type WebviewPanel, window, workspace } from "vscode";
import { openLocation } from "./locations";
import { reasonOf } from "./log";
import { ServerCommand } from "./protocol";
import { type Run, titleOf } from "./runs";
import type { Server } from "./server";
import type { FromDiagram, Layer, ToDiagram, WiringPicture } from "./wiringMessages";

const TYPE = "gymLsp.wiring";
// Long enough that the diagram does not change with each key press.
const DELAY_MS = 300;

/** The open panels, one for each run. */
export class WiringPanels implements Disposable {
  private readonly panels = new Map<string, WiringPanel>();
  private readonly serializer: Disposable;

  constructor(
    private readonly extensionUri: Uri,
    private readonly server: Server,
  ) {
    this.serializer = window.registerWebviewPanelSerializer(TYPE, {
      deserializeWebviewPanel: (panel, state: { run?: Run } | undefined) => {
        if (state?.run) {
          this.adopt(panel, state.run);
        } else {
          panel.dispose();
        }
        return Promise.resolve();
      },
    });
  }

  dispose(): void {
    this.serializer.dispose();
    for (const panel of [...this.panels.values()]) {
      panel.dispose();
    }
  }

  /** Show the diagram of a run, beside the active editor. */
  show(run: Run): Promise<void> {
    const known = this.panels.get(JSON.stringify(run));
    if (known) {
      known.reveal();
    } else {
      const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
      this.adopt(window.createWebviewPanel(TYPE, `Wiring: ${titleOf(run)}`, column), run);
    }
    return Promise.resolve();
  }

  private adopt(view: WebviewPanel, run: Run): void {
    const key = JSON.stringify(run);
    this.panels.set(key, new WiringPanel(view, run, this.extensionUri, this.server));
    view.onDidDispose(() => this.panels.delete(key));
  }
}

class WiringPanel {
  private readonly subscriptions: Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private isStale = true;
  private isReady = false;
  private layer: Layer = "servers";
  private file: string | null;

  constructor(
    private readonly view: WebviewPanel,
    private readonly run: Run,
    extensionUri: Uri,
    private readonly server: Server,
  ) {
    this.file = activeFile();
    view.webview.options = { enableScripts: true, localResourceRoots: [extensionUri] };
    this.subscriptions = [
      view.webview.onDidReceiveMessage((message: FromDiagram) => void this.receive(message)),
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === "yaml" && document.uri.scheme === "file") {
          this.drawSoon();
        }
      }),
      // Without an active editor, for example while the diagram has the focus, the last file stays.
      window.onDidChangeActiveTextEditor(() => {
        this.file = activeFile() ?? this.file;
        void this.showFile();
      }),
      server.onDidChangeState(() => {
        this.drawSoon();
      }),
      view.onDidChangeViewState(() => {
        if (view.visible && this.isStale) {
          this.drawSoon();
        }
      }),
    ];
    view.onDidDispose(() => {
      clearTimeout(this.timer);
      Disposable.from(...this.subscriptions).dispose();
    });
    view.webview.html = page(view.webview, extensionUri, run);
  }

  reveal(): void {
    this.view.reveal(undefined, true);
  }

  dispose(): void {
    this.view.dispose();
  }

  private async receive(message: FromDiagram): Promise<void> {
    switch (message.type) {
      case "ready":
        this.isReady = true;
        this.layer = message.layer;
        await this.draw();
        break;
      case "open":
        await openLocation(message.uri, message.range, this.columnForSources());
        break;
      case "copy": {
        const { text } = await this.server.ask<{ text: string }>(ServerCommand.wiring, {
          ...this.run,
          format: message.format,
          layers: [this.layer],
        });
        await env.clipboard.writeText(text);
        window.setStatusBarMessage(`$(copy) Copied wiring as ${message.format}`, 3000);
        break;
      }
    }
  }

  // Sources open beside the diagram, so that they do not cover it.
  private columnForSources(): ViewColumn {
    return this.view.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One;
  }

  private drawSoon(): void {
    this.isStale = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.draw(), DELAY_MS);
  }

  private async draw(): Promise<void> {
    if (!this.view.visible || !this.isReady || this.server.state.kind === "starting") {
      return;
    }
    this.isStale = false;
    await this.showFile();
    await this.view.webview.postMessage(await this.diagram());
  }

  private async showFile(): Promise<void> {
    await this.view.webview.postMessage({ type: "file", uri: this.file } satisfies ToDiagram);
  }

  private async diagram(): Promise<ToDiagram> {
    try {
      const wiring = await this.server.ask<WiringPicture>(ServerCommand.wiring, {
        ...this.run,
        format: "svg",
        layers: [this.layer],
      });
      return { type: "wiring", wiring };
    } catch (error) {
      return { type: "failed", reason: reasonOf(error) };
    }
  }
}

function activeFile(): string | null {
  return window.activeTextEditor?.document.uri.toString() ?? null;
}

function page(webview: Webview, extensionUri: Uri, run: Run): string {
  const script = webview.asWebviewUri(Uri.joinPath(extensionUri, "out", "wiring.js"));
  const style = webview.asWebviewUri(Uri.joinPath(extensionUri, "media", "wiring.css"));
  const nonce = randomBytes(16).toString("base64url");
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width">
  <link rel="stylesheet" href="${style.toString()}">
  <title>Wiring</title>
</head>
<body data-run="${escaped(JSON.stringify(run))}">
  <header>
    <h1 id="title"></h1>
    <div id="layers" role="group" aria-label="Layers"></div>
    <div id="actions" role="toolbar" aria-label="Diagram"></div>
  </header>
  <p id="message" role="status"></p>
  <div id="diagram"></div>
  <footer id="legend" aria-label="Legend"></footer>
  <script nonce="${nonce}" src="${script.toString()}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
