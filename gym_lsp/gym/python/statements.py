"""Python source cut into statements by their first words, and facts about a statement that need no parsing.

`module` uses this to parse only the statements that it needs.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from msgspec import Struct

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Import(Struct, frozen=True):
    """The target of an import: `name` of `module`, or the module itself if `name` is None. `module` is absolute."""

    module: str
    name: str | None


_QUOTED = re.compile(
    r'''\#[^\n]*+
    |"""(?:[^"\\]++|\\.|"(?!""))*+"""
    |\'\'\'(?:[^'\\]++|\\.|'(?!\'\'))*+\'\'\'
    |"(?:[^"\\\n]++|\\.)*+"
    |'(?:[^'\\\n]++|\\.)*+\'''',
    re.VERBOSE | re.DOTALL,
)
"""Comments and strings."""

_IN_LONG_STRINGS = ('"""', "'''", "\\\n")
"""Every string of several lines contains one of these."""

_SIGNATURE = re.compile(rf"[()\[\]{{}}:]|{_QUOTED.pattern}", _QUOTED.flags)

HEAD = r"(?P<word>@|[^\W\d]\w*)"
INDENTED = re.compile(r"^(?P<indent>[ \t]+)(?=[@\w])", re.MULTILINE)
BASES = re.compile(r"\bclass\s+\w+\s*(?:\[[^\]]*\]\s*)?(?:\((?P<bases>[^)]*)\))?\s*:")
RECEIVER = re.compile(r"^[ \t]*(?:\w+[ \t]*=[ \t]*)?(?P<on>[\w.]+)\Z", re.MULTILINE)
_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*+"
_PLAIN_HEADER = re.compile(
    rf"class[ \t]+(?P<name>\w+)[ \t]*(?:\((?P<bases>\s*{_DOTTED}(?:\s*,\s*{_DOTTED})*+\s*)?\)[ \t]*)?:"
)
_PLAIN_ANNOTATION = re.compile(rf"[ \t]*\w+[ \t]*:[ \t]*(?P<type>{_DOTTED})[ \t]*(?:\#[^\n]*)?(?:\n|\Z)")
_AFTER_KEYWORD = re.compile(r"\w+(?:[ \t]+def)?[ \t]+(?P<name>\w+)")
_ASSIGNED = re.compile(r"(?P<name>\w+)[ \t]*(?::|=(?!=)(?![ \t]*\w+[ \t]*=(?!=)))")

CONTINUATIONS = frozenset({"else", "elif", "except", "finally"})
FUNCTIONS = frozenset({"def", "async"})
IMPORTS = frozenset({"import", "from"})
_OPAQUE = frozenset({"import", "from", "if", "try", "with", "for", "while"})
"""First words of statements that may bind several names or none."""


def bound_name(text: str, offset: int, word: str) -> str | None:
    """Return the name that the statement at `offset` binds, or None if only parsing can show that."""
    if word in _OPAQUE:
        return None
    if word == "class" or word in FUNCTIONS:
        match = _AFTER_KEYWORD.match(text, offset)
    else:
        match = _ASSIGNED.match(text, offset)
        if match is None and word == "type":
            match = _AFTER_KEYWORD.match(text, offset)
    return match["name"] if match else None


def long_strings(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the strings that span several lines."""
    at = 0
    for mark in sorted(chain.from_iterable(occurrences(text, mark) for mark in _IN_LONG_STRINGS)):
        if mark < at:
            continue
        # No string from an earlier line reaches this one, so matching can start at the line.
        line = max(at, text.rfind("\n", 0, mark) + 1)
        token = next((token for token in _QUOTED.finditer(text, line) if token.end() > mark), None)
        if token is not None and token.start() <= mark:
            at = token.end()
            if text.find("\n", token.start(), at) != -1:
                yield token.span()


def occurrences(text: str, part: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Yield the offsets of `part` in a text between `start` and `end`."""
    at = text.find(part, start, end)
    while at != -1:
        yield at
        at = text.find(part, at + 1, end)


def dotted(name: str) -> ast.expr:
    """Return a dotted name as a syntax tree without positions."""
    first, *rest = name.split(".")
    node: ast.expr = ast.Name(first)
    for attribute in rest:
        node = ast.Attribute(node, attribute)
    return node


def plain_header(text: str, offset: int, line: int) -> ast.ClassDef | None:
    """Return a class header whose bases are all dotted names, as most are, without the cost of parsing.

    None for any other header. Only the class itself has a line number.
    """
    match = _PLAIN_HEADER.match(text, offset)
    if match is None:
        return None
    bases = [dotted(base.strip()) for base in (match["bases"] or "").split(",") if base]
    return ast.ClassDef(match["name"], bases, [], [ast.Expr(ast.Constant(...))], [], lineno=line)


def plain_annotation(text: str, offset: int) -> ast.expr | None:
    """Return the dotted name in a line of the form `name: dotted.name`, or None for any other line."""
    match = _PLAIN_ANNOTATION.match(text, offset)
    return None if match is None else dotted(match["type"])


def end_of_signature(text: str, start: int, end: int) -> int | None:
    """Return the offset after the colon that ends the header of a function or class, or None if there is none."""
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
    """Return the statements of `text`, or None if it is not valid Python."""
    with warnings.catch_warnings():
        # Source of other projects may have invalid escapes, which gym-lsp must not warn about.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


@lru_cache(maxsize=1024)
def parse_again(text: str) -> list[ast.stmt] | None:
    """Return the same as `parse`, cached by text, for statements that many modules share and whose lines are unused."""
    return parse(text)


def segment(text: str, start: int, node: ast.expr) -> str:
    """Return the source text of an expression as one line; `start` is the offset of its first line."""
    last = start
    for _ in range((node.end_lineno or node.lineno) - node.lineno):
        last = text.find("\n", last) + 1
    end = text.find("\n", last)
    end = len(text) if end == -1 else end
    if text[start:end].isascii():
        found = text[start + node.col_offset : last + (node.end_col_offset or 0)]
    else:
        # Python counts the columns in bytes.
        lines = text[start:last].encode(), text[last:end].encode()[: node.end_col_offset]
        found = b"".join(lines)[node.col_offset :].decode("utf-8", "replace")
    return " ".join(found.split()) if last > start else found


def nested(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, including those in conditions, loops and `with` blocks but not in functions and classes."""
    for statement in statements:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With | ast.For | ast.While):
            blocks = [statement.body, getattr(statement, "orelse", []), getattr(statement, "finalbody", [])]
            blocks += [handler.body for handler in getattr(statement, "handlers", [])]
            for block in blocks:
                yield from nested(block)


def definitions(statements: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the classes, functions and assignments among statements, each with the name that it defines."""
    for statement in nested(statements):
        if isinstance(statement, ast.ClassDef | Function):
            yield statement.name, statement
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, statement
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target.id, statement


def imports_in(statements: list[ast.stmt], package: str) -> Iterator[tuple[str, Import]]:
    """Yield the names that are imported, each with its target. A star import has the name `*<module>`.

    `package` is the package that relative imports start from.
    """
    for statement in nested(statements):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                bound = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or bound, Import(bound, None)
        elif isinstance(statement, ast.ImportFrom):
            source = _absolute(statement, package)
            for alias in statement.names:
                yield f"*{source}" if alias.name == "*" else alias.asname or alias.name, Import(source, alias.name)


def _absolute(statement: ast.ImportFrom, package: str) -> str:
    if not statement.level:
        return statement.module or ""
    parents = package.split(".") if package else []
    parents = parents[: len(parents) - statement.level + 1]
    return ".".join([*parents, *([statement.module] if statement.module else [])])
