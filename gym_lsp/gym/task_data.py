"""The schema of the rows of a server: the `TaskData` of the `task_data.py` in its folder, since 0.6.0.

NeMo Gym imports the module and validates with pydantic: `load_task_data_schema` and `TaskDataValidator` of
`nemo_gym/task_data.py`. gym-lsp reads the same type from source, and everything that is not certain accepts every row.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import cast

from msgspec import Struct

from gym_lsp.gym.fields import FieldType
from gym_lsp.gym.python.field_text import line_start
from gym_lsp.gym.python.models import ModelReader
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import SourceDefinition

MODULE = "task_data"
"""The name of the module, in the folder of a server."""
_EXPORT = "TaskData"

RESPONSES_CREATE_PARAMS = "responses_create_params"
AGENT_REF = "agent_ref"
TASK_SOURCE = "task_source"
RESERVED = frozenset({RESPONSES_CREATE_PARAMS, AGENT_REF, TASK_SOURCE, "_ng_task_index", "_ng_rollout_index"})
"""The keys of a row that belong to NeMo Gym."""
LEGACY = "verifier_metadata"
"""The key of a mapping with fields of the server, in rows of the older form."""
NESTED = "task_data"
"""The key of a mapping with fields of the server, in rows of the newer form."""
ROLES = ("user", "assistant", "system", "developer")
"""The roles of the messages that a row sends to the model."""
TASK_ID = "task_id"
TASK_INPUT = "task_input"
"""A row with a mapping as `task_id` and with `task_input` is a materialized task: its fields are in the input."""


class TaskData(Struct, frozen=True):
    """The schema of the rows of one server.

    `type` is what the fields of a row must be. `path` and `line`, counted from 1, are the place of its definition.
    `legacy` are the fields that the server reads only from `verifier_metadata`.
    """

    type: FieldType
    path: PurePath
    line: int
    legacy: frozenset[str] = frozenset()


class Unusable(Struct, frozen=True):
    """Why NeMo Gym cannot use a `task_data.py`, so that it compares no row with it.

    `line`, counted from 1, is that of a mistake in the syntax; None if the module does not define `TaskData`. `reason`
    is what Python says about the mistake.
    """

    path: PurePath
    line: int | None = None
    reason: str = ""
    start: int = 0
    """The offset of the line."""


_NEWER = re.compile(
    r"""^\s*type\s+\w|^\s*(?:async\s+def|def|class)\s+\w+\s*\[|\b[fFrRtT]{1,2}["']|^\s*except\b[^:(]*,"""
)
"""A line that a newer Python than the one that runs gym-lsp may accept."""


def why_unusable(path: PurePath, text: str) -> Unusable | None:
    """Return why a module exports no schema; None if it may export one. Nothing of it is executed."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        line = error.lineno or 1
        start = line_start(text, line) or 0
        is_newer = _NEWER.search(text[start:].partition("\n")[0]) is not None
        return None if is_newer else Unusable(path, line, error.msg, start)
    except (ValueError, RecursionError, MemoryError):
        return None
    return None if any(map(_may_bind, ast.walk(tree))) else Unusable(path)


def _may_bind(node: ast.AST) -> bool:
    """Whether a part of a module may bind the name of the schema."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
            return name in (_EXPORT, "__getattr__")
        case ast.alias(name=name, asname=asname):
            return "*" in name or _EXPORT in (name, asname)
        case ast.Constant(value=str(text)):
            # A name in a text, as in `globals()["TaskData"]`.
            return text == _EXPORT
        case _:
            return type(node).__name__ == "TypeAlias"


def read_task_data(reader: ModelReader, path: PurePath) -> TaskData | None:
    """Return the schema that a module exports, or None if it does not exist or exports no type that can be read."""
    module = reader.source.read(path, f"{path.parent.name}.{MODULE}")
    found = None if module is None else reader.source.find(module, _EXPORT)
    if module is None or not isinstance(found, SourceDefinition):
        return None
    line = found.node.lineno
    return TaskData(
        reader.type_of(module, ast.Name(_EXPORT)), found.module.path, line, frozenset(_legacy(reader, module))
    )


def _legacy(reader: ModelReader, module: Module) -> Iterator[str]:
    """Yield the fields with the mark of `legacy_metadata_fields`, in every model that the type names."""
    for model in _models(reader, module, ast.Name(_EXPORT), frozenset()):
        marks: dict[str, bool] = {}
        for base in reversed(reader.source.mro(model)):
            if isinstance(base, SourceDefinition):
                for statement in base.body:
                    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                        marks[statement.target.id] = _is_legacy(reader, base.module, statement)
        yield from (name for name, is_marked in marks.items() if is_marked)


def _models(
    reader: ModelReader, module: Module, node: ast.expr, passed: frozenset[SourceDefinition]
) -> Iterator[SourceDefinition]:
    for part in ast.walk(node):
        found = reader.source.refer(module, part) if isinstance(part, ast.Name | ast.Attribute) else None
        if not isinstance(found, SourceDefinition) or found in passed:
            continue
        if isinstance(found.node, ast.ClassDef):
            yield found
        elif isinstance(alias := getattr(found.node, "value", None), ast.expr):
            yield from _models(reader, found.module, alias, passed | {found})


def _is_legacy(reader: ModelReader, module: Module, field: ast.AnnAssign) -> bool:
    """Whether `Field(json_schema_extra=...)` of a field has the mark; False if that is not a constant."""
    calls = [node for node in (field.value, field.annotation) if node is not None]
    keywords = (
        each for call in calls for part in ast.walk(call) if isinstance(part, ast.Call) for each in part.keywords
    )
    given = next((each.value for each in keywords if each.arg == "json_schema_extra"), None)
    extra = None if given is None else reader.source.evaluate_or_none(module, given)
    return isinstance(extra, Mapping) and cast("Mapping[object, object]", extra).get("legacy_location") == LEGACY
