// The commands of the palette and the menus, and those of code lenses.

import { commands, Disposable, env, Location, Position, Uri, window } from "vscode";
import type { Environments } from "./environments";
import { openLocation, rangeOf } from "./locations";
import { log, reasonOf } from "./log";
import { newComponent } from "./newComponent";
import { chooseInstallation } from "./notifications";
import { compareReleases, compareWithAnother, composeRun } from "./pickers";
import { withoutLinks } from "./plainText";
import { type Component, NEW_KINDS, ServerCommand, type ShowReferencesArguments } from "./protocol";
import { showResolved } from "./resolved";
import { type Run, runOfDocument } from "./runs";
import type { Server } from "./server";
import { SECTION } from "./settings";
import { componentOf, type SideBar } from "./sideBar";
import type { WiringPanels } from "./wiring";

export interface Parts {
  readonly server: Server;
  readonly environments: Environments;
  readonly sideBar: SideBar;
  readonly wiring: WiringPanels;
}

/** Register all commands. */
export function registerCommands({ server, environments, sideBar, wiring }: Parts): Disposable {
  return Disposable.from(
    command("gymLsp.restart", () => server.restart()),
    command("gymLsp.showLog", () => {
      log().show();
    }),
    command("gymLsp.openSettings", () => commands.executeCommand("workbench.action.openSettings", SECTION)),
    command("gymLsp.installServer", () => chooseInstallation(server, environments)),
    command("gymLsp.refreshComponents", () => {
      sideBar.refresh();
    }),
    command("gymLsp.filterComponents", () => sideBar.askFilter()),
    command("gymLsp.clearFilter", () => {
      sideBar.setFilter("");
    }),
    command("gymLsp.openComponent", (argument) => withComponent(argument, (each) => openLocation(each.uri, each.range))),
    command("gymLsp.copyCommandLine", (argument) => withComponent(argument, copyCommandLine)),
    command("gymLsp.showResolved", (argument) => withRun(argument, showResolved)),
    command("gymLsp.showWiring", (argument) => withRun(argument, (run) => wiring.show(run))),
    command("gymLsp.copyWiring", (argument) => withRun(argument, (run) => copyWiring(server, run))),
    command("gymLsp.compareRuns", (argument) => withRun(argument, (run) => compareWithAnother(run, server))),
    command("gymLsp.compareReleases", (argument) => withRun(argument, (run) => compareReleases(run, server))),
    command("gymLsp.composeRun", () => composeRun(server, wiring)),
    // `gymLsp.newComponent` starts the extension where there is no config yet, and then executes this one.
    command("gymLsp.askForComponent", (place, kind) =>
      newComponent(server, place instanceof Uri ? place : undefined, NEW_KINDS.find((each) => each === kind)),
    ),
    command("gymLsp.showReferences", (...given) => showReferences(given as ShowReferencesArguments)),
  );
}

// A failed command shows one sentence instead of a stack trace.
function command(id: string, action: (...given: unknown[]) => unknown): Disposable {
  return commands.registerCommand(id, async (...given: unknown[]) => {
    try {
      await action(...given);
    } catch (error) {
      log().error(`${id}: ${reasonOf(error)}`);
      void window.showErrorMessage(withoutLinks(`NeMo Gym: ${reasonOf(error)}`));
    }
  });
}

async function withComponent(argument: unknown, act: (component: Component) => Promise<unknown>): Promise<void> {
  const component = componentOf(argument);
  if (component) {
    await act(component);
  }
}

async function withRun(argument: unknown, act: (run: Run) => Promise<unknown>): Promise<void> {
  const run = runFrom(argument);
  if (run) {
    await act(run);
  } else {
    void window.showInformationMessage("NeMo Gym: open a Gym config first, or select one in the side bar");
  }
}

// The argument is a node of the side bar, the argument of a code lens, or the file of a menu; without one it is the
// active file.
function runFrom(argument: unknown): Run | undefined {
  const component = componentOf(argument);
  if (component) {
    return component.config === null ? { uri: component.uri } : { configs: [component.config] };
  }
  if (argument instanceof Uri) {
    return runOfUri(argument);
  }
  if (typeof argument === "object" && argument !== null && ("uri" in argument || "configs" in argument)) {
    return argument as Run;
  }
  const document = window.activeTextEditor?.document;
  return document ? runOfUri(document.uri) : undefined;
}

function runOfUri(uri: Uri): Run | undefined {
  return uri.scheme === "file" ? { uri: uri.toString() } : runOfDocument(uri);
}

async function copyCommandLine(component: Component): Promise<void> {
  if (component.commandLine) {
    await env.clipboard.writeText(component.commandLine);
    window.setStatusBarMessage(`$(copy) ${component.commandLine}`, 5000);
  }
}

async function copyWiring(server: Server, run: Run): Promise<void> {
  const { text } = await server.ask<{ text: string }>(ServerCommand.wiring, { ...run, format: "mermaid" });
  await env.clipboard.writeText(text);
  window.setStatusBarMessage("$(copy) Copied wiring as Mermaid", 3000);
}

// VS Code's command takes VS Code's types, which differ from those of the protocol.
async function showReferences([uri, position, locations]: ShowReferencesArguments): Promise<void> {
  await commands.executeCommand(
    "editor.action.showReferences",
    Uri.parse(uri),
    new Position(position.line, position.character),
    locations.map((location) => new Location(Uri.parse(location.uri), rangeOf(location.range))),
  );
}
