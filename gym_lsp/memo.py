"""Answers that a snapshot remembers, each with the answers that it was made from.

A snapshot is the state of some files at one moment, and never changes. A question is a function of a snapshot, with its
arguments. While a question is answered, every other question that it asks is noted; at the bottom are sources, which
read a file or list a directory and ask nothing. The next snapshot reads a source again if a change names it. It takes
over any other answer if everything that the answer was made from is still the same, and otherwise answers again. An
answer that is equal to the earlier one becomes the same object, so whatever was made from it still holds (early
cut-off). This is the scheme of salsa without its revisions: equal answers are identical.

To look into everything that an answer was made from takes long, and most changes reach few answers. So each answer has
a set of bits, one for each source at the bottom (several sources may share a bit). If no source with one of these bits
has changed, the answer holds. Some questions, such as where a name is defined, are made from all files, and rarely have
another answer. What is made from a `firewall` has a bit of the firewall instead.

Of a snapshot that is the last, nothing has to be known but the values, and those that are `large` can be dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import PurePath
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from msgspec import Struct

Arguments = tuple[Hashable, ...]
Question = tuple[Callable[..., Any], Arguments]


class Snapshot(Protocol):
    """The state of something at one moment, with its memo."""

    @property
    def memo(self) -> Memo: ...


class Answer(Struct, frozen=True, eq=False):
    """The value of a question, and what it was made from: nothing if it is a source or never changes, or if the
    snapshot is the last.

    `needs` are the questions that were asked for it, `seen` the values that these had. `bits` are those of the sources
    and firewalls at the bottom. A restored answer has only these as its needs, and no `seen`: its bits alone decide.
    """

    question: Question
    value: Any
    needs: tuple[Question, ...] = ()
    seen: tuple[Any, ...] | None = ()
    bits: int = 0


class Kept(Struct, frozen=True):
    """An answer for another process: its value, and the sources and firewalls that it was made from in the end."""

    question: Question
    value: Any
    bottom: tuple[Question, ...]


P = ParamSpec("P")
S = TypeVar("S", bound=Snapshot)
T = TypeVar("T")


def query(function: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Make a function of a snapshot and hashable positional arguments one that each snapshot calls once.

    Its value must never change, and must not be an iterator, which would ask its questions too late to be noted.
    """

    @wraps(function)
    def ask(snapshot: S, *arguments: P.args, **_: P.kwargs) -> T:
        return snapshot.memo.get(function, snapshot, arguments)

    return ask


F = TypeVar("F", bound=Callable[..., Any])


def source(function: F) -> F:
    """Mark a function as one that a change can name, although it asks questions itself."""
    _SOURCES.add(function)
    return function


def changes_alone(function: F) -> F:
    """Mark a source that mostly changes without the other sources about the same arguments."""
    _ALONE.add(function)
    return source(function)


def firewall(function: F) -> F:
    """Mark a question that is made from very much, and that few changes give another answer."""
    _FIREWALLS.add(function)
    return function


