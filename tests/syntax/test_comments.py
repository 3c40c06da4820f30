"""Comments and stray tabs, compared with what PyYAML's scanner skips and rejects between its tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gym_lsp.files import decode
from gym_lsp.syntax import SyntaxProblemKind, parse
from tests.corpus import Corpus
from tests.syntax.documents import SAMPLES, written

COMMENTS = [
    "# a\n#b\n\n  # c",
    "a: 1 # b\n#c\nb: 2#d # e\n",
    "a: |  # header\n  # text\n\n# behind\n",
    "a: >-\n  # text\n # behind\n",
    "a: 'x # y' # z\nb: \"x # y\n  # y\" # z\n",
    "a: x\n  y # z\n",
    "a: http://x/#y # z\n",
    "a: &x # b\n  c: !!str # d\n  e: *x # f\n",
    "[a, # b\n  c] # d\n",
    "--- # a\nb: 1\n... # c\n",
    "a: ${x} # ${y}\r\nb: 1 # c\r\n# d\re: 1",
    "- # a\n  b\n- [c]#d\n- 'e'#f\n",
]


def comments_of(text: str) -> list[tuple[int, int]]:
    """Return the comments that PyYAML's scanner skips. Raises yaml.YAMLError."""
    scanner: Any = yaml.SafeLoader(text)
    found: list[tuple[int, int]] = []

    def watched(scan: Callable[..., None]) -> Callable[..., None]:
        def scanning(*arguments: object) -> None:
            start: int = scanner.index
            scan(*arguments)
            comments = re.finditer(r"#[^\r\n]*", text[start : scanner.index])
            found.extend((start + comment.start(), start + comment.end()) for comment in comments)

        return scanning

    scanner.scan_to_next_token = watched(scanner.scan_to_next_token)
    scanner.scan_block_scalar_ignored_line = watched(scanner.scan_block_scalar_ignored_line)
    while scanner.check_token():
        scanner.get_token()
    return found


def assert_same_comments(text: str) -> int:
    found = [(span.start, span.end) for span in parse(text).comments]
    assert found == comments_of(text), text
    return len(found)


@pytest.mark.parametrize("text", COMMENTS)
def test_comments_are_found(text: str) -> None:
    assert assert_same_comments(text) > 0


@given(written)
@example("? '#' # a\n: # b\n  c\n")
def test_comments_of_generated_documents_are_found(text: str) -> None:
    assume(not parse(text).problems)
    assert_same_comments(text)


def test_comments_of_the_sample_workspace_are_found() -> None:
    assert sum(map(assert_same_comments, SAMPLES)) > 20


@pytest.mark.slow
def test_comments_of_the_corpus_are_found(corpus: Corpus) -> None:
    paths = [path for root in corpus.releases.values() for path in root.rglob("*.y*ml")]
    texts = {text for path in paths if "#" in (text := decode(path, path.read_bytes()))}
    assert sum(assert_same_comments(text) for text in texts if not parse(text).is_broken) > 5_000


@given(written, st.integers(0, 400), st.sampled_from(("\t", "\t\t", " \t", "\t ")))
def test_a_tab_is_stray_where_pyyaml_rejects_it(text: str, place: int, tab: str) -> None:
    """If the text is valid without the tab, the two agree about the tab."""
    assume(not parse(text).problems)
    offset = place % (len(text) + 1)
    tabbed = text[:offset] + tab + text[offset:]
    document = parse(tabbed)
    assume(not document.is_broken)
    try:
        comments_of(tabbed)
    except yaml.YAMLError as error:
        assert SyntaxProblemKind.TAB in {problem.kind for problem in document.problems}, error
    else:
        assert SyntaxProblemKind.TAB not in {problem.kind for problem in document.problems}


def test_each_stray_tab_is_reported_at_its_place() -> None:
    text = "a:\t1\nb: '\t'  # \t\nc: |\n  d\te\n  \t\ne: 1\t \t# f\n"
    problems = parse(text).problems
    assert [(problem.kind, problem.span.of(text)) for problem in problems] == [
        (SyntaxProblemKind.TAB, "\t"),
        (SyntaxProblemKind.TAB, "\t \t"),
    ]
    assert [problem.span.start for problem in problems] == [text.index("\t1"), text.index("\t \t")]
