"""Rules about `_inherit_from`, `_copy` and `_delete_key`, beyond the examples on their pages."""

from __future__ import annotations

import pytest

from gym_lsp.text import apply_edits
from tests.fixture import assert_findings, findings, parse_fixture

BASE = """\
base:
  resources_servers:
    counting: {entrypoint: app.py, domain: math, limit: 5}
"""

DIRECTIVES = {
    # Targets
    "nowhere": """\
x:
  _copy: nowhere
#        ^^^^^^^ error[inherit-target-not-found] `nowhere` not found in this run
""",
    "a misspelling in the middle of the path": """\
x:
  _copy: base.resource_servers.counting
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[inherit-target-not-found] key `resource_servers` not found in `base`; did
""",
    "nothing like it in the middle": """\
x:
  _inherit_from: base.nowhere
#                ^^^^^^^^^^^^ error[inherit-target-not-found] key `nowhere` not found in `base`
""",
    "the string form": """\
x: ${copy:nowhere}
#  ^^^^^^^^^^^^^^^ error[inherit-target-not-found] `nowhere` not found
""",
    "a part of the model that the run brings in": """\
x:
  _copy: policy_model.responses_api_models.vllm_model
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[inherit-target-not-found] key `vllm_model` not
""",
    "another file's": """\
x:
  _copy: other
#        ^^^^^ information[inherit-target-not-found] `environments/other/config.yaml` defines it
# --- environments/other/config.yaml
other:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
""",
    # Keys that the base does not have
    "a key for 0.6.0": """\
# release: 0.6.0
x:
  _inherit_from: base
  note: 1
# ^^^^ error[key-not-in-base] NeMo Gym 0.6.0 rejects `note`, because the base `base` does not have it here; 0
""",
    "keys at several levels for 0.6.0": """\
# release: 0.6.0
x:
  _copy: base
  resources_servers:
    counting: {limit: 6, more: {a: 1}}
#                        ^^^^ error[key-not-in-base] rejects `more`
    other: {entrypoint: app.py, domain: math}
#   ^^^^^ error[key-not-in-base] rejects `other`
#   ^^^^^ error[several-implementations]
""",
    "a key of the model that the run brings in, for 0.6.0": """\
# release: 0.6.0
x:
  _inherit_from: policy_model
  responses_api_models:
    vllm_model: {entrypoint: app.py}
""",
    "a key for 0.7.0": """\
x:
  _inherit_from: base
  note: 1
""",
    # Chains
    "of itself": """\
x:
  note: {a: 1}
  _inherit_from: x
#                ^ error[inherit-chain] `x` cannot inherit from itself
""",
    "of each other": """\
x: {_copy: y}
#          ^ error[inherit-chain] `y` contains a directive, and
y: {_copy: x}
#          ^ error[inherit-chain] `x` contains a directive, and
""",
    "of a block with a directive further down": """\
x:
  resources_servers:
    counting: {_copy: base.resources_servers.counting}
y: {_copy: x}
#          ^ error[inherit-chain]
""",
    # Places
    "at the top level": """\
_inherit_from: base
^^^^^^^^^^^^^ error[misplaced-directive] at the top level of a file
""",
    "within a text": """\
x: see ${copy:base}
#  ^^^^^^^^^^^^^^^^ error[misplaced-directive] only as the whole value
""",
    "a text in a list": """\
x: {y: ["${copy:base}"]}
#       ^^^^^^^^^^^^^^ error[misplaced-directive] a list element
""",
    "a deletion in a list": """\
x: {y: [{_delete_key: z}]}
#        ^^^^^^^^^^^ error[misplaced-directive] `_delete_key`
""",
    # What cannot be executed
    "a list as target": """\
x:
  _copy: [base]
#        ^^^^^^ error[invalid-directive] `_copy` expects the path of a block as text
""",
    "null as target": """\
x:
  _inherit_from:
# ^^^^^^^^^^^^^ error[invalid-directive] expects the path
""",
    "a list of keys": """\
x:
  _delete_key: [y]
#              ^^^ error[invalid-directive] as one text
""",
    "a single value as source": """\
x:
  _copy: base.resources_servers.counting.limit
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-directive] is not a mapping
  y: 1
""",
    "a key that is not inherited": """\
x:
  _copy: base
  _delete_key: resources_servers, nowhere
#                                 ^^^^^^^ error[invalid-directive] key `nowhere` not found in the inherited block
""",
    "both, the second one is underlined": """\
x:
  _copy: base
  _inherit_from: base
# ^^^^^^^^^^^^^ error[invalid-directive] NeMo Gym follows `_copy`
""",
    "both, the other way round": """\
x:
  _inherit_from: base
  _copy: base
# ^^^^^ error[invalid-directive] ignores `_inherit_from`
""",
    # Deletions
    "nothing to delete": """\
x:
  _delete_key: nowhere
#              ^^^^^^^ warning[delete-key-without-effect] `nowhere` not found here
  y: 1
""",
    "written and inherited": """\
x:
  _copy: base
  _delete_key: resources_servers
#              ^^^^^^^^^^^^^^^^^ warning[delete-key-without-effect] the inherited one remains
  resources_servers:
    other: {entrypoint: app.py, domain: math}
""",
    "written only to be deleted": """\
x:
  _delete_key: y
#              ^ warning[delete-key-without-effect] of the same block
  y: 1
""",
    # Misspellings
    "one letter too many": """\
x: {__inherit_from: base}
#   ^^^^^^^^^^^^^^ error[misspelt-directive] did you mean `_inherit_from`?
""",
    "without its underscore": """\
x: {inherit_from: base}
#   ^^^^^^^^^^^^ error[misspelt-directive] did you mean `_inherit_from`?
""",
    "short": """\
x: {_inherits: base}
#   ^^^^^^^^^ error[misspelt-directive] did you mean `_inherit_from`?
""",
    "letters swapped": """\
x: {_cpoy: base}
#   ^^^^^ error[misspelt-directive] did you mean `_copy`?
""",
    "with dashes": """\
x: {_copy: base, _delete-key: resources_servers}
#                ^^^^^^^^^^^ error[misspelt-directive] did you mean `_delete_key`?
""",
}


