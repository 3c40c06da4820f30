"""Completion of paths, segment by segment, in every search root."""

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
from gym_lsp.ide.completion.request import Request, spelled
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
"""The suffixes of the files that a field can name."""
_USUAL = {ENTRYPOINT: USUAL_ENTRYPOINT, PREPARE_SCRIPT: "prepare.py"}
"""The usual file name for a field."""
_KINDS = {
    CONFIG_PATHS: FileKind.CONFIG,
    CONFIG_PATH_FIELD: FileKind.CONFIG,
    PROMPT_CONFIG: FileKind.PROMPT,
    "standard_prompt_config": FileKind.PROMPT,
}


def paths(request: Request) -> Iterator[Candidate]:
    """Yield the files and folders that continue the path at the cursor."""
    field = path_field(request)
    context = request.context
    if field is None or context.prefix.startswith(("/", "~", "$", "*", "&")) or "${" in context.prefix:
        return
    folder, slash, typed = context.prefix.rpartition("/")
    start = context.span.start + len(folder) + len(slash)
    after = context.text[start + len(typed) : context.span.end].partition("/")
    span = Span(start, start + len(typed) + len(after[0]))
    seen: set[str] = set()
    for base, rank in _bases(request, field):
        inside = base / folder if folder else base
        for name, kind in _listed(request, inside, field):
            if name not in seen:
                seen.add(name)
                order = _order(request, field, inside / name, kind)
                yield _candidate(request, span, name, kind, rank, order, has_slash=bool(after[1]))


def _order(request: Request, field: str, path: PurePath, kind: Kind) -> int:
    """Return a low number for likely paths: those next to the config, and scripts with a usual name."""
    is_own = field != CONFIG_PATHS and request.path.is_relative_to(path)
    if is_own or path.name == _USUAL.get(field):
        return 0
    return 1 if kind is Kind.DIRECTORY else 2


def path_field(request: Request) -> str | None:
    """Return the field whose value at the cursor is a path, or None."""
    context = request.context
    if context.role is Role.KEY or not context.path:
        return None
    path = context.path
    if is_include(path):
        return CONFIG_PATHS
    field = str(path[-1])
    if field == CONFIG_PATH_FIELD and request.kind is not FileKind.MANIFEST:
        return None
    if field in FILE_FIELDS or field in _SUFFIXES:
        return field
    return field if _is_path(request.shape.type) else None


def _is_path(type: FieldType) -> bool:
    options = type.options if isinstance(type, UnionType) else (type,)
    return PathType() in options


def _bases(request: Request, field: str) -> Iterator[tuple[PurePath, Rank]]:
    """Yield the folders that a path can be relative to."""
    workspace, path = request.workspace, request.context.path
    if field == CONFIG_PATH_FIELD:
        yield request.path.parent, Rank.RUN
    elif field == ENTRYPOINT:
        server = ServerPath.of(path) if is_field(path) else None
        folder = None if server is None else component_folder(workspace, server.server_type, server.implementation)
        if folder is not None:
            yield folder, Rank.RUN
    else:
        for root in workspace.search.roots:
            yield root, Rank.WORKSPACE if root == workspace.root else Rank.INSTALL


def _listed(request: Request, folder: PurePath, field: str) -> Iterator[tuple[str, Kind]]:
    suffixes = _SUFFIXES.get(field, ())
    is_yaml = suffixes is YAML and field != CONFIG_PATH_FIELD
    for entry in request.workspace.files.entries(folder):
        path = folder / entry.name
        if entry.name.startswith(".") or entry.name in IGNORED_DIRECTORIES:
            continue
        if entry.kind is Kind.DIRECTORY:
            if not is_yaml or has_yaml(request.workspace, path):
                yield entry.name, Kind.DIRECTORY
        elif not suffixes or (entry.name.endswith(suffixes) and _is_expected(request, path, field)):
            yield entry.name, Kind.FILE


def has_yaml(workspace: Workspace, folder: PurePath) -> bool:
    """Whether a folder in the search roots contains YAML files, at any depth."""
    texts = _sorted_yaml(workspace)
    start = f"{folder}/"
    index = bisect_left(texts, start)
    return index < len(texts) and texts[index].startswith(start)


@query
def _sorted_yaml(workspace: Workspace) -> list[str]:
    return sorted(map(str, (*workspace.members, *workspace.library)))


def _is_expected(request: Request, path: PurePath, field: str) -> bool:
    """Whether a file is of the kind that a field names. Configs of the run are included already, so they are not."""
    kind = _KINDS.get(field)
    if kind is None:
        return True
    if field == CONFIG_PATHS and any(file.path == path for file in request.run.files):
        return False
    return request.workspace.kind(path) is kind


def _candidate(
    request: Request, span: Span, name: str, kind: Kind, rank: Rank, order: int, *, has_slash: bool
) -> Candidate:
    context = request.context
    is_folder = kind is Kind.DIRECTORY
    is_first = span.start == context.span.start
    text = spelled(context, name) if is_first or context.quote else name
    if is_folder and not has_slash:
        text += "/"
    return request.part(
        f"{name}/" if is_folder else name,
        span,
        text,
        CandidateKind.FOLDER if is_folder else CandidateKind.FILE,
        rank=rank,
        order=order,
        continues=is_folder,
    )
