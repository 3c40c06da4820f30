"""Implementation names, each with the fields that its server cannot be without."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, choice, literal
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.implementations import RESOURCES_SERVERS, implementation_folders, usual_domain

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
