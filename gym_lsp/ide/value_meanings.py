"""The meanings of the values of a field that has only a few, for completion and the JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping

from gym_lsp.gym import layout
from gym_lsp.gym.fields import Field
from gym_lsp.gym.meanings import LICENSES
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.vocabulary import DATASET_TYPES
from gym_lsp.gym.vocabulary import LICENSES as SPDX
from gym_lsp.ide.shape import known_values


def value_meanings(profile: Profile, field: Field) -> Mapping[str, str]:
    """Return a sentence for each value of a field, by the value; empty if the field has no known meanings."""
    match field.name:
        case layout.DOMAIN:
            return profile.domain_meanings
        case layout.LICENSE:
            return {name: _license(name) for name in profile.licenses}
        case layout.TYPE if DATASET_TYPES.keys() >= set(known_values(field.type)):
            return DATASET_TYPES
        case _:
            return {}


def _license(name: str) -> str:
    spdx = SPDX.get(name)
    about = LICENSES.get(name, "")
    return f"{about} (SPDX: `{spdx}`)" if spdx else about
