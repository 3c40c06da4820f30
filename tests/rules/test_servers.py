"""Rules about server instances, beyond the examples on their pages."""

from __future__ import annotations

import pytest

from gym_lsp.text import apply_edits
from tests.fixture import DEFAULT_FILE, assert_findings, findings, parse_fixture

ALMOST = {
    "an entrypoint that is not text": """\
a:
  responses_api_agents:
    a: {entrypoint: 5}
#                   ^ error[almost-server] `entrypoint` is `5`; expected `str`
""",
    "an entrypoint that is a list": """\
a:
  responses_api_agents:
    a: {entrypoint: [app.py]}
#       ^^^^^^^^^^ error[almost-server] `entrypoint` is a list; expected `str`
""",
    "an empty entrypoint": """\
a:
  responses_api_agents:
    a:
      entrypoint:
#     ^^^^^^^^^^ error[almost-server] `entrypoint` is `null`
""",
    "a port in words": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, port: many}
#                                 ^^^^ error[almost-server] `port` is `many`; expected `int | null`
""",
    "a fraction of a worker": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, num_workers: 1.5}
#                                        ^^^ error[almost-server]
""",
    "an interpolated number": """\
workers: 4
a:
  responses_api_agents:
    a: {entrypoint: app.py, num_workers: "${workers}"}
#                                        ^^^^^^^^^^^^ error[almost-server] checks it before it resolves
""",
    "text may be interpolated": """\
machine: localhost
a:
  responses_api_agents:
    a: {entrypoint: app.py, host: "${machine}"}
""",
    "an interpolated implementation": """\
b:
  resources_servers:
    a: {entrypoint: app.py, domain: math}
a:
  resources_servers:
    a: ${b.resources_servers.a}
#      ^^^^^^^^^^^^^^^^^^^^^^^^ error[almost-server] `a` cannot be an interpolation
""",
    "a server type whose interpolation is not found": """\
a:
  resources_servers: ${nothing}
#                      ^^^^^^^ information[interpolation-not-found] key `nothing` not found in this run
""",
    "ignored because of an empty list": """\
error_on_almost_servers: []
a:
  responses_api_models:
    a: {entrypoint: app.py, port: many}
#                                 ^^^^ warning[almost-server]
""",
    "ignored because of an interpolation": """\
strict: 0
error_on_almost_servers: ${strict}
a:
  responses_api_models:
    a: {entrypoint: app.py, port: many}
#                                 ^^^^ warning[almost-server]
""",
    "ignored": """\
error_on_almost_servers: false
a:
  responses_api_models:
    a: {entrypoint: app.py, port: many}
#                                 ^^^^ warning[almost-server]
""",
    "a server type that is not a mapping before one with an error": """\
a:
  resources_servers: 5
#                    ^ error[almost-server] `resources_servers` is `5`; expected a mapping with one implementation
  responses_api_agents:
# ^^^^^^^^^^^^^^^^^^^^ error[two-server-types]
    a: {entrypoint: app.py, port: many}
#                                 ^^^^ error[almost-server]
""",
}

DOMAINS = {
    "missing": """\
a:
  resources_servers:
    a: {entrypoint: app.py}
#   ^ error[missing-domain] such as `math` or `other`
""",
    "empty": """\
a:
  resources_servers:
    a:
      entrypoint: app.py
      domain:
#     ^^^^^^ error[missing-domain] `domain` of a resources server is empty
""",
    "misspelt key": """\
a:
  resources_servers:
    a: {entrypoint: app.py, domian: math}
#                           ^^^^^^ error[missing-domain] NeMo Gym ignores `domian`
""",
    "not on agents and models": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py}
""",
    "near": """\
a:
  resources_servers:
    a: {entrypoint: app.py, domain: maths}
#                                   ^^^^^ error[unknown-domain] did you mean `math`?
""",
    "far": """\
a:
  resources_servers:
    a: {entrypoint: app.py, domain: chess}
#                                   ^^^^^ error[unknown-domain] unknown domain `chess`; expected one of `math`, `coding`
""",
    "interpolated": """\
