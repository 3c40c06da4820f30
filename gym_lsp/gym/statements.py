"""Python source cut into statements by their first words, and what can be told of a statement without parsing it."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

QUOTED = re.compile(
    r'''\#[^\n]*+
    |"""(?:[^"\\]++|\\.|"(?!""))*+"""
    |\'\'\'(?:[^'\\]++|\\.|'(?!\'\'))*+\'\'\'
    |"(?:[^"\\\n]++|\\.)*+"
    |'(?:[^'\\\n]++|\\.)*+\'''',
    re.VERBOSE | re.DOTALL,
)
"""Comments and strings."""

_SIGNATURE = re.compile(rf"[()\[\]{{}}:]|{QUOTED.pattern}", QUOTED.flags)

HEAD = re.compile(r"^(?P<word>@|[^\W\d]\w*)", re.MULTILINE)
INDENTED = re.compile(r"^(?P<indent>[ \t]+)(?=[@\w])", re.MULTILINE)
BASES = re.compile(r"\bclass\s+\w+\s*(?:\[[^\]]*\]\s*)?(?:\((?P<bases>[^)]*)\))?\s*:")
RECEIVER = re.compile(r"^[ \t]*(?:\w+[ \t]*=[ \t]*)?(?P<on>[\w.]+)\Z", re.MULTILINE)
_AFTER_KEYWORD = re.compile(r"\w+(?:[ \t]+def)?[ \t]+(?P<name>\w+)")
_ASSIGNED = re.compile(r"(?P<name>\w+)[ \t]*(?::|=(?!=)(?![ \t]*\w+[ \t]*=(?!=)))")

CONTINUATIONS = frozenset({"else", "elif", "except", "finally"})
FUNCTIONS = frozenset({"def", "async"})
IMPORTS = frozenset({"import", "from"})
_OPAQUE = frozenset({"import", "from", "if", "try", "with", "for", "while"})
"""First words of statements that may bind several names, or none."""


def bound_name(text: str, offset: int, word: str) -> str | None:
    """The one name that the statement at `offset` binds, None where it takes parsing to know."""
    if word in _OPAQUE:
        return None
    if word == "class" or word in FUNCTIONS:
        match = _AFTER_KEYWORD.match(text, offset)
    else:
        match = _ASSIGNED.match(text, offset)
        if match is None and word == "type":
            match = _AFTER_KEYWORD.match(text, offset)
    return match["name"] if match else None


def end_of_signature(text: str, start: int, end: int) -> int | None:
    """The place behind the colon that the body of a function follows; None where there is none."""
    depth = 0
    for match in _SIGNATURE.finditer(text, start, end):
        token = match[0]
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        elif token == ":" and not depth:
            return match.end()
    return None


def parse(text: str) -> list[ast.stmt] | None:
    """The statements of `text`, None where it is not Python."""
    with warnings.catch_warnings():
        # Somebody else's source may have invalid escapes; to warn of them is not our business.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def nested(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements and those inside conditions, loops and `with` blocks, but not inside functions and classes."""
    for statement in statements:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With | ast.For | ast.While):
            blocks = [statement.body, getattr(statement, "orelse", []), getattr(statement, "finalbody", [])]
            blocks += [handler.body for handler in getattr(statement, "handlers", [])]
            for block in blocks:
                yield from nested(block)


def definitions(statements: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    for statement in nested(statements):
        if isinstance(statement, ast.ClassDef | Function):
            yield statement.name, statement
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, statement
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target.id, statement
