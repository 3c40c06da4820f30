"""The stand-in for the policy model steps aside where a run has a value."""

from __future__ import annotations

import pytest

from gym_lsp.compose.run import Environment, Run, compose
from gym_lsp.compose.servers import Judge
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.gym.roots import SearchRoots
from tests.compose.disk_configs import DiskConfigs
from tests.compose.test_agents import ROOT
from tests.memory import Memory

VALUES: dict[str, tuple[str, str, object]] = {
    "no value": ("", "", ""),
    "a value": ("policy_api_key: abc", "", "abc"),
    "a value of env.yaml": ("", "policy_api_key: abc", "abc"),
    "a value of env.yaml over that of a file": ("policy_api_key: abc", "policy_api_key: def", "def"),
    "a value of a wrong type": ("policy_api_key: 0123", "", 83),
    "null": ("", "policy_api_key:", None),
    "a value that is still missing": ("policy_api_key: ???", "", ""),
    "a missing value over a value": ("policy_api_key: abc", "policy_api_key: ???", "abc"),
    "an interpolation": ("key: abc\npolicy_api_key: ${key}", "", "${key}"),
    "an interpolation of nothing": ("policy_api_key: ${key}", "", ""),
    "a variable that is set": ("", "policy_api_key: ${oc.env:KEY}", "${oc.env:KEY}"),
    "a variable that is not set": ("", "policy_api_key: ${oc.env:OTHER}", ""),
}


@pytest.mark.parametrize(("config", "env_yaml", "expected"), VALUES.values(), ids=VALUES.keys())
def test_a_setting_of_the_model(config: str, env_yaml: str, expected: object) -> None:
    files = Memory({ROOT / "config.yaml": config, ROOT / "env.yaml": env_yaml})
    around = Environment(DiskConfigs(files), files, SearchRoots((ROOT,)), BUILTIN, Judge(BUILTIN), frozenset({"KEY"}))
    composition = compose(Run(("config.yaml",)), around)
    assert composition.config.leaf("policy_api_key") == expected
