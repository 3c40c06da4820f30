"""Python source cut into statements by their first words, and what can be told of a statement without parsing it."""

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
    """What a name was imported as: `name` of `module`, or the module itself. Both are absolute."""

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
"""No string runs over several lines without one of these in it."""

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


def long_strings(text: str) -> Iterator[tuple[int, int]]:
    """Where the strings lie that run over several lines."""
    at = 0
    for mark in sorted(chain.from_iterable(places(text, mark) for mark in _IN_LONG_STRINGS)):
        if mark < at:
            continue
        # Nothing that began on an earlier line reaches this one, so it takes no more than the line to know.
        line = max(at, text.rfind("\n", 0, mark) + 1)
        token = next((token for token in _QUOTED.finditer(text, line) if token.end() > mark), None)
        if token is not None and token.start() <= mark:
            at = token.end()
            if text.find("\n", token.start(), at) != -1:
                yield token.span()


def places(text: str, part: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Where a text has a part between two places."""
    at = text.find(part, start, end)
    while at != -1:
        yield at
        at = text.find(part, at + 1, end)


def dotted(name: str) -> ast.expr:
    """A dotted name as Python parses it, but that it stands nowhere."""
    first, *rest = name.split(".")
    node: ast.expr = ast.Name(first)
    for attribute in rest:
        node = ast.Attribute(node, attribute)
    return node


def plain_header(text: str, offset: int, line: int) -> ast.ClassDef | None:
    """A class header with nothing but dotted names for bases, which most are, without the cost of parsing.

    None for any other; where it stands is known of the class alone.
    """
    match = _PLAIN_HEADER.match(text, offset)
    if match is None:
        return None
    bases = [dotted(base.strip()) for base in (match["bases"] or "").split(",") if base]
    return ast.ClassDef(match["name"], bases, [], [ast.Expr(ast.Constant(...))], [], lineno=line)


def plain_annotation(text: str, offset: int) -> ast.expr | None:
    """The dotted name that the line at `offset` annotates another name with, if that is all it does."""
    match = _PLAIN_ANNOTATION.match(text, offset)
    return None if match is None else dotted(match["type"])


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


@lru_cache(maxsize=1024)
def parse_again(text: str) -> list[ast.stmt] | None:
    """As `parse`, but each text once: for statements that many modules have, and whose place nobody asks for."""
    return parse(text)


def segment(text: str, start: int, node: ast.expr) -> str:
    """The source text of an expression, whose first line begins at `start`; line breaks and indentation made single
    spaces.
    """
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


def imports_in(statements: list[ast.stmt], package: str) -> Iterator[tuple[str, Import]]:
    """The names that are imported, and as what; `package` is where relative imports start. A `*` is `*<module>`."""
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
