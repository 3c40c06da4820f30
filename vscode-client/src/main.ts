// Sets up the extension once the workspace is known to contain configs. It is loaded only then, because it is ten times
// as much code as the detection.

import { commands, Disposable, type ExtensionContext, extensions, window, workspace } from "vscode";
import { readBundle } from "./bundle";
import { registerCommands } from "./commands";
import { looksLikeGym } from "./detection";
import { Environments } from "./environments";
import { reportProblems } from "./notifications";
import { registerResolved } from "./resolved";
import { Server } from "./server";
import { hasOtherYamlServer, RESTART_SETTINGS } from "./settings";
import { SideBar } from "./sideBar";
import { showStatus } from "./status";
import { tickWalkthrough } from "./walkthrough";
import { WiringPanels } from "./wiring";

const DELAY_MS = 500;

/** Set up all parts and start the server. */
export async function start(context: ExtensionContext): Promise<void> {
  const environments = new Environments();
  const server = new Server(environments, await readBundle(context));
  const sideBar = new SideBar(server);
  const wiring = new WiringPanels(context.extensionUri, server);
  const restartSoon = new Debounced(() => void server.restart());
  let hadOtherYamlServer = hasOtherYamlServer();
  context.subscriptions.push(
    environments,
    server,
    sideBar,
    wiring,
    restartSoon,
    showStatus(server),
    registerResolved(server),
    registerCommands({ server, environments, sideBar, wiring }),
    server.onDidChangeState(reportProblems(server, environments)),
    tickWalkthrough(server),
    environments.onDidChange(() => {
      restartSoon.trigger();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (RESTART_SETTINGS.some((name) => event.affectsConfiguration(name))) {
        restartSoon.trigger();
      }
    }),
    workspace.onDidGrantWorkspaceTrust(() => {
      restartSoon.trigger();
    }),
    extensions.onDidChange(() => {
      if (hadOtherYamlServer !== hasOtherYamlServer()) {
        hadOtherYamlServer = hasOtherYamlServer();
        restartSoon.trigger();
      }
    }),
    updateContextKey(),
  );
  void commands.executeCommand("setContext", "gymLsp.active", true);
  void server.restart();
}

/** Updates the context key by which menus test whether the active file is a config. */
function updateContextKey(): Disposable {
  const update = (): void => {
    const document = window.activeTextEditor?.document;
    const isYaml = document?.languageId === "yaml" && document.uri.scheme === "file";
    void commands.executeCommand("setContext", "gymLsp.inConfig", isYaml && looksLikeGym(document.getText()));
  };
  update();
  return Disposable.from(window.onDidChangeActiveTextEditor(update), workspace.onDidSaveTextDocument(update));
}

/** Runs an action once, a short time after the last of several triggers. */
class Debounced implements Disposable {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly action: () => void) {}

  trigger(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.action, DELAY_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}