subject: math
a:
  resources_servers:
    a: {entrypoint: app.py, domain: "${subject}"}
#                                   ^^^^^^^^^^^^ error[unknown-domain] cannot be an interpolation
""",
    "a list": """\
a:
  resources_servers:
    a: {entrypoint: app.py, domain: [math]}
#                           ^^^^^^ error[unknown-domain] must be text
""",
    "unknown on an agent": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, domain: Math}
#                                   ^^^^ error[unknown-domain]
""",
}

KEYS = {
    "a boolean instance": """\
on:
^^ error[key-not-text] `on` is true in YAML, but the name of an instance must be text
  resources_servers:
    a: {entrypoint: app.py, domain: math}
""",
    "a numbered implementation": """\
a:
  resources_servers:
    1: {entrypoint: app.py, domain: math}
#   ^ error[key-not-text] `1` is a number in YAML, but a key of a server must be text
""",
    "a boolean field": """\
a:
  resources_servers:
    a: {entrypoint: app.py, domain: math, no: 1}
#                                         ^^ error[key-not-text] `no` is false in YAML
""",
    "a name field that is not text": """\
a:
  name: 5
# ^^^^ warning[server-type-not-first]
#       ^ error[key-not-text] `name` is `5`; it renames the instance
  resources_servers:
    a: {entrypoint: app.py, domain: math}
""",
    "quoted": """\
"on":
  resources_servers:
    a: {entrypoint: app.py, domain: math}
""",
}

LAYOUT = {
    "an empty mapping": """\
a:
  resources_servers: {}
# ^^^^^^^^^^^^^^^^^ error[empty-server-type] missing implementation
""",
    "a list of implementations": """\
a:
  resources_servers:
# ^^^^^^^^^^^^^^^^^ error[empty-server-type] not a mapping with one implementation
    - a: {entrypoint: app.py, domain: math}
""",
    "an interpolated server type": """\
b: {a: {entrypoint: app.py, domain: math}}
#   ^ warning[wrong-nesting] missing server type between `b` and `a`
a:
  resources_servers: ${b}
#                    ^^^^ error[almost-server] checks it before it resolves
""",
    "a server type whose interpolation is text": """\
b: text
a:
  resources_servers: ${b}
# ^^^^^^^^^^^^^^^^^ error[empty-server-type] the server type is not a mapping
""",
    "a server type whose interpolation is null": """\
b:
a:
  resources_servers: ${b}
# ^^^^^^^^^^^^^^^^^ error[empty-server-type]
""",
    "fields next to an implementation": """\
a:
  resources_servers:
    a:
    entrypoint: app.py
#   ^^^^^^^^^^ error[wrong-nesting] `entrypoint` is next to the implementation `a`, not in it
    domain: math
""",
    "a ref next to an implementation": """\
a:
  resources_servers:
    a: {entrypoint: app.py, domain: math}
    judge_model_server: {type: responses_api_models, name: policy_model}
#   ^^^^^^^^^^^^^^^^^^ error[wrong-nesting] next to the implementation `a`
""",
    "no implementation": """\
a:
  resources_servers:
    entrypoint: app.py
#   ^^^^^^^^^^ warning[wrong-nesting] missing implementation between `resources_servers` and its fields
    domain: math
""",
    "no server type": """\
a:
  a:
# ^ warning[wrong-nesting] missing server type between `a` and `a`
    entrypoint: app.py
b:
  resources_servers:
    b: {entrypoint: app.py, domain: math}
""",
    "neither": """\
a:
  entrypoint: app.py
# ^^^^^^^^^^ warning[wrong-nesting] missing server type and implementation
b:
  resources_servers:
    b: {entrypoint: app.py, domain: math}
""",
    "an instance too deep": """\
all:
  a:
# ^ warning[wrong-nesting] one level too deep, under `all`
    resources_servers:
      a: {entrypoint: app.py, domain: math}
b:
  resources_servers:
    b: {entrypoint: app.py, domain: math}
""",
    "an implementation too deep": """\
a:
  resources_servers:
    servers:
      a: {entrypoint: app.py, domain: math}
#     ^ warning[wrong-nesting] one level too deep, under `servers`
""",
    "an unknown server type": """\
a:
  judges:
# ^^^^^^ warning[unknown-server-type] unknown server type `judges` in this NeMo Gym version; expected one of
    a: {entrypoint: app.py}
""",
    "a misspelt server type": """\
a:
  response_api_agents:
# ^^^^^^^^^^^^^^^^^^^ error[unknown-server-type] did you mean `responses_api_agents`?
    a: {entrypoint: app.py}
""",
    "a misspelt server type next to the right one": """\
a:
  resources_servers:
    a: {entrypoint: app.py, domain: math}
  resource_servers:
# ^^^^^^^^^^^^^^^^ error[unknown-server-type]
    a: {limit: 5}
""",
    "a key before a policy model": """\
policy_model:
  note: hm
# ^^^^ warning[server-type-not-first]
  responses_api_models:
    vllm_model: {entrypoint: app.py}
""",
    "a key after the server type": """\
a:
  resources_servers:
    a: {entrypoint: app.py, domain: math}
  note: fine
""",
    "three server types": """\
a:
  responses_api_models:
    a: {entrypoint: app.py}
  resources_servers:
    a: {entrypoint: app.py, domain: math}
  environment_servers:
# ^^^^^^^^^^^^^^^^^^^ error[two-server-types] `a` already has the server type `responses_api_models`
    a: {entrypoint: app.py}
""",
    "a setting is not an instance": """\
verbose: {a: 1}
a:
  resources_servers:
    a: {entrypoint: app.py, domain: math}
""",
    "server types that a directive fills": """\
base:
  resources_servers:
    a: {entrypoint: app.py, domain: math}
a: {_inherit_from: base}
b:
  resources_servers: {_copy: c.resources_servers}
c:
  resources_servers:
    c: {entrypoint: app.py, domain: math}
""",
}

