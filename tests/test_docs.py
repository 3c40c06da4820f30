"""The documentation cannot lie: what is generated is up to date, links lead somewhere, and examples are real."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path, PurePath

import pytest

from gym_lsp.cli import main
from gym_lsp.dev.pages import StalePage, groups, pages, stale
from gym_lsp.files import Disk
from gym_lsp.reporters import FORMATS
from gym_lsp.rules import ALL_RULES, RULE_NAMES
from gym_lsp.workspace.settings import load_settings
from tests.fixture import assert_findings
from tests.memory import Memory
from tests.tools.demo import main as demo

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    page
    for place in (
        "*.md",
        ".github/**/*.md",
        "agents/**/*.md",
        "docs/**/*.md",
        "environments/**/*.md",
        "nvim-client/**/*.md",
        "responses_api_agents/**/*.md",
        "tests/**/*.md",
        "vscode-client/*.md",
        "vscode-client/media/**/*.md",
    )
    for page in ROOT.glob(place)
    if not page.is_relative_to(ROOT / "tests" / "reporters" / "data" / "golden")
)
_FENCE = re.compile(r"^(?P<ticks>```+)(?P<language>\w*)\n(?P<text>.*?)^(?P=ticks)$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)
_CODE = re.compile(r"`(?P<text>[^`\n]+)`")
_PLACE = re.compile(r"(gym_lsp|tests|docs|environments)/[\w./-]+")
_OPTION = re.compile(r"(?<![\w#-])--[a-z][a-z-]+")
_CONTRACT = re.compile(r'"(?P<name>[^"\n]+)"')


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def blocks(page: Path, language: str) -> list[str]:
    return [found["text"] for found in _FENCE.finditer(page.read_text("utf-8")) if found["language"] == language]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = (found["title"] for found in _HEADING.finditer(prose(page)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_generated_pages_are_up_to_date() -> None:
    assert stale(Disk(), ROOT / "docs", pages()) == (), "run `make docs`"


def test_stale_pages_are_told() -> None:
    folder = PurePath("/docs")
    files = Memory({folder / "same.md": "a", folder / "other.md": "b", folder / "rules" / "gone.md": ""})
    wanted = {"same.md": "a", "other.md": "c", "rules/new.md": ""}
    assert stale(files, folder, wanted) == (
        StalePage("other.md", "out of date"),
        StalePage("rules/new.md", "missing"),
        StalePage("rules/gone.md", "left over"),
    )


def test_every_rule_has_a_group() -> None:
    grouped = [rule for rules in groups().values() for rule in rules]
    assert grouped == list(ALL_RULES)
    assert "Others" not in groups()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path) -> None:
    for target in (found["target"] for found in _LINK.finditer(prose(page))):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in anchors(place), f"{target}: there is no such heading"


def names_of_tests() -> set[str]:
    return {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }


def contracts() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {contract["name"] for contract in project["tool"]["importlinter"]["contracts"]}


@pytest.mark.parametrize(
    "name", ["architecture.md", "formats.md", "parity.md", "performance.md", "security.md", "../CONTRIBUTING.md"]
)
def test_what_is_named_exists(name: str) -> None:
    """Files, tests and contracts that the documentation names."""
    text = prose(ROOT / "docs" / name)
    named = [found["text"] for found in _CODE.finditer(text)]
    tests = names_of_tests()
    assert [each for each in named if each.startswith("test_") and each not in tests] == []
    places = [each for each in named if _PLACE.fullmatch(each)]
    assert [each for each in places if not (ROOT / each).exists()] == []
    held = "\n".join(line for line in text.splitlines() if "contract" in line)
    assert [found["name"] for found in _CONTRACT.finditer(held) if found["name"] not in contracts()] == []


def test_every_format_is_documented() -> None:
    for page in ("README.md", "docs/formats.md"):
        named = {found["text"].removeprefix("--format ") for found in _CODE.finditer(prose(ROOT / page))}
        assert named >= set(FORMATS), page


def test_the_settings_of_the_readme_are_settings() -> None:
    (written,) = blocks(ROOT / "README.md", "toml")
    files = Memory({PurePath("/project/pyproject.toml"): written})
    loaded = load_settings(files, PurePath("/project"), known_rules=RULE_NAMES)
    assert loaded.errors == ()
    assert loaded.settings.path is not None


def test_the_examples_of_the_settings_are_settings() -> None:
    for written in blocks(ROOT / "docs" / "settings.md", "toml"):
        loaded = load_settings(Memory({PurePath("/gym-lsp.toml"): written}), PurePath("/"), known_rules=RULE_NAMES)
        assert loaded.errors == (), written


@pytest.mark.parametrize("page", ["README.md", "docs/formats.md", "docs/architecture.md", "docs/rules/README.md"])
def test_options_exist(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    options = set(_OPTION.findall(capsys.readouterr().out))
    assert set(_OPTION.findall((ROOT / page).read_text("utf-8"))) <= options


def test_the_fixture_of_the_contributing_page_is_one() -> None:
    (fixture,) = blocks(ROOT / "CONTRIBUTING.md", "yaml")
    assert_findings(fixture)


class TestTheExampleOfTheReadme:
    """The README shows a config and what gym-lsp says about it; docs/formats.md says the same as JSON."""

    PLACE = "environments/tides/config.yaml"

    @pytest.fixture(autouse=True)
    def example(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config = tmp_path / self.PLACE
        config.parent.mkdir(parents=True)
        config.write_text(blocks(ROOT / "README.md", "yaml")[0], encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "NEMO_GYM_EXTRA_ROOTS"):
            monkeypatch.delenv(name, raising=False)

    def test_as_text(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        command, _, shown = blocks(ROOT / "README.md", "console")[0].partition("\n")
        assert command == "$ gym-lsp --check environments/tides"
        assert main(["--check", "--quiet", "environments/tides"]) == 1
        written, said = capfdbinary.readouterr()
        assert written.decode() == shown
        assert all(len(line) <= 80 for line in shown.splitlines())
        assert said == b""

    def test_in_the_demo(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert demo() == 0
        shown = capfd.readouterr().out
        assert shown.endswith(blocks(ROOT / "README.md", "console")[0])

    def test_as_json(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        documented = blocks(ROOT / "docs" / "formats.md", "json")[0]
        assert main(["--check", "--format", "json", "environments/tides"]) == 1
        assert json.loads(documented) == json.loads(capfdbinary.readouterr().out)


def test_our_own_documents_and_the_sample_are_clean(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the rows, and with the commands and configs that documents show."""
    monkeypatch.chdir(ROOT)
    paths = ("README.md", "docs", "environments", "responses_api_agents")
    code = main(("--check", "--rows", "--docs", "--fail-on", "warning", *paths))
    assert code == 0, capfdbinary.readouterr().out.decode()
