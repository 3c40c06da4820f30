"""The watchdog of the parent process: the server exits when the editor has died without a shutdown request."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from gym_lsp.server.logs import LOGGER

INTERVAL = 3.0
"""Seconds between two checks of the parent process."""


async def watch_parent(process_id: int | None) -> None:
    """Exit the process when its parent no longer exists. Return at once if the client sent no process id."""
    while process_id is not None:
        await asyncio.sleep(INTERVAL)
        if not _is_alive(process_id):
            logging.getLogger(LOGGER).warning("the editor (process %d) no longer exists; the server exits", process_id)
            os._exit(1)


def _is_alive(process_id: int) -> bool:
    if sys.platform == "win32":
        # `os.kill` would end the process on Windows. The closed standard input is the sign there.
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
