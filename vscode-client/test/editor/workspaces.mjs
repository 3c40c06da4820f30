// The folders of the scenarios, and the programs called gym-lsp in them. Each program records its start in a file, and
// then runs the server of this checkout.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

const BROKEN = `tides:
  resources_servers:
    tide_tables:
      entrypoint: app.py
      domain: knowlege
tides_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: tide}
      model_server: {type: responses_api_models, name: policy_model}
`;
const NOT_OPEN = `boat:
  resources_servers:
    boat:
      entrypoint: app.py
      domain: maths
`;

const README = "# Tides\n\n```bash\ngym env start --config environments/museum_guide/confg.yaml\n```\n";

const MODEL = `policy_model:
  responses_api_models:
    vllm_model:
      entrypoint: app.py
      base_url: http://localhost:8000/v1
      api_key: EMPTY
      model: tide/small
`;

const LETTERS = `letters:
  resources_servers:
    letters: {entrypoint: app.py, domain: knowledge}
letters_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: letters}
      datasets:
        - {name: words, type: example, jsonl_fpath: resources_servers/letters/data/words.jsonl}
`;
const TASK_DATA = `from pydantic import BaseModel


class TaskData(BaseModel):
    letters: int
`;
const WORDS = `{"responses_create_params": {"input": "Count ox"}, "agent_ref": {"name": "letters_agent"}, "letters": "two"}
{"responses_create_params": {"input": "Count cat"}, "agent_ref": {"name": "letters_agnet"}, "letters": 3}
`;

