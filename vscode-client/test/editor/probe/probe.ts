// A second extension, beside the one that is tested: goes through a scenario, chosen by the name of the folder that is
// open, and writes down what it saw.

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
