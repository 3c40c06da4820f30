"""Completion in the commands of documents: commands, flags, config paths, names of components, keys of overrides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.commands.invocation import LEGACY, PROGRAMS, SELECTORS, command_of
from gym_lsp.commands.shell import UNKNOWN, Word
from gym_lsp.commands.typing import TypedWord, typed_word
from gym_lsp.compose.config import Table
from gym_lsp.files import IGNORED_DIRECTORIES, Kind
from gym_lsp.gym.layout import CONFIG_PATHS, SERVER_DEPTH
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.paths import has_yaml
from gym_lsp.ide.fields import server_fields, usual_entrypoint
from gym_lsp.ide.lookup import find
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.command_runs import commands_in, known_part_of
from gym_lsp.workspace.named import names_for
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import YAML, Workspace

_CONFIG = "--config"
_COMMANDS = frozenset(LEGACY.values())
"""Commands that are offered without an installed NeMo Gym."""
_EXAMPLE = ("env", "start")
_CONFIG_PATHS = re.compile(rf"\+{{0,2}}{CONFIG_PATHS}=")
_KEY = re.compile(r"(?P<signs>\+{0,2})(?P<steps>(?:[\w-]+\.)*)[\w-]*")
_PLAIN = re.compile(r"[\w./@:+-]+")
"""A word that a shell reads as it is written."""
_END_OF_NAME = re.compile(r"""[^\s"'`,;|&()<>\[\]{}=]*""")
_END_OF_SEGMENT = re.compile(r"""[^\s"'`,;|&()<>\[\]{}=/]*""")
_END_OF_STEP = re.compile(r"""[\w-]*""")


def in_commands(workspace: Workspace, path: PurePath, offset: int) -> Iterator[Candidate]:
    """Yield what can continue the command at an offset of a document."""
    text = workspace.text(path) or ""
    word = typed_word(path, text, offset)
    if word is None or not word.before:
        return
    last = word.before[-1].text
    found = command_of(word.before)
    if found is None:
        yield from _commands(workspace, text, word)
        return
    command, program = found
    flag, equals, _ = word.text.partition("=")
    configs = _CONFIG_PATHS.match(word.text)
    if configs is not None:
        yield from _paths(workspace, text, word, configs.end())
    elif flag == _CONFIG and equals:
        yield from _paths(workspace, text, word, len(flag) + 1)
    elif flag in SELECTORS and equals:
        yield from _names(workspace, text, word, flag, len(flag) + 1)
    elif last == _CONFIG:
        yield from _paths(workspace, text, word, 0)
    elif last in SELECTORS:
        yield from _names(workspace, text, word, last, 0)
    elif word.text.startswith("-"):
        yield from _flags(workspace, text, word, command)
    elif word.text.startswith("+") or "." in word.text:
        yield from _keys(workspace, path, text, word, word.start + program.start)


def _edit(text: str, word: TypedWord, start: int, end: re.Pattern[str], new: str) -> Edit:
    """Return the edit that replaces a word from a character on, and what a pattern matches after the cursor."""
    rest = end.match(text, word.end)
    return Edit(Span(word.start_of(start), word.end if rest is None else rest.end()), new)


def _commands(workspace: Workspace, text: str, word: TypedWord) -> Iterator[Candidate]:
    """Yield the two words of a command after `gym`."""
    known = [tuple(each.split(" ")) for each in (workspace.command_flags or _COMMANDS)]
    match [each.text for each in word.before[-2:]]:
        case [*_, program] if program in PROGRAMS:
            offered, missing = {each[0] for each in known}, _EXAMPLE
        case [program, group] if program in PROGRAMS:
            offered, missing = {each[1] for each in known if each[0] == group and len(each) > 1}, _EXAMPLE[1:]
        case _:
            return
    rest = (Word(each, (), Span(0, 0)) for each in missing)
    for name in offered if command_of((*word.before, *rest)) else ():
        yield Candidate(name, CandidateKind.VALUE, _edit(text, word, 0, _END_OF_NAME, name))


def _flags(workspace: Workspace, text: str, word: TypedWord, command: str) -> Iterator[Candidate]:
    for flag in workspace.command_flags.get(command, ()):
        if flag.startswith("--"):
            yield Candidate(flag, CandidateKind.KEY, _edit(text, word, 0, _END_OF_NAME, flag))


