import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answersTo, filesOf, onlyAnswer } from "../../src/newFiles";
import type { NewComponent, Question } from "../../src/protocol";

const SERVER: Question = { field: "resources_server", text: "Resources server", usual: "", known: ["math"], empty: "a new one" };
const DOMAIN: Question = { field: "domain", text: "Domain", usual: "other", known: ["math", "other"], empty: null };
const RECIPE: Question = { field: "environment", text: "Environment", usual: null, known: ["tides"], empty: null };

describe("the answers to a question", () => {
  it("begin with the usual one, which is not repeated", () => {
    assert.deepEqual(answersTo(DOMAIN).map(({ value }) => value), ["other", "math"]);
  });

  it("begin with what no answer means", () => {
    assert.deepEqual(answersTo(SERVER), [
      { label: "A new one", value: "" },
      { label: "math", value: "math" },
    ]);
  });

  it("are only the known ones if there has to be one", () => {
    assert.deepEqual(answersTo(RECIPE), [{ label: "tides", value: "tides" }]);
  });
});

describe("a question", () => {
  it("is asked if something is to be chosen", () => {
    for (const question of [SERVER, DOMAIN, RECIPE]) {
      assert.equal(onlyAnswer(question), undefined);
    }
  });

  it("is not asked if only the usual answer is left", () => {
    assert.equal(onlyAnswer({ ...SERVER, known: [] }), "");
    assert.equal(onlyAnswer({ ...DOMAIN, known: [] }), "other");
  });

  it("without answers is left to the server, which explains what is missing", () => {
    assert.equal(onlyAnswer({ ...RECIPE, known: [] }), "");
  });
});

describe("the files of an edit", () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

  it("have their texts, in order", () => {
    const made: NewComponent = {
      open: "file:///b",
      edit: {
        documentChanges: [
          { kind: "create", uri: "file:///a" },
          { textDocument: { uri: "file:///a", version: null }, edits: [{ range, newText: "1\n" }] },
          { kind: "create", uri: "file:///b" },
        ],
      },
    };
    assert.deepEqual(filesOf(made), [
      { uri: "file:///a", text: "1\n" },
      { uri: "file:///b", text: "" },
    ]);
  });

  it("are never deleted or renamed", () => {
    const made: NewComponent = { open: "", edit: { documentChanges: [{ kind: "delete", uri: "file:///a" }] } };
    assert.throws(() => filesOf(made), /delete/);
  });
});
