"""The language server on the tree of a release, compared with an empty server and yaml-language-server."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from gym_lsp.server.scheduler import SILENCE
from tests.bench.client import LIMIT, Measured, Times, measured
from tests.bench.figure import Figure
from tests.server.client import Message

OURS = (sys.executable, "-m", "gym_lsp")
NOTHING = (sys.executable, "-m", "tests.bench.nothing")
INCLUDED = "resources_servers/math_with_judge/configs/math_with_judge.yaml"
INCLUDER = "benchmarks/aime24/config.yaml"
"""It includes the other file and inherits from it, so it has errors when the other file changes its names."""
DEFINITION = "math_with_judge_simple_agent"
IDLE_SECONDS = 5.0
EARLY = 200
"""Edits after which the memory is compared with that after all of them."""
EDITS_BEFORE_A_PAUSE = 20
PAUSE = 0.25
"""Seconds. It is longer than the server waits before it checks other files."""
SETTLED = 5.0
"""Seconds after which the server has checked all files of a large tree again, and collected garbage."""
_CREATED = 1
"""`FileChangeType.Created` of the protocol."""
MEGABYTE = 1_000_000
MILLISECOND = 0.001


class Beside(NamedTuple):
    """The time of yaml-language-server for the same request."""

    initialize: Times
    edit: Times
    completion: Times
    hover: Times
    memory: int


def measure_serving(release: Path, repeat: int, requests: int, edits: int) -> Iterator[Figure]:
    """Yield the figures of the language server, from `repeat` processes, `requests` requests and `edits` edits."""
    other = _beside(release, repeat, requests)
    yield from _starts(release, repeat, other)
    yield from _from_the_start(release, repeat)
    with measured(OURS, release) as server:
        text = _ready(server)
        yield _milliseconds(
            "`didChange` to diagnostics of the edited file", _edits(server, text, requests), 10, other and other.edit
        )
        yield _affected(server, text, max(3, requests // 10))
        yield from _answers(server, text, requests, other)
        yield _memory(server, other)
        yield _idle(server)
    with measured(OURS, release) as server:
        yield from _after_typing(server, edits)


class Costs(NamedTuple):
    """The seconds of a processor until the server is idle again, and its resident memory then, in megabytes."""

    comment: float
    memory: float
    created: float | None


def costs_of_changes(folder: Path, *, may_write: bool) -> Costs:
    """Return what it costs that a comment is typed into a file and, if `may_write`, that a config is created."""
    with measured(OURS, folder) as server:
        text = _ready(server)
        comment = _cost(server, lambda number: server.change(INCLUDED, f"{text}# {number}\n"))
        memory = server.memory() / MEGABYTE
        return Costs(comment, memory, _cost(server, partial(_create, server)) if may_write else None)


def _cost(server: Measured, change: Callable[[int], object]) -> float:
    costs: list[float] = []
    for number in range(3):
        time.sleep(SETTLED)
        before = server.processor_time()
        change(number)
        time.sleep(SETTLED)
        costs.append(server.processor_time() - before)
    return min(costs)


def _create(server: Measured, number: int) -> None:
    """Create a config in a folder of its own, as a user does who begins with an environment."""
    path = server.folder / "environments" / f"created_{number}" / "config.yaml"
    path.parent.mkdir()
    path.write_text(f"created_{number}: {{resources_servers: {{mcqa: {{entrypoint: app.py, domain: math}}}}}}\n")
    changes = [{"uri": path.as_uri(), "type": _CREATED}]
    server.client.notify("workspace/didChangeWatchedFiles", {"changes": changes})


def _text(server: Measured, name: str) -> str:
    return (server.folder / name).read_text("utf-8")


def _ready(server: Measured) -> str:
    """Open a file, wait until everything is indexed, and return the text of the file."""
    server.initialize({"statusNotification": True, "cache": False})
    text = _text(server, INCLUDED)
    server.open(INCLUDED, text)
    server.client.wait_for(is_ready, LIMIT)
    return text


def is_ready(message: Message) -> bool:
    """Return whether a server reports that all files are checked."""
    return message.get("method") == "gymLsp/status" and message["params"]["state"] == "ready"


def _is_indexed(message: Message) -> bool:
    return message.get("method") == "gymLsp/status" and message["params"]["state"] in ("checking", "ready")


# From the start of the process


def started(command: Sequence[str], release: Path) -> float:
    """Return the seconds to the answer to `initialize`."""
    began = perf_counter()
    with measured(command, release) as server:
        server.initialize()
        return perf_counter() - began


def _started_and_diagnosed(release: Path) -> tuple[float, float]:
    """Return the times to the answer to `initialize`, and to the first diagnostics of a file that is then opened."""
    began = perf_counter()
    with measured(OURS, release) as server:
        server.initialize()
        initialized = perf_counter() - began
        server.open(INCLUDED, _broken(_text(server, INCLUDED)))
        server.wait_for(INCLUDED, bool, 0)
        return initialized, perf_counter() - began


def _starts(release: Path, repeat: int, other: Beside | None) -> Iterator[Figure]:
    nothing: list[float] = []
    ours: list[tuple[float, float]] = []
    for _ in range(repeat + 1):
        # In turns, so that a busy moment of the machine affects both.
        nothing.append(started(NOTHING, release))
        ours.append(_started_and_diagnosed(release))
    they = Times(tuple(nothing[1:]))
    initialized, diagnosed = (Times(each) for each in zip(*ours[1:], strict=True))
    ratio = initialized.p50 / they.p50
    measured = f"{initialized}; {_than_nothing(ratio, they)}{_also(other and other.initialize)}"
    yield Figure("start of the server to the answer to `initialize`", measured, "at most 1.2 times", ratio, 1.2)
    ratio = diagnosed.p50 / they.p50
    measured = f"{diagnosed}; {_than_nothing(ratio, they)}"
    yield Figure("start of the server to the first diagnostics of a file", measured, "at most 1.3 times", ratio, 1.3)


def _than_nothing(ratio: float, they: Times) -> str:
    return f"{ratio:.2f} times the start of a do-nothing server ({they})"


def _from_the_start(release: Path, repeat: int) -> Iterator[Figure]:
    """Yield the times of indexing, and of requests during indexing."""
    indexed: list[float] = []
    diagnosed: list[float] = []
    first: list[float] = []
    further: list[float] = []
    for _ in range(repeat):
        with measured(OURS, release) as server:
            server.initialize({"statusNotification": True, "cache": False})
            began = perf_counter()
            text = _text(server, INCLUDED)
            server.open(INCLUDED, text)
            hover = server.at("textDocument/hover", INCLUDED, text.index("domain"), text)
            first.append(_taken(hover))
            while not any(_is_indexed(message) for message in server.client.messages):
                further.append(_taken(hover))
            indexed.append(perf_counter() - began)
            server.client.wait_for(is_ready, LIMIT)
            diagnosed.append(perf_counter() - began)
    index = Times(tuple(indexed))
    also = f"; all files checked and reported after {Times(tuple(diagnosed))}"
    yield Figure("index of the tree complete", f"{index}{also}", "at most 1 s", index.p50, 1.0)
    yield _milliseconds("hover on a file that was just opened, during indexing", Times(tuple(first)), 100, None)
    yield _milliseconds("further requests during indexing", Times(tuple(further)), 100, None)


def _taken(ask: Callable[[], object]) -> float:
    began = perf_counter()
    ask()
    return perf_counter() - began


# While it runs


def _edits(server: Measured, text: str, times: int) -> Times:
    """Set a wrong and a right domain in turns, and wait for the findings of each text."""
    broken = _broken(text)
    taken = server.repeated(_in_turns(server, broken, text, INCLUDED, "unknown-domain"), times)
    server.change(INCLUDED, text)
    return taken


def _broken(text: str) -> str:
    return text.replace("domain: math", "domain: maths")


def _affected(server: Measured, text: str, times: int) -> Figure:
    """Change a name in the included file and change it back, and wait until the includer has and lacks a finding."""
    renamed = text.replace(f"{DEFINITION}:", f"{DEFINITION}_x:", 1)
    taken = server.repeated(_in_turns(server, renamed, text, INCLUDER, "inherit-target-not-found"), times)
    server.change(INCLUDED, text)
    after = Times(tuple(each - SILENCE for each in taken.each))
    goal = f"p95 at most 100 ms after {SILENCE * 1000:.0f} ms of silence"
    return Figure("`didChange` to diagnostics of another file", str(after), goal, after.p95, 0.1)


def _in_turns(server: Measured, wrong: str, right: str, affected: str, rule: str | None) -> Callable[[], None]:
    """Edits that make the included file wrong and right in turns, and wait for the diagnostics of a file.

    `rule` names the finding that appears and disappears. None is any finding.
    """
    states = cycle([(wrong, True), (right, False)])

    def edit() -> None:
        text, is_wrong = next(states)
        start = len(server.client.messages)
        server.change(INCLUDED, text)
        server.wait_for(affected, lambda found: any(rule in (None, each["code"]) for each in found) == is_wrong, start)

    return edit


def _answers(server: Measured, text: str, times: int, other: Beside | None) -> Iterator[Figure]:
    includer = _text(server, INCLUDER)
    server.open(INCLUDER, includer)
    name = includer.index(DEFINITION, includer.index("_inherit_from: " + DEFINITION))
    completing = text.index("name: policy_model") + len("name: ")
    questions: list[tuple[str, int, Times | None, Callable[[], object]]] = [
        (
            "completion",
            16,
            other and other.completion,
            server.at("textDocument/completion", INCLUDED, completing, text),
        ),
        ("hover", 10, other and other.hover, server.at("textDocument/hover", INCLUDER, name, includer)),
        ("definition", 10, None, server.at("textDocument/definition", INCLUDER, name, includer)),
        (
            "references",
            50,
            None,
            server.at("textDocument/references", INCLUDER, name, includer, context={"includeDeclaration": True}),
        ),
        ("workspace symbols", 50, None, lambda: server.client.request("workspace/symbol", {"query": "judge"})),
    ]
    for what, goal, beside, question in questions:
        if not question():
            raise AssertionError(f"there is no answer to {what}")
        yield _milliseconds(what, server.repeated(question, times), goal, beside)


def _memory(server: Measured, other: Beside | None) -> Figure:
    memory = server.memory() / MEGABYTE
    also = f" (yaml-language-server: {other.memory / MEGABYTE:.0f} MB)" if other else ""
    return Figure("resident memory of the server", f"{memory:.0f} MB{also}", "below 150 MB", memory, 150, is_time=False)


def _after_typing(server: Measured, edits: int) -> Iterator[Figure]:
    """Type at the end of an included file, a character with each edit, and compare the memory at three moments."""
    text = _ready(server)
    before = server.memory()
    early = before
    for number in range(1, edits + 1):
        server.change(INCLUDED, text + _typed(number))
        if number % EDITS_BEFORE_A_PAUSE == 0:
            # An answer comes only after all edits before it; then the other files are checked.
            server.client.request("textDocument/foldingRange", {"textDocument": {"uri": server.uri(INCLUDED)}})
            server.client.messages.clear()
            time.sleep(PAUSE)
        if number == EARLY:
            early = server.memory()
    late = server.memory()
    server.client.notify("textDocument/didClose", {"textDocument": {"uri": server.uri(INCLUDED)}})
    server.idle_share(IDLE_SECONDS)
    closed = server.memory()
    yield _growth(f"resident memory after {edits:,} edits, to that after {EARLY}", late, early, 1.10)
    yield _growth("resident memory after the file is closed, to that before the edits", closed, before, 1.05)


def _typed(number: int) -> str:
    """Return what is typed so far: a comment and a name in turns, which grow to the length of a line."""
    line, length = divmod(number, 60)
    return f"\n# {'x' * length}\n" if line % 2 else f"\ntyped_{line}_{'y' * length}: {{a: 1}}\n"


def _growth(what: str, after: int, before: int, limit: float) -> Figure:
    ratio = after / before
    measured = f"{ratio:.2f} times ({after / MEGABYTE:.0f} MB, {before / MEGABYTE:.0f} MB)"
    return Figure(what, measured, f"at most {limit:.2f} times", ratio, limit, is_time=False)


def _idle(server: Measured) -> Figure:
    share = server.idle_share(IDLE_SECONDS)
    measured = f"{share * 100:.1f} % of a processor over {IDLE_SECONDS:.0f} s"
    return Figure("processor time when idle", measured, "at most 0.5 %", share, 0.005, is_time=False)


# yaml-language-server


def _beside(release: Path, repeat: int, times: int) -> Beside | None:
    """Return the figure of yaml-language-server; None, with a message, if it cannot be installed."""
    try:
        from tests.editors.yaml_language_server import command, install

        install()
    except Exception as error:  # noqa: BLE001 - if npm fails, the other figures are still useful
        print(f"yaml-language-server cannot be installed, so its figures are omitted: {error}", file=sys.stderr)
        return None
    # It asks for four sections at once, the first of which is its own.
    replies = {"workspace/configuration": [{"completion": True, "hover": True}, None, None, None]}
    starts: list[float] = []
    for _ in range(repeat):
        began = perf_counter()
        with measured(command(), release, replies) as server:
            server.initialize()
            starts.append(perf_counter() - began)
    with measured(command(), release, replies) as server:
        server.initialize()
        server.client.notify("workspace/didChangeConfiguration", {"settings": None})
        text = _text(server, INCLUDED)
        server.open(INCLUDED, text)
        completing = text.index("name: policy_model") + len("name: ")
        return Beside(
            Times(tuple(starts)),
            _their_edits(server, text, max(4, times // 5)),
            server.repeated(server.at("textDocument/completion", INCLUDED, completing, text), times),
            server.repeated(server.at("textDocument/hover", INCLUDED, completing, text), times),
            server.memory(),
        )


def _their_edits(server: Measured, text: str, times: int) -> Times:
    """Add and remove a duplicate key, which yaml-language-server reports."""
    return server.repeated(_in_turns(server, f"{text}\nx: 1\nx: 1\n", text, INCLUDED, None), times)


# Words


def _milliseconds(what: str, taken: Times, goal: int, beside: Times | None) -> Figure:
    return Figure(what, f"{taken}{_also(beside)}", f"p95 at most {goal} ms", taken.p95, goal * MILLISECOND)


def _also(beside: Times | None) -> str:
    return f" (yaml-language-server: {beside})" if beside else ""
