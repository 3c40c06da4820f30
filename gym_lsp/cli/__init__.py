"""The command line: arguments in, exit code out."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INTERNAL, EXIT_INTERRUPTED, UsageError
from gym_lsp.cli.streams import flush, print_line, print_message

__all__ = ["main", "run"]


def run() -> NoReturn:
    """Run `main` and end the process: the entry point of the program `gym-lsp`."""
    # What is imported and read stays in use, so collecting garbage would only take time. Commands that run for long, or
    # leave garbage behind, turn it on again.
    gc.disable()
    code = main()
    if code in (EXIT_CLEAN, EXIT_FINDINGS):
        # Everything is written, and freeing all objects one by one would take a tenth of the time of the check.
        os._exit(code)
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `gym-lsp` and return its exit code: 0 clean, 1 findings, 2 usage or settings, 3 internal failure.

    Raises SystemExit with code 0 if the arguments ask for help, and with code 2 if they are wrong.
    """
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        print_message(str(error))
        return error.code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a failure must never be mistaken for a clean result
        _report_failure(error)
        return EXIT_INTERNAL
    finally:
        flush()


def _run(arguments: Sequence[str]) -> int:
    """Carry out the chosen command. Only its module is imported, so that a check does not pay for the others."""
    if not arguments:
        # An editor waits for the server, so this does not even import the parser of arguments.
        from gym_lsp.cli.serving import serve

        return serve()

    from gym_lsp.cli.arguments import parse_arguments

    options = parse_arguments(arguments)
    if options.paths and (
        options.command in ("resolve", "graph") or (options.command == "check" and options.names_run)
    ):
        from gym_lsp.cli.named_files import with_named_files

        options = with_named_files(options)
    if options.is_by_name:
        from gym_lsp.cli.naming import translated

        options = translated(options)
    match options.command:
        case "check" if options.watch:
            from gym_lsp.cli.watching import watch

            return watch(options)
        case "check" if options.cache is not None:
            from gym_lsp.cli.caching import check_with_cache

            return check_with_cache(options, options.cache)
        case "check":
            from gym_lsp.cli.checking import check

            return check(options)
        case "list":
            from gym_lsp.cli.listing import list_components

            return list_components(options)
        case "resolve":
            from gym_lsp.cli.resolving import resolve

            return resolve(options)
        case "graph":
            from gym_lsp.cli.graphing import graph

            return graph(options)
        case "explain":
            from gym_lsp.cli.explaining import explain

            return explain(options)
        case "json_schema":
            from gym_lsp.cli.describing import describe

            return describe(options)
        case "new":
            from gym_lsp.cli.creating import create

            return create(options)
        case "print_completion":
            from gym_lsp.cli.completing import print_completion

            return print_completion(options)
        case "mcp":
            from gym_lsp.cli.serving_agents import serve_agent

            return serve_agent(options)
        case "serve":
            from gym_lsp.cli.serving import serve

            return serve(options.tcp)


def _report_failure(error: Exception) -> None:
    import traceback

    from gym_lsp.compose.secrets import masked_text

    # An exception can contain a value of a config.
    print_message(masked_text(f"internal failure: {type(error).__name__}: {error}"))
    if os.environ.get("GYM_LSP_DEBUG"):
        print_line(masked_text("".join(traceback.format_exception(error)).rstrip()))
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        print_line(f"  in {frame.name}, line {frame.lineno} of {os.path.basename(frame.filename)}")
        print_line("  this is a bug in gym-lsp; set GYM_LSP_DEBUG=1 to print the traceback")
