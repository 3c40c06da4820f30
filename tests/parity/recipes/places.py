"""What the kinds of mistakes in recipes share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.parity.edits import Edit, Place
from tests.parity.mistakes import KINDS
from tests.parity.recipes.sites import Embedded, Settings


@dataclass(frozen=True)
class RecipePlace(Place):
    """A recipe to make mistakes in. `recipe` is the file that is run: itself, or one that has it under `defaults`."""

    recipe: str = ""

    @property
    def settings(self) -> Settings:
        assert isinstance(self.config, Settings)
        return self.config.settings if isinstance(self.config, Embedded) else self.config


Edits = Callable[[RecipePlace], Iterator[Edit]]


def reuse(*names: str) -> dict[str, Edits]:
    """Return kinds of mistakes in configs, which can be made in recipes, too."""
    known: dict[str, Edits] = {kind.name: kind.edits for kind in KINDS}
    return {name: known[name] for name in names}
