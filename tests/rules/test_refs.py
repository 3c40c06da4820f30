"""Rules about server refs, in addition to the examples on their pages."""

from __future__ import annotations

import pytest

from gym_lsp.diagnostic import Severity
from gym_lsp.text import apply_edits
from tests.fixture import assert_findings, findings, parse_fixture

COUNTING = """\
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""


def agent(field: str, marker: str = "") -> str:
    """Return the text of an agent with one more field. `marker` expects a finding about that field."""
    return f"""\
counting_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      {field}
{marker}"""


CASES = {
    "unknown type": agent(
        "resources_server: {type: servers, name: counting}",
        "#                              ^^^^^^^ error[malformed-ref] did you mean `resources_servers`?\n",
    ),
    "unknown type in an unknown field": agent(
        "verifier: {type: resource_servers, name: counting}",
        "#                      ^^^^^^^^^^^^^^^^ error[malformed-ref]\n",
    ),
    "another kind of type": agent("environment: {type: docker, name: counting}"),
    "no type": agent(
        "resources_server: {name: counting}",
        "#                       ^^^^^^^^^^^^^^^^ error[malformed-ref] missing `type` in server ref\n",
    ),
    "no name": agent(
        "resources_server: {type: resources_servers}",
        "#     ^^^^^^^^^^^^^^^^ error[malformed-ref] missing `name` in server ref\n",
    ),
    "no type in an unknown field": agent("thing: {name: counting}"),
    "a name in capital letters": agent(
        "resources_server: {type: resources_servers, name: COUNTING}",
        "#                                                       ^^^^^^^^ error[server-ref-not-found] mean `count\n",
    ),
    "type and name swapped": agent(
        "resources_server: {type: counting, name: resources_servers}",
        "#                              ^^^^^^^^ error[malformed-ref] `type` and `name` are swapped\n",
    ),
    "empty name": agent(
        "resources_server: {type: resources_servers, name: null}",
        "#                                                       ^^^^ error[malformed-ref] found an empty value\n",
    ),
    "a name that is a number": agent(
        "anything: {type: resources_servers, name: 5}",
        "#                                               ^ error[malformed-ref] found `5`\n",
    ),
    "only a name": agent(
        "resources_server: counting",
        "#                       ^^^^^^^^ error[malformed-ref] write `{type: resources_servers, name: counting}`\n",
    ),
    "a list": agent(
        "resources_server: [counting]",
        "#     ^^^^^^^^^^^^^^^^ error[malformed-ref] one mapping\n",
    ),
    "null": agent("resources_server: null"),
    "an interpolated ref": agent("resources_server: ${ref}") + "ref: {type: resources_servers, name: counting}\n",
    "an interpolated type": agent("resources_server: {type: '${kind}', name: counting}") + "kind: resources_servers\n",
    "not set": agent(
        "judge_model_server: {type: responses_api_models, name: '???'}",
        "#                                                            ^^^^^ information[missing-value]\n",
    ),
    "a misspelt field with a ref": agent(
        "model_servr: {type: responses_api_models, name: policy_model}",
        "#     ^^^^^^^^^^^ error[misspelt-ref-field] did you mean `model_server`?\n",
    ),
    "a misspelt field without a ref": agent("model_servr: {temperature: 1}"),
    "a second ref next to the first": agent(
        "model_server: {type: responses_api_models, name: policy_model}\n"
        "      model_server2: {type: responses_api_models, name: policy_model}",
    ),
    "itself": agent(
        "agent_server: {type: responses_api_agents, name: counting_agent}",
        "#                                                      ^^^^^^^^^^^^^^ warning[self-ref]\n",
    ),
    "a server of the same name and another type": agent(
        "resources_server: {type: resources_servers, name: counting_agent}",
        "#                                                       ^^^^^^^^^^^^^^ error[server-ref-not-found] under\n",
    ),
    "the wrong type": agent(
        "resources_server: {type: responses_api_models, name: counting}",
        "#                              ^^^^^^^^^^^^^^^^^^^^ error[server-ref-not-found] under\n",
    ),
    "a server that the field cannot use": agent(
        "model_server: {type: resources_servers, name: counting}",
        "#                          ^^^^^^^^^^^^^^^^^ error[ref-of-wrong-type] responses_api_models\n",
    ),
    "nested in a list": agent(
        "tools: [{type: resources_servers, name: countin}]",
        "#                                             ^^^^^^^ error[nested-ref-not-found] did you mean `counting`?\n",
    ),
    "nested and found": agent("tools: [{type: resources_servers, name: counting}]"),
    "nested with another type": agent(
        "tools: {a: {type: responses_api_agents, name: counting}}",
        "#                                                   ^^^^^^^^ error[nested-ref-not-found] not under\n",
    ),
    "nested, but not a ref": agent("tools: [{type: function, name: count}]"),
}


@pytest.mark.parametrize("case", CASES)
def test_ref(case: str) -> None:
    assert_findings(f"# --- environments/counting/config.yaml\n{COUNTING}{CASES[case]}")


def test_a_name_that_overrides_an_inherited_ref() -> None:
    text = """\
