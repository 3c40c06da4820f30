"""For each text here, gym-lsp reads the same value as OmegaConf's loader, or rejects it like the loader."""

from __future__ import annotations

import gc
import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gym_lsp.files import decode
from gym_lsp.syntax import Scalar, SyntaxProblemKind, parse
from gym_lsp.syntax.scalars import NotANumber, meaning
from gym_lsp.syntax.tree import walk
from tests.corpus import Corpus
from tests.syntax.documents import WORDS, broken, written
from tests.syntax.oracle import Refused, assert_same, exactly, load, ours

# Where YAML 1.1, YAML 1.2, PyYAML and libyaml do not agree with one another.
SCALARS = (Path(__file__).parent / "scalars.txt").read_text("utf-8").split()

# Structure at the edges: what PyYAML's scanner, composer and constructor decide, and libyaml does not or differently.
EDGES: dict[str, list[str]] = json.loads((Path(__file__).parent / "edges.json").read_text("utf-8"))

# Texts that OmegaConf loads and gym-lsp rejects, because libyaml does or because they do not occur.
STRICTER = [
    *("{a:}", "[a:, b]", "[a:{b: 1}]", "%FOO x\n---\na: 1", '"\\ud83d\\ude00"'),
    *("!!omap [a: 1]", "!!str <<: 1", "<<: {a: 1, a: 2}", "a: |\n  \tb", "{a: b':c}"),
]
_STRICTER = re.compile(r":[,\[\]{}]|^%|!!|\\[uU]|<<|\t|['\"]:", re.MULTILINE)


def assert_same_as_far_as_known(text: str) -> None:
    """Both agree, unless the text has one of the peculiarities above and gym-lsp rejects it."""
    if not (_STRICTER.search(text) and isinstance(ours(text), Refused) and not isinstance(load(text), Refused)):
        assert_same(text)


@pytest.mark.parametrize("text", SCALARS)
def test_a_plain_scalar_means_what_it_means_to_omegaconf(text: str) -> None:
    assert_same(text)
    assert_same(f"[{text}]")
    assert_same(f"a: {text}\nb: 1")
    assert_same(f"{text}: 1")


numbers = st.from_regex(r"[-+.]{0,2}[0-9][-+._eE:xob0-9a-f]{0,8}", fullmatch=True)
clocks = st.from_regex(r"[-+]?[0-9]{1,3}(:[0-9]{1,2}){1,3}(\.[0-9_]*)?", fullmatch=True)


@given(numbers | clocks)
def test_a_number_is_the_same_number(text: str) -> None:
    assume(not text.endswith(":"))
    try:
        found: object = [meaning(text)]
    except NotANumber as error:
        found = Refused(str(error))
    assert exactly(found) == exactly(load(f"- {text}"))


@pytest.mark.parametrize("text", [text for texts in EDGES.values() for text in texts])
def test_the_edges_of_yaml_are_where_omegaconf_has_them(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize("text", STRICTER)
def test_what_is_refused_for_no_reason_of_omegaconf(text: str) -> None:
    assert not isinstance(load(text), Refused), "OmegaConf refuses it too: it belongs to the texts above"
    assert isinstance(ours(text), Refused), "no longer refused: it belongs to the texts above"
    assert _STRICTER.search(text)


@given(written)
def test_documents_of_every_style_are_read_as_omegaconf_reads_them(text: str) -> None:
    assert_same_as_far_as_known(text)


@given(broken)
@example("a: !x &y |\n b\n")
def test_broken_documents_are_refused_where_omegaconf_refuses_them(text: str) -> None:
    assert_same_as_far_as_known(text)


@pytest.mark.slow
def test_every_file_of_the_corpus_is_read_as_omegaconf_reads_it(corpus: Corpus) -> None:
    paths = [path for root in corpus.releases.values() for path in root.rglob("*.y*ml")]
    texts = {decode(path, path.read_bytes()) for path in paths}
    assert len(texts) > 1_300
    loaded = [assert_same(text) for text in texts]
    assert sum(isinstance(value, Refused) for value in loaded) < 5


@given(st.text() | broken)
@example("\ud800")
@example("a: &x [*x, *y]\n? [b]\n: !z c\n\x00")
def test_parsing_never_fails(text: str) -> None:
    document = parse(text)
    assert all(0 <= problem.span.start <= problem.span.end <= len(text) for problem in document.problems)
    assert document.text == text
    if document.is_broken:
        assert any(problem.kind is SyntaxProblemKind.SYNTAX for problem in document.problems)


def test_the_words_of_the_generated_documents_are_not_all_strings() -> None:
    """Else the tests above would say little about scalars."""
    kinds = {type(ours(word)).__name__ for word in WORDS}
    assert kinds >= {"str", "int", "float", "bool", "NoneType", "Refused"}


def test_equal_texts_and_offsets_are_one_object_and_nodes_are_not_for_the_collector() -> None:
    """A large workspace has millions of nodes, and a few thousand different texts and offsets."""
    text = f"#{' ' * 300}\nsome_key: [some value, 'some value']\n"
    first, second = (walk(parse(text).root) for _ in "ab")
    scalars = [node for node in (*first, *second) if isinstance(node, Scalar)]
    assert len({id(scalar.text) for scalar in scalars}) == 2
    assert len({id(offset) for scalar in scalars for offset in (scalar.start, scalar.end)}) == 6
    assert all(scalar.value is scalar.text for scalar in scalars)
    assert not any(map(gc.is_tracked, scalars))
