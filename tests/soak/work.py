"""Random steps of a user who works on a tree of configs, on a server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path, PurePath
from random import Random

from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding
from tests.server.comparing import AT_A_PLACE, OF_A_FILE, REQUEST_FAILED, between_lines, position, replacement
from tests.server.inprocess import Message, Wire

ENCODING = Encoding.UTF16
MOST_OPEN = 8
SNIPPETS = [
    "", "", " ", "\n", "\n  ", ":", "- ", "a", "name", "${", "}", "${policy_model_name}", "😀", "\u2028", "\t", "'",
    "#", "_inherit_from: ", "domain: math\n", "type: resources_servers\n", "??", "???", "[", "{", "&a ", "*a",
]  # fmt: skip
CAPABILITIES: Message = {
    "textDocument": {"publishDiagnostics": {"relatedInformation": True}},
    "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True}},
}
SETTINGS = ["", "[severity]\nunknown-domain = 'off'\n", "exclude = ['benchmarks/**']\n", "a = [\n"]


class Work:
    """The state of the user: the tree on the disk, and the open documents."""

    def __init__(self, root: Path, random: Random, wire: Wire) -> None:
        self.root = root
        self.wire = wire
        self.buffers: dict[PurePath, str] = {}
        self._random = random
        self._originals = {path: path.read_bytes().decode() for path in sorted(root.rglob("*.yaml"))}
        self._paths = list(self._originals)
        self._version = 0
        self._steps: list[tuple[int, Callable[[], None]]] = [
            (550, self._type),
            (250, self._ask),
            (50, self._restore),
            (60, self._open_another),
            (30, self._write),
            (20, self._delete),
            (20, self._bring_back),
            (4, self._move_folder),
            (1, self._set),
        ]
        wire.start(CAPABILITIES, PurePath(root))

    def step(self, *, reopens: bool = True) -> None:
        """Do one thing. It changes the settings, which opens the folder again, only if `reopens`."""
        steps = [(weight, do) for weight, do in self._steps if reopens or do != self._set]
        [(_, do)] = self._random.choices(steps, [weight for weight, _ in steps])
        do()
        self.wire.messages.clear()

    def texts(self) -> dict[PurePath, str]:
        """Return the files for requests: the open documents, and some others."""
        there = [path for path in self._random.sample(self._paths, 20) if path.is_file()]
        return {PurePath(path): path.read_bytes().decode() for path in there} | self.buffers

    # Steps

    def _any_open(self) -> PurePath:
        if not self.buffers:
            self._open_another()
        return self._random.choice(list(self.buffers))

    def _type(self) -> None:
        path = self._any_open()
        text = self.buffers[path]
        start = between_lines(text, self._random.randint(0, len(text)))
        length = self._random.choice([0, 0, 0, 1, 1, 5, 40])
        end = max(start, between_lines(text, min(len(text), start + length)))
        self._change(path, start, end, self._random.choice(SNIPPETS))

    def _restore(self) -> None:
        """Text that was typed at random soon makes no sense at all, which is not what a server mostly sees."""
        path = self._any_open()
        self._change(path, 0, len(self.buffers[path]), self._originals.get(Path(path), ""))

    def _change(self, path: PurePath, start: int, end: int, new: str) -> None:
        text = self.buffers[path]
        self._version += 1
        self.wire.change(path, self._version, replacement(text, start, end, new, ENCODING))
        self.buffers[path] = text[:start] + new + text[end:]

    def _open_another(self) -> None:
        if len(self.buffers) >= MOST_OPEN:
            path = self._random.choice(list(self.buffers))
            del self.buffers[path]
            self.wire.close(path)
        path = self._random.choice(self._paths)
        if path not in self.buffers:
            self.buffers[PurePath(path)] = self._originals[path]
            self.wire.open(path, self._originals[path])

    def _ask(self) -> None:
        path = self._any_open()
        document: Message = {"textDocument": {"uri": uri_of(path)}}
        if self._random.random() < 0.2:
            self._request(self._random.choice(OF_A_FILE), document)
            return
        text = self.buffers[path]
        place = position(text, between_lines(text, self._random.randint(0, len(text))), ENCODING)
        method = self._random.choice(AT_A_PLACE)
        more = {"context": {"includeDeclaration": True}} if method.endswith("references") else {}
        self._request(method, document | {"position": place} | more)

    def _request(self, method: str, params: Message) -> None:
        reply = self.wire.reply(method, params)
        assert "error" not in reply or reply["error"]["code"] == REQUEST_FAILED, (method, params, reply)

    # On the disk

    def _write(self) -> None:
        path = self._random.choice(self._paths)
        was_there = path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._originals[self._random.choice(self._paths)].encode())
        self.wire.report_changes((path, 2 if was_there else 1))

    def _delete(self) -> None:
        path = self._random.choice(self._paths)
        path.unlink(missing_ok=True)
        self.wire.report_changes((path, 3))

    def _bring_back(self) -> None:
        """Change many files in one message, like switching a branch."""
        paths = self._random.sample(self._paths, 40)
        changes: list[tuple[PurePath, int]] = []
        for path in paths:
            changes.append((path, 2 if path.exists() else 1))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._originals[path].encode())
        self.wire.report_changes(*changes)

    def _move_folder(self) -> None:
        """Move a folder. The editor reports only the folder, not the files in it."""
        folder = self._random.choice(self._paths).parent
        if not folder.is_dir() or folder == self.root:
            return
        shutil.move(folder, self.root / "moved")
        self.wire.report_changes((folder, 3))
        shutil.move(self.root / "moved", folder)
        inside = [path for path in self._paths if path.is_relative_to(folder) and path.exists()]
        self.wire.report_changes(*((path, 1) for path in inside))

    def _set(self) -> None:
        path = self.root / "gym-lsp.toml"
        kind = 2 if path.exists() else 1
        path.write_text(self._random.choice(SETTINGS))
        self.wire.report_changes((path, kind))
