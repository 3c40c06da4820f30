"""Hovers of keys and of words such as domains: their meaning, type, default and possible values."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.gym.fields import AnyType, Field, show_value
from gym_lsp.gym.layout import DOMAIN, LICENSE, TYPE, is_dataset_field, is_top_level
from gym_lsp.gym.meanings import LICENSES, SANDBOX_PROVIDERS
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.vocabulary import DATASET_TYPES, SERVER_TYPES
from gym_lsp.gym.vocabulary import LICENSES as SPDX
from gym_lsp.ide.fields import declaration_of, documentation, shown_default
from gym_lsp.ide.markdown import Block, Link, code, titled
from gym_lsp.ide.shape import Shape, ShapeKind, known_values, shown_type
from gym_lsp.syntax import Atom, KeyPath
from gym_lsp.workspace.workspace import Workspace


def about_key(workspace: Workspace, path: KeyPath, shape: Shape) -> Iterator[Block]:
    """Yield the paragraphs about the key at a path; nothing for a key that neither NeMo Gym nor a class declares."""
    name = str(path[-1])
    if shape.kind is ShapeKind.GROUP:
        yield from _server_type(name)
        return
    if name in SANDBOX_PROVIDERS and shape.field is None:
        yield titled(name, "sandbox provider")
        yield SANDBOX_PROVIDERS[name]
        return
    field = shape.field
    if field is None or (field.type == AnyType() and field.description is None and field.path is None):
        return
    default = workspace.profile.key_defaults.get(name) if is_top_level(path) else None
    yield from about_field(field, documentation(workspace, field), default)
    declared = declaration_of(workspace, field)
    if declared is not None:
        yield ("Declared in ", Link(workspace.spelled(declared.path), declared.path, declared.selection.start))


def about_field(field: Field, meaning: str, default: Atom = None) -> Iterator[Block]:
    """Yield the paragraphs about a field: name and type, meaning, default, and values that the type does not show."""
    shown = shown_type(field.type)
    yield titled(field.name, code(shown))
    yield meaning
    if field.required:
        yield "Required."
    elif default is not None:
        yield f"Default: {code(str(default).lower() if isinstance(default, bool) else str(default))}"
    elif field.default not in (None, "None"):
        yield f"Default: {code(shown_default(field))}"
    values = known_values(field.type)
    if any(show_value(value) not in shown for value in values):
        yield "One of " + ", ".join(code(str(value)) for value in values) + "."


def about_choice(profile: Profile, path: KeyPath, value: Atom) -> Iterator[Block]:
    """Yield the meaning of a value that is a domain, a license, a dataset type or a server type."""
    field, text = str(path[-1]), str(value)
    if field == DOMAIN and text in profile.domain_meanings:
        yield titled(text, "domain")
        yield profile.domain_meanings[text]
    elif field == LICENSE and text in LICENSES:
        yield titled(text, "dataset license")
        yield LICENSES[text]
        spdx = SPDX.get(text)
        yield f"In a manifest: {code(spdx)} (the SPDX identifier)." if spdx else ""
    elif field == TYPE and is_dataset_field(path) and text in DATASET_TYPES:
        yield titled(text, "dataset type")
        yield DATASET_TYPES[text]
    elif field == TYPE and text in SERVER_TYPES:
        yield from _server_type(text)


def _server_type(name: str) -> Iterator[Block]:
    yield titled(name, "server type")
    yield SERVER_TYPES.get(name, "")
