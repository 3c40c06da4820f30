"""Garbage is collected in the pause after a change, and only then."""

from __future__ import annotations

import gc
from pathlib import Path, PurePath
from weakref import ref

import pytest

from gym_lsp.server import scheduler
from gym_lsp.server.memory import MemoryCare
from gym_lsp.server.session import LARGE, Session
from gym_lsp.server.sync import Buffer
from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding
from tests.server.editor import PUSH
from tests.server.inprocess import Wire

CONFIG = "environments/counting/config.yaml"
TEXT = "counting: {resources_servers: {counting: {entrypoint: app.py, domain: math}}}\n"


class Cycle:
    """An object that only the garbage collector can free."""

    def __init__(self) -> None:
        self.itself = self


def test_cyclic_garbage_is_freed_after_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(Encoding.UTF16, {})
    session.open_folder(PurePath(tmp_path))
    care = MemoryCare(session)
    care.freeze_indexed()
    # No automatic collection may free the object before the test does.
    gc.disable()
    try:
        garbage = ref(Cycle())
        care.collect()
        assert garbage() is not None
        session.open_folder(PurePath(tmp_path))
        care.collect()
        assert garbage() is None
    finally:
        gc.enable()
        gc.unfreeze()


def test_an_edit_is_followed_by_one_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = PurePath(tmp_path / CONFIG)
    collections: list[int] = []
    monkeypatch.setattr(scheduler, "SILENCE", 0.0)
    monkeypatch.setattr(scheduler, "PAUSE", 0.01)
    monkeypatch.setattr(gc, "collect", lambda: collections.append(wire.server.state.session.revision))
    with Wire() as wire:
        wire.start(PUSH, PurePath(tmp_path))
        wire.open(path, TEXT)
        wire.wait_until_idle()
        wire.run_for(0.1)
        collections.clear()
        wire.change(path, 2, {"text": TEXT.replace("math", "maths")})
        wire.wait_until_idle()
        assert collections == []
        wire.run_for(0.1)
        assert collections == [wire.server.state.session.revision]
        wire.notify("textDocument/didSave", {"textDocument": {"uri": uri_of(path)}})
        wire.wait_until_idle()
        wire.run_for(0.1)
        assert len(collections) == 1


def test_the_next_edit_postpones_a_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = PurePath(tmp_path / CONFIG)
    collections: list[int] = []
    monkeypatch.setattr(scheduler, "SILENCE", 0.0)
    monkeypatch.setattr(scheduler, "PAUSE", 1.0)
    monkeypatch.setattr(gc, "collect", lambda: collections.append(1))
    with Wire() as wire:
        wire.start(PUSH, PurePath(tmp_path))
        wire.open(path, TEXT)
        for version in range(2, 8):
            wire.change(path, version, {"text": f"{TEXT}# {version}\n"})
            wire.wait_until_idle()
            wire.run_for(0.2)
        assert collections == []


def test_the_objects_of_a_large_document_are_not_visited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(Encoding.UTF16, {})
    session.open_folder(PurePath(tmp_path))
    path = PurePath(tmp_path) / CONFIG
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append(session.revision))
    care = MemoryCare(session)
    for text in (TEXT, TEXT + "#" * LARGE, TEXT):
        session.set_buffer(path, Buffer(uri_of(path), 1, text))
        care.collect()
    assert collected == [session.revision - 2, session.revision]
