"""How the server is doing: told to clients that want to show it, and to whoever asks.

What is wrong is counted file by file between the messages, after everything else has been told.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from gym_lsp import __version__
from gym_lsp.diagnostic import Severity
from gym_lsp.server.answers import folder_answer
from gym_lsp.server.diagnostics import findings, paths_of
from gym_lsp.server.indexing import Phase
from gym_lsp.server.session import Session
from gym_lsp.server.state import State, answered
from gym_lsp.workspace.recognise import FileKind

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

STATUS = "gymLsp/status"
_SLICE = 0.01
"""Seconds for which no message is looked at."""
_NO_GYM = "No NeMo Gym was found, so the rules of {release} apply. The setting gymRoot says where it is."
_FAILED = "The configs could not be read; the log says why."


def register_status(server: GymLanguageServer, state: State) -> None:
    """Tell clients that asked for it about each change of the status."""
    told: dict[str, Any] = {}
    counting: list[asyncio.Task[None]] = []

    def tell(status: dict[str, Any]) -> None:
        if status != told:
            told.clear()
            told.update(status)
            server.protocol.notify(STATUS, dict(status))

    async def count() -> None:
        counts = await _counted(state.session)
        if counts is not None:
            tell(_notice(state, counts))

    def changed() -> None:
        while counting:
            counting.pop().cancel()
        if not state.preferences.status_notification or not server.protocol.is_open:
            return
        if _phase(state) is Phase.READY:
            counting.append(asyncio.get_running_loop().create_task(count()))
        else:
            tell(_notice(state, Counter()))

    state.listeners.append(changed)


async def status(state: State) -> dict[str, Any]:
    """The status in full, as the command gives it."""
    counts = await _counted(state.session)
    while counts is None:
        counts = await _counted(state.session)
    folders = [folder_answer(view) for view in state.session.views.values()]
    return {"version": __version__, **_notice(state, counts), "folders": folders}


def _notice(state: State, counts: Counter[str]) -> dict[str, Any]:
    """The status as the notification gives it."""
    view = next(iter(state.session.views.values()), None)
    phase = _phase(state)
    message = _FAILED if phase is Phase.FAILED else None
    if message is None and view is not None and view.workspace.install is None:
        message = _NO_GYM.format(release=f"release {view.workspace.profile.release}")
    elif message is None and view is not None:
        message = view.workspace.profile.caveat
    return {
        "state": phase.value,
        "release": None if view is None else folder_answer(view)["release"],
        "installRoot": None if view is None else folder_answer(view)["installRoot"],
        "files": counts["files"],
        "configs": counts["configs"],
        "errors": counts["errors"],
        "warnings": counts["warnings"],
        "message": message,
    }


def _phase(state: State) -> Phase:
    return Phase.INDEXING if state.publisher is None else state.publisher.phase


async def _counted(session: Session) -> Counter[str] | None:
    """How many files, configs, errors and warnings there are; None where something changed meanwhile."""
    counts: Counter[str] = Counter()
    revision = session.revision
    loop = asyncio.get_running_loop()
    end = loop.time() + _SLICE
    for path in paths_of(session):
        found = answered("diagnostics", lambda path=path: findings(session, path)) or ()
        view = session.view_of(path)
        counts["files"] += 1
        counts["configs"] += view is not None and view.workspace.kind(path) is FileKind.CONFIG
        counts["errors"] += sum(each.severity is Severity.ERROR for each in found)
        counts["warnings"] += sum(each.severity is Severity.WARNING for each in found)
        if loop.time() >= end:
            await asyncio.sleep(0)
            end = loop.time() + _SLICE
        if session.revision != revision:
            return None
    return counts
