"""The only door to the disk.

Everything above this module handles `PurePath` and reads through a `Files`. So open buffers (`Overlay`), a tree of a
test, and the disk itself (`Disk`) are interchangeable, and what an answer depends on can be recorded.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import NamedTuple, Protocol

LARGEST_TEXT = 4 * 1024 * 1024
"""Bytes. A larger file is not a config that a person wrote, and reading it would stall the editor."""

_BOM = "\ufeff"


class Kind(Enum):
    FILE = "file"
    DIRECTORY = "directory"


class Entry(NamedTuple):
    """One name in a directory; `kind` is that of what it leads to, if it is a link."""

    name: str
    kind: Kind
    is_link: bool = False


class Unreadable(Exception):
    """A file is there, or seems to be, but its text cannot be had. `reason` completes "cannot read X: "."""

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(f"cannot read {path}: {reason}")
        self.path = path
        self.reason = reason

    def again(self) -> Unreadable:
        """The same, to be kept or raised once more: what was raised holds on to all frames that it came through."""
        return type(self)(self.path, self.reason)


class Missing(Unreadable):
    """There is no such file."""


class Unwritable(Exception):
    """A file could not be written and is as it was. `reason` completes "cannot write X: "."""

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")
        self.path = path
        self.reason = reason


class Files(Protocol):
    """A tree of files at one moment."""

    def read(self, path: PurePath) -> str:
        """The text of a file, line breaks as they are and a leading BOM removed.

        Raises Missing where there is no such file, Unreadable where it is a directory, not UTF-8, too large
        or not permitted.
        """
        ...

    def head(self, path: PurePath, most: int) -> str:
        """The first whole lines of a file, however large that is: not more than `most` bytes. Raises as `read` does."""
        ...

    def kind(self, path: PurePath) -> Kind | None:
        """What `path` leads to, links followed, or None."""
        ...

    def entries(self, path: PurePath) -> tuple[Entry, ...]:
        """The names in a directory, sorted; empty where there is no such directory or it may not be read."""
        ...

    def version(self, path: PurePath) -> object:
        """A value that changes when the file's content changes; None where there is no such file."""
        ...

    def resolve(self, path: PurePath) -> PurePath:
        """The path without links and without `..`; never raises, a cycle of links stays as it is."""
        ...

    def identity(self, path: PurePath) -> object:
        """A value that two paths share when they lead to the same file or directory."""
        ...


