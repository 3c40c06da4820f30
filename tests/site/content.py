"""Whether the site shows what a git host shows: as many headings, list items, code blocks and table rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from markdown_it import MarkdownIt

from tests.site.staging import name_on_site, navigation, source_text, titles_of

_COUNTED = {"h1", "h2", "h3", "h4", "li", "ol", "pre", "table", "tr", "ul", "blockquote", "em", "strong"}


class _Elements(HTMLParser):
    """Counts the elements of a page, only those in its `article` if it has one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self._in_page = "<article" not in text
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self._in_page = True
        if self._in_page and tag in _COUNTED:
            self.counts[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._in_page = False


def differences(site: Path) -> Iterator[str]:
    """Yield one line for each page that the generator reads in another way than a git host."""
    parser = MarkdownIt("commonmark").enable("table")
    for source in titles_of(navigation()):
        name = name_on_site(source)
        expected = _Elements(parser.render(source_text(source))).counts
        actual = _Elements((site / name).with_suffix(".html").read_text("utf-8")).counts
        for tag in sorted(_COUNTED):
            if expected[tag] != actual[tag]:
                yield f"{name}: {actual[tag]} elements <{tag}>, but {expected[tag]} in {source}"
