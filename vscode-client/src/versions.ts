// Versions of Python packages, as far as needed to compare releases.

/** Whether `version` is `minimum` or newer. A version that cannot be parsed counts as too old. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [found, wanted] = [parts(version), parts(minimum)];
  if (!found || !wanted) {
    return false;
  }
  for (let index = 0; index < Math.max(found.length, wanted.length); index++) {
    const difference = (found[index] ?? 0) - (wanted[index] ?? 0);
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return true;
}

/** The version in the output of `gym-lsp --version`, undefined if there is none. */
export function versionIn(output: string): string | undefined {
  return /\bgym-lsp\s+v?(\d+(?:\.\d+)*\S*)/.exec(output)?.[1];
}

/** Why a Python cannot run the server of the extension, from its output; undefined if it does not say so. */
export function problemIn(output: string): string | undefined {
  return /^gym-lsp: this Python (.*)$/m.exec(output)?.[1];
}

// A suffix (a1, rc2, .dev3, +local) is ignored: a pre-release counts as its release.
function parts(version: string): number[] | undefined {
  const release = /^v?(\d+(?:\.\d+)*)/.exec(version.trim())?.[1];
  return release?.split(".").map(Number);
}
