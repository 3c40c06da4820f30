"""Characters that look like others: which are reported, and which are left alone."""

from __future__ import annotations

import pytest

from gym_lsp.text import apply_edits
from tests.fixture import assert_findings, findings, parse_fixture

HEAD = """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
"""
KEYS = {
    "a no-break space before": "\u00a0domain",
    "two of them after": "domain\u00a0\u00a0",
    "a zero-width space": "do\u200bmain",
    "a soft hyphen": "do\u00admain",
    "a Cyrillic letter": "dom\u0430in",
    "a full-width letter": "doma\uff49n",
    "in quotes": '"\u200bdomain"',
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_a_key_that_only_looks_like_the_domain(key: str) -> None:
    text = f"{HEAD}      {key}: math\n"
    carets = "^" * len(key)
    message = "error[lookalike-character] this key is not `domain`"
    assert_findings(f"{text}#     {carets} {message}\n")
    (found,) = findings(parse_fixture(text))
    assert found.gym_error == "AlmostServerError"
    edited = apply_edits(text, [edit.edit for edit in found.fixes[0].edits])
    assert edited.replace('"', "") == f"{HEAD}      domain: math\n"


VALUES = {
    "a word with an invisible character": (
        "domain: math\u200b",
        "        ^^^^^ error[lookalike-character] U+200B, which is invisible",
        "domain: math",
    ),
    "a minus that is a dash": (
        "domain: math\n      offset: \u221210",
        "        ^^^ warning[lookalike-character] looks like `-`",
        "domain: math\n      offset: -10",
    ),
    "typographic quotes": (
        "domain: \u2018math\u2019",
        "        ^^^^^^ error[lookalike-character] is not a quote in YAML",
        "domain: math",
    ),
    "typographic quotes around text": (
        'domain: math\n      title: \u201cIt "counts"\u201d',
        "       ^^^^^^^^^^^^^ warning[lookalike-character] U+201C",
        'domain: math\n      title: "It \\"counts\\""',
    ),
    "text that ends with a no-break space": (
        "domain: math\n      title: Counts letters.\u00a0",
        "       ^^^^^^^^^^^^^^^^ warning[lookalike-character] looks like a space",
        "domain: math\n      title: Counts letters.",
    ),
}


@pytest.mark.parametrize(("entry", "marker", "intended"), VALUES.values(), ids=VALUES.keys())
def test_a_value(entry: str, marker: str, intended: str) -> None:
    text = f"{HEAD}      {entry}\n"
    assert_findings(f"{text}#     {marker}\n")
    (found,) = findings(parse_fixture(text))
    assert apply_edits(text, [edit.edit for edit in found.fixes[0].edits]) == f"{HEAD}      {intended}\n"


FINE = (
    "title: \u4f60\u597d\u3000\u4e16\u754c",
    "title: \u041f\u0440\u0438\u0432\u0435\u0442",
    "title: says \u201cyes\u201d or \u201cno\u201d",
    "title: \u201cyes\u201d or \u201cno\u201d",
    "title: 10\u00a0km",
    'title: "\\u00a0padded"',
    "title: a\u2014b and so on",
    "title: caf\u00e9",
    "\u043a\u043b\u044e\u0447: 1",
    "title: |\n        \u201cyes\u201d\u00a0",
)


@pytest.mark.parametrize("entry", FINE)
def test_intended_characters_are_left_alone(entry: str) -> None:
    assert_findings(f"{HEAD}      domain: math\n      {entry}\n")


def test_no_secret_is_shown() -> None:
    (found,) = findings(parse_fixture("# --- env.yaml\npolicy_api_key: sk-12345\u200b\n"))
    assert found.rule == "lookalike-character"
    assert "sk-" not in found.message


@pytest.mark.parametrize("value", ['a/words.txt"', "counting'", '${oc.env:X,null}"'])
def test_an_unpaired_quote(value: str) -> None:
    carets = "^" * len(value)
    text = f"{HEAD}      domain: math\n      words: {value}\n"
    assert_findings(f"{text}#            {carets} warning[unpaired-quote]\n")
    (found,) = findings(parse_fixture(text))
    assert apply_edits(text, [edit.edit for edit in found.fixes[0].edits]).endswith(f"words: {value[:-1]}\n")


@pytest.mark.parametrize("value", ['says "yes"', '3.5"', "the dogs'", '"it\'s"', "'a\"'", 'f("x"', '"a"'])
def test_quotes_that_are_part_of_the_value(value: str) -> None:
    assert_findings(f"{HEAD}      domain: math\n      words: {value}\n")
