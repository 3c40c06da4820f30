"""The files that include a file. Texts are searched first, so that only files that mention it have to be parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.include import entries_of
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.problem import Problem
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.memo import firewall, lasting, query
from gym_lsp.syntax import KeyPath
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace

_FILE_PATH = re.compile(r"""[^\s"'\[\]{},]+\.ya?ml""")
_INTERPOLATED_PATH = re.compile(r"^[ \t]*(?:-|config_paths\s*:).*\$\{.*\.ya?ml", re.MULTILINE)


@query
def includers(workspace: Workspace, path: PurePath) -> tuple[PurePath, ...]:
    """Return the files of the workspace whose own run reaches this file, nearest first."""
    found: dict[PurePath, None] = {}
    pending = [path]
    while pending:
        for includer in _included_by(workspace, pending.pop(0)):
            if includer != path and includer not in found:
                found[includer] = None
                pending.append(includer)
    return tuple(found)


@query
def include_entries(workspace: Workspace, path: PurePath) -> tuple[str, ...]:
    """Return the `config_paths` entries of one file, as written; of a recipe, those of the run that it embeds."""

    def interpolate(root: Table, leaf: Leaf, at: KeyPath) -> Config | Problem:
        return Interpolator(root, frozenset(workspace.environment)).resolve(leaf, at)

    config = workspace.config(path)
    if config is None:
        return ()
    if workspace.kind(path) is FileKind.RECIPE:
        config = workspace.recipe(path).embedded
    return tuple(str(entry.value) for entry in entries_of(config, interpolate) if isinstance(entry, Leaf))


@query
@lasting
def mentioned(workspace: Workspace, path: PurePath) -> frozenset[str]:
    """Return the paths of YAML files in the text of a file, if it can include any. This is a cheap guess.

    They contain the empty path if an interpolated entry may resolve to a path that is not in the text.
    """
    return _mentioned(workspace.text(path)) if workspace.may_be_gym(path) else frozenset()


@query
def _included_by(workspace: Workspace, path: PurePath) -> tuple[PurePath, ...]:
    """Return the members that name a file in their `config_paths`."""
    spelled = workspace.spelled(path)
    names = (spelled, *_old_paths(workspace).get(spelled, ()))
    spellings = {path.as_posix(), f"./{spelled}", *names}
    candidates = _naming(workspace, spellings)
    return tuple(member for member in candidates if not spellings.isdisjoint(include_entries(workspace, member)))


def _naming(workspace: Workspace, spellings: Iterable[str]) -> Iterator[PurePath]:
    """Yield the members whose text may contain one of some paths. Parsing all members for one file is too slow."""
    ends = sorted(set(map(_end, spellings)))
    if all(_FILE_PATH.fullmatch(end) for end in ends):
        yield from dict.fromkeys(member for end in ("", *ends) for member in _mentioning(workspace, end))
    else:
        yield from _that_include(workspace)


def _end(path: str) -> str:
    """Return the name of a file with its folder, because most configs have the same name."""
    return "/".join(path.split("/")[-2:])


@query
def _old_paths(workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    """Return the old names that still lead to a file."""
    profile = workspace.profile
    found: dict[str, list[str]] = defaultdict(list)
    for old, new in profile.config_path_aliases.items() if profile.path_aliases_followed else ():
        found[new].append(old)
    return {new: tuple(old) for new, old in found.items()}


@query
def _that_include(workspace: Workspace) -> tuple[PurePath, ...]:
    """Return the members that could include something."""
    candidates = filter(workspace.may_be_gym, workspace.members)
    return tuple(path for path in candidates if CONFIG_PATHS in (workspace.text(path) or ""))


@query
@firewall
@lasting
def _mentioning(workspace: Workspace, end: str) -> tuple[PurePath, ...]:
    """Return the members whose text contains a path with this end."""
    return _mentions(workspace).get(end, ())


@query
def _mentions(workspace: Workspace) -> Mapping[str, tuple[PurePath, ...]]:
    """Return the members by the ends of the paths of YAML files in their texts.

    Members with an interpolated entry, which may resolve to a path that is not in the text, are under the empty text.
    """
    found: dict[str, dict[PurePath, None]] = defaultdict(dict)
    for path in workspace.members:
        for spelled in mentioned(workspace, path):
            found[_end(spelled)][path] = None
    return {name: tuple(paths) for name, paths in found.items()}


def _mentioned(text: str | None) -> frozenset[str]:
    if text is None or CONFIG_PATHS not in text:
        return frozenset()
    # Most lines do not name a file. Trying the pattern at each of their letters would take most of the time.
    paths = (path for line in text.split("\n") if ".y" in line for path in _FILE_PATH.findall(line))
    may_spell_others = "${" in text and _INTERPOLATED_PATH.search(text) is not None
    return frozenset((*paths, *([""] if may_spell_others else [])))
