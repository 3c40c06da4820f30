"""Arguments and workspaces of a stranger: nothing outside is read, written or shown, and every call has an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym_lsp.cli.tools.paging import MOST_CHARACTERS
from gym_lsp.mcp.calling import call, read, schema_of
from gym_lsp.mcp.offer import Answer, Offer, ToolError
from tests.cli.conftest import TIDES, UNSET, write
from tests.hostile.planting import Planted
from tests.hostile.test_canaries import TREES
from tests.mcp.calls import CALLS, URIS, offer_in
from tests.mcp.conftest import Call

PATHS = [
    ("../outside.yaml", "is outside of the workspace"),
    ("/etc/passwd", "is outside of the workspace"),
    ("environments/../../outside.yaml", "is outside of the workspace"),
    ("~/.ssh/id_rsa", "file or folder not found"),
    ("**/*.yaml", "patterns are not expanded"),
    ("{a,b}" * 500, "patterns are not expanded"),
    ("environments/\0.yaml", "a path cannot contain a NUL"),
    ("x" * 5000, "is too long"),
    ("environments/" + "a/" * 1500, "file or folder not found"),
    ("-", "file or folder not found"),
    ("--fix", "file or folder not found"),
    ("environments\n/x", "file or folder not found"),
    ("\x1b[2J", "file or folder not found"),
]


@pytest.mark.parametrize(("path", "message"), PATHS)
def test_paths(ask: Call, path: str, message: str) -> None:
    for tool in ("check", "fix"):
        answer = ask(tool, paths=[path])
        assert answer.is_error
        assert message in answer.text
        assert len(answer.text) < 1000
        assert answer.text.isprintable()


@pytest.mark.parametrize("path", ["../outside.yaml", "/etc/passwd", "environments/../../outside.yaml"])
def test_no_argument_names_a_file_outside(ask: Call, path: str) -> None:
    for answer in (
        ask("check", config=[path]),
        ask("check", recipe=path),
        ask("resolve", config=[TIDES, path]),
        ask("resolve", recipe=path),
        ask("find", path=path),
        ask("find", name=path),
    ):
        assert answer.is_error
        assert "is outside of the workspace" in answer.text or "not found" in answer.text


def test_a_link_out_of_the_workspace(ask: Call, tree: Path) -> None:
    outside = write(tree.parent, "linked/config.yaml", UNSET)
    (tree / "environments/linked").symlink_to(outside.parent)
    (tree / "environments/one.yaml").symlink_to(outside)
    for path in ("environments/linked", "environments/linked/config.yaml", "environments/one.yaml"):
        assert "is outside of the workspace" in ask("fix", paths=[path], write=True).text
    ask("fix", write=True)
    assert outside.read_text() == UNSET


def test_a_file_with_a_hyphen_as_its_name(ask: Call, tree: Path) -> None:
    """It is a file, and not standard input."""
    write(tree, "-", "x: 1\n")
    assert not ask("check", paths=["-"]).is_error


def test_wrong_arguments_are_named(ask: Call) -> None:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("check", {"limit": 1000}, "`limit`: expected `int` <= 100"),
        ("check", {"limit": "all"}, "`limit`: expected `int`, got `str`"),
        ("check", {"paths": [1]}, "`paths[0]`: expected `str`, got `int`"),
        ("check", {"path": "x"}, "unknown argument `path`; expected one of"),
        ("check", {"severity": "bad"}, "`severity`: unknown value `bad`; expected one of `error`"),
        ("check", {"paths": ["."], "config": [TIDES]}, "`paths` and a run cannot be used together"),
        ("check", {"overrides": ["a=1"]}, "`overrides` need a run"),
        ("check", {"config": [TIDES], "recipe": TIDES}, "`config` and `recipe` cannot be used together"),
        ("check", {"config": [TIDES], "overrides": ["nonsense"]}, ""),
        ("check", {"paths": ["x"] * 2000}, "2000 paths or overrides are too many"),
        ("check", {"select": [""]}, "`--select` needs the name of a rule"),
        ("list", {}, "missing argument `kind`"),
        ("list", {"kind": "servers"}, "`kind`: unknown value `servers`"),
        ("chekc", {}, "unknown tool `chekc`; expected one of"),
        ("x" * 10_000, {}, "unknown tool"),
        ("check", {"y" * 10_000: 1}, "unknown argument"),
    ]
    for name, arguments, message in wrong:
        answer = ask(name, **arguments)
        assert answer.is_error, (name, arguments)
        assert answer.text.startswith(f"error: {message}"), answer.text
        assert len(answer.text) < 1000


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.sampled_from([TIDES, "environments", ".", "", "/", "tides", "a=1", "++tides=x", "config_paths=[/etc/passwd]"]),
    st.lists(st.sampled_from([TIDES, "..", "\0", "tides", "x=1", "unknown-domain"]), max_size=3),
)
NAMES = ("check", "explain", "resolve", "find", "list", "fix")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_any_arguments_have_an_answer(tree: Path, data: st.DataObject, name: str) -> None:
    offered = offer_in(tree)
    known = sorted(schema_of(offered.tools[name])["properties"])
    arguments = data.draw(st.dictionaries(st.sampled_from(known), VALUES, max_size=4))
    answer = call(offered, name, arguments)
    assert "internal failure" not in answer.text
    json.dumps(answer.data)


def test_a_failure_has_an_answer_without_secrets(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("password=kanari-willow")

    monkeypatch.setattr("gym_lsp.check.Checker.check_workspace", fail)
    answer = call(offer_in(tree), "check", {})
    assert answer.is_error
    assert "internal failure: KeyError" in answer.text
    assert "kanari" not in answer.text


def answers(offered: Offer, planted: Planted) -> Iterator[tuple[str, Answer]]:
    for name, arguments in CALLS:
        given = json.loads(planted.plant(json.dumps(arguments), "the arguments"))
        yield f"{name} {arguments}", call(offered, name, given)


@pytest.mark.parametrize("kind", TREES)
def test_no_tool_shows_a_canary(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = TREES[kind](tmp_path)
    monkeypatch.chdir(planted.root)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "NEMO_GYM_EXTRA_ROOTS"):
        monkeypatch.delenv(name, raising=False)
    offered = offer_in(planted.root)
    shown: dict[str, set[str]] = {}
    for what, answer in answers(offered, planted):
        text = answer.text + json.dumps(answer.data)
        assert "internal failure" not in text, (what, text)
        assert len(text) < 6 * MOST_CHARACTERS, what
        for place in planted.shown_in(text):
            shown.setdefault(place, set()).add(what)
    for uri in URIS:
        try:
            text = read(offered, uri)
        except ToolError as error:
            text = str(error)
        for place in planted.shown_in(text):
            shown.setdefault(place, set()).add(uri)
    assert shown == {}