ENTRYPOINTS = {
    "a letter missing": """\
a:
  responses_api_agents:
    a: {entrypint: app.py}
#       ^^^^^^^^^ error[misspelt-entrypoint] did you mean `entrypoint`?
""",
    "missing": """\
a:
  responses_api_agents:
    a: {limit: 5}
#   ^ warning[missing-entrypoint] `a` is not a server
""",
    "inherited": """\
base:
  responses_api_agents:
    a: {entrypoint: app.py}
a:
  _inherit_from: base
  responses_api_agents:
    a: {limit: 5}
""",
    "a letter missing where the stand-in model supplies one": """\
policy_model:
  responses_api_models:
    vllm_model: {entrypint: app.py}
#                ^^^^^^^^^ error[misspelt-entrypoint]
""",
    "a letter missing over an included one": """\
config_paths: [environments/counting/base.yaml]
counting:
  resources_servers:
    counting: {entrypint: main.py}
#              ^^^^^^^^^ error[misspelt-entrypoint]
# --- environments/counting/base.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
""",
    "of the stand-in model": """\
policy_model:
  responses_api_models:
    vllm_model: {temperature: 0.2}
""",
    "absolute": """\
a:
  responses_api_agents:
    a: {entrypoint: /a/b.py}
#                   ^^^^^^^ error[absolute-entrypoint] relative to `responses_api_agents/a`
""",
}

NUMBERS = {
    "a negative port": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, port: -1}
#                                 ^^ warning[number-out-of-range] out of range; expected a number between 1 and 65535
""",
    "any free port": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, port: 0}
""",
    "the last port, as text": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, port: "65535"}
""",
    "a negative number of workers": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, num_workers: -3}
#                                        ^^ warning[number-out-of-range] expected at least 1
""",
    "one port on two hosts": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, port: 8123, host: one}
b:
  responses_api_agents:
    a: {entrypoint: app.py, port: 8123, host: two}
""",
    "any free port twice": """\
a:
  responses_api_agents:
    a: {entrypoint: app.py, port: 0}
b:
  responses_api_agents:
    a: {entrypoint: app.py, port: 0}
