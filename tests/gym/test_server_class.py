"""The class of a server is found from its entrypoint, in whatever modules its parts are defined."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import PurePath

import pytest

from gym_lsp.files import Disk, Overlay
from gym_lsp.gym.fields import Model, ModelType, show
from gym_lsp.gym.python.builtin_bases import CONFIG_BASES
from gym_lsp.gym.python.field_text import field_comment, field_span
from gym_lsp.gym.python.models import ModelReader
from gym_lsp.gym.python.source import Source
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.gym.server_class import ServerClass, ServerClasses
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.memory import Memory

ROOT = PurePath("/workspace")
GYM = PurePath("/site-packages")
BASE = {
    "/site-packages/nemo_gym/__init__.py": """
        _LAZY_EXPORTS = {"SimpleResourcesServer": "servers", "BaseConfig": "servers"}
    """,
    "/site-packages/nemo_gym/servers.py": """
        from pydantic import BaseModel
        class BaseConfig(BaseModel):
            entrypoint: str
        class BaseServer(BaseModel):
            config: BaseConfig
        class SimpleResourcesServer(BaseServer):
            config: BaseConfig
    """,
    # Other packages that are installed there are not read.
    "/site-packages/pydantic/__init__.py": "from .main import BaseModel",
    "/site-packages/pydantic/main.py": "class BaseModel: ...",
}
HEAD = """
from nemo_gym import BaseConfig, SimpleResourcesServer
class Config(BaseConfig):
    size: int = 1
class Server(SimpleResourcesServer):
    config: Config
"""


def classes(files: Mapping[str, str]) -> ServerClasses:
    texts = {ROOT / path: textwrap.dedent(text) for path, text in {**BASE, **files}.items()}
    return ServerClasses(Memory(texts), (ROOT, GYM), GYM)


def shown(found: ServerClass | None) -> str:
    """Return the name of the class with the fields of its config."""
    if found is None or found.config is None:
        return f"{found.name if found else None}: unknown"
    fields = (
        f"{field.name} {show(field.type)}" for field in found.config.fields.values() if field.name != "entrypoint"
    )
    return f"{found.name}: {', '.join(fields)}"


PROGRAMS: dict[str, tuple[str, Mapping[str, str]]] = {
    "guarded": ("Server: size int", {"app.py": HEAD + "if __name__ == '__main__':\n    Server.run_webserver()\n"}),
    "assigned": ("Server: size int", {"app.py": HEAD + "app = Server.run_webserver()  # noqa: F401\n"}),
    "in a function": ("Server: size int", {"app.py": HEAD + "def main():\n    Server.run_webserver()\nmain()\n"}),
    "mentioned in a string": (
        "Server: size int",
        {"app.py": HEAD + "Server.run_webserver()\nTEXT = '''\n    Other.run_webserver()\n'''\n"},
    ),
    "another server": (
        "Other: ",
        {"app.py": HEAD + "class Other(SimpleResourcesServer): ...\nOther.run_webserver()\n"},
    ),
    "beside it": ("Server: size int", {"base.py": HEAD, "app.py": "from base import Server\nServer.run_webserver()\n"}),
    "by a module": ("Server: size int", {"base.py": HEAD, "app.py": "import base\nbase.Server.run_webserver()\n"}),
    "from the root": (
        "Server: size int",
        {"base.py": HEAD, "app.py": "from resources_servers.sums.base import Server\nServer.run_webserver()\n"},
    ),
    "an inherited annotation": (
        "Mine: size int",
        {"base.py": HEAD, "app.py": "import base\nclass Mine(base.Server): ...\nMine.run_webserver()\n"},
    ),
    "a quoted annotation": (
        "S: ",
        {"app.py": HEAD + "class S(Server):\n    config: 'BaseConfig'\nS.run_webserver()\n"},
    ),
    "a class under a condition": (
        "S: size int",
        {"app.py": HEAD + "if True:\n    class S(SimpleResourcesServer):\n        config: Config\nS.run_webserver()\n"},
    ),
    "an annotation over several lines": (
        "S: size int",
        {
            "app.py": HEAD
            + "class S(SimpleResourcesServer):\n    def a(self): ...\n    config: (\n        Config\n    )\n"
            + "S.run_webserver()\n"
        },
    ),
    "a generic base": (
        "S: size int",
        {"app.py": HEAD + "class G(Server, Generic[T]): ...\nclass S(G[int]): ...\nS.run_webserver()\n"},
    ),
    "an unknown base that may override it": (
        "S: unknown",
        {"app.py": "from elsewhere import Base\n" + HEAD + "class S(Base, Server): ...\nS.run_webserver()\n"},
    ),
    "a block that is rewritten": (
        "S: unknown",
        {
            "app.py": HEAD
            + "class S(Server):\n    @classmethod\n    def load_config_from_global_config(cls): ...\n"
            + "S.run_webserver()\n"
        },
    ),
    "an annotation that is made": (
        "S: unknown",
        {"app.py": HEAD + "class S(Server):\n    config: make()\nS.run_webserver()\n"},
    ),
    "no server": ("None: unknown", {"app.py": HEAD}),
    "no program": ("None: unknown", {}),
    "not Python": ("None: unknown", {"app.py": "class ("}),
}


@pytest.mark.parametrize(("expected", "files"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_programs(expected: str, files: Mapping[str, str]) -> None:
    found = classes({f"resources_servers/sums/{name}": text for name, text in files.items()})
    assert shown(found.find("resources_servers", "sums", "app.py")) == expected


def test_programs_elsewhere() -> None:
    found = classes(
        {
            "resources_servers/sums/requirements.txt": "",
            "resources_servers/sums/deep/app.py": "from near import Server\nServer.run_webserver()\n",
            "resources_servers/sums/deep/near.py": HEAD,
            "resources_servers/other/__main__.py": HEAD + "Server.run_webserver()\n",
            "/site-packages/resources_servers/sums/app.py": "",
            "/site-packages/resources_servers/far/app.py": HEAD + "Server.run_webserver()\n",
        }
    )
    assert shown(found.find("resources_servers", "sums", "deep/app.py")) == "Server: size int"
    assert shown(found.find("resources_servers", "other", "../sums/deep/app.py")) == "Server: size int"
    assert shown(found.find("resources_servers", "other", ".")) == "Server: size int"
    assert shown(found.find("resources_servers", "far", "app.py")) == "Server: size int"
    # The folder in the workspace comes first, and it does not have this program.
    assert found.find("resources_servers", "sums", "app.py") is None


def workspace(program: str) -> Workspace:
    path = ROOT / "resources_servers" / "sums" / "app.py"
    texts = {ROOT / name: textwrap.dedent(text) for name, text in BASE.items()}
    return Workspace(Memory({**texts, path: program}), ROOT, install=InstallRoot(GYM, "--gym-root", None))


def model(workspace: Workspace) -> Model:
    found = workspace.server_model("resources_servers", "sums", "app.py")
    assert found is not None
    return found


def test_open_buffers_count() -> None:
    program = HEAD + "Server.run_webserver()\n"
    path = ROOT / "resources_servers" / "sums" / "app.py"
    before = workspace(program)
    old = model(before)
    same = before.with_texts({ROOT / "environments" / "a.yaml": "a: 1\n"})
    assert model(same) is old
    text = program.replace("size: int", "length: float")
    after = same.changed(Overlay(same.disk, {path: text}), Change.edit([path]))
    assert list(model(after).fields) == ["entrypoint", "length"]
    assert list(model(same).fields) == ["entrypoint", "size"]


COMMENTED = """
from pydantic import Field
class Config(BaseConfig):
    # ---------
    # How large it is,
    # in bytes.
    size: int = 1
    name: str = "#"  # What it is called.

    # Above the next, and not of it.

    made: list[str] = Field(  # noqa: X100
        default_factory=list,  # Filled later.
        alias="built",
    )
    plain: int = 2
