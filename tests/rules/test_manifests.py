"""Rules about manifests, beyond the examples on their pages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.fixture import assert_findings

FIELDS = {
    "name": "counting",
    "version": "0.1.0",
    "kind": "environment",
    "integration_profile": "external-agent-loop",
    "domain": "math",
    "description": "Counts letters.",
    "modality": "text",
    "authors": "[Ada, Lin]",
    "reward": "{range: [0, 1], higher_is_better: true}",
    "resources_server": "counting",
    "agent_server": "counting_agent",
    "datasets": "[{name: a, type: example, jsonl_fpath: a.jsonl}]",
}
CONFIG = """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      datasets: [{name: a, type: example, jsonl_fpath: a.jsonl}]
counting_agent:
  responses_api_agents:
    counting_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: counting}
"""


def manifest(
    fields: Mapping[str, str | None], folder: str = "environments/counting", config: str = "config.yaml"
) -> str:
    """A manifest with some fields changed; `value @@ token | finding` expects a finding below, None leaves one out."""
    lines = [f"# --- {folder}/manifest.yaml"]
    for name, value in {**FIELDS, **fields}.items():
        written, _, finding = (value or "").partition(" @@ ")
        line = f"{name}: {written}"
        if value is not None:
            lines.append(line)
        if finding:
            token, _, finding = finding.partition(" | ")
            column = line.rindex(token)
            margin = "#" + " " * (column - 1) if column else ""
            lines.append(f"{margin}{'^' * len(token)} {finding}")
    return "\n".join((*lines, f"# --- {folder}/{config}", CONFIG))


CONTENT: dict[str, dict[str, str | None]] = {
    "nothing wrong": {},
    "an unknown key": {"licence": "MIT @@ licence | error[invalid-manifest] a manifest has no key `licence`"},
    "an unknown key with a slip": {"modalities": "text @@ modalities | error[invalid-manifest]"},
    "a missing key": {"domain": None, "name": "counting @@ name | error[invalid-manifest] needs `domain`"},
    "a missing key further in": {
        "reward": "{range: [0, 1]} @@ reward | error[invalid-manifest] needs `reward.higher_is_better`"
    },
    "a missing key of a dataset": {
        "datasets": "[{type: example, jsonl_fpath: a.jsonl}] @@ type | error[invalid-manifest] `datasets[0].name`"
    },
    "an unknown kind": {"kind": "game @@ game | error[invalid-manifest] `kind` must be"},
    "a version that is a number": {"version": "1.0 @@ 1.0 | error[invalid-manifest] `version` must be str"},
    "a range the wrong way round": {
        "reward": "{range: [1, 0], higher_is_better: true} @@ [1, 0] | error[invalid-manifest] not be greater"
    },
    "an author twice": {"authors": "[Ada, Ada] @@ Ada | error[invalid-manifest] `authors[1]` repeats an earlier one"},
    "a server that the profile needs": {
        "integration_profile": "custom-gym-verifier",
        "name": "counting @@ name | error[invalid-manifest] with `integration_profile: custom-gym-verifier`",
    },
    "a driver that the profile has no use for": {
        "rollout_driver": "a.b:c @@ rollout_driver | error[invalid-manifest] is not allowed with `integration_profile"
    },
    "no license that anyone knows": {
        "licensing": "free @@ free | error[invalid-manifest] else write `internal`, `proprietary` or `unknown`"
    },
    "the name of a license instead of its identifier": {
        "licensing": "GNU General Public License v3.0 @@ GNU General Public License v3.0 "
        "| error[invalid-manifest] write `GPL-3.0-only`"
    },
    "a license expression": {"licensing": "Apache-2.0 OR MIT"},
    "another name": {"name": "letters @@ letters | error[misplaced-manifest] must be `counting`"},
    "a config that lies elsewhere": {
        "config_path": "../../config.yaml @@ ../../config.yaml | error[misplaced-manifest] the same catalog folder"
    },
    "a config that is not there": {
        "config_path": "other.yaml @@ other.yaml | error[misplaced-manifest] there is no `other.yaml`"
    },
}


@pytest.mark.parametrize("fields", CONTENT.values(), ids=CONTENT.keys())
def test_content(fields: dict[str, str | None]) -> None:
    assert_findings(manifest(fields))


def test_a_kind_that_belongs_into_the_other_folder() -> None:
    kind = "environment @@ environment | error[misplaced-manifest] must be `benchmark`"
    assert_findings(manifest({"kind": kind}, "benchmarks/counting"))


def test_a_name_with_several_parts() -> None:
    assert_findings(manifest({"name": "letters/counting"}, "environments/letters/counting"))


def test_no_config_beside_it() -> None:
    name = "counting @@ name | error[misplaced-manifest] there is no `config.yaml`"
    assert_findings(manifest({"name": name}, config="policy.yaml"))


def test_a_manifest_outside_the_catalog() -> None:
    assert_findings(manifest({"name": "whatever"}, "projects/environments/counting"))


def test_a_manifest_that_is_a_list() -> None:
    assert_findings(
        "# --- environments/counting/manifest.yaml\n- a\n^^^ error[invalid-manifest] must be a mapping\n- b\n"
    )
