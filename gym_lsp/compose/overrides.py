"""`KEY=VALUE` from the command line, as the configuration that it adds.

Mirrors what Hydra makes of `+a.b=1`, `++a.b=1` and `a.b=1`; values are read as YAML, which Hydra's own grammar agrees
with for scalars, lists and mappings.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from gym_lsp.compose.config import Config, How, Origin, Table, lift, table
from gym_lsp.syntax import Atom, Scalar, parse

COMMAND_LINE = PurePath("<command line>")


class _Nested(dict[Atom, "Config | _Nested"]):
    """Overrides by the steps of their keys."""


class OverrideError(ValueError):
    """An argument that is no `KEY=VALUE`."""


def override_table(arguments: Iterable[str]) -> Table:
    """All overrides as one table, later ones over earlier ones.

    Raises OverrideError for an argument without a key or without `=`.
    """
    text = "\n".join(arguments)
    origin = Origin(COMMAND_LINE, text, How.OVERRIDE)
    node = Scalar(0, len(text), None, text, None)
    root = _Nested()
    for argument in arguments:
        name, equals, value = argument.partition("=")
        steps = name.lstrip("+").split(".")
        if not equals or not all(steps):
            raise OverrideError(f"{argument!r} is no override: write KEY=VALUE, such as ++policy_model_name=my-model")
        _put(root, steps, lift(parse(value).root or Scalar(0, 0, None, "", None), origin))
    return _freeze(root, origin, node)


def _put(root: _Nested, steps: list[str], value: Config) -> None:
    current = root
    for step in steps[:-1]:
        below = current.get(step)
        if not isinstance(below, _Nested):
            below = _Nested()
            current[step] = below
        current = below
    current[steps[-1]] = value


def _freeze(entries: _Nested, origin: Origin, node: Scalar) -> Table:
    frozen: dict[Atom, Config] = {
        key: _freeze(value, origin, node) if isinstance(value, _Nested) else value for key, value in entries.items()
    }
    return table(frozen, origin, None, node)
