"""One mistake, one finding: a consequence of a mistake is not reported as well."""

from __future__ import annotations

import pytest

from tests.fixture import assert_findings, findings, parse_fixture

PROGRAM = """\
# --- resources_servers/counting/requirements.txt
# --- resources_servers/counting/app.py
from nemo_gym.config_types import ModelServerRef
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


class Config(BaseResourcesServerConfig):
    size: int = 3
    judge_model_server: ModelServerRef
    chunk_id: str = ""


class Server(SimpleResourcesServer):
    config: Config


Server.run_webserver()
# --- environments/example/config.yaml
"""
MISTAKES = {
    "a domain with a capital letter": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      judge_model_server: {type: responses_api_models, name: policy_model}
      Domain: math
#     ^^^^^^ error[missing-domain] NeMo Gym ignores `Domain`
""",
    "question marks where a number is expected": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      judge_model_server: {type: responses_api_models, name: policy_model}
      domain: math
      size: ??
#           ^^ error[misspelt-missing-marker]
""",
    "question marks where text is allowed": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      judge_model_server: {type: responses_api_models, name: policy_model}
      domain: math
      description: ??
#                  ^^ warning[misspelt-missing-marker]
""",
    "braces without quotes where a number is expected": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      judge_model_server: {type: responses_api_models, name: policy_model}
      domain: math
      size: {size}
#           ^^^^^^ error[unquoted-braces]
""",
    "a misspelt domain next to the domain": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      judge_model_server: {type: responses_api_models, name: policy_model}
      domain: math
      domains: math
#     ^^^^^^^ warning[unknown-server-field] unknown field `domains`
""",
    "a required field by a part of its name": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      judge_model: {type: responses_api_models, name: policy_model}
#     ^^^^^^^^^^^ error[unknown-server-field] did you mean `judge_model_server`?
""",
    "an optional field by a part of its name": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      judge_model_server: {type: responses_api_models, name: policy_model}
      domain: math
      chunk: a
#     ^^^^^ warning[unknown-server-field] did you mean `chunk_id`?
""",
    "a misspelt override of another file": """\
config_paths: [environments/base/config.yaml]
counting:
  resources_servers:
    counting:
      sise: 5
#     ^^^^ warning[unknown-server-field] did you mean `size`?
# --- environments/base/config.yaml
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      judge_model_server: {type: responses_api_models, name: policy_model}
      domain: math
      size: 4
""",
    "a field of a source by a part of its name": """\
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      datasets:
        - name: a
          type: train
          jsonl_fpath: data/a.jsonl
          license: MIT
          source: {type: huggingface, repo: people/words}
#                                     ^^^^ error[missing-dataset-field] `repo_id` in `source`; NeMo Gym ignores `repo`
""",
}


@pytest.mark.parametrize("config", MISTAKES.values(), ids=MISTAKES.keys())
def test_one_finding(config: str) -> None:
    assert_findings(f"{PROGRAM}{config}")


STRAYS = {
    "a field next to the server type": """\
      judge_model_server: {type: responses_api_models, name: policy_model}
  size: 4
# ^^^^ warning[wrong-nesting] move it into `counting.resources_servers.counting`
""",
    "a key that the server does not read": """\
      judge_model_server: {type: responses_api_models, name: policy_model}
  note: 4
""",
    "another instance": """\
      judge_model_server: {type: responses_api_models, name: policy_model}
  agent:
# ^^^^^ warning[wrong-nesting] one level too deep, under `counting`
    responses_api_agents:
      simple_agent: {entrypoint: app.py}
""",
}


@pytest.mark.parametrize("rest", STRAYS.values(), ids=STRAYS.keys())
def test_a_key_next_to_the_server_type(rest: str) -> None:
    head = "counting:\n  resources_servers:\n    counting:\n      entrypoint: app.py\n      domain: math\n"
    assert_findings(f"{PROGRAM}{head}{rest}")


def test_an_override_of_an_instance_with_a_misspelt_name() -> None:
    assert_findings(
        """\
# run: a.yaml
# --- a.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
# --- env.yaml
countin:
  resources_servers:
    counting: {verified: true}
#   ^^^^^^^^ warning[missing-entrypoint] did you mean `counting`?
"""
    )


NO_FIELDS = {
    "a missing space": "entrypoint:app.py",
    "a merge key without its space": "<<:*common",
    "a word": "yes",
    "a list": "[app.py]",
}


@pytest.mark.parametrize("value", NO_FIELDS.values(), ids=NO_FIELDS.keys())
def test_an_implementation_that_is_not_a_mapping(value: str) -> None:
    carets = "^" * len(value)
    message = "error[empty-server-type] the implementation `counting` is not a mapping of fields"
    assert_findings(f"counting:\n  resources_servers:\n    counting: {value}\n#             {carets} {message}\n")


@pytest.mark.parametrize("value", ["", "null", "${fields}", "???"])
def test_an_implementation_that_another_file_may_fill(value: str) -> None:
    fixture = parse_fixture(f"fields: {{}}\ncounting:\n  resources_servers:\n    counting: {value}\n")
    assert "empty-server-type" not in {each.rule for each in findings(fixture)}
