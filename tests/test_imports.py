"""Every module can be imported, those included that nothing else in the package imports."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import pytest

import gym_lsp

MODULES = sorted(module.name for module in walk_packages(gym_lsp.__path__, "gym_lsp."))


@pytest.mark.parametrize("name", MODULES)
def test_it_can_be_imported(name: str) -> None:
    import_module(name)
