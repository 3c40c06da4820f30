"""After changes, a workspace gives the same results as a new one: no outdated result is kept."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_lsp.check import Checker
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.files import Disk, Missing, walk
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import YAML, Workspace
from tests.memory import Memory
from tests.stretches import in_stretches

SAMPLE = Path(__file__).parents[2]
ROOT = PurePath("/workspace")


def _sample() -> dict[PurePath, str]:
    disk = Disk()
    folders = (SAMPLE / "environments", SAMPLE / "responses_api_agents")
    paths = [path for folder in folders for path in walk(disk, PurePath(folder), YAML)]
    return {ROOT / path.relative_to(SAMPLE): disk.read(path) for path in paths}


BEFORE = _sample()
PATHS = sorted(BEFORE)


@pytest.fixture(params=["as wholes", "in stretches"], scope="module")
def reading(request: pytest.FixtureRequest) -> Iterator[None]:
    """Texts are read as wholes, since all of these are short, or as long ones."""
    with in_stretches() if request.param == "in stretches" else nullcontext():
        yield


STRANGERS = [ROOT / "env.yaml", ROOT / "environments" / "new" / "config.yaml"]
TEXTS = [
    "",
    "policy_base_url: http://localhost\n",
    "config_paths: [environments/museum_guide/config.yaml, environments/new/config.yaml]\n",
    "judge_model: {responses_api_models: {vllm_model: {entrypoint: app.py}}}\n",
    "a: [\n",
]


@st.composite
def edited(draw: st.DrawFn) -> tuple[PurePath, str | None]:
    """A path and its next text: a part removed, a line repeated, another text, or None if the file is deleted."""
    path = draw(st.sampled_from([*PATHS, *STRANGERS]))
    text = BEFORE.get(path, "")
    kind = draw(st.sampled_from(["cut", "twice", "other", "same", "gone"]))
    match kind:
        case "cut":
            start = draw(st.integers(0, len(text)))
            return path, text[:start] + text[start + draw(st.integers(0, 20)) :]
        case "twice":
            lines = text.splitlines(keepends=True) or [""]
            line = draw(st.integers(0, len(lines) - 1))
            return path, "".join([*lines[: line + 1], *lines[line:]])
        case "other":
            return path, draw(st.sampled_from(TEXTS))
        case "same":
            return path, text
        case _:
            return path, None


def findings(workspace: Workspace) -> tuple[Diagnostic, ...]:
    return Checker(workspace).check_workspace(workspace.below((ROOT,))).diagnostics


@pytest.mark.usefixtures("reading")
@settings(max_examples=25)
@given(st.lists(edited(), min_size=1, max_size=4))
def test_a_changed_workspace_answers_as_a_fresh_one(changes: list[tuple[PurePath, str | None]]) -> None:
    texts = dict(BEFORE)
    workspace = Workspace(Memory(texts), ROOT)
    findings(workspace)
    for path, text in changes:
        was_there = path in texts
        if text is None:
            texts.pop(path, None)
        else:
            texts[path] = text
        files = Memory(dict(texts))
        is_edit = was_there == (path in texts)
        change = Change.edit([path]) if is_edit else Change(created_or_deleted=frozenset({path}))
        workspace = workspace.changed(files, change)
        fresh = Workspace(files, ROOT)
        assert findings(workspace) == findings(fresh)
        assert workspace.uses(path) == fresh.uses(path)
        assert workspace.secrets_of_file(path) == fresh.secrets_of_file(path)


def test_a_snapshot_is_let_go_once_it_is_replaced() -> None:
    absent = PurePath("/w/absent.yaml")
    before = Workspace(Memory({}), PurePath("/w"))
    for _ in range(2):
        with pytest.raises(Missing):
            before.load(absent)
    findings(before)
    gc.collect()
    # No cycle keeps it: a server collects garbage only in pauses.
    gc.disable()
    try:
        after = before.changed(Memory({}), Change())
        findings(after)
        reference = weakref.ref(before)
        del before
        assert reference() is None
    finally:
        gc.enable()
    with pytest.raises(Missing):
        after.load(absent)
