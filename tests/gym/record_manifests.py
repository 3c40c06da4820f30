"""Has NeMo Gym's own model of manifests judge `manifests.py` and records the verdicts as data.

    PYTHON tests/gym/record_manifests.py RELEASE_ROOT

RELEASE_ROOT is the unpacked wheel of NeMo Gym 0.7.0, PYTHON an interpreter in whose environment its parser runs
(tests/parity/requirements.txt). Writes `data/manifests.json`: for each manifest the places of its errors. The errors
of a whole manifest, about how its keys fit together, have the place `""`; they are raised only when no other is.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import ValidationError

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.gym.manifests import manifests
from tests.parity.oracle import load

DATA = Path(__file__).resolve().parent / "data"


def places(model: Any, manifest: Any) -> list[str]:
    try:
        model.model_validate(manifest)
    except ValidationError as error:
        return sorted({".".join(map(str, each["loc"])) for each in error.errors(include_url=False)})
    return []


def main(release_root: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        load(Path(release_root), Path(scratch))
        model = importlib.import_module("nemo_gym.environment.manifest").EnvironmentManifest
        verdicts = [places(model, manifest) for manifest in manifests()]
        os.chdir(DATA)
    lines = ",\n".join(json.dumps(verdict) for verdict in verdicts)
    (DATA / "manifests.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
