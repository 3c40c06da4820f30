"""The fence: which files are read, and what is shown of those that are not."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.compose.run import Run
from gym_lsp.files import Disk, Outside
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.ide.wiring import Status, wiring
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.polling import Poller
from gym_lsp.workspace.settings import Settings, load_settings
from gym_lsp.workspace.workspace import Workspace

SERVER = "servers:\n  resources_servers:\n    counting: {entrypoint: app.py, domain: math}\n"
EVERYWHERE = (
    "ws/environments/own.yaml", "repository/shared.yaml", "site/environments/gym.yaml", "extra/any.yaml",
    "shared/environments/gym.yaml", "shared/notes.yaml", "elsewhere/secret.yaml",
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> PurePath:
    """A folder with a workspace in a repository, and other folders beside it."""
    for name in EVERYWHERE:
        path = tmp_path / name
        if name.startswith(("ws/", "repository/")):
            path = tmp_path / "repository" / name.removeprefix("repository/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SERVER)
    return PurePath(tmp_path)


def opened(place: PurePath, *, git: str = "", **about: object) -> Workspace:
    if git:
        os.makedirs(place / git)
    return Workspace(Disk(), place / "repository" / "ws", **about)  # pyright: ignore[reportArgumentType]


def readable(workspace: Workspace, place: PurePath) -> set[str]:
    paths = (place / ("repository/" + name if name.startswith("ws/") else name) for name in EVERYWHERE)
    return {path.relative_to(place).as_posix() for path in paths if workspace.text(path) is not None}


OWN = "repository/ws/environments/own.yaml"


def test_a_workspace_alone(place: PurePath) -> None:
    assert readable(opened(place), place) == {OWN}


def test_the_whole_repository_is_inside(place: PurePath) -> None:
    assert readable(opened(place, git="repository/.git"), place) == {OWN, "repository/shared.yaml"}


def test_a_submodule_is_a_part_of_its_superproject(place: PurePath) -> None:
    (Path(place) / "repository/ws/.git").write_text("gitdir: ../.git/modules/ws\n")
    assert readable(opened(place, git="repository/.git"), place) == {OWN, "repository/shared.yaml"}


def test_nemo_gym_and_what_the_user_names_are_inside(place: PurePath) -> None:
    install = InstallRoot(place / "site", "VIRTUAL_ENV", None)
    found = opened(place, install=install, search_dirs=(place / "extra",))
    assert readable(found, place) == {OWN, "site/environments/gym.yaml", "extra/any.yaml"}
    named = opened(place, environment={"NEMO_GYM_EXTRA_ROOTS": f"{place}/extra"}, named=(place / "repository",))
    assert readable(named, place) == {OWN, "repository/shared.yaml", "extra/any.yaml"}


@pytest.mark.parametrize(
    ("settings", "inside"),
    [
        # A stranger can have written the settings of a repository.
        ("repository/ws/gym-lsp.toml", {"shared/environments/gym.yaml"}),
        ("gym-lsp.toml", {"shared/environments/gym.yaml", "shared/notes.yaml"}),
    ],
)
def test_search_folders_of_settings(place: PurePath, settings: str, inside: set[str]) -> None:
    found = Settings(place / settings, search_dirs=(place / "shared",))
    assert readable(opened(place, settings=found), place) == {OWN, *inside}


def test_links_are_followed_inside_only(place: PurePath) -> None:
    root = place / "repository" / "ws"
    os.symlink(place / "elsewhere" / "secret.yaml", root / "out.yaml")
    os.symlink(place / "elsewhere", root / "out")
    os.symlink("environments/own.yaml", root / "in.yaml")
    found = opened(place)
    assert found.text(root / "in.yaml") == SERVER
    for name in ("out.yaml", "out/secret.yaml"):
        with pytest.raises(Outside):
            found.files.read(root / name)
        with pytest.raises(Outside):
            found.files.head(root / name, 10)
        with pytest.raises(Outside):
            found.files.programs().read(root / name)
    assert found.members == (root / "in.yaml", root / "out.yaml", root / "environments/own.yaml")
    assert (found.files.entries(root / "out"), found.links_outside(root)) == ((), (root / "out",))
    trusting = opened(place, search_dirs=(place / "elsewhere",))
    assert (trusting.text(root / "out/secret.yaml"), trusting.links_outside(root)) == (SERVER, ())


def test_a_named_file_in_the_repository_is_inside_only_if_its_target_is(place: PurePath) -> None:
    """The names of changed files come from a stranger, too."""
    root = place / "repository" / "ws"
    os.symlink(place / "elsewhere" / "secret.yaml", root / "out.yaml")
    os.symlink(place / "elsewhere", root / "out")
    found = opened(place, named=(root / "out.yaml",))
    assert found.text(root / "out.yaml") is None
    # A folder that is opened or checked is a choice of the user.
    assert opened(place, named=(root / "out",)).text(root / "out/secret.yaml") == SERVER


def test_the_source_of_nemo_gym_is_not_read_through_links(place: PurePath) -> None:
    root = place / "repository" / "ws"
    (Path(place) / "elsewhere/config_types.py").write_text("class Domain(str, Enum):\n    CANARY = 'canary'\n")
    os.mkdir(root / "nemo_gym")
    for name in ("global_config.py", "config_types.py"):
        os.symlink(place / "elsewhere/config_types.py", root / "nemo_gym" / name)
    found = opened(place, install=InstallRoot(root, "checkout", None))
    assert "canary" not in found.profile.domains


def test_settings_are_not_read_through_a_link_out_of_the_repository(place: PurePath) -> None:
    root, repository = place / "repository" / "ws", place / "repository"
    for folder in (place, repository):
        (Path(folder) / "shared.toml").write_text("open-names = ['canary']\n")
    os.symlink(place / "shared.toml", root / "gym-lsp.toml")
    loaded = load_settings(Disk(), root, known_rules=())
    [error] = loaded.errors
    assert error.message == "cannot read this file: it is a link out of the workspace"
    os.mkdir(repository / ".git")
    os.unlink(root / "gym-lsp.toml")
    os.symlink(repository / "shared.toml", root / "gym-lsp.toml")
    assert load_settings(Disk(), root, known_rules=()).settings.open_names == ("canary",)


def test_polling_enters_no_link_to_the_outside(place: PurePath) -> None:
    root = place / "repository" / "ws"
    for name, target in (("out", place / "elsewhere"), ("in", root / "environments")):
        os.symlink(target, root / name)
    poller = Poller(Disk(), [root], (), opened(place).fence)
    (Path(place) / "elsewhere/new.yaml").write_text("")
    assert not poller.changes()
    (Path(root) / "environments/new.yaml").write_text("")
    assert root / "in/new.yaml" in poller.changes().created_or_deleted


def test_an_environment_can_be_a_link(place: PurePath) -> None:
    root = place / "repository" / "ws"
    os.symlink(place / "site", root / ".venv")
    found = opened(place, install=InstallRoot(root / ".venv", ".venv", None))
    assert found.text(root / ".venv/environments/gym.yaml") == SERVER


def test_a_link_that_changes_is_followed_again(place: PurePath) -> None:
    root = place / "repository" / "ws"
    os.symlink(place / "elsewhere" / "secret.yaml", root / "linked.yaml")
    before = opened(place)
    assert before.text(root / "linked.yaml") is None
    os.unlink(root / "linked.yaml")
    os.symlink("environments/own.yaml", root / "linked.yaml")
    after = before.changed(Disk(), Change(created_or_deleted=frozenset({root / "linked.yaml"})))
    assert after.text(root / "linked.yaml") == SERVER


# What is reported about a run that includes an outside file

OUTSIDE = """\
canary_value: 3
canary_server:
  resources_servers:
    canary: {entrypoint: app.py, domain: canary_domain, canary_field: 5}
