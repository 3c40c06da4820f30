"""Licenses in other spellings than the required one."""

from __future__ import annotations

import pytest

from gym_lsp.gym.manifests.licenses import dataset_license, spdx_license
from gym_lsp.gym.manifests.spdx import is_license_expression
from gym_lsp.gym.vocabulary import LICENSES

SPELLINGS = {
    "apache-2.0": "Apache 2.0",
    "APACHE 2.0": "Apache 2.0",
    "Apache License, Version 2.0": "Apache 2.0",
    "The MIT License": "MIT",
    "CC BY 4.0": "Creative Commons Attribution 4.0 International",
    "CC-BY-SA-4.0": "CC BY-SA 4.0",
    "Creative Commons Attribution-ShareAlike 4.0": "CC BY-SA 4.0",
    "cc by nc 3.0": "CC BY-NC 3.0",
    "GPLv3": "GNU General Public License v3.0",
    "GPL-3.0-only": "GNU General Public License v3.0",
    "tbd": "TBD",
}


@pytest.mark.parametrize(("text", "name"), SPELLINGS.items())
def test_the_license_of_a_dataset(text: str, name: str) -> None:
    found = dataset_license(text, LICENSES)
    assert found is not None
    assert LICENSES[found] == LICENSES[name]


@pytest.mark.parametrize("text", ["", "Apache", "GPL-3.0-or-later", "GPL-2.0", "CC-BY-NC-4.0", "BSD", "proprietary"])
def test_no_guess_at_another_license(text: str) -> None:
    assert dataset_license(text, LICENSES) is None
    assert spdx_license(text) is None


@pytest.mark.parametrize("name", LICENSES)
def test_a_license_that_is_spelled_right_stays(name: str) -> None:
    assert dataset_license(name, LICENSES) == name


def test_only_what_a_release_allows() -> None:
    assert dataset_license("Apache-2.0", ("MIT",)) is None


@pytest.mark.parametrize(("name", "spdx"), [(name, spdx) for name, spdx in LICENSES.items() if spdx])
def test_the_license_of_a_manifest(name: str, spdx: str) -> None:
    assert spdx_license(name) == spdx
    assert spdx_license(spdx.lower()) == spdx
    assert is_license_expression(spdx)


def test_what_manifests_cannot_say() -> None:
    assert spdx_license("NVIDIA Internal Use Only, Do Not Distribute") is None
