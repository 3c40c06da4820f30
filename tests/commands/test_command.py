"""`gym-lsp --check --docs` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gym_lsp.cli import main
from tests.commands.test_findings import CONFIGS, LETTER, LETTERS
from tests.fixture import ROOT, parse_fixture

README = "resources_servers/letters/README.md"
TEXT = f"# Letters\n\n```bash\ngym env start --config {LETTER}\n```\n"
FOUND = (README, 4, 24, "config-path-not-found")
Check = Callable[..., list[tuple[str, int, int, str]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Check:
    """Return a function that returns the path, the line, the column and the rule of each finding."""
    workspace = tmp_path / "workspace"
    ignored = f"# --- node_modules/x/README.md\n{TEXT}"
    for path, text in parse_fixture(f"{CONFIGS}# --- {README}\n{TEXT}{ignored}").files.items():
        there = workspace / path.relative_to(ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text, encoding="utf-8")
    monkeypatch.chdir(workspace)

    def check(*arguments: str) -> list[tuple[str, int, int, str]]:
        capfdbinary.readouterr()
        main(["--check", "--format", "json", *arguments])
        report: Any = json.loads(capfdbinary.readouterr().out)
        places = [(each["path"], each["range"]["start"], each["rule"]) for each in report["diagnostics"]]
        return [(path, start["line"], start["column"], rule) for path, start, rule in places if path == README]

    return check


@pytest.mark.parametrize("arguments", [(), (README,), ("resources_servers",), ("--standalone",), ("--rows",)])
def test_documents_are_checked_on_request(check: Check, arguments: tuple[str, ...]) -> None:
    assert check(*arguments) == []
    assert check("--docs", *arguments) == [FOUND]


def test_documents_below_other_paths_are_not_checked(check: Check) -> None:
    assert check("--docs", LETTERS) == check("--docs", "responses_api_models") == []


def test_the_settings_exclude_documents(check: Check) -> None:
    Path("gym-lsp.toml").write_text('exclude = ["resources_servers/letters/README.md"]\n', encoding="utf-8")
    assert check("--docs") == []


@pytest.mark.parametrize("name", ["full", "concise", "sarif", "github", "gitlab", "junit"])
def test_in_each_format(check: Check, name: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["--check", "--docs", "--format", name]) == 1
    output = capfdbinary.readouterr().out.decode()
    assert "config-path-not-found" in output
    assert "README.md" in output


def test_with_a_cache(check: Check, tmp_path: Path) -> None:
    cache = ("--docs", "--cache", str(tmp_path / "cache"))
    assert check(*cache) == check(*cache) == [FOUND]
    Path(README).write_text(TEXT.replace(LETTER, LETTERS), encoding="utf-8")
    assert check(*cache) == []
    Path(README).write_text(f"\n{TEXT}", encoding="utf-8")
    assert check(*cache) == [(README, 5, 24, "config-path-not-found")]
    Path(LETTERS).with_name("letter.yaml").write_text("{}\n", encoding="utf-8")
    assert check(*cache) == []
    assert check("--cache", cache[-1]) == []


def test_a_fix_is_applied_after_a_review(check: Check) -> None:
    main(["--check", "--docs", "--fix"])
    assert Path(README).read_text(encoding="utf-8") == TEXT
    main(["--check", "--docs", "--fix", "--unsafe-fixes"])
    assert Path(README).read_text(encoding="utf-8") == TEXT.replace(LETTER, LETTERS)
    assert check("--docs") == []


def test_a_fix_in_a_block_of_yaml(check: Check) -> None:
    text = "> ```yaml\n> letters:\n>   resources_servers:\n>     letters: {entrypoint: app.py, domain: mth}\n> ```\n"
    Path(README).write_text(text, encoding="utf-8")
    assert check("--docs") == [(README, 4, 45, "unknown-domain")]
    assert check("--docs", "--standalone") == [(README, 4, 45, "unknown-domain")]
    main(["--check", "--docs", "--fix", "--unsafe-fixes"])
    assert Path(README).read_text(encoding="utf-8") == text.replace("mth", "math")
    assert check("--docs") == []


def test_a_baseline_hides_a_command(check: Check, tmp_path: Path) -> None:
    baseline = str(tmp_path / "baseline.json")
    main(["--check", "--docs", "--write-baseline", baseline])
    assert check("--docs", "--baseline", baseline) == []


@pytest.mark.parametrize("other", [("--watch",), ("--show-files",), ("--config", LETTERS), ("--recipe", LETTERS)])
def test_what_docs_cannot_be_combined_with(other: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--check", "--docs", *other])
    assert "cannot be used together" in capsys.readouterr().err
