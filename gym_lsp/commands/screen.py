"""A glance at a document: whether it can contain a command of NeMo Gym at all.

An editor shows many documents without any. To find that out takes a thousandth of the time of reading their commands.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"""gym["'\s\\_]""")
_SHORT_NAME = re.compile(r"""ng(?<!\wng)["'\s\\_]""")


def may_have_commands(text: str) -> bool:
    """Return whether a text may contain a command of NeMo Gym."""
    # A pattern that begins with letters is searched for many times as fast as one with alternatives.
    return _NAME.search(text) is not None or _SHORT_NAME.search(text) is not None
