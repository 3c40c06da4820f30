import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { around, firstLook, found, inFile, lookAt, neighbours, READABLE, scaleFor, whole } from "../../src/webview/geometry";
import type { Wiring, WiringEdge, WiringNode } from "../../src/wiringMessages";

const node = (id: string, more: Partial<WiringNode> = {}): WiringNode => ({
  id,
  label: id,
  type: "resources_servers",
  status: "ok",
  ...more,
});
const edge = (source: string, target: string): WiringEdge => ({ source, target, kind: "ref", status: "ok" });

const WIRING: Wiring = {
  title: "math",
  nodes: [
    node("math_agent", { implementation: "simple_agent", datasets: ["aime24"] }),
    node("math", { uri: "file:///w/a%3Ab.yaml", domain: "math" }),
    node("policy_model", { uri: "file:///w/model.yaml" }),
  ],
  edges: [edge("math_agent", "math"), edge("math_agent", "policy_model"), edge("math", "math")],
};
const SPACE = { width: 800, height: 400 };

describe("the first look", () => {
  it("shows all of a small diagram", () => {
    const content = { width: 900, height: 300 };
    const look = firstLook(content, SPACE);
    assert.deepEqual(look, whole(content, SPACE));
    assert.equal(look.scale, scaleFor(content, SPACE));
  });

  it("shows the readable beginning of a large diagram", () => {
    const look = firstLook({ width: 1200, height: 4000 }, SPACE);
    assert.equal(look.scale, READABLE);
    assert.deepEqual(look.corner, { x: 0, y: 0 });
  });

  it("shows the focus in a large diagram", () => {
    const focus = { x: 50, y: 2000, width: 200, height: 60 };
    const { corner, scale } = firstLook({ width: 900, height: 4000 }, SPACE, focus);
    assert.ok(scale >= READABLE);
    assert.ok(corner.y < focus.y && focus.y + focus.height < corner.y + SPACE.height / scale);
    assert.ok(corner.x <= focus.x && focus.x + focus.width <= corner.x + SPACE.width / scale);
  });

  it("does not leave the diagram", () => {
    const content = { width: 2000, height: 2000 };
    const { corner } = lookAt({ x: 1990, y: 1990, width: 10, height: 10 }, content, SPACE, 1);
    assert.deepEqual(corner, { x: 1200, y: 1600 });
  });

  it("begins at the start of an area that does not fit", () => {
    const { corner } = lookAt({ x: 100, y: 300, width: 200, height: 3000 }, { width: 2000, height: 5000 }, SPACE, 1);
    assert.equal(corner.y, 300);
  });
});

describe("areas", () => {
  it("are contained in the one around them", () => {
    assert.deepEqual(around([{ x: 1, y: 5, width: 2, height: 2 }, { x: 4, y: 1, width: 1, height: 1 }]), { x: 1, y: 1, width: 4, height: 6 });
    assert.equal(around([]), undefined);
  });
});

describe("the search", () => {
  const ids = (query: string) => found(WIRING.nodes, query).map((each) => each.id);

  it("finds names, implementations, domains and datasets", () => {
    assert.deepEqual(ids("MATH"), ["math_agent", "math"]);
    assert.deepEqual(ids("simple"), ["math_agent"]);
    assert.deepEqual(ids("aime"), ["math_agent"]);
  });

  it("finds what contains all words", () => {
    assert.deepEqual(ids(" agent  math "), ["math_agent"]);
    assert.deepEqual(ids("nothing"), []);
    assert.deepEqual(ids(" "), []);
  });
});

describe("neighbours", () => {
  it("are what lines connect", () => {
    const { nodes, edges } = neighbours(WIRING, "math");
    assert.deepEqual([...nodes].sort(), ["math", "math_agent"]);
    assert.deepEqual([...edges], [0, 2]);
    assert.deepEqual([...neighbours(WIRING, "alone").nodes], ["alone"]);
  });
});

describe("the nodes of a file", () => {
  it("are found however its URI is encoded", () => {
    assert.deepEqual(inFile(WIRING.nodes, "file:///w/a:b.yaml").map((each) => each.id), ["math"]);
    assert.deepEqual(inFile(WIRING.nodes, "file:///w/%"), []);
    assert.deepEqual(inFile(WIRING.nodes, undefined), []);
  });
});
