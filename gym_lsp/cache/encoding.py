"""Values as bytes and back.

Decoding makes data of the expected type and nothing else, even from the bytes of a stranger.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from msgspec import msgpack

from gym_lsp.files import path_of


def encoded(value: object) -> bytes:
    """Return a value as MessagePack. Raises UnicodeEncodeError for what is not Unicode, such as some file names."""
    return _ENCODER.encode(value)


def decoder(kind: Any) -> msgpack.Decoder[Any]:
    """Return a decoder for values of one type. Its `decode` raises msgspec.DecodeError."""
    return msgpack.Decoder(kind, dec_hook=_decode)


def _encode(value: object) -> object:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a {type(value).__name__} is not kept")


def _decode(kind: type, value: object) -> object:
    if kind is PurePath and isinstance(value, str):
        return path_of(value)
    # msgspec reports it as a DecodeError.
    raise ValueError(f"expected a {kind.__name__}, found a {type(value).__name__}")


_ENCODER = msgpack.Encoder(enc_hook=_encode)
