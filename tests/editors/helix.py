"""Helix, which has nothing but its screen and its keys: it runs in a terminal that this module plays."""

from __future__ import annotations

import re
from pathlib import Path

import pexpect
import pyte

from tests.editors.editor import Place
from tests.editors.programs import HELIX
from tests.editors.waiting import LIMIT, until

_LINES, _COLUMNS = 60, 320
_ESCAPE = "\x1b[27u"
"""As newer terminals send it: a bare one together with the next key would be taken for Alt."""
_STATUS = re.compile(r"^ *NOR +(\S+\.yaml)\b.*?(\d+):(\d+) *$", re.MULTILINE)
_FINDING = re.compile(r"│ [ >] (?:ERROR|WARN|INFO|HINT) +gym-lsp +\S+ +(.*?) +│", re.MULTILINE)
_OFFERED = re.compile(r" (\S+) +(?:class|enum_member|field|module|property|reference|text|value|variable)(?= |▐)")
_NO_SERVER = "No configured language server"


class _Terminal(pyte.Screen):
    """A screen that ignores the queries that Helix sends to newer terminals."""

    def report_device_status(self, mode: int, **_: bool) -> None:
        """What is asked with a question mark is unknown to pyte's own."""
        del mode


class Helix:
    """One process of Helix. `languages` is what a user's languages.toml would have."""

    def __init__(self, home: Path, folder: Path, languages: str) -> None:
        self._folder = folder
        self._copy = home / "selection"
        variables = HELIX.variables(home)
        settings = Path(variables["XDG_CONFIG_HOME"]) / "helix"
        settings.mkdir(parents=True)
        (settings / "languages.toml").write_text(languages, encoding="utf-8")
        # Without this, Helix adds the closing bracket itself.
        (settings / "config.toml").write_text("editor.auto-pairs = false\n", encoding="utf-8")
        self._terminal = _Terminal(_COLUMNS, _LINES)
        self._stream = pyte.ByteStream(self._terminal)
        command = HELIX.command()
        self._process: pexpect.spawn[bytes] = pexpect.spawn(
            command[0],
            command[1:],
            env=variables,
            cwd=str(folder),
            dimensions=(_LINES, _COLUMNS),
            timeout=LIMIT,
        )
        until(self.screen, lambda screen: "NOR" in screen, "Helix to start")

    def screen(self) -> str:
        """What the terminal shows at this moment."""
        while True:
            try:
                self._stream.feed(self._process.read_nonblocking(65536, timeout=0.05))
            except pexpect.TIMEOUT:
                return "\n".join(line.rstrip() for line in self._terminal.display)

    def press(self, keys: str) -> str:
        """Type, and say what the terminal shows then."""
        self._process.send(keys)
        return self.screen()

    def command(self, text: str) -> None:
        self.press(f":{text}\r")

    # As `Editor` has it

    def open(self, path: Path) -> None:
        self.command(f"open {path}")
        until(self._place, lambda place: place.path == path, f"{path.name} to be shown")
        self.go(1, 0)
        until(lambda: self.press(" k"), lambda screen: _NO_SERVER not in screen, f"the server to take {path.name}")
        self.press(_ESCAPE)

    def text(self) -> str:
        self._copy.unlink(missing_ok=True)
        self.press("%")
        self.command(f"pipe-to cat > {self._copy}.part && mv {self._copy}.part {self._copy}")
        until(lambda: "" if self._copy.exists() else self.screen(), lambda screen: not screen, "the text")
        self.press(";")
        return self._copy.read_text(encoding="utf-8")

    def findings(self) -> list[str]:
        self.press(" d")
        shown = until(self.screen, lambda screen: "severity" in screen, "the list of findings")
        self.press(_ESCAPE)
        until(self.screen, lambda screen: "severity" not in screen, "the list of findings to close")
        return [match[1] for match in _FINDING.finditer(shown)]

    def go(self, line: int, column: int) -> None:
        self.command(f"goto {line}")
        self.press("gh" + (f"{column}l" if column else ""))
        until(self._position, lambda position: position == (line, column + 1), "the cursor to move")

    def write_line(self, line: int, text: str) -> None:
        self.go(line, 0)
        self.press(f"vglc{text}")
        self._back_to_normal()

    def _back_to_normal(self) -> None:
        # The first closes a menu, if there is one.
        until(lambda: self.press(_ESCAPE), lambda screen: _STATUS.search(screen) is not None, "normal mode")

    def completions(self) -> list[str]:
        self.press("A")
        self.press("\x18")
        offered = until(lambda: _OFFERED.findall(self.screen()), bool, "completions")
        self._back_to_normal()
        return offered

    def definition(self) -> Place:
        before = self._place()
        self.press("gd")
        return until(self._place, lambda place: place != before, "the definition")

    def _place(self) -> Place:
        status = _STATUS.search(self.screen())
        return Place(self._folder, 0) if status is None else Place(self._folder / status[1], int(status[2]))

    def _position(self) -> tuple[int, int]:
        status = _STATUS.search(self.screen())
        return (0, 0) if status is None else (int(status[2]), int(status[3]))

    def hover(self) -> str:
        before = self.screen()
        self.press(" k")
        shown = until(self.screen, lambda screen: screen != before, "the hover")
        self.press(_ESCAPE)
        return shown

    def rename(self, name: str) -> None:
        line, column = self._position()
        before = self.text()
        self.go(line, column - 1)
        self.press(" r")
        until(self.screen, lambda screen: "rename-to:" in screen, "the question for a new name")
        self.press(f"\x15{name}\r")
        until(self.text, lambda text: text != before, "the new name")
        self.command("write-all")

    def close(self) -> None:
        self._process.terminate(force=True)
