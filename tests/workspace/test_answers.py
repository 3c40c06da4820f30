"""What each kind of answer depends on: a change of that drops it, and a change elsewhere does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import pytest
from msgspec import Struct

from gym_lsp import memo
from gym_lsp.check import Checker
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.ide import instances
from gym_lsp.ide.instances import all_instances, instances_in
from gym_lsp.memo import Answer, Memo, Question
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory

ROOT = PurePath("/w")
MATH, OTHER = "environments/math/config.yaml", "environments/other/config.yaml"
PROGRAM, STRANGER = "resources_servers/sums/app.py", "resources_servers/strange/app.py"
SERVER = "math: {resources_servers: {sums: {entrypoint: app.py, domain: math, size: 1, judge: '${judge_name}'}}}\n"
AGENT = """\
config_paths: [environments/math/config.yaml]
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: mathh}
      model_server: {type: responses_api_models, name: policy_model}
"""
SOURCE = """\
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


class Config(BaseResourcesServerConfig):
    size: int = 1


class Server(SimpleResourcesServer):
    config: Config


Server.run_webserver()
"""
TEXTS = {
    MATH: SERVER,
    OTHER: AGENT,
    PROGRAM: SOURCE,
    STRANGER: SOURCE,
    "environments/third/config.yaml": "third: {resources_servers: {sums: {entrypoint: app.py, domain: math}}}\n",
    "nemo_gym/global_config.py": "",
}
THIRD = "environments/third/config.yaml"
NEW = "environments/new/config.yaml"


Texts = Mapping[str, str | None]
Ask = Callable[[Workspace], Any]


class Case(Struct, frozen=True):
    """An answer, and the changes that drop it or leave it alone: the new text of a path, None to delete it."""

    ask: Ask
    dropped_by: tuple[Texts, ...]
    not_by: tuple[Texts, ...]


def _at(name: str) -> PurePath:
    return ROOT / name


CASES: Mapping[str, Case] = {
    "the text of a file": Case(lambda w: w.text(_at(MATH)), ({MATH: "a: 1\n"}, {MATH: None}), ({OTHER: "a: 1\n"},)),
    "a parsed file": Case(
        lambda w: w.load(_at(MATH)), ({MATH: SERVER + "# c\n"},), ({OTHER: "a: 1\n"}, {MATH: SERVER})
    ),
    "the kind of a file": Case(lambda w: w.kind(_at(MATH)), ({MATH: None},), ({OTHER: "a: 1\n"}, {NEW: "a: 1\n"})),
    "which files there are": Case(lambda w: w.members, ({NEW: "a: 1\n"}, {MATH: None}), ({MATH: "a: 1\n"},)),
    "where a path leads": Case(
        lambda w: w.search.resolve(w.files, NEW), ({NEW: "a: 1\n"},), ({MATH: None}, {OTHER: "a: 1\n"})
    ),
    "a composition": Case(
        lambda w: w.own_run(_at(OTHER)),
        ({OTHER: AGENT + "x: 1\n"}, {MATH: SERVER + "x: 1\n"}, {MATH: None}, {"env.yaml": "judge_name: a\n"}),
        ({THIRD: "a: 1\n"}, {NEW: "a: 1\n"}, {PROGRAM: ""}),
    ),
    "who includes a file": Case(
        lambda w: includers(w, _at(MATH)),
        ({OTHER: "a: 1\n"}, {NEW: f"config_paths: [{MATH}]\n"}),
        ({MATH: "a: 1\n"}, {THIRD: "a: 1\n"}, {OTHER: AGENT + "x: 1\n"}, {NEW: "a: 1\n"}),
    ),
    "a name that is defined": Case(
        lambda w: w.names.defined("math"),
        ({MATH: "a: 1\n"}, {MATH: None}, {NEW: "math: {sandbox: {}}\n"}),
        ({THIRD: "a: 1\n"}, {NEW: "other: 1\n"}, {MATH: SERVER + "more: 1\n"}),
    ),
    "a name that is not": Case(
        lambda w: w.names.defined("absent"), ({NEW: "absent: 1\n"}, {THIRD: "absent: 1\n"}), ({THIRD: "a: 1\n"},)
    ),
    "names like another": Case(
        lambda w: w.names.spelled_like("mathh", "resources_servers"),
        ({MATH: "a: 1\n"}, {NEW: SERVER.replace("math:", "mathx:", 1)}),
        ({THIRD: "a: 1\n"}, {NEW: "absent: 1\n"}),
    ),
    "the uses in a file": Case(lambda w: w.uses(_at(OTHER)), ({OTHER: "a: 1\n"},), ({MATH: "a: 1\n"}, {NEW: "a: 1\n"})),
    "the instances of a file": Case(
        lambda w: instances_in(w, _at(MATH)), ({MATH: "a: 1\n"},), ({OTHER: "a: 1\n"}, {NEW: "a: 1\n"})
    ),
    "the class of a server": Case(
        lambda w: w.server_model("resources_servers", "sums", "app.py"),
        ({PROGRAM: SOURCE.replace("size", "length")}, {PROGRAM: None}),
        ({STRANGER: "\n" + SOURCE}, {MATH: "a: 1\n"}, {NEW: "a: 1\n"}),
    ),
    "the findings of a file": Case(
        lambda w: CHECKER.on(w).check_one(_at(OTHER)),
        ({OTHER: AGENT.replace("mathh", "math")}, {MATH: "a: 1\n"}, {MATH: None}),
        ({THIRD: "a: 1\n"}, {STRANGER: ""}, {NEW: "a: 1\n"}),
    ),
}


def _workspace(memo: Memo | None = None) -> Workspace:
    texts = {_at(name): text for name, text in TEXTS.items()}
    return Workspace(Memory(texts), ROOT, install=InstallRoot(ROOT, "checkout", "0.7.0"), memo=memo)


def _changed(workspace: Workspace, texts: Mapping[str, str | None]) -> Workspace:
    """The workspace after some files were edited, created or deleted."""
    before = {_at(name): text for name, text in TEXTS.items()}
    after = before | {_at(name): text for name, text in texts.items() if text is not None}
    after = {path: text for path, text in after.items() if texts.get(path.relative_to(ROOT).as_posix(), "") is not None}
    moved = frozenset(before.keys() ^ after.keys())
    return workspace.changed(Memory(after), Change(frozenset(map(_at, texts)) - moved, moved))


def _cases(field: str) -> list[Any]:
    return [
        pytest.param(case.ask, change, id=f"{name} - {', '.join(change)}")
        for name, case in CASES.items()
        for change in getattr(case, field)
    ]


CHECKER = Checker(_workspace())
"""One for all tests: what rules found is remembered under the selection of rules that found it."""


@pytest.mark.parametrize(("ask", "change"), _cases("dropped_by"))
def test_a_change_of_what_it_depends_on_drops_it(ask: Ask, change: Texts) -> None:
    before = _workspace()
    first = ask(before)
    fresh = ask(_changed(_workspace(), change))
    for is_compared in (False, True):
        after = _changed(before, change)
        if is_compared:
            list(after.memo.compare(after))
        assert ask(after) is not first
        assert ask(before) is first
        assert repr(ask(after)) == repr(fresh)


@pytest.mark.parametrize(("ask", "change"), _cases("not_by"))
def test_a_change_elsewhere_does_not(ask: Ask, change: Texts) -> None:
    before = _workspace()
    first = ask(before)
    assert ask(_changed(before, change)) is first


def test_an_edit_is_worked_out_from_what_it_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment in one file: nothing of another file is parsed or checked again."""
    workspace = _workspace()
    checker = CHECKER.on(workspace)
    for path in workspace.members:
        checker.check_one(path)
    answered: list[Question] = []
    answer = Memo._answer  # pyright: ignore[reportPrivateUsage]

    def counted(memo: Memo, question: Question, *rest: Any) -> Any:
        answered.append(question)
        return answer(memo, question, *rest)

    monkeypatch.setattr(Memo, "_answer", counted)
    later = checker.on(_changed(workspace, {THIRD: TEXTS[THIRD] + "# a comment\n"}))
    for path in workspace.members:
        later.check_one(path)
    about = {argument for _, arguments in answered for argument in arguments if isinstance(argument, PurePath)}
    assert about == {_at(THIRD)}