"""
INCLUDER = """\
config_paths: [../../elsewhere/secret.yaml]
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: canary_server}
      model_server: {type: responses_api_models, name: policy_model}
      value: ${canary_value}
      other: NAME
"""


def reported(place: PurePath, own: str, other: str, *, run: bool) -> list[tuple[str, str]]:
    root = place / "repository" / "ws"
    (Path(root) / "environments/own.yaml").write_text(own)
    (Path(place) / "elsewhere/secret.yaml").write_text(other)
    checker = Checker(opened(place))
    found = checker.check_run(Run(("environments/own.yaml",))) if run else checker.check_workspace((root,))
    diagnostics = found.diagnostics if run else checker.check_one(root / "environments/own.yaml")
    assert "canary" not in repr(diagnostics).replace("name: canary_server", "").replace("${canary_value}", "")
    return [(each.rule, each.severity.label) for each in diagnostics]


NOT_SHOWN = ("outside-workspace", "information")


@pytest.mark.parametrize("run", [True, False], ids=["run", "workspace"])
@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        (INCLUDER, OUTSIDE.replace("canary_domain", "math"), []),
        (INCLUDER, OUTSIDE, [("unknown-domain", "error")]),
        (INCLUDER, OUTSIDE.replace("canary_server:", "canary_server: ["), [("invalid-yaml", "error")]),
        (INCLUDER, "- canary\n", [("root-not-mapping", "error")]),
        (INCLUDER.replace("canary_value", "canary_valu"), OUTSIDE.replace("canary_domain", "math"), None),
        (INCLUDER, "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), None),
    ],
    ids=["clean", "domain", "syntax", "list", "name", "text"],
)
def test_a_mistake_outside_is_reported_without_its_content(
    place: PurePath, own: str, other: str, expected: list[tuple[str, str]] | None, run: bool
) -> None:
    found = reported(place, own, other, run=run)
    assert NOT_SHOWN in found
    if expected is not None:
        assert sorted(found) == sorted([*expected, NOT_SHOWN])


def test_the_place_and_the_words(place: PurePath) -> None:
    root = place / "repository" / "ws"
    (Path(root) / "environments/own.yaml").write_text(INCLUDER)
    (Path(place) / "elsewhere/secret.yaml").write_text(OUTSIDE)
    error, *_ = Checker(opened(place)).check_run(Run(("environments/own.yaml",))).diagnostics
    assert (error.span.of(INCLUDER), error.gym_error) == ("../../elsewhere/secret.yaml", "AlmostServerError")
    assert error.message == (
        "in `../../elsewhere/secret.yaml`, which is outside of the workspace: a domain that NeMo Gym does not support"
    )


def test_an_outside_file_is_open_in_the_wiring(place: PurePath) -> None:
    root = place / "repository" / "ws"
    (Path(root) / "environments/own.yaml").write_text(INCLUDER)
    workspace = opened(place)
    drawn = wiring(workspace, workspace.compose(Run(("environments/own.yaml",))))
    (outside,) = [node for node in drawn.nodes if "secret" in node.id]
    assert outside.status is Status.OPEN
