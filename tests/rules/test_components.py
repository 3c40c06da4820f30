"""Rules about the folders that servers are started from, with and without a NeMo Gym install."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.gym.roots import InstallRoot
from tests.fixture import assert_findings
from tests.memory import Memory

GYM = PurePath("/gym")
INSTALL = InstallRoot(GYM, "--gym-root", "0.7.0")
INSTALLED = Memory(
    {
        GYM / "nemo_gym" / "global_config.py": "",
        GYM / "responses_api_agents" / "simple_agent" / "app.py": "",
        GYM / "responses_api_agents" / "simple_agent" / "requirements.txt": "",
        GYM / "responses_api_agents" / "packed_agent" / "pyproject.toml": "",
        GYM / "responses_api_agents" / "packed_agent" / "server" / "__main__.py": "",
    }
)


def agent(implementation: str, marker: str = "", entrypoint: str = "app.py", below: str = "") -> str:
    return f"""\
# --- environments/counting/config.yaml
counting_agent:
  responses_api_agents:
    {implementation}:
{marker}      entrypoint: {entrypoint}
{below}"""


FOUND = {
    "installed": agent("simple_agent"),
    "a package": agent("packed_agent", entrypoint="server"),
    "an entrypoint outside the folder": agent("packed_agent", entrypoint="../simple_agent/app.py"),
    "unknown": agent(
        "other_thing", "#   ^^^^^^^^^^^ error[implementation-not-found] `responses_api_agents/other_thing` not found\n"
    ),
    "near": agent("simpel_agent", "#   ^^^^^^^^^^^^ error[implementation-not-found] did you mean `simple_agent`?\n"),
    "another file": agent(
        "simple_agent",
        entrypoint="main.py",
        below="#                 ^^^^^^^ error[entrypoint-not-found] did you mean `app.py`?\n",
    ),
    "no similar file": agent(
        "packed_agent", below="#                 ^^^^^^ error[entrypoint-not-found] `app.py` not found in\n"
    ),
    "an interpolated entrypoint": agent("simple_agent", entrypoint="${file}") + "file: app.py\n",
    "a folder without a server": agent(
        "own_agent",
        "#   ^^^^^^^^^ error[implementation-not-installable] expected `pyproject.toml` or `requirements.txt`\n",
    )
    + "# --- responses_api_agents/own_agent/app.py\n",
    "a folder of configs in addition to the installed one": agent("simple_agent")
    + "# --- responses_api_agents/simple_agent/configs/note.txt\n",
}

UNKNOWN = {
    "an implementation that may be installed": agent("simple_agent"),
    "a misspelt name of an existing folder": agent(
        "own_agnet", "#   ^^^^^^^^^ error[implementation-not-found] did you mean `own_agent`?\n"
    )
    + "# --- responses_api_agents/own_agent/app.py\n",
    "a folder of configs": agent("vllm_agent") + "# --- responses_api_agents/vllm_agent/configs/note.txt\n",
    "a missing file": agent(
        "own_agent", entrypoint="ap.py", below="#                 ^^^^^ error[entrypoint-not-found] `app.py`?\n"
    )
    + "# --- responses_api_agents/own_agent/app.py\n# --- responses_api_agents/own_agent/requirements.txt\n",
}


@pytest.mark.parametrize("case", FOUND)
def test_with_nemo_gym(case: str) -> None:
    assert_findings(FOUND[case], INSTALLED, INSTALL)


@pytest.mark.parametrize("case", UNKNOWN)
def test_without_nemo_gym(case: str) -> None:
    assert_findings(UNKNOWN[case])


@pytest.mark.parametrize(
    ("name", "marker"),
    [
        ("simple_agent", ""),
        ("packed_agent/server", ""),
        ("sample_agent", "^^^^^^^^^^^^ warning[unmatched-restriction] did you mean `simple_agent`?"),
    ],
)
def test_an_allowed_agent_is_a_folder_below_that_of_the_agents(name: str, marker: str) -> None:
    note = f"\n#                      {marker}" if marker else ""
    text = f"""\
# --- resources_servers/counting/app.py
# --- resources_servers/counting/requirements.txt
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      allowed_agents: [{name}]{note}
"""
    assert_findings(text, INSTALLED, INSTALL)
