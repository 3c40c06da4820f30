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

const PACKAGE = "gym-lsp";

/**
 * The possible installations. The environment comes first, because a team shares the server that is installed next to
 * NeMo Gym. `environment` is undefined if there is none, or if the workspace is not trusted.
 */
export function installations(environment: Environment | undefined, tools: Tools): Installation[] {
  const found: Installation[] = [];
  if (environment) {
    const python = programIn(environment.folder, tools.platform, "python");
    const title = `Install into ${environment.label}`;
    found.push(
      // Environments that uv creates have no pip.
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
