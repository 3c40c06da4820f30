"""Runs gym-lsp under an audit hook, and prints everything that it must not do in a workspace of a stranger.

python -P -B -m tests.hostile.watched READABLE WRITABLE UNWANTED COMMAND [ARGUMENT ...]

The working directory is the workspace. READABLE are the paths outside of it that may be read, separated by `:`,
WRITABLE is the folder that may be written to, and UNWANTED are modules that must not be imported, separated by `,`.
COMMAND is `gym-lsp` with its arguments, or `server` with configs; then every request is sent for each of them. With
`tools`, every tool of coding agents is called.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePath

_FORBIDDEN = frozenset({
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty.spawn",
    "subprocess.Popen", "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.sendmsg", "socket.sendto",
})  # fmt: skip
_CHANGES = frozenset({
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate",
    "os.utime",
})  # fmt: skip
_LISTS = frozenset({"os.listdir", "os.scandir"})
_ROOT = Path(__file__).parents[2]
_OWN = (_ROOT, sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())
"""Where gym-lsp, Python and its packages are."""
_SETTINGS = ("gym-lsp.toml", "pyproject.toml")


class Watch:
    """The audit hook. `findings` are the events that are not allowed."""

    def __init__(self, readable: Iterable[str], writable: str) -> None:
        self.findings: dict[str, None] = {}
        self._tree = os.path.realpath(os.getcwd())
        self._readable = tuple({os.path.realpath(path) for path in (*_OWN, self._tree, *readable)})
        self._writable = (os.path.realpath(writable),) if writable else ()

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note an event. It is called for every event of the process, those of the hook itself included."""
        if event == "open":
            path, _, flags = arguments
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            if not (self._may_write(path) if writes else self._may_read(path)):
                self._note("writes" if writes else "reads", path)
        elif event in _LISTS and not self._may_list(arguments[0]):
            self._note("lists", arguments[0])
        elif event in _CHANGES and not self._may_write(arguments[0]):
            self._note(event, arguments[0])
        elif event in ("compile", "exec"):
            self._code(event, arguments)
        elif event in _FORBIDDEN:
            self._note(event, arguments[0])

    def _code(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note code of the workspace, and whatever gym-lsp itself compiles or executes. `ast` only parses."""
        name = str(arguments[-1] if event == "compile" else getattr(arguments[0], "co_filename", ""))
        caller = sys._getframe(2).f_code.co_filename  # pyright: ignore[reportPrivateUsage]
        if name.startswith(self._tree) or PurePath(caller).is_relative_to(_ROOT / "gym_lsp"):
            self._note(event, name)

    def _may_read(self, path: object) -> bool:
        # Settings are searched upwards.
        return _is_handle(path) or self._is_above(os.path.dirname(_real(path)), path) or _is_in(path, self._readable)

    def _may_list(self, path: object) -> bool:
        # The root of a file is searched upwards.
        return path is None or self._tree.startswith(_real(path)) or _is_in(path, self._readable)

    def _may_write(self, path: object) -> bool:
        return _is_handle(path) or _is_in(path, self._writable)

    def _is_above(self, folder: str, path: object) -> bool:
        return self._tree.startswith(folder) and os.path.basename(_real(path)) in _SETTINGS

    def _note(self, what: str, about: object) -> None:
        self.findings[f"! {what} {about}"] = None


def _is_handle(path: object) -> bool:
    return isinstance(path, int) or path == os.devnull


def _real(path: object) -> str:
    """Return the real path, which decides: opening a link opens what it leads to."""
    return os.path.realpath(os.fsdecode(path)) if isinstance(path, (str, bytes, PurePath)) else str(path)


def _is_in(path: object, folders: Iterable[str]) -> bool:
    real = _real(path)
    return any(real == folder or real.startswith(folder + os.sep) for folder in folders)


def main(readable: str, writable: str, unwanted: str, command: str, *arguments: str) -> int:
    # A check of many files is spread over the processors by forks, in which the hook would be lost.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from gym_lsp.cli import main as gym_lsp

    watch = Watch(filter(None, readable.split(":")), writable)
    sys.addaudithook(watch)
    code = serve(*arguments) if command == "server" else use_tools() if command == "tools" else gym_lsp(arguments)
    imported = (f"! imports {name}" for name in filter(None, unwanted.split(",")) if name in sys.modules)
    print(*watch.findings, *imported, sep="\n", file=sys.stderr)
    return code


def serve(*configs: str) -> int:
    """Send every request to a server, and return the number of failures."""
    from tests.hostile.asking import everything
    from tests.server.inprocess import Wire

    with Wire() as wire:
        print(sum(1 for _ in everything(wire, Path.cwd(), configs, step=60)), "answers")
        return len(wire.failures)


def use_tools() -> int:
    """Call every tool of coding agents, and return the number of failures."""
    from gym_lsp.mcp.calling import call, read
    from gym_lsp.mcp.offer import ToolError
    from tests.mcp.calls import CALLS, URIS, offer_in

    offered = offer_in(Path.cwd())
    texts = [call(offered, name, arguments).text for name, arguments in CALLS]
    for uri in URIS:
        # Without a part, the schema has no address of it.
        with suppress(ToolError):
            texts.append(read(offered, uri))
    return sum("internal failure" in text for text in texts)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
