"""Mistakes for which a message names the way out and a fix takes it: each pair is a text and the text after its fix."""

from __future__ import annotations

import pytest

from gym_lsp.text import apply_edits
from tests.fixture import DEFAULT_FILE, ROOT, findings, parse_fixture

SERVER = """\
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
OTHERS = """\
# --- environments/one/config.yaml
one: {resources_servers: {counting: {entrypoint: app.py, domain: math}}}
# --- environments/two/config.yaml
two: {resources_servers: {counting: {entrypoint: app.py, domain: math}}}
"""
AGENT = """\
counting_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
"""
DATASET = "      datasets:\n        - name: a\n          type: train\n          jsonl_fpath: a.jsonl\n"


def with_note(value: str) -> str:
    return SERVER.replace("}", f", note: '{value}'}}")


WAYS = {
    "a path that leaves the folders of the tree": (
        "config_paths:\n- ../../../elsewhere/environments/one/config.yaml\n",
        OTHERS,
        "paths are relative to the search roots, so write `environments/one/config.yaml`",
        "config_paths:\n- environments/one/config.yaml\n",
    ),
    "a pattern": (
        "config_paths:\n- environments/*/config.yaml\n",
        OTHERS,
        "`config_paths` does not support wildcards",
        "config_paths:\n- environments/one/config.yaml\n- environments/two/config.yaml\n",
    ),
    "a variable of the environment as a key": (
        with_note("${env.COUNT}"),
        "",
        "did you mean `oc.env:COUNT`?",
        with_note("${oc.env:COUNT}"),
    ),
    "a default after a colon": (
        with_note("${oc.env:COUNT:3}"),
        "",
        "expects a comma, not a colon, before the default of `COUNT`",
        with_note("${oc.env:COUNT,3}"),
    ),
    "a default as in a shell": (
        with_note("${oc.env:COUNT:-3}"),
        "",
        "expects a comma",
        with_note("${oc.env:COUNT,3}"),
    ),
    "two bases": (
        f"{SERVER}twice: {{_inherit_from: 'counting, other'}}\n",
        "",
        "`_inherit_from` can name only one block, not 2",
        f"{SERVER}twice: {{_inherit_from: 'counting'}}\n",
    ),
    "a ref whose fields are beside it": (
        f"{AGENT}      resources_server:\n      type: resources_servers\n      name: counting\n{SERVER}",
        "",
        "`type` and `name` of this server ref must be indented below it",
        f"{AGENT}      resources_server:\n        type: resources_servers\n        name: counting\n{SERVER}",
    ),
    "a license beside the dataset": (
        f"{AGENT}{DATASET}      license: MIT\n",
        "",
        "`license` of dataset `a` must be indented like its other fields",
        f"{AGENT}{DATASET}          license: MIT\n",
    ),
    "a path beside the dataset": (
        f"{AGENT}      datasets:\n      - name: a\n        type: example\n      jsonl_fpath: a.jsonl\n",
        "",
        "`jsonl_fpath` of dataset `a` must be indented",
        f"{AGENT}      datasets:\n      - name: a\n        type: example\n        jsonl_fpath: a.jsonl\n",
    ),
}


@pytest.mark.parametrize(("before", "others", "message", "after"), WAYS.values(), ids=WAYS.keys())
def test_the_first_fix_is_the_way_out(before: str, others: str, message: str, after: str) -> None:
    path = ROOT / DEFAULT_FILE
    fixture = parse_fixture(f"{before}{others}")
    found = [each for each in findings(fixture) if each.severity.label == "error"]
    assert [message in each.message for each in found] == [True], found
    edits = [edit for where, edit in found[0].fixes[0].edits if where == path]
    assert apply_edits(fixture.files[path], edits) == after


SETTINGS = {
    "one line": ("policy_api_key=abc\n", "policy_api_key: abc\n"),
    "lines of a shell": ('# mine\nexport A=b\n\nC="d e"\nD = 1\n', '# mine\nA: b\n\nC: "d e"\nD: "1"\n'),
}


@pytest.mark.parametrize(("before", "after"), SETTINGS.values(), ids=SETTINGS.keys())
def test_assignments_in_env_yaml(before: str, after: str) -> None:
    fixture = parse_fixture(f"{SERVER}# --- env.yaml\n{before}")
    (found,) = [each for each in findings(fixture) if each.severity.label == "error"]
    assert "write `KEY: VALUE`" in found.message
    (fix,) = found.fixes
    assert apply_edits(before, [edit for _, edit in fix.edits]) == after
