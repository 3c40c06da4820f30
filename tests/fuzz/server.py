"""Messages of a client that follows no protocol: wrong types, missing fields, places that do not exist."""

from __future__ import annotations

import copy
from pathlib import PurePath
from random import Random
from typing import Any, NamedTuple

from tests.fuzz.compose import FILES
from tests.fuzz.harness import Harness
from tests.fuzz.texts import PIECES, any_text
from tests.hostile.asking import CAPABILITIES, NOTIFICATIONS, offered
from tests.server.inprocess import Wire

_FOLDER = "file:///gym-lsp-fuzz-absent"
_URIS = (
    *(f"{_FOLDER}/{name}" for name in FILES), _FOLDER, "", "untitled:Untitled-1", "file://", "file:///%00",
    "file:///%ff.yaml",
    "http://h/a.yaml", "gym-lsp:/resolved/x?uri=%", "gym-lsp:/rules/unknown-domain.md", "gym-lsp:/rules/../x.md", "a b",
    "file:///a/%2e%2e/b.yaml", "file://[", "gym-lsp:/resolved/x?config=a.yaml&override=a&provenance=1",
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 1.5, "", "x", [], {}, [[]], {"a": 1}, "\ud800", "a" * 5_000, *PIECES[:8],
)  # fmt: skip
_COMMANDS = tuple(sorted(name for name in offered() if name.startswith("gymLsp.")))
_METHODS = tuple(sorted(offered() - {"initialize", "initialized", "shutdown", *_COMMANDS}))
_LATER = frozenset({"workspace/diagnostic"})
"""Requests whose answer may wait for a change."""


class Case(NamedTuple):
    """The messages of a session: method, parameters, and whether it is a request."""

    messages: list[tuple[str, Any, bool]]


def _position(random: Random) -> Any:
    return {"line": random.choice((0, 1, 3, 50, 2**31 - 1)), "character": random.choice((0, 1, 7, 400, 2**31 - 1))}


def _params(random: Random, method: str) -> Any:
    uri = random.choice(_URIS)
    here, there = _position(random), _position(random)
    document: dict[str, Any] = {"uri": uri, "version": random.choice((1, 2, 0, -5)), "languageId": "yaml"}
    if method == "textDocument/didOpen":
        document["text"] = any_text(random)
    span = {"start": here, "end": there}
    item = {"name": "a", "kind": 5, "uri": uri, "range": span, "selectionRange": span, "data": random.choice(_ODD)}
    changes: list[Any] = [{"range": span, "text": random.choice(PIECES)}, {"text": any_text(random)}]
    run = {"configs": [uri, "a.yaml"], "overrides": ["a=1"], "format": random.choice(("json", "dot", "x"))}
    return {
        "textDocument": document,
        "position": here,
        "positions": [here, there],
        "range": span,
        "context": {"includeDeclaration": True, "diagnostics": [], "triggerKind": 1},
        "newName": random.choice(("b", "", "\n")),
        "contentChanges": random.sample(changes, random.randrange(3)),
        "item": item,
        "query": random.choice(("", "a", "\n")),
        "files": [{"oldUri": uri, "newUri": random.choice(_URIS)}],
        "uri": uri,
        "settings": {"gymLsp": random.choice(_ODD)},
        "command": random.choice((*_COMMANDS, "nope")),
        "arguments": [random.choice(({"uri": uri}, run, *_ODD))],
        "previousResultIds": [{"uri": uri, "value": "x"}],
        "changes": [{"uri": uri, "type": random.choice((1, 2, 3))}],
        "event": {"added": [], "removed": [{"uri": uri, "name": ""}]},
    }


def _damaged(random: Random, value: Any) -> Any:
    """Return a copy of a JSON value with one part removed or replaced."""
    value = copy.deepcopy(value)
    part: Any = value
    while True:
        is_list = type(part) is list
        key = random.choice(range(len(part)) if is_list else list(part))
        if part[key] and type(part[key]) in (dict, list) and random.random() < 0.7:
            part = part[key]
        elif random.random() < 0.5:
            part[key] = random.choice(_ODD)
            return value
        else:
            del part[key]
            return value


def _make(random: Random) -> Case:
    messages: list[tuple[str, Any, bool]] = []
    for _ in range(40):
        method = random.choice((*_METHODS, *NOTIFICATIONS, "workspace/executeCommand", "workspace/executeCommand"))
        params = _params(random, method)
        if random.random() < 0.4:
            params = _damaged(random, params)
        elif random.random() < 0.1:
            params = random.choice(_ODD)
        messages.append((method, params, method not in NOTIFICATIONS))
    return Case(messages)


def _attempt(case: Case) -> None:
    with Wire() as wire:
        wire.start(CAPABILITIES, PurePath("/gym-lsp-fuzz-absent"))
        for method, params, is_request in case.messages:
            if not is_request or method in _LATER:
                wire.notify(method, params)
            else:
                reply = wire.reply(method, params)
                assert ("result" in reply) != ("error" in reply), (method, params, reply)
            assert wire.failures == [], (method, params, wire.failures)
        # Whatever came before, the server still answers.
        assert "result" in wire.reply("workspace/symbol", {"query": "x"})


HARNESS = Harness[Case](
    "server", _make, _attempt, size=lambda case: len(repr(case)), bound=5_000, units=lambda case: len(case.messages)
)