export const SETTINGS = {
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "git.enabled": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "window.commandCenter": false,
  "window.menuBarVisibility": "compact",
  "workbench.activityBar.location": "default",
  "workbench.colorTheme": "Default Light Modern",
  "workbench.layoutControl.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** Create the folders below `run`. A group shares an editor: its settings, its PATH, its extensions. */
export function workspaces(run, checkout) {
  const below = (group, name) => path.join(run, group, "folders", name);
  const sample = below("trusting", "sample");
  for (const each of ["environments", "responses_api_agents"]) {
    cpSync(path.join(checkout, each), path.join(sample, each), { recursive: true });
  }
  write(sample, "environments/tides/config.yaml", BROKEN);
  write(sample, "environments/boat/config.yaml", NOT_OPEN);
  write(sample, "README.md", README);
  write(sample, "responses_api_models/tide_model/configs/tide_model.yaml", MODEL);
  write(sample, ".venv/pyvenv.cfg", "version = 3.12\n");
  const program = (folder, relative, name) => server(path.join(folder, relative), name, run, path.basename(folder), checkout);
  program(sample, ".venv/bin/gym-lsp", "environment");

  const plain = below("trusting", "plain");
  write(plain, "deployment.yaml", "services:\n  web: {image: nginx}\n");

  const lookalike = below("trusting", "lookalike");
  write(lookalike, "environments/tides/config.yaml", "region: eu\nreplicas: 3\n");
  write(lookalike, "sweeps/later.yaml", BROKEN);
  write(lookalike, ".venv/pyvenv.cfg", "version = 3.12\n");
  program(lookalike, ".venv/bin/gym-lsp", "environment");

  const rows = below("trusting", "rows");
  write(rows, "resources_servers/letters/configs/letters.yaml", LETTERS);
  write(rows, "resources_servers/letters/task_data.py", TASK_DATA);
  write(rows, "resources_servers/letters/data/words.jsonl", WORDS);
  write(rows, "results/rollouts.jsonl", WORDS);
  write(rows, ".venv/pyvenv.cfg", "version = 3.12\n");
  program(rows, ".venv/bin/gym-lsp", "environment");

  // It has no configs. Without settings of its own, it would be a part of this repository.
  const scratch = below("trusting", "scratch");
  write(scratch, "pyproject.toml", "[tool.gym-lsp]\n");
  write(scratch, ".venv/pyvenv.cfg", "version = 3.12\n");
  program(scratch, ".venv/bin/gym-lsp", "environment");

  const missing = below("trusting", "missing");
  write(missing, "environments/tides/config.yaml", BROKEN);
  program(missing, "elsewhere/gym-lsp", "elsewhere");
  write(missing, "clone/pyproject.toml", '[project]\nname = "gym-lsp"\n');

  // Imitates `uv tool install`, as far as the extension can observe it.
  const home = path.join(run, "trusting");
  const uv = path.join(home, "tools", "uv");
  server(path.join(home, "tools", "installed"), "installed", run, "missing", checkout);
  const record = `{ pwd; printf '%s\\n' "$@"; } > '${path.join(run, "missing", "installation")}'`;
  const steps = [record, `mkdir -p "$HOME/.local/bin"`, `cp '${path.join(home, "tools", "installed")}' "$HOME/.local/bin/gym-lsp"`];
  write(path.dirname(uv), "uv", ["#!/bin/sh", ...steps, ""].join("\n"));
  chmodSync(uv, 0o755);

  const untrusted = below("careful", "untrusted");
  write(untrusted, "environments/tides/config.yaml", BROKEN);
  write(untrusted, ".venv/pyvenv.cfg", "version = 3.12\n");
  write(untrusted, ".vscode/settings.json", JSON.stringify({ "gymLsp.serverPath": "elsewhere/gym-lsp" }));
  program(untrusted, ".venv/bin/gym-lsp", "environment");
  program(untrusted, "elsewhere/gym-lsp", "setting");
  const tools = path.join(run, "careful", "tools");
  server(path.join(tools, "gym-lsp"), "path", run, "untrusted", checkout);

  const nothing = below("beginning", "nothing");
  mkdirSync(nothing, { recursive: true });
  const installed = path.join(run, "beginning", "tools");
  server(path.join(installed, "gym-lsp"), "path", run, "nothing", checkout);

  // Only a Python, and modules of the workspace and of the home folder with the names of ours.
  const bare = below("carrying", "bare");
  write(bare, "environments/tides/config.yaml", BROKEN);
  const python = process.env.GYM_LSP_PYTHON ?? path.join(checkout, ".venv", "bin", "python");
  execFileSync(python, ["-m", "venv", "--without-pip", path.join(bare, ".venv")]);
  const packages = path.join(bare, ".venv", "lib", readdirSync(path.join(bare, ".venv", "lib"))[0], "site-packages");
  for (const folder of [bare, path.join(run, "carrying"), packages]) {
    for (const name of ["sitecustomize.py", "msgspec.py", "gym_lsp/__init__.py", "json/__init__.py"]) {
      write(folder, name, `open(${JSON.stringify(path.join(bare, "imported"))}, "a").write(__file__)\n`);
    }
  }

  const newer = below("carrying", "newer");
  write(newer, "environments/tides/config.yaml", BROKEN);
  write(newer, ".venv/pyvenv.cfg", "version = 3.12\n");
  program(newer, ".venv/bin/gym-lsp", "environment");
  write(newer, "tools/Gym/nemo_gym/global_config.py", "");
  write(newer, ".vscode/settings.json", JSON.stringify({ "gymLsp.gymRoot": "tools/Gym" }));

  const pythonless = below("alone", "pythonless");
  write(pythonless, "environments/tides/config.yaml", BROKEN);
  write(pythonless, "python", `#!/bin/sh\nexec '${python}' "$@"\n`);
  chmodSync(path.join(pythonless, "python"), 0o755);
  const shell = path.join(run, "alone", "shell");
  mkdirSync(shell, { recursive: true });
  symlinkSync("/bin/sh", path.join(shell, "sh"));

  const careful = { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never", "security.workspace.trust.banner": "never" };
  const carrying = [
    { name: "carrying", settings: {}, path: [], extensions: ["carrying", "probe"], folders: [bare, newer] },
    { name: "alone", settings: {}, path: [shell], isIsolated: true, extensions: ["carrying", "probe"], folders: [pythonless] },
  ];
  return [
    ...(process.env.GYM_LSP_CARRYING ? carrying : []),
    { name: "trusting", settings: {}, path: [path.dirname(uv)], extensions: ["ours", "probe"], folders: [sample, plain, lookalike, rows, scratch, missing] },
    { name: "beginning", settings: {}, path: [installed], extensions: ["ours", "probe"], folders: [nothing] },
    // The workspace's own programs are first in the PATH, as in an editor that was started from an activated
    // environment.
    { name: "careful", settings: careful, path: [path.join(untrusted, ".venv", "bin"), tools], extensions: ["ours", "probe", "fakeYaml"], folders: [untrusted] },
  ];
}

function server(file, name, run, scenario, checkout) {
  const control = path.join(run, scenario);
  mkdirSync(control, { recursive: true });
  const python = process.env.GYM_LSP_PYTHON ?? path.join(checkout, ".venv", "bin", "python");
  const lines = ["#!/bin/sh", `echo "${name} $$ $*" >> '${path.join(control, "starts")}'`, `PYTHONPATH='${checkout}' exec '${python}' -P -m gym_lsp "$@"`, ""];
  write(path.dirname(file), path.basename(file), lines.join("\n"));
  chmodSync(file, 0o755);
}

function write(folder, relative, text) {
  const file = path.join(folder, relative);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
