// Detects NeMo Gym workspaces. Fast and imprecise: the server decides about each file.

/** The usual paths of configs; the same globs as in `activationEvents`. */
export const CONFIG_GLOBS = [
  "**/{environments,benchmarks}/*/config.yaml",
  "**/{resources_servers,responses_api_agents,responses_api_models}/*/configs/*.yaml",
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
