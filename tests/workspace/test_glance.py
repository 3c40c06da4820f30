"""The screen lets everything pass that the recognisers accept, and not much else."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_lsp.check import Checker
from gym_lsp.files import LARGEST_TEXT, Disk
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.syntax import parse as parse_yaml
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.glance import screen_of
from gym_lsp.workspace.recognise import FileKind, has_telling_place, recognise
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.fixture import ROOT
from tests.memory import Memory

SCREEN = screen_of(BUILTIN)
PLACE = "services/a/values.yaml"
KEYS = (
    "config_paths", "_inherit_from", "_copy", "entrypoint", "default_metadata", "user", "system", "docker", "apptainer",
    "resources_servers", "responses_api_models", "responses_api_agents", "a", "sandbox", "image",
)  # fmt: skip
PIECES = (
    *KEYS, *(f"{key}:" for key in KEYS), ": ", ":\n", "\n", "\n  ", "\n    ", "- ", ", ", "{", "}", "[", "]", "'", '"',
    "&a ", "*a", "? ", "!!str ", "\\x63", "<<: ", "# user:\n", "|\n", "---\n", "\t", "\r\n", "\u2028", "1", "~",
)  # fmt: skip


def is_missed(text: str) -> bool:
    return recognise(PLACE, parse_yaml(text), BUILTIN) is not FileKind.OTHER and not SCREEN.passes(text)


@settings(max_examples=600)
@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join))
def test_nothing_is_missed(text: str) -> None:
    assert not is_missed(text)


@pytest.mark.parametrize(
    "text",
    [
        "user: x\n", "user : x\n", "{user}\n", "{user, system}\n", "{user\n  : x}\n", "{user # a\n  : x}\n",
        "'user': x\n", '{"user":x}\n', '"\\x75ser": x\n', "? user\n: x\n", "? &a user\n: x\n", "- &a user\n",
        "a: {docker: {image: x}}\n", "a:\n  docker:\n    image: x\n", "a: {docker}\n", "!!str user: x\n",
        "a: {? docker}\n", "a: {default_metadata: {}, x: 1}\n", "a: {b: {c: {entrypoint: x}}}\n",
    ],
)  # fmt: skip
def test_each_way_to_spell_a_key(text: str) -> None:
    assert not is_missed(text)


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Pod\nspec:\n  securityContext: {runAsUser: 1000}\n  image: docker.io/library/x:1\n",
        "services:\n  web:\n    image: nginx\n    users_file: x\n",
        "on: push\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n",
    ],
)
def test_files_of_other_tools_cost_a_look(text: str) -> None:
    assert not SCREEN.passes(text)


@pytest.mark.corpus
@pytest.mark.parametrize("release", ["0.4.0", "0.5.1", "0.6.0", "0.7.0"])
def test_nothing_of_the_corpus_is_missed(corpus: Corpus, release: str) -> None:
    workspace = Workspace(Disk(), PurePath(corpus.release(release)))
    for path in workspace.members:
        text = workspace.text(path) or ""
        if not has_telling_place(workspace.spelled(path)):
            assert not is_missed(text), path


def test_what_does_not_pass_is_never_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[PurePath] = []

    def parse(path: PurePath, _: str) -> None:
        parsed.append(path)

    monkeypatch.setattr("gym_lsp.workspace.workspace.config_file", parse)
    paths = tuple(ROOT / f"services/{number}/values.yaml" for number in range(10))
    workspace = Workspace(Memory(dict.fromkeys(paths, "apiVersion: v1\nkind: Pod\n")), ROOT)
    checked = Checker(workspace).check_workspace(paths)
    assert (checked.files, checked.not_checked) == ((), paths)
    assert workspace.names.occurrences() == {"apiVersion": paths, "kind": paths}
    assert parsed == []


def test_a_file_that_becomes_a_config() -> None:
    path = ROOT / "services/values.yaml"
    before = Workspace(Memory({path: "kind: Pod\n"}), ROOT)
    assert before.kind(path) is FileKind.OTHER
    text = "a:\n  resources_servers:\n    a: {entrypoint: app.py, domain: math}\n"
    after = before.changed(Memory({path: text}), Change.edit([path]))
    assert after.kind(path) is FileKind.CONFIG
    assert after.changed(Memory({path: "kind: Pod\n"}), Change.edit([path])).kind(path) is FileKind.OTHER


def test_a_large_file_of_another_tool_is_no_finding() -> None:
    lock, config = ROOT / "pnpm-lock.yaml", ROOT / "environments/a/config.yaml"
    workspace = Workspace(Memory(dict.fromkeys((lock, config), "# config_paths\n" * (LARGEST_TEXT // 14))), ROOT)
    checked = Checker(workspace).check_workspace((lock, config))
    assert [(each.path, each.rule) for each in checked.diagnostics] == [(config, "unreadable-file")]
    assert checked.not_checked == (lock,)
