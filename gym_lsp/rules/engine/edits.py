"""The edits of fixes. Each keeps every byte outside its span and results in text that parses."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Fields

from gym_lsp.compose.config import Config, Leaf, Origin, Table
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Applicability, FileEdit, Fix
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.syntax import Entry, Mapping, Scalar, Sequence, resolve
from gym_lsp.syntax.marks import line_end
from gym_lsp.text import Edit, Span, lines_of

_BRACES = frozenset("{}[],")
_OPENING = frozenset("{[")


def replace_value(leaf: Config, text: str, title: str, applicability: Applicability = Applicability.UNSAFE) -> Fix:
    """Return the fix that replaces the text of a scalar and keeps its quotes, or adds quotes where braces need them."""
    node = leaf.node
    quote = node.style if isinstance(node, Scalar) and node.style in ("'", '"') else ""
    written = leaf.origin.text
    before = written[written.rfind("\n", 0, node.start) + 1 : node.start]
    if not quote and not _BRACES.isdisjoint(text) and not _OPENING.isdisjoint(before):
        quote = "'" if '"' in text else '"'
    text = f"{quote}{text}{quote}"
    return Fix(title, (FileEdit(leaf.origin.path, Edit(node.span, text)),), applicability)


def rename_key(
    config: Config, name: str, title: str, applicability: Applicability = Applicability.UNSAFE
) -> Fix | None:
    """Return the fix that renames the key of a value; None for a list element."""
    key = config.key
    if key is None:
        return None
    quote = key.style if isinstance(key, Scalar) and key.style in ("'", '"') else ""
    edit = Edit(key.span, f"{quote}{name}{quote}")
    return Fix(title, (FileEdit(config.origin.path, edit),), applicability)


def renames(config: Config, names: Iterable[str]) -> tuple[Fix, ...]:
    """Return a fix for each name that the key of a value can be renamed to."""
    fixes = (rename_key(config, name, f"Rename to `{name}`") for name in names)
    return tuple(fix for fix in fixes if fix is not None)


def insert_field(table: Table, key: str, value: str) -> FileEdit | None:
    """Return the edit that adds `key: value` as the first entry of a mapping; None if the mapping is empty."""
    node = table.node
    if not isinstance(node, Mapping) or not node.entries:
        return None
    start = node.entries[0].span.start
    if node.flow:
        return FileEdit(table.origin.path, Edit(Span(start, start), f"{key}: {value}, "))
    below = f"{line_break(table.origin.text)}{indentation(table.origin, start)}"
    return FileEdit(table.origin.path, Edit(Span(start, start), f"{key}: {value}{below}"))


def insert_after(table: Table, entry: Config, key: str, value: str) -> FileEdit | None:
    """Return the edit that adds `key: value` to a mapping after an entry; None if the entry is not written in it."""
    node = table.node
    if entry.key is None or not isinstance(node, Mapping) or all(each.key is not entry.key for each in node.entries):
        return None
    start, end = entry.key.span.start, max(entry.key.span.end, entry.node.span.end)
    text = entry.origin.text
    if node.flow:
        return FileEdit(entry.origin.path, Edit(Span(end, end), f", {key}: {value}"))
    end = line_end(text, end)
    margin = indentation(entry.origin, start)
    return FileEdit(entry.origin.path, Edit(Span(end, end), f"{line_break(text)}{margin}{key}: {value}"))


def quote_key(config: Config, title: str, applicability: Applicability = Applicability.UNSAFE) -> Fix | None:
    """Return the fix that quotes a plain key, so that YAML reads it as text; None if the key is not plain."""
    key = config.key
    if not isinstance(key, Scalar) or key.style is not None:
        return None
    edit = Edit(key.span, f'"{key.text}"')
    return Fix(title, (FileEdit(config.origin.path, edit),), applicability)


def unquote_value(leaf: Config, text: str, title: str, applicability: Applicability = Applicability.UNSAFE) -> Fix:
    """Return the fix that replaces a value and its quotes with a plain scalar."""
    return Fix(title, (FileEdit(leaf.origin.path, Edit(leaf.node.span, text)),), applicability)


def append_field(table: Table, key: str, value: str) -> FileEdit | None:
    """Return the edit that adds `key: value` as the last entry of a mapping; None if the mapping is empty."""
    return append_fields(table, {key: value})


def append_fields(table: Table, fields: Fields[str, str]) -> FileEdit | None:
    """Return the edit that adds several fields at the end of a mapping; each value is YAML."""
    node = table.node
    if not isinstance(node, Mapping) or not node.entries:
        return None
    end = node.entries[-1].span.end
    if node.flow:
        before = ", "
    else:
        before = f"{line_break(table.origin.text)}{indentation(table.origin, node.entries[0].span.start)}"
        end = line_end(table.origin.text, end)
    text = "".join(f"{before}{key}: {value}" for key, value in fields.items())
    return FileEdit(table.origin.path, Edit(Span(end, end), text))


def indent_entries(entries: Iterable[Config], column: int) -> tuple[FileEdit, ...]:
    """Return the edits that indent entries of a block mapping so that their keys begin in a column.

    Empty if an entry shares its first line with something else, or is in that column or to the right of it already.
    """
    edits: list[FileEdit] = []
    for entry in entries:
        key, text = entry.key, entry.origin.text
        lines = lines_of(text)
        if key is None:
            return ()
        first = lines.line_of(key.span.start)
        start = lines.line_span(first).start
        shift = column - (key.span.start - start)
        if text[start : key.span.start].strip() or shift <= 0:
            return ()
        for number in range(first, lines.line_of(max(key.span.end, entry.node.span.end)) + 1):
            line = lines.line_span(number)
            if line.of(text).strip():
                edits.append(FileEdit(entry.origin.path, Edit(Span(line.start, line.start), " " * shift)))
    return tuple(edits)


def column_of(origin: Origin, offset: int) -> int:
    """Return the column of an offset, counted from 0 in code points."""
    lines = lines_of(origin.text)
    return offset - lines.line_span(lines.line_of(offset)).start


def remove_entry(config: Config) -> FileEdit | None:
    """Return the edit that removes an entry of a block mapping with its lines; None in flow style."""
    if config.key is None:
        return None
    start = config.key.span.start
    end = max(config.key.span.end, config.node.span.end)
    edit = remove_lines(config.origin.text, Span(start, end))
    return None if edit is None else FileEdit(config.origin.path, edit)


def remove_lines(text: str, span: Span) -> Edit | None:
    """Return the edit that removes the lines of a span; None if the lines contain something else too."""
    lines = lines_of(text)
    line = lines.line_span(lines.line_of(span.start))
    before = text[line.start : span.start]
    after = text[span.end : line_end(text, span.end)].strip()
    if before.strip() or (after and not after.startswith("#")):
        return None
    return Edit(_whole_lines(text, line.start, span.end), "")


def add_include(file: ConfigFile, entry: str) -> FileEdit:
    """Return the edit that adds an entry to the `config_paths` of a file, after the existing ones."""
    root = file.document.root
    listed = root.entry(CONFIG_PATHS) if isinstance(root, Mapping) else None
    if listed is not None:
        edit = _appended_item(file, listed, entry)
        if edit is not None:
            return FileEdit(file.path, edit)
    start = root.entries[0].span.start if isinstance(root, Mapping) and root.entries else 0
    end = line_break(file.document.text) + indentation(file.origin, start)
    return FileEdit(file.path, Edit(Span(start, start), f"{CONFIG_PATHS}:{end}  - {entry}{end}"))


def _appended_item(file: ConfigFile, listed: Entry, entry: str) -> Edit | None:
    value = resolve(listed.value)
    if not isinstance(value, Sequence) or not value.items:
        return Edit(value.span, f"[{entry}]") if isinstance(value, Sequence) else None
    last = value.items[-1].span.end
    if value.flow:
        return Edit(Span(last, last), f", {entry}")
    text = file.document.text
    line = file.document.lines.line_span(file.document.lines.line_of(value.items[-1].span.start))
    margin = line.of(text)[: len(line.of(text)) - len(line.of(text).lstrip())]
    end = line_end(text, last)
    return Edit(Span(end, end), f"{line_break(text)}{margin}- {entry}")


def indentation(origin: Origin, offset: int) -> str:
    """Return the indentation that aligns a new line with `offset`; the dash of a list element counts as a space."""
    lines = lines_of(origin.text)
    start = lines.line_span(lines.line_of(offset)).start
    return "".join("\t" if character == "\t" else " " for character in origin.text[start:offset])


def line_break(text: str) -> str:
    """Return the line break of a text, so that an inserted line ends like the others."""
    first = line_end(text, 0)
    return "\r\n" if text.startswith("\r\n", first) else text[first : first + 1] or "\n"


def _whole_lines(text: str, start: int, end: int) -> Span:
    end = line_end(text, end)
    if text.startswith("\r\n", end):
        end += 2
    elif end < len(text):
        end += 1
    return Span(start, end)


__all__ = [
    "Leaf",
    "add_include",
    "append_field",
    "column_of",
    "indent_entries",
    "indentation",
    "insert_after",
    "insert_field",
    "line_break",
    "quote_key",
    "remove_entry",
    "remove_lines",
    "rename_key",
    "renames",
    "replace_value",
    "unquote_value",
]