def decode(path: PurePath, data: bytes) -> str:
    """UTF-8 text without its BOM. Raises Unreadable, with the offset of the first byte that is not UTF-8."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(path, f"it is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x})") from None
    return text.removeprefix(_BOM)


def whole_lines(data: bytes, most: int) -> bytes:
    """As many of the first lines as there is room for."""
    return data if len(data) <= most else data[: data.rfind(b"\n", 0, most) + 1]


class Disk:
    """The disk as it is now."""

    def read(self, path: PurePath) -> str:
        return decode(path, self._bytes(path))

    def head(self, path: PurePath, most: int) -> str:
        return decode(path, whole_lines(self._bytes(path, most + 1), most))

    def _bytes(self, path: PurePath, most: int | None = None) -> bytes:
        """What a file holds, or its first `most` bytes."""
        try:
            handle = os.open(path, _READING)
        except FileNotFoundError:
            raise Missing(path, "there is no such file") from None
        except OSError as error:
            raise Unreadable(path, error.strerror or type(error).__name__) from None
        except ValueError as error:  # a NUL in the path
            raise Missing(path, str(error)) from None
        try:
            return _content(path, handle, most)
        except OSError as error:
            raise Unreadable(path, error.strerror or type(error).__name__) from None
        finally:
            os.close(handle)

    def rewrite(self, path: PurePath, before: str, after: str) -> None:
        """Put `after` in the place of a file's text, which must be `before` still; all of it or nothing.

        Links are followed; the BOM and the permissions stay. Raises Unwritable.
        """
        target = self.resolve(path)
        try:
            data = self._bytes(target)
            text = decode(target, data)
        except Unreadable as error:
            raise Unwritable(path, error.reason) from None
        if text == after:
            return
        if text != before:
            raise Unwritable(path, "it has changed in the meantime")
        if not os.access(target, os.W_OK):
            # Replacing it would be possible and not what its owner wants.
            raise Unwritable(path, "it is write-protected")
        mark = _BOM if data.startswith(_BOM.encode()) else ""
        try:
            _replace(target, (mark + after).encode("utf-8"))
        except OSError as error:
            raise Unwritable(path, error.strerror or type(error).__name__) from None

    def kind(self, path: PurePath) -> Kind | None:
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError):
            return None
        if stat.S_ISDIR(mode):
            return Kind.DIRECTORY
        # A pipe or a device can block the reader for ever, so only regular files count as files.
        return Kind.FILE if stat.S_ISREG(mode) else None

    def entries(self, path: PurePath) -> tuple[Entry, ...]:
        try:
            with os.scandir(path) as scan:
                found = [
                    Entry(entry.name, kind, entry.is_symlink())
                    for entry in scan
                    if (kind := _kind_of(entry)) is not None
                ]
        except (OSError, ValueError):
            return ()
        found.sort()
        return tuple(found)

    def version(self, path: PurePath) -> object:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return None
        return (status.st_mtime_ns, status.st_size, status.st_ino)

    def resolve(self, path: PurePath) -> PurePath:
        return PurePath(os.path.realpath(path))

    def identity(self, path: PurePath) -> object:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return path
        return (status.st_dev, status.st_ino)


def _replace(path: PurePath, data: bytes) -> None:
    """Write beside a file and rename over it: a reader sees the old content or the new, and so does a power cut."""
    import tempfile

    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, stat.S_IMODE(os.stat(path).st_mode))
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


_READING = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""Opening a pipe would wait for somebody to write to it."""


def _content(path: PurePath, handle: int, most: int | None) -> bytes:
    """What an open file holds. Trees have thousands of files, and a file object costs more than reading a small one."""
    status = os.fstat(handle)
    if stat.S_ISDIR(status.st_mode):
        raise Unreadable(path, "it is a directory")
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(path, "it is not a regular file")
    if most is not None:
        return os.read(handle, most)
    if status.st_size > LARGEST_TEXT:
        raise Unreadable(path, f"it is {status.st_size:,} bytes long, more than the limit of {LARGEST_TEXT:,}")
    # One byte more than there should be says whether it has grown.
    data = os.read(handle, status.st_size + 1)
    while part := os.read(handle, LARGEST_TEXT) if len(data) != status.st_size else b"":
        data += part
    return data


def _kind_of(entry: os.DirEntry[str]) -> Kind | None:
    try:
        if entry.is_dir():
            return Kind.DIRECTORY
        return Kind.FILE if entry.is_file() else None
    except OSError:
        return None


class Overlay:
    """Open buffers over other files: what is open wins."""

    def __init__(self, beneath: Files, texts: Mapping[PurePath, str]) -> None:
        self._beneath = beneath
        self._texts = texts
        self._names: dict[PurePath, dict[str, Kind]] = {}
        for path in texts:
            kind = Kind.FILE
            for parent in path.parents:
                self._names.setdefault(parent, {}).setdefault(path.name, kind)
                path, kind = parent, Kind.DIRECTORY

    def read(self, path: PurePath) -> str:
        text = self._texts.get(path)
        return self._beneath.read(path) if text is None else text

    def head(self, path: PurePath, most: int) -> str:
        text = self._texts.get(path)
        if text is None:
            return self._beneath.head(path, most)
        return decode(path, whole_lines(text.encode("utf-8", "replace"), most))

    def kind(self, path: PurePath) -> Kind | None:
        if path in self._texts:
            return Kind.FILE
        if path in self._names:
            return Kind.DIRECTORY
        return self._beneath.kind(path)

    def entries(self, path: PurePath) -> tuple[Entry, ...]:
        beneath = self._beneath.entries(path)
        own = self._names.get(path)
        if not own:
            return beneath
        entries = {name: Entry(name, kind) for name, kind in own.items()} | {entry.name: entry for entry in beneath}
        return tuple(entries[name] for name in sorted(entries))

    def version(self, path: PurePath) -> object:
        text = self._texts.get(path)
        return self._beneath.version(path) if text is None else text

    def resolve(self, path: PurePath) -> PurePath:
        return self._beneath.resolve(path)

    def identity(self, path: PurePath) -> object:
        return self._beneath.identity(path)


