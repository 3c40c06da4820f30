"""What `${...}` stands for in one configuration.

Mirrors OmegaConf's node interpolation and resolvers, with one difference on purpose: the content of an environment
variable is never read. `${oc.env:X}` has a value of kind environment; only whether X is set is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from gym_lsp.compose.config import Array, Config, Leaf, Table, lift, to_plain
from gym_lsp.compose.problem import (
    Failing,
    GrammarBroken,
    InterpolationFailed,
    InterpolationKeyNotFound,
    InterpolationProblem,
    ResolverUnknown,
    VariableUnset,
)
from gym_lsp.syntax import Atom, KeyPath, Scalar, parse
from gym_lsp.syntax.interpolation import (
    Call,
    Primitive,
    Quoted,
    Reference,
    Template,
    evaluate,
    parse_template,
)
from gym_lsp.text import Span

RESOLVERS = frozenset(
    {
        "oc.env", "oc.select", "oc.decode", "oc.create", "oc.deprecated", "oc.dict.keys", "oc.dict.values",
        "inherit_from", "copy",
    }
)  # fmt: skip
"""OmegaConf's own resolvers and the two that NeMo Gym registers."""

FROM_ENVIRONMENT = "\N{WHITE SQUARE}"
"""Stands for the content of an environment variable, which is not read."""

_DEEPEST = 64
"""Interpolations that lead to interpolations; a chain longer than this is a cycle in all but name."""


class _Failed(Exception):
    def __init__(self, problem: InterpolationProblem) -> None:
        super().__init__()
        self.problem = problem


