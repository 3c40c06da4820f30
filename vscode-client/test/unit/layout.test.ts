import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { layersOf, layOut, layOutFor, pathOf, select } from "../../src/webview/layout";
import type { Wiring, WiringEdge, WiringNode } from "../../src/wiringMessages";

const node = (id: string, type = "resources_servers"): WiringNode => ({ id, label: id, type, status: "ok" });
const edge = (source: string, target: string, kind: WiringEdge["kind"] = "ref", label = "field"): WiringEdge => ({
  source,
  target,
  kind,
  label,
  status: "ok",
});

const WIRING: Wiring = {
  title: "math",
  nodes: [node("agent"), node("math"), node("policy"), node("a.yaml", "file"), node("b.yaml", "file")],
  edges: [
    edge("agent", "math"),
    edge("agent", "policy"),
    edge("agent", "policy", "ref", "judge"),
    edge("a.yaml", "b.yaml", "include"),
    edge("math", "policy", "inherit"),
  ],
};
const SIZE = { width: 100, height: 40 };
const MEASURE = { box: () => SIZE, label: (text: string) => text.length * 7 };
const diagram = (wiring: Wiring) => layOut(wiring, MEASURE);

describe("layers", () => {
  it("are those that are not empty", () => {
    assert.deepEqual([...layersOf(WIRING)].sort(), ["files", "inheritance", "servers"]);
    assert.deepEqual([...layersOf({ ...WIRING, nodes: [node("a")], edges: [] })], []);
  });

  it("select their nodes and arrows", () => {
    const servers = select(WIRING, new Set(["servers"] as const));
    assert.deepEqual(servers.nodes.map((each) => each.id), ["agent", "math", "policy"]);
    assert.deepEqual(servers.edges.map((each) => each.kind), ["ref", "ref", "ref"]);
    const files = select(WIRING, new Set(["files"] as const));
    assert.deepEqual(files.edges.map((each) => each.kind), ["include"]);
  });
});

describe("the layout", () => {
  it("does not overlap boxes", () => {
    const { boxes } = diagram(WIRING);
    for (const left of boxes) {
      for (const right of boxes) {
        const apart =
          left.x + left.width <= right.x ||
          right.x + right.width <= left.x ||
          left.y + left.height <= right.y ||
          right.y + right.height <= left.y;
        assert.ok(left === right || apart, `${left.node.id} and ${right.node.id}`);
      }
    }
  });

  it("runs from left to right along the arrows", () => {
    const at = new Map(diagram(WIRING).boxes.map((box) => [box.node.id, box.x]));
    assert.ok((at.get("agent") ?? 0) < (at.get("math") ?? 0));
    assert.ok((at.get("math") ?? 0) < (at.get("policy") ?? 0));
  });

  it("chooses the direction with the larger scale", () => {
    const [wide, tall] = [{ width: 900, height: 200 }, { width: 200, height: 900 }].map((space) =>
      layOutFor(WIRING, MEASURE, space),
    );
    assert.ok(wide && tall && wide.width > tall.width && tall.height > wide.height);
  });

  it("draws all arrows between the same two nodes", () => {
    const arrows = diagram(WIRING).arrows.filter(({ edge: { target } }) => target === "policy");
    assert.equal(new Set(arrows.map(({ points }) => pathOf(points))).size, 3);
    assert.ok(arrows.every((arrow) => arrow.label));
  });

  it("keeps everything within its size", () => {
    const { boxes, width, height } = diagram(WIRING);
    for (const box of boxes) {
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, box.node.id);
    }
  });

  it("accepts cycles, refs of a server to itself, and arrows without a target", () => {
    const odd = { ...WIRING, edges: [edge("agent", "math"), edge("math", "agent"), edge("agent", "agent"), edge("agent", "gone")] };
    assert.equal(diagram(odd).arrows.length, 3);
  });

  it("accepts an empty wiring", () => {
    assert.deepEqual(diagram({ title: "", nodes: [], edges: [] }).boxes, []);
  });
});

describe("the path of an arrow", () => {
  it("starts and ends at the given points", () => {
    assert.equal(pathOf([{ x: 0, y: 0 }, { x: 5, y: 5 }]), "M0,0 L5,5");
    assert.equal(pathOf([{ x: 0, y: 0 }, { x: 2, y: 9 }, { x: 5, y: 5 }]), "M0,0 Q2,9 5,5");
    assert.equal(
      pathOf([{ x: 0, y: 0 }, { x: 2, y: 2 }, { x: 4, y: 2 }, { x: 6, y: 0 }]),
      "M0,0 Q2,2 3,2 Q4,2 6,0",
    );
    assert.equal(pathOf([]), "");
  });
});
