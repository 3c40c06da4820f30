"""Paths in reports: relative for people and JSON, and as URIs."""

from __future__ import annotations

from pathlib import PurePath


def relative_path(path: PurePath, directory: PurePath) -> str:
    """Return `path` relative to `directory`, with forward slashes.

    A path that has only the root of the file system in common with `directory` stays absolute, because many `..` would
    be hard to read.
    """
    if not path.is_absolute() or not directory.is_absolute():
        return path.as_posix()
    shared = 0
    for ours, theirs in zip(path.parts, directory.parts, strict=False):
        if ours != theirs:
            break
        shared += 1
    climbs = len(directory.parts) - shared
    if shared <= 1 and climbs:
        return path.as_posix()
    return "/".join([".."] * climbs + list(path.parts[shared:])) or "."


def is_below(path: PurePath, directory: PurePath) -> bool:
    """Whether a path can be written relative to `directory` without climbing out of it."""
    return not path.is_absolute() or path.is_relative_to(directory)


def relative_uri(path: PurePath, directory: PurePath) -> str:
    """`path`, which is below `directory`, as a relative URI reference."""
    # A bare colon in the first segment would make it a scheme (RFC 3986, 4.2).
    return _quote(relative_path(path, directory), safe="/")


def file_uri(path: PurePath) -> str:
    """An absolute path as a `file:` URI."""
    slashed = _quote(path.as_posix(), safe="/:")
    if slashed.startswith("//"):
        return f"file:{slashed}"
    return f"file://{slashed}" if slashed.startswith("/") else f"file:///{slashed}"


def directory_uri(path: PurePath) -> str:
    """The same with a slash at the end, as a base to resolve against."""
    uri = file_uri(path)
    return uri if uri.endswith("/") else f"{uri}/"


def _quote(path: str, safe: str) -> str:
    # Few formats need URIs, and importing the module takes some milliseconds.
    from urllib.parse import quote

    # `surrogateescape` restores the bytes of a file name that is not UTF-8. Other surrogates come only from Windows,
    # represent no byte, and cannot be part of a URI.
    try:
        return quote(path.encode("utf-8", "surrogateescape"), safe=safe)
    except UnicodeEncodeError:
        return quote(path.encode("utf-8", "replace"), safe=safe)
