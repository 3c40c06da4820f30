"""Rules about manifests, in addition to the examples on their pages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gym_lsp.gym.roots import InstallRoot
from gym_lsp.text import apply_edits
from tests.fixture import GYM, assert_findings, findings, parse_fixture

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
    """Return a manifest with changed fields. `value @@ token | finding` expects a finding, `None` omits the field."""
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
    "an unknown key": {"licence": "MIT @@ licence | error[invalid-manifest] unknown manifest key `licence`"},
    "a misspelt key": {"modalities": "text @@ modalities | error[invalid-manifest]"},
    "a missing key": {
        "domain": None,
        "name": "counting @@ name | error[invalid-manifest] missing `domain`",
    },
    "a missing inner key": {
        "reward": "{range: [0, 1]} @@ reward | error[invalid-manifest] missing `reward.higher_is_better`"
    },
    "a missing key of a dataset": {
        "datasets": "[{type: example, jsonl_fpath: a.jsonl}] @@ type | error[invalid-manifest] `datasets[0].name`"
    },
    "an unknown kind": {"kind": "game @@ game | error[invalid-manifest] `kind` must be"},
    "a version that is a number": {"version": "1.0 @@ 1.0 | error[invalid-manifest] `version` must be str"},
    "a range in the wrong order": {
        "reward": "{range: [1, 0], higher_is_better: true} @@ [1, 0] | error[invalid-manifest] not be greater"
    },
    "an author twice": {"authors": "[Ada, Ada] @@ Ada | error[invalid-manifest] `authors[1]` repeats an earlier value"},
    "a server that the profile needs": {
        "integration_profile": "custom-gym-verifier",
        "name": "counting @@ name | error[invalid-manifest] required with `integration_profile: custom-gym-verifier`",
    },
    "a driver that the profile does not allow": {
        "rollout_driver": "a.b:c @@ rollout_driver | error[invalid-manifest] is not allowed with `integration_profile"
    },
    "an unknown license": {
        "licensing": "free @@ free | error[invalid-manifest] an SPDX expression, `internal`, `proprietary` or `unknown`"
    },
    "the name of a license instead of its identifier": {
        "licensing": "GNU General Public License v3.0 @@ GNU General Public License v3.0 "
        "| error[invalid-manifest] write the SPDX identifier `GPL-3.0-only`"
    },
    "a license expression": {"licensing": "Apache-2.0 OR MIT"},
    "another name": {"name": "letters @@ letters | error[misplaced-manifest] must be `counting`"},
    "a config outside the catalog folder": {
        "config_path": "../../config.yaml @@ ../../config.yaml | error[misplaced-manifest] the same catalog folder"
    },
    "a config that does not exist": {
        "config_path": "other.yaml @@ other.yaml | error[misplaced-manifest] config `other.yaml` of this"
    },
}


STALE: dict[str, dict[str, str | None]] = {
    "another agent": {
        "agent_server": "other @@ other | error[stale-manifest] must be `counting_agent`, as in the config"
    },
    "a misspelt agent": {
        "agent_server": "counting_agnt @@ counting_agnt | error[stale-manifest] `agent_server` must be"
    },
    "a resources server that is null": {
        "resources_server": "null @@ null | error[stale-manifest] `resources_server` must be `counting`"
    },
    "a model server that is not in the config": {
        "model_server": "policy_model @@ policy_model | error[stale-manifest] must be left out, because the config"
    },
    "another file of a dataset": {
        "datasets": "[{name: a, type: example, jsonl_fpath: b.jsonl}] @@ b.jsonl "
        "| error[stale-manifest] `datasets[0].jsonl_fpath` must be `a.jsonl`"
    },
    "repeats that are not in the config": {
        "datasets": "[{name: a, type: example, jsonl_fpath: a.jsonl, num_repeats: 2}] @@ 2 "
        "| error[stale-manifest] `datasets[0].num_repeats` must be `1`"
    },
    "another dataset": {
        "datasets": "[{name: b, type: example, jsonl_fpath: a.jsonl}] @@ datasets "
        "| error[stale-manifest] the datasets of `counting` must be `a`"
    },
    "a dataset without a name is only invalid": {
        "datasets": "[{name: '', type: example, jsonl_fpath: a.jsonl}] @@ '' "
        "| error[invalid-manifest] `datasets[0].name`"
    },
    "a misspelt owner": {
        "dataset_owner": "countng @@ countng | error[unmet-manifest] did you mean `counting`?",
    },
}


BLOCK = "- name: {0}\n  type: example\n  jsonl_fpath: {0}.jsonl"


@pytest.mark.parametrize("fields", [*CONTENT.values(), *STALE.values()], ids=[*CONTENT, *STALE])
def test_content(fields: dict[str, str | None]) -> None:
    assert_findings(manifest(fields))


def test_a_kind_that_belongs_in_the_other_folder() -> None:
    kind = "environment @@ environment | error[misplaced-manifest] must be `benchmark`"
    assert_findings(manifest({"kind": kind}, "benchmarks/counting"))


def test_a_name_with_several_parts() -> None:
    assert_findings(manifest({"name": "letters/counting"}, "environments/letters/counting"))


def test_no_config_next_to_it() -> None:
    name = "counting @@ name | error[misplaced-manifest] config `config.yaml` of this manifest not found"
    assert_findings(manifest({"name": name}, config="policy.yaml"))


def test_a_manifest_outside_the_catalog() -> None:
    assert_findings(manifest({"name": "whatever"}, "projects/environments/counting"))


def test_a_manifest_that_is_a_list() -> None:
    assert_findings(
        "# --- environments/counting/manifest.yaml\n- a\n^^^ error[invalid-manifest] must be a mapping\n- b\n"
    )


def fixed(text: str) -> str:
    """Return the manifest after the fix of its only finding."""
    fixture = parse_fixture(text)
    (found,) = findings(fixture)
    (fix,) = found.fixes
    assert {edit.path for edit in fix.edits} == {found.path}
    return apply_edits(fixture.files[found.path], [edit.edit for edit in fix.edits])


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"agent_server": "'other'  # whose"}, "agent_server: 'counting_agent'  # whose"),
        ({"resources_server": "null"}, "resources_server: counting"),
        (
            {"datasets": "[{name: b, type: example, jsonl_fpath: a.jsonl}]"},
            "datasets: [{name: a, type: example, jsonl_fpath: a.jsonl}]",
        ),
        (
            {"datasets": f"\n{BLOCK.format('b')}\n{BLOCK.format('c')}"},
            "- name: a\n  type: example\n  jsonl_fpath: a.jsonl\n",
        ),
    ],
)
def test_the_text_of_fixes(fields: dict[str, str | None], line: str) -> None:
    after = fixed(manifest(fields))
    assert f"\n{line}" in after
    assert not findings(
        parse_fixture(
            f"# --- environments/counting/manifest.yaml\n{after}# --- environments/counting/config.yaml\n{CONFIG}"
        )
    )


def test_nothing_is_stale_if_the_config_does_not_compose() -> None:
    fixture = parse_fixture(manifest({"agent_server": "other"}).replace("name: counting}", "name: cunting}"))
    assert [found.rule for found in findings(fixture)] == ["server-ref-not-found"]


def test_a_driver_whose_module_does_not_exist() -> None:
    text = manifest({"integration_profile": "external-rollout-driver", "rollout_driver": "drive:run"})
    fixture = parse_fixture(f"{text}rollout_collection_driver: drive:run\n# --- /gym/nemo_gym/__init__.py\n")
    found = findings(fixture, install=InstallRoot(GYM, "--gym-root", None))
    assert "module `drive.py` not found in any search root" in [each.message for each in found]


def test_a_path_that_the_config_misspells_is_not_stale() -> None:
    dataset = "name: a, type: benchmark, jsonl_fpath: a.jsonl, prepare_script: counting/prepare.py"
    text = manifest({"datasets": f"[{{{dataset}, prompt_config: counting/prompt.yaml}}]", "kind": "environment"})
    text = text.replace("\n      datasets: [{name: a, type: example, jsonl_fpath: a.jsonl}]", "")
    text += f"""\
      datasets:
        - {{{dataset}, prompt_config: counting/prompts.yaml}}
