// The extension: wakes up where NeMo Gym configs may be, looks whether there are any, and only then starts the server.

import { commands, Disposable, type ExtensionContext, type TextDocument, type Uri, workspace } from "vscode";
import { looksLikeGym, PLACES, SKIPPED } from "./recognising";

// Enough to find a config among other people's files, and few enough to read at every start.
const LOOKED_AT = 40;

export async function activate(context: ExtensionContext): Promise<void> {
  const waiting = new Waiting(context);
  context.subscriptions.push(waiting);
  if (await holdsConfigs()) {
    await waiting.wake();
  }
}

/** Until there is a Gym config: nothing but a look at the YAML files that are opened or saved. */
class Waiting implements Disposable {
  private readonly subscriptions: Disposable[];
  private isAwake = false;
  private woken: Promise<void> = Promise.resolve();

  constructor(private readonly context: ExtensionContext) {
    const look = (document: TextDocument): void => {
      if (document.languageId === "yaml" && looksLikeGym(document.getText())) {
        void this.wake();
      }
    };
    this.subscriptions = [
      workspace.onDidOpenTextDocument(look),
      workspace.onDidSaveTextDocument(look),
      // Whoever asks for the server has a reason.
      commands.registerCommand("gymLsp.start", () => this.wake()),
    ];
    workspace.textDocuments.forEach(look);
  }

  wake(): Promise<void> {
    if (!this.isAwake) {
      this.isAwake = true;
      this.woken = import("./awake").then(({ start }) => {
        start(this.context);
      });
    }
    return this.woken;
  }

  dispose(): void {
    Disposable.from(...this.subscriptions).dispose();
  }
}

async function holdsConfigs(): Promise<boolean> {
  const found = await Promise.all(PLACES.map((glob) => workspace.findFiles(glob, SKIPPED, LOOKED_AT)));
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
