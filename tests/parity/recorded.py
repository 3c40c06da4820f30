"""The recorded verdicts as data: what is in `data/<release>.jsonl`, and how it is written and read.

`data/README.md` documents the lines. Reading gives back exactly what was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parity.edits import Edit

DATA = Path(__file__).resolve().parent / "data"
RELEASES = ("0.4.0", "0.5.1", "0.6.0", "0.7.0")

MOST_NAMES = 4
"""The number of names of an error message that are recorded."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """The verdict of the parser on a run."""

    name: str
    """`ok`, or the class of the error that the user sees."""
    raised: str
    """The class raised first, if the parser converts an error into one of its own; else the same as `name`."""
    raw: bool
    """Whether the error is not a `ConfigError`, so that the user sees a traceback."""
    names: tuple[str, ...] = ()
    """The user's own names in the message: instances, fields, key paths, file paths, `line:column`."""

    @property
    def ok(self) -> bool:
        return self.name == "ok"

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any], path: str) -> Verdict:
        """From an answer of the oracle; `path` goes without saying among the names."""
        if answer["verdict"] == "ok":
            return cls("ok", "ok", False)
        names = [name for name in answer["names"] if name != path]
        return cls(answer["verdict"], answer["raised"], not answer["config_error"], tuple(names[:MOST_NAMES]))

    def to_row(self) -> Row:
        row: Row = {"verdict": self.name}
        if self.raised != self.name:
            row["raised"] = self.raised
        if self.raw:
            row["raw"] = True
        if self.names:
            row["names"] = list(self.names)
        return row

    @classmethod
    def from_row(cls, row: Row) -> Verdict:
        name = row["verdict"]
        return cls(name, row.get("raised", name), row.get("raw", False), tuple(row.get("names", ())))


@dataclass(frozen=True)
class Alone:
    """A YAML file as the only root of a run."""

    path: str
    file_kind: str
    """`gym`, `manifest`, `prompt`, `environment` or `other`."""
    verdict: Verdict


@dataclass(frozen=True)
class Run:
    """Two or more root configs together."""

    roots: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True)
class Overridden:
    """Root configs with overrides on the command line."""

    roots: tuple[str, ...]
    overrides: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True)
class Broken:
    """A file with a one-line mistake in it, as the only root of a run."""

    kind: str
    row: int | None
    """The row of the mistake in this project's catalogue."""
    path: str
    edit: Edit
    unbroken: str
    """The verdict on the file without the mistake, mostly `ok`."""
    verdict: Verdict

    def text(self, root: Path) -> str:
        """The file's text with the mistake in it, made from the release at `root`."""
        return self.edit.apply(read_text(root / self.path))


def read_text(path: Path) -> str:
    """A file's text as the offsets count it: UTF-8, line breaks as they are."""
    return path.read_bytes().decode("utf-8")


@dataclass(frozen=True)
class Recording:
    """Everything recorded about one release."""

    release: str
    alone: Sequence[Alone]
    runs: Sequence[Run] = ()
    mistakes: Sequence[Broken] = ()
    overridden: Sequence[Overridden] = ()

    def rows(self) -> Iterable[Row]:
        """The lines of the file: a head, then the four sets."""
        numbers = {asked.path: number for number, asked in enumerate(self.alone)}
        yield {"release": self.release, "rows": {broken.kind: broken.row for broken in self.mistakes}}
        for asked in self.alone:
            yield {"path": asked.path, "is": asked.file_kind, **asked.verdict.to_row()}
        for run in self.runs:
            yield {"run": [numbers[root] for root in run.roots], **run.verdict.to_row()}
        for broken in self.mistakes:
            edit = broken.edit
            place = [numbers[broken.path], edit.line, edit.start, edit.end]
            row: Row = {"kind": broken.kind, "at": place, "insert": edit.insert}
            if edit.also and not broken.verdict.ok:
                row["also"] = list(edit.also)
            if broken.unbroken != "ok":
                row["unbroken"] = broken.unbroken
            yield row | broken.verdict.to_row()
        for typed in self.overridden:
            roots = [numbers[root] for root in typed.roots]
            yield {"typed": list(typed.overrides), "for": roots, **typed.verdict.to_row()}

    def write(self) -> Path:
        """Write the file; returns where."""
        DATA.mkdir(exist_ok=True)
        path = DATA / f"{self.release}.jsonl"
        lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in self.rows()]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        return path


def load(release: str) -> Recording:
    """What was recorded about a release."""
    lines = (DATA / f"{release}.jsonl").read_text("utf-8").split("\n")
    everything: list[Row] = [json.loads(line) for line in lines if line]
    head, rows = everything[0], everything[1:]
    alone: list[Alone] = [Alone(row["path"], row["is"], Verdict.from_row(row)) for row in rows if "path" in row]
    runs = [Run(_roots(row["run"], alone), Verdict.from_row(row)) for row in rows if "run" in row]
    mistakes = [_broken(row, head["rows"], alone) for row in rows if "kind" in row]
    overridden = [
        Overridden(_roots(row["for"], alone), tuple(row["typed"]), Verdict.from_row(row))
        for row in rows
        if "typed" in row
    ]
    return Recording(head["release"], alone, runs, mistakes, overridden)


def _roots(numbers: Iterable[int], alone: Sequence[Alone]) -> tuple[str, ...]:
    return tuple(alone[number].path for number in numbers)


def _broken(row: Row, catalogue: Mapping[str, int | None], alone: Sequence[Alone]) -> Broken:
    number, line, start, end = (int(part) for part in row["at"])
    edit = Edit(start, end, row["insert"], line, tuple(row.get("also", ())))
    path = alone[number].path
    return Broken(row["kind"], catalogue[row["kind"]], path, edit, row.get("unbroken", "ok"), Verdict.from_row(row))
