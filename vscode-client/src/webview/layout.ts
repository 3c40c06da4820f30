// Computes the positions of boxes and arrows in the diagram. It does not use the DOM, so that unit tests can run it.

import dagre from "@dagrejs/dagre";
import type { Wiring, WiringEdge, WiringNode } from "../wiringMessages";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x` and `y` are the upper left corner. */
export interface Box extends Size, Point {
  readonly node: WiringNode;
}

export interface Arrow {
  readonly edge: WiringEdge;
  readonly points: readonly Point[];
  /** The center of the label, undefined if there is none. */
  readonly label?: Point;
}

export interface Diagram extends Size {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export type Layer = "servers" | "files" | "inheritance";

const LAYER_OF: Record<WiringEdge["kind"], Layer> = {
  ref: "servers",
  relay: "servers",
  sandbox: "servers",
  include: "files",
  inherit: "inheritance",
  copy: "inheritance",
};

const LABEL_HEIGHT = 14;
const MARGIN = 16;

/** The part of a wiring in the selected layers. Servers and open names are always shown, files only in their layer. */
export function select(wiring: Wiring, layers: ReadonlySet<Layer>): Wiring {
  const nodes = wiring.nodes.filter((node) => node.type !== "file" || layers.has("files"));
  const shown = new Set(nodes.map((node) => node.id));
  const edges = wiring.edges.filter(
    (edge) => layers.has(LAYER_OF[edge.kind]) && shown.has(edge.source) && shown.has(edge.target),
  );
  return { ...wiring, nodes, edges };
}

/** The layers that are not empty. */
export function layersOf(wiring: Wiring): Set<Layer> {
  const layers = new Set(wiring.edges.map((edge) => LAYER_OF[edge.kind]));
  if (wiring.nodes.some((node) => node.type === "file")) {
    layers.add("files");
  }
  return layers;
}

/** From left to right, or from top to bottom. */
export type Direction = "LR" | "TB";

const SPACES: Record<Direction, object> = {
  LR: { nodesep: 22, ranksep: 40, edgesep: 12 },
  // Labels are across the arrows in this direction, so rows can be closer to each other than columns.
  TB: { nodesep: 28, ranksep: 30, edgesep: 24 },
};

export interface Measure {
  /** The size of a box. */
  readonly box: (node: WiringNode) => Size;
  /** The width of a label. */
  readonly label: (text: string) => number;
}

/** The scale at which the whole diagram fits, at most 1. */
export function scaleFor(content: Size, space: Size): number {
  return content.width > 0 && content.height > 0
    ? Math.min(1, space.width / content.width, space.height / content.height)
    : 1;
}

/** The layout whose direction allows the larger scale in the given space. */
export function layOutFor(wiring: Wiring, measure: Measure, space: Size): Diagram {
  const [across, down] = [layOut(wiring, measure, "LR"), layOut(wiring, measure, "TB")];
  return scaleFor(down, space) > scaleFor(across, space) ? down : across;
}

/** Lay out the boxes along the arrows. */
export function layOut(wiring: Wiring, measure: Measure, direction: Direction = "LR"): Diagram {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, ...SPACES[direction], marginx: MARGIN, marginy: MARGIN });
  for (const node of wiring.nodes) {
    graph.setNode(node.id, { ...measure.box(node) });
  }
  const drawn = wiring.edges.filter((edge) => graph.hasNode(edge.source) && graph.hasNode(edge.target));
  drawn.forEach((edge, index) => {
    const label = edge.label ?? "";
    const size = label === "" ? {} : { width: measure.label(label), height: LABEL_HEIGHT, labelpos: "c" };
    graph.setEdge(edge.source, edge.target, size, String(index));
  });
  dagre.layout(graph);
  const boxes = wiring.nodes.map((node): Box => {
    const { x, y, width, height } = graph.node(node.id) as Size & Point;
    return { node, width, height, x: x - width / 2, y: y - height / 2 };
  });
  const arrows = drawn.map((edge, index): Arrow => {
    const { points, x, y } = graph.edge(edge.source, edge.target, String(index)) as Partial<Point> & {
      points: Point[];
    };
    return { edge, points, ...(edge.label && x !== undefined && y !== undefined ? { label: { x, y } } : {}) };
  });
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
  return { boxes, arrows, width: Math.max(width, 0), height: Math.max(height, 0) };
}

/** The SVG path of an arrow, with rounded bends. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) {
    return "";
  }
  const last = rest.pop() ?? first;
  let path = `M${first.x},${first.y}`;
  rest.forEach((bend, index) => {
    const next = rest[index + 1];
    const end = next ? middle(bend, next) : last;
    path += ` Q${bend.x},${bend.y} ${end.x},${end.y}`;
  });
  return rest.length > 0 ? path : `${path} L${last.x},${last.y}`;
}

function middle(left: Point, right: Point): Point {
  return { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
}
