"""Answers that a snapshot remembers, each with the answers that it was made from.

A snapshot is the state of some files at one moment, and never changes. A question is a function of a snapshot, with its
arguments. While a question is answered, every other question that it asks is noted; at the bottom are sources, which
read a file or list a directory and ask nothing. The next snapshot reads a source again if a change names it. It takes
over any other answer if everything that the answer was made from is still the same, and otherwise answers again. An
answer that is equal to the earlier one becomes the same object, so whatever was made from it still holds (early
cut-off). This is the scheme of salsa without its revisions: equal answers are identical.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable
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
    """The value of a question, and what it was made from: nothing if it is a source or never changes.

    `needs` are the questions that were asked for it, `seen` the values that these had.
    """

    question: Question
    value: Any
    needs: tuple[Question, ...]
    seen: tuple[Any, ...]


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


class Memo:
    """The answers of one snapshot, and those of earlier ones that nothing has asked for since."""

    def __init__(
        self,
        earlier: tuple[dict[Question, Answer], ...] = (),
        outdated: Iterable[Question] = (),
        most: int = 0,
    ) -> None:
        self._answers: dict[Question, Answer] = {}
        self._earlier = earlier
        """Answers of earlier snapshots, the latest first, each layer at least twice as large as the one before it."""
        self._outdated = set(outdated)
        """Sources whose answers in earlier snapshots are not to be trusted."""
        self._most = most
        """The number of answers above which those that nothing needs any more are dropped."""
        self._asked: list[Answer] | None = None
        """What has been asked for the question that is being answered, if any is."""

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
            answer = self._known(question)
            if answer is None or not self._holds(answer, snapshot):
                return None
            answer = self._answers.setdefault(question, answer)
        return answer.value

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
        for layer in (*reversed(self._earlier), self._answers):
            found.update((question, answer) for question, answer in layer.items() if question[0] in asked)
        return tuple(found.values())

    def shared(self) -> Memo:
        """Return the memo of the same snapshot for another thread, with the same answers.

        Only what is asked for the question that is being answered belongs to one thread.
        """
        other = Memo(self._earlier, (), self._most)
        other._answers, other._outdated = self._answers, self._outdated
        return other

    def after(self) -> Memo:
        """Return the memo of the next snapshot. `outdate` has to name the sources that may differ."""
        # Another thread may go on answering, so everything below is about this copy.
        answers = dict(self._answers)
        layers = [answers, *self._earlier]
        while len(layers) > 1 and len(layers[1]) < 2 * len(layers[0]):
            newer, older, *rest = layers
            layers = [older | newer, *rest]
        size, most = sum(map(len, layers)), self._most
        if most and size > most:
            latest: dict[Question, Answer] = {}
            for layer in reversed(layers):
                latest |= layer
            layers = [_needed(latest)]
            size, most = len(layers[0]), 0
        outdated = (question for question in self._outdated if question not in answers)
        return Memo(tuple(layers), outdated, most or size + size // 4 + 1024)

    def outdate(self, sources: Iterable[Question]) -> None:
        """Distrust what some sources were in earlier snapshots: they are read again when they are asked for."""
        self._outdated.update(question for question in sources if self._known(question) is not None)

    def __len__(self) -> int:
        """The number of answers, those of earlier snapshots included."""
        return len(self._answers) + sum(map(len, self._earlier))

    def _settle(self, question: Question, snapshot: Snapshot) -> Answer:
        """Answer a question for the first time in this snapshot."""
        known = self._known(question)
        if known is None or not self._holds(known, snapshot):
            known = self._answer(question, snapshot, known)
        # Another thread may have answered it in the meantime. Both go on with the same answer, because answers are
        # compared by identity.
        return self._answers.setdefault(question, known)

    def _known(self, question: Question) -> Answer | None:
        for layer in self._earlier:
            if (known := layer.get(question)) is not None:
                return known
        return None

    def _holds(self, known: Answer, snapshot: Snapshot) -> bool:
        """Whether everything that an answer was made from is what it was."""
        if known.question in self._outdated:
            return False
        # In the order in which they were asked: whether one was asked at all may depend on those before it.
        for question, value in zip(known.needs, known.seen, strict=True):
            answer = self._answers.get(question) or self._settle(question, snapshot)
            if answer.value is not value:
                return False
        return True

    def _answer(self, question: Question, snapshot: Snapshot, known: Answer | None) -> Answer:
        function, arguments = question
        outer, self._asked = self._asked, []
        try:
            value = function(snapshot, *arguments)
            asked = tuple(dict.fromkeys(self._asked))
        finally:
            self._asked = outer
        if known is not None and type(known.value) is type(value) and known.value == value:
            value = known.value
        return Answer(question, value, tuple(each.question for each in asked), tuple(each.value for each in asked))


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that `query` made a question of; any other function is one itself."""
    return getattr(function, "__wrapped__", function)


def _needed(answers: dict[Question, Answer]) -> dict[Question, Answer]:
    """Return the answers about paths and about everything, and those that they need.

    There are as many of these as there are files. Answers about names, and about paths where nothing is, have no such
    bound: each character of a key or of a path that is typed in an editor makes another one.
    """
    kept: dict[Question, Answer] = {}
    pending = [answer for answer in answers.values() if answer.value and _is_about_what_is_there(answer.question[1])]
    while pending:
        answer = pending.pop()
        if answer.question not in kept:
            kept[answer.question] = answer
            pending.extend(answers[question] for question in answer.needs if question in answers)
    return kept


def _is_about_what_is_there(arguments: Arguments) -> bool:
    kinds = tuple(map(type, arguments))
    return not kinds or (str not in kinds and any(issubclass(kind, PurePath) for kind in kinds))
