"""Manifests, valid or with one mistake each, for `record_manifests.py` and `test_manifest.py`. Only data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

DATASET = {"name": "rows", "type": "example", "jsonl_fpath": "data/rows.jsonl"}
EXAM = {"name": "exam", "type": "benchmark", "jsonl_fpath": "data/exam.jsonl", "prepare_script": "prepare.py"}
ADOPTED = {"source": "https://example.org/sums.git", "ref": "v1.0", "reconciled": "2026-01-31"}
MANIFEST: dict[str, Any] = {
    "name": "sums",
    "version": "1.0.0",
    "kind": "environment",
    "integration_profile": "custom-gym-verifier",
    "domain": "math",
    "description": "Adds numbers.",
    "modality": "text",
    "authors": ["ada"],
    "reward": {"range": [0, 1], "higher_is_better": True},
    "resources_server": "sums",
    "agent_server": "sums_agent",
    "model_server": "policy_model",
    "datasets": [DATASET],
}
BENCHMARK: dict[str, Any] = MANIFEST | {
    "kind": "benchmark",
    "canonical_split": "test",
    "standard_prompt_config": "prompts/sums.yaml",
    "datasets": [EXAM],
}
VALUES: tuple[Any, ...] = (None, "", "  ", "text", 5, 1.5, True, [], ["text"], {}, {"a": 1})
LICENSES = (
    "MIT",
    "mit",
    "Apache-2.0",
    "Apache 2.0",
    "Apache",
    "internal",
    "Internal",
    "proprietary",
    "unknown",
    "TBD",
    "MIT OR Apache-2.0",
    "(MIT AND (Apache-2.0 OR BSD-3-Clause))",
    "GPL-2.0-only WITH Classpath-exception-2.0",
    "GPL-2.0+",
    "LicenseRef-Own.1",
    "LicenseRef-",
    "LicenseRef-Own+",
    "MIT OR",
    "MIT Apache-2.0",
    "MIT WITH MIT",
    "()",
    "(MIT",
    " MIT ",
)


def manifests() -> Iterator[Any]:
    """Yield the manifests in the order of the recorded data."""
    yield from (MANIFEST, BENCHMARK, None, [], "text", {})
    yield from one_key_changed()
    yield from (MANIFEST | {"licensing": license} for license in LICENSES)
    yield from contracts()
    yield from datasets()
    yield from rewards_and_origins()


def one_key_changed() -> Iterator[dict[str, Any]]:
    optional = ("experimental", "licensing", "determinism", "config_path", "dataset_owner", "rollout_driver")
    optional += ("grading_mode", "session_model", "state", "sandbox", "canonical_split", "prompt_source")
    optional += ("standard_prompt_config", "adopted_from", "lifecycle", "domian", "license")
    for key in (*MANIFEST, *optional):
        for value in VALUES:
            yield MANIFEST | {key: value}
    for key in BENCHMARK:
        yield {other: value for other, value in BENCHMARK.items() if other != key}
    for key, value in (("session_model", "step"), ("state", "per_session"), ("lifecycle", "deprecated")):
        yield MANIFEST | {key: value}
    for truth in ("yes", "off", 0, 1, "maybe"):
        yield MANIFEST | {"experimental": truth}


def contracts() -> Iterator[dict[str, Any]]:
    for profile in ("custom-gym-verifier", "custom-gym-agent-loop", "external-agent-loop", "external-rollout-driver"):
        chosen = MANIFEST | {"integration_profile": profile}
        yield chosen
        yield chosen | {"resources_server": None}
        yield chosen | {"model_server": None}
        yield chosen | {"rollout_driver": "sums.drive:run"}
        for driver in ("sums", "sums:", "sums.drive", ":run", "1sums:run", "sums:run:on", "sums:run.on", "süms:run"):
            yield chosen | {"rollout_driver": driver}
    for source in ("template", "prepared", "agent", "other"):
        chosen = BENCHMARK | {"prompt_source": source}
        yield chosen
        yield chosen | {"standard_prompt_config": None}
        yield chosen | {"kind": "environment"}
        yield chosen | {"kind": "environment", "standard_prompt_config": None}
        yield chosen | {"standard_prompt_config": None, "datasets": [EXAM | {"prompt_config": "p.yaml"}]}
    yield BENCHMARK | {"datasets": [DATASET]}
    yield BENCHMARK | {"datasets": [DATASET, EXAM]}
    for authors in (["ada", "ada"], ["ada", " ada "], ["ada", "bob"], ["ada", 5], "ada"):
        yield MANIFEST | {"authors": authors}


def datasets() -> Iterator[dict[str, Any]]:
    for key in ("name", "type", "jsonl_fpath", "prepare_script", "prompt_config", "num_repeats", "license"):
        for value in VALUES:
            yield MANIFEST | {"datasets": [DATASET | {key: value}]}
        yield MANIFEST | {"datasets": [{other: value for other, value in EXAM.items() if other != key}]}
    for listed in ([DATASET, DATASET], [DATASET, DATASET | {"name": " rows "}], [DATASET, "text"], [None]):
        yield MANIFEST | {"datasets": listed}


def rewards_and_origins() -> Iterator[dict[str, Any]]:
    ranges = ([0, 1], [1, 0], [1, 1], [0.5, "1"], [0], [0, 1, 2], [None, 1], ["a", 1], "01", [".inf", 1], [True, 2])
    for span in ranges:
        yield MANIFEST | {"reward": {"range": span, "higher_is_better": False}}
    yield MANIFEST | {"reward": {"range": [0, 1]}}
    yield MANIFEST | {"reward": {"range": [0, 1], "higher_is_better": "perhaps", "unit": "points"}}
    yield MANIFEST | {"adopted_from": ADOPTED}
    sources = ("git@example.org:sums.git", "ssh://example.org/x", "example.org/x", "ftp://example.org/x", "https:// x")
    for key, values in (
        ("source", (*sources, "", 5, None)),
        ("ref", ("main", "two words", "", None, 5)),
        ("reconciled", ("2026-02-30", "31.1.2026", "yesterday", "", None)),
    ):
        for value in values:
            yield MANIFEST | {"adopted_from": ADOPTED | {key: value}}
        yield MANIFEST | {"adopted_from": {other: value for other, value in ADOPTED.items() if other != key}}
