"""What a place alone says: that configs belong there, where their root is, and that it is not enough for findings."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.files import Disk
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.ide.completion import complete, kind_for_completion
from gym_lsp.workspace.place import YAML, is_config_place, is_sure_place, root_by_place
from gym_lsp.workspace.recognise import FileKind, kind_by_place
from gym_lsp.workspace.root import root_of
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.memory import Memory

ROOT = PurePath("/w")
SURE = (
    "environments/first/config.yaml",
    "benchmarks/a/b/config.yaml",
    "benchmarks/a/configs/opencode.yml",
    "resources_servers/a/configs/a.yaml",
    "responses_api_models/a/configs/Vendor/model.yaml",
    "environment_servers/a/configs/a.yaml",
    "nemo_gym/sandbox/providers/docker/configs/docker.yaml",
)
OPEN = ("environments/first/judge.yaml", "environments/prod/group_vars/all.yml", "environments/a/configs/sub/x.yaml")
NOT = (
    "config.yaml",
    "environments/config.yaml",
    "environments/a/config.json",
    "environments/a/env.yaml",
    "environments/a/manifest.yaml",
    "environments/a/prompts/default.yaml",
    "benchmarks/prompts/eval/x.yaml",
    "resources_servers/a/data/a.yaml",
    "configs/a/x.yaml",
    ".github/workflows/ci.yaml",
)


def test_configs_belong_to_some_places() -> None:
    assert [path for path in (*SURE, *OPEN, *NOT) if is_config_place(path)] == [*SURE, *OPEN]
    assert [path for path in (*SURE, *OPEN, *NOT) if is_sure_place(path)] == [*SURE]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("environments/a/config.yaml", FileKind.CONFIG),
        ("environments/a/prompts/default.yaml", FileKind.PROMPT),
        ("benchmarks/prompts/x.yaml", FileKind.PROMPT),
        ("prompts/x.yaml", FileKind.OTHER),
        ("notes.yaml", FileKind.OTHER),
    ],
)
def test_the_kind_of_an_empty_file_comes_from_its_place(path: str, kind: FileKind) -> None:
    assert kind_by_place(path) is kind
    for text in ("", "\n\n", "# a comment\n", "first:\n  "):
        workspace = Workspace(Memory({ROOT / path: text}), ROOT)
        assert kind_for_completion(workspace, ROOT / path) is kind
        assert workspace.kind(ROOT / path) is FileKind.OTHER


@pytest.mark.parametrize("version", ["0.4.0", "0.5.1", "0.6.0", "0.7.0"])
@pytest.mark.corpus
def test_every_config_of_a_component_is_at_a_place_of_configs(corpus: Corpus, version: str) -> None:
    root = PurePath(corpus.release(version))
    workspace = Workspace(Disk(), root)
    configs = [path for path in workspace.members if workspace.kind(path) is FileKind.CONFIG]
    elsewhere = {path.relative_to(root).as_posix() for path in configs if not is_config_place(workspace.spelled(path))}
    # These are directly in the folder of all benchmarks, or in an example; their content shows what they are.
    assert not [path for path in elsewhere if path.startswith("environments/") or "/configs/" in path]
    assert all(path.count("/") == 1 for path in elsewhere if path.startswith("benchmarks/"))
    assert all(root_by_place(path) == root for path in configs if is_config_place(workspace.spelled(path)))


# The roots


@pytest.mark.parametrize(
    ("path", "start", "root"),
    [
        # A file that is opened alone.
        ("/p/environments/first/config.yaml", None, "/p"),
        ("/p/environments/first/parts/judge.yaml", None, "/p"),
        ("/home/me/environments/p/environments/first/config.yaml", None, "/home/me/environments/p"),
        ("/p/environments/config.yaml", None, "/p/environments"),
        # A file in the folder that someone works in.
        ("/p/environments/first/config.yaml", "/p", "/p"),
        ("/p/q/environments/first/config.yaml", "/p", "/p"),
        ("/p/environments/first/config.yaml", "/p/environments/first", "/p"),
        ("/p/environments/first/config.yaml", "/p/environments", "/p"),
        # A folder of the user can have such a name, too.
        ("/home/me/environments/p/values.yaml", "/home/me/environments/p", "/home/me/environments/p"),
        ("/home/me/environments/p/k8s/config.yml", "/home/me/environments/p", "/home/me/environments/p"),
    ],
)
@pytest.mark.parametrize("text", ["", "first:\n", "replicas: 3\n"])
def test_the_root_is_above_the_place(path: str, start: str | None, root: str, text: str) -> None:
    found = root_of(Memory({PurePath(path): text}), PurePath(path), None if start is None else PurePath(start))
    assert found.path == PurePath(root)
    # The files beside it may be anything, and there can be many.
    assert found.is_deep is (start == root)


# Quietness

OTHER_TOOLS = {
    "environments/prod/values.yaml": "replicas: 3\nimage: {repository: nginx, tag: '1'}\n",
    "environments/prod/empty.yaml": "",
    "environments/prod/config.yaml": "{{- if .Values.on }}\na: {{ .Values.a }}\n{{- end }}\n",
    "environments/prod/templates/deployment.yaml": "apiVersion: v1\nspec:\n  {{- toYaml .Values | nindent 2 }}\n",
    "environments/staging/config.yaml": "apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Service\n",
    "environments/staging/group_vars/all.yml": "ntp: a\nntp: b\nvault: !vault |\n  abc\n",
    "environments/staging/site.yml": "- hosts: all\n  roles: [web]\n",
    "environments/staging/configs/play.yml": "- hosts: all\n  roles: [web]\n",
    "benchmarks/load/k6.yaml": "stages:\n- [1, 2\n",
    "benchmarks/load/config.yaml": "users: 10\n",
    "charts/web/environments/prod/values.yaml": "a: [\n",
    ".github/workflows/ci.yaml": "on: push\njobs: {a: {runs-on: x}}\n",
}


def test_trees_of_other_tools_have_no_findings() -> None:
    workspace = Workspace(Memory({ROOT / path: text for path, text in OTHER_TOOLS.items()}), ROOT)
    checker = Checker(workspace)
    assert {
        path.as_posix(): list(checker.check_one(path)) for path in workspace.members if checker.check_one(path)
    } == {}
    assert {workspace.kind(path) for path in workspace.members} == {FileKind.OTHER}
    # But what is written into such a file can be completed.
    path = ROOT / "environments/prod/empty.yaml"
    assert "environment" in [each.label for each in complete(workspace, path, 0)]


def test_an_included_empty_config_has_no_findings() -> None:
    texts = {
        "environments/a/config.yaml": "config_paths: [environments/a/part.yaml]\n",
        "environments/a/part.yaml": "",
    }
    workspace = Workspace(Memory({ROOT / path: text for path, text in texts.items()}), ROOT)
    checker = Checker(workspace)
    assert [each.rule for path in workspace.members for each in checker.check_one(path)] == []


def test_the_names_are_those_of_the_profile() -> None:
    assert all(is_config_place(f"{name}/a/configs/a{YAML[0]}") for name in BUILTIN.server_types)
