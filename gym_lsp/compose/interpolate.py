"""The values of `${...}` in one configuration.

Mirrors OmegaConf's node interpolation and resolvers, with one intended difference: the content of an environment
variable is never read. Only whether X is set is checked, and then the value of `${oc.env:X}` is a placeholder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, cast

from msgspec import Struct

from gym_lsp.compose.config import Array, Config, Leaf, Table, at, table, to_plain
from gym_lsp.compose.problem import (
    Failing,
    GrammarBroken,
    InterpolationFailed,
    InterpolationKeyNotFound,
    InterpolationProblem,
    ResolverUnknown,
    VariableUnset,
)
from gym_lsp.syntax import Atom, KeyPath, Scalar
from gym_lsp.syntax.interpolation import (
    Call,
    Reference,
    Template,
    UnusableKey,
    evaluate,
    parse_template,
)
from gym_lsp.text import Span

_OF_OMEGACONF = frozenset(
    {"oc.env", "oc.select", "oc.decode", "oc.create", "oc.deprecated", "oc.dict.keys", "oc.dict.values"}
)
_OF_GYM = frozenset({"inherit_from", "copy"})
RESOLVERS = _OF_OMEGACONF | _OF_GYM
"""OmegaConf's own resolvers and the two that NeMo Gym registers."""

FROM_ENVIRONMENT = "\N{WHITE SQUARE}"
"""The placeholder for the content of an environment variable, which is not read."""

_LARGEST = 100_000
"""Characters of a text with interpolations. A longer one counts as unknown, like the content of a variable."""
_LARGEST_ARGUMENT = 10_000
"""Characters of an argument of a resolver that computes."""
_MOST_REPEATED = 1_000
"""Times that a resolver repeats a text or a list."""
_LONGEST_NUMBER = 4096
"""Bits of a computed number. A longer one counts as unknown."""
_ELEMENT = 20
"""Characters that an element of a collection, which a resolver makes, counts as."""
_DEEPEST = 64
"""Interpolations that lead to interpolations. A longer chain is treated as a cycle."""


class _Failed(Exception):
    def __init__(self, problem: InterpolationProblem) -> None:
        super().__init__()
        self.problem = problem


class Found(NamedTuple):
    """A value and its own key path, interpolations followed."""

    config: Config
    path: KeyPath


class _Site(Struct, frozen=True):
    """The interpolation being resolved: its value, its key path, and those that led to it, itself included."""

    leaf: Leaf
    path: KeyPath
    trail: tuple[tuple[Leaf, KeyPath], ...]

    def span(self, inner: Span) -> Span:
        """Return the place in the file of a span of the value. If the text has escapes, it is the whole value."""
        node = self.leaf.node
        shift = node.start + (1 if isinstance(node, Scalar) and node.style in ("'", '"') else 0)
        written = self.leaf.origin.text[shift + inner.start : shift + inner.end]
        text = str(self.leaf.value)
        if written == text[inner.start : inner.end]:
            return Span(shift + inner.start, shift + inner.end)
        return node.span

    def failed(self, span: Span, why: Failing, detail: str) -> _Failed:
        return _Failed(InterpolationFailed(self.leaf, self.path, span, why, detail))


