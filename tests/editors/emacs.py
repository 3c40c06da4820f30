"""Emacs, as a daemon that is controlled in Lisp."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.editors.editor import Place
from tests.editors.programs import EMACS, EMACS_CLIENT
from tests.editors.waiting import LIMIT, until

_QUIET = """
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil
      xref-prompt-for-identifier nil eglot-confirm-server-edits nil eldoc-idle-delay 0 enable-local-variables nil)
(add-to-list 'load-path {yaml_mode})
(require 'yaml-mode)
(add-to-list 'auto-mode-alist '("\\\\.ya?ml\\\\'" . yaml-mode))
"""


class Emacs:
    """One daemon. `init` is the Lisp that a user's init.el would have."""

    def __init__(self, home: Path, folder: Path, init: str) -> None:
        self._home = home
        # A socket has to be in a private folder, and its path must not be long.
        self._private = Path(tempfile.mkdtemp())
        self._socket = self._private / "socket"
        root = EMACS.root
        shared = next((root / "usr/share/emacs").glob("[0-9]*"))
        # Emacs looks for its compiled Lisp relative to its program.
        native = root / "usr/native-lisp"
        if not native.exists():
            native.symlink_to(Path("lib/emacs") / shared.name / "native-lisp")
        yaml_mode = next((root / "usr/share/emacs/site-lisp/elpa-src").glob("yaml-mode-*"))
        script = home / "init.el"
        script.write_text(_QUIET.format(yaml_mode=_string(yaml_mode)) + init, encoding="utf-8")
        lisp = [str(path) for path in (shared / "lisp", *sorted((shared / "lisp").rglob("*/"))) if path.is_dir()]
        self._variables = EMACS.variables(home) | {
            "EMACSLOADPATH": ":".join(lisp),
            "EMACSDATA": str(shared / "etc"),
            "EMACSDOC": str(shared / "etc"),
        }
        dump = next((root / "usr/libexec/emacs").glob("*/*/*.pdmp"))
        command = EMACS.command(f"--dump-file={dump}", "--quick", f"--fg-daemon={self._socket}", "--load", str(script))
        with (home / "emacs.log").open("wb") as log:
            self._process = subprocess.Popen(
                command, env=self._variables, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until(self._socket.exists, bool, "Emacs to start")

    def lisp(self, form: str) -> Any:
        """The value of a form, evaluated in the buffer that is shown; it has to be one that JSON can say."""
        answer = self._home / "answer.json"
        answer.unlink(missing_ok=True)
        script = self._home / "form.el"
        script.write_text(
            f"(with-current-buffer (window-buffer (selected-window))"
            f" (let ((value {form})) (with-temp-file {_string(answer)} (insert (json-encode value)))))",
            encoding="utf-8",
        )
        command = EMACS_CLIENT.command(f"--socket-name={self._socket}", "--eval", f"(load {_string(script)} nil t)")
        done = subprocess.run(command, env=self._variables, capture_output=True, text=True, timeout=LIMIT, check=False)
        assert answer.exists(), f"{form}: {done.stdout}{done.stderr}"
        return json.loads(answer.read_text(encoding="utf-8"))

    # As `Editor` has it

    def open(self, path: Path) -> None:
        self.lisp(f"(progn (switch-to-buffer (find-file-noselect {_string(path)})) t)")
        until(
            lambda: self.lisp("(progn (run-hooks 'post-command-hook) (and (eglot-current-server) t))"),
            bool,
            f"the server to take {path.name}",
        )

    def text(self) -> str:
        return self.lisp("(save-restriction (widen) (buffer-substring-no-properties (point-min) (point-max)))")

    def findings(self) -> list[str]:
        return self.lisp("(vconcat (mapcar (lambda (d) (flymake-diagnostic-text d)) (flymake-diagnostics)))")

    def go(self, line: int, column: int) -> None:
        self.lisp(f"(progn (goto-char (point-min)) (forward-line {line - 1}) (forward-char {column}) (point))")

    def write_line(self, line: int, text: str) -> None:
        self.go(line, 0)
        self.lisp(f"(progn (delete-region (pos-bol) (pos-eol)) (insert {_string(text)}) t)")

    def completions(self) -> list[str]:
        return (
            self.lisp(
                "(progn (end-of-line)"
                " (pcase (run-hook-with-args-until-success 'completion-at-point-functions)"
                "  (`(,beg ,end ,table . ,plist)"
                "   (vconcat (mapcar #'substring-no-properties"
                "    (all-completions (buffer-substring-no-properties beg end) table (plist-get plist :predicate)))))))"
            )
            or []
        )

    def definition(self) -> Place:
        before = self._place()
        self.lisp("(progn (call-interactively #'xref-find-definitions) t)")
        return until(self._place, lambda place: place != before, "the definition")

    def _place(self) -> Place:
        path, line = self.lisp('(vector (or buffer-file-name "") (line-number-at-pos))')
        return Place(Path(path), line)

    def hover(self) -> str:
        # `eldoc t` makes this buffer, which would go on to show the answer before.
        self.lisp(
            "(progn (when (buffer-live-p eldoc--doc-buffer) (kill-buffer eldoc--doc-buffer))"
            " (eldoc-print-current-symbol-info t) t)"
        )
        shown = "(with-current-buffer eldoc--doc-buffer (buffer-substring-no-properties (point-min) (point-max)))"
        return until(
            lambda: self.lisp(f'(if (buffer-live-p eldoc--doc-buffer) {shown} "")'),
            bool,
            "the hover",
        )

    def rename(self, name: str) -> None:
        self.lisp(f"(progn (eglot-rename {_string(name)}) (save-some-buffers t) t)")

    def close(self) -> None:
        command = EMACS_CLIENT.command(f"--socket-name={self._socket}", "--eval", "(kill-emacs)")
        subprocess.run(command, env=self._variables, capture_output=True, timeout=LIMIT, check=False)
        self._process.wait(60)
        shutil.rmtree(self._private, ignore_errors=True)


def _string(value: object) -> str:
    """A value as Emacs Lisp reads a string."""
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
