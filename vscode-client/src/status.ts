// The language status item: the state of the server in the status bar, with a command to restart it or to show the log.

import { homedir } from "node:os";
import { Disposable, languages, LanguageStatusSeverity, Uri, workspace } from "vscode";
import { shownPath } from "./paths";
import { withoutLinks } from "./plainText";
import type { Server, ServerState } from "./server";

/** Shows the state of the server for every YAML file. */
export function showStatus(server: Server): Disposable {
  const item = languages.createLanguageStatusItem("gymLsp.server", { language: "yaml" });
  item.name = "NeMo Gym";
  const update = (state: ServerState): void => {
    const shown = describe(state, workspace.isTrusted);
    item.text = withoutLinks(shown.text);
    item.detail = withoutLinks(shown.detail);
    item.busy = shown.isBusy;
    item.severity = shown.isFailed ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    item.command = shown.isFailed
      ? { title: "Show log", command: "gymLsp.showLog" }
      : { title: "Restart", command: "gymLsp.restart" };
  };
  update(server.state);
  return Disposable.from(item, server.onDidChangeState(update));
}

interface Shown {
  readonly text: string;
  readonly detail: string;
  readonly isBusy: boolean;
  readonly isFailed: boolean;
}

function describe(state: ServerState, isTrusted: boolean): Shown {
  const restricted = isTrusted ? "" : "restricted: the workspace is not trusted, so none of its programs is run";
  const shown = { detail: restricted, isBusy: false, isFailed: false };
  switch (state.kind) {
    case "stopped":
      return { ...shown, text: "NeMo Gym: not running" };
    case "starting":
      return { ...shown, text: "NeMo Gym: starting", isBusy: true };
    case "missing":
      if (state.needs !== undefined) {
        const detail = [`The language server needs ${state.needs}.`, ...state.reasons].join(" ");
        return { ...shown, text: "NeMo Gym: Python was not found", detail, isFailed: true };
      }
      return { ...shown, text: "NeMo Gym: gym-lsp was not found", detail: state.reasons.join(" "), isFailed: true };
    case "failed":
      return { ...shown, text: "NeMo Gym: failed", detail: state.reason, isFailed: true };
    case "running":
      return running(state, shown, restricted);
  }
}

function running(state: ServerState & { kind: "running" }, shown: Omit<Shown, "text">, restricted: string): Shown {
  const { status } = state;
  if (!status) {
    return { ...shown, text: "NeMo Gym", detail: [`gym-lsp ${state.version}`, restricted].filter(Boolean).join(" · ") };
  }
  if (status.state === "failed") {
    return { ...shown, text: "NeMo Gym: failed", detail: status.message ?? "see the log", isFailed: true };
  }
  const counts = [
    countOf(status.configs, "config"),
    countOf(status.errors, "error"),
    countOf(status.warnings, "warning"),
  ];
  const detail = [
    ...(status.state === "ready" ? counts : [status.state]),
    status.installRoot ? placeOf(status.installRoot) : "NeMo Gym not found; using the newest known release",
    `gym-lsp ${state.version}`,
    restricted,
  ];
  return {
    ...shown,
    text: status.release ? `NeMo Gym ${status.release}` : "NeMo Gym",
    detail: detail.filter(Boolean).join(" · "),
    isBusy: status.state !== "ready",
  };
}

/** The path of a URI as users write it: below the workspace or the home folder, if it is there. */
function placeOf(uri: string): string {
  const { fsPath } = Uri.parse(uri);
  const [folder, ...others] = workspace.workspaceFolders ?? [];
  return shownPath(fsPath, { home: homedir(), workspaceFolder: others.length > 0 ? undefined : folder?.uri.fsPath });
}

function countOf(count: number | undefined, noun: string): string {
  return count === undefined ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}
