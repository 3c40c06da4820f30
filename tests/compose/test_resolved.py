"""The resolved document: YAML that reads back as the configuration, and shows no secret."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from gym_lsp.compose.config import Table, at
from gym_lsp.compose.resolved import resolved_lines, scalar
from gym_lsp.compose.secrets import MASK
from gym_lsp.syntax import Atom
from tests.compose.documents import Document, config_of, config_of_text, documents
from tests.compose.record_interpolations import ATOMS, DATA
from tests.syntax.documents import WORDS
from tests.syntax.oracle import load

atoms = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WORDS)


def text_of(root: Table, *variables: str) -> str:
    return "".join(f"{line.text}\n" for line in resolved_lines(root, frozenset(variables)))


@given(atoms)
@example("a\u2028b\x85\x7f\x00")
@example("=")
def test_a_scalar_reads_back(value: Atom) -> None:
    found = config_of_text(f"a: {scalar(value)}\nb: [1]\n").leaf("a")
    assert (type(found), repr(found)) == (type(value), repr(value))


@given(st.text(min_size=1))
@example("\u2028\x7f: # \t")
def test_a_text_reads_back_by_omegaconfs_loader(value: str) -> None:
    assert load(f"{scalar(value)}:\n  - a: {scalar(value)}\n") == {value: [{"a": value}]}


def test_numbers_that_are_no_numbers_in_python() -> None:
    assert [scalar(value) for value in (math.inf, -math.inf, math.nan, 1e22)] == [".inf", "-.inf", ".nan", "1e+22"]


@given(documents([atom for atom in ATOMS if atom != "???"], depth=4))
@example({"a": [[], {}, [[1, {"b": [2]}]], {"c": {"d": []}, "e": 1}]})
def test_a_configuration_reads_back(document: Document) -> None:
    text = text_of(config_of(document))
    loaded = OmegaConf.to_container(OmegaConf.create(text)) if text else {}
    assert json.dumps(loaded) == json.dumps(document)


def test_each_line_knows_its_value() -> None:
    root = config_of_text("a:\n  b: [1, {c: 2}]\n  d: {}\n")
    lines = list(resolved_lines(root))
    assert [line.text for line in lines] == ["a:", "  b:", "    - 1", "    - c: 2", "  d: {}"]
    assert all(line.value is at(root, line.path) for line in lines)


def test_interpolations_give_way_to_their_values() -> None:
    root = config_of_text("a: ${b.c}\nb: {c: 5}\nd: x-${a}\ne: ${nope}\nf: ${oc.env:HOST}\ng: ${b}\n")
    assert text_of(root, "HOST") == "a: 5\nb:\n  c: 5\nd: x-5\ne: ${nope}\nf: ${oc.env:HOST}\ng:\n  c: 5\n"


def test_the_document_is_what_omegaconf_resolves() -> None:
    compared = 0
    for row in map(json.loads, DATA.read_text("utf-8").splitlines()):
        if not all("value" in recorded for _, recorded in row["found"]):
            continue
        try:
            expected = OmegaConf.to_container(OmegaConf.create(row["config"]), resolve=True)
        except RecursionError:
            continue
        loaded = OmegaConf.to_container(OmegaConf.create(text_of(config_of(row["config"]))))
        assert json.dumps(loaded) == json.dumps(expected), row["config"]
        compared += 1
    assert compared > 100


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  x: ${b}\nb:\n  y: ${a}\n",
        "a:\n  x: ${a}\n",
        "".join(f"a{number}:\n- ${{a{number + 1}}}\n- ${{a{number + 1}}}\n" for number in range(40)) + "a40: [1, 2]\n",
        "".join(f"a{number}:\n  x: ${{a{number + 1}}}\n" for number in range(300)) + "a300: {x: 1}\n",
    ],
    ids=["around each other", "around itself", "doubling", "a long chain"],
)
def test_what_grows_without_end_is_not_written(text: str) -> None:
    lines = text_of(config_of_text(text)).splitlines()
    assert len(lines) < 50_000
    assert any("${" in line for line in lines)


SECRET = "sk-0123456789"


@pytest.mark.parametrize(
    "text",
    [
        f"policy_api_key: {SECRET}\n",
        f"a: {{responses_api_models: {{m: {{openai_api_key: {SECRET}}}}}}}\n",
        f"a: {{b: {{c: {{default_headers: {{Authorization: Bearer {SECRET}}}}}}}}}\n",
        f"a: {{b: {{c: {{api_keys: [{SECRET}, {{x: {SECRET}}}]}}}}}}\n",
        f"policy_api_key: {SECRET}\na: ${{policy_api_key}}\n",
        f"policy_api_key: {SECRET}\na: ${{b}}\nb: ${{policy_api_key}}\n",
        f"policy_api_key: {SECRET}\nurl: http://user:${{policy_api_key}}@host/\n",
        f"policy_api_key: {SECRET}\na: ${{oc.select:policy_api_key}}\n",
        f"x: {{api_keys: {{a: {SECRET}}}}}\ny: ${{x.api_keys}}\n",
        f"x: {{y: {{z: {{api_keys: [{SECRET}]}}}}}}\ny: ${{x.y.z.api_keys}}\n",
        f"policy_api_key: {SECRET}\nx: {{y: '${{policy_api_key}}'}}\ny: ${{x}}\n",
        f"db_password: {SECRET}\nclient_secret: {SECRET}\nMY_TOKEN: {SECRET}\n",
    ],
)
def test_no_secret_is_shown(text: str) -> None:
    shown = text_of(config_of_text(text))
    assert SECRET not in shown
    assert MASK in shown


def test_what_is_no_secret_is_shown() -> None:
    text = (
        "keyword_math:\n  resources_servers:\n    keyword_math:\n      entrypoint: app.py\n      max_tokens: 5\n"
        "policy_api_key: EMPTY\nnote: the ${x} thing\nx: EMPTY1\nhf_token: null\n_delete_key: a\nkey: ''\n"
    )
    shown = text_of(config_of_text(text))
    assert "entrypoint: app.py" in shown
    assert "max_tokens: 5" in shown
    assert "note: the EMPTY1 thing" in shown
    assert "hf_token: null" in shown
    assert "_delete_key: a" in shown
    assert 'key: ""' in shown
    assert shown.count(MASK) == 1
