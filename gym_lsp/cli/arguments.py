"""The arguments of `gym-lsp`, parsed into `Options`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn, get_args

from msgspec import convert

from gym_lsp import __version__
from gym_lsp.cli.failure import EXIT_USAGE
from gym_lsp.cli.options import BY_NAME, RUN_VALUES, SELECTORS, Command, ComponentName, GraphFormat, Options
from gym_lsp.diagnostic import Severity
from gym_lsp.project import NAME
from gym_lsp.reporters import FORMATS
from gym_lsp.scaffold.request import KINDS
from gym_lsp.workspace.setting_types import FAILURES

_COMMANDS: tuple[Command, ...] = ("check", "list", "resolve", "graph", "explain", "json_schema", "new")
"""The commands that are arguments."""
_COMPONENTS: tuple[ComponentName, ...] = get_args(ComponentName)
_GRAPHS: tuple[GraphFormat, ...] = get_args(GraphFormat)
_SEVERITIES = {severity.label: severity for severity in Severity}
_OF_RUNS: tuple[Command, ...] = ("check", "resolve", "graph")
_OF_TREES: tuple[Command, ...] = ("check", "list", "resolve", "graph", "json_schema", "new")
ACCEPTED_BY: Mapping[str, tuple[Command, ...]] = {
    "paths": _OF_RUNS,
    "watch": ("check",),
    "list": ("list",),
    "tcp": ("serve",),
    "stdio": ("serve",),
    "explain": ("explain",),
    "config": _OF_RUNS,
    "recipe": _OF_RUNS,
    **dict.fromkeys(BY_NAME, _OF_RUNS),
    **dict.fromkeys(("resources_server", "environment", "agent"), (*_OF_RUNS, "new")),
    "domain": ("new",),
    "provider": ("new",),
    "standalone": ("check",),
    "rows": ("check",),
    "docs": ("check",),
    "search_dir": _OF_TREES,
    "gym_root": _OF_TREES,
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
    "format": ("check", "list", "graph"),
    "output_file": _COMMANDS,
    "show": ("check",),
    "statistics": ("check",),
    "show_files": ("check",),
}
"""The commands that accept each option; an option that is not listed here works with all commands."""
EXCLUSIVE = (
    ("config", "standalone"),
    ("config", "recipe"),
    ("recipe", "standalone"),
    *((name, other) for name in BY_NAME for other in ("recipe", "standalone", "docs", "show_files")),
    ("rows", "watch"),
    ("rows", "fix"),
    ("rows", "diff"),
    ("rows", "show_files"),
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
)
"""Pairs of options that cannot be used together."""
_A_RUN = "at least one `--config`, or a name such as `--environment NAME`"
_LAST_PORT = 0xFFFF
_SIMILAR = 0.75
"""How similar a suggestion has to be to the unknown argument, from 0 to 1; the dashes make all options a bit alike."""

_USAGE = "gym-lsp [COMMAND] [OPTIONS] [PATH | KEY=VALUE ...]"
_DESCRIPTION = """\
Check NVIDIA NeMo Gym configs, or serve an editor.

  gym-lsp --check                            check all configs in this folder
  gym-lsp --check --standalone environments  check each config as its own run
  gym-lsp --check --config A --config B      check the run of two root configs
  gym-lsp --check --environment NAME         check a run by its name
  gym-lsp --check --recipe R                 check the run in a training recipe
  gym-lsp --resolve --config A --provenance  print each value and its source
  gym-lsp --graph --config A                 print a graph of the servers
  gym-lsp --new environment NAME             write a new environment
  gym-lsp                                    serve an editor over stdio
