// The ways to install the server, as command lines. The caller runs them.

import { type Environment, programIn } from "./serverSearch";

export interface Installation {
  /** The text of the button. */
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
}

export interface Tools {
  readonly platform: NodeJS.Platform;
  /** The absolute path of `uv`, undefined if it is not installed. */
  readonly uv?: string | undefined;
  readonly pipx?: string | undefined;
}

/**
 * The name of gym-lsp on the package index; undefined while gym-lsp is not published. Until then anyone could publish a
 * package with this name, so the extension installs only from a clone.
 */
export const PACKAGE: string | undefined = undefined;

export const FROM_CLONE = "Install from a Clone";
export const HELP = "How to Install";

/**
 * The possible installations of `source`: a package of the index, or the folder of a clone. The environment comes first,
 * because a team shares the server that is installed next to NeMo Gym. `environment` is undefined if there is none, or
 * if the workspace is not trusted.
 */
export function installations(source: string, environment: Environment | undefined, tools: Tools): Installation[] {
  const found: Installation[] = [];
  if (environment) {
    const python = programIn(environment.folder, tools.platform, "python");
    const title = `Install into ${environment.label}`;
    found.push(
      // Environments that uv creates have no pip. With `-P`, Python does not import `pip` from the current folder.
      tools.uv === undefined
        ? { title, program: python, arguments: ["-P", "-m", "pip", "install", "--upgrade", source] }
        : { title, program: tools.uv, arguments: ["pip", "install", "--upgrade", "--python", python, source] },
    );
  }
  if (tools.uv !== undefined) {
    found.push({ title: "Install with uv", program: tools.uv, arguments: ["tool", "install", "--upgrade", source] });
  } else if (tools.pipx !== undefined) {
    found.push({ title: "Install with pipx", program: tools.pipx, arguments: ["install", "--force", source] });
  }
  return found;
}

/** How the message about a missing server helps: one sentence, which can be empty, and the texts of its buttons. */
export interface Advice {
  readonly sentence: string;
  readonly buttons: readonly string[];
}

/** `offered` are the installations of the package; there are none without a package. */
export function advice(published: string | undefined, offered: readonly Installation[]): Advice {
  if (published === undefined) {
    const sentence = "Install it from a clone of its repository: `pip install <folder of the clone>`.";
    return { sentence, buttons: [FROM_CLONE, HELP] };
  }
  return { sentence: "", buttons: offered.length > 0 ? offered.map((each) => each.title) : [HELP] };
}

/** Whether a folder with this `pyproject.toml` is a clone of gym-lsp. */
export function isClone(pyproject: string): boolean {
  return /^name = "gym-lsp"\r?$/m.test(pyproject);
}