def test_what_a_snapshot_remembers_is_bounded_by_what_is_there() -> None:
    """Hours of typing leave no more behind than minutes, although each state of the text defines other names."""
    workspace = _workspace()
    checker = CHECKER.on(workspace)
    sizes: list[int] = []
    for step in range(1_500):
        agent = AGENT.replace("config.yaml]", f"config.yaml, typed/{step}.yaml]", 1)
        typed = (
            f"typed_{step}: {{resources_servers: {{sums: {{entrypoint: app.py, domain: math, x: '${{n{step}}}'}}}}}}\n"
        )
        workspace = _changed(workspace, {OTHER: agent.replace("mathh", f"math{step}") + typed})
        checker = checker.on(workspace)
        checker.check_one(_at(OTHER))
        sizes.append(len(workspace.memo))
    assert max(sizes[750:]) <= 1.1 * max(sizes[:750])


MANY = 4096
"""Bits, more than there are sources or firewalls."""


def _give_each_source_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the counts the same in each process."""
    for name in ("_COMMON_BITS", "_FIREWALL_BITS"):
        monkeypatch.setattr(f"gym_lsp.memo.{name}", MANY)
    monkeypatch.setattr("gym_lsp.memo._SOURCE_BITS", 2 * MANY)
    monkeypatch.setattr("gym_lsp.memo._FIRST_FIREWALL", 1 << 2 * MANY)
    monkeypatch.setattr("gym_lsp.memo._COMMON", {})
    monkeypatch.setattr("gym_lsp.memo._EDITED", {})


EDITED, CREATED = _at("environments/e7/config.yaml"), _at("environments/new/config.yaml")
CREATED_BESIDE = _at("environments/e7/more.yaml")


@pytest.mark.parametrize(
    ("path", "what"),
    [(EDITED, "# a comment\n"), (EDITED, "another: 1\n"), (CREATED, "another: 1\n"), (CREATED_BESIDE, "another: 1\n")],
)
def test_the_work_after_a_change_does_not_grow_with_the_tree(
    monkeypatch: pytest.MonkeyPatch, path: PurePath, what: str
) -> None:
    looked_into: list[Question] = []
    checked = Memo._checked  # pyright: ignore[reportPrivateUsage]

    def counted(memo: Memo, known: Answer, snapshot: Any) -> Answer | None:
        looked_into.append(known.question)
        return checked(memo, known, snapshot)

    monkeypatch.setattr(Memo, "_checked", counted)
    _give_each_source_a_bit(monkeypatch)
    counts: list[int] = []
    for size in (40, 160):
        agent = AGENT.partition("\n")[2]
        own = {n: agent.replace("agent:", f"agent_{n}:", 1).replace("mathh", f"math_{n}") for n in range(size)}
        texts = {_at(f"environments/e{n}/config.yaml"): text for n, text in own.items()}
        workspace = Workspace(Memory(texts), ROOT, install=InstallRoot(ROOT, "checkout", "0.7.0"))
        checker = CHECKER.on(workspace)
        for member in workspace.members:
            checker.check_one(member)
        change = Change.edit([path]) if path in texts else Change(created_or_deleted=frozenset({path}))
        later = workspace.changed(Memory(texts | {path: texts.get(path, "") + what}), change)
        list(later.memo.compare(later))
        looked_into.clear()
        checker = checker.on(later)
        for member in later.members:
            checker.check_one(member)
        counts.append(len(looked_into))
    # Two firewalls can still have the same bit.
    assert counts[1] <= 2 * counts[0] + 30


@pytest.mark.parametrize("is_alone", [False, True])
def test_a_check_that_keeps_nothing_large_finds_the_same(is_alone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "_MOST_LARGE", 0)
    usual, last = _workspace(), _workspace(Memo(is_last=True))
    found, again = (
        checker.check_standalone(checker.workspace.members) if is_alone else checker.check_workspace(workspace.members)
        for workspace in (usual, last)
        for checker in (Checker(workspace),)
    )
    assert again.diagnostics
    assert again == found
    questions = (Workspace.compose, Workspace.judged)
    assert usual.memo.known(questions)
    assert not last.memo.known(questions)


def test_an_edit_outdates_the_instances_of_few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[Question] = []
    settle = Memo._settle  # pyright: ignore[reportPrivateUsage]

    def counted(memo: Memo, question: Question, snapshot: Any) -> Answer:
        settled.append(question)
        return settle(memo, question, snapshot)

    _give_each_source_a_bit(monkeypatch)
    monkeypatch.setattr(instances, "_PART", 10)
    texts = {_at(f"environments/e{n}/config.yaml"): SERVER.replace("math:", f"math_{n}:", 1) for n in range(200)}
    workspace = Workspace(Memory(texts), ROOT, install=InstallRoot(ROOT, "checkout", "0.7.0"))
    assert len(list(all_instances(workspace))) == 200
    edited = _at("environments/e7/config.yaml")
    texts[edited] = SERVER.replace("math:", "edited:", 1)
    later = workspace.changed(Memory(texts), Change.edit([edited]))
    monkeypatch.setattr(Memo, "_settle", counted)
    found = [(each.name, each.path) for each in all_instances(later)]
    asked = {arguments for function, arguments in settled if function.__name__ == "instances_in"}
    assert len(asked) == 10 and (edited,) in asked
    fresh = Workspace(Memory(texts), ROOT, install=workspace.install)
    assert found == [(each.name, each.path) for each in all_instances(fresh)]
    assert ("edited", edited) in found
