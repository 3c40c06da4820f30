"""The files that include a file are found without parsing every file."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.workspace.includers import include_entries, includers
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory

ROOT = PurePath("/w")
OLD, NEW = next(iter(BUILTIN.config_path_aliases.items()))
TEXTS = {
    "base.yaml": "a: {_copy: b}\n",
    "middle.yaml": "config_paths: [base.yaml]\n",
    "top.yaml": "config_paths:\n  - middle.yaml\n  - other.yaml\n",
    "dotted.yaml": "config_paths: ['./base.yaml']\n",
    "absolute.yaml": "config_paths: [/w/base.yaml]\n",
    "interpolated.yaml": "name: base\nconfig_paths:\n  - ${name}.yaml\n",
    "mentions.yaml": "# config_paths: base.yaml\nx: base.yaml\n",
    "circle.yaml": "config_paths: [circle.yaml, top.yaml]\n",
    "other.yaml": "x: 1\n",
    "broken.yaml": "config_paths: [base.yaml]\nx: [\n",
    "aliased.yaml": f"config_paths: [{OLD}]\n",
    NEW: "y: 1\n",
    "odd name, [1].yaml": "z: 1\n",
    "of_odd.yaml": "config_paths: ['odd name, [1].yaml']\n",
}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(Memory({ROOT / path: text for path, text in TEXTS.items()}), ROOT, Settings())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "base.yaml",
            {
                "middle.yaml",
                "top.yaml",
                "dotted.yaml",
                "absolute.yaml",
                "interpolated.yaml",
                "circle.yaml",
                "broken.yaml",
            },
        ),
        ("middle.yaml", {"top.yaml", "circle.yaml"}),
        ("other.yaml", {"top.yaml", "circle.yaml"}),
        ("circle.yaml", set[str]()),
        ("mentions.yaml", set[str]()),
        (NEW, {"aliased.yaml"}),
        ("odd name, [1].yaml", {"of_odd.yaml"}),
    ],
)
def test_includers(workspace: Workspace, path: str, expected: set[str]) -> None:
    found = includers(workspace, ROOT / path)
    assert {each.relative_to(ROOT).as_posix() for each in found} == expected
    assert len(found) == len(set(found))


def test_the_nearest_comes_first(workspace: Workspace) -> None:
    names = [path.name for path in includers(workspace, ROOT / "base.yaml")]
    assert names.index("middle.yaml") < names.index("top.yaml") < names.index("circle.yaml")


def test_whoever_includes_a_file_reaches_it_in_its_own_run(workspace: Workspace) -> None:
    for path in workspace.members:
        for includer in includers(workspace, path):
            assert path in {file.path for file in workspace.own_run(includer).files}


def test_whoever_reaches_a_file_is_one_of_its_includers(workspace: Workspace) -> None:
    for member in workspace.members:
        for file in workspace.own_run(member).files:
            assert file.path == member or member in includers(workspace, file.path)


def test_a_file_that_another_root_shadows_is_named_by_its_whole_path() -> None:
    files = Memory({ROOT / "a.yaml": "x: workspace\n", PurePath("/first/a.yaml"): "x: first\n"})
    workspace = Workspace(files, ROOT, Settings(), search_dirs=(PurePath("/first"),))
    assert workspace.own_run(ROOT / "a.yaml").config.leaf("x") == "workspace"
    assert workspace.own_run(PurePath("/first/a.yaml")).config.leaf("x") == "first"
    assert workspace.own_run(PurePath("/first/a.yaml")).run.roots == ("a.yaml",)


def test_the_search_for_includers_grows_with_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most configs have the same name, so the name of a file alone does not select the files that can include it."""
    asked: list[PurePath] = []
    entries = include_entries

    def counted(workspace: Workspace, path: PurePath) -> tuple[str, ...]:
        asked.append(path)
        return entries(workspace, path)

    monkeypatch.setattr("gym_lsp.workspace.includers.include_entries", counted)
    counts: list[int] = []
    for size in (20, 40):
        shared = "config_paths: [environments/shared/config.yaml]\n"
        texts = {ROOT / f"environments/e{number}/config.yaml": shared for number in range(size)}
        workspace = Workspace(Memory({**texts, ROOT / "environments/shared/config.yaml": "a: 1\n"}), ROOT)
        asked.clear()
        assert len(includers(workspace, ROOT / "environments/shared/config.yaml")) == size
        counts.append(len(asked))
    assert counts[1] <= 2.2 * counts[0]
