"""Values in the blocks of servers that the fields of their classes do not take."""

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
    """A misfit, the class of the server, and the field that it lies in; `path` starts at that field."""

    model: Model
    field: Field
    written: Config
    value: Config
    path: KeyPath
    expected: FieldType
    absent: str | None

    @property
    def whose(self) -> str:
        """The value as a message speaks of it: by its key and the field around it, or by its place in a list."""
        *outer, last = self.path
        if isinstance(last, int):
            return f"`{spell(self.path)}`"
        return f"`{last}` in `{spell(tuple(outer))}`" if outer else f"`{last}`"


class _OpenField(NamedTuple):
    """A value that has interpolations, and the field that it is for."""

    name: str
    value: Config
    model: Model
    field: Field


def server_field_mismatches(context: Context, subject: Block | Composition) -> tuple[FieldMismatch, ...]:
    """What does not fit in the own fields of a block, or fits only until a run tells what its interpolations are.

    Refs are left out; other rules speak of them.
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
        # Most values are scalars that fit, which need no closer look.
        if field is None or (isinstance(value, Leaf) and accepts(field.type, value.value)):
            continue
        if ref_type(field.type) is None or is_null(value):
            yield from _misfits(server.model, field, value, (str(name),), unresolved)


def _interpolated(context: Context, composition: Composition) -> Iterator[FieldMismatch]:
    interpolator: Interpolator | None = None
    for server in composition.servers:
        if not server.config.marks & _INTERPOLATION:
            continue
        for name, value, model, field in _open_fields(context, server):
            interpolator = interpolator or Interpolator(composition.config, context.environment)
            path = (*server.path, name)
            for misfit in _misfits(model, field, value, path, interpolator.dereference):
                if misfit.value is not misfit.written:
                    yield misfit


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


def _misfits(model: Model, field: Field, value: Config, path: KeyPath, resolve: Resolve) -> Iterator[FieldMismatch]:
    """The misfits of the value at a key path, which ends in the field."""
    for misfit in type_mismatches(field.type, value, path, resolve):
        below = misfit.path[len(path) - 1 :]
        yield FieldMismatch(model, field, misfit.written, misfit.value, below, misfit.expected, misfit.absent)


def is_null(value: Config) -> bool:
    """Whether it is null."""
    return isinstance(value, Leaf) and value.value is None
