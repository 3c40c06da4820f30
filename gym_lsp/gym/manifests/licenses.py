"""Spellings of licenses: datasets need NeMo Gym's names, manifests need SPDX, and people often write something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gym_lsp.gym.vocabulary import LICENSES

_COMMON: Mapping[str, str] = MappingProxyType(
    {
        "apache2": "Apache-2.0",
        "apachelicense2": "Apache-2.0",
        "apachelicense20": "Apache-2.0",
        "apachelicenseversion20": "Apache-2.0",
        "asl20": "Apache-2.0",
        "mitlicense": "MIT",
        "themitlicense": "MIT",
        "expat": "MIT",
        "ccby4": "CC-BY-4.0",
        "ccby40international": "CC-BY-4.0",
        "creativecommonsattribution40": "CC-BY-4.0",
        "ccbysa4": "CC-BY-SA-4.0",
        "ccbysa40international": "CC-BY-SA-4.0",
        "creativecommonsattributionsharealike40": "CC-BY-SA-4.0",
        "ccbync3": "CC-BY-NC-3.0",
        "gpl3": "GPL-3.0-only",
        "gpl30": "GPL-3.0-only",
        "gplv3": "GPL-3.0-only",
        "gnugplv3": "GPL-3.0-only",
    }
)
"""Common spellings, reduced to lower case letters and digits, each with its SPDX identifier."""


def dataset_license(text: str, allowed: Iterable[str]) -> str | None:
    """Return the name in `allowed` for a license in another spelling, or None if there is no certain match."""
    wanted = _letters(text)
    wanted = _letters(_COMMON.get(wanted, wanted))
    allowed = tuple(allowed)
    for name in allowed:
        if _letters(name) == wanted:
            return name
    return next((name for name in allowed if (spdx := LICENSES.get(name)) and _letters(spdx) == wanted), None)


def spdx_license(text: str) -> str | None:
    """Return the SPDX identifier of a license in another spelling, or None. It knows the licenses of datasets only."""
    wanted = _letters(text)
    if wanted in _COMMON:
        return _COMMON[wanted]
    found = (spdx for name, spdx in LICENSES.items() if spdx and wanted in (_letters(name), _letters(spdx)))
    return next(found, None)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