""",
}

FLAGS = {
    "off by a word": """\
error_on_almost_servers: 'no'
#                        ^^^^ warning[quoted-boolean]
a:
  responses_api_agents:
    a: {entrypoint: app.py}
""",
    "off": """\
error_on_almost_servers: no
a:
  responses_api_agents:
    a: {entrypoint: app.py}
""",
    "on by a word": """\
error_on_almost_servers: 'true'
a:
  responses_api_agents:
    a: {entrypoint: app.py}
""",
}

CASES = {
    f"{group}: {name}": text
    for group, cases in {
        "almost": ALMOST,
        "domain": DOMAINS,
        "key": KEYS,
        "layout": LAYOUT,
        "entrypoint": ENTRYPOINTS,
        "number": NUMBERS,
        "flag": FLAGS,
    }.items()
    for name, text in cases.items()
}


@pytest.mark.parametrize("case", CASES)
def test_block(case: str) -> None:
    assert_findings(f"# --- environments/counting/config.yaml\n{CASES[case]}")


BASE = """\
# --- environments/counting/base.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
OVERRIDE = "# --- environments/counting/easy.yaml\ncounting:\n  resources_servers:\n    counting: {limit: 5}\n"
INCLUDING = "# --- environments/counting/config.yaml\nconfig_paths: [environments/counting/base.yaml]\n"


def test_an_override_needs_no_entrypoint() -> None:
    assert_findings(BASE + OVERRIDE)


def test_an_override_alone_in_a_run() -> None:
    marker = "#   ^^^^^^^^ warning[missing-entrypoint]\n"
    no_servers = "^^^^^^^^ information[no-servers] it is probably a fragment\n"
    alone = OVERRIDE.replace("counting:\n", f"counting:\n{no_servers}", 1) + marker
    assert_findings(f"# run: environments/counting/easy.yaml\n{alone}{BASE}")
    assert_findings(f"# run: environments/counting/base.yaml + environments/counting/easy.yaml\n{OVERRIDE}{BASE}")


def test_a_block_whose_directive_is_misspelt() -> None:
    text = """\
spelling:
  inherit_from: counting
# ^^^^^^^^^^^^ error[misspelt-directive]
  resources_servers:
    counting: {limit: 5}
"""
    assert_findings(f"# run: environments/counting/config.yaml\n{INCLUDING}{text}{BASE}")


BRACES = {
    "{entrypoint: app.py}": "{entrypoint: app.py, domain: math}",
    "{\n      entrypoint: app.py\n    }": "{\n      entrypoint: app.py, domain: math\n    }",
    "{\n      entrypoint: app.py,\n      limit: 5,\n    }": (
        "{\n      entrypoint: app.py, domain: math,\n      limit: 5,\n    }"
    ),
    "\n      entrypoint: app.py  # here\n      limit: 5": (
        "\n      entrypoint: app.py  # here\n      domain: math\n      limit: 5"
    ),
}


@pytest.mark.parametrize("written", BRACES)
def test_a_domain_is_added_after_the_entrypoint(written: str) -> None:
    start = "counting:\n  resources_servers:\n    counting: "
    fixture = parse_fixture(f"# --- {DEFAULT_FILE}\n{start}{written}\n")
    (found,) = findings(fixture)
    fixed = apply_edits(fixture.files[found.path], [edit.edit for edit in found.fixes[0].edits])
    assert fixed == f"{start}{BRACES[written]}\n"
    assert not findings(parse_fixture(f"# --- {DEFAULT_FILE}\n{fixed}"))


def test_a_block_whose_directive_fails() -> None:
    text = """\
spelling:
  resources_servers:
    spelling: {_copy: gone, limit: 5}
#                     ^^^^ error[inherit-target-not-found]
"""
    assert_findings(f"# --- environments/counting/config.yaml\n{text}{BASE}")


def test_an_override_of_a_block_that_is_not_in_the_run() -> None:
    """The missing file may contain the block."""
    text = """\
config_paths: [environments/counting/gone.yaml]
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found]
spelling:
  resources_servers:
    spelling: {limit: 5}
"""
    assert_findings(f"# --- environments/counting/config.yaml\n{text}{BASE}")


