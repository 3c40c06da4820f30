// Runs: one file, or several configs together; and the URIs of the documents that show them.

/** The scheme of the documents that the server provides. */
export const SCHEME = "gym-lsp";
/** The folder of the resolved configurations; the pages of rules have another one. */
export const RESOLVED = "/resolved/";

/** The arguments of the server's commands about a run. */
export interface Run {
  /** The run of this file alone. */
  readonly uri?: string;
  /** The configs of a run, as in `config_paths`. */
  readonly configs?: readonly string[];
  readonly overrides?: readonly string[];
  readonly searchDirs?: readonly string[];
  /** The NeMo Gym to use instead of the one that was found. */
  readonly gymRoot?: string;
}

/** The parts of a URI that identify a document of the server. */
export interface DocumentUri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}

/** The query of the resolved configuration of a run, percent-encoded. */
export function queryOf(run: Run): string {
  const query = new URLSearchParams();
  if (run.uri !== undefined) {
    query.append("uri", run.uri);
  }
  for (const config of run.configs ?? []) {
    query.append("config", config);
  }
  for (const override of run.overrides ?? []) {
    query.append("override", override);
  }
  for (const folder of run.searchDirs ?? []) {
    query.append("searchDir", folder);
  }
  if (run.gymRoot !== undefined) {
    query.append("gymRoot", run.gymRoot);
  }
  // Some parsers read a plus as a space, others as a plus.
  return query.toString().replaceAll("+", "%20");
}

/** The run of a query. */
export function runOf(query: string): Run {
  const params = new URLSearchParams(query);
  const [uri, gymRoot] = [params.get("uri"), params.get("gymRoot")];
  const configs = params.getAll("config");
  const overrides = params.getAll("override");
  const searchDirs = params.getAll("searchDir");
  return {
    ...(uri === null ? {} : { uri }),
    ...(configs.length > 0 ? { configs } : {}),
    ...(overrides.length > 0 ? { overrides } : {}),
    ...(searchDirs.length > 0 ? { searchDirs } : {}),
    ...(gymRoot === null ? {} : { gymRoot }),
  };
}

/** The run that a document shows, undefined for a document that shows no run. */
export function runOfDocument({ scheme, path, query }: DocumentUri): Run | undefined {
  return scheme === SCHEME && path.startsWith(RESOLVED) ? runOf(query) : undefined;
}

/** The title of a run: its first config, and the number of further ones. */
export function titleOf(run: Run): string {
  const first = run.uri === undefined ? run.configs?.[0] : decodeURIComponent(run.uri);
  if (first === undefined) {
    return "run";
  }
  // Many configs are called `config.yaml`, so the title includes the folder.
  const name = first.split("/").slice(-2).join("/");
  const others = (run.configs?.length ?? 1) - 1;
  return others > 0 && run.uri === undefined ? `${name} + ${others}` : name;
}

/** The last part of the URI: the title of the tab, with the extension of a YAML file. */
export function fileNameOf(run: Run): string {
  const name = titleOf(run).replace(/\.ya?ml\b/, "").replaceAll("/", " ");
  return `${name} (resolved).yaml`;
}
