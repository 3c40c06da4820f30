// Draws the diagram as SVG elements. Text from configs is set as text content and never parsed as markup.

import type { WiringNode } from "../wiringMessages";
import { type Arrow, type Box, type Diagram, type Measure, pathOf } from "./layout";

const SVG = "http://www.w3.org/2000/svg";
const PADDING = 12;
const LINE = 17;
const SMALL = 0.85;

export type Open = (place: { uri?: string | null; range?: Box["node"]["range"] }) => void;

/** The labels of the node types. */
const TYPES: Record<string, string> = {
  responses_api_models: "model",
  resources_servers: "resources server",
  responses_api_agents: "agent",
  environment_servers: "environment server",
  sandbox: "sandbox",
  file: "file",
  open: "open name: not defined in this run",
};

/** The types in the order of the legend. */
export function typesOf(nodes: readonly WiringNode[]): [type: string, title: string][] {
  const present = new Set(nodes.map((node) => node.type));
  return Object.entries(TYPES).filter(([type]) => present.has(type));
}

/** The legend of the marks after names, for the marks that occur. */
export function marksOf(nodes: readonly WiringNode[]): string[] {
  const present = new Set(nodes.map((node) => node.status));
  return [
    ...(present.has("open") ? ["? not defined in this run"] : []),
    ...(present.has("error") ? ["✕ has errors"] : []),
  ];
}

/** Measures text in the font of the page. */
export function measurer(font: string, size: number): Measure {
  const context = document.createElement("canvas").getContext("2d");
  const width = (text: string, scale: number, weight: string): number => {
    if (!context) {
      return text.length * size * 0.6 * scale;
    }
    context.font = `${weight} ${size * scale}px ${font}`;
    return context.measureText(text).width;
  };
  return {
    box: (node) => ({
      width: Math.max(width(node.label, 1, "600"), ...details(node).map((text) => width(text, SMALL, "400"))) + 2 * PADDING,
      height: LINE * (1 + details(node).length) + PADDING,
    }),
    label: (text) => width(text, SMALL, "400") + 8,
  };
}

/** The lines below the name of a node. */
function details(node: WiringNode): string[] {
  const type = TYPES[node.type] ?? node.type;
  const line = node.implementation ? `${type} · ${node.implementation}` : type;
  return node.type === "file" ? [] : [line, ...(node.domain ? [node.domain] : [])];
}

/** Replace the content of an `svg` element by a diagram. */
export function draw(svg: SVGSVGElement, diagram: Diagram, open: Open): void {
  svg.replaceChildren(markers(), ...diagram.arrows.map((each) => arrow(each, open)), ...diagram.boxes.map((each) => box(each, open)));
}

function box({ node, x, y, width, height }: Box, open: Open): SVGElement {
  const group = element("g", { class: `node type-${node.type} status-${node.status}`, transform: `translate(${x},${y})` });
  group.append(element("rect", { width, height, rx: node.type === "file" ? 2 : 6 }));
  if (node.type !== "file") {
    group.append(element("rect", { class: "stripe", width: 4, height: height - 12, x: 0, y: 6, rx: 2 }));
  }
  const mark = node.status === "error" ? " ✕" : node.status === "open" ? " ?" : "";
  group.append(text(node.label + mark, "name", PADDING, LINE + 1));
  details(node).forEach((line, index) => {
    group.append(text(line, "detail", PADDING, LINE * (index + 2)));
  });
  return clickable(group, `${node.label}: ${details(node).join(", ")}${statusSuffix(node.status)}`, node, open);
}

function arrow({ edge, points, label }: Arrow, open: Open): SVGElement {
  const group = element("g", { class: `edge kind-${edge.kind} status-${edge.status}` });
  const end = edge.status === "error" ? "end-error" : "end";
  group.append(
    element("path", { class: "line", d: pathOf(points), "marker-end": `url(#${end})` }),
    // The visible line is too thin to click.
    element("path", { class: "target", d: pathOf(points) }),
  );
  if (edge.label && label) {
    group.append(text(edge.label, "label", label.x, label.y + 4, "middle"));
  }
  return clickable(group, `${edge.kind} ${edge.label ?? ""}${statusSuffix(edge.status)}`, edge, open);
}

function statusSuffix(status: string): string {
  return status === "error" ? " (error)" : status === "open" ? " (open)" : "";
}

function clickable(group: SVGElement, title: string, place: Parameters<Open>[0], open: Open): SVGElement {
  const hint = element("title", {});
  hint.textContent = title;
  group.prepend(hint);
  if (place.uri) {
    group.classList.add("clickable");
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", title);
    group.addEventListener("click", () => {
      open(place);
    });
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        open(place);
      }
    });
  }
  return group;
}

function markers(): SVGElement {
  const definitions = element("defs", {});
  for (const id of ["end", "end-error"]) {
    const size = { viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" };
    const marker = element("marker", { id, class: id, ...size });
    marker.append(element("path", { d: "M0,0 L10,5 L0,10 z" }));
    definitions.append(marker);
  }
  return definitions;
}

function text(content: string, name: string, x: number, y: number, anchor = "start"): SVGElement {
  const found = element("text", { class: name, x, y, "text-anchor": anchor });
  found.textContent = content;
  return found;
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const found = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) {
    found.setAttribute(attribute, String(value));
  }
  return found;
}
