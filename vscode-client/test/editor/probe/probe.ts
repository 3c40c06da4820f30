// A second extension, installed with the one under test. It runs the scenario that has the name of the open folder, and
// writes the results to a file.

import { renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { Page } from "./page";
import { SCENARIOS } from "./scenarios";

export interface Step {
  readonly name: string;
  readonly ms: number;
  readonly failure?: string;
}

export async function activate(): Promise<void> {
  const scenario = vscode.workspace.workspaceFolders?.[0]?.name ?? "";
  const folder = path.join(process.env["GYM_LSP_PROBE"] ?? "", scenario);
  const page = new Page(folder);
  const steps: Step[] = [];
  const write = (): void => {
    writeFileSync(path.join(folder, "writing"), JSON.stringify(steps));
  };
  for (const [name, act] of Object.entries(SCENARIOS[scenario] ?? {})) {
    const start = Date.now();
    try {
      await act(page);
      steps.push({ name, ms: Date.now() - start });
    } catch (error) {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      steps.push({ name, ms: Date.now() - start, failure });
    }
    write();
  }
  renameSync(path.join(folder, "writing"), path.join(folder, "steps.json"));
}
