"""Signature help: the arguments of the resolver at the cursor."""

from __future__ import annotations

from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.release.resolvers import RESOLVERS
from gym_lsp.ide.completion import kind_for_completion
from gym_lsp.ide.completion.context import Role, context_at
from gym_lsp.ide.open_interpolation import open_call, open_interpolation_at
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


class SignatureParameter(Struct, frozen=True):
    """One argument; `span` is its span in the label of the signature."""

    span: Span
    meaning: str


class Signature(Struct, frozen=True):
    """The form of a resolver, and the index of the argument at the cursor."""

    label: str
    meaning: str
    parameters: tuple[SignatureParameter, ...]
    active: int


def signature(workspace: Workspace, path: PurePath, offset: int) -> Signature | None:
    """Return the resolver whose arguments contain an offset; None elsewhere, and for unknown resolvers."""
    if kind_for_completion(workspace, path) not in (FileKind.CONFIG, FileKind.ENVIRONMENT, FileKind.RECIPE):
        return None
    context = context_at(workspace.load(path).document, offset)
    if context is None or context.role not in (Role.VALUE, Role.ITEM):
        return None
    opened = open_interpolation_at(context.text, context.span, offset)
    call = None if opened is None else open_call(opened)
    resolver = None if call is None else RESOLVERS.get(call.name)
    if call is None or resolver is None:
        return None
    parameters: list[SignatureParameter] = []
    start = len(f"${{{resolver.name}:")
    for parameter in resolver.parameters:
        end = start + len(parameter.name)
        parameters.append(SignatureParameter(Span(start, end), parameter.meaning))
        start = end + len(",")
    active = min(len(call.arguments), len(parameters)) - 1
    return Signature(resolver.label, resolver.meaning, tuple(parameters), active)
