"""Document symbols: the outline of one file."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.secrets import masked_text
from gym_lsp.gym.layout import CONFIG_PATHS, COPY, DATASETS, INHERIT_FROM, NAME, TYPE, is_name_alone, names_server_type
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import Entry, Mapping, Node, Scalar, Sequence, resolve
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


class SymbolKind(Enum):
    """The kinds of symbols, which determine their icons."""

    INSTANCE = "instance"
    SERVER = "server"
    REF = "ref"
    DATASET = "dataset"
    SANDBOX = "sandbox"
    PROVIDER = "provider"
    INCLUDES = "includes"
    FILE = "file"
    VALUE = "value"
    ENVIRONMENT = "environment"
    BENCHMARK = "benchmark"
    AGENT = "agent"


class Symbol(Struct, frozen=True):
    """One entry of an outline; `selection` is the span of its name."""

    name: str
    kind: SymbolKind
    span: Span
    selection: Span
    detail: str = ""
    children: tuple[Symbol, ...] = ()


def document_symbols(workspace: Workspace, path: PurePath) -> tuple[Symbol, ...]:
    """Return the outline of a file: includes, instances with their servers, their refs and datasets, and sandboxes.

    The result is empty for files that are not part of NeMo Gym.
    """
    kind = workspace.kind(path)
    if kind in (FileKind.OTHER, FileKind.PROMPT):
        return ()
    root = workspace.gym_part(path).document.root
    entries = root.entries if isinstance(root, Mapping) else ()
    if kind is FileKind.MANIFEST:
        return tuple(_plain(entry) for entry in entries)
    return tuple(_top_level(entry, workspace.profile) for entry in entries)


def is_sandbox(value: Node, profile: Profile) -> bool:
    """Whether a top-level block configures a sandbox provider."""
    keys = {entry.name for entry in value.entries} if isinstance(value, Mapping) else set[object]()
    return not keys.isdisjoint(profile.sandbox_providers)


def _top_level(entry: Entry, profile: Profile) -> Symbol:
    # The value of an alias is outside of this entry, and LSP requires nested symbols.
    value = entry.value
    if entry.name == CONFIG_PATHS and isinstance(value, Sequence):
        files = tuple(_file(item) for item in value.items if isinstance(item, Scalar))
        return _symbol(entry, SymbolKind.INCLUDES, "", files)
    if not isinstance(value, Mapping):
        return _plain(entry)
    servers = tuple(_servers(value, profile))
    if not servers and is_sandbox(value, profile):
        providers = tuple(
            _symbol(below, SymbolKind.PROVIDER) for below in value.entries if _is_provider(below, profile)
        )
        return _symbol(entry, SymbolKind.SANDBOX, ", ".join(each.name for each in providers), providers)
    base = next((below for below in value.entries if below.name in (INHERIT_FROM, COPY)), None)
    inherited = "" if base is None else f"from {_text(base.value)}"
    if not servers and base is None:
        return _plain(entry)
    detail = ", ".join(filter(None, (*(server.detail for server in servers), inherited)))
    return _symbol(entry, SymbolKind.INSTANCE, detail, servers)


def _servers(instance: Mapping, profile: Profile) -> Iterator[Symbol]:
    for group in instance.entries:
        implementations = group.value
        if group.name in profile.server_types and isinstance(implementations, Mapping):
            for entry in implementations.entries:
                children = tuple(_fields(entry.value, profile)) if isinstance(entry.value, Mapping) else ()
                yield _symbol(entry, SymbolKind.SERVER, str(group.name), children)


def _fields(server: Mapping, profile: Profile) -> Iterator[Symbol]:
    """Yield the refs of a server, at any depth, and its datasets."""
    for entry in server.entries:
        value = entry.value
        if entry.name == DATASETS and isinstance(value, Sequence):
            yield from (_dataset(item) for item in value.items if isinstance(item, Mapping))
        elif isinstance(value, Mapping):
            if names_server_type(value, profile.server_types) or is_name_alone(value):
                yield _symbol(entry, SymbolKind.REF, _text(value.get(NAME)))
            else:
                yield from _fields(value, profile)


def _dataset(item: Mapping) -> Symbol:
    name = item.entry(NAME)
    selection = item.span if name is None else name.value.span
    label = DATASETS if name is None else _text(name.value)
    return Symbol(masked_text(label) or DATASETS, SymbolKind.DATASET, item.span, selection, _text(item.get(TYPE)))


def _is_provider(entry: Entry, profile: Profile) -> bool:
    return entry.name in profile.sandbox_providers


def _file(item: Scalar) -> Symbol:
    return Symbol(masked_text(item.text) or "''", SymbolKind.FILE, item.span, item.span)


def _plain(entry: Entry) -> Symbol:
    return _symbol(entry, SymbolKind.VALUE)


def _symbol(entry: Entry, kind: SymbolKind, detail: str = "", children: tuple[Symbol, ...] = ()) -> Symbol:
    # Editors reject an empty name.
    name = masked_text(str(entry.name)) or "''"
    return Symbol(name, kind, entry.span, entry.key.span, detail, children)


def _text(node: Node | None) -> str:
    value = None if node is None else resolve(node)
    return masked_text(value.text) if isinstance(value, Scalar) else ""
