"""The arguments of `gym-lsp`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

from gym_lsp import __version__
from gym_lsp.cli.failure import EXIT_USAGE
from gym_lsp.cli.streams import say
from gym_lsp.reporters import FORMATS

GRAPHS = ("mermaid", "dot", "svg")
"""The formats of a graph, the default first."""
LISTS = ("environments", "agents", "models", "resources-servers", "benchmarks")
_COMMANDS = ("check", "list", "resolve", "graph", "explain", "json_schema")

_DESCRIPTION = """\
Check NVIDIA NeMo Gym configs, or serve an editor.

  gym-lsp --check                              the configs below this folder
  gym-lsp --check --standalone environments    each config as a run of its own
  gym-lsp --check --config A --config B        the run that these arguments start
  gym-lsp --resolve --config A --provenance    what a run is made of, and from where
  gym-lsp --graph --config A --format mermaid  who talks to whom in a run
"""


class Options(NamedTuple):
    """What was asked for. `command` carries it out and gives the exit code."""

    command: Callable[[Options], int]
    arguments: argparse.Namespace


def parse_arguments(arguments: Sequence[str]) -> Options:
    """Read the command line. Ends the process with exit code 2 where it is wrong, as argparse does."""
    parser = _parser()
    parsed = parser.parse_intermixed_args(arguments)
    return Options(_command(parser, parsed), parsed)


def _command(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> Callable[[Options], int]:
    chosen = [flag for flag in _COMMANDS if getattr(parsed, flag) not in (None, False)]
    if len(chosen) > 1:
        first, second = (flag.replace("_", "-") for flag in chosen[:2])
        parser.error(f"--{first} and --{second} exclude each other")
    if parsed.standalone and (parsed.config or not parsed.check):
        parser.error("--standalone goes with --check and paths, without --config")
    _reject_idle(parser, parsed)
    match chosen:
        case ["check"] if parsed.watch:
            from gym_lsp.cli.watching import watch

            return watch
        case ["check"]:
            from gym_lsp.cli.checking import check

            return check
        case ["list"]:
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
            from gym_lsp.cli.graphing import graph

            return graph
        case ["explain"]:
            from gym_lsp.cli.explaining import explain

            return explain
        case ["json_schema"]:
            if parsed.paths or parsed.config:
                parser.error("--json-schema is about a release and not about configs; --gym-root names another release")
            from gym_lsp.cli.describing import describe

            return describe
        case _:
            return _serve(parser, parsed)


def _reject_idle(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> None:
    """End with exit code 2 where an argument would be without effect."""
    if (parsed.fix or parsed.diff) and not parsed.check:
        parser.error("--fix and --diff go with --check")
    if parsed.watch and not parsed.check:
        parser.error("--watch goes with --check")
    if parsed.watch and (parsed.fix or parsed.diff or parsed.write_baseline or "-" in parsed.paths):
        parser.error("--watch reports what is wrong with files, again and again, and changes or writes none of them")
    if (parsed.unsafe_fixes or parsed.show_fixes) and not (parsed.fix or parsed.diff):
        parser.error("--unsafe-fixes and --show-fixes go with --fix or --diff")
    if parsed.diff and parsed.write_baseline:
        parser.error("--diff shows a diff and no findings, so there is nothing to --write-baseline")
    if parsed.format in GRAPHS and not parsed.graph:
        parser.error(f"--format {parsed.format} goes with --graph")
    if parsed.graph and parsed.format not in (None, *GRAPHS):
        parser.error(f"--graph gives {', '.join(GRAPHS)}, not {parsed.format}")
    if parsed.provenance and not parsed.resolve:
        parser.error("--provenance goes with --resolve")
    if parsed.stdin_filename and parsed.paths != ["-"]:
        parser.error("--stdin-filename goes with - as the only PATH")
    if "-" in parsed.paths and len(parsed.paths) > 1:
        parser.error("- reads one config from stdin and stands alone")


def _serve(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> Callable[[Options], int]:
    """Without a command, `gym-lsp` serves an editor."""
    if parsed.paths or parsed.config:
        parser.error("say what to do with them: --check or --resolve")

    address = _address(parser, parsed.tcp)

    def command(options: Options) -> int:
        if address is None and sys.stdin.isatty():
            say("an editor is expected to speak here; `gym-lsp --check` checks, `gym-lsp --help` tells more")
        from gym_lsp.server.app import serve

        return serve(address)

    return command


def _address(parser: argparse.ArgumentParser, given: str | None) -> tuple[str, int] | None:
    if given is None:
        return None
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal():
        parser.error(f"--tcp {given}: write HOST:PORT, such as 127.0.0.1:2087")
    return host, int(port)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong, and leaves out the twenty lines of usage that hide it."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"gym-lsp: {message}\ngym-lsp: `gym-lsp --help` lists the arguments\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gym-lsp",
        description=_DESCRIPTION,
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
    group.add_argument(
        "--fail-on", choices=("error", "warning", "information"), help="the least severity that gives exit code 1"
    )
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
        choices=("error", "warning", "information", "hint"),
        help="the least severity to show; for reading, the default is warning, for machines, hint",
    )
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule instead")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours on a terminal")
    group.add_argument("--quiet", "-q", action="store_true", help="no progress and no notes on stderr")
