"""The conversions of pydantic's lax mode: booleans and numbers from strings, and from each other."""

from __future__ import annotations

import re

_TRUTH = frozenset({"0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"})

_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""The white space that pydantic strips from numbers. Python's own `strip` also removes U+001C to U+001F."""

_WHOLE = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*(?:\.0+)?")

_DECIMAL = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf|infinity|nan)", re.ASCII | re.IGNORECASE
)

_LONGEST_NUMBER = 4300
"""In characters. Longer strings are not numbers, neither for pydantic nor for Python's `int`."""

_FLOAT_LIMIT = 2.0**63
"""pydantic converts a float to an integer only if it is between the limits of 64 bits, both exclusive."""


def is_bool(value: object) -> bool:
    """Whether pydantic converts a value to a boolean."""
    if isinstance(value, str):
        return value.lower() in _TRUTH
    return isinstance(value, int | float) and value in (0, 1)


def to_int(value: object) -> int | None:
    """Return the integer that pydantic converts a value to, or None if it rejects the value."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _FLOAT_LIMIT else None
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return None
    digits = value.strip(_WHITE_SPACE)
    return int(digits.partition(".")[0]) if _WHOLE.fullmatch(digits) else None


def to_float(value: object) -> float | None:
    """Return the float that pydantic converts a value to, or None if it rejects the value."""
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return None
    if not isinstance(value, str):
        return None
    if "_" not in value:
        digits = value.strip(_WHITE_SPACE)
    elif "__" in value or value.startswith("_") or value.endswith("_"):
        return None
    else:
        # Underscores are allowed anywhere else, but then pydantic does not strip the string.
        digits = value.replace("_", "")
    return float(digits) if _DECIMAL.fullmatch(digits) else None
