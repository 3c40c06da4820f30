"""Parsing of any text: YAML, interpolations, masking."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from gym_lsp.compose.secrets import Secrets, masked_source, masked_text
from gym_lsp.syntax import Document, Mapping, Node, Scalar, Sequence, parse
from gym_lsp.syntax.interpolation import parse_template, walk
from gym_lsp.text import Span
from tests.fuzz.harness import Harness
from tests.fuzz.texts import SECRET, TOKEN, any_text, interpolation

_KNOWN = Secrets(frozenset({SECRET}))


class Case(NamedTuple):
    """A text, an interpolation, and the offset at which secrets are written into the text."""

    text: str
    template: str
    at: int


def _make(random: Random) -> Case:
    text = any_text(random)
    return Case(text, interpolation(random), random.randint(0, len(text)))


def _attempt(case: Case) -> None:
    document = parse(case.text)
    assert document.text is case.text
    whole = Span(0, len(case.text))
    spans = [*document.given_up, *document.comments, *(problem.span for problem in document.problems)]
    assert all(whole.covers(span) for span in spans)
    if document.root is not None:
        _assert_nested(document.root, whole)
    _assert_template(case.template)
    _assert_masked(parse(f"{case.text[: case.at]} {TOKEN} {SECRET} {case.text[case.at :]}"))


def _assert_nested(root: Node, whole: Span) -> None:
    pending = [(root, whole)]
    while pending:
        node, around = pending.pop()
        assert around.covers(node.span), (node.span, around)
        if isinstance(node, Mapping):
            pending.extend((part, node.span) for entry in node.entries for part in (entry.key, entry.value))
        elif isinstance(node, Sequence):
            pending.extend((item, node.span) for item in node.items)
        elif isinstance(node, Scalar) and "${" in node.text:
            _assert_template(node.text)


def _assert_template(text: str) -> None:
    template = parse_template(text)
    whole = Span(0, len(text))
    assert all(whole.covers(problem.span) for problem in template.errors)
    assert all(whole.covers(node.span) for node in walk(template))


def _assert_masked(document: Document) -> None:
    shown = masked_source(document, _KNOWN)
    assert len(shown) == len(document.text)
    for text in (shown, masked_text(document.text, _KNOWN)):
        assert TOKEN not in text
        assert SECRET not in text


HARNESS = Harness[Case]("syntax", _make, _attempt, size=lambda case: len(case.text) + len(case.template), bound=2_000)
