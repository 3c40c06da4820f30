"""Comments, against ruamel's round-trip scanner, which keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import RoundTripScanner

from gym_lsp.files import decode
from gym_lsp.syntax import parse
from tests.corpus import Corpus
from tests.syntax.documents import SAMPLES, written
