"""Comments in documents that suppress findings, as fixtures: see `tests/fixture.py`."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.commands.comments import comments
from gym_lsp.text import Span, apply_edits
from tests.commands.test_findings import CONFIGS, LETTER, line, script
from tests.commands.test_samples import DOMAIN, found_in, readme, server
from tests.counting import steps
from tests.fixture import assert_findings

START = f"gym env start --config {LETTER}\n"
MISSING = line(f"gym env start --config {LETTER}", (LETTER, "error[config-path-not-found]"))
IGNORE = "gym-lsp: ignore[config-path-not-found]"


@pytest.mark.parametrize(
    "text",
    [
        f"gym env start --config {LETTER}  # {IGNORE} it is made by CI\n{MISSING}",
        f"# {IGNORE}\n{START}{MISSING}",
        f"# {IGNORE}\n\n# another comment\n  {START}{MISSING}",
        f"# {IGNORE}\ngym env start \\\n  --model x \\\n  --config {LETTER}\n{MISSING}",
        f"gym env start \\\n  --config {LETTER} \\\n  --model x  # {IGNORE}\n{MISSING}",
        f"{START}# gym-lsp: file-ignore[config-path-not-found]\n{START}",
        f"# gym-lsp: ignore\n{START}{MISSING}",
        f"echo '# {IGNORE}'\n{MISSING}",
        f"cat <<EOF\n# {IGNORE}\nEOF\n{MISSING}",
        f"{MISSING}\n# gym-lsp is a tool\n",
    ],
)
def test_comments_of_a_shell(text: str) -> None:
    assert_findings(script(text))
    assert_findings(script(f"```bash\n{text}```\n", "README.md"))


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("# gym-lsp: ignore[unknown-flag]", "warning[unused-suppression]"),
        ("gym env start  # gym-lsp: ignore[unknown-flag]", "warning[unused-suppression]"),
        ("gym env start  # gym-lsp: file-ignore[unknown-flag]", "warning[invalid-suppression] other text before"),
        ("# gym-lsp: ignore[]", ""),
    ],
)
def test_unused_and_invalid_comments(text: str, finding: str) -> None:
    comment = text[text.index("#") :]
    if finding:
        assert_findings(script(line(text, (comment, finding))))
        assert_findings(script(f"```sh\n{line(text, (comment, finding))}```\n", "README.md"))
    else:
        assert_findings(script(line(text, ("[]", "warning[invalid-suppression]"))))


def test_an_unknown_rule() -> None:
    text = line("# gym-lsp: ignore[no-such-rule]", ("no-such-rule", "warning[invalid-suppression] unknown rule"))
    assert_findings(script(text))
    html = line("<!-- gym-lsp: ignore[no-such-rule] -->", ("no-such-rule", "warning[invalid-suppression] unknown rule"))
    assert_findings(script(f"text\n{html}```bash\n```\n", "README.md"))


@pytest.mark.parametrize(
    "comment", [f"<!-- {IGNORE} -->", f"<!-- {IGNORE} made by CI -->", f"{{/* {IGNORE} */}}", f"<!--{IGNORE}-->"]
)
def test_comments_of_markdown(comment: str) -> None:
    for path in ("README.md", "guide.mdx"):
        for block in (
            f"{comment}\n```bash\n{START}```\n\n```bash\n{MISSING}```\n",
            f"text\n\n{comment}\n\n<!-- other -->\n\n```\n{START}{START}```\n~~~\n{MISSING}~~~\n".replace(
                "<!-- other -->\n\n", ""
            ),
            f"- {comment}\n\n  ```bash\n  {START}  ```\n",
        ):
            assert_findings(script(block, path))


def test_a_comment_of_markdown_covers_only_the_block_right_below() -> None:
    unused = line(f"<!-- {IGNORE} -->", (f"<!-- {IGNORE} -->", "warning[unused-suppression]"))
    for text in (
        f"{unused}A sentence.\n```bash\n{MISSING}```\n",
        f"```bash\n{MISSING}```\n{unused}",
        f"{unused}```bash\ngym env start\n```\n",
    ):
        assert_findings(script(text, "README.md"))
    # In a sentence or in a block, it is an example.
    for text in (f"Write `<!-- {IGNORE} -->`.\n", f"```html\n<!-- {IGNORE} -->\n```\n"):
        assert_findings(script(f"{text}```bash\n{MISSING}```\n", "README.md"))


def test_a_whole_document() -> None:
    assert_findings(script(f"<!-- gym-lsp: file-ignore -->\n\ntext\n```bash\n{START}```\n", "README.md"))


def test_comments_in_yaml() -> None:
    ignored = "      domain: mth  # gym-lsp: ignore[unknown-domain] a new one"
    assert_findings(readme(server(ignored)))
    assert_findings(readme(f"# gym-lsp: ignore[unknown-domain]\n{server('      domain: mth')}"))
    assert_findings(readme(f"{server(ignored)}```\n\n```yaml\n{server(DOMAIN)}"))
    assert_findings(readme(f"# gym-lsp: file-ignore[unknown-domain]\n{server('      domain: mth')}"))
    comment = "# gym-lsp: ignore[unknown-domain]"
    unused = line(f"      domain: math  {comment}", (comment, "warning[unused-suppression]"))
    assert_findings(readme(server(unused.rstrip("\n"))))
    # A block with an omission, and one that is not a config, may explain such comments.
    assert_findings(readme(server("      ...", f"      domain: math  {comment}")))
    assert_findings(readme(f"domain: math  {comment}\n"))
    above = readme(server("      domain: mth")).replace("```yaml", "<!-- gym-lsp: ignore[unknown-domain] -->\n```yaml")
    assert_findings(above)
    wrong = line("# gym-lsp: ignore[no-such-rule]", ("no-such-rule", "warning[invalid-suppression]"))
    assert_findings(readme(f"{wrong}{server()}"))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("<!-- gym-lsp: ignore[unknown-flag] -->\n```bash\n```\n", "```bash\n```\n"),
        ("```bash\nls  # gym-lsp: ignore[unknown-flag]\n```\n", "```bash\nls\n```\n"),
        ("> ```bash\n> ls  # gym-lsp: ignore[unknown-flag]\n> ```\n", "> ```bash\n> ls\n> ```\n"),
    ],
)
def test_an_unused_comment_is_removed(text: str, after: str) -> None:
    [found] = found_in(text)
    [fix] = found.fixes
    assert apply_edits(text, [each.edit for each in fix.edits]) == after


PIECES = [
    "# gym-lsp: ignore[a]", "<!-- gym-lsp: ignore[a] -->", "{/* gym-lsp: ignore */}", "<!-- gym-lsp", "-->", "\n",
    "```\n", "```bash\n", "> ", "- ", "  ", "gym env start", " \\\n", "'", '"', "<<EOF\n", "EOF\n", "\r\n", "é",
    "# x\n", "~~~\n", "# gym-lsp: file-ignore[b] # gym-lsp: ignore\n",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(texts, st.sampled_from([".md", ".mdx", ".sh"]))
def test_any_text_is_read(text: str, suffix: str) -> None:
    for comment in comments(suffix, text):
        assert comment.span.of(text)[0] in "#<{"
        assert "\n" not in comment.span.of(text)
        assert Span(0, len(text)).covers(comment.covered)
    for found in found_in(text, f"x{suffix}"):
        assert Span(0, len(text)).covers(found.span)


@pytest.mark.parametrize("piece", [*PIECES, "<!-- gym-lsp: ignore -->\n", "# gym-lsp: ignore\n", "<!-- ", "a \\\n"])
@pytest.mark.parametrize("suffix", [".md", ".sh"])
def test_the_work_grows_with_the_text(piece: str, suffix: str) -> None:
    def work(times: int) -> None:
        comments(suffix, f"# gym-lsp\n{piece * times}\n```bash\n# gym-lsp\n{piece * times}")

    once, twice = (steps(partial(work, size)) for size in (100, 200))
    assert twice <= 2.2 * once
    work(20_000)


def test_without_comments() -> None:
    assert comments(".md", CONFIGS) == ()
