"""The identity of the program: the source of gym-lsp belongs to it only if it can change without the version."""

from __future__ import annotations

from pathlib import Path

import pytest

import gym_lsp
from gym_lsp.cache.identity import identity


def test_the_source_of_a_clone_belongs_to_it_and_that_of_an_installation_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "gym_lsp" / "__init__.py"
    module.parent.mkdir()
    module.write_text("")
    monkeypatch.setattr(gym_lsp, "__file__", str(module))
    clone = list(identity())
    module.write_text("changed = True\n")
    changed = list(identity())
    assert clone[:-1] == changed[:-1] and clone[-1] != changed[-1]
    (tmp_path / "gym_lsp-0.1.0.dist-info").mkdir()
    assert list(identity()) == clone[:-1]
