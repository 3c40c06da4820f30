"""How broken YAML is explained: the underlined text, and a part of the message."""

from __future__ import annotations

import pytest
import yaml

from gym_lsp.rules.files.yaml_failure import Explanation
from gym_lsp.rules.files.yaml_wording import explain
from gym_lsp.syntax import parse
from gym_lsp.text import apply_edits

MISTAKES = {
    "a tab before a key": ("a:\n\tb: 1\n", "\t", "indented with a tab"),
    "a tab after spaces": ("a:\n  b:\n  \tc: 1\n", "\t", "indented with a tab"),
    "a tab below spaces": ("a:\n  b: 1\n\tc: 2\n", "\t", "indented with a tab"),
    "a second colon": ("a: b: c\n", ":", "put the value in quotes"),
    "a colon in a sentence": ("x: see http://a b: c\n", ":", "put the value in quotes"),
    "an interpolation that ends in a colon": ("a: ${oc.env:\n", "${oc.env:", "not closed"),
    "no space after a colon, first line": ("a:b\nc: d\n", "a:", "missing space after the colon of `a`"),
    "no space after a colon, last line": ("c: d\na:b\n", "a:", "missing space after the colon"),
    "no space after a colon, between": ("x:\n  c: d\n  a:b\n  e: f\n", "a:", "missing space after the colon"),
    "a word alone": ("x:\n  a\n  e: f\n", "a", "neither `key: value` nor a list element"),
    "words alone at the end": ("a: 1\nsee below\n", "see below", "neither `key: value` nor a list element"),
    "a block below a value": ("a: yes\n  b: c\n", "b", "`a`, which already has the value `yes`"),
    "too deep by one": ("a:\n  b: 1\n   c: 2\n", "c", "`b`, which already has the value `1`"),
    "too shallow by one": ("a:\n  b: 1\n c: 2\n", "c", "does not match any line above"),
    "an element too deep": ("a:\n  - b\n - c\n", "-", "list element where a key is expected"),
    "a list among keys": ("a:\n  b: 1\n  - c\n", "-", "list element where a key is expected"),
    "a key among elements": ("a:\n  - b\n  c: 1\n", "c", "key where a list element is expected"),
    "a list on the line of its key": ("a: - b\n", "-", "on the next line"),
    "an unclosed quote": ('a: "b\nc: d\n', '"', "this quote is never closed"),
    "a quote that another one closes": ('a: "b\nc: "d"\n', '"', "closed only on a later line"),
    "a quote within quotes": ("a: 'it's'\n", "s", "double it"),
    "text after a quote": ('a: "b" c\n', "c", "unexpected text after the closing quote"),
    "an unclosed bracket": ("a: [b\nc: d\n", "[", "not closed by a `]`"),
    "an unclosed brace": ("a: {b: c\nd: e\n", "{", "not closed by a `}`"),
    "the wrong bracket": ("a: [b, c}\n", "}", "expected a comma or the closing `]`"),
    "one bracket too many": ("a: [1, 2]]\n", "]", "unmatched closing `]`"),
    "a bracket alone": ("a: ]\n", "]", "unmatched closing `]`"),
    "text after a bracket": ("a: {b} c\n", "c", "put the whole value in quotes"),
    "no space in braces": ("a: {b:}\n", ":", "missing space after the colon"),
    "an at sign": ("a: @b\n", "@b", "cannot begin with `@`"),
    "a backtick": ("a: `b`\n", "`b`", "cannot begin with a backtick"),
    "a percent sign": ("a: %b\n", "%b", "cannot begin with `%`"),
    "a glob": ("a: *.yaml\n", "*.yaml", "cannot begin with `*`"),
    "bold text": ("a: **b**\n", "**b**", "cannot begin with `*`"),
    "a comma": ("a: ,b\n", ",b", "cannot begin with `,`"),
    "a marker in braces": ("a: {b: ???, c: d}\n", "???", "cannot begin with `?`"),
    "an unknown escape": ('a: "\\d"\n', "\\d", "unknown escape `\\d` in double quotes"),
    "text after a block sign": ("a: | b\n", "b", "begins on the next line"),
    "a bell": ("a: b\x07\n", "\x07", "U+0007"),
    "a merge conflict": ("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n", "<<<<<<< HEAD", "merge conflict"),
    "the end of a merge conflict": ("a: 1\n>>>>>>> x\nb: 2\n", ">>>>>>> x", "merge conflict"),
    "the middle of a merge conflict": ("a: 1\n=======\nb: 2\n", "=======", "merge conflict"),
    "the base of a merge conflict": ("a: 1\n||||||| 1a2b3c\nb: 2\n", "||||||| 1a2b3c", "merge conflict"),
    "a colon after a value": ("a: b:\nc: d\n", ":", "unexpected colon after the value of `a`"),
    "no space after a dash": ("a:\n- b: 1\n-c: 2\n  d: 3\n", "-", "missing space after the dash of `c`"),
    "a comment of another language": ("a: 1\n// b\nc: 2\n", "// b", "does not begin a comment"),
    "a comment of another language first": ("// a\nb: 1\n", "// a", "does not begin a comment"),
    "a name without its colon": ("a:\n  b_c d\n  e: f\n", "b_c", "missing colon after `b_c`"),
    "a name of a block without its colon": ("a_b\n  c: d\n", "a_b", "missing colon after `a_b`"),
    "an assignment": ("a: 1\nb = 2\nc: 3\n", "b = 2", "`b` is set with `=`"),
    "a line of a shell": ("export KEY=secret\na: 1\n", "export KEY=secret", "`KEY` is set with `=`"),
    "text outside its block": ("a: |\n  b\nc\nd: 1\n", "c", "the text of the `|` block above"),
    "a second colon in braces": ("a: {b: c: d}\n", ":", "unexpected second `: ` in a value"),
    "too deep below a bracket": ("a:\n  b: []\n    c: 2\n", "c", "`b`, which already has the value `[]`"),
    "a second document": ("a: 1\n---\nb: 2\n", "---", "second document"),
    "text after the end": ("a: 1\n...\nb\n", "b", "one document"),
    "an undefined alias": ("a: *b\n", "*b", "undefined alias `*b`: there is no `&b` above it"),
    "an alias to itself": ("a: &b [*b]\n", "*b", "inside the value of `&b`"),
    "an unknown tag": ("a: !env X\n", "!env", "unknown tag `!env`"),
    "a list as a key": ("[1]: a\n", "[1]", "cannot be a key"),
    "double braces": ("a: {{ b c }}\n", "{{ b c }}", "double braces"),
    "a placeholder": ("a: {{ b }}\n", "{{ b }}", "to refer to a key, write `${b}`"),
    "a statement of a template": ("{% if a %}\nb: 1\n", "{% if a %}", "a config is not a template"),
    "a no-break space that indents": ("a:\n  b: 1\n\u00a0 c: 2\n  d: 3\n", "\u00a0", "looks like a space"),
    "a no-break space after a colon": ("a:\u00a0b\nc: d\n", "\u00a0", "looks like a space"),
    "a zero-width character": ("a:\n  b: 1\n\u200b  c: 2\n  d: 3\n", "\u200b", "the character U+200B"),
    "a full-width colon": ("x:\n  a\uff1a 1\n  b: 2\n", "\uff1a ", "a colon, but is the character U+FF1A"),
    "a null key": ("~: 1\n", "~", "this key is null"),
    "a merge key over a number": ("a: {<<: 5}\n", "5", "`<<` needs a mapping"),
    "not a number": ("a: 0b_\n", "0b_", "but is not one"),
    "something rare": ("a: !<\n", "<", "did not find expected tag URI"),
}

