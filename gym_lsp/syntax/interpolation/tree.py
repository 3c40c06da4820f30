"""The tree of a string that may contain `${...}`, as OmegaConf interprets it, with the place of each piece.

    Template        the whole string
      Literal       text after unescaping
      Reference     ${a.b}, ${.a}, ${a[b]}: the value of another node
        Step        one key of it
      Call          ${oc.env:NAME,default}: what a resolver returns
        Step        one part of its name
        Argument    the text between two commas, and its value:
          Primitive     null, 1, 2.5, true, some text
          Joined        text/with/${interpolations}
          Quoted        'text', with or without interpolations
          ListValue     [a, b]
          DictValue     {a: b}
          Reference, Call

Spans are code points of the string, half open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from gym_lsp.text import Span


class GrammarError(Enum):
    """The ways in which a text does not follow OmegaConf's grammar."""

    UNCLOSED = "an interpolation without its closing brace"
    UNCLOSED_QUOTE = "a quoted text without its closing quote"
    UNCLOSED_BRACKET = "a list, or a key in brackets, without its closing bracket"
    UNCLOSED_DICT = "a mapping without its closing brace"
    EMPTY_KEY = "a key or the name of a resolver is missing"
    RESOLVER_NAME = "the name of a resolver is not made of identifiers and dots"
    EMPTY_VALUE = "a key of a mapping has no value"
    UNEXPECTED = "text that is not allowed here without quotes"
    ESCAPED_KEY = "a backslash in a key, which needs OmegaConf 2.4; Hydra 1.3 needs an older one"
    TOO_DEEP = "nested too deeply"


class GrammarProblem(Struct, frozen=True):
    """Where and why OmegaConf's grammar rejects a string (GrammarParseError)."""

    span: Span
    error: GrammarError


class Literal(Struct, frozen=True):
    """Text outside interpolations. `text` is unescaped: `\\${x}` is `${x}`."""

    span: Span
    text: str


class Step(Struct, frozen=True):
    """One key of a reference or one part of a resolver's name. The span excludes dots and brackets.

    If the key is itself an interpolation, `key` is None and `nested` is the interpolation.
    A key that is not written yet, as after the dot of `${a.`, is a step with an empty span.
    """

    span: Span
    key: str | None
    nested: Reference | Call | None = None
    bracketed: bool = False


class Reference(Struct, frozen=True):
    """`${a.b}`: the value of another node.

    `key` is the path as written, leading dots included. OmegaConf 2.3 omits these in its errors. `dots` is their
    number: without dots the path starts at the root, with one at the mapping or list that contains the string, with
    each further one a level above. If `closed` is false, the brace is missing and the span ends with the last key.
    """

    span: Span
    key: str
    key_span: Span
    dots: int
    steps: tuple[Step, ...]
    closed: bool

    @property
    def path(self) -> tuple[str, ...] | None:
        """The keys one by one; None if one of them is an interpolation."""
        keys = tuple(step.key for step in self.steps if step.key is not None)
        return keys if len(keys) == len(self.steps) else None


class Call(Struct, frozen=True):
    """`${oc.env:NAME,default}`: what the resolver `oc.env` returns for its arguments.

    `name` is as written. If `parts` contains interpolations, so does the name.
    """

    span: Span
    name: str
    name_span: Span
    parts: tuple[Step, ...]
    args: tuple[Argument, ...]
    closed: bool


class Primitive(Struct, frozen=True):
    """An unquoted value with OmegaConf's type: `null`, `12`, `1e3`, `true`. Everything else is a string."""

    span: Span
    value: str | int | float | bool | None


class Joined(Struct, frozen=True):
    """Unquoted text around interpolations: a string."""

    span: Span
    parts: tuple[Part, ...]


class Quoted(Struct, frozen=True):
    """A text in quotes: a string, even if it consists of one interpolation. The span includes the quotes."""

    span: Span
    parts: tuple[Part, ...]


class ListValue(Struct, frozen=True):
    """`[a, b]`."""

    span: Span
    items: tuple[Argument, ...]


class DictEntry(Struct, frozen=True):
    """`key: value` inside braces."""

    key: Primitive
    value: Value


class DictValue(Struct, frozen=True):
    """`{a: b}`. `entries` are as written. Of two equal keys the later one counts."""

    span: Span
    entries: tuple[DictEntry, ...]


class Argument(Struct, frozen=True):
    """One argument of a call or one item of a list. `raw` is its text, which can be empty between two commas."""

    span: Span
    raw: str
    value: Value


Interpolation: TypeAlias = Reference | Call
Part: TypeAlias = Literal | Reference | Call
Value: TypeAlias = Primitive | Joined | Quoted | ListValue | DictValue | Reference | Call


class Template(Struct, frozen=True):
    """The tree of a string. `errors` are sorted by place. They are empty if OmegaConf accepts the string."""

    text: str
    parts: tuple[Part, ...]
    errors: tuple[GrammarProblem, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing is interpolated. The value can still differ from the text because of escapes."""
        return not any(isinstance(part, Reference | Call) for part in self.parts)

    @property
    def sole(self) -> Reference | Call | None:
        """The interpolation that is the whole string, so that its value keeps its type; None if there is none."""
        if len(self.parts) != 1 or isinstance(self.parts[0], Literal):
            return None
        return self.parts[0]


def walk(tree: Template | Value | DictEntry | Argument | Step | Literal) -> Iterator[Reference | Call]:
    """Yield every reference and call in `tree`, itself included, each before those nested in it."""
    if isinstance(tree, Reference | Call):
        yield tree
    for child in _children(tree):
        yield from walk(child)


def _children(
    tree: Template | Value | DictEntry | Argument | Step | Literal,
) -> Iterable[Value | DictEntry | Argument | Step | Literal]:
    match tree:
        case Template() | Joined() | Quoted():
            return tree.parts
        case Reference():
            return tree.steps
        case Call():
            return (*tree.parts, *tree.args)
        case ListValue():
            return tree.items
        case DictValue():
            return tree.entries
        case Argument() | DictEntry():
            return (tree.value,)
        case Step():
            return () if tree.nested is None else (tree.nested,)
        case Primitive() | Literal():
            return ()