"""


def test_comments_and_places() -> None:
    program = HEAD.replace("class Config(BaseConfig):\n    size: int = 1\n", COMMENTED) + "Server.run_webserver()\n"
    fields = model(workspace(program)).fields
    comments = {name: field_comment(program, field.line) for name, field in fields.items() if name != "entrypoint"}
    assert comments == {
        "size": "How large it is, in bytes.",
        "name": "What it is called.",
        "built": "Filled later.",
        "plain": None,
    }
    spans = [field_span(program, field) for name, field in fields.items() if name != "entrypoint"]
    assert [span and span.of(program) for span in spans] == ["size", "name", "made", "plain"]
    assert field_span("", fields["size"]) is None
    assert field_comment("", fields["size"].line) is None


def test_builtin_bases_are_those_of_the_newest_release(corpus: Corpus) -> None:
    source = Source(Disk(), (PurePath(corpus.release("0.7.0")),))
    reader = ModelReader(source)
    modules = ("config_types", "base_resources_server", "base_responses_api_agent", "base_responses_api_model")
    for name, base in CONFIG_BASES.items():
        found = [reader.model(f"nemo_gym.{module}", name) for module in (*modules, "base_environment_server")]
        real = next(each for each in found if each is not None)
        assert base.extra == real.extra
        assert [(each.name, each.required, each.default) for each in base.fields] == [
            (each.name, each.required, each.default) for each in real.fields.values()
        ]
        for ours, theirs in zip(base.fields, real.fields.values(), strict=True):
            assert show(ours.type) == show(theirs.type) or "any" in show(ours.type)


def test_a_model_in_a_model_is_read_where_it_is_defined() -> None:
    found = classes(
        {
            "resources_servers/sums/parts.py": "from nemo_gym import BaseConfig\nclass Part(BaseConfig): ...\n",
            "resources_servers/sums/app.py": "from parts import Part\n"
            + HEAD.replace("size: int = 1", "parts: list[Part]")
            + "Server.run_webserver()\n",
        }
    ).find("resources_servers", "sums", "app.py")
    assert found is not None and found.config is not None
    parts = found.config.fields["parts"]
    assert show(parts.type) == "list[Part]"
    item = getattr(parts.type, "item", None)
    assert isinstance(item, ModelType)
    assert item.model.path == ROOT / "resources_servers" / "sums" / "parts.py"
