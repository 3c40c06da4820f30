"""The value of a string with interpolations, computed as OmegaConf computes it.

The caller supplies the values of references and the results of resolvers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.syntax.interpolation.tree import (
    Argument,
    Call,
    DictValue,
    GrammarError,
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
)
from gym_lsp.text import Span

# One key of a path as OmegaConf writes it, with its dot or brackets.
_PATH_KEY = re.compile(r"\.([^.[]*)|\[(.*?)\]")


_WORDS = {"null": None, "true": True, "false": False}
# An underscore is allowed between two digits.
_DIGITS = "[0-9](?:_?[0-9])*"
_WHOLE = "(?:0|[1-9](?:_?[0-9])*)"
_FRACTION = rf"{_WHOLE}?\.{_DIGITS}"
_INT = re.compile(rf"[+-]?{_WHOLE}")
_FLOAT = re.compile(
    rf"[+-]?(?:{_WHOLE}\.|{_FRACTION}|(?:{_WHOLE}\.?|{_FRACTION})e[+-]?{_DIGITS}|inf|nan)", re.IGNORECASE | re.ASCII
)
_ESCAPED = re.compile(r"\\([\\()\[\]{}:=, \t])")


def primitive_value(raw: str) -> str | int | float | bool | None:
    """Return the value of an unquoted text without interpolations. Mirrors GrammarVisitor._createPrimitive.

    An integer with too many digits for Python, on which OmegaConf fails, stays text.
    """
    word = raw.lower()
    if word in _WORDS:
        return _WORDS[word]
    if _INT.fullmatch(raw):
        with suppress(ValueError):
            return int(raw)
    elif _FLOAT.fullmatch(raw):
        return float(raw)
    return unescaped(raw)


def unescaped(raw: str) -> str:
    """Return unquoted text without the backslashes that escape another character."""
    return _ESCAPED.sub(r"\1", raw) if "\\" in raw else raw


class UnusableKey(Exception):
    """An interpolation is used as a key or as the name of a resolver, but its value is not a string.

    OmegaConf raises InterpolationResolutionError then. `span` is that of the inner interpolation.
    """

    def __init__(self, span: Span, value: object) -> None:
        super().__init__(f"a key must be a string, not {type(value).__name__}")
        self.span = span
        self.value = value


def evaluate(
    template: Template,
    reference: Callable[[Reference], object],
    call: Callable[[Call, tuple[object, ...]], object],
) -> object:
    """Return the value of `template`.

    A sole interpolation keeps its type. Several parts are joined as strings, `None` as `None`.
    `reference` returns the value of a reference, and `call` the result of a resolver for arguments with OmegaConf's
    types. They are called in OmegaConf's order. Interpolated keys and names are evaluated before, by the same two.

    Raises ValueError for a template with errors, UnusableKey, and what the two callables raise.
    """
    if any(problem.error is not GrammarError.ESCAPED_KEY for problem in template.errors):
        raise ValueError("a string that OmegaConf cannot parse has no value")
    evaluation = _Evaluation(template.text, reference, call)
    sole = template.sole
    return evaluation.joined(template.parts) if sole is None else evaluation.interpolation(sole)


def split_key(key: str) -> tuple[str, ...]:
    """Return the keys of a path without leading dots: `a.b`, `a[b]` and `[a].b` all give a and b. Mirrors split_key."""
    dotted = key if key.startswith("[") else f".{key}"
    return tuple(match[1] or match[2] or "" for match in _PATH_KEY.finditer(dotted))


class _Evaluation(Struct, frozen=True):
    text: str
    ask_reference: Callable[[Reference], object]
    ask_call: Callable[[Call, tuple[object, ...]], object]

    def joined(self, parts: tuple[Part, ...]) -> str:
        return "".join(part.text if isinstance(part, Literal) else str(self.interpolation(part)) for part in parts)

    def interpolation(self, interpolation: Interpolation) -> object:
        if isinstance(interpolation, Reference):
            return self.ask_reference(self._with_plain_steps(interpolation))
        plain = self._with_plain_name(interpolation)
        return self.ask_call(plain, tuple(self._argument(argument) for argument in plain.args))

    def _argument(self, argument: Argument) -> object:
        return self._value(argument.value)

    def _value(self, value: Value) -> object:
        match value:
            case Primitive():
                return value.value
            case Joined() | Quoted():
                return self.joined(value.parts)
            case ListValue():
                return [self._argument(item) for item in value.items]
            case DictValue():
                return {entry.key.value: self._value(entry.value) for entry in value.entries}
            case Reference() | Call():
                return self.interpolation(value)

    def _with_plain_steps(self, reference: Reference) -> Reference:
        """Return the reference with each nested key replaced by its value, which can contain dots and brackets."""
        if all(step.nested is None for step in reference.steps):
            return reference
        key = self._spelled(reference.key_span, reference.steps)
        absolute = key.lstrip(".")
        steps = tuple(Step(reference.key_span, part) for part in split_key(absolute))
        return replace(reference, key=key, dots=len(key) - len(absolute), steps=steps)

    def _with_plain_name(self, call: Call) -> Call:
        if all(part.nested is None for part in call.parts):
            return call
        name = self._spelled(call.name_span, call.parts)
        return replace(call, name=name, parts=tuple(Step(call.name_span, part) for part in name.split(".")))

    def _spelled(self, span: Span, steps: tuple[Step, ...]) -> str:
        """Return the text of `span` with the values of the nested interpolations of `steps` in their places."""
        pieces: list[str] = []
        done = span.start
        for step in steps:
            if step.nested is not None:
                value = self.interpolation(step.nested)
                if not isinstance(value, str):
                    raise UnusableKey(step.span, value)
                pieces += (self.text[done : step.span.start], value)
                done = step.span.end
        pieces.append(self.text[done : span.end])
        return "".join(pieces)
