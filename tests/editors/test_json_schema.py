"""What yaml-language-server makes of the JSON Schema that `gym-lsp --json-schema` writes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from gym_lsp.gym.vocabulary import domain_descriptions
from tests.editors import yaml_language_server
from tests.editors.yaml_language_server import YamlEditor

REPOSITORY = Path(__file__).parents[2]
SCHEMA = "nemo-gym.schema.json"

TIDES = """
tides:
  resources_servers:
    tide_tables:
      entrypoint: app.py
      domain: {domain}
tides_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      num_workers: ${{workers}}
      resources_server: {{type: resources_servers, name: tides}}
      datasets:
        - name: tides_train
          type: train
          jsonl_fpath: data/train.jsonl
          license: Apache-2.0
          num_repeat: 2
"""
DOMAIN = (5, 14)
"""Line and column of the domain, counted from 0."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the schema of the built-in release, as a user writes it."""
    yaml_language_server.install()
    folder = tmp_path_factory.mktemp("workspace")
    command = (sys.executable, "-m", "gym_lsp", "--json-schema", "--output-file", str(folder / SCHEMA))
    subprocess.run(command, cwd=REPOSITORY, check=True)
    return folder


@pytest.fixture(scope="module")
def settings() -> dict[str, object]:
    """The settings that docs/json-schema.md shows, and nothing from the network."""
    text = (REPOSITORY / "docs" / "json-schema.md").read_text("utf-8")
    [block] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    shown = json.loads(block)
    return {"schemas": shown["yaml.schemas"], "schemaStore": {"enable": False}, "validate": True, "completion": True}


@pytest.fixture
def editor(folder: Path, settings: dict[str, object]) -> Generator[YamlEditor]:
    """An editor with these settings."""
    with yaml_language_server.running(folder, settings) as editor:
        yield editor


def test_domains_are_completed(editor: YamlEditor) -> None:
    name = "environments/tides/config.yaml"
    editor.open(name, TIDES.format(domain=""))
    found = editor.complete(name, *DOMAIN)
    assert {label: item["documentation"] for label, item in found.items()} == domain_descriptions()


def test_mistakes_are_reported(editor: YamlEditor) -> None:
    text = TIDES.format(domain="knowlege")
    found = editor.open("environments/tides/config.yaml", text)
    lines = text.split("\n")
    told: dict[str, str] = {}
    for diagnostic in found:
        start, end = diagnostic["range"]["start"], diagnostic["range"]["end"]
        told[lines[start["line"]][start["character"] : end["character"]]] = diagnostic["message"]
    assert told.keys() == {"knowlege", "${workers}", "Apache-2.0", "num_repeat"}
    assert '"knowledge"' in told["knowlege"]
    assert '"Apache 2.0"' in told["Apache-2.0"]
    assert told["${workers}"] == "Expected an integer."


def test_a_field_is_explained(editor: YamlEditor) -> None:
    name = "environments/tides/config.yaml"
    editor.open(name, TIDES.format(domain="knowledge"))
    assert domain_descriptions()["knowledge"] in editor.hover(name, *DOMAIN)


def test_a_comment_names_the_schema(folder: Path) -> None:
    line = f"# yaml-language-server: $schema={SCHEMA}"
    with yaml_language_server.running(folder, {"validate": True}) as editor:
        found = editor.open("anywhere.yaml", line + TIDES.format(domain="knowlege"))
    assert any('"knowledge"' in diagnostic["message"] for diagnostic in found)


def test_the_sample_workspace_is_clean(editor: YamlEditor) -> None:
    configs = sorted((REPOSITORY / "environments").glob("*/config.yaml"))
    assert configs
    for path in configs:
        name = path.relative_to(REPOSITORY).as_posix()
        assert editor.open(name, path.read_text("utf-8")) == [], name