def lasting(function: F) -> F:
    """Mark a question whose answers are worth keeping for another process; its annotations give their types."""
    LASTING[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def large(function: F) -> F:
    """Mark a question whose values take much memory, and are soon worked out again."""
    _LARGE.add(function)
    return function


LASTING: dict[str, Callable[..., Any]] = {}
"""The lasting questions by name."""
_SOURCES: set[Callable[..., Any]] = set()
_ALONE: set[Callable[..., Any]] = set()
_FIREWALLS: set[Callable[..., Any]] = set()
_LARGE: set[Callable[..., Any]] = set()
_MOST_LARGE = 4000
"""Answers that are kept at a time although their values are large: those about a thousand files."""
_RATIO = 8
"""How much larger a layer is at least than the next newer one. A layer keeps what newer ones have replaced until they
become one, so this also limits that: to an eighth.
"""
_REACHED = 1
"""The bit of answers that a change has reached, before the layer with them became part of a newer one."""
_SOURCE_BITS, _FIREWALL_BITS = 1024, 256
_COMMON_BITS = 64
"""Bits of one source each. What is asked first is part of most answers, so a bit that others share would be costly."""
_EDITED_BITS = 64
"""Bits for the sources that a small change names. They will change again, so most answers are to have other bits."""
_MOST_EDITED = 16
"""Sources of a change that is small: an edit, and no branch that was checked out."""
_COMMON: dict[Hashable, int] = {}
_EDITED: dict[Hashable, int] = {}
_FIRST_FIREWALL = 1 << _SOURCE_BITS
_STEP = 200
"""Firewalls that are compared in one step."""


_UNREAD: Any = object()
"""The value of a source that only restored answers were made from."""


class _Changes:
    """What has changed since the snapshot before: the bits of sources and firewalls, these only once all are known.

    `count` is the number of questions that have an answer, in this snapshot or an earlier one.
    """

    def __init__(self, bits: int, count: int) -> None:
        self.bits = bits
        self.has_firewalls = False
        self.count = count


class _Layer(Struct, frozen=True):
    """Answers of an earlier snapshot, and the bits of everything that changed after it, up to the one before this."""

    answers: dict[Question, Answer]
    since: int = 0


class Mark:
    """A moment at which all answers of some questions were seen, and the bits of what has changed since.

    `moment` is the snapshot; None before the first moment, when everything counts as changed.
    """

    def __init__(self) -> None:
        self.moment: object = None
        self.bits = 0


def _merged(older: _Layer, newer: _Layer) -> _Layer:
    """Return one layer for two. What has changed before the newer one does not reach the answers in it."""
    changed = older.since & ~newer.since
    if not changed:
        return _Layer(older.answers | newer.answers, newer.since)
    answers = older.answers | newer.answers
    for question in older.answers.keys() - newer.answers.keys():
        known = answers[question]
        if known.bits & changed:
            answers[question] = Answer(question, known.value, known.needs, known.seen, known.bits | _REACHED)
    return _Layer(answers, newer.since | _REACHED)


class Memo:
    """The answers of one snapshot, and those of earlier ones that nothing has asked for since."""

    def __init__(
        self,
        earlier: tuple[_Layer, ...] = (),
        outdated: Iterable[Question] = (),
        most: int = 0,
        firewalls: Iterable[Question] = (),
        count: int = 0,
        marks: list[Mark] | None = None,
        *,
        is_last: bool = False,
    ) -> None:
        self._answers: dict[Question, Answer] = {}
        self._earlier = earlier
        """Answers of earlier snapshots, the latest first, each layer much larger than the one before it."""
        self._outdated = set(outdated)
        """Sources whose answers in earlier snapshots are not to be trusted."""
        self._changes = _Changes(self._bits_known(self._outdated), count)
        self._firewalls = dict.fromkeys(firewalls)
        """The firewalls that have been asked for."""
        self._most = most
        """The number of answers above which those that nothing needs any more are dropped."""
        self._asked: list[Answer] | None = None
        """What has been asked for the question that is being answered, if any is."""
        self._is_last = is_last
        """Whether no snapshot follows."""
        self._moment = object()
        self._marks: list[Mark] = [] if marks is None else marks
        """The marks of all snapshots of one history."""
        self._large: list[Question] = []
        """In the last snapshot, the questions whose values can be dropped."""

    def get(self, function: Callable[..., T], snapshot: Snapshot, arguments: Arguments) -> T:
        """Return the value of `function(snapshot, *arguments)`, which is called only if no answer holds."""
        question = (function, arguments)
        answer = self._answers.get(question) or self._settle(question, snapshot)
        if self._asked is not None:
            self._asked.append(answer)
        return answer.value

    def peek(
        self, function: Callable[Concatenate[S, P], T], snapshot: S, *arguments: P.args, **_: P.kwargs
    ) -> T | None:
        """Return the value of a question if an earlier answer holds, else None. Notes nothing."""
        question = (_plain(function), arguments)
        answer = self._answers.get(question)
        if answer is None:
            answer = self._still(question, snapshot)
            if answer is None:
                return None
            answer = self._answers.setdefault(answer.question, answer)
        return answer.value

    def holds(self, function: Callable[Concatenate[S, P], Any], snapshot: S, *arguments: P.args, **_: P.kwargs) -> bool:
        """Return whether an answer is known to hold without a look into everything that it was made from."""
        question = (_plain(function), arguments)
        found = self._latest(question)
        if question in self._answers or found is None:
            return question in self._answers
        return self._is_out_of_reach(*found) or (found[0].seen is None and self._has_held(*found, snapshot))

    def set_mark(self, mark: Mark) -> None:
        """Note that all answers of this snapshot that matter were seen."""
        if mark not in self._marks:
            self._marks.append(mark)
        mark.moment, mark.bits = self._moment, 0

    def is_reached(
        self, mark: Mark, function: Callable[Concatenate[S, P], Any], *arguments: P.args, **_: P.kwargs
    ) -> bool:
        """Return whether an answer may be another one than at a mark, without a look into what it was made from."""
        if mark.moment is None or mark not in self._marks:
            return True
        question = (_plain(function), arguments)
        answer = self._answers.get(question) or self._known(question)
        if answer is None:
            return True
        if mark.moment is self._moment:
            return False
        return not self._changes.has_firewalls or bool(answer.bits & (mark.bits | self._changes.bits))

    def earlier(
        self, function: Callable[Concatenate[S, P], T], snapshot: S, *arguments: P.args, **_: P.kwargs
    ) -> T | None:
        """Return the value of a question in an earlier snapshot, whether it still holds or not; None if it has none.

        It may save work, and must make no difference to what is asked of the new answer.
        """
        known = self._known((_plain(function), arguments))
        return None if known is None else known.value

    @contextmanager
    def unnoted(self) -> Generator[None]:
        """Ask without noting. The caller has declared what its answer depends on, by asking one source for all."""
        outer, self._asked = self._asked, None
        try:
            yield
        finally:
            self._asked = outer

    def known(self, functions: Iterable[Callable[..., Any]]) -> tuple[Answer, ...]:
        """Return the latest answer to each question of some functions, whether it still holds or not."""
        asked = frozenset(map(_plain, functions))
        found: dict[Question, Answer] = {}
        for layer in (*(each.answers for each in reversed(self._earlier)), self._answers):
            found.update((question, answer) for question, answer in layer.items() if question[0] in asked)
        return tuple(found.values())

    def kept(self, question: Question, snapshot: Snapshot) -> Kept | None:
        """Return the answer to a question for another process; None if no answer holds.

        A firewall will be asked again in any case, so what it was made from does not matter.
        """
        answer = self._answers.get(question) or self._still(question, snapshot)
        if answer is None or is_firewall(question):
            return None if answer is None else Kept(question, answer.value, ())
        if answer.seen is None:
            return Kept(question, answer.value, answer.needs)
        bottom: dict[Question, None] = {}
        seen: set[Question] = set()
        pending = [answer]
        while pending:
            for need in pending.pop().needs:
                if need in seen:
                    continue
                seen.add(need)
                below = None if is_firewall(need) else self._answers.get(need) or self._known(need)
                if below is None or not below.needs or need[0] in _SOURCES:
                    bottom[need] = None
                if below is not None:
                    pending.append(below)
        return Kept(question, answer.value, tuple(bottom))

    def holds_as_restored(self, question: Question, snapshot: Snapshot) -> bool:
        """Return whether the answer to a question is the one of another process, and still holds."""
        answer = self._answers.get(question) or self._still(question, snapshot)
        return answer is not None and answer.seen is None

    def restore(self, answers: Iterable[Answer], changed: Iterable[Question] = ()) -> None:
        """Take over answers of another process: the `unread` or `read` ones at the bottom, and the `restored` ones.

        What they were made from must be what it was, with two exceptions: sources that are `changed`, and firewalls.
        These are asked again, and `compare` finds out which of them have another answer.
        """
        # A change can name an unread source. What an unread firewall was is not known, so it cannot be compared.
        known = {each.question: each for each in answers if each.value is not _UNREAD or not is_firewall(each.question)}
        self._firewalls.update(dict.fromkeys(filter(is_firewall, known)))
        self._changes.count += len(known)
        self._changes.has_firewalls = False
        self._earlier = (*self._earlier, _Layer(known, _bits_of(changed)))

    def firewalls(self) -> tuple[Question, ...]:
        """Return the firewalls that have been asked for."""
        return tuple(self._firewalls)

    def shared(self) -> Memo:
        """Return the memo of the same snapshot for another thread, with the same answers.

        Only what is asked for the question that is being answered belongs to one thread.
        """
        other = Memo(self._earlier, (), self._most, marks=self._marks)
        other._moment = self._moment
        other._answers, other._outdated = self._answers, self._outdated
        other._changes, other._firewalls = self._changes, self._firewalls
        return other

    def drop_large(self) -> None:
        """Drop large values if there are many of them and the snapshot is the last. None of them may be in use.

        All of them are dropped together, because parts of some are parts of others, and compared by identity.
        """
        if len(self._large) > _MOST_LARGE:
            for question in self._large:
                self._answers.pop(question, None)
            self._large.clear()

    def after(self) -> Memo:
        """Return the memo of the next snapshot. `outdate` has to name the sources that may differ."""
        assert not self._is_last
        for mark in self._marks:
            if mark.moment is not self._moment:
                mark.bits |= self._changes.bits
        # Another thread may go on answering, so everything below is about this copy.
        answers = dict(self._answers)
        earlier = (_Layer(each.answers, each.since | self._changes.bits) for each in self._earlier)
        layers: list[_Layer] = [_Layer(answers), *earlier]
        while len(layers) > 1 and len(layers[1].answers) < _RATIO * len(layers[0].answers):
            newer, older, *rest = layers
            layers = [_merged(older, newer), *rest]
        count, most = self._changes.count, self._most
        firewalls = tuple(self._firewalls)
        if most and count > most:
            latest = layers.pop()
            while layers:
                latest = _merged(latest, layers.pop())
            needed = _needed(latest.answers)
            layers = [_Layer(needed, latest.since)]
            count, most = len(needed), 0
            firewalls = tuple(question for question in firewalls if question in needed)
        outdated = (question for question in self._outdated if question not in answers)
        return Memo(tuple(layers), outdated, most or count + count // 4 + 1024, firewalls, count, self._marks)

    def expect(self) -> None:
        """Take the number of answers so far as usual, because all files have been asked about."""
        self._most = 0

    def outdate(self, sources: Iterable[Question]) -> None:
        """Distrust what some sources were in earlier snapshots: they are read again when they are asked for."""
        outdated = [question for question in sources if self._known(question) is not None]
        self._outdated.update(outdated)
        if len(outdated) <= _MOST_EDITED:
            for question in outdated:
                _set_apart(question)
        self._changes.bits |= self._bits_known(outdated)

    def _bits_known(self, sources: Iterable[Question]) -> int:
        """Return the bits that some sources have in the answers that were made from them."""
        bits = 0
        for question in sources:
            key = _key(question)
            bits |= 1 << _number(key)
            if (known := self._known(question)) is not None:
                # It may have been read before it was set apart.
                bits |= known.bits & 1 << _hashed(key)
        return bits

    def compare(self, snapshot: Snapshot) -> Iterator[None]:
        """Find out which firewalls have another answer than before, in steps.

        Afterwards, an answer that a change does not reach holds without a look into what it was made from.
        """
        for index, question in enumerate(tuple(self._firewalls)):
            with self.unnoted():
                if question not in self._answers:
                    self._settle(question, snapshot)
            if index % _STEP == 0:
                yield
        self._changes.has_firewalls = True

    def __len__(self) -> int:
        """The number of questions that have an answer, in this snapshot or an earlier one."""
        return self._changes.count

    def _settle(self, question: Question, snapshot: Snapshot) -> Answer:
        """Answer a question for the first time in this snapshot."""
        found = self._latest(question)
        if found is not None and found[0].value is not _UNREAD and self._is_out_of_reach(*found):
            # It needs no place of its own here: the next snapshot takes over less.
            return found[0]
        settled = self._still(question, snapshot) or self._answer(question, snapshot)
        # Another thread may have answered it in the meantime. Both go on with the same answer, because answers are
        # compared by identity. A merge of two layers takes longer if they have equal keys that are not identical.
        return self._answers.setdefault(settled.question, settled)

    def _known(self, question: Question) -> Answer | None:
        found = self._latest(question)
        return None if found is None else found[0]

    def _latest(self, question: Question) -> tuple[Answer, _Layer] | None:
        """Return the latest answer of an earlier snapshot, and its layer."""
        for layer in self._earlier:
            if (known := layer.answers.get(question)) is not None:
                return known, layer
        return None

    def _is_out_of_reach(self, known: Answer, layer: _Layer) -> bool:
        """Whether nothing that an answer was made from has changed. False if that is not known yet."""
        is_decided = self._changes.has_firewalls or known.bits < _FIRST_FIREWALL
        return is_decided and not known.bits & (layer.since | self._changes.bits)

    def _still(self, question: Question, snapshot: Snapshot) -> Answer | None:
        """Return the earlier answer to a question if it holds."""
        found = self._latest(question)
        if found is None or found[0].value is _UNREAD:
            return None
        known = found[0]
        if self._is_out_of_reach(*found):
            return known
        if known.seen is None:
            return known if self._has_held(*found, snapshot) else None
        return self._checked(known, snapshot)

    def _has_held(self, restored: Answer, layer: _Layer, snapshot: Snapshot) -> bool:
        """Return whether a restored answer holds; the firewalls that it was made from are asked."""
        if is_firewall(restored.question):
            # It was not kept what it was made from.
            return False
        for need in restored.needs:
            if is_firewall(need) and need not in self._answers:
                self._settle(need, snapshot)
        return not restored.bits & (layer.since | self._changes.bits)

    def _checked(self, known: Answer, snapshot: Snapshot) -> Answer | None:
        """Return an answer if everything that it was made from is what it was, with the bits that this has now."""
        if known.question in self._outdated or known.seen is None:
            return None
        bits = 0
        # In the order in which they were asked: whether one was asked at all may depend on those before it.
        for question, value in zip(known.needs, known.seen, strict=True):
            answer = self._answers.get(question) or self._settle(question, snapshot)
            if answer.value is not value:
                return None
            bits |= answer.bits
        bits = _bits(known.question, bits)
        return known if bits == known.bits else Answer(known.question, known.value, known.needs, known.seen, bits)

    def _answer(self, question: Question, snapshot: Snapshot) -> Answer:
        function, arguments = question
        if self._is_last:
            if function in _LARGE:
                self._large.append(question)
            self._changes.count += 1
            return Answer(question, function(snapshot, *arguments))
        known = self._known(question)
        outer, self._asked = self._asked, []
        try:
            value = function(snapshot, *arguments)
            asked = tuple(dict.fromkeys(self._asked))
        finally:
            self._asked = outer
        if known is None:
            self._changes.count += 1
        elif type(known.value) is type(value) and known.value == value:
            value = known.value
        bits = 0
        for each in asked:
            bits |= each.bits
        bits = _bits(question, bits)
        if function in _FIREWALLS:
            self._firewalls[question] = None
            if known is not None and value is not known.value:
                self._changes.bits |= bits
        # Most answers have the bits of one that they were made from, and such a number takes the most memory of all.
        bits = next((each.bits for each in asked if each.bits == bits), bits)
        needs, seen = tuple(each.question for each in asked), tuple(each.value for each in asked)
        return Answer(question if known is None else known.question, value, needs, seen, bits)


def unread(source: Question) -> Answer:
    """Return a source or a firewall at the bottom of `restored` answers, which this process has not asked."""
    return Answer(source, _UNREAD, (), None, _bits(source, 0))


def read(source: Question, value: Any) -> Answer:
    """Return a source at the bottom of `restored` answers, with a value that stands for that of the other process."""
    return Answer(source, value, (), (), _bits(source, 0))


def restored(question: Question, value: Any, bottom: Iterable[Answer]) -> Answer:
    """Return an answer of another process, made from `unread` ones."""
    below = tuple(bottom)
    bits = 0
    for each in below:
        bits |= each.bits
    return Answer(question, value, tuple(each.question for each in below), None, _bits(question, bits))


def _bits(question: Question, below: int) -> int:
    """Return the bits of an answer; `below` are those of everything that it was made from."""
    function = question[0]
    if function in _FIREWALLS:
        return _FIRST_FIREWALL << hash(question) % _FIREWALL_BITS
    if not below or function in _SOURCES:
        return below | 1 << _number(_key(question))
    return below


def _key(question: Question) -> Hashable:
    """Return what decides the bit of a source: those about one path have the same, unless they change alone."""
    function, arguments = question
    return question if function in _ALONE else arguments or function


def _number(key: Hashable) -> int:
    number = _COMMON.get(key)
    if number is None:
        number = _EDITED.get(key)
    if number is not None:
        return number
    if len(_COMMON) < _COMMON_BITS:
        return _COMMON.setdefault(key, 1 + len(_COMMON))
    return _hashed(key)


def _hashed(key: Hashable) -> int:
    first = 1 + _COMMON_BITS + _EDITED_BITS
    return first + hash(key) % (_SOURCE_BITS - first)


def _set_apart(question: Question) -> None:
    """Give a source that was edited a bit that few others have, from now on."""
    key = _key(question)
    if key not in _COMMON and key not in _EDITED:
        _EDITED[key] = 1 + _COMMON_BITS + len(_EDITED) % _EDITED_BITS


def _bits_of(sources: Iterable[Question]) -> int:
    bits = 0
    for question in sources:
        bits |= _bits(question, 0)
    return bits


def is_firewall(question: Question) -> bool:
    return question[0] in _FIREWALLS


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that `query` made a question of; any other function is one itself."""
    return getattr(function, "__wrapped__", function)


def _needed(answers: dict[Question, Answer]) -> dict[Question, Answer]:
    """Return the answers about everything and about paths where something is, and those that they need.

    There are as many of these as there are files. Answers about names, and about paths where nothing is, have no such
    bound: each character of a key or of a path that is typed in an editor makes another one.
    """
    there = {
        each
        for (_, arguments), answer in answers.items()
        if answer.value
        for each in arguments
        if isinstance(each, PurePath)
    }
    kept: dict[Question, Answer] = {}
    pending = [answer for answer in answers.values() if _is_about(there, answer)]
    while pending:
        answer = pending.pop()
        if answer.question not in kept:
            kept[answer.question] = answer
            pending.extend(answers[question] for question in answer.needs if question in answers)
    return kept


def _is_about(there: set[PurePath], answer: Answer) -> bool:
    """Whether an answer is about everything or about some paths, and about no name."""
    arguments = answer.question[1]
    if not arguments:
        return bool(answer.value)
    is_about_paths = False
    for each in arguments:
        if isinstance(each, PurePath):
            if each not in there:
                return False
            is_about_paths = True
        elif isinstance(each, str):
            return False
    return is_about_paths