# --- environments/counting/config.yaml
config_paths: [environments/counting/base.yaml]
strict_agent:
  _inherit_from: counting_agent
  responses_api_agents:
    simple_agent:
      resources_server: {name: strict}
strict:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
    base = agent("resources_server: {type: resources_servers, name: counting}")
    assert_findings(f"{text}# --- environments/counting/base.yaml\n{COUNTING}{base}")


def test_a_misspelt_field_next_to_an_inherited_ref() -> None:
    text = """\
# --- environments/counting/config.yaml
config_paths: [environments/counting/base.yaml]
counting_agent:
  responses_api_agents:
    simple_agent:
      resource_server: {name: strict}
#     ^^^^^^^^^^^^^^^ error[misspelt-ref-field] did you mean `resources_server`?
strict:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
    base = agent("resources_server: {type: resources_servers, name: counting}")
    assert_findings(f"{text}# --- environments/counting/base.yaml\n{COUNTING}{base}")


def test_a_field_that_the_server_reads() -> None:
    field = agent("resource_server: {type: resources_servers, name: counting}")
    files = """\
# --- responses_api_agents/simple_agent/requirements.txt
# --- responses_api_agents/simple_agent/app.py
resource_server: object
"""
    assert_findings(f"# --- environments/counting/config.yaml\n{COUNTING}{field}{files}")


def test_a_part_of_a_field_that_the_server_reads() -> None:
    marker = "#     ^^^^^^^^^^^^^^^ error[misspelt-ref-field] did you mean `resources_server`?\n"
    field = agent("resources_serve: {type: resources_servers, name: counting}", marker)
    files = """\
# --- responses_api_agents/simple_agent/requirements.txt
# --- responses_api_agents/simple_agent/app.py
resources_server: object
"""
    assert_findings(f"# --- environments/counting/config.yaml\n{COUNTING}{field}{files}")


INHERITED_AWAY = """\
strict:
  _inherit_from: counting
"""


def test_a_ref_to_an_inherited_block() -> None:
    ref = agent(
        "resources_server: {type: resources_servers, name: counting}",
        "#                                                       ^^^^^^^^ error[server-ref-not-found] no longer\n",
    )
    assert_findings(f"# --- environments/counting/config.yaml\n{COUNTING}{INHERITED_AWAY}{ref}")


def test_a_ref_of_an_included_file_to_an_inherited_block() -> None:
    """The including file removes the block, so the finding is there."""
    text = f"""\
# --- environments/counting/config.yaml
config_paths: [environments/counting/base.yaml]
{INHERITED_AWAY}\
#                ^^^^^^^^ error[server-ref-not-found] `_inherit_from` removes `counting`
"""
    base = agent("resources_server: {type: resources_servers, name: counting}")
    assert_findings(f"{text}# --- environments/counting/base.yaml\n{COUNTING}{base}")


def test_a_ref_that_every_including_file_corrects() -> None:
    text = f"# --- environments/counting/config.yaml\nconfig_paths: [environments/counting/base.yaml]\n{INHERITED_AWAY}"
    includer = """\
# --- environments/counting/all.yaml
config_paths: [environments/counting/config.yaml]
counting_agent:
  responses_api_agents:
    simple_agent:
      resources_server: {name: strict}