@pytest.mark.parametrize("case", DIRECTIVES)
def test_directive(case: str) -> None:
    assert_findings(f"# --- environments/counting/config.yaml\n{BASE}{DIRECTIVES[case]}")


SILENT = {
    "several that take one": "x: {_inherit_from: base}\ny: {_inherit_from: base}\n",
    "a part": "x:\n  resources_servers:\n    counting: {_copy: base.resources_servers.counting}\n",
    "the string form": "x: ${copy:base}\n",
    "a target made of a key": "which: base\nx: {_copy: '${which}'}\n",
    "a mapping below an element": "x: {y: [{z: {_copy: base}}]}\n",
    "an inherited key deleted": """\
x:
  resources_servers:
    counting:
      _copy: base.resources_servers.counting
      _delete_key: limit
""",
    "fields that only resemble directives": "x:\n  copy: base\n  _comment: base\n  delete: base\n  inherited: 5\n",
    "a misspelling whose value is not text": "x: {inherit_from: true, delete_key: 5}\n",
}


@pytest.mark.parametrize("case", SILENT)
def test_silent(case: str) -> None:
    assert_findings(f"# --- environments/counting/config.yaml\n{BASE}{SILENT[case]}")


def test_an_old_implementation_makes_room() -> None:
    assert_findings(
        """\
# --- environments/counting/config.yaml
config_paths:
  - environments/counting/base.yaml
counting:
  resources_servers:
    _delete_key: counting
    other: {entrypoint: app.py, domain: math}
# --- environments/counting/base.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
    )


def test_a_deleted_key_may_come_from_another_file() -> None:
    override = "shared:\n  resources_servers: {_delete_key: counting, other: {entrypoint: app.py, domain: math}}\n"
    base = "shared:\n  resources_servers:\n    counting: {entrypoint: app.py, domain: math}\n"
    assert_findings(f"# --- environments/a/config.yaml\n{override}# --- environments/b/config.yaml\n{base}")
    assert_findings(
        f"""\
# run: environments/a/config.yaml
# --- environments/a/config.yaml
shared:
  resources_servers:
    _delete_key: counting
#                ^^^^^^^^ warning[delete-key-without-effect]
    other: {{entrypoint: app.py, domain: math}}
# --- environments/b/config.yaml
{base}"""
    )


def test_a_block_is_not_suggested_for_its_own_directive() -> None:
    fixture = parse_fixture("math: {a: 1}\nmath2: {_copy: mathh}\n")
    [found] = [each for each in findings(fixture) if each.rule == "inherit-target-not-found"]
    assert [fix.title for fix in found.fixes] == ["Change to `math`"]


def test_a_step_of_the_path_is_replaced_alone() -> None:
    asked = parse_fixture(f"{BASE}x: ${{copy:base.resource_servers.counting}}\n")
    (found,) = findings(asked)
    fixed = apply_edits(asked.files[found.path], [edit.edit for edit in found.fixes[0].edits])
    assert fixed.endswith("x: ${copy:base.resources_servers.counting}\n")


@pytest.mark.parametrize("source", ["5", "[a]"])
def test_a_source_that_is_not_a_mapping_is_related(source: str) -> None:
    asked = parse_fixture(f"{BASE}plain: {source}\nx: {{_copy: plain, y: 1}}\n")
    (found,) = findings(asked)
    (place,) = found.related
    assert place.span.of(asked.files[place.path]) == "plain"


def test_the_path_of_a_file_as_target() -> None:
    assert_findings(
        """\
# --- environments/base/base.yaml
base:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
# --- environments/example/config.yaml
config_paths: [environments/base/base.yaml]
child:
  _inherit_from: environments/base/base.yaml
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[inherit-target-not-found] of a file; did you mean `base`?
second:
  _copy: environments/other.yaml
#        ^^^^^^^^^^^^^^^^^^^^^^^ error[inherit-target-not-found] add the file to `config_paths`
"""
    )


def test_a_block_that_would_be_a_server_by_a_chain_is_reported_once() -> None:
    assert_findings(
        """\
base:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
middle:
  _copy: base
  resources_servers:
    counting: {verified: true}
child:
  _copy: middle
#        ^^^^^^ error[inherit-chain]
"""
    )
