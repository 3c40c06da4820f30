// Where the language server is: the setting, the Python environment, the PATH, in this order. Runs nothing by itself,
// so that the order can be tested without a machine that looks like each case.

import * as path from "node:path";
import { isAtLeast } from "./versions";

/** The oldest server that understands what this extension asks. */
export const MINIMUM_SERVER = "0.1.0";

/** Where a program was looked for. */
export type Origin = "setting" | "environment" | "path";

export interface Environment {
  /** The folder that holds `bin` or `Scripts`. */
  readonly folder: string;
  /** As the user knows it: a name or a path. */
  readonly label: string;
}

export interface Candidate {
  readonly program: string;
  readonly origin: Origin;
  /** The environment that holds the program. */
  readonly environment?: Environment;
}

export interface Found {
  readonly kind: "found";
  readonly candidate: Candidate;
  readonly version: string;
}

/** Nothing usable, and a sentence for each place that was looked at and has something to say. */
export interface NotFound {
  readonly kind: "missing";
  readonly reasons: readonly string[];
  /** Whether there is a server that is only too old. */
  readonly isTooOld: boolean;
}

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  /** `gymLsp.serverPath`, absolute. It decides alone: a setting that does not work is told and not passed over. */
  readonly setting?: string | undefined;
  /** The selected environment, then those of the workspace. Empty in a workspace that is not trusted. */
  readonly environments: readonly Environment[];
  /** The folders of PATH, and behind them those that tool installers use. */
  readonly folders: readonly string[];
  /** Folders whose programs must not be run, because whoever made the workspace made them. */
  readonly forbidden: readonly string[];
  /** The path behind all links, or undefined where there is no such file. */
  realPath(file: string): Promise<string | undefined>;
  /** The version that a program gives, undefined where it does not start or is something else. */
  version(program: string): Promise<string | undefined>;
}

/** The first server that is there and new enough. */
export async function findServer(around: Surroundings): Promise<Found | NotFound> {
  const reasons: string[] = [];
  let isTooOld = false;
  for (const candidate of candidates(around)) {
    const isThere = await mayRun(candidate, around);
    if (!isThere) {
      if (candidate.origin === "setting") {
        reasons.push(`\`gymLsp.serverPath\` names ${candidate.program}, which ${whyNot(around)}.`);
      }
      continue;
    }
    const version = await around.version(candidate.program);
    if (version === undefined) {
      reasons.push(`${candidate.program} does not start, or is not gym-lsp.`);
    } else if (isAtLeast(version, MINIMUM_SERVER)) {
      return { kind: "found", candidate, version };
    } else {
      isTooOld = true;
      reasons.push(`${candidate.program} is gym-lsp ${version}; ${MINIMUM_SERVER} or newer is needed.`);
    }
  }
  return { kind: "missing", reasons, isTooOld };
}

/** Everything that may be looked at, the best first, each program once. */
export function candidates(around: Surroundings): Candidate[] {
  if (around.setting !== undefined) {
    return [{ program: around.setting, origin: "setting" }];
  }
  const found = new Map<string, Candidate>();
  const add = (candidate: Candidate): void => {
    if (!found.has(candidate.program)) {
      found.set(candidate.program, candidate);
    }
  };
  for (const environment of around.environments) {
    add({ program: programIn(environment.folder, around.platform), origin: "environment", environment });
  }
  const paths = pathsOf(around.platform);
  for (const folder of around.folders) {
    // A relative entry of PATH means the current folder, which may be anybody's.
    if (paths.isAbsolute(folder)) {
      add({ program: paths.join(folder, `gym-lsp${suffix(around.platform)}`), origin: "path" });
    }
  }
  return [...found.values()];
}

/** Where an environment keeps the program `name`. */
export function programIn(folder: string, platform: NodeJS.Platform, name = "gym-lsp"): string {
  return pathsOf(platform).join(folder, platform === "win32" ? "Scripts" : "bin", name + suffix(platform));
}

async function mayRun(candidate: Candidate, around: Surroundings): Promise<boolean> {
  const real = await around.realPath(candidate.program);
  if (real === undefined) {
    return false;
  }
  // A link leads out of the workspace or into it; both ends have to be somebody else's.
  return !around.forbidden.some((folder) =>
    [candidate.program, real].some((file) => isInside(file, folder, around.platform)),
  );
}

function whyNot(around: Surroundings): string {
  return around.forbidden.length > 0 ? "is not there or not trusted" : "is not there";
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
