"""The fields of a server's own class in all features."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

import pytest

from gym_lsp.ide.completion import complete
from gym_lsp.ide.definition import Goto, definition, implementation
from gym_lsp.ide.hover import hover
from gym_lsp.ide.inlay import HintKind, hints
from gym_lsp.ide.references import references
from gym_lsp.text import Span, apply_edits
from gym_lsp.workspace.workspace import Workspace
from tests.ide.cursor import read, shown, spots, written

PROGRAM = """
# --- resources_servers/math/requirements.txt
# --- resources_servers/math/base.py
from dataclasses import dataclass, field
from pydantic import BaseModel


class Shared(BaseModel):
    entrypoint: str
    host: str
    port: int
    timeout: float = 2.5


@dataclass
class Spec:
    # Where the image is.
    image: str
    ports: list[int] = field(default_factory=list)
# --- resources_servers/math/app.py
from typing import Any, Literal

from base import Shared, Spec
from pydantic import BaseModel, Field, model_validator


class Panel(BaseModel):
    # How many judges have to agree.
    votes: int = 3
    kind: Literal["strict", "lenient"] = "strict"
    weights: dict[str, float | int | Literal["equal", "proportional", "by rank"]] = {}

    @model_validator(mode="before")
    @classmethod
    def check(cls, data):
        if isinstance(data.get("weights"), list):
            data["weights"] = dict(data["weights"])
        return data


class MathConfig(Shared):
    \"\"\"The configuration of the math server.\"\"\"

    prompt: str
    limit: int = Field(default=5, description="How many answers are judged.")
    strict: bool = True  # Whether spelling counts.
    panel: Panel = Panel()
    labels: list[str] = []
    mode: Literal["fast", "slow"] = "fast"
    old_name: str = Field("x", alias="newName")
    box: dict[str, Any] = {}


class MathServer:
    config: MathConfig

    def start(self):
        return Spec(**self.config.box)


MathServer.run_webserver()
# --- resources_servers/math/other.py
from pydantic import BaseModel


class OtherConfig(BaseModel):
    depth: int = 1


class OtherServer:
    config: OtherConfig


OtherServer.run_webserver()
# --- environments/example/config.yaml
"""


def labels(config: str) -> list[str]:
    _, workspace, path, offset = read(PROGRAM + config)
    return [candidate.label for candidate in complete(workspace, path, offset)]


def test_fields_are_offered_the_required_ones_first_and_set_ones_not_again() -> None:
    config = """
math:
  resources_servers:
    math:
      entrypoint: app.py
      strict: false
      $0
"""
    _, workspace, path, offset = read(PROGRAM + config)
    offered = {candidate.label: candidate for candidate in complete(workspace, path, offset)}
    own = [name for name in offered if name in ("prompt", "limit", "strict", "panel", "mode", "timeout", "newName")]
    assert own == ["prompt", "timeout", "limit", "panel", "mode", "newName"]
    assert offered["limit"].detail == "int = 5"
    assert offered["limit"].documentation == ("How many answers are judged.",)
    assert offered["prompt"].detail == "str, required"


def test_the_entrypoint_decides_which_class_it_is() -> None:
    assert "depth" in labels("math: {resources_servers: {math: {entrypoint: other.py, $0}}}\n")
    assert "depth" not in labels("math: {resources_servers: {math: {entrypoint: app.py, $0}}}\n")


def test_without_an_entrypoint_the_usual_one_is_assumed() -> None:
    config = "math:\n  resources_servers:\n    math:\n      $0\n"
    assert {"prompt", "limit", "panel"} <= set(labels(config))
    other = "# --- environments/other/config.yaml\n" + config.replace("$0", "entrypoint: other.py")
    _, workspace, path, offset = read(PROGRAM.replace("/math/app.py", "/math/moved.py") + config + other)
    assert "depth" in [candidate.label for candidate in complete(workspace, path, offset)]


def test_an_inherited_entrypoint_decides_as_well() -> None:
    config = """
base:
  resources_servers:
    math: {entrypoint: other.py}
new:
  _inherit_from: base
  resources_servers:
    math:
      $0
