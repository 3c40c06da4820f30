"""Rules about NeMo Gym's own top-level keys, beyond the examples on their pages."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.files import Disk
from gym_lsp.gym.python.models import ModelReader
from gym_lsp.gym.python.source import Source
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.gym.release.reserved_keys import (
    NOT_RESERVED,
    OVERWRITTEN,
    SECONDS,
    TESTED_FOR_TRUTH,
    TOKEN_ID_CAPTURE_CLASS,
    TOKEN_ID_CAPTURE_KEYS,
    TOKEN_ID_CAPTURE_MODULE,
)
from gym_lsp.gym.roots import find_install_root
from tests.corpus import Corpus
from tests.fixture import assert_findings

SERVER = """\
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""

SETTINGS = {
    "a flag that is turned off with text": 'verbose: "no"\n@@ "no" | warning[quoted-boolean] `verbose` is on\n',
    "a flag that is turned on with text": 'verbose: "true"\n',
    "a flag without quotes": "verbose: no\n",
    "a key that is overwritten": "disallowed_ports: [5]\n@@ disallowed_ports | information[computed-key]\n",
    "a misspelt setting": "dry_runs: true\n@@ dry_runs | information[misspelt-reserved-key] `dry_run`?\n",
    "a misspelt setting that is not reserved": (
        "error_on_almost_server: false\n@@ error_on_almost_server | information[misspelt-reserved-key]\n"
    ),
    "a variable with a name like a setting": "result_dir: a\nlog_file: ${result_dir}/log\n",
    "a variable that is not similar to a setting": "judge_base_url: http://localhost\n",
    "a short name": "quer: a\n",
    "seconds in words": (
        "server_spinup_timeout_seconds: soon\n@@ soon | error[invalid-reserved-key] must be a number of seconds\n"
    ),
    "seconds as text, as in an environment variable": 'server_spinup_timeout_seconds: "60.5"\n',
    "no seconds": "server_spinup_timeout_seconds: null\n",
    "seconds from an environment variable": "server_spinup_timeout_seconds: ${oc.env:SECONDS,60}\n",
    "a port that is not a number": 'port_range_low: "9000"\n@@ "9000" | error[invalid-reserved-key] a port number\n',
    "a port that is null": "port_range_high: null\n@@ null | error[invalid-reserved-key] a port number\n",
    "ports in ascending order": "port_range_low: 1000\nport_range_high: 1000\n",
    "ports in descending order": (
        "port_range_low: 2000\nport_range_high: 1000\n@@ 1000 | error[invalid-reserved-key] below `port_range_low`\n"
    ),
    "a highest port below the default lowest port": (
        "port_range_high: 5\n@@ 5 | error[invalid-reserved-key] which has a default\n"
    ),
    "a lowest port above the default highest port": (
        "port_range_low: 30000\n@@ 30000 | error[invalid-reserved-key] is above `port_range_high`\n"
    ),
    "a partial head server, which 0.7.0 and newer complete": "head_server: {port: 1}\n",
    "an unknown key of token capture": (
        "token_id_capture: {bogus: 1}\n@@ bogus | error[invalid-token-id-capture] unknown key `bogus`\n"
    ),
    "token capture that is not a mapping": "token_id_capture: true\n@@ true | error[invalid-token-id-capture]\n",
    "captured tokens without a destination": (
        "token_id_capture: {enabled: true}\n@@ enabled | information[invalid-token-id-capture] missing destination\n"
    ),
    "captured tokens with a fallback": "token_id_capture: {enabled: true}\nmodel_call_capture_dir: /a\n",
    "captured tokens that another program reads": "token_id_capture: {enabled: true, rebuild_response: false}\n",
    "token capture that is turned off": "token_id_capture: {enabled: false}\n",
}


def marked(text: str) -> str:
    """Return the text with each line `@@ token | finding` replaced by carets under the token in the line above it."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("@@ "):
            token, _, finding = line.removeprefix("@@ ").partition(" | ")
            column = lines[-1].index(token)
            margin = "#" + " " * (column - 1) if column else ""
            line = f"{margin}{'^' * len(token)} {finding}"
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_settings_of_a_config(settings: str) -> None:
    assert_findings(marked(settings) + SERVER)


IN_ENV_YAML = (
    "a flag that is turned off with text",
    "a key that is overwritten",
    "a misspelt setting",
    "a flag without quotes",
)


@pytest.mark.parametrize("name", IN_ENV_YAML)
def test_settings_of_env_yaml(name: str) -> None:
    assert_findings(f"# --- env.yaml\n{marked(SETTINGS[name])}")


OF_THE_MODEL = {
    "a missing letter": (
        "policy_modelname: a\n@@ policy_modelname | information[misspelt-reserved-key] `policy_model_name`?\n"
    ),
    "capital letters": "POLICY_API_KEY: a\n@@ POLICY_API_KEY | information[misspelt-reserved-key] `policy_api_key`?\n",
    "capital letters in addition to the right one": "POLICY_API_KEY: a\npolicy_api_key: b\n",
    "another model": "judge_model_name: a\n",
}


@pytest.mark.parametrize("settings", OF_THE_MODEL.values(), ids=OF_THE_MODEL.keys())
def test_the_model_in_env_yaml(settings: str) -> None:
    assert_findings(f"# --- env.yaml\n{marked(settings)}")


def test_a_run_without_a_destination_for_captured_tokens() -> None:
    block = "token_id_capture: {enabled: true}\n@@ enabled | warning[invalid-token-id-capture] missing destination\n"
    assert_findings(f"# run: environments/example/config.yaml\n{marked(block)}{SERVER}")


@pytest.mark.parametrize(
    ("release", "head_server", "needed"),
    [
        ("0.6.0", "{port: 1}", "needs a `host`;"),
        ("0.6.0", "{host: a}", "needs a `port`;"),
        ("0.6.0", "{cheers: 1}", "needs a `host` and a `port`;"),
        ("0.6.0", "{}", ""),
        ("0.6.0", "{host: a, port: 1}", ""),
        ("0.7.0", "{port: 1}", ""),
    ],
)
def test_a_partial_head_server(corpus: Corpus, release: str, head_server: str, needed: str) -> None:
    root = PurePath(corpus.release(release))
    install = find_install_root(Disk(), explicit=root, workspace=root, environ={})
    marker = f"^^^^^^^^^^^ warning[invalid-reserved-key] {needed}\n" if needed else ""
    # Every release contains this implementation.
    server = SERVER.replace("    counting:", "    mcqa:")
    assert_findings(
        f"# --- environments/example/config.yaml\nhead_server: {head_server}\n{marker}{server}", Disk(), install
    )


def test_all_described_keys_exist() -> None:
    known = BUILTIN.reserved_keys | NOT_RESERVED
    assert {*TESTED_FOR_TRUTH, *OVERWRITTEN, *SECONDS} <= known
    assert NOT_RESERVED.isdisjoint(BUILTIN.reserved_keys)


def test_built_in_keys_of_token_capture(corpus: Corpus) -> None:
    reader = ModelReader(Source(Disk(), (corpus.release("0.7.0"),)))
    model = reader.model(TOKEN_ID_CAPTURE_MODULE, TOKEN_ID_CAPTURE_CLASS)
    assert model is not None
    assert model.extra == "forbid"
    assert model.fields.keys() == TOKEN_ID_CAPTURE_KEYS
