// The wiring of a run, and the messages between the diagram and the extension.

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface WiringNode {
  readonly id: string;
  readonly label: string;
  /** A server type, "sandbox", "file", or "open" for a name that this run does not define. */
  readonly type: string;
  readonly implementation?: string | null;
  readonly uri?: string | null;
  readonly range?: { readonly start: Position; readonly end: Position } | null;
  readonly status: "ok" | "error" | "open";
  readonly domain?: string | null;
  readonly datasets?: readonly string[];
}

export interface WiringEdge {
  readonly source: string;
  readonly target: string;
  readonly kind: "ref" | "include" | "inherit" | "copy" | "relay" | "sandbox";
  /** The field that contains the name. */
  readonly label?: string | null;
  readonly uri?: string | null;
  readonly range?: { readonly start: Position; readonly end: Position } | null;
  readonly status: "ok" | "error" | "open";
}

export interface Wiring {
  readonly title: string;
  readonly nodes: readonly WiringNode[];
  readonly edges: readonly WiringEdge[];
}

/** What a picture shows. */
export type Layer = "servers" | "files";

/** A wiring as an SVG picture, in which boxes have the ids of nodes and lines the indexes of edges. */
export interface WiringPicture extends Wiring {
  readonly text: string;
  readonly legend: readonly { readonly text: string; readonly color: string; readonly dashed: boolean }[];
}

export type ToDiagram =
  | { readonly type: "wiring"; readonly wiring: WiringPicture }
  | { readonly type: "file"; readonly uri: string | null }
  | { readonly type: "failed"; readonly reason: string };

export type FromDiagram =
  | { readonly type: "ready"; readonly layer: Layer }
  | { readonly type: "open"; readonly uri: string; readonly range: { readonly start: Position; readonly end: Position } | null }
  | { readonly type: "copy"; readonly format: "mermaid" | "dot" };
