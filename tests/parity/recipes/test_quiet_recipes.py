"""Every finding in NeMo RL's own recipes was looked at, and is there for a reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus

REVIEWED = {
    "error missing-server-field": (8, "two recipes lack required fields of models; NeMo RL added them later"),
    "warning unknown-server-field": (24, "no class of NeMo Gym and no module of NeMo RL reads these five fields"),
    "warning override-without-server": (7, "blocks for servers that the recipe does not list, which do nothing"),
    "warning replaced-recipe-value": (2, "one recipe has a range of ports that NeMo RL does not use"),
    "warning nested-override-marker": (1, "a marker below the top, so that the block is merged"),
    "information invalid-server-field": (16, "models that are null, because launch scripts set them"),
    "information unset-variable": (19, "variables of the cluster"),
    "information replaced-recipe-value": (9, "placeholders for the policy model in lists for prefetching"),
    "information unknown-agent-in-map": (2, "agents that go to the default teacher"),
}
"""The number of findings of each rule in all releases, and why they are right."""
ONLY_IN = {
    "0.5.1": {"error config-path-not-found": (4, "two configs that came with 0.6.0, in two recipes")},
    "0.6.0": {"information config-path-renamed": (1, "a config that has moved")},
    "0.7.0": {"information config-path-renamed": (1, "a config that has moved")},
}


@pytest.mark.corpus
@pytest.mark.parametrize("release", ONLY_IN)
def test_every_finding_has_a_reason(corpus: Corpus, recipes: Path, release: str) -> None:
    root = PurePath(recipes)
    install = find_install_root(Disk(), explicit=PurePath(corpus.release(release)), workspace=root, environ={})
    workspace = Workspace(Disk(), root, install=install)
    checked = Checker(workspace).check_workspace(workspace.below((root,)))
    found = Counter(f"{each.severity.label} {each.rule}" for each in checked.diagnostics)
    expected = {**REVIEWED, **ONLY_IN[release]}
    assert found == Counter({name: count for name, (count, _) in expected.items()})
    assert len(checked.files) == 47  # The recipes, and a bare run in a file of its own.
