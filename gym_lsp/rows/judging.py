"""Judges the rows of a file by what the datasets that name it expect of them.

Mirrors what NeMo Gym does with a dataset: `compute_sample_metrics` and `_collate_samples_single_type` of
`train_data_utils.py`, and `TaskDataValidator` of `task_data.py`. A problem that many rows have is reported once, with
their number, and its place is worked out only then. So the work for a row is to decode it and to compare it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from hashlib import blake2b
from pathlib import PurePath
from typing import TypeGuard, cast

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.gym.fields import ModelType
from gym_lsp.gym.task_data import (
    AGENT_REF,
    LEGACY,
    NESTED,
    RESERVED,
    RESPONSES_CREATE_PARAMS,
    ROLES,
    TASK_ID,
    TASK_INPUT,
    TASK_SOURCE,
    TaskData,
)
from gym_lsp.rows.mismatch import Mismatch, mismatches
from gym_lsp.rows.places import Step, place_of
from gym_lsp.rows.problem import (
    AmbiguousField,
    DuplicateRow,
    ExampleCount,
    InvalidRow,
    MessageRole,
    MisplacedField,
    MissingColumn,
    MissingPrompt,
    NoRows,
    NotJsonLines,
    PlaceholderRow,
    PromptTwice,
    RowAgent,
    RowNotObject,
    RowProblem,
    TaskDataMismatch,
    UnroutedRow,
)
from gym_lsp.rows.reading import Broken, Row, is_one_value, rows_in, value_of
from gym_lsp.text import Span

EXAMPLES = 5
"""The number of lines that the tests of a resources server expect in its example file."""
MOST_PROBLEMS = 100
"""Different problems of a file that are reported. No person reads more."""

_MESSAGE = "message"
"""The type of the items of `input` that are messages. The type can be left out."""

Fields = dict[str, object]
Path = tuple[Step, ...]


class PromptColumns(Struct, frozen=True):
    """The prompt that a dataset is formatted with, and the columns that it needs; none if they are not known.

    `path` is None for a prompt that the run has for all its rows.
    """

    path: PurePath | None
    columns: tuple[str, ...]


class Expected(Struct, frozen=True):
    """What one dataset expects of the rows of its file.

    `needs_prompt` means that each row has its own prompt. `schema` is that of `server`, an implementation.
    """

    needs_prompt: bool
    prompt: PromptColumns | None
    server: str
    schema: TaskData | None
    is_counted: bool
    """Whether the tests of the server count the lines."""
    agents: frozenset[str] | None = None
    """The agents of a training run, which gives each row to the agent that the row names; None for other runs."""


class _Found:
    """The problems of a file, each with the number of rows that have it."""

    def __init__(self, path: PurePath, text: str) -> None:
        self.path = path
        self.text = text
        self._problems: dict[Hashable, RowProblem] = {}
        self._more: dict[Hashable, int] = {}

    @property
    def problems(self) -> tuple[RowProblem, ...]:
        return tuple(replace(each, more=self._more[key]) for key, each in self._problems.items())

    def add(self, key: Hashable, make: Callable[[], RowProblem]) -> None:
        """Note a problem. `key` is the same for all rows that have it."""
        if key in self._problems:
            self._more[key] += 1
        elif len(self._problems) < MOST_PROBLEMS:
            self._problems[key], self._more[key] = make(), 0

    def span(self, row: Row, path: Path = (), *, at_key: bool = False) -> Span:
        """Return the place of a value in a row, or of its key; that of the nearest value around it if it is absent."""
        while True:
            place = place_of(self.text, row.start, path)
            if place is not None:
                return place.key if at_key and place.key is not None else place.value
            if not path:
                return Span(row.start, row.start + len(row.text))
            path = path[:-1]


def judge(
    path: PurePath, text: str, expectations: Iterable[Expected], instances: frozenset[str], listed: tuple[str, ...]
) -> tuple[RowProblem, ...]:
    """Return what is wrong with the rows of a file, in the order of the text.

    `instances` are those of the runs that list the file, and `listed` the instances whose datasets do.
    """
    found = _Found(path, text)
    expectations = tuple(expectations)
    seen: dict[bytes, int] = {}
    lines = 0
    is_start = True
    for row in rows_in(text):
        lines += 1
        value = value_of(row.text) if row.text.strip() else None
        if isinstance(value, Broken):
            if is_start and (kind := is_one_value(text)):
                return (NotJsonLines(path, _line(row), row.number, 0, kind == "list"),)
            _broken(found, row, value)
        elif not row.text.strip():
            found.add(InvalidRow, lambda row=row: InvalidRow(path, _line(row), row.number, 0, None))
        elif not is_object(value):
            if is_start and _is_rows(value) and not text[row.start + len(row.text) :].strip():
                return (NotJsonLines(path, Span(row.start, row.start + 1), row.number, 0, is_list=True),)
            _not_object(found, row, value)
        else:
            _object(found, row, value, expectations, instances, listed)
            digest = blake2b(row.text.strip().encode("utf-8", "surrogatepass"), digest_size=16).digest()
            first = seen.setdefault(digest, row.number)
            if first != row.number:
                found.add(
                    DuplicateRow, lambda row=row, first=first: DuplicateRow(path, _line(row), row.number, 0, first)
                )
        is_start &= not row.text.strip()
    if not lines:
        return (NoRows(path, Span(0, 0), 0, 0),)
    if lines != EXAMPLES and any(each.is_counted for each in expectations):
        found.add(ExampleCount, lambda: ExampleCount(path, Span(0, len(text.split("\n", 1)[0])), 0, 0, lines))
    return tuple(sorted(found.problems, key=lambda each: each.span.start))


def is_object(value: object) -> TypeGuard[Fields]:
    """Whether a value of JSON is an object."""
    return isinstance(value, dict)


def _is_rows(value: object) -> bool:
    """Whether a value is a list of rows."""
    rows = cast("list[object]", value) if isinstance(value, list) else []
    return bool(rows) and all(map(is_object, rows))


def kind_of(value: object) -> str:
    """Return a value of JSON as a message describes it: a short scalar as it is, else its kind."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value}"[:30]
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"


