"""Rules about the text of a config as YAML, beyond the examples on their pages."""

from __future__ import annotations

import pytest

from gym_lsp.diagnostic import Applicability
from gym_lsp.text import apply_edits
from tests.fixture import assert_findings, compare, findings, parse_fixture

SERVER = """\
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""

DUPLICATES = {
    # second value -> (the fix is safe, it removes the line)
    "5": (True, True),
    "5  # again": (True, True),
    "6": (False, True),
    "{a: 1}": (False, True),
}


@pytest.mark.parametrize("second", DUPLICATES)
def test_the_second_of_two_keys(second: str) -> None:
    is_safe, _ = DUPLICATES[second]
    asked = parse_fixture(f"{SERVER}limit: 5\nother: 1\nlimit: {second}\n")
    (found,) = findings(asked)
    text = asked.files[found.path]
    assert found.rule == "duplicate-key"
    assert found.span.start == text.rindex("limit")
    assert found.related[0].span.start == text.index("limit")
    (fix,) = found.fixes
    assert fix.applicability is (Applicability.SAFE if is_safe else Applicability.UNSAFE)
    assert apply_edits(text, [edit.edit for edit in fix.edits]) == f"{SERVER}limit: 5\nother: 1\n"


def test_a_key_on_a_line_with_others_is_not_removed() -> None:
    (found,) = findings(parse_fixture(f"{SERVER}limits: {{a: 1, a: 1}}\n"))
    assert not found.fixes


def test_each_of_several_duplicates_in_an_included_file() -> None:
    assert_findings(
        f"""\
# run: a.yaml
# --- a.yaml
config_paths: [b.yaml]
{SERVER}# --- b.yaml
other: {{_copy: counting}}
limit: 5
limit: 5
^^^^^ error[duplicate-key]
least: 1
least: 2
^^^^^ error[duplicate-key]
"""
    )


ROOTS = {
    "- counting\n^^^^^^^^^^ error[root-not-mapping] is a list;\n- other\n": "a list",
    "counting\n^^^^^^^^ error[root-not-mapping] is a colon missing\n": "a word",
    "5\n^ error[root-not-mapping] a single value\n": "a number",
    "[]\n^^ error[root-not-mapping] is a list;\n": "an empty list",
}


@pytest.mark.parametrize("text", ROOTS, ids=lambda text: ROOTS[text])
def test_root(text: str) -> None:
    assert_findings(text)


@pytest.mark.parametrize("text", ["\n", "# nothing yet\n", "{}\n", "---\n"])
def test_empty_roots_are_fine(text: str) -> None:
    assert_findings(text)


def test_a_list_in_a_file_that_is_not_a_config_is_not_reported() -> None:
    assert_findings("# --- data/rows.yaml\n- a\n- b\n")


BRACES = ["{question}", "{ question }", "{question, answer}", "{a.b}"]


@pytest.mark.parametrize("value", BRACES)
def test_braces(value: str) -> None:
    assert_findings(f"{SERVER}prompt: {value}\n#       {'^' * len(value)} warning[unquoted-braces]\n")


@pytest.mark.parametrize(
    "value", ["'{question}'", "{question: }", "{question: null}", "{}", "${policy_base_url}", "[a, b]", "a {question}"]
)
def test_intended_braces(value: str) -> None:
    assert_findings(f"{SERVER}prompt: {value}\n")


def test_a_block_that_cannot_be_read_is_not_judged() -> None:
    assert_findings(
        """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math: yes
#                 ^ error[invalid-yaml]
other:
  resources_servers:
    other: {entrypoint: app.py}
#   ^^^^^ error[missing-domain]
"""
    )


def test_names_are_not_missing_while_a_file_cannot_be_read() -> None:
    assert_findings(
        """\
some_limit: ${nowhere}
x: {_copy: nothing}
broken: "a
#       ^ error[invalid-yaml] never closed
"""
    )


DATASETS = """\
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      datasets:
      - name: a
        type: train
        jsonl_fpath: data/a.jsonl
        license: MIT
"""
LOST_DASHES = {
    "the same keys in the same order": (
        """\
        name: b
#       ^^^^ error[duplicate-key] is a dash missing before it?
        type: train
        license: MIT
""",
        "      - name: b\n        type: train\n",
    ),
    "another key first": (
        """\
        type: train
#       ^^^^ error[duplicate-key] is a dash missing before it?
        jsonl_fpath: data/b.jsonl
        name: b
""",
        "      - type: train\n        jsonl_fpath",
    ),
    "two elements without their dashes": (
        """\
        name: b
#       ^^^^ error[duplicate-key] is a dash missing before it?
        type: train
        name: c
#       ^^^^ error[duplicate-key] is a dash missing before it?
        type: example
""",
        "      - name: b\n        type: train\n      - name: c\n",
    ),
}


@pytest.mark.parametrize(("rest", "repaired"), LOST_DASHES.values(), ids=LOST_DASHES.keys())
def test_an_element_without_its_dash(rest: str, repaired: str) -> None:
    assert_findings(f"{DATASETS}{rest}")
    fixture = parse_fixture(f"{DATASETS}{rest}")
    found = findings(fixture)
    edits = [edit.edit for each in found for fix in each.fixes for edit in fix.edits]
    assert repaired in apply_edits(fixture.files[found[0].path], edits)


REPEATED_IN_AN_ELEMENT = {
    "a key that was added twice": "license",
    "the first key alone": "name",
}


@pytest.mark.parametrize("key", REPEATED_IN_AN_ELEMENT.values(), ids=REPEATED_IN_AN_ELEMENT.keys())
def test_a_repeated_key_of_an_element_is_not_a_lost_dash(key: str) -> None:
    assert_findings(
        f"{DATASETS}        {key}: TBD\n#       {'^' * len(key)} error[duplicate-key] NeMo Gym rejects the file\n"
    )


def test_a_list_without_its_only_dash() -> None:
    fixture = parse_fixture(
        """\
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      datasets:
#     ^^^^^^^^ error[invalid-dataset] must be a list of datasets; is a dash missing before `name`?
        name: a
        type: example
        jsonl_fpath: data/a.jsonl
"""
    )
    assert not compare(fixture, findings(fixture))
    ((fix,),) = [each.fixes for each in findings(fixture)]
    assert "datasets:\n      - name: a\n        type" in apply_edits(
        fixture.files[fix.edits[0].path], [edit.edit for edit in fix.edits]
    )


def test_a_list_without_its_only_dash_over_a_list() -> None:
    assert_findings(
        """\
# --- environments/base/config.yaml
base:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      datasets:
        - {name: a, type: example, jsonl_fpath: data/a.jsonl}
# --- environments/example/config.yaml
config_paths: [environments/base/config.yaml]
agent:
  _inherit_from: base
  responses_api_agents:
    simple_agent:
      datasets:
#     ^^^^^^^^ error[merge-conflict] is a dash missing before `name`?
        name: a
        type: example
        jsonl_fpath: data/a.jsonl
"""
    )


def test_an_undefined_alias_as_a_key_is_reported_once() -> None:
    assert_findings(f"{SERVER}*words: 1\n^^^^^^ error[invalid-yaml] undefined alias `*words`\n")
