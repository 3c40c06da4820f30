"""Build the tree of a YAML text from libyaml's events.

Events are read instead of composed nodes, so that each node is created once. What PyYAML's composer and constructor
would do is done here: aliases, tags, merge keys, duplicate keys, expansion.
"""

# The binding to libyaml is compiled and has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from sys import intern
from typing import Any

from msgspec import Struct, field
from ruamel.yaml.cyaml import CParser
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from gym_lsp.syntax.marks import (
    anchor_span,
    block_end,
    content_start,
    first_foreign,
    line_end,
    mask_colons,
    tag_span,
    token_at,
)
from gym_lsp.syntax.scalars import NotANumber, as_float, as_int, meaning
from gym_lsp.syntax.tree import Alias, Anchor, Atom, Entry, Mapping, Node, Scalar, Sequence, Value, resolve
from gym_lsp.text import Span

_BOM = "\ufeff"
DEEPEST = 100
"""Levels of nesting. OmegaConf runs out of stack soon above, and configs that people write are far below."""
MOST_EXPANDED = 10_000
"""Nodes that the aliases of one document may add. OmegaConf has the same limit since 2.4."""

_NO_VALUES = ("=", "<<")
"""Plain scalars that have a meaning as keys in YAML 1.1. As values, PyYAML cannot construct them."""
_COLON_IN_FLOW = "found unexpected ':'"
_COMMENT_IN_HEADER = re.compile(r"[|>][-+0-9]*#")


class SyntaxProblemKind(Enum):
    """Kinds of problems that a text can have as YAML."""

    SYNTAX = "syntax"
    DUPLICATE_KEY = "duplicate-key"
    SECOND_DOCUMENT = "second-document"
    UNDEFINED_ALIAS = "undefined-alias"
    DUPLICATE_ANCHOR = "duplicate-anchor"
    RECURSIVE_ALIAS = "recursive-alias"
    EXPANSION = "expansion"
    UNKNOWN_TAG = "unknown-tag"
    COLLECTION_AS_KEY = "collection-as-key"
    NULL_KEY = "null-key"
    BAD_MERGE = "bad-merge"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_VALUE = "not-a-value"
    BLOCK_HEADER = "block-header"
    TAB = "tab"
    TOO_DEEP = "too-deep"


class SyntaxProblem(Struct, frozen=True):
    """A place where the text is not YAML that OmegaConf would load.

    `detail` is the message of libyaml, or the name, tag or text that the problem is about.
    `first` is an earlier place: the first of two duplicates, or the start of the construct that libyaml was reading.
    """

    kind: SyntaxProblemKind
    span: Span
    detail: str
    first: Span | None = None


class Reading(Struct, frozen=True):
    """The result of one pass over a text. `root` is None for an empty text and after a syntax error."""

    root: Value | None
    problems: tuple[SyntaxProblem, ...]
    anchors: tuple[Anchor, ...]
    failed_at: int | None
    """The offset at which libyaml failed; None if it read the whole text."""
    suspects: tuple[int, ...] = ()
    """Other places that may be the cause: the start of the construct that libyaml was reading, and quoted scalars of
    several lines."""


def read(text: str) -> Reading:
    """Read one document. Never raises. Problems are in the order in which they were found."""
    reading = read_once(text)
    if reading.failed_at is not None and reading.problems[-1].detail == _COLON_IN_FLOW:
        # libyaml before 0.2 fails at the colons of `[http://host:80/]`. PyYAML and OmegaConf read them.
        mask = next(character for character in map(chr, range(0xE000, 0xF8FF)) if character not in text)
        reading = _read(_Builder(text, mask))
    return reading


def read_once(text: str) -> Reading:
    """Read one document like `read`, without a second attempt at what only libyaml cannot read."""
    return _read(_Builder(text))


def has_distinct_names(entries: list[Entry]) -> bool:
    """Return whether all keys of a mapping are different texts, and none is a merge key, as in most mappings."""
    names = {entry.key.value for entry in entries if isinstance(entry.key, Scalar)}
    return len(names) == len(entries) and "<<" not in names and all(isinstance(name, str) for name in names)


