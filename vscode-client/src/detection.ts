// Detects NeMo Gym configs by their paths and texts. Fast and imprecise: the server decides about each file.

/** The usual paths of configs; the same globs as in `activationEvents`. */
export const CONFIG_GLOBS = [
  "**/{environments,benchmarks}/*/config.yaml",
  "**/{resources_servers,responses_api_agents,responses_api_models}/*/configs/**/*.yaml",
  "**/gym-lsp.toml",
] as const;

/** The folders that VS Code does not search for configs. */
export const EXCLUDED = "**/{node_modules,.git,.venv,venv,site-packages,outputs,results,wandb}/**";

const KEYS =
  /^(?:[^#\n]*[\s{,])?["']?(?:resources_servers|responses_api_agents|responses_api_models|environment_servers|_inherit_from|nemo_gym)["']?[ \t]*:/m;
const INCLUDES = /^["']?config_paths["']?\s*:/m;

/** Whether a YAML text looks like a Gym config or a recipe: it has a server type, an include, an inheritance or a run. */
export function looksLikeGym(text: string): boolean {
  return INCLUDES.test(text) || KEYS.test(text);
}

const COMMON_FOLDER = /(?:^|\/)(?:environments|benchmarks)(?=\/[^/]+\/)/;
const COMPONENT = /^\/[^/]+\/(?:[^/]+\/)*[^/]+\.ya?ml$/;
const SERVER_CONFIG =
  /(?:^|\/)(?:resources_servers|responses_api_agents|responses_api_models|environment_servers|nemo_gym)\/(?:[^/]+\/)*configs\/(?:[^/]+\/)*[^/]+\.ya?ml$/;
const OTHER_KIND = /(?:^|\/)(?:prompts\/.*|manifest\.yaml|env\.yaml)$/;

/** Whether configs belong at a path, relative to the workspace, with forward slashes. The server has the same rule. */
export function isConfigPlace(path: string): boolean {
  const folder = COMMON_FOLDER.exec(path);
  const isComponent = folder !== null && COMPONENT.test(path.slice(folder.index + folder[0].length));
  return (isComponent || SERVER_CONFIG.test(path)) && !OTHER_KIND.test(path);
}

/** The folder `environments` or `benchmarks` of a path, whose name other tools use too. */
export function commonFolder(path: string): string | undefined {
  const folder = COMMON_FOLDER.exec(path);
  return folder ? path.slice(0, folder.index + folder[0].length) : undefined;
}

const LINE_WITHOUT_VALUE = /^\s*[\w.-]*:?\s*(?:#.*)?$/;
const LONGEST = 2000;

/** Whether a text is empty or has no values yet, so that only its place shows what it will be. */
export function isBegun(text: string): boolean {
  return text.length < LONGEST && text.split("\n").every((line) => LINE_WITHOUT_VALUE.test(line));
}
