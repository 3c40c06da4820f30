// What the picture of a run consists of, and what the picture and the extension tell each other.

export interface Place {
  readonly line: number;
  readonly character: number;
}

export interface WiringNode {
  readonly id: string;
  readonly label: string;
  /** A server type, "sandbox", "file", or "open" for a name that has to come from outside. */
  readonly type: string;
  readonly implementation?: string | null;
  readonly uri?: string | null;
  readonly range?: { readonly start: Place; readonly end: Place } | null;
  readonly status: "ok" | "error" | "open";
  readonly domain?: string | null;
}

export interface WiringEdge {
  readonly source: string;
  readonly target: string;
  readonly kind: "ref" | "include" | "inherit" | "copy" | "relay" | "sandbox";
  /** The field that holds the name. */
  readonly label?: string | null;
  readonly uri?: string | null;
  readonly range?: { readonly start: Place; readonly end: Place } | null;
  readonly status: "ok" | "error" | "open";
}

export interface Wiring {
  readonly title: string;
  readonly nodes: readonly WiringNode[];
  readonly edges: readonly WiringEdge[];
}

export type ToPicture = { readonly type: "wiring"; readonly wiring: Wiring } | { readonly type: "failed"; readonly reason: string };

export type FromPicture =
  | { readonly type: "ready" }
  | { readonly type: "open"; readonly uri: string; readonly range: { readonly start: Place; readonly end: Place } | null }
  | { readonly type: "copy"; readonly format: "mermaid" | "dot" };
