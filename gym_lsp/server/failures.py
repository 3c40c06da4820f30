"""What happens when a feature fails: the failure is logged once, and the editor gets an empty answer."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from msgspec.structs import replace

from gym_lsp.server.logs import LOGGER
from gym_lsp.server.parts import Parts

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_log = logging.getLogger(LOGGER)
_logged: set[str] = set()
"""The failures that were logged in this process."""


def attempt(name: str, ask: Callable[[], _Result]) -> _Result | None:
    """Return the result of `ask`, or None if it raises. The failure is logged under the name of the feature."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a failing feature must not interrupt the user
        log_failure(name, error)
        return None


def null_on_failure(
    name: str,
) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result | None]]:
    """Return a decorator for a handler that answers null if it raises. It is `attempt` around the whole handler.

    A list in parts ends if it raises.
    """

    def decorate(handler: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result | None]:
        @functools.wraps(handler)
        def guarded(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result | None:
            found = attempt(name, lambda: handler(*args, **kwargs))
            if isinstance(found, Parts):
                return replace(found, elements=_until_failure(name, found.elements))
            return found

        return guarded

    return decorate


def _until_failure(name: str, elements: Iterator[_Result]) -> Iterator[_Result]:
    try:
        yield from elements
    except Exception as error:  # noqa: BLE001 - a failing feature must not interrupt the user
        log_failure(name, error)


def log_failure(name: str, error: Exception) -> None:
    """Log that a feature failed, once for each message: what fails at one keystroke fails again at the next."""
    failure = f"{name} failed: {type(error).__name__}: {error}"
    if failure not in _logged:
        _logged.add(failure)
        _log.error("%s", failure, exc_info=error)
