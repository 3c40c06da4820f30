"""gym-lsp's answer to a question about a recipe. Only this module of the comparison uses `gym_lsp`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from types import MappingProxyType

from gym_lsp.check import Checker
from gym_lsp.compose.config import to_plain
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.run import Run
from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.parity.answers import Finding, Spot, finding_of
from tests.parity.recipes.digests import composed_digest, embedded_digest


@dataclass(frozen=True)
class Composed:
    """What gym-lsp makes of a recipe."""

    findings: Sequence[Finding]
    embedded: str | None
    """The digest of the resolved `env.nemo_gym`, or None if there is none."""
    composed: str
    """The digest of the configuration from which servers are started."""


@lru_cache(maxsize=4)
def workspace_of(recipes: Path, release: Path, variables: tuple[str, ...]) -> Workspace:
    """Return NeMo RL's YAML as a workspace, with one release of NeMo Gym and these environment variables."""
    files, root = Disk(), PurePath(recipes)
    install = find_install_root(files, explicit=PurePath(release), workspace=root, environ={})
    assert install is not None, f"{release} holds no NeMo Gym"
    return Workspace(files, root, Settings(), install, environment=dict.fromkeys(variables, ""))


def ask(
    workspace: Workspace, recipe: str, patched: Mapping[str, str] = MappingProxyType({}), overrides: Sequence[str] = ()
) -> Composed:
    """Return gym-lsp's view on a recipe, a path in the workspace, with `patched` texts."""
    if patched:
        workspace = workspace.with_texts({workspace.root / path: text for path, text in patched.items()})
    run = Run.embedded(workspace.root / recipe, tuple(overrides))
    try:
        composition = workspace.compose(run)
    except OverrideError:
        return Composed([Finding("error", "override", "OverridesError", Spot("", 1, 1))], None, "")
    checked = Checker(workspace).check_run(run)
    read = composition.recipe
    assert read is not None
    return Composed(
        [finding_of(workspace, found) for found in checked.diagnostics],
        None if read.own is None else embedded_digest(to_plain(read.embedded)),
        composed_digest(to_plain(composition.config)),
    )


def is_recipe(workspace: Workspace, path: str) -> bool:
    """Return whether gym-lsp takes a file for a training recipe."""
    return workspace.kind(workspace.root / path) is FileKind.RECIPE
