"""Models and field types of classes in Python source: pydantic models, dataclasses, TypedDicts and Enums.

Anything that is not certain becomes AnyType, or a model that allows further keys. So these models never reject what the
real class accepts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Literal, cast

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.gym.fields import (
    AnyType,
    DictType,
    EnumType,
    Extra,
    Field,
    FieldType,
    ListType,
    LiteralType,
    Model,
    ModelType,
    RefType,
    Scalar,
    StrType,
    show,
    union,
)
from gym_lsp.gym.python.annotations import constrain, constrained_type, generic, named_type
from gym_lsp.gym.python.builtin_bases import builtin_base, builtin_type
from gym_lsp.gym.python.class_body import (
    ModelConfig,
    changes_of_input,
    checked_early,
    docstring,
    docstring_after,
    settings_of,
    switched_off,
)
from gym_lsp.gym.python.constant import NotConstant
from gym_lsp.gym.python.input_changes import ALL, InputChanges
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import External, Source, SourceDefinition
from gym_lsp.gym.python.statements import Function

Kind = Literal["pydantic", "dataclass", "typed dict", "enum"]
"""The kinds of classes that a config can be read with."""

_PYDANTIC = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel"})
_ENUMS = {"enum.Enum": None, "enum.StrEnum": "str", "enum.IntEnum": "int"}
_PLAIN_BASES = {"builtins.str": "str", "builtins.int": "int", "builtins.float": "float"}
_TYPED_DICTS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
_DATACLASSES = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
_ANY = frozenset({"typing.Any", "builtins.object"})
_FIELD_CALLS = frozenset({"pydantic.Field", "pydantic.fields.Field", "dataclasses.field"})
_EARLY_METADATA = frozenset(
    {"BeforeValidator", "GetPydanticSchema", "PlainValidator", "SkipValidation", "WrapValidator"}
)
"""Metadata of pydantic that may replace a value before its type is checked."""
HARMLESS_BASES = frozenset(
    {"builtins.object", "typing.Generic", "typing_extensions.Generic", "typing.Protocol", "abc.ABC", *_PYDANTIC}
)
"""Bases outside the tree that add no field."""


class _Default(Struct, frozen=True):
    """The default of a field with everything in its `Field(...)`, after the equals sign or in `Annotated`."""

    required: bool = True
    text: str | None = None
    description: str | None = None
    aliases: tuple[str, ...] = ()
    constraints: Mapping[str, object] | None = None


class _Own(Struct, frozen=True):
    """The contribution of one class to its own model and to those of its subclasses."""

    fields: tuple[Field, ...]
    settings: ModelConfig
    checked_early: frozenset[str]
    changes: InputChanges | None


class ModelReader:
    """Reads each class of a `Source` once. Classes of the fallback source are read by `fallback`, its own reader."""

    def __init__(self, source: Source, fallback: ModelReader | None = None) -> None:
        self.source = source
        self._fallback = fallback
        self._models: dict[SourceDefinition, Model | None] = {}
        self._own: dict[SourceDefinition, _Own] = {}
        self._reading: set[SourceDefinition] = set()

    def _reader_of(self, module: Module) -> ModelReader:
        return self._fallback if self._fallback is not None and self._fallback.source.knows(module) else self

    def model(self, module: str, name: str) -> Model | None:
        """Return the model of a class by its name, or None if there is no such class or it is of another kind."""
        found = self.source.member(module, name)
        return self.model_of(found) if isinstance(found, SourceDefinition) else None

    def model_of(self, definition: SourceDefinition) -> Model | None:
        """Return the model of a class; None for a class of another kind and for a class inside its own fields."""
        reader = self._reader_of(definition.module)
        if reader is not self:
            return reader.model_of(definition)
        if definition not in self._models:
            if definition in self._reading:
                return None
            self._reading.add(definition)
            self._models[definition] = self._read(definition)
            self._reading.remove(definition)
        return self._models[definition]

    def _read(self, definition: SourceDefinition) -> Model | None:
        kind = self.kind(definition)
        if kind is None or kind == "enum" or not isinstance(definition.node, ast.ClassDef):
            return None
        order = self.source.mro(definition)
        fields: dict[str, Field] = {}
        extra: Extra = "ignore"
        by_name = renames = rewrites = False
        unchecked: set[str] = set()
        changed: set[str] = set()
        added: set[str] = set()
        for base in reversed(order):
            if isinstance(base, SourceDefinition) and isinstance(base.node, ast.ClassDef):
                own = self._reader_of(base.module)._own_of(base)
                # As in pydantic, a field that a subclass declares again keeps its place.
                fields.update((field.attribute or field.name, field) for field in own.fields)
                extra = own.settings.extra or extra
                by_name = by_name if own.settings.by_name is None else own.settings.by_name
                renames |= own.settings.renames
                unchecked |= own.checked_early
                if kind == "pydantic":
                    rewrites |= own.changes is None
                    changed |= own.changes.values if own.changes else set()
                    added |= own.changes.added if own.changes else set()
            elif isinstance(base, External) and (builtin := builtin_base(base.name)):
                fields.update((field.name, field) for field in builtin.fields)
                extra = builtin.extra
        for name in fields if "*" in unchecked else unchecked & fields.keys():
            fields[name] = replace(fields[name], type=AnyType(show(fields[name].type)))
        harmless = HARMLESS_BASES | _TYPED_DICTS
        outside = (base.name for base in order if isinstance(base, External))
        if renames or any(name not in harmless and builtin_base(name) is None for name in outside):
            # A base that cannot be read may add any field.
            extra = "allow"
        named = [_named(field, by_name=by_name, renames=renames) for field in fields.values()]
        # Validators of the whole model use the keys of the mapping, and those of fields use the names of attributes.
        named = [_after_changes(field, changed, added) for field in named]
        node = definition.node
        return Model(
            node.name,
            {field.name: field for field in named},
            extra,
            definition.module.path,
            node.lineno,
            docstring(definition.body),
            rewrites,
            has_aliases=any(field.aliases for field in named),
        )

    def _own_of(self, definition: SourceDefinition) -> _Own:
        known = self._own.get(definition)
        if known is None:
            changes = changes_of_input(self.source, definition)
            known = self._own[definition] = _Own(
                tuple(self._own_fields(definition, frozenset() if changes is None else changes.values)),
                settings_of(self.source, definition),
                checked_early(definition),
                changes,
            )
        return known

    def kind(self, definition: SourceDefinition) -> Kind | None:
        """Return the kind of a class, or None for a class that no config can be read with."""
        if not isinstance(definition.node, ast.ClassDef):
            return None
        order = self.source.mro(definition)
        names = {base.name for base in order if isinstance(base, External)}
        if names & _ENUMS.keys():
            return "enum"
        if names & _PYDANTIC or any(map(builtin_base, names)):
            return "pydantic"
        if names & _TYPED_DICTS:
            return "typed dict"
        is_dataclass = any(self._is_dataclass(base) for base in order if isinstance(base, SourceDefinition))
        return "dataclass" if is_dataclass else None

    def _is_dataclass(self, definition: SourceDefinition) -> bool:
        node = definition.node
        decorators = node.decorator_list if isinstance(node, ast.ClassDef) else []
        calls = (each.func if isinstance(each, ast.Call) else each for each in decorators)
        return any(self._names(definition.module, call) in _DATACLASSES for call in calls)

    def _names(self, module: Module, node: ast.expr) -> str | None:
        """Return the full name of an external name, or None for any other expression."""
        found = self.source.refer(module, node)
        return found.name if isinstance(found, External) else None

    def _own_fields(self, definition: SourceDefinition, changed: frozenset[str]) -> Iterator[Field]:
        module, body = definition.module, definition.body
        keywords = definition.node.keywords if isinstance(definition.node, ast.ClassDef) else []
        total = not switched_off(keywords, "total")
        for index, statement in enumerate(body):
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            name = statement.target.id
            if name.startswith("_") or name == "model_config" or self._is_class_variable(module, statement.annotation):
                continue
            if isinstance(statement.value, ast.Call) and switched_off(statement.value.keywords, "init"):
                continue
            inner = self._annotated_default(module, statement.annotation)
            default = self._default(module, statement.value) if statement.value else inner
            constraints = {**(inner.constraints or {}), **(default.constraints or {})}
            names = default.aliases or inner.aliases or (name,)
            if changed.isdisjoint((ALL, *names)):
                type = constrain(self.type_of(module, statement.annotation), constraints)
            else:
                # The value may be of any type, so the classes in the annotation need not be read.
                type = AnyType(module.segment(statement.annotation))
            yield Field(
                name=names[0],
                type=type,
                required=default.required and inner.required and total,
                default=default.text if statement.value else inner.text,
                description=default.description or inner.description or docstring_after(body, index),
                path=module.path,
                line=statement.lineno,
                attribute=None if name == names[0] else name,
                aliases=names[1:],
            )

    def _is_class_variable(self, module: Module, annotation: ast.expr) -> bool:
        head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        if isinstance(head, ast.Constant) and isinstance(head.value, str):
            return head.value.startswith(("ClassVar", "typing.ClassVar"))
        return self._names(module, head) == "typing.ClassVar"

    def _annotated_default(self, module: Module, annotation: ast.expr) -> _Default:
        """Return the default in an `Annotated[..., Field(...)]` or a `NotRequired[...]`."""
        head = self._names(module, annotation.value) if isinstance(annotation, ast.Subscript) else None
        if head in ("typing.NotRequired", "typing_extensions.NotRequired"):
            return _Default(required=False)
        if head and generic(head) == "annotated" and isinstance(annotation, ast.Subscript):
            arguments = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
            for metadata in arguments[1:]:
                if self._is_field_call(module, metadata):
                    return self._default(module, metadata)
        return _Default()

    def _is_field_call(self, module: Module, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._names(module, node.func) in _FIELD_CALLS

    def _default(self, module: Module, node: ast.expr) -> _Default:
        if not isinstance(node, ast.Call) or not self._is_field_call(module, node):
            required = isinstance(node, ast.Constant) and node.value is ...
            return _Default(required, None if required else module.segment(node))
        keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        default = node.args[0] if node.args else keywords.get("default")
        if isinstance(default, ast.Constant) and default.value is ...:
            default = None
        factory = keywords.get("default_factory")
        text = module.segment(default) if default else _factory_default(module, factory) if factory else None
        # Keywords that are unpacked into the call (`**`) may contain a default.
        is_open = any(keyword.arg is None for keyword in node.keywords)
        return _Default(
            required=text is None and not is_open,
            text=text,
            description=self._string(module, keywords.get("description")),
            aliases=tuple(self._aliases(module, keywords.get("validation_alias") or keywords.get("alias"))),
            constraints=self._constraints(module, keywords),
        )

    def _aliases(self, module: Module, node: ast.expr | None) -> Iterator[str]:
        """Return the keys that a field accepts by its alias, which may be a choice of several."""
        choices = node.args if isinstance(node, ast.Call) else [node]
        found = (self._string(module, choice) for choice in choices)
        return (alias for alias in found if alias is not None)

    def _constraints(self, module: Module, keywords: Mapping[str, ast.expr]) -> Mapping[str, object]:
        return {name: value for name, node in keywords.items() for value in self._values(module, node)}

    def _values(self, module: Module, node: ast.expr) -> Iterator[object]:
        try:
            yield self.source.evaluate(module, node)
        except NotConstant:
            return

    def _string(self, module: Module, node: ast.expr | None) -> str | None:
        value = next(self._values(module, node), None) if node else None
        return value if isinstance(value, str) else None

    def type_of(self, module: Module, annotation: ast.expr) -> FieldType:
        """Return the type of an annotation in `module`; AnyType if it is unknown."""
        match annotation:
            case ast.Constant(value=None):
                return named_type("types.NoneType")
            case ast.Constant(value=str() as text):
                return self._quoted_type(module, text)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return union([self.type_of(module, left), self.type_of(module, right)])
            case ast.Subscript(value=head, slice=inner):
                arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                return self._generic_type(module, head, arguments)
            case ast.Name() | ast.Attribute():
                return self._named_type(module, annotation)
            case ast.Call(func=function):
                keywords = {keyword.arg: keyword.value for keyword in annotation.keywords if keyword.arg}
                return constrained_type(self._names(module, function) or "", self._constraints(module, keywords))
            case _:
                return AnyType()

    def _quoted_type(self, module: Module, text: str) -> FieldType:
        try:
            return self.type_of(module, ast.parse(text.strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError):
            return AnyType()

    def _named_type(self, module: Module, node: ast.expr) -> FieldType:
        found = self.source.refer(module, node)
        if isinstance(found, External):
            known = named_type(found.name)
            known = builtin_type(found.name) if known == AnyType() else known
            return AnyType(_last_name(node)) if known == AnyType() and found.name not in _ANY else known
        if not isinstance(found, SourceDefinition):
            return AnyType(_last_name(node))
        if isinstance(found.node, ast.ClassDef):
            return self._class_type(found)
        alias = getattr(found.node, "value", None)
        if not isinstance(alias, ast.expr) or found in self._reading:
            return AnyType(found.name)
        self._reading.add(found)
        type = self.type_of(found.module, alias)
        self._reading.remove(found)
        return type

    def _class_type(self, definition: SourceDefinition) -> FieldType:
        if self.kind(definition) == "enum":
            return self.enum(definition) or AnyType(definition.name)
        model = self.model_of(definition)
        if model is None or model.rewrites:
            return AnyType(definition.name)
        return _as_ref(model) or ModelType(model)

    def _generic_type(self, module: Module, head: ast.expr, arguments: list[ast.expr]) -> FieldType:
        name = self._names(module, head)
        match generic(name) if name else None:
            case "union":
                return union(self.type_of(module, argument) for argument in arguments)
            case "optional":
                return union([self.type_of(module, arguments[0]), named_type("types.NoneType")])
            case "literal":
                return self._literal_type(module, arguments)
            case "annotated":
                if any(self._is_early(module, metadata) for metadata in arguments[1:]):
                    return AnyType(show(self.type_of(module, arguments[0])))
                inner = self._annotated_default(module, ast.Subscript(head, ast.Tuple(arguments)))
                return constrain(self.type_of(module, arguments[0]), inner.constraints or {})
            case "wrapper":
                return self.type_of(module, arguments[0])
            case "list":
                return ListType(self.type_of(module, arguments[0]))
            case "tuple":
                same = len(arguments) == 2 and isinstance(arguments[1], ast.Constant)
                return ListType(self.type_of(module, arguments[0]) if same else AnyType())
            case "dict" if len(arguments) == 2:
                return DictType(self.type_of(module, arguments[0]), self.type_of(module, arguments[1]))
            case _:
                return AnyType(_last_name(head))

    def _is_early(self, module: Module, metadata: ast.expr) -> bool:
        """Whether metadata of `Annotated` may accept values that the type does not accept."""
        name = self._names(module, metadata.func if isinstance(metadata, ast.Call) else metadata) or ""
        return name.startswith("pydantic.") and name.rpartition(".")[2] in _EARLY_METADATA

    def _literal_type(self, module: Module, arguments: list[ast.expr]) -> FieldType:
        found = (value for argument in arguments for value in self._values(module, argument))
        values: list[Scalar] = [value for value in found if value is None or isinstance(value, str | int | float)]
        return LiteralType(tuple(values)) if len(values) == len(arguments) else AnyType()

    def enum(self, definition: SourceDefinition) -> EnumType | None:
        """Return an Enum with its members, or None if a value is not a constant or if any value may be a member."""
        node = definition.node
        if self.kind(definition) != "enum" or not isinstance(node, ast.ClassDef):
            return None
        members: list[tuple[str, object]] = []
        for statement in definition.body:
            if isinstance(statement, Function) and statement.name == "_missing_":
                return None
            if isinstance(statement, ast.Assign) and isinstance(target := statement.targets[0], ast.Name):
                if target.id.startswith("_"):
                    continue
                value = list(self._values(definition.module, statement.value))
                if not value:
                    return None
                members.append((target.id, value[0]))
        names = [base.name for base in self.source.mro(definition) if isinstance(base, External)]
        base = next((found for name in names if (found := _PLAIN_BASES.get(name) or _ENUMS.get(name))), None)
        return EnumType(node.name, tuple(members), cast("Literal['str', 'int', 'float'] | None", base))


def _last_name(node: ast.expr) -> str | None:
    """Return the class name in an expression such as `module.Name`, or None if it is not a name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None


