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
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import in_ci
from tests.tools.bundle import BundleFailed, build, target_here
from tests.tools.node import CLIENT, Unavailable, client_packages, is_installed, node_programs, note, npm
from tests.tools.pip import PipFailed

CODE_SERVER = "code-server@4.139.1"
REPOSITORY = Path(__file__).parents[2]
PICTURES = REPOSITORY / "docs" / "images"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium", "fonts-dejavu-core", "g++", "libkrb5-dev", "make", "pkg-config")


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
    try:
        [carrying] = build(folder / "vscode-carrying", [target_here()])
    except (BundleFailed, PipFailed) as error:
        print(f"The extension cannot be tested with its server: {error}", file=sys.stderr)
        return 1 if in_ci() else 0
    ours = {
        "GYM_LSP_CARRYING": str(carrying),
        "GYM_LSP_CHROMIUM": browser,
        "GYM_LSP_CODE_SERVER": str(folder / "code-server"),
        "GYM_LSP_PYTHON": sys.executable,
    }
    return _run(["test"], environment) or _run(["run", "test:editor", *pictures], environment | ours)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """One of the extension's own scripts; its exit code."""
    return subprocess.run(["npm", "--silent", *command], cwd=CLIENT, env=environment, check=False).returncode


def code_server(folder: Path, environment: dict[str, str], node: Path) -> None:
    """Build code-server. Raises Unavailable."""
    if is_installed(folder, CODE_SERVER):
        return
    print(f"Building in {folder}: {CODE_SERVER}; this takes some minutes, once ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    # Its native parts need the headers of the Node.js that will run them, whatever the user's npm is set up for.
    headers = (node / "node").resolve().parents[1]
    npm(["install", CODE_SERVER], folder, environment | {"npm_config_nodedir": str(headers)})
    note(folder, CODE_SERVER)


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


if __name__ == "__main__":
    sys.exit(main())
