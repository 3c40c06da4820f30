"""What every editor is asked to do, so that one set of tests goes for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol


class Place(NamedTuple):
    """Where an editor went: the file, and the line counted from one."""

    path: Path
    line: int


class Editor(Protocol):
    """An editor with one file before it, set up as docs/editors.md describes."""

    def open(self, path: Path) -> None:
        """Show a file; what was shown before stays open."""
        ...

    def text(self) -> str:
        """The text of the file as the editor has it."""
        ...

    def findings(self) -> list[str]:
        """The messages that the editor shows about the file."""
        ...

    def go(self, line: int, column: int) -> None:
        """Put the cursor on a character; the line counts from one, the column from zero."""
        ...

    def write_line(self, line: int, text: str) -> None:
        """Replace a line, as by typing."""
        ...

    def completions(self) -> list[str]:
        """Go to insert mode at the end of the cursor's line, ask for completions, and leave the text alone."""
        ...

    def definition(self) -> Place:
        """Go to the definition of what is under the cursor, and say where that is. One call takes one answer."""
        ...

    def hover(self) -> str:
        """The hover that the editor shows for what is under the cursor; empty until it is shown."""
        ...

    def rename(self, name: str) -> None:
        """Rename what is under the cursor, and write all files that were changed."""
        ...

    def close(self) -> None:
        """End the editor, and with it the server."""
        ...
