"""The status of the server, as a notification for clients that display it and as the result of a command.

Errors and warnings are counted file by file between the messages, after all diagnostics have been sent.
"""

from __future__ import annotations

import asyncio
from typing import Any

from gym_lsp import __version__
from gym_lsp.server.counting import Counts
from gym_lsp.server.indexing import Phase
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.results import folder_result
from gym_lsp.server.session import FolderSnapshot, Session
from gym_lsp.server.state import State

STATUS = "gymLsp/status"
_NO_GYM = "No NeMo Gym found, so the rules of release {release} apply. Set gymRoot to the folder of your NeMo Gym."
_FAILED = "Checking the configs failed. See the log for the reason."


def register(server: GymLanguageServer, state: State) -> None:
    """Send the status after each change to clients that have requested it."""
    sent: dict[str, Any] = {}
    counting: list[asyncio.Task[None]] = []

    def send(status: dict[str, Any]) -> None:
        if status != sent:
            sent.clear()
            sent.update(status)
            server.protocol.notify(STATUS, dict(status))

    async def count() -> None:
        counts = await state.counting.counted(state.session)
        if counts is not None:
            send(_notice(state, counts))

    def changed() -> None:
        while counting:
            counting.pop().cancel()
        if not state.preferences.status_notification or not server.protocol.is_open:
            return
        if _phase(state) is Phase.READY:
            counting.append(asyncio.get_running_loop().create_task(count()))
        else:
            send(_notice(state, Counts()))

    state.listeners.append(changed)


async def status(state: State) -> dict[str, Any]:
    """Return the full status, which is the result of the command."""
    counts = await state.counting.counted(state.session)
    while counts is None:
        counts = await state.counting.counted(state.session)
    folders = [folder_result(folder) for folder in state.session.folders.values()]
    return {"version": __version__, **_notice(state, counts), "folders": folders}


def _notice(state: State, counts: Counts) -> dict[str, Any]:
    """Return the status as the notification contains it."""
    folder, phase = _main_folder(state.session), _phase(state)
    message = _FAILED if phase is Phase.FAILED else None
    if message is None and folder is not None and folder.workspace.install is None:
        # A checkout that is nested in the folder may not be found yet.
        is_known = phase is not Phase.INDEXING
        message = _NO_GYM.format(release=folder.workspace.profile.release) if is_known else None
    elif message is None and folder is not None:
        message = folder.workspace.profile.caveat
    return {
        "state": phase.value,
        "release": None if folder is None else folder_result(folder)["release"],
        "installRoot": None if folder is None else folder_result(folder)["installRoot"],
        "files": counts.files,
        "configs": counts.configs,
        "errors": counts.errors,
        "warnings": counts.warnings,
        "message": message,
    }


def _main_folder(session: Session) -> FolderSnapshot | None:
    """Return the first folder; if it has no NeMo Gym, the first checkout that is nested in it."""
    folders = tuple(session.folders.values())
    if not folders or folders[0].workspace.install is not None:
        return folders[0] if folders else None
    nested = (each for each in folders if each.workspace.install is not None and folders[0].contains(each.root))
    return next(nested, folders[0])


def _phase(state: State) -> Phase:
    return Phase.INDEXING if state.scheduler is None else state.scheduler.phase
