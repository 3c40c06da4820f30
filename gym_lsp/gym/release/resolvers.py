"""The resolvers of `${name:...}`: OmegaConf's own and the two that NeMo Gym adds, with their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct


class Parameter(Struct, frozen=True):
    """One argument of a resolver."""

    name: str
    meaning: str
    required: bool = True


class Resolver(Struct, frozen=True):
    """One resolver, in our own words."""

    name: str
    parameters: tuple[Parameter, ...]
    meaning: str

    @property
    def label(self) -> str:
        """How it is written: `${oc.env:NAME,default}`."""
        return f"${{{self.name}:{','.join(parameter.name for parameter in self.parameters)}}}"


_KEY = "The dotted path of a value, from the top level."
_RESOLVERS = (
    Resolver(
        "oc.env",
        (
            Parameter("NAME", "The name of an environment variable."),
            Parameter("default", "What to take where it is not set; without one, the run ends.", required=False),
        ),
        "The value of an environment variable, always as text.",
    ),
    Resolver(
        "oc.select",
        (
            Parameter("key", _KEY),
            Parameter("default", "What to take where nothing is there; null if left out.", required=False),
        ),
        "Another value of the run, or a default where it is not there.",
    ),
    Resolver(
        "oc.decode",
        (Parameter("text", "Text that holds a number, a flag, a list or a mapping."),),
        "Text read as a value, such as the number in an environment variable.",
    ),
    Resolver("oc.create", (Parameter("value", "A list or a mapping."),), "A list or a mapping made of what is given."),
    Resolver("oc.dict.keys", (Parameter("key", "The dotted path of a mapping."),), "The keys of a mapping, as a list."),
    Resolver(
        "oc.dict.values", (Parameter("key", "The dotted path of a mapping."),), "The values of a mapping, as a list."
    ),
    Resolver(
        "oc.deprecated",
        (
            Parameter("key", "The dotted path of the value that replaces this one."),
            Parameter("message", "What to warn with.", required=False),
        ),
        "Another value of the run, with a warning to use that one instead.",
    ),
    Resolver(
        "inherit_from",
        (Parameter("key", _KEY),),
        "Another block of the run in the place of this text; it is taken away from where it was.",
    ),
    Resolver(
        "copy",
        (Parameter("key", _KEY),),
        "Another block of the run in the place of this text; it stays where it was too.",
    ),
)

RESOLVERS: Mapping[str, Resolver] = MappingProxyType({resolver.name: resolver for resolver in _RESOLVERS})
OFFERED = tuple(RESOLVERS)
"""In the order in which they are most used."""
KEYED = frozenset({"oc.select", "oc.dict.keys", "oc.dict.values", "oc.deprecated", "inherit_from", "copy"})
"""Those whose first argument is the path of a value."""
DIRECTIVES = frozenset({"inherit_from", "copy"})
"""Those that only work where they are the whole value."""
