// Quick picks and dialogs: to choose a component, a run or another NeMo Gym, and to compose a run step by step.

import * as path from "node:path";
import { env, type QuickPickItem, QuickPickItemKind, Uri, window, workspace } from "vscode";
import type { Diagnostic } from "vscode-languageclient/node";
import { TITLES } from "./componentTree";
import { openLocation } from "./locations";
import { type Component, type Components, type Kind, type RunCheck, ServerCommand } from "./protocol";
import { compareResolved, showResolved } from "./resolved";
import { type Run, titleOf } from "./runs";
import type { Server } from "./server";
import type { WiringPanels } from "./wiring";

interface Choice extends QuickPickItem {
  readonly component?: Component;
}

interface Step {
  readonly title: string;
  readonly kinds: readonly Kind[];
  /** The label of the item that skips the step; undefined if a component is required. */
  readonly without?: string;
}

const STEPS: readonly Step[] = [
  { title: "Compose a run (1/4): environment", kinds: ["environment", "benchmark", "resources_server"] },
  { title: "Compose a run (2/4): model", kinds: ["model"], without: "The stand-in model, as in `gym env validate`" },
  { title: "Compose a run (3/4): agent", kinds: ["agent"], without: "The environment's own agent" },
  { title: "Compose a run (4/4): sandbox", kinds: ["sandbox"], without: "No sandbox" },
];

/** Ask for environment, model, agent and sandbox; then offer to show the run or to copy its command line. */
export async function composeRun(server: Server, wiring: WiringPanels): Promise<void> {
  const { components } = await server.ask<Components>(ServerCommand.components, {});
  const configs: string[] = [];
  for (const step of STEPS) {
    const chosen = await choose(components, step);
    if (!chosen) {
      return;
    }
    if (chosen.component?.config) {
      configs.push(chosen.component.config);
    }
  }
  await offerRun({ configs: [...new Set(configs)] }, server, wiring);
}

async function choose(components: readonly Component[], step: Step): Promise<Choice | undefined> {
  const choices = step.kinds.flatMap((kind) => choicesOf(components, kind, step.kinds.length > 1));
  const skip: Choice[] = step.without === undefined ? [] : [{ label: `$(circle-slash) ${step.without}` }];
  if (choices.length === 0 && skip.length > 0) {
    return skip[0];
  }
  return window.showQuickPick([...skip, ...choices], {
    title: step.title,
    matchOnDescription: true,
    matchOnDetail: true,
    placeHolder: "Type to filter by name, config, domain or description",
  });
}

function choicesOf(components: readonly Component[], kind: Kind, hasHeading: boolean): Choice[] {
  const choices = components
    .filter((component) => component.kind === kind && component.config)
    .map((component): Choice => {
      const label = [component.name, component.variant].filter(Boolean).join(" / ");
      const detail = [component.domain, component.description].filter(Boolean).join(" · ");
      return { label, description: component.config ?? "", ...(detail ? { detail } : {}), component };
    });
  const heading: Choice[] = hasHeading && choices.length > 0 ? [{ label: TITLES[kind], kind: QuickPickItemKind.Separator }] : [];
  return [...heading, ...choices];
}

/** Show the findings of a run, and offer actions for it. */
export async function offerRun(run: Run, server: Server, wiring: WiringPanels): Promise<void> {
  const check = await server.ask<RunCheck>(ServerCommand.checkRun, run);
  const findings = check.diagnostics.flatMap(({ uri, diagnostics }) =>
    diagnostics.map((diagnostic) => ({ uri, diagnostic })),
  );
  const errors = findings.filter(({ diagnostic }) => diagnostic.severity === 1).length;
  const actions = [
    ...(check.commandLine
      ? [{ label: "$(copy) Copy command line", detail: check.commandLine, act: () => copy(check.commandLine ?? "") }]
      : []),
    { label: "$(open-preview) Show resolved config", act: () => showResolved(run) },
    { label: "$(type-hierarchy) Show wiring", act: () => wiring.show(run) },
    { label: "Findings", kind: QuickPickItemKind.Separator, act: () => Promise.resolve() },
    ...findings.map(({ uri, diagnostic }) => ({
      label: `${diagnostic.severity === 1 ? "$(error)" : "$(warning)"} ${textOf(diagnostic)}`,
      detail: `${workspace.asRelativePath(Uri.parse(uri))}:${diagnostic.range.start.line + 1}`,
      act: () => openLocation(uri, diagnostic.range),
    })),
  ];
  const summary = errors === 0 ? "no errors" : `${errors} error${errors === 1 ? "" : "s"}`;
  const chosen = await window.showQuickPick(actions, { title: `${titleOf(run)}: ${summary}` });
  await chosen?.act();
}

function textOf({ message }: Diagnostic): string {
  return typeof message === "string" ? message : message.value;
}

async function copy(text: string): Promise<void> {
  await env.clipboard.writeText(text);
  window.setStatusBarMessage("$(copy) Copied command line", 3000);
}

/** Ask for a second run and compare it with the first. */
export async function compareWithAnother(run: Run, server: Server): Promise<void> {
  const { components } = await server.ask<Components>(ServerCommand.components, {});
  const kinds: Kind[] = ["environment", "benchmark", "agent", "resources_server", "model"];
  const chosen = await choose(components, { title: `Compare ${titleOf(run)} with`, kinds });
  if (chosen?.component?.config) {
    await compareResolved(run, { configs: [chosen.component.config] });
  }
}

/** Ask for another NeMo Gym and compare its resolved config with the current one, for example before an upgrade. */
export async function compareReleases(run: Run, server: Server): Promise<void> {
  const { folders } = await server.ask<Components>(ServerCommand.components, {});
  const chosen = await window.showOpenDialog({
    title: "Choose the other NeMo Gym: a checkout, or a site-packages folder",
    openLabel: "Compare",
    canSelectFiles: false,
    canSelectFolders: true,
  });
  const gymRoot = chosen?.[0]?.fsPath;
  if (gymRoot !== undefined) {
    const here = folders[0]?.release ?? "current";
    await compareResolved(run, { ...run, gymRoot }, `${titleOf(run)}: ${here} ↔ ${path.basename(gymRoot)}`);
  }
}