def _line(row: Row) -> Span:
    return Span(row.start, row.start + len(row.text))


def _placeholder(text: str) -> str | None:
    """Return the text in angle brackets that a row consists of; None for any other row."""
    text = text.strip().strip('"').strip()
    is_one = text.startswith("<") and text.endswith(">") and "PLACEHOLDER" in text.upper() and "\n" not in text
    return text if is_one and len(text) <= 80 else None


def _broken(found: _Found, row: Row, value: Broken) -> None:
    placeholder = _placeholder(row.text)
    if placeholder is not None:
        _add_placeholder(found, row, placeholder)
        return
    start = row.start + min(value.offset, max(0, len(row.text) - 1))
    span = Span(start, min(start + 1, row.start + len(row.text)))
    found.add((InvalidRow, row.number), lambda: InvalidRow(found.path, span, row.number, 0, value.reason))


def _not_object(found: _Found, row: Row, value: object) -> None:
    placeholder = _placeholder(value) if isinstance(value, str) else None
    if placeholder is not None:
        _add_placeholder(found, row, placeholder)
        return
    kind = kind_of(value)
    found.add((RowNotObject, kind), lambda: RowNotObject(found.path, found.span(row), row.number, 0, kind))


def _add_placeholder(found: _Found, row: Row, text: str) -> None:
    found.add((PlaceholderRow, text), lambda: PlaceholderRow(found.path, _line(row), row.number, 0, text))


def _object(
    found: _Found,
    row: Row,
    value: Fields,
    expectations: Iterable[Expected],
    instances: frozenset[str],
    listed: tuple[str, ...],
) -> None:
    # A value that is only a placeholder is a placeholder of the whole row if it is the only one.
    if len(value) == 1 and isinstance(only := next(iter(value.values())), str) and (text := _placeholder(only)):
        _add_placeholder(found, row, text)
        return
    expectations = tuple(expectations)
    if all(each.agents is None for each in expectations):
        _check_names(found, row, value, instances, listed)
    for expected in expectations:
        if expected.agents is not None:
            _check_route(found, row, value, expected.agents)
        _check_prompt(found, row, value, expected)
        if expected.schema is not None:
            _check_fields(found, row, value, expected.schema, expected.server)


