"""The agents of a run, as far as they are not covered by the tests of rules."""

from __future__ import annotations

import os
from pathlib import PurePath

import pytest
from msgspec.structs import replace

from gym_lsp.compose.config import at
from gym_lsp.compose.problem import raised_by
from gym_lsp.compose.run import Composition, Environment, Run, compose
from gym_lsp.compose.servers import Judge
from gym_lsp.gym.release.profile import BUILTIN, Profile
from gym_lsp.gym.roots import SearchRoots
from tests.compose.disk_configs import DiskConfigs
from tests.memory import Memory

ROOT = PurePath(os.path.abspath("/w"))
INHERITING = """\
base_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: "???"}
counting_simple_agent:
  _inherit_from: base_agent
  responses_api_agents:
    simple_agent: {resources_server: {name: counting}}
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
"""Before the directive, one agent is unbound; after it, none is."""


def composed(profile: Profile, *overrides: str) -> Composition:
    files = Memory({ROOT / "config.yaml": INHERITING})
    around = Environment(DiskConfigs(files), files, SearchRoots((ROOT,)), profile, Judge(profile))
    return compose(Run(("config.yaml",), overrides), around)


@pytest.mark.parametrize("merges", [True, False], ids=["0.7.0", "0.6.0"])
def test_overrides_of_an_agent_that_a_directive_binds(merges: bool) -> None:
    # The parser of 0.6.0 ignores this override, that of 0.7.0 applies it. Neither raises an exception.
    profile = replace(BUILTIN, merges_leftover_overrides=merges)
    run = composed(profile, "++counting_simple_agent.responses_api_agents.simple_agent.max_steps=7")
    assert [raised_by(problem) for problem in run.problems] == []
    found = at(run.config, ("counting_simple_agent", "responses_api_agents", "simple_agent", "max_steps"))
    assert (found is not None) == merges
