"""Values that are correct except for one mistake in how they are written: the message, and the text of the fix."""

from __future__ import annotations

import pytest

from gym_lsp.text import apply_edits
from tests.fixture import findings, parse_fixture

PROGRAM = """\
# --- resources_servers/counting/requirements.txt
# --- resources_servers/counting/app.py
from typing import Literal
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


class Config(BaseResourcesServerConfig):
    steps: int = 1
    ratio: float = 1.0
    strict: bool = False
    title: str = ""
    hint: str | None = None
    extra: dict[str, str] | None = None
    words: list[str] = []
    sizes: list[int] | None = None
    mode: Literal["fast-path", "slow"] = "slow"


class Server(SimpleResourcesServer):
    config: Config


Server.run_webserver()
# --- environments/example/config.yaml
"""
HEAD = """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
"""
MISTAKES = {
    # a line of the block -> (a part of the message, the line after the fix)
    "steps: 3# was 4": ("a comment needs a space before `#`", "steps: 3 # was 4"),
    "steps: 3,": ("remove the `,` at the end", "steps: 3"),
    "strict: true;": ("remove the `;` at the end", "strict: true"),
    "strict: False,": ("remove the `,` at the end", "strict: False"),
    "extra: None": ("in YAML, write `null`", "extra: null"),
    "sizes: None,": ("in YAML, write `null`", "sizes: null"),
    "steps: 10,000": ("write the number as `10000`", "steps: 10000"),
    "ratio: 0,5": ("write the number as `0.5`", "ratio: 0.5"),
    "title: 12345": ("put quotes around it", 'title: "12345"'),
    "title: off": ("put quotes around it", 'title: "off"'),
    "title: [IDK]": ("put it in quotes if it is text", "title: '[IDK]'"),
    "title: #IDK": ("text after `#` is a comment", 'title: "#IDK"'),
    "words: apple": ("put the single element in brackets", "words: [apple]"),
    "words:\n        apple": ("put the single element in brackets", "words:\n        [apple]"),
    "sizes: 3": ("put the single element in brackets", "sizes: [3]"),
    "mode: fast_path": ("did you mean `fast-path`?", "mode: fast-path"),
    "mode: 'Slow'": ("did you mean `slow`?", "mode: 'slow'"),
    "num_workers: 2,": ("remove the `,` at the end", "num_workers: 2"),
    "port: 8,000": ("write the number as `8000`", "port: 8000"),
}


@pytest.mark.parametrize("entry", MISTAKES)
def test_suggestion(entry: str) -> None:
    message, fixed = MISTAKES[entry]
    fixture = parse_fixture(f"{PROGRAM}{HEAD}      {entry}\n")
    (found,) = findings(fixture)
    assert message in found.message
    (fix,) = found.fixes
    edited = apply_edits(fixture.files[found.path], [edit.edit for edit in fix.edits])
    assert edited == f"{HEAD}      {fixed}\n"
    assert not findings(parse_fixture(f"{PROGRAM}{edited}"))


@pytest.mark.parametrize(
    "entry",
    ["steps: many", "ratio: 50%", "title: null", "title:  # not yet", "words: {a: 1}", "words: a, b", "mode: quick"],
)
def test_no_suggestion(entry: str) -> None:
    (found,) = findings(parse_fixture(f"{PROGRAM}{HEAD}      {entry}\n"))
    assert found.severity.label == "error"
    assert not found.fixes
