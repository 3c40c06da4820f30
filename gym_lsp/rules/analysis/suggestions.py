"""Values that their field does not take, and what they were probably meant to be.

Most of them are right but for one slip in how they are written: a comment that is none, a word of another language, a
number with commas in it, a single element without its dash, text without its quotes, a letter too few.
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
    """What a value was meant to be: the end of a message about it, and the text to put in its place."""

    hint: str
    span: Span
    text: str


def meant(value: Config, expected: FieldType) -> Suggestion | None:
    """What a value that a field of a type does not take was meant to be; None where nothing would do."""
    return next(_candidates(value, expected), None)


def meant_fixes(value: Config, found: Suggestion | None) -> tuple[Fix, ...]:
    """The fix that writes what was meant."""
    if found is None:
        return ()
    return (Fix(_title(found), (FileEdit(value.origin.path, Edit(found.span, found.text)),)),)


def meant_hint(found: Suggestion | None) -> str:
    """What was meant, as the end of a message."""
    return "" if found is None else f"; {found.hint}"


def _title(found: Suggestion) -> str:
    return f"Change to `{found.text}`" if "\n" not in found.text else "Write what was meant"


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
    """Slips that quotes would have prevented, or that only look like YAML."""
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
        yield Suggestion("a comment needs a blank in front of its `#`", node.span, text)
    bare = written.rstrip(",;").rstrip()
    if bare != written and _fits(expected, bare):
        yield Suggestion(f"no `{written[len(bare) :].strip()}` follows a value in YAML", node.span, bare)
    word = _WORDS.get(bare.lower())
    if word is not None and _fits(expected, word):
        yield Suggestion(f"YAML writes it `{word}`", node.span, word)
    for pattern, instead in ((_THOUSANDS, ""), (_COMMA, ".")):
        number = written.replace(",", instead)
        if pattern.fullmatch(written) and _fits(expected, number):
            yield Suggestion(f"as a number it is written `{number}`", node.span, number)
            return


def _commented_out(text: str, place: Span, expected: FieldType) -> Iterator[Suggestion]:
    """No value, but a comment that looks like one: `token: #IDK`."""
    rest = text[place.start : line_end(text, place.start)]
    written = rest.strip()
    if re.fullmatch(r"#\S+", written) and accepts(expected, written):
        span = Span(place.start + len(rest) - len(rest.lstrip()), place.start + len(rest.rstrip()))
        yield Suggestion("what follows `#` is a comment; put it in quotes if it is the value", span, f'"{written}"')


def _of_few(value: Leaf, node: Scalar, expected: FieldType) -> Iterator[Suggestion]:
    """A slip of one of the few values that a field takes."""
    known = [str(each) for option in _options(expected) for each in _values(option) if isinstance(each, str)]
    text = str(value.value).strip()
    same = [each for each in known if _folded(each) == _folded(text)]
    for near in (same or nearest(text, known))[:1]:
        quote = node.style if node.style in ("'", '"') else ""
        yield Suggestion(f"did you mean `{near}`?", node.span, f"{quote}{near}{quote}")


def _alone(value: Leaf, node: Scalar, expected: FieldType) -> Iterator[Suggestion]:
    """A single element where a list of such is wanted."""
    if value.value is None or not any(
        isinstance(option, ListType) and accepts(option.item, value.value) for option in _options(expected)
    ):
        return
    written = node.span.of(value.origin.text)
    if node.style in ("|", ">") or "\n" in written or (node.style is None and _NOT_PLAIN.search(written)):
        return
    yield Suggestion("even a single element needs its dash or brackets", node.span, f"[{written}]")


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
