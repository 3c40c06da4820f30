// The entry point: VS Code activates it where NeMo Gym configs may be, and at the first YAML file. It looks for a config,
// and only then loads the rest of the extension, which starts the server.

import {
  commands,
  Disposable,
  type ExtensionContext,
  RelativePattern,
  type TextDocument,
  Uri,
  workspace,
} from "vscode";
import { commonFolder, CONFIG_GLOBS, EXCLUDED, isBegun, isConfigPlace, looksLikeGym } from "./detection";

// Enough to find a config among unrelated files, and few enough to read at every start.
/** The commands that make something new, with its kind; the first one asks for it. */
const NEW_COMMANDS: Readonly<Record<string, string | undefined>> = {
  "gymLsp.newComponent": undefined,
  "gymLsp.newEnvironment": "environment",
  "gymLsp.newBenchmark": "benchmark",
  "gymLsp.newAgent": "agent",
  "gymLsp.newResourcesServer": "resources-server",
  "gymLsp.newSandbox": "sandbox",
  "gymLsp.newRecipe": "recipe",
};
const MAX_FILES = 40;
const DELAY_MS = 500;

export async function activate(context: ExtensionContext): Promise<void> {
  const lazyStart = new LazyStart(context);
  context.subscriptions.push(lazyStart);
  await lazyStart.search();
}

/** Starts the extension at the first Gym config: until then it looks at YAML files that are opened, saved or created. */
class LazyStart implements Disposable {
  private readonly commands: Disposable[];
  private readonly listeners: Disposable[];
  private started: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly context: ExtensionContext) {
    const check = (document: TextDocument): void => void this.check(document);
    const searchSoon = (): void => {
      this.searchSoon();
    };
    const watchers = CONFIG_GLOBS.map((glob) => workspace.createFileSystemWatcher(glob, false, false, true));
    this.listeners = [
      workspace.onDidOpenTextDocument(check),
      workspace.onDidSaveTextDocument(check),
      ...watchers,
      ...watchers.flatMap((each) => [each.onDidCreate(searchSoon), each.onDidChange(searchSoon)]),
    ];
    // These commands start the server even if no config was found.
    this.commands = [
      commands.registerCommand("gymLsp.start", () => this.start()),
      ...Object.entries(NEW_COMMANDS).map(([name, kind]) =>
        commands.registerCommand(name, async (place: unknown) => {
          await this.start();
          await commands.executeCommand("gymLsp.askForComponent", place, kind);
        }),
      ),
    ];
    workspace.textDocuments.forEach(check);
  }

  /** Start if the workspace contains configs. */
  async search(): Promise<void> {
    if (!this.started && (await containsConfigs())) {
      await this.start();
    }
  }

  dispose(): void {
    Disposable.from(...this.commands).dispose();
    this.stopListening();
  }

  private async check(document: TextDocument): Promise<void> {
    if (!this.started && document.languageId === "yaml" && (await isConfig(document))) {
      await this.start();
    }
  }

  // Files often appear in large numbers.
  private searchSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.search();
    }, DELAY_MS);
  }

  private start(): Promise<void> {
    this.stopListening();
    this.started ??= import("./main").then(({ start }) => start(this.context));
    return this.started;
  }

  private stopListening(): void {
    clearTimeout(this.timer);
    Disposable.from(...this.listeners.splice(0)).dispose();
  }
}

async function isConfig(document: TextDocument): Promise<boolean> {
  const text = document.getText();
  if (looksLikeGym(text)) {
    return true;
  }
  return document.uri.scheme === "file" && isBegun(text) && isPlace(document.uri) && !(await isOfOtherTool(document.uri));
}

/** Whether configs belong at the path of a file. The path above the workspace shows little, except of `config.yaml`. */
function isPlace(uri: Uri): boolean {
  const folder = workspace.getWorkspaceFolder(uri);
  const inFolder = folder ? uri.path.slice(folder.uri.path.length + 1) : uri.path;
  return isConfigPlace(inFolder) || /\/(?:environments|benchmarks)\/[^/]+\/config\.yaml$/.test(uri.path);
}

/** Whether the other files around an empty one have contents, and none of them looks like a Gym config. */
async function isOfOtherTool(uri: Uri): Promise<boolean> {
  const folder = commonFolder(uri.path);
  if (folder === undefined) {
    return false;
  }
  const pattern = new RelativePattern(uri.with({ path: folder }), "*/**/*.{yaml,yml}");
  const found = await workspace.findFiles(pattern, EXCLUDED, MAX_FILES);
  const texts = await Promise.all(found.filter((each) => each.path !== uri.path).map(read));
  return texts.some((text) => !isBegun(text)) && !texts.some(looksLikeGym);
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