def test_another_implementation_over_an_included_one() -> None:
    text = """\
counting:
  resources_servers:
    spelling: {limit: 5}
#   ^^^^^^^^ error[several-implementations] `counting` already has the implementation `counting`
"""
    assert_findings(f"{INCLUDING}{text}{BASE}")


def test_another_implementation_over_an_inherited_one() -> None:
    text = """\
spelling:
  _inherit_from: counting
  resources_servers:
    spelling: {limit: 5}
#   ^^^^^^^^ error[several-implementations] use `_copy: counting.resources_servers.counting` in it instead
"""
    assert_findings(f"{INCLUDING}{text}{BASE}")


def test_another_server_type_over_an_included_one() -> None:
    text = """\
counting:
  responses_api_models:
# ^^^^^^^^^^^^^^^^^^^^ error[two-server-types] `counting` already has the server type `resources_servers`
    counting: {entrypoint: app.py}
"""
    assert_findings(f"{INCLUDING}{text}{BASE}")


def test_a_server_type_over_the_stand_in_model() -> None:
    text = """\
policy_model:
^^^^^^^^^^^^ error[stand-in-without-model]
  resources_servers:
# ^^^^^^^^^^^^^^^^^ error[two-server-types] `policy_model` already has the server type `responses_api_models`
    counting: {entrypoint: app.py, domain: math}
"""
    assert_findings(f"# --- environments/counting/config.yaml\n{text}")


def test_a_port_of_an_included_file() -> None:
    other = BASE.replace("}", ", port: 8123}")
    text = """\
spelling:
  resources_servers:
    spelling: {entrypoint: app.py, domain: math, port: 8123}
"""
    marker = (
        "#                                                      ^^^^ warning[port-taken] port 8123 is already used\n"
    )
    run = "# run: environments/counting/base.yaml + environments/counting/config.yaml\n"
    alone = f"# --- environments/counting/config.yaml\n{text}"
    assert_findings(f"{run}{alone}{marker}{other}")
    assert_findings(f"{alone}{other}")


def test_a_sandbox_alone_is_not_a_run() -> None:
    text = "sandbox:\n{}  docker: {{}}\n"
    assert_findings(f"# --- environments/counting/config.yaml\n{text.format('')}")
    marker = "^^^^^^^ information[no-servers]\n"
    run = "# run: environments/counting/config.yaml\n# --- environments/counting/config.yaml\n"
    assert_findings(run + text.format(marker))


def test_a_partial_policy_model_is_not_a_server() -> None:
    """NeMo Gym uses the entrypoint of the stand-in model only to validate the configuration."""
    text = """\
# run: environments/counting/config.yaml
# --- environments/counting/config.yaml
policy_model:
^^^^^^^^^^^^ information[no-servers]
  responses_api_models:
    vllm_model: {temperature: 0.2}
"""
    assert_findings(text)


def test_an_error_hides_no_other_error_of_the_same_server() -> None:
    assert_findings(
        """\
counting:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      num_workers: many
#                  ^^^^ error[almost-server]
      resources_server: {type: resources_servers, name: absent}
#                                                       ^^^^^^ error[server-ref-not-found]
      model_server: {type: responses_api_models, nam: policy_model}
#     ^^^^^^^^^^^^ error[malformed-ref]
      datasets:
      - name: x
        type: train
        license: Apache
#                ^^^^^^ error[unknown-license]
        jsonl_fpath: a.jsonl
      - name: y
        type: dev
#             ^^^ error[unknown-dataset-type]
        jsonl_fpath: [1]
#                    ^^^ error[invalid-dataset]
judging:
  resources_servers:
    judging:
      entrypoint: app.py
      domain: maths
#             ^^^^^ error[unknown-domain]
      judge: {type: responses_api_models, name: nowhere}
#                                               ^^^^^^^ error[server-ref-not-found]
      other: {type: responses_api_agents, name: counting}
"""
    )
