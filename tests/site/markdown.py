"""Markdown of a git host, written so that the site's generator reads it the same way.

Git hosts follow CommonMark. The generator uses Python-Markdown, which expects four spaces of indentation for each
level of a list, and an empty line before a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

_PARSER = MarkdownIt("commonmark").enable("table")
_CODE = ("fence", "code_block")
_MARKER = re.compile(r"(?P<marker>[-*+]|\d+[.)])(?P<space> +)")
_SPAN = re.compile(r"(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_LINK = re.compile(r"(?P<image>!?)\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^)\s]+)\)")
_INDENT = 4


class Link(Struct, frozen=True):
    """A link or an image: the text in its brackets and parentheses. Without a target, it becomes its label."""

    label: str
    target: str | None


Relink = Callable[[Link], Link]


def adapted(text: str, relink: Relink) -> str:
    """Return a page for the generator, with the links that `relink` returns for those of the page."""
    return _linked(_indented(_without_comments(text)), relink)


def _without_comments(text: str) -> str:
    """Drop comments between blocks. They are for gym-lsp and for people who edit the page."""
    lines = text.splitlines()
    for token in _PARSER.parse(text):
        if token.type == "html_block" and token.content.lstrip().startswith("<!--"):
            first, end = _lines(token)
            lines[first:end] = [""] * (end - first)
    return "\n".join(lines).strip("\n") + "\n"


def _indented(text: str) -> str:
    """Indent what belongs to a list item by four spaces for each level, with an empty line before each list."""
    lines = text.splitlines()
    tokens = _PARSER.parse(text)
    offsets = [0] * len(lines)
    depths = [0] * len(lines)
    starts: set[int] = set()
    lists: set[int] = set()
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open") and token.level == 0:
            lists.add(_lines(token)[0])
        if token.type != "list_item_open":
            continue
        first, end = _lines(token)
        found = _MARKER.match(lines[first], offsets[first])
        if found is None:
            raise ValueError(f"line {first + 1} starts several list items at once")
        starts.add(first)
        for number in range(first, end):
            offsets[number] = found.end()
            depths[number] += 1
    return "\n".join(_line(lines, number, offsets, depths, starts, lists) for number in range(len(lines))) + "\n"


def _line(
    lines: list[str], number: int, offsets: list[int], depths: list[int], starts: set[int], lists: set[int]
) -> str:
    line, depth = lines[number], depths[number]
    if number in starts:
        found = _MARKER.search(line)
        assert found is not None
        # An empty line before a list, and before an item that follows a deeper one.
        is_first = number in lists or (number > 0 and depths[number - 1] > depth)
        before = "\n" if is_first and number and lines[number - 1].strip() else ""
        marker = found["marker"]
        return f"{before}{' ' * _INDENT * (depth - 1)}{marker}{' ' * (_INDENT - len(marker))}{line[found.end() :]}"
    present = len(line) - len(line.lstrip(" "))
    if not line.strip() or depth == 0:
        return line
    # A line that continues a paragraph may have less indentation than its item.
    return " " * _INDENT * depth + line[min(present, offsets[number]) :]


def _linked(text: str, relink: Relink) -> str:
    """Change the targets of links outside of code."""
    code = {number for token in _all(_PARSER.parse(text)) if token.type in _CODE for number in range(*_lines(token))}
    parts: list[str] = []
    prose: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True)):
        if number in code:
            parts.extend((_relinked("".join(prose), relink), line))
            prose = []
        else:
            prose.append(line)
    return "".join((*parts, _relinked("".join(prose), relink)))


def _relinked(text: str, relink: Relink) -> str:
    spans = [found.span() for found in _SPAN.finditer(text)]

    def one(found: re.Match[str]) -> str:
        if any(start < found.start() < end for start, end in spans):
            return found[0]
        link = relink(Link(found["label"], found["target"]))
        return link.label if link.target is None else f"{found['image']}[{link.label}]({link.target})"

    return _LINK.sub(one, text)


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _lines(token: Token) -> tuple[int, int]:
    assert token.map is not None
    return token.map[0], token.map[1]
