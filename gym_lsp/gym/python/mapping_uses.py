"""The keys that a program reads from a field of type `dict[str, Any]`, and the class that it passes the mapping to.

Such a field accepts any key, but the program may use only a few: `SandboxSpec(**self.config.sandbox_config)` accepts
the fields of that class, and `self.config.sandbox_config.get("image")` reads one key. If every use in the program is of
these kinds, all keys that have an effect are known.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.gym.fields import AnyType, DictType, Extra, Field, FieldType, Model, ModelType, NullType, UnionType, show
from gym_lsp.gym.python.models import ModelReader
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import External, SourceDefinition
from gym_lsp.gym.python.statements import Function, occurrences

_LIBRARY = "nemo_gym"
_COPIES = frozenset({"builtins.dict", "copy.copy", "copy.deepcopy"})
_BY_KEY = frozenset({"get", "pop", "setdefault"})
_PASSED_ON = (
    re.compile(r"self(?:\s*[,)\]]|\.config\b(?!\.[a-z]|:))"),
    re.compile(r"config(?:\s*[,)\]]|\.(?:model_|dict\(|copy\())"),
)
"""The whole config, or the whole server, is passed on, unless it is the first parameter of a method.

Patterns that start with a word are searched for much faster than others.
"""
_SIGNATURE = re.compile(r"\bdef\s+\w+\(\s*\Z")


class _Uses(Struct, frozen=True):
    """The keys that a program reads itself, and the classes that get the mapping as their arguments."""

    keys: frozenset[str]
    classes: frozenset[SourceDefinition]


class _Visible(Struct, frozen=True):
    """The keys that a module reads, whether it has other uses, and whether one may pass the mapping to a class."""

    keys: frozenset[str]
    has_others: bool
    may_pass: bool


class _Open(Exception):
    """The program may use any key."""


def with_known_mappings(reader: ModelReader, server: SourceDefinition, config: SourceDefinition, model: Model) -> Model:
    """Return the model of a server in which the mappings whose keys are known have a type with these keys."""
    found: dict[str, Field] = {}
    modules: tuple[Module, ...] | None = None
    for field in model.fields.values():
        if not _is_free(field.type):
            continue
        if modules is None:
            bases = chain(reader.source.mro(server), reader.source.mro(config))
            own = (base.module for base in bases if isinstance(base, SourceDefinition))
            modules = tuple(dict.fromkeys(each for each in own if each.name.partition(".")[0] != _LIBRARY))
        inner = _known_keys(reader, modules, field.attribute or field.name)
        if inner is not None:
            is_optional = isinstance(field.type, UnionType)
            type = UnionType((ModelType(inner), NullType())) if is_optional else ModelType(inner)
            found[field.name] = replace(field, type=type)
    return replace(model, fields={**model.fields, **found}) if found else model


def _is_free(type: FieldType) -> bool:
    """Whether a type is a mapping with any keys and values, or null."""
    match type:
        case UnionType(options=(option, NullType())):
            return _is_free(option)
        case DictType(value=AnyType(name=None), min_length=None, max_length=None):
            return True
        case _:
            return False


def _known_keys(reader: ModelReader, modules: Iterable[Module], field: str) -> Model | None:
    """Return the keys of a mapping as a model, or None if any key may have an effect."""
    mention = re.compile(rf"\.{re.escape(field)}\b")
    keys: set[str] = set()
    classes: set[SourceDefinition] = set()
    try:
        uses = {module: _visible_uses(module.text, field) for module in modules}
        if not any(visible.keys or visible.has_others for visible in uses.values()):
            return None
        is_passed_on = any(_is_passed_on(module.text) for module in modules)
        if is_passed_on and not any(visible.may_pass for visible in uses.values()):
            return None
        for module, visible in uses.items():
            keys |= visible.keys
            for function in module.functions_with(mention) if visible.has_others else ():
                found = _Reading(reader, module, field, function).uses()
                keys |= found.keys
                classes |= found.classes
    except _Open:
        return None
    models = [reader.model_of(each) for each in classes if reader.kind(each) in ("pydantic", "dataclass")]
    passed = models[0] if len(models) == len(classes) == 1 else None
    if passed is not None and not passed.rewrites:
        return _as_keys(passed, keys)
    if classes or not keys or is_passed_on:
        return None
    return Model(field, {key: _key(key) for key in sorted(keys)})


def _visible_uses(text: str, field: str) -> _Visible:
    """Return what the text of a module shows without parsing, which is enough for nearly all fields.

    Raises _Open if a use is of another kind than those that `_Reading` knows.
    """
    if f'"{field}"' in text or f"'{field}'" in text:
        raise _Open
    keys: set[str] = set()
    has_others = may_pass = False
    for start in occurrences(text, f".{field}"):
        end = start + 1 + len(field)
        if text[end : end + 1].isidentifier() or text[end : end + 1].isdigit():
            continue
        read = _READ.match(text, end)
        if read is not None and read["key"] is not None:
            keys.add(read["key"])
        elif read is not None:
            has_others = True
        elif (whole := _WHOLE.search(text, max(0, start - _NEAR), start)) is not None:
            has_others = True
            name = whole["name"]
            may_pass |= bool(whole["passed"])
            may_pass |= name is not None and (f"**{name}" in text or f"model_validate({name}" in text)
        else:
            raise _Open
    return _Visible(frozenset(keys), has_others, may_pass)


def _is_passed_on(text: str) -> bool:
    """Whether something else may read the config, and so the field."""
    found = (match.start() for pattern in _PASSED_ON for match in pattern.finditer(text))
    words = (start for start in found if not text[start - 1 : start].isidentifier())
    return any(_SIGNATURE.search(text, max(0, start - _NEAR), start) is None for start in words)


_READ = re.compile(r"""(?:\.(?:get|pop|setdefault)\(|\[)\s*(?:(["'])(?P<key>[^"'\\\n]*)\1\s*[,)\]])?""")
_WHOLE = re.compile(
    r"""(?:\b(?P<name>\w+)[ ]*(?::[^=\n]*)?=\s*(?:dict\(|[\w.]*copy\()?
    |(?P<passed>\*\*(?:dict\(|[\w.]*copy\()?|\bmodel_validate\()
    |\b(?:in|if|not)[ ])[\w.]+\Z""",
    re.VERBOSE,
)
_NEAR = 80
"""Characters before a use that show its kind."""


def _key(name: str) -> Field:
    return Field(name, AnyType(), required=False)


def _as_keys(model: Model, keys: Iterable[str]) -> Model:
    """Return a model that has its fields and further keys, and accepts any value for them.

    The program makes the object later, perhaps not in each run, and may add arguments of its own.
    """
    extra: Extra = "allow" if model.extra == "allow" else "ignore"
    fields = {
        name: replace(field, type=AnyType(show(field.type)), required=False) for name, field in model.fields.items()
    }
    further = {key: _key(key) for key in sorted(keys) if model.field(key) is None}
    return replace(model, fields={**fields, **further}, extra=extra)


class _Reading:
    """The uses of a field in one function, directly or by a variable that holds the mapping or a copy."""

    def __init__(self, reader: ModelReader, module: Module, field: str, function: Function | None) -> None:
        if function is None:
            raise _Open
        self._source = reader.source
        self._module = module
        self._field = field
        self._parents: dict[ast.AST, ast.AST] = {}
        self._nodes: list[ast.AST] = [function]
        for node in self._nodes:
            for child in _children(node):
                self._parents[child] = node
                self._nodes.append(child)
        # A parameter has a value that the function does not assign, so it counts as assigned once more.
        self._stored = Counter(filter(None, map(_bound, self._nodes)))
        self._mapped: list[ast.AST] = [each for each in self._nodes if self._is_field(each)]
        self._variables = {name for node in self._mapped if (name := self._assigned(node))}
        if self._variables:
            self._mapped += [each for each in self._nodes if self._is_variable(each)]

    def uses(self) -> _Uses:
        """Return the uses. Raises _Open for a use of another kind."""
        keys: set[str] = set()
        classes: set[SourceDefinition] = set()
        for node in self._mapped:
            found = self._use(self._whole(node))
            keys |= found.keys
            classes |= found.classes
        return _Uses(frozenset(keys), frozenset(classes))

    def _is_field(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == self._field

    def _is_variable(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in self._variables

    def _assigned(self, node: ast.AST) -> str | None:
        """Return the variable that holds the mapping since a statement and until the function ends, or None."""
        match self._parents.get(self._whole(node)):
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return name if self._stored[name] == 1 else None
            case _:
                return None

    def _whole(self, node: ast.AST) -> ast.AST:
        """Return the largest expression around a mapping whose value is the mapping, a copy, or `{}` instead of it."""
        match parent := self._parents.get(node):
            case ast.Call(func=function, args=[copied], keywords=[]) if copied is node:
                return self._whole(parent) if self._name_of(function) in _COPIES else node
            case ast.BoolOp(op=ast.Or(), values=[first, ast.Dict(keys=[])]) if first is node:
                return self._whole(parent)
            case _:
                return node

    def _name_of(self, node: ast.expr) -> str | None:
        found = self._source.refer(self._module, node)
        return found.name if isinstance(found, External) else None

    def _use(self, node: ast.AST) -> _Uses:
        """Return the use that an expression, whose value is the mapping, is a part of."""
        if any(isinstance(each, ast.Raise) for each in self._around(node)):
            return _NOTHING
        match parent := self._parents.get(node):
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if name in self._variables:
                    return _NOTHING
            case ast.Attribute(attr=method) if method in _BY_KEY:
                call = self._parents.get(parent)
                if isinstance(call, ast.Call) and call.func is parent and call.args:
                    return self._key(call.args[0])
            case ast.Subscript(value=value, slice=key) if value is node:
                return self._key(key)
            case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[mapping]) if mapping is node:
                return self._key(key)
            case ast.If(test=test) | ast.IfExp(test=test) if test is node:
                return _NOTHING
            case ast.UnaryOp(op=ast.Not()):
                return _NOTHING
            case ast.keyword(arg=None):
                call = self._parents.get(parent)
                if isinstance(call, ast.Call) and not call.args:
                    return self._passed_to(call.func)
            case ast.Call(func=ast.Attribute(value=owner, attr="model_validate"), args=[given], keywords=[]):
                if given is node:
                    return self._passed_to(owner)
            case _:
                pass
        raise _Open

    def _around(self, node: ast.AST) -> Iterator[ast.AST]:
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def _passed_to(self, node: ast.expr) -> _Uses:
        found = self._source.refer(self._module, node)
        if not isinstance(found, SourceDefinition) or not isinstance(found.node, ast.ClassDef):
            raise _Open
        return _Uses(frozenset(), frozenset({found}))

    def _key(self, node: ast.expr) -> _Uses:
        name = node.id if isinstance(node, ast.Name) else None
        if name is not None and name in self._stored:
            return _Uses(self._keys_of_loop(name), frozenset())
        value = self._source.evaluate_or_none(self._module, node)
        if not isinstance(value, str):
            raise _Open
        return _Uses(frozenset({value}), frozenset())

    def _keys_of_loop(self, name: str) -> frozenset[str]:
        """Return the constant strings that a loop assigns to a variable."""
        for node in self._nodes:
            match node:
                case ast.For(target=ast.Name(id=target), iter=iterated) if target == name and self._stored[name] == 1:
                    values = self._source.evaluate_or_none(self._module, iterated)
                    items: list[object] = [*values] if isinstance(values, list | tuple) else []
                    strings = frozenset(item for item in items if isinstance(item, str))
                    if strings and len(strings) == len(items):
                        return strings
                case _:
                    continue
        raise _Open


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the same as `ast.iter_child_nodes` in half of the time."""
    for value in vars(node).values():
        if isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
            yield value
        elif isinstance(value, list):
            yield from (each for each in cast("list[object]", value) if isinstance(each, ast.AST))


def _bound(node: ast.AST) -> str | None:
    """Return the name of the variable or parameter that a node binds, or None."""
    if isinstance(node, ast.Name):
        return None if isinstance(node.ctx, ast.Load) else node.id
    return node.arg if isinstance(node, ast.arg) else None


_NOTHING = _Uses(frozenset(), frozenset())
