// The language server's life: found, started, watched, started again, stopped.

import * as os from "node:os";
import { type Disposable, EventEmitter, ProgressLocation, Uri, window } from "vscode";
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import { type Environments } from "./environments";
import { type Candidate, findServer } from "./finding";
import { log, reasonOf } from "./log";
import { surroundings } from "./machine";
import { STATUS, type Status } from "./protocol";
import { Restarts } from "./restarts";
import { SCHEME } from "./runs";
import { SECTION, serverSettings } from "./settings";
import { uriConverters } from "./uris";

export type ServerState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly candidate: Candidate; readonly version: string; readonly status?: Status }
  | { readonly kind: "missing"; readonly reasons: readonly string[]; readonly isTooOld: boolean }
  | { readonly kind: "failed"; readonly reason: string };

/** One server at a time. All that starts or stops it is done in turn, however often it is asked for. */
export class Server implements Disposable {
  private readonly changed = new EventEmitter<ServerState>();
  readonly onDidChangeState = this.changed.event;
  private current: ServerState = { kind: "stopped" };
  private client: LanguageClient | undefined;
  private restarts = new Restarts();
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly environments: Environments) {}

  get state(): ServerState {
    return this.current;
  }

  dispose(): void {
    void this.stop().finally(() => {
      this.changed.dispose();
    });
  }

  /** Start the server, or start it anew. */
  restart(): Promise<void> {
    return this.inTurn(async () => {
      await this.end();
      this.restarts = new Restarts();
      await window.withProgress({ location: ProgressLocation.Window, title: "NeMo Gym: starting gym-lsp" }, () =>
        this.start(),
      );
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.end());
  }

  /** The answer to one of the server's commands. Fails with a sentence where there is none. */
  async ask<Answer>(command: string, argument: object): Promise<Answer> {
    await this.turn;
    if (!this.client || this.current.kind !== "running") {
      throw new Error("gym-lsp is not running.");
    }
    return this.client.sendRequest<Answer>("workspace/executeCommand", { command, arguments: [argument] });
  }

  private inTurn(action: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(action).catch((error: unknown) => {
      log().error(reasonOf(error));
      this.become({ kind: "failed", reason: reasonOf(error) });
    });
    return this.turn;
  }

  private async start(): Promise<void> {
    this.become({ kind: "starting" });
    const around = await surroundings(this.environments);
    const found = await findServer(around);
    if (found.kind === "missing") {
      for (const reason of found.reasons) {
        log().warn(reason);
      }
      this.become(found);
      return;
    }
    const { candidate, version } = found;
    log().info(`Starting gym-lsp ${version}: ${candidate.program}`);
    const client = this.newClient(candidate.program, around.environments[0]?.folder);
    this.client = client;
    client.onNotification(STATUS, (status: Status) => {
      if (this.client === client) {
        this.become({ kind: "running", candidate, version, status });
      }
    });
    try {
      await client.start();
    } catch (error) {
      this.become({ kind: "failed", reason: `gym-lsp did not start: ${reasonOf(error)}` });
      return;
    }
    if (this.current.kind === "starting") {
      this.become({ kind: "running", candidate, version });
    }
  }

  private newClient(program: string, environment: string | undefined): LanguageClient {
    const settingsOf = (scope: string | undefined) =>
      serverSettings(environment, scope === undefined ? undefined : Uri.parse(scope));
    const options: LanguageClientOptions = {
      documentSelector: [{ scheme: "file", language: "yaml" }],
      initializationOptions: serverSettings(environment),
      outputChannel: log(),
      uriConverters: uriConverters(SCHEME),
      middleware: {
        workspace: {
          // The settings as they are written may hold relative paths, and do not know which environment is selected.
          configuration: async (params, token, next) => {
            const given: unknown[] = [];
            for (const item of params.items) {
              const answer = item.section === SECTION ? settingsOf(item.scopeUri) : await next({ items: [item] }, token);
              given.push(...(Array.isArray(answer) ? (answer as unknown[]) : [answer]));
            }
            return given;
          },
        },
      },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(),
      },
    };
    // In the home folder, not in the workspace: where a program is started must not change what it loads.
    const executable = { command: program, args: [], options: { cwd: os.homedir() } };
    return new LanguageClient("gymLsp", "gym-lsp", executable, options);
  }

  private closed(): CloseHandlerResult {
    if (this.restarts.crashed(Date.now())) {
      log().warn("gym-lsp has stopped and is started again.");
      return { action: CloseAction.Restart, handled: true };
    }
    this.become({ kind: "failed", reason: "gym-lsp has stopped five times within three minutes." });
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) {
      await client.stop().catch((error: unknown) => {
        log().warn(`gym-lsp did not stop as it should: ${reasonOf(error)}`);
      });
    }
    await client?.dispose().catch(() => undefined);
    this.become({ kind: "stopped" });
  }

  private become(state: ServerState): void {
    this.current = state;
    this.changed.fire(state);
  }
}
