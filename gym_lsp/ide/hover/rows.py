"""What a hover shows about rows: the instance that a row names, and the file that a dataset names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.gym.fields import ModelType, UnionType, show
from gym_lsp.ide.fields import declaration_of, documentation
from gym_lsp.ide.hover.blocks import about_block
from gym_lsp.ide.hover.keys import about_field
from gym_lsp.ide.markdown import Block, Link, Markdown, bullets, code, paragraphs, titled
from gym_lsp.ide.named_in_rows import definitions_of, instance_at
from gym_lsp.ide.row_fields import key_in_row
from gym_lsp.text import Span
from gym_lsp.workspace.listings import Columns, columns_in, listings_naming, listings_of, prompt_columns
from gym_lsp.workspace.workspace import Workspace

_MOST_COLUMNS = 20
_MOST_FIELDS = 20


def about_instance(workspace: Workspace, rows: PurePath, offset: int) -> tuple[Span, Markdown] | None:
    """Return what is known about the instance that a row names at an offset, with the span of the name; or None."""
    named = instance_at(workspace, rows, offset)
    if named is None:
        return None
    listings = listings_naming(workspace, rows)
    configs = [each.config for each in listings if named.name in each.instances]
    configs += [each.path for each in definitions_of(workspace, rows, named.name)]
    content = paragraphs(about_block(workspace, configs[0], (named.name,)) if configs else ())
    return (named.span, content) if content else None


def about_field_of_row(workspace: Workspace, rows: PurePath, offset: int) -> tuple[Span, Markdown] | None:
    """Return what is known about the key of a row at an offset, with its span; or None."""
    key = key_in_row(workspace, rows, offset)
    if key is None:
        return None
    parts: list[Block] = []
    for field in key.fields:
        parts.extend(about_field(field, documentation(workspace, field)))
        declared = declaration_of(workspace, field)
        if declared is not None:
            path = declared.path
            parts.append(("Declared in ", Link(workspace.spelled(path), path, declared.selection.start)))
    if not key.fields:
        parts.append(titled(key.name, "column"))
    parts.extend(("Inserted into ", Link(workspace.spelled(prompt), prompt)) for prompt in key.prompts)
    return key.span, paragraphs(parts)


def about_rows(workspace: Workspace, config: PurePath, rows: PurePath) -> Iterator[Block]:
    """Yield the paragraphs about a file of rows that a dataset of a config names."""
    found = columns_in(workspace, rows)
    if found.count:
        least = "" if found.is_complete else "more than "
        yield f"{least}{found.count:,} {'row' if found.count == 1 else 'rows'}".capitalize()
        shown = ", ".join(map(code, found.names[:_MOST_COLUMNS]))
        more = f" and {len(found.names) - _MOST_COLUMNS} more" if len(found.names) > _MOST_COLUMNS else ""
        yield f"Columns: {shown}{more}" if shown else ""
    listings = [each for each in listings_of(workspace, config) if each.rows == rows]
    for prompt in dict.fromkeys(each.prompt for each in listings if each.prompt is not None):
        yield from _about_prompt(workspace, prompt, found)
    owners = {each.owner for each in listings}
    for server_type, implementation in (owner for owner in owners if owner is not None):
        yield from _about_schema(workspace, server_type, implementation)


def _about_prompt(workspace: Workspace, prompt: PurePath, found: Columns) -> Iterator[Block]:
    """Yield the columns that a prompt needs, and those that no row has."""
    needed = prompt_columns(workspace, prompt)
    if not needed:
        return
    yield ("The prompt ", Link(workspace.spelled(prompt), prompt), f" needs {', '.join(map(code, needed))}")
    missing = [column for column in needed if column not in found.names]
    if missing and found.count and found.is_valid:
        where = "in no row" if found.is_complete else f"in none of the first {found.count:,} rows"
        yield f"{', '.join(map(code, missing))} {'is' if len(missing) == 1 else 'are'} {where}"


def _about_schema(workspace: Workspace, server_type: str, implementation: str) -> Iterator[Block]:
    schema = workspace.task_data(server_type, implementation)
    if schema is None:
        return
    options = schema.type.options if isinstance(schema.type, UnionType) else (schema.type,)
    models = [each.model for each in options if isinstance(each, ModelType)]
    yield ("Schema of the rows: ", Link(workspace.spelled(schema.path), schema.path))
    for model in models:
        fields = [*model.fields.values()]
        lines = [
            (f"{code(each.name)} {code(show(each.type))}", ", required" if each.required else "")
            for each in fields[:_MOST_FIELDS]
        ]
        if len(models) > 1:
            yield code(model.name)
        yield bullets(lines)
