"""The recorded results of the comparison, `results.json`, and the tables of docs/comparison.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.comparison.mistakes import Data

RESULTS = Path(__file__).with_name("results.json")
ROOT = Path(__file__).parents[2]
PAGE, README = ROOT / "docs" / "comparison.md", ROOT / "README.md"
GYM_LSP, GYM, SCHEMA, YAML = "gym-lsp", "gym env validate", "JSON Schema", "YAML"
TOOLS = (GYM_LSP, GYM, SCHEMA, YAML)
HEADINGS = {
    GYM_LSP: "gym-lsp",
    GYM: "`gym env validate`",
    SCHEMA: "YAML editor with a JSON Schema",
    YAML: "YAML editor",
}


class Result(Struct, frozen=True):
    """What a tool did with a mistake."""

    reported: bool
    right_line: bool
    fix: bool


class Results(Struct, frozen=True):
    """The results of all tools, by the mistake and the name of the tool."""

    mistakes: Mapping[str, Mapping[str, Result]]
    together: Mapping[str, int]
    """How many of the five mistakes in one file each tool reports at once."""
    seconds: Mapping[str, float]
    """From the start of the program to the report on one file."""


def load() -> Results:
    """Return the recorded results."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=Results)


def write(results: Results) -> None:
    """Record results."""
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def tables(data: Data, results: Results) -> str:
    """Return the tables of the page."""
    return "\n".join((summary(data, results), "", *_details(data, results)))


def summary(data: Data, results: Results) -> str:
    """Return the short table, which the README shows too."""
    return "\n".join(_summary_rows(data, results))


def _summary_rows(data: Data, results: Results) -> Iterator[str]:
    count, total = len(results.mistakes), len(data.together.changes)
    answers = {tool: [each[tool] for each in results.mistakes.values()] for tool in TOOLS}
    yield from _row("", *HEADINGS.values())
    yield "| --- | --- | --- | --- | --- |"
    rows = {
        f"mistakes reported, of {count}": [sum(each.reported for each in answers[tool]) for tool in TOOLS],
        "at the right line": [sum(each.right_line for each in answers[tool]) for tool in TOOLS],
        "with a fix to apply": [sum(each.fix for each in answers[tool]) for tool in TOOLS],
        f"reported at once, of {total} in one file": [results.together[tool] for tool in TOOLS],
    }
    for what, numbers in rows.items():
        yield from _row(what, *(str(number) for number in numbers))
    base = results.seconds[GYM_LSP]
    # Two digits: a second measurement gives others.
    times = (f"{float(f'{results.seconds[tool] / base:.2g}'):g}" for tool in TOOLS)
    yield from _row("time from the start to the report on one file, relative", *times)


def _details(data: Data, results: Results) -> Iterator[str]:
    yield from _row("mistake", *HEADINGS.values())
    yield "| --- | --- | --- | --- | --- |"
    for mistake in data.mistake:
        yield from _row(mistake.what, *(_cell(results.mistakes[mistake.what][tool]) for tool in TOOLS))


def _cell(result: Result) -> str:
    return "line" if result.right_line else "yes" if result.reported else ""


def _row(*cells: str) -> Sequence[str]:
    return (f"| {' | '.join(cells)} |",)
