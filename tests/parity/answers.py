"""gym-lsp's answer to a question of the parity table. Only this module of the table uses `gym_lsp`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath

from gym_lsp.check import Checker
from gym_lsp.compose.run import Run
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.text import LineIndex, Span
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace


@dataclass(frozen=True)
class Spot:
    """The first and the last line, counted from 1."""

    path: str
    """Relative to the release, with forward slashes."""
    line_start: int
    line_end: int

    def touches(self, path: str, lines: frozenset[int]) -> bool:
        """Return whether one of these lines of `path` is affected."""
        return self.path == path and any(self.line_start <= line <= self.line_end for line in lines)


@dataclass(frozen=True)
class Finding:
    """The parts of a diagnostic that the table uses."""

    severity: str
    """`error`, `warning`, `information` or `hint`."""
    rule: str
    gym_error: str | None
    """The class of the error that NeMo Gym would raise."""
    spot: Spot
    related: tuple[Spot, ...] = ()

    @property
    def spots(self) -> tuple[Spot, ...]:
        return (self.spot, *self.related)


@lru_cache(maxsize=1)
def _release(root: Path) -> Workspace:
    """One release as a workspace, which keeps what it has read between questions."""
    files = Disk()
    path = PurePath(root)
    install = find_install_root(files, explicit=path, workspace=path, environ={})
    assert install is not None, f"{root} holds no NeMo Gym"
    return Workspace(files, path, Settings(), install)


def ask(
    release_root: Path, roots: Sequence[str], patched: Mapping[str, str], overrides: Sequence[str]
) -> list[Finding]:
    """Return the diagnostics of the run of `roots`, paths relative to `release_root`, with `patched` texts."""
    workspace = _release(release_root)
    if patched:
        workspace = workspace.with_texts({workspace.root / path: text for path, text in patched.items()})
    checked = Checker(workspace).check_run(Run(tuple(roots), tuple(overrides)))
    return [finding_of(workspace, found) for found in checked.diagnostics]


def ask_workspace(release_root: Path, path: str, text: str | None) -> list[Finding]:
    """Return the diagnostics of one file of the release as a workspace, with `text` as its content."""
    workspace = _release(release_root)
    place = workspace.root / path
    if text is not None:
        workspace = workspace.with_texts({place: text})
    return [finding_of(workspace, found) for found in Checker(workspace).check_workspace([place]).diagnostics]


def finding_of(workspace: Workspace, found: Diagnostic) -> Finding:
    related = tuple(_spot(workspace, each.path, each.span) for each in found.related)
    return Finding(found.severity.label, found.rule, found.gym_error, _spot(workspace, found.path, found.span), related)


def _spot(workspace: Workspace, path: PurePath, span: Span) -> Spot:
    lines = LineIndex(workspace.text(path) or "")
    shown = path.relative_to(workspace.root) if path.is_relative_to(workspace.root) else path
    return Spot(shown.as_posix(), lines.line_of(span.start) + 1, lines.line_of(span.end) + 1)
