// Tests of the small modules that do not need an editor.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commonFolder, isBegun, isConfigPlace, looksLikeGym } from "../../src/detection";
import { advice, FROM_CLONE, HELP, installations, isClone, PACKAGE } from "../../src/installation";
import { lineOrigins, shortPath } from "../../src/lineOrigins";
import { expandPath, shownPath } from "../../src/paths";
import { escaped, withoutLinks } from "../../src/plainText";
import { Restarts } from "../../src/restarts";
import { isAtLeast, versionIn } from "../../src/versions";

describe("versions", () => {
  it("are compared by number", () => {
    for (const [version, minimum, expected] of [
      ["0.10.0", "0.9.0", true],
      ["0.9", "0.9.0", true],
      ["0.9.0", "0.9.1", false],
      ["1", "0.9.9", true],
      ["1.0.0rc1", "1.0.0", true],
      ["unknown", "0.1.0", false],
    ] as const) {
      assert.equal(isAtLeast(version, minimum), expected, `${version} and ${minimum}`);
    }
  });

  it("are found in the output of the program", () => {
    assert.equal(versionIn("gym-lsp 0.1.0\n"), "0.1.0");
    assert.equal(versionIn("gym-lsp 0.2.0.dev1 (python 3.12)"), "0.2.0.dev1");
    assert.equal(versionIn("usage: gym-lsp [-h]"), undefined);
    assert.equal(versionIn("other 1.0"), undefined);
  });
});

describe("text from a workspace", () => {
  it("is not Markdown", () => {
    assert.equal(escaped("![a](b)\n<c>`d`_é"), "\\!\\[a\\]\\(b\\) \\<c\\>\\`d\\`\\_é");
  });

  it("has no links in a notification", () => {
    // The pattern is that of VS Code.
    const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
    const text = "cannot read `[a](command:b)`, [c](https://d.test 'e') and [[f](file:/g)](command:h)";
    assert.match(text, link);
    assert.doesNotMatch(withoutLinks(text), link);
  });
});

describe("restarts", () => {
  it("stop after four crashes within the period", () => {
    const restarts = new Restarts(4, 1000);
    assert.deepEqual([0, 1, 2, 3, 4].map((now) => restarts.crashed(now)), [true, true, true, true, false]);
  });

  it("are allowed again after the period", () => {
    const restarts = new Restarts(1, 1000);
    assert.equal(restarts.crashed(0), true);
    assert.equal(restarts.crashed(999), false);
    assert.equal(restarts.crashed(2500), true);
  });
});

describe("detection", () => {
  it("accepts servers, includes and directives", () => {
    for (const text of [
      "config_paths:\n  - a.yaml\n",
      "math:\n  resources_servers:\n    math: {entrypoint: app.py}\n",
      "math: {responses_api_agents: {simple_agent: {}}}\n",
      "policy:\r\n  responses_api_models:\r\n",
      "copy:\n  _inherit_from: math\n",
      "x:\n  'environment_servers' : {}\n",
    ]) {
      assert.equal(looksLikeGym(text), true, text);
    }
  });

  it("rejects other YAML", () => {
    for (const text of [
      "",
      "services:\n  web: {image: nginx}\n",
      "nested:\n  config_paths: []\n",
      "# resources_servers: are something else\n",
      "my_resources_servers: 1\n",
      "text: about resources_servers and more\n",
    ]) {
      assert.equal(looksLikeGym(text), false, text);
    }
  });
});

describe("places of configs", () => {
  // The same paths as in tests/workspace/test_place.py.
  const places = [
    "environments/first/config.yaml",
    "benchmarks/a/b/config.yaml",
    "benchmarks/a/configs/opencode.yml",
    "resources_servers/a/configs/a.yaml",
    "responses_api_models/a/configs/Vendor/model.yaml",
    "environment_servers/a/configs/a.yaml",
    "nemo_gym/sandbox/providers/docker/configs/docker.yaml",
    "environments/first/judge.yaml",
    "environments/prod/group_vars/all.yml",
    "environments/a/configs/sub/x.yaml",
  ];
  const others = [
    "config.yaml",
    "environments/config.yaml",
    "environments/a/config.json",
    "environments/a/env.yaml",
    "environments/a/manifest.yaml",
    "environments/a/prompts/default.yaml",
    "benchmarks/prompts/eval/x.yaml",
    "resources_servers/a/data/a.yaml",
    "configs/a/x.yaml",
    ".github/workflows/ci.yaml",
  ];

  it("are those of the server", () => {
    assert.deepEqual([...places, ...others].filter(isConfigPlace), places);
    assert.deepEqual(places.map((each) => `/home/me/${each}`).filter((each) => !isConfigPlace(each)), []);
  });

  it("are below a common folder, or not", () => {
    assert.equal(commonFolder("/a/environments/first/config.yaml"), "/a/environments");
    assert.equal(commonFolder("/a/resources_servers/b/configs/b.yaml"), undefined);
  });

  it("are enough for a text without values", () => {
    for (const text of ["", "\n\n", "# a\n---\n", "first", "first:\r\n  resources_serv", "a:\n  b: # c\n"]) {
      assert.equal(isBegun(text), true, text);
    }
    for (const text of ["region: eu\n", "- a\n", "{{ .Values }}\n", "a: [\n", "x\n".repeat(2000)]) {
      assert.equal(isBegun(text), false, text);
    }
  });
});

