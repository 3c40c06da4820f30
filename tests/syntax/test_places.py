"""The span of every node is right: its text, read alone, gives the same node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gym_lsp.files import decode
from gym_lsp.syntax import Alias, Atom, Document, Entry, Mapping, Node, Scalar, Sequence, parse, plain, walk
from gym_lsp.text import Span
from tests.corpus import Corpus
from tests.syntax.documents import SAMPLES, edited, written
from tests.syntax.oracle import Refused, exactly, load, value_of

PLACES = [
    "a: &x !!str b # c\n",
    "a: &x # c\n  b: 1\n",
    "a: &x # c\n  - 1\n",
    "a: !!map\n\n  # c\n\n  b: 1\n",
    "a: &x\nb: !!str\nc:\n",
    "&a : b\n",
    "- &x [*x]\n- [a: 1 , b: {}]\n-\n- # c\n",
    "a: |  # c\n  b\n\n\nc: >+\n  d\n\n",
    "a:\n  b\n   c\n\n  d # e\n",
    "a: 'b\n  c'\n",
    "? a\n: - b\n  - c\n? d\n",
    "[http://h:80, {a:b, c: d:e}]",
    "  a: 1\n\n  b: 2\n\n# end\n",
]


def nodes_that_are_written(root: Node | None) -> Iterator[Node]:
    return (node for node in walk(root) if node.span.start < node.span.end)


def children(node: Node) -> list[Span]:
    match node:
        case Mapping():
            return [span for entry in node.entries for span in (entry.key.span, entry.value.span)]
        case Sequence():
            return [item.span for item in node.items]
        case _:
            return []


def assert_nested(document: Document) -> None:
    """Spans lie inside those of their parents, in order, and share nothing with their neighbours."""
    for node in walk(document.root):
        last = node.span.start
        assert node.span.end <= len(document.text)
        for span in children(node):
            assert last <= span.start <= span.end <= node.span.end
            last = span.end
        if isinstance(node, Mapping):
            assert all(node.span.covers(entry.span) for entry in node.entries)


def assert_spelled(document: Document) -> int:
    """Each span read by itself gives the value that the node has; returns how many could be read so."""
    text, checked = document.text, 0
    for node in nodes_that_are_written(document.root):
        if _is_lone_pair(text, node):
            continue
        spelled = node.span.of(text)
        assert spelled == spelled.strip(" \t\r\n")
        # A lone dash in brackets is text, a lone `<<` a key; by themselves they mean something else.
        if isinstance(node, Alias):
            assert spelled == f"*{node.name}"
        elif _may_be_tagged(text, node):
            continue
        elif spelled not in ("-", "<<", "=") and not any(isinstance(below, Alias) for below in walk(node)):
            checked += 1
            assert_spells(spelled, _column(text, node.span.start), node)
    for anchor in document.anchors:
        assert anchor.span.of(text) == f"&{anchor.name}"
    return checked


def _follows_properties(node: Mapping | Sequence, spelled: str, column: int) -> bool:
    """Return whether the first entry follows an anchor or a tag on its line, so that the others are further left."""
    lines = [line for line in spelled.splitlines()[1:] if line.strip()]
    return any(len(line) - len(line.lstrip(" ")) < column for line in lines)


def _is_lone_pair(text: str, node: Node) -> bool:
    """Return whether a mapping is a pair in a list without braces, which has another meaning if it is read alone.

    It ends where libyaml marks it, which can be after a space.
    """
    if not isinstance(node, Mapping) or not node.flow:
        return False
    return not text.startswith("{", node.start) or any(entry.key.start == node.start for entry in node.entries)


def _may_be_tagged(text: str, node: Node) -> bool:
    """Return whether a tag outside of its span may change the meaning of a plain scalar."""
    is_plain = isinstance(node, Scalar) and node.style is None
    return is_plain and any("!" in word for word in text[: node.span.start].split()[-2:])


def assert_spells(spelled: str, column: int, node: Node) -> None:
    expected: object = value_of(node)
    if isinstance(node, Scalar) and node.style in ("|", ">"):
        if spelled[1:2].isdigit():  # an indentation that counts from the parent's
            return
        spelled, expected = f"a: {spelled}", {"a": expected}
    elif isinstance(node, Mapping | Sequence) and not node.flow:
        if _follows_properties(node, spelled, column):
            return
        spelled = " " * column + spelled
    assert exactly(_without_ends(load(spelled))) == exactly(_without_ends(expected)), spelled


def _without_ends(value: Any) -> object:
    """The value without line breaks at the end of its texts, which the span of a block scalar leaves out."""
    if isinstance(value, dict):
        pairs: Any = value.items()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return {key: _without_ends(each) for key, each in pairs}
    if isinstance(value, list):
        return [_without_ends(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value.rstrip(" \n") if isinstance(value, str) and not isinstance(value, Refused) else value


def _column(text: str, offset: int) -> int:
    return offset - max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) - 1


@given(written | st.sampled_from(PLACES))
@example(PLACES[0])
def test_spans_spell_their_nodes(text: str) -> None:
    document = parse(text)
    assume(not document.problems)
    assert_nested(document)
    assert_spelled(document)


@given(edited(written | st.sampled_from(SAMPLES)))
def test_spans_of_broken_documents_are_nested_all_the_same(text: str) -> None:
    assert_nested(parse(text))


def test_spans_spell_the_nodes_of_the_sample_workspace() -> None:
    documents = [parse(text) for text in SAMPLES]
    for document in documents:
        assert_nested(document)
    assert sum(map(assert_spelled, documents)) > 500


@pytest.mark.slow
def test_spans_of_the_corpus_are_nested_and_spell_its_plain_scalars(corpus: Corpus) -> None:
    paths = [path for root in corpus.releases.values() for path in root.rglob("*.y*ml")]
    checked = 0
    for text in {decode(path, path.read_bytes()) for path in paths}:
        document = parse(text)
        assert_nested(document)
        for node in nodes_that_are_written(document.root):
            if isinstance(node, Scalar) and node.style is None:
                checked += 1
                assert " ".join(node.span.of(text).split()) == " ".join(node.text.split())
    assert checked > 50_000


def test_an_entry_reaches_from_its_key_to_its_value() -> None:
    text = "a:\n  b: 1\nc:\n"
    root = parse(text).root
    assert isinstance(root, Mapping)
    assert [entry.span.of(text) for entry in root.entries] == ["a:\n  b: 1", "c:"]
    assert isinstance(root.entry("a"), Entry)


def test_a_name_is_found_in_a_long_mapping_as_in_a_short_one() -> None:
    texts = ["1: number", "'1': text", "true: yes", "1.0: float", "null: none", "a: first", "a: last", "[b]: list"]
    short = parse("\n".join(texts)).root
    long = parse("\n".join([*texts, *(f"more{number}: 1" for number in range(100))])).root
    assert isinstance(short, Mapping)
    assert isinstance(long, Mapping)
    names: list[Atom] = ["1", 1, True, False, 1.0, None, "a", "b", "more"]
    texts_of = [[plain(root.get(name)) for name in names] for root in (short, long)]
    assert texts_of[0] == texts_of[1]
    assert long.entry("more99") is long.entries[-1]


def test_a_long_mapping_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[Entry] = []

    def name(entry: Entry) -> Atom:
        looked_at.append(entry)
        return entry.key.value if isinstance(entry.key, Scalar) else None

    root = parse("".join(f"k{number}: 1\n" for number in range(1_000))).root
    assert isinstance(root, Mapping)
    monkeypatch.setattr(Entry, "name", property(name))
    assert all(root.get(f"k{number}") for number in range(1_000))
    assert len(looked_at) == 1_000


def test_the_last_of_two_equal_keys_counts_and_a_number_is_not_its_text() -> None:
    root = parse("1: number\n'1': text\na: first\na: last\n").root
    assert isinstance(root, Mapping)
    found = [root.get("1"), root.get(1), root.get("a"), root.get(True), root.get("b")]
    assert [node.value if isinstance(node, Scalar) else None for node in found] == [
        "text",
        "number",
        "last",
        None,
        None,
    ]


@pytest.mark.parametrize("text", ["\ufeffkey: value\n", "\ufeff# a\nkey: value\n", "\ufeff\nkey: value\n"])
def test_a_mark_at_the_start_moves_no_place(text: str) -> None:
    root = parse(text).root
    assert isinstance(root, Mapping)
    ((key, value),) = ((entry.key, entry.value) for entry in root.entries)
    assert (key.span.of(text), value.span.of(text)) == ("key", "value")
