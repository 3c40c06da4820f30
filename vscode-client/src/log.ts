// The output channel of the extension and of the language client.

import { type LogOutputChannel, window } from "vscode";

let channel: LogOutputChannel | undefined;

/** The channel, created on first use. */
export function log(): LogOutputChannel {
  channel ??= window.createOutputChannel("NeMo Gym", { log: true });
  return channel;
}

/** The message of an error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