def _as_ref(model: Model) -> RefType | None:
    """Return the type for a model that is a server ref, with only `type` and `name`, or None for any other model."""
    if not model.name.endswith("ServerRef") or set(model.fields) != {"type", "name"}:
        return None
    type = model.fields["type"].type
    if not isinstance(type, LiteralType) or model.fields["name"].type != StrType():
        return None
    return RefType(tuple(value for value in type.values if isinstance(value, str)))


def _named(field: Field, *, by_name: bool, renames: bool) -> Field:
    """Return a field with the changes that the settings of its model make to its keys."""
    if renames:
        return replace(field, required=False)
    return replace(field, aliases=(*field.aliases, field.attribute)) if by_name and field.attribute else field


def _after_changes(field: Field, changed: AbstractSet[str], added: AbstractSet[str]) -> Field:
    """Return a field with the values that a mapping may have before a validator changes it."""
    keys = {field.name, *field.aliases}
    if not (ALL in changed or keys & changed):
        return field
    return replace(field, type=AnyType(show(field.type)), required=field.required and not keys & added)


def _factory_default(module: Module, factory: ast.expr) -> str:
    """Return the value of a default factory as source text."""
    text = module.segment(factory)
    if isinstance(factory, ast.Lambda):
        return module.segment(factory.body)
    return {"list": "[]", "dict": "{}", "set": "set()"}.get(text, f"{text}()")
