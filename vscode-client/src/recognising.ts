// Whether a workspace has anything to do with NeMo Gym. Cheap and coarse: the server decides about each file.

/** Where configs usually lie; the same globs as in `activationEvents`. */
export const PLACES = [
  "**/{environments,benchmarks}/*/config.yaml",
  "**/{resources_servers,responses_api_agents,responses_api_models}/*/configs/*.yaml",
  "**/gym-lsp.toml",
] as const;

/** What VS Code should not look into for them. */
export const SKIPPED = "**/{node_modules,.git,.venv,venv,site-packages,outputs,results,wandb}/**";

const KEYS =
  /^(?:[^#\n]*[\s{,])?["']?(?:resources_servers|responses_api_agents|responses_api_models|environment_servers|_inherit_from)["']?[ \t]*:/m;
const INCLUDES = /^["']?config_paths["']?\s*:/m;

/** Whether a YAML text reads like a Gym config: a server type, an include or an inheritance. */
export function looksLikeGym(text: string): boolean {
  return INCLUDES.test(text) || KEYS.test(text);
}
