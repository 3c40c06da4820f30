// The ways to get the server, as commands; running them is somebody else's business.

import { type Environment, programIn } from "./finding";

export interface Installation {
  /** What a button says. */
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
}

export interface Tools {
  readonly platform: NodeJS.Platform;
  /** The absolute path of `uv`, where there is one. */
  readonly uv?: string | undefined;
  readonly pipx?: string | undefined;
}

const PACKAGE = "gym-lsp";

/**
 * What can be offered: into the environment first, because a server beside NeMo Gym is the one that a team shares.
 * `environment` is undefined where there is none, or where nothing of the workspace may be run.
 */
export function installations(environment: Environment | undefined, tools: Tools): Installation[] {
  const found: Installation[] = [];
  if (environment) {
    const python = programIn(environment.folder, tools.platform, "python");
    const title = `Install into ${environment.label}`;
    found.push(
      // Environments that uv makes have no pip.
      tools.uv === undefined
        ? { title, program: python, arguments: ["-m", "pip", "install", "--upgrade", PACKAGE] }
        : { title, program: tools.uv, arguments: ["pip", "install", "--upgrade", "--python", python, PACKAGE] },
    );
  }
  if (tools.uv !== undefined) {
    found.push({ title: "Install with uv", program: tools.uv, arguments: ["tool", "install", "--upgrade", PACKAGE] });
  } else if (tools.pipx !== undefined) {
    found.push({ title: "Install with pipx", program: tools.pipx, arguments: ["install", "--force", PACKAGE] });
  }
  return found;
}
