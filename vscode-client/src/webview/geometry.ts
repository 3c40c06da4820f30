// Where the diagram is looked at, and which of its boxes belong together. It does not use the DOM, so that unit tests
// can run it.

import type { Wiring, WiringNode } from "../wiringMessages";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x` and `y` are the upper left corner. */
export interface Area extends Size, Point {}

/** The visible part: the point of the diagram in the upper left corner, and the scale. */
export interface Look {
  readonly corner: Point;
  readonly scale: number;
}

/** The scale from which all texts can be read. */
export const READABLE = 0.75;

/** The scale at which the whole diagram fits, at most 1. */
export function scaleFor(content: Size, space: Size): number {
  return content.width > 0 && content.height > 0
    ? Math.min(1, space.width / content.width, space.height / content.height)
    : 1;
}

/** The whole diagram, in the middle of the space. */
export function whole(content: Size, space: Size, scale = scaleFor(content, space)): Look {
  return {
    scale,
    corner: { x: (content.width - space.width / scale) / 2, y: (content.height - space.height / scale) / 2 },
  };
}

/**
 * The first look at a diagram: all of it if it can be read then. Otherwise a readable part: the `focus`, or else the
 * beginning.
 */
export function firstLook(content: Size, space: Size, focus?: Area): Look {
  if (scaleFor(content, space) >= READABLE) {
    return whole(content, space);
  }
  const scale = Math.min(1, Math.max(READABLE, space.width / content.width));
  return focus ? lookAt(focus, content, space, scale) : { scale, corner: inside({ x: 0, y: 0 }, content, space, scale) };
}

/** An area in the middle of the space, as far as the diagram has content around it. */
export function lookAt(area: Area, content: Size, space: Size, scale: number): Look {
  // An area that is larger than the space is shown from its beginning.
  const [width, height] = [space.width / scale, space.height / scale];
  const x = area.width > width ? area.x : area.x + (area.width - width) / 2;
  const y = area.height > height ? area.y : area.y + (area.height - height) / 2;
  return { scale, corner: inside({ x, y }, content, space, scale) };
}

/** The smallest area that contains all areas, undefined if there are none. */
export function around(areas: readonly Area[]): Area | undefined {
  if (areas.length === 0) {
    return undefined;
  }
  const [x, y] = [Math.min(...areas.map((each) => each.x)), Math.min(...areas.map((each) => each.y))];
  const right = Math.max(...areas.map((each) => each.x + each.width));
  const bottom = Math.max(...areas.map((each) => each.y + each.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The nodes that contain all words of a query, in their order in the run. */
export function found(nodes: readonly WiringNode[], query: string): WiringNode[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0
    ? []
    : nodes.filter((node) => {
        const text = [node.label, node.implementation, node.domain, ...(node.datasets ?? [])].join("\n").toLowerCase();
        return words.every((word) => text.includes(word));
      });
}

/** A node, all nodes that lines connect with it, and the indexes of these lines. */
export function neighbours(wiring: Wiring, id: string): { nodes: Set<string>; edges: Set<number> } {
  const nodes = new Set([id]);
  const edges = new Set<number>();
  wiring.edges.forEach(({ source, target }, index) => {
    if (source === id || target === id) {
      nodes.add(source).add(target);
      edges.add(index);
    }
  });
  return { nodes, edges };
}

/** The nodes that a file defines. */
export function inFile(nodes: readonly WiringNode[], uri: string | undefined): WiringNode[] {
  const wanted = uri === undefined ? undefined : decoded(uri);
  return nodes.filter((node) => node.uri && decoded(node.uri) === wanted);
}

// VS Code and the server can encode the same URI in two ways.
function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function inside(corner: Point, content: Size, space: Size, scale: number): Point {
  const place = (start: number, size: number, seen: number): number =>
    seen >= size ? (size - seen) / 2 : Math.min(Math.max(start, 0), size - seen);
  return {
    x: place(corner.x, content.width, space.width / scale),
    // A diagram that is not high begins at the upper edge.
    y: space.height / scale >= content.height ? 0 : place(corner.y, content.height, space.height / scale),
  };
}
