"""Hovers and documentation as plain data, and the only place that writes them as Markdown.

Descriptions, keys, values and file names may come from a stranger. Whatever they contain is shown as it is: it becomes
no image, no HTML, no heading, and no link. The only links are those to places in files, as `Link`. What looks like a
secret is masked, wherever it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from pathlib import PurePath
from urllib.parse import quote

from msgspec import Struct

from gym_lsp.compose.secrets import masked_text
from gym_lsp.text import visible

_LONGEST = 5_000
"""Characters of one piece of prose."""
_LONGEST_CODE = 1_000
"""Characters of one piece of code in prose."""


class Strong(Struct, frozen=True):
    """The name that a hover is about, in bold."""

    text: str


class Link(Struct, frozen=True):
    """A link with the text `text` to an offset of a file, or to the whole file if `offset` is None."""

    text: str
    path: PurePath
    offset: int | None = None


Line = tuple[str | Strong | Link, ...]
"""Pieces of one line. A `str` is prose: text with code in backticks, as `code` returns it."""


class Bullets(Struct, frozen=True):
    """A list with one item for each line."""

    lines: tuple[Line, ...]


class Fence(Struct, frozen=True):
    """Some lines of code."""

    text: str
    language: str


Block = str | Line | Bullets | Fence
"""A part with space around it. A `str` is prose, in which blank lines separate paragraphs."""
Markdown = tuple[Block, ...]


# Making


def paragraphs(parts: Iterable[Block]) -> Markdown:
    """Return the parts that are not empty."""
    return tuple(part for part in parts if part)


def bullets(lines: Iterable[Line]) -> Block:
    """Return a list with one item for each of `lines`; an empty part if there are none."""
    items = tuple(lines)
    return Bullets(items) if items else ""


def titled(name: str, about: str = "") -> Line:
    """Return a name in bold, and what it is."""
    return (Strong(name), f" · {about}") if about else (Strong(name),)


def code(text: str) -> str:
    """Return text in backticks, even if it contains backticks; only its first line, and not all of a long one."""
    text = masked_text(text)
    line = text.splitlines()[0][:_LONGEST_CODE] if text else ""
    shown = visible(line) if line == text else f"{visible(line)} …"
    ticks = "`" * (1 + max(map(len, _TICKS.findall(shown)), default=0))
    # CommonMark removes a space from both ends of code, unless it consists of spaces.
    is_trimmed = shown.startswith(" ") and shown.endswith(" ") and not shown.isspace()
    pad = " " if not shown or is_trimmed or shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


_TICKS = re.compile("`+")


# Writing


def render(markdown: Markdown, link: Callable[[Link], str]) -> str:
    """Return the content as Markdown; `link` returns the Markdown of a link."""
    return "\n\n".join(filter(None, (_block(block, link) for block in markdown)))


def _block(block: Block, link: Callable[[Link], str]) -> str:
    match block:
        case str():
            return _prose(block)
        case Bullets(lines):
            return "\n".join(f"- {_line(line, link)}" for line in lines)
        case Fence(text, language):
            lines = [visible(line) for line in masked_text(text).splitlines()]
            ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
            return "\n".join((f"{ticks}{language}", *lines, ticks))
        case _:
            return _line(block, link)


@lru_cache(maxsize=2048)
def _prose(text: str) -> str:
    """Return a text of one or more paragraphs. A client asks for the same 200 candidates after each character."""
    return "\n\n".join(map(_paragraph, _paragraphs(text)))


def _paragraph(lines: list[str]) -> str:
    """Return lines as one paragraph, with a line break before what looks like an item of a list."""
    written: list[str] = []
    for line in _escaped("\n".join(lines), _IN_PROSE).split("\n"):
        if written and _ITEM.match(line):
            written[-1] += "  "
        written.append(_at_start(line))
    return "\n".join(written)


def _line(line: Line, link: Callable[[Link], str]) -> str:
    written = ""
    for piece in line:
        text = _piece(piece, link)
        if written.endswith("`") and text.startswith("`"):
            # Two adjacent runs of backticks would be one.
            written += " "
        elif written.endswith("!") and text.startswith("["):
            # A link would be an image.
            written = f"{written[:-1]}\\!"
        written += text
    return _at_start(written.strip(" "))


def _piece(piece: str | Strong | Link, link: Callable[[Link], str]) -> str:
    match piece:
        case str():
            return _escaped(_flat(piece), _IN_PROSE)
        case Strong(text):
            name = _escaped(_flat(text).strip(), _IN_NAME)
            return f"**{name}**" if name else ""
        case Link():
            return link(piece)


def linked(label: str, uri: str) -> str:
    """Return a link."""
    return f"[{_escaped(_flat(label), _IN_LABEL)}]({quote(uri, safe=_IN_URI)})"


_IN_URI = "!#$%'*+,-./:;=?@_~"
"""ASCII characters, apart from letters and digits, that neither end a URI in Markdown nor mean anything else there."""


def plain(markdown: Markdown, link: Callable[[Link], str]) -> str:
    """Return the content as text for a client without Markdown; `link` returns the text of a link."""
    return "\n\n".join(filter(None, (_plain_block(block, link) for block in markdown)))


def _plain_block(block: Block, link: Callable[[Link], str]) -> str:
    match block:
        case str():
            return "\n\n".join("\n".join(lines) for lines in _paragraphs(block))
        case Bullets(lines):
            return "\n".join(f"- {_plain_line(line, link)}" for line in lines)
        case Fence(text):
            return "\n".join(map(visible, masked_text(text).splitlines()))
        case _:
            return _plain_line(block, link)


def _plain_line(line: Line, link: Callable[[Link], str]) -> str:
    return "".join(_flat(link(piece) if isinstance(piece, Link) else _text(piece)) for piece in line).strip()


def _text(piece: str | Strong) -> str:
    return piece if isinstance(piece, str) else piece.text


def _paragraphs(text: str) -> list[list[str]]:
    """Return the lines of each paragraph of prose, without the white space around them."""
    lines = (visible(line).strip() for line in _shortened(text).splitlines())
    return [list(group) for has_text, group in groupby(lines, bool) if has_text]


def _flat(text: str) -> str:
    return visible(" ".join(_shortened(text).splitlines()))


def _shortened(text: str) -> str:
    text = masked_text(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


# Escaping. A character gets a backslash only where CommonMark, or GitHub's extension of it, could give it a meaning, so
# that ordinary text stays readable for people who see the Markdown itself.

_CODE = r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
# Editors turn an address into a link, but not in code. The end of a sentence is not part of an address.
_SCHEME = r"(?:[a-z][a-z0-9+.-]{0,30}://|www\.)"
_ADDRESS = rf"""(?<!`)(?P<address>{_SCHEME}(?:[^\s`<>\[\]]*[^\s`<>\[\].,;:!?'"()*_~|])?)(?!`)"""
_SPECIAL = rf"""
    (?:[^\S\n ]|[ ](?=[^\S\n]))[^\S\n]*     # white space that is not shown as it is, but as one space
  | \\                                      # a backslash
  | `                                       # code without an end
  | (?<![\s*])\*+|(?<![\s~])~+              # the end of emphasis or of deleted text
  | _+(?=\W|\Z|{_SCHEME})
  | (?<![^\n])(?:~~~+|\*\*+(?=\s|\Z))      # a line that begins no block; its rest could end emphasis
  | !(?=\[)                                 # an image
  | \](?=[(\[:]|\Z)|(?<=\])[(\[:]           # a link, or the address of one
  | <(?=[a-z/!?]|\Z)                        # HTML, or a link
  | &(?=\#?\w+;)                            # a character reference
  | :(?=//)|(?<=www)\.|@(?=[\w-]+\.)        # an address beside a backtick, an e-mail address
"""
_FLAGS = re.VERBOSE | re.IGNORECASE | re.DOTALL
# Compiling these takes milliseconds, so `re` compiles them when they are first used, and keeps the results.
_IN_PROSE = f"{_CODE}|{_ADDRESS}|{_SPECIAL}"
_IN_NAME = rf"{_ADDRESS}|{_SPECIAL}|\*"
_IN_LABEL = rf"{_SPECIAL}|[\[\]]"
_AT_START = re.compile(
    # A heading, an item of a list, a quotation, a rule or a part of a table; a number of an item.
    r"\A(?:(?=#{1,6}(?:\s|\Z)|[-+*](?:\s|\Z)|>|~~~|[-=|:*][-=|:*\s]*\Z)|(?P<number>\d{1,9})(?=[.)](?:\s|\Z)))"
)
_ITEM = re.compile(r"(?:[-+*•]|\d{1,9}[.)]) ")


def _escaped(text: str, pattern: str) -> str:
    return re.sub(pattern, _as_written, text, flags=_FLAGS)


def _as_written(found: re.Match[str]) -> str:
    """Return what a pattern has found as Markdown: code and addresses as code, other characters with backslashes."""
    groups = found.groupdict()
    literal = groups.get("code") or groups.get("address")
    if literal:
        return code(_trimmed(literal.replace("\n", " ")))
    return " " if found[0].isspace() else "".join(f"\\{character}" for character in found[0])


def _trimmed(inside: str) -> str:
    """Return the content of code without the spaces that `code` adds."""
    has_both = inside.startswith(" ") and inside.endswith(" ") and not inside.isspace()
    return inside[1:-1] if has_both else inside


def _at_start(line: str) -> str:
    """Return a line of Markdown that begins no other block than a paragraph."""
    return _AT_START.sub(lambda found: f"{found['number'] or ''}\\", line)
