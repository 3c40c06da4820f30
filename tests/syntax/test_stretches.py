"""Read in stretches after any edits, a text has the tree that it has when it is read as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gym_lsp.files import decode
from gym_lsp.syntax import Alias, Document, Mapping, Node, Sequence, SyntaxProblem, parse, resolve, stretches
from gym_lsp.syntax.reader import Reading, read_once
from gym_lsp.syntax.stretches import divide
from tests.corpus import Corpus
from tests.stretches import in_stretches
from tests.syntax.documents import INSERTIONS, broken, written

SERVER = "math:\n  resources_servers:\n    math:\n      entrypoint: app.py\n      domain: math\n"

DIVIDED = [
    "a: 1\nb: 2\n",
    "a: 1\nb: 2",
    "# first\n\na: 1\n\n# between\nb: 2\n# last\n",
    "  # indented\na:\n- 1\n- 2\nb:\n  - 3\n",
    "a: |\n  text\n\n\nb: >+\n  text\n\nc: >-\n\n  x\n",
    "a: |2\n   text\nb:\nc: # nothing\n\nd: ''\n",
    "a: text\n  b: of\n  several lines\n\nb: 2\n".replace("  b:", "  b"),
    "a: 'it''s\n\n  long'\nb: \"long\\\n  text\"\n",
    "a: {b: 1,\n  c: [2,\n  3]}\nd: 4\n",
    "? a\n: 1\nb: 2\nc: 3\n",
    "!!map\na: 1\nb: 2\n",
    "a: !!str 1\nb: !!int '2'\n",
    "é: 1\nb: é😀\nc: ${a.b}\n",
    "a: {<<: {x: 1}, y: 2}\nb: 2\n",
]

WHOLE = {
    "nothing": "",
    "only comments": "# a\n# b\n",
    "a list": "- a: 1\n- b: 2\n",
    "a mapping in braces": "{a: 1}\n",
    "an indented mapping": "  a: 1\n  b: 2\n",
    "a mapping that ends": "  a: 1\nb: 2\n",
    "an anchor": "a: &x 1\nb: 2\n",
    "an alias": "a: 1\nb: *x\n",
    "a duplicate key": "a: 1\nb: 2\na: 3\n",
    "a duplicate key below": "a: {b: 1, b: 2}\nc: 3\n",
    "a merge key": "a: 1\n<<: {b: 2}\n",
    "a key that is a number": "a: 1\n? 1\n: 2\n",
    "a key that is a truth value": "a: 1\nyes: 2\n",
    "a key that is null": "a: 1\nnull: 2\n",
    "a second document": "a: 1\n---\nb: 2\n",
    "the end of a document": "a: 1\n...\nb: 2\n",
    "the start of a document": "---\na: 1\nb: 2\n",
    "a directive": "%YAML 1.1\n---\na: 1\nb: 2\n",
    "a tag with a handle": "%TAG ! tag:x,2000:\n---\na: !y 1\nb: 2\n",
    "an unknown tag": "a: !x 1\nb: 2\n",
    "a quoted scalar that looks like keys": "a: '\nb: 2\nc: 3\n'\nd: 4\n",
    "a flow collection that looks like keys": "a: {\nb: 2,\nc: 3}\nd: 4\n",
    "an open quote": "a: 'b\nc: 1\nd: 2\n",
    "an open bracket": "a: [b\nc: 1\nd: 2\n",
    "a key without a colon": "a: 1\nb\nc: 2\n",
    "two colons": "a: b: c\nd: 2\n",
    "a colon in a flow scalar": "a: [http://h:80/]\nb: 2\n",
    "a tab": "a:\t1\nb: 2\n",
    "CRLF": "a: 1\r\nb: 2\r\n",
    "a byte order mark": "\ufeffa: 1\nb: 2\n",
    "a NUL": "a: 1\nb: \0\n",
    "half of a character": "a: 1\nb: \ud800\n",
}


@pytest.fixture(autouse=True, scope="module")
def every_text_in_stretches() -> Iterator[None]:
    with in_stretches():
        yield


def shape(node: Node | None) -> object:
    """Return everything about a tree, to compare it with another one."""
    match node:
        case None:
            return None
        case Alias():
            return (node.span, node.name, resolve(node).span)
        case Mapping():
            return (node.span, node.flow, [(shape(entry.key), shape(entry.value)) for entry in node.entries])
        case Sequence():
            return (node.span, node.flow, [shape(item) for item in node.items])
        case _:
            return (node.span, type(node.value), repr(node.value), node.text, node.style)


def parts(found: Document) -> tuple[object, tuple[SyntaxProblem, ...], object, object, object]:
    anchors = [(anchor.span, anchor.name, shape(anchor.node)) for anchor in found.anchors]
    return shape(found.root), found.problems, anchors, found.given_up, found.comments


def after(*texts: str) -> Document:
    """Return the document of the last text, after the others have been read."""
    found = parse("")
    for text in texts:
        found = parse(text, found)
    return found


def assert_as_a_whole(*texts: str) -> None:
    assert parts(after(*texts)) == parts(parse(texts[-1]))


@pytest.mark.parametrize("text", DIVIDED)
def test_a_text_is_divided_at_its_keys(text: str) -> None:
    found = after(text)
    assert len(found.stretches) > 1
    assert "".join(stretch.text for stretch in found.stretches) == text
    assert_as_a_whole(text)


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE.keys())
def test_what_leads_from_one_entry_to_another_is_read_as_a_whole(text: str) -> None:
    assert not after(text).stretches
    assert_as_a_whole(text)
    assert_as_a_whole("a: 1\nb: 2\n", text)
    assert_as_a_whole("a: 1\nb: 2\n", text, "a: 1\nb: 2\n")


EDGES = [
    ("a: 1\nb: 2\n", "a: 1\n  b: 2\n"),
    ("a: 1\nb: 2\n", "a: 1 b: 2\n"),
    ("a: 1\nb: 2\n", "a: 1b: 2\n"),
    ("a: 1\nb: 2", "a: 1\nb: 23"),
    ("a: 1\nb: 2", "a: 1\nb: 2\n"),
    ("a: 1\nb: 2\n", "a: 1\n- x\nb: 2\n"),
    ("a:\nb: 2\n", "a:\n- x\nb: 2\n"),
    ("a: |\n  x\nb: 2\n", "a: |\n  x\n\n\n\nb: 2\n"),
    ("a: 1\nb: 2\nc: 3\n", "a: 'x\nb: 2\nc: 3\n"),
    ("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nb: 2\nc: 3\n"),
    ("a: 1\nb: 2\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\n"),
    ("a: 1\na: 1\n", "a: 1\n"),
    ("a: 1\nb: 2\nc: 3\n", "b: 2\nc: 3\n"),
    ("a: 1\nb: 2\nc: 3\n", "c: 3\n"),
    ("a: 1\nb: 2\nc: 3\n", ""),
    ("a: 1\nb: 2\nc: 3\n", "c: 3\nb: 2\na: 1\n"),
    ("# x\na: 1\nb: 2\n", "# x\n\nb: 2\n"),
    ("a: 1\nb: 2\n", "# x\na: 1\nb: 2\n"),
    ("a: 1\nb: 2\n", "\n\na: 1\nb: 2\n"),
]


@pytest.mark.parametrize(("before", "text"), EDGES)
def test_an_edit_at_the_edge_of_a_stretch(before: str, text: str) -> None:
    assert_as_a_whole(before, text)


edits = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from((0, 0, 0, 1, 1, 3, 20)), st.sampled_from(("", *INSERTIONS))), max_size=4
)
entries = st.tuples(st.sampled_from("abcdefg"), written | broken).map(lambda pair: f"{pair[0]}: {pair[1]}\n")
documents = written | broken | st.lists(st.sampled_from((*DIVIDED, *WHOLE.values())) | entries, max_size=4).map("".join)


@given(documents, edits)
@example("a: [\nb: 1\n", [(0.5, 0, "]")])
def test_any_text_after_any_edits_is_read_as_a_whole_text(text: str, edits: list[tuple[float, int, str]]) -> None:
    texts = [text]
    for place, removed, inserted in edits:
        start = round(place * len(text))
        text = text[:start] + inserted + text[start + removed :]
        texts.append(text)
    found = parse("")
    for each in texts:
        found = parse(each, found)
        assert parts(found) == parts(parse(each))


@pytest.mark.corpus
def test_every_file_of_the_corpus_is_read_as_a_whole(corpus: Corpus) -> None:
    paths = [path for root in corpus.releases.values() for path in root.rglob("*.y*ml")]
    texts = {decode(path, path.read_bytes()) for path in paths}
    divided = 0
    for number, text in enumerate(texts):
        lines = text.split("\n")
        at = number % len(lines)
        assert_as_a_whole("\n".join((*lines[:at], "  typed", *lines[at:])), text)
        divided += bool(after(text).stretches)
    assert divided > 0.7 * len(texts)


def test_an_edit_reads_its_own_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the length of the text."""
    read: list[str] = []

    def counted(text: str) -> Reading:
        read.append(text)
        return read_once(text)

    monkeypatch.setattr(stretches, "read_once", counted)
    counts: list[int] = []
    for size in (50, 500):
        blocks = [SERVER.replace("math", f"math_{number}") for number in range(size)]
        text = "".join(blocks)
        for place in (0, len(text) // 2, len(text)):
            edit = text.find("app.py", place) if place < len(text) else text.rfind("app.py")
            before = after(text)
            read.clear()
            found = parse(f"{text[:edit]}my_{text[edit:]}", before)
            counts.append(sum(map(len, read)))
            assert len(found.stretches) == size
    assert max(counts) < 2 * len(SERVER)


def test_a_text_that_cannot_be_read_does_not_cost_what_is_known() -> None:
    text = "".join(SERVER.replace("math", f"math_{number}") for number in range(10))
    before = after(text)
    broken_ = parse(text.replace("domain", "'domain", 1), before)
    assert not broken_.stretches
    assert all(one is other for one, other in zip(parse(text, broken_).stretches, before.stretches, strict=True))


def test_a_comment_above_the_first_key_belongs_to_it() -> None:
    before = after("a: 1\nb: 2\nc: 3\n")
    found = parse("# typed\na: 1\nb: 2\nc: 3\n", before)
    assert [stretch.name for stretch in found.stretches] == ["a", "b", "c"]
    assert [one is other for one, other in zip(found.stretches, before.stretches, strict=True)] == [False, True, True]


def test_short_stretches_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "SHORTEST", 200)
    text = "".join(f"key_{number}: value\n" for number in range(1_000))
    found = divide(text, ())
    assert found is not None
    assert all(200 <= len(stretch.text) < 220 for stretch in found[:-1])
