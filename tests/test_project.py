"""The names and addresses of the project come from one module, and no placeholder of one reaches a user."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from gym_lsp import __version__
from gym_lsp.cli import main
from gym_lsp.dev.hosting import CI_PAGE, CITATION, NEOVIM, PROJECT, VSCODE, Hosting, hosted
from gym_lsp.dev.slot import NoSlot
from gym_lsp.dev.vscode import MANIFEST, manifest
from gym_lsp.project import NAME, PACKAGE, REPOSITORY
from gym_lsp.reporters import FORMATS

ROOT = Path(__file__).parent.parent
HERE = Hosting(__version__, REPOSITORY, PACKAGE)
SOMEWHERE = Hosting("1.2.3", "https://github.com/somebody/a-name", NAME)

INSTALLING = (
    "README.md",
    "docs/editors.md",
    "nvim-client/README.md",
    "nvim-client/doc/gym-lsp.txt",
    "vscode-client/README.md",
    "vscode-client/media/walkthrough/install.md",
    MANIFEST,
)
"""The pages that describe how to install gym-lsp."""

SENT = ("*.md", "*.toml", "*.yml", "*.cff", "docs/**/*.md", "docs/**/*.json", ".github/**/*.md", ".github/**/*.yml")
PACKAGED = ("gym_lsp/**/*.py", "templates/*", "nvim-client/**/*.*", "vscode-client/*.*", "vscode-client/media/**/*.md")
PLACEHOLDER = re.compile(
    r"https?://[^\s\"'`)>]*\bexample\b|\bexample\.(com|net|org|invalid)\b|(?<![{\w-])[\w-]+\.(example|invalid|test)\b(?![.(\w])"
    r"|github\.com/(OWNER|USER|ORG|YOUR|your)\b|\b(OWNER|USERNAME)/gym-lsp",
)
ALLOWED = {
    # The reserved domain as an example of a text that is not an address.
    "docs/security.md": {"example.com"},
}


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", sorted(hosted()))
def test_generated_parts_are_up_to_date(name: str) -> None:
    assert hosted()[name](read(name), HERE) == read(name), "run `make docs`"


def test_no_placeholder_reaches_a_user() -> None:
    found = [
        f"{name}: {hit[0]}"
        for place in (*SENT, *PACKAGED, "vscode-client/src/**/*.ts")
        for path in sorted(ROOT.glob(place))
        if path.is_file() and path.suffix not in (".png", ".vsix")
        for name in (path.relative_to(ROOT).as_posix(),)
        for hit in PLACEHOLDER.finditer(path.read_text("utf-8"))
        if hit[0] not in ALLOWED.get(name, ())
    ]
    assert found == []


@pytest.mark.parametrize("style", sorted(FORMATS))
def test_no_output_contains_a_placeholder(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    config = tmp_path / "environments" / "tides" / "config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text("tides: {resources_servers: {tides: {entrypoint: app.py, domain: knowlege}}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["--check", "--format", style]) == 1
    shown = capfdbinary.readouterr().out.decode()
    assert "knowlege" in shown
    assert not PLACEHOLDER.search(shown)
    assert REPOSITORY is not None or "helpUri" not in shown


def test_placeholders_are_found() -> None:
    samples = (
        "https://gym-lsp.example/rules",
        "https://example.org/x",
        "http://docs.invalid/",
        "https://github.com/OWNER/gym-lsp",
        "uses: OWNER/gym-lsp@v1",
    )
    assert [each for each in samples if not PLACEHOLDER.search(each)] == []


def test_the_name_is_spelled_in_one_module() -> None:
    spelled = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        for path in sorted((ROOT / "gym_lsp").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value == NAME
    ]
    assert [each.partition(":")[0] for each in spelled] == ["gym_lsp/project.py"], spelled


def test_the_manifests_have_the_name_and_the_version() -> None:
    project = tomllib.loads(read(PROJECT))["project"]
    assert project["name"] == NAME
    assert NAME in project["scripts"]
    package = json.loads(read(MANIFEST))
    assert (package["name"], package["version"]) == (NAME, __version__)


def test_pages_and_clients_name_a_package_only_if_there_is_one() -> None:
    named = re.compile(rf"install (--\S+ )*{NAME}(?![\w-])")
    unpublished = re.compile(r"not\s+on\s+the\s+package\s+index")
    for page in INSTALLING:
        text = read(page)
        if PACKAGE is None:
            assert not named.search(text), page
        else:
            assert not unpublished.search(text), f"{page} still describes a clone as the only source"


class TestOnceItIsHosted:
    """One line has changed in `gym_lsp/project.py`."""

    AT = "https://github.com/somebody/a-name"

    def test_the_package_index_gets_the_addresses(self) -> None:
        urls = tomllib.loads(hosted()[PROJECT](read(PROJECT), SOMEWHERE))["project"]["urls"]
        assert urls["Homepage"] == self.AT
        assert all(url.startswith(self.AT) for url in urls.values())

    def test_the_citation(self) -> None:
        citation = yaml.safe_load(hosted()[CITATION](read(CITATION), SOMEWHERE))
        assert (citation["version"], citation["repository-code"]) == ("1.2.3", self.AT)

    def test_the_extension(self) -> None:
        package = json.loads(manifest(read(MANIFEST), SOMEWHERE))
        assert package["repository"]["url"] == f"{self.AT}.git"
        assert package["version"] == "1.2.3"
        assert manifest(json.dumps(package), HERE) == read(MANIFEST)

    def test_the_clients_offer_the_package(self) -> None:
        assert 'PACKAGE: string | undefined = "gym-lsp";' in hosted()[VSCODE](read(VSCODE), SOMEWHERE)
        assert "\nM.package = 'gym-lsp'\n" in hosted()[NEOVIM](read(NEOVIM), SOMEWHERE)

    @pytest.mark.parametrize("hosting", [HERE, SOMEWHERE, Hosting("1.2.3", AT, None)], ids=["here", "both", "address"])
    def test_the_page_about_ci_has_whole_examples(self, hosting: Hosting) -> None:
        page = hosted()[CI_PAGE](read(CI_PAGE), hosting)
        examples = [yaml.safe_load(found) for found in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
        assert len(examples) == 4
        assert not PLACEHOLDER.search(page)
        hook, workflow, job, _ = examples
        assert hook["repos"][0]["hooks"][0]["id"] == NAME
        uses = workflow["jobs"][NAME]["steps"][1]["uses"]
        package = job["include"][0]["inputs"]["package"]
        if hosting.repository is None:
            assert uses == "./.github/gym-lsp"
            assert package == f"ci/gym_lsp-{__version__}-py3-none-any.whl"
        else:
            assert hook["repos"][0] | {"hooks": []} == {"repo": self.AT, "rev": "v1.2.3", "hooks": []}
            assert uses == "somebody/a-name@v1.2.3"
            assert package == hosting.package or package == f"{self.AT}/archive/v1.2.3.tar.gz"

    def test_files_go_back_to_what_they_were(self) -> None:
        for name, fill in hosted().items():
            assert fill(fill(read(name), SOMEWHERE), HERE) == read(name)


@pytest.mark.parametrize("repository", ["", "https://gitlab.com/a/b", "https://github.com/a", "github.com/a/b"])
def test_an_address_of_another_form_is_rejected(repository: str) -> None:
    with pytest.raises(ValueError, match="is not of the form"):
        Hosting("1", repository, None)


@pytest.mark.parametrize("name", sorted(hosted()))
def test_a_file_without_its_marks_is_rejected(name: str) -> None:
    with pytest.raises((ValueError, NoSlot)):
        hosted()[name]("", SOMEWHERE)
