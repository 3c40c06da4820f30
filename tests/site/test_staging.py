"""Every page is on the site, at its own place, and its links lead to the same files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.markdown import Link
from tests.site.staging import ROOT, name_on_site, navigation, page, relinked, settings, stage, titles_of

TITLES = titles_of(navigation())


def test_every_page_of_the_documentation_is_in_the_navigation() -> None:
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages <= TITLES.keys()


def test_every_page_has_its_own_place() -> None:
    assert len({name_on_site(source) for source in TITLES}) == len(TITLES)


@pytest.mark.parametrize(
    ("source", "label", "target", "expected"),
    [
        ("README.md", "rules", "docs/rules/README.md", Link("rules", "rules/index.md")),
        ("README.md", "docs/rules", "docs/rules/README.md", Link("Rules", "rules/index.md")),
        ("README.md", "docs/ci.md", "docs/ci.md", Link("CI", "ci.md")),
        ("README.md", "install", "#install", Link("install", "#install")),
        ("docs/editors.md", "root", "../README.md#check", Link("root", "index.md#check")),
        ("docs/rules/run-missing.md", "runs", "../recipes.md#x", Link("runs", "../recipes.md#x")),
        ("vscode-client/README.md", "x", "../docs/images/x.png", Link("x", "images/x.png")),
        ("README.md", "x", "docs/gym-lsp.schema.json", Link("x", "gym-lsp.schema.json")),
        ("README.md", "Gym", "https://github.com/a/b", Link("Gym", "https://github.com/a/b")),
    ],
)
def test_links(source: str, label: str, target: str, expected: Link) -> None:
    assert relinked(source, Link(label, target), TITLES, None) == expected


@pytest.mark.parametrize(
    ("repository", "target"),
    [(None, None), ("https://github.com/a/b", "https://github.com/a/b/blob/HEAD/templates/gym-lsp.yml")],
)
def test_a_file_that_is_not_on_the_site(repository: str | None, target: str | None) -> None:
    link = Link("`gym-lsp.yml`", "../templates/gym-lsp.yml")
    assert relinked("docs/ci.md", link, TITLES, repository) == Link("`gym-lsp.yml`", target)


def test_a_picture_of_an_editor_follows_the_theme() -> None:
    text = page("README.md", TITLES)
    assert "(images/problems-light.png#only-light)" in text
    assert "(images/problems-dark.png#only-dark)" in text


def test_all_pages_are_staged(tmp_path: Path) -> None:
    stage(tmp_path)
    assert all((tmp_path / "pages" / name_on_site(source)).is_file() for source in TITLES)
    assert (tmp_path / "zensical.toml").read_text("utf-8") == settings(navigation())
