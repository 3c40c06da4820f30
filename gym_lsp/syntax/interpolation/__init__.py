"""The grammar of `${...}`: how OmegaConf interprets a string, with the place of every piece.

OmegaConf's own parser is several times slower, gives no places, and gives nothing for an unfinished text, which is what
an editor has most of the time. This parser returns a tree for every string. It reports errors exactly for the strings
on which OmegaConf raises GrammarParseError, which the tests compare.
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
    """Return the kind of a string before it is parsed. Mirrors get_value_kind.

    A string that only escapes an interpolation also counts as one, because parsing removes its backslash.
    """
    if text == MISSING:
        return "missing"
    return "interpolation" if "${" in text else "literal"


def parse_template(text: str) -> Template:
    """Return the tree of any string. Without `${` it is one literal, whose backslashes are not escapes."""
    if "${" in text:
        return _parse(text)
    return Template(text, (Literal(Span(0, len(text)), text),) if text else ())


# The same few texts occur in every file and every run, and a tree never changes.
_parse = lru_cache(maxsize=8192)(parser.parse)


def fails_on_load(template: Template) -> bool:
    """Return whether OmegaConf reports the errors when it loads the file, and not only when the value is read.

    Mirrors the strict validation of get_value_kind, which tries a pattern for simple interpolations before the grammar.
    The pattern accepts more than the grammar in two respects: other white space, and resolvers without a name.
    """
    return bool(template.errors) and _simple_interpolations().fullmatch(template.text) is None


@cache
def _simple_interpolations() -> re.Pattern[str]:
    word = r"[a-zA-Z_0-9/\-+.$%*@?|]+"
    return re.compile(
        rf"""(?: [^$] | \$(?!\{{)
           | \$\{{ \s*+ \.* (?: [$\w]+ | \[[$\w]+\] ) (?: \.[$\w]+ | \[[$\w]+\] )* \s*+ \}}
           | \$\{{ \s*+ (?: [a-zA-Z_][\w-]* (?: \.[a-zA-Z_][\w-]* )* )? \s*+ :
             \s*+ {word} (?: \s*+ , \s*+ {word} )* \s*+ \}}
        )*+""",
        re.VERBOSE | re.ASCII,
    )
