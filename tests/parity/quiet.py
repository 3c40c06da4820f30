"""The workspace check on the real releases: every error was reviewed, and mistakes are found.

    python -m tests.parity.quiet --corpus DIR errors            the errors, as rows for reviewed.json
    python -m tests.parity.quiet --corpus DIR mistakes          how many of the recorded mistakes are errors here, too

`data/reviewed.json` lists each error that gym-lsp reports on a release as it is, with the reason why it is genuine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from gym_lsp.check import Checker
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.text import LineIndex
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.parity.answers import ask_workspace
from tests.parity.compare import accepted_lines
from tests.parity.recorded import DATA, RELEASES, Broken, load

REVIEWED = DATA / "reviewed.json"
LEFT_OPEN = frozenset({"ConfigMissingValuesError", "ConfigInterpolationError"})
"""What a workspace check cannot find: env.yaml and the command line may set these values, so they are not errors there.

An include by an absolute path is not an error either, because it may exist on the target machine.
"""


@dataclass(frozen=True, order=True)
class Error:
    """One error that gym-lsp reports on a release. The line is counted from 1."""

    release: str
    path: str
    line: int
    rule: str


def errors_of(release: str, root: Path) -> Iterator[Error]:
    """Return every error of the workspace check on a release."""
    files, path = Disk(), PurePath(root)
    install = find_install_root(files, explicit=path, workspace=path, environ={})
    workspace = Workspace(files, path, Settings(), install)
    for found in Checker(workspace).check_workspace(workspace.members).diagnostics:
        if found.severity is Severity.ERROR:
            line = LineIndex(workspace.text(found.path) or "").line_of(found.span.start) + 1
            yield Error(release, found.path.relative_to(path).as_posix(), line, found.rule)


def reviewed() -> dict[Error, str]:
    """Return the reviewed errors, with the reason why each is genuine."""
    rows: list[dict[str, Any]] = json.loads(REVIEWED.read_text("utf-8"))
    return {Error(row["release"], row["path"], row["line"], row["rule"]): row["reason"] for row in rows}


@dataclass(frozen=True)
class Seen:
    """Whether a recorded mistake in a working config is an error in the workspace check."""

    kind: str
    verdict: str
    path: str
    line: int
    is_error: bool
    is_placed: bool
    is_open: bool
    """Whether it is reported as information, because another file or the command line may supply what is absent."""

    @property
    def is_left_open(self) -> bool:
        """Whether a workspace check cannot find the mistake."""
        is_known_open = self.verdict in LEFT_OPEN or self.verdict.startswith("Interpolation")
        return is_known_open or self.kind == "include-absolute" or (self.is_open and not self.is_error)


def seen(release: str, root: Path, mistakes: Iterable[Broken] | None = None) -> Iterator[Seen]:
    """Check the recorded mistakes, by default all, in configs that worked before."""
    for broken in load(release).mistakes if mistakes is None else mistakes:
        if broken.unbroken != "ok" or broken.verdict.ok:
            continue
        diagnostics = ask_workspace(root, broken.path, broken.text(root))
        found = [each for each in diagnostics if each.severity == "error"]
        is_open = any(each.severity == "information" and each.gym_error == broken.verdict.name for each in diagnostics)
        lines = accepted_lines(broken)
        placed = any(spot.touches(broken.path, lines) for each in found for spot in each.spots)
        yield Seen(broken.kind, broken.verdict.name, broken.path, broken.edit.line, bool(found), placed, is_open)


def table(release: str, asked: Iterable[Seen]) -> Iterator[str]:
    """Return two rows of Markdown for one release: the mistakes that a workspace check can find, and all of them."""
    asked = list(asked)
    for label, chosen in (
        ("errors in any run", [each for each in asked if not each.is_left_open]),
        ("all", asked),
    ):
        errors = sum(each.is_error for each in chosen)
        placed = sum(each.is_placed for each in chosen)
        yield f"| {release} | {label} | {len(chosen)} | {errors} | {100 * errors / len(chosen):.2f} % | {placed} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Look at the view on a workspace over the real releases.")
    parser.add_argument("what", choices=("errors", "mistakes"))
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--release", action="append")
    arguments = parser.parse_args()
    for release in arguments.release or RELEASES:
        root = arguments.corpus.resolve() / release
        if arguments.what == "errors":
            for error in sorted(errors_of(release, root)):
                print(json.dumps(vars(error) | {"reason": reviewed().get(error, "")}))
            continue
        asked = list(seen(release, root))
        print(*table(release, asked), sep="\n", flush=True)
        missed = [each for each in asked if not each.is_error and not each.is_left_open]
        for kind, count in Counter(each.kind for each in missed).most_common(20):
            example = next(each for each in missed if each.kind == kind)
            print(f"  {count} x {kind}, such as {example.path}:{example.line}", file=sys.stderr)


if __name__ == "__main__":
    main()
