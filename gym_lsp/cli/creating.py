"""`gym-lsp --new KIND NAME`: write the files of a new component, and ask on a terminal for what is left open."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import PurePath
from typing import cast

from msgspec.structs import replace

from gym_lsp.cli.failure import EXIT_CLEAN, UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.streams import print_message
from gym_lsp.cli.workspaces import open_workspace
from gym_lsp.files import Disk, Unwritable
from gym_lsp.reporters.paths import relative_path
from gym_lsp.scaffold.plan import check_free, main_file, plan
from gym_lsp.scaffold.questions import Question, questions
from gym_lsp.scaffold.request import KINDS, Kind, NewFile, Request, ScaffoldError, one_of
from gym_lsp.workspace.root import root_of
from gym_lsp.workspace.workspace import Workspace

_LIKE = ", as in `gym-lsp --new {kind} word_count`"


def create(options: Options) -> int:
    """Write the files of a new component, all of them or none. Raises UsageError."""
    here = working_directory()
    workspace = open_workspace(options, root_of(Disk(), here, here))
    asks = sys.stdin.isatty() and sys.stderr.isatty() and not options.quiet
    request = _request(options, workspace, asks=asks)
    try:
        check_free(workspace, request)
        if asks:
            request = _asked(workspace, request)
        files = plan(workspace, request)
    except ScaffoldError as error:
        given = f"--{error.option}" if error.option else f"--new {request.kind} {request.name}"
        raise UsageError(f"{given}: {error}") from None
    _write(files, workspace.root)
    paths = [relative_path(file.path, here) for file in files]
    Output(options).write_text("".join(f"{path}\n" for path in paths))
    if not options.quiet:
        written, them = ("1 file written", "it") if len(paths) == 1 else (f"{len(paths)} files written", "them")
        print_message(f"{written}; check {them} with `{_command(request, relative_path(main_file(files).path, here))}`")
    return EXIT_CLEAN


def _request(options: Options, workspace: Workspace, *, asks: bool) -> Request:
    """Return the request of the command line; on a terminal, with answers for a missing kind and name."""
    kind, *names = options.new
    if not kind and asks:
        kind = _answer(_KIND, lambda answer: one_of(answer, KINDS, "kind"))
    try:
        one_of(kind, KINDS, "kind")
    except ScaffoldError as error:
        expected = ", ".join(f"`{each}`" for each in KINDS)
        raise UsageError(f"--new: {error if kind else f'the kind is missing; expected one of {expected}'}") from None
    request = _of_kind(options, cast(Kind, kind))
    if not names and asks:
        names = [_answer(_NAME, lambda answer: check_free(workspace, replace(request, name=answer)))]
    if len(names) != 1 or not names[0]:
        problem = f"unexpected `{names[1]}`; expected one name" if names[1:] else "the name is missing"
        raise UsageError(f"--new {kind}: {problem}{_LIKE.format(kind=kind)}")
    return replace(request, name=names[0])


def _of_kind(options: Options, kind: Kind) -> Request:
    return Request(
        kind=kind,
        name="",
        domain=options.domain,
        resources_server=next(iter(options.resources_server), None),
        agent=options.agent,
        environment=next(iter(options.environment), None),
        provider=options.provider,
    )


def _write(files: Sequence[NewFile], root: PurePath) -> None:
    disk = Disk()
    absent = {folder for file in files for folder in file.path.parents if disk.kind(folder) is None}
    written: list[PurePath] = []
    try:
        for path, text in files:
            disk.create(path, text, root)
            written.append(path)
    except Unwritable as error:
        for path in (*written, *sorted(absent, key=lambda folder: len(folder.parts), reverse=True)):
            disk.discard(path)
        raise UsageError(f"{error.path}: {error.reason}; nothing was written") from None


def _command(request: Request, path: str) -> str:
    return (
        f"gym-lsp --check --recipe {path}"
        if request.kind == "recipe"
        else f"gym-lsp --check --rows {PurePath(path).parent}"
    )


# Questions on a terminal


_FEW = 12
"""The most possible answers that a question lists."""
_KIND = Question("kind", "What to make", None, KINDS)
_NAME = Question("name", "Name", None, ())


def _asked(workspace: Workspace, request: Request) -> Request:
    """Return the request with an answer to each question that its arguments leave open."""
    for question in questions(workspace, request.kind):
        # An included config has a domain and an agent already.
        if getattr(request, question.field) is None and request.resources_server is None:

            def check(answer: str, request: Request = request, field: str = question.field) -> None:
                try:
                    plan(workspace, replace(request, **{field: answer or None}))
                except ScaffoldError as error:
                    # Other problems belong to other questions.
                    if error.option == field.replace("_", "-"):
                        raise

            request = replace(request, **{question.field: _answer(question, check) or None})
    return request


def _answer(question: Question, check: Callable[[str], None]) -> str:
    """Return the first answer that a check accepts, or the usual one if the input ends."""
    while True:
        try:
            answer = _line(question) or question.usual
        except EOFError:
            return question.usual or ""
        try:
            if answer is None:
                raise ScaffoldError("expected an answer")
            check(answer)
        except ScaffoldError as error:
            print_message(str(error))
        else:
            return answer


def _line(question: Question) -> str:
    """Return what a person answers. Raises EOFError."""
    empty = f" (empty: {question.empty})" if question.empty else ""
    shown = f" ({', '.join(question.known)})" if 0 < len(question.known) <= _FEW else ""
    usual = f" [{question.usual}]" if question.usual else ""
    sys.stderr.write(f"{question.text}{empty}{shown}{usual}: ")
    sys.stderr.flush()
    with _completing(question.known):
        return input().strip()


@contextmanager
def _completing(known: tuple[str, ...]) -> Generator[None]:
    """Complete the possible answers with the tabulator key, where Python can."""
    with suppress(ImportError):
        import readline

        def complete(text: str, state: int) -> str | None:
            fitting = [each for each in known if each.startswith(text)]
            return fitting[state] if state < len(fitting) else None

        readline.set_completer(complete)
        readline.set_completer_delims(" ")
        readline.parse_and_bind("tab: complete")
    yield