FIXED = {
    "a: b: c\n": 'a: "b: c"\n',
    "a:b\nc: d\n": "a: b\nc: d\n",
    "x:\n  c: d\n  a:b\n  e: f\n": "x:\n  c: d\n  a: b\n  e: f\n",
    "a: @b\n": 'a: "@b"\n',
    "a: b:\nc: d\n": "a: b\nc: d\n",
    "a:\n- b: 1\n-c: 2\n  d: 3\n": "a:\n- b: 1\n- c: 2\n  d: 3\n",
    "a: 1\n// b\nc: 2\n": "a: 1\n# b\nc: 2\n",
    "a:\n  b_c d\n  e: f\n": "a:\n  b_c: d\n  e: f\n",
    "a_b\n  c: d\n": "a_b:\n  c: d\n",
    "a: 1\nb = 2\nc: 3\n": "a: 1\nb: 2\nc: 3\n",
    "export KEY=secret\na: 1\n": "KEY: secret\na: 1\n",
    "a: |\n  b\nc\nd: 1\n": "a: |\n  b\n  c\nd: 1\n",
    "a:\n  b: 1\n    c: 2\n  d: 3\n": "a:\n  b: 1\n  c: 2\n  d: 3\n",
    "x:\n  a:\n    b: 1\n  c: 2\n    d: 3\n": "x:\n  a:\n    b: 1\n    c: 2\n    d: 3\n",
    "a: *.yaml\n": 'a: "*.yaml"\n',
    'a: `\\"`\n': 'a: "`\\\\\\"`"\n',
    "a: {{ b }}\n": "a: ${b}\n",
    "a: {{ b c }}\n": 'a: "{{ b c }}"\n',
    "a: {b: ???, c: d}\n": 'a: {b: "???", c: d}\n',
    "a: [@b, c]\n": 'a: ["@b", c]\n',
    "a:\n  b: 1\n\u00a0\u00a0c: 2\n  d: 3\n": "a:\n  b: 1\n  c: 2\n  d: 3\n",
    "a:\u00a0b\nc: d\n": "a: b\nc: d\n",
    "a:\u200bb\nc: d\n": "a: b\nc: d\n",
    "a:\n  b: 1\n\u200b  c: 2\n  d: 3\n": "a:\n  b: 1\n  c: 2\n  d: 3\n",
    "x:\n  a\uff1a1\n  b: 2\n": "x:\n  a: 1\n  b: 2\n",
}


def _explanation(text: str) -> Explanation:
    return explain(parse(text).problems[0], text)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake: str) -> None:
    text, underlined, message = MISTAKES[mistake]
    explanation = _explanation(text)
    assert explanation.span.of(text) == underlined
    assert message in explanation.message
    assert explanation.message[0].islower() or not explanation.message[0].isalpha()
    assert len(explanation.message) <= 120


@pytest.mark.parametrize("broken", FIXED)
def test_repair(broken: str) -> None:
    repair = _explanation(broken).repair
    assert repair is not None
    fixed = apply_edits(broken, [repair.edit])
    assert fixed == FIXED[broken]
    assert yaml.safe_load(fixed) is not None


def test_the_value_of_an_assignment_is_not_shown() -> None:
    assert "secret" not in _explanation("export KEY=secret\na: 1\n").message


@pytest.mark.parametrize("text", ["a: b: c  # why\n", "a: @b # why\n"])
def test_no_repair_where_a_comment_could_be_part_of_the_value(text: str) -> None:
    assert _explanation(text).repair is None
