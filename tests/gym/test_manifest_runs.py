"""Our comparison of a manifest with its config agrees with NeMo Gym 0.7.0, and our fixes satisfy it.

`record_manifests.py` recorded its verdicts on the catalogs of `manifest_runs.py`.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.text import apply_edits
from gym_lsp.workspace.workspace import Workspace
from tests.gym.manifest_runs import catalogs
from tests.memory import Memory

ROOT = PurePath("/workspace")
CATALOGS = dict(catalogs())
RECORDED = Path(__file__).parent / "data" / "manifest-runs.json"
VERDICTS: dict[str, tuple[str | None, list[str]]] = json.loads(RECORDED.read_text(encoding="utf-8"))
WITHOUT_FIX = frozenset({"a driver that the config lacks", "a computed path"})
"""Without the driver that its profile requires, the manifest would be invalid; and NeMo Gym does not resolve a path."""
NOT_REPORTED = frozenset({"a driver without a module"})
"""No NeMo Gym is installed in these tests, and the module could be in the folder where it is installed."""


def errors(files: dict[str, str]) -> list[Diagnostic]:
    workspace = Workspace(Memory({ROOT / path: text for path, text in files.items()}), ROOT)
    found = Checker(workspace).check_workspace(workspace.below((ROOT,))).diagnostics
    return [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]


def stale(files: dict[str, str]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in errors(files) if diagnostic.rule == "stale-manifest"]


def test_every_catalog_was_recorded() -> None:
    assert list(VERDICTS) == list(CATALOGS)


@pytest.mark.parametrize("name", CATALOGS)
def test_verdicts_are_nemo_gyms(name: str) -> None:
    raised, differing = VERDICTS[name]
    found = errors(CATALOGS[name])
    assert bool(found) == (raised is not None and name not in NOT_REPORTED), found
    mentioned = {key for each in found if each.rule == "stale-manifest" for key in differing if key in each.message}
    assert sorted(mentioned) == differing, found
    assert differing or not [each for each in found if each.rule == "stale-manifest"]


@pytest.mark.parametrize("name", [name for name, (_, differing) in VERDICTS.items() if differing])
def test_fixes_satisfy(name: str) -> None:
    files = dict(CATALOGS[name])
    for diagnostic in stale(files):
        for fix in diagnostic.fixes[:1]:
            for edit in fix.edits:
                path = edit.path.relative_to(ROOT).as_posix()
                files[path] = apply_edits(files[path], [edit.edit])
    if name in WITHOUT_FIX:
        assert files == CATALOGS[name]
    else:
        assert not errors(files)
