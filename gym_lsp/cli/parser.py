"""The options of `gym-lsp` as argparse describes them, and the text of `--help`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import NoReturn, get_args

from gym_lsp import __version__
from gym_lsp.cli.failure import EXIT_USAGE
from gym_lsp.cli.options import SELECTORS, ComponentName, GraphFormat, Shell
from gym_lsp.diagnostic import Severity
from gym_lsp.project import NAME
from gym_lsp.reporters import FORMATS
from gym_lsp.scaffold.request import KINDS
from gym_lsp.workspace.setting_types import FAILURES, did_you_mean

COMPONENTS: tuple[ComponentName, ...] = get_args(ComponentName)
GRAPHS: tuple[GraphFormat, ...] = get_args(GraphFormat)
SHELLS: tuple[Shell, ...] = get_args(Shell)
SEVERITIES = {severity.label: severity for severity in Severity}
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
  gym-lsp --mcp                              serve a coding agent over stdio
"""
_EPILOG = """\
Exit codes: 0 success, 1 findings, 2 invalid argument or setting,
3 internal failure of gym-lsp
"""


class _New(argparse.Action):
    """Stores the values of `--new`; an empty text if there are none, so that the option is given nevertheless."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, tuple(values or ("",)))


def _address(given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"invalid address `{given}`; expected HOST:PORT, such as 127.0.0.1:2087")
    return host, int(port)


def expected_one_of(given: str, choices: Iterable[str]) -> str:
    """The end of a message about a wrong choice: all that there are, and the most similar one."""
    choices = tuple(choices)
    one_of = "one of " if len(choices) > 1 else ""
    return f"expected {one_of}{', '.join(f'`{choice}`' for choice in choices)}{did_you_mean(given, choices)}"


class Parser(argparse.ArgumentParser):
    """A parser that prints its error without the long usage text."""

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ")
        self.exit(EXIT_USAGE, f"gym-lsp: {message}\ngym-lsp: run `gym-lsp --help` to list all options\n")

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Reject an unknown value in the words of the other messages. The original is argparse's."""
        if action.choices is not None and value not in action.choices:
            # An optional value that is missing is the empty text.
            problem = f"invalid value `{value}`" if value else "missing value"
            raise argparse.ArgumentError(action, f"{problem}; {expected_one_of(str(value), action.choices)}")

    def knows(self, flag: str) -> bool:
        return flag in self._option_string_actions

    def reject(self, unknown: str) -> NoReturn:
        """End with exit code 2 because the argument is unknown."""
        from difflib import get_close_matches  # costs a millisecond that only a mistake should pay

        flag = unknown.partition("=")[0]
        near = get_close_matches(flag, self._option_string_actions, n=1, cutoff=_SIMILAR)
        self.error(f"unknown option `{flag}`" + (f"; did you mean `{near[0]}`?" if near else ""))


def make_parser() -> Parser:
    parser = Parser(
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
    kinds = ", ".join(COMPONENTS)
    group.add_argument(
        "--list", nargs="?", const="", choices=COMPONENTS, metavar="KIND", help=f"list components: {kinds}"
    )
    group.add_argument("--resolve", action="store_true", help="print the composed configuration of a run")
    graph = "print a graph of the servers of a run and their references"
    group.add_argument("--graph", action="store_true", help=graph)
    group.add_argument("--json-schema", action="store_true", help="print a JSON Schema of configs")
    explain = "print the page of a rule; without RULE, list all rules"
    group.add_argument("--explain", nargs="?", const="", metavar="RULE", help=explain)
    new = "write the files of a new component: " + ", ".join(KINDS)
    group.add_argument("--new", nargs="*", action=_New, default=(), metavar=("KIND", "NAME"), help=new)
    mcp = "serve a coding agent over stdio (MCP), for this folder or for PATH"
    group.add_argument("--mcp", action="store_true", help=mcp)
    group.add_argument("--stdio", action="store_true", help="serve an editor over stdio, the default without a command")
    tcp = "serve an editor over TCP, for debugging"
    group.add_argument("--tcp", type=_address, metavar="HOST:PORT", help=tcp)
    shells = ", ".join(SHELLS)
    completion = f"print a script for the completion of a shell: {shells}"
    group.add_argument("--print-completion", choices=SHELLS, metavar="SHELL", help=completion)
    group.add_argument("--version", "-V", action="version", version=f"gym-lsp {__version__}", help="print the version")
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
    exclude = "skip the files that these globs match, separated by commas"
    group.add_argument("--exclude", action="append", default=[], metavar="GLOBS", help=exclude)
    settings = "read the settings from this file only"
    group.add_argument("--settings", metavar="FILE", help=settings)
    group.add_argument("--isolated", action="store_true", help="ignore all files with settings")
    cache = "keep answers in this folder, and check again only what has changed"
    group.add_argument("--cache", metavar="DIR", help=cache)


def _add_names(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Runs by name, as in `gym env start` and `gym eval run`")
    for name in SELECTORS:
        what = f"the config of this {name.replace('_', ' ').removesuffix(' type')}"
        group.add_argument(
            f"--{name.replace('_', '-')}",
            action="append",
            default=[],
            metavar="NAME",
            help=f"{what}: NAME or NAME/VARIANT",
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
    add_ignores = "add comments that suppress all current findings"
    group.add_argument("--add-ignores", action="store_true", help=add_ignores)
    group.add_argument("--reason", metavar="TEXT", help="with --add-ignores: the reason to give in each comment")


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Output")
    formats = f"of findings: {', '.join(FORMATS)}; of a graph: {', '.join(GRAPHS)}; of all else: full, json"
    group.add_argument("--format", choices=(*FORMATS, *GRAPHS), metavar="FORMAT", help=formats)
    layer = "with --graph: what to show, servers or files; default: servers; can be repeated"
    group.add_argument("--layer", choices=("servers", "files"), action="append", default=[], help=layer)
    group.add_argument("--output-file", metavar="FILE", help="write to this file instead of stdout")
    show = "lowest severity to show; default: warning for full, concise and github, otherwise hint"
    group.add_argument("--show", choices=tuple(SEVERITIES), help=show)
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule")
    show_files = "list the files of a check, and why some are not checked, instead of the findings"
    group.add_argument("--show-files", action="store_true", help=show_files)
    show_settings = "print the settings of a check and their sources, instead of the findings"
    group.add_argument("--show-settings", action="store_true", help=show_settings)
    group.add_argument("--provenance", action="store_true", help="with --resolve: add the source of each value")
    color = "when to use colours; default: auto, only on a terminal"
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help=color)
    group.add_argument("--quiet", "-q", action="store_true", help="do not print progress and notes")
