"""Semantic tokens: the kinds of names in a config, with a mark on undefined names."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.interpolate import RESOLVERS
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import DIRECTIVE_KEYS, JSONL_FPATH
from gym_lsp.ide.lookup import find, meaning_of, own_run
from gym_lsp.ide.paths import named_file
from gym_lsp.syntax import Mapping, Node, Scalar, Sequence, resolve, walk
from gym_lsp.syntax.interpolation import Call, parse_template
from gym_lsp.syntax.interpolation import walk as interpolations
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use, UseKind, inner_span
from gym_lsp.workspace.workspace import Workspace


class TokenKind(Enum):
    """The kinds of tokens."""

    INSTANCE = "instance"
    SERVER_TYPE = "server-type"
    IMPLEMENTATION = "implementation"
    DIRECTIVE = "directive"
    KEY = "key"
    RESOLVER = "resolver"
    VARIABLE = "variable"
    PATH = "path"


class Modifier(Enum):
    """Additional properties of a token."""

    DEFINITION = "definition"
    UNRESOLVED = "unresolved"


class Token(Struct, frozen=True):
    """One token, on one line; tokens do not overlap."""

    span: Span
    kind: TokenKind
    modifiers: frozenset[Modifier] = frozenset()


_DEFINED = frozenset({Modifier.DEFINITION})
_UNRESOLVED = frozenset({Modifier.UNRESOLVED})
_KINDS = {
    UseKind.SERVER_REF: TokenKind.INSTANCE,
    UseKind.SANDBOX: TokenKind.INSTANCE,
    UseKind.ROUTE: TokenKind.INSTANCE,
    UseKind.INHERIT: TokenKind.INSTANCE,
    UseKind.COPY: TokenKind.INSTANCE,
    UseKind.INTERPOLATION: TokenKind.KEY,
    UseKind.DELETED_KEY: TokenKind.KEY,
    UseKind.IMPLEMENTATION: TokenKind.IMPLEMENTATION,
    UseKind.INCLUDE: TokenKind.PATH,
    UseKind.FILE: TokenKind.PATH,
    UseKind.VARIABLE: TokenKind.VARIABLE,
}


def tokens(workspace: Workspace, path: PurePath, within: Span | None = None) -> tuple[Token, ...]:
    """Return the tokens of a file, or of a part of it, in the order of the text."""
    try:
        kind = workspace.kind(path)
        document = workspace.gym_part(path).document
    except Unreadable:
        return ()
    if kind not in (FileKind.CONFIG, FileKind.ENVIRONMENT, FileKind.MANIFEST, FileKind.RECIPE):
        return ()
    found = [*_of_uses(workspace, path, within)]
    if kind is not FileKind.MANIFEST:
        found += _of_keys(workspace, document.root)
        found += _of_resolvers(document.root)
    in_order = sorted((token for token in found if _is_in(token.span, within)), key=lambda token: token.span)
    return tuple(_on_one_line(document.text, _without_overlaps(in_order)))


def _is_in(span: Span, within: Span | None) -> bool:
    return within is None or (span.end > within.start and span.start < within.end)


def _without_overlaps(found: list[Token]) -> Iterator[Token]:
    end = 0
    for token in found:
        if token.span.start >= end and not token.span.is_empty:
            yield token
            end = token.span.end


def _on_one_line(text: str, found: Iterator[Token]) -> Iterator[Token]:
    for token in found:
        if "\n" not in token.span.of(text) and "\r" not in token.span.of(text):
            yield token


# Keys


def _of_keys(workspace: Workspace, root: Node | None) -> Iterator[Token]:
    """Yield the keys of instances, server types and implementations, and all directives."""
    types = workspace.profile.server_types
    for instance in root.entries if isinstance(root, Mapping) else ():
        value = resolve(instance.value)
        groups = [entry for entry in value.entries if entry.name in types] if isinstance(value, Mapping) else []
        if groups:
            yield Token(instance.key.span, TokenKind.INSTANCE, _DEFINED)
        for group in groups:
            yield Token(group.key.span, TokenKind.SERVER_TYPE)
            inner = resolve(group.value)
            for entry in inner.entries if isinstance(inner, Mapping) else ():
                if entry.name not in DIRECTIVE_KEYS:
                    yield Token(entry.key.span, TokenKind.IMPLEMENTATION)
    for node in walk(root):
        for entry in node.entries if isinstance(node, Mapping) else ():
            if entry.name in DIRECTIVE_KEYS:
                yield Token(entry.key.span, TokenKind.DIRECTIVE)


def _of_resolvers(root: Node | None) -> Iterator[Token]:
    """Yield the names of resolvers."""
    for value in _values(root):
        if not isinstance(value.value, str) or "${" not in value.value:
            continue
        shift = inner_span(value).start
        for node in interpolations(parse_template(value.value)):
            if isinstance(node, Call) and not any(part.nested for part in node.parts):
                span = Span(shift + node.name_span.start, shift + node.name_span.end)
                known = frozenset[Modifier]() if node.name in RESOLVERS else _UNRESOLVED
                yield Token(span, TokenKind.RESOLVER, known)


def _values(root: Node | None) -> Iterator[Scalar]:
    """Yield the scalars that are values and not block scalars, where offsets in the value are offsets in the text."""
    for node in walk(root):
        children = [entry.value for entry in node.entries] if isinstance(node, Mapping) else []
        if isinstance(node, Sequence):
            children = list(node.items)
        for child in children:
            if isinstance(child, Scalar) and child.style not in ("|", ">"):
                yield child


# Uses


def _of_uses(workspace: Workspace, path: PurePath, within: Span | None) -> Iterator[Token]:
    for use in workspace.uses(path):
        if not _is_in(use.span, within) or _is_whole_value(use):
            continue
        kind = _KINDS[use.kind]
        for index, (_, span) in enumerate(use.steps):
            first = TokenKind.KEY if index and kind is TokenKind.INSTANCE else kind
            yield Token(span, first, frozenset() if _is_resolved(workspace, path, use, index) else _UNRESOLVED)


def _is_whole_value(use: Use) -> bool:
    """Whether the segments have no spans of their own, as in a text with escapes."""
    return len(use.steps) > 1 and len({span for _, span in use.steps}) == 1


def _is_resolved(workspace: Workspace, path: PurePath, use: Use, step: int) -> bool:
    """Whether the target of a name exists, or cannot be known."""
    match use.kind:
        case UseKind.FILE if str(use.at[-1]).endswith(JSONL_FPATH):
            # Most rows are created or downloaded later.
            return True
        case UseKind.INCLUDE | UseKind.FILE:
            return named_file(workspace, path, use) is not None
        case UseKind.VARIABLE | UseKind.IMPLEMENTATION:
            return True
        case UseKind.DELETED_KEY:
            return meaning_of(workspace, path, use, step).settled
        case _:
            is_there = find(own_run(workspace, path), use.path_to(step)) is not None
            return is_there or workspace.names.is_open(use.name) or meaning_of(workspace, path, use, step).settled
