// The notifications about a missing or failed server, with buttons for the solutions. Each is shown once, until the
// state changes.

import * as os from "node:os";
import {
  commands,
  env,
  ProcessExecution,
  Task,
  TaskRevealKind,
  tasks,
  TaskScope,
  Uri,
  window,
  workspace,
} from "vscode";
import type { Environments } from "./environments";
import { advice, FROM_CLONE, HELP, type Installation, installations, isClone, PACKAGE } from "./installation";
import { log } from "./log";
import { tools } from "./machine";
import { withoutLinks } from "./plainText";
import type { Server, ServerState } from "./server";
import { SECTION } from "./settings";

const SETTINGS = "Open Settings";
const TRUST = "Manage Trust";
const LOG = "Show Log";
const RESTART = "Restart";
const GET_PYTHON = "Get Python";
const TRY_AGAIN = "Try Again";
const PYTHON_DOWNLOADS = "https://www.python.org/downloads/";
const WALKTHROUGH = "gym-lsp.gym-lsp#start";

/** Returns a listener that shows one notification when the server is missing or has failed. */
export function reportProblems(server: Server, environments: Environments): (state: ServerState) => void {
  let reported = "";
  return (state) => {
    const reason = state.kind === "missing" ? state.reasons.join() : state.kind === "failed" ? state.reason : "";
    if (state.kind === "running") {
      reported = "";
    }
    const key = `${state.kind} ${reason}`;
    if (key === reported) {
      return;
    }
    if (state.kind === "missing") {
      reported = key;
      if (state.needs === undefined) {
        void offerInstallation(server, environments, state);
      } else {
        void offerPython(state.reasons, state.needs).then(async (isWanted) => {
          if (isWanted) {
            // If there is still none, the message appears again.
            reported = "";
            await server.restart();
          }
        });
      }
    } else if (state.kind === "failed") {
      reported = key;
      void offerLog(server, state.reason);
    }
  };
}

async function offerLog(server: Server, reason: string): Promise<void> {
  const answer = await window.showErrorMessage(withoutLinks(`NeMo Gym: ${reason}`), LOG, RESTART);
  if (answer === LOG) {
    log().show();
  } else if (answer === RESTART) {
    await server.restart();
  }
}

/** The extension carries a server, and no Python of this machine runs it. Returns whether to try again. */
async function offerPython(reasons: readonly string[], needs: string): Promise<boolean> {
  const limit = workspace.isTrusted ? "" : "The workspace is not trusted, so its environments were not searched.";
  const problem = `NeMo Gym: the language server needs ${needs}, and none was found.`;
  const sentence = "Install Python, or set `gymLsp.pythonEnvironment` to an environment that has one, and try again.";
  const message = withoutLinks([problem, limit, ...reasons, sentence].filter(Boolean).join(" "));
  const others = workspace.isTrusted ? [SETTINGS] : [TRUST];
  const answer = await window.showWarningMessage(message, GET_PYTHON, TRY_AGAIN, ...others);
  if (answer === GET_PYTHON) {
    await env.openExternal(Uri.parse(PYTHON_DOWNLOADS));
    // It stays, because the download takes its time.
    return offerPython(reasons, needs);
  } else if (answer === SETTINGS) {
    await commands.executeCommand("workbench.action.openSettings", `${SECTION}.pythonEnvironment`);
  } else if (answer === TRUST) {
    await commands.executeCommand("workbench.trust.manage");
  }
  return answer === TRY_AGAIN;
}

async function offerInstallation(
  server: Server,
  environments: Environments,
  state: ServerState & { kind: "missing" },
): Promise<void> {
  const [environment] = await environments.list();
  const offered = PACKAGE === undefined ? [] : installations(PACKAGE, environment, await tools());
  const { sentence, buttons } = advice(PACKAGE, offered);
  const problem = `the language server gym-lsp ${state.isTooOld ? "is too old" : "was not found"}.`;
  const limit = workspace.isTrusted ? "" : " The workspace is not trusted, so its environments were not searched.";
  const message = [`NeMo Gym: ${problem}${limit}`, ...state.reasons, sentence].filter(Boolean).join(" ");
  const others = [...(workspace.isTrusted ? [] : [TRUST]), SETTINGS];
  const answer = await window.showWarningMessage(withoutLinks(message), ...buttons, ...others);
  const chosen = offered.find((each) => each.title === answer);
  if (chosen) {
    await install(chosen, server);
  } else if (answer === FROM_CLONE) {
    // The command shows its errors.
    await commands.executeCommand("gymLsp.installServer");
  } else if (answer === HELP) {
    await commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH);
  } else if (answer === SETTINGS) {
    await commands.executeCommand("workbench.action.openSettings", `${SECTION}.serverPath`);
  } else if (answer === TRUST) {
    await commands.executeCommand("workbench.trust.manage");
  }
}

/** Ask how to install the server, and install it. Throws if the chosen folder is not a clone of gym-lsp. */
export async function chooseInstallation(server: Server, environments: Environments): Promise<void> {
  const source = PACKAGE ?? (await chooseClone());
  if (source === undefined) {
    return;
  }
  const [environment] = await environments.list();
  const offered = installations(source, environment, await tools());
  if (offered.length === 0) {
    const none = "NeMo Gym: cannot install gym-lsp without a Python environment, uv or pipx";
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

async function chooseClone(): Promise<string | undefined> {
  const options = { canSelectFiles: false, canSelectFolders: true, openLabel: "Install" };
  const chosen = await window.showOpenDialog({ ...options, title: "Choose the folder of a clone of gym-lsp" });
  const folder = chosen?.[0];
  if (folder === undefined) {
    return undefined;
  }
  const file = Uri.joinPath(folder, "pyproject.toml");
  const pyproject = await workspace.fs.readFile(file).then((read) => new TextDecoder().decode(read), () => "");
  if (!isClone(pyproject)) {
    throw new Error(`${folder.fsPath} is not a clone of gym-lsp`);
  }
  return folder.fsPath;
}

/** Run an installation in a visible terminal, and start the server if it succeeds. */
async function install(installation: Installation, server: Server): Promise<void> {
  // Not in the workspace, because pip, uv and pipx read settings from the current folder.
  const execution = new ProcessExecution(installation.program, [...installation.arguments], { cwd: os.homedir() });
  const task = new Task({ type: "gymLsp.install" }, TaskScope.Workspace, installation.title, "NeMo Gym", execution);
  task.presentationOptions = { reveal: TaskRevealKind.Always };
  const ended = new Promise<number | undefined>((resolve) => {
    // Subscribe before the start: the task of a missing installer ends at once.
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
    void window.showErrorMessage("NeMo Gym: the installation of gym-lsp failed; see the terminal");
  }
}
