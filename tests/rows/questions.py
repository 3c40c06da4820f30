"""The rows that NeMo Gym and gym-lsp both judge: those that a release ships, and these with one mistake each.

The rows of a release are not ours, so only digests of them and verdicts are recorded. The same release gives the same
questions.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any, cast

from gym_lsp.files import Disk
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.workspace.listings import Listing, listings_of
from gym_lsp.workspace.workspace import Workspace

Row = Any

REPLACEMENTS: tuple[Any, ...] = (None, 7, 1.5, True, "x", "7", [], ["x"], {}, {"x": 1})
_MOST_CHILDREN = 4
_OWN = frozenset({"responses_create_params", "agent_ref", "task_source"})


@dataclass(frozen=True)
class Question:
    """A server, a file of its rows, and the rows to judge. `is_changed` if they have mistakes."""

    folder: str
    file: str
    rows: tuple[Row, ...]
    is_changed: bool

    @property
    def digest(self) -> str:
        """The digest of the rows."""
        return sha256(json.dumps(self.rows).encode()).hexdigest()[:16]


def workspace_of(release: Path) -> Workspace:
    """Return the workspace of a release."""
    root = PurePath(release)
    return Workspace(Disk(), root, install=InstallRoot(root, "--gym-root", None))


def listings(workspace: Workspace) -> Iterator[Listing]:
    """Yield everything that the configs of a workspace list, in the order of the configs."""
    for path in workspace.members:
        yield from listings_of(workspace, path)


def questions(release: Path) -> Iterator[Question]:
    """Yield the rows of each file as they are, for each server that owns them, and then with mistakes."""
    seen: dict[tuple[str, str], list[Row]] = {}
    for listing in listings(workspace_of(release)):
        if listing.owner is None or not (release.joinpath(*listing.owner) / "task_data.py").is_file():
            continue
        key = ("/".join(listing.owner), listing.rows.relative_to(release).as_posix())
        if key not in seen:
            text = Path(listing.rows).read_text(encoding="utf-8")
            seen[key] = [json.loads(line) for line in text.splitlines() if line.strip()]
    for (folder, file), rows in sorted(seen.items()):
        yield Question(folder, file, tuple(rows), is_changed=False)
        yield Question(folder, file, tuple(mistakes(rows[0])) if rows else (), is_changed=True)


def mistakes(row: Row) -> Iterator[Row]:
    """Yield a row with one change each, most of which are mistakes."""
    for path in _places(row):
        yield _changed(row, path, remove=True)
        for value in REPLACEMENTS:
            yield _changed(row, path, value)
        if len(path) == 1 and path[0] not in ("verifier_metadata", "task_data"):
            # The same field in the other places where a row can have it.
            for container in ("verifier_metadata", "task_data"):
                other = copy.deepcopy(row)
                inside = other.setdefault(container, {})
                if isinstance(inside, dict):
                    inside[path[0]] = other[path[0]]
                    yield copy.deepcopy(other)
                    inside[path[0]] = "different"
                    yield other
                    yield _changed(other, path, remove=True)
    yield {**row, "a_key_that_no_schema_has": 1}
    yield {**row, "verifier_metadata": "x"}
    yield {**row, "task_data": 7}
    yield {"responses_create_params": {"input": "x"}}
    own = {key: value for key, value in row.items() if key not in _OWN}
    yield {"task_id": {"taskset": "x"}, "task_input": own}
    yield {"task_id": {"taskset": "x"}, "task_input": {"task_data": own}}


def _places(row: Row) -> Iterator[tuple[str | int, ...]]:
    for key, value in row.items():
        if key in _OWN:
            continue
        yield (key,)
        is_container = key in ("verifier_metadata", "task_data")
        for inner in _children(value, None if is_container else _MOST_CHILDREN):
            yield (key, inner)
            for deeper in _children(value[inner], _MOST_CHILDREN):
                yield (key, inner, deeper)


def _children(value: Any, most: int | None) -> list[str | int]:
    if isinstance(value, dict):
        return list[str | int](cast("dict[str, Any]", value))[:most]
    return [0] if isinstance(value, list) and value else []


def _changed(row: Row, path: tuple[str | int, ...], value: Any = None, *, remove: bool = False) -> Row:
    other = copy.deepcopy(row)
    inside = other
    for key in path[:-1]:
        inside = inside[key]
    if remove:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return other
