"""Values that are right but for one slip in how they are written: what is said of them, and what the fix writes."""

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
SLIPS = {
    # what stands in the block -> (a part of the message, what the fix makes of it)
    "steps: 3# was 4": ("a comment needs a blank", "steps: 3 # was 4"),
    "steps: 3,": ("no `,` follows a value", "steps: 3"),
    "strict: true;": ("no `;` follows a value", "strict: true"),
    "strict: False,": ("no `,` follows a value", "strict: False"),
    "extra: None": ("YAML writes it `null`", "extra: null"),
    "sizes: None,": ("YAML writes it `null`", "sizes: null"),
    "steps: 10,000": ("as a number it is written `10000`", "steps: 10000"),
    "ratio: 0,5": ("as a number it is written `0.5`", "ratio: 0.5"),
    "title: 12345": ("put quotes around it", 'title: "12345"'),
    "title: off": ("put quotes around it", 'title: "off"'),
    "title: [IDK]": ("put it in quotes if it is text", "title: '[IDK]'"),
    "title: #IDK": ("what follows `#` is a comment", 'title: "#IDK"'),
    "words: apple": ("even a single element", "words: [apple]"),
    "words:\n        apple": ("even a single element", "words:\n        [apple]"),
    "sizes: 3": ("even a single element", "sizes: [3]"),
    "mode: fast_path": ("did you mean `fast-path`?", "mode: fast-path"),
    "mode: 'Slow'": ("did you mean `slow`?", "mode: 'slow'"),
    "num_workers: 2,": ("no `,` follows a value", "num_workers: 2"),
    "port: 8,000": ("as a number it is written `8000`", "port: 8000"),
}


@pytest.mark.parametrize("entry", SLIPS)
def test_what_was_meant(entry: str) -> None:
    message, meant = SLIPS[entry]
    fixture = parse_fixture(f"{PROGRAM}{HEAD}      {entry}\n")
    (found,) = findings(fixture)
    assert message in found.message
    (fix,) = found.fixes
    edited = apply_edits(fixture.files[found.path], [edit.edit for edit in fix.edits])
    assert edited == f"{HEAD}      {meant}\n"
    assert not findings(parse_fixture(f"{PROGRAM}{edited}"))


@pytest.mark.parametrize(
    "entry",
    ["steps: many", "ratio: 50%", "title: null", "title:  # not yet", "words: {a: 1}", "words: a, b", "mode: quick"],
)
def test_where_nothing_would_do_nothing_is_offered(entry: str) -> None:
    (found,) = findings(parse_fixture(f"{PROGRAM}{HEAD}      {entry}\n"))
    assert found.severity.label == "error"
    assert not found.fixes
