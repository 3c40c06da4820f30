"""Every accepted candidate gives text that parses to the same tree plus the insertion, and that no rule rejects.

The tests shorten words of real configs, or add lines to them, as happens while a user types.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePath
from typing import NamedTuple, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym_lsp.check import Checker
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Disk
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.ide.completion import Candidate, CandidateKind, complete
from gym_lsp.ide.paths import searched
from gym_lsp.syntax import Document, Entry, KeyPath, Mapping, Node, Scalar, Sequence, parse, plain
from gym_lsp.text import Span, apply_edits
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.ide.cursor import written
from tests.memory import Memory

ROOT = Path(__file__).parents[2]
SOME = 8
"""The number of candidates of a long list that are accepted."""


class Typing(NamedTuple):
    """An incomplete file with the cursor in a value at a key path, or in a key of the mapping there."""

    path: PurePath
    text: str
    offset: int
    at: KeyPath
    is_value: bool


@cache
def sample() -> Workspace:
    return Workspace(Disk(), PurePath(ROOT))


def configs(workspace: Workspace) -> list[PurePath]:
    """Return the valid configs without anchors, with which one insertion would appear in several places."""
    kinds = (FileKind.CONFIG, FileKind.MANIFEST)
    paths = [path for path in (*workspace.members, *workspace.library) if workspace.kind(path) in kinds]
    documents = {path: workspace.load(path).document for path in paths}
    return [path for path, document in documents.items() if not document.problems and not document.anchors]


def entries(node: Node | None, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Entry, Mapping]]:
    """Yield every entry with its key path and the mapping that contains it."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield (*path, str(entry.name)), entry, node
            yield from entries(entry.value, (*path, str(entry.name)))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from entries(item, (*path, index))


@st.composite
def typing(draw: st.DrawFn, workspace: Workspace, paths: list[PurePath]) -> Typing:
    """Return a shortened value, or a new line below another one."""
    path = draw(st.sampled_from(paths))
    document = workspace.load(path).document
    text = document.text
    at, entry, parent = draw(st.sampled_from(list(entries(document.root))))
    value = entry.value
    on_one_line = isinstance(value, Scalar) and "\n" not in value.span.of(text) and not value.span.is_empty
    if draw(st.booleans()) and on_one_line:
        closing = 1 if isinstance(value, Scalar) and value.style in ("'", '"') else 0
        end = value.start + draw(st.integers(0, value.end - value.start - closing))
        return Typing(path, text[:end] + text[value.end :], end, at, is_value=True)
    start = parent.entries[0].key.start
    column = start - text.rfind("\n", 0, start) - 1
    end = text.find("\n", entry.span.end)
    end = len(text) if end == -1 else end
    if parent.flow or (isinstance(value, Scalar) and value.style in ("|", ">")):
        return Typing(path, text, entry.key.start, at[:-1], is_value=False)
    offset = end + 1 + column
    return Typing(path, f"{text[:end]}\n{' ' * column}{text[end:]}", offset, at[:-1], is_value=False)


def without(document: Document, *paths: KeyPath) -> object:
    """Return the plain values of a document, without some places and `config_paths`."""
    values = plain(document.root)
    for path in (*paths, ("config_paths",)):
        above: object = values
        for step in path[:-1]:
            above = _below(above, step)
        if isinstance(above, dict):
            known = cast("dict[object, object]", above)
            known.pop(next((key for key in known if str(key) == path[-1]), None), None)
    return values


def _below(value: object, step: str | int) -> object:
    if isinstance(value, dict):
        known = cast("dict[object, object]", value)
        return next((below for key, below in known.items() if str(key) == step), None)
    items = cast("list[object]", value) if isinstance(value, list) else []
    return items[step] if isinstance(step, int) and step < len(items) else None


def accept(typed: Typing, candidate: Candidate) -> str:
    edits = [candidate.edit, *(each.edit for each in candidate.additional_edits)]
    return apply_edits(typed.text, edits)