# --- counting/prepare.py
def prepare(): ...
# --- counting/prompt.yaml
user: "{{question}}"
"""
    found = findings(parse_fixture(text))
    assert [each.rule for each in found] == ["prompt-config-not-found"]


@pytest.mark.parametrize(
    ("fields", "files", "is_safe"),
    [
        ({"agent_server": "other"}, "", True),
        ({"agent_server": "counting_agnet"}, "", False),
        ({"model_server": "policy_model"}, "", False),
        ({"datasets": "[{name: a, type: example, jsonl_fpath: other/rows.jsonl}]"}, "", True),
        ({"datasets": "[{name: a, type: example, jsonl_fpath: b.jsonl}]"}, "", False),
        (
            {"datasets": "[{name: a, type: example, jsonl_fpath: other/rows.jsonl}]"},
            "# --- other/rows.jsonl\n{}\n",
            False,
        ),
    ],
)
def test_a_fix_is_safe_if_the_config_is_right(fields: dict[str, str | None], files: str, is_safe: bool) -> None:
    found = [each for each in findings(parse_fixture(manifest(fields) + files)) if each.rule == "stale-manifest"]
    assert [each.safe_fix is not None for each in found] == [is_safe]
    assert all(each.fixes for each in found)
    assert ("misspelt" in found[0].message) is (
        fields.get("agent_server") == "counting_agnet" or "b.jsonl" in str(fields)
    )