"""
_EPILOG = """\
Exit codes: 0 success, 1 findings, 2 invalid argument or setting,
3 internal failure of gym-lsp
"""


def parse_arguments(arguments: Sequence[str]) -> Options:
    """Parse the command line. If it is wrong, end the process with exit code 2, as argparse does."""
    parser = _parser()
    parsed, unknown = parser.parse_known_intermixed_args(arguments)
    if unknown:
        parser.reject(unknown[0])
    chosen = [command for command in _COMMANDS if _is_given(parsed, command)]
    if len(chosen) > 1:
        first, second = map(_flag, chosen[:2])
        parser.error(f"{first} and {second} cannot be used together")
    values = vars(parsed) | {
        "command": chosen[0] if chosen else "serve",
        "fail_on": FAILURES.get(parsed.fail_on),
        "show": _SEVERITIES.get(parsed.show),
    }
    # The values of argparse have no types; this checks them.
    options = convert(values, Options)
    _reject_unaccepted(parser, options)
    _reject_contradictions(parser, options)
    return options


def _reject_unaccepted(parser: _Parser, options: Options) -> None:
    """End with exit code 2 if the command does not accept an argument."""
    if options.paths and options.command == "serve":
        first = options.paths[0]
        if parser.knows(f"--{first}"):
            parser.error(f"unknown command `{first}`; did you mean `--{first}`?")
        parser.error(f"missing command; to check {first}, run `gym-lsp --check {first}`")
    for name, commands in ACCEPTED_BY.items():
        if options.command not in commands and _is_given(options, name):
            given = options.paths[0] if name == "paths" else _flag(name)
            if commands == ("serve",):
                parser.error(f"{given} and {_flag(options.command)} cannot be used together")
            parser.error(f"{given} can only be used with {_alternatives(map(_flag, commands))}")


def _reject_contradictions(parser: _Parser, options: Options) -> None:
    """End with exit code 2 if an option is missing, or if two arguments cannot be used together."""
    for first, second in EXCLUSIVE:
        if _is_given(options, first) and _is_given(options, second):
            parser.error(f"{_flag(first)} and {_flag(second)} cannot be used together")
    if options.command in ("resolve", "graph") and not options.names_run:
        parser.error(f"{_flag(options.command)} needs {_A_RUN}, or a `--recipe`")
    for name in RUN_VALUES:
        if _is_given(options, name) and not options.names_run and options.command != "new":
            parser.error(f"{_flag(name)} needs {_A_RUN}")
    for name in SELECTORS:
        if not all(getattr(options, name)):
            # An empty variable in a CI job must not silently check another run.
            parser.error(f"{_flag(name)} needs a name")
    if (options.unsafe_fixes or options.show_fixes) and not (options.fix or options.diff):
        given = "unsafe_fixes" if options.unsafe_fixes else "show_fixes"
        parser.error(f"{_flag(given)} can only be used with `--fix` or `--diff`")
    _reject_format(parser, options)
    if options.stdin_filename and options.paths != ("-",):
        parser.error("`--stdin-filename` can only be used with `-` as the only path")
    if "-" in options.paths and options.command == "check" and not options.names_run:
        if options.watch:
            parser.error("`--watch` cannot check a config from stdin")
        if len(options.paths) > 1:
            parser.error("`-` reads a config from stdin and cannot be combined with other paths")


def _reject_format(parser: _Parser, options: Options) -> None:
    printer = (
        "show_files"
        if options.show_files
        else "diff"
        if options.diff
        else "statistics"
        if options.statistics
        else options.command
    )
    formats = {"check": tuple(FORMATS), "list": ("full", "json"), "graph": _GRAPHS}.get(printer, ("full",))
    if options.format not in (None, *formats):
        expected = f"{'one of ' if len(formats) > 1 else ''}{', '.join(f'`{each}`' for each in formats)}"
        parser.error(f"{_flag(printer)} cannot print `--format {options.format}`; expected {expected}")


def _is_given(values: Options | argparse.Namespace, name: str) -> bool:
    # An empty text is given: `--explain` without a rule is one.
    return getattr(values, name) not in (None, False, ())


def _flag(name: str) -> str:
    return f"`--{name.replace('_', '-')}`"


def _alternatives(alternatives: Iterable[str]) -> str:
    """Join alternatives as a sentence lists them: `a, b or c`."""
    *first, last = alternatives
    return f"{', '.join(first)} or {last}" if first else last


def _address(given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"invalid address `{given}`; expected HOST:PORT, such as 127.0.0.1:2087")
    return host, int(port)


class _Parser(argparse.ArgumentParser):
    """A parser that prints its error without the long usage text."""

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ")
        self.exit(EXIT_USAGE, f"gym-lsp: {message}\ngym-lsp: run `gym-lsp --help` to list all options\n")

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Reject an unknown value in the words of the other messages. The original is argparse's."""
        if action.choices is not None and value not in action.choices:
            expected = ", ".join(f"`{choice}`" for choice in action.choices)
            raise argparse.ArgumentError(action, f"invalid value `{value}`; expected one of {expected}")

    def knows(self, flag: str) -> bool:
        return flag in self._option_string_actions

    def reject(self, unknown: str) -> NoReturn:
        """End with exit code 2 because the argument is unknown."""
        from difflib import get_close_matches  # costs a millisecond that only a mistake should pay

        flag = unknown.partition("=")[0]
        near = get_close_matches(flag, self._option_string_actions, n=1, cutoff=_SIMILAR)
        self.error(f"unknown option `{flag}`" + (f"; did you mean `{near[0]}`?" if near else ""))


