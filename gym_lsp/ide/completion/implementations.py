"""Implementation names: the folders of the search roots that hold a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.files import IGNORED_DIRECTORIES, Kind
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, choice, literal
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.instances import instances_in
from gym_lsp.workspace.workspace import Workspace

RESOURCES_SERVERS = "resources_servers"
_DEFAULT_ENTRYPOINT = "app.py"
_DEFAULT_DOMAIN = "other"


def implementation_names(question: Question, server_type: str) -> Iterator[Candidate]:
    """Each implementation of a server type, with the fields that a server of that type cannot be without."""
    for name, folder in implementation_folders(question.workspace, server_type).items():
        is_own = folder.is_relative_to(question.workspace.root)
        text, snippet = _written(question, server_type, name)
        yield question.part(
            name,
            question.context.span,
            text,
            CandidateKind.IMPLEMENTATION,
            detail=question.workspace.spelled(folder),
            rank=Rank.WORKSPACE if is_own else Rank.INSTALL,
            snippet=snippet,
        )


def implementation_folders(workspace: Workspace, server_type: str) -> dict[str, PurePath]:
    """The folders of a server type by name; of two roots that have one, the first."""

    def answer() -> dict[str, PurePath]:
        found: dict[str, PurePath] = {}
        for root in workspace.search.roots:
            for entry in workspace.files.entries(root / server_type):
                is_hidden = entry.name.startswith((".", "_")) or entry.name in IGNORED_DIRECTORIES
                if entry.kind is Kind.DIRECTORY and not is_hidden:
                    found.setdefault(entry.name, root / server_type / entry.name)
        return found

    return workspace.kept((implementation_folders, server_type), answer)


def _written(question: Question, server_type: str, name: str) -> tuple[str, str | None]:
    context = question.context
    if context.has_colon or context.quote:
        return name, None
    fields = [("entrypoint", _DEFAULT_ENTRYPOINT)]
    domains: tuple[str, ...] = ()
    if server_type == RESOURCES_SERVERS:
        known = usual_domain(question.workspace, name)
        fields.append(("domain", known or _DEFAULT_DOMAIN))
        if known is None:
            domains = question.workspace.profile.domains
    if context.flow:
        return f"{name}: {{{', '.join(f'{key}: {value}' for key, value in fields)}}}", None
    below = f"{context.newline}{context.margin(1)}"
    text = f"{name}:" + "".join(f"{below}{key}: {value}" for key, value in fields)
    snippet = text if not domains else f"{text[: -len(_DEFAULT_DOMAIN)]}"
    return text, f"{literal(snippet)}{choice(1, domains) if domains else ''}$0"


def usual_domain(workspace: Workspace, implementation: str) -> str | None:
    """The domain that configs give a resources server, those of the workspace before those of NeMo Gym."""

    def answer() -> dict[str, str]:
        found: dict[str, str] = {}
        for path in (*workspace.members, *workspace.library):
            for instance in instances_in(workspace, path):
                if instance.server_type == RESOURCES_SERVERS and instance.domain in workspace.profile.domains:
                    found.setdefault(instance.implementation, instance.domain)
        return found

    return workspace.kept((usual_domain,), answer).get(implementation)
