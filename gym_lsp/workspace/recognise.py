"""The kinds of YAML files, and whether a file belongs to NeMo Gym.

The folder is not enough to decide, because harness configs and prompt templates are next to Gym configs. So a file is
recognised by its place and its content. A test compares the result for every file of the corpus with the decision of a
person.
"""

from __future__ import annotations

import re
from enum import Enum

from gym_lsp.gym.embedding import RECIPE_DEFAULTS, Embedding
from gym_lsp.gym.layout import (
    CONFIG_PATHS,
    COPY,
    DEFAULT_METADATA,
    ENTRYPOINT,
    ENV_YAML,
    INHERIT_FROM,
    MANIFEST_FILENAME,
    PROMPTS_FOLDER,
    USUAL_SANDBOX,
)
from gym_lsp.gym.manifest import CATALOG_FOLDERS
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import Document, KeyPath, Mapping, Scalar, Sequence, Value, resolve
from gym_lsp.syntax.tree import Atom, Entry
from gym_lsp.workspace.place import is_config_place, is_in_common_folder, is_prompt_place, is_sure_place

_ENV_YML = "env.yml"
_POLICY = "policy_"
"""The beginning of the settings of the policy model."""


_OTHER_TOOL = re.compile(r"\{\{|^apiVersion:|^- hosts:", re.MULTILINE)
"""What shows that a text which NeMo Gym cannot read belongs to Helm, Kubernetes or Ansible."""


class FileKind(Enum):
    """Kinds of YAML files."""

    CONFIG = "config"
    ENVIRONMENT = "env.yaml"
    MANIFEST = "manifest"
    PROMPT = "prompt"
    RECIPE = "recipe"
    OTHER = "other"


def recognise(path: str, document: Document, profile: Profile) -> FileKind:
    """Return the kind of a file. `path` has forward slashes.

    If the text is broken and its content is not recognised, the place alone decides.
    """
    kind = _recognise(path.split("/"), document.root, profile)
    if kind is FileKind.OTHER and _is_unrecognisable(document) and is_sure_place(path):
        is_others = is_in_common_folder(path) and _OTHER_TOOL.search(document.text) is not None
        return FileKind.OTHER if is_others else FileKind.CONFIG
    return kind


def kind_by_place(path: str) -> FileKind:
    """Return the kind of the files that belong at a path, for a file that is empty or whose content shows nothing yet.

    `path` is relative to its root, with forward slashes. Such a file can be completed, but it has no findings.
    """
    if is_config_place(path):
        return FileKind.CONFIG
    return FileKind.PROMPT if is_prompt_place(path) else FileKind.OTHER


def _is_unrecognisable(document: Document) -> bool:
    """Return whether the content is broken or not a mapping. An empty file is neither."""
    root = document.root
    if document.is_broken or isinstance(root, Sequence):
        return True
    return isinstance(root, Scalar) and root.value is not None


def has_telling_place(path: str) -> bool:
    """Return whether the place of a file may be enough to recognise it, whatever its text."""
    *_, name = path.split("/")
    return name in (ENV_YAML, _ENV_YML, MANIFEST_FILENAME) or is_sure_place(path)


def may_embed_run(document: Document, embedding: Embedding) -> bool:
    """Return whether a file may be a training recipe: it has the embedded mapping, or other recipes as its defaults.

    If it only has the switch for the run, the run is missing.
    """
    root = document.root
    if isinstance(root, Mapping) and root.entry(RECIPE_DEFAULTS) is not None:
        return True
    return isinstance(_at(root, embedding.path), Mapping) or _at(root, embedding.switch or ("",)) is not None


def _at(node: Value | None, path: KeyPath) -> Value | None:
    for step in path:
        node = node.get(step) if isinstance(node, Mapping) and isinstance(step, str) else None
    return node


def _recognise(steps: list[str], root: Value | None, profile: Profile) -> FileKind:
    if steps[-1] == ENV_YAML or (steps[-1] == _ENV_YML and _has_settings(root, profile)):
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
    lacks_instances = any(entry.name in profile.server_types and _holds_servers(entry) for entry in root.entries)
    if lacks_instances and is_config_place("/".join(steps)):
        return FileKind.CONFIG
    return FileKind.OTHER


def _has_settings(root: Value | None, profile: Profile) -> bool:
    """Return whether a mapping sets the policy model or a reserved key; an environment of conda has the same name."""
    keys = {entry.name for entry in root.entries} if isinstance(root, Mapping) else set[Atom]()
    return any(key in profile.reserved_keys or str(key).startswith(_POLICY) for key in keys)


def _is_called_prompt(steps: list[str], root: Mapping) -> bool:
    """Return whether a file has a place or name of prompts and contains only scalars, whatever their keys."""
    is_there = steps[-2:-1] == [PROMPTS_FOLDER] or steps[-1].startswith("prompt")
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
    """Return whether a block is a sandbox, or almost one: with a second provider, or with an unknown one."""
    others = keys - {DEFAULT_METADATA}
    if DEFAULT_METADATA in keys and others:
        return True
    has_provider = not keys.isdisjoint(profile.sandbox_providers)
    return has_provider and (len(others) == 1 or entry.name == USUAL_SANDBOX)


def _holds_servers(entry: Entry) -> bool:
    """Return whether the values below have an entrypoint, so that the key is probably a misspelt server type."""
    value = resolve(entry.value)
    if not isinstance(value, Mapping) or not isinstance(entry.name, str):
        return False
    return any(
        isinstance(server := resolve(below.value), Mapping) and isinstance(server.get(ENTRYPOINT), Value)
        for below in value.entries
    )
