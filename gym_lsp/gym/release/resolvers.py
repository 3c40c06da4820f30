"""The resolvers of `${name:...}` with their arguments: those of OmegaConf, and the two that NeMo Gym adds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct


class Parameter(Struct, frozen=True):
    """One argument of a resolver, with its meaning as a sentence."""

    name: str
    meaning: str
    required: bool = True


class Resolver(Struct, frozen=True):
    """One resolver, with its meaning as a sentence."""

    name: str
    parameters: tuple[Parameter, ...]
    meaning: str

    @property
    def label(self) -> str:
        """The resolver with the names of its arguments: `${oc.env:NAME,default}`."""
        return f"${{{self.name}:{','.join(parameter.name for parameter in self.parameters)}}}"


_KEY = "The dotted path of a value, starting at the top level."
_RESOLVERS = (
    Resolver(
        "oc.env",
        (
            Parameter("NAME", "The name of an environment variable."),
            Parameter("default", "The value if the variable is not set. Without it, the run fails.", required=False),
        ),
        "The value of an environment variable, as a string.",
    ),
    Resolver(
        "oc.select",
        (
            Parameter("key", _KEY),
            Parameter("default", "The value if the key does not exist; null if omitted.", required=False),
        ),
        "Another value of the run, or a default if the key does not exist.",
    ),
    Resolver(
        "oc.decode",
        (Parameter("text", "A string that holds a number, a boolean, a list or a mapping."),),
        "A string converted to a value, for example the number in an environment variable.",
    ),
    Resolver("oc.create", (Parameter("value", "A list or a mapping."),), "The given list or mapping as config."),
    Resolver("oc.dict.keys", (Parameter("key", "The dotted path of a mapping."),), "The keys of a mapping, as a list."),
    Resolver(
        "oc.dict.values", (Parameter("key", "The dotted path of a mapping."),), "The values of a mapping, as a list."
    ),
    Resolver(
        "oc.deprecated",
        (
            Parameter("key", "The dotted path of the value that replaces this one."),
            Parameter("message", "The text of the warning.", required=False),
        ),
        "Another value of the run, with a warning that the key of this one is deprecated.",
    ),
    Resolver(
        "inherit_from",
        (Parameter("key", _KEY),),
        "Another block of the run, moved here.",
    ),
    Resolver(
        "copy",
        (Parameter("key", _KEY),),
        "A copy of another block of the run.",
    ),
)

RESOLVERS: Mapping[str, Resolver] = MappingProxyType({resolver.name: resolver for resolver in _RESOLVERS})
OFFERED = tuple(RESOLVERS)
"""The names of the resolvers, the most used ones first."""
KEYED = frozenset({"oc.select", "oc.dict.keys", "oc.dict.values", "oc.deprecated", "inherit_from", "copy"})
"""The resolvers whose first argument is the dotted path of a value."""
DIRECTIVES = frozenset({"inherit_from", "copy"})
"""The resolvers that work only as the whole value."""
