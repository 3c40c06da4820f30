"""What NeMo Gym silently ignores, and what looks like it and has an effect or a purpose."""

from __future__ import annotations

import pytest

from tests.fixture import assert_findings

SERVER = """\
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
OTHER = """\
# --- environments/other/config.yaml
other:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""

TEXTS = {
    # config_paths in a block
    "config_paths of an instance": f"""\
counting:
  resources_servers:
    counting: {{entrypoint: app.py, domain: math}}
  config_paths: [environments/other/config.yaml]
# ^^^^^^^^^^^^ error[misplaced-config-paths]
{OTHER}""",
    # The top level
    "a whole server without an instance": """\
resources_servers:
^^^^^^^^^^^^^^^^^ warning[misplaced-server-field] missing the name of an instance above `resources_servers`
  counting: {entrypoint: app.py, domain: math}
""",
    "an entrypoint": f"""\
{SERVER}entrypoint: app.py
^^^^^^^^^^ warning[misplaced-server-field]
""",
    "a server ref": f"""\
{SERVER}model_server: {{type: responses_api_models, name: policy_model}}
^^^^^^^^^^^^ warning[misplaced-server-field]
""",
    "a value that is interpolated": """\
entrypoint: app.py
judge: {type: responses_api_models, name: policy_model}
counting:
  resources_servers:
    counting: {entrypoint: "${entrypoint}", domain: math, model_server: "${judge}"}
""",
    "a value of another kind": f"{SERVER}entrypoint: {{a: 1}}\ndatasets: [a, b]\ndomain: math\n",
    # Keys with dots
    "a path in an instance": """\
counting:
  resources_servers: {counting: {entrypoint: app.py, domain: math}}
  resources_servers.counting.limit: 5
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[dotted-key]
""",
    "a path into a block of another file": f"""\
other.resources_servers.counting.limit: 5
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[dotted-key]
{SERVER}{OTHER}""",
    "an instance with a dot in its name": "gpt-4.1:\n  responses_api_models:\n    openai_model: {entrypoint: app.py}\n",
    "a value of the user with a dot in its name": f"{SERVER}qwen2.5: 7\n",
    # Files
    "an env.yml beside an env.yaml": """\
# --- env.yaml
policy_api_key: a
# --- env.yml
policy_api_key: b
^^^^^^^^^^^^^^ warning[misnamed-env-file] it reads the `env.yaml` beside it
""",
    "an environment of conda": "# --- env.yml\nname: gym\ndependencies: [python]\n",
    # Templates
    "a placeholder": """\
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math, note: "{{note}}"}
#                                                      ^^^^^^^^^^ warning[template-placeholder] did you mean `${note}`?
""",
    "a placeholder without quotes": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      note: {{ note }}
#           ^^^^^^^^^^ error[invalid-yaml] to refer to a key, write `${note}`
""",
    "a statement of a template": """\
# --- environments/example/config.yaml
{% if note %}
^^^^^^^^^^^^^ error[invalid-yaml] a config is not a template
counting: 1
""",
    "a placeholder in a text": SERVER.replace("}", ", note: 'Solve {{problem}} now'}"),
    # Comments
    "a number after a hash": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      description: The tasks of #5
#                              ^^^ warning[comment-in-value]
""",
    "a comment": SERVER.replace("{", "\n      domain: math # 5 of them\n      entrypoint: app.py  #5\n").replace(
        "entrypoint: app.py, domain: math}\n", ""
    ),
    # Empty blocks
    "an implementation without fields": """\
counting:
  resources_servers:
    counting:
#   ^^^^^^^^ warning[missing-entrypoint] this implementation is empty
""",
    "an implementation that is removed": f"""\
# run: environments/example/config.yaml + environments/other/config.yaml
{SERVER}
# --- environments/other/config.yaml
counting: {{resources_servers: {{counting: null}}}}
spelling: {{resources_servers: {{spelling: {{entrypoint: app.py, domain: math}}}}}}
""",
    # Lists
    "an empty list of datasets": """\
# run: environments/example/config.yaml + environments/other/config.yaml
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      datasets: [{name: a, type: example, jsonl_fpath: a}, {name: b, type: example, jsonl_fpath: b}]
# --- environments/other/config.yaml
counting: {resources_servers: {counting: {datasets: []}}}
""",
    # Environment servers
    "the agent of another config": """\
# run: environments/example/config.yaml + environments/other/config.yaml
counting_agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
counting_environment:
  environment_servers:
    legacy_agent:
      entrypoint: app.py
      agent_server: {type: responses_api_agents, name: other_agent}
#                                                      ^^^^^^^^^^^ information[several-environment-servers] `counting
# --- environments/other/config.yaml
other_agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
""",
    # Instances of the same name
    "a domain that is overridden": f"""\
# run: environments/example/config.yaml + environments/other/config.yaml
{SERVER}
# --- environments/other/config.yaml
counting: {{resources_servers: {{counting: {{domain: knowledge}}}}}}
""",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_without_effect(text: str) -> None:
    assert_findings(text)
