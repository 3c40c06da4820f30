// What is run: a file on its own, or several configs together, and how that is written in the address of a document.

/** The scheme of the documents that the server provides. */
export const SCHEME = "gym-lsp";
/** The folder of the resolved configurations; the pages of rules have another one. */
export const RESOLVED = "/resolved/";

/** The arguments of the server's commands about a run. */
export interface Run {
  /** The own run of this file. */
  readonly uri?: string;
  /** The configs of a run, as in `config_paths`. */
  readonly configs?: readonly string[];
  readonly overrides?: readonly string[];
  readonly searchDirs?: readonly string[];
  /** The NeMo Gym to ask, where it is not the one that was found. */
  readonly gymRoot?: string;
}

/** The query of the document that shows a run resolved, percent-encoded. */
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
  // A plus would have to be told from a written one by whoever reads it.
  return query.toString().replaceAll("+", "%20");
}

/** The run that a query means. */
export function runOf(query: string): Run {
  const read = new URLSearchParams(query);
  const [uri, gymRoot] = [read.get("uri"), read.get("gymRoot")];
  const [configs, overrides, searchDirs] = [read.getAll("config"), read.getAll("override"), read.getAll("searchDir")];
  return {
    ...(uri === null ? {} : { uri }),
    ...(configs.length > 0 ? { configs } : {}),
    ...(overrides.length > 0 ? { overrides } : {}),
    ...(searchDirs.length > 0 ? { searchDirs } : {}),
    ...(gymRoot === null ? {} : { gymRoot }),
  };
}

/** The run that a document shows, undefined for a document that shows no run. */
export function runOfDocument(uri: { readonly scheme: string; readonly path: string; readonly query: string }): Run | undefined {
  return uri.scheme === SCHEME && uri.path.startsWith(RESOLVED) ? runOf(uri.query) : undefined;
}

/** What a run is called: its config, or that of its first and how many more there are. */
export function titleOf(run: Run): string {
  const first = run.uri === undefined ? run.configs?.[0] : decodeURIComponent(run.uri);
  if (first === undefined) {
    return "run";
  }
  // `config.yaml` says nothing without the folder that it is in.
  const name = first.split("/").slice(-2).join("/");
  const others = (run.configs?.length ?? 1) - 1;
  return others > 0 && run.uri === undefined ? `${name} + ${others}` : name;
}

/** The last part of the address: what the tab shows, and the ending by which editors know YAML. */
export function fileNameOf(run: Run): string {
  const name = titleOf(run).replace(/\.ya?ml\b/, "").replaceAll("/", " ");
  return `${name} (resolved).yaml`;
}
