"""The arguments of `gym-lsp`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NoReturn

from msgspec import Struct

from gym_lsp import __version__
from gym_lsp.cli.failure import EXIT_USAGE
from gym_lsp.cli.streams import say
from gym_lsp.diagnostic import Severity
from gym_lsp.reporters import FORMATS
from gym_lsp.workspace.setting_shapes import FAILURES

GRAPHS = ("mermaid", "dot", "svg")
"""The formats of a graph, the default first."""
LISTS = ("environments", "agents", "models", "resources-servers", "benchmarks")
COMMANDS = ("check", "list", "resolve", "graph", "explain", "json_schema")
_OF_RUNS = ("check", "resolve", "graph")
_OF_TREES = ("check", "list", "resolve", "graph", "json_schema")
GOES_WITH: Mapping[str, tuple[str, ...]] = {
    "paths": _OF_RUNS,
    "watch": ("check",),
    "tcp": ("serve",),
    "stdio": ("serve",),
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
    "output_file": COMMANDS,
    "show": ("check",),
    "statistics": ("check",),
}
"""What each argument has an effect on; `serve` is what happens without a command. The others go with everything."""
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


class Options(Struct, frozen=True):
    """What was asked for. `command` carries it out and gives the exit code."""

    command: Callable[[Options], int]
    arguments: argparse.Namespace


def parse_arguments(arguments: Sequence[str]) -> Options:
    """Read the command line. Ends the process with exit code 2 where it is wrong, as argparse does."""
    parser = _parser()
    parsed, unknown = parser.parse_known_intermixed_args(arguments)
    if unknown:
        parser.reject(unknown[0])
    return Options(_command(parser, parsed), parsed)


def _command(parser: _Parser, parsed: argparse.Namespace) -> Callable[[Options], int]:
    chosen = [flag for flag in COMMANDS if _is_given(parsed, flag)]
    if len(chosen) > 1:
        first, second = map(_flag, chosen[:2])
        parser.error(f"{first} and {second} exclude each other")
    _reject_idle(parser, parsed, chosen[0] if chosen else "serve")
    match chosen:
        case ["check"]:
            _reject_contradictions(parser, parsed)
            if parsed.watch:
                from gym_lsp.cli.watching import watch

                return watch
            from gym_lsp.cli.checking import check

            return check
        case ["list"]:
            if parsed.format not in (None, "full", "json"):
                parser.error(f"--list gives a table or json, not {parsed.format}")
            from gym_lsp.cli.listing import list_components

            return list_components
        case ["resolve"]:
            if not parsed.config:
                parser.error("--resolve needs at least one --config")
            from gym_lsp.cli.resolving import resolve

            return resolve
        case ["graph"]:
            if not parsed.config:
                parser.error("--graph needs at least one --config")
            if parsed.format not in (None, *GRAPHS):
                parser.error(f"--graph gives {', '.join(GRAPHS)}, not {parsed.format}")
            from gym_lsp.cli.graphing import graph

            return graph
        case ["explain"]:
            from gym_lsp.cli.explaining import explain

            return explain
        case ["json_schema"]:
            from gym_lsp.cli.describing import describe

            return describe
        case _:
            return _serve(parser, parsed)


def _reject_idle(parser: _Parser, parsed: argparse.Namespace, command: str) -> None:
    """End with exit code 2 where an argument would be without effect."""
    if parsed.paths and command == "serve":
        first = parsed.paths[0]
        if parser.knows(f"--{first}"):
            parser.error(f"what to do begins with two dashes: `gym-lsp --{first}`")
        parser.error(f"say what to do with {first}; `gym-lsp --check {first}` checks it")
    for name, commands in GOES_WITH.items():
        if command not in commands and _is_given(parsed, name):
            given = parsed.paths[0] if name == "paths" else _flag(name)
            if commands == ("serve",):
                parser.error(f"{given} serves an editor, and {_flag(command)} does not")
            parser.error(f"{given} goes with {_alternatives(commands)}")


def _reject_contradictions(parser: _Parser, parsed: argparse.Namespace) -> None:
    """End with exit code 2 where the arguments of a check do not go together."""
    if parsed.standalone and parsed.config:
        parser.error("--standalone goes with paths, not with --config")
    if parsed.watch and (parsed.fix or parsed.diff or parsed.write_baseline or "-" in parsed.paths):
        parser.error("--watch reports what is wrong with files, again and again, and changes or writes none of them")
    if (parsed.unsafe_fixes or parsed.show_fixes) and not (parsed.fix or parsed.diff):
        parser.error("--unsafe-fixes and --show-fixes go with --fix or --diff")
    if parsed.diff and parsed.write_baseline:
        parser.error("--diff shows a diff and no findings, so there is nothing to --write-baseline")
    if parsed.diff and parsed.statistics:
        parser.error("--diff shows a diff and no findings, so there is nothing for --statistics to count")
    if parsed.format in GRAPHS:
        parser.error(f"--format {parsed.format} goes with --graph")
    table = "--diff" if parsed.diff else "--statistics" if parsed.statistics else None
    if table and parsed.format not in (None, "full"):
        parser.error(f"{table} is for reading and has no --format {parsed.format}")
    if parsed.stdin_filename and parsed.paths != ["-"]:
        parser.error("--stdin-filename goes with - as the only PATH")
    if "-" in parsed.paths and len(parsed.paths) > 1:
        parser.error("- reads one config from stdin and stands alone")


def _is_given(parsed: argparse.Namespace, name: str) -> bool:
    # An empty text is given: `--explain` without a rule is one.
    return getattr(parsed, name) not in (None, False, [])


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _alternatives(commands: Iterable[str]) -> str:
    """The commands as a sentence lists them: `--check, --resolve or --graph`."""
    *first, last = map(_flag, commands)
    return f"{', '.join(first)} or {last}" if first else last


def _serve(parser: _Parser, parsed: argparse.Namespace) -> Callable[[Options], int]:
    """Without a command, `gym-lsp` serves an editor."""
    address = _address(parser, parsed.tcp)

    def command(options: Options) -> int:
        if address is None and sys.stdin.isatty():
            say("an editor is expected to speak here; `gym-lsp --check` checks, `gym-lsp --help` tells more")
        from gym_lsp.server.app import serve

        return serve(address)

    return command


def _address(parser: _Parser, given: str | None) -> tuple[str, int] | None:
    if given is None:
        return None
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LAST_PORT:
        parser.error(f"--tcp {given}: write HOST:PORT, such as 127.0.0.1:2087")
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
    group.add_argument("--list", choices=LISTS, metavar="KIND", help=f"list what there is: {', '.join(LISTS)}")
    group.add_argument("--resolve", action="store_true", help="print the composed configuration of a run")
    group.add_argument("--graph", action="store_true", help="print what a run is made of, to be drawn")
    group.add_argument("--tcp", metavar="HOST:PORT", help="serve an editor over TCP instead of stdio, for debugging")
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
    formats = f"{', '.join(FORMATS)}; of a graph {', '.join(GRAPHS)}"
    group.add_argument("--format", choices=(*FORMATS, *GRAPHS), metavar="FORMAT", help=formats)
    group.add_argument("--output-file", metavar="FILE", help="write there instead of to stdout")
    group.add_argument(
        "--show",
        choices=tuple(severity.label for severity in Severity),
        help="the least severity to show; for reading, the default is warning, for machines, hint",
    )
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule instead")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours on a terminal")
    group.add_argument("--quiet", "-q", action="store_true", help="no progress and no notes on stderr")
