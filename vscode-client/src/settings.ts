// The section `gymLsp` of the settings, and the settings that the server receives.

import * as os from "node:os";
import { extensions, type Uri, workspace } from "vscode";
import { expandPath } from "./paths";
import { CLIENT_COMMANDS } from "./protocol";

export const SECTION = "gymLsp";
/** The settings that restart the server when they change; the running server receives all others. */
export const RESTART_SETTINGS = [
  `${SECTION}.serverPath`,
  `${SECTION}.pythonEnvironment`,
  // VS Code sends no documents to a server that has not asked for them at its start.
  `${SECTION}.documents`,
] as const;
/** The languages of documents that can contain commands of NeMo Gym. */
export const DOCUMENT_LANGUAGES = ["markdown", "mdx", "shellscript"] as const;
const OTHER_YAML_EXTENSION = "redhat.vscode-yaml";

/** `gymLsp.serverPath` as an absolute path. */
export function serverPath(): string | undefined {
  return absolute(workspace.getConfiguration(SECTION).get<string>("serverPath"));
}

/** `gymLsp.pythonEnvironment` as an absolute path. */
export function pythonEnvironment(): string | undefined {
  return absolute(workspace.getConfiguration(SECTION).get<string>("pythonEnvironment"));
}

/** Whether the commands in shell scripts and Markdown are checked. */
export function checksDocuments(): boolean {
  return workspace.getConfiguration(SECTION).get("documents", true);
}

/** Whether another extension provides outline, folding and syntax errors for YAML files. */
export function hasOtherYamlServer(): boolean {
  return extensions.getExtension(OTHER_YAML_EXTENSION) !== undefined;
}

/**
 * The settings for the server, at its start and on request: for the whole window, or for the folder `scope`.
 * `environment` is the folder of the Python environment that is searched for NeMo Gym.
 */
export function serverSettings(environment: string | undefined, scope?: Uri): Record<string, unknown> {
  const configuration = workspace.getConfiguration(SECTION, scope);
  const searchDirs = configuration.get<string[]>("searchDirs", []);
  return {
    gymRoot: absolute(configuration.get<string>("gymRoot"), scope),
    pythonEnvironment: environment,
    searchDirs: searchDirs.map((folder) => absolute(folder, scope)).filter((folder) => folder !== undefined),
    suggestsAgain: true,
    otherYamlServer: hasOtherYamlServer(),
    commands: CLIENT_COMMANDS,
    statusNotification: true,
    cache: configuration.get("cache"),
    information: configuration.get("information"),
    lowestSeverity: configuration.get("lowestSeverity"),
    rows: configuration.get("rows"),
    documents: configuration.get("documents"),
    inlayHints: configuration.get("inlayHints"),
    codeLens: configuration.get("codeLens"),
  };
}

function absolute(setting: string | undefined, scope?: Uri): string | undefined {
  const folder = scope ? workspace.getWorkspaceFolder(scope) : workspace.workspaceFolders?.[0];
  return expandPath(setting, { home: os.homedir(), workspaceFolder: folder?.uri.fsPath });
}
