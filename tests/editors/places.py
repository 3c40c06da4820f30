"""Finds places in texts by what is written there, so that no test counts lines or columns."""

from __future__ import annotations

from typing import NamedTuple

from tests.editors.editor import Editor


class Found(NamedTuple):
    """A line, counted from one, with its text, and the column of what was looked for, from zero."""

    line: int
    column: int
    text: str


def find(text: str, wanted: str) -> Found:
    """Where the first `$0` of `wanted` is in a text, or its beginning: `name: $0tides` finds the name."""
    before, _, after = wanted.rpartition("$0")
    lines = text.splitlines()
    line = next(number for number, each in enumerate(lines, 1) if before + after in each)
    return Found(line, lines[line - 1].index(before + after) + len(before), lines[line - 1])


def go_to(editor: Editor, wanted: str) -> Found:
    """Put an editor's cursor on what is wanted."""
    found = find(editor.text(), wanted)
    editor.go(found.line, found.column)
    return found


def change(editor: Editor, old: str, new: str) -> None:
    """Have an editor replace the first line that holds `old`."""
    found = find(editor.text(), old)
    editor.write_line(found.line, found.text.replace(old, new))
