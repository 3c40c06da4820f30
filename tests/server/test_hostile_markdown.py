"""A workspace whose every text contains Markdown: no feature of the server renders an image, HTML or a foreign link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any, cast
from urllib.parse import quote

import pytest

from gym_lsp.server.to_lsp import uri_of
from gym_lsp.syntax import parse
from tests.hostile.asking import CAPABILITIES, answers, answers_without_file
from tests.rendering import rendered
from tests.server.inprocess import Message, Wire

ALLOWED = {"paragraph", "softbreak", "hardbreak", "code_inline", "strong", "bullet_list", "list_item", "fence", "link"}


def canary(place: str) -> str:
    """Return Markdown that names the place where it was written."""
    return f"![{place}](http://e.test) [a](command:b) <img src=c> `</b> www.e.test"


def quoted(place: str) -> str:
    return json.dumps(canary(place))


CONFIG = PurePath("environments/math/config.yaml")
FOLDER = "[f](command:a) <img src=b> `c"
FILE = "![file](x) <b> `y.yaml"
LINES = "two\n# lines.yaml"
PROGRAM = f'''
from pydantic import BaseModel, Field

class MathConfig(BaseModel):
    """{canary("docstring")}"""

    entrypoint: str
    limit: int = Field(5, description={quoted("fieldtext")})
    strict: str = {quoted("default")}
    depth: int = 1  # {canary("comment")}

class MathServer:
    config: MathConfig

MathServer.run_webserver()
'''
OTHER = f"""\
{quoted("otherkey")}:
  resources_servers:
    math: {{entrypoint: app.py, domain: math, description: {quoted("otherdescription")}}}
shared: {quoted("sharedvalue")}
{quoted("unusedblock")}: {{a: 1}}
"""
TEXT = f"""\
config_paths:
  - {json.dumps(f"environments/{FOLDER}/{FILE}")}
  - {json.dumps(f"environments/math/{LINES}")}
  - {json.dumps(f"environments/math/{canary('absent')}.yaml")}
  - OUTSIDE
shared: {quoted("ownvalue")}
limit: ${{shared}}
unset: ${{oc.env:{quoted("variable")},{quoted("fallback")}}}
undefined: '${{undefined_name}}'
math: &anchor  # {canary("yamlcomment")}
  resources_servers:
    math:
      entrypoint: app.py
      domain: {quoted("domain")}
      description: {quoted("description")}
      strict: {quoted("value")}
      limit: ${{limit}}
      {quoted("fieldkey")}: ${{shared}}
      reads: ${{math.resources_servers.math.strict}}
{quoted("sandbox")}:
  docker: {{ {quoted("argument")}: 1 }}
agent:
  responses_api_agents:
    {quoted("implementation")}:
      entrypoint: app.py
      sandbox_provider: {quoted("sandbox")}
      resources_server: {{type: resources_servers, name: math}}
      other: {{type: resources_servers, name: {quoted("otherkey")}}}
      nothing: {{type: resources_servers, name: {quoted("undefined")}}}
      datasets:
        - name: {quoted("dataset")}
          type: train
          license: {quoted("license")}
          jsonl_fpath: absent.jsonl
          prepare_script: {json.dumps(f"environments/{FOLDER}/prepare.py")}
        - {{name: {quoted("validation")}, type: validation, jsonl_fpath: {quoted("datafile")}}}
copied: {{_copy: math}}
inherited: {{_inherit_from: {quoted("otherkey")}, _delete_key: {quoted("deleted")}}}
again: *anchor
after:
{"  "}"""
PLACES = {
    "otherkey", "otherdescription", "sharedvalue", "unusedblock", "absent", "ownvalue", "variable", "fallback",
    "domain", "description", "value", "fieldkey", "fieldtext", "default", "comment", "sandbox", "argument",
    "implementation", "undefined", "datafile", "deleted", "file",
}  # fmt: skip
"""The places that hovers or completions show; what is in the other ones is only visible in the file itself."""


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    root = tmp_path / "workspace"
    secret = tmp_path / "outside.yaml"
    secret.write_text("outer: {resources_servers: {math: {entrypoint: app.py, description: Outside.}}}\n")
    for name, text in {
        CONFIG: TEXT.replace("OUTSIDE", str(secret)),
        f"environments/{FOLDER}/{FILE}": OTHER,
        f"environments/{FOLDER}/prepare.py": "",
        f"environments/math/{LINES}": "lines: {a: 1}\n",
        "resources_servers/math/requirements.txt": "",
        "resources_servers/math/app.py": PROGRAM,
        f"resources_servers/{FOLDER}/app.py": PROGRAM,
        "env.yaml": "\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with Wire() as wire:
        wire.start(CAPABILITIES, PurePath(root))
        wire.open(PurePath(root / CONFIG), (root / CONFIG).read_text())
        wire.wait_until_idle()
        yield wire


def markdown_in(answer: Any) -> Iterator[str]:
    """Yield each Markdown text of an answer, at any depth."""
    inside = cast("list[Any]", answer) if isinstance(answer, list) else []
    if isinstance(answer, dict):
        fields = cast(Message, answer)
        inside = list(fields.values())
        if fields.get("kind") == "markdown":
            yield fields["value"]
    for value in inside:
        yield from markdown_in(value)


def every_answer(wire: Wire, root: Path) -> Iterator[Any]:
    """Yield what the server answers at every second offset of the config, and about all else."""
    length = len((root / CONFIG).read_text())
    yield from (reply for _, reply in answers(wire, root / CONFIG, range(0, length + 1, 2)))
    yield from (reply for _, reply in answers(wire, root / "env.yaml", [0]))
    yield from (reply for _, reply in answers_without_file(wire))


def test_no_text_of_the_workspace_is_rendered(wire: Wire, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    texts = {text for answer in every_answer(wire, root) for text in markdown_in(answer)}
    seen: set[str] = set()
    links: set[str] = set()
    for text in texts:
        found = rendered(text)
        assert found.kinds <= ALLOWED, text
        links.update(found.links)
        seen.update(place for place in PLACES if f"[{place}](" in found.text)
    assert seen == PLACES
    assert links
    assert {link for link in links if not link.startswith(f"{root.as_uri()}/")} == set()


def test_links_of_a_config_stay_in_the_workspace(wire: Wire, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    document = {"uri": uri_of(PurePath(root / CONFIG))}
    targets = [each["target"] for each in wire.request("textDocument/documentLink", {"textDocument": document})]
    assert uri_of(PurePath(root / f"environments/{FOLDER}/{FILE}")) in targets
    assert [each for each in targets if not each.startswith(f"{root.as_uri()}/")] == []


def test_a_comment_of_the_resolved_document_is_one_line(wire: Wire, tmp_path: Path) -> None:
    query = quote(uri_of(PurePath(tmp_path / "workspace" / CONFIG)), safe="")
    uri = f"gym-lsp:/resolved/config.yaml?uri={query}&provenance=1"
    text = wire.request("workspace/textDocumentContent", {"uri": uri})["text"]
    assert "# environments/math/two # lines.yaml:1" in text
    plain = wire.request("workspace/textDocumentContent", {"uri": uri.removesuffix("&provenance=1")})["text"]
    assert text.count("\n") == plain.count("\n")
    assert parse(text).problems == ()
