"""The mistakes of `mistakes.toml`, made in copies of the sample workspace."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, convert

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).with_name("mistakes.toml")


class Mistake(Struct, frozen=True, forbid_unknown_fields=True):
    """One edit of a file. `mistakes.toml` describes the fields; paths are relative to `environments`."""

    what: str
    file: str
    old: str
    new: str
    run: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def configs(self) -> Sequence[str]:
        """The configs of the run, relative to the workspace."""
        return tuple(f"environments/{name}" for name in self.run or (self.file,))

    @property
    def path(self) -> str:
        """The file, relative to the workspace."""
        return f"environments/{self.file}"

    def text(self) -> str:
        """Return the text of the file with the mistake."""
        return changed(self.path, ((self.old, self.new),))

    def lines(self) -> frozenset[int]:
        """Return the lines, counted from 1, at which a report is right."""
        text = self.text()
        start = (ROOT / self.path).read_text("utf-8").index(self.old)
        first = start + _common(self.old, self.new)
        return frozenset(text.count("\n", 0, place) + 1 for place in (first, *(text.index(each) for each in self.also)))


class Together(Struct, frozen=True, forbid_unknown_fields=True):
    """Several edits of one file. `words` are in an output without lines if it reports them."""

    file: str
    changes: tuple[tuple[str, str], ...]
    words: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"environments/{self.file}"

    def text(self) -> str:
        return changed(self.path, self.changes)

    def lines(self) -> frozenset[int]:
        """Return the line of each mistake; no edit adds or removes a line."""
        text = self.text()
        return frozenset(text[: text.index(new)].count("\n") + 1 for _, new in self.changes)


class Data(Struct, frozen=True, forbid_unknown_fields=True):
    """All of `mistakes.toml`."""

    mistake: tuple[Mistake, ...]
    together: Together


def load() -> Data:
    """Return the mistakes. Raises msgspec.ValidationError if the file has another shape."""
    return convert(tomllib.loads(DATA.read_text("utf-8")), Data)


def changed(path: str, changes: Sequence[tuple[str, str]]) -> str:
    """Return the text of a file of the sample workspace after edits. Raises ValueError if one does not fit."""
    text = (ROOT / path).read_text("utf-8")
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{path} contains {old!r} {text.count(old)} times")
        text = text.replace(old, new)
    return text


def copy_workspace(folder: Path) -> None:
    """Write a copy of the sample workspace, in which mistakes can be made."""
    for name in ("environments", "responses_api_agents"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def _common(old: str, new: str) -> int:
    """Return the number of characters after which the texts differ, up to the start of that line's difference."""
    count = 0
    while count < min(len(old), len(new)) and old[count] == new[count]:
        count += 1
    return count
