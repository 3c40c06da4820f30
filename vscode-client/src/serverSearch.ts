// Searches for the language server: in the setting, the Python environments and the PATH, in this order. The extension
// can carry a server, which runs with any Python of the machine; an installed one of the same or a newer version is
// preferred. All access to the machine goes through `SearchContext`, so that tests can replace it.

import * as path from "node:path";
import { isAtLeast } from "./versions";

/** The oldest server that supports the requests of this extension. */
export const MINIMUM_SERVER = "0.1.0";

/** Where a candidate comes from. */
export type Origin = "setting" | "environment" | "path" | "bundle";

export interface Environment {
  /** The folder that contains `bin` or `Scripts`. */
  readonly folder: string;
  /** The label for the user: a name or a path. */
  readonly label: string;
  /** Its Python, if it is known. */
  readonly python?: string | undefined;
}

/** The server that the extension carries. */
export interface Bundle {
  /** The program for a Python that starts the server. */
  readonly script: string;
  readonly version: string;
  /** The Pythons that can run it, such as "Python 3.11 to 3.14". */
  readonly needs: string;
  /** The folder for the bytecode, because that of the extension is not changed. */
  readonly bytecode: string;
}

export interface Candidate {
  readonly program: string;
  /** What comes before the arguments of the server. */
  readonly arguments: readonly string[];
  readonly origin: Origin;
  /** The environment that contains the program. */
  readonly environment?: Environment;
}

export interface Found {
  readonly kind: "found";
  readonly candidate: Candidate;
  readonly version: string;
}

/** No usable server, with one sentence for each candidate that exists or was set. */
export interface NotFound {
  readonly kind: "missing";
  readonly reasons: readonly string[];
  /** Whether a server was found that is too old. */
  readonly isTooOld: boolean;
  /** The Pythons that could run the server of the extension; undefined if it carries none. */
  readonly needs?: string | undefined;
}

/** The answer of a program to the question for its version: the version, or why there is none. */
export interface Answer {
  readonly version?: string | undefined;
  readonly problem?: string | undefined;
}

export interface SearchContext {
  readonly platform: NodeJS.Platform;
  /** `gymLsp.serverPath`, absolute. If it is set, it is the only candidate, so that a wrong setting is reported. */
  readonly setting?: string | undefined;
  /** The selected environment, then those of the workspace. Empty if the workspace is not trusted. */
  readonly environments: readonly Environment[];
  /** The folders of PATH, then those that tool installers use. */
  readonly folders: readonly string[];
  /** Folders whose programs must not be run: those of an untrusted workspace. */
  readonly forbidden: readonly string[];
  /** The server of the extension, undefined if it carries none. */
  readonly bundle?: Bundle | undefined;
  /** The path with all links resolved, or undefined if the file does not exist. */
  realPath(file: string): Promise<string | undefined>;
  /** The version of the server that a program starts with these arguments. */
  version(program: string, before: readonly string[]): Promise<Answer>;
}

/** The server to start: an installed one that is not older than that of the extension, that one, or an older one. */
export async function findServer(context: SearchContext): Promise<Found | NotFound> {
  const reasons: string[] = [];
  let isTooOld = false;
  let older: Found | undefined;
  for (const candidate of candidates(context)) {
    if (!(await mayRun(candidate, context))) {
      if (candidate.origin === "setting") {
        reasons.push(`\`gymLsp.serverPath\` is ${candidate.program}, which ${whyNot(context)}.`);
      }
      continue;
    }
    const { version } = await context.version(candidate.program, candidate.arguments);
    if (version === undefined) {
      reasons.push(`${candidate.program} does not start, or is not gym-lsp.`);
    } else if (!isAtLeast(version, MINIMUM_SERVER)) {
      isTooOld = true;
      reasons.push(`${candidate.program} is gym-lsp ${version}; the extension needs ${MINIMUM_SERVER} or newer.`);
    } else if (candidate.origin === "setting" || !context.bundle || isAtLeast(version, context.bundle.version)) {
      return { kind: "found", candidate, version };
    } else {
      older ??= { kind: "found", candidate, version };
    }
  }
  if (context.bundle && context.setting === undefined) {
    const found = await findPython(context, context.bundle, reasons);
    if (found) {
      return found;
    }
  }
  return older ?? { kind: "missing", reasons, isTooOld, needs: context.setting === undefined ? context.bundle?.needs : undefined };
}

