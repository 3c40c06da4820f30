"""Baselines: recorded findings that a project accepts for now, so that only new findings are reported.

A baseline counts findings by path, rule and key path, not by line, so that it survives edits elsewhere in the file.
Paths are relative to a root, in practice the folder of the baseline, so that it does not depend on where gym-lsp runs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import cast

from msgspec import Struct

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.reporters.paths import relative_path

VERSION = 1


class BaselineError(ValueError):
    """A baseline is invalid at `place`, for `reason`."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class Key(Struct, frozen=True):
    """Two findings with the same key are the same for a baseline."""

    path: str
    rule: str
    key_path: tuple[str | int, ...]


class Stale(Struct, frozen=True):
    """A baseline records `surplus` more findings with this key than there are."""

    key: Key
    surplus: int


class Baseline(Struct, frozen=True):
    """The number of recorded findings with each key. Paths are relative to `root`."""

    root: PurePath
    counts: Mapping[Key, int]


class Comparison(Struct, frozen=True):
    """Findings that a baseline does not record, findings that it records, and recorded findings that are gone."""

    new: tuple[Diagnostic, ...]
    matched: tuple[Diagnostic, ...]
    stale: tuple[Stale, ...]


def take(diagnostics: Iterable[Diagnostic], root: PurePath) -> Baseline:
    """Return the baseline that records exactly these findings."""
    return Baseline(root, MappingProxyType(Counter(_key(diagnostic, root) for diagnostic in diagnostics)))


def apply(diagnostics: Iterable[Diagnostic], baseline: Baseline) -> Comparison:
    """Compare findings with a baseline. If there are more findings with a key than recorded, the last ones are new."""
    left = Counter(baseline.counts)
    new: list[Diagnostic] = []
    matched: list[Diagnostic] = []
    for diagnostic in diagnostics:
        key = _key(diagnostic, baseline.root)
        (matched if left[key] > 0 else new).append(diagnostic)
        left[key] -= 1
    stale = [Stale(key, count) for key, count in left.items() if count > 0]
    return Comparison(tuple(new), tuple(matched), tuple(sorted(stale, key=lambda entry: _order(entry.key))))


def write(baseline: Baseline) -> str:
    """Return the text of a baseline file: JSON with a finding on each line, sorted so that diffs are small."""
    lines = [
        json.dumps({"path": key.path, "rule": key.rule, "key_path": list(key.key_path), "count": count})
        for key, count in sorted(baseline.counts.items(), key=lambda item: _order(item[0]))
    ]
    findings = "".join(f"\n    {line}" for line in ",\n".join(lines).split("\n") if line)
    closing = "\n  ]" if lines else "]"
    return f'{{\n  "version": {VERSION},\n  "findings": [{findings}{closing}\n}}\n'


def read(text: str, root: PurePath) -> Baseline:
    """Read the text of a baseline file. Raises BaselineError if it is invalid."""
    try:
        document: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise BaselineError(f"line {error.lineno}, column {error.colno}", f"invalid JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError("the file", f"invalid JSON: {error}") from error
    top = _object(document, "the file")
    version = top.get("version")
    if version != VERSION or isinstance(version, bool):
        raise BaselineError("version", f"expected {VERSION}, found {_show(version)}")
    findings = top.get("findings")
    if not isinstance(findings, list):
        raise BaselineError("findings", f"expected a list, found {_show(findings)}")
    counts: dict[Key, int] = {}
    for number, finding in enumerate(cast("list[object]", findings)):
        place = f"findings[{number}]"
        key, count = _finding(_object(finding, place), place)
        if key in counts:
            raise BaselineError(place, "duplicate of an earlier finding")
        counts[key] = count
    return Baseline(root, MappingProxyType(counts))


def _finding(finding: Mapping[str, object], place: str) -> tuple[Key, int]:
    path, rule = (_string(finding.get(field), f"{place}.{field}") for field in ("path", "rule"))
    key_path = finding.get("key_path")
    if not isinstance(key_path, list):
        raise BaselineError(f"{place}.key_path", f"expected a list, found {_show(key_path)}")
    steps: list[str | int] = []
    for number, step in enumerate(cast("list[object]", key_path)):
        if not isinstance(step, str | int) or isinstance(step, bool):
            raise BaselineError(f"{place}.key_path[{number}]", f"expected a key or an index, found {_show(step)}")
        steps.append(step)
    count = finding.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise BaselineError(f"{place}.count", f"expected a whole number above 0, found {_show(count)}")
    return Key(path, rule, tuple(steps)), count


def _object(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BaselineError(place, f"expected an object, found {_show(value)}")
    return cast("Mapping[str, object]", value)


def _string(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise BaselineError(place, f"expected a string, found {_show(value)}")
    return value


def _show(value: object) -> str:
    if value is None:
        return "nothing"
    shown = json.dumps(value)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"


def _key(diagnostic: Diagnostic, root: PurePath) -> Key:
    return Key(relative_path(diagnostic.path, root), diagnostic.rule, diagnostic.key_path)


def _order(key: Key) -> tuple[str, str, list[tuple[bool, int, str]]]:
    # Keys and indices cannot be compared with each other.
    steps = [(True, step, "") if isinstance(step, int) else (False, 0, step) for step in key.key_path]
    return key.path, key.rule, steps
