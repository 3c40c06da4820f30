"""What is known about programs holds until something changes that was looked up, and no longer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.files import Disk
from gym_lsp.workspace import tree
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.programs import Programs
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory

ROOT = PurePath("/w")
SERVERS = ("alpha", "beta")
CLASS = """\
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer
{imports}

class OwnConfig(BaseResourcesServerConfig):
    {field}: int

class Own(SimpleResourcesServer):
    config: OwnConfig

if __name__ == "__main__":
    Own.run_webserver()
"""
BORROWED = "from {} import Own\n\nif __name__ == '__main__':\n    Own.run_webserver()\n"
TEXTS = (
    CLASS.format(imports="", field="level"),
    CLASS.format(imports="", field="depth"),
    BORROWED.format("resources_servers.alpha.app"),
    BORROWED.format("resources_servers.gamma.server"),
    BORROWED.format("shared"),
    BORROWED.format("shared.deep"),
    "",
    None,
)
PATHS = tuple(
    ROOT / name
    for name in (
        "resources_servers/alpha/app.py",
        "resources_servers/alpha/requirements.txt",
        "resources_servers/alpha/shared.py",
        "resources_servers/beta/app.py",
        "resources_servers/beta/shared/deep.py",
        "resources_servers/gamma/server.py",
        "shared.py",
        "shared/__init__.py",
        "shared/deep.py",
        "environments/new/config.yaml",
    )
)


def answers(workspace: Workspace) -> list[object]:
    classes = [workspace.server_class("resources_servers", name, "app.py") for name in SERVERS]
    return [(found.name, found.path, found.config) if found else None for found in classes]


def changed(workspace: Workspace, texts: Mapping[PurePath, str], path: PurePath, *, was_there: bool) -> Workspace:
    is_edit = was_there and path in texts
    return workspace.changed(
        Memory(texts), Change.edit([path]) if is_edit else Change(created_or_deleted=frozenset({path}))
    )


@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(TEXTS), st.booleans()), max_size=8))
def test_after_any_changes_it_is_what_a_fresh_workspace_says(changes: list[tuple[PurePath, str | None, bool]]) -> None:
    texts: dict[PurePath, str] = {ROOT / "resources_servers/alpha/app.py": CLASS.format(imports="", field="level")}
    workspace = Workspace(Memory(dict(texts)), ROOT)
    for path, text, is_asked in changes:
        before, was_there = dict(texts), path in texts
        if text is None:
            texts.pop(path, None)
        else:
            texts[path] = text
        if text is not None and is_asked:
            # What might be makes no difference to what is.
            assert answers(workspace.with_texts({path: text})) == answers(Workspace(Memory(texts), ROOT))
            assert answers(workspace) == answers(Workspace(Memory(before), ROOT))
        workspace = changed(workspace, dict(texts), path, was_there=was_there)
        if is_asked:
            assert answers(workspace) == answers(Workspace(Memory(texts), ROOT))
    assert answers(workspace) == answers(Workspace(Memory(texts), ROOT))


def test_what_was_not_looked_up_changes_nothing() -> None:
    texts: dict[PurePath, str] = {ROOT / "resources_servers/alpha/app.py": CLASS.format(imports="", field="level")}
    workspace = Workspace(Memory(dict(texts)), ROOT)
    known = answers(workspace)
    assert known[0] is not None
    for name in ("environments/new/config.yaml", "environments/new/app.py", "resources_servers/gamma/app.py"):
        texts[ROOT / name] = ""
        later = changed(workspace, dict(texts), ROOT / name, was_there=False)
        assert later.files.programs() is not workspace.files.programs()
        assert later.memo.holds(Workspace.server_class, later, "resources_servers", "alpha", "app.py")
        workspace = later


@pytest.mark.parametrize("name", ["shared.py", "real/shared.py"])
def test_a_program_behind_a_link_is_found_under_both_paths(tmp_path: Path, name: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/shared.py").write_text("level = 1\n")
    (tmp_path / "linked").symlink_to(tmp_path / "real", target_is_directory=True)
    (tmp_path / "shared.py").symlink_to(tmp_path / "real/shared.py")
    for asked in ("linked/shared.py", "shared.py"):
        programs = Programs(Disk())
        programs.read(PurePath(tmp_path / asked))
        assert programs.depend_on(PurePath(tmp_path / "real/shared.py"))
        assert programs.depend_on(PurePath(tmp_path / asked))
    assert not Programs(Disk()).depend_on(PurePath(tmp_path / name))


def test_what_another_process_has_looked_up_counts() -> None:
    programs = Programs(Memory({}), lambda path: path.name == "app.py")
    assert programs.depend_on(ROOT / "app.py")
    assert not programs.depend_on(ROOT / "other.py")


def test_what_was_typed_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gym_lsp.workspace.programs.MOST_MORE", 50)
    path, source = ROOT / "a.yaml", tree._programs  # pyright: ignore[reportPrivateUsage]
    workspace = Workspace(Memory({path: ""}), ROOT)
    kept: list[int] = []
    for number in range(200):
        workspace.server_class("resources_servers", f"typed_{number}", "app.py")
        (known,) = workspace.memo.known((source,))
        kept.append(len(known.value.kinds))
        workspace = changed(workspace, {path: f"a: {number}\n"}, path, was_there=True)
    # Without a change of a program, these would be 200.
    assert 20 < max(kept) < 100
