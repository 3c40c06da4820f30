"""The files of a snapshot, as its answers read them: what each path held is noted, and read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.files import (
    Below,
    DirectoryEntry,
    Files,
    Kind,
    Missing,
    Outside,
    TooLarge,
    Unreadable,
    entry_of,
    path_of,
    walk,
)
from gym_lsp.memo import Answer, Memo, Question, changes_alone, source
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.fence import Fence, Fenced
from gym_lsp.workspace.glance import Glance, Screen, glance
from gym_lsp.workspace.programs import SUFFIXES, Programs
from gym_lsp.workspace.root import Boundary, decided_by

if TYPE_CHECKING:
    from gym_lsp.commands.samples import Sample


class Rooted(Protocol):
    """A snapshot, with the files that it is a state of, the fence around those that are read, and the screen of Gym."""

    @property
    def memo(self) -> Memo: ...
    @property
    def disk(self) -> Files: ...
    @property
    def fence(self) -> Fence: ...
    @property
    def screen(self) -> Screen: ...


class Walked(Struct, frozen=True):
    """The result of a walk: the files, the roots that are nested there, and links to folders outside of the fence.

    The walk does not enter these.
    """

    files: tuple[PurePath, ...]
    nested: tuple[PurePath, ...] = ()
    outside: tuple[PurePath, ...] = ()


class Tree:
    """Files whose every answer is a source of the memo.

    `disk` is what lies under the snapshot: the disk itself, or open documents over it.
    """

    def __init__(self, disk: Files, memo: Memo, fence: Fence, screen: Callable[[], Screen]) -> None:
        self.disk = disk
        self.memo = memo
        self.fence = fence
        self._screen = screen

    @property
    def screen(self) -> Screen:
        return self._screen()

    def read(self, path: PurePath) -> str:
        text = self.memo.get(_text_of_sample if is_sample(path) else _text, self, (path,))
        if isinstance(text, Unreadable):
            raise text.again()
        return text

    def head(self, path: PurePath, most: int) -> str:
        # Rows of data are large, and what is made of them is small: only whether they changed is remembered.
        self.version(path)
        if not _is_inside(self, path):
            raise Outside(path)
        return self.disk.head(path, most)

    def read_outside(self, path: PurePath) -> str:
        """Return the text of a file like `read`, also if it is outside of the fence."""
        text = self.memo.get(_text_anywhere, self, (path,))
        if isinstance(text, Unreadable):
            raise text.again()
        return text

    def kind(self, path: PurePath) -> Kind | None:
        if is_sample(path):
            return Kind.FILE if isinstance(self.memo.get(_text_of_sample, self, (path,)), str) else None
        return self.memo.get(_kind, self, (path,))

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        return self.memo.get(_entries, self, (path,))

    def version(self, path: PurePath) -> object:
        return self.memo.get(_version, self, (path,))

    def resolve(self, path: PurePath) -> PurePath:
        return self.memo.get(_resolved, self, (path,))

    def identity(self, path: PurePath) -> object:
        return self.disk.identity(path)

    def is_inside(self, path: PurePath) -> bool:
        """Return whether a file or folder is inside the fence, so that it can be read or listed."""
        return _is_inside(self, path.parent if is_sample(path) else path)

    def samples(self, path: PurePath) -> tuple[Sample, ...]:
        """Return the YAML blocks of a document; none if it cannot be read."""
        return self.memo.get(_samples, self, (path,))

    def glance(self, path: PurePath) -> Glance:
        """Return what the text of a file shows, without keeping the text."""
        if is_sample(path):
            return glance(self.read(path), self.screen)
        return self.memo.get(_glance, self, (path,))

    def walk(self, root: PurePath, folder: PurePath, suffixes: tuple[str, ...]) -> Walked:
        """Return the files of a root below a folder with one of some suffixes, and where the walk has ended.

        One source stands for the listings of all directories: there are thousands, and they change together. Of the
        files that decide where the walk ends, only what they decide is noted.
        """
        self.memo.get(_layout, self, ())
        with self.memo.unnoted():
            boundary = Boundary(self, root)
            outside: list[PurePath] = []

            def leaves_out(folder: PurePath, entries: tuple[DirectoryEntry, ...]) -> bool:
                if not entries and not _is_inside(self, folder):
                    outside.append(folder)
                return boundary.leaves_out(folder, entries)

            found = tuple(walk(self, folder, suffixes, leaves_out))
        for path in boundary.read:
            self.memo.get(_decided, self, (path,))
        return Walked(found, tuple(boundary.nested), tuple(outside))

    def programs(self) -> Files:
        """Return the files to read Python source from. One source stands for all of it."""
        return Fenced(self.memo.get(_programs, self, ()), self.fence)

    def lead(self) -> None:
        """Let what earlier snapshots read of Python source follow to the files of this one, which is the next."""
        programs = self.memo.earlier(_programs, self)
        if isinstance(programs, Programs):
            programs.follow(self.disk)


_SAMPLE = "```"


def sample_path(document: PurePath, index: int) -> PurePath:
    """Return the path under which a YAML block of a document is read as if it were a file."""
    return document / f"{_SAMPLE}{index}.yaml"


def is_sample(path: PurePath) -> bool:
    """Return whether a path is that of a YAML block of a document."""
    return path.name.startswith(_SAMPLE) and path.parent.suffix in DOCUMENTS


LAYOUT = "*"
PROGRAMS = "*.py"


def name_of(source: Question) -> str | None:
    """Return what a source reads: a path, LAYOUT or PROGRAMS; None for what stays while a workspace is open.

    The path of a folder that is listed ends with a slash.
    """
    function, arguments = source
    if function is _entries:
        return f"{arguments[0]}/"
    if function is _layout:
        return LAYOUT
    if function is _programs:
        return PROGRAMS
    return str(arguments[0]) if arguments and isinstance(arguments[0], PurePath) else None


def source_of(name: str) -> Question:
    """Return a source that reads what is named, as `name_of` does."""
    if name == LAYOUT:
        return _layout, ()
    if name == PROGRAMS:
        return _programs, ()
    return _text, (path_of(name),)


def stale(tree: Tree, change: Change) -> Iterator[Question]:
    """Return the sources of earlier snapshots that may differ after a change, which has led to a tree."""
    for path in change.paths:
        yield _text, (path,)
        yield _text_anywhere, (path,)
        yield _glance, (path,)
        yield _version, (path,)
    moved = change.created_or_deleted
    if moved:
        answers = tree.memo.known((_text, _text_anywhere, _glance, _kind, _entries, _resolved))
        listings = {_argument(answer): answer.value for answer in answers if answer.question[0] is _entries}
        moved = moved.union(_new_folders(moved, listings))
        yield _layout, ()
        yield from _stale_places(answers, listings, tree.disk, moved)
    if _have_other_programs(tree, change.edited | moved):
        yield _programs, ()


def _have_other_programs(tree: Tree, paths: frozenset[PurePath]) -> bool:
    """Whether something may be different that was looked up to read Python source."""
    programs = tree.memo.earlier(_programs, tree)
    if isinstance(programs, Programs) and programs.follows(tree.disk):
        return programs.has_grown or any(map(programs.depend_on, paths))
    # They stay with the files of an earlier snapshot, which are as good if no program is among the changes.
    return any(path.suffix in SUFFIXES for path in paths)


def _stale_places(
    answers: Iterable[Answer],
    listings: Mapping[PurePath, tuple[DirectoryEntry, ...]],
    disk: Files,
    moved: frozenset[PurePath],
) -> Iterator[Question]:
    """Return the sources that may differ after some paths were created or deleted, those at these paths included."""
    above = frozenset(parent for path in moved for parent in path.parents)
    # Where a link leads may have changed with a path that is not below it.
    links = (folder / entry.name for folder, listed in listings.items() for entry in listed if entry.is_link)
    reached = Below((*moved, *links))
    for answer in answers:
        path = _argument(answer)
        if path in reached or (path in above and _differs(answer, disk)):
            yield answer.question


def _differs(answer: Answer, disk: Files) -> bool:
    """Whether a source about a folder may have another answer on a disk; mostly only its listing has."""
    function, path = answer.question[0], _argument(answer)
    if function is _entries:
        return answer.value != disk.entries(path)
    if function is _resolved:
        return answer.value != disk.resolve(path)
    return function is not _kind or answer.value is not disk.kind(path)


def _new_folders(
    moved: frozenset[PurePath], listings: Mapping[PurePath, tuple[DirectoryEntry, ...]]
) -> Iterator[PurePath]:
    """Yield the folders above some paths that were not there before.

    They may have come with more files than were reported: an editor reports those that it watches.
    """
    for path in moved:
        for folder in path.parents:
            listed = listings.get(folder.parent)
            if listed is None or any(entry.name == folder.name for entry in listed):
                break
            yield folder


def _argument(answer: Answer) -> PurePath:
    (path,) = answer.question[1]
    assert isinstance(path, PurePath)
    return path


@source
def _text(tree: Rooted, path: PurePath) -> str | Unreadable:
    return _text_anywhere(tree, path) if _is_inside(tree, path) else Outside(path)


@source
def _text_anywhere(tree: Rooted, path: PurePath) -> str | Unreadable:
    try:
        return tree.disk.read(path)
    except Unreadable as error:
        return error.again()


def _samples(tree: Rooted, path: PurePath) -> tuple[Sample, ...]:
    # Only a document needs this.
    from gym_lsp.commands.samples import samples

    text = tree.memo.get(_text, tree, (path,))
    return samples(path.suffix, text) if isinstance(text, str) else ()


def _text_of_sample(tree: Rooted, path: PurePath) -> str | Unreadable:
    found = tree.memo.get(_samples, tree, (path.parent,))
    number = path.stem.removeprefix(_SAMPLE)
    is_there = number.isascii() and number.isdigit() and int(number) < len(found)
    return found[int(number)].text if is_there else Missing(path, "it does not exist")


@source
def _glance(tree: Rooted, path: PurePath) -> Glance:
    text = _text(tree, path)
    if isinstance(text, Unreadable):
        # A file of another tool can have any size.
        return Glance(may_be_gym=not isinstance(text, TooLarge))
    return glance(text, tree.screen)


@source
def _decided(tree: Rooted, path: PurePath) -> object:
    text = tree.memo.get(_text, tree, (path,))
    return None if isinstance(text, Unreadable) else decided_by(text)


@source
def _kind(tree: Rooted, path: PurePath) -> Kind | None:
    return tree.disk.kind(path)


@changes_alone
def _entries(tree: Rooted, path: PurePath) -> tuple[DirectoryEntry, ...]:
    return tree.disk.entries(path) if _is_inside(tree, path) else ()


@source
def _version(tree: Rooted, path: PurePath) -> object:
    return tree.disk.version(path)


@source
def _resolved(tree: Rooted, path: PurePath) -> PurePath:
    # What is listed as no link is in whatever its directory is; to ask costs a look at each directory on the way.
    folder = path.parent
    if _is_plain(tree, path, folder):
        return tree.memo.get(_resolved, tree, (folder,)) / path.name
    return tree.disk.resolve(path)


def _is_inside(tree: Rooted, path: PurePath) -> bool:
    def resolve(path: PurePath) -> PurePath:
        return tree.memo.get(_resolved, tree, (path,))

    # For what is not a link, the folder decides, so that not every file has to be resolved.
    folder = path.parent
    return (_is_plain(tree, path, folder) and tree.fence.holds(folder, resolve)) or tree.fence.holds(path, resolve)


def _is_plain(tree: Rooted, path: PurePath, folder: PurePath) -> bool:
    """Whether a path is known not to be a link. `folder` is its parent, because making a path takes long."""
    listed = entry_of(path, tree.memo.peek(_entries, tree, folder) or ())
    return listed is not None and not listed.is_link


@source
def _layout(tree: Rooted) -> object:
    return object()


@source
def _programs(tree: Rooted) -> Programs:
    return Programs(tree.disk)