class Remembered:
    """Files of which it is asked once what each path leads to; for a moment in which they do not change.

    `kinds` and `listings` can be handed on to the next moment, if no path came or went.
    """

    def __init__(
        self,
        beneath: Files,
        kinds: dict[PurePath, Kind | None] | None = None,
        listings: dict[PurePath, tuple[Entry, ...]] | None = None,
    ) -> None:
        self._beneath = beneath
        self.kinds = {} if kinds is None else kinds
        self.listings = {} if listings is None else listings
        self._resolved: dict[PurePath, PurePath] = {}

    def read(self, path: PurePath) -> str:
        return self._beneath.read(path)

    def head(self, path: PurePath, most: int) -> str:
        return self._beneath.head(path, most)

    def kind(self, path: PurePath) -> Kind | None:
        try:
            return self.kinds[path]
        except KeyError:
            kind = self.kinds[path] = self._beneath.kind(path)
            return kind

    def entries(self, path: PurePath) -> tuple[Entry, ...]:
        listing = self.listings.get(path)
        if listing is None:
            listing = self.listings[path] = self._beneath.entries(path)
        return listing

    def version(self, path: PurePath) -> object:
        return self._beneath.version(path)

    def resolve(self, path: PurePath) -> PurePath:
        known = self._resolved.get(path)
        if known is None:
            # What is listed as no link lies in whatever its folder is; to ask costs a look at each folder on the way.
            listed = any(entry.name == path.name and not entry.is_link for entry in self.listings.get(path.parent, ()))
            real = self.resolve(path.parent) / path.name if listed else self._beneath.resolve(path)
            known = self._resolved[path] = real
        return known

    def identity(self, path: PurePath) -> object:
        return self._beneath.identity(path)


IGNORED_DIRECTORIES = frozenset(
    {
        ".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache",
        ".ruff_cache", ".tox", "results", "outputs", "wandb", "mlruns", "cache",
    }
)  # fmt: skip
"""Directories that hold no configs of the project: environments, caches, and what runs leave behind."""


def walk(files: Files, root: PurePath, suffixes: tuple[str, ...]) -> Iterator[PurePath]:
    """Every file below `root` whose name ends in one of `suffixes`, sorted; each directory once, links included."""
    seen: set[str] = set()
    pending = [(root, str(files.resolve(root)))]
    while pending:
        # Where a directory really lies is asked of the links alone: everything else lies in what it stands in.
        directory, real = pending.pop()
        if real in seen:
            continue
        seen.add(real)
        below: list[tuple[PurePath, str]] = []
        for entry in files.entries(directory):
            if entry.kind is Kind.DIRECTORY:
                if entry.name not in IGNORED_DIRECTORIES:
                    path = directory / entry.name
                    below.append((path, str(files.resolve(path)) if entry.is_link else f"{real}{os.sep}{entry.name}"))
            elif entry.name.endswith(suffixes):
                yield directory / entry.name
        pending.extend(reversed(below))


def absolute(path: str | PurePath, start: PurePath | None = None) -> PurePath:
    """`path` below `start` (the working directory by default), without `.` and `..`, links untouched."""
    return PurePath(os.path.normpath(os.path.join(start or os.getcwd(), path)))


def is_below(path: PurePath, folder: PurePath) -> bool:
    """Whether a path is a folder or lies in it, by how both are spelled.

    As `is_relative_to`, which takes both apart: this is asked about every file at every keystroke.
    """
    spelled, above = os.path.normcase(path), os.path.normcase(folder)
    return spelled == above or spelled.startswith(above if above.endswith(os.sep) else above + os.sep)