def _read(builder: _Builder) -> Reading:
    text = builder.text
    try:
        builder.run()
    except _TooDeep as error:
        failed_at = error.offset
    except MarkedYAMLError as error:
        # libyaml gives two places. The one of the problem itself is shown.
        mark: Any = error.problem_mark or error.context_mark
        failed_at = min(mark.index, len(text)) if mark is not None else 0
        context: Any = error.context_mark
        first = None if context is None else token_at(text, context.index)
        if first is not None:
            builder.suspects.append(first.start)
        builder.problem(
            SyntaxProblemKind.SYNTAX, token_at(text, failed_at), str(error.problem or error.context or ""), first
        )
    except (YAMLError, ValueError) as error:
        # A character that YAML does not allow, such as a NUL or an unpaired surrogate.
        failed_at = first_foreign(text)
        builder.problem(
            SyntaxProblemKind.SYNTAX, Span(failed_at, min(failed_at + 1, len(text))), str(error).splitlines()[0]
        )
    else:
        failed_at = None
    root = builder.root if failed_at is None else None
    anchors, suspects = tuple(builder.anchors.values()), tuple(reversed(builder.suspects))
    return Reading(root, tuple(builder.problems), anchors, failed_at, suspects)


class _TooDeep(Exception):
    """Collections are nested too deep at an offset. libyaml's time for a token grows with the depth."""

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


class _Open(Struct, eq=False):
    """A collection whose end has not been read."""

    start: int
    flow: bool
    is_mapping: bool
    anchor: str | None
    children: list[Any] = field(default_factory=list[Any])
    key: Node | None = None
    size: int = 1
    height: int = 1

    @property
    def awaits_key(self) -> bool:
        return self.is_mapping and self.key is None


