"""The position of the cursor in a document, and the span that a candidate there replaces.

The text at the cursor is rarely valid YAML. So this module replaces the word at the cursor with a marker that
completes the line, parses the result, and finds the marker in the tree. This gives the key path, the collections around
the cursor and the neighbouring keys, in block and flow style. If the text after the cursor is broken, it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.ide.completion.line import Mark, ScannedLine, Word, scan
from gym_lsp.ide.target import Spot, locate
from gym_lsp.syntax import Document, KeyPath, Mapping, Node, Scalar, Sequence, parse, walk
from gym_lsp.text import Span

MARKER = "\ue000"
"""A private-use character, which no config contains."""
_MARGIN = re.compile(r"[ ]*(?:-(?: +|$))*")
_COMMENT = re.compile(r"^\s*#")


class Role(Enum):
    """The kinds of completion positions."""

    KEY = "key"
    VALUE = "value"
    ITEM = "item"
    """A list element on its own line: a value, or the first key of a mapping."""
    COMMENT = "comment"


class CompletionContext(Struct, frozen=True):
    """The surroundings of the cursor.

    `path` is the key path of the mapping around a key, or of the value. `span` is the text that a candidate replaces,
    without quotes; `prefix` is its part before the cursor. `lead` goes before a candidate: the missing space after a
    colon or a dash. `has_block` is True if the lines below a key without a colon are indented, so that they become its
    value. `root` is the tree of the completed text; its offsets after the cursor differ from those of the document.
    """

    role: Role
    path: KeyPath
    span: Span
    prefix: str
    text: str
    lead: str = ""
    quote: str = ""
    is_closed: bool = True
    flow: bool = False
    has_colon: bool = False
    has_block: bool = False
    column: int = 0
    newline: str = "\n"
    step: int = 2
    root: Node | None = None
    parents: tuple[Mapping | Sequence, ...] = ()

    @property
    def mapping(self) -> Mapping | None:
        """The mapping that contains the key, or the key of the value; None in a list."""
        innermost = self.parents[-1] if self.parents else None
        return innermost if isinstance(innermost, Mapping) else None

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The other keys of the same mapping."""
        entries = self.mapping.entries if self.mapping is not None else ()
        return tuple(str(entry.name) for entry in entries if entry.name != MARKER)

    def margin(self, depth: int = 0) -> str:
        """Return the indentation of a line `depth` levels below the key at the cursor."""
        return " " * (self.column + depth * self.step)


class _Draft(Struct, frozen=True):
    """The line at the cursor, before parsing."""

    role: Role
    whole: Span
    """The word with its quotes."""
    inner: Span
    lead: str
    quote: str
    is_closed: bool
    has_colon: bool
    flow: bool
    closers: str
    """The brackets that the line leaves open."""


def context_at(document: Document, offset: int, *, as_item: bool = False) -> CompletionContext | None:
    """Return the context of an offset; None if nothing can be completed there, such as inside a text of several lines.

    With `as_item`, a word that looks like a key is a list element whose dash is still missing.
    """
    text = document.text
    line = document.lines.line_span(document.lines.line_of(offset))
    start = _flow_start(document, line.start)
    if start is None:
        return None
    draft = _draft(text, start, line, offset)
    if draft is None or not draft.inner.contains(offset):
        return None
    prefix = text[draft.inner.start : offset]
    newline = "\r\n" if "\r\n" in text else "\n"
    if draft.role is Role.COMMENT:
        return CompletionContext(Role.COMMENT, (), draft.inner, prefix, text, newline=newline)
    found = _probe(document, draft, line)
    if draft.role is Role.ITEM and (begun := _as_key(document, draft, line)) is not None:
        draft, found = begun
    if found is None or as_item:
        draft = _as_item(draft)
        found = None if draft is None else _probe(document, draft, line)
    if draft is None or found is None:
        return None
    root, spot = found
    return CompletionContext(
        draft.role,
        spot.path[:-1] if draft.role is Role.KEY else spot.path,
        draft.inner,
        prefix,
        text,
        draft.lead,
        draft.quote,
        draft.is_closed,
        draft.flow,
        draft.has_colon,
        draft.role is Role.KEY and not draft.has_colon and not draft.flow and _has_block(spot),
        draft.whole.start - line.start + len(draft.lead),
        newline,
        _step(document),
        root,
        spot.parents,
    )


