"""Inlay hints: values of interpolations, servers that directives bring in, types of refs, and defaults of fields."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.blocks import spelled_servers
from gym_lsp.compose.config import Array, Config, Marks, Table, at, leaves
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.problem import InterpolationProblem
from gym_lsp.compose.resolved import scalar
from gym_lsp.compose.run import Composition
from gym_lsp.compose.secrets import Secrets, masked, refers_to_secret
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import ENTRYPOINT, SERVER_DEPTH, is_in_config_paths
from gym_lsp.ide.fields import own_fields, plain_default
from gym_lsp.ide.hover.values import effective
from gym_lsp.ide.lookup import own_run, ref_type
from gym_lsp.ide.target import entries_below
from gym_lsp.rules.engine.rule import shortened
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import Use, UseKind
from gym_lsp.workspace.workspace import Workspace

_LONGEST = 60
"""Characters of a hint."""


class HintKind(Enum):
    """The kinds of hints; the settings of the editor can switch off each."""

    VALUE = "value"
    INHERITED = "inherited"
    REF_TYPE = "ref-type"
    DEFAULT = "default"


class Hint(Struct, frozen=True):
    """A text to show after an offset, with its explanation."""

    offset: int
    text: str
    kind: HintKind
    tooltip: str


def hints(
    workspace: Workspace, path: PurePath, within: Span, kinds: Collection[HintKind] = frozenset(HintKind)
) -> tuple[Hint, ...]:
    """Return the hints in a part of a file, in the order of the text."""
    if workspace.kind(path) not in (FileKind.CONFIG, FileKind.ENVIRONMENT, FileKind.RECIPE):
        return ()
    try:
        file = workspace.gym_part(path)
    except Unreadable:
        return ()
    run = own_run(workspace, path)
    found: list[Hint] = []
    if HintKind.VALUE in kinds:
        found.extend(_values(workspace, run, file.config, within))
    if HintKind.DEFAULT in kinds:
        found.extend(_defaults(workspace, path, run, within))
    for use in workspace.uses(path):
        if not within.contains(use.span.end):
            continue
        if use.kind in (UseKind.INHERIT, UseKind.COPY) and HintKind.INHERITED in kinds:
            found.extend(_inherited(workspace, run, use))
        elif use.kind is UseKind.SERVER_REF and use.server_type is None and HintKind.REF_TYPE in kinds:
            found.extend(_ref_type(workspace, path, use))
    return tuple(sorted(found, key=lambda hint: hint.offset))


def _values(workspace: Workspace, run: Composition, config: Table, within: Span) -> Iterator[Hint]:
    """Yield the value of each interpolation, unless it is unknown or a secret."""
    interpolator = Interpolator(run.config, frozenset(workspace.environment))
    for path, leaf in leaves(config, marked=int(Marks.INTERPOLATION)):
        if not within.contains(leaf.node.end) or is_in_config_paths(path) or leaf.holds_directives:
            continue
        found = effective(run, path)
        if found is None or found.config.node is not leaf.node:
            # Another file overrides this value.
            continue
        value = interpolator.resolve(leaf, found.path)
        if isinstance(value, InterpolationProblem) or refers_to_secret(str(leaf.value)):
            continue
        text = _shown(value, path, workspace.secrets(run.run))
        if text is None:
            continue
        if text.strip('"') in str(leaf.value):
            # The value is a default that is already visible in the interpolation.
            continue
        yield Hint(leaf.node.end, f"= {shortened(text, _LONGEST)}", HintKind.VALUE, text)


def _shown(value: Config, path: KeyPath, known: Secrets) -> str | None:
    if isinstance(value, Table):
        return f"{{{', '.join(map(str, value.entries))}}}"
    if isinstance(value, Array):
        return f"[{len(value.items)}]"
    if value.value == "" or value.value == FROM_ENVIRONMENT:
        # The stand-in for a value of the command line, or an environment variable, whose value is never read.
        return None
    shown = masked(path, value.value, known)
    return scalar(shown) if shown == value.value else None


def _inherited(workspace: Workspace, run: Composition, use: Use) -> Iterator[Hint]:
    """Yield the server, or else the keys, of the block that a directive names."""
    source = at(run.merged, use.path_to(len(use.steps) - 1))
    if not isinstance(source, Table):
        return
    servers = tuple(spelled_servers(source, workspace.profile))
    names = [f"{server.server_type}/{server.implementation}" for server in servers]
    text = ", ".join(names or map(str, source.entries))
    fields = servers[0].config if len(servers) == 1 else source
    tooltip = f"{'Inherits' if use.kind is UseKind.INHERIT else 'Copies'} {_keys(fields)}."
    yield Hint(use.span.end, f"⇐ {shortened(text, _LONGEST)}", HintKind.INHERITED, tooltip)


def _keys(table: Table) -> str:
    return ", ".join(f"`{key}`" for key in table.entries)


def _defaults(workspace: Workspace, path: PurePath, run: Composition, within: Span) -> Iterator[Hint]:
    """Yield the defaults of the fields that the class of an implementation declares and the config does not set."""
    for steps, entry in entries_below(workspace.gym_part(path).document.root, (), SERVER_DEPTH):
        end = entry.key.span.end + 1
        _, server_type, implementation = map(str, steps)
        is_server = within.contains(end) and server_type in workspace.profile.server_types
        found = effective(run, steps) if is_server else None
        if found is None or not isinstance(found.config, Table):
            continue
        entrypoint = found.config.leaf(ENTRYPOINT)
        fields = own_fields(workspace, server_type, implementation, str(entrypoint)) if entrypoint else ()
        present = found.config.entries.keys()
        defaults = [
            f"{field.name}: {default}"
            for field in fields
            if present.isdisjoint((field.name, *field.aliases)) and (default := plain_default(field)) is not None
        ]
        if defaults:
            tooltip = "Defaults: " + ", ".join(f"`{each}`" for each in defaults) + "."
            yield Hint(end, shortened(", ".join(defaults), _LONGEST), HintKind.DEFAULT, tooltip)


def _ref_type(workspace: Workspace, path: PurePath, use: Use) -> Iterator[Hint]:
    server_type = ref_type(workspace, path, use)
    if server_type is not None:
        yield Hint(
            use.span.end, f"({server_type})", HintKind.REF_TYPE, "The server type of the ref that this one overrides."
        )
