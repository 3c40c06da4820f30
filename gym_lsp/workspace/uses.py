"""The definitions and uses of names in one file, with their places.

They come from the text alone, before anything is merged. So broken files have them, too, and they stay valid when
another file changes. Which definition a use refers to depends on the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import takewhile

from msgspec import Struct

from gym_lsp.compose.pairing import ALLOWED_AGENTS, ALLOWED_MODEL_TYPES
from gym_lsp.compose.source import ConfigFile
from gym_lsp.gym.layout import (
    AGENT,
    AGENT_SERVER,
    AGENTS,
    CONFIG_PATH_FIELD,
    COPY,
    COPY_PREFIX,
    DELETE_KEY,
    ENTRYPOINT,
    FIELD_DEPTH,
    INHERIT_FROM,
    INHERIT_PREFIX,
    JSONL_FPATH,
    MANIFEST_FILENAME,
    MODEL_SERVER,
    MODELS,
    NAME,
    PREPARE_SCRIPT,
    PROMPT_CONFIG,
    RESOURCES,
    RESOURCES_SERVER,
    ROUTE_FIELDS,
    SANDBOX_PROVIDER,
    TYPE,
    is_dataset_field,
    is_field,
    is_include,
    is_name_alone,
    is_top_level,
    names_server_type,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import MISSING, Alias, KeyPath, Mapping, Node, Scalar, Sequence, resolve
from gym_lsp.syntax.interpolation import Argument, Call, Reference, parse_template, walk
from gym_lsp.text import Span


class UseKind(Enum):
    """Kinds of uses of a name."""

    SERVER_REF = "server-ref"
    INHERIT = "inherit"
    COPY = "copy"
    INTERPOLATION = "interpolation"
    SANDBOX = "sandbox"
    ROUTE = "route"
    DELETED_KEY = "deleted-key"
    IMPLEMENTATION = "implementation"
    INCLUDE = "include"
    FILE = "file"
    VARIABLE = "variable"


FILE_FIELDS = (PROMPT_CONFIG, JSONL_FPATH, PREPARE_SCRIPT, ENTRYPOINT, "input_jsonl_fpath", CONFIG_PATH_FIELD)
"""Fields whose values are paths."""
ALLOWED_FIELDS = {ALLOWED_AGENTS: AGENTS, ALLOWED_MODEL_TYPES: MODELS}
"""Fields of a resources server that list implementations, with the server type of the implementations."""
_MANIFEST_KEYS = {RESOURCES_SERVER: RESOURCES, AGENT_SERVER: AGENTS}
"""Keys of a manifest that name implementations."""
_BY_KEY = ("oc.select", "oc.deprecated", "oc.dict.keys", "oc.dict.values")
"""Resolvers whose first argument is the path of a key."""


_NAMING = frozenset(
    {UseKind.SERVER_REF, UseKind.INHERIT, UseKind.COPY, UseKind.INTERPOLATION, UseKind.SANDBOX, UseKind.ROUTE}
)
"""Uses whose first segment is a top-level name."""


class Use(Struct, frozen=True):
    """One use of a name. `steps` are the segments of a dotted path with their places. A plain name has one segment.

    `server_type` is the type of an implementation, or of a server ref if it is written next to the name.
    `base` is the path at which a relative interpolation starts. If a text has escapes or several lines, the place of
    each segment is that of the whole value.
    """

    kind: UseKind
    name: str
    span: Span
    steps: tuple[tuple[str, Span], ...]
    at: KeyPath
    server_type: str | None = None
    base: KeyPath = ()

    def moved(self, by: int) -> Use:
        """Return the same use that many code points further back in the text."""
        steps = tuple([(name, span.moved(by)) for name, span in self.steps])
        return Use(self.kind, self.name, self.span.moved(by), steps, self.at, self.server_type, self.base)

    @property
    def name_of_instance(self) -> str | None:
        """The first segment if it is a top-level name; None for paths of files and similar uses."""
        return None if self.base or self.kind not in _NAMING else self.steps[0][0]

    def path_to(self, step: int) -> KeyPath:
        """Return the absolute key path up to one segment, that one included."""
        return (*self.base, *(name for name, _ in self.steps[: step + 1]))


class Defined(Struct, frozen=True):
    """A top-level key of a file and its block. `server_type` is None if the block is not a server."""

    name: str
    key: Span
    block: Span
    server_type: str | None
    implementation: str | None


def definitions(file: ConfigFile, profile: Profile) -> Iterator[Defined]:
    """Yield the top-level keys of a file."""
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
    """Yield every use of a name in a file, in the order of the text."""
    if file.document.root is not None:
        yield from _Reading(file, profile).node(file.document.root, ())


class _Reading:
    """A reader of one file."""

    def __init__(self, file: ConfigFile, profile: Profile) -> None:
        self._text = file.document.text
        self._profile = profile
        self._is_manifest = file.path.name == MANIFEST_FILENAME

    def node(self, node: Node, path: KeyPath) -> Iterator[Use]:
        if isinstance(node, Mapping):
            for entry in node.entries:
                name = str(entry.name)
                if isinstance(entry.value, Scalar):
                    yield from self._value(node, name, entry.value, (*path, name))
                elif not isinstance(entry.value, Alias):
                    yield from self.node(entry.value, (*path, name))
        elif isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                if isinstance(item, Scalar):
                    yield from self._item(item, (*path, index))
                elif not isinstance(item, Alias):
                    yield from self.node(item, (*path, index))

    def _value(self, table: Mapping, name: str, value: Scalar, path: KeyPath) -> Iterator[Use]:
        text = value.value
        if not isinstance(text, str) or text == MISSING:
            return
        if "${" in text:
            yield from self._interpolations(value, path)
        elif name in (INHERIT_FROM, COPY):
            yield self._dotted(UseKind.INHERIT if name == INHERIT_FROM else UseKind.COPY, value, path)
        elif name == DELETE_KEY:
            yield from self._deleted(value, path)
        elif name == NAME and self._is_ref(table, path):
            written = table.get(TYPE)
            known = (
                written.value if isinstance(written, Scalar) and written.value in self._profile.server_types else None
            )
            yield self._plain(UseKind.SERVER_REF, value, path, None if known is None else str(known))
        elif name == SANDBOX_PROVIDER:
            yield self._plain(UseKind.SANDBOX, value, path)
        elif name in FILE_FIELDS:
            if self._is_path(name, path):
                yield self._plain(UseKind.FILE, value, path)
        elif name in ALLOWED_FIELDS:
            yield self._plain(UseKind.IMPLEMENTATION, value, path, ALLOWED_FIELDS[name])
        elif self._is_route(path):
            yield self._plain(UseKind.ROUTE, value, path)
        elif self._is_manifest and is_top_level(path):
            yield from self._in_manifest(name, value, path)

    def _item(self, item: Scalar, path: KeyPath) -> Iterator[Use]:
        if not isinstance(item.value, str) or item.value == MISSING:
            return
        if "${" in item.value:
            yield from self._interpolations(item, path)
        if is_include(path):
            yield self._plain(UseKind.INCLUDE, item, path)
        elif path[0] in ROUTE_FIELDS and "${" not in item.value:
            yield self._plain(UseKind.ROUTE, item, path)
        elif len(path) > 1 and path[-2] in ALLOWED_FIELDS:
            yield self._plain(UseKind.IMPLEMENTATION, item, path, ALLOWED_FIELDS[str(path[-2])])

    # The names in a value

    def _is_ref(self, table: Mapping, path: KeyPath) -> bool:
        """Return whether a mapping is a server ref, or a single name, which may be merged over an inherited ref."""
        if is_name_alone(table):
            return len(path) > FIELD_DEPTH and isinstance(path[-2], str)
        if names_server_type(table, self._profile.server_types):
            return True
        written = table.get(TYPE)
        if not isinstance(written, Scalar) or (written.value != MISSING and "${" not in written.text):
            return False
        # The type may come from elsewhere, but then the mapping must not have any other key.
        return {entry.name for entry in table.entries} == {TYPE, NAME}

    def _is_path(self, name: str, path: KeyPath) -> bool:
        if name == ENTRYPOINT:
            return is_field(path) and path[1] in self._profile.server_types
        return name != CONFIG_PATH_FIELD or (self._is_manifest and is_top_level(path))

    def _is_route(self, path: KeyPath) -> bool:
        if path[0] in ROUTE_FIELDS:
            return len(path) <= 2
        # A dataset can select the agent that runs it.
        return path[-1] == AGENT and is_dataset_field(path)

    def _in_manifest(self, name: str, value: Scalar, path: KeyPath) -> Iterator[Use]:
        if name == MODEL_SERVER:
            yield self._plain(UseKind.SERVER_REF, value, path, MODELS)
        elif name in _MANIFEST_KEYS:
            yield self._plain(UseKind.IMPLEMENTATION, value, path, _MANIFEST_KEYS[name])

    def _deleted(self, value: Scalar, path: KeyPath) -> Iterator[Use]:
        position = 0
        for piece in str(value.value).split(","):
            name = piece.strip()
            start = position + piece.find(name)
            if name:
                span = self._place(value, start, start + len(name))
                yield Use(UseKind.DELETED_KEY, name, span, ((name, span),), path)
            position += len(piece) + 1

    def _plain(self, kind: UseKind, value: Scalar, path: KeyPath, server_type: str | None = None) -> Use:
        text = str(value.value)
        span = self._place(value, 0, len(text))
        return Use(kind, text, span, ((text, span),), path, server_type)

    def _dotted(self, kind: UseKind, value: Scalar, path: KeyPath, start: int = 0, end: int | None = None) -> Use:
        """Return the use for a value, or a part of it, that is a dotted path."""
        text = str(value.value)[start:end]
        steps: list[tuple[str, Span]] = []
        offset = start
        for step in text.split("."):
            steps.append((step, self._place(value, offset, offset + len(step))))
            offset += len(step) + 1
        return Use(kind, text, self._place(value, start, start + len(text)), tuple(steps), path)

    # Interpolations

    def _interpolations(self, value: Scalar, path: KeyPath) -> Iterator[Use]:
        text = str(value.value)
        for prefix, kind in ((INHERIT_PREFIX, UseKind.INHERIT), (COPY_PREFIX, UseKind.COPY)):
            if text.startswith(prefix):
                yield self._dotted(kind, value, path, len(prefix), len(text.removesuffix("}")))
                return
        for node in walk(parse_template(text)):
            if isinstance(node, Reference):
                yield from self._reference(node, value, path, 0)
            elif node.args and (argument := _unquoted(node.args[0])) is not None:
                yield from self._argument(node, *argument, value, path)

    def _reference(self, reference: Reference, value: Scalar, path: KeyPath, shift: int) -> Iterator[Use]:
        """Yield the use for a reference up to its first interpolated key, because the rest is unknown."""
        if reference.dots > len(path):
            return
        base = path[: len(path) - reference.dots] if reference.dots else ()
        written = tuple(takewhile(lambda step: step.key is not None, reference.steps))
        if written:
            steps = tuple(
                (str(step.key), self._place(value, shift + step.span.start, shift + step.span.end)) for step in written
            )
            end = reference.key_span.end if len(written) == len(reference.steps) else written[-1].span.end
            span = self._place(value, shift + reference.key_span.start, shift + end)
            yield Use(UseKind.INTERPOLATION, reference.key, span, steps, path, None, base)

    def _argument(self, call: Call, text: str, start: int, value: Scalar, path: KeyPath) -> Iterator[Use]:
        """Yield the use for the first argument of a resolver. The argument begins at `start` of the value."""
        if call.name == "oc.env":
            span = self._place(value, start, start + len(text))
            yield Use(UseKind.VARIABLE, text, span, ((text, span),), path)
        elif call.name in _BY_KEY:
            sole = parse_template(f"${{{text}}}").sole
            if isinstance(sole, Reference):
                yield from self._reference(sole, value, path, start - len("${"))

    def _place(self, value: Scalar, start: int, end: int) -> Span:
        """Return the place of a part of a value. If the text has escapes, it is the place of the whole value."""
        shift = inner_span(value).start
        text = str(value.value)
        if self._text.startswith(text, shift):
            return Span(shift + start, shift + end)
        return value.span


def _unquoted(argument: Argument) -> tuple[str, int] | None:
    """Return the text of an argument and its start; None if it contains an interpolation."""
    raw = argument.raw
    if "${" in raw or not raw:
        return None
    if raw[0] in "'\"" and raw[-1] == raw[0] and len(raw) > 1:
        return raw[1:-1], argument.span.start + 1
    return raw, argument.span.start


def inner_span(value: Scalar) -> Span:
    """Return the place of the text of a scalar, without its quotes."""
    if value.style in ("'", '"'):
        return Span(value.start + 1, max(value.start + 1, value.end - 1))
    return value.span
