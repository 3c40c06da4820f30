"""The agents of a tree, by the names of their folders, and whether each is self-contained.

An agent is a folder below `responses_api_agents/`. The files in its `configs/` that configure an agent are its
variants. A listing reads these files without composing them, and distinguishes two kinds of agents:

- An agent that is not self-contained names a `resources_server`, which an environment provides.
- A self-contained agent has its own framework, calls a model with its own key, or names no resources server.

The configs of an agent alone do not show whether it fits an environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gym_lsp.files import Disk, Files, Kind
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.discovery.raw_config import RawMapping, read_raw_config, server_blocks
from gym_lsp.gym.layout import AGENTS, RESOURCES_SERVER, USUAL_ENTRYPOINT

AGENTS_DIR = PARENT_DIR / AGENTS
AGENT_CONFIGS_SUBDIR = "configs"


@dataclass(frozen=True)
class AgentEntry:
    """An agent: its name, its folder, the configs of its variants, whether it is self-contained, its description.

    `config_paths` is sorted. It is empty for an agent that only other configs configure.
    """

    name: str
    path: Path
    config_paths: tuple[Path, ...]
    self_contained: bool
    description: str | None = None

    @property
    def variants(self) -> dict[str, Path]:
        """The configs by the name of the variant, which is the file name without its suffix."""
        return {config.stem: config for config in self.config_paths}


def discover_agents(agents_dir: Path = AGENTS_DIR, *, files: Files | None = None) -> dict[str, AgentEntry]:
    """Return the agents below a folder by name, sorted; empty if the folder does not exist.

    A folder is an agent if it has an `app.py` or at least one agent config. Mirrors `discover_agents`.
    """
    files = files or Disk()
    agents: dict[str, AgentEntry] = {}
    for entry in files.entries(agents_dir):
        if entry.kind is not Kind.DIRECTORY:
            continue
        path = agents_dir / entry.name
        configs = _agent_configs(path / AGENT_CONFIGS_SUBDIR, files)
        if configs or files.kind(path / USUAL_ENTRYPOINT) is Kind.FILE:
            self_contained, description = _classify(configs, files)
            agents[entry.name] = AgentEntry(entry.name, path, configs, self_contained, description)
    return agents


def _agent_configs(configs_dir: Path, files: Files) -> tuple[Path, ...]:
    names = (entry.name for entry in files.entries(configs_dir) if entry.kind is Kind.FILE)
    paths = (configs_dir / name for name in names if name.endswith(".yaml"))
    return tuple(path for path in paths if _is_agent_config(path, files))


def _is_agent_config(config_path: Path, files: Files | None = None) -> bool:
    """Whether a file configures an agent. The same folder may hold prompts and configs of a framework."""
    return next(_iter_agent_blocks(config_path, files), None) is not None


def _iter_agent_blocks(config_path: Path, files: Files | None = None) -> Iterator[RawMapping]:
    """Yield the mapping of each agent that a file configures; nothing if it cannot be read."""
    config = read_raw_config(config_path, files or Disk())
    for server in server_blocks(config, (AGENTS,)):
        yield server.block


def _classify(config_paths: tuple[Path, ...], files: Files | None = None) -> tuple[bool, str | None]:
    """Return whether an agent is self-contained, and the first description in its configs.

    An `agent_framework` or an `anthropic_api_key` in any config makes the agent self-contained. An agent without
    configs is not self-contained, because other configs bind it to a resources server.
    """
    blocks = [block for path in config_paths for block in _iter_agent_blocks(path, files)]
    if not blocks:
        return False, None
    description = next((text for block in blocks if isinstance(text := block.get("description"), str)), None)
    keys = set[object]().union(*blocks)
    is_bound_elsewhere = RESOURCES_SERVER in keys and keys.isdisjoint(("agent_framework", "anthropic_api_key"))
    return not is_bound_elsewhere, description
