"""Paths, one segment at a time, over every search root."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.files import IGNORED_DIRECTORIES, Kind
from gym_lsp.gym.fields import FieldType, PathType, UnionType
from gym_lsp.gym.layout import (
    CONFIG_PATH_FIELD,
    CONFIG_PATHS,
    ENTRYPOINT,
    JSONL_FPATH,
    PREPARE_SCRIPT,
    PROMPT_CONFIG,
    USUAL_ENTRYPOINT,
    ServerPath,
    is_field,
    is_include,
)
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.question import Question, spelled
from gym_lsp.ide.paths import component_folder
from gym_lsp.memo import query
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import FILE_FIELDS
from gym_lsp.workspace.workspace import YAML, Workspace

_SUFFIXES: dict[str, tuple[str, ...]] = {
    CONFIG_PATHS: YAML,
    CONFIG_PATH_FIELD: YAML,
    ENTRYPOINT: (".py",),
    "input_jsonl_fpath": (".jsonl",),
    JSONL_FPATH: (".jsonl",),
    PREPARE_SCRIPT: (".py",),
    PROMPT_CONFIG: YAML,
    "standard_prompt_config": YAML,
}
"""The endings of the files that a field may name."""
_USUAL = {ENTRYPOINT: USUAL_ENTRYPOINT, PREPARE_SCRIPT: "prepare.py"}
"""What most fields of a kind name."""
_KINDS = {
    CONFIG_PATHS: FileKind.CONFIG,
    CONFIG_PATH_FIELD: FileKind.CONFIG,
    PROMPT_CONFIG: FileKind.PROMPT,
    "standard_prompt_config": FileKind.PROMPT,
}


def paths(question: Question) -> Iterator[Candidate]:
    """The files and folders that continue the path at the cursor."""
    field = path_field(question)
    context = question.context
    if field is None or context.prefix.startswith(("/", "~", "$", "*", "&")) or "${" in context.prefix:
        return
    folder, slash, typed = context.prefix.rpartition("/")
    start = context.span.start + len(folder) + len(slash)
    behind = context.text[start + len(typed) : context.span.end].partition("/")
    span = Span(start, start + len(typed) + len(behind[0]))
    seen: set[str] = set()
    for base, rank in _bases(question, field):
        inside = base / folder if folder else base
        for name, kind in _listed(question, inside, field):
            if name not in seen:
                seen.add(name)
                order = _order(question, field, inside / name, kind)
                yield _candidate(question, span, name, kind, rank, order, has_slash=bool(behind[1]))


def _order(question: Question, field: str, path: PurePath, kind: Kind) -> int:
    """How likely a path is among those of one folder: data lies with its config, and scripts go by a usual name."""
    is_own = field != CONFIG_PATHS and question.path.is_relative_to(path)
    if is_own or path.name == _USUAL.get(field):
        return 0
    return 1 if kind is Kind.DIRECTORY else 2


def path_field(question: Question) -> str | None:
    """The field whose value the path at the cursor is; None where no path belongs."""
    context = question.context
    if context.role is Role.KEY or not context.path:
        return None
    path = context.path
    if is_include(path):
        return CONFIG_PATHS
    field = str(path[-1])
    if field == CONFIG_PATH_FIELD and question.kind is not FileKind.MANIFEST:
        return None
    if field in FILE_FIELDS or field in _SUFFIXES:
        return field
    return field if _is_path(question.shape.type) else None


def _is_path(type: FieldType) -> bool:
    options = type.options if isinstance(type, UnionType) else (type,)
    return PathType() in options


def _bases(question: Question, field: str) -> Iterator[tuple[PurePath, Rank]]:
    """The folders that a path starts from."""
    workspace, path = question.workspace, question.context.path
    if field == CONFIG_PATH_FIELD:
        yield question.path.parent, Rank.RUN
    elif field == ENTRYPOINT:
        server = ServerPath.of(path) if is_field(path) else None
        folder = None if server is None else component_folder(workspace, server.server_type, server.implementation)
        if folder is not None:
            yield folder, Rank.RUN
    else:
        for root in workspace.search.roots:
            yield root, Rank.WORKSPACE if root == workspace.root else Rank.INSTALL


def _listed(question: Question, folder: PurePath, field: str) -> Iterator[tuple[str, Kind]]:
    suffixes = _SUFFIXES.get(field, ())
    is_yaml = suffixes is YAML and field != CONFIG_PATH_FIELD
    for entry in question.workspace.files.entries(folder):
        path = folder / entry.name
        if entry.name.startswith(".") or entry.name in IGNORED_DIRECTORIES:
            continue
        if entry.kind is Kind.DIRECTORY:
            if not is_yaml or _has_yaml(question, path):
                yield entry.name, Kind.DIRECTORY
        elif not suffixes or (entry.name.endswith(suffixes) and _is_wanted(question, path, field)):
            yield entry.name, Kind.FILE


def _has_yaml(question: Question, folder: PurePath) -> bool:
    """Whether there is any YAML below a folder of the search roots."""
    texts = _sorted_yaml(question.workspace)
    start = f"{folder}/"
    index = bisect_left(texts, start)
    return index < len(texts) and texts[index].startswith(start)


@query
def _sorted_yaml(workspace: Workspace) -> list[str]:
    return sorted(map(str, (*workspace.members, *workspace.library)))


def _is_wanted(question: Question, path: PurePath, field: str) -> bool:
    """Whether a file is of the kind that a field names; configs of the run are there already."""
    kind = _KINDS.get(field)
    if kind is None:
        return True
    if field == CONFIG_PATHS and any(file.path == path for file in question.run.files):
        return False
    return question.workspace.kind(path) is kind


def _candidate(
    question: Question, span: Span, name: str, kind: Kind, rank: Rank, order: int, *, has_slash: bool
) -> Candidate:
    context = question.context
    is_folder = kind is Kind.DIRECTORY
    is_first = span.start == context.span.start
    text = spelled(context, name) if is_first or context.quote else name
    if is_folder and not has_slash:
        text += "/"
    return question.part(
        f"{name}/" if is_folder else name,
        span,
        text,
        CandidateKind.FOLDER if is_folder else CandidateKind.FILE,
        rank=rank,
        order=order,
        goes_on=is_folder,
    )
