// The messages beyond LSP between the server and this extension; docs/protocol.md describes them.

import type { Diagnostic, Location, Position, Range, WorkspaceEdit } from "vscode-languageclient/node";

/** The commands of the server. Each takes one object. */
export const ServerCommand = {
  components: "gymLsp.components",
  resolved: "gymLsp.resolved",
  wiring: "gymLsp.wiring",
  checkRun: "gymLsp.checkRun",
  newQuestions: "gymLsp.newQuestions",
  new: "gymLsp.new",
} as const;

/** The commands that the server may use in code lenses, because this extension implements them. */
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
  /** The path as written in `config_paths`, null if the component has no config. */
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
  /** The file and the range of the source; null if it is in no file, as an override. */
  readonly uri: string | null;
  readonly range: Range | null;
  /** The kind of source: `written`, `env.yaml`, `stand-in`, `override` or `generated`. */
  readonly how: string;
}

export interface Resolved {
  readonly title: string;
  readonly text: string;
  /** One entry for each line of the text; null for a line without a source. */
  readonly lines: readonly (ResolvedLine | null)[];
}

export interface RunCheck {
  readonly commandLine: string | null;
  readonly diagnostics: readonly { readonly uri: string; readonly diagnostics: readonly Diagnostic[] }[];
}

/** What can be made, in the server's words. */
export const NEW_KINDS = ["environment", "benchmark", "agent", "resources-server", "sandbox", "recipe"] as const;
export type NewKind = (typeof NEW_KINDS)[number];

export interface Question {
  readonly field: string;
  readonly text: string;
  /** The usual answer; empty if no answer is needed, null if there has to be one. */
  readonly usual: string | null;
  readonly known: readonly string[];
  /** What an empty answer means. */
  readonly empty?: string | null;
}

export interface Questions {
  readonly questions: readonly Question[];
}

export interface NewComponent {
  readonly edit: WorkspaceEdit;
  /** The URI of the file to open. */
  readonly open: string;
}

export type ShowReferencesArguments = [uri: string, position: Position, locations: Location[]];
