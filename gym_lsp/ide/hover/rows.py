"""What a hover shows about rows: the instance that a row names, and the file that a dataset names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import LARGEST_TEXT, Unreadable
from gym_lsp.gym.fields import ModelType, UnionType, show
from gym_lsp.ide.fields import declaration_of, documentation
from gym_lsp.ide.hover.blocks import about_block
from gym_lsp.ide.hover.keys import about_field
from gym_lsp.ide.markdown import Block, Link, Markdown, bullets, code, paragraphs, titled
from gym_lsp.ide.named_in_rows import definitions_of, instance_at
from gym_lsp.ide.row_fields import key_in_row
from gym_lsp.memo import query
from gym_lsp.rows.judging import is_object
from gym_lsp.rows.reading import rows_in, value_of
from gym_lsp.text import Span
from gym_lsp.workspace.listings import first_text, listings_naming, listings_of
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


class _Summary(Struct, frozen=True):
    """The number of rows of a file, whether it has more than those, and the columns of the rows that were read."""

    count: int
    has_more: bool
    columns: tuple[str, ...]


@query
def _summary(workspace: Workspace, rows: PurePath) -> _Summary:
    text = first_text(workspace, rows)
    columns: dict[str, None] = {}
    count = 0
    for row in rows_in(text):
        if row.text.strip():
            count += 1
            value = value_of(row.text)
            columns.update(dict.fromkeys(value if is_object(value) else ()))
    return _Summary(count, len(text.encode()) > LARGEST_TEXT // 2 and _has_more(workspace, rows), tuple(columns))


def _has_more(workspace: Workspace, rows: PurePath) -> bool:
    try:
        workspace.files.read(rows)
    except Unreadable:
        return True
    return False


def about_rows(workspace: Workspace, config: PurePath, rows: PurePath) -> Iterator[Block]:
    """Yield the paragraphs about a file of rows that a dataset of a config names."""
    summary = _summary(workspace, rows)
    if summary.count:
        least = "more than " if summary.has_more else ""
        yield f"{least}{summary.count:,} {'row' if summary.count == 1 else 'rows'}".capitalize()
        shown = ", ".join(map(code, summary.columns[:_MOST_COLUMNS]))
        more = f" and {len(summary.columns) - _MOST_COLUMNS} more" if len(summary.columns) > _MOST_COLUMNS else ""
        yield f"Columns: {shown}{more}" if shown else ""
    owners = {each.owner for each in listings_of(workspace, config) if each.rows == rows}
    for server_type, implementation in (owner for owner in owners if owner is not None):
        yield from _about_schema(workspace, server_type, implementation)


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
