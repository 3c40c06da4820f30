"""Standard output and standard error, which may be closed, full, or read only in part.

If a reader stops reading early, as `head` does, the command still runs to its end and its exit code stays true.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO

from gym_lsp.cli.failure import UsageError


def is_a_terminal(stream: TextIO | None) -> bool:
    """Whether the stream is a terminal. A stream that was closed before Python started is None."""
    return stream is not None and stream.isatty()


def print_message(message: str) -> None:
    """Print a message on stderr, each line after the program's name. Do nothing if stderr is closed."""
    for line in message.splitlines():
        print_line(f"gym-lsp: {line}")


def print_line(line: str) -> None:
    """Print a line on stderr as it is. Do nothing if stderr is closed."""
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - it is None if it was closed
        try:
            print(line, file=sys.stderr, flush=True)
        except OSError:
            _discard(sys.stderr)


def write_text(text: str, stream: TextIO | None) -> None:
    """Write text as UTF-8, whatever the locale is. Raises UsageError if it cannot be written."""
    if stream is None:
        raise UsageError("standard output is closed; write to a file with `--output-file FILE`")
    try:
        stream.flush()
        stream.buffer.write(text.encode("utf-8", "replace"))
        stream.buffer.flush()
    except BrokenPipeError:
        _discard(stream)
    except OSError as error:
        _discard(stream)
        raise UsageError(f"cannot write the output: {error.strerror}") from None


def flush() -> None:
    """Flush both streams, so that Python does not report a failed flush when it exits."""
    for stream in (sys.stdout, sys.stderr):
        # The client of a server may have closed it already.
        if stream is not None and not stream.closed:  # pyright: ignore[reportUnnecessaryComparison]
            try:
                stream.flush()
            except OSError:
                _discard(stream)


def _discard(stream: TextIO) -> None:
    """Discard everything that is still written to the stream."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
