"""The arguments of `gym-lsp`, parsed into `Options`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from msgspec import convert

from gym_lsp.cli.options import BY_NAME, RUN_VALUES, SELECTORS, Command, Options
from gym_lsp.cli.parser import GRAPHS, SEVERITIES, Parser, expected_one_of, make_parser
from gym_lsp.files import Disk, absolute
from gym_lsp.reporters import FORMATS
from gym_lsp.workspace.setting_types import FAILURES

_COMMANDS: tuple[Command, ...] = (
    "check",
    "list",
    "resolve",
    "graph",
    "explain",
    "json_schema",
    "new",
    "print_completion",
    "mcp",
)
"""The commands that are arguments."""
_OF_RUNS: tuple[Command, ...] = ("check", "resolve", "graph")
_OF_TREES: tuple[Command, ...] = ("check", "list", "resolve", "graph", "json_schema", "new", "mcp")
ACCEPTED_BY: Mapping[str, tuple[Command, ...]] = {
    "watch": ("check",),
    "list": ("list",),
    "mcp": ("mcp",),
    "tcp": ("serve",),
    "stdio": ("serve",),
    "explain": ("explain",),
    "print_completion": ("print_completion",),
    "config": _OF_RUNS,
    "recipe": _OF_RUNS,
    **dict.fromkeys(BY_NAME, _OF_RUNS),
    **dict.fromkeys(("resources_server", "environment", "agent"), (*_OF_RUNS, "new")),
    "new": ("new",),
    "domain": ("new",),
    "provider": ("new",),
    "standalone": ("check",),
    "rows": ("check",),
    "docs": ("check",),
    "search_dir": _OF_TREES,
    "gym_root": _OF_TREES,
    "exclude": _OF_TREES,
    "settings": _OF_TREES,
    "isolated": _OF_TREES,
    "stdin_filename": ("check",),
    "cache": ("check",),
    "provenance": ("resolve",),
    "select": ("check",),
    "ignore": ("check",),
    "baseline": ("check",),
    "write_baseline": ("check",),
    "fail_on": ("check",),
    "exit_zero": ("check",),
    "fix": ("check",),
    "diff": ("check",),
    "unsafe_fixes": ("check",),
    "show_fixes": ("check",),
    "add_ignores": ("check",),
    "reason": ("check",),
    "layer": ("graph",),
    "format": ("check", "list", "resolve", "graph", "explain"),
    "output_file": tuple(command for command in _COMMANDS if command != "mcp"),
    "show": ("check",),
    "statistics": ("check",),
    "show_files": ("check",),
    "show_settings": ("check",),
    "paths": (*_OF_RUNS, "mcp"),
}
"""The commands that accept each option; an option that is not listed here works with all commands."""
_INSTEAD_OF_FINDINGS = ("fix", "diff", "statistics", "show_files")
EXCLUSIVE = (
    ("config", "standalone"),
    ("config", "recipe"),
    ("recipe", "standalone"),
    *((name, other) for name in BY_NAME for other in ("recipe", "standalone", "docs", "show_files")),
    ("rows", "watch"),
    ("docs", "config"),
    ("docs", "recipe"),
    ("docs", "watch"),
    ("docs", "show_files"),
    ("docs", "stdin_filename"),
    ("watch", "fix"),
    ("watch", "diff"),
    ("watch", "write_baseline"),
    ("cache", "watch"),
    ("cache", "fix"),
    ("cache", "diff"),
    ("cache", "show_files"),
    ("cache", "stdin_filename"),
    ("diff", "write_baseline"),
    ("diff", "statistics"),
    ("show_files", "config"),
    ("show_files", "recipe"),
    ("show_files", "watch"),
    ("show_files", "fix"),
    ("show_files", "diff"),
    ("show_files", "write_baseline"),
    ("show_files", "statistics"),
    ("settings", "isolated"),
    *(("show_settings", other) for other in (*_INSTEAD_OF_FINDINGS, "baseline", "write_baseline", "watch", "cache")),
    *(("show_settings", other) for other in ("rows", "docs", "stdin_filename")),
    *(("add_ignores", other) for other in (*_INSTEAD_OF_FINDINGS, "baseline", "write_baseline", "watch", "cache")),
    *(("add_ignores", other) for other in ("rows", "docs", "stdin_filename", "show_settings")),
)
"""Pairs of options that cannot be used together."""
_WITH_JSON = ("list", "resolve", "explain", "statistics", "show_settings")
"""What can be printed as text or as JSON."""
_A_RUN = "at least one `--config`, or a name such as `--environment NAME`"


def parse_arguments(arguments: Sequence[str]) -> Options:
    """Parse the command line. If it is wrong, end the process with exit code 2, as argparse does."""
    parser = make_parser()
    parsed, unknown = parser.parse_known_intermixed_args(arguments)
    if unknown:
        parser.reject(unknown[0])
    values = vars(parsed) | {
        "command": _command(parser, parsed),
        "fail_on": FAILURES.get(parsed.fail_on),
        "show": SEVERITIES.get(parsed.show),
    }
    # The values of argparse have no types; this checks them.
    options = convert(values, Options)
    _reject_unaccepted(parser, options, arguments)
    _reject_contradictions(parser, options)
    return options


def _command(parser: Parser, parsed: argparse.Namespace) -> Command:
    """Return the command: the given one, or `check` if an option is given that is only for it."""
    chosen: list[Command] = [command for command in _COMMANDS if is_given(parsed, command)]
    if len(chosen) > 1:
        first, second = map(_flag, chosen[:2])
        parser.error(f"{first} and {second} cannot be used together")
    if chosen:
        return chosen[0]
    if is_given(parsed, "stdio") or is_given(parsed, "tcp"):
        return "serve"
    is_check = any(commands == ("check",) and is_given(parsed, name) for name, commands in ACCEPTED_BY.items())
    return "check" if is_check else "serve"


def _reject_unaccepted(parser: Parser, options: Options, arguments: Sequence[str]) -> None:
    """End with exit code 2 if the command does not accept an argument."""
    first = options.paths[0] if options.paths and not options.names_run else ""
    if parser.knows(f"--{first}") and Disk().kind(absolute(first)) is None:
        parser.error(f"unknown command `{first}`; did you mean `--{first}`?")
    if first and options.command == "serve":
        parser.error(f"missing command; to check {first}, run `gym-lsp --check {first}`")
    unaccepted = [name for name, commands in ACCEPTED_BY.items() if options.command not in commands]
    for name in unaccepted:
        if is_given(options, name):
            _reject_unaccepted_option(parser, options, name, arguments)


def _reject_unaccepted_option(parser: Parser, options: Options, name: str, arguments: Sequence[str]) -> NoReturn:
    commands = ACCEPTED_BY[name]
    given = _without_value(options.paths[0]) if name == "paths" else _flag(name)
    if commands == ("serve",):
        parser.error(f"{given} and {_flag(options.command)} cannot be used together")
    message = f"{given} can only be used with {_alternatives(map(_flag, commands))}"
    meant = _meant(options) if options.command == "serve" else None
    if meant is not None:
        message += f"; did you mean `{_typed(meant, arguments)}`?"
    parser.error(message)


def _without_value(argument: str) -> str:
    """Return an override without its value, which can be a secret."""
    key, equals, _ = argument.partition("=")
    return f"{key}=..." if equals else key


def _typed(command: Command, arguments: Sequence[str]) -> str:
    """Return the command line with its missing command, and without arguments that can contain a secret."""
    from shlex import join  # costs a millisecond that only a mistake should pay

    start = f"gym-lsp {_flag(command).strip('`')}"
    can_contain_secret = any("=" in each or each == "--model-api-key" for each in arguments)
    return f"{start} ..." if can_contain_secret else f"{start} {join(arguments)}"


def _meant(options: Options) -> Command | None:
    """Return the first command without arguments of its own that accepts everything that is given."""
    given = [commands for name, commands in ACCEPTED_BY.items() if is_given(options, name)]
    candidates: tuple[Command, ...] = ("check", "resolve", "graph", "json_schema")
    return next((command for command in candidates if all(command in commands for commands in given)), None)


def _reject_contradictions(parser: Parser, options: Options) -> None:
    """End with exit code 2 if an option is missing, or if two arguments cannot be used together."""
    for first, second in EXCLUSIVE:
        if is_given(options, first) and is_given(options, second):
            parser.error(f"{_flag(first)} and {_flag(second)} cannot be used together")
    if options.command in ("resolve", "graph") and not (options.names_run or options.paths):
        parser.error(f"{_flag(options.command)} needs a config or a recipe, or a name such as `--environment NAME`")
    for name in RUN_VALUES:
        is_named = options.names_run or (options.paths and options.command != "check") or options.command == "new"
        if is_given(options, name) and not is_named:
            parser.error(f"{_flag(name)} needs {_A_RUN}")
    for name in SELECTORS:
        if not all(getattr(options, name)):
            # An empty variable in a CI job must not silently check another run.
            parser.error(f"{_flag(name)} needs a name")
    if (options.unsafe_fixes or options.show_fixes) and not (options.fix or options.diff):
        given = "unsafe_fixes" if options.unsafe_fixes else "show_fixes"
        parser.error(f"{_flag(given)} can only be used with `--fix` or `--diff`")
    if options.reason is not None and not options.add_ignores:
        parser.error("`--reason` can only be used with `--add-ignores`")
    _reject_format(parser, options)
    if options.command == "mcp" and len(options.paths) > 1:
        parser.error("`--mcp` serves one folder; remove the other paths")
    if options.stdin_filename and options.paths != ("-",):
        parser.error("`--stdin-filename` can only be used with `-` as the only path")
    if "-" in options.paths and options.command == "check" and not options.names_run:
        if options.watch:
            parser.error("`--watch` cannot check a config from stdin")
        if len(options.paths) > 1:
            parser.error("`-` reads a config from stdin and cannot be combined with other paths")


def _reject_format(parser: Parser, options: Options) -> None:
    printers = ("show_files", "show_settings", "diff", "statistics")
    printer = next((name for name in printers if is_given(options, name)), options.command)
    formats = {"check": tuple(FORMATS), "graph": GRAPHS}.get(printer)
    if formats is None:
        formats = ("full", "json") if printer in _WITH_JSON else ("full",)
    if options.format not in (None, *formats):
        expected = expected_one_of(options.format or "", formats)
        parser.error(f"{_flag(printer)} cannot print `--format {options.format}`; {expected}")


def is_given(values: Options | argparse.Namespace, name: str) -> bool:
    """Whether an option has another value than its default."""
    # An empty text is given: `--explain` without a rule is one.
    return getattr(values, name) not in (None, False, (), [])


def _flag(name: str) -> str:
    return f"`--{name.replace('_', '-')}`"


def _alternatives(alternatives: Iterable[str]) -> str:
    """Join alternatives as a sentence lists them: `a, b or c`."""
    *first, last = alternatives
    return f"{', '.join(first)} or {last}" if first else last
