"""The only door to the disk.

Everything above this module handles `PurePath` and reads through a `Files`. So open buffers (`Overlay`), a tree of a
test, and the disk itself (`Disk`) are interchangeable, and what an answer depends on can be recorded.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import PurePath
from typing import NamedTuple, Protocol, TypeAlias

LARGEST_TEXT = 2 * 1024 * 1024
"""Bytes. A larger text is not a config that a person wrote, and is not read, neither from the disk nor from an editor.

The largest config of NeMo Gym 0.7.0 has 28 KB.
"""
LARGEST_ROWS = 64 * 1024 * 1024
"""Bytes of a file of rows that are read. All rows of NeMo Gym 0.7.0 together have 42 MB."""

_BOM = "\ufeff"


class Kind(Enum):
    FILE = "file"
    DIRECTORY = "directory"


class DirectoryEntry(NamedTuple):
    """One name in a directory. For a link, `kind` is the kind of its target."""

    name: str
    kind: Kind
    is_link: bool = False


@lru_cache(maxsize=8192)
def path_of(text: str) -> PurePath:
    """Return `PurePath(text)`. What a cache has kept names the same paths many times, and to parse one takes long."""
    return PurePath(text)


def entry_of(path: PurePath, listing: tuple[DirectoryEntry, ...]) -> DirectoryEntry | None:
    """Return the entry of a path in the sorted listing of its folder, or None."""
    index = bisect_left(listing, path.name, key=_NAME)
    return listing[index] if index < len(listing) and listing[index].name == path.name else None


_NAME = attrgetter("name")


class Unreadable(Exception):
    """The text of a file cannot be read. `reason` completes "cannot read X: "."""

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(f"cannot read {path}: {reason}")
        self.path = path
        self.reason = reason

    def again(self) -> Unreadable:
        """Return a copy to keep or to raise again. A raised exception keeps alive all frames that it passed."""
        return type(self)(self.path, self.reason)


class Missing(Unreadable):
    """The file does not exist."""


class TooLarge(Unreadable):
    """The file is larger than any config."""

    def __init__(self, path: PurePath, size: int) -> None:
        super().__init__(path, f"it is {size:,} bytes long, more than the limit of {LARGEST_TEXT:,}")
        self.size = size

    def again(self) -> TooLarge:
        return TooLarge(self.path, self.size)


class Outside(Unreadable):
    """The file may exist, but it is not in a folder that gym-lsp reads."""

    def __init__(self, path: PurePath, reason: str = "it is outside of the workspace and the search folders") -> None:
        super().__init__(path, reason)


class Unwritable(Exception):
    """A file could not be written and has not changed. `reason` completes "cannot write X: "."""

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")
        self.path = path
        self.reason = reason


class Files(Protocol):
    """A tree of files at one moment."""

    def read(self, path: PurePath) -> str:
        """Return the text of a file, with its own line breaks and without a leading BOM.

        Raises Missing if the file does not exist, and Unreadable if it is a directory, not UTF-8, too large or not
        permitted.
        """
        ...

    def head(self, path: PurePath, most: int) -> str:
        """Return the first whole lines of a file of any size, at most `most` bytes. Raises like `read`."""
        ...

    def kind(self, path: PurePath) -> Kind | None:
        """Return what `path` leads to, links followed. None if it leads to nothing."""
        ...

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        """Return the names in a directory, sorted. Empty if the directory does not exist or cannot be read."""
        ...

    def version(self, path: PurePath) -> object:
        """Return a value that changes when the content of the file changes. None if the file does not exist."""
        ...

    def resolve(self, path: PurePath) -> PurePath:
        """Return the path without links and without `..`. Never raises. A cycle of links stays in the path."""
        ...

    def identity(self, path: PurePath) -> object:
        """Return a value that is equal for two paths to the same file or directory."""
        ...


def decode(path: PurePath, data: bytes) -> str:
    """Return UTF-8 text without its BOM. Raises Unreadable, with the offset of the first byte that is not UTF-8."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(path, f"it is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x})") from None
    return text.removeprefix(_BOM)


