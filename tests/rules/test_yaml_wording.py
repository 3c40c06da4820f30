"""What a broken text is said to have, and where: the words that are underlined, and a part of the message."""

from __future__ import annotations

import pytest
import yaml

from gym_lsp.rules.files.yaml_failure import Told
from gym_lsp.rules.files.yaml_wording import in_words
from gym_lsp.syntax import parse
from gym_lsp.text import apply_edits

SLIPS = {
    "a tab before a key": ("a:\n\tb: 1\n", "\t", "a tab indents this line"),
    "a tab behind blanks": ("a:\n  b:\n  \tc: 1\n", "\t", "a tab indents this line"),
    "a tab below blanks": ("a:\n  b: 1\n\tc: 2\n", "\t", "a tab indents this line"),
    "a second colon": ("a: b: c\n", ":", "put the value in quotes"),
    "a colon in a sentence": ("x: see http://a b: c\n", ":", "put the value in quotes"),
    "an interpolation that ends in a colon": ("a: ${oc.env:\n", "${oc.env:", "not closed"),
    "no blank behind a colon, first line": ("a:b\nc: d\n", "a:", "a blank is missing behind the colon of `a`"),
    "no blank behind a colon, last line": ("c: d\na:b\n", "a:", "a blank is missing"),
    "no blank behind a colon, between": ("x:\n  c: d\n  a:b\n  e: f\n", "a:", "a blank is missing"),
    "a word alone": ("x:\n  a\n  e: f\n", "a", "neither `key: value` nor an element"),
    "words alone at the end": ("a: 1\nsee below\n", "see below", "neither `key: value` nor an element"),
    "a block below a value": ("a: yes\n  b: c\n", "b", "`a`, which has the value `yes` already"),
    "too deep by one": ("a:\n  b: 1\n   c: 2\n", "c", "`b`, which has the value `1` already"),
    "too shallow by one": ("a:\n  b: 1\n c: 2\n", "c", "indented like nothing above it"),
    "an element too deep": ("a:\n  - b\n - c\n", "-", "a list element where a key is expected"),
    "a list among keys": ("a:\n  b: 1\n  - c\n", "-", "a list element where a key is expected"),
    "a key among elements": ("a:\n  - b\n  c: 1\n", "c", "the list above goes on"),
    "a list behind its key": ("a: - b\n", "-", "on a line of its own"),
    "an unclosed quote": ('a: "b\nc: d\n', '"', "this quote is never closed"),
    "a quote that another one closes": ('a: "b\nc: "d"\n', '"', "closes only lines below"),
    "a quote within quotes": ("a: 'it's'\n", "s", "double it"),
    "text behind a quote": ('a: "b" c\n', "c", "nothing can follow the closing quote"),
    "an unclosed bracket": ("a: [b\nc: d\n", "[", "not closed by a `]`"),
    "an unclosed brace": ("a: {b: c\nd: e\n", "{", "not closed by a `}`"),
    "the wrong bracket": ("a: [b, c}\n", "}", "the closing `]` is expected"),
    "one bracket too many": ("a: [1, 2]]\n", "]", "closes nothing"),
    "a bracket alone": ("a: ]\n", "]", "closes nothing"),
    "text behind a bracket": ("a: {b} c\n", "c", "put the whole value in quotes"),
    "no blank in braces": ("a: {b:}\n", ":", "a colon needs a blank"),
    "an at sign": ("a: @b\n", "@b", "cannot begin with `@`"),
    "a backtick": ("a: `b`\n", "`b`", "cannot begin with a backtick"),
    "a percent sign": ("a: %b\n", "%b", "cannot begin with `%`"),
    "a glob": ("a: *.yaml\n", "*.yaml", "cannot begin with `*`"),
    "bold text": ("a: **b**\n", "**b**", "cannot begin with `*`"),
    "a comma": ("a: ,b\n", ",b", "cannot begin with `,`"),
    "a marker in braces": ("a: {b: ???, c: d}\n", "???", "cannot begin with `?`"),
    "an unknown escape": ('a: "\\d"\n', "\\d", "means nothing in double quotes"),
    "text behind a block sign": ("a: | b\n", "b", "begins on the next line"),
    "a bell": ("a: b\x07\n", "\x07", "U+0007"),
    "a merge conflict": ("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n", "<<<<<<< HEAD", "merge conflict"),
    "the end of a merge conflict": ("a: 1\n>>>>>>> x\nb: 2\n", ">>>>>>> x", "merge conflict"),
    "the middle of a merge conflict": ("a: 1\n=======\nb: 2\n", "=======", "merge conflict"),
    "the base of a merge conflict": ("a: 1\n||||||| 1a2b3c\nb: 2\n", "||||||| 1a2b3c", "merge conflict"),
    "a colon behind a value": ("a: b:\nc: d\n", ":", "a colon behind the value of `a`"),
    "no blank behind a dash": ("a:\n- b: 1\n-c: 2\n  d: 3\n", "-", "behind the dash of `c`"),
    "a comment of another language": ("a: 1\n// b\nc: 2\n", "// b", "begins no comment"),
    "a comment of another language first": ("// a\nb: 1\n", "// a", "begins no comment"),
    "a name without its colon": ("a:\n  b_c d\n  e: f\n", "b_c", "a colon is missing behind `b_c`"),
    "a name of a block without its colon": ("a_b\n  c: d\n", "a_b", "a colon is missing behind `a_b`"),
    "an assignment": ("a: 1\nb = 2\nc: 3\n", "b = 2", "`b` is set with `=`"),
    "a line of a shell": ("export KEY=secret\na: 1\n", "export KEY=secret", "`KEY` is set with `=`"),
    "text that falls out of its block": ("a: |\n  b\nc\nd: 1\n", "c", "the text of the `|` block above it"),
    "a second colon in braces": ("a: {b: c: d}\n", ":", "a second `: ` in one value"),
    "too deep below a bracket": ("a:\n  b: []\n    c: 2\n", "c", "`b`, which has the value `[]` already"),
    "a second document": ("a: 1\n---\nb: 2\n", "---", "second document"),
    "text behind the end": ("a: 1\n...\nb\n", "b", "one document"),
    "an alias to nothing": ("a: *b\n", "*b", "no `&b` stands above it"),
    "an alias to itself": ("a: &b [*b]\n", "*b", "would contain itself"),
    "an unknown tag": ("a: !env X\n", "!env", "no tag `!env`"),
    "a list as a key": ("[1]: a\n", "[1]", "cannot be a key"),
    "double braces": ("a: {{ b }}\n", "{{ b }}", "double braces"),
    "a no-break space that indents": ("a:\n  b: 1\n\u00a0 c: 2\n  d: 3\n", "\u00a0", "a blank here is"),
    "a no-break space behind a colon": ("a:\u00a0b\nc: d\n", "\u00a0", "a blank here is"),
    "a character without width": ("a:\n  b: 1\n\u200b  c: 2\n  d: 3\n", "\u200b", "the character U+200B"),
    "a full-width colon": ("x:\n  a\uff1a 1\n  b: 2\n", "\uff1a ", "a colon here is the character U+FF1A"),
    "a null key": ("~: 1\n", "~", "a key is null"),
    "a merge key over a number": ("a: {<<: 5}\n", "5", "`<<` takes a mapping"),
    "no number": ("a: 0b_\n", "0b_", "and it is none"),
    "something rare": ("a: !<\n", "<", "did not find expected tag URI"),
}

