"""The memo alone, over a snapshot that is nothing but named numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp import memo
from gym_lsp.memo import Answer, Mark, Memo, Question, firewall, large, query
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.tree import stale
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory


class Numbers:
    """A snapshot: numbers by name, and a log of what was worked out."""

    def __init__(self, numbers: Mapping[str, int], memo: Memo | None = None) -> None:
        self.numbers = dict(numbers)
        self.memo = Memo() if memo is None else memo
        self.log: list[str] = []

    def number(self, name: str) -> int:
        return self.memo.get(_number, self, (name,))

    def after(self, **numbers: int) -> Numbers:
        later = Numbers(self.numbers | numbers, self.memo.after())
        later.memo.outdate((_number, (name,)) for name in numbers)
        return later

    @query
    def sum(self) -> int:
        self.log.append("sum")
        return sum(map(self.number, self.numbers))

    @query
    def is_large(self) -> bool:
        self.log.append("is_large")
        return self.sum() > 100

    @query
    def verdict(self) -> tuple[str]:
        self.log.append("verdict")
        return ("large" if self.is_large() else "small",)

    @query
    @large
    def listed(self) -> tuple[int, ...]:
        self.log.append("listed")
        return tuple(map(self.number, self.numbers))

    @query
    def chosen(self, which: str) -> int:
        """What is asked second depends on what was asked first."""
        self.log.append(f"chosen {which}")
        name = "ab"[self.number(which) % 2]
        return self.number(name)


def _number(numbers: Numbers, name: str) -> int:
    numbers.log.append(name)
    return numbers.numbers[name]


def test_an_answer_is_worked_out_once() -> None:
    numbers = Numbers({"a": 1, "b": 2})
    assert (numbers.verdict(), numbers.verdict()) == (("small",), ("small",))
    assert numbers.log == ["verdict", "is_large", "sum", "a", "b"]


def test_what_depends_on_a_change_is_worked_out_again() -> None:
    before = Numbers({"a": 1, "b": 2})
    before.verdict()
    after = before.after(a=200)
    assert after.verdict() == ("large",)
    assert after.log == ["a", "sum", "is_large", "verdict"]


def test_a_change_elsewhere_drops_nothing() -> None:
    before = Numbers({"a": 1, "b": 2, "c": 0})
    assert before.chosen("c") == 1
    after = before.after(b=3)
    assert after.chosen("c") == 1
    assert not after.log


def test_an_equal_answer_drops_nothing() -> None:
    before = Numbers({"a": 1, "b": 2})
    first = before.verdict()
    after = before.after(a=5)
    assert after.verdict() is first
    assert after.log == ["a", "sum", "is_large"]


def test_the_same_value_is_no_change() -> None:
    before = Numbers({"a": 1, "b": 2})
    before.verdict()
    after = before.after(a=1)
    assert after.verdict() is before.verdict()
    assert after.log == ["a"]


def test_a_question_that_is_no_longer_asked_is_not_asked_again() -> None:
    before = Numbers({"a": 1, "b": 2, "c": 0})
    before.chosen("c")
    after = before.after(c=1, a=7)
    assert after.chosen("c") == 2
    assert "a" not in after.log


def test_an_old_snapshot_answers_as_before() -> None:
    before = Numbers({"a": 1, "b": 2})
    before.sum()
    after = before.after(a=10)
    assert (after.sum(), before.is_large(), before.number("a")) == (12, False, 1)
    other = before.after(b=20)
    assert (other.sum(), after.sum()) == (21, 12)


def test_a_peek_reads_sources_alone() -> None:
    numbers = Numbers({"a": 1})
    assert numbers.memo.peek(Numbers.sum, numbers) is None
    numbers.sum()
    later = numbers.after(a=1)
    assert later.memo.peek(Numbers.sum, later) == 1
    last = later.after(a=2)
    assert last.memo.peek(Numbers.sum, last) is None
    assert last.log == ["a"]


def test_an_answer_shares_the_bits_of_what_it_was_made_from() -> None:
    numbers = Numbers({f"number {index}": index for index in range(20)})
    numbers.verdict()
    known = numbers.memo.known((Numbers.verdict, Numbers.is_large, Numbers.sum))
    assert len(known) == 3
    assert len({id(answer.bits) for answer in known}) == 1


def test_the_last_snapshot_drops_large_values_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "_MOST_LARGE", 1)
    last = Numbers({"a": 1, "b": 2}, Memo(is_last=True))
    assert (last.listed(), last.sum()) == ((1, 2), 3)
    last.memo.drop_large()
    assert (last.listed(), last.sum()) == ((1, 2), 3)
    assert last.log == ["listed", "a", "b", "sum"]
    monkeypatch.setattr(memo, "_MOST_LARGE", 0)
    last.memo.drop_large()
    assert (last.listed(), last.sum()) == ((1, 2), 3)
    assert last.log == ["listed", "a", "b", "sum", "listed"]


def test_a_snapshot_before_another_keeps_large_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "_MOST_LARGE", 0)
    before = Numbers({"a": 1, "b": 2})
    before.listed()
    before.memo.drop_large()
    assert before.after().listed() is before.listed()
    assert before.log == ["listed", "a", "b"]


CHANGES = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 60), min_size=1), max_size=30)


@given(CHANGES, st.data())
def test_answers_are_those_of_a_fresh_snapshot(changes: list[dict[str, int]], data: st.DataObject) -> None:
    numbers = Numbers({"a": 1, "b": 2, "c": 3})
    for change in changes:
        numbers = numbers.after(**change)
        fresh = Numbers(numbers.numbers)
        for question in data.draw(st.lists(st.sampled_from(["sum", "is_large", "verdict", "a", "b", "c"]))):
            if question in "abc":
                assert numbers.chosen(question) == fresh.chosen(question)
            else:
                assert getattr(numbers, question)() == getattr(fresh, question)()


def test_what_is_remembered_is_bounded_by_what_is_there() -> None:
    """Names come and go without end; what they were asked for goes with them."""
    numbers = Numbers({"a": 1})
    most = 0
    for step in range(20_000):
        numbers = numbers.after(a=step)
        numbers.memo.get(_number, numbers, ("a",))
        numbers.memo.get(_of_name, numbers, (f"name {step}",))
        most = max(most, len(numbers.memo))
    assert most < 4_000


def _of_name(numbers: Numbers, name: str) -> int:
    return numbers.number("a") + len(name)


def test_a_shared_memo_has_the_same_answers_and_notes_its_own_questions() -> None:
    numbers = Numbers({"a": 1, "b": 2})
    other = Numbers(numbers.numbers, numbers.memo.shared())
    assert other.verdict() == ("small",)
    assert numbers.verdict() is other.verdict()
    assert numbers.log == []


def test_two_threads_that_answer_a_question_go_on_with_one_answer() -> None:
    class Interrupted(Numbers):
        """A snapshot whose question another thread answers first."""

        @query
        def text(self) -> list[str]:
            if not others:
                others.append(Interrupted(self.numbers, self.memo.shared()))
                answers.append(others[0].text())
            return []

    others: list[Interrupted] = []
    answers: list[list[str]] = []
    numbers = Interrupted({"a": 1})
    assert numbers.text() is answers[0]
    assert numbers.text() is answers[0]


def test_what_a_thread_reads_while_the_next_memo_is_made_does_not_become_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(set[Question]):
        """Outdated sources, one of which another thread reads just before they are looked at."""

        def __iter__(self) -> Iterator[Question]:
            Numbers(later.numbers, later.memo.shared()).number("a")
            return super().__iter__()

    numbers = Numbers({"a": 1})
    assert numbers.number("a") == 1
    later = numbers.after(a=2)
    monkeypatch.setattr(later.memo, "_outdated", Interrupted([(_number, ("a",))]))
    assert later.after().number("a") == 2


# Bits: whether an answer holds is decided without a look into what it was made from


class Graph:
    """A snapshot of cells. A cell is a number, or a sum of other cells, which can depend on whether one of them is odd.

    `firewalls` have few different values: whether the sum is large.
    """

    def __init__(self, cells: tuple[int, ...], memo: Memo | None = None) -> None:
        self.cells = cells
        self.memo = Memo() if memo is None else memo
        self.looked_into = 0

    def after(self, cells: tuple[int, ...], changed: Iterable[int]) -> Graph:
        later = Graph(cells, self.memo.after())
        later.memo.outdate((_cell, (number,)) for number in changed)
        return later

    @query
    def total(self, numbers: tuple[int, ...]) -> int:
        return sum(self.memo.get(_cell, self, (number,)) for number in numbers)

    @query
    def branch(self, which: int, even: tuple[int, ...], odd: tuple[int, ...]) -> int:
        return self.total(odd if self.memo.get(_cell, self, (which,)) % 2 else even)

    @query
    @firewall
    def is_large(self, numbers: tuple[int, ...]) -> bool:
        return self.total(numbers) > LIMIT

    @query
    def answer(self, which: int, some: tuple[int, ...], others: tuple[int, ...]) -> tuple[int, bool]:
        return (self.branch(which, some, others), self.is_large(others) and self.is_large(some))


LIMIT = 10
CELLS = 6


def _cell(graph: Graph, number: int) -> int:
    return graph.cells[number]


numbers = st.integers(0, CELLS - 1)
groups = st.lists(numbers, max_size=4).map(tuple)
steps = st.one_of(
    st.tuples(st.just("set"), numbers, st.integers(0, 9)),
    st.tuples(st.just("touch"), numbers, st.just(0)),
    st.tuples(st.just("compare"), st.just(0), st.just(0)),
    st.tuples(st.just("ask"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("restart"), numbers, st.integers(0, 9)),
    st.tuples(st.just("mark"), st.just(0), st.just(0)),
)


def restarted(graph: Graph, asked: Iterable[tuple[Any, ...]], number: int, value: int) -> Graph:
    """Return a graph of another process that takes over what is known; a cell has changed in between."""
    questions = [(getattr(Graph.answer, "__wrapped__"), question) for question in asked]  # noqa: B009
    known = list(filter(None, (graph.memo.kept(each, graph) for each in (*questions, *graph.memo.firewalls()))))
    bottom = {each: memo.unread(each) for kept in known for each in kept.bottom}
    cells = list(graph.cells)
    cells[number] = value
    later = Graph(tuple(cells))
    answers = [memo.restored(each.question, each.value, map(bottom.__getitem__, each.bottom)) for each in known]
    later.memo.restore((*bottom.values(), *answers), [(_cell, (number,))])
    return later


def cells_of(cells: tuple[int, ...], which: int, some: tuple[int, ...], others: tuple[int, ...]) -> tuple[int, ...]:
    """Return the cells that an answer is made from, apart from what a firewall hides."""
    return (which, *(others if cells[which] % 2 else some))


def _share_bits(patched: pytest.MonkeyPatch, bits: int) -> None:
    """Let there be so many bits of each kind, and no common sources."""
    patched.setattr(memo, "_COMMON", {})
    patched.setattr(memo, "_EDITED", {})
    patched.setattr(memo, "_COMMON_BITS", 0)
    patched.setattr(memo, "_EDITED_BITS", bits)
    patched.setattr(memo, "_SOURCE_BITS", 1 + 2 * bits)
    patched.setattr(memo, "_FIREWALL_BITS", bits)
    patched.setattr(memo, "_FIRST_FIREWALL", 1 << 1 + 2 * bits)


@pytest.mark.parametrize("bits", [1, 3, 1024])
@given(
    asked=st.lists(st.tuples(numbers, groups, groups), min_size=1, max_size=4),
    changes=st.lists(steps, max_size=30),
)
def test_answers_are_those_of_a_fresh_graph(
    bits: int, asked: list[tuple[int, tuple[int, ...], tuple[int, ...]]], changes: list[tuple[str, int, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        # With few bits, sources share them.
        _share_bits(patched, bits)
        graph = Graph((1, 2, 3, 4, 5, 6))
        mark, seen = Mark(), graph.cells
        for what, number, value in changes:
            if what == "compare":
                list(graph.memo.compare(graph))
            elif what == "mark":
                for question in asked:
                    graph.answer(*question)
                graph.memo.set_mark(mark)
                seen = graph.cells
            elif what == "ask":
                question = asked[number % len(asked)]
                assert graph.answer(*question) == Graph(graph.cells).answer(*question)
            elif what == "restart":
                graph = restarted(graph, asked, number, value)
            else:
                cells = list(graph.cells)
                cells[number] = value if what == "set" else cells[number]
                graph = graph.after(tuple(cells), [number])
            for question in asked:
                if not graph.memo.is_reached(mark, Graph.answer, *question):
                    assert Graph(graph.cells).answer(*question) == Graph(seen).answer(*question)
                    # Not even what it was made from is different.
                    assert all(graph.cells[cell] == seen[cell] for cell in cells_of(seen, *question))
        for question in asked:
            assert graph.answer(*question) == Graph(graph.cells).answer(*question)


def test_a_change_reaches_what_is_made_from_it() -> None:
    graph = Graph((1, 2, 3, 4, 5, 6))
    mark, near, far = Mark(), (0, (1,), (2,)), (3, (4,), (5,))
    assert graph.memo.is_reached(mark, Graph.answer, *near)
    assert (graph.answer(*near), graph.answer(*far)) == ((3, False), (5, False))
    graph.memo.set_mark(mark)
    later = graph.after((1, 2, 4, 4, 5, 6), [2]).after((1, 2, 4, 4, 5, 6), [])
    assert later.memo.is_reached(mark, Graph.answer, *far)
    list(later.memo.compare(later))
    assert later.memo.is_reached(mark, Graph.answer, *near)
    assert not later.memo.is_reached(mark, Graph.answer, *far)
    later.memo.set_mark(mark)
    assert not later.memo.is_reached(mark, Graph.answer, *near)


def test_a_source_that_is_edited_again_reaches_only_its_own_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """At first, all sources have one bit."""
    looked_into: list[Question] = []
    checked = Memo._checked  # pyright: ignore[reportPrivateUsage]

    def noted(memo: Memo, known: Answer, snapshot: Any) -> Answer | None:
        looked_into.append(known.question)
        return checked(memo, known, snapshot)

    monkeypatch.setattr(Memo, "_checked", noted)
    _share_bits(monkeypatch, 1)
    graph = Graph((1, 2, 3, 4, 5, 6))
    counts: list[int] = []
    for value in range(4):
        totals = [graph.total((number,)) for number in range(CELLS)]
        assert totals == list(graph.cells)
        counts.append(len(looked_into))
        looked_into.clear()
        graph = graph.after((value, *graph.cells[1:]), [0])
    # The total and the cell; the first time also all others.
    assert counts == [0, 2 * CELLS, 2, 2]


def test_what_is_restored_is_not_worked_out_again() -> None:
    graph = Graph((1, 2, 3, 4, 5, 6))
    question = (0, (1, 2), (3, 4))
    answer = graph.answer(*question)
    later = restarted(graph, [question], 5, 9)
    assert later.answer(*question) == answer
    assert later.memo.peek(Graph.branch, later, *question) is None
    assert restarted(later, [question], 3, 9).answer(*question) != answer


def test_what_a_change_does_not_reach_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_into: list[Question] = []
    checked = Memo._checked  # pyright: ignore[reportPrivateUsage]

    def counting(self: Memo, known: Answer, snapshot: Graph) -> Answer | None:
        looked_into.append(known.question)
        return checked(self, known, snapshot)

    # Two firewalls hardly ever have the same bit of so many.
    monkeypatch.setattr(memo, "_FIREWALL_BITS", 1 << 16)
    before = Graph(tuple(range(100)))
    for number in range(0, 100, 2):
        before.answer(number, (number,), (number + 1,))
    after = before.after((*range(99), 200), [99])
    list(after.memo.compare(after))
    monkeypatch.setattr(Memo, "_checked", counting)
    for number in range(0, 100, 2):
        after.answer(number, (number,), (number + 1,))
    # The total, the branch, the answer and the firewall of the one pair that has changed.
    assert len(looked_into) <= 8


def test_every_source_that_a_change_names_is_marked() -> None:
    path = PurePath("/w/a/b.yaml")
    workspace = Workspace(Memory({path: "a: 1\n"}), PurePath("/w"))
    workspace.kind(path)
    named = {function for function, _ in stale(workspace.files, Change(frozenset({path}), frozenset({path})))}
    assert named <= memo._SOURCES  # pyright: ignore[reportPrivateUsage]
    assert len(named) > 5
