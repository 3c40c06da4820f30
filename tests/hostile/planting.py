"""Makes hostile workspaces: secrets, links out of the workspace, and modules that nothing may execute.

In the texts of `SECRETS` and `OUTSIDE`, each `@T`, `@K` and `@N` becomes a canary of its own: a text, a text that looks
like the key of a service, and a number. So a canary in an output shows the line that it comes from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CANARY = re.compile(r"kanari\d{3}\w*|74107410\d{3}|kanari")
"""Also the beginning of a canary: a message can cut a long value off."""
_PLANT = re.compile(r"@[TKN]\b")
_FORMS = {"@T": "kanari{:03}willow", "@K": "sk-kanari{:03}willow", "@N": "74107410{:03}"}
MAIN = "environments/math/config.yaml"
INCLUDER = "environments/whole/config.yaml"
TRAP = "raise SystemExit('planted')\n"
TRAPS = (
    *("json.py", "yaml.py", "sitecustomize.py", "omegaconf/__init__.py", "nemo_gym/__init__.py"),
    *("environments/museum_guide/__init__.py", "environments/museum_guide/conftest.py"),
)
"""Modules that Python would run if something imported from the workspace."""

_APP = '''\
"""The server of a stranger, with the password @K."""
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer
from pydantic import BaseModel, Field


class Account(BaseModel):
    """Has the token @K."""

    password: str = "@T"
    pin_password: int = @N


class MathConfig(BaseResourcesServerConfig):
    """Reads https://reader:@T@host/x, with api_key=@T for all."""

    size: int = 1
    limit: int = Field(5, description="At most token=@T or @K.")
    api_key: str = "@T"
    access_token: int = @N  # the token is @K
    endpoint: str = "https://reader:@T@host/v1"
    tokens: dict[str, str] = {"main": "@T"}
    account: Account


class MathServer(SimpleResourcesServer):
    config: MathConfig


