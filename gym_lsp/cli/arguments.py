"""The arguments of `gym-lsp`, parsed into `Options`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn, get_args

from msgspec import convert

from gym_lsp import __version__
from gym_lsp.cli.failure import EXIT_USAGE
from gym_lsp.cli.options import Command, ComponentName, GraphFormat, Options
from gym_lsp.diagnostic import Severity
from gym_lsp.reporters import FORMATS
from gym_lsp.workspace.setting_shapes import FAILURES

_COMMANDS: tuple[Command, ...] = ("check", "list", "resolve", "graph", "explain", "json_schema")
"""The commands that are arguments."""
_COMPONENTS: tuple[ComponentName, ...] = get_args(ComponentName)
_GRAPHS: tuple[GraphFormat, ...] = get_args(GraphFormat)
_SEVERITIES = {severity.label: severity for severity in Severity}
_OF_RUNS: tuple[Command, ...] = ("check", "resolve", "graph")
_OF_TREES: tuple[Command, ...] = ("check", "list", "resolve", "graph", "json_schema")
ACCEPTED_BY: Mapping[str, tuple[Command, ...]] = {
    "paths": _OF_RUNS,
    "watch": ("check",),
    "list": ("list",),
    "tcp": ("serve",),
    "stdio": ("serve",),
    "explain": ("explain",),
    "config": _OF_RUNS,
    "standalone": ("check",),
    "search_dir": _OF_TREES,
    "gym_root": _OF_TREES,
    "stdin_filename": ("check",),
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
}
"""The commands that accept each option; an option that is not listed here works with all commands."""
_LAST_PORT = 0xFFFF
_ALIKE = 0.75
"""How much of an argument has to be right; with its dashes, each is a little like all others."""

_USAGE = "gym-lsp [WHAT TO DO] [options] [PATH | KEY=VALUE ...]"
_DESCRIPTION = """\
Check NVIDIA NeMo Gym configs, or serve an editor.

  gym-lsp --check                            the configs below this folder
  gym-lsp --check --standalone environments  each config as a run of its own
  gym-lsp --check --config A --config B      the run that these two start
  gym-lsp --resolve --config A --provenance  each value of a run, and its place
  gym-lsp --graph --config A                 who talks to whom in a run
  gym-lsp                                    a language server, over stdio
"""
_EPILOG = """\
exit codes: 0 nothing that fails, 1 findings, 2 a wrong argument or setting,
3 gym-lsp itself failed
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
        parser.error(f"{first} and {second} exclude each other")
    values = vars(parsed) | {
        "command": chosen[0] if chosen else "serve",
        "fail_on": FAILURES.get(parsed.fail_on),
        "show": _SEVERITIES.get(parsed.show),
    }
    # argparse gives values without types; this checks them.
    options = convert(values, Options)
    _reject_unaccepted(parser, options)
    _reject_contradictions(parser, options)
    return options


def _reject_unaccepted(parser: _Parser, options: Options) -> None:
    """End with exit code 2 if the command does not accept an argument."""
    if options.paths and options.command == "serve":
        first = options.paths[0]
        if parser.knows(f"--{first}"):
            parser.error(f"what to do begins with two dashes: `gym-lsp --{first}`")
        parser.error(f"say what to do with {first}; `gym-lsp --check {first}` checks it")
    for name, commands in ACCEPTED_BY.items():
        if options.command not in commands and _is_given(options, name):
            given = options.paths[0] if name == "paths" else _flag(name)
            if commands == ("serve",):
                parser.error(f"{given} serves an editor, and {_flag(options.command)} does not")
            parser.error(f"{given} goes with {_alternatives(commands)}")


def _reject_contradictions(parser: _Parser, options: Options) -> None:
    """End with exit code 2 if an option is missing, or if two options cannot be used together."""
    if options.command in ("resolve", "graph") and not options.config:
        parser.error(f"{_flag(options.command)} needs at least one --config")
    if options.command == "list" and options.format not in (None, "full", "json"):
        parser.error(f"--list gives a table or json, not {options.format}")
    if options.command == "graph" and options.format not in (None, *_GRAPHS):
        parser.error(f"--graph gives {', '.join(_GRAPHS)}, not {options.format}")
    if options.command == "check" and options.format in _GRAPHS:
        parser.error(f"--format {options.format} goes with --graph")
    if options.standalone and options.config:
        parser.error("--standalone goes with paths, not with --config")
    if options.watch and (options.fix or options.diff or options.write_baseline or "-" in options.paths):
        parser.error("--watch reports what is wrong with files, again and again, and changes or writes none of them")
    if (options.unsafe_fixes or options.show_fixes) and not (options.fix or options.diff):
        parser.error("--unsafe-fixes and --show-fixes go with --fix or --diff")
    if options.diff and options.write_baseline:
        parser.error("--diff shows a diff and no findings, so there is nothing to --write-baseline")
    if options.diff and options.statistics:
        parser.error("--diff shows a diff and no findings, so there is nothing for --statistics to count")
    table = "--diff" if options.diff else "--statistics" if options.statistics else None
    if table and options.format not in (None, "full"):
        parser.error(f"{table} is for reading and has no --format {options.format}")
    if options.stdin_filename and options.paths != ("-",):
        parser.error("--stdin-filename goes with - as the only PATH")
    if "-" in options.paths and len(options.paths) > 1:
        parser.error("- reads one config from stdin and stands alone")


