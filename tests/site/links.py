"""What is wrong with the pages of a built site: links that lead nowhere, and files that come from another host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {"img": ("src",), "script": ("src",), "iframe": ("src",), "source": ("src", "srcset")}
_LOADED_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "modulepreload"}
_IN_CSS = re.compile(r"url\(\s*[\"']?(?P<url>https?:)?//|@import")


class _Page(HTMLParser):
    """The anchors of a page, its links, and the files that a browser loads with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors.update(values[name] for name in ("id", "name") if name in values)
        self.loaded.extend(values[name] for name in _LOADED.get(tag, ()) if name in values)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and _LOADED_LINKS & set(values.get("rel", "").split()):
            self.loaded.append(values.get("href", ""))


def mistakes(site: Path) -> Iterator[str]:
    """Yield one line for each mistake in a built site, such as `index.html: gone.html leads nowhere`."""
    pages = {path: _Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        for target in page.loaded:
            if urlsplit(target).scheme not in ("", "data") or target.startswith("//"):
                yield f"{name}: {target} is loaded from another host"
        for target in dict.fromkeys((*page.links, *page.loaded)):
            if reason := _broken(path, target, pages, site):
                yield f"{name}: {target} {reason}"
    for path in sorted(site.rglob("*.css")):
        if _IN_CSS.search(path.read_text("utf-8")):
            yield f"{path.relative_to(site).as_posix()} loads a file from another host"


def _broken(path: Path, target: str, pages: dict[Path, _Page], site: Path) -> str | None:
    parts = urlsplit(target)
    if parts.scheme in ("http", "https", "mailto", "data"):
        return None
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return "works only in one place"
    place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if place.is_dir():
        place /= "index.html"
    if not place.is_relative_to(site.resolve()) or not place.is_file():
        return "leads nowhere"
    if parts.fragment and place in pages and unquote(parts.fragment) not in pages[place].anchors:
        return "has no such heading"
    return None