MathServer.run_webserver()
'''
_MAIN = """\
# api_key: @T
# See https://reader:@T@host/wiki, or ask with Bearer @T
config_paths:
  - environments/math/base.yaml
  - environments/math/absent.yaml?api_key=@T
  - https://reader:@T@host/remote.yaml
  - environments/@K/config.yaml
api_key: @T
api_key: @T
"quoted_api_key": "@T"
copied: &secret @T
password: *secret
tokens: [@T, @T, {main: @T}]
headers:
  X-Team: @T
  Authorization: Bearer @T
pin_password: @N
access_token: @N
note: use @K here
database: postgres://reader:@T@host/db
connection: AccountName=a;AccountKey=@T;x=1
fallback_key: ${oc.env:ABSENT_KEY,@T}
plain_fallback: ${oc.env:ABSENT_KEY,'@K'}
chosen_key: ${oc.select:absent,@T}
decoded_key: ${oc.decode:'@T'}
created: "${oc.create:{api_key: @T}}"
created_token: "${oc.create:[@T, {a: @N}]}"
joined_key: prefix-${plain}-@T
plain: shown
read_by_name: ${api_key}
read_in_text: x ${overridden_key} ${database} y
undefined: ${nowhere.@K}
unfinished_key: "${oc.env:ABSENT,@T"
overridden_key: @T
moved:
  credentials: {user: @T, list: [@T]}
  secret: |
    @T
    @T
  folded_secret: >-
    @T
    @T
number_list_tokens: [@N, @N]
"""
_SERVERS = """\
math:
  resources_servers:
    math:
      entrypoint: app.py
      domain: @K
      description: Solves with @K and password=@T
      size: @K
      limit: https://reader:@T@host/
      api_key: [@T]
      access_token: @T
      endpoint: {url: "https://reader:@T@host"}
      tokens: {main: [@T], @K: 1}
      account: {password: {a: @T}, pin_password: "@T", unknown_key: @T}
      unknown_token: @T
      judge_key: ${math.resources_servers.math.api_key}
      datasets:
        - {name: a, type: "@K", jsonl_fpath: "data/@K.jsonl"}
        - name: "@K"
          type: train
          license: "@K"
          num_repeats: "@K"
          jsonl_fpath: data/train.jsonl
          prompt_config: prompts/@K.yaml
          prepare_script: "@K.py"
          huggingface_identifier: {repo_id: "https://reader:@T@host", token: @T}
          gitlab_identifier: {dataset_name: "@K", api_key: @T}
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: "@K.py"
      max_steps: "@K"
      sandbox_provider: "@K"
      resources_server: {type: resources_servers, name: "@K"}
      model_server: {type: "@K", name: policy_model}
      judge: {type: responses_api_models, name: math}
      cookies: {session: @T}
inherits: {_inherit_from: "@K", api_key: @T}
copies: {_copy: "@K"}
copied_block: {_copy: moved}
deletes: {_delete_key: "@K"}
box: {docker: {image: "@K", api_token: [@T], unknown_token: @T}}
agent_map: {math: "@K"}
policy_api_key: @T
policy_base_url: https://reader:@T@host/v1
policy_model_name: "@K"
observability_enabled: "@K"
ray_head_node_address: "@K"
"""
_BROKEN = {
    "colon": "api_key: @T: b\nother: {token: @T\n",
    "quote": "note: 1\npassword: \"@T\nmath: {resources_servers: {math: {api_key: '@T}}}\n",
    "tab": "math:\n\tresources_servers:\n\t  math: {api_key: @T}\ntoken = @T\n",
    "indent": "math:\n  resources_servers:\n    math:\n      entrypoint: app.py\n     api_key: @T\n   password: @T\n",
    "list": "- api_key: @T\n- token: @T\n",
    "alias": "math: {resources_servers: {math: {api_key: *nowhere, token: @T}}}\nx: &a {password: @T, b: *a}\n",
    "documents": "api_key: @T\n---\nmath: {resources_servers: {math: {token: @T}}}\n",
    "tag": "api_key: !secret @T\nmath: {resources_servers: {math: {token: !!int @T, pin_token: 0x}}}\n",
    "complex": "? {api_key: @T}\n: {token: @T}\n? [@K]\n: 1\nmath: {resources_servers: {math: {}}}\n",
    "nospace": "api_key:@T\nmath: {resources_servers: {math: {token:@T, password :@T}}}\n",
}
SECRETS: Mapping[str, str] = {
    MAIN: _MAIN + _SERVERS,
    INCLUDER: f"config_paths: [{MAIN}]\noverridden_key: @T\nmath: {{resources_servers: {{math: {{api_key: @T}}}}}}\n",
    "environments/math/base.yaml": (
        "overridden_key: @T\nread_in_text: {a: @K}\nmath: {resources_servers: {math: {token: @T}}}\n"
    ),
    **{f"environments/{name}/config.yaml": text for name, text in _BROKEN.items()},
    "environments/math/manifest.yaml": (
        "name: math\nversion: '@K'\ndescription: With @K and api_key=@T\napi_key: @T\nconfig: '@K'\nmaintainers: [@K]\n"
        "requirements: {secrets: [@T], token: @T}\ndomain: '@K'\n"
    ),
    "prompts/ask.yaml": "system: Use @K, api_key=@T\nuser: '{question} @K {@K}'\napi_key: @T\n",
    "env.yaml": (
        "policy_api_key: @T\npolicy_base_url: https://reader:@T@host/v1\noverridden_key: @T\ntoken: [@T]\n"
        "math: {resources_servers: {math: {size: '@K', api_key: @T}}}\n"
    ),
    "data/train.jsonl": '{"api_key": "@T", "responses_create_params": {"input": "@K"}, "@K": 1}\n{"token": "@T\n',
    "resources_servers/math/app.py": _APP,
    "resources_servers/math/requirements.txt": "-e nemo-gym @ https://reader:@T@host/x.git\n",
    "responses_api_agents/simple_agent/app.py": _APP,
}
"""A workspace with secrets in every place that can hold a value."""

_OUTSIDE_CONFIG = """\
# kanari, with @T
@T: @T
api_key: @T
config_paths: [@T.yaml]
math: {resources_servers: {math: {@T: @T, domain: @T, entrypoint: @T.py, description: "@T"}}}
kanari_server: {resources_servers: {@T: {entrypoint: app.py, domain: @T, datasets: [{name: @T, type: @T}]}}}
kanari_agent:
  responses_api_agents: {simple_agent: {entrypoint: app.py, resources_server: {type: resources_servers, name: @T}}}
kanari_box: {docker: {image: "@T"}}
broken: ${@T}
policy_model_name: "@T"
"""
OUTSIDE: Mapping[str, str] = {
    "secret.yaml": _OUTSIDE_CONFIG,
    "broken.yaml": "@T: [\napi_key: @T: b\n",
    "plain.txt": "root:@T:0:0\n@T\n",
    "listed.txt": "root:@T:0:0\n@T\n",
    "env.yaml": f"policy_api_key: @T\nshared_name: @T\n{_OUTSIDE_CONFIG}",
    "manifest.yaml": "name: @T\ndescription: '@T'\n@T: @T\nconfig: @T.yaml\ndomain: @T\n",
    "ask.yaml": "system: '@T'\nuser: '{@T}'\n@T: 1\n",
    "rows.jsonl": '{"@T": "@T"}\n{"@T\n',
    "app.py": _APP.replace("size: int", "kanari_size: int").replace("MathConfig", "KanariConfig"),
    "prepare.py": "@T = '@T'\n",
    "folder/config.yaml": _OUTSIDE_CONFIG,
    "folder/environments/kanari/config.yaml": _OUTSIDE_CONFIG,
    "server/app.py": _APP.replace("size: int", "kanari_size: int"),
    "settings.toml": "[severity]\n@T = '@T'\n@T\n",
    "other.pth": "@T\n/@T\n",
    "baseline.json": '{"@T": "@T"}\n',
    "package/global_config.py": "@T = '@T'\n",
    "package/config_types.py": (
        "from enum import Enum\nfrom typing import Literal\n\n\nclass Domain(str, Enum):\n    KANARI = 'kanari'\n\n\n"
        "DatasetType = Literal['kanari_type']\n\n\nclass BaseServerConfig:\n    kanari_field: str\n"
    ),
    "package/base_resources_server.py": "class BaseResourcesServerConfig:\n    domain: int\n    kanari_field: int\n",
}
"""Files beside the workspace. Of these, nothing may be shown."""

LINKS: Mapping[str, str] = {
    "environments/linked/config.yaml": "secret.yaml",
    "environments/folder": "folder",
    "environments/chain/first.yaml": "@second.yaml",
    "environments/chain/second.yaml": "@third.yaml",
    "environments/chain/third.yaml": "broken.yaml",
    "environments/up": "@../..",
    "environments/loop/loop": "@../loop",
    "environments/loop/self.yaml": "@self.yaml",
    "environments/math/manifest.yaml": "manifest.yaml",
    "env.yaml": "env.yaml",
    "prompts/ask.yaml": "ask.yaml",
    "data/train.jsonl": "rows.jsonl",
    "data/text.jsonl": "plain.txt",
    "resources_servers/linked": "server",
    "resources_servers/math/app.py": "app.py",
    "resources_servers/math/requirements.txt": "plain.txt",
    "environments/prepare.py": "prepare.py",
    ".venv/lib/python3.12/site-packages/other.pth": "other.pth",
    ".venv/lib/python3.12/site-packages/nemo_gym-9.9.9.dist-info": "package",
    ".gitignore": "plain.txt",
    "kernel.yaml": "/proc/self/environ",
}
"""Where the links in a workspace lead: a file outside, an absolute path, or after `@` a relative path."""
_LINKED = """\
config_paths:
  - OUTSIDE/secret.yaml
  - ../outside/broken.yaml
  - environments/linked/config.yaml
  - environments/folder/config.yaml
  - environments/chain/first.yaml
  - OUTSIDE/listed.txt
  - OUTSIDE/folder
  - environments/loop/self.yaml
  - kernel.yaml
shared: ${shared_name}
math:
  resources_servers:
    math:
      entrypoint: app.py
      domain: math
      size: many
      linked: ${kanari}
      datasets:
        - {name: a, type: example, jsonl_fpath: data/train.jsonl, prompt_config: prompts/ask.yaml}
        - {name: b, type: example, jsonl_fpath: OUTSIDE/rows.jsonl, prompt_config: OUTSIDE/ask.yaml}
        - {name: c, type: example, jsonl_fpath: data/text.jsonl, prompt_config: ../outside/ask.yaml}
        - {name: d, type: example, jsonl_fpath: ../outside/plain.txt, prepare_script: environments/prepare.py}
        - {name: e, type: example, jsonl_fpath: data/train.jsonl, prepare_script: OUTSIDE/prepare.py}
other:
  resources_servers:
    linked: {entrypoint: app.py, domain: math, size: many}
third:
  resources_servers:
    math: {entrypoint: OUTSIDE/app.py, domain: math, size: many}
    other: {entrypoint: ../../../outside/app.py, domain: math}
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: other}
      model_server: {type: responses_api_models, name: policy_model}
      sandbox_provider: kanaribox
"""
LINKED: Mapping[str, str] = {
    MAIN: _LINKED.replace("${kanari}", "${absent}").replace("kanaribox", "absent_box"),
    INCLUDER: f"config_paths: [{MAIN}]\nmath: {{resources_servers: {{math: {{domain: mat}}}}}}\n",
}
"""The files of a workspace that leads out of itself."""
INCLUDED = ("secret.yaml", "broken.yaml", "folder/config.yaml", "folder", "listed.txt", "env.yaml")
"""The outside files that are part of its runs: they are read, to report what NeMo Gym would report."""
RECORDS = ("other.pth", "package/direct_url.json")
"""The outside files that a Python environment in it contains as links, which are read to find NeMo Gym."""
CHECKOUT: Mapping[str, str] = {
    "nemo_gym/global_config.py": "package/global_config.py",
    "nemo_gym/config_types.py": "package/config_types.py",
    "nemo_gym/base_resources_server.py": "package/base_resources_server.py",
    "nemo_gym/package": "package",
}
"""Further links, which make the workspace a checkout of NeMo Gym whose source is elsewhere."""
SETTINGS: Mapping[str, str] = {"gym-lsp.toml": "settings.toml", "pyproject.toml": "settings.toml"}
"""Further links, in the place of settings."""


@dataclass(slots=True)
class Planted:
    """A workspace on the disk. `canaries` has the place of each canary."""

    root: Path
    canaries: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def outside(self) -> Path:
        return self.root.parent / "outside"

    def write(self, root: Path, texts: Mapping[str, str]) -> None:
        """Write files with canaries in place of `@T`, `@K` and `@N`."""
        for name, text in texts.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.plant(text, name).replace("OUTSIDE", str(self.outside)), "utf-8")

    def link(self, links: Mapping[str, str]) -> None:
        """Make links that lead to files outside."""
        for name, target in links.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(target[1:] if target.startswith("@") else self.outside / target, path)

    def shown_in(self, output: str) -> set[str]:
        """Return the places of the canaries in an output."""
        found = (match[0] for match in CANARY.finditer(output))
        return {self.canaries.get(each, each) for each in found}

    def plant(self, text: str, name: str) -> str:
        """Return a text with canaries in place of `@T`, `@K` and `@N`. `name` says where it is."""

        def plant(match: re.Match[str]) -> str:
            canary = _FORMS[match[0]].format(len(self.canaries))
            line = text.count("\n", 0, match.start()) + 1
            self.canaries[canary.removeprefix("sk-")] = f"{name}:{line} {text.splitlines()[line - 1].strip()}"
            return canary

        return _PLANT.sub(plant, text)


def plant_traps(root: Path) -> None:
    """Write modules that nothing may execute, over those that are there."""
    for name in TRAPS:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TRAP, "utf-8")


def with_secrets(folder: Path) -> Planted:
    """Write a workspace with secrets."""
    planted = Planted(folder / "workspace")
    planted.write(planted.root, SECRETS)
    return planted


def with_links(folder: Path, more: Mapping[str, str] | None = None) -> Planted:
    """Write a workspace with links out of it."""
    planted = Planted(folder / "workspace")
    planted.write(planted.outside, OUTSIDE)
    planted.write(planted.root, LINKED)
    planted.link({**LINKS, **(more or {})})
    return planted
