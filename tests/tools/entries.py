"""The entries of gym-lsp in the lists of servers that editors read, ready to submit once there is a release.

Zed is not among them: it starts a server only through an extension in Rust, which is not written yet.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path

from gym_lsp import __version__
from gym_lsp.project import NAME

ROOT = Path(__file__).parents[2]
MARKERS = (
    "gym-lsp.toml",
    "nemo_gym",
    "resources_servers",
    "responses_api_agents",
    "responses_api_models",
    "environment_servers",
)
"""What no other project has in its folder. The folders `environments` and `benchmarks` of some others have these names,
so a workspace with nothing else needs a `gym-lsp.toml`, or the plugin, which looks into the files.
"""
SENTENCE = "A language server for the configs of NVIDIA NeMo Gym and the training recipes of NeMo RL."

_LSPCONFIG = """\
---@brief
---
--- {repository}
---
--- {sentence}
---
--- It needs Python 3.11 or newer. Install it with `uv tool install {name}` or `pipx install {name}`.
---
--- The plugin in the folder `nvim-client` of its repository adds commands and views.

---@type vim.lsp.Config
return {{
  cmd = {{ '{name}' }},
  filetypes = {{ 'yaml', 'jsonl' }},
  root_markers = {{
{markers}
  }},
  -- Without one of the markers, a YAML file belongs to something else.
  workspace_required = true,
}}
"""
_MASON = """\
---
name: {name}
description: {sentence}
homepage: {repository}
licenses:
  - {license}
languages:
  - YAML
categories:
  - LSP
  - Linter

source:
  id: pkg:pypi/{name}@{version}

bin:
  {name}: pypi:{name}

neovim:
  lspconfig: {config}
"""
_HELIX = """\
# A line for the table [language-server]:
[language-server]
{name} = {{ command = "{name}", required-root-patterns = [{markers}] }}

# The servers of an entry that is there:
[[language]]
name = "yaml"
language-servers = ["yaml-language-server", "ansible-language-server", "{name}"]
"""


def entries(repository: str) -> Mapping[str, str]:
    """Return the text of each entry by its path: the name of the project that takes it, and the file there.

    `repository` is the public address of gym-lsp. Markers in Helix are globs at the root of the workspace.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    config = NAME.replace("-", "_")
    of_lua = textwrap.indent("\n".join(f"'{marker}'," for marker in MARKERS), " " * 4)
    of_helix = ", ".join(f'"{marker}"' for marker in MARKERS)
    common = {"name": NAME, "sentence": SENTENCE, "repository": repository, "config": config}
    return {
        f"nvim-lspconfig/lsp/{config}.lua": _LSPCONFIG.format(**common, markers=of_lua),
        f"mason-registry/packages/{NAME}/package.yaml": _MASON.format(
            **common, license=project["license"], version=__version__
        ),
        "helix/languages.toml": _HELIX.format(name=NAME, markers=of_helix),
    }


def write(folder: Path, repository: str) -> list[Path]:
    """Write the entries below a folder, and return their paths."""
    written: list[Path] = []
    for name, text in entries(repository).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        written.append(path)
    return written