def _is_given(values: Options | argparse.Namespace, name: str) -> bool:
    # An empty text is given: `--explain` without a rule is one.
    return getattr(values, name) not in (None, False, ())


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _alternatives(commands: Iterable[str]) -> str:
    """The commands as a sentence lists them: `--check, --resolve or --graph`."""
    *first, last = map(_flag, commands)
    return f"{', '.join(first)} or {last}" if first else last


def _address(given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{given}: write HOST:PORT, such as 127.0.0.1:2087")
    return host, int(port)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong, and leaves out the twenty lines of usage that hide it."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"gym-lsp: {message}\ngym-lsp: `gym-lsp --help` lists the arguments\n")

    def knows(self, flag: str) -> bool:
        return flag in self._option_string_actions

    def reject(self, unknown: str) -> NoReturn:
        """End because there is no such argument."""
        from difflib import get_close_matches  # costs a millisecond that only a mistake should pay

        flag = unknown.partition("=")[0]
        near = get_close_matches(flag, self._option_string_actions, n=1, cutoff=_ALIKE)
        self.error(f"there is no argument {flag}" + (f"; did you mean {near[0]}?" if near else ""))


def _parser() -> _Parser:
    parser = _Parser(
        prog="gym-lsp",
        usage=_USAGE,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH | KEY=VALUE", help="files and folders, or overrides of a run")
    parser.add_argument("--version", action="version", version=f"gym-lsp {__version__}")
    _add_commands(parser)
    _add_question(parser)
    _add_selection(parser)
    _add_fixing(parser)
    _add_output(parser)
    return parser


def _add_commands(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what to do")
    group.add_argument("--check", action="store_true", help="report what is wrong")
    group.add_argument("--watch", action="store_true", help="with --check: report again whenever a file changes")
    kinds = f"list what there is: {', '.join(_COMPONENTS)}"
    group.add_argument("--list", choices=_COMPONENTS, metavar="KIND", help=kinds)
    group.add_argument("--resolve", action="store_true", help="print the composed configuration of a run")
    group.add_argument("--graph", action="store_true", help="print what a run is made of, to be drawn")
    tcp = "serve an editor over TCP instead of stdio, for debugging"
    group.add_argument("--tcp", type=_address, metavar="HOST:PORT", help=tcp)
    group.add_argument("--stdio", action="store_true", help="serve an editor over stdio, which is the default")
    group.add_argument("--json-schema", action="store_true", help="print the config language as a JSON Schema")
    group.add_argument("--explain", nargs="?", const="", metavar="RULE", help="print the page of a rule, or list them")


def _add_question(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("about what")
    group.add_argument("--config", action="append", default=[], metavar="FILE", help="a root config of the run")
    group.add_argument("--standalone", action="store_true", help="check each config as a run of its own")
    group.add_argument("--search-dir", action="append", default=[], metavar="DIR", help="look for configs here first")
    group.add_argument("--gym-root", metavar="DIR", help="the NeMo Gym to check against: a checkout or site-packages")
    group.add_argument("--stdin-filename", metavar="FILE", help="with - as PATH: what the text on stdin is called")
    group.add_argument("--provenance", action="store_true", help="with --resolve: where each value comes from")


def _add_selection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which findings")
    group.add_argument("--select", action="append", default=[], metavar="RULES", help="only these, comma separated")
    group.add_argument("--ignore", action="append", default=[], metavar="RULES", help="not these rules")
    group.add_argument("--baseline", metavar="FILE", help="leave out the findings that this file knows")
    group.add_argument("--write-baseline", metavar="FILE", help="write the present findings to a file")
    group.add_argument("--fail-on", choices=tuple(FAILURES), help="the least severity that gives exit code 1")
    group.add_argument("--exit-zero", action="store_true", help="give exit code 0 whatever is found")


def _add_fixing(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what to mend")
    group.add_argument("--fix", action="store_true", help="apply the fixes that are safe, and report what is left")
    group.add_argument("--diff", action="store_true", help="show what --fix would change; exit code 1 if anything")
    group.add_argument(
        "--unsafe-fixes", action="store_true", help="with these: also fixes to look at, where there is just one"
    )
    group.add_argument("--show-fixes", action="store_true", help="with these: list what was fixed")


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how to say it")
    formats = f"{', '.join(FORMATS)}; of a graph {', '.join(_GRAPHS)}"
    group.add_argument("--format", choices=(*FORMATS, *_GRAPHS), metavar="FORMAT", help=formats)
    group.add_argument("--output-file", metavar="FILE", help="write there instead of to stdout")
    group.add_argument(
        "--show",
        choices=tuple(_SEVERITIES),
        help="the least severity to show; for reading, the default is warning, for machines, hint",
    )
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule instead")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours on a terminal")
    group.add_argument("--quiet", "-q", action="store_true", help="no progress and no notes on stderr")