class Interpolator:
    """A resolver of the interpolations of one configuration.

    `own` are the resolvers of the program that reads it, if that is another one than NeMo Gym.
    """

    def __init__(
        self,
        root: Table,
        variables: Collection[str],
        own: Mapping[str, Callable[[object, object], object]] | None = None,
    ) -> None:
        self._root = root
        self._variables = variables
        self._own = own
        self._names = RESOLVERS if own is None else _OF_OMEGACONF | own.keys()
        self._known: dict[tuple[Leaf, KeyPath], Found | InterpolationProblem] = {}
        self.steps = 0
        """The number of interpolations that were worked out."""

    def resolve(self, leaf: Leaf, path: KeyPath) -> Config | InterpolationProblem:
        """Return the value of an interpolation at a key path, or why it has none.

        The value of a string around interpolations is a leaf at the same place with the resulting text.
        """
        try:
            return self._resolve(leaf, path, ()).config
        except _Failed as failed:
            return failed.problem

    def find(self, leaf: Leaf, path: KeyPath) -> Found | None:
        """Return the value of an interpolation, and where it is: its own interpolations are relative to that place.

        None if it has none.
        """
        try:
            return self._resolve(leaf, path, ())
        except _Failed:
            return None

    def dereference(self, leaf: Leaf, path: KeyPath) -> Config | None:
        """Return the value of an interpolation; None if it has none."""
        found = self.resolve(leaf, path)
        return None if isinstance(found, InterpolationProblem) else found

    def _resolve(self, leaf: Leaf, path: KeyPath, trail: tuple[tuple[Leaf, KeyPath], ...]) -> Found:
        known = self._known.get((leaf, path))
        if known is None:
            known = self._work_out(leaf, path, trail)
            # Where a cycle is noticed depends on where it was entered.
            if not isinstance(known, InterpolationFailed) or known.why is not Failing.CYCLE:
                self._known[leaf, path] = known
        if isinstance(known, InterpolationProblem):
            raise _Failed(known)
        return known

    def _work_out(
        self, leaf: Leaf, path: KeyPath, trail: tuple[tuple[Leaf, KeyPath], ...]
    ) -> Found | InterpolationProblem:
        self.steps += 1
        try:
            return self._value_of(leaf, path, trail)
        except _Failed as failed:
            return failed.problem

    def _value_of(self, leaf: Leaf, path: KeyPath, trail: tuple[tuple[Leaf, KeyPath], ...]) -> Found:
        step = (leaf, path)
        site = _Site(leaf, path, (*trail, step))
        if step in trail or len(trail) > _DEEPEST:
            raise site.failed(leaf.node.span, Failing.CYCLE, "")
        template = parse_template(str(leaf.value))
        if template.errors:
            first = template.errors[0]
            raise _Failed(GrammarBroken(leaf, path, site.span(first.span), first.error.value))
        try:
            value = evaluate(template, self._reference_of(site, template), self._call_of(site, template))
        except UnusableKey as error:
            raise site.failed(site.span(error.span), Failing.NOT_A_KEY, str(error.value)) from None
        if not isinstance(value, Found) and _exceeds(value, _LARGEST):
            # Texts that refer to texts can double with each line, and so can made collections.
            value = FROM_ENVIRONMENT
        return value if isinstance(value, Found) else Found(_made(value, leaf), path)

    # References

    def _reference_of(self, site: _Site, template: Template) -> Callable[[Reference], object]:
        sole = None if template.sole is None else template.sole.span

        def resolve(reference: Reference) -> object:
            found = self._select(site, reference)
            if any(at(self._root, site.path[:size]) is found.config for size in range(len(site.path))):
                raise site.failed(site.span(reference.key_span), Failing.CYCLE, ".".join(map(str, found.path)))
            # A sole interpolation is the node itself. In a text or an argument it is the plain value of the node.
            return found if reference.span == sole else _plain(found)

        return resolve

    def _select(self, site: _Site, reference: Reference) -> Found:
        keys = [step.key or "" for step in reference.steps]
        if any(FROM_ENVIRONMENT in key for key in keys):
            return Found(_made(FROM_ENVIRONMENT, site.leaf), site.path)
        if reference.dots > len(site.path):
            raise _Failed(self._not_found(site, reference, tuple(keys), 0))
        path: KeyPath = () if reference.dots == 0 else site.path[: len(site.path) - reference.dots]
        current = at(self._root, path) or self._root
        for index, key in enumerate(keys):
            if isinstance(current, Leaf):
                raise site.failed(site.span(reference.key_span), Failing.THROUGH_VALUE, ".".join(map(str, path)))
            if isinstance(current, Array) and not _is_index(key):
                raise site.failed(site.span(reference.key_span), Failing.NOT_A_KEY, key)
            child = _child(current, key)
            if child is None:
                steps = (*map(str, path), *keys[index:])
                raise _Failed(self._not_found(site, reference, steps, len(path)))
            found, path = child.config, (*path, *child.path)
            if isinstance(found, Leaf) and found.is_interpolation:
                found, path = self._resolve(found, path, site.trail)
            if isinstance(found, Leaf) and found.is_missing:
                raise site.failed(site.span(reference.key_span), Failing.UNSET, ".".join(map(str, path)))
            current = found
        return Found(current, path)

    def _not_found(
        self, site: _Site, reference: Reference, steps: tuple[str, ...], found_up_to: int
    ) -> InterpolationProblem:
        span = site.span(reference.key_span)
        # OmegaConf omits the leading dots of a key in its errors.
        key = reference.key.lstrip(".")
        return InterpolationKeyNotFound(site.leaf, site.path, span, key, steps, found_up_to)

    # Resolvers

    def _call_of(self, site: _Site, template: Template) -> Callable[[Call, tuple[object, ...]], object]:
        sole = None if template.sole is None else template.sole.span

        def call(call: Call, arguments: tuple[object, ...]) -> object:
            value = self._call(site, call, arguments)
            return value if call.span == sole else _plain(value)

        return call

    def _call(self, site: _Site, call: Call, arguments: tuple[object, ...]) -> object:
        span = site.span(call.span)
        match call.name:
            case "oc.env" if 1 <= len(arguments) <= 2:
                return self._environment(site, call, arguments)
            case "oc.select" if 1 <= len(arguments) <= 2:
                return self._select_or_default(site, str(arguments[0]), arguments[1:])
            case "oc.decode" if len(arguments) == 1:
                return self._decode(site, arguments[0], span)
            case "oc.create" if len(arguments) == 1 and isinstance(arguments[0], dict | list | None):
                return arguments[0]  # pyright: ignore[reportUnknownVariableType]
            case "oc.deprecated" if arguments:
                return self._named(site, str(arguments[0]), span)
            case "oc.dict.keys" | "oc.dict.values" if len(arguments) == 1:
                return self._listed(site, call, arguments[0], span)
            case "inherit_from" | "copy" if len(arguments) == 1 and self._own is None:
                return f"${{{call.name}:{arguments[0]}}}"
            case name if self._own is not None and name in self._own:
                return self._computed(site, self._own[name], name, arguments, span)
            case name if name in self._names:
                raise site.failed(span, Failing.ARGUMENTS, name)
            case name:
                known = tuple(sorted(self._names))
                raise _Failed(ResolverUnknown(site.leaf, site.path, site.span(call.name_span), name, known))

    def _computed(
        self,
        site: _Site,
        resolver: Callable[[object, object], object],
        name: str,
        arguments: tuple[object, ...],
        span: Span,
    ) -> object:
        """Return the result of a resolver of the program that reads the configuration."""
        if any(isinstance(each, str) and FROM_ENVIRONMENT in each for each in arguments):
            return FROM_ENVIRONMENT
        if len(arguments) != 2 or any(_exceeds(each, _LARGEST_ARGUMENT) for each in arguments):
            raise site.failed(span, Failing.ARGUMENTS, name)
        one, other = arguments
        times = next((abs(each) for each in arguments if isinstance(each, int)), 0)
        if name == "mul" and any(map(_is_long, arguments)) and times > _MOST_REPEATED:
            # To repeat a text or a list can take all memory.
            return FROM_ENVIRONMENT
        try:
            found = resolver(one, other)
        except (TypeError, ArithmeticError, ValueError):
            raise site.failed(span, Failing.ARGUMENTS, name) from None
        is_huge = isinstance(found, int) and found.bit_length() > _LONGEST_NUMBER
        return FROM_ENVIRONMENT if is_huge else found

    def _environment(self, site: _Site, call: Call, arguments: tuple[object, ...]) -> object:
        name = str(arguments[0])
        if name in self._variables:
            return FROM_ENVIRONMENT
        if len(arguments) == 2:
            default = arguments[1]
            return None if default is None else str(default)
        span = call.args[0].span if call.args else call.span
        raise _Failed(VariableUnset(site.leaf, site.path, site.span(span), name))

    def _select_or_default(self, site: _Site, key: str, default: tuple[object, ...]) -> object:
        sole = parse_template(f"${{{key}}}").sole
        if isinstance(sole, Reference):
            try:
                return self._select(site, sole)
            except _Failed as failed:
                # The default replaces only an absent key. An interpolation that the key leads to must still resolve.
                if not _is_absent(failed.problem, site.leaf):
                    raise
        return default[0] if default else None

    def _decode(self, site: _Site, value: object, span: Span) -> object:
        """Return the value of a text by the grammar of arguments."""
        if value is None or (isinstance(value, str) and FROM_ENVIRONMENT in value):
            return value
        template = parse_template(f"${{oc.decode:{value}}}")
        sole = template.sole
        if not isinstance(value, str) or template.errors or not isinstance(sole, Call) or len(sole.args) != 1:
            raise site.failed(span, Failing.ARGUMENTS, "oc.decode")

        ask = self._call_of(site, template)

        def call(call: Call, arguments: tuple[object, ...]) -> object:
            return arguments[0] if call.span == sole.span else ask(call, arguments)

        return evaluate(template, self._reference_of(site, template), call)

    def _named(self, site: _Site, key: str, span: Span) -> Found:
        sole = parse_template(f"${{{key}}}").sole
        if not isinstance(sole, Reference):
            raise site.failed(span, Failing.NOT_A_KEY, key)
        return self._select(site, sole)

    def _listed(self, site: _Site, call: Call, argument: object, span: Span) -> object:
        if isinstance(argument, str):
            found = self._select_or_default(site, argument, ())
            named = found.config if isinstance(found, Found) else None
        else:
            named = _made(argument, site.leaf)
        if not isinstance(named, Table):
            raise site.failed(span, Failing.NOT_A_MAPPING, str(argument))
        if call.name == "oc.dict.keys":
            return list(named.entries)
        return [to_plain(value) for value in named.entries.values()]


