"""Find words for which `tests/wording.toml` has plainer ones: `python -m tests.tools.wording [PATH...]`.

Two kinds of text are searched. Users read pages, manifests, the strings of programs, and the docstrings of rules, which
are their pages. Contributors read comments and the other docstrings.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_PAGES = (
    "*.md",
    ".github/**/*.md",
    ".github/**/*.yml",
    "CITATION.cff",
    "action.yml",
    "templates/*.yml",
    "docs/**/*.md",
    "agents/**/*.md",
    "environments/*.md",
    "vscode-client/*.md",
    "vscode-client/package.json",
    "vscode-client/package.nls.json",
    "nvim-client/*.md",
    "nvim-client/doc/*.txt",
)
_PROGRAMS = ("vscode-client/src/**/*.ts", "nvim-client/**/*.lua", "gym_lsp/**/*.py", "tests/**/*.py")
_STRING = r"""(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote))[^\n])*)(?P=quote)"""
_LUA = re.compile(rf"--[^\n]*|{_STRING}|\[\[(?P<long>.*?)\]\]", re.DOTALL)
_TYPESCRIPT = re.compile(rf"//[^\n]*|/\*.*?\*/|{_STRING}|`(?P<long>(?:\\.|[^`])*)`", re.DOTALL)
_SPACE = r"\s+"


class Text(NamedTuple):
    """A piece of a file: the line on which it begins, and who reads it, "users" or "contributors"."""

    path: str
    line: int
    readers: str
    content: str


class Word(NamedTuple):
    """An entry of the word list."""

    pattern: re.Pattern[str]
    reason: str
    instead: str
    readers: tuple[str, ...]
    exceptions: tuple[re.Pattern[str], ...]


class Hit(NamedTuple):
    path: str
    line: int
    found: str
    word: Word

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.found!r}: {self.word.reason}; write {self.word.instead}"


def words() -> list[Word]:
    """Return the word list. A space in a pattern matches a line break, too."""
    entries = tomllib.loads((ROOT / "tests/wording.toml").read_text("utf-8"))["word"]
    return [
        Word(
            re.compile(rf"(?<![\w`.-])(?:{entry['pattern'].replace(' ', _SPACE)})(?![\w`-])", re.IGNORECASE),
            entry["reason"],
            entry["instead"],
            tuple(entry["readers"]),
            tuple(re.compile(each["text"].replace(" ", _SPACE)) for each in entry.get("exceptions", ())),
        )
        for entry in entries
    ]


def hits(text: Text, words: Iterable[Word]) -> Iterator[Hit]:
    for word in words:
        if text.readers not in word.readers:
            continue
        allowed = [found.span() for pattern in word.exceptions for found in pattern.finditer(text.content)]
        for found in word.pattern.finditer(text.content):
            if not any(start <= found.start() and found.end() <= end for start, end in allowed):
                line = text.line + text.content.count("\n", 0, found.start())
                yield Hit(text.path, line, " ".join(found[0].split()), word)


def texts() -> Iterator[Text]:
    """Yield all text of the repository that people read."""
    for pattern in _PAGES:
        for path in sorted(ROOT.glob(pattern)):
            yield Text(path.relative_to(ROOT).as_posix(), 1, "users", path.read_text("utf-8"))
    for pattern in _PROGRAMS:
        for path in sorted(ROOT.glob(pattern)):
            name, source = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
            yield from python(name, source) if name.endswith(".py") else client(name, source)


def client(path: str, source: str) -> Iterator[Text]:
    """Yield the strings of a TypeScript or Lua file. A single word is a key and not a sentence."""
    for found in (_LUA if path.endswith(".lua") else _TYPESCRIPT).finditer(source):
        content = found["text"] or found["long"] or ""
        if " " in content:
            yield Text(path, source.count("\n", 0, found.start()) + 1, "users", content)


def python(path: str, source: str) -> Iterator[Text]:
    """Yield the strings, docstrings and comments of a module. A comment of several lines is one text."""
    nodes = list(ast.walk(ast.parse(source)))
    documentation = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    pages = {id(_page(node)) for node in nodes if isinstance(node, ast.FunctionDef)}
    pieces = {id(piece) for node in nodes if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in nodes:
        match node:
            case ast.Constant(value=str(content)) if id(node) in documentation and id(node) not in pages:
                yield Text(path, node.lineno, "contributors", content)
            case ast.Constant(value=str(content)) if id(node) not in pieces and path.startswith("gym_lsp/"):
                if " " in content:
                    yield Text(path, node.lineno, "users", content)
            case ast.JoinedStr(values=values) if path.startswith("gym_lsp/"):
                content = "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in values)
                yield Text(path, node.lineno, "users", content)
            case _:
                pass
    start, comment = 0, ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            start = start or token.start[0]
            comment += token.string + "\n"
        elif token.type != tokenize.NL and comment:
            yield Text(path, start, "contributors", re.sub(r"(?m)^#+ ?", "", comment))
            start, comment = 0, ""


def _page(function: ast.FunctionDef) -> ast.expr | None:
    """Return the docstring of a rule, None for other functions."""
    decorated = any(isinstance(each, ast.Call) and ast.unparse(each.func) == "rule" for each in function.decorator_list)
    first = function.body[0]
    return first.value if decorated and isinstance(first, ast.Expr) else None


def main(paths: list[str]) -> int:
    """Print the uses below some paths, or all. Return 1 if there are any, 0 otherwise."""
    if any(path.startswith("-") for path in paths):
        print(__doc__)
        return 2
    roots, listed = [Path(path).resolve() for path in paths or [ROOT]], words()
    found = [
        hit
        for text in texts()
        if any((ROOT / text.path).is_relative_to(root) for root in roots)
        for hit in hits(text, listed)
    ]
    print(*sorted(found, key=lambda hit: (hit.path, hit.line)), f"{len(found)} to rewrite", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
