// Shows the picture of the server, and adds links to its boxes and lines. Names from configs are text in it; elements
// and attributes that the server does not use are dropped, so that nothing in it can run.

import type { WiringNode, WiringPicture } from "../wiringMessages";
import type { Area, Size } from "./geometry";

const SVG = "http://www.w3.org/2000/svg";
const ELEMENTS = new Set(["defs", "g", "marker", "path", "rect", "text", "title", "tspan"]);
const ATTRIBUTES = new Set(
  (
    "class d data-edge data-node dy fill font-size font-weight height id marker-end markerHeight markerUnits markerWidth orient " +
    "refX refY rx stroke stroke-dasharray stroke-width viewBox width x y"
  ).split(" "),
);

export type Open = (place: { uri?: string | null; range?: WiringNode["range"] }) => void;

/** The elements of a picture in the page. */
export interface Shown extends Size {
  readonly boxes: ReadonlyMap<string, SVGGElement>;
  readonly lines: ReadonlyMap<number, SVGGElement>;
}

/** Replace the content of an `svg` element by a picture. */
export function show(svg: SVGSVGElement, wiring: WiringPicture, open: Open): Shown {
  const parsed = new DOMParser().parseFromString(wiring.text, "image/svg+xml").documentElement;
  svg.replaceChildren(...[...parsed.children].filter((each) => each.localName !== "title").flatMap((each) => copy(each) ?? []));
  svg.setAttribute("aria-label", parsed.querySelector("desc")?.textContent ?? "");
  const boxes = new Map<string, SVGGElement>();
  const lines = new Map<number, SVGGElement>();
  const nodes = new Map(wiring.nodes.map((node) => [node.id, node]));
  for (const group of svg.querySelectorAll<SVGGElement>("g.box")) {
    const id = group.dataset["node"] ?? "";
    boxes.set(id, group);
    link(group, nodes.get(id), open);
  }
  for (const group of svg.querySelectorAll<SVGGElement>("g.line")) {
    const index = Number(group.dataset["edge"]);
    lines.set(index, group);
    const path = group.querySelector("path")?.cloneNode() as SVGPathElement | undefined;
    if (path) {
      // The visible line is too thin to click.
      path.removeAttribute("marker-end");
      path.setAttribute("class", "target");
      group.append(path);
    }
    link(group, wiring.edges[index], open);
  }
  const size = (name: string): number => Number(parsed.getAttribute(name)) || 0;
  return { boxes, lines, width: size("width"), height: size("height") };
}

/** The place of a box in the diagram. */
export function areaOf(box: Element): Area {
  const rect = box.querySelector("rect");
  const size = (name: string): number => Number(rect?.getAttribute(name)) || 0;
  return { x: size("x"), y: size("y"), width: size("width"), height: size("height") };
}

function copy(source: Element): SVGElement | undefined {
  if (!ELEMENTS.has(source.localName)) {
    return undefined;
  }
  const made = document.createElementNS(SVG, source.localName);
  for (const { name, value } of source.attributes) {
    if (ATTRIBUTES.has(name)) {
      made.setAttribute(name, value);
    }
  }
  for (const child of source.childNodes) {
    if (child instanceof Element) {
      made.append(...[copy(child)].filter((each) => each !== undefined));
    } else if (child.nodeType === Node.TEXT_NODE) {
      made.append(child.textContent ?? "");
    }
  }
  return made;
}

function link(group: SVGGElement, place: Parameters<Open>[0] | undefined, open: Open): void {
  if (!place?.uri) {
    return;
  }
  group.classList.add("clickable");
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  group.setAttribute("aria-label", group.querySelector("title")?.textContent ?? "");
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