"""
    assert "depth" in labels(config)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mode: $0", ["fast", "slow"]),
        ("strict: $0", ["true", "false"]),
        ("box: {$0}", ["image", "ports"]),
        ("panel: {kind: $0}", ["strict", "lenient"]),
        ("panel: {$0}", ["votes", "kind", "weights"]),
    ],
)
def test_values_that_have_a_known_set_of_answers(line: str, expected: list[str]) -> None:
    found = labels(f"math:\n  resources_servers:\n    math:\n      entrypoint: app.py\n      {line}\n")
    assert sorted(found)[: len(expected)] == sorted(expected)


def test_a_new_server_comes_with_the_fields_that_it_needs() -> None:
    fixture, workspace, path, offset = read(PROGRAM + "math:\n  resources_servers:\n    ma$0\n")
    candidate = next(each for each in complete(workspace, path, offset) if each.label == "math")
    made = apply_edits(fixture.files[path], [candidate.edit])
    assert made == (
        "math:\n  resources_servers:\n    math:\n      entrypoint: app.py\n      domain: other\n      prompt: ???\n"
    )
    assert candidate.snippet is not None
    assert candidate.snippet.endswith("prompt: $2$0")


HOVERS = {
    "a description": (
        "lim$0it: 3",
        (
            "**limit** · `int`\n\nHow many answers are judged.\n\nDefault: `5`\n\n"
            "Declared in resources_servers/math/app.py"
        ),
    ),
    "a comment": ("str$0ict: false", "**strict** · `bool`\n\nWhether spelling counts.\n\nDefault: `true`"),
    "the field of a nested model": ("panel: {vo$0tes: 2}", "**votes** · `int`\n\nHow many judges have to agree."),
    "a field that a validator converts": (
        "panel: {wei$0ghts: [[a, 1]]}",
        '**weights** · `dict[str, float | int | Literal["equal", "proportional", "b…`',
    ),
    "a mapping that becomes the arguments of a class": ("b$0ox: {image: a}", "**box** · `Spec`"),
    "a key of such a mapping": (
        "box: {im$0age: a}",
        "**image** · `str`\n\nWhere the image is.\n\nDeclared in resources_servers/math/base.py",
    ),
    "an inherited field": ("time$0out: 1", "Declared in resources_servers/math/base.py"),
}


@pytest.mark.parametrize(("line", "expected"), HOVERS.values(), ids=HOVERS.keys())
def test_hover(line: str, expected: str) -> None:
    config = f"math:\n  resources_servers:\n    math:\n      entrypoint: app.py\n      {line}\n"
    _, workspace, path, offset = read(PROGRAM + config)
    found = hover(workspace, path, offset)
    assert found is not None
    assert expected in written(found.content)


def test_hover_on_an_implementation_names_its_class_and_fields() -> None:
    _, workspace, path, offset = read(PROGRAM + "m: {resources_servers: {ma$0th: {entrypoint: app.py}}}\n")
    found = hover(workspace, path, offset)
    assert found is not None
    assert "Fields of this class: `prompt`, `limit`, `strict`," in written(found.content)


GOTOS = {
    "a field leads to its line": ("{entrypoint: app.py, lim$0it: 3}", "resources_servers/math/app.py:25:5 limit"),
    "an aliased field too": ("{entrypoint: app.py, new$0Name: a}", "resources_servers/math/app.py:30:5 old_name"),
    "an inherited one": ("{entrypoint: app.py, time$0out: 3}", "resources_servers/math/base.py:9:5 timeout"),
    "a nested one": ("{entrypoint: app.py, panel: {vo$0tes: 1}}", "resources_servers/math/app.py:9:5 votes"),
    "an unknown one is its own definition": ("{entrypoint: app.py, no$0ne: 3}", "environments/example/config.yaml"),
}


@pytest.mark.parametrize(("block", "expected"), GOTOS.values(), ids=GOTOS.keys())
def test_definition(block: str, expected: str) -> None:
    fixture, workspace, path, offset = read(f"{PROGRAM}m: {{resources_servers: {{math: {block}}}}}\n")
    found = definition(workspace, path, offset)
    assert found is not None
    (place,) = shown(fixture, spots(found[1]))
    assert place.startswith(expected)


@pytest.mark.parametrize("ask", [definition, implementation])
def test_an_implementation_leads_to_its_class(ask: Callable[[Workspace, PurePath, int], Goto | None]) -> None:
    fixture, workspace, path, offset = read(PROGRAM + "m: {resources_servers: {ma$0th: {entrypoint: other.py}}}\n")
    found = ask(workspace, path, offset)
    assert found is not None
    assert shown(fixture, spots(found[1])) == ["resources_servers/math/other.py:8:7 OtherServer"]


def test_references_of_a_field_are_the_configs_that_set_it() -> None:
    config = """
one: {resources_servers: {math: {entrypoint: app.py, lim$0it: 3}}}
two: {resources_servers: {math: {entrypoint: app.py, limit: 4}}}
three: {resources_servers: {math: {entrypoint: other.py, limit: 4}}}
four: {responses_api_agents: {simple_agent: {entrypoint: app.py, limit: 4}}}
"""
    fixture, workspace, path, offset = read(PROGRAM + config)
    found = shown(fixture, [(each.path, each.span) for each in references(workspace, path, offset)])
    assert [place.split(":")[1] for place in found] == ["2", "3"]


def test_hints_show_the_defaults_that_the_config_does_not_override() -> None:
    config = "m:\n  resources_servers:\n    math:$0\n      entrypoint: app.py\n      limit: 3\n"
    fixture, workspace, path, _ = read(PROGRAM + config)
    text = fixture.files[path]
    (hint,) = hints(workspace, path, Span(0, len(text)), {HintKind.DEFAULT})
    assert hint.text == "strict: true, mode: fast, newName: x"
    assert text[: hint.offset].endswith("    math:")
