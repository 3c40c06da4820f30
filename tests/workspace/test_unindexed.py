"""An unindexed workspace reads only what the run of a file needs, and raises an error for more."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.workspace.unindexed import NotIndexed, unindexed
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory

ROOT = PurePath("/workspace")
FILE = PurePath("environments/example/config.yaml")
OTHERS = {
    PurePath("environments/other/config.yaml"): "other: {resources_servers: {other: {entrypoint: app.py}}}\n",
    PurePath("environments/includer/config.yaml"): f"config_paths: [{FILE}]\nlimit: 1\n",
}
INCLUDED = PurePath("included.yaml")
SERVER = "example: {resources_servers: {example: {entrypoint: app.py, domain: math}}}\n"
AGENT = """\
agent:
  responses_api_agents:
    agent: {entrypoint: app.py, resources_server: {type: resources_servers, name: NAME}}
"""


class Watched(Memory):
    """Files that record which of them are read."""

    def __init__(self, texts: dict[PurePath, str]) -> None:
        super().__init__(texts)
        self.was_read: set[PurePath] = set()

    def read(self, path: PurePath) -> str:
        self.was_read.add(path)
        return super().read(path)


def workspace_of(text: str, included: str = SERVER) -> tuple[Workspace, Watched]:
    texts = {ROOT / path: each for path, each in {FILE: text, INCLUDED: included, **OTHERS}.items()}
    files = Watched(texts)
    return Workspace(files, ROOT), files


@pytest.mark.parametrize(
    ("text", "included", "rules"),
    [
        (SERVER, SERVER, set[str]()),
        (SERVER.replace("math", "maths"), SERVER, {"unknown-domain"}),
        (f"config_paths: [{INCLUDED}]\n{AGENT.replace('NAME', 'example')}", SERVER, set[str]()),
        ("config_paths: [absent.yaml]\n", SERVER, {"config-path-not-found"}),
        ("a: [\n", SERVER, {"invalid-yaml"}),
    ],
    ids=["no finding", "a wrong value", "a name of an included file", "an absent file", "broken"],
)
def test_the_own_run_is_enough(text: str, included: str, rules: set[str]) -> None:
    whole, _ = workspace_of(text, included)
    workspace, files = workspace_of(text, included)
    checker = Checker(workspace)
    found = checker.on(unindexed(workspace)).check_one(ROOT / FILE)
    assert {each.rule for each in found} == rules
    assert found == Checker(whole).check_one(ROOT / FILE)
    assert files.was_read.isdisjoint(ROOT / path for path in OTHERS)
    # The answer is known to the workspace itself.
    assert checker.check_one(ROOT / FILE) is found


@pytest.mark.parametrize(
    ("text", "included"),
    [
        (AGENT.replace("NAME", "other"), SERVER),
        (AGENT.replace("NAME", "nothing"), SERVER),
        ("example: {resources_servers: {example: {entrypoint: app.py, limit: '${limit}', domain: math}}}\n", SERVER),
        (f"config_paths: [{INCLUDED}]\n", SERVER.replace("math", "maths")),
    ],
    ids=["a name of another file", "an unknown name", "an open key", "a mistake in an included file"],
)
def test_all_files_are_needed(text: str, included: str) -> None:
    whole, _ = workspace_of(text, included)
    workspace, files = workspace_of(text, included)
    checker = Checker(workspace)
    with pytest.raises(NotIndexed):
        checker.on(unindexed(workspace)).check_one(ROOT / FILE)
    assert files.was_read.isdisjoint(ROOT / path for path in OTHERS)
    # What was begun and not finished leaves nothing wrong behind.
    assert checker.check_one(ROOT / FILE) == Checker(whole).check_one(ROOT / FILE)
