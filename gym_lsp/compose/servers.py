"""The servers of a run, and the flaws of blocks that are almost servers.

Mirrors `maybe_get_server_instance_config`, `is_almost_server` and their models. A block is a server if one of the
instance models accepts it. It is an almost-server if none accepts it although it has an `entrypoint`. NeMo Gym silently
ignores all other blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.config import Array, Config, Leaf, Table, to_plain
from gym_lsp.compose.flaw import Flaw, FlawKind
from gym_lsp.gym.fields import (
    AnyType,
    DictType,
    FieldType,
    ListType,
    LiteralType,
    Model,
    ModelType,
    NullType,
    UnionType,
    accepts,
)
from gym_lsp.gym.layout import DOMAIN, ENTRYPOINT, IDENTIFIERS, LICENSE, NAME, RESOURCES, SOURCE, TYPE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import Atom, KeyPath

SERVER_MODEL = "BaseRunServerTypeConfig"
LICENSED = ("train", "validation")


class Server(Struct, frozen=True):
    """A valid server of a run."""

    name: str
    server_type: str
    implementation: str
    config: Table
    instance: Table

    @property
    def path(self) -> KeyPath:
        """The key path of `config`."""
        return (self.name, self.server_type, self.implementation)


class Judged(Struct, frozen=True):
    """The verdict on a block: the server if it is valid, or the flaws because of which it is not.

    Flaws are errors if the block is an almost-server. `is_almost` is true if its text shows that. A block with
    interpolations can also be one. `intended` are the servers that an almost-server would be without its flaws.
    """

    server: Server | None
    flaws: tuple[Flaw, ...]
    is_almost: bool
    intended: tuple[Server, ...] = ()

    def of(self, block: Table) -> Judged | None:
        """Return the same verdict on a block with equal content; None if it has flaws, which have places."""
        if self.flaws:
            return None
        if self.server is None:
            return self
        group = block.entries[self.server.server_type]
        assert isinstance(group, Table)
        (config,) = group.entries.values()
        assert isinstance(config, Table)
        return Judged(replace(self.server, config=config, instance=block), (), is_almost=False)


_NOTHING = Judged(None, (), is_almost=False)


class Judge:
    """The validation of blocks by the models of one release.

    `known` are verdicts on blocks with the same names and the same content, at other places.
    """

    def __init__(self, profile: Profile, known: Mapping[Atom, Judged] = MappingProxyType({})) -> None:
        self._known = known
        self._server_types = profile.server_types
        self._reserved = profile.reserved_keys
        self._model = profile.models[SERVER_MODEL]

    def servers(self, root: Table) -> Iterator[tuple[Atom, Config, Judged]]:
        """Yield (name, block, verdict) for each top-level value that is not reserved."""
        for name, block in root.entries.items():
            if name not in self._reserved:
                yield name, block, self.judge(name, block)

    def judge(self, name: Atom, block: Config) -> Judged:
        if not isinstance(block, Table):
            return _NOTHING
        known = self._known.get(name)
        return (None if known is None else known.of(block)) or self._judge(name, block)

    def _judge(self, name: Atom, block: Table) -> Judged:
        given = block.get(NAME)
        own: list[Flaw] = []
        if given is None and not isinstance(name, str):
            own.append(Flaw(FlawKind.NAME_NOT_TEXT, block, (), NAME))
        elif given is not None and not (isinstance(given, Leaf) and isinstance(given.value, str)):
            own.append(Flaw(FlawKind.NAME_NOT_TEXT, given, (NAME,), NAME))
        present = [server_type for server_type in self._server_types if server_type in block.entries]
        own += _key_flaws(block, ())
        flaws = [*own] if present else []
        valid: list[Server] = []
        shown = str(given.value) if isinstance(given, Leaf) else str(name)
        for server_type in present:
            group = block.entries[server_type]
            found = list(self._group(server_type, group))
            if not own and not found and isinstance(group, Table):
                ((implementation, config),) = group.entries.items()
                assert isinstance(config, Table)
                valid.append(Server(shown, server_type, str(implementation), config, block))
            flaws.extend(found)
        if valid:
            # If several models accept the block, pydantic chooses the one with the most fields set.
            is_plain = len(valid) == 1
            best = valid[0] if is_plain else max(valid, key=lambda server: _fields_set(self._model, server.config))
            return Judged(best, (), is_almost=False)
        intended = tuple(
            Server(shown, server_type, str(implementation), config, block)
            for server_type in present
            for implementation, config in implementations(block.entries[server_type])
            if isinstance(config, Table) and looks_like_server(config)
        )
        return Judged(None, tuple(flaws), bool(intended), intended) if flaws else _NOTHING

    def _group(self, server_type: str, group: Config) -> Iterator[Flaw]:
        path: KeyPath = (server_type,)
        if not isinstance(group, Table):
            yield Flaw(FlawKind.WRONG_VALUE, group, path, server_type, DictType(AnyType(), AnyType(), 1, 1))
            return
        if not group.entries:
            yield Flaw(FlawKind.NO_IMPLEMENTATION, group, path, server_type)
        if len(group.entries) > 1:
            latest = list(group.entries.values())
            yield Flaw(FlawKind.SEVERAL_IMPLEMENTATIONS, latest[-1], path, server_type, None, latest[0])
        yield from _key_flaws(group, path)
        for implementation, config in group.entries.items():
            below = (*path, str(implementation))
            found = list(flaws_of(ModelType(self._model), config, below, str(implementation)))
            yield from found
            # NeMo Gym checks the domain only after the fields. Here both are reported at once.
            if server_type == RESOURCES and isinstance(config, Table):
                domain = config.get(DOMAIN)
                if domain is None or (isinstance(domain, Leaf) and domain.value is None):
                    yield Flaw(FlawKind.DOMAIN_ABSENT, config, below, DOMAIN)


def implementations(group: Config | None) -> Iterable[tuple[Atom, Config]]:
    """Return the implementations of a group, with their names."""
    return group.entries.items() if isinstance(group, Table) else ()


def looks_like_server(implementation: Config | None) -> bool:
    """Return whether an implementation makes an invalid block an almost-server. Mirrors `is_almost_server`."""
    return isinstance(implementation, Table) and ENTRYPOINT in implementation.entries


def _key_flaws(table: Table, path: KeyPath) -> Iterator[Flaw]:
    for key, value in table.entries.items():
        if not isinstance(key, str):
            yield Flaw(FlawKind.KEY_NOT_TEXT, value, (*path, str(key)), str(key))


def flaws_of(expected: FieldType, config: Config, path: KeyPath, field: str) -> Iterator[Flaw]:
    """Yield the flaws because of which a value does not have a type, as deep in the value as possible."""
    if isinstance(expected, UnionType):
        yield from _union_flaws(expected, config, path, field)
    elif isinstance(expected, ListType) and isinstance(config, Array):
        for index, item in enumerate(config.items):
            yield from flaws_of(expected.item, item, (*path, index), field)
    elif isinstance(expected, ModelType) and isinstance(config, Table):
        yield from _model_flaws(expected.model, config, path)
    elif not accepts(expected, to_plain(config)):
        yield Flaw(FlawKind.WRONG_VALUE, config, path, field, expected)


def _union_flaws(expected: UnionType, config: Config, path: KeyPath, field: str) -> Iterator[Flaw]:
    if isinstance(config, Leaf):
        if not accepts(expected, config.value):
            yield Flaw(FlawKind.WRONG_VALUE, config, path, field, expected)
        return
    fitting = [option for option in expected.options if _has_shape(option, config)]
    if len(fitting) > 1:
        fitting = _discriminated(fitting, config)
    if not fitting:
        yield from _no_option(expected, config, path, field)
        return
    attempts = [list(flaws_of(option, config, path, field)) for option in fitting]
    if all(attempts):
        yield from min(attempts, key=len)


def _has_shape(option: FieldType, config: Config) -> bool:
    if isinstance(option, ModelType | DictType):
        return isinstance(config, Table)
    if isinstance(option, ListType):
        return isinstance(config, Array)
    return not isinstance(option, NullType) and accepts(option, to_plain(config))


def _discriminated(options: list[FieldType], config: Config) -> list[FieldType]:
    """Return the models whose `type` is that of the value."""
    given = config.get(TYPE) if isinstance(config, Table) else None
    matching: list[FieldType] = []
    for option in options:
        field = option.model.fields.get(TYPE) if isinstance(option, ModelType) else None
        if field is None or (given is not None and accepts(field.type, to_plain(given))):
            matching.append(option)
    return matching


def _no_option(expected: UnionType, config: Config, path: KeyPath, field: str) -> Iterator[Flaw]:
    """Yield the flaw of a value that no option accepts. If `type` distinguishes the options, it is a flaw of `type`."""
    types = [
        option.model.fields[TYPE].type
        for option in expected.options
        if isinstance(option, ModelType) and TYPE in option.model.fields
    ]
    if not isinstance(config, Table) or not types:
        yield Flaw(FlawKind.WRONG_VALUE, config, path, field, expected)
        return
    values = tuple(value for kind in types if isinstance(kind, LiteralType) for value in kind.values)
    given = config.get(TYPE)
    if given is None:
        yield Flaw(FlawKind.FIELD_ABSENT, config, path, TYPE, LiteralType(values))
    else:
        yield Flaw(FlawKind.WRONG_VALUE, given, (*path, TYPE), TYPE, LiteralType(values))
    yield from _flaws_of_every_option(expected, config, path)


def _flaws_of_every_option(expected: UnionType, config: Table, path: KeyPath) -> Iterator[Flaw]:
    """Yield the flaws that a value has whatever its `type` is. Without a `type`, other absent fields are not named."""
    models = [option.model for option in expected.options if isinstance(option, ModelType)]
    first, *others = ([*_model_flaws(model, config, path)] for model in models)
    elsewhere = [{(flaw.kind, flaw.path, flaw.field) for flaw in flaws} for flaws in others]
    for flaw in first:
        if flaw.kind is FlawKind.FIELD_ABSENT and TYPE not in config.entries:
            continue
        if flaw.field != TYPE and all((flaw.kind, flaw.path, flaw.field) in flaws for flaws in elsewhere):
            yield flaw


def _model_flaws(model: Model, config: Table, path: KeyPath) -> Iterator[Flaw]:
    if model.extra == "allow":
        yield from _key_flaws(config, path)
    for field in model.fields.values():
        value = config.entries.get(field.name)
        if value is None:
            if field.required:
                yield Flaw(FlawKind.FIELD_ABSENT, config, path, field.name, field.type)
        elif not (isinstance(value, Leaf) and accepts(field.type, value.value)):
            yield from flaws_of(field.type, value, (*path, field.name), field.name)
    if LICENSE in model.fields:
        yield from _dataset_flaws(config, path)


def _dataset_flaws(config: Table, path: KeyPath) -> Iterator[Flaw]:
    """Yield the flaws of two validators of a dataset: `check_train_validation_sets` and `normalize_dataset_source`."""
    if config.leaf(TYPE) in LICENSED and _is_unset(config.get(LICENSE)):
        yield Flaw(FlawKind.LICENSE_ABSENT, config, path, LICENSE)
    source = config.get(SOURCE)
    for name in IDENTIFIERS:
        identifier = config.get(name)
        if source is not None and identifier is not None and not (_is_unset(source) or _is_unset(identifier)):
            yield Flaw(FlawKind.SOURCE_TWICE, identifier, (*path, name), name, None, source)


def _fields_set(model: Model, config: Table) -> int:
    """Return the number of declared fields that a value sets, nested models included."""
    count = 0
    for field in model.fields.values():
        value = config.get(field.name)
        if value is None:
            continue
        count += 1
        items = value.items if isinstance(value, Array) else (value,)
        for item in items:
            options = field.type.options if isinstance(field.type, UnionType) else (field.type,)
            models = [inner for option in options for inner in _models(option)]
            if isinstance(item, Table) and models:
                count += max(_fields_set(inner, item) for inner in models)
    return count


def _models(expected: FieldType) -> Iterator[Model]:
    if isinstance(expected, ModelType):
        yield expected.model
    elif isinstance(expected, ListType):
        yield from _models(expected.item)
    elif isinstance(expected, UnionType):
        for option in expected.options:
            yield from _models(option)


def _is_unset(config: Config | None) -> bool:
    return config is None or (isinstance(config, Leaf) and config.value is None)
