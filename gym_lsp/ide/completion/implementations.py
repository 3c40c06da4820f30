"""Completion of implementation names, each with the required fields of its server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import PurePath

from gym_lsp.files import is_below
from gym_lsp.gym.fields import Field, RefType
from gym_lsp.gym.layout import DOMAIN, ENTRYPOINT, RESOURCES, USUAL_ENTRYPOINT
from gym_lsp.gym.meanings import SUPPLIED
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Proposal, Rank, choice, literal, stop
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.usual_domains import usual_domain
from gym_lsp.workspace.implementations import implementation_folders
from gym_lsp.workspace.workspace import Workspace

_FEW = 8
_DEFAULT_DOMAIN = "other"


def implementation_names(request: Request, server_type: str) -> Iterator[Proposal]:
    """Yield each implementation of a server type, with the required fields of its server."""
    folders = implementation_folders(request.workspace, server_type)
    typed = [name for name in folders if name.startswith(request.context.prefix)]
    # Reading a class is slow, so it waits until few candidates are left.
    read = frozenset(typed if len(typed) <= _FEW else ())
    for name, folder in folders.items():
        rank = Rank.WORKSPACE if is_below(folder, request.workspace.root) else Rank.INSTALL
        build = partial(_implementation, request, server_type, folder, name in read)
        yield Proposal(name, request.context.span.start, build, rank)


def _implementation(
    request: Request, server_type: str, folder: PurePath, is_read: bool, proposal: Proposal
) -> Candidate:
    name = proposal.label
    text, snippet = _written(
        request, server_type, name, required_fields(request.workspace, server_type, name) if is_read else ()
    )
    return request.part(
        name,
        request.context.span,
        text,
        CandidateKind.IMPLEMENTATION,
        detail=request.workspace.spelled(folder),
        rank=proposal.rank,
        snippet=snippet,
    )


def required_fields(workspace: Workspace, server_type: str, name: str) -> tuple[Field, ...]:
    """Return the required fields of the class of a server, without those that every server has."""
    model = workspace.server_model(server_type, name, USUAL_ENTRYPOINT)
    fields = () if model is None else model.fields.values()
    known = SUPPLIED | {ENTRYPOINT, DOMAIN}
    return tuple(field for field in fields if field.required and field.name not in known)


def _written(request: Request, server_type: str, name: str, own: tuple[Field, ...]) -> tuple[str, str | None]:
    context = request.context
    if context.has_colon or context.quote:
        return name, None
    if context.has_block:
        return f"{name}:", None
    fields = [(ENTRYPOINT, USUAL_ENTRYPOINT)]
    domains: tuple[str, ...] = ()
    if server_type == RESOURCES:
        known = usual_domain(request.workspace, name)
        fields.append((DOMAIN, known or _DEFAULT_DOMAIN))
        if known is None:
            domains = request.workspace.profile.domains
    if context.flow:
        return f"{name}: {{{', '.join(f'{key}: {value}' for key, value in fields)}}}", None
    below = f"{context.newline}{context.margin(1)}"
    text = f"{name}:" + "".join(f"{below}{key}: {value}" for key, value in fields)
    snippet = literal(text if not domains else text[: -len(_DEFAULT_DOMAIN)])
    snippet += choice(1, domains) if domains else ""
    for number, field in enumerate(own, 2):
        plain, with_stop = _empty(field, f"{below}{' ' * context.step}", number)
        text += f"{below}{plain}"
        snippet += f"{literal(below)}{with_stop}"
    return text, f"{snippet}$0"


def _empty(field: Field, deeper: str, number: int) -> tuple[str, str]:
    """Return a field without a value, as plain text and as a snippet; a ref with its type."""
    if isinstance(field.type, RefType):
        text = f"{field.name}:{deeper}type: {field.type.server_types[0]}{deeper}name: "
        return f"{text}???", f"{literal(text)}{stop(number)}"
    return f"{field.name}: ???", f"{literal(field.name)}: {stop(number)}"