MENDED = {
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
    "a: {{ b }}\n": 'a: "{{ b }}"\n',
    "a: {b: ???, c: d}\n": 'a: {b: "???", c: d}\n',
    "a: [@b, c]\n": 'a: ["@b", c]\n',
    "a:\n  b: 1\n\u00a0\u00a0c: 2\n  d: 3\n": "a:\n  b: 1\n  c: 2\n  d: 3\n",
    "a:\u00a0b\nc: d\n": "a: b\nc: d\n",
    "a:\u200bb\nc: d\n": "a: b\nc: d\n",
    "a:\n  b: 1\n\u200b  c: 2\n  d: 3\n": "a:\n  b: 1\n  c: 2\n  d: 3\n",
    "x:\n  a\uff1a1\n  b: 2\n": "x:\n  a: 1\n  b: 2\n",
}


def _told(text: str) -> Told:
    return in_words(parse(text).problems[0], text)


@pytest.mark.parametrize("slip", SLIPS)
def test_slip(slip: str) -> None:
    text, underlined, message = SLIPS[slip]
    told = _told(text)
    assert told.span.of(text) == underlined
    assert message in told.message
    assert told.message[0].islower() or not told.message[0].isalpha()
    assert len(told.message) <= 120


@pytest.mark.parametrize("broken", MENDED)
def test_repair(broken: str) -> None:
    repair = _told(broken).repair
    assert repair is not None
    mended = apply_edits(broken, [repair.edit])
    assert mended == MENDED[broken]
    assert yaml.safe_load(mended) is not None


def test_the_value_of_an_assignment_is_not_repeated() -> None:
    assert "secret" not in _told("export KEY=secret\na: 1\n").message


@pytest.mark.parametrize("text", ["a: b: c  # why\n", "a: @b # why\n"])
def test_no_repair_where_a_comment_could_be_part_of_the_value(text: str) -> None:
    assert _told(text).repair is None
