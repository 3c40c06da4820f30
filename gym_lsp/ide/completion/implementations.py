"""Implementation names, each with the fields that its server cannot be without."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.gym.fields import Field, RefType
from gym_lsp.gym.layout import DOMAIN, ENTRYPOINT, RESOURCES, USUAL_ENTRYPOINT
from gym_lsp.gym.meanings import SUPPLIED
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, choice, literal, stop
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.implementations import implementation_folders, usual_domain

_FEW = 8
_DEFAULT_DOMAIN = "other"


def implementation_names(question: Question, server_type: str) -> Iterator[Candidate]:
    """Each implementation of a server type, with the fields that a server of that type cannot be without."""
    folders = implementation_folders(question.workspace, server_type)
    typed = [name for name in folders if name.startswith(question.context.prefix)]
    for name, folder in folders.items():
        is_own = folder.is_relative_to(question.workspace.root)
        # To read a class takes a moment, so it waits until few are left to choose from.
        own = _needed(question, server_type, name) if name in typed and len(typed) <= _FEW else ()
        text, snippet = _written(question, server_type, name, own)
        yield question.part(
            name,
            question.context.span,
            text,
            CandidateKind.IMPLEMENTATION,
            detail=question.workspace.spelled(folder),
            rank=Rank.WORKSPACE if is_own else Rank.INSTALL,
            snippet=snippet,
        )


def _needed(question: Question, server_type: str, name: str) -> tuple[Field, ...]:
    """The fields that the class of a server has no default for, those that every server has left out."""
    model = question.workspace.server_model(server_type, name, USUAL_ENTRYPOINT)
    fields = () if model is None else model.fields.values()
    known = SUPPLIED | {ENTRYPOINT, DOMAIN}
    return tuple(field for field in fields if field.required and field.name not in known)


def _written(question: Question, server_type: str, name: str, own: tuple[Field, ...]) -> tuple[str, str | None]:
    context = question.context
    if context.has_colon or context.quote:
        return name, None
    if context.has_block:
        return f"{name}:", None
    fields = [(ENTRYPOINT, USUAL_ENTRYPOINT)]
    domains: tuple[str, ...] = ()
    if server_type == RESOURCES:
        known = usual_domain(question.workspace, name)
        fields.append((DOMAIN, known or _DEFAULT_DOMAIN))
        if known is None:
            domains = question.workspace.profile.domains
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
    """A field whose value is still to be said, as plain text and as a snippet; a ref with its type."""
    if isinstance(field.type, RefType):
        text = f"{field.name}:{deeper}type: {field.type.server_types[0]}{deeper}name: "
        return f"{text}???", f"{literal(text)}{stop(number)}"
    return f"{field.name}: ???", f"{literal(field.name)}: {stop(number)}"
