"""`gym-lsp --check --rows` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gym_lsp.cli import main
from tests.fixture import ROOT, parse_fixture
from tests.rows.test_findings import PROMPT, ROWS, SERVER

CONFIG = "resources_servers/letters/configs/letters.yaml"
FILE = "resources_servers/letters/data/rows.jsonl"
Check = Callable[..., list[tuple[str, int, str]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Check:
    """Return a function that returns the path, the line and the rule of each finding."""
    workspace = tmp_path / "workspace"
    for path, text in parse_fixture(f"{SERVER}{ROWS}{PROMPT}}}\nnot JSON\n").files.items():
        there = workspace / path.relative_to(ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text, encoding="utf-8")
    monkeypatch.chdir(workspace)

    def check(*arguments: str) -> list[tuple[str, int, str]]:
        capfdbinary.readouterr()
        main(["--check", "--format", "json", *arguments])
        report: Any = json.loads(capfdbinary.readouterr().out)
        return [(each["path"], each["range"]["start"]["line"], each["rule"]) for each in report["diagnostics"]]

    return check


@pytest.mark.parametrize("arguments", [(), (CONFIG,), ("--standalone",), ("--config", CONFIG)])
def test_rows_are_checked_in_each_scope(check: Check, arguments: tuple[str, ...]) -> None:
    def of_rows(found: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
        return [each for each in found if each[0] == FILE]

    assert of_rows(check(*arguments)) == []
    assert of_rows(check("--rows", *arguments)) == [(FILE, 2, "invalid-row")]


def test_with_a_cache(check: Check, tmp_path: Path) -> None:
    cache = ("--rows", "--cache", str(tmp_path / "cache"))
    rows = Path(FILE)
    first = check(*cache)
    assert first == check("--rows")
    assert check(*cache) == first
    rows.write_text(f"{PROMPT}}}\n[]\n{PROMPT}}}\n", encoding="utf-8")
    assert check(*cache) == check("--rows") != first
    Path(CONFIG).write_text(Path(CONFIG).read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")
    assert check(*cache) == check("--rows")
    rows.unlink()
    assert check(*cache) == check("--rows")
    assert check("--cache", cache[-1]) == check()


def test_a_baseline_hides_a_row(check: Check, tmp_path: Path) -> None:
    baseline = str(tmp_path / "baseline.json")
    main(["--check", "--rows", "--write-baseline", baseline])
    assert check("--rows", "--baseline", baseline) == []


@pytest.mark.parametrize("scope", [(), (CONFIG,), ("--standalone",), ("--config", CONFIG)])
def test_configs_are_fixed_and_rows_reported(
    check: Check, scope: tuple[str, ...], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    config, rows = Path(CONFIG), Path(FILE).read_bytes()
    clean = config.read_text(encoding="utf-8")
    commented = clean.replace("domain: math}", "domain: math}  # gym-lsp: ignore[unknown-domain]", 1)
    config.write_text(commented, encoding="utf-8")
    assert main(["--check", "--rows", "--diff", *scope]) == 1
    assert b"-    letters: {entrypoint: app.py, domain: math}  # gym" in capfdbinary.readouterr().out
    assert config.read_text(encoding="utf-8") == commented
    assert (FILE, 2, "invalid-row") in check("--rows", "--fix", *scope)
    assert config.read_text(encoding="utf-8") == clean
    assert Path(FILE).read_bytes() == rows


def test_files_of_rows_are_listed(check: Check, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["--check", "--rows", "--show-files"]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert f"{FILE}: rows" in lines
    assert f"{CONFIG}: config" in lines


def test_a_file_of_rows_is_checked_for_the_configs_that_name_it(
    check: Check, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    assert check("--rows", FILE) == [(FILE, 2, "invalid-row")]
    assert check(FILE) == []
    main(["--check", FILE])
    note = f"not checked: {FILE}; check rows with `gym-lsp --check --rows {FILE}`"
    assert note in " ".join(capfdbinary.readouterr().out.decode().split())
    other = Path("other.jsonl")
    other.write_text("{}\n", encoding="utf-8")
    main(["--check", "--rows", str(other)])
    assert "not checked: other.jsonl; no config names it in `jsonl_fpath`" in " ".join(
        capfdbinary.readouterr().out.decode().split()
    )
    cache = ("--rows", FILE, "--cache", str(tmp_path / "cache"))
    assert check(*cache) == check("--rows", FILE)
    Path(FILE).write_text("[]\n", encoding="utf-8")
    assert check(*cache) == check("--rows", FILE) != []
    Path(CONFIG).write_text("a: 1\n", encoding="utf-8")
    assert check(*cache) == check("--rows", FILE) == []


def test_what_rows_cannot_be_combined_with(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--check", "--rows", "--watch"])
    assert "cannot be used together" in capsys.readouterr().err
