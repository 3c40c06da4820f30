"""The changes that a validator of a pydantic model makes to a mapping before the model checks it.

A validator in the mode `before` may return any mapping. Most of them only compare or convert a few values. If the body
of a validator shows that it keeps all keys, the model can still judge them. A body that shows anything else, or that
passes the mapping to a function that this module does not know, is uncertain.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from gym_lsp.gym.python.statements import Function

ALL = "*"
"""Represents every key of the mapping."""

_COPIES = frozenset({"builtins.dict", "copy.copy", "copy.deepcopy"})
_CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
_SCALARS = frozenset(
    {f"builtins.{name}" for name in ("isinstance", "len", "bool", "any", "all", "str", "repr", "int", "float", "print")}
)
"""Functions that neither change nor return their arguments."""
_LISTS_OF_KEYS = frozenset({f"builtins.{name}" for name in ("set", "frozenset", "list", "tuple", "sorted")})
_DECORATORS = frozenset({"model_validator", "classmethod", "staticmethod"})
_SIMPLE = ast.Pass | ast.Break | ast.Continue | ast.Import | ast.ImportFrom | ast.Raise
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda

NameOf = Callable[[ast.expr], str | None]
"""Returns the full name of a name that the module does not define, such as `builtins.dict`; None for others."""
ValueOf = Callable[[ast.expr], object]
"""Returns the value of a constant expression; None for others."""


class InputChanges(Struct, frozen=True):
    """The keys whose values may change, and the keys that may be added. `ALL` represents every key that is there."""

    values: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()


class _Uncertain(Exception):
    """The mapping may lose or rename keys, or may be replaced."""


def input_changes(validator: Function, name_of: NameOf, value_of: ValueOf) -> InputChanges | None:
    """Return the changes of a `model_validator` in the mode `before`, or None if they are uncertain."""
    names = {_last_name(each.func if isinstance(each, ast.Call) else each) for each in validator.decorator_list}
    parameters = [*validator.args.posonlyargs, *validator.args.args]
    position = 0 if "staticmethod" in names else 1
    if isinstance(validator, ast.AsyncFunctionDef) or not names <= _DECORATORS or len(parameters) <= position:
        return None
    try:
        return _Body(validator.body, parameters[position].arg, name_of, value_of).changes()
    except _Uncertain:
        return None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


class _Body:
    """The body of one validator. `_data` are the names of the mapping and of its copies."""

    def __init__(self, body: list[ast.stmt], parameter: str, name_of: NameOf, value_of: ValueOf) -> None:
        nodes = [node for statement in body for node in ast.walk(statement)]
        self._body = body
        self._names = name_of
        self._constants = value_of
        self._values: set[str] = set()
        self._added: set[str] = set()
        self._returns_data = False
        self._stored = Counter(
            each.id for each in nodes if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
        )
        self._stored.update(name for each in nodes for name in _bound_without_node(each))
        self._data = frozenset({parameter})
        self._find_copies(nodes)
        self._loops = self._keys_of_loops(nodes)

    def changes(self) -> InputChanges:
        """Return the changes of the whole body. Raises _Uncertain."""
        self._statements(self._body)
        if not self._returns_data:
            raise _Uncertain
        return InputChanges(frozenset(self._values), frozenset(self._added))

    def _name_of(self, node: ast.expr) -> str | None:
        return None if self._is_local(node) else self._names(node)

    def _value_of(self, node: ast.expr) -> object:
        return None if self._is_local(node) else self._constants(node)

    def _is_local(self, node: ast.expr) -> bool:
        """Whether an expression contains a variable of the function, which may hide a name of the module."""
        names = (each.id for each in ast.walk(node) if isinstance(each, ast.Name))
        return any(name in self._stored or name in self._data for name in names)

    def _find_copies(self, nodes: list[ast.AST]) -> None:
        """Add the variables that always hold the mapping or a copy. Raises _Uncertain if one sometimes does."""
        assigned = [(name, value) for node in nodes for name, value in _assigned(node)]
        while True:
            found = self._data | {name for name, value in assigned if self._is_data(value)}
            if found == self._data:
                break
            self._data = found
        copied = Counter(name for name, value in assigned if self._is_data(value))
        if any(self._stored[name] != copied[name] for name in found):
            raise _Uncertain

    def _keys_of_loops(self, nodes: list[ast.AST]) -> Mapping[str, frozenset[str]]:
        """Return the loop variables that only have keys as values, with these keys; `ALL` for keys of the mapping."""
        stored = self._stored
        found: dict[str, frozenset[str]] = {}
        for node in nodes:
            match node:
                case ast.For(target=ast.Name(id=name), iter=keys) if stored[name] == 1:
                    values = frozenset({ALL}) if self._is_keys(keys) else self._strings(keys)
                case ast.For(target=ast.Tuple(elts=[ast.Name(id=name), _]), iter=pairs) if stored[name] == 1:
                    values = frozenset({ALL}) if self._is_call(pairs, "items") else frozenset[str]()
                case _:
                    continue
            if values:
                found[name] = values
        return found

    def _strings(self, node: ast.expr) -> frozenset[str]:
        values = self._value_of(node)
        items: list[object] = [*values] if isinstance(values, list | tuple | set | frozenset) else []
        strings = frozenset(item for item in items if isinstance(item, str))
        return strings if len(strings) == len(items) else frozenset()

    def _is_named(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._data

    def _is_call(self, node: ast.expr, method: str) -> bool:
        """Whether a node is a call of a method of the mapping without arguments."""
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[], keywords=[]):
                return name == method and self._is_named(owner)
            case _:
                return False

    def _is_keys(self, node: ast.expr) -> bool:
        if self._is_named(node) or self._is_call(node, "keys"):
            return True
        match node:
            case ast.Call(func=function, args=[keys], keywords=[]):
                return self._name_of(function) in _LISTS_OF_KEYS and self._is_keys(keys)
            case _:
                return False

    def _is_data(self, node: ast.expr) -> bool:
        """Whether a node is the mapping, or a copy with all its keys and perhaps further ones."""
        match node:
            case ast.IfExp(body=body, orelse=orelse):
                return self._is_data(body) and self._is_data(orelse)
            case ast.Call(func=ast.Attribute(value=owner, attr="copy"), args=[], keywords=[]):
                return self._is_data(owner)
            case ast.Call(func=function, args=[copied], keywords=keywords):
                name = self._name_of(function)
                return name in _COPIES and self._is_data(copied) and all(each.arg for each in keywords)
            case ast.Call(func=function, args=[_, copied], keywords=[]):
                return self._name_of(function) in _CASTS and self._is_data(copied)
            case ast.Dict(keys=keys, values=values):
                unpacked = [value for key, value in zip(keys, values, strict=True) if key is None]
                return bool(unpacked) and all(map(self._is_data, unpacked)) and self._has_constant_keys(node)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return any(
                    self._is_data(one) and isinstance(other, ast.Dict) and self._has_constant_keys(other)
                    for one, other in ((left, right), (right, left))
                )
            case ast.DictComp():
                return self._is_mapped(node)
            case _:
                return self._is_named(node)

    def _has_constant_keys(self, node: ast.Dict) -> bool:
        return all(key is None or isinstance(self._value_of(key), str) for key in node.keys)

    def _is_mapped(self, node: ast.DictComp) -> bool:
        """Whether a comprehension has an item for each item of the mapping, with the same key."""
        match node:
            case ast.DictComp(
                key=ast.Name(id=key),
                generators=[ast.comprehension(target=ast.Tuple(elts=[ast.Name(id=name), _]), iter=pairs, ifs=[])],
            ):
                return key == name and self._is_call(pairs, "items")
            case _:
                return False

    def _statements(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Return(value=None | ast.Constant(value=None)):
                # The model then rejects everything.
                return
            case ast.Return(value=ast.expr() as value):
                self._copy(value)
                self._returns_data = True
            case ast.Assign(targets=targets, value=value):
                self._assign(targets, value)
            case ast.AnnAssign(target=target, value=value):
                if isinstance(value, ast.expr):
                    self._assign([target], value)
            case ast.AugAssign(target=target, value=value):
                self._assign([target], ast.BinOp(_loaded(target), statement.op, value))
            case ast.If(test=test) | ast.While(test=test):
                self._expression(test, is_only_read=True)
                self._statements((*statement.body, *statement.orelse))
            case ast.For(target=target, iter=iterated):
                self._iterated(iterated)
                self._expression(target)
                self._statements((*statement.body, *statement.orelse))
            case ast.Try():
                inner = (each for handler in statement.handlers for each in handler.body)
                self._statements((*statement.body, *inner, *statement.orelse, *statement.finalbody))
            case ast.With(items=items):
                for item in items:
                    self._expression(item)
                self._statements(statement.body)
            case ast.Assert(test=test):
                self._expression(test, is_only_read=True)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="update")) as call) if self._is_named(
                owner
            ):
                self._update(call)
            case ast.Expr(value=value):
                self._expression(value)
            case _:
                if not isinstance(statement, _SIMPLE):
                    raise _Uncertain

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        if len(targets) == 1 and self._is_named(targets[0]):
            self._copy(value)
            return
        self._expression(value)
        for target in targets:
            match target:
                case ast.Subscript(value=owner, slice=key) if self._is_named(owner):
                    self._write(key, value)
                case _:
                    self._expression(target)

    def _copy(self, node: ast.expr) -> None:
        """Note the changes that a copy makes. Raises _Uncertain for another value."""
        if not self._is_data(node):
            raise _Uncertain
        match node:
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._expression(test, is_only_read=True)
                self._copy(body)
                self._copy(orelse)
            case ast.Call(func=ast.Attribute(value=owner, attr="copy"), args=[]):
                self._copy(owner)
            case ast.Call(args=[*_, copied], keywords=keywords):
                self._copy(copied)
                for keyword in keywords:
                    self._add(frozenset({keyword.arg or ALL}), keyword.value)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if key is None:
                        self._copy(value)
                    else:
                        self._add(self._keys(key), value)
            case ast.BinOp(left=left, right=right):
                for side in (left, right):
                    self._copy(side) if self._is_data(side) else self._add_all(side)
            case ast.DictComp(value=value):
                self._expression(value)
                self._values.add(ALL)
            case _:
                return

    def _update(self, call: ast.Call) -> None:
        for argument in call.args:
            self._add_all(argument)
        for keyword in call.keywords:
            if keyword.arg is None:
                raise _Uncertain
            self._add(frozenset({keyword.arg}), keyword.value)

    def _add_all(self, node: ast.expr) -> None:
        if not isinstance(node, ast.Dict) or None in node.keys:
            raise _Uncertain
        for key, value in zip(node.keys, node.values, strict=True):
            self._add(self._keys(key), value)

    def _add(self, keys: frozenset[str], value: ast.expr) -> None:
        if not keys or ALL in keys:
            raise _Uncertain
        self._expression(value)
        self._values |= keys
        self._added |= keys

    def _write(self, key: ast.expr | None, value: ast.expr) -> None:
        keys = self._keys(key)
        if not keys:
            raise _Uncertain
        self._values |= keys
        # A value that is made from the value before fails if there is none.
        if ALL not in keys and not any(self._is_item(each, key) for each in _always(value)):
            self._added |= keys

    def _is_item(self, node: ast.AST, key: ast.expr | None) -> bool:
        return (
            isinstance(node, ast.Subscript)
            and self._is_named(node.value)
            and key is not None
            and ast.dump(node.slice) == ast.dump(key)
        )

    def _keys(self, node: ast.expr | None) -> frozenset[str]:
        """Return the keys that an expression may have as its value; empty if they are unknown."""
        if isinstance(node, ast.Name) and node.id in self._loops:
            return self._loops[node.id]
        value = None if node is None else self._value_of(node)
        return frozenset({value}) if isinstance(value, str) else frozenset()

    def _read(self, key: ast.expr, *, is_only_read: bool) -> None:
        """Note a read value, which whatever gets it may change."""
        if not is_only_read:
            self._values |= self._keys(key) or {ALL}

    def _iterated(self, node: ast.expr) -> None:
        if not self._is_keys(node):
            self._expression(node)

    def _expression(self, node: ast.AST, *, is_only_read: bool = False) -> None:
        """Note the changes of an expression. `is_only_read` if nothing can change its value or the values in it."""
        match node:
            case ast.Name(id=name):
                if name in self._data and not is_only_read:
                    raise _Uncertain
            case ast.Subscript(value=owner, slice=key) if self._is_named(owner):
                if not isinstance(node.ctx, ast.Load):
                    raise _Uncertain
                self._read(key, is_only_read=is_only_read)
                self._expression(key)
            case ast.Call():
                self._call(node, is_only_read=is_only_read)
            case ast.Compare(left=left, comparators=others):
                for each in (left, *others):
                    self._expression(each, is_only_read=True)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._expression(operand, is_only_read=True)
            case ast.FormattedValue(value=value):
                self._expression(value, is_only_read=True)
            case ast.BoolOp(values=values):
                for each in values:
                    self._expression(each, is_only_read=is_only_read)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._expression(test, is_only_read=True)
                for each in (body, orelse):
                    self._expression(each, is_only_read=is_only_read)
            case _ if isinstance(node, _COMPREHENSIONS):
                self._comprehension(node)
            case _ if isinstance(node, _SCOPES):
                if any(isinstance(each, ast.Name) and each.id in self._data for each in ast.walk(node)):
                    raise _Uncertain
            case ast.Await() | ast.Yield() | ast.YieldFrom():
                raise _Uncertain
            case _:
                for child in ast.iter_child_nodes(node):
                    self._expression(child)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        for generator in node.generators:
            self._iterated(generator.iter)
            self._expression(generator.target)
            for each in generator.ifs:
                self._expression(each, is_only_read=True)
        for each in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self._expression(each)

    def _call(self, node: ast.Call, *, is_only_read: bool) -> None:
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=method), args=arguments) if self._is_named(owner):
                self._method(method, node, is_only_read=is_only_read)
                inner = (*arguments, *(each.value for each in node.keywords))
            case _ if self._is_keys(node):
                return
            case _ if self._is_data(node) and self._name_of(node.func) not in _CASTS:
                # A function that gets a copy can change only the values in it.
                self._values.add(ALL)
                return
            case _:
                is_only_read = self._name_of(node.func) in _SCALARS
                inner = (*node.args, *(each.value for each in node.keywords))
                self._expression(node.func)
                for each in inner:
                    self._expression(each, is_only_read=is_only_read)
                return
        for each in inner:
            self._expression(each)

    def _method(self, method: str, call: ast.Call, *, is_only_read: bool) -> None:
        """Note a call of a method of the mapping."""
        if method == "get" and call.args:
            self._read(call.args[0], is_only_read=is_only_read)
        elif method == "setdefault" and call.args:
            keys = self._keys(call.args[0])
            if not keys or ALL in keys:
                raise _Uncertain
            self._values |= keys
            self._added |= keys
        elif method in ("items", "values", "copy") and not call.args:
            if not is_only_read:
                self._values.add(ALL)
        elif method != "keys":
            raise _Uncertain


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the variable of an assignment to a single one, with its value."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case _:
            return


def _bound_without_node(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds without a `Name` in the tree."""
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((each.asname or each.name).partition(".")[0] for each in names)
        case ast.ExceptHandler(name=str() as name):
            yield name
        case _:
            return


def _loaded(target: ast.expr) -> ast.expr:
    """Return the target of an augmented assignment as a value."""
    match target:
        case ast.Subscript(value=owner, slice=key):
            return ast.Subscript(owner, key, ast.Load())
        case ast.Name(id=name):
            return ast.Name(name, ast.Load())
        case _:
            return target


def _always(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an expression that are evaluated whenever it is."""
    yield node
    match node:
        case ast.IfExp(test=test):
            yield from _always(test)
        case ast.BoolOp(values=[first, *_]):
            yield from _always(first)
        case ast.Lambda():
            return
        case (
            ast.ListComp(generators=[first, *_])
            | ast.SetComp(generators=[first, *_])
            | ast.DictComp(generators=[first, *_])
        ):
            yield from _always(first.iter)
        case ast.GeneratorExp(generators=[first, *_]):
            yield from _always(first.iter)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _always(child)
