import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { candidates, findServer, MINIMUM_SERVER, pythons, type SearchContext } from "../../src/serverSearch";
import { problemIn } from "../../src/versions";

const SELECTED = { folder: "/envs/gym", label: "gym" };
const OWN = { folder: "/project/.venv", label: ".venv" };

interface Machine {
  /** The version of the server that each program starts, by its path; a sentence or undefined for one that does not. */
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
    version: (program) => {
      const answer = programs[program];
      return Promise.resolve(answer?.includes(" ") ? { problem: answer } : { version: answer });
    },
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
    const found = await findServer(context({ programs: {} }));
    assert.deepEqual(found, { kind: "missing", reasons: [], isTooOld: false, needs: undefined });
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

describe("the server of the extension", () => {
  const bundle = { script: "/ext/bundled/run_server.py", version: "1.1.0", needs: "Python 3.11 to 3.14", bytecode: "/store" };
  const chosen = async (programs: Machine["programs"], changes: Partial<SearchContext> = {}) => {
    const found = await findServer(context({ programs }, { bundle, ...changes }));
    return found.kind === "found" ? found.candidate.program : found.reasons;
  };
  const PYTHONS = {
    "/envs/gym/bin/python": "1.1.0",
    "/project/.venv/bin/python": "1.1.0",
    "/usr/bin/python3": "1.1.0",
    "/usr/bin/python3.12": "1.1.0",
  };

  it("runs with the Python of the selected environment, of the workspace's, and of the PATH, in this order", async () => {
    const left = new Map(Object.entries(PYTHONS));
    const order: unknown[] = [];
    while (left.size > 0) {
      const program = await chosen(Object.fromEntries(left));
      order.push(program);
      assert.ok(left.delete(String(program)));
    }
    assert.deepEqual(order, Object.keys(PYTHONS));
  });

  it("runs with the selected interpreter itself", async () => {
    const environments = [{ folder: "/usr", label: "system", python: "/usr/bin/python3.13" }];
    assert.equal(await chosen({ ...PYTHONS, "/usr/bin/python3.13": "1.1.0" }, { environments }), "/usr/bin/python3.13");
  });

  it("imports nothing of the workspace and writes nothing next to itself", () => {
    const [first] = pythons(context({ programs: {} }), bundle);
    assert.deepEqual(first?.arguments, ["-I", "-S", "-X", "pycache_prefix=/store", "/ext/bundled/run_server.py"]);
  });

  it("loses against an installed one of the same or a newer version", async () => {
    for (const version of ["1.1.0", "1.1.1", "2.0"]) {
      assert.equal(await chosen({ ...PYTHONS, "/usr/bin/gym-lsp": version }), "/usr/bin/gym-lsp");
    }
  });

  it("is preferred to an older one, unless there is no Python or the setting names it", async () => {
    const older = { "/envs/gym/bin/gym-lsp": "1.0.0" };
    assert.equal(await chosen({ ...PYTHONS, ...older }), "/envs/gym/bin/python");
    assert.equal(await chosen(older), "/envs/gym/bin/gym-lsp");
    assert.equal(await chosen({ ...PYTHONS, ...older }, { setting: "/envs/gym/bin/gym-lsp" }), "/envs/gym/bin/gym-lsp");
  });

  it("does not hide a setting that does not work", async () => {
    const found = await findServer(context({ programs: PYTHONS }, { bundle, setting: "/gone/gym-lsp" }));
    assert.ok(found.kind === "missing" && found.needs === undefined);
  });

  it("skips Pythons that cannot run it, and reports each once", async () => {
    const old = { "/usr/bin/python3": "is version 3.9", "/usr/bin/python": "is version 3.9" };
    assert.equal(await chosen({ ...old, "/usr/bin/python3.12": "1.1.0" }), "/usr/bin/python3.12");
    const found = await findServer(context({ programs: { ...old, "/envs/gym/bin/python": undefined } }, { bundle }));
    assert.ok(found.kind === "missing" && found.needs === "Python 3.11 to 3.14");
    assert.deepEqual(found.reasons, ["/envs/gym/bin/python does not start.", "/usr/bin/python3 is version 3.9."]);
  });

  it("runs with no Python of a workspace that is not trusted, but with one of the PATH", async () => {
    const changes = { environments: [], forbidden: ["/project"], folders: ["/project/.venv/bin", "/usr/bin"] };
    assert.equal(await chosen(PYTHONS, changes), "/usr/bin/python3");
    const links = { "/usr/bin/python3": "/project/evil" };
    const found = await findServer(context({ programs: PYTHONS, links }, { bundle, ...changes }));
    assert.ok(found.kind === "found" && found.candidate.program === "/usr/bin/python3.12");
  });

  it("does not start the Python that a Mac has instead of one", () => {
    const there = context({ programs: {} }, { platform: "darwin", environments: [], folders: ["/usr/bin", "/opt/bin"] });
    assert.deepEqual(pythons(there, bundle).filter((each) => !each.program.startsWith("/opt/bin/")), []);
  });

  it("runs with python.exe on Windows, also in environments of conda", () => {
    const environments = [{ folder: "C:\\conda", label: "conda" }];
    const there = context({ programs: {} }, { platform: "win32", environments, folders: ["C:\\Windows"] });
    assert.deepEqual(
      pythons(there, bundle).map((each) => each.program),
      ["C:\\conda\\Scripts\\python.exe", "C:\\conda\\python.exe"].concat(
        ["python.exe", "python3.exe", "py.exe"].map((name) => `C:\\Windows\\${name}`),
      ),
    );
  });

  it("says why a Python cannot run it", () => {
    assert.equal(problemIn("gym-lsp: this Python is version 3.9; gym-lsp needs 3.11 or newer\n"), "is version 3.9; gym-lsp needs 3.11 or newer");
    assert.equal(problemIn("Traceback (most recent call last):\n"), undefined);
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
