// The one output channel, which the client, the search for the server and the commands write to.

import { type LogOutputChannel, window } from "vscode";

let channel: LogOutputChannel | undefined;

/** The channel, made when somebody has something to say. */
export function log(): LogOutputChannel {
  channel ??= window.createOutputChannel("NeMo Gym", { log: true });
  return channel;
}

/** An error as one sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
