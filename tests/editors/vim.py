"""Vim with ALE, which connects to the test and runs the commands that it receives over a channel."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from pathlib import Path
from typing import Any

from tests.editors.editor import Place
from tests.editors.programs import VIM
from tests.editors.waiting import LIMIT, until

_INIT = """
set nocompatible noswapfile hidden viminfo= columns=160 lines=50
set runtimepath^={ale}
filetype plugin on
let g:ale_completion_enabled = 0
let g:ale_lint_delay = 10
let g:ale_hover_to_preview = 1
set omnifunc=ale#completion#OmniFunc
{init}
autocmd VimEnter * let g:channel = ch_open('127.0.0.1:{port}', {{'mode': 'json'}})
"""


class Vim:
    """One process of Vim. `init` is what a user's vimrc would have."""

    def __init__(self, home: Path, folder: Path, init: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(LIMIT)
            script = home / "vimrc"
            ale = VIM.root / "usr/share/vim-ale"
            script.write_text(_INIT.format(ale=ale, init=init, port=listener.getsockname()[1]), encoding="utf-8")
            command = VIM.command("--not-a-term", "-N", "-i", "NONE", "-u", str(script), "-T", "xterm")
            # Vim leaves when its input ends, so that stays open for as long as this process does.
            self._process = subprocess.Popen(
                command,
                env=VIM.variables(home),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._socket, _ = listener.accept()
        self._socket.settimeout(LIMIT)
        self._answers = self._socket.makefile("r", encoding="utf-8")
        self._id = 0

    def expression(self, text: str) -> Any:
        """The value of an expression."""
        return self._asked("expr", text)

    def call(self, name: str, *arguments: object) -> Any:
        """What a function returns."""
        return self._asked("call", name, list(arguments))

    def command(self, text: str) -> str:
        """What an Ex command says."""
        return self.call("execute", text)

    def press(self, keys: str) -> None:
        """Type; special keys are written as in a mapping, such as `<Esc>`."""
        special = re.sub("(<[^>]+>)", r"\\\1", keys)
        self.expression(f'feedkeys("{special}", "t")')

    def _asked(self, *message: object) -> Any:
        self._id -= 1
        self._socket.sendall(json.dumps([*message, self._id]).encode())
        while True:
            line = self._answers.readline()
            assert line, "Vim has ended"
            number, answer = json.loads(line)
            if number == self._id:
                return answer

    # As `Editor` has it

    def open(self, path: Path) -> None:
        self.command(f"edit {path}")
        until(self._has_server, bool, f"the server to take {path.name}")

    def _has_server(self) -> bool:
        return re.search(r"^\(started\).*gym-lsp", self.command("ALEInfo -echo"), re.MULTILINE) is not None

    def text(self) -> str:
        return "\n".join(self.call("getline", 1, "$")) + "\n"

    def findings(self) -> list[str]:
        return self.expression("map(getloclist(0), 'v:val.text')")

    def go(self, line: int, column: int) -> None:
        self.call("cursor", line, column + 1)

    def write_line(self, line: int, text: str) -> None:
        self.go(line, 0)
        self.press(f"0C{text}<Esc>")
        until(lambda: self.call("getline", line), lambda seen: seen == text, "the line to be written")

    def completions(self) -> list[str]:
        self.press("A<C-x><C-o>")
        items = "map(complete_info(['items']).items, 'v:val.word')"
        offered = until(lambda: self.expression(items), bool, "completions")
        self.press("<C-e><Esc>")
        until(lambda: self.expression("mode()"), lambda mode: mode == "n", "the menu to close")
        return offered

    def definition(self) -> Place:
        before = self._place()
        self.command("ALEGoToDefinition")
        return until(self._place, lambda place: place != before, "the definition")

    def _place(self) -> Place:
        return Place(Path(self.call("expand", "%:p")), self.call("line", "."))

    def hover(self) -> str:
        self.command("pclose")
        self.command("ALEHover")
        previews = "filter(getwininfo(), 'getwinvar(v:val.winid, \"&previewwindow\")')"
        shown = f"map({previews}, 'getbufline(v:val.bufnr, 1, \"$\")')"
        windows = until(lambda: self.expression(shown), bool, "the hover")
        return "\n".join(line for lines in windows for line in lines)

    def rename(self, name: str) -> None:
        before = self.text()
        self.press(f":ALERename<CR><C-u>{name}<CR>")
        until(self.text, lambda text: text != before, "the new name")
        self.command("silent! wall")

    def close(self) -> None:
        self._answers.close()
        self._socket.close()
        self._process.terminate()
        # Waits for its end, and closes its input.
        self._process.communicate(timeout=LIMIT)
