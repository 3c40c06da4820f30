"""Our verdicts on manifests agree with those of NeMo Gym 0.7.0, recorded by `record_manifests.py`."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import Any

import pytest

from gym_lsp.gym.manifest import Fault, ManifestProblem, check_manifest, check_place
from gym_lsp.gym.vocabulary import Domain
from tests.gym.manifests import BENCHMARK, DATASET, MANIFEST, manifests
from tests.memory import Memory

MANIFESTS = list(manifests())
DOMAINS = " | ".join(f'"{domain.value}"' for domain in Domain)
VERDICTS: list[list[str]] = json.loads((Path(__file__).parent / "data" / "manifests.json").read_text(encoding="utf-8"))


def test_every_manifest_was_recorded() -> None:
    assert len(VERDICTS) == len(MANIFESTS)


def is_within(place: str, other: str) -> bool:
    return other == "" or place == other or place.startswith(f"{other}.")


@pytest.mark.parametrize(("manifest", "places"), [*zip(MANIFESTS, VERDICTS, strict=False)])
def test_verdicts_are_nemo_gyms(manifest: Any, places: list[str]) -> None:
    problems = check_manifest(manifest)
    found = [(problem.fault, ".".join(map(str, problem.key_path))) for problem in problems]
    assert bool(found) == bool(places), problems
    # Where we report a key of a dataset, pydantic may report the dataset; for a short list it reports a missing item.
    for place in places:
        assert any(is_within(ours, place) or (ours and is_within(place, ours)) for _, ours in found), problems
    for fault, ours in found:
        if fault in (Fault.UNKNOWN_KEY, Fault.MISSING, Fault.WRONG_VALUE, Fault.NOT_A_LICENSE):
            assert any(is_within(ours, place) or is_within(place, ours) for place in places), problems


TREE = PurePath("/gym/environments")
PATH = TREE / "school" / "sums" / "manifest.yaml"
FILES = Memory({TREE / "school" / "sums" / "config.yaml": "", TREE / "other.yaml": "", TREE.parent / "env.yaml": ""})
FITTING = MANIFEST | {"name": "school/sums"}


@pytest.mark.parametrize(
    ("manifest", "problems"),
    [
        (FITTING, ()),
        (FITTING | {"name": " school/sums "}, ()),
        (FITTING | {"config_path": "../../other.yaml"}, ()),
        (MANIFEST, (ManifestProblem(Fault.OUT_OF_PLACE, ("name",), "school/sums"),)),
        (BENCHMARK | {"name": "school/sums"}, (ManifestProblem(Fault.OUT_OF_PLACE, ("kind",), "environment"),)),
        (FITTING | {"config_path": "x.yaml"}, (ManifestProblem(Fault.NO_CONFIG, ("config_path",), "x.yaml"),)),
        (FITTING | {"config_path": "../../../env.yaml"}, (ManifestProblem(Fault.OUTSIDE, ("config_path",)),)),
        (
            FITTING | {"config_path": "/gym/environments/other.yaml"},
            (ManifestProblem(Fault.OUTSIDE, ("config_path",)),),
        ),
    ],
)
def test_place(manifest: dict[object, object], problems: tuple[ManifestProblem, ...]) -> None:
    assert check_place(manifest, PATH, TREE, "environment", FILES) == problems


def test_a_manifest_needs_a_config_beside_it() -> None:
    problems = check_place({**FITTING}, PATH, TREE, "environment", Memory({}))
    assert problems == (ManifestProblem(Fault.NO_CONFIG, (), "config.yaml"),)
    assert [problem.gym_error for problem in problems] == ["RegistryError"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"domian": 1}, ManifestProblem(Fault.UNKNOWN_KEY, ("domian",))),
        ({"domain": "maths"}, ManifestProblem(Fault.WRONG_VALUE, ("domain",), DOMAINS)),
        ({"licensing": "Apache 2.0"}, ManifestProblem(Fault.NOT_A_LICENSE, ("licensing",))),
        ({"authors": ["ada", "bob", "ada"]}, ManifestProblem(Fault.REPEATED, ("authors", 2))),
        (
            {"reward": {"range": [1, 0], "higher_is_better": True}},
            ManifestProblem(Fault.UNORDERED, ("reward", "range")),
        ),
        (
            {"model_server": None},
            ManifestProblem(Fault.REQUIRED_HERE, ("model_server",), "integration_profile: custom-gym-verifier"),
        ),
        (
            {"rollout_driver": "a:b"},
            ManifestProblem(Fault.FORBIDDEN_HERE, ("rollout_driver",), "integration_profile: custom-gym-verifier"),
        ),
        ({"datasets": [DATASET, DATASET]}, ManifestProblem(Fault.REPEATED, ("datasets", 1, "name"))),
    ],
)
def test_a_mistake_is_reported_once_at_its_place(change: dict[str, Any], problem: ManifestProblem) -> None:
    assert check_manifest(MANIFEST | change) == (problem,)
    assert problem.gym_error == "ManifestError"
