"""Neovim, controlled over its own socket."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.editors.editor import Place
from tests.editors.programs import REPOSITORY, Program
from tests.editors.waiting import LIMIT, until

CLIENT = REPOSITORY / "nvim-client"


class Neovim:
    """One process of Neovim. `init` is the Lua that a user's init.lua would have."""

    def __init__(self, program: Program, home: Path, folder: Path, init: str) -> None:
        self._program = program
        script = home / "init.lua"
        script.write_text(init, encoding="utf-8")
        # The path of a socket must not be long.
        self._private = Path(tempfile.mkdtemp())
        self._socket = self._private / "socket"
        self._variables = program.variables(home)
        # The parsers lie where a Neovim that is installed finds them by itself.
        parsers = f"set runtimepath+={program.root / 'usr/lib/nvim'} columns=160 lines=50"
        options = ("--headless", "--listen", str(self._socket), "-i", "NONE", "-n", "--cmd", parsers, "-u", str(script))
        self._process = subprocess.Popen(
            program.command(*options),
            env=self._variables,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._socket.exists, bool, "Neovim to start")
        until(lambda: self.lua("return vim.v.vim_did_enter"), bool, "init.lua to be done")

    def lua(self, code: str, *arguments: object) -> Any:
        """What a piece of Lua returns; it has to be something that JSON can say."""
        function = f"(function(...) {code} end)(unpack(_A))"
        call = f"json_encode(luaeval({_string(function)}, json_decode({_string(json.dumps(arguments))})))"
        return json.loads(self._remote("--remote-expr", call))

    def command(self, text: str) -> str:
        """What an Ex command says."""
        return self.lua("return vim.api.nvim_exec2(..., { output = true }).output", text)

    def screen(self) -> tuple[list[str], dict[str, str]]:
        """The command, and its environment, with which a terminal shows this Neovim."""
        return self._program.command("--server", str(self._socket), "--remote-ui"), self._variables

    def press(self, keys: str) -> None:
        self._remote("--remote-send", keys)

    def _remote(self, *arguments: str) -> str:
        command = self._program.command("--server", str(self._socket), *arguments)
        done = subprocess.run(command, env=self._variables, capture_output=True, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def clients(self) -> list[str]:
        """The roots of the servers that answer for the buffer."""
        return self.lua(
            "return vim.tbl_map(function(c) return c.root_dir or c.config.root_dir end, "
            "vim.lsp.get_clients({ bufnr = 0, name = 'gym_lsp' }))"
        )

    # As `Editor` has it

    def open(self, path: Path) -> None:
        self.lua("vim.cmd.edit(vim.fn.fnameescape(...))", str(path))
        until(self._is_ready, bool, f"the server to take {path.name}")

    def _is_ready(self) -> bool:
        return self.lua(
            "local client = vim.lsp.get_clients({ bufnr = 0, name = 'gym_lsp' })[1] "
            "return client ~= nil and client.initialized == true"
        )

    def text(self) -> str:
        return self.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\\n') .. '\\n'")

    def findings(self) -> list[str]:
        return self.lua("return vim.tbl_map(function(d) return d.message end, vim.diagnostic.get(0))")

    def go(self, line: int, column: int) -> None:
        self.lua("vim.api.nvim_win_set_cursor(0, {...})", line, column)

    def write_line(self, line: int, text: str) -> None:
        self.lua("local l, t = ...; vim.api.nvim_buf_set_lines(0, l - 1, l, true, { t })", line, text)

    def completions(self) -> list[str]:
        self.press("A<C-x><C-o>")
        offered = until(self._menu, bool, "completions")
        self.press("<C-e><Esc>")
        until(lambda: self.lua("return vim.fn.mode()"), lambda mode: mode == "n", "the menu to close")
        return offered

    def _menu(self) -> list[str]:
        return self.lua(
            "return vim.tbl_map(function(i) return i.abbr ~= '' and i.abbr or i.word end, "
            "vim.fn.complete_info({ 'items' }).items)"
        )

    def definition(self) -> Place:
        before = self.place()
        self.lua("vim.lsp.buf.definition()")
        return until(self.place, lambda place: place != before, "the definition")

    def place(self) -> Place:
        """Where the cursor is."""
        path, line = self.lua("return { vim.api.nvim_buf_get_name(0), vim.fn.line('.') }")
        return Place(Path(path), line)

    def hover(self) -> str:
        self.lua("vim.lsp.buf.hover()")
        return until(self._floating, bool, "the hover")

    def _floating(self) -> str:
        return self.lua(
            "for _, w in ipairs(vim.api.nvim_list_wins()) do "
            "  if vim.api.nvim_win_get_config(w).relative ~= '' then "
            "    local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(w), 0, -1, true) "
            "    vim.api.nvim_win_close(w, true) "
            "    return table.concat(lines, '\\n') end end return ''"
        )

    def rename(self, name: str) -> None:
        before = self.text()
        self.lua("vim.lsp.buf.rename(...)", name)
        until(self.text, lambda text: text != before, "the new name")
        self.lua("vim.cmd('silent wall')")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(60)
        shutil.rmtree(self._private)


def _string(value: str) -> str:
    """A value as Vim script reads a string that is taken as it is."""
    quoted = value.replace("'", "''")
    return f"'{quoted}'"
