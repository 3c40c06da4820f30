"""Reads every text in stretches, however short it is."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from gym_lsp.syntax import document, stretches


@contextmanager
def in_stretches() -> Generator[None]:
    """Read each text that has been read before in stretches of one top-level entry."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "LONG", -1)
        patch.setattr(stretches, "SHORTEST", 1)
        yield
