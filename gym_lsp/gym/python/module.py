"""One file of Python source, read statement by statement.

Parsing NeMo Gym's larger modules whole costs more than everything else that gym-lsp does when it starts. So a module
is first cut into its top-level statements by their first words, and only those that somebody asks for are parsed.
Where a cut is wrong, which odd formatting can bring about, the whole file is parsed instead.
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
    parse,
    parse_again,
    places,
    plain_annotation,
    plain_header,
    segment,
)


class _Piece(Struct, frozen=True):
    """One statement: where it lies, its first word, and the name that it binds if that can be seen without parsing."""

    start: int
    end: int
    word: str
    name: str | None


class _Inner(NamedTuple):
    """A statement in the body of a class, and where its first word is, behind any decorators."""

    piece: _Piece
    word: int


class _Bound(Struct, frozen=True):
    """What a statement binds."""

    definitions: Mapping[str, ast.stmt]
    imports: Mapping[str, Import]


class Module:
    """One module: `name` is its dotted name, `path` its file.

    What is asked for and not there is None; nothing here raises for the sake of a broken file.
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
        """The last statement of the module that defines `name`: a class, a function or an assignment."""
        piece = self._named.get(name)
        if piece is not None:
            return self._statement(piece)
        return next((bound.definitions[name] for bound in self._mentioning(name) if name in bound.definitions), None)

    def outline(self, name: str) -> ast.stmt | None:
        """As `definition`, but of a class without what its functions do, which is most of its text.

        In the place of a function without a decorator and of an everyday name, there is nothing but `...`.
        """
        if name not in self._outlines:
            self._outlines[name] = self._outline(name)
        return self._outlines[name]

    def header(self, name: str) -> ast.stmt | None:
        """As `definition`, but of a class without its body: its name, decorators, bases and keywords."""
        if name not in self._headers:
            self._headers[name] = self._header(name)
        return self._headers[name]

    def annotation(self, class_name: str, name: str) -> ast.expr | None:
        """What a name is annotated with in the body of a class itself."""
        whole = self._named.get(class_name)
        if whole is not None and self.text.find(name, whole.start, whole.end) == -1:
            # A class that leaves it to its bases need not be taken apart.
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
        """What a name is annotated with in the body of a class, if it is spelled so that one line tells."""
        first = self._first_of_body(piece) if piece.word == "class" else None
        if first is None:
            return None
        assigned = re.compile(rf"\n{first['indent']}{re.escape(name)}\b[ \t]*[:=]")
        spelled = assigned.finditer(self.text, piece.start, piece.end)
        lines = [match.start() + 1 for match in spelled if not self._in_string(match.end())]
        return plain_annotation(self.text, lines[-1]) if lines else None

    def imported(self, name: str) -> Import | None:
        """What an import at the top of the module, or under a condition there, binds to `name`."""
        return next((bound.imports[name] for bound in self._mentioning(name) if name in bound.imports), None)

    @cached_property
    def star_imports(self) -> tuple[str, ...]:
        """The modules of which every name is imported."""
        found = [bound.imports for bound in self._mentioning("*")] if "*" in self.text else []
        return tuple(each.module for imports in reversed(found) for name, each in imports.items() if name[0] == "*")

    def receivers(self, method: str) -> tuple[str, ...]:
        """What a method is called on by statements that do only that, as it is written, in the order of the text."""
        found: list[str] = []
        for end in places(self.text, f".{method}("):
            before = RECEIVER.search(self.text, self.text.rfind("\n", 0, end) + 1, end)
            if before and not self._in_string(end):
                found.append(before["on"])
        return tuple(found)

    def items(self, name: str) -> Mapping[str, ast.expr]:
        """What a top-level dictionary holds under string keys: those it is made with, and those assigned later."""
        made = getattr(self.definition(name), "value", None)
        found: dict[str, ast.expr] = {}
        if isinstance(made, ast.Dict):
            pairs = zip(made.keys, made.values, strict=True)
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
        """The top-level classes in order, each with its bases as they are written."""
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
        """The functions that the body of a class defines."""
        return frozenset(self._methods(class_name))

    def method(self, class_name: str, name: str) -> Function | None:
        """One function of a class, parsed without the rest of the class."""
        piece = self._methods(class_name).get(name)
        if piece is None:
            return None
        body = self._indented(piece)
        if not body:
            holder = self.definition(class_name)
            body = holder.body if isinstance(holder, ast.ClassDef) else []
        functions = [each for each in body if isinstance(each, Function) and each.name == name]
        return functions[-1] if functions else None

    def _indented(self, piece: _Piece) -> list[ast.stmt]:
        """The statements of a piece that stands in the body of a class."""
        # A class header keeps the indentation legal; dedenting would break strings that reach the margin.
        text = "\n" * (self._line(piece.start) - 2) + "class _:\n" + self.text[piece.start : piece.end]
        match parse(text):
            case [ast.ClassDef(body=body)]:
                return body
            case _:
                return []

    def segment(self, node: ast.expr) -> str:
        """The source text of an expression, line breaks and indentation made single spaces."""
        return segment(self.text, self._line_start(node.lineno), node)

    def _line_start(self, line: int) -> int:
        """Where a line begins. Those asked for one after the other are close to each other in most cases."""
        known, start = self._last_line if self._last_line[0] <= line else (1, 0)
        for _ in range(line - known):
            start = self.text.find("\n", start) + 1
        self._last_line = (line, start)
        return start

    @cached_property
    def _strings(self) -> list[tuple[int, int]]:
        """Where the strings lie that run over several lines: what is in them is no statement."""
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
        """Where statements of an indentation begin from the start of a line on, decorators counted in; where their
        first word is; that word.
        """
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
        """The first words of lines. To look for line breaks is much faster than to look for starts of lines."""
        first = re.compile(indent + HEAD).match(self.text, start, end)
        if first is not None:
            yield first
        yield from re.compile("\n" + indent + HEAD).finditer(self.text, start, end)

    def _methods(self, class_name: str) -> Mapping[str, _Piece]:
        found = (inner.piece for inner in self._body(class_name))
        return {piece.name: piece for piece in found if piece.word in FUNCTIONS and piece.name}

    def _body(self, class_name: str) -> tuple[_Inner, ...]:
        """The statements in the body of the last class of a name, in order."""
        if class_name not in self._cut:
            piece = self._named.get(class_name)
            is_class = piece is not None and piece.word == "class"
            self._cut[class_name] = tuple(self._cut_body(piece)) if piece is not None and is_class else ()
        return self._cut[class_name]

    def _first_of_body(self, piece: _Piece) -> re.Match[str] | None:
        """Where the body of a class begins, if that is below its header, and its indentation."""
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
        """The line that begins at an offset."""
        known, before = self._last_line if self._last_line[1] <= start else (1, 0)
        line = known + self.text.count("\n", before, start)
        self._last_line = (line, start)
        return line

    @cached_property
    def _whole(self) -> Mapping[str, ast.stmt]:
        """Every definition of the file, for when the file could not be cut into statements."""
        return dict(definitions(self._whole_body))

    @cached_property
    def _whole_body(self) -> list[ast.stmt]:
        return parse(self.text) or []

    @cached_property
    def _named(self) -> Mapping[str, _Piece]:
        """The last statement that binds each name."""
        return {piece.name: piece for piece in self._pieces if piece.name is not None}

    @cached_property
    def _nameless(self) -> tuple[tuple[_Piece, ...], ...]:
        """The statements that may bind names which cannot be seen without parsing, the last one first.

        Those are conditions, tuples and imports. What stands together, as imports do, is kept together.
        """
        runs = groupby(reversed(self._pieces), lambda piece: piece.name is None)
        return tuple(tuple(run) for is_nameless, run in runs if is_nameless)

    def _mentioning(self, name: str) -> tuple[_Bound, ...]:
        """What those of the nameless statements bind that have a name in them, the last one first."""
        # A name that is no definition is asked for as an import right away.
        if self._last_mentioned[0] != name:
            # Most names are in none, which one look at all that stand together can tell.
            runs = (run for run in self._nameless if self.text.find(name, run[-1].start, run[0].end) != -1)
            found = (piece for run in runs for piece in run if self.text.find(name, piece.start, piece.end) != -1)
            self._last_mentioned = (name, tuple(map(self._what_it_binds, found)))
        return self._last_mentioned[1]

    def _what_it_binds(self, piece: _Piece) -> _Bound:
        if piece not in self._bound:
            text = self.text[piece.start : piece.end]
            # Nobody asks for the line of an import.
            is_import = piece.word in IMPORTS
            body = parse_again(text) if is_import else parse("\n" * (self._line(piece.start) - 1) + text)
            self._bound[piece] = self._bound_by(self._whole_body if body is None else body)
        return self._bound[piece]

    def _bound_by(self, statements: list[ast.stmt]) -> _Bound:
        return _Bound(dict(definitions(statements)), dict(imports_in(statements, self.package)))
