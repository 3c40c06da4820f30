"""All mistakes, shown to all tools."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from msgspec import Struct

from tests.comparison import tools
from tests.comparison.mistakes import ROOT, Data
from tests.comparison.results import GYM, GYM_LSP, SCHEMA, TOOLS, YAML, Result, Results
from tests.comparison.tools import Report

ROUNDS = 5
_TIMED = "environments/tide_tables/config.yaml"


class Question(Struct, frozen=True):
    """A file with mistakes, and the configs of the run to check."""

    path: str
    text: str
    configs: tuple[str, ...]


class Measurement(Struct, frozen=True):
    """A copy of the workspace with the schema, the program `gym`, and the folder of the release."""

    folder: Path
    program: Path
    gym_root: Path

    def results(self, data: Data) -> Results:
        """Ask everything."""
        questions = _questions(data)
        theirs, last = self._ask_gym(questions)
        answers = {
            GYM_LSP: [self.ask_gym_lsp(question) for question in questions],
            GYM: theirs,
            SCHEMA: self._ask_yaml(questions, schema=True),
            YAML: self._ask_yaml(questions, schema=False),
        }
        lines = data.together.lines()
        return Results(
            {
                mistake.what: {tool: result(answers[tool][number], mistake.lines()) for tool in TOOLS}
                for number, mistake in enumerate(data.mistake)
            },
            # It names no lines, so its output is searched for words.
            {tool: len(answers[tool][-1].lines & lines) for tool in TOOLS}
            | {GYM: sum(word in last for word in data.together.words)},
            self._seconds(),
        )

    def only_gym_lsp(self, data: Data, recorded: Results) -> Results:
        """Ask gym-lsp again, and take the rest from recorded results of the same mistakes."""
        *reports, together = [self.ask_gym_lsp(question) for question in _questions(data)]
        return Results(
            {
                mistake.what: {**recorded.mistakes[mistake.what], GYM_LSP: result(report, mistake.lines())}
                for mistake, report in zip(data.mistake, reports, strict=True)
            },
            {**recorded.together, GYM_LSP: len(together.lines & data.together.lines())},
            recorded.seconds,
        )

    def ask_gym_lsp(self, question: Question) -> Report:
        with _made(self.folder / question.path, question.text):
            return tools.gym_lsp(self.folder, question.configs, question.path, self.gym_root)

    def _ask_gym(self, questions: list[Question]) -> tuple[list[Report], str]:
        """Return the reports, and the last output."""
        usual: dict[tuple[str, ...], str] = {}
        reports: list[Report] = []
        output = ""
        for question in questions:
            if question.configs not in usual:
                _, usual[question.configs] = tools.gym(self.program, self.folder, question.configs, None)
            with _made(self.folder / question.path, question.text):
                report, output = tools.gym(self.program, self.folder, question.configs, usual[question.configs])
            print(f"{question.path}: {output}", file=sys.stderr)
            reports.append(report)
        return reports, output

    def _ask_yaml(self, questions: list[Question], *, schema: bool) -> list[Report]:
        with tools.yaml_editor(self.folder, schema=schema) as editor:
            return [
                tools.yaml(editor, f"environments/{number}/config.yaml", question.text)
                for number, question in enumerate(questions)
            ]

    def _seconds(self) -> Mapping[str, float]:
        text = (ROOT / _TIMED).read_text("utf-8")

        def ask_yaml(*, schema: bool) -> None:
            with tools.yaml_editor(self.folder, schema=schema) as editor:
                tools.yaml(editor, _TIMED, text)

        return {
            GYM_LSP: _least(lambda: tools.gym_lsp(self.folder, [_TIMED], _TIMED, self.gym_root)),
            GYM: _least(lambda: tools.gym(self.program, self.folder, [_TIMED], None)),
            SCHEMA: _least(lambda: ask_yaml(schema=True)),
            YAML: _least(lambda: ask_yaml(schema=False)),
        }


def _questions(data: Data) -> list[Question]:
    """Return a question for each mistake, and one for those together."""
    questions = [Question(each.path, each.text(), tuple(each.configs)) for each in data.mistake]
    return [*questions, Question(data.together.path, data.together.text(), (data.together.path,))]


def result(report: Report, lines: frozenset[int]) -> Result:
    """Return what a report is worth for a mistake that is at one of these lines."""
    return Result(report.reported, bool(report.lines & lines), bool(report.fixed & lines))


def _least(ask: Callable[[], object]) -> float:
    seconds: list[float] = []
    for _ in range(ROUNDS):
        began = perf_counter()
        ask()
        seconds.append(perf_counter() - began)
    return round(min(seconds), 3)


@contextmanager
def _made(path: Path, text: str) -> Generator[None]:
    """Replace the text of a file for a while."""
    before = path.read_text("utf-8")
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")
