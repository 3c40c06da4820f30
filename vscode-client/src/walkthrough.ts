// Ticks the first step of the walkthrough when the server runs.
//
// VS Code ticks a step when its context key becomes true, but only after it has read the walkthrough, which it does when
// a walkthrough is opened; a key that is true by then never ticks it. The API does not tell which tab is a walkthrough.
// So the key becomes true for a moment after each opening of a tab whose kind is unknown.

import { commands, Disposable, type Tab, window } from "vscode";
import type { Server } from "./server";

const KEY = "gymLsp.running";
/** When the key becomes true after a tab was opened. VS Code may still be reading the walkthrough at the first time. */
const TIMES_MS = [500, 2000, 6000];
const MOMENT_MS = 200;

/** Set the context key of the step while the server runs. */
export function tickWalkthrough(server: Server): Disposable {
  const timers = new Set<NodeJS.Timeout>();
  const later = (delay: number, action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, delay);
    timers.add(timer);
  };
  const set = (isRunning: boolean): void => void commands.executeCommand("setContext", KEY, isRunning);
  const tick = (tabs: readonly Tab[]): void => {
    if (server.state.kind !== "running" || !tabs.some((tab) => tab.input === undefined)) {
      return;
    }
    for (const time of TIMES_MS) {
      later(time, () => {
        set(true);
        later(MOMENT_MS, () => {
          set(false);
        });
      });
    }
  };
  let wasRunning = false;
  return Disposable.from(
    window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
      tick([...opened, ...changed]);
    }),
    server.onDidChangeState(({ kind }) => {
      const isRunning = kind === "running";
      if (isRunning && !wasRunning) {
        tick(window.tabGroups.all.flatMap((group) => group.tabs));
      }
      wasRunning = isRunning;
    }),
    new Disposable(() => {
      timers.forEach((timer) => {
        clearTimeout(timer);
      });
    }),
  );
}
