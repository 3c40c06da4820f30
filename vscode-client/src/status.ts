// The language status item: what the server is doing, in the corner of the editor, and what to do when it does not.

import { Disposable, languages, LanguageStatusSeverity, workspace } from "vscode";
import type { Server, ServerState } from "./server";

/** Shows the state of the server for every YAML file. */
export function showStatus(server: Server): Disposable {
  const item = languages.createLanguageStatusItem("gymLsp.server", { language: "yaml" });
  item.name = "NeMo Gym";
  const update = (state: ServerState): void => {
    const shown = describe(state, workspace.isTrusted);
    item.text = shown.text;
    item.detail = shown.detail;
    item.busy = shown.isBusy;
    item.severity = shown.isWrong ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    item.command = shown.isWrong
      ? { title: "Show the log", command: "gymLsp.showLog" }
      : { title: "Restart", command: "gymLsp.restart" };
  };
  update(server.state);
  return Disposable.from(item, server.onDidChangeState(update));
}

interface Shown {
  readonly text: string;
  readonly detail: string;
  readonly isBusy: boolean;
  readonly isWrong: boolean;
}

function describe(state: ServerState, isTrusted: boolean): Shown {
  const limited = isTrusted ? "" : "limited: the workspace is not trusted, and nothing of it is run";
  const shown = { detail: limited, isBusy: false, isWrong: false };
  switch (state.kind) {
    case "stopped":
      return { ...shown, text: "NeMo Gym: not running" };
    case "starting":
      return { ...shown, text: "NeMo Gym: starting", isBusy: true };
    case "missing":
      return { ...shown, text: "NeMo Gym: gym-lsp was not found", detail: state.reasons.join(" "), isWrong: true };
    case "failed":
      return { ...shown, text: "NeMo Gym: failed", detail: state.reason, isWrong: true };
    case "running":
      return running(state, shown, limited);
  }
}

function running(state: ServerState & { kind: "running" }, shown: Omit<Shown, "text">, limited: string): Shown {
  const { status } = state;
  if (!status) {
    return { ...shown, text: "NeMo Gym", detail: [`gym-lsp ${state.version}`, limited].filter(Boolean).join(" · ") };
  }
  if (status.state === "failed") {
    return { ...shown, text: "NeMo Gym: failed", detail: status.message ?? "see the log", isWrong: true };
  }
  const counts = [
    counted(status.configs, "config"),
    counted(status.errors, "error"),
    counted(status.warnings, "warning"),
  ];
  const detail = [
    ...(status.state === "ready" ? counts : [status.state]),
    status.installRoot ?? "no NeMo Gym found; judged as the newest known release",
    `gym-lsp ${state.version}`,
    limited,
  ];
  return {
    ...shown,
    text: status.release ? `NeMo Gym ${status.release}` : "NeMo Gym",
    detail: detail.filter(Boolean).join(" · "),
    isBusy: status.state !== "ready",
  };
}

function counted(count: number | undefined, thing: string): string {
  return count === undefined ? "" : `${count} ${thing}${count === 1 ? "" : "s"}`;
}