def _child(config: Table | Array, key: str) -> Found | None:
    """Return the value under a key or an index, with that step as its path."""
    if isinstance(config, Table):
        found = config.entries.get(key)
        return None if found is None else Found(found, (key,))
    index = int(key)
    return Found(config.items[index], (index,)) if 0 <= index < len(config.items) else None


def _is_index(key: str) -> bool:
    try:
        int(key)
    except ValueError:
        return False
    return True


def _is_absent(problem: InterpolationProblem, leaf: Leaf) -> bool:
    """Return whether the key that `leaf` itself names is absent or `???`."""
    if problem.at is not leaf:
        return False
    if isinstance(problem, InterpolationFailed):
        return problem.why in (Failing.UNSET, Failing.THROUGH_VALUE)
    return isinstance(problem, InterpolationKeyNotFound)


def _exceeds(value: object, most: int) -> bool:
    """Return whether a plain value is longer than `most` characters, without looking at all of it."""
    size, left = 0, [value]
    while left and size <= most:
        value = left.pop()
        if isinstance(value, str):
            size += len(value)
        elif isinstance(value, dict):
            below = list(cast("dict[Atom, object]", value).values())
            left += below
            size += _ELEMENT * len(below)
        elif isinstance(value, list):
            left += cast("list[object]", value)
            size += _ELEMENT * len(cast("list[object]", value))
    return size > most


def _is_long(value: object) -> bool:
    return isinstance(value, str | list)


def _plain(value: object) -> object:
    return to_plain(value.config) if isinstance(value, Found) else value


def _made(value: object, leaf: Leaf) -> Config:
    """Return a computed value, such as a text around interpolations, with the place of its interpolation."""
    if isinstance(value, dict):
        entries = {key: _made(each, leaf) for key, each in cast("dict[Atom, object]", value).items()}
        return table(entries, leaf.origin, leaf.key, leaf.node, leaf.overridden)
    if isinstance(value, list):
        items = tuple(_made(each, leaf) for each in cast("list[object]", value))
        marks = 0
        for item in items:
            marks |= item.marks
        return Array(items, leaf.origin, leaf.key, leaf.node, leaf.overridden, marks)
    atom = value if isinstance(value, str | int | float | bool) else None
    return Leaf(atom, leaf.origin, leaf.key, leaf.node, leaf.overridden, 0)
