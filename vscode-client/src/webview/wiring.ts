// The page of the picture: takes a wiring from the extension, draws it, and tells what was clicked.

import type { FromPicture, ToPicture, Wiring } from "../wiringMessages";
import { draw, marksOf, measurer, typesOf } from "./drawing";
import { type Layer, layersOf, layOutFor, select } from "./layout";
import { View } from "./view";

interface Kept {
  readonly run: unknown;
  readonly layers: readonly Layer[];
}

interface Host {
  postMessage(message: FromPicture): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
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
part("picture").append(svg);
const view = new View(svg);
let wiring: Wiring | undefined;
let shown = "";

buttons();
keep();
window.addEventListener("message", (event: MessageEvent<ToPicture>) => {
  receive(event.data);
});
host.postMessage({ type: "ready" });

function receive(message: ToPicture): void {
  if (message.type === "wiring") {
    wiring = message.wiring;
    part("message").textContent = wiring.nodes.length === 0 ? "This run has no servers." : "";
    show();
  } else {
    // The last picture stays: while something is typed, a run often makes no sense for a moment.
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
  const picture = layOutFor(selected, measure, svg.getBoundingClientRect());
  draw(svg, picture, ({ uri, range }) => {
    if (uri) {
      host.postMessage({ type: "open", uri, range: range ?? null });
    }
  });
  part("title").textContent = wiring.title;
  // After an edit the same servers stay where the user has moved and scaled them to.
  const key = selected.nodes.map((node) => node.id).join("\n");
  view.show(picture, key !== shown);
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
        keep();
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

function buttons(): void {
  const actions: readonly [text: string, title: string, act: () => void][] = [
    ["+", "Larger", () => { view.zoomIn(); }],
    ["−", "Smaller", () => { view.zoomOut(); }],
    ["Fit", "Show everything", () => { view.fit(); }],
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

// What VS Code gives back when it opens the panel again after a reload.
function keep(): void {
  host.setState({ run, layers: [...layers] });
}

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no #${id}`);
  }
  return found;
}
