"""Values in server blocks that the fields of the server classes do not accept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.compose.config import Config, Leaf, Marks
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.run import Composition
from gym_lsp.compose.servers import Server
from gym_lsp.gym.fields import AnyType, Field, FieldType, Model, accepts
from gym_lsp.rules.analysis.server_fields import known_server, model_of, read_by_parser
from gym_lsp.rules.analysis.type_mismatches import Resolve, ref_type, type_mismatches, unresolved
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.syntax import KeyPath, spell

_INTERPOLATION = int(Marks.INTERPOLATION)


class FieldMismatch(Struct, frozen=True):
    """A type mismatch, the class of the server, and the field that contains it; `path` starts at that field."""

    model: Model
    field: Field
    written: Config
    value: Config
    path: KeyPath
    expected: FieldType
    absent: str | None

    @property
    def whose(self) -> str:
        """The value for a message: its key and the field around it, or its place in a list."""
        *outer, last = self.path
        if isinstance(last, int):
            return f"`{spell(self.path)}`"
        return f"`{last}` in `{spell(tuple(outer))}`" if outer else f"`{last}`"


class _OpenField(NamedTuple):
    """A value that contains interpolations, and its field."""

    name: str
    value: Config
    model: Model
    field: Field


def server_field_mismatches(context: Context, subject: Block | Composition) -> tuple[FieldMismatch, ...]:
    """Return the values that do not match the class's own fields: of a block as written, or of a run's interpolations.

    Server refs are omitted, because other rules report them.
    """
    if isinstance(subject, Block):
        return context.once((server_field_mismatches, subject.table), lambda: tuple(_as_written(context, subject)))
    return context.once((server_field_mismatches, subject), lambda: tuple(_interpolated(context, subject)))


def _as_written(context: Context, block: Block) -> Iterator[FieldMismatch]:
    server = known_server(context, block)
    if server is None:
        return
    parsed = read_by_parser(context)
    for name, value in server.config.entries.items():
        field = None if name in parsed else server.model.field(name)
        # Most values are scalars that match. They need no further check.
        if field is None or (isinstance(value, Leaf) and accepts(field.type, value.value)):
            continue
        if ref_type(field.type) is None or is_null(value):
            yield from _mismatches(server.model, field, value, (str(name),), unresolved)


def _interpolated(context: Context, composition: Composition) -> Iterator[FieldMismatch]:
    interpolator: Interpolator | None = None
    for server in composition.servers:
        if not server.config.marks & _INTERPOLATION:
            continue
        for name, value, model, field in _open_fields(context, server):
            interpolator = interpolator or Interpolator(composition.config, context.environment)
            path = (*server.path, name)
            for mismatch in _mismatches(model, field, value, path, interpolator.dereference):
                if mismatch.value is not mismatch.written:
                    yield mismatch


def _open_fields(context: Context, server: Server) -> tuple[_OpenField, ...]:
    model = model_of(context, server)
    if model is None:
        return ()
    parsed = read_by_parser(context)
    marked = ((name, value) for name, value in server.config.entries.items() if value.marks & _INTERPOLATION)
    found = ((str(name), value, model.field(name)) for name, value in marked if name not in parsed)
    return tuple(
        _OpenField(name, value, model, field)
        for name, value, field in found
        if field is not None and not isinstance(field.type, AnyType) and ref_type(field.type) is None
    )


def _mismatches(model: Model, field: Field, value: Config, path: KeyPath, resolve: Resolve) -> Iterator[FieldMismatch]:
    """Yield the mismatches of the value at a key path, which ends in the field."""
    for mismatch in type_mismatches(field.type, value, path, resolve):
        at = mismatch.path[len(path) - 1 :]
        yield FieldMismatch(model, field, mismatch.written, mismatch.value, at, mismatch.expected, mismatch.absent)


def is_null(value: Config) -> bool:
    """Whether a value is null."""
    return isinstance(value, Leaf) and value.value is None
