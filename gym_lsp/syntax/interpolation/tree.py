"""The tree of a string that may hold `${...}`: what OmegaConf understands by it, and where each piece stands.

    Template        the whole string
      Literal       text as it comes out, escapes undone
      Reference     ${a.b}, ${.a}, ${a[b]}: the value of another node
        Step        one key of it
      Call          ${oc.env:NAME,default}: what a resolver returns
        Step        one part of its name
        Argument    what stands between two commas, and its value:
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


class Flaw(Enum):
    """What is wrong at a place of the text."""

    UNCLOSED = "an interpolation without its closing brace"
    UNCLOSED_QUOTE = "a quoted text without its closing quote"
    UNCLOSED_BRACKET = "a list, or a key in brackets, without its closing bracket"
    UNCLOSED_DICT = "a mapping without its closing brace"
    EMPTY_KEY = "a key or the name of a resolver is missing"
    RESOLVER_NAME = "the name of a resolver is not made of identifiers and dots"
    EMPTY_VALUE = "a key of a mapping has no value"
    UNEXPECTED = "text that cannot stand here unquoted"
    ESCAPED_KEY = "a backslash in a key, which OmegaConf understands from 2.4 on; Hydra 1.3 needs an older one"
    TOO_DEEP = "nested deeper than anything is read"


class GrammarProblem(Struct, frozen=True):
    """Where and why OmegaConf's grammar rejects a string (GrammarParseError)."""

    span: Span
    flaw: Flaw


class Literal(Struct, frozen=True):
    """Text outside interpolations. `text` is what it stands for: `\\${x}` is `${x}`."""

    span: Span
    text: str


class Step(Struct, frozen=True):
    """One key of a reference or one part of a resolver's name; the span leaves out dots and brackets.

    `key` is None where the key is itself an interpolation, which `nested` then holds.
    A key that is not written yet, as after the dot of `${a.`, is a step with an empty span.
    """

    span: Span
    key: str | None
    nested: Reference | Call | None = None
    bracketed: bool = False


class Reference(Struct, frozen=True):
    """`${a.b}`: the value of another node.

    `key` is the path as it is written, leading dots included; the errors of OmegaConf 2.3 name it without these.
    `dots` counts them: none starts at the root, one at the mapping or list that holds the string, each further one a
    level above. Where `closed` is false the brace is missing, and the span ends with the last key.
    """

    span: Span
    key: str
    key_span: Span
    dots: int
    steps: tuple[Step, ...]
    closed: bool

    @property
    def path(self) -> tuple[str, ...] | None:
        """The keys one by one, or None where one of them is an interpolation."""
        keys = tuple(step.key for step in self.steps if step.key is not None)
        return keys if len(keys) == len(self.steps) else None


class Call(Struct, frozen=True):
    """`${oc.env:NAME,default}`: what the resolver `oc.env` returns for its arguments.

    `name` is as written; where `parts` holds interpolations, so does the name.
    """

    span: Span
    name: str
    name_span: Span
    parts: tuple[Step, ...]
    args: tuple[Argument, ...]
    closed: bool


class Primitive(Struct, frozen=True):
    """An unquoted value with OmegaConf's type: `null`, `12`, `1e3`, `true`, and everything else is a string."""

    span: Span
    value: str | int | float | bool | None


class Joined(Struct, frozen=True):
    """Unquoted text around interpolations: a string."""

    span: Span
    parts: tuple[Part, ...]


class Quoted(Struct, frozen=True):
    """A text in single or double quotes: a string, even around a sole interpolation. The span includes the quotes."""

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
    """`{a: b}`, with its entries as they are written; of two equal keys the later one wins."""

    span: Span
    entries: tuple[DictEntry, ...]


class Argument(Struct, frozen=True):
    """One argument of a call or one item of a list; `raw` is its text. Between two commas it may be empty."""

    span: Span
    raw: str
    value: Value


Interpolation: TypeAlias = Reference | Call
Part: TypeAlias = Literal | Reference | Call
Value: TypeAlias = Primitive | Joined | Quoted | ListValue | DictValue | Reference | Call


class Template(Struct, frozen=True):
    """A string, taken apart. `errors` are sorted by place; there are none where OmegaConf raises none."""

    text: str
    parts: tuple[Part, ...]
    errors: tuple[GrammarProblem, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing is interpolated; escapes may still make the value differ from the text."""
        return not any(isinstance(part, Reference | Call) for part in self.parts)

    @property
    def sole(self) -> Reference | Call | None:
        """The interpolation that is the whole string, and whose value therefore keeps its type."""
        if len(self.parts) != 1 or isinstance(self.parts[0], Literal):
            return None
        return self.parts[0]


def walk(tree: Template | Value | DictEntry | Argument | Step | Literal) -> Iterator[Reference | Call]:
    """Every reference and call inside `tree`, itself included, each before those nested in it."""
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
