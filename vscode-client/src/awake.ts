// All that there is once a workspace is known to hold configs. Loaded then and not before, because it is ten times as
// much code as it takes to look.

import { commands, Disposable, type ExtensionContext, extensions, window, workspace } from "vscode";
import { registerCommands } from "./commands";
import { Environments } from "./environments";
import { reportTrouble } from "./messages";
import { looksLikeGym } from "./recognising";
import { registerResolved } from "./resolved";
import { Server } from "./server";
import { DECIDING, hasOtherYamlServer } from "./settings";
import { SideBar } from "./sideBar";
import { showStatus } from "./status";
import { WiringPanels } from "./wiring";

const SILENCE_MS = 500;

/** Set everything up and start the server. */
export function start(context: ExtensionContext): void {
  const environments = new Environments();
  const server = new Server(environments);
  const sideBar = new SideBar(server);
  const wiring = new WiringPanels(context.extensionUri, server);
  const restartSoon = new Later(() => void server.restart());
  let isBesideAnother = hasOtherYamlServer();
  context.subscriptions.push(
    environments,
    server,
    sideBar,
    wiring,
    restartSoon,
    showStatus(server),
    registerResolved(server),
    registerCommands({ server, environments, sideBar, wiring }),
    server.onDidChangeState(reportTrouble(server, environments)),
    server.onDidChangeState(({ kind }) => {
      void commands.executeCommand("setContext", "gymLsp.running", kind === "running");
    }),
    environments.onDidChange(() => {
      restartSoon.ask();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (DECIDING.some((name) => event.affectsConfiguration(name))) {
        restartSoon.ask();
      }
    }),
    workspace.onDidGrantWorkspaceTrust(() => {
      restartSoon.ask();
    }),
    extensions.onDidChange(() => {
      if (isBesideAnother !== hasOtherYamlServer()) {
        isBesideAnother = hasOtherYamlServer();
        restartSoon.ask();
      }
    }),
    followConfigs(),
  );
  void commands.executeCommand("setContext", "gymLsp.active", true);
  void server.restart();
}

/** Keeps the context key by which menus know that the file that is open is a config. */
function followConfigs(): Disposable {
  const update = (): void => {
    const document = window.activeTextEditor?.document;
    const isYaml = document?.languageId === "yaml" && document.uri.scheme === "file";
    void commands.executeCommand("setContext", "gymLsp.inConfig", isYaml && looksLikeGym(document.getText()));
  };
  update();
  return Disposable.from(window.onDidChangeActiveTextEditor(update), workspace.onDidSaveTextDocument(update));
}

/** Does something once after the last of several requests. */
class Later implements Disposable {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly action: () => void) {}

  ask(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.action, SILENCE_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}