def _names(workspace: Workspace, text: str, word: TypedWord, option: str, start: int) -> Iterator[Candidate]:
    for name in names_for(workspace, option.removeprefix("--")):
        if _PLAIN.fullmatch(name):
            edit = _edit(text, word, start, _END_OF_NAME, name)
            # The usual config of a component comes before its variants.
            yield Candidate(name, CandidateKind.INSTANCE, edit, order=name.count("/"))


def _paths(workspace: Workspace, text: str, word: TypedWord, start: int) -> Iterator[Candidate]:
    """Yield the files and folders that continue the last of some config paths."""
    typed = word.text[start:]
    begin = start + max(typed.rfind(","), typed.rfind("[")) + 1
    begin += len(word.text) - begin - len(word.text[begin:].lstrip(" \"'"))
    folder, slash, _ = word.text[begin:].rpartition("/")
    if UNKNOWN in folder or folder.startswith(("/", "~")) or (slash and not folder):
        return
    seen: set[str] = set()
    for root in workspace.search.roots:
        rank = Rank.WORKSPACE if root == workspace.root else Rank.INSTALL
        for name, is_folder in _listed(workspace, root / folder if folder else root):
            if name not in seen and _PLAIN.fullmatch(name):
                seen.add(name)
                edit = _edit(text, word, begin + len(folder) + len(slash), _END_OF_SEGMENT, name)
                yield _entry(text, edit, name, rank, is_folder=is_folder)


def _entry(text: str, edit: Edit, name: str, rank: Rank, *, is_folder: bool) -> Candidate:
    if not is_folder:
        return Candidate(name, CandidateKind.FILE, edit, rank=rank, order=1)
    new = name if text.startswith("/", edit.span.end) else f"{name}/"
    return Candidate(f"{name}/", CandidateKind.FOLDER, Edit(edit.span, new), rank=rank, continues=True)


def _listed(workspace: Workspace, folder: PurePath) -> Iterator[tuple[str, bool]]:
    """Yield the configs of a folder, and the folders that contain any; each with whether it is a folder."""
    for entry in workspace.files.entries(folder):
        if entry.name.startswith(".") or entry.name in IGNORED_DIRECTORIES:
            continue
        path = folder / entry.name
        if entry.kind is Kind.DIRECTORY and has_yaml(workspace, path):
            yield entry.name, True
        elif entry.kind is Kind.FILE and path.suffix in YAML and workspace.kind(path) is FileKind.CONFIG:
            yield entry.name, False


def _keys(workspace: Workspace, path: PurePath, text: str, word: TypedWord, first: int) -> Iterator[Candidate]:
    """Yield the next steps of the key of an override. `first` is the offset of the command."""
    typed = _KEY.fullmatch(word.text)
    invocation = next((each for each in commands_in(workspace, path) if each.span.start == first), None)
    run = None if invocation is None else known_part_of(workspace, invocation)
    if typed is None or run is None:
        return
    composition = workspace.compose(run)
    steps = tuple(typed["steps"].split(".")[:-1])
    block = find(composition, steps) if steps else composition.merged
    if not isinstance(block, Table):
        return
    start = typed.end("steps")
    found = {str(key): isinstance(value, Table) for key, value in block.entries.items() if isinstance(key, str)}
    if len(steps) == SERVER_DEPTH and steps[1] in workspace.profile.server_types:
        given = block.leaf("entrypoint")
        entrypoint = given if isinstance(given, str) else usual_entrypoint(workspace, steps[1], steps[2])
        for name in server_fields(workspace, steps[1], steps[2], entrypoint):
            found.setdefault(name, False)
    for name, is_block in found.items():
        if name.startswith("_") or name == CONFIG_PATHS:
            continue
        new = f"{name}." if is_block else f"{name}="
        edit = _edit(text, word, start, _END_OF_STEP, new)
        if text[edit.span.end : edit.span.end + 1] == new[-1]:
            edit = Edit(edit.span, name)
        kind = CandidateKind.KEY if steps else CandidateKind.INSTANCE
        order = 0 if name in block.entries else 1
        yield Candidate(name, kind, edit, order=order, continues=is_block)
