"""The reasons why a model of NeMo Gym rejects a value, so that a block is not a valid server."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from gym_lsp.compose.config import Config
from gym_lsp.gym.fields import FieldType
from gym_lsp.gym.layout import SERVER_DEPTH
from gym_lsp.syntax import KeyPath


class FlawKind(Enum):
    """The ways in which a value does not fit its model."""

    WRONG_VALUE = "wrong-value"
    FIELD_ABSENT = "field-absent"
    KEY_NOT_TEXT = "key-not-text"
    NAME_NOT_TEXT = "name-not-text"
    NO_IMPLEMENTATION = "no-implementation"
    SEVERAL_IMPLEMENTATIONS = "several-implementations"
    DOMAIN_ABSENT = "domain-absent"
    LICENSE_ABSENT = "license-absent"
    SOURCE_TWICE = "source-twice"


class Flaw(Struct, frozen=True):
    """One reason why a block is not valid. `path` leads to `at` from the instance; `field` names the field."""

    kind: FlawKind
    at: Config
    path: KeyPath
    field: str = ""
    expected: FieldType | None = None
    related: Config | None = None

    @property
    def rest(self) -> KeyPath:
        """The part of `path` inside the server. `path` begins below the instance."""
        return self.path[SERVER_DEPTH - 1 :]
