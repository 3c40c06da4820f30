// The page of the wiring diagram: it receives a wiring from the extension, draws it, and reports clicks.

import type { FromDiagram, Layer, ToDiagram, WiringPicture } from "../wiringMessages";
import { around, found, inFile, neighbours } from "./geometry";
import { areaOf, show, type Shown } from "./picture";
import { View } from "./view";

/** The state that VS Code stores, and passes back when it restores the panel after a reload. */
interface SavedState {
  readonly run: unknown;
  readonly layer?: Layer;
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
];

const host = acquireVsCodeApi();
const run: unknown = JSON.parse(document.body.dataset["run"] ?? "null");
const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
svg.setAttribute("aria-label", "Wiring");
part("diagram").append(svg);
const view = new View(svg);
const search = document.createElement("input");
const count = document.createElement("span");
const here = document.createElement("button");
let layer: Layer = host.getState()?.layer ?? "servers";
let wiring: WiringPicture | undefined;
let shown: Shown | undefined;
let drawn = "";
let file: string | undefined;
let match = -1;

addLayers();
addSearch();
addButtons();
saveState();
window.addEventListener("message", (event: MessageEvent<ToDiagram>) => {
  receive(event.data);
});
for (const name of ["pointerover", "pointerout", "focusin", "focusout"]) {
  svg.addEventListener(name, (event) => {
    const leaves = name === "pointerout" || name === "focusout";
    highlight(leaves ? undefined : (event.target as Element).closest<SVGGElement>("g.box, g.line"));
  });
}
host.postMessage({ type: "ready", layer });

function receive(message: ToDiagram): void {
  switch (message.type) {
    case "wiring":
      wiring = message.wiring;
      draw(wiring);
      break;
    case "file":
      file = message.uri ?? undefined;
      markFile();
      break;
    case "failed":
      // The last diagram stays visible, because a run is often invalid for a moment while the user types.
      part("message").textContent = message.reason;
      break;
  }
}

function draw(picture: WiringPicture): void {
  shown = show(svg, picture, ({ uri, range }) => {
    if (uri) {
      host.postMessage({ type: "open", uri, range: range ?? null });
    }
  });
  part("title").textContent = picture.title;
  part("message").textContent = shown.boxes.size === 0 ? `This run has no ${layer}.` : "";
  const places = markFile();
  // An edit that keeps the same nodes also keeps the position and the scale.
  const key = [layer, ...shown.boxes.keys()].join("\n");
  view.show(shown, key !== drawn, around(places));
  drawn = key;
  legend(picture);
  markMatches();
}

/** Mark the boxes of the active file, and return their areas. */
function markFile(): ReturnType<typeof areaOf>[] {
  const own = new Set(inFile(wiring?.nodes ?? [], file).map((node) => node.id));
  const boxes = [...(shown?.boxes ?? [])].filter(([id, box]) => {
    box.classList.toggle("here", own.has(id));
    return own.has(id);
  });
  here.disabled = boxes.length === 0;
  return boxes.map(([, box]) => areaOf(box));
}

/** Show which boxes and lines belong to the one under the pointer. */
function highlight(element: SVGGElement | null | undefined): void {
  svg.classList.toggle("dimmed", Boolean(element));
  for (const each of svg.querySelectorAll(".near")) {
    each.classList.remove("near");
  }
  if (!element || !wiring) {
    return;
  }
  const edge = wiring.edges[Number(element.dataset["edge"] ?? -1)];
  const near = edge
    ? { nodes: [edge.source, edge.target], edges: [Number(element.dataset["edge"])] }
    : neighbours(wiring, element.dataset["node"] ?? "");
  near.nodes.forEach((id) => shown?.boxes.get(id)?.classList.add("near"));
  near.edges.forEach((index) => shown?.lines.get(index)?.classList.add("near"));
}

// Search

function addSearch(): void {
  search.type = "search";
  search.placeholder = "Search";
  search.title = "Search for a name, an implementation, a domain or a dataset; Enter goes to the next one";
  search.setAttribute("aria-label", search.title);
  count.setAttribute("role", "status");
  search.addEventListener("input", () => {
    match = -1;
    markMatches();
    nextMatch(1);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      nextMatch(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      search.value = "";
      markMatches();
    }
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "f" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      search.select();
    }
  });
  part("actions").append(search, count);
}

function matches(): SVGGElement[] {
  return found(wiring?.nodes ?? [], search.value).flatMap((node) => shown?.boxes.get(node.id) ?? []);
}

function markMatches(): void {
  const all = new Set(matches());
  svg.classList.toggle("searching", all.size > 0);
  for (const box of shown?.boxes.values() ?? []) {
    box.classList.toggle("found", all.has(box));
  }
  count.textContent = search.value.trim() ? `${match >= 0 && all.size > 0 ? `${match + 1} of ` : ""}${all.size}` : "";
}

function nextMatch(step: number): void {
  const all = matches();
  if (all.length > 0) {
    match = match < 0 ? 0 : (match + step + all.length) % all.length;
    const box = all[match];
    if (box) {
      view.reveal(areaOf(box));
    }
  }
  markMatches();
}

// The parts around the diagram

function addLayers(): void {
  part("layers").append(
    ...LAYERS.map(([each, title]) => {
      const label = document.createElement("label");
      const choice = document.createElement("input");
      choice.type = "radio";
      choice.name = "layer";
      choice.checked = each === layer;
      choice.addEventListener("change", () => {
        layer = each;
        saveState();
        host.postMessage({ type: "ready", layer });
      });
      label.append(choice, ` ${title}`);
      return label;
    }),
  );
}

function legend(of: WiringPicture): void {
  part("legend").replaceChildren(
    ...of.legend.map(({ text, color, dashed }) => {
      const entry = document.createElement("span");
      const sample = document.createElement("i");
      sample.style.borderColor = color;
      sample.style.borderStyle = dashed ? "dashed" : "solid";
      entry.append(sample, ` ${text}`);
      return entry;
    }),
  );
}

function addButtons(): void {
  const actions: readonly [text: string, title: string, act: () => void, button?: HTMLButtonElement][] = [
    ["+", "Zoom in", () => { view.zoomIn(); }],
    ["−", "Zoom out", () => { view.zoomOut(); }],
    ["Fit", "Fit the diagram into the window", () => { view.fit(); }],
    ["This File", "Show the components of the active file", () => { showFile(); }, here],
    ["Copy as Mermaid", "Copy the wiring as Mermaid text", () => { host.postMessage({ type: "copy", format: "mermaid" }); }],
  ];
  part("actions").append(
    ...actions.map(([text, title, act, button = document.createElement("button")]) => {
      button.textContent = text;
      button.title = title;
      button.addEventListener("click", act);
      return button;
    }),
  );
}

function saveState(): void {
  host.setState({ run, layer });
}

function showFile(): void {
  const area = around(markFile());
  if (area) {
    view.reveal(area);
  }
}

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no #${id}`);
  }
  return found;
}
