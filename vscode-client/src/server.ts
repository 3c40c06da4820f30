// The lifecycle of the language server: search, start, restart and stop.

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
import { log, reasonOf } from "./log";
import { searchContext } from "./machine";
import { STATUS, type Status } from "./protocol";
import { Restarts } from "./restarts";
import { SCHEME } from "./runs";
import { type Bundle, type Candidate, findServer, type NotFound } from "./serverSearch";
import { checksDocuments, DOCUMENT_LANGUAGES, SECTION, serverSettings } from "./settings";
import { uriConverters } from "./uris";

export type ServerState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly candidate: Candidate; readonly version: string; readonly status?: Status }
  | NotFound
  | { readonly kind: "failed"; readonly reason: string };

/** Runs one server at a time. Starts and stops are queued, so that they never overlap. */
export class Server implements Disposable {
  private readonly changed = new EventEmitter<ServerState>();
  readonly onDidChangeState = this.changed.event;
  private current: ServerState = { kind: "stopped" };
  private client: LanguageClient | undefined;
  private restarts = new Restarts();
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly environments: Environments,
    /** The server that the extension carries. */
    private readonly bundle: Bundle | undefined,
  ) {}

  get state(): ServerState {
    return this.current;
  }

  dispose(): void {
    void this.stop().finally(() => {
      this.changed.dispose();
    });
  }

  /** Start or restart the server. */
  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.shutDown();
      this.restarts = new Restarts();
      await window.withProgress({ location: ProgressLocation.Window, title: "NeMo Gym: starting gym-lsp" }, () =>
        this.start(),
      );
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.shutDown());
  }

  /** Run a command of the server and return its result. Throws an error whose message is for the user. */
  async ask<Answer>(command: string, argument: object): Promise<Answer> {
    const client = await this.untilRunning();
    return client.sendRequest<Answer>("workspace/executeCommand", { command, arguments: [argument] });
  }

  /** Wait until the server has started. Throws an error if it has not. */
  async untilRunning(): Promise<LanguageClient> {
    await this.queue;
    if (!this.client || this.current.kind !== "running") {
      throw new Error("gym-lsp is not running");
    }
    return this.client;
  }

  private enqueue(action: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(action).catch((error: unknown) => {
      log().error(reasonOf(error));
      this.setState({ kind: "failed", reason: reasonOf(error) });
    });
    return this.queue;
  }

  private async start(): Promise<void> {
    this.setState({ kind: "starting" });
    const context = await searchContext(this.environments, this.bundle);
    const found = await findServer(context);
    if (found.kind === "missing") {
      for (const reason of found.reasons) {
        log().warn(reason);
      }
      this.setState(found);
      return;
    }
    const { candidate, version } = found;
    log().info(`Starting gym-lsp ${version}: ${[candidate.program, ...candidate.arguments].join(" ")}`);
    const client = this.newClient(candidate, context.environments[0]?.folder);
    this.client = client;
    client.onNotification(STATUS, (status: Status) => {
      if (this.client === client) {
        this.setState({ kind: "running", candidate, version, status });
      }
    });
    try {
      await client.start();
    } catch (error) {
      this.setState({ kind: "failed", reason: `gym-lsp did not start: ${reasonOf(error)}` });
      return;
    }
    if (this.current.kind === "starting") {
      this.setState({ kind: "running", candidate, version });
    }
  }

  private newClient(candidate: Candidate, environment: string | undefined): LanguageClient {
    const settingsOf = (scope: string | undefined) =>
      serverSettings(environment, scope === undefined ? undefined : Uri.parse(scope));
    const options: LanguageClientOptions = {
      documentSelector: [
        { scheme: "file", language: "yaml" },
        // The server checks the rows of the datasets that a config names, and ignores other files.
        { scheme: "file", pattern: "**/*.jsonl" },
        // It ignores those without a command of NeMo Gym, too.
        ...(checksDocuments() ? DOCUMENT_LANGUAGES.map((language) => ({ scheme: "file", language })) : []),
      ],
      initializationOptions: serverSettings(environment),
      outputChannel: log(),
      uriConverters: uriConverters(SCHEME),
      middleware: {
        workspace: {
          // The raw settings may contain relative paths, and lack the selected environment.
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
    // In the home folder, because files of the workspace must not affect which code the program loads.
    const executable = { command: candidate.program, args: [...candidate.arguments], options: { cwd: os.homedir() } };
    return new LanguageClient("gymLsp", "gym-lsp", executable, options);
  }

  private closed(): CloseHandlerResult {
    if (this.restarts.crashed(Date.now())) {
      log().warn("gym-lsp has crashed; restarting it");
      return { action: CloseAction.Restart, handled: true };
    }
    this.setState({ kind: "failed", reason: "gym-lsp has crashed five times within three minutes" });
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private async shutDown(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) {
      await client.stop().catch((error: unknown) => {
        log().warn(`gym-lsp did not stop cleanly: ${reasonOf(error)}`);
      });
    }
    await client?.dispose().catch(() => undefined);
    this.setState({ kind: "stopped" });
  }

  private setState(state: ServerState): void {
    this.current = state;
    this.changed.fire(state);
  }
}
