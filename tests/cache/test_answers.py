"""Rows as bytes and back. What makes no sense is as if it were not there."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from msgspec import Raw

from gym_lsp import check
from gym_lsp.cache.answers import Answers, Row, decoded
from gym_lsp.cache.encoding import encoded
from gym_lsp.diagnostic import Diagnostic, FileEdit, Fix, RelatedLocation, Severity, Tag
from gym_lsp.text import Edit, Span

PATH = PurePath("/w/a.yaml")
FOUND = Diagnostic(
    PATH,
    Span(1, 5),
    "unknown-domain",
    Severity.ERROR,
    "message",
    "ConfigError",
    ("a.yaml",),
    (RelatedLocation(PATH, Span(0, 1), "here"),),
    (Fix("Use it", (FileEdit(PATH, Edit(Span(1, 2), "text")),)),),
    frozenset({Tag.DEPRECATED}),
    ("math", 0, "domain"),
)
CHECK = f"{check.__name__}._check_one"
NAMES = "gym_lsp.workspace.names._files_of_name"
LIKE = "gym_lsp.workspace.names._spelled_like"
ROWS = (
    Row(
        "gym_lsp.check._check_one", (PATH,), (FOUND,), ("/w/a.yaml", "*.py"), ((NAMES, ("math",)), (LIKE, ("m", None)))
    ),
    Row("gym_lsp.workspace.workspace.Workspace.shown", (PATH,), "a: *", ("/w/a.yaml",), ()),
    Row(NAMES, ("math",), (PATH,), (), ()),
    Row(LIKE, ("m", None), ("n",), (), ()),
    Row("gym_lsp.workspace.names._of_length", (), {1: ("m",)}, (), ()),
)


def raw(answers: Answers) -> Raw:
    return Raw(encoded(answers))


def test_rows_come_back() -> None:
    assert sorted(map(repr, decoded(raw(Answers.of(ROWS))))) == sorted(map(repr, ROWS))


def test_the_last_of_equal_questions_counts() -> None:
    shown = "gym_lsp.workspace.workspace.Workspace.shown"
    rows = (Row(shown, (PATH,), "old", (), ()), Row(shown, (PATH,), "new", (), ()))
    assert [row.value for row in decoded(raw(Answers.of(rows)))] == ["new"]


SENSELESS = {
    "a path that is a number": {"gym_lsp.workspace.workspace.Workspace.shown": [[[1], "x", [], []]]},
    "another type": {"gym_lsp.workspace.workspace.Workspace.shown": [[["/w/a.yaml"], 1, [], []]]},
    "an unknown question": {"os.system": [[["/w/a.yaml"], "x", [], []]]},
    "a source that does not exist": {"gym_lsp.workspace.workspace.Workspace.shown": [[["/w/a.yaml"], "x", [7], []]]},
    "a firewall that does not exist": {"gym_lsp.workspace.workspace.Workspace.shown": [[["/w/a.yaml"], "x", [], [7]]]},
}


@pytest.mark.parametrize("what", SENSELESS)
def test_what_makes_no_sense_is_not_there(what: str) -> None:
    tables = {name: Raw(encoded(table)) for name, table in SENSELESS[what].items()}
    assert decoded(raw(Answers((), (), tables))) == ()


def test_what_is_no_answer_is_not_there() -> None:
    assert decoded(Raw(encoded("text"))) == ()
    assert decoded(None) == ()