def assert_fits(typed: Typing, candidate: Candidate, original: Document) -> None:
    after = parse(accept(typed, candidate))
    assert not after.problems, candidate
    if typed.is_value:
        # A name can add its type.
        places = (typed.at, (*typed.at[:-1], "type"))
        assert without(after, *places) == without(original, *places), candidate
    elif candidate.kind in (CandidateKind.KEY, CandidateKind.IMPLEMENTATION) and typed.text != original.text:
        place = (*typed.at, candidate.label)
        assert without(after, place) == without(original, place), candidate


def assert_includes_exist(workspace: Workspace, candidate: Candidate, after: Document, original: Document) -> None:
    """Every entry that a candidate adds to `config_paths` is a file."""
    added = set(_includes(after)) - set(_includes(original))
    assert all(searched(workspace, entry) is not None for entry in added), candidate


def _includes(document: Document) -> Iterator[str]:
    root = document.root
    listed = root.get("config_paths") if isinstance(root, Mapping) else None
    for item in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(item, Scalar):
            yield item.text


def assert_not_rejected(workspace: Workspace, typed: Typing, candidate: Candidate) -> None:
    """No rule reports a warning or an error in the inserted text.

    Completion in a manifest offers every allowed value, even if it differs from the config.
    """
    after = accept(typed, candidate)
    start = after.index(candidate.edit.text, candidate.edit.span.start)
    put = Span(start, start + len(candidate.edit.text))
    found = Checker(workspace.with_texts({typed.path: after})).check_one(typed.path)
    rejected = [
        (each.rule, each.message, candidate.label)
        for each in found
        if each.severity <= Severity.WARNING and not each.span.is_empty and put.covers(each.span)
        if each.rule != "stale-manifest"
    ]
    assert rejected == []


def check(workspace: Workspace, typed: Typing) -> None:
    original = workspace.load(typed.path).document
    found = complete(workspace.with_texts({typed.path: typed.text}), typed.path, typed.offset)
    for candidate in found[:: max(1, len(found) // SOME)]:
        assert_fits(typed, candidate, original)
        if candidate.additional_edits:
            assert_includes_exist(workspace, candidate, parse(accept(typed, candidate)), original)
        is_whole = typed.is_value and not candidate.continues
        # Blocks that other servers need are offered too, with a warning in the documentation.
        if is_whole and "would fail. Use `_copy`" not in written(candidate.documentation):
            assert_not_rejected(workspace, typed, candidate)


@given(st.data())
@settings(max_examples=80)
def test_the_sample_workspace_as_it_is_typed(data: st.DataObject) -> None:
    check(sample(), data.draw(typing(sample(), configs(sample()))))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_real_configs_as_they_are_typed(corpus: Corpus, data: st.DataObject) -> None:
    workspace, paths = _release(PurePath(corpus.release("0.7.0")))
    check(workspace, data.draw(typing(workspace, paths)))


@cache
def _release(root: PurePath) -> tuple[Workspace, list[PurePath]]:
    workspace = Workspace(Disk(), PurePath(ROOT), install=InstallRoot(root, "--gym-root", "0.7.0"))
    return workspace, configs(workspace)


_PIECES = (
    "a", "math", "resources_servers", "datasets", "type", "name", "config_paths", "${", "}", "${oc.env:", ":", ": ",
    "- ", "\n", "\n  ", "\n    ", "\r\n", "{", "[", "]", ",", "'", '"', "#", " ", "|", "*", "&x ", ".", "/", "\t",
    "\u2028", "\U0001f600",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join), st.floats(0, 1))
@settings(max_examples=300)
def test_anything_may_be_typed(text: str, place: float) -> None:
    path = PurePath("/workspace/environments/example/config.yaml")
    workspace = Workspace(Memory({path: text}), PurePath("/workspace"))
    offset = round(place * len(text))
    for candidate in complete(workspace, path, offset):
        span = candidate.edit.span
        assert 0 <= span.start <= offset <= span.end <= len(text)
        assert "\n" not in span.of(text)
        apply_edits(text, [candidate.edit, *(each.edit for each in candidate.additional_edits)])