def _parser() -> _Parser:
    parser = _Parser(
        prog=NAME,
        usage=_USAGE,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    _add_commands(parser)
    _add_input(parser)
    _add_names(parser)
    _add_new(parser)
    _add_findings(parser)
    _add_fixing(parser)
    _add_output(parser)
    return parser


def _add_commands(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Commands")
    group.add_argument("--check", action="store_true", help="report mistakes in configs")
    group.add_argument("--watch", action="store_true", help="with --check: check again whenever a file changes")
    kinds = ", ".join(_COMPONENTS)
    group.add_argument("--list", choices=_COMPONENTS, metavar="KIND", help=f"list components: {kinds}")
    group.add_argument("--resolve", action="store_true", help="print the composed configuration of a run")
    graph = "print a graph of the servers of a run and their references"
    group.add_argument("--graph", action="store_true", help=graph)
    group.add_argument("--json-schema", action="store_true", help="print a JSON Schema of configs")
    explain = "print the page of a rule; without RULE, list all rules"
    group.add_argument("--explain", nargs="?", const="", metavar="RULE", help=explain)
    new = "write the files of a new component: " + ", ".join(KINDS)
    group.add_argument("--new", nargs=2, default=(), metavar=("KIND", "NAME"), help=new)
    group.add_argument("--stdio", action="store_true", help="serve an editor over stdio, the default without a command")
    tcp = "serve an editor over TCP, for debugging"
    group.add_argument("--tcp", type=_address, metavar="HOST:PORT", help=tcp)
    group.add_argument("--version", action="version", version=f"gym-lsp {__version__}", help="print the version")
    group.add_argument("--help", "-h", action="help", help="print this help")


def _add_input(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Input")
    paths = "files and folders to check; for one run: overrides"
    group.add_argument("paths", nargs="*", metavar="PATH | KEY=VALUE", help=paths)
    group.add_argument("--config", action="append", default=[], metavar="FILE", help="a root config of the run")
    recipe = "the run that a training recipe embeds"
    group.add_argument("--recipe", metavar="FILE", help=recipe)
    group.add_argument("--standalone", action="store_true", help="check each config as its own run")
    rows = "also check the rows of the datasets that the configs name"
    group.add_argument("--rows", action="store_true", help=rows)
    docs = "also check commands in shell scripts, and commands and configs in Markdown"
    group.add_argument("--docs", action="store_true", help=docs)
    search_dir = "look up relative paths in this folder first"
    group.add_argument("--search-dir", action="append", default=[], metavar="DIR", help=search_dir)
    gym_root = "the NeMo Gym to check against: a checkout or site-packages"
    group.add_argument("--gym-root", metavar="DIR", help=gym_root)
    stdin_filename = "with - as PATH: the file name of the config on stdin"
    group.add_argument("--stdin-filename", metavar="FILE", help=stdin_filename)
    cache = "keep answers in this folder, and check again only what has changed"
    group.add_argument("--cache", metavar="DIR", help=cache)


def _add_names(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Runs by name, as in `gym env start` and `gym eval run`")
    for name in SELECTORS:
        what = f"the config of this {name.replace('_', ' ').removesuffix(' type')}"
        group.add_argument(
            _flag(name).strip("`"), action="append", default=[], metavar="NAME", help=f"{what}: NAME or NAME/VARIANT"
        )
    group.add_argument("--agent", "-a", metavar="NAME", help="short for +agent_name=NAME")
    group.add_argument("--model", "-m", metavar="MODEL", help="short for +policy_model_name=MODEL")
    group.add_argument("--model-url", metavar="URL", help="short for +policy_base_url=URL")
    group.add_argument("--model-api-key", metavar="KEY", help="short for +policy_api_key=KEY")
    pairing = "short for +allow_unsupported_pairing=true"
    group.add_argument("--allow-unsupported-pairing", action="store_true", help=pairing)


def _add_new(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("New components")
    group.add_argument("--domain", metavar="DOMAIN", help="with --new: the kind of task; default: other")
    provider = "with --new sandbox: the sandbox provider; default: docker"
    group.add_argument("--provider", metavar="NAME", help=provider)


def _add_findings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Findings")
    select = "check only these rules, separated by commas"
    group.add_argument("--select", action="append", default=[], metavar="RULES", help=select)
    ignore = "skip these rules, separated by commas"
    group.add_argument("--ignore", action="append", default=[], metavar="RULES", help=ignore)
    group.add_argument("--baseline", metavar="FILE", help="hide the findings that are recorded in this file")
    group.add_argument("--write-baseline", metavar="FILE", help="record all current findings in this file")
    fail_on = "lowest severity that causes exit code 1; default: error"
    group.add_argument("--fail-on", choices=tuple(FAILURES), help=fail_on)
    group.add_argument("--exit-zero", action="store_true", help="exit with code 0 even if there are findings")


def _add_fixing(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Fixing")
    group.add_argument("--fix", action="store_true", help="apply safe fixes and report the remaining findings")
    diff = "print the changes of --fix as a diff; exit code 1 if there are any"
    group.add_argument("--diff", action="store_true", help=diff)
    unsafe_fixes = "with --fix or --diff: also apply unsafe fixes; skip findings with several"
    group.add_argument("--unsafe-fixes", action="store_true", help=unsafe_fixes)
    group.add_argument("--show-fixes", action="store_true", help="with --fix or --diff: list the applied fixes")


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Output")
    formats = f"of findings: {', '.join(FORMATS)}; of a list: full, json; of a graph: {', '.join(_GRAPHS)}"
    group.add_argument("--format", choices=(*FORMATS, *_GRAPHS), metavar="FORMAT", help=formats)
    group.add_argument("--output-file", metavar="FILE", help="write to this file instead of stdout")
    show = "lowest severity to show; default: warning for full, concise and github, otherwise hint"
    group.add_argument("--show", choices=tuple(_SEVERITIES), help=show)
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule")
    show_files = "list the files of a check, and why some are not checked, instead of the findings"
    group.add_argument("--show-files", action="store_true", help=show_files)
    group.add_argument("--provenance", action="store_true", help="with --resolve: add the source of each value")
    color = "when to use colours; default: auto, only on a terminal"
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help=color)
    group.add_argument("--quiet", "-q", action="store_true", help="do not print progress and notes")
