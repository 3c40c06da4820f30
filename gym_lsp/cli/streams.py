"""Standard output and standard error, whoever reads them and however long.

A reader that has seen enough, as `head` has, is no reason to stop: what was asked for is finished, and its exit code is
the true one.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO

from gym_lsp.cli.failure import UsageError


def is_a_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads this; a stream that was closed before Python began is None."""
    return stream is not None and stream.isatty()


def say(sentence: str) -> None:
    """Tell whoever watches, each line with our name in front; where nobody does, nothing happens."""
    for line in sentence.splitlines():
        say_line(f"gym-lsp: {line}")


def say_line(line: str) -> None:
    """The same for a line that needs no introduction."""
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - it is None where it was closed
        try:
            print(line, file=sys.stderr, flush=True)
        except OSError:
            _abandon(sys.stderr)


def put(text: str, stream: TextIO | None) -> None:
    """Write text as UTF-8, whatever the locale says. Raises UsageError where it cannot be written."""
    if stream is None:
        raise UsageError("there is no standard output to write to; --output-file FILE names another place")
    try:
        stream.flush()
        stream.buffer.write(text.encode("utf-8", "replace"))
        stream.buffer.flush()
    except BrokenPipeError:
        _abandon(stream)
    except OSError as error:
        _abandon(stream)
        raise UsageError(f"cannot write the output: {error.strerror}") from None


def settle() -> None:
    """Write out what is held back, so that Python has nothing to say about it at its end."""
    for stream in (sys.stdout, sys.stderr):
        # The client of a server may have closed it already.
        if stream is not None and not stream.closed:  # pyright: ignore[reportUnnecessaryComparison]
            try:
                stream.flush()
            except OSError:
                _abandon(stream)


def _abandon(stream: TextIO) -> None:
    """Send what is still to come to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
