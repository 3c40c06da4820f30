"""`KEY=VALUE` arguments of the command line as configuration.

Mirrors `ConfigLoaderImpl._apply_overrides_to_config` of Hydra: `++a.b=1` sets a key, `+a.b=1` adds one, and `a.b=1`
changes one. Hydra starts from an empty configuration, so it rejects a key without a plus sign, unless an earlier
override has added the key. Here a rejected override is a problem and is applied, because the intention is clear.
Values have the grammar of resolver arguments, which differs from YAML: `yes` and `1:30` are text, and an empty value is
the empty text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import NamedTuple, cast

from gym_lsp.compose.config import Array, Config, Leaf, Origin, Provenance, Table, marks_of, table, to_plain
from gym_lsp.compose.problem import OverrideRejected, Sign
from gym_lsp.compose.secrets import masked
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.syntax import Atom, KeyPath, Scalar
from gym_lsp.syntax.interpolation import Call, DictValue, ListValue, Literal, Primitive, Quoted, Value, parse_template
from gym_lsp.text import Span

COMMAND_LINE = PurePath("<command line>")
"""The path of a virtual file with the text of `command_line`, so that arguments have places like all other values."""
CONFIG_FLAG = "--config "
_OPENING = "${value:"
_OF_HYDRA = "hydra"
"""The key of Hydra's own settings, which have values already, and which NeMo Gym does not see."""


class OverrideError(ValueError):
    """An argument that is not `KEY=VALUE`."""


def command_line(roots: Iterable[str], overrides: Iterable[str]) -> str:
    """Return the arguments of a run on one line."""
    return " ".join((*(f"{CONFIG_FLAG}{root}" for root in roots), *overrides))


class Overrides(NamedTuple):
    """All overrides of a run as one table, later ones over earlier ones, and those that Hydra rejects.

    Places refer to the command line.
    """

    table: Table
    rejected: tuple[OverrideRejected, ...]
    deleted: tuple[KeyPath, ...] = ()
    """The keys that are deleted from what they change."""


def read_overrides(arguments: Iterable[str], roots: Iterable[str] = (), base: Table | None = None) -> Overrides:
    """Read the arguments of a run. `base` is the configuration that they change; NeMo Gym starts from an empty one.

    Only of a `base`, keys can be deleted: `~a.b`.

    Raises OverrideError for an argument without a key or without `=`, and for a value that Hydra cannot read.
    """
    arguments, roots = tuple(arguments), tuple(roots)
    text = command_line(roots, arguments)
    origin = Origin(COMMAND_LINE, text, Provenance.OVERRIDE)
    start = len(text) - len(" ".join(arguments))
    root: dict[Atom, object] = {}
    rejected: list[OverrideRejected] = []
    deleted: list[KeyPath] = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        steps = name.lstrip("+").split(".")
        if base is not None and name.startswith("~") and all(path := tuple(name[1:].split("."))):
            wanted = _read(argument, value, origin, start) if equals else None
            if not _can_delete(base, path, wanted):
                rejected.append(_rejected(argument, path, "~", base, origin, start))
            deleted.append(path)
            start += len(argument) + 1
            continue
        if not equals or not all(steps) or name.startswith("~"):
            raise OverrideError(f"{argument!r} is not an override; write KEY=VALUE, as in ++policy_model_name=my-model")
        read = _read(argument, value, origin, start)
        if steps[0] != _OF_HYDRA:
            # The root configs are in `config_paths` already.
            is_given = bool(roots) and name == CONFIG_PATHS
            if not is_given and not _accepts((root, base), name, steps, read):
                sign: Sign = "+" if name.startswith("+") else ""
                rejected.append(_rejected(argument, tuple(steps), sign, base, origin, start))
            _put(root, steps, read)
        start += len(argument) + 1
    table = _freeze(root, origin, Scalar(0, len(text), None, text, None))
    return Overrides(table, tuple(rejected), tuple(deleted))


