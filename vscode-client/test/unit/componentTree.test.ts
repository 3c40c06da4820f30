import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countsOf, describeCounts, groupComponents, matches } from "../../src/componentTree";
import type { Component } from "../../src/protocol";

function component(kind: Component["kind"], name: string, more: Partial<Component> = {}): Component {
  return {
    kind,
    name,
    variant: null,
    description: null,
    domain: null,
    uri: `file:///${name}.yaml`,
    range: null,
    origin: "workspace",
    config: null,
    commandLine: null,
    ...more,
  };
}

describe("the tree", () => {
  it("has the kinds in a fixed order, without empty ones", () => {
    const tree = groupComponents([component("sandbox", "box"), component("environment", "math")]);
    assert.deepEqual(tree.map((group) => group.title), ["Environments", "Sandboxes"]);
  });

  it("lists the workspace before installed components, each sorted by name", () => {
    const tree = groupComponents([
      component("agent", "b", { origin: "install" }),
      component("agent", "a", { origin: "install" }),
      component("agent", "z"),
      component("agent", "y"),
    ]);
    assert.deepEqual(tree[0]?.entries.map((entry) => entry.name), ["y", "z", "a", "b"]);
  });

  it("groups variants by name, separately for each origin", () => {
    const tree = groupComponents([
      component("agent", "vote", { variant: "wide" }),
      component("agent", "vote", { variant: "narrow" }),
      component("agent", "vote", { origin: "install" }),
    ]);
    assert.deepEqual(tree[0]?.entries.map((entry) => entry.components.length), [2, 1]);
  });

  it("applies the filter", () => {
    const all = [component("environment", "math"), component("agent", "simple")];
    assert.deepEqual(groupComponents(all, "sim").map((group) => group.kind), ["agent"]);
  });
});

describe("the counts of findings", () => {
  const ofFile = (uri: string) => (uri.includes("bad") ? { errors: 2, warnings: 1 } : { errors: 0, warnings: 0 });

  it("add up, with those of a file once", () => {
    const [one, two] = [component("agent", "a", { uri: "file:///bad" }), component("agent", "b", { uri: "file:///bad" })];
    const other = component("agent", "c", { uri: "file:///bad2" });
    assert.deepEqual(countsOf([one, two, other, component("agent", "d")], ofFile), { errors: 4, warnings: 2 });
  });

  it("are shown only if there are any", () => {
    assert.equal(describeCounts({ errors: 2, warnings: 1 }), "2 errors, 1 warning");
    assert.equal(describeCounts({ errors: 0, warnings: 3 }), "3 warnings");
    assert.equal(describeCounts({ errors: 0, warnings: 0 }), "");
  });
});

describe("the filter", () => {
  const tides = component("environment", "tide_tables", { domain: "knowledge", description: "Read a table of tides." });

  it("requires every word, in any field", () => {
    assert.ok(matches(tides, "KNOW table"));
    assert.ok(matches(tides, ""));
    assert.ok(!matches(tides, "tide math"));
  });
});