class _Builder:
    """One pass over the events of one text.

    `mask` is a character that libyaml reads in place of the colons inside plain scalars.
    """

    def __init__(self, text: str, mask: str = "") -> None:
        self.text = text
        self._mask = mask
        self._stack: list[_Open] = []
        self._names: dict[str, Span] = {}
        self._extents: dict[str, tuple[int, int]] = {}
        self._size = 0
        self.root: Value | None = None
        self.suspects: list[int] = []
        self.problems: list[SyntaxProblem] = []
        self.anchors: dict[str, Anchor] = {}

    def problem(self, kind: SyntaxProblemKind, span: Span, detail: str, first: Span | None = None) -> None:
        self.problems.append(SyntaxProblem(kind, span, detail, first))

    def run(self) -> None:
        shown = mask_colons(self.text, self._mask) if self._mask else self.text
        if shown.startswith(_BOM):
            # libyaml does not count a BOM at the start. It reads past a second one and counts that.
            shown = f"{_BOM}{shown}"
        get_event: Callable[[], Any] = CParser(shown).get_event
        documents = 0
        while True:
            event: Any = get_event()
            if event is None:
                return
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event, kind is MappingStartEvent)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close(event)
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    start = event.start_mark.index
                    span = Span(start, event.end_mark.index)
                    self.problem(
                        SyntaxProblemKind.SECOND_DOCUMENT, token_at(self.text, start) if span.is_empty else span, "---"
                    )
                    return
            elif kind is DocumentEndEvent:
                continue

    # Leaves

    def _scalar(self, event: Any) -> None:
        start = _shared(event.start_mark.index)
        end = _shared(event.end_mark.index)
        text: str = intern(event.value.replace(self._mask, ":") if self._mask else event.value)
        style: str | None = event.style or None
        if style is None and event.anchor is None and event.ctag is None:
            # Shortcut: nearly all of the tens of thousands of scalars are plain.
            self._add(Scalar(start, end, self._plain(text, start, end), text, None), 1, 0)
            return
        anchor: str | None = event.anchor
        tag: str | None = event.tag
        if anchor is not None or tag is not None:
            start = content_start(self.text, start, end)
        if anchor is not None:
            self._introduce(anchor, event.start_mark.index)
        if style in ("|", ">"):
            # The end mark of a block scalar is at the next token, but its text ends with its last line.
            end = block_end(self.text, start, end)
            if _COMMENT_IN_HEADER.match(self.text, start):
                self.problem(SyntaxProblemKind.BLOCK_HEADER, Span(start, line_end(self.text, start)), "")
        elif style is not None and "\n" in self.text[start:end]:
            self.suspects.append(start)
        value: Atom
        if tag == "!" or (tag is None and style is None):
            value = self._plain(text, start, end)
        elif tag is None:
            value = text
        else:
            value = self._tagged(tag, text, tag_span(self.text, event.start_mark.index))
        node = Scalar(start, end, value, text, style)
        if anchor is not None:
            self._define(anchor, node, 1, 0)
        self._add(node, 1, 0)

    def _plain(self, text: str, start: int, end: int) -> Atom:
        if text in _NO_VALUES and not (self._stack and self._stack[-1].awaits_key):
            self.problem(SyntaxProblemKind.NOT_A_VALUE, Span(start, end), text)
        try:
            return meaning(text)
        except NotANumber:
            self.problem(SyntaxProblemKind.NOT_A_NUMBER, Span(start, end), text)
            return text

    def _tagged(self, tag: str, text: str, span: Span) -> Atom:
        match tag.removeprefix("tag:yaml.org,2002:"):
            case "str" | "binary":
                return text
            case "null":
                return None
            case "bool" if text.lower() in ("yes", "no", "true", "false", "on", "off"):
                return text.lower() in ("yes", "true", "on")
            case "int" | "float" as kind:
                try:
                    return as_int(text) if kind == "int" else as_float(text)
                except NotANumber:
                    self.problem(SyntaxProblemKind.NOT_A_NUMBER, span, text)
                    return text
            case _:
                self.problem(SyntaxProblemKind.UNKNOWN_TAG, span, tag)
                return text

    def _alias(self, event: Any) -> None:
        span = Span(event.start_mark.index, event.end_mark.index)
        name: str = event.anchor
        anchor = self.anchors.get(name)
        size, height = self._extents.get(name, (1, 0))
        problem: SyntaxProblemKind | None = None
        if anchor is None:
            is_open = any(opened.anchor == name for opened in self._stack)
            problem = SyntaxProblemKind.RECURSIVE_ALIAS if is_open else SyntaxProblemKind.UNDEFINED_ALIAS
        elif self._size + size > MOST_EXPANDED:
            problem = SyntaxProblemKind.EXPANSION
        elif len(self._stack) + height > DEEPEST:
            problem = SyntaxProblemKind.TOO_DEEP
        if anchor is None or problem is not None:
            assert problem is not None
            self.problem(problem, span, str(DEEPEST) if problem is SyntaxProblemKind.TOO_DEEP else name)
            self._add(Scalar(span.start, span.end, None, "", None), 1, 0)
            return
        # Only nodes that aliases repeat count against the limit: a long document is not an attack.
        self._size += size
        self._add(Alias(span.start, span.end, name, anchor.node), size, height)

    # Collections

    def _open(self, event: Any, is_mapping: bool) -> None:
        start: int = event.start_mark.index
        tag: str | None = event.tag
        if event.anchor is not None or tag is not None:
            start = content_start(self.text, start, len(self.text))
        if tag is not None and tag not in ("!", f"tag:yaml.org,2002:{'map' if is_mapping else 'seq'}"):
            self.problem(SyntaxProblemKind.UNKNOWN_TAG, tag_span(self.text, event.start_mark.index), tag)
        if event.anchor is not None:
            self._introduce(event.anchor, event.start_mark.index)
        self._stack.append(_Open(start, bool(event.flow_style), is_mapping, event.anchor))
        if len(self._stack) == DEEPEST:
            self.problem(SyntaxProblemKind.TOO_DEEP, Span(start, start + 1), str(DEEPEST))
            raise _TooDeep(start)

    def _close(self, event: Any) -> None:
        opened = self._stack.pop()
        children = opened.children
        end: int = event.end_mark.index
        start = opened.start
        if not opened.flow:
            # The end mark of a block collection is at the next token, after blank lines and comments.
            if children:
                last: Any = children[-1].value if opened.is_mapping else children[-1]
                end = max(last.end, children[-1].key.end) if opened.is_mapping else last.end
                if opened.is_mapping and not self.text.startswith("?", start):
                    start = children[0].key.start
            else:
                end = start
        node: Value
        if opened.is_mapping:
            self._check_keys(children)
            node = Mapping(start, end, tuple(children), opened.flow)
        else:
            node = Sequence(start, end, tuple(children), opened.flow)
        if opened.anchor is not None:
            self._define(opened.anchor, node, opened.size, opened.height)
        self._add(node, opened.size, opened.height)

    def _add(self, node: Node, size: int, height: int) -> None:
        if not self._stack:
            self.root = resolve(node)
            return
        top = self._stack[-1]
        top.size += size
        if height >= top.height:
            top.height = height + 1
        if not top.is_mapping:
            top.children.append(node)
            return
        key = top.key
        if key is None:
            top.key = node
            return
        top.key = None
        top.children.append(Entry(key, self._beside(key, node) if node.start == node.end else node))

    def _beside(self, key: Node, value: Node) -> Node:
        """Return an empty value. It is placed at its key if libyaml marks the next token instead."""
        if self.text[key.end : value.start].isspace():
            return Scalar(key.end, key.end, None, "", None)
        return value

    def _check_keys(self, entries: list[Entry]) -> None:
        if has_distinct_names(entries):
            return
        seen: dict[str, Scalar] = {}
        for entry in entries:
            key = entry.key
            if not isinstance(key, Scalar):
                key = resolve(key)
                if not isinstance(key, Scalar):
                    self.problem(SyntaxProblemKind.COLLECTION_AS_KEY, entry.key.span, "")
                    continue
            if not isinstance(key.value, str):
                # OmegaConf checks only keys that are strings for duplicates. Of `1` twice, it silently uses the last.
                if key.value is None:
                    self.problem(SyntaxProblemKind.NULL_KEY, entry.key.span, key.text)
                continue
            if key.value == "<<" and key.style is None:
                self._check_merge(entry)
                continue
            first = seen.setdefault(key.value, key)
            if first is not key:
                self.problem(SyntaxProblemKind.DUPLICATE_KEY, entry.key.span, key.value, first.span)

    def _check_merge(self, entry: Entry) -> None:
        merged = resolve(entry.value)
        parts = merged.items if isinstance(merged, Sequence) else (merged,)
        for part in parts:
            if not isinstance(resolve(part), Mapping) and not _stands_for_alias(part):
                self.problem(SyntaxProblemKind.BAD_MERGE, part.span, "")

    # Properties

    def _introduce(self, name: str, start: int) -> None:
        """Record an anchor before its node is read, to distinguish an alias inside the node from an undefined one."""
        span = anchor_span(self.text, start, name)
        first = self._names.get(name)
        if first is not None:
            self.problem(SyntaxProblemKind.DUPLICATE_ANCHOR, span, name, first)
        self._names[name] = span
        self.anchors.pop(name, None)

    def _define(self, name: str, node: Value, size: int, height: int) -> None:
        self.anchors[name] = Anchor(self._names[name], name, node)
        self._extents[name] = (size, height)


def _shared(offset: int) -> int:
    """Return an offset as one object for all texts, as far as most of them reach."""
    return _OFFSETS[offset] if offset < len(_OFFSETS) else offset


_OFFSETS = tuple(range(1 << 12))


def _stands_for_alias(node: Node) -> bool:
    """Return whether a node replaces an alias that cannot be followed. That alias has a problem of its own."""
    return isinstance(node, Scalar) and node.style is None and not node.text and not node.span.is_empty
