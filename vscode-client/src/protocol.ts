// What the server and this extension say to each other beyond LSP; docs/protocol.md describes it.

import type { Diagnostic, Location, Position, Range } from "vscode-languageclient/node";

/** The server's commands. Each takes one object. */
export const ServerCommand = {
  components: "gymLsp.components",
  resolved: "gymLsp.resolved",
  wiring: "gymLsp.wiring",
  checkRun: "gymLsp.checkRun",
} as const;

/** The commands that the server may name in code lenses, because this extension has them. */
export const CLIENT_COMMANDS = ["gymLsp.showReferences", "gymLsp.showResolved"] as const;

export const STATUS = "gymLsp/status";

export interface Status {
  readonly state: "indexing" | "checking" | "ready" | "failed";
  readonly release?: string | null;
  readonly installRoot?: string | null;
  readonly files?: number;
  readonly configs?: number;
  readonly errors?: number;
  readonly warnings?: number;
  readonly message?: string | null;
}

export const KINDS = ["environment", "benchmark", "agent", "model", "resources_server", "sandbox"] as const;
export type Kind = (typeof KINDS)[number];

export interface Component {
  readonly kind: Kind;
  readonly name: string;
  readonly variant: string | null;
  readonly description: string | null;
  readonly domain: string | null;
  readonly uri: string;
  readonly range: Range | null;
  readonly origin: "workspace" | "install";
  /** As one writes it in `config_paths`, null where nothing has to be named. */
  readonly config: string | null;
  readonly commandLine: string | null;
}

export interface Folder {
  readonly uri: string;
  readonly release: string | null;
  readonly installRoot: string | null;
}

export interface Components {
  readonly folders: readonly Folder[];
  readonly components: readonly Component[];
}

export interface ResolvedLine {
  readonly uri: string;
  readonly range: Range;
  /** How the value came to be there: written, inherited, overridden, ... */
  readonly how: string;
}

export interface Resolved {
  readonly title: string;
  readonly text: string;
  /** One entry for each line of the text; null where a line stands for nothing that was written. */
  readonly lines: readonly (ResolvedLine | null)[];
}

export interface RunCheck {
  readonly commandLine: string | null;
  readonly diagnostics: readonly { readonly uri: string; readonly diagnostics: readonly Diagnostic[] }[];
}

export type ShowReferencesArguments = [uri: string, position: Position, locations: Location[]];
