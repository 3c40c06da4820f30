import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { candidates, findServer, MINIMUM_SERVER, type SearchContext } from "../../src/serverSearch";

const SELECTED = { folder: "/envs/gym", label: "gym" };
const OWN = { folder: "/project/.venv", label: ".venv" };

interface Machine {
  /** The version of each program by its path; undefined for one that does not start. */
  readonly programs: Record<string, string | undefined>;
  readonly links?: Record<string, string>;
}

function context({ programs, links = {} }: Machine, changes: Partial<SearchContext> = {}): SearchContext {
  return {
    platform: "linux",
    environments: [SELECTED, OWN],
    folders: ["/usr/bin", "/home/me/.local/bin"],
    forbidden: [],
    realPath: (file) => Promise.resolve(file in programs ? (links[file] ?? file) : undefined),
    version: (program) => Promise.resolve(programs[program]),
    ...changes,
  };
}

async function foundIn(machine: Machine, changes: Partial<SearchContext> = {}): Promise<string | undefined> {
  const found = await findServer(context(machine, changes));
  return found.kind === "found" ? found.candidate.program : undefined;
}

const EVERYWHERE = {
  "/envs/gym/bin/gym-lsp": "1.0.0",
  "/project/.venv/bin/gym-lsp": "1.0.0",
  "/usr/bin/gym-lsp": "1.0.0",
  "/home/me/.local/bin/gym-lsp": "1.0.0",
};

describe("the order", () => {
  it("is the selected environment, the workspace's, the PATH, and the folder of tool installers", async () => {
    const order: (string | undefined)[] = [];
    const left = new Map(Object.entries(EVERYWHERE));
    while (left.size > 0) {
      const program = await foundIn({ programs: Object.fromEntries(left) });
      order.push(program);
      assert.ok(left.delete(program ?? ""));
    }
    assert.deepEqual(order, Object.keys(EVERYWHERE));
  });

  it("has the setting first", async () => {
    const programs = { ...EVERYWHERE, "/opt/gym-lsp": "1.0.0" };
    assert.equal(await foundIn({ programs }, { setting: "/opt/gym-lsp" }), "/opt/gym-lsp");
  });

  it("lists each program once", () => {
    const twice = context({ programs: {} }, { environments: [OWN, OWN], folders: ["/project/.venv/bin"] });
    assert.deepEqual(
      candidates(twice).map((each) => each.program),
      ["/project/.venv/bin/gym-lsp"],
    );
  });
});

describe("a setting that does not work", () => {
  it("is reported and not skipped", async () => {
    const found = await findServer(context({ programs: EVERYWHERE }, { setting: "/gone/gym-lsp" }));
    assert.equal(found.kind, "missing");
    assert.match(found.reasons.join(), /`gymLsp\.serverPath` is \/gone\/gym-lsp, which does not exist/);
  });
});

describe("a server that is too old", () => {
  it("is skipped for a newer one", async () => {
    const programs = { "/envs/gym/bin/gym-lsp": "0.0.9", "/usr/bin/gym-lsp": MINIMUM_SERVER };
    assert.equal(await foundIn({ programs }), "/usr/bin/gym-lsp");
  });

  it("is reported if there is no other", async () => {
    const found = await findServer(context({ programs: { "/usr/bin/gym-lsp": "0.0.9" } }));
    assert.ok(found.kind === "missing" && found.isTooOld);
    assert.deepEqual(found.reasons, [`/usr/bin/gym-lsp is gym-lsp 0.0.9; the extension needs ${MINIMUM_SERVER} or newer.`]);
  });
});

describe("a program that does not start", () => {
  it("is skipped and reported", async () => {
    const programs = { "/envs/gym/bin/gym-lsp": undefined, "/usr/bin/gym-lsp": "1.0.0" };
    assert.equal(await foundIn({ programs }), "/usr/bin/gym-lsp");
    const found = await findServer(context({ programs: { "/envs/gym/bin/gym-lsp": undefined } }));
    assert.ok(found.kind === "missing" && !found.isTooOld);
    assert.match(found.reasons.join(), /does not start/);
  });
});

describe("a machine without servers", () => {
  it("has no reasons", async () => {
    assert.deepEqual(await findServer(context({ programs: {} })), { kind: "missing", reasons: [], isTooOld: false });
  });
});

describe("a workspace that is not trusted", () => {
  const untrusted = { environments: [], forbidden: ["/project"] };

  it("has none of its programs run, even if they are in the PATH", async () => {
    const changes = { ...untrusted, folders: ["/project/.venv/bin", "/usr/bin"] };
    assert.equal(await foundIn({ programs: EVERYWHERE }, changes), "/usr/bin/gym-lsp");
  });

  it("has none of its programs run through a link", async () => {
    const links = { "/usr/bin/gym-lsp": "/project/evil" };
    assert.equal(await foundIn({ programs: EVERYWHERE, links }, untrusted), "/home/me/.local/bin/gym-lsp");
  });

  it("does not block a folder whose path only starts with the same characters", async () => {
    const programs = { "/projects/bin/gym-lsp": "1.0.0" };
    assert.equal(await foundIn({ programs }, { ...untrusted, folders: ["/projects/bin"] }), "/projects/bin/gym-lsp");
  });
});

describe("relative entries of the PATH", () => {
  it("are ignored, because they depend on the current folder", () => {
    const here = context({ programs: {} }, { environments: [], folders: [".", "bin", "/usr/bin"] });
    assert.deepEqual(
      candidates(here).map((each) => each.program),
      ["/usr/bin/gym-lsp"],
    );
  });
});

describe("Windows", () => {
  it("has programs in Scripts, with the extension .exe", () => {
    const environments = [{ folder: "C:\\project\\.venv", label: ".venv" }];
    const there = context({ programs: {} }, { platform: "win32", environments, folders: ["C:\\tools", "tools"] });
    assert.deepEqual(
      candidates(there).map((each) => each.program),
      ["C:\\project\\.venv\\Scripts\\gym-lsp.exe", "C:\\tools\\gym-lsp.exe"],
    );
  });
});
