"""The keys of a free mapping in a config are known if the program shows every use of it."""

from __future__ import annotations

import textwrap
from pathlib import PurePath

import pytest

from gym_lsp.gym.fields import Model, ModelType, UnionType, show
from gym_lsp.gym.server_class import ServerClasses
from tests.memory import Memory

ROOT = PurePath("/workspace")
PROGRAM = """
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from nemo_gym.servers import BaseConfig, SimpleServer
from pydantic import BaseModel

KEY = "from_constant"

@dataclass
class Spec:
    image: str
    limit: int = 1
    hidden: int = field(default=1, init=False)

class Strict(BaseModel):
    size: int

class Loose(BaseModel):
    model_config = {"extra": "allow"}
    size: int

class Renaming(BaseModel):
    size: int
    @model_validator(mode="before")
    @classmethod
    def rename(cls, data):
        return {"size": data["length"]}

class Config(BaseConfig):
    box: dict[str, Any]
    spare: dict[str, Any] | None = None
    typed: dict[str, int] = {}

class Server(SimpleServer):
    config: Config

    def use(self, parameter, unknown):
        BODY

Server.run_webserver()
"""
KNOWN = {
    "keys that are read": ('self.config.box.get("a", 1) or self.config.box["b"]', "box: a, b"),
    "keys in tests": ('if "a" not in self.config.box or not self.config.box:\n    pass', "box: a"),
    "a constant as the key": ("self.config.box[KEY]", "box: from_constant"),
    "keys in a loop": ('for key in ("a", "b"):\n    self.config.box.pop(key, None)', "box: a, b"),
    "the mapping in a variable": ('box = self.config.box\nbox["a"] = box.get("b")', "box: a, b"),
    "a copy in a variable": (
        'box = dict(self.config.box or {})\nbox.pop("a")\nif box:\n    raise ValueError(f"{box}")',
        "box: a",
    ),
    "arguments of a dataclass": ("Spec(**self.config.box)", "Spec: image str, limit int"),
    "further arguments": (
        'rest = deepcopy(self.config.box)\nSpec(limit=rest.pop("tries"), **rest)',
        "Spec: image str, limit int, tries any value",
    ),
    "arguments of a model": ("Strict(**self.config.box)", "Strict: size int"),
    "an input of a model": ("Strict.model_validate(self.config.box)", "Strict: size int"),
    "arguments of an open model": ("Loose(**self.config.box)", "Loose (open): size int"),
    "a mapping that may be null": ('if self.config.spare:\n    self.config.spare["a"]', "spare: a | null"),
}  # fmt: skip
"""The body of a method, and the fields that are no longer free."""

OPEN = {
    "no use": "pass",
    "any key": "self.config.box[unknown]",
    "a key that varies": 'for key in ("a", "b"):\n    key = unknown\n    self.config.box[key]',
    "all items": "for key, value in self.config.box.items():\n    pass",
    "an unknown function": "unknown(self.config.box)",
    "an unknown function with arguments": "unknown(**self.config.box)",
    "another mapping": "unknown({**self.config.box})",
    "two classes": "Spec(**self.config.box)\nStrict(**self.config.box)",
    "a class with a validator that renames": "Renaming(**self.config.box)",
    "a variable that is passed on": "box = dict(self.config.box)\nunknown(box)",
    "a variable with two values": 'box = self.config.box\nbox = unknown\nbox["a"]',
    "a parameter as the variable": 'parameter = self.config.box\nparameter["a"]',
    "a result": 'self.config.box["a"]\nreturn self.config.box',
    "the whole config": 'self.config.box["a"]\nunknown(self.config)',
    "a dump of the config": 'self.config.box["a"]\nself.config.model_dump()',
    "the whole server": 'self.config.box["a"]\nunknown(server=self)',
    "the name as text": 'self.config.box["a"]\ngetattr(self.config, "box")',
    "mapping keys of a typed field": 'self.config.typed["a"]',
}


def known(body: str) -> str:
    """Return the fields of the config whose keys are known."""
    texts = {
        "/site-packages/nemo_gym/__init__.py": "",
        "/site-packages/nemo_gym/servers.py": (
            "from pydantic import BaseModel\nclass BaseConfig(BaseModel): ...\nclass SimpleServer(BaseModel):\n"
            "    config: BaseConfig\n"
        ),
        "resources_servers/sums/app.py": PROGRAM.replace("BODY", textwrap.indent(body, " " * 8).lstrip()),
    }
    files = Memory({ROOT / path: text for path, text in texts.items()})
    found = ServerClasses(files, (ROOT, PurePath("/site-packages")), PurePath("/site-packages"))
    server = found.find("resources_servers", "sums", "app.py")
    assert server is not None and server.config is not None
    shown: list[str] = []
    for field in server.config.fields.values():
        optional = isinstance(field.type, UnionType)
        type = field.type.options[0] if isinstance(field.type, UnionType) else field.type
        if isinstance(type, ModelType):
            shown.append(shown_model(type.model) + (" | null" if optional else ""))
    return "; ".join(shown)


def shown_model(model: Model) -> str:
    assert not any(field.required for field in model.fields.values())
    if model.path is None:
        assert model.extra == "ignore"
        return f"{model.name}: {', '.join(model.fields)}"
    name = f"{model.name} (open)" if model.extra == "allow" else model.name
    return f"{name}: {', '.join(f'{field.name} {show(field.type)}' for field in model.fields.values())}"


@pytest.mark.parametrize(("body", "expected"), KNOWN.values(), ids=KNOWN.keys())
def test_known_keys(body: str, expected: str) -> None:
    assert known(body) == expected


@pytest.mark.parametrize("body", OPEN.values(), ids=OPEN.keys())
def test_open_mappings(body: str) -> None:
    assert known(body) == ""