def below(context: CompletionContext, path: KeyPath) -> CompletionContext | None:
    """Return the same context in a mapping at a key path, as if that were the whole document; None outside of it."""
    if context.role is Role.COMMENT:
        return context
    if context.path[: len(path)] != path:
        return None
    root = context.root
    for step in path:
        root = root.get(step) if isinstance(root, Mapping) and isinstance(step, str) else None
    if not isinstance(root, Mapping) and len(context.path) > len(path):
        return None
    return replace(context, path=context.path[len(path) :], root=root, parents=context.parents[len(path) :])


def _flow_start(document: Document, start: int) -> int | None:
    """Return the offset to scan from: the line, or a flow collection that begins before it; None inside a text."""
    for node in walk(document.root):
        if node.start < start < node.end:
            if isinstance(node, Scalar):
                return None
            if isinstance(node, Mapping | Sequence) and node.flow:
                return node.start
    return start


def _draft(text: str, start: int, line: Span, offset: int) -> _Draft | None:
    if start == line.start:
        margin = _MARGIN.match(text, line.start, line.end)
        content = line.start if margin is None else margin.end()
        if not line.of(text).strip():
            # On an empty line, the column of the cursor determines the depth.
            return _empty(Role.KEY, offset, "", flow=False, closers="")
        if offset < content and not line.of(text)[: offset - line.start].rstrip(" ").endswith("-"):
            return None
        is_item = "-" in text[line.start : content]
        lead = " " if is_item and content == line.end and text[content - 1] == "-" else ""
        start = content
    else:
        is_item, lead = False, ""
    scanned = scan(text, start, line.end)
    comment = next((word for word in scanned.words if word.mark is Mark.COMMENT and _is_in(word, offset)), None)
    if comment is not None:
        inner = Span(comment.span.start, comment.span.end)
        return _Draft(Role.COMMENT, inner, inner, "", "", True, False, False, "")
    return _at_word(text, scanned, offset, is_item=is_item, lead=lead)


def _has_block(spot: Spot) -> bool:
    """Whether the marker, a key without text after its colon, has a value on the lines below."""
    return spot.entry is not None and not spot.entry.value.span.is_empty


def _as_item(draft: _Draft) -> _Draft | None:
    """Return the draft of a key as a list element with a missing dash, or None if it cannot be one."""
    if draft.role is not Role.KEY or draft.flow or draft.has_colon:
        return None
    return replace(draft, role=Role.ITEM, lead=f"- {draft.lead}")


def _as_key(document: Document, draft: _Draft, line: Span) -> tuple[_Draft, tuple[Node, Spot]] | None:
    """Return the first word of a list element as a key if the lines below continue a mapping, else None."""
    as_key = replace(draft, role=Role.KEY)
    found = _probe(document, as_key, line)
    above = found[1].parents[-1] if found is not None else None
    return (as_key, found) if found is not None and isinstance(above, Mapping) and len(above.entries) > 1 else None


def _is_in(word: Word, offset: int) -> bool:
    return word.span.start < offset <= word.span.end


def _empty(role: Role, offset: int, lead: str, *, flow: bool, closers: str) -> _Draft:
    span = Span(offset, offset)
    return _Draft(role, span, span, lead, "", True, False, flow, closers)


def _at_word(text: str, line: ScannedLine, offset: int, *, is_item: bool, lead: str) -> _Draft | None:
    """Return the draft of the word at the cursor, or of an empty word."""
    words = line.words
    index = next((index for index, word in enumerate(words) if _is_text(word) and word.span.contains(offset)), None)
    stack: list[Mark] = []
    before: Word | None = None
    for word in words if index is None else words[:index]:
        if word.span.start >= offset:
            break
        if word.mark in (Mark.OPEN_MAPPING, Mark.OPEN_LIST):
            stack.append(word.mark)
        elif word.mark is Mark.CLOSE and stack:
            stack.pop()
        before = word
    after = next((word for word in words[0 if index is None else index + 1 :] if word.span.start >= offset), None)
    has_colon = after is not None and after.mark is Mark.COLON
    role = _role(before, stack, is_item=is_item, has_colon=has_colon)
    if role is None:
        return _continued(text, line, before, offset, stack)
    if index is None:
        glued = before is not None and before.mark is Mark.COLON and before.span.end == offset and not stack
        return _empty(role, offset, " " if glued else lead, flow=bool(stack), closers=line.open)
    return _Draft(
        role, words[index].span, _inner(words[index]), lead, _quote(text, words[index]), words[index].closed,
        has_colon and role is Role.KEY, bool(stack), line.open,
    )  # fmt: skip


