"""YAML texts to test with: generated from the grammar, broken by edits, and taken from the sample workspace."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
SAMPLES = tuple(
    path.read_text("utf-8")
    for folder in ("environments", "responses_api_agents")
    for path in sorted((ROOT / folder).rglob("*.yaml"))
)
"""The configs of the sample workspace."""

KEYS = ("a", "b", "name", "two words", "1", "yes", "~x", "k-1", "é", "😀", '"q: r"', "'it''s'")
WORDS = (
    *("a", "two words", "don't", "???", "${x.y}", "$x", "x#y", "http://h:8/p?q=1", "a:b", "é", "😀", "-x", "?x", ":x"),
    *("yes", "Off", "y", "~", "null", "", "<<", "=", "0x1F", "010", "0o7", "1_000", "1:30", "190:20:30.15", "0b11"),
    *("1e3", "1.5", "+.5", "-.inf", ".NaN", "1.", "_1", "0b_", "2001-01-01", "12:30:45", "!", "1,2"),
)
INSERTIONS = (
    *("-", "- ", ":", ": ", ", ", ",", "?", "? ", "\n", "\n\n", "\r\n", " ", "  ", "\t", '"', "'", "[", "]", "{", "}"),
    *("#", " # c", "&x ", "*x", "<<: ", "!!str ", "!x ", "|", "|-\n", ">", "%", "@", "`", "=", "\\", "${", "}", "é"),
    *("---\n", "...\n", "~", "null", "yes", "1e3", "*", "&", "!", "key: "),
)

words = st.sampled_from(WORDS) | st.text("ab1.:-_ #'\"\\é😀", max_size=8).map(str.strip)
keys = st.sampled_from(KEYS)


@st.composite
def _scalars(draw: st.DrawFn) -> str:
    """A scalar on one line, plain or in quotes."""
    word = draw(words)
    style = draw(st.sampled_from(("", "", "'", '"', '"escapes')))
    if style == "'":
        return f"'{word.replace(chr(39), chr(39) * 2)}'"
    return json.dumps(word, ensure_ascii=style == '"escapes') if style else word


@st.composite
def _inline(draw: st.DrawFn, depth: int) -> str:
    """A value on one line."""
    kind = draw(st.sampled_from(("scalar", "scalar", "scalar", "list", "mapping", "alias")))
    if kind == "alias":
        return draw(st.sampled_from(("*x", "*y")))
    if kind == "scalar" or depth == 0:
        return draw(_scalars())
    inside = _inline(depth - 1)
    if kind == "list":
        return f"[{', '.join(draw(st.lists(inside, max_size=3)))}]"
    pairs = draw(st.lists(st.tuples(keys, inside), max_size=3))
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


@st.composite
def _behind(draw: st.DrawFn, indent: int, depth: int) -> str:
    """What follows a colon or a dash: a value on the same line, or below it."""
    mark = draw(st.sampled_from(("", "", "", "", " &x", " &y", " !!str", " !!map", " !x")))
    kind = draw(st.sampled_from(("inline", "inline", "block", "block", "literal", "empty")))
    end = draw(st.sampled_from(("", "", " # c", "   ")))
    if kind == "block" and depth > 0:
        return f"{mark}{end}\n" + draw(_blocks(indent + draw(st.sampled_from((0, 1, 2, 4))), depth - 1))
    if kind == "literal":
        lines = draw(st.lists(st.sampled_from(("text", "", "  more", "# no comment", "k: v", "'")), max_size=3))
        header = draw(st.sampled_from(("|", ">", "|-", ">+", "|2")))
        return f"{mark} {header}{end}\n" + "".join(f"{' ' * (indent + 2) if line else ''}{line}\n" for line in lines)
    return f"{mark}{end}\n" if kind == "empty" else f"{mark} {draw(_inline(2))}{end}\n"


@st.composite
def _blocks(draw: st.DrawFn, indent: int, depth: int) -> str:
    """A mapping or a list in lines."""
    margin = " " * indent
    gaps = st.sampled_from(("", "", "", "\n", f"{margin}# between\n", "# at the margin\n"))
    parts: list[str] = []
    is_list = draw(st.booleans())
    for _ in range(draw(st.integers(1, 3))):
        head = "-" if is_list else f"{draw(st.sampled_from((*KEYS, '<<', '? a', '&k z')))}:"
        parts += [draw(gaps), margin, head, draw(_behind(indent, depth))]
    return "".join(parts)


written = _blocks(0, 3) | _inline(2)
"""Documents that mostly are YAML, in every style."""


def edited(texts: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    """Texts with a few edits at random places, which mostly are not valid YAML."""

    @st.composite
    def edit(draw: st.DrawFn) -> str:
        text = draw(texts)
        for _ in range(draw(st.integers(1, most))):
            start = draw(st.integers(0, len(text)))
            removed = draw(st.sampled_from((0, 0, 0, 1, 1, 3, 20)))
            inserted = draw(st.sampled_from(("", *INSERTIONS)))
            text = text[:start] + inserted + text[start + removed :]
        return text

    return edit()


broken = edited(written) | edited(st.sampled_from(SAMPLES))
"""Documents as they are while a user writes them."""