def _rejected(
    argument: str, key: KeyPath, sign: Sign, base: Table | None, origin: Origin, start: int
) -> OverrideRejected:
    node = Scalar(start, start + len(argument), argument, argument, None)
    there = next((number for number in range(len(key), 0, -1) if _below(base, key[:number]) is not None), 0)
    siblings = tuple(_opened(_below(base, key[:there])))
    return OverrideRejected(Leaf(argument, origin, None, node, None, 0), key, sign, there, siblings)


def _can_delete(base: Table, path: KeyPath, wanted: Config | None) -> bool:
    """Return whether Hydra deletes a key: it has to be there, with the wanted value if one is given."""
    known = _below(base, path)
    if not isinstance(known, Leaf) or wanted is None:
        return known is not None
    return known.value == to_plain(wanted)


def _accepts(layers: tuple[object, ...], name: str, steps: list[str], value: Config) -> bool:
    """Return whether Hydra accepts an override: `++` always, `+` for what is not there, no sign for what is.

    `layers` are the overrides before it, and what all of them change.
    """
    if name.startswith("++"):
        return True
    found = next((below for layer in layers if (below := _below(layer, tuple(steps))) is not None), None)
    if name.startswith("+"):
        is_unset = found is None or (isinstance(found, Leaf) and found.value is None)
        return is_unset or not isinstance(value, Leaf)
    return found is not None


def _below(value: object, steps: KeyPath) -> object:
    for step in steps:
        value = _opened(value).get(step)
    return value


def _opened(value: object) -> dict[Atom, object]:
    """Return the entries of a mapping; none for any other value."""
    if isinstance(value, Table):
        return dict(value.entries)
    return cast("dict[Atom, object]", value) if isinstance(value, dict) else {}


def _put(root: dict[Atom, object], steps: Sequence[Atom], value: Config) -> None:
    """Put a value at a path. A mapping is merged into a mapping that is there; everything else replaces."""
    current = root
    for step in steps[:-1]:
        below = _opened(current.get(step))
        current[step] = below
        current = below
    before = current.get(steps[-1])
    if isinstance(value, Table) and isinstance(before, dict | Table):
        merged = _opened(cast("object", before))
        current[steps[-1]] = merged
        for key, below in value.entries.items():
            _put(merged, (key,), below)
    else:
        current[steps[-1]] = value


def _freeze(entries: dict[Atom, object], origin: Origin, node: Scalar) -> Table:
    frozen: dict[Atom, Config] = {}
    for key, value in entries.items():
        is_open = isinstance(value, dict)
        frozen[key] = _freeze(cast("dict[Atom, object]", value), origin, node) if is_open else cast("Config", value)
    return table(frozen, origin, None, node)


def _read(argument: str, written: str, origin: Origin, start: int) -> Config:
    """Return the value of the argument that begins at `start`, each piece with its place."""
    template = parse_template(f"{_OPENING}{written}}}")
    call = template.sole
    if template.errors or not isinstance(call, Call) or len(call.args) > 1:
        name = argument.removesuffix(written)
        shown = str(masked(tuple(name.strip("+=").split(".")), written))
        raise OverrideError(
            f"{name + shown!r}: invalid value {shown!r}; if it is text, put it in quotes: KEY='\"...\"'"
        )
    shift = start + len(argument) - len(written) - len(_OPENING)

    def made(value: Value | None) -> Config:
        span = Span(len(_OPENING), len(_OPENING)) if value is None else value.span
        node = Scalar(span.start + shift, span.end + shift, None, span.of(template.text), None)
        match value:
            case ListValue():
                items = tuple(made(item.value) for item in value.items)
                marks = 0
                for item in items:
                    marks |= item.marks
                return Array(items, origin, None, node, None, marks)
            case DictValue():
                return table({each.key.value: made(each.value) for each in value.entries}, origin, None, node)
            case Primitive():
                atom = value.value
            case Quoted():
                parts = (
                    part.text if isinstance(part, Literal) else part.span.of(template.text) for part in value.parts
                )
                atom = "".join(parts)
            case _:
                atom = span.of(template.text)
        return Leaf(atom, origin, None, node, None, marks_of(atom))

    return made(call.args[0].value if call.args else None)
