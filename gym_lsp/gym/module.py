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
from pathlib import PurePath
from typing import NamedTuple

from gym_lsp.gym.statements import (
    BASES,
    CONTINUATIONS,
    FUNCTIONS,
    HEAD,
    IMPORTS,
    INDENTED,
    QUOTED,
    RECEIVER,
    Function,
    bound_name,
    definitions,
    end_of_signature,
    nested,
    parse,
)


class Import(NamedTuple):
    """What a name was imported as: `name` of `module`, or the module itself. Both are absolute."""

    module: str
    name: str | None


class _Piece(NamedTuple):
    """One statement: where it lies, its first word, and the name that it binds if that can be seen without parsing."""

    start: int
    end: int
    word: str
    name: str | None


class _Inner(NamedTuple):
    """A statement in the body of a class, and where its first word is, behind any decorators."""

    piece: _Piece
    word: int


class _Bound(NamedTuple):
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
        called, found = f".{method}(", list[str]()
        end = self.text.find(called)
        while end != -1:
            before = RECEIVER.search(self.text, self.text.rfind("\n", 0, end) + 1, end)
            if before and not self._in_string(end):
                found.append(before["on"])
            end = self.text.find(called, end + 1)
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
        first, last = node.lineno, node.end_lineno or node.lineno
        lines = [line.encode() for line in self._lines[first - 1 : last]]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        text = b"\n".join(lines).decode("utf-8", "replace")
        return " ".join(text.split()) if len(lines) > 1 else text

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _strings(self) -> list[tuple[int, int]]:
        """Where the strings lie that run over several lines: what is in them is no statement."""
        spans = (match.span() for match in QUOTED.finditer(self.text))
        return [(start, end) for start, end in spans if self.text.find("\n", start, end) != -1]

    def _in_string(self, offset: int) -> bool:
        index = bisect_right(self._string_starts, offset) - 1
        return index >= 0 and self._strings[index][0] < offset < self._strings[index][1]

    @cached_property
    def _string_starts(self) -> list[int]:
        return [start for start, _ in self._strings]

    @cached_property
    def _pieces(self) -> list[_Piece]:
        starts = list(self._statements(HEAD, 0, len(self.text)))
        ends = [*(start for start, _, _ in starts), len(self.text)][1:]
        return [
            _Piece(start, end, word, bound_name(self.text, at, word))
            for (start, at, word), end in zip(starts, ends, strict=True)
        ]

    def _statements(self, head: re.Pattern[str], start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Where statements begin that `head` finds, decorators counted in; where their first word is; that word."""
        decorated: int | None = None
        for match in head.finditer(self.text, start, end):
            word = match["word"]
            if word in CONTINUATIONS or self._in_string(match.start("word")):
                continue
            if word == "@":
                decorated = match.start() if decorated is None else decorated
                continue
            yield (match.start() if decorated is None else decorated), match.start("word"), word
            decorated = None

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

    def _cut_body(self, piece: _Piece) -> Iterator[_Inner]:
        header = BASES.search(self.text, piece.start, piece.end)
        body = header.end() if header else piece.start
        first = next((m for m in INDENTED.finditer(self.text, body, piece.end) if not self._in_string(m.end())), None)
        if first is None:
            return
        head = re.compile(rf"^{first['indent']}(?P<word>@|[^\W\d]\w*)", re.MULTILINE)
        starts = list(self._statements(head, first.start(), piece.end))
        ends = [*(start for start, _, _ in starts), piece.end][1:]
        for (start, at, word), end in zip(starts, ends, strict=True):
            yield _Inner(_Piece(start, end, word, bound_name(self.text, at, word)), at)

    def _header(self, name: str) -> ast.stmt | None:
        piece = self._named.get(name)
        end = end_of_signature(self.text, piece.start, piece.end) if piece and piece.word == "class" else None
        if piece is None or end is None:
            return self.definition(name)
        body = parse("\n" * (self._line(piece.start) - 1) + self.text[piece.start : end] + " ...")
        return body[0] if body else self.definition(name)

    def _outline(self, name: str) -> ast.stmt | None:
        piece = self._named.get(name)
        functions = [inner for inner in self._body(name) if inner.piece.word in FUNCTIONS and inner.piece.name]
        if piece is None or not functions:
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

    def _line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

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
    def _nameless(self) -> tuple[_Piece, ...]:
        """The statements that may bind names which cannot be seen without parsing, the last one first.

        Those are conditions, tuples and imports.
        """
        return tuple(piece for piece in reversed(self._pieces) if piece.name is None)

    def _mentioning(self, name: str) -> Iterator[_Bound]:
        """What those of the nameless statements bind that have a name in them, the last one first."""
        for piece in self._nameless:
            if self.text.find(name, piece.start, piece.end) != -1:
                if piece not in self._bound:
                    # Nobody asks for the line of an import.
                    above = 0 if piece.word in IMPORTS else self._line(piece.start) - 1
                    body = parse("\n" * above + self.text[piece.start : piece.end])
                    self._bound[piece] = self._bound_by(self._whole_body if body is None else body)
                yield self._bound[piece]

    def _bound_by(self, statements: list[ast.stmt]) -> _Bound:
        return _Bound(dict(definitions(statements)), dict(self._imports_in(statements)))

    def _imports_in(self, statements: list[ast.stmt]) -> Iterator[tuple[str, Import]]:
        for statement in nested(statements):
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    bound = alias.name if alias.asname else alias.name.partition(".")[0]
                    yield alias.asname or bound, Import(bound, None)
            elif isinstance(statement, ast.ImportFrom):
                source = self._absolute(statement)
                for alias in statement.names:
                    yield f"*{source}" if alias.name == "*" else alias.asname or alias.name, Import(source, alias.name)

    def _absolute(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        parents = self.package.split(".") if self.package else []
        parents = parents[: len(parents) - statement.level + 1]
        return ".".join([*parents, *([statement.module] if statement.module else [])])