def _continued(text: str, line: ScannedLine, before: Word | None, offset: int, stack: list[Mark]) -> _Draft | None:
    """Return the draft of a value of several words if the cursor is after the space that follows them, else None."""
    if before is None or before.mark is not Mark.PLAIN or stack or text[before.span.end : offset].strip():
        return None
    index = line.words.index(before)
    if index == 0 or line.words[index - 1].mark is not Mark.COLON or index + 1 < len(line.words):
        return None
    whole = Span(before.span.start, offset)
    return _Draft(Role.VALUE, whole, whole, "", "", True, False, False, line.open)


def _role(before: Word | None, stack: list[Mark], *, is_item: bool, has_colon: bool) -> Role | None:
    if before is None:
        return Role.ITEM if is_item and not has_colon else Role.KEY
    if before.mark is Mark.COLON:
        return Role.VALUE
    if stack and before.mark in (Mark.COMMA, Mark.OPEN_MAPPING, Mark.OPEN_LIST):
        return Role.KEY if stack[-1] is Mark.OPEN_MAPPING else Role.VALUE
    return None


def _is_text(word: Word) -> bool:
    return word.mark in (Mark.PLAIN, Mark.QUOTED)


def _quote(text: str, word: Word) -> str:
    return text[word.span.start] if word.mark is Mark.QUOTED else ""


def _inner(word: Word) -> Span:
    if word.mark is Mark.PLAIN:
        return word.span
    end = word.span.end - 1 if word.closed else word.span.end
    return Span(word.span.start + 1, max(word.span.start + 1, end))


def _probe(document: Document, draft: _Draft, line: Span) -> tuple[Node, Spot] | None:
    """Return the tree of the text with the marker instead of the word, and the position of the marker, or None."""
    text = document.text
    at = draft.whole.start + len(draft.lead)
    head = f"{text[: draft.whole.start]}{draft.lead}{MARKER}"
    if draft.role is Role.KEY and not draft.has_colon and not draft.flow:
        head += ":"
    broken = _broken_around(document, line)
    # A candidate cannot complete a word that follows an anchor or a tag, or that another word follows.
    for tail in _tails(text, draft, line, is_broken=broken > 0):
        tree = parse(head + tail)
        spot = locate(tree, at)
        if tree.root is None or not isinstance(spot.node, Scalar) or spot.node.text != MARKER:
            continue
        if len(tree.given_up) <= broken and spot.on_key is (draft.role is Role.KEY):
            return tree.root, spot
    return None


def _broken_around(document: Document, line: Span) -> int:
    """Return the number of lines with syntax errors, without the line at the cursor, which is often incomplete."""
    if not document.given_up:
        return 0
    return len(parse(document.text[: line.start] + document.text[line.end :]).given_up)


def _tails(text: str, draft: _Draft, line: Span, *, is_broken: bool) -> Iterator[str]:
    """Yield the texts to try after the marker: unchanged, with closed brackets, and none.

    The lines below are left out only if they have syntax errors themselves. If not, a candidate must fit to them.
    """
    rest, below = text[draft.whole.end : line.end], text[line.end :]
    if draft.closers:
        uncommented = rest if not _COMMENT.match(rest) else ""
        yield from (uncommented + draft.closers + below, rest + below, uncommented + draft.closers, draft.closers)
        return
    yield rest + below
    if is_broken:
        yield rest


def _step(document: Document) -> int:
    """Return the indentation of the file in spaces, from its first nested mapping; 2 if there is none."""
    root = document.root
    for entry in root.entries if isinstance(root, Mapping) and not root.flow else ():
        value = entry.value
        if isinstance(value, Mapping) and value.entries and not value.flow:
            start = value.entries[0].key.start
            return max(1, start - document.lines.line_span(document.lines.line_of(start)).start)
    return 2
