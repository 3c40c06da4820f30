import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileNameOf, queryOf, type Run, runOf, runOfDocument, SCHEME, titleOf } from "../../src/runs";

const RUNS: Record<string, Run> = {
  "the run of a file": { uri: "file:///project/a%20b/100%25&x=1/config.yaml" },
  "several configs": { configs: ["environments/math/config.yaml", "configs/policy model+1.yaml"] },
  "everything": {
    configs: ["a.yaml"],
    overrides: ["a.b=${c}&d", "e='é+ü'"],
    searchDirs: ["/elsewhere"],
    gymRoot: "/opt/Gym 0.6",
  },
};

describe("the query of a run", () => {
  for (const [name, run] of Object.entries(RUNS)) {
    it(`is parsed back to ${name}`, () => {
      assert.deepEqual(runOf(queryOf(run)), run);
    });
  }

  it("encodes a space as %20", () => {
    assert.equal(queryOf({ configs: ["a b+c"] }), "config=a%20b%2Bc");
  });
});

describe("the run of a document", () => {
  it("is in the query of a resolved config", () => {
    const query = queryOf({ configs: ["a.yaml"] });
    assert.deepEqual(runOfDocument({ scheme: SCHEME, path: "/resolved/a.yaml", query }), { configs: ["a.yaml"] });
  });

  it("does not exist for the page of a rule, or for another scheme", () => {
    assert.equal(runOfDocument({ scheme: SCHEME, path: "/rules/duplicate-key.md", query: "" }), undefined);
    assert.equal(runOfDocument({ scheme: "untitled", path: "/resolved/a.yaml", query: "" }), undefined);
  });
});

describe("the title of a run", () => {
  it("is its config with the folder", () => {
    assert.equal(titleOf({ uri: "file:///project/environments/math/config.yaml" }), "math/config.yaml");
    assert.equal(titleOf({ configs: ["environments/math/config.yaml"] }), "math/config.yaml");
  });

  it("has the number of further configs", () => {
    assert.equal(titleOf({ configs: ["a/b.yaml", "c.yaml", "d.yaml"] }), "a/b.yaml + 2");
  });

  it("becomes a YAML file name without slashes", () => {
    assert.equal(fileNameOf({ configs: ["environments/math/config.yaml", "b.yaml"] }), "math config + 1 (resolved).yaml");
  });
});
