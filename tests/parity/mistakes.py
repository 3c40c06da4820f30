"""All kinds of mistakes, in the order of the recorded data."""

from __future__ import annotations

from tests.parity.edits import Kind
from tests.parity.mistakes_datasets import DATASET_KINDS
from tests.parity.mistakes_includes import INCLUDE_KINDS
from tests.parity.mistakes_servers import SERVER_KINDS
from tests.parity.mistakes_text import TEXT_KINDS
from tests.parity.mistakes_values import VALUE_KINDS

KINDS: tuple[Kind, ...] = (*TEXT_KINDS, *INCLUDE_KINDS, *SERVER_KINDS, *DATASET_KINDS, *VALUE_KINDS)
