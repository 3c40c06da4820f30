"""The command line: arguments in, exit code out."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INTERNAL, EXIT_INTERRUPTED, UsageError
from gym_lsp.cli.streams import say, say_line, settle

__all__ = ["main", "run"]


def run() -> NoReturn:
    """The process `gym-lsp`: what `main` does, and the end of the process."""
    # What is imported and read stays: to look for garbage among all of it would only take time. What runs for long, or
    # leaves garbage behind, turns this on again.
    gc.disable()
    code = main()
    if code in (EXIT_CLEAN, EXIT_FINDINGS):
        # All is written, and to take a tree of configs apart again, object by object, takes a tenth of its check.
        os._exit(code)
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `gym-lsp` and give its exit code: 0 clean, 1 findings, 2 usage or settings, 3 internal failure.

    Raises SystemExit, with code 0 or 2, where the arguments ask for help or are wrong.
    """
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        say(str(error))
        return error.code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence, so that a failure is never taken for "clean"
        _report_failure(error)
        return EXIT_INTERNAL
    finally:
        settle()


def _run(arguments: Sequence[str]) -> int:
    from gym_lsp.cli.arguments import parse_arguments

    options = parse_arguments(arguments)
    return options.command(options)


def _report_failure(error: Exception) -> None:
    import traceback

    say(f"internal failure: {type(error).__name__}: {error}")
    if os.environ.get("GYM_LSP_DEBUG"):
        say_line("".join(traceback.format_exception(error)).rstrip())
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        say_line(f"  in {frame.name}, line {frame.lineno} of {os.path.basename(frame.filename)}")
        say_line("  This is a bug of gym-lsp. GYM_LSP_DEBUG=1 shows where it comes from.")
