"""One license, several spellings: datasets want NeMo Gym's own words, manifests want SPDX, and people write neither."""

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
"""What people write, without blanks and punctuation, and the SPDX identifier of what they mean."""


def dataset_license(text: str, allowed: Iterable[str]) -> str | None:
    """The one of `allowed` that is the license a person spelled in another way; None where none is for certain."""
    wanted = _letters(text)
    wanted = _letters(_COMMON.get(wanted, wanted))
    allowed = tuple(allowed)
    for name in allowed:
        if _letters(name) == wanted:
            return name
    return next((name for name in allowed if (spdx := LICENSES.get(name)) and _letters(spdx) == wanted), None)


def spdx_license(text: str) -> str | None:
    """The SPDX identifier of a license that a person spelled in another way, as far as datasets may have it."""
    wanted = _letters(text)
    if wanted in _COMMON:
        return _COMMON[wanted]
    found = (spdx for name, spdx in LICENSES.items() if spdx and wanted in (_letters(name), _letters(spdx)))
    return next(found, None)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