"""
    base = agent("resources_server: {type: resources_servers, name: counting}")
    assert_findings(f"{text}{includer}# --- environments/counting/base.yaml\n{COUNTING}{base}")


def test_a_ref_to_an_instance_that_is_not_a_server() -> None:
    text = """\
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting: {limit: 5}
#   ^^^^^^^^ warning[missing-entrypoint]
"""
    ref = agent(
        "resources_server: {type: resources_servers, name: counting}",
        "#                                                       ^^^^^^^^ error[server-ref-not-found] not a valid\n",
    )
    assert_findings(f"# run: environments/counting/config.yaml\n{text}{ref}")


def test_no_include_is_suggested_for_an_instance_under_a_misspelt_server_type() -> None:
    other = "# --- environments/other/config.yaml\n" + agent("max_steps: 1")
    misspelt = agent("max_steps: 1").replace("responses_api_agents", "response_api_agents")
    relay = """\
counting_relay:
  environment_servers:
    legacy_agent:
      entrypoint: app.py
      agent_server: {type: responses_api_agents, name: counting_agent}
"""
    found = findings(parse_fixture(f"# --- environments/counting/config.yaml\n{misspelt}{relay}{other}"))
    (ref,) = [each for each in found if each.rule == "server-ref-not-found"]
    assert "is not a valid server" in ref.message
    assert not ref.fixes


def test_a_ref_in_a_block_that_a_misspelt_directive_should_remove_is_not_reported() -> None:
    base = agent("resources_server: {type: resources_servers, name: counting}")
    text = f"""\
# run: environments/counting/config.yaml
# --- environments/counting/config.yaml
config_paths: [environments/counting/base.yaml]
{INHERITED_AWAY}strict_agent:
  _inherit_from: counting_agnet
#                ^^^^^^^^^^^^^^ error[inherit-target-not-found] did you mean `counting_agent`?
"""
    assert_findings(f"{text}# --- environments/counting/base.yaml\n{COUNTING}{base}")


# The parser resolves the `type` and `name` of every mapping, even if it is not a ref.
PARTS = {
    "{type: resources_servers, name: '${nowhere}'}": "interpolation-not-found",
    "{type: '${nowhere}', name: counting}": "interpolation-not-found",
    "{name: '${nowhere}'}": "interpolation-not-found",
    "{type: resources_servers, name: '${env:NAME}'}": "unknown-resolver",
    "{type: resources_servers, name: '${oc.env:NOT_SET}'}": "unset-variable",
}


@pytest.mark.parametrize("ref", PARTS)
def test_parts_of_a_ref_that_do_not_resolve(ref: str) -> None:
    text = f"# --- environments/counting/config.yaml\n{COUNTING}{agent(f'a_setting: {ref}')}"
    found = findings(parse_fixture(f"# run: environments/counting/config.yaml\n{text}"))
    assert [(each.rule, each.severity) for each in found] == [(PARTS[ref], Severity.ERROR)]
    assert found[0].gym_error == "ConfigInterpolationError"


def test_an_agent_with_a_relay_that_is_not_a_server() -> None:
    text = """\
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
  responses_api_agents:
# ^^^^^^^^^^^^^^^^^^^^ error[two-server-types]
# ^^^^^^^^^^^^^^^^^^^^ error[server-ref-not-found] NeMo Gym adds an environment server for it
    simple_agent: {entrypoint: app.py}
"""
    assert_findings(text)


def test_a_nested_ref_to_another_file() -> None:
    def text(severity: str) -> str:
        marker = f"#                                             ^^^^^^^^ {severity}[nested-ref-not-found] defines it\n"
        config = agent("tools: [{type: resources_servers, name: counting}]", marker)
        return f"# --- environments/counting/config.yaml\n{config}# --- environments/counting/base.yaml\n{COUNTING}"

    assert_findings(text("information"))
    assert_findings(f"# run: environments/counting/config.yaml\n{text('error')}")


def test_a_run_without_the_agent_does_not_suppress_the_finding() -> None:
    """The including file removes the block with the ref, but does not define the agent either."""
    ref = "resources_server: {type: resources_servers, name: countin_words}"
    marker = "#                                                       ^^^^^^^^^^^^^ error[server-ref-not-found]\n"
    text = f"""\
# --- environments/counting/config.yaml
config_paths: [environments/counting/base.yaml]
strict: {{_inherit_from: countin_words}}
#                       ^^^^^^^^^^^^^ error[inherit-target-not-found]
strict_agent:
  _inherit_from: counting_agent
  responses_api_agents:
    simple_agent:
      resources_server: {{name: strict}}
