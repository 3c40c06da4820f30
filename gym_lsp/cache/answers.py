"""Answers about a workspace in a form that outlives the process, and back.

Which questions last, and the types of their arguments and values, is said where they are defined (`memo.lasting`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cache
from pathlib import PurePath
from typing import Any, NamedTuple, get_type_hints

from msgspec import DecodeError, Raw, Struct, msgpack

from gym_lsp.cache.encoding import decoder, encoded
from gym_lsp.cache.observed import Difference, Observations
from gym_lsp.files import path_of
from gym_lsp.memo import LASTING, Answer, Question, is_firewall, read, restored, unread
from gym_lsp.rules.engine.engine import Engine
from gym_lsp.workspace.programs import SUFFIXES, Programs
from gym_lsp.workspace.tree import LAYOUT, PROGRAMS, name_of, source_of
from gym_lsp.workspace.workspace import Workspace

Arguments = tuple[Hashable, ...]


class Row(NamedTuple):
    """One answer: the name of its question, the arguments without the engine, the value, and what it was made from."""

    question: str
    arguments: Arguments
    value: Any
    sources: tuple[str, ...]
    firewalls: tuple[tuple[str, Arguments], ...]


class Answers(Struct, frozen=True):
    """Some rows, with each source and each firewall once.

    A table has the rows of one question, without its name and with numbers of sources and firewalls.
    """

    sources: tuple[str, ...]
    firewalls: tuple[tuple[str, Raw], ...]
    tables: dict[str, Raw]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Answers:
        """Return the rows; of several with the same question and arguments, the last one.

        Raises UnicodeEncodeError.
        """
        sources: dict[str, int] = {}
        firewalls: dict[tuple[str, Arguments], int] = {}
        tables: dict[str, list[Any]] = defaultdict(list)
        for row in {(row.question, row.arguments): row for row in rows}.values():
            numbers = [sources.setdefault(each, len(sources)) for each in row.sources]
            above = [firewalls.setdefault(each, len(firewalls)) for each in row.firewalls]
            tables[row.question].append((row.arguments, row.value, numbers, above))
        return cls(
            tuple(sources),
            tuple((name, Raw(encoded(arguments))) for name, arguments in firewalls),
            {name: Raw(encoded(table)) for name, table in tables.items()},
        )

    def rows(self) -> Iterator[Row]:
        """Yield the rows. Raises msgspec.DecodeError, and LookupError for a name or a number that does not exist."""
        firewalls = [(name, _types(name).arguments.decode(raw)) for name, raw in self.firewalls]
        for name, raw in self.tables.items():
            table: list[tuple[Arguments, Any, tuple[int, ...], tuple[int, ...]]] = _types(name).table.decode(raw)
            for arguments, value, sources, above in table:
                made_from = tuple(self.sources[number] for number in sources)
                yield Row(name, arguments, value, made_from, tuple(firewalls[number] for number in above))


def rows_about(workspace: Workspace, engine: Engine, path: PurePath) -> Iterator[Row]:
    """Yield what is known about one file."""
    for name in _about_a_path():
        yield from _row(workspace, name, (path,), engine)


def rows_of_firewalls(workspace: Workspace, start: int = 0) -> Iterator[Row]:
    """Yield the firewalls that have been asked for, without the first `start` of them."""
    for question in workspace.memo.firewalls()[start:]:
        name = _name(question)
        if name in LASTING:
            yield from _row(workspace, name, question[1], None)


def decoded(raw: Raw | None) -> tuple[Row, ...]:
    """Return the rows of some encoded `Answers`; none if there are none, or if they make no sense."""
    try:
        return () if raw is None else tuple(_ANSWERS.decode(raw).rows())
    except (DecodeError, LookupError):
        return ()


def restore(
    workspace: Workspace,
    engine: Engine,
    rows: Iterable[Row],
    known: Observations,
    difference: Difference,
    changed: Iterable[PurePath] = (),
) -> tuple[Row, ...]:
    """Let a workspace take over the answers that a difference from what was known does not reach; return these.

    Those that depend on a firewall, or on files that have `changed` in an editor, may turn out not to hold.
    """
    may_be_program = _programs_of(known, workspace.search.roots)
    outdated = _outdated(difference, may_be_program)
    kept = tuple(row for row in rows if not _is_reached(row, difference, outdated))
    bottom = _Bottom(engine, Programs(workspace.disk, may_be_program))
    answers = [restored(_question(row.question, row.arguments, engine), row.value, bottom.of(row)) for row in kept]
    workspace.memo.restore((*bottom.answers(), *answers), (source_of(str(path)) for path in changed))
    return kept


def collected(workspace: Workspace, engine: Engine, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the answers that hold, among them those of the restored `rows` that nothing has asked for."""
    settled: set[tuple[str, Arguments]] = set()
    for row in rows:
        settled.add((row.question, row.arguments))
        if workspace.memo.holds_as_restored(_question(row.question, row.arguments, engine), workspace):
            yield row
        else:
            yield from _row(workspace, row.question, row.arguments, engine)
    for path in workspace.members:
        for name in _about_a_path():
            if (name, (path,)) not in settled:
                yield from _row(workspace, name, (path,), engine)
    yield from rows_of_firewalls(workspace)


