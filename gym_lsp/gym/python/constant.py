"""Evaluation of constant expressions in Python source, without running anything.

NeMo Gym has its vocabulary in module constants: lists of names, f-strings, dictionaries built from dictionaries. These
forms are evaluated; any other expression raises NotConstant.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias, cast

Lookup: TypeAlias = Callable[[ast.expr], object]
"""Returns the value of a name or of an attribute. Raises NotConstant if it has none."""

MOST_ITEMS = 10_000
"""More than any vocabulary has. The limit keeps nested comprehensions from filling the memory."""


class NotConstant(Exception):
    """An expression does not have a constant value."""

    def __init__(self, node: ast.AST, reason: str = "") -> None:
        line = getattr(node, "lineno", None)
        super().__init__(f"{type(node).__name__} at line {line} is not a constant{': ' if reason else ''}{reason}")


def evaluate(node: ast.expr, lookup: Lookup) -> object:
    """Return the value of an expression; `lookup` provides the values of names. Raises NotConstant."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name() | ast.Attribute():
            return lookup(node)
        case ast.JoinedStr(values):
            return "".join(str(evaluate(value, lookup)) for value in values)
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return evaluate(value, lookup)
        case ast.List(items):
            return list(_items(items, lookup))
        case ast.Tuple(items):
            return tuple(_items(items, lookup))
        case ast.Set(items):
            return frozenset(_hashable(node, _items(items, lookup)))
        case ast.Dict():
            return _dict(node, lookup)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _negative(node, evaluate(operand, lookup))
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _sum(node, evaluate(left, lookup), evaluate(right, lookup))
        case ast.DictComp() | ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return _comprehension(node, lookup)
        case ast.Call():
            return _call(node, lookup)
        case _:
            raise NotConstant(node)


def _items(nodes: list[ast.expr], lookup: Lookup) -> Iterator[object]:
    for node in nodes:
        if isinstance(node, ast.Starred):
            yield from _iterate(node, evaluate(node.value, lookup))
        else:
            yield evaluate(node, lookup)


def _iterate(node: ast.expr, value: object) -> Iterator[object]:
    if not isinstance(value, list | tuple | frozenset | dict | str):
        raise NotConstant(node, "not a collection")
    return iter(cast("list[object]", value))


def _hashable(node: ast.expr, values: Iterator[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list | dict):
            raise NotConstant(node, "an item is not hashable")
        yield value


def _dict(node: ast.Dict, lookup: Lookup) -> dict[object, object]:
    result: dict[object, object] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            spread = evaluate(value, lookup)
            if not isinstance(spread, dict):
                raise NotConstant(node, "an unpacked value is not a dictionary")
            result.update(cast("dict[object, object]", spread))
        else:
            result[_key(key, lookup)] = evaluate(value, lookup)
    return result


def _key(node: ast.expr, lookup: Lookup) -> object:
    return next(_hashable(node, iter([evaluate(node, lookup)])))


def _negative(node: ast.expr, value: object) -> object:
    if isinstance(value, int | float):
        return -value
    raise NotConstant(node)


def _sum(node: ast.expr, left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return cast("list[object]", left) + cast("list[object]", right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return cast("tuple[object, ...]", left) + cast("tuple[object, ...]", right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left + right
    raise NotConstant(node)


def _comprehension(node: ast.DictComp | ast.ListComp | ast.SetComp | ast.GeneratorExp, lookup: Lookup) -> object:
    scopes = _scopes(node, node.generators, lookup)
    if isinstance(node, ast.DictComp):
        return {_key(node.key, scope): evaluate(node.value, scope) for scope in scopes}
    values = (evaluate(node.elt, scope) for scope in scopes)
    return frozenset(_hashable(node, values)) if isinstance(node, ast.SetComp) else list(values)


def _scopes(node: ast.expr, generators: list[ast.comprehension], lookup: Lookup) -> list[Lookup]:
    scopes = [lookup]
    for generator in generators:
        if generator.ifs or generator.is_async:
            raise NotConstant(node, "a comprehension with a condition")
        inner: list[Lookup] = []
        for scope in scopes:
            for item in _iterate(node, evaluate(generator.iter, scope)):
                inner.append(_with_names(scope, dict(_unpack(generator.target, item))))
                if len(inner) > MOST_ITEMS:
                    raise NotConstant(node, "too many items")
        scopes = inner
    return scopes


def _with_names(outer: Lookup, names: Mapping[str, object]) -> Lookup:
    def lookup(node: ast.expr) -> object:
        return names[node.id] if isinstance(node, ast.Name) and node.id in names else outer(node)

    return lookup


def _unpack(target: ast.expr, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(target, ast.Name):
        yield target.id, value
        return
    values = list(_iterate(target, value))
    if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != len(values):
        raise NotConstant(target)
    for part, each in zip(target.elts, values, strict=True):
        yield from _unpack(part, each)


def _call(node: ast.Call, lookup: Lookup) -> object:
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="items" | "keys" | "values" as view), args=[], keywords=[]):
            mapping = evaluate(owner, lookup)
            if not isinstance(mapping, dict):
                raise NotConstant(node)
            entries = cast("dict[object, object]", mapping)
            return list({"items": entries.items(), "keys": entries.keys(), "values": entries.values()}[view])
        case ast.Call(func=ast.Name(id="list" | "tuple" | "set" | "frozenset" as name), args=[argument], keywords=[]):
            values = _iterate(node, evaluate(argument, lookup))
            if name in ("set", "frozenset"):
                return frozenset(_hashable(node, values))
            return list(values) if name == "list" else tuple(values)
        case _:
            raise NotConstant(node)
