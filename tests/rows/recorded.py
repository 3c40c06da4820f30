"""The recorded verdicts of NeMo Gym on rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

RELEASES = ("0.6.0", "0.7.0")
"""The releases with schemas of rows."""


class Recorded(NamedTuple):
    """The verdicts on some rows, a letter for each. `digest` is that of the rows."""

    folder: str
    file: str
    digest: str
    verdicts: str


def path_of(release: str) -> Path:
    """Return the file with the verdicts of a release."""
    return Path(__file__).with_name("data") / f"{release}.json"


def recorded(release: str) -> list[Recorded]:
    """Return the verdicts of a release, in the order of the questions."""
    return [Recorded(*each) for each in json.loads(path_of(release).read_text(encoding="utf-8"))]
