"""What pydantic makes of a scalar in its lax mode: numbers and truth values from strings, and from one another."""

from __future__ import annotations

import re

_TRUTH = frozenset({"0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"})

_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What pydantic trims from numbers. Python's own `strip` would also take the four separators from U+001C on."""

_WHOLE = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*(?:\.0+)?")

_DECIMAL = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf|infinity|nan)", re.ASCII | re.IGNORECASE
)

_LONGEST_NUMBER = 4300
"""Characters. Longer strings are not numbers for pydantic, as for Python's `int`."""


def is_bool(value: object) -> bool:
    """Whether pydantic makes a truth value of it."""
    if isinstance(value, str):
        return value.lower() in _TRUTH
    return isinstance(value, int | float) and value in (0, 1)


def to_int(value: object) -> int | None:
    """The whole number that pydantic makes of a value, None where it refuses."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return None
    digits = value.strip(_WHITE_SPACE)
    return int(digits.partition(".")[0]) if _WHOLE.fullmatch(digits) else None


def to_float(value: object) -> float | None:
    """The number that pydantic makes of a value, None where it refuses."""
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
        # Underscores may stand anywhere else, but pydantic no longer trims the string then.
        digits = value.replace("_", "")
    return float(digits) if _DECIMAL.fullmatch(digits) else None
