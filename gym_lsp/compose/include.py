"""`config_paths`: the files of a run, and the order in which they are merged.

Mirrors `GlobalConfigDictParser.load_extra_config_paths`. Files are discovered breadth first. An entry with the text of
an earlier one is not included again. The order of merging depends on the release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct, field

from gym_lsp.compose.config import Array, Config, Leaf, Table
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT
from gym_lsp.compose.problem import (
    IncludeAliased,
    IncludeMissingValue,
    IncludeNotFound,
    IncludeNotText,
    IncludeOutside,
    IncludeRepeated,
    IncludesNotList,
    IncludeUnknown,
    IncludeUnreadable,
    Malformed,
    Problem,
    RootNotMapping,
)
from gym_lsp.compose.source import ConfigFile, Configs
from gym_lsp.files import Files, Kind, Outside, Unreadable
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.roots import SearchRoots
from gym_lsp.syntax import KeyPath

Interpolate = Callable[[Table, Leaf, KeyPath], Config | Problem]
"""(root, interpolation, its key path) -> its value, or the reason why it has none."""


class Included(Struct, eq=False):
    """One file of a run. `item` is the value that names it, and `includer` the index of the file with that value."""

    entry: str
    item: Config
    path: PurePath | None
    file: ConfigFile | None
    includer: int | None
    children: list[int] = field(default_factory=list[int])


class Includes(Struct, frozen=True):
    """The files of a run in the order of discovery, and the order in which they are merged."""

    nodes: tuple[Included, ...]
    merge_order: tuple[int, ...]
    problems: tuple[Problem, ...]

    @property
    def merged(self) -> tuple[ConfigFile, ...]:
        files = (self.nodes[index].file for index in self.merge_order)
        return tuple(file for file in files if file is not None)

    @property
    def absent_roots(self) -> Iterator[Included]:
        """The root configs that are not in any search root."""
        return (node for node in self.nodes if node.includer is None and node.path is None)

    def chain(self, index: int) -> tuple[Included, ...]:
        """Return the files from the root config down to the file at `index`, that one included."""
        steps: list[Included] = []
        current: int | None = index
        while current is not None:
            steps.append(self.nodes[current])
            current = self.nodes[current].includer
        return tuple(reversed(steps))


def discover(
    roots: tuple[Leaf, ...],
    configs: Configs,
    files: Files,
    search: SearchRoots,
    profile: Profile,
    interpolate: Interpolate,
) -> Includes:
    """Follow `config_paths` from the root entries. Never raises: an entry that cannot be followed is a problem."""
    search_for = _Search(configs, files, search, profile)
    nodes: list[Included] = []
    problems: list[Problem] = []
    seen: dict[str, Config] = {}
    for root in roots:
        # As in NeMo Gym, a root that is given twice is loaded twice.
        seen.setdefault(str(root.value), root)
        nodes.append(Included(str(root.value), root, None, None, None))
    index = 0
    while index < len(nodes):
        node = nodes[index]
        problems.extend(search_for.load(node))
        seen.setdefault(node.entry, node.item)
        if node.file is not None:
            for entry in entries_of(node.file.config, interpolate):
                if isinstance(entry, Problem):
                    problems.append(entry)
                    continue
                text = str(entry.value)
                first = seen.get(text)
                if first is not None:
                    problems.append(IncludeRepeated(entry, text, first))
                    continue
                seen[text] = entry
                node.children.append(len(nodes))
                nodes.append(Included(text, entry, None, None, index))
        index += 1
    order = _post_order(nodes, len(roots)) if profile.includer_wins else tuple(range(len(nodes)))
    return Includes(tuple(nodes), order, tuple(problems))


def entries_of(config: Table, interpolate: Interpolate) -> Iterator[Leaf | Problem]:
    """Yield the entries of the `config_paths` of one file. Interpolations are resolved within that file."""
    listed = config.get(CONFIG_PATHS)
    if isinstance(listed, Leaf):
        if listed.is_interpolation:
            resolved = interpolate(config, listed, (CONFIG_PATHS,))
            if isinstance(resolved, Problem):
                yield resolved
                return
            listed = resolved
        if isinstance(listed, Leaf):
            if listed.value and not listed.is_missing:
                yield IncludesNotList(listed)
            return
    if isinstance(listed, Table):
        if listed.entries:
            yield IncludesNotList(listed)
        return
    if not isinstance(listed, Array):
        return
    for position, item in enumerate(listed.items):
        yield _entry(config, item, (CONFIG_PATHS, position), interpolate)


def _entry(config: Table, item: Config, path: KeyPath, interpolate: Interpolate) -> Leaf | Problem:
    if isinstance(item, Leaf) and item.is_missing:
        return IncludeMissingValue(item)
    if isinstance(item, Leaf) and item.is_interpolation:
        resolved = interpolate(config, item, path)
        if isinstance(resolved, Problem):
            return resolved
        if isinstance(resolved, Leaf) and isinstance(resolved.value, str):
            if FROM_ENVIRONMENT in resolved.value:
                return IncludeUnknown(item)
            return Leaf(resolved.value, item.origin, item.key, item.node, None, 0)
        return IncludeNotText(item)
    if isinstance(item, Leaf) and isinstance(item.value, str):
        return item
    return IncludeNotText(item)


class _Search:
    """A loader of the files that entries name."""

    def __init__(self, configs: Configs, files: Files, search: SearchRoots, profile: Profile) -> None:
        self._configs = configs
        self._files = files
        self._search = search
        self._aliases: Mapping[str, str] = profile.config_path_aliases if profile.path_aliases_followed else {}

    def load(self, node: Included) -> Iterator[Problem]:
        """Set the path and the file of a node, and yield its problems."""
        path = self._search.resolve(self._files, node.entry)
        if path is None:
            canonical = self._aliases.get(PurePath(node.entry).as_posix())
            path = None if canonical is None else self._search.resolve(self._files, canonical)
            if canonical is None or path is None:
                yield IncludeNotFound(node.item, node.entry)
                return
            yield IncludeAliased(node.item, node.entry, canonical)
            node.entry = canonical
        node.path = path
        try:
            node.file = self._configs.load(path)
        except Outside:
            yield IncludeOutside(node.item, node.entry, path)
            return
        except Unreadable as error:
            is_directory = self._files.kind(path) is Kind.DIRECTORY
            yield IncludeUnreadable(node.item, node.entry, path, error.reason, is_directory)
            return
        for problem in node.file.document.problems:
            yield Malformed(node.file.config, path, problem)
        if not node.file.root_is_mapping:
            yield RootNotMapping(node.file.config)


def _post_order(nodes: list[Included], roots: int) -> tuple[int, ...]:
    """Return the nodes with each file after all that it includes. Siblings keep their order."""
    order: list[int] = []
    pending = [(root, False) for root in reversed(range(roots))]
    while pending:
        index, children_done = pending.pop()
        if children_done:
            order.append(index)
            continue
        pending.append((index, True))
        pending.extend((child, False) for child in reversed(nodes[index].children))
    return tuple(order)
