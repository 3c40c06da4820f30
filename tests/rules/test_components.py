"""Rules about the folders that servers are started from, with NeMo Gym at hand and without."""

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
    "one above the folder": agent("packed_agent", entrypoint="../simple_agent/app.py"),
    "unknown": agent(
        "other_thing", "#   ^^^^^^^^^^^ error[implementation-not-found] the folder `responses_api_agents/other_thing`\n"
    ),
    "near": agent("simpel_agent", "#   ^^^^^^^^^^^^ error[implementation-not-found] did you mean `simple_agent`?\n"),
    "another file": agent(
        "simple_agent",
        entrypoint="main.py",
        below="#                 ^^^^^^^ error[entrypoint-not-found] did you mean `app.py`?\n",
    ),
    "nothing like it": agent(
        "packed_agent", below="#                 ^^^^^^ error[entrypoint-not-found] has no `app.py`\n"
    ),
    "an interpolated entrypoint": agent("simple_agent", entrypoint="${file}") + "file: app.py\n",
    "a folder without a server": agent(
        "own_agent",
        "#   ^^^^^^^^^ error[implementation-not-installable] has no `pyproject.toml` or `requirements.txt`\n",
    )
    + "# --- responses_api_agents/own_agent/app.py\n",
    "a folder of configs beside the installed one": agent("simple_agent")
    + "# --- responses_api_agents/simple_agent/configs/note.txt\n",
}

UNKNOWN = {
    "anything may be installed": agent("simple_agent"),
    "a slip of what is here": agent(
        "own_agnet", "#   ^^^^^^^^^ error[implementation-not-found] did you mean `own_agent`?\n"
    )
    + "# --- responses_api_agents/own_agent/app.py\n",
    "a folder of configs": agent("vllm_agent") + "# --- responses_api_agents/vllm_agent/configs/note.txt\n",
    "a file that is not here": agent(
        "own_agent", entrypoint="ap.py", below="#                 ^^^^^ error[entrypoint-not-found] `app.py`?\n"
    )
    + "# --- responses_api_agents/own_agent/app.py\n# --- responses_api_agents/own_agent/requirements.txt\n",
}


@pytest.mark.parametrize("case", FOUND)
def test_with_nemo_gym_at_hand(case: str) -> None:
    assert_findings(FOUND[case], INSTALLED, INSTALL)


@pytest.mark.parametrize("case", UNKNOWN)
def test_without_nemo_gym(case: str) -> None:
    assert_findings(UNKNOWN[case])
