// The page of the wiring diagram: it receives a wiring from the extension, draws it, and reports clicks.

import type { FromDiagram, ToDiagram, Wiring } from "../wiringMessages";
import { draw, marksOf, measurer, typesOf } from "./drawing";
import { type Layer, layersOf, layOutFor, select } from "./layout";
import { View } from "./view";

/** The state that VS Code stores, and passes back when it restores the panel after a reload. */
interface SavedState {
  readonly run: unknown;
  readonly layers: readonly Layer[];
}

interface Host {
  postMessage(message: FromDiagram): void;
  getState(): SavedState | undefined;
  setState(state: SavedState): void;
}

declare function acquireVsCodeApi(): Host;

const LAYERS: readonly [Layer, string][] = [
  ["servers", "Servers"],
  ["files", "Files"],
  ["inheritance", "Inheritance"],
];

const host = acquireVsCodeApi();
const run: unknown = JSON.parse(document.body.dataset["run"] ?? "null");
const layers = new Set<Layer>(host.getState()?.layers ?? ["servers", "inheritance"]);
const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
svg.setAttribute("aria-label", "Wiring");
part("diagram").append(svg);
const view = new View(svg);
let wiring: Wiring | undefined;
let shown = "";

addButtons();
saveState();
window.addEventListener("message", (event: MessageEvent<ToDiagram>) => {
  receive(event.data);
});
host.postMessage({ type: "ready" });

function receive(message: ToDiagram): void {
  if (message.type === "wiring") {
    wiring = message.wiring;
    part("message").textContent = wiring.nodes.length === 0 ? "This run has no servers." : "";
    show();
  } else {
    // The last diagram stays visible, because a run is often invalid for a moment while the user types.
    part("message").textContent = message.reason;
  }
}

function show(): void {
  if (!wiring) {
    return;
  }
  const style = getComputedStyle(document.body);
  const measure = measurer(style.fontFamily, Number.parseFloat(style.fontSize));
  const selected = select(wiring, layers);
  const diagram = layOutFor(selected, measure, svg.getBoundingClientRect());
  draw(svg, diagram, ({ uri, range }) => {
    if (uri) {
      host.postMessage({ type: "open", uri, range: range ?? null });
    }
  });
  part("title").textContent = wiring.title;
  // An edit that keeps the same nodes also keeps the position and the scale.
  const key = selected.nodes.map((node) => node.id).join("\n");
  view.show(diagram, key !== shown);
  shown = key;
  layerBoxes(wiring);
  legend(selected);
}

function layerBoxes(of: Wiring): void {
  const present = layersOf(of);
  part("layers").replaceChildren(
    ...LAYERS.filter(([layer]) => present.has(layer)).map(([layer, title]) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = layers.has(layer);
      box.dataset["layer"] = layer;
      box.addEventListener("change", () => {
        if (box.checked) {
          layers.add(layer);
        } else {
          layers.delete(layer);
        }
        saveState();
        show();
        document.querySelector<HTMLElement>(`[data-layer="${layer}"]`)?.focus();
      });
      label.append(box, ` ${title}`);
      return label;
    }),
  );
}

function legend(of: Wiring): void {
  part("legend").replaceChildren(
    ...typesOf(of.nodes).map(([type, title]) => {
      const entry = document.createElement("span");
      entry.className = `type-${type}`;
      const colour = document.createElement("i");
      entry.append(colour, ` ${title}`);
      return entry;
    }),
    ...marksOf(of.nodes).map((mark) => {
      const entry = document.createElement("span");
      entry.textContent = mark;
      return entry;
    }),
  );
}

function addButtons(): void {
  const actions: readonly [text: string, title: string, act: () => void][] = [
    ["+", "Zoom in", () => { view.zoomIn(); }],
    ["−", "Zoom out", () => { view.zoomOut(); }],
    ["Fit", "Fit the diagram into the window", () => { view.fit(); }],
    ["Copy as Mermaid", "Copy the wiring as Mermaid text", () => { host.postMessage({ type: "copy", format: "mermaid" }); }],
  ];
  part("actions").append(
    ...actions.map(([text, title, act]) => {
      const button = document.createElement("button");
      button.textContent = text;
      button.title = title;
      button.addEventListener("click", act);
      return button;
    }),
  );
}

function saveState(): void {
  host.setState({ run, layers: [...layers] });
}

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no #${id}`);
  }
  return found;
}
