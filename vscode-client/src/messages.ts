// What is said when there is no server: one message, with the ways out as buttons. It is not repeated until something
// has changed.

import {
  commands,
  ProcessExecution,
  Task,
  TaskRevealKind,
  tasks,
  TaskScope,
  window,
  workspace,
} from "vscode";
import type { Environments } from "./environments";
import { type Installation, installations } from "./installing";
import { log } from "./log";
import { tools } from "./machine";
import type { Server, ServerState } from "./server";
import { SECTION } from "./settings";

const SETTINGS = "Open Settings";
const TRUST = "Manage Trust";
const LOG = "Show Log";
const RESTART = "Restart";
const HOW = "How to Install";
const WALKTHROUGH = "gym-lsp.gym-lsp#start";

/** Say once that the server is missing, or that it has given up. */
export function reportTrouble(server: Server, environments: Environments): (state: ServerState) => void {
  let told = "";
  return (state) => {
    const what = state.kind === "missing" ? state.reasons.join() : state.kind === "failed" ? state.reason : "";
    if (state.kind === "running") {
      told = "";
    }
    const key = `${state.kind} ${what}`;
    if (key === told) {
      return;
    }
    if (state.kind === "missing") {
      told = key;
      void offerInstallation(server, environments, state);
    } else if (state.kind === "failed") {
      told = key;
      void offerLog(server, state.reason);
    }
  };
}

async function offerLog(server: Server, reason: string): Promise<void> {
  const answer = await window.showErrorMessage(`NeMo Gym: ${reason}`, LOG, RESTART);
  if (answer === LOG) {
    log().show();
  } else if (answer === RESTART) {
    await server.restart();
  }
}

async function offerInstallation(
  server: Server,
  environments: Environments,
  state: ServerState & { kind: "missing" },
): Promise<void> {
  const [environment] = await environments.list();
  const offered = installations(environment, await tools());
  const problem = state.isTooOld ? "gym-lsp is too old." : "the language server gym-lsp was not found.";
  const limit = workspace.isTrusted ? "" : " The workspace is not trusted, so its own environment was not looked at.";
  const message = [`NeMo Gym: ${problem}${limit}`, ...state.reasons].join(" ");
  const titles = offered.map((each) => each.title);
  const others = [...(workspace.isTrusted ? [] : [TRUST]), ...(titles.length > 0 ? [] : [HOW]), SETTINGS];
  const buttons = [...titles, ...others];
  const answer = await window.showWarningMessage(message, ...buttons);
  const chosen = offered.find((each) => each.title === answer);
  if (chosen) {
    await install(chosen, server);
  } else if (answer === HOW) {
    await commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH);
  } else if (answer === SETTINGS) {
    await commands.executeCommand("workbench.action.openSettings", `${SECTION}.serverPath`);
  } else if (answer === TRUST) {
    await commands.executeCommand("workbench.trust.manage");
  }
}

/** Let the user choose how to install the server; the command behind the buttons, for later. */
export async function chooseInstallation(server: Server, environments: Environments): Promise<void> {
  const [environment] = await environments.list();
  const offered = installations(environment, await tools());
  if (offered.length === 0) {
    const none = "NeMo Gym: there is neither a Python environment nor uv nor pipx to install gym-lsp with.";
    void window.showWarningMessage(none);
    return;
  }
  const items = offered.map((installation) => ({
    label: installation.title,
    description: [installation.program, ...installation.arguments].join(" "),
    installation,
  }));
  const chosen = await window.showQuickPick(items, { title: "Install the language server" });
  if (chosen) {
    await install(chosen.installation, server);
  }
}

/** Run an installation where the user sees it, and start the server when it went well. */
async function install(installation: Installation, server: Server): Promise<void> {
  const execution = new ProcessExecution(installation.program, [...installation.arguments]);
  const task = new Task({ type: "gymLsp.install" }, TaskScope.Workspace, installation.title, "NeMo Gym", execution);
  task.presentationOptions = { reveal: TaskRevealKind.Always };
  const ended = new Promise<number | undefined>((resolve) => {
    // Listening first: an installer that is not there ends before it is known to run.
    const subscription = tasks.onDidEndTaskProcess((event) => {
      if (event.execution.task.name === task.name && event.execution.task.source === task.source) {
        subscription.dispose();
        resolve(event.exitCode);
      }
    });
  });
  await tasks.executeTask(task);
  const code = await ended;
  if (code === 0) {
    await server.restart();
  } else {
    void window.showErrorMessage("NeMo Gym: gym-lsp could not be installed. The terminal says why.");
  }
}
