"""The grammar of `${...}`: what OmegaConf understands by a string, with the place of every piece.

OmegaConf's own parser is several times slower, gives no places, and gives nothing at all for a text that is not
finished, which is what an editor sees most of the time. This one gives a tree for every string, and errors exactly for
those on which OmegaConf raises GrammarParseError; the tests compare the two.
"""

from __future__ import annotations

import re
import typing
from functools import cache, lru_cache

from gym_lsp.syntax.interpolation import parser
from gym_lsp.syntax.interpolation.tree import (
    Argument,
    Call,
    DictEntry,
    DictValue,
    GrammarError,
    GrammarProblem,
    Interpolation,
    Joined,
    ListValue,
    Literal,
    Part,
    Primitive,
    Quoted,
    Reference,
    Step,
    Template,
    Value,
    walk,
)
from gym_lsp.syntax.interpolation.values import UnusableKey, evaluate, split_key
from gym_lsp.syntax.scalars import MISSING
from gym_lsp.text import Span

__all__ = [
    "Argument",
    "Call",
    "DictEntry",
    "DictValue",
    "GrammarError",
    "GrammarProblem",
    "Interpolation",
    "Joined",
    "ListValue",
    "Literal",
    "Part",
    "Primitive",
    "Quoted",
    "Reference",
    "Step",
    "Template",
    "UnusableKey",
    "Value",
    "ValueKind",
    "evaluate",
    "fails_on_load",
    "parse_template",
    "split_key",
    "value_kind",
    "walk",
]

ValueKind: typing.TypeAlias = typing.Literal["literal", "interpolation", "missing"]


def value_kind(text: str) -> ValueKind:
    """What OmegaConf takes a string for before it parses it; mirrors get_value_kind.

    A string that only escapes an interpolation counts as one, since it needs the grammar to lose its backslash.
    """
    if text == MISSING:
        return "missing"
    return "interpolation" if "${" in text else "literal"


def parse_template(text: str) -> Template:
    """Take a string apart, whatever it holds. Without `${` it is one literal, in which no backslash is an escape."""
    if "${" in text:
        return _parse(text)
    return Template(text, (Literal(Span(0, len(text)), text),) if text else ())


# The same few texts come again with every file and every run; a tree never changes.
_parse = lru_cache(maxsize=8192)(parser.parse)


def fails_on_load(template: Template) -> bool:
    """Whether OmegaConf notices the errors as soon as the file is loaded, and not only when the value is asked for.

    Mirrors the strict validation of get_value_kind, which tries a pattern before the grammar: words in place of keys
    and arguments. The pattern is laxer than the grammar in two points, other white space and resolvers without a name.
    """
    return bool(template.errors) and _taken_on_trust().fullmatch(template.text) is None


@cache
def _taken_on_trust() -> re.Pattern[str]:
    word = r"[a-zA-Z_0-9/\-+.$%*@?|]+"
    return re.compile(
        rf"""(?: [^$] | \$(?!\{{)
           | \$\{{ \s*+ \.* (?: [$\w]+ | \[[$\w]+\] ) (?: \.[$\w]+ | \[[$\w]+\] )* \s*+ \}}
           | \$\{{ \s*+ (?: [a-zA-Z_][\w-]* (?: \.[a-zA-Z_][\w-]* )* )? \s*+ :
             \s*+ {word} (?: \s*+ , \s*+ {word} )* \s*+ \}}
        )*+""",
        re.VERBOSE | re.ASCII,
    )
