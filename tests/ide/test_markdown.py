"""Any text is shown as it is, whatever Markdown it contains; a CommonMark parser reads what is written."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.compose.secrets import masked_text
from gym_lsp.ide.markdown import (
    Block,
    Fence,
    Link,
    Strong,
    bullets,
    code,
    linked,
    paragraphs,
    plain,
    render,
    titled,
)
from gym_lsp.text import visible
from tests.rendering import Rendered, rendered, words

PLACE = PurePath("/workspace/a.yaml")
URI = "file:///workspace/a.yaml#L3"
PLAIN = {"paragraph", "softbreak", "hardbreak", "code_inline"}
"""What prose may consist of."""

HOSTILE = {
    "an image": "![x](https://evil.test/pixel.png)",
    "an image of a reference": "![x][y]\n\n[y]: https://evil.test/pixel.png",
    "a link": "[docs](https://evil.test)",
    "a link with a title": '[docs](<https://evil.test> "title")',
    "a command": "[click](command:workbench.action.terminal.new)",
    "a link around an image": "[![x](https://evil.test/a.png)](command:x)",
    "a definition": "[docs]\n\n[docs]: https://evil.test",
    "a definition with a collapsed link": "[docs][]\n[docs]: <https://evil.test> 'a'",
    "a footnote": "[^1]\n\n[^1]: note",
    "an autolink": "<https://evil.test>",
    "an autolink of a mail address": "<a@evil.test>",
    "a bare address": "see https://evil.test/a_b_c, http://evil.test. and ftp://evil.test)",
    "a bare address without a scheme": "www.evil.test/path",
    "a bare mail address": "a.b+c@evil.test and mailto:a@evil.test",
    "an address beside code": "`a`https://evil.test`b` and https://e`c`",
    "an element": "<img src=https://evil.test/pixel.png onerror=alert(1)>",
    "a closing element": "</div></body>",
    "a block of HTML": "text\n\n<table><tr><td>a</td></tr></table>\n\n<script>alert(1)</script>",
    "a comment": "<!-- hidden --> shown <!---->",
    "a processing instruction": "<?php x ?> <!DOCTYPE html> <![CDATA[x]]>",
    "a broken tag": "a < b, <a\nhref='x'> and <",
    "a fence": "```\n![x](https://evil.test)\n```",
    "a fence of tildes": "~~~html\n<img src=x>\n~~~",
    "backticks": "` `` ``` a` b`` ![x](y) ```` `",
    "backticks that end code": "a` ![x](https://evil.test) `b",
    "a code span over a heading": "`a\n# b` c",
    "a heading": "# Title\n## Second\n####### none",
    "an underlined heading": "Title\n===\nSecond\n---",
    "a rule": "a\n\n---\n\n***\n\n* * *\n\n___\n\n- - -",
    "a quotation": "> a\n>> b",
    "a list": "- a\n  - b\n+ c\n* d\n1. e\n2) f\n123456789. g",
    "a task": "- [ ] a\n- [x] b",
    "a table": "| a | b |\n|---|:-:|\n| c | d |",
    "a table without borders": "a | b\n--- | ---\nc | d",
    "a table of one column": "a |\n:-:\nb",
    "indented code": "    a\n\tb\n\n      c",
    "emphasis": "*a* **b** ***c*** _d_ __e__ *f*g* a*b*c a_b_c **a*b** _a*b_c*",
    "deleted text": "~a~ ~~b~~ a~b~c ~5 and ~6~",
    "character references": "&lt;img&gt; &#60;b&#62; &#x3c; &amp; &copy; &nosuch; AT&T",
    "backslashes": "\\ \\\\ \\* \\<img> \\`a` \\[x](y) C:\\new\\* a\\\nb \\",
    "a backslash before an address": "\\https://evil.test \\www.evil.test",
    "a hard break": "a  \nb\\\nc",
    "icons": "$(error) $(sync~spin)",
    "control characters": "a\x00b\x07c\x1b[31md\x7fe\x85f\x9bg",
    "characters that reverse text": "a\u202eb\u2066c\u200fd",
    "unusual line ends": "# a\r# b\r\n# c\x0b# d\x0c# e\u2028# f\u2029# g",
    "unusual spaces": "\u00a0# a\n\u3000- b\n\ufeff> c",
    "brackets without links": "[0, 1] ]( [ ![ ][ ]: [](",
    "marks on the next line": "1. ~~~\\\n~~~\n\nx ***\\\n***\n\n*a\n**",
    "a line of marks": "#\n-\n+\n*\n=\n>\n|\n:\n1.\n~~~\n```",
}


def seen(text: str) -> str:
    """Return text for a comparison. Backticks may be those of code, which loses the spaces at its ends."""
    shown = words(visible(" ".join(text.splitlines())))
    return "".join(shown.replace("`", "").split()) if "`" in text else shown


def assert_plain(found: Rendered, text: str, allowed: set[str] = PLAIN) -> None:
    assert found.kinds <= allowed
    assert found.links == []
    assert seen(found.text + "`" * ("`" in text)) == seen(text)


def written(*blocks: Block) -> str:
    return render(blocks, lambda link: linked(link.text, URI))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    check_everywhere(text)


PIECES = (
    *"\\`*_{}[]()#+-.!|<>&~=:;@$^'\"/?%\n\t \r\x00\u2028\u202e\u00a0a1é",
    "  ", "\n\n", "\n    ", "```", "~~~", "---", "***", "](", "]:", "![", "[a]", "(b)", "[x]: y", "https://", "www.",
    "e.test", "a@b.c", "<b", "</b>", "<!--", "-->", "<a:b>", "&lt;", "&#35;", "1. ", "- ", "# ", "> ", "| ", "word",
)  # fmt: skip
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.text(max_size=40))


@given(TEXTS.filter(lambda text: masked_text(text) == text))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    check_everywhere(text)


def check_everywhere(text: str) -> None:
    """Write a text in each place that can hold one, and read it back."""
    assert_plain(rendered(written(text)), text)
    assert_plain(rendered(written(("In ", text, " and ", text))), f"In {text} and {text}")
    assert_plain(
        rendered(written(bullets([(text,), (text, " end")]))),
        f"{text} {text} end",
        PLAIN | {"bullet_list", "list_item"},
    )
    name = visible(" ".join(text.splitlines()))
    bold = rendered(written(titled(text, "alias"), ("a ", Strong(text))))
    assert bold.kinds <= PLAIN | {"strong"}
    assert (bold.text, bold.links) == (words(f"{name.strip()} · alias a {name}"), [])
    link = rendered(written(("From ", Link(text, PLACE), ", ", text)))
    assert link.kinds <= PLAIN | {"link"}
    assert link.links == [URI]
    assert seen(link.text + "`" * ("`" in text)) == seen(f"From {name}, {name}")
    check_code(text)


def check_code(text: str) -> None:
    first = visible(text.splitlines()[0]) if text else ""
    shown = (
        first if [first] == [visible(line) for line in text.splitlines(keepends=True)] else first + bool(text) * " …"
    )
    inline = rendered(written(f"Value: {code(text)}, and {code('x')}."))
    assert [words(each) for each in inline.code] == [words(shown), "x"]
    assert inline.kinds == {"paragraph", "code_inline"}
    fence = rendered(written("Text.", Fence(text, "yaml"), "More."))
    assert fence.code == ["".join(f"{visible(line)}\n" for line in text.splitlines())]
    assert fence.kinds == {"paragraph", "fence"}


# Text without a meaning in Markdown stays readable for people who see the Markdown itself.
READABLE = (
    "Math word problems, e.g. from GSM8K (5 * 3 = 15) — 100% verified!",
    "single_line, multi_line, _inherit_from and resources_servers/math_with_judge/app.py",
    "Uses `pass@1` and pass@k; reward in [0, 1] (0 if wrong), ~5 turns & more.",
    "a < b > c, 3. item, -1, +1, #1, f(x)[0], $HOME, {a: b}, x | y",
    "Takes *args and **kwargs",
    "Ends with a colon:\nand goes on.",
)


@pytest.mark.parametrize("text", READABLE)
def test_ordinary_text_needs_no_backslash(text: str) -> None:
    assert written(text) == text


WRITTEN = {
    "paragraphs and lines stay": ("One\ntwo.\n\n\n  Three.", "One\ntwo.\n\nThree."),
    "items of a list stay on lines of their own": ("Either:\n- a\n- b", "Either:  \n\\- a  \n\\- b"),
    "code stays code": ("The `key` and ``a`b``.", "The `key` and ``a`b``."),
    "code of reStructuredText is code": ("The ``key``.", "The `key`."),
    "an address is code, without the end of the sentence": ("See https://a.test/b.", "See `https://a.test/b`."),
    "a placeholder": ("Under <dir>/x", "Under \\<dir>/x"),
    "nothing": (" \n ", ""),
}


@pytest.mark.parametrize(("text", "expected"), WRITTEN.values(), ids=WRITTEN.keys())
def test_prose(text: str, expected: str) -> None:
    assert written(text) == expected


def test_the_target_of_a_link_cannot_end_early() -> None:
    uri = "file:///workspace/a (1)<b>\\`é.yaml"
    assert rendered(linked("a", uri)).links == ["file:///workspace/a%20%281%29%3Cb%3E%5C%60%C3%A9.yaml"]


def test_a_long_text_is_cut() -> None:
    assert len(written("`" * 1_000_000)) < 20_000
    assert len(written((f"{'a' * 1_000_000}",))) < 20_000
    assert rendered(written(f"Value: {code('a' * 1_000_000)}, ok.")).text == f"Value: {'a' * 1000} …, ok."


def test_plain_text_has_no_backslashes() -> None:
    content = paragraphs(
        (titled("a*b*", "x"), "", "<b> `c`\n- d", bullets([("*e*", Link("f_", PLACE))]), Fence("g", ""))
    )
    assert plain(content, lambda link: f"{link.text}:1") == "a*b* · x\n\n<b> `c`\n- d\n\n- *e*f_:1\n\ng"