def _check_names(found: _Found, row: Row, value: Fields, instances: frozenset[str], listed: tuple[str, ...]) -> None:
    for key, path, name in named_instances(value):
        if name not in instances:
            found.add(
                (RowAgent, key, name),
                lambda key=key, path=path, name=name: RowAgent(
                    found.path, found.span(row, path), row.number, 0, key, name, listed
                ),
            )


def _check_route(found: _Found, row: Row, value: Fields, agents: frozenset[str]) -> None:
    name = next((name for key, _, name in named_instances(value) if key == AGENT_REF), None)
    if name not in agents:
        path: Path = () if name is None else (AGENT_REF, "name")
        known = tuple(sorted(agents))
        found.add(
            (UnroutedRow, name), lambda: UnroutedRow(found.path, found.span(row, path), row.number, 0, name, known)
        )


def named_instances(value: Fields) -> Iterator[tuple[str, Path, str]]:
    """Yield the instances that a row names: the key of the row, the key path of the name, and the name."""
    reference = value.get(AGENT_REF)
    if is_object(reference) and isinstance(name := reference.get("name"), str):
        yield AGENT_REF, (AGENT_REF, "name"), name
    if isinstance(source := value.get(TASK_SOURCE), str):
        yield TASK_SOURCE, (TASK_SOURCE,), source


def _is_materialized(value: Fields) -> bool:
    """Mirrors `is_materialized_task_row`."""
    return is_object(value.get(TASK_ID)) and TASK_INPUT in value


def _check_prompt(found: _Found, row: Row, value: Fields, expected: Expected) -> None:
    parameters = value.get(RESPONSES_CREATE_PARAMS)
    if expected.prompt is not None:
        _check_columns(found, row, value, expected.prompt)
        return
    if not expected.needs_prompt or _is_materialized(value):
        return
    if not is_object(parameters):
        is_absent = RESPONSES_CREATE_PARAMS not in value
        kind = None if is_absent else kind_of(parameters)
        path = () if is_absent else (RESPONSES_CREATE_PARAMS,)
        _add_missing_prompt(found, row, path, RESPONSES_CREATE_PARAMS, kind)
        return
    given = parameters.get("input")
    if not isinstance(given, str | list):
        kind = None if "input" not in parameters else kind_of(given)
        path = (RESPONSES_CREATE_PARAMS, "input") if kind else (RESPONSES_CREATE_PARAMS,)
        _add_missing_prompt(found, row, path, f"{RESPONSES_CREATE_PARAMS}.input", kind)
    elif isinstance(given, list):
        _check_roles(found, row, cast("list[object]", given))


def _check_roles(found: _Found, row: Row, messages: list[object]) -> None:
    for index, message in enumerate(messages):
        if not is_object(message) or "role" not in message or message["role"] in ROLES:
            continue
        kind = message.get("type")
        if kind not in (None, _MESSAGE) or "call_id" in message:
            # This is another item than a message.
            continue
        role, is_typed = message["role"], kind is not None
        found.add(
            (MessageRole, str(role), is_typed),
            lambda index=index, role=role, is_typed=is_typed: MessageRole(
                found.path,
                found.span(row, (RESPONSES_CREATE_PARAMS, "input", index, "role")),
                row.number,
                0,
                role if isinstance(role, str) else None,
                kind_of(role),
                is_typed,
            ),
        )


def _add_missing_prompt(found: _Found, row: Row, path: Path, key: str, kind: str | None) -> None:
    found.add(
        (MissingPrompt, key, kind),
        lambda: MissingPrompt(found.path, found.span(row, path, at_key=kind is None), row.number, 0, key, kind),
    )


def _check_columns(found: _Found, row: Row, value: Fields, prompt: PromptColumns) -> None:
    path = prompt.path
    if path is None:
        return
    for column in prompt.columns:
        if column not in value:
            found.add(
                (MissingColumn, column, path),
                lambda column=column: MissingColumn(found.path, found.span(row), row.number, 0, column, path),
            )
    parameters = value.get(RESPONSES_CREATE_PARAMS)
    if is_object(parameters) and parameters.get("input"):
        at = (RESPONSES_CREATE_PARAMS, "input")
        found.add(
            (PromptTwice, path),
            lambda: PromptTwice(found.path, found.span(row, at, at_key=True), row.number, 0, path),
        )


