"""Markdown for the site's generator: the same lists, other links, and code as it was."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.site.markdown import Link, adapted


def kept(link: Link) -> Link:
    return link


CASES = {
    "a list after a paragraph": ("Text:\n- a\n- b\n", "Text:\n\n-   a\n-   b\n"),
    "a paragraph in an item": ("- a\n\n  b\n", "-   a\n\n    b\n"),
    "a code block in an item": ("1. a:\n\n   ```yaml\n   b: 1\n   ```\n", "1.  a:\n\n    ```yaml\n    b: 1\n    ```\n"),
    "a nested list": ("1. a\n   - b\n     c\n2. d\n", "1.  a\n    -   b\n        c\n\n2.  d\n"),
    "a lazy line": ("- a\nb\n", "-   a\n    b\n"),
    "a comment": ("a\n\n<!-- gym-lsp: ignore[x] -->\n```yaml\nb: 1\n```\n", "a\n\n\n```yaml\nb: 1\n```\n"),
    "a comment in code": ("````markdown\n<!-- x -->\n````\n", "````markdown\n<!-- x -->\n````\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_blocks(case: str) -> None:
    text, expected = CASES[case]
    assert adapted(text, kept) == expected


def test_links_outside_of_code_change() -> None:
    text = dedent("""\
        [a](a.md) and [b
        c](b.md), ![d](d.png), `[e](e.md)`

            [f](f.md)

        | [g](g.md) | `[h](h.md)` |
        | --- | --- |
        """)
    assert adapted(text, lambda link: Link(link.label.upper(), f"x/{link.target}")) == dedent("""\
        [A](x/a.md) and [B
        C](x/b.md), ![D](x/d.png), `[e](e.md)`

            [f](f.md)

        | [G](x/g.md) | `[h](h.md)` |
        | --- | --- |
        """)


def test_a_link_without_a_target_becomes_text() -> None:
    assert adapted("see [`a.py`](a.py)\n", lambda link: Link(link.label, None)) == "see `a.py`\n"
