"""The new components that the tests make, and the runs that NeMo Gym's own parser is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePath

from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.scaffold.plan import plan
from gym_lsp.scaffold.request import Request
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace

ENVIRONMENT = Request(kind="environment", name="quiz", domain="knowledge")
REQUESTS: Mapping[str, Request] = {
    "environment": ENVIRONMENT,
    "benchmark": Request(kind="benchmark", name="trivia"),
    "on-mcqa": Request(kind="environment", name="mcq", resources_server="mcqa"),
    "on-blackjack": Request(kind="environment", name="cards", resources_server="blackjack"),
    "second-environment": Request(kind="environment", name="second_quiz", resources_server="quiz"),
    "resources-server": Request(kind="resources-server", name="grader", domain="knowledge"),
    "agent": Request(kind="agent", name="echo_agent"),
    "sandbox": Request(kind="sandbox", name="shells"),
    "recipe": Request(kind="recipe", name="small", environment="quiz"),
}
BEFORE: Mapping[str, str] = {"second-environment": "environment"}
"""The component that has to be there before another one is made."""
CONFIGS: Mapping[str, str] = {
    "environment": "environments/quiz/config.yaml",
    "benchmark": "benchmarks/trivia/config.yaml",
    "on-mcqa": "environments/mcq/config.yaml",
    "on-blackjack": "environments/cards/config.yaml",
    "second-environment": "environments/second_quiz/config.yaml",
    "resources-server": "resources_servers/grader/configs/grader.yaml",
    "agent": "responses_api_agents/echo_agent/configs/echo_agent.yaml",
}
"""The config of each component that is a run."""


def opened(folder: Path, release: Path | None) -> Workspace:
    """Open a folder that uses an installed release, if any."""
    root = PurePath(folder)
    install = None if release is None else find_install_root(Disk(), explicit=release, workspace=root, environ={})
    return Workspace(Disk(), root, Settings(), install)


def made(folder: Path, release: Path | None, request: Request) -> dict[str, str]:
    """Write the files of a new component, and return their texts by path relative to the folder."""
    files = plan(opened(folder, release), request)
    for path, text in files:
        Disk().create(path, text, PurePath(folder))
    return {path.relative_to(folder).as_posix(): text for path, text in files}


def made_alone(folder: Path, release: Path | None, case: str) -> dict[str, str]:
    """Write the files of a case and of the component that it needs, and return their texts."""
    before = made(folder, release, REQUESTS[BEFORE[case]]) if case in BEFORE else {}
    return before | made(folder, release, REQUESTS[case])


def digest(texts: Mapping[str, str]) -> str:
    """Return what shows that texts are those that a verdict was recorded for."""
    return sha256("\0".join(f"{path}\0{texts[path]}" for path in sorted(texts)).encode()).hexdigest()[:16]
