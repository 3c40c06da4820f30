"""Every editor in the sample workspace: what its users see, with the settings of docs/editors.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.editors.conftest import EDITORS
from tests.editors.editor import Editor
from tests.editors.places import change, find, go_to
from tests.editors.waiting import until

TIDES = "environments/tide_tables/config.yaml"
HOLDOUT = "environments/recipe_scaling_holdout/config.yaml"


def _has(*words: str) -> Callable[[list[str]], bool]:
    return lambda findings: len(findings) == 1 and all(word in findings[0] for word in words)


def _is_empty(findings: list[str]) -> bool:
    return not findings


def test_a_mistake_on_disk_is_seen_and_goes_when_it_is_mended(editor: Editor, workspace: Path) -> None:
    config = workspace / TIDES
    config.write_text(config.read_text().replace("domain: knowledge", "domain: knowlege"))
    editor.open(config)
    until(editor.findings, _has("knowlege", "`knowledge`"), "the finding")
    change(editor, "domain: knowlege", "domain: knowledge")
    until(editor.findings, _is_empty, "the finding to go")


def test_a_mistake_is_seen_as_it_is_made(editor: Editor, workspace: Path) -> None:
    editor.open(workspace / TIDES)
    change(editor, "name: tide_tables", "name: tide_table")
    until(editor.findings, _has("tide_table", "`tide_tables`"), "the finding")
    change(editor, "name: tide_table", "name: tide_tables")
    until(editor.findings, _is_empty, "the finding to go")


def test_text_that_is_no_yaml_is_survived(editor: Editor, workspace: Path) -> None:
    editor.open(workspace / TIDES)
    change(editor, "verified: false", "verified: [false")
    until(editor.findings, bool, "the finding")
    change(editor, "verified: [false", "verified: false")
    until(editor.findings, _is_empty, "the finding to go")


def test_a_domain_is_completed(editor: Editor, workspace: Path) -> None:
    editor.open(workspace / TIDES)
    change(editor, "domain: knowledge", "domain: ")
    go_to(editor, "domain: ")
    assert {"math", "knowledge", "translation"} <= set(editor.completions())


def test_a_sandbox_is_completed(editor: Editor, workspace: Path) -> None:
    editor.open(workspace / "environments/log_triage/config.yaml")
    change(editor, "sandbox_provider: sandbox", "sandbox_provider: ")
    go_to(editor, "sandbox_provider: ")
    assert "sandbox" in editor.completions()


def test_an_inherited_block_is_found_in_its_file(editor: Editor, workspace: Path) -> None:
    target = workspace / "environments/recipe_scaling/config.yaml"
    editor.open(workspace / HOLDOUT)
    go_to(editor, "_inherit_from: $0recipe_scaling_agent")
    assert editor.definition() == (target, find(target.read_text(), "recipe_scaling_agent:").line)


def test_an_agent_is_found_in_another_file(editor: Editor, workspace: Path) -> None:
    target = workspace / "environments/harbour_radio/config.yaml"
    config = workspace / "environments/night_shift/config.yaml"
    config.parent.mkdir()
    config.write_text(
        "config_paths: [environments/harbour_radio/config.yaml]\n"
        "night_shift:\n"
        "  environment_servers:\n"
        "    legacy_agent:\n"
        "      entrypoint: app.py\n"
        "      agent_server: {type: responses_api_agents, name: harbour_radio_agent}\n"
    )
    editor.open(config)
    go_to(editor, "name: $0harbour_radio_agent")
    assert editor.definition() == (target, find(target.read_text(), "harbour_radio_agent:").line)


def test_a_hover_tells_what_a_value_means(editor: Editor, workspace: Path) -> None:
    editor.open(workspace / TIDES)
    go_to(editor, "domain: $0knowledge")
    assert "the model answers from memory" in " ".join(editor.hover().split())


def test_a_rename_goes_through_all_files(editor: Editor, workspace: Path) -> None:
    vote = workspace / "responses_api_agents/vote_agent/configs/vote_agent.yaml"
    editor.open(workspace / TIDES)
    go_to(editor, "$0tide_tables:")
    editor.rename("tides")
    # Words that only look alike, and names that only begin so, stay.
    until(vote.read_text, lambda text: "        name: tides\n" in text, "the ref in the other file")
    until((workspace / TIDES).read_text, lambda text: "\ntides:\n" in text, "the definition")
    renamed = (workspace / TIDES).read_text()
    assert "        name: tides\n" in renamed
    assert "\ntide_tables_agent:\n" in renamed
    assert "name: tide_tables_example" in vote.read_text()


@pytest.mark.parametrize("name", EDITORS)
def test_the_first_config_of_an_empty_folder(name: str, home: Path, tmp_path: Path) -> None:
    config = tmp_path / "nothing/environments/first/config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text("")
    editor = EDITORS[name](home, tmp_path / "nothing")
    try:
        editor.open(config)
        editor.write_line(1, "first: {resources_servers: {first: {entrypoint: app.py, domain: knowlege}}}")
        until(editor.findings, lambda found: any("`knowledge`" in each for each in found), "the finding")
    finally:
        editor.close()