class _Site(NamedTuple):
    """The interpolation being resolved: its value, its key path, and how it was reached."""

    leaf: Leaf
    path: KeyPath
    trail: tuple[int, ...]

    def span(self, inner: Span) -> Span:
        """The place in the file of a span of the value's text, exact where the text is written without escapes."""
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
    """Resolves the interpolations of one configuration."""

    def __init__(self, root: Table, variables: Collection[str]) -> None:
        self._root = root
        self._variables = variables

    def resolve(self, leaf: Leaf, path: KeyPath) -> Config | InterpolationProblem:
        """What an interpolation at a key path stands for.

        A string around interpolations gives a leaf at the same place with the text that results.
        """
        try:
            return self._resolve(leaf, path, ())
        except _Failed as failed:
            return failed.problem

    def dereference(self, leaf: Leaf, path: KeyPath) -> Config | None:
        """The node that an interpolation leads to, None where it leads nowhere."""
        found = self.resolve(leaf, path)
        return None if isinstance(found, InterpolationProblem) else found

    def _resolve(self, leaf: Leaf, path: KeyPath, trail: tuple[int, ...]) -> Config:
        site = _Site(leaf, path, (*trail, id(leaf)))
        template = parse_template(str(leaf.value))
        if id(leaf) in trail or len(trail) > _DEEPEST:
            raise _Failed(InterpolationFailed(leaf, path, leaf.node.span, Failing.CYCLE, ""))
        if template.errors:
            error = template.errors[0]
            raise _Failed(GrammarBroken(leaf, path, site.span(error.span), error.flaw.value))
        value = evaluate(template, self._reference_of(site), self._call_of(site))
        if isinstance(value, Leaf | Table | Array):
            return value
        return self._leaf(site, value)

    def _leaf(self, site: _Site, value: object) -> Config:
        at = site.leaf
        if isinstance(value, dict | list):
            # A resolver such as oc.create made a collection; it stands where the interpolation is written.
            made = parse(_flow(value)).root  # pyright: ignore[reportUnknownArgumentType]
            assert made is not None
            return lift(made, at.origin, at.key)
        atom = value if isinstance(value, str | int | float | bool) else None
        return Leaf(atom, at.origin, at.key, at.node, at.beneath, 0)

    # References

    def _reference_of(self, site: _Site) -> Callable[[Reference], object]:
        def resolve(reference: Reference) -> object:
            return _unwrap(self._select(site, reference), is_sole=self._is_sole(site, reference))

        return resolve

    def _is_sole(self, site: _Site, reference: Reference) -> bool:
        return parse_template(str(site.leaf.value)).sole is reference

    def _select(self, site: _Site, reference: Reference) -> Config:
        keys = [self._key(site, step.key, step.nested) for step in reference.steps]
        start: KeyPath = () if reference.dots == 0 else site.path[: max(0, len(site.path) - reference.dots)]
        if reference.dots > len(site.path):
            raise _Failed(self._not_found(site, reference, tuple(keys), 0))
        current = self._walk_to(start)
        path = start
        for index, key in enumerate(keys):
            found = _child(current, key)
            if isinstance(current, Leaf):
                raise site.failed(site.span(reference.key_span), Failing.THROUGH_VALUE, ".".join(map(str, path)))
            if found is None:
                raise _Failed(self._not_found(site, reference, (*map(str, start), *keys), len(start) + index))
            path = (*path, int(key) if isinstance(current, Array) else key)
            if isinstance(found, Leaf) and found.is_interpolation:
                found = self._resolve(found, path, site.trail)
            if isinstance(found, Leaf) and found.is_missing:
                raise site.failed(site.span(reference.key_span), Failing.UNSET, ".".join(map(str, path)))
            current = found
        return current

    def _walk_to(self, path: KeyPath) -> Config:
        current: Config = self._root
        for step in path:
            found = _child(current, str(step))
            if found is None:
                return current
            current = found
        return current

    def _key(self, site: _Site, key: str | None, nested: Reference | Call | None) -> str:
        if key is not None:
            return key
        if isinstance(nested, Reference):
            return str(_unwrap(self._select(site, nested), is_sole=False))
        return str(self._call_of(site)(nested, ())) if nested is not None else ""

    def _not_found(
        self, site: _Site, reference: Reference, steps: tuple[str, ...], found_up_to: int
    ) -> InterpolationProblem:
        span = site.span(reference.key_span)
        # OmegaConf leaves the leading dots out when it names a key in an error.
        key = reference.key.lstrip(".")
        return InterpolationKeyNotFound(site.leaf, site.path, span, key, steps, found_up_to)

    # Resolvers

    def _call_of(self, site: _Site) -> Callable[[Call, tuple[object, ...]], object]:
        def call(call: Call, arguments: tuple[object, ...]) -> object:
            return self._call(site, call, arguments)

        return call

    def _call(self, site: _Site, call: Call, arguments: tuple[object, ...]) -> object:
        span = site.span(call.span)
        match call.name:
            case "oc.env" if 1 <= len(arguments) <= 2:
                return self._environment(site, call, arguments)
            case "oc.select" if 1 <= len(arguments) <= 2:
                return self._select_or_default(site, str(arguments[0]), arguments[1:])
            case "oc.decode" if len(arguments) == 1:
                return _decode(arguments[0])
            case "oc.create" if len(arguments) == 1:
                return arguments[0]
            case "oc.deprecated" if arguments:
                return _unwrap(self._named(site, str(arguments[0]), span), is_sole=True)
            case "oc.dict.keys" | "oc.dict.values" if len(arguments) == 1:
                return self._listed(site, call, arguments[0], span)
            case "inherit_from" | "copy" if len(arguments) == 1:
                return f"${{{call.name}:{arguments[0]}}}"
            case name if name in RESOLVERS:
                raise site.failed(span, Failing.ARGUMENTS, name)
            case name:
                raise _Failed(ResolverUnknown(site.leaf, site.path, site.span(call.name_span), name))

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
        template = parse_template(f"${{{key}}}")
        sole = template.sole
        if isinstance(sole, Reference):
            try:
                return _unwrap(self._select(site, sole), is_sole=True)
            except _Failed as failed:
                if not isinstance(failed.problem, InterpolationKeyNotFound) and not default:
                    raise
        return default[0] if default else None

    def _named(self, site: _Site, key: str, span: Span) -> Config:
        sole = parse_template(f"${{{key}}}").sole
        if not isinstance(sole, Reference):
            raise site.failed(span, Failing.NOT_A_KEY, key)
        return self._select(site, sole)

    def _listed(self, site: _Site, call: Call, argument: object, span: Span) -> object:
        table = argument if isinstance(argument, Table) else self._named(site, str(argument), span)
        if not isinstance(table, Table):
            raise site.failed(span, Failing.NOT_A_MAPPING, str(argument))
        if call.name == "oc.dict.keys":
            return list(table.entries)
        return [to_plain(value) for value in table.entries.values()]


def _child(config: Config, key: str) -> Config | None:
    if isinstance(config, Table):
        return config.entries.get(key)
    if isinstance(config, Array) and key.lstrip("-").isdigit() and -len(config.items) <= int(key) < len(config.items):
        return config.items[int(key)]
    return None


def _unwrap(config: Config, *, is_sole: bool) -> object:
    """A sole interpolation is its node; as part of a text it is the node's plain value."""
    if is_sole:
        return config
    return config.value if isinstance(config, Leaf) else to_plain(config)


def _decode(value: object) -> object:
    if not isinstance(value, str):
        return value
    template = parse_template(value)
    return value if template.errors else _scalar(value)


def _scalar(text: str) -> Atom:
    root = parse(text).root
    return root.value if isinstance(root, Scalar) else text


def _plain(config: Config) -> object:
    return to_plain(config)


def _flow(value: object) -> str:
    """JSON is YAML, which is how a collection that a resolver made becomes a configuration."""
    import json

    return json.dumps(value, default=_plain)


def variables_in(template: Template) -> tuple[str, ...]:
    """The environment variables that a template names, those with a default included."""
    from gym_lsp.syntax.interpolation import walk

    names: list[str] = []
    for node in walk(template):
        if isinstance(node, Call) and node.name == "oc.env" and node.args:
            first = node.args[0]
            if isinstance(first, Primitive):
                names.append(str(first.value))
            elif isinstance(first, Quoted):
                names.extend(part.text for part in first.parts if hasattr(part, "text"))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    return tuple(names)
