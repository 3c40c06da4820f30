"""The pages of the site: which files they come from, where they are in the navigation, and where their links lead."""

from __future__ import annotations

import json
import posixpath
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from gym_lsp.dev.pages import groups
from gym_lsp.project import NAME, REPOSITORY
from tests.site.markdown import Link, adapted

ROOT = Path(__file__).parents[2]
SETTINGS = Path(__file__).with_name("zensical.toml")

Section = Mapping[str, "str | Section"]

NAVIGATION: Section = {
    "Start": "README.md",
    "Tutorials": {
        "Your first environment": "docs/tutorials/first-environment.md",
        "Check a training recipe": "docs/tutorials/training-recipe.md",
        "Adopt it in CI": "docs/tutorials/adopt-in-ci.md",
    },
    "Use": {
        "Features": "docs/features.md",
        "Editors": "docs/editors.md",
        "VS Code": "vscode-client/README.md",
        "Neovim": "nvim-client/README.md",
        "Training recipes": "docs/recipes.md",
        "Scripts and documents": "docs/commands.md",
        "CI": "docs/ci.md",
        "Coding agents": "docs/agents.md",
        "Other YAML editors": "docs/json-schema.md",
    },
    "Reference": {
        "Words": "docs/words.md",
        "Settings": "docs/settings.md",
        "Formats and suppressions": "docs/formats.md",
        "Protocol": "docs/protocol.md",
        "Security": "docs/security.md",
    },
    "Rules": {"Rules": "docs/rules/README.md"},
    "Measured": {
        "Comparison": "docs/comparison.md",
        "Found in NeMo Gym": "docs/found.md",
        "Parity": "docs/parity.md",
        "Performance": "docs/performance.md",
    },
    "Project": {
        "Changelog": "CHANGELOG.md",
        "Contributing": "CONTRIBUTING.md",
        "Architecture": "docs/architecture.md",
        "Releasing": "docs/releasing.md",
        "Sample workspace": "environments/README.md",
        "Reporting a security problem": "SECURITY.md",
        "Code of conduct": "CODE_OF_CONDUCT.md",
    },
}
"""The pages by their titles, without those of the rules."""

_NAMES = {
    "README.md": "index.md",
    "vscode-client/README.md": "vs-code.md",
    "nvim-client/README.md": "neovim.md",
    "environments/README.md": "sample-workspace.md",
    "docs/rules/README.md": "rules/index.md",
    "SECURITY.md": "reporting-a-problem.md",
}
_IN_A_THEME = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[\w/.-]+)-(?:light|dark)\.png\)")
"""A picture that there is for both themes."""
_ASSETS = ("docs/images", "docs/gym-lsp.schema.json")


def navigation() -> Section:
    """Return the navigation with all rules."""
    rules = {
        heading.replace("`", ""): {rule.name: f"docs/rules/{rule.name}.md" for rule in members}
        for heading, members in groups().items()
    }
    return {**NAVIGATION, "Rules": {"Rules": "docs/rules/README.md", **rules}}


def titles_of(section: Section) -> dict[str, str]:
    """Return the titles of the pages of a section, by their files relative to the repository, in its order."""
    found: dict[str, str] = {}
    for title, entry in section.items():
        found.update({entry: title} if isinstance(entry, str) else titles_of(entry))
    return found


def name_on_site(source: str) -> str:
    """Return the path of a page among the staged pages."""
    return _NAMES.get(source) or source.removeprefix("docs/").lower().replace("_", "-")


def stage(folder: Path) -> None:
    """Write the pages, the assets, and the settings of the generator into an empty folder."""
    contents = navigation()
    titles = titles_of(contents)
    pages = folder / "pages"
    for source in titles:
        path = pages / name_on_site(source)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(source, titles), encoding="utf-8", newline="\n")
    for asset in _ASSETS:
        target = pages / asset.removeprefix("docs/")
        (shutil.copytree if (ROOT / asset).is_dir() else shutil.copyfile)(ROOT / asset, target)
    shutil.copyfile(SETTINGS.with_name("site.css"), pages / "site.css")
    (folder / "zensical.toml").write_text(settings(contents), encoding="utf-8", newline="\n")


def page(source: str, titles: Mapping[str, str]) -> str:
    """Return the staged text of a page. `titles` are the titles of all pages, by their files."""
    text = adapted(source_text(source), lambda link: relinked(source, link, titles))
    return _IN_A_THEME.sub(r"![\g<alt>](\g<path>-light.png#only-light)![\g<alt>](\g<path>-dark.png#only-dark)", text)


def source_text(source: str) -> str:
    """Return the text of a page as a git host shows it."""
    return (ROOT / source).read_text("utf-8")


def relinked(source: str, link: Link, titles: Mapping[str, str], repository: str | None = REPOSITORY) -> Link:
    """Return a link of a page as it is on the site: to a page, an asset, or the repository.

    It has no target if the file is neither on the site nor at a public address. If the label is the path of a page, the
    title replaces it.
    """
    path, mark, anchor = (link.target or "").partition("#")
    if not path or ":" in path:
        return link
    place = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    if place in titles:
        goal = name_on_site(place)
    elif any(place == asset or place.startswith(f"{asset}/") for asset in _ASSETS):
        goal = place.removeprefix("docs/")
    else:
        return Link(link.label, None if repository is None else f"{repository}/blob/HEAD/{place}{mark}{anchor}")
    is_path = link.label.endswith(".md") or link.label == path.removesuffix("/README.md")
    target = posixpath.relpath(goal, posixpath.dirname(name_on_site(source)) or ".") + mark + anchor
    return Link(titles.get(place, link.label) if is_path else link.label, target)


def settings(contents: Section) -> str:
    """Return the settings of the generator with the navigation."""
    entries = ", ".join(_entry(title, entry) for title, entry in contents.items())
    text = SETTINGS.read_text("utf-8").replace('site_name = ""', f"site_name = {json.dumps(NAME)}\nnav = [{entries}]")
    if REPOSITORY is not None:
        text = text.replace("[project]", f"[project]\nrepo_url = {json.dumps(REPOSITORY)}", 1)
    return text


def _entry(title: str, entry: str | Section) -> str:
    if isinstance(entry, str):
        return f"{{ {json.dumps(title)} = {json.dumps(name_on_site(entry))} }}"
    return f"{{ {json.dumps(title)} = [{', '.join(_entry(*each) for each in entry.items())}] }}"