def whole_lines(data: bytes, most: int) -> bytes:
    """Return as many of the first whole lines as fit into `most` bytes."""
    return data if len(data) <= most else data[: data.rfind(b"\n", 0, most) + 1]


class Disk:
    """The current state of the disk."""

    def read(self, path: PurePath) -> str:
        return decode(path, self._bytes(path))

    def head(self, path: PurePath, most: int) -> str:
        return decode(path, whole_lines(self._bytes(path, most + 1), most))

    def _bytes(self, path: PurePath, most: int | None = None) -> bytes:
        """Return the content of a file, or its first `most` bytes."""
        try:
            handle = os.open(path, _READING)
        except FileNotFoundError:
            raise Missing(path, "the file does not exist") from None
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

    def write(self, path: PurePath, text: str) -> None:
        """Write a new file, or replace one: completely or not at all.

        A link to a file is refused, because it can be planted to have another file replaced. A device or a pipe is
        written to directly, and so is everything in `/dev`, such as `/dev/stdout`. Raises Unwritable.
        """
        try:
            status = os.stat(path)
        except FileNotFoundError:
            status = None
        except (OSError, ValueError) as error:
            raise Unwritable(path, _reason(error)) from None
        is_regular = status is None or stat.S_ISREG(status.st_mode)
        is_device = path.is_relative_to("/dev")
        try:
            if is_device or not is_regular:
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
            elif os.path.islink(path):
                raise Unwritable(path, "it is a link")
            else:
                _replace(path, text.encode("utf-8"))
        except OSError as error:
            raise Unwritable(path, _reason(error)) from None

    def create(self, path: PurePath, text: str, root: PurePath) -> None:
        """Write a new file, completely or not at all, and make its folders.

        No file is replaced, and no link out of `root` is followed. Raises Unwritable.
        """
        if not self.resolve(path.parent).is_relative_to(self.resolve(root)):
            raise Unwritable(path, "a link leads out of the workspace")
        try:
            os.makedirs(path.parent, exist_ok=True)
            file = open(path, "x", encoding="utf-8", newline="")  # noqa: SIM115 - what fails below has to be removed
        except (OSError, ValueError) as error:
            raise Unwritable(path, _reason(error)) from None
        try:
            with file:
                file.write(text)
        except OSError as error:
            self.discard(path)
            raise Unwritable(path, _reason(error)) from None

    def discard(self, path: PurePath) -> None:
        """Remove a file that `create` has written, or a folder that is empty again, if it can be removed."""
        with contextlib.suppress(OSError):
            os.rmdir(path) if os.path.isdir(path) else os.unlink(path)

    def rewrite(self, path: PurePath, before: str, after: str, root: PurePath) -> None:
        """Replace the text of a file, which must still be `before`, by `after`: completely or not at all.

        Links are followed, but not out of `root`. The BOM and the permissions stay. Raises Unwritable.
        """
        target = self.resolve(path)
        if not target.is_relative_to(self.resolve(root)):
            raise Unwritable(path, "a link leads out of the workspace")
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
            # Replacing it would work, but its owner has protected it.
            raise Unwritable(path, "it is write-protected")
        mark = _BOM if data.startswith(_BOM.encode()) else ""
        try:
            _replace(target, (mark + after).encode("utf-8"))
        except OSError as error:
            raise Unwritable(path, _reason(error)) from None

    def load(self, path: PurePath) -> bytes | None:
        """Return the content of a file of gym-lsp's own, of any size. None if there is none that can be read."""
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            return None

    def save(self, path: PurePath, data: bytes) -> None:
        """Write a file of gym-lsp's own, completely or not at all, that only the user can read. Raises Unwritable."""
        try:
            os.makedirs(path.parent, mode=0o700, exist_ok=True)
            _replace(path, data, mode=0o600)
        except OSError as error:
            raise Unwritable(path, _reason(error)) from None

    def sweep(self, folder: PurePath, suffix: str, age: float) -> None:
        """Remove the files of gym-lsp's own that have not been written for `age` seconds."""
        _remove_old(folder, lambda name: name.endswith(suffix), age)

    def kind(self, path: PurePath) -> Kind | None:
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError):
            return None
        if stat.S_ISDIR(mode):
            return Kind.DIRECTORY
        # Reading a pipe or a device can block forever, so only regular files count as files.
        return Kind.FILE if stat.S_ISREG(mode) else None

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        try:
            with os.scandir(path) as scan:
                found = [
                    DirectoryEntry(entry.name, kind, entry.is_symlink())
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
        return _version_of(status)

    def versions(self, paths: Sequence[str]) -> list[object]:
        """Return the versions of many paths, given as text. Fast, because a poll has thousands of them."""
        found: list[object] = []
        rest = iter(paths)
        while True:
            try:
                found.extend(map(_version_of, map(os.stat, rest)))
            except (OSError, ValueError):
                # The versions before this path are in `found`, and `rest` goes on after it.
                found.append(None)
            else:
                return found

    def resolve(self, path: PurePath) -> PurePath:
        try:
            return PurePath(os.path.realpath(path))
        except ValueError:  # a NUL in the path
            return PurePath(os.path.normpath(path))

    def identity(self, path: PurePath) -> object:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return path
        return (status.st_dev, status.st_ino)


_version_of = attrgetter("st_mtime_ns", "st_size", "st_ino")


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__


def _replace(path: PurePath, data: bytes, mode: int | None = None) -> None:
    """Write a temporary file and rename it to `path`, so that readers see either the old or the new content.

    Without a `mode`, the permissions stay as they are.
    """
    import tempfile

    mode = _permissions(path) if mode is None else mode
    # What a killed process left behind. Young files may still be written.
    _remove_old(path.parent, lambda name: name.startswith(_TEMPORARY), _ABANDONED)
    handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _permissions(path: PurePath) -> int:
    """Return the permissions of a file, those of a new file if it does not exist."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        # The umask can only be read by setting it.
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _remove_old(folder: PurePath, is_ours: Callable[[str], bool], age: float) -> None:
    """Remove the files with some names that have not been written for `age` seconds."""
    with contextlib.suppress(OSError), os.scandir(folder) as scan:
        for entry in scan:
            if not (is_ours(entry.name) and entry.is_file(follow_symlinks=False)):
                continue
            with contextlib.suppress(OSError):
                if time.time() - entry.stat(follow_symlinks=False).st_mtime > age:
                    os.unlink(entry)


_TEMPORARY = ".gym-lsp-tmp-"
_ABANDONED = 60.0
"""Seconds after which a temporary file is not being written any more."""
_READING = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""O_NONBLOCK, because opening a pipe otherwise waits until another process writes to it."""


def _content(path: PurePath, handle: int, most: int | None) -> bytes:
    """Return the content of an open file.

    There is no file object, because creating one costs more than reading a small file, and trees have thousands.
    """
    status = os.fstat(handle)
    if stat.S_ISDIR(status.st_mode):
        raise Unreadable(path, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(path, "it is not a regular file")
    if (folder := _devices_of_the_kernel().get(status.st_dev)) is not None:
        raise Outside(path, f"it is in {folder}, which gym-lsp does not read")
    if most is not None:
        return os.read(handle, most)
    if status.st_size > LARGEST_TEXT:
        raise TooLarge(path, status.st_size)
    # One byte more than the size shows whether the file has grown. Some file systems report a size of 0.
    data = os.read(handle, status.st_size + 1)
    while part := os.read(handle, LARGEST_TEXT) if len(data) != status.st_size else b"":
        data += part
        if len(data) > LARGEST_TEXT:
            raise TooLarge(path, len(data))
    return data


_OF_THE_KERNEL = ("/proc", "/sys", "/dev")
"""File systems that show what the kernel knows. `/proc/self/environ` contains the values of environment variables."""


@cache
def _devices_of_the_kernel() -> dict[int, str]:
    """Return those of the file systems that are mounted, by the numbers of their devices (`st_dev`)."""
    devices: dict[int, str] = {}
    for folder in _OF_THE_KERNEL:
        with contextlib.suppress(OSError):
            devices[os.stat(folder).st_dev] = folder
    # A folder that is not mounted is one of the disk.
    devices.pop(os.stat("/").st_dev, None)
    return devices


def _kind_of(entry: os.DirEntry[str]) -> Kind | None:
    try:
        if entry.is_dir():
            return Kind.DIRECTORY
        return Kind.FILE if entry.is_file() else None
    except OSError:
        return None


class Forwarding:
    """Files that answer as others do, for classes that change a part of that."""

    def __init__(self, base: Files) -> None:
        self._base = base

    def read(self, path: PurePath) -> str:
        return self._base.read(path)

    def head(self, path: PurePath, most: int) -> str:
        return self._base.head(path, most)

    def kind(self, path: PurePath) -> Kind | None:
        return self._base.kind(path)

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        return self._base.entries(path)

    def version(self, path: PurePath) -> object:
        return self._base.version(path)

    def resolve(self, path: PurePath) -> PurePath:
        return self._base.resolve(path)

    def identity(self, path: PurePath) -> object:
        return self._base.identity(path)


class Overlay(Forwarding):
    """Open buffers over a base: the text of a buffer replaces that of its file, and has the same limit."""

    def __init__(self, base: Files, texts: Mapping[PurePath, str]) -> None:
        super().__init__(base)
        self._texts = texts
        self._names: dict[PurePath, dict[str, Kind]] = {}
        for path in texts:
            kind = Kind.FILE
            for parent in path.parents:
                self._names.setdefault(parent, {}).setdefault(path.name, kind)
                path, kind = parent, Kind.DIRECTORY

    def read(self, path: PurePath) -> str:
        text = self._texts.get(path)
        if text is None:
            return self._base.read(path)
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if size > LARGEST_TEXT:
            raise TooLarge(path, size)
        return text

    def head(self, path: PurePath, most: int) -> str:
        text = self._texts.get(path)
        if text is None:
            return self._base.head(path, most)
        # No code point has less than one byte, so what is after these cannot be part of the result.
        return decode(path, whole_lines(text[: most + 1].encode("utf-8", "replace"), most))

    def kind(self, path: PurePath) -> Kind | None:
        if path in self._texts:
            return Kind.FILE
        if path in self._names:
            return Kind.DIRECTORY
        return self._base.kind(path)

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        inherited = self._base.entries(path)
        own = self._names.get(path)
        if not own:
            return inherited
        entries = {name: DirectoryEntry(name, kind) for name, kind in own.items()} | {
            entry.name: entry for entry in inherited
        }
        return tuple(entries[name] for name in sorted(entries))

    def version(self, path: PurePath) -> object:
        text = self._texts.get(path)
        return self._base.version(path) if text is None else text


class Remembered(Forwarding):
    """A cache of `kind`, `entries` and `resolve` for one snapshot of other files.

    `kinds` and `listings` can be passed on to the next snapshot if no path was created or deleted.
    """

    def __init__(
        self,
        base: Files,
        kinds: dict[PurePath, Kind | None] | None = None,
        listings: dict[PurePath, tuple[DirectoryEntry, ...]] | None = None,
    ) -> None:
        super().__init__(base)
        self.kinds = {} if kinds is None else kinds
        self.listings = {} if listings is None else listings
        self._resolved: dict[PurePath, PurePath] = {}

    def kind(self, path: PurePath) -> Kind | None:
        try:
            return self.kinds[path]
        except KeyError:
            kind = self.kinds[path] = self._base.kind(path)
            return kind

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        listing = self.listings.get(path)
        if listing is None:
            listing = self.listings[path] = self._base.entries(path)
        return listing

    def resolve(self, path: PurePath) -> PurePath:
        resolved = self._resolved.get(path)
        if resolved is None:
            # If a listing shows that the path is not a link, resolving its parent is enough. Resolving it on the disk
            # would read every folder of the path.
            listed = entry_of(path, self.listings.get(path.parent, ()))
            is_plain = listed is not None and not listed.is_link
            resolved = self.resolve(path.parent) / path.name if is_plain else self._base.resolve(path)
            self._resolved[path] = resolved
        return resolved


IGNORED_DIRECTORIES = frozenset(
    {
        ".git", ".hg", ".svn", ".venv", "venv", "site-packages", "node_modules", "__pycache__", ".mypy_cache",
        ".pytest_cache", ".ruff_cache", ".tox", "results", "outputs", "wandb", "mlruns", "cache",
    }
)  # fmt: skip
"""Directories that do not contain configs of the project: environments, caches, and the output of runs."""


LeavesOut: TypeAlias = Callable[[PurePath, tuple[DirectoryEntry, ...]], bool]
"""Whether a walk must not enter a directory, given with its entries."""


def walk(
    files: Files, root: PurePath, suffixes: tuple[str, ...], leaves_out: LeavesOut | None = None
) -> Iterator[PurePath]:
    """Yield every file below `root` whose name ends with one of `suffixes`, sorted.

    Links are followed, and each directory is visited once. Directories that `leaves_out` names are not entered.
    """
    start = files.resolve(root)
    # A link to a directory above leads out of the tree.
    seen = set(map(str, start.parents))
    pending = [(root, str(start))]
    while pending:
        # Only links have to be resolved: every other directory is inside its parent.
        directory, real = pending.pop()
        if real in seen:
            continue
        seen.add(real)
        entries = files.entries(directory)
        if leaves_out is not None and directory != root and leaves_out(directory, entries):
            continue
        below: list[tuple[PurePath, str]] = []
        for entry in entries:
            if entry.kind is Kind.DIRECTORY:
                if entry.name not in IGNORED_DIRECTORIES:
                    path = directory / entry.name
                    below.append((path, str(files.resolve(path)) if entry.is_link else f"{real}{os.sep}{entry.name}"))
            elif entry.name.endswith(suffixes):
                yield directory / entry.name
        pending.extend(reversed(below))


def absolute(path: str | PurePath, start: PurePath | None = None) -> PurePath:
    """Return `path` joined to `start` (by default the working directory), without `.` and `..`. Links stay."""
    return PurePath(os.path.normpath(os.path.join(start or os.getcwd(), path)))


def is_below(path: PurePath, folder: PurePath) -> bool:
    """Return whether a path is a folder or is in it, judged by the text of both.

    Like `is_relative_to`, which splits both paths and is too slow to be called for every file at every keystroke.
    """
    return _start(path).startswith(_start(folder))


class Below:
    """The paths that are some folders or are in them, judged by their texts; fast for many paths and many folders."""

    def __init__(self, folders: Iterable[PurePath]) -> None:
        self._starts: list[str] = []
        for start in sorted(map(_start, folders)):
            # What is in another folder adds nothing.
            if not self._starts or not start.startswith(self._starts[-1]):
                self._starts.append(start)

    def __contains__(self, path: PurePath) -> bool:
        # No start is in another one, so only the last one that is not after the path can be the path's own.
        text = _start(path)
        index = bisect_right(self._starts, text)
        return index > 0 and text.startswith(self._starts[index - 1])


def _start(folder: PurePath) -> str:
    text = os.path.normcase(folder)
    return text if text.endswith(os.sep) else text + os.sep
