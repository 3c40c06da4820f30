"""What one file defines and what it refers to, by name and place.

Told from the text alone, before anything is merged, so that it is there for broken files and costs nothing when another
file changes. Which definition a use means is decided by the run that it is looked at in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from gym_lsp.compose.config import COPY, COPY_PREFIX, INHERIT_FROM, INHERIT_PREFIX
from gym_lsp.compose.include import CONFIG_PATHS
from gym_lsp.compose.source import ConfigFile
from gym_lsp.gym.profile import Profile
from gym_lsp.syntax import Alias, KeyPath, Mapping, Node, Scalar, Sequence, resolve
from gym_lsp.syntax.interpolation import Call, Reference, parse_template, walk
from gym_lsp.text import Span


class UseKind(Enum):
    """How a name is used."""

    SERVER_REF = "server-ref"
    INHERIT = "inherit"
    COPY = "copy"
    INTERPOLATION = "interpolation"
    SANDBOX = "sandbox"
    INCLUDE = "include"
    FILE = "file"
    ROUTE = "route"
    VARIABLE = "variable"


FILE_FIELDS = ("prompt_config", "jsonl_fpath", "prepare_script", "entrypoint", "input_jsonl_fpath")
"""Fields whose values are paths."""
SANDBOX_FIELD = "sandbox_provider"
ROUTE_FIELDS = ("agent_name", "agent_map", "fan_out", "environment_server_name", "environment_server_routes")
"""Top-level keys whose values name instances."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a name. `steps` are the segments of a dotted path with the place of each; one for a plain name.

    `server_type` is that of a server ref, where it is written beside the name.
    """

    kind: UseKind
    name: str
    span: Span
    steps: tuple[tuple[str, Span], ...]
    at: KeyPath
    server_type: str | None = None


@dataclass(frozen=True, slots=True)
class Defined:
    """A top-level key of a file and the block under it. `server_type` is None where it is no server."""

    name: str
    key: Span
    block: Span
    server_type: str | None
    implementation: str | None


def definitions(file: ConfigFile, profile: Profile) -> Iterator[Defined]:
    """The top-level keys of a file."""
    root = file.document.root
    for entry in root.entries if isinstance(root, Mapping) else ():
        key, value = resolve(entry.key), resolve(entry.value)
        if not isinstance(key, Scalar) or not isinstance(key.value, str):
            continue
        server_type = implementation = None
        for below in value.entries if isinstance(value, Mapping) else ():
            if below.name in profile.server_types:
                server_type = str(below.name)
                group = resolve(below.value)
                if isinstance(group, Mapping) and group.entries:
                    implementation = str(group.entries[0].name)
                break
        yield Defined(key.value, key.span, entry.span, server_type, implementation)


def uses(file: ConfigFile, profile: Profile) -> Iterator[Use]:
    """Every use of a name in a file, in the order of the text."""
    if file.document.root is not None:
        yield from _uses(file.document.root, (), profile)


def _uses(node: Node, path: KeyPath, profile: Profile) -> Iterator[Use]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            below = (*path, str(entry.name))
            if isinstance(entry.value, Scalar):
                yield from _named(node, str(entry.name), entry.value, below, profile)
            elif not isinstance(entry.value, Alias):
                yield from _uses(entry.value, below, profile)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            below = (*path, index)
            if isinstance(item, Scalar):
                yield from _in_list(item, below)
            elif not isinstance(item, Alias):
                yield from _uses(item, below, profile)


def _named(table: Mapping, name: str, value: Scalar, path: KeyPath, profile: Profile) -> Iterator[Use]:
    if not isinstance(value.value, str):
        return
    text = value.value
    if "${" in text:
        yield from _interpolations(value, path)
        return
    if name in (INHERIT_FROM, COPY):
        kind = UseKind.INHERIT if name == INHERIT_FROM else UseKind.COPY
        yield _dotted(kind, text, value, path)
    elif name == "name" and _is_ref(table, profile):
        server_type = table.get("type")
        written = server_type.value if isinstance(server_type, Scalar) else None
        known = written if isinstance(written, str) and written in profile.server_types else None
        yield Use(UseKind.SERVER_REF, text, inner_span(value), ((text, inner_span(value)),), path, known)
    elif name == SANDBOX_FIELD:
        yield _plain(UseKind.SANDBOX, text, value, path)
    elif name in FILE_FIELDS:
        yield _plain(UseKind.FILE, text, value, path)
    elif len(path) in (1, 2) and path[0] in ROUTE_FIELDS:
        yield _plain(UseKind.ROUTE, text, value, path)


def _is_ref(table: Mapping, profile: Profile) -> bool:
    """A server ref, or a name alone that merges over an inherited ref."""
    keys = {entry.name for entry in table.entries}
    if keys == {"name"}:
        return True
    server_type = table.get("type")
    return isinstance(server_type, Scalar) and server_type.value in profile.server_types and keys == {"type", "name"}


def _in_list(item: Scalar, path: KeyPath) -> Iterator[Use]:
    if not isinstance(item.value, str):
        return
    if path[0] == CONFIG_PATHS and len(path) == 2:
        yield _plain(UseKind.INCLUDE, item.value, item, path)
    elif "${" in item.value:
        yield from _interpolations(item, path)
    elif path[0] in ROUTE_FIELDS:
        yield _plain(UseKind.ROUTE, item.value, item, path)


def _plain(kind: UseKind, text: str, value: Scalar, path: KeyPath) -> Use:
    span = inner_span(value)
    return Use(kind, text, span, ((text, span),), path)


def _dotted(kind: UseKind, text: str, value: Scalar, path: KeyPath, start: int | None = None) -> Use:
    """A dotted path, with the place of each segment."""
    offset = inner_span(value).start if start is None else start
    steps: list[tuple[str, Span]] = []
    for step in text.split("."):
        steps.append((step, Span(offset, offset + len(step))))
        offset += len(step) + 1
    first = steps[0][1].start
    return Use(kind, text, Span(first, first + len(text)), tuple(steps), path)


def _interpolations(value: Scalar, path: KeyPath) -> Iterator[Use]:
    text = str(value.value)
    offset = inner_span(value).start
    for prefix, kind in ((INHERIT_PREFIX, UseKind.INHERIT), (COPY_PREFIX, UseKind.COPY)):
        if text.startswith(prefix):
            target = text.removeprefix(prefix).removesuffix("}")
            yield _dotted(kind, target, value, path, offset + len(prefix))
            return
    for node in walk(parse_template(text)):
        if isinstance(node, Reference) and node.path is not None and node.dots == 0:
            steps = tuple(
                (str(step.key), Span(offset + step.span.start, offset + step.span.end)) for step in node.steps
            )
            span = Span(offset + node.key_span.start, offset + node.key_span.end)
            yield Use(UseKind.INTERPOLATION, ".".join(node.path), span, steps, path)
        elif isinstance(node, Call) and node.name in ("oc.env", "oc.select") and node.args:
            argument = node.args[0]
            span = Span(offset + argument.span.start, offset + argument.span.end)
            if node.name == "oc.env":
                yield Use(UseKind.VARIABLE, argument.raw, span, ((argument.raw, span),), path)
            else:
                yield _dotted(UseKind.INTERPOLATION, argument.raw, value, path, span.start)


def inner_span(value: Scalar) -> Span:
    """The place of a scalar's text without its quotes."""
    if value.style in ("'", '"'):
        return Span(value.start + 1, max(value.start + 1, value.end - 1))
    return value.span
