"""Draw what a real Neovim shows of the first environment, with its two mistakes, as an SVG for the tutorial.

    GYM_LSP_EDITORS=.editors/terminals python -m tests.editors.picture FILE.svg

`make test-terminals` unpacks the editor. The text is that of the terminal, so the file is small and sharp.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

import pexpect
import pyte
from pyte.screens import Char

from tests.editors.neovim import Neovim
from tests.editors.programs import NEW_NEOVIM, REPOSITORY
from tests.editors.snippets import snippets
from tests.editors.waiting import LIMIT, until

LINES, COLUMNS = 34, 124
WIDTH, HEIGHT = 8.4, 18
"""The size of a character in pixels."""
FOREGROUND, BACKGROUND = "#e0e2ea", "#14161b"
"""Those of Neovim's own dark colours."""
_NAMED = {"red": "#ffc0b9", "brown": "#fce094", "green": "#b3f6c0", "blue": "#a6dbff", "cyan": "#8cf8f7"}
_HEX = set("0123456789abcdef")
_SETTINGS = """
vim.opt.termguicolors = true
vim.opt.wrap = false
vim.opt.laststatus = 0
vim.opt.ruler = false
vim.diagnostic.config({ virtual_text = true })
"""


def main() -> int:
    """Run the command line of the module's docstring and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.editors.picture")
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args().file
    with tempfile.TemporaryDirectory() as scratch:
        home, folder = Path(scratch) / "home", Path(scratch) / "my-gym"
        for each in (home, folder):
            each.mkdir()
        file.write_text(drawn(_first_environment(home, folder)), encoding="utf-8")
    return 0


def _first_environment(home: Path, folder: Path) -> pyte.Screen:
    """Make the environment of the tutorial with its two mistakes, and return the screen."""
    init = snippets("Neovim")[-1].replace("/path/to/gym-lsp", str(REPOSITORY))
    nvim = Neovim(NEW_NEOVIM, home, folder, f"{init}\n{_SETTINGS}")
    command, variables = nvim.screen()
    process: pexpect.spawn[bytes] = pexpect.spawn(
        command[0],
        command[1:],
        env=variables | {"COLORTERM": "truecolor"},
        cwd=str(folder),
        dimensions=(LINES, COLUMNS),
        timeout=LIMIT,
    )
    terminal = _Terminal(COLUMNS, LINES)
    stream = pyte.ByteStream(terminal)

    def screen() -> str:
        while True:
            try:
                stream.feed(process.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                return "\n".join(terminal.display)

    def press(keys: str, text: str) -> None:
        process.send(keys)
        until(screen, lambda shown: text in shown, text)

    try:
        until(screen, lambda shown: "[No Name]" in shown or "~" in shown, "Neovim to start")
        press(":GymLsp new environment quiz\r", "knowledge")
        found = re.search(r"(\d+): knowledge", screen())
        assert found is not None
        press(f"{found[1]}\r", "quiz_example")
        press(":call append(7, '      case_sensitive: ture')\r", "expected `bool`")
        press(":28\r:s/quiz/quizz/\r:noh\r", "did you mean `quiz`?")
        press("gg:echo\r", "quiz:")
    finally:
        process.close(force=True)
        nvim.close()
    return terminal


class _Terminal(pyte.Screen):
    """A screen that ignores queries to newer terminals."""

    def report_device_status(self, mode: int, **_: bool) -> None:
        del mode


def drawn(screen: pyte.Screen) -> str:
    """Return a screen as an SVG."""
    width, height = screen.columns * WIDTH, screen.lines * HEIGHT
    font = 'font-size="14" font-family="ui-monospace, DejaVu Sans Mono, monospace" style="white-space: pre"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" {font}>',
        f'<rect width="{width:g}" height="{height}" rx="6" fill="{BACKGROUND}"/>',
    ]
    for number in range(screen.lines):
        parts.extend(_line(screen, number))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _line(screen: pyte.Screen, number: int) -> Iterator[str]:
    column = 0
    cells = [screen.buffer[number][column] for column in range(screen.columns)]
    for style, group in groupby(cells, key=_style):
        text = "".join(cell.data for cell in group)
        foreground, background, bold, underlined = style
        left, size = column * WIDTH, len(text) * WIDTH
        column += len(text)
        if background != BACKGROUND:
            yield f'<rect x="{left:g}" y="{number * HEIGHT}" width="{size:g}" height="{HEIGHT}" fill="{background}"/>'
        if shown := text.strip():
            left, size = left + (len(text) - len(text.lstrip())) * WIDTH, len(shown) * WIDTH
            more = (' font-weight="bold"' if bold else "") + (' text-decoration="underline"' if underlined else "")
            place = f'x="{left:g}" y="{number * HEIGHT + 14}" textLength="{size:g}"'
            yield f'<text {place} fill="{foreground}"{more}>{escape(shown)}</text>'


def _style(cell: Char) -> tuple[str, str, bool, bool]:
    colours = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
    foreground, background = reversed(colours) if cell.reverse else colours
    return foreground, background, cell.bold, cell.underscore


def _colour(name: str, default: str) -> str:
    if len(name) == 6 and set(name) <= _HEX:
        return f"#{name}"
    return _NAMED.get(name, default)


if __name__ == "__main__":
    sys.exit(main())
