"""One file of Python source, parsed statement by statement.

Parsing the larger modules of NeMo Gym completely takes longer than everything else that gym-lsp does at its start. So a
module is first cut into top-level statements by their first words, and only the statements that are needed are parsed.
If a cut is wrong, which unusual formatting can cause, the whole file is parsed instead.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import groupby
from pathlib import PurePath
from typing import NamedTuple

from msgspec import Struct

from gym_lsp.gym.python.statements import (
    BASES,
    CONTINUATIONS,
    FUNCTIONS,
    HEAD,
    IMPORTS,
    INDENTED,
    RECEIVER,
    Function,
    Import,
    bound_name,
    definitions,
    end_of_signature,
    imports_in,
    long_strings,
    occurrences,
    parse,
    parse_again,
    plain_annotation,
    plain_header,
    segment,
)


class _Piece(Struct, frozen=True):
    """One statement: its span, its first word, and the name that it binds if that is visible without parsing."""

    start: int
    end: int
    word: str
    name: str | None


class _Inner(NamedTuple):
    """A statement in the body of a class, and the offset of its first word after any decorators."""

    piece: _Piece
    word: int


class _Bound(Struct, frozen=True):
    """The names that a statement binds."""

    definitions: Mapping[str, ast.stmt]
    imports: Mapping[str, Import]


class Module:
    """One module: `name` is its dotted name, `path` its file.

    Methods return None for what the module does not have. A broken file raises no error.
    """

    def __init__(self, path: PurePath, name: str, text: str) -> None:
        self.path = path
        self.name = name
        self.text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        self.is_package = path.name == "__init__.py"
        self._parsed: dict[_Piece, ast.stmt | None] = {}
        self._outlines: dict[str, ast.stmt | None] = {}
        self._headers: dict[str, ast.stmt | None] = {}
        self._cut: dict[str, tuple[_Inner, ...]] = {}
        self._bound: dict[_Piece, _Bound] = {}
        self._last_line = (1, 0)
        self._last_mentioned: tuple[str, tuple[_Bound, ...]] = ("", ())

    def __repr__(self) -> str:
        return f"Module({self.name!r})"

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def definition(self, name: str) -> ast.stmt | None:
        """Return the last statement that defines `name`: a class, a function or an assignment."""
        piece = self._named.get(name)
        if piece is not None:
            return self._statement(piece)
        return next((bound.definitions[name] for bound in self._mentioning(name) if name in bound.definitions), None)

    def outline(self, name: str) -> ast.stmt | None:
        """Return the same as `definition`, but in a class without the bodies of functions, which are most of its text.

        A public function without decorators is replaced as a whole by `...`.
        """
        if name not in self._outlines:
            self._outlines[name] = self._outline(name)
        return self._outlines[name]

    def header(self, name: str) -> ast.stmt | None:
        """Return the same as `definition`, but for a class only its name, decorators, bases and keywords."""
        if name not in self._headers:
            self._headers[name] = self._header(name)
        return self._headers[name]

    def annotation(self, class_name: str, name: str) -> ast.expr | None:
        """Return the annotation of a name in the body of a class, not of its bases, or None."""
        whole = self._named.get(class_name)
        if whole is not None and self.text.find(name, whole.start, whole.end) == -1:
            # The body of a class that does not mention the name need not be cut.
            return None
        plain = None if whole is None else self._plain_annotation(whole, name)
        if plain is not None:
            return plain
        pieces = [piece for piece, _ in self._body(class_name) if piece.word == piece.name == name]
        body = self._indented(pieces[-1]) if pieces else []
        if not body and (pieces or class_name not in self._named):
            outline = self.outline(class_name)
            body = outline.body if isinstance(outline, ast.ClassDef) else []
        for statement in reversed(body):
            match statement:
                case ast.AnnAssign(target=ast.Name(id=target), annotation=annotation) if target == name:
                    return annotation
                case _:
                    continue
        return None

    def _plain_annotation(self, piece: _Piece, name: str) -> ast.expr | None:
        """Return the annotation of a name in the body of a class if it is a plain one on one line, or None."""
        first = self._first_of_body(piece) if piece.word == "class" else None
        if first is None:
            return None
        assigned = re.compile(rf"\n{first['indent']}{re.escape(name)}\b[ \t]*[:=]")
        matches = assigned.finditer(self.text, piece.start, piece.end)
        lines = [match.start() + 1 for match in matches if not self._in_string(match.end())]
        return plain_annotation(self.text, lines[-1]) if lines else None

    def imported(self, name: str) -> Import | None:
        """Return the target of the import that binds `name` at top level or in a condition there, or None."""
        return next((bound.imports[name] for bound in self._mentioning(name) if name in bound.imports), None)

    @cached_property
    def star_imports(self) -> tuple[str, ...]:
        """The modules of star imports."""
        found = [bound.imports for bound in self._mentioning("*")] if "*" in self.text else []
        return tuple(each.module for imports in reversed(found) for name, each in imports.items() if name[0] == "*")

    def receivers(self, method: str) -> tuple[str, ...]:
        """Return the receivers of statements such as `X.method()` or `name = X.method()`, in the order of the text."""
        found: list[str] = []
        for end in occurrences(self.text, f".{method}("):
            before = RECEIVER.search(self.text, self.text.rfind("\n", 0, end) + 1, end)
            if before and not self._in_string(end):
                found.append(before["on"])
        return tuple(found)

    def items(self, name: str) -> Mapping[str, ast.expr]:
        """Return the values of a top-level dictionary by their string keys, including items that are assigned later."""
        initial = getattr(self.definition(name), "value", None)
        found: dict[str, ast.expr] = {}
        if isinstance(initial, ast.Dict):
            pairs = zip(initial.keys, initial.values, strict=True)
            found.update((str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant))
        for piece in self._pieces:
            if piece.word == name and piece.name is None:
                match self._statement(piece):
                    case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str() as key))], value=value):
                        found[key] = value
                    case _:
                        pass
        return found

    @cached_property
    def class_bases(self) -> Mapping[str, tuple[str, ...]]:
        """The top-level classes in order, each with the source text of its bases."""
        found: dict[str, tuple[str, ...]] = {}
        for piece in self._pieces:
            if piece.word == "class" and piece.name and (match := BASES.search(self.text, piece.start, piece.end)):
                bases = (base.strip() for base in (match["bases"] or "").split(","))
                found[piece.name] = tuple(base for base in bases if base and "=" not in base)
        return found

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names of the top-level functions."""
        return frozenset(piece.name for piece in self._pieces if piece.word in FUNCTIONS and piece.name)

    def method_names(self, class_name: str) -> frozenset[str]:
        """Return the names of the functions in the body of a class."""
        return frozenset(self._methods(class_name))

    def method(self, class_name: str, name: str) -> Function | None:
        """Return a function of a class, parsed without the rest of the class, or None."""
        piece = self._methods(class_name).get(name)
        if piece is None:
            return None
        body = self._indented(piece)
        if not body:
            holder = self.definition(class_name)
            body = holder.body if isinstance(holder, ast.ClassDef) else []
        functions = [each for each in body if isinstance(each, Function) and each.name == name]
        return functions[-1] if functions else None

    def functions_with(self, pattern: re.Pattern[str]) -> Iterator[Function | None]:
        """Yield the functions and methods whose text matches a pattern; None for a match outside of functions."""
        for piece in self._pieces:
            if not pattern.search(self.text, piece.start, piece.end):
                continue
            inner = [each.piece for each in self._body(piece.name)] if piece.word == "class" and piece.name else []
            if inner and self._named.get(piece.name or "") is piece:
                matching = [each for each in inner if pattern.search(self.text, each.start, each.end)]
                yield from (self._function_of(self._indented(each)) for each in matching)
            else:
                statement = self._statement(piece)
                yield self._function_of([] if statement is None else [statement])

    def _function_of(self, statements: list[ast.stmt]) -> Function | None:
        return next((each for each in statements if isinstance(each, Function)), None)

    def _indented(self, piece: _Piece) -> list[ast.stmt]:
        """Return the statements of a piece in the body of a class."""
        # A class header makes the indentation legal. Dedenting would break strings that reach the margin.
        text = "\n" * (self._line(piece.start) - 2) + "class _:\n" + self.text[piece.start : piece.end]
        match parse(text):
            case [ast.ClassDef(body=body)]:
                return body
            case _:
                return []

    def segment(self, node: ast.expr) -> str:
        """Return the source text of an expression as one line."""
        return segment(self.text, self._line_start(node.lineno), node)

    def _line_start(self, line: int) -> int:
        """Return the offset of a line. Successive calls are mostly about lines that are close to each other."""
        known, start = self._last_line if self._last_line[0] <= line else (1, 0)
        for _ in range(line - known):
            start = self.text.find("\n", start) + 1
        self._last_line = (line, start)
        return start

    @cached_property
    def _strings(self) -> list[tuple[int, int]]:
        """The spans of strings over several lines. A line in such a string is not a statement."""
        return list(long_strings(self.text))

    def _in_string(self, offset: int) -> bool:
        index = bisect_right(self._string_starts, offset) - 1
        return index >= 0 and self._strings[index][0] < offset < self._strings[index][1]

    @cached_property
    def _string_starts(self) -> list[int]:
        return [start for start, _ in self._strings]

    @cached_property
    def _pieces(self) -> list[_Piece]:
        starts = list(self._statements("", 0, len(self.text)))
        ends = [*(start for start, _, _ in starts), len(self.text)][1:]
        return [
            _Piece(start, end, word, bound_name(self.text, at, word))
            for (start, at, word), end in zip(starts, ends, strict=True)
        ]

    def _statements(self, indent: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Yield the statements of an indentation: start with decorators, start of the first word, first word."""
        decorated: int | None = None
        for match in self._heads(indent, start, end):
            word, at = match["word"], match.start("word")
            if word in CONTINUATIONS or self._in_string(at):
                continue
            if decorated is None:
                decorated = at - len(indent)
            if word != "@":
                yield decorated, at, word
                decorated = None

    def _heads(self, indent: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Yield the first words of lines. Searching for line breaks is much faster than searching for line starts."""
        first = re.compile(indent + HEAD).match(self.text, start, end)
        if first is not None:
            yield first
        yield from re.compile("\n" + indent + HEAD).finditer(self.text, start, end)

    def _methods(self, class_name: str) -> Mapping[str, _Piece]:
        found = (inner.piece for inner in self._body(class_name))
        return {piece.name: piece for piece in found if piece.word in FUNCTIONS and piece.name}

    def _body(self, class_name: str) -> tuple[_Inner, ...]:
        """Return the statements in the body of the last class with a name, in order."""
        if class_name not in self._cut:
            piece = self._named.get(class_name)
            is_class = piece is not None and piece.word == "class"
            self._cut[class_name] = tuple(self._cut_body(piece)) if piece is not None and is_class else ()
        return self._cut[class_name]

    def _first_of_body(self, piece: _Piece) -> re.Match[str] | None:
        """Return a match for the indentation of the first line in the body of a class, or None if there is none."""
        header = BASES.search(self.text, piece.start, piece.end)
        body = header.end() if header else piece.start
        return next((m for m in INDENTED.finditer(self.text, body, piece.end) if not self._in_string(m.end())), None)

    def _cut_body(self, piece: _Piece) -> Iterator[_Inner]:
        first = self._first_of_body(piece)
        if first is None:
            return
        starts = list(self._statements(first["indent"], first.start(), piece.end))
        ends = [*(start for start, _, _ in starts), piece.end][1:]
        for (start, at, word), end in zip(starts, ends, strict=True):
            yield _Inner(_Piece(start, end, word, bound_name(self.text, at, word)), at)

    def _header(self, name: str) -> ast.stmt | None:
        piece = self._named.get(name)
        if piece is None or piece.word != "class":
            return self.definition(name)
        line = self._line(piece.start)
        plain = plain_header(self.text, piece.start, line)
        if plain is not None:
            return plain
        end = end_of_signature(self.text, piece.start, piece.end)
        body = None if end is None else parse("\n" * (line - 1) + self.text[piece.start : end] + " ...")
        return body[0] if body else self.definition(name)

    def _outline(self, name: str) -> ast.stmt | None:
        piece = self._named.get(name)
        if piece is None or self.text.find("def ", piece.start, piece.end) == -1:
            return self.definition(name)
        functions = [inner for inner in self._body(name) if inner.piece.word in FUNCTIONS and inner.piece.name]
        if not functions:
            return self.definition(name)
        text, at = "\n" * (self._line(piece.start) - 1), piece.start
        for function, word in functions:
            is_plain = not (function.name or "_").startswith("_") and self.text[function.start : word].isspace()
            end = word if is_plain else end_of_signature(self.text, word, function.end)
            if end is None:
                return self.definition(name)
            text += self.text[at:end] + "..." + "\n" * self.text.count("\n", end, function.end)
            at = function.end
        body = parse(text + self.text[at : piece.end])
        return body[0] if body else self.definition(name)

    def _statement(self, piece: _Piece) -> ast.stmt | None:
        if piece not in self._parsed:
            self._parsed[piece] = self._parse_piece(piece)
        return self._parsed[piece]

    def _parse_piece(self, piece: _Piece) -> ast.stmt | None:
        body = parse("\n" * (self._line(piece.start) - 1) + self.text[piece.start : piece.end])
        if body:
            return body[0]
        return self._whole.get(piece.name) if piece.name else None

    def _line(self, start: int) -> int:
        """Return the number of the line that starts at an offset."""
        known, before = self._last_line if self._last_line[1] <= start else (1, 0)
        line = known + self.text.count("\n", before, start)
        self._last_line = (line, start)
        return line

    @cached_property
    def _whole(self) -> Mapping[str, ast.stmt]:
        """Every definition of the file, for files that cannot be cut into statements."""
        return dict(definitions(self._whole_body))

    @cached_property
    def _whole_body(self) -> list[ast.stmt]:
        return parse(self.text) or []

    @cached_property
    def _named(self) -> Mapping[str, _Piece]:
        """The last statement that binds each name, if that is visible without parsing."""
        return {piece.name: piece for piece in self._pieces if piece.name is not None}

    @cached_property
    def _nameless(self) -> tuple[tuple[_Piece, ...], ...]:
        """The statements whose names only parsing can show, such as imports and conditions, the last one first.

        Adjacent statements form one group.
        """
        runs = groupby(reversed(self._pieces), lambda piece: piece.name is None)
        return tuple(tuple(run) for is_nameless, run in runs if is_nameless)

    def _mentioning(self, name: str) -> tuple[_Bound, ...]:
        """Return the bindings of the nameless statements whose text contains a name, the last one first."""
        # A name is often looked up as a definition and then as an import, so the last result is kept.
        if self._last_mentioned[0] != name:
            # Most names are in no statement of a group, which one search in the whole group shows.
            runs = (run for run in self._nameless if self.text.find(name, run[-1].start, run[0].end) != -1)
            found = (piece for run in runs for piece in run if self.text.find(name, piece.start, piece.end) != -1)
            self._last_mentioned = (name, tuple(map(self._bindings, found)))
        return self._last_mentioned[1]

    def _bindings(self, piece: _Piece) -> _Bound:
        if piece not in self._bound:
            text = self.text[piece.start : piece.end]
            # The line of an import is never needed.
            is_import = piece.word in IMPORTS
            body = parse_again(text) if is_import else parse("\n" * (self._line(piece.start) - 1) + text)
            self._bound[piece] = self._bound_by(self._whole_body if body is None else body)
        return self._bound[piece]

    def _bound_by(self, statements: list[ast.stmt]) -> _Bound:
        return _Bound(dict(definitions(statements)), dict(imports_in(statements, self.package)))
