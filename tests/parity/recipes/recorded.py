"""What was recorded about recipes, as data: what is in `data/recipes.jsonl`, and how it is written and read.

`README.md` documents the lines. Reading gives back exactly what was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parity.edits import Edit
from tests.parity.recorded import Row, Verdict

DATA = Path(__file__).resolve().parent / "data" / "recipes.jsonl"
RELEASES = ("0.5.1", "0.6.0", "0.7.0")


@dataclass(frozen=True)
class Answer:
    """The result of a recipe under one release."""

    stage: str
    """Where it ended: `load`, `override`, `resolve`, `embed` or `gym`."""
    verdict: Verdict
    embedded: str | None = None
    """The digest of the resolved `env.nemo_gym`, if it came that far."""
    composed: str | None = None
    """The digest of the configuration from which servers are started, if the verdict is `ok`."""
    guard: str | None = None
    """The error with which NeMo RL rejects the settings around `env.nemo_gym`."""

    @classmethod
    def from_oracle(cls, answer: Mapping[str, Any], path: str) -> Answer:
        """From an answer of the oracle; `path` goes without saying among the names."""
        verdict = Verdict.from_answer(answer, path)
        return cls(answer["stage"], verdict, answer["embedded"], answer["composed"], answer["guard"])

    def to_row(self) -> Row:
        row: Row = {} if self.stage == "gym" else {"stage": self.stage}
        row |= self.verdict.to_row()
        optional = {"embedded": self.embedded, "composed": self.composed, "guard": self.guard}
        return row | {name: value for name, value in optional.items() if value is not None}

    @classmethod
    def from_row(cls, row: Row) -> Answer:
        verdict = Verdict.from_row(row)
        return cls(row.get("stage", "gym"), verdict, row.get("embedded"), row.get("composed"), row.get("guard"))


@dataclass(frozen=True)
class File:
    """A YAML file of NeMo RL."""

    path: str
    role: str
    """`recipe`, the reason why it is not one, or the class of the error with which loading it ends."""

    @property
    def is_recipe(self) -> bool:
        return self.role == "recipe"


@dataclass(frozen=True)
class Whole:
    """A recipe as it is, under each release, with all environment variables that recipes read."""

    path: str
    answers: Mapping[str, Answer]
    without_variables: Answer
    """The result under the last release in an empty environment."""


@dataclass(frozen=True)
class Broken:
    """A recipe with a mistake, under one release."""

    kind: str
    recipe: str
    path: str
    """The edited file: the recipe, or a file under its `defaults`."""
    edit: Edit
    release: str
    answer: Answer


@dataclass(frozen=True)
class Overridden:
    """A recipe with overrides on NeMo RL's command line, under one release."""

    recipe: str
    overrides: tuple[str, ...]
    release: str
    answer: Answer


@dataclass(frozen=True)
class Recording:
    """Everything recorded about the recipes of one commit of NeMo RL."""

    commit: str
    tree: str
    """The digest of all files: see `tree.digest_of_tree`."""
    files: Sequence[File]
    recipes: Sequence[Whole]
    mistakes: Sequence[Broken]
    overridden: Sequence[Overridden]

    def rows(self) -> Iterable[Row]:
        """The lines of the file: a header, then the four sets."""
        numbers = {file.path: number for number, file in enumerate(self.files)}
        yield {"commit": self.commit, "tree": self.tree}
        for file in self.files:
            yield {"file": file.path, "is": file.role}
        for whole in self.recipes:
            row: Row = {release: answer.to_row() for release, answer in whole.answers.items()}
            yield {"recipe": numbers[whole.path], **row, "without variables": whole.without_variables.to_row()}
        for broken in self.mistakes:
            edit = broken.edit
            place = [numbers[broken.path], edit.line, edit.start, edit.end]
            row = {"kind": broken.kind, "at": place, "insert": edit.insert, "release": broken.release}
            if broken.recipe != broken.path:
                row["of"] = numbers[broken.recipe]
            if edit.also:
                row["also"] = list(edit.also)
            yield row | broken.answer.to_row()
        for typed in self.overridden:
            row = {"typed": list(typed.overrides), "for": numbers[typed.recipe], "release": typed.release}
            yield row | typed.answer.to_row()

    def text(self) -> str:
        """The content of the file."""
        return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in self.rows())


def load() -> Recording:
    """What was recorded."""
    everything: list[Row] = [json.loads(line) for line in DATA.read_text("utf-8").split("\n") if line]
    head, rows = everything[0], everything[1:]
    files = [File(row["file"], row["is"]) for row in rows if "file" in row]
    recipes = [
        Whole(
            files[int(row["recipe"])].path,
            {release: Answer.from_row(row[release]) for release in RELEASES},
            Answer.from_row(row["without variables"]),
        )
        for row in rows
        if "recipe" in row
    ]
    overridden = [
        Overridden(files[int(row["for"])].path, tuple(row["typed"]), row["release"], Answer.from_row(row))
        for row in rows
        if "typed" in row
    ]
    mistakes = [_broken(row, files) for row in rows if "kind" in row]
    return Recording(head["commit"], head["tree"], files, recipes, mistakes, overridden)


def _broken(row: Row, files: Sequence[File]) -> Broken:
    number, line, start, end = (int(part) for part in row["at"])
    edit = Edit(start, end, row["insert"], line, tuple(row.get("also", ())))
    recipe = files[int(row.get("of", number))].path
    return Broken(row["kind"], recipe, files[number].path, edit, row["release"], Answer.from_row(row))
