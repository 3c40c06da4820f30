"""Values in the blocks of servers that the fields of their classes do not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

from gym_lsp.compose.config import Config, Leaf, Marks, Table
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.run import Composition
from gym_lsp.gym.fields import Field, FieldType, Model, accepts
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.misfits import Resolve, misfits, ref_type, unresolved
from gym_lsp.rules.server_fields import model_of, read_by_parser
from gym_lsp.syntax import KeyPath

_INTERPOLATION = int(Marks.INTERPOLATION)


class FieldMisfit(NamedTuple):
    """A misfit, and the field of the server that it lies in; `path` starts at that field."""

    field: Field
    written: Config
    value: Config
    path: KeyPath
    expected: FieldType
    absent: str | None

    @property
    def is_direct(self) -> bool:
        """Whether it is the value of the field itself."""
        return len(self.path) == 1


def interpolated(context: RuleContext, composition: Composition) -> tuple[tuple[Model, FieldMisfit], ...]:
    """What fits only until one knows what its interpolations stand for in a run, with the class of the server.

    Two rules ask, one right after the other.
    """
    last = cast("_Asked | None", context.kept.get(interpolated))
    if last is None or last.composition is not composition:
        last = context.kept[interpolated] = _Asked(composition, tuple(_interpolated(context, composition)))
    return last.found


class _Asked(NamedTuple):
    composition: Composition
    found: tuple[tuple[Model, FieldMisfit], ...]


def _interpolated(context: RuleContext, composition: Composition) -> Iterator[tuple[Model, FieldMisfit]]:
    interpolator: Interpolator | None = None
    for server in composition.servers:
        if server.config.marks & _INTERPOLATION:
            model = model_of(context, server)
            if model is not None:
                interpolator = interpolator or Interpolator(composition.config, context.environment)
                path = (server.name, server.server_type, server.implementation)
                for misfit in misfits_in(context, model, server.config, path, interpolator.dereference):
                    if misfit.value is not misfit.written:
                        yield model, misfit


def misfits_in(
    context: RuleContext, model: Model, given: Table, path: KeyPath, resolve: Resolve = unresolved
) -> Iterator[FieldMisfit]:
    """The misfits in the own fields of a server, but for refs, of which other rules speak; with `resolve`, in those
    fields that have interpolations.
    """
    parsed = read_by_parser(context)
    is_resolving = resolve is not unresolved
    for name, value in given.entries.items():
        if name in parsed or (is_resolving and not value.marks & _INTERPOLATION):
            continue
        field = model.field(name)
        if field is None or (not is_resolving and isinstance(value, Leaf) and accepts(field.type, value.value)):
            continue
        if ref_type(field.type) is None or is_null(value):
            for misfit in misfits(field.type, value, (*path, str(name)), resolve):
                yield FieldMisfit(field, *misfit._replace(path=misfit.path[len(path) :]))


def is_null(value: Config) -> bool:
    """Whether it is null."""
    return isinstance(value, Leaf) and value.value is None
