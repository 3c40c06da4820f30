"""Which YAML files are Gym's, and what each of them is.

A folder alone does not tell: harness configs and prompt templates live beside Gym configs. So a file is recognised by
its place and its content together; a test holds the rule to the verdict of a person over every file of the corpus.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from gym_lsp.gym.layout import (
    AGENTS,
    BENCHMARKS_FOLDER,
    CONFIG_FILENAME,
    CONFIG_PATHS,
    COPY,
    DEFAULT_METADATA,
    ENTRYPOINT,
    ENV_YAML,
    ENVIRONMENTS,
    ENVIRONMENTS_FOLDER,
    INHERIT_FROM,
    MANIFEST_FILENAME,
    MODELS,
    RESOURCES,
    USUAL_SANDBOX,
)
from gym_lsp.gym.manifest import CATALOG_FOLDERS
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import Document, Mapping, Scalar, Sequence, Value, resolve
from gym_lsp.syntax.tree import Atom, Entry


class FileKind(Enum):
    """What a YAML file is to NeMo Gym."""

    CONFIG = "config"
    ENVIRONMENT = "env.yaml"
    MANIFEST = "manifest"
    PROMPT = "prompt"
    OTHER = "other"


def recognise(path: str, document: Document, profile: Profile) -> FileKind:
    """What a file is, its path spelled with forward slashes.

    Of a broken text, the place alone has to tell what its content cannot.
    """
    kind = _recognise(path.split("/"), document.root, profile)
    if kind is FileKind.OTHER and _tells_nothing(document) and stands_among_configs(path):
        return FileKind.CONFIG
    return kind


def _tells_nothing(document: Document) -> bool:
    """Whether the content is broken, or no mapping at all; a file that is empty yet is left in peace."""
    root = document.root
    if document.is_broken or isinstance(root, Sequence):
        return True
    return isinstance(root, Scalar) and root.value is not None


def stands_among_configs(path: str) -> bool:
    """Whether a file lies where configs do, whatever it holds."""
    *folders, name = path.split("/")
    if name == CONFIG_FILENAME:
        return not CATALOG_FOLDERS.keys().isdisjoint(folders)
    return folders[-1:] == ["configs"] and not set(GYM_FOLDERS).isdisjoint(folders)


def _recognise(steps: list[str], root: Value | None, profile: Profile) -> FileKind:
    if steps[-1] == ENV_YAML:
        return FileKind.ENVIRONMENT
    if steps[-1] == MANIFEST_FILENAME and not CATALOG_FOLDERS.keys().isdisjoint(steps):
        return FileKind.MANIFEST
    if not isinstance(root, Mapping):
        return FileKind.OTHER
    keys = {entry.name for entry in root.entries}
    if "user" in keys and (keys <= {"user", "system"} or _is_called_prompt(steps, root)):
        return FileKind.PROMPT
    if any(_shows_gym(entry, profile) for entry in root.entries):
        return FileKind.CONFIG
    return FileKind.OTHER


def _is_called_prompt(steps: list[str], root: Mapping) -> bool:
    """Whether a file lies where prompts lie and holds nothing but scalars, whatever their keys."""
    is_there = steps[-2:-1] == ["prompts"] or steps[-1].startswith("prompt")
    return is_there and all(isinstance(resolve(entry.value), Scalar) for entry in root.entries)


def _shows_gym(entry: Entry, profile: Profile) -> bool:
    value = resolve(entry.value)
    if entry.name == CONFIG_PATHS:
        return True
    if not isinstance(value, Mapping):
        return False
    keys = {below.name for below in value.entries}
    if not keys.isdisjoint(profile.server_types) or INHERIT_FROM in keys or COPY in keys:
        return True
    return _is_sandbox(entry, keys, profile) or any(_holds_servers(below) for below in value.entries)


def _is_sandbox(entry: Entry, keys: set[Atom], profile: Profile) -> bool:
    """Whether a block is a sandbox, or would be one but for a slip: a provider too many, or one that nobody knows."""
    others = keys - {DEFAULT_METADATA}
    if DEFAULT_METADATA in keys and others:
        return True
    has_provider = not keys.isdisjoint(profile.sandbox_providers)
    return has_provider and (len(others) == 1 or entry.name == USUAL_SANDBOX)


def _holds_servers(entry: Entry) -> bool:
    """Whether the values below are servers by their entrypoint: a server type with a slip in it."""
    value = resolve(entry.value)
    if not isinstance(value, Mapping) or not isinstance(entry.name, str):
        return False
    return any(
        isinstance(server := resolve(below.value), Mapping) and isinstance(server.get(ENTRYPOINT), Value)
        for below in value.entries
    )


GYM_FOLDERS: Collection[str] = (
    BENCHMARKS_FOLDER,
    ENVIRONMENTS_FOLDER,
    ENVIRONMENTS,
    RESOURCES,
    AGENTS,
    MODELS,
    "nemo_gym",
)
"""The folders of an install root that hold Gym's own files; in site-packages everything else is somebody else's."""
