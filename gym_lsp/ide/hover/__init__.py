"""Hover: the meaning of what is under the cursor, its final value in the run, and the source of that value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.compose.config import Provenance
from gym_lsp.compose.secrets import masked
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import COPY, DELETE_KEY, INHERIT_FROM, ROWS, USUAL_ENTRYPOINT, ServerPath, is_in_config_paths
from gym_lsp.gym.release.resolvers import RESOLVERS
from gym_lsp.ide.definition import anchors_of
from gym_lsp.ide.fields import entrypoint_at
from gym_lsp.ide.hierarchy import inheriting
from gym_lsp.ide.hover.blocks import about_block, about_implementation, about_inherited, deleted_value
from gym_lsp.ide.hover.includes import about_file, about_include
from gym_lsp.ide.hover.keys import about_choice, about_key
from gym_lsp.ide.hover.rows import about_field_of_row, about_instance
from gym_lsp.ide.hover.values import Effective, about_value, effective, place, resolved, shown
from gym_lsp.ide.lookup import interpolated, own_run
from gym_lsp.ide.markdown import Block, Link, Markdown, code, paragraphs, titled
from gym_lsp.ide.paths import path_at
from gym_lsp.ide.shape import shape_at
from gym_lsp.ide.target import KeyRole, Spot, Target, classify, dotted, locate
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.suppression import find_suppressions
from gym_lsp.syntax import Document, Scalar, resolve
from gym_lsp.syntax.interpolation import Call, parse_template, walk
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use, UseKind, inner_span
from gym_lsp.workspace.workspace import Workspace


class Hover(Struct, frozen=True):
    """The text, and the span that it describes."""

    span: Span
    content: Markdown


def hover(workspace: Workspace, path: PurePath, offset: int) -> Hover | None:
    """Return the hover at an offset of a file, or None if there is nothing to show."""
    if path.suffix == ROWS:
        found = about_instance(workspace, path, offset) or about_field_of_row(workspace, path, offset)
        return None if found is None else Hover(*found)
    if path.suffix in DOCUMENTS:
        from gym_lsp.ide.hover.commands import about_word

        found = about_word(workspace, path, offset)
        return None if found is None else Hover(*found)
    try:
        kind = workspace.kind(path)
        document = workspace.load(path).document
    except Unreadable:
        return None
    if kind is FileKind.PROMPT:
        return _in_prompt(workspace, path, locate(document, offset))
    target = classify(workspace, path, offset)
    if target is None:
        return None if kind is FileKind.OTHER else _on_rule(document, offset)
    content = paragraphs(_about(workspace, path, kind, target, offset))
    return Hover(target.span, content) if content else None


def _on_rule(document: Document, offset: int) -> Hover | None:
    """Return the hover of a rule that a comment suppresses."""
    names = (name for suppression in find_suppressions(document) for name in suppression.names)
    name = next((each for each in names if each.span.contains(offset)), None)
    rule = None if name is None else next((each for each in ALL_RULES if each.name == name.name), None)
    if name is None or rule is None:
        return None
    return Hover(name.span, paragraphs((titled(rule.name, rule.severity.label), rule.summary)))


def _in_prompt(workspace: Workspace, path: PurePath, spot: Spot) -> Hover | None:
    if not spot.on_key or spot.node is None:
        return None
    shape = shape_at(workspace, path, FileKind.PROMPT, workspace.load(path).document.root, spot.path)
    content = paragraphs(about_key(workspace, spot.path, shape))
    return Hover(spot.node.span, content) if content else None


def _about(workspace: Workspace, path: PurePath, kind: FileKind, target: Target, offset: int) -> Iterator[Block]:
    spot = target.spot
    if target.use is not None:
        yield from _about_use(workspace, path, target.use, target.step, spot)
        return
    if target.alias is not None:
        yield titled(f"*{target.alias.name}", "alias")
        for place in anchors_of(workspace, path, target.alias):
            yield ("Repeats the value at ", Link(workspace.spelled(path), path, place.selection.start))
        return
    if target.anchor is not None:
        yield titled(f"&{target.anchor.name}", "anchor")
        yield f"{code(f'*{target.anchor.name}')} repeats this value elsewhere in this file."
        return
    if target.key is not None:
        yield from _about_key(workspace, path, kind, target, spot)
        return
    if target.value is not None and spot.path:
        yield from about_choice(workspace.profile, spot.path, target.value.value)
        named = path_at(workspace, path, spot.path, target.value)
        if named is not None and named.file is not None:
            yield (Link(workspace.spelled(named.file), named.file),)
        yield from _at_resolver(target.value, offset)
        if kind is not FileKind.MANIFEST:
            yield from about_value(workspace, path, spot.path, target.value.span)


def _about_key(workspace: Workspace, path: PurePath, kind: FileKind, target: Target, spot: Spot) -> Iterator[Block]:
    if target.key is KeyRole.INSTANCE:
        yield from about_block(workspace, path, spot.path)
        if spot.entry is not None and isinstance(resolve(spot.entry.value), Scalar):
            about = tuple(about_value(workspace, path, spot.path, spot.entry.value.span))
            yield titled(str(spot.path[0])) if any(about) else ""
            yield from about
        return
    if target.key is KeyRole.IMPLEMENTATION and (server := ServerPath.of(spot.path)) is not None:
        entrypoint = entrypoint_at(workspace, path, spot.path) or USUAL_ENTRYPOINT
        yield from about_implementation(workspace, server.server_type, server.implementation, entrypoint)
        return
    shape = shape_at(workspace, path, kind, workspace.gym_part(path).document.root, spot.path)
    declared = tuple(about_key(workspace, spot.path, shape))
    yield from declared
    if is_in_config_paths(spot.path) or kind is FileKind.MANIFEST:
        return
    if target.key is KeyRole.FIELD and spot.entry is not None:
        about = tuple(about_value(workspace, path, spot.path, spot.entry.value.span))
        yield titled(str(spot.path[-1])) if any(about) and not declared else ""
        yield from about


def _about_use(workspace: Workspace, path: PurePath, use: Use, step: int, spot: Spot) -> Iterator[Block]:
    match use.kind:
        case UseKind.SERVER_REF | UseKind.ROUTE | UseKind.SANDBOX:
            yield from about_block(workspace, path, (use.name,))
        case UseKind.INHERIT | UseKind.COPY:
            directive = INHERIT_FROM if use.kind is UseKind.INHERIT else COPY
            whole = use.path_to(len(use.steps) - 1)
            yield from about_inherited(workspace, path, directive, inheriting(use), use.path_to(step), whole)
        case UseKind.INTERPOLATION:
            yield from _about_reference(workspace, path, use, step, spot)
        case UseKind.VARIABLE:
            yield from _about_variable(workspace, path, use, spot)
        case UseKind.INCLUDE:
            yield from about_include(workspace, path, use)
        case UseKind.FILE:
            yield from about_file(workspace, path, use)
        case UseKind.IMPLEMENTATION:
            yield from about_implementation(workspace, use.server_type or "", use.name, USUAL_ENTRYPOINT)
        case UseKind.DELETED_KEY:
            yield from _about_deleted(workspace, path, use)


def _about_reference(workspace: Workspace, path: PurePath, use: Use, step: int, spot: Spot) -> Iterator[Block]:
    """Yield the paragraphs about a segment of an interpolation: the key that it refers to, and its value."""
    run, steps = interpolated(workspace, path, use, step)
    found = effective(run, steps)
    if found is None:
        own = effective(run, spot.path)
        if own is not None and _is_interpolation(own):
            yield resolved(workspace, own)
        yield from about_block(workspace, path, steps[:1])
        return
    yield titled(dotted(steps))
    if found.config.origin.provenance is Provenance.STAND_IN:
        yield "Set by another config, `env.yaml` or the command line."
        return
    if _is_interpolation(found):
        yield resolved(workspace, found)
    else:
        yield f"Value: {shown(found.config, steps, workspace.secrets(run.run))}"
    yield ("From ", place(workspace, found.config))


def _is_interpolation(value: Effective) -> bool:
    return getattr(value.config, "is_interpolation", False)


def _about_variable(workspace: Workspace, path: PurePath, use: Use, spot: Spot) -> Iterator[Block]:
    """Yield the paragraphs about an environment variable, without its value."""
    yield titled(use.name, "environment variable")
    default = _default_of(spot.node, use.name)
    if use.name in workspace.environment:
        yield "It is set. gym-lsp does not read its value."
    elif default is not None:
        known = workspace.secrets_of_file(path)
        yield f"It is not set; the default is {code(str(masked((use.name,), default, known)))}."
    else:
        yield "It is not set and has no default here, so a run that reads it fails."


def _default_of(node: object, variable: str) -> str | None:
    text = node.value if isinstance(node, Scalar) else None
    for call in walk(parse_template(text)) if isinstance(text, str) else ():
        if isinstance(call, Call) and call.name == "oc.env" and call.args and call.args[0].raw == variable:
            return call.args[1].raw if len(call.args) > 1 else None
    return None


def _about_deleted(workspace: Workspace, path: PurePath, use: Use) -> Iterator[Block]:
    block = use.at[:-1]
    run = own_run(workspace, path)
    found = deleted_value(run, block, use.name)
    if found is None:
        yield f"{code(dotted(block))} has no key {code(use.name)} to remove."
        return
    value = shown(found, (*block, use.name), workspace.secrets(run.run))
    yield f"{code(DELETE_KEY)} removes {code(use.name)} from {code(dotted(block))}: {value}"
    yield ("From ", place(workspace, found))


def _at_resolver(value: Scalar, offset: int) -> Iterator[str]:
    """Yield the paragraphs about the resolver whose name the cursor is on."""
    if not isinstance(value.value, str) or "${" not in value.value:
        return
    inside = offset - inner_span(value).start
    for node in walk(parse_template(value.value)):
        if isinstance(node, Call) and node.name_span.contains(inside) and node.name in RESOLVERS:
            yield code(RESOLVERS[node.name].label)
            yield RESOLVERS[node.name].meaning


__all__ = ["Hover", "hover"]
