"""The agents of a tree, by the names of their folders, and what each of them has to be given.

An agent is a folder below `responses_api_agents/`; the files of its `configs/` that configure an agent are its
variants. Listing reads these files as they are written, and tells two kinds of agent apart:

- An agent that is not self-contained names a `resources_server`: it works for an environment that provides one.
- A self-contained agent brings its own framework, drives a model through a key of its own, or leaves it to
  another config to bind it to a resources server.

Whether an agent and an environment fit together cannot be told from the agent's configs alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gym_lsp.files import Disk, Files, Kind
from gym_lsp.gym.discovery.default_roots import PARENT_DIR
from gym_lsp.gym.discovery.raw_config import Written, read_written, server_blocks
from gym_lsp.gym.layout import AGENTS, RESOURCES_SERVER, USUAL_ENTRYPOINT

AGENTS_DIR = PARENT_DIR / AGENTS
AGENT_CONFIGS_SUBDIR = "configs"


@dataclass(frozen=True)
class AgentEntry:
    """An agent: its name, its folder, the configs that are its variants, and how it is composed.

    `config_paths` is sorted, and empty for an agent that only other configs configure.
    """

    name: str
    path: Path
    config_paths: tuple[Path, ...]
    self_contained: bool
    description: str | None = None

    @property
    def variants(self) -> dict[str, Path]:
        """The configs by the name of the variant, which is that of the file without its suffix."""
        return {config.stem: config for config in self.config_paths}


def discover_agents(agents_dir: Path = AGENTS_DIR, *, files: Files | None = None) -> dict[str, AgentEntry]:
    """Every agent below a folder by its name, sorted; empty where there is no such folder.

    A folder is an agent if it has an `app.py` or at least one agent config.
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
    """Whether a file configures an agent; configs of a framework, prompts and stubs lie in the same folders."""
    return next(_iter_agent_blocks(config_path, files), None) is not None


def _iter_agent_blocks(config_path: Path, files: Files | None = None) -> Iterator[Written]:
    """The mapping of each agent that a file configures; none where it cannot be read."""
    written = read_written(config_path, files or Disk())
    for server in server_blocks(written, (AGENTS,)):
        yield server.block


def _classify(config_paths: tuple[Path, ...], files: Files | None = None) -> tuple[bool, str | None]:
    """Whether an agent is self-contained, and the first description that one of its configs gives.

    All configs are looked at together: an `agent_framework` or an `anthropic_api_key` in one of them makes the
    agent self-contained, whatever else is there. Without any config it is not: others bind it.
    """
    blocks = [block for path in config_paths for block in _iter_agent_blocks(path, files)]
    if not blocks:
        return False, None
    description = next((said for block in blocks if isinstance(said := block.get("description"), str)), None)
    keys = set[object]().union(*blocks)
    is_bound_elsewhere = RESOURCES_SERVER in keys and keys.isdisjoint(("agent_framework", "anthropic_api_key"))
    return not is_bound_elsewhere, description
