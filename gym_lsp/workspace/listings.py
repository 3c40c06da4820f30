"""The files of rows that the datasets of a config name, and what NeMo Gym expects of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.blocks import datasets_of, is_settled, spelled_servers
from gym_lsp.compose.config import Leaf, Table, at
from gym_lsp.compose.recipe import Recipe
from gym_lsp.compose.run import Composition, Run
from gym_lsp.files import LARGEST_ROWS, LARGEST_TEXT, Kind, TooLarge, Unreadable
from gym_lsp.gym.layout import (
    AGENTS,
    BENCHMARK,
    EXAMPLE,
    JSONL_FPATH,
    NAME,
    PROMPT_CONFIG,
    RESOURCES,
    RESOURCES_SERVER,
    TYPE,
)
from gym_lsp.gym.prompt import TEMPLATES, placeholders, template_faults
from gym_lsp.gym.release.profile import Profile
from gym_lsp.memo import firewall, query
from gym_lsp.rows.judging import is_object
from gym_lsp.rows.reading import rows_in, value_of
from gym_lsp.text import Span
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import UseKind
from gym_lsp.workspace.workspace import Workspace

_TASKSET = "taskset"


class Listing(Struct, frozen=True):
    """A dataset of a run that names a file of rows.

    `at` is the place of its path in the file `config`, and `instance` the instance that the dataset belongs to. `owner`
    is the server type and the implementation of the server whose schema the rows must match, if it is known. `prompt`
    is the file that the rows are formatted with; `has_prompt` is also true if the run formats all its rows.
    `instances` are those of the run.
    """

    rows: PurePath
    config: PurePath
    at: Span
    instance: str
    name: str
    type: str
    owner: tuple[str, str] | None
    prompt: PurePath | None
    has_prompt: bool
    is_task: bool
    instances: frozenset[str]
    agents: frozenset[str] | None = None
    """The agents of the run if the file is the data of a training recipe, else None."""

    @property
    def is_tested_example(self) -> bool:
        """Whether the tests of a resources server count the lines of the file: `_validate_data_single`."""
        is_there = self.rows.parts[-4:-3] == (RESOURCES,) and self.rows.parts[-2:] == ("data", "example.jsonl")
        return self.type == EXAMPLE and is_there


@query
def listings_of(workspace: Workspace, path: PurePath) -> tuple[Listing, ...]:
    """Return what the own run of a config lists."""
    match workspace.kind(path):
        case FileKind.CONFIG:
            return tuple(_listed(workspace, workspace.own_run(path)))
        case FileKind.RECIPE:
            return tuple(_data_of(workspace, workspace.own_run(path)))
        case _:
            return ()


@query
def listings_of_run(workspace: Workspace, run: Run) -> tuple[Listing, ...]:
    """Return what a run lists. Raises OverrideError."""
    composition = workspace.compose(run)
    return (*_listed(workspace, composition), *_data_of(workspace, composition))


@query
def listings_naming(workspace: Workspace, rows: PurePath) -> tuple[Listing, ...]:
    """Return everything that the configs of the workspace list and that names a file of rows."""
    configs = _naming(workspace, rows)
    reaching = (includer for config in configs for includer in includers(workspace, config))
    paths = dict.fromkeys((*configs, *reaching))
    return tuple(each for path in paths for each in listings_of(workspace, path) if each.rows == rows)


def all_rows(workspace: Workspace) -> tuple[PurePath, ...]:
    """Return the files of rows that the configs of the workspace name, in the order of the configs."""
    return tuple(_named(workspace))


def first_text(workspace: Workspace, rows: PurePath) -> str:
    """Return the first rows of a file, as long as a config can be; empty if it cannot be read.

    The text is not remembered.
    """
    return _text(workspace, rows, LARGEST_TEXT)


def whole_text(workspace: Workspace, rows: PurePath) -> str:
    """Return the text of a file of rows up to the limit of a check; empty if it cannot be read. Not remembered."""
    return _text(workspace, rows, LARGEST_ROWS)


def _text(workspace: Workspace, rows: PurePath, most: int) -> str:
    try:
        return workspace.files.head(rows, most)
    except Unreadable:
        return ""


@query
@firewall
def _naming(workspace: Workspace, rows: PurePath) -> tuple[PurePath, ...]:
    """Return the members whose text names a file of rows in a dataset."""
    return _named(workspace).get(rows, ())


@query
def _named(workspace: Workspace) -> Mapping[PurePath, tuple[PurePath, ...]]:
    found: dict[PurePath, list[PurePath]] = defaultdict(list)
    for path in workspace.members:
        for rows in _named_in(workspace, path):
            found[rows].append(path)
    return {rows: tuple(paths) for rows, paths in found.items()}


@query
def _named_in(workspace: Workspace, path: PurePath) -> tuple[PurePath, ...]:
    """Return the files of rows that a config names by its own text. No run is composed for it."""
    if workspace.kind(path) is FileKind.RECIPE:
        return tuple(dict.fromkeys(file for _, file in _data(workspace, workspace.recipe(path))))
    if workspace.kind(path) is not FileKind.CONFIG:
        return ()
    uses = (use for use in workspace.uses(path) if use.kind is UseKind.FILE and use.at[-1] == JSONL_FPATH)
    files = (_in_roots(workspace, use.name) for use in uses)
    return tuple(dict.fromkeys(file for file in files if file is not None))


def _listed(workspace: Workspace, run: Composition) -> Iterator[Listing]:
    profile, config = workspace.profile, run.config
    instances: frozenset[str] | None = None
    for instance, block in config.entries.items():
        if not isinstance(block, Table) or not isinstance(instance, str):
            continue
        for server in spelled_servers(block, profile):
            for dataset in datasets_of(server.config):
                at = dataset.get(JSONL_FPATH)
                rows = _file(workspace, at)
                if rows is None or not isinstance(at, Leaf) or workspace.settings.excludes(rows):
                    continue
                instances = _instances(run, profile) if instances is None else instances
                kind, prompt = dataset.leaf(TYPE), _file(workspace, dataset.get(PROMPT_CONFIG))
                formats = kind == BENCHMARK and dataset.get(PROMPT_CONFIG) is not None
                yield Listing(
                    rows,
                    at.origin.path,
                    at.node.span,
                    instance,
                    str(dataset.leaf(NAME)),
                    str(kind),
                    _owner(config, server.server_type, server.implementation, server.config, profile),
                    prompt if formats else None,
                    formats or config.get(PROMPT_CONFIG) is not None,
                    dataset.leaf(_TASKSET) is not None,
                    instances,
                )


def _data(workspace: Workspace, recipe: Recipe) -> Iterator[tuple[Leaf, PurePath]]:
    """Yield the values of a recipe that name its rows, with the files that they lead to."""
    for keys in recipe.embedding.data:
        at_path = at(recipe.config, keys)
        found = _file(workspace, at_path)
        if found is not None and isinstance(at_path, Leaf) and not workspace.settings.excludes(found):
            yield at_path, found


def _data_of(workspace: Workspace, run: Composition) -> Iterator[Listing]:
    """Yield the data of the recipe that a run is embedded in, if there is one."""
    recipe = run.recipe
    if recipe is None or not recipe.has_run or run.is_incomplete:
        return
    agents = {*(server.name for server in run.servers if server.server_type == AGENTS), *run.renames}
    instances = _instances(run, workspace.profile)
    for leaf, rows in _data(workspace, recipe):
        name, place = workspace.spelled(recipe.path), leaf.node.span
        yield Listing(
            rows,
            leaf.origin.path,
            place,
            name,
            name,
            "",
            None,
            None,
            False,
            False,
            instances,
            frozenset(agents),
        )


def _file(workspace: Workspace, value: object) -> PurePath | None:
    """Return the file in a search root that a value names; None if there is none, or if it is outside of the fence."""
    if not isinstance(value, Leaf) or not is_settled(value) or not isinstance(value.value, str) or not value.value:
        return None
    return _in_roots(workspace, value.value)


def _in_roots(workspace: Workspace, spelled: str) -> PurePath | None:
    path = workspace.search.resolve(workspace.files, spelled)
    if path is None or workspace.files.kind(path) is not Kind.FILE or workspace.is_outside(path):
        return None
    return path if any(path.is_relative_to(root) for root in workspace.search.roots) else None


def _owner(
    config: Table, server_type: str, implementation: str, server: Table, profile: Profile
) -> tuple[str, str] | None:
    """Return the server whose schema the rows of a dataset must match. Mirrors `_task_data_validator_for`."""
    if server_type == RESOURCES:
        return server_type, implementation
    if server_type != AGENTS:
        return None
    ref = server.get(RESOURCES_SERVER)
    if ref is None or (isinstance(ref, Leaf) and ref.value is None):
        return server_type, implementation
    name = ref.leaf(NAME) if isinstance(ref, Table) else None
    block = config.get(name) if isinstance(name, str) else None
    servers = spelled_servers(block, profile) if isinstance(block, Table) else ()
    return next(((RESOURCES, each.implementation) for each in servers if each.server_type == RESOURCES), None)


def _instances(run: Composition, profile: Profile) -> frozenset[str]:
    """Return the servers of a run, those that composing has replaced by others included."""
    tables = (run.config, *(file.config for file in run.files))
    blocks = (entry for table in tables for entry in table.entries.items())
    return frozenset(
        str(name)
        for name, block in blocks
        if isinstance(block, Table) and not block.entries.keys().isdisjoint(profile.server_types)
    )


@query
def prompt_columns(workspace: Workspace, path: PurePath) -> tuple[str, ...]:
    """Return the columns that a prompt needs, each once; none if it cannot be read or has faults."""
    config = workspace.config(path)
    templates = [] if config is None else [config.leaf(key) for key in TEMPLATES]
    texts = [each for each in templates if isinstance(each, str)]
    if any(True for text in texts for _ in template_faults(text)):
        return ()
    return tuple(dict.fromkeys(each.name for text in texts for each in placeholders(text)))


class Columns(Struct, frozen=True):
    """The columns of the rows of a file that were read, in the order of the rows, and the number of these rows.

    `is_complete` means that all rows of the file were read. `is_valid` means that each of them is a JSON object.
    """

    names: tuple[str, ...]
    count: int
    is_complete: bool
    is_valid: bool


@query
def columns_in(workspace: Workspace, rows: PurePath) -> Columns:
    """Return the columns of a file of rows; of a file above 2 MiB, those of its first rows."""
    try:
        text, is_complete = workspace.files.read(rows), True
    except TooLarge:
        text, is_complete = first_text(workspace, rows), False
    except Unreadable:
        return Columns((), 0, is_complete=False, is_valid=False)
    names: dict[str, None] = {}
    count, is_valid = 0, True
    for row in rows_in(text):
        if row.text.strip():
            value = value_of(row.text)
            count, is_valid = count + 1, is_valid and is_object(value)
            names.update(dict.fromkeys(value if is_object(value) else ()))
    return Columns(tuple(names), count, is_complete, is_valid)
