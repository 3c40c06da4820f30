"""The command line of the maintainers' tools."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path, PurePath

import gym_lsp.dev
from gym_lsp import __version__
from gym_lsp.cli.places import working_directory
from gym_lsp.dev.hosting import Hosting, hosted
from gym_lsp.dev.merge import merge_lines
from gym_lsp.dev.pages import pages, stale
from gym_lsp.dev.reads import reads_lines
from gym_lsp.dev.tree import tree_lines
from gym_lsp.dev.vscode import MANIFEST, manifest
from gym_lsp.files import Disk, Files, Unreadable, absolute
from gym_lsp.gym.roots import find_install_root
from gym_lsp.project import PACKAGE, REPOSITORY
from gym_lsp.workspace.root import root_of
from gym_lsp.workspace.workspace import Workspace

CHECKOUT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code: 1 if `docs --check` finds stale pages, 2 if the input is wrong."""
    options = _parser().parse_args(arguments)
    if options.command == "docs":
        return _docs(check=options.check)
    try:
        _show(options)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gym_lsp.dev",
        description=gym_lsp.dev.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    docs = commands.add_parser("docs", help="write the generated pages")
    docs.add_argument("--check", action="store_true", help="write nothing, and exit with code 1 if a page is stale")
    commands.add_parser("tree", help="print a span tree").add_argument("files", nargs=1, metavar="FILE")
    for name, count, text in (
        ("merge", "+", "print a run step by step"),
        ("reads", 1, "print all paths that are read"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("files", nargs=count, metavar="FILE")
        command.add_argument("--gym-root", metavar="DIR", help="the NeMo Gym to use: a checkout or site-packages")
    return parser


def _docs(*, check: bool) -> int:
    if not (CHECKOUT / "pyproject.toml").is_file():
        print("cannot write the pages: gym-lsp is installed here, not checked out", file=sys.stderr)
        return 2
    folder, wanted = CHECKOUT / "docs", pages()
    changes = {folder / change.name: change.state for change in stale(Disk(), folder, wanted)}
    texts = {folder / name: text for name, text in wanted.items()}
    hosting = Hosting(__version__, REPOSITORY, PACKAGE)
    for name, fill in {MANIFEST: manifest, **hosted()}.items():
        path = CHECKOUT / name
        text = Disk().read(path)
        texts[path] = fill(text, hosting)
        if texts[path] != text:
            changes[path] = "out of date"
    for path, state in changes.items():
        name = path.relative_to(CHECKOUT).as_posix()
        if check:
            print(f"{name} is {state}")
        elif path in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], encoding="utf-8", newline="\n")
            print(f"updated {name}")
        else:
            path.unlink()
            print(f"removed {name}")
    if check and changes:
        print("run `make docs` to update these files", file=sys.stderr)
        return 1
    if not changes:
        print("all generated pages are up to date")
    return 0


def _show(options: argparse.Namespace) -> None:
    disk = Disk()
    paths = [absolute(file) for file in options.files]
    texts = [disk.read(path) for path in paths]
    match options.command:
        case "tree":
            lines = tree_lines(texts[0])
        case "merge":
            workspace = _workspace(disk, paths[0], options.gym_root)
            lines = merge_lines(workspace, tuple(workspace.spelled(path) for path in paths))
        case _:
            lines = reads_lines(disk, lambda files: _workspace(files, paths[0], options.gym_root), paths[0])
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _workspace(files: Files, path: PurePath, gym_root: str | None) -> Workspace:
    """The workspace in which `gym-lsp --check` checks a file, without the settings of the project."""
    root = root_of(files, path, working_directory()).path
    explicit = None if gym_root is None else absolute(gym_root)
    install = find_install_root(files, explicit=explicit, workspace=root, environ=os.environ)
    return Workspace(files, root, install=install, environment=dict.fromkeys(os.environ, ""))


if __name__ == "__main__":
    sys.exit(main())