/** The first Python that runs the server of the extension. Adds to `reasons` why others do not, each reason once. */
async function findPython(context: SearchContext, bundle: Bundle, reasons: string[]): Promise<Found | undefined> {
  const tried = new Set<string>();
  for (const candidate of pythons(context, bundle)) {
    if (!(await mayRun(candidate, context))) {
      continue;
    }
    const { version, problem } = await context.version(candidate.program, candidate.arguments);
    if (version !== undefined) {
      return { kind: "found", candidate, version };
    }
    // One Python often has several names.
    const reason = problem ?? "does not start";
    const folder = pathsOf(context.platform).dirname(candidate.program);
    if (!tried.has(`${folder} ${reason}`)) {
      tried.add(`${folder} ${reason}`);
      reasons.push(`${candidate.program} ${reason}.`);
    }
  }
  return undefined;
}

/** All programs to try, in order of preference, each once. */
export function candidates(context: SearchContext): Candidate[] {
  if (context.setting !== undefined) {
    return [{ program: context.setting, arguments: [], origin: "setting" }];
  }
  const paths = pathsOf(context.platform);
  const name = `gym-lsp${suffix(context.platform)}`;
  return eachOnce([
    ...context.environments.map((environment): Candidate => {
      const program = programIn(environment.folder, context.platform);
      return { program, arguments: [], origin: "environment", environment };
    }),
    ...absoluteFolders(context).map((folder): Candidate => {
      return { program: paths.join(folder, name), arguments: [], origin: "path" };
    }),
  ]);
}

/** The Pythons to try for the server of the extension, in order of preference, each once. */
export function pythons(context: SearchContext, bundle: Bundle): Candidate[] {
  const { platform } = context;
  const paths = pathsOf(platform);
  const inEnvironment = (environment: Environment): string[] => [
    environment.python ?? programIn(environment.folder, platform, "python"),
    // In environments of conda on Windows, it is not in a folder of programs.
    ...(platform === "win32" ? [paths.join(environment.folder, "python.exe")] : []),
  ];
  const programs = [
    ...context.environments.flatMap(inEnvironment),
    ...absoluteFolders(context).flatMap((folder) => pythonNames(platform).map((name) => paths.join(folder, name))),
  ];
  // On a Mac without developer tools, this one opens a dialog that offers to install them. It is 3.9 at most.
  const wanted = programs.filter((program) => platform !== "darwin" || paths.dirname(program) !== "/usr/bin");
  // `-I` and `-S`: nothing of the current folder, the variables or the environment changes what is imported.
  const before = ["-I", "-S", "-X", `pycache_prefix=${bundle.bytecode}`, bundle.script];
  return eachOnce(wanted.map((program) => ({ program, arguments: before, origin: "bundle" })));
}

function pythonNames(platform: NodeJS.Platform): readonly string[] {
  if (platform === "win32") {
    return ["python.exe", "python3.exe", "py.exe"];
  }
  return ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
}

// A relative entry of PATH depends on the current folder, which may be untrusted.
function absoluteFolders(context: SearchContext): string[] {
  return context.folders.filter((folder) => pathsOf(context.platform).isAbsolute(folder));
}

function eachOnce(candidates: readonly Candidate[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (!found.has(candidate.program)) {
      found.set(candidate.program, candidate);
    }
  }
  return [...found.values()];
}

/** The path of the program `name` in an environment. */
export function programIn(folder: string, platform: NodeJS.Platform, name = "gym-lsp"): string {
  return pathsOf(platform).join(folder, platform === "win32" ? "Scripts" : "bin", name + suffix(platform));
}

async function mayRun(candidate: Candidate, context: SearchContext): Promise<boolean> {
  const real = await context.realPath(candidate.program);
  if (real === undefined) {
    return false;
  }
  // A link can lead into or out of the workspace, so both ends must be outside of it.
  return !context.forbidden.some((folder) =>
    [candidate.program, real].some((file) => isInside(file, folder, context.platform)),
  );
}

function whyNot(context: SearchContext): string {
  return context.forbidden.length > 0 ? "does not exist or is not trusted" : "does not exist";
}

function isInside(file: string, folder: string, platform: NodeJS.Platform): boolean {
  const paths = pathsOf(platform);
  const relative = paths.relative(folder, file);
  return relative !== "" && relative !== ".." && !relative.startsWith(`..${paths.sep}`) && !paths.isAbsolute(relative);
}

function suffix(platform: NodeJS.Platform): string {
  return platform === "win32" ? ".exe" : "";
}

function pathsOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}