# The schema of the server


class _Flat(Struct):
    """The fields of a row that belong to its server, each with the key path of its value.

    `ambiguous` are the key paths of those that are left out, because another value has the same key.
    """

    fields: Fields
    paths: dict[str, Path]
    ambiguous: dict[str, Path]

    def add(self, key: str, value: object, path: Path) -> None:
        if key not in self.fields:
            self.fields[key], self.paths[key] = value, path
        elif self.fields[key] != value:
            self.ambiguous[key] = path

    def add_all(self, fields: Fields, around: Path, *, without: Container[str] = ()) -> None:
        for key, value in fields.items():
            if key not in without:
                self.add(key, value, (*around, key))


def _materialized(value: Fields) -> _Flat | None:
    """Return what a materialized task has in place of the keys of a row; None for what NeMo Gym rejects itself."""
    given = value[TASK_INPUT]
    if not is_object(given):
        return None
    inside = given.get(NESTED, {})
    if not is_object(inside):
        return None
    found = _Flat({}, {}, {})
    found.add_all(inside, (TASK_INPUT, NESTED))
    found.add_all(given, (TASK_INPUT,), without=(NESTED,))
    return found


def _normalized(row: _Flat) -> _Flat:
    """Return the fields of a row at one level. Mirrors `normalize_task_fields`."""
    found = _Flat({}, {}, row.ambiguous)
    for key, value in row.fields.items():
        if key not in RESERVED and key not in (LEGACY, NESTED):
            found.add(key, value, row.paths[key])
    for container in (LEGACY, NESTED):
        inside = row.fields.get(container)
        if is_object(inside):
            found.add_all(inside, row.paths[container])
        elif inside is not None:
            found.add(container, inside, row.paths[container])
    return found


def _check_fields(found: _Found, row: Row, value: Fields, schema: TaskData, server: str) -> None:
    is_nested = False
    given = _Flat(value, {key: (key,) for key in value}, {})
    if _is_materialized(value):
        materialized = _materialized(value)
        if materialized is None:
            return
        given, is_nested = materialized, NESTED in cast("Fields", value[TASK_INPUT])
    if not is_nested and NESTED not in given.fields:
        _check_places(found, row, given, schema, server)
    fields = _normalized(given)
    for key, path in fields.ambiguous.items():
        found.add(
            (AmbiguousField, key),
            lambda key=key, path=path: AmbiguousField(
                found.path, found.span(row, path, at_key=True), row.number, 0, key
            ),
        )
    for mismatch in mismatches(schema.type, fields.fields):
        _add_mismatch(found, row, mismatch, fields, schema, server)


def _check_places(found: _Found, row: Row, given: _Flat, schema: TaskData, server: str) -> None:
    """Note the fields that are at the top level, although the server reads them only from `verifier_metadata`."""
    inside = given.fields.get(LEGACY)
    for key in schema.legacy:
        if key in given.fields and not (is_object(inside) and key in inside):
            path = given.paths[key]
            found.add(
                (MisplacedField, key, server),
                lambda key=key, path=path: MisplacedField(
                    found.path, found.span(row, path, at_key=True), row.number, 0, key, server
                ),
            )


def _add_mismatch(found: _Found, row: Row, mismatch: Mismatch, fields: _Flat, schema: TaskData, server: str) -> None:
    path = mismatch.path
    keys = tuple(key for key in path if isinstance(key, str))
    expected = mismatch.expected
    shown = expected.model.name if isinstance(expected, ModelType) else expected

    def make() -> RowProblem:
        at = (*fields.paths.get(str(path[0]), path[:1]), *path[1:]) if path else ()
        span = found.span(row, at, at_key=mismatch.unknown)
        kind = kind_of(mismatch.value)
        return TaskDataMismatch(
            found.path,
            span,
            row.number,
            0,
            path,
            expected,
            kind,
            mismatch.absent,
            mismatch.unknown,
            server,
            mismatch.place or (schema.path, schema.line),
            mismatch.alike,
        )

    found.add((TaskDataMismatch, server, keys, str(shown), mismatch.absent, mismatch.unknown), make)