describe("paths in settings", () => {
  const base = { home: "/home/me", workspaceFolder: "/project" };

  it("are relative to the workspace folder", () => {
    for (const [setting, expected] of [
      ["../Gym", "/Gym"],
      ["~/Gym", "/home/me/Gym"],
      ["~", "/home/me"],
      ["~other", "/project/~other"],
      ["${workspaceFolder}/.venv", "/project/.venv"],
      ["/opt/gym", "/opt/gym"],
      [" ", undefined],
      [undefined, undefined],
    ] as const) {
      assert.equal(expandPath(setting, base), expected);
    }
  });

  it("are relative to the home folder without a workspace folder", () => {
    assert.equal(expandPath("Gym", { home: "/home/me" }), "/home/me/Gym");
  });
});

describe("paths that are shown", () => {
  it("are relative to the workspace, or start with the home folder", () => {
    const base = { home: "/home/me", workspaceFolder: "/home/me/project" };
    for (const [file, expected] of [
      ["/home/me/project/Gym", "Gym"],
      ["/home/me/project", "~/project"],
      ["/home/me/projects/Gym", "~/projects/Gym"],
      ["/opt/Gym", "/opt/Gym"],
    ] as const) {
      assert.equal(shownPath(file, base), expected);
    }
    assert.equal(shownPath("/home/me/project/Gym", { home: "/home/me" }), "~/project/Gym");
  });
});

describe("the sources at the ends of lines", () => {
  const endsOf = (lines: string[], places: (string | null)[]): string[] =>
    lineOrigins(lines, places).map(({ line, text, distance }) => `${lines[line] ?? ""}${".".repeat(distance)}${text}`);

  it("are in one column, and not at lines without a source", () => {
    assert.deepEqual(endsOf(["a:", "  longer: 1", "  b: 2", ""], [null, "x:1", "y:2", null]), [
      "  longer: 1..x:1",
      "  b: 2.......y:2",
    ]);
  });

  it("follow a very long line directly, without moving the others", () => {
    const long = "p: ".padEnd(200, "x");
    assert.deepEqual(endsOf([long, "b: 1"], ["x:1", "x:2"]), [`${long}..x:1`, "b: 1..x:2"]);
  });

  it("are missing for lines that the text does not have", () => {
    assert.deepEqual(endsOf(["a: 1"], ["x:1", "x:2"]), ["a: 1..x:1"]);
    assert.deepEqual(endsOf(["a: 1"], []), []);
  });

  it("have the folder of a file", () => {
    assert.equal(shortPath("/project/environments/math/config.yaml"), "math/config.yaml");
    assert.equal(shortPath("env.yaml"), "env.yaml");
  });
});

describe("installations", () => {
  const environment = { folder: "/project/.venv", label: ".venv" };
  const python = "/project/.venv/bin/python";

  it("go into the environment first, with uv if it is installed", () => {
    const tools = { platform: "linux", uv: "/bin/uv", pipx: "/bin/pipx" } as const;
    const [first, second] = installations("gym-lsp", environment, tools);
    assert.deepEqual(first?.arguments, ["pip", "install", "--upgrade", "--python", python, "gym-lsp"]);
    assert.equal(second?.title, "Install with uv");
  });

  it("use the pip of the environment without uv, and never a pip of the current folder", () => {
    const [first, ...others] = installations("/clone", environment, { platform: "linux" });
    assert.equal(first?.program, python);
    assert.deepEqual(first.arguments, ["-P", "-m", "pip", "install", "--upgrade", "/clone"]);
    assert.deepEqual(others, []);
  });

  it("need only pipx", () => {
    const [only, ...others] = installations("/clone", undefined, { platform: "linux", pipx: "/bin/pipx" });
    assert.equal(only?.title, "Install with pipx");
    assert.deepEqual(only.arguments, ["install", "--force", "/clone"]);
    assert.deepEqual(others, []);
  });

  it("come from a clone while there is no published package", () => {
    assert.equal(PACKAGE, undefined);
    const { sentence, buttons } = advice(PACKAGE, []);
    assert.match(sentence, /from a clone.*`pip install <folder of the clone>`/);
    assert.deepEqual(buttons, [FROM_CLONE, HELP]);
  });

  it("come from the published package with one click", () => {
    const offered = installations("gym-lsp", environment, { platform: "linux", uv: "/bin/uv" });
    assert.deepEqual(advice("gym-lsp", offered), { sentence: "", buttons: ["Install into .venv", "Install with uv"] });
    assert.deepEqual(advice("gym-lsp", []).buttons, [HELP]);
  });

  it("accept only a clone of gym-lsp", () => {
    assert.ok(isClone('[project]\nname = "gym-lsp"\nversion = "1"\n'));
    assert.ok(isClone('[project]\r\nname = "gym-lsp"\r\n'));
    assert.ok(!isClone('[project]\nname = "other"\ndependencies = ["gym-lsp"]\n'));
    assert.ok(!isClone(""));
  });
});
