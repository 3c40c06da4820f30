"""The command line: arguments in, exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from gym_lsp.cli.failure import EXIT_INTERNAL, UsageError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `gym-lsp` and give its exit code: 0 clean, 1 findings, 2 usage or settings, 3 internal failure."""
    from gym_lsp.cli.arguments import parse_arguments

    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        code = options.command(options)
        # A server's client may have closed it already.
        if not sys.stdout.closed:
            sys.stdout.flush()
        return code
    except UsageError as error:
        print(f"gym-lsp: {error}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        # Whoever read the output has seen enough; what Python would say about it at exit is of no use.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last line of defence, so that a failure is never taken for "clean"
        _report_failure(error)
        return EXIT_INTERNAL


def _report_failure(error: Exception) -> None:
    import traceback

    print(f"gym-lsp: internal failure: {type(error).__name__}: {error}", file=sys.stderr)
    if os.environ.get("GYM_LSP_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        print(f"  in {frame.name}, line {frame.lineno} of {os.path.basename(frame.filename)}", file=sys.stderr)
        print("  This is a bug of gym-lsp. GYM_LSP_DEBUG=1 shows where it comes from.", file=sys.stderr)
