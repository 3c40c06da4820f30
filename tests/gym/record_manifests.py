"""Records the verdicts of NeMo Gym's own model of manifests on `manifests.py`.

    PYTHON tests/gym/record_manifests.py RELEASE_ROOT

RELEASE_ROOT is the unpacked wheel of NeMo Gym 0.7.0, PYTHON an interpreter in whose environment its parser runs
(tests/parity/requirements.txt). Writes two files:

- `data/manifests.json`: the places of the errors in each manifest. Errors about several keys have the place `""`; the
  model raises them only if there is no other error.
- `data/manifest-runs.json`: for each catalog of `manifest_runs.py`, the error that validating its manifest raises (null
  for none), and the keys that differ from the config.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import ValidationError

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.gym.manifest_runs import catalogs
from tests.gym.manifests import manifests
from tests.gym.stand_ins import StandIns
from tests.parity.oracle import load

_DIFFERENCE = re.compile(r"^  - (\w+): manifest=", re.MULTILINE)
DATA = Path(__file__).resolve().parent / "data"


def places(model: Any, manifest: Any) -> list[str]:
    try:
        model.model_validate(manifest)
    except ValidationError as error:
        return sorted({".".join(map(str, each["loc"])) for each in error.errors(include_url=False)})
    return []


def validator(release_root: Path) -> Any:
    """Return NeMo Gym's `validate_environment`. Only one of the packages that it lacks is needed, a JSON parser."""
    sys.meta_path.insert(0, StandIns(release_root, frozenset({"nemo_gym"})))
    sys.modules["orjson"] = json
    return importlib.import_module("nemo_gym.environment.validation").validate_environment


def verdict(validate: Any, folder: Path, files: dict[str, str]) -> list[Any]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    try:
        validate(next(folder.glob("*/*/manifest.yaml")))
    except Exception as error:  # noqa: BLE001 - every exception is a verdict
        return [type(error).__name__, sorted(_DIFFERENCE.findall(str(error)))]
    return [None, []]


def main(release_root: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        load(Path(release_root), Path(scratch))
        model = importlib.import_module("nemo_gym.environment.manifest").EnvironmentManifest
        verdicts = [places(model, manifest) for manifest in manifests()]
        validate = validator(Path(release_root))
        runs = {
            name: verdict(validate, Path(scratch) / str(number), files)
            for number, (name, files) in enumerate(catalogs())
        }
        os.chdir(DATA)
    lines = ",\n".join(json.dumps(each) for each in verdicts)
    (DATA / "manifests.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(each)}" for name, each in runs.items())
    (DATA / "manifest-runs.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
