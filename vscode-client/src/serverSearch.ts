// Searches for the language server: in the setting, the Python environments and the PATH, in this order. All access to
// the machine goes through `SearchContext`, so that tests can replace it.

import * as path from "node:path";
import { isAtLeast } from "./versions";

/** The oldest server that supports the requests of this extension. */
export const MINIMUM_SERVER = "0.1.0";

/** Where a candidate comes from. */
export type Origin = "setting" | "environment" | "path";

export interface Environment {
  /** The folder that contains `bin` or `Scripts`. */
  readonly folder: string;
  /** The label for the user: a name or a path. */
  readonly label: string;
}

export interface Candidate {
  readonly program: string;
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
  /** The path with all links resolved, or undefined if the file does not exist. */
  realPath(file: string): Promise<string | undefined>;
  /** The version of a program, undefined if it does not start or is not gym-lsp. */
  version(program: string): Promise<string | undefined>;
}

/** The first server that exists and is new enough. */
export async function findServer(context: SearchContext): Promise<Found | NotFound> {
  const reasons: string[] = [];
  let isTooOld = false;
  for (const candidate of candidates(context)) {
    if (!(await mayRun(candidate, context))) {
      if (candidate.origin === "setting") {
        reasons.push(`\`gymLsp.serverPath\` is ${candidate.program}, which ${whyNot(context)}.`);
      }
      continue;
    }
    const version = await context.version(candidate.program);
    if (version === undefined) {
      reasons.push(`${candidate.program} does not start, or is not gym-lsp.`);
    } else if (isAtLeast(version, MINIMUM_SERVER)) {
      return { kind: "found", candidate, version };
    } else {
      isTooOld = true;
      reasons.push(`${candidate.program} is gym-lsp ${version}; the extension needs ${MINIMUM_SERVER} or newer.`);
    }
  }
  return { kind: "missing", reasons, isTooOld };
}

/** All programs to try, in order of preference, each once. */
export function candidates(context: SearchContext): Candidate[] {
  if (context.setting !== undefined) {
    return [{ program: context.setting, origin: "setting" }];
  }
  const found = new Map<string, Candidate>();
  const add = (candidate: Candidate): void => {
    if (!found.has(candidate.program)) {
      found.set(candidate.program, candidate);
    }
  };
  for (const environment of context.environments) {
    add({ program: programIn(environment.folder, context.platform), origin: "environment", environment });
  }
  const paths = pathsOf(context.platform);
  for (const folder of context.folders) {
    // A relative entry of PATH depends on the current folder, which may be untrusted.
    if (paths.isAbsolute(folder)) {
      add({ program: paths.join(folder, `gym-lsp${suffix(context.platform)}`), origin: "path" });
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
