"""A glance at a document: whether it can contain a command of NeMo Gym, or YAML, at all.

An editor shows many documents without any. To find that out takes a thousandth of the time of reading their commands.
"""

from __future__ import annotations

import re

from gym_lsp.commands.invocation import GROUPS

_REST = rf"""["']?[\s\\]+["']?(?:-|{"|".join(sorted(GROUPS))})"""
"""What follows the name of a program: a flag or a group of commands. A sentence has other words there."""
_LONG = re.compile(rf"gym(?:{_REST}|(?<=nemo_gym)_[a-z])")
_SHORT = re.compile(rf"ng(?<!\wng)(?:{_REST}|_[a-z])")


def may_have_commands(text: str) -> bool:
    """Return whether a text may contain a command of NeMo Gym."""
    # A pattern that begins with letters is searched for many times as fast as one with alternatives.
    return _LONG.search(text) is not None or _SHORT.search(text) is not None


_LANGUAGE = r"[^\n\w]{0,80}(?:[Cc][Oo][Dd][Ee][\w-]{0,20}[^\n\w]{0,80})?[Yy][Aa]?[Mm][Ll]"
_FENCES = tuple(re.compile(f"{fence}{_LANGUAGE}") for fence in ("```", "~~~"))


def may_have_samples(text: str) -> bool:
    """Return whether a text may contain a block of YAML."""
    return any(fence.search(text) is not None for fence in _FENCES)
