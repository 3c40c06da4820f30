"""All kinds of mistakes in recipes, in the order of the recorded data."""

from __future__ import annotations

from tests.parity.mistakes import KINDS
from tests.parity.recipes.mistakes_embedded import EMBEDDED_KINDS
from tests.parity.recipes.mistakes_settings import SETTINGS_KINDS
from tests.parity.recipes.places import Edits

RECIPE_KINDS: dict[str, Edits] = {**SETTINGS_KINDS, **EMBEDDED_KINDS}

OWN = frozenset({*SETTINGS_KINDS, *EMBEDDED_KINDS} - {kind.name for kind in KINDS if kind.name != "duplicate-key"})
"""The kinds that only recipes have. The others are those of the releases' own configs."""

VARIED = frozenset(
    {
        "default-not-a-path", "default-list", "resolver-value", "reference-value", "block-value", "included-field",
        "interpolation-of-gym", "resolver-in-server", "set-by-nemo-rl", "directive", "composed-agent",
        "override-at-top",
    }
)  # fmt: skip
"""The kinds that have many variants."""