def _outdated(difference: Difference, may_be_program: Callable[[PurePath], bool]) -> frozenset[str]:
    """Return which of the sources that stand for many files may be different."""
    outdated: set[str] = set()
    if difference.folders:
        outdated.add(LAYOUT)
    if any(may_be_program(path_of(path)) for path in difference.paths | difference.moved):
        outdated.add(PROGRAMS)
    return frozenset(outdated)


def _programs_of(known: Observations, roots: Iterable[PurePath]) -> Callable[[PurePath], bool]:
    """Return a function that says whether answers about programs may be different because of a path."""
    # A new folder is a new module if modules were looked up beside it, or if the folder itself was looked up.
    beside = frozenset(str(path_of(path).parent) for path in (*known.texts, *known.kinds) if path.endswith(".py"))
    beside |= frozenset(map(str, roots))

    def may_be_program(path: PurePath) -> bool:
        is_looked_up = path.suffix or str(path.parent) in beside or known.is_about(str(path))
        return path.suffix in SUFFIXES and bool(is_looked_up)

    return may_be_program


def _is_reached(row: Row, difference: Difference, outdated: frozenset[str]) -> bool:
    # A firewall is asked again in any case, and its value is needed to see whether it has changed.
    if is_firewall((LASTING[row.question], ())):
        return False
    return any(source in outdated or difference.reaches(source) for source in row.sources)


class _Bottom:
    """The sources and firewalls that restored answers were made from, each once."""

    def __init__(self, engine: Engine, programs: Programs) -> None:
        self._engine = engine
        self._programs = programs
        self._sources: dict[str, Answer] = {}
        self._firewalls: dict[tuple[str, Arguments], Answer] = {}

    def of(self, row: Row) -> Iterator[Answer]:
        for name in row.sources:
            yield self._sources.get(name) or self._sources.setdefault(name, self._source(name))
        for key in row.firewalls:
            yield self._firewalls.get(key) or self._firewalls.setdefault(key, unread(_question(*key, self._engine)))

    def _source(self, name: str) -> Answer:
        return read(source_of(name), self._programs) if name == PROGRAMS else unread(source_of(name))

    def answers(self) -> Iterator[Answer]:
        yield from self._sources.values()
        yield from self._firewalls.values()


def _row(workspace: Workspace, name: str, arguments: Arguments, engine: Engine | None) -> Iterator[Row]:
    kept = workspace.memo.kept(_question(name, arguments, engine), workspace)
    if kept is None:
        return
    firewalls: list[tuple[str, Arguments]] = []
    sources: dict[str, None] = {}
    for below in kept.bottom:
        if is_firewall(below):
            firewalls.append((_name(below), below[1]))
        elif (source := name_of(below)) is not None:
            sources[source] = None
    if all(name in LASTING for name, _ in firewalls):
        yield Row(name, arguments, kept.value, tuple(sources), tuple(firewalls))


def _name(question: Question) -> str:
    function = question[0]
    return f"{function.__module__}.{function.__qualname__}"


def _question(name: str, arguments: Arguments, engine: Engine | None) -> Question:
    return LASTING[name], (engine, *arguments) if _types(name).needs_engine else arguments


class _Types(NamedTuple):
    """How the arguments and the table of one question are read."""

    arguments: msgpack.Decoder[Any]
    table: msgpack.Decoder[Any]
    needs_engine: bool
    is_about_a_path: bool


@cache
def _types(name: str) -> _Types:
    function = LASTING[name]
    hints = get_type_hints(function)
    # The first parameter is the workspace.
    parameters = [hints[each] for each in function.__code__.co_varnames[1 : function.__code__.co_argcount]]
    given = tuple(each for each in parameters if each is not Engine)
    arguments: Any = tuple.__class_getitem__(given)
    value = hints["return"]
    table: Any = list[tuple[arguments, value, tuple[int, ...], tuple[int, ...]]]
    return _Types(decoder(arguments), decoder(table), Engine in parameters, given == (PurePath,))


@cache
def _about_a_path() -> tuple[str, ...]:
    return tuple(name for name in LASTING if _types(name).is_about_a_path)


_ANSWERS = decoder(Answers)
