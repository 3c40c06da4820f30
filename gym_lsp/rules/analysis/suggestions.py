"""Suggestions for values that their field does not accept.

Most of these values are correct except for one mistake in how they are written: a comment without a space, a word of
another language, a number with commas, a single element without its dash, text without its quotes, a missing letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.compose.config import Config, Leaf
from gym_lsp.diagnostic import FileEdit, Fix
from gym_lsp.gym.fields import EnumType, FieldType, ListType, LiteralType, UnionType, accepts
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.syntax import Mapping, Scalar, Sequence
from gym_lsp.syntax.marks import line_end
from gym_lsp.syntax.scalars import NotANumber, meaning
from gym_lsp.text import Edit, Span

_COMMENT = re.compile(r"(?P<value>[^#]*[^#\s])(?P<comment>#.*)")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_COMMA = re.compile(r"[-+]?\d+,\d+")
_WORDS = {"none": "null", "nil": "null", "undefined": "null", "true": "true", "false": "false"}
_NOT_PLAIN = re.compile(r"[\[\]{},#&*!|>'\"%@`]|: |^[-?:] ")


class Suggestion(Struct, frozen=True):
    """What a value is probably intended to be: the end of a message about it, and the text that replaces it."""

    hint: str
    span: Span
    text: str


def suggest(value: Config, expected: FieldType) -> Suggestion | None:
    """Return a suggestion for a value that a field of a type does not accept; None if there is no valid one."""
    return next(_candidates(value, expected), None)


def suggestion_fixes(value: Config, found: Suggestion | None) -> tuple[Fix, ...]:
    """Return the fix that applies a suggestion."""
    if found is None:
        return ()
    return (Fix(_title(found), (FileEdit(value.origin.path, Edit(found.span, found.text)),)),)


def suggestion_hint(found: Suggestion | None) -> str:
    """Return a suggestion as the end of a message."""
    return "" if found is None else f"; {found.hint}"


def _title(found: Suggestion) -> str:
    return f"Change to `{found.text}`" if "\n" not in found.text else "Apply the suggestion"


def _candidates(value: Config, expected: FieldType) -> Iterator[Suggestion]:
    node = value.node
    if isinstance(value, Leaf) and isinstance(node, Scalar):
        if value.is_missing or value.is_interpolation:
            return
        if node.style is None:
            yield from _plain(value, node, expected)
        yield from _of_few(value, node, expected)
        yield from _alone(value, node, expected)
    elif isinstance(node, Mapping | Sequence) and node.flow and accepts(expected, node.span.of(value.origin.text)):
        written = node.span.of(value.origin.text)
        if "\n" not in written:
            quoted = "'{}'".format(written.replace("'", "''"))
            yield Suggestion("put it in quotes if it is text", node.span, quoted)


def _plain(value: Leaf, node: Scalar, expected: FieldType) -> Iterator[Suggestion]:
    """Yield suggestions for a value without quotes that only looks like YAML."""
    written, origin = node.span.of(value.origin.text), value.origin
    if node.span.is_empty:
        yield from _commented_out(origin.text, node.span, expected)
        return
    if not isinstance(value.value, str):
        if value.value is not None and accepts(expected, written):
            yield Suggestion("put quotes around it", node.span, f'"{written}"')
        return
    comment = _COMMENT.fullmatch(written)
    if comment is not None and _fits(expected, comment["value"]):
        text = f"{comment['value']} {comment['comment']}"
        yield Suggestion("a comment needs a space before `#`", node.span, text)
    bare = written.rstrip(",;").rstrip()
    if bare != written and _fits(expected, bare):
        yield Suggestion(f"remove the `{written[len(bare) :].strip()}` at the end", node.span, bare)
    word = _WORDS.get(bare.lower())
    if word is not None and _fits(expected, word):
        yield Suggestion(f"in YAML, write `{word}`", node.span, word)
    for pattern, instead in ((_THOUSANDS, ""), (_COMMA, ".")):
        number = written.replace(",", instead)
        if pattern.fullmatch(written) and _fits(expected, number):
            yield Suggestion(f"write the number as `{number}`", node.span, number)
            return


def _commented_out(text: str, place: Span, expected: FieldType) -> Iterator[Suggestion]:
    """Yield a suggestion if there is no value, but a comment that looks like one: `token: #IDK`."""
    rest = text[place.start : line_end(text, place.start)]
    written = rest.strip()
    if re.fullmatch(r"#\S+", written) and accepts(expected, written):
        span = Span(place.start + len(rest) - len(rest.lstrip()), place.start + len(rest.rstrip()))
        yield Suggestion("text after `#` is a comment; put it in quotes if it is the value", span, f'"{written}"')


def _of_few(value: Leaf, node: Scalar, expected: FieldType) -> Iterator[Suggestion]:
    """Yield the nearest of the few values that a field accepts."""
    known = [str(each) for option in _options(expected) for each in _values(option) if isinstance(each, str)]
    text = str(value.value).strip()
    same = [each for each in known if _folded(each) == _folded(text)]
    for near in (same or nearest(text, known))[:1]:
        quote = node.style if node.style in ("'", '"') else ""
        yield Suggestion(f"did you mean `{near}`?", node.span, f"{quote}{near}{quote}")


def _alone(value: Leaf, node: Scalar, expected: FieldType) -> Iterator[Suggestion]:
    """Yield a list of the value if a list is expected and the value is one of its elements."""
    if value.value is None or not any(
        isinstance(option, ListType) and accepts(option.item, value.value) for option in _options(expected)
    ):
        return
    written = node.span.of(value.origin.text)
    if node.style in ("|", ">") or "\n" in written or (node.style is None and _NOT_PLAIN.search(written)):
        return
    yield Suggestion("put the single element in brackets or after a dash", node.span, f"[{written}]")


def _fits(expected: FieldType, written: str) -> bool:
    try:
        return accepts(expected, meaning(written))
    except NotANumber:
        return False


def _options(expected: FieldType) -> tuple[FieldType, ...]:
    return expected.options if isinstance(expected, UnionType) else (expected,)


def _values(option: FieldType) -> tuple[object, ...]:
    return option.values if isinstance(option, LiteralType | EnumType) else ()


def _folded(text: str) -> str:
    return text.lower().replace("-", "_").replace(" ", "_")
