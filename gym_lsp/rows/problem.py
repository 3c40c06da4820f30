"""Everything that can be wrong with the rows of a dataset, as data. The rules make messages of it."""

from __future__ import annotations

from pathlib import PurePath

from msgspec import Struct

from gym_lsp.gym.fields import FieldType
from gym_lsp.gym.task_data import Unusable
from gym_lsp.rows.places import Step
from gym_lsp.text import Span


class RowProblem(Struct, frozen=True):
    """A problem at a place in a file of rows.

    `row` is the number of the line, counted from 0. `more` is the number of further rows with the same problem: it is
    reported once, at the first row that has it.
    """

    path: PurePath
    span: Span
    row: int
    more: int


class UnreadableRows(RowProblem, frozen=True):
    """A file that cannot be read. `reason` completes "cannot read X: "."""

    reason: str


class UnreadRows(RowProblem, frozen=True):
    """Rows after the first ones, because the file is very large. `row` is the number of rows that were read."""


class UncomparedRows(RowProblem, frozen=True):
    """Rows whose fields NeMo Gym does not compare, because it cannot use the schema of the server."""

    server: str
    schema: Unusable


class InvalidRow(RowProblem, frozen=True):
    """A line that is not valid JSON. `reason` is None for an empty line."""

    reason: str | None


class NotJsonLines(RowProblem, frozen=True):
    """A file with one JSON value over several lines, or with one list of rows."""

    is_list: bool


class NoRows(RowProblem, frozen=True):
    """A file without any row."""


class RowNotObject(RowProblem, frozen=True):
    """A row that is JSON, but not an object. `found` is the kind of its value."""

    found: str


class PlaceholderRow(RowProblem, frozen=True):
    """A row with a text that a tool has written in place of its content."""

    text: str


class MissingPrompt(RowProblem, frozen=True):
    """A row without a prompt for the model. `key` is the key that it lacks, or whose value has the wrong type."""

    key: str
    found: str | None


class MessageRole(RowProblem, frozen=True):
    """A message whose role is not one of `ROLES`. `role` is None if it is not a text, and `found` its kind.

    `is_typed` means that the message has the type `message`, so that it cannot be anything else.
    """

    role: str | None
    found: str
    is_typed: bool


class MissingColumn(RowProblem, frozen=True):
    """A row without a column that the prompt of its dataset needs."""

    column: str
    prompt: PurePath


class PromptTwice(RowProblem, frozen=True):
    """A row with a prompt of its own, although its dataset has one."""

    prompt: PurePath


class TaskDataMismatch(RowProblem, frozen=True):
    """A row that does not match the schema of its server.

    `keys` lead to the value, and `found` describes it. `absent`, `unknown` and `alike` are as in `Mismatch`. `schema`
    is the file and the line, counted from 1, of the field or the class, and `server` the implementation.
    """

    keys: tuple[Step, ...]
    expected: FieldType
    found: str
    absent: str | None
    unknown: bool
    server: str
    schema: tuple[PurePath, int]
    alike: tuple[str, ...]


class AmbiguousField(RowProblem, frozen=True):
    """A field that a row has twice, with different values: at its top level and in a mapping."""

    field: str


class MisplacedField(RowProblem, frozen=True):
    """A field at the top level of a row that its server reads only from `verifier_metadata`."""

    field: str
    server: str


class RowAgent(RowProblem, frozen=True):
    """A row that names an instance which no run that lists its file has. `key` is `agent_ref` or `task_source`."""

    key: str
    name: str
    listed: tuple[str, ...]
    """The instances that list the file."""


class UnroutedRow(RowProblem, frozen=True):
    """A row that training cannot give to an agent: it names none, or one that the run does not have.

    `agents` are those of the run.
    """

    name: str | None
    agents: tuple[str, ...]


class ExampleCount(RowProblem, frozen=True):
    """An example file whose number of lines is not the one that NeMo Gym expects."""

    count: int


class DuplicateRow(RowProblem, frozen=True):
    """A row that an earlier line already contains. `first` is the number of that line, counted from 0."""

    first: int
