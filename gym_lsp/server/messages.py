"""The messages of a stream: where each of them ends, and whether it is JSON-RPC.

A message that is not JSON-RPC is rejected, and the next one is read. But if a header does not contain a length, the
start of the next message is unknown. Waiting for one would look like a server that hangs, so reading ends.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Never, cast

INVALID_REQUEST = -32600
PARSE_ERROR = -32700
LARGEST = 64 * 1024 * 1024
"""Bytes of a body. A document that an editor opens is far smaller, also in JSON."""
DEEPEST = 100
"""Levels of nesting. No message of LSP has as many, and converting a value to LSP types recurses."""
_LONGEST_HEADER = 8 * 1024
_LENGTH = re.compile(rb"content-length:(.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(rb"\d{1,18}")


class BrokenStream(Exception):
    """The start of the next message is unknown. The text is the reason; it contains nothing of the stream."""


class Rejected(Exception):
    """A message is not JSON-RPC. `message_id` is its id, or None if that is unknown."""

    def __init__(self, code: int, reason: str, message_id: int | str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.message_id = message_id


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the bodies of the messages of a stream until it ends. Raises BrokenStream."""
    while (length := _next_length(stream)) is not None:
        body = stream.read(length)
        if len(body) < length:
            raise BrokenStream("the input ended inside a message")
        yield body


def _next_length(stream: BinaryIO) -> int | None:
    """Read a header and return the length of its body, or None if the stream has ended. Raises BrokenStream."""
    length: int | None = None
    left, has_fields = _LONGEST_HEADER, False
    while line := stream.readline(left):
        left -= len(line)
        if not line.endswith(b"\n"):
            break
        if line.strip():
            has_fields = True
            if found := _LENGTH.fullmatch(line):
                length = _length(found[1].strip(), length)
        elif length is not None:
            return length
        elif has_fields:
            raise BrokenStream("a header has no Content-Length")
    if left == 0:
        raise BrokenStream(f"a header is longer than {_LONGEST_HEADER:,} bytes")
    if has_fields or line:
        raise BrokenStream("the input ended inside a header")
    return None


def _length(written: bytes, earlier: int | None) -> int:
    if not _NUMBER.fullmatch(written):
        raise BrokenStream("a Content-Length is not a number")
    length = int(written)
    if length > LARGEST:
        raise BrokenStream(f"a Content-Length is {length:,}, more than the limit of {LARGEST:,}")
    if earlier not in (None, length):
        raise BrokenStream("a header has two values of Content-Length")
    return length


def message_in(body: bytes) -> dict[str, Any]:
    """Return the message in a body. Raises Rejected."""
    try:
        found: object = json.loads(body.decode("utf-8"), parse_float=_finite, parse_constant=_not_a_number)
    except UnicodeDecodeError:
        raise Rejected(PARSE_ERROR, "the message is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Rejected(PARSE_ERROR, f"the message is not JSON: {error.msg} (character {error.pos})") from None
    except ValueError:
        raise Rejected(
            PARSE_ERROR, "the message contains a number that JSON does not allow or that is too long"
        ) from None
    except RecursionError:
        raise Rejected(PARSE_ERROR, "the message is nested too deeply") from None
    if not isinstance(found, dict):
        raise Rejected(INVALID_REQUEST, "a message must be a JSON object")
    message = cast("dict[str, Any]", found)
    message_id = message.get("id")
    # In Python, a Boolean is an integer.
    known = message_id if isinstance(message_id, int | str) and not isinstance(message_id, bool) else None
    if message.get("jsonrpc") != "2.0":
        raise Rejected(INVALID_REQUEST, "`jsonrpc` must be `2.0`", known)
    if "method" not in message and "id" not in message:
        raise Rejected(INVALID_REQUEST, "a message must have a `method` or an `id`")
    if not isinstance(message.get("method", ""), str):
        raise Rejected(INVALID_REQUEST, "`method` must be a string", known)
    if "id" in message and known is None:
        raise Rejected(INVALID_REQUEST, "`id` must be an integer or a string")
    if _is_nested_below(message, DEEPEST):
        raise Rejected(INVALID_REQUEST, "the message is nested too deeply", known)
    return message


def _finite(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise ValueError
    return number


def _not_a_number(written: str) -> Never:
    raise ValueError


def _is_nested_below(value: object, most: int) -> bool:
    """Return whether a value has more levels of objects and arrays than `most`."""
    level = [value]
    for _ in range(most + 1):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else []