# --- environments/counting/base.yaml
{COUNTING}{agent(ref, marker)}"""
    assert_findings(text)


def test_the_fix_for_swapped_type_and_name() -> None:
    swapped, right = (
        parse_fixture(COUNTING + agent(f"resources_server: {ref}"))
        for ref in ('{type: counting, name: "resources_servers"}', '{type: resources_servers, name: "counting"}')
    )
    (found,) = findings(swapped)
    (fix,) = found.fixes
    edited = apply_edits(swapped.files[found.path], [edit.edit for edit in fix.edits])
    assert edited == right.files[found.path]


LEFT_OVER = {
    "a block copied from another file, with the name that it had there": """\
# run: environments/copy/config.yaml
# --- environments/other/config.yaml
other:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
# --- environments/copy/config.yaml
copy:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
copy_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: other}
#                                                       ^^^^^ error[server-ref-not-found] did you mean `copy`?
""",
    "a server of another type": """\
copy:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
copy_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: copy_agent}
#                                                       ^^^^^^^^^^ error[server-ref-not-found] did you mean `copy`?
""",
    "another ref names the only server of the file": """\
# run: environments/copy/config.yaml
# --- environments/other/config.yaml
other:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
# --- environments/copy/config.yaml
copy:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
copy_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: copy}
other_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: other}
#                                                       ^^^^^ error[server-ref-not-found] run; `environments/other
""",
    "two are left over": """\
one:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
two:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: nowhere}
#                                                       ^^^^^^^ error[server-ref-not-found] in this run
""",
}


@pytest.mark.parametrize("text", LEFT_OVER.values(), ids=LEFT_OVER.keys())
def test_the_only_server_that_no_ref_names(text: str) -> None:
    assert_findings(text)


def test_a_block_that_inherits_may_be_of_any_type() -> None:
    assert_findings(
        """\
# --- environments/base/config.yaml
config_paths: [environments/first/config.yaml]
first:
  _inherit_from: base
# --- environments/first/config.yaml
base:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
# --- environments/example/config.yaml
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: first}
#                                                       ^^^^^ information[server-ref-not-found] `environments/base/
"""
    )


def test_the_file_with_the_name_of_the_server_is_suggested_first() -> None:
    (found,) = findings(
        parse_fixture(
            """\
# --- environments/a/config.yaml
math_words: {resources_servers: {counting: {entrypoint: app.py, domain: math}}}
# --- environments/math_words/config.yaml
math_words: {resources_servers: {counting: {entrypoint: app.py, domain: math}}}
# --- environments/example/config.yaml
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: math_words}
"""
        )
    )
    assert [fix.title for fix in found.fixes] == [
        "Add `environments/math_words/config.yaml` to `config_paths`",
        "Add `environments/a/config.yaml` to `config_paths`",
    ]


CORRECTING = """\
# --- environments/counting/correcting.yaml
config_paths: [environments/counting/base.yaml]
counting_agent:
  responses_api_agents:
    simple_agent:
      resources_server: {name: counting}
"""
PLAIN = """\
# --- environments/counting/plain.yaml
config_paths: [environments/counting/base.yaml]
"""


def test_a_misspelling_that_one_of_two_including_files_overrides() -> None:
    """An override corrects the value in its own run, but not in other runs."""
    slip = agent(
        "resources_server: {type: resources_servers, name: countin}",
        "#                                                       ^^^^^^^ error[server-ref-not-found] mean `counting`\n",
    )
    assert_findings(f"{CORRECTING}{PLAIN}# --- environments/counting/base.yaml\n{COUNTING}{slip}")


def test_a_misspelling_that_every_including_file_overrides() -> None:
    """The file is a run by itself, too."""
    slip = agent("resources_server: {type: resources_servers, name: countin}")
    marker = f"#{' ' * (slip.splitlines()[-1].index('countin') - 1)}^^^^^^^ error[server-ref-not-found] `counting`?\n"
    assert_findings(f"{CORRECTING}# --- environments/counting/base.yaml\n{COUNTING}{slip}{marker}")


def test_an_interpolation_of_a_whole_block_is_not_a_ref() -> None:
    text = """\
judge: {responses_api_models: {m: {entrypoint: app.py}}}
name: judge
key:
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      judge_model_server: ${judge}
#                         ^^^^^^^^ error[malformed-ref] write `{type: responses_api_models, name: judge}`
      other_model_server: ${name}
#                         ^^^^^^^ error[malformed-ref] must be a server ref: one mapping
      third_model_server: ${key}
      fourth_model_server: ${.ref}
      ref: {type: responses_api_models, name: judge}
"""
    assert_findings(text)
