"""Long lists in parts, for clients that accept partial results.

A client can send a `partialResultToken` with a request for a list. As the specification requires, the whole list is
then sent in parts, each as a `$/progress` notification, and the answer itself is an empty list. Between two parts,
other messages are handled, so the request can be cancelled. The parts belong to the moment of the request: edits that
arrive in between do not change them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, TypeVar

from lsprotocol import types as lsp
from msgspec import Struct

MOST = 200
"""Elements in one part."""
SLICE = 0.05
"""Seconds of work on one part, unless nothing was found in that time."""
_T = TypeVar("_T")


class Parts(Struct, frozen=True):
    """A list that is worked out part by part, and the token of the client for it."""

    token: lsp.ProgressToken
    elements: Iterator[Any]

    def next_part(self) -> list[Any]:
        """Return the next elements; an empty list after the last one."""
        part: list[Any] = []
        end = time.monotonic() + SLICE
        for element in self.elements:
            part.append(element)
            if len(part) == MOST or time.monotonic() >= end:
                break
        return part

    def whole(self) -> list[Any]:
        """Return all elements, for an answer that is not sent in parts."""
        return list(self.elements)


def in_parts(token: lsp.ProgressToken | None, elements: Iterator[_T]) -> list[_T] | Parts:
    """Return a list as the answer of a request: in parts if the client has sent a token."""
    return list(elements) if token is None else Parts(token, elements)
