"""The value of a plain scalar.

OmegaConf loads YAML 1.1 with three differences: a wider float pattern, no timestamps, and `???` as a marker for a
missing value. The patterns are those of the resolvers of PyYAML and OmegaConf. A test compares every scalar of the
corpus.
"""

from __future__ import annotations

import re

from gym_lsp.syntax.tree import Atom

MISSING = "???"
"""OmegaConf's marker for a value that another config or the command line must set."""

_WORDS: dict[str, Atom] = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("~", "null", "Null", "NULL", ""), None),
}

# A number starts with one of these, so any other text is a string, and no pattern has to be tried.
_FIRST_OF_A_NUMBER = frozenset("-+0123456789.")
_INT = re.compile(
    r"[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
)
_FLOAT = re.compile(
    # The pattern of PyYAML.
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?"
    r"|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
    r"|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN)"
    # OmegaConf also accepts an exponent without a point or a sign.
    r"|[-+]?[0-9]+(?:_[0-9]+)*(?:\.[0-9_]*)?[eE][-+]?[0-9]+"
    r"|\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?"
)


class NotANumber(ValueError):
    """The text matches the pattern of a number but is not a number, such as `0b_`. The loader fails on it."""


def meaning(text: str) -> Atom:
    """Return the value of a plain scalar.

    Raises NotANumber where PyYAML's constructor would raise ValueError.
    """
    if not text or text[0] not in _FIRST_OF_A_NUMBER:
        return _WORDS.get(text, text)
    if _FLOAT.fullmatch(text):
        return as_float(text)
    if _INT.fullmatch(text):
        return as_int(text)
    return text


def as_int(text: str) -> int:
    """Return the value of a YAML 1.1 integer: decimal, `0b1`, `010` (octal), `0x1f`, `1:30` (sexagesimal)."""
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits[1:] if digits[:1] in ("+", "-") else digits
    try:
        if digits.startswith("0b"):
            return sign * int(digits[2:], 2)
        if digits.startswith("0x"):
            return sign * int(digits[2:], 16)
        if digits.startswith("0") and digits != "0":
            return sign * int(digits, 8)
        if ":" in digits:
            total = 0
            for part in digits.split(":"):
                total = total * 60 + int(part)
            return sign * total
        return sign * int(digits)
    except ValueError:
        raise NotANumber(text) from None


def as_float(text: str) -> float:
    """Return the value of a YAML 1.1 float, sexagesimal and `.inf` included."""
    digits = text.replace("_", "").lower()
    sign = -1.0 if digits.startswith("-") else 1.0
    digits = digits[1:] if digits[:1] in ("+", "-") else digits
    try:
        if digits == ".inf":
            return sign * float("inf")
        if digits == ".nan":
            return float("nan")
        if ":" in digits:
            # As in PyYAML, the sum starts with the seconds, because the order of a float sum decides its last bit.
            total, weight = 0.0, 1
            for part in reversed(digits.split(":")):
                total, weight = total + float(part) * weight, weight * 60
            return sign * total
        return sign * float(digits)
    except ValueError:
        raise NotANumber(text) from None
