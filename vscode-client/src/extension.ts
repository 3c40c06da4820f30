// The entry point: VS Code activates it where NeMo Gym configs may be. It searches for one, and only then starts the
// server.

import { commands, Disposable, type ExtensionContext, type TextDocument, type Uri, workspace } from "vscode";
import { CONFIG_GLOBS, EXCLUDED, looksLikeGym } from "./detection";

// Enough to find a config among unrelated files, and few enough to read at every start.
const MAX_FILES = 40;

export async function activate(context: ExtensionContext): Promise<void> {
  const lazyStart = new LazyStart(context);
  context.subscriptions.push(lazyStart);
  if (await containsConfigs()) {
    await lazyStart.start();
  }
}

/** Starts the extension at the first Gym config: until then it only reads the YAML files that are opened or saved. */
class LazyStart implements Disposable {
  private readonly subscriptions: Disposable[];
  private started: Promise<void> | undefined;

  constructor(private readonly context: ExtensionContext) {
    const check = (document: TextDocument): void => {
      if (document.languageId === "yaml" && looksLikeGym(document.getText())) {
        void this.start();
      }
    };
    this.subscriptions = [
      workspace.onDidOpenTextDocument(check),
      workspace.onDidSaveTextDocument(check),
      // The command starts the server even if no config was found.
      commands.registerCommand("gymLsp.start", () => this.start()),
    ];
    workspace.textDocuments.forEach(check);
  }

  start(): Promise<void> {
    this.started ??= import("./main").then(({ start }) => {
      start(this.context);
    });
    return this.started;
  }

  dispose(): void {
    Disposable.from(...this.subscriptions).dispose();
  }
}

async function containsConfigs(): Promise<boolean> {
  const found = await Promise.all(CONFIG_GLOBS.map((glob) => workspace.findFiles(glob, EXCLUDED, MAX_FILES)));
  for (const uri of found.flat()) {
    if (uri.path.endsWith(".toml")) {
      return true;
    }
    if (looksLikeGym(await read(uri))) {
      return true;
    }
  }
  return false;
}

async function read(uri: Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return "";
  }
}
