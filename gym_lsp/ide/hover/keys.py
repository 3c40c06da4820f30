"""Keys: what each means, its type, its default, the values that it may have. And what such values mean."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.gym.fields import AnyType, Field
from gym_lsp.gym.layout import DOMAIN, LICENSE, TYPE, is_dataset_field, is_top_level
from gym_lsp.gym.meanings import LICENSES, SANDBOX_PROVIDERS
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.release.reserved_keys import OVERWRITTEN
from gym_lsp.gym.vocabulary import DATASET_TYPES, SERVER_TYPES
from gym_lsp.gym.vocabulary import LICENSES as SPDX
from gym_lsp.ide.fields import declaration_of, documentation, shown_default
from gym_lsp.ide.markdown import Link, Markdown, code
from gym_lsp.ide.shape import Shape, ShapeKind, known_values, shown_type
from gym_lsp.syntax import Atom, KeyPath
from gym_lsp.workspace.workspace import Workspace


def about_key(workspace: Workspace, path: KeyPath, shape: Shape) -> Iterator[Markdown | str]:
    """What the key at a path means; nothing for keys that are the user's own."""
    name = str(path[-1])
    if shape.kind is ShapeKind.GROUP:
        yield f"**{name}**"
        yield SERVER_TYPES.get(name, "")
        return
    if name in SANDBOX_PROVIDERS and shape.field is None:
        yield f"**{name}** · sandbox provider"
        yield SANDBOX_PROVIDERS[name]
        return
    field = shape.field
    if field is None or (field.type == AnyType() and field.description is None and field.path is None):
        return
    default = workspace.profile.key_defaults.get(name) if is_top_level(path) else None
    yield from about_field(field, documentation(workspace, field), default)
    if is_top_level(path) and name in OVERWRITTEN:
        yield "NeMo Gym works it out by itself and overwrites what stands here."
    declared = declaration_of(workspace, field)
    if declared is not None:
        yield ("Declared in ", Link(workspace.spelled(declared.path), declared.path, declared.selection.start))


def about_field(field: Field, meaning: str, default: Atom = None) -> Iterator[Markdown | str]:
    """The meaning, type and default of a field."""
    values = [str(value) for value in known_values(field.type)]
    shown = shown_type(field.type)
    yield f"**{field.name}** · {shown if len(values) > 1 else code(shown)}"
    yield meaning
    if field.required:
        yield "Required."
    elif default is not None:
        yield f"Default: {code(str(default).lower() if isinstance(default, bool) else str(default))}"
    elif field.default not in (None, "None"):
        yield f"Default: {code(shown_default(field))}"
    if len(values) > 1:
        yield "One of " + ", ".join(map(code, values)) + "."


def about_choice(profile: Profile, path: KeyPath, value: Atom) -> Iterator[str]:
    """What a domain, a license, a dataset type or a server type means."""
    field, text = str(path[-1]), str(value)
    if field == DOMAIN and text in profile.domain_meanings:
        yield f"**{text}** · domain"
        yield profile.domain_meanings[text]
    elif field == LICENSE and text in LICENSES:
        yield f"**{text}** · license of a dataset"
        yield LICENSES[text]
        spdx = SPDX.get(text)
        yield f"SPDX: {code(spdx)}, which is how a manifest spells it." if spdx else ""
    elif field == TYPE and is_dataset_field(path) and text in DATASET_TYPES:
        yield f"**{text}** · type of a dataset"
        yield DATASET_TYPES[text]
    elif field == TYPE and text in SERVER_TYPES:
        yield f"**{text}** · server type"
        yield SERVER_TYPES[text]
