"""Compose real runs with NeMo Gym's own parser and record a digest of each result in `data/<release>.txt`.

    python tests/compose/record_configs.py --corpus DIR [--release X]

`make record` runs it with the Python of an environment with `tests/parity/requirements.txt`. DIR contains one folder
for each release, the unpacked wheel. The runs are those of tests/parity/data that the parser accepts: every config
alone, and a few hundred combinations. Each line is a digest (see `final`) and the root configs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.compose.final import digest
from tests.parity import oracle

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "tests" / "parity" / "data"
DATA = Path(__file__).resolve().parent / "data"


def runs(release: str) -> list[list[str]]:
    """The root configs of each run that the release's parser composes without an error."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in (QUESTIONS / f"{release}.jsonl").open(encoding="utf-8")]
    paths = [row["path"] for row in rows if "path" in row]
    alone = [[row["path"]] for row in rows if "path" in row and row["verdict"] == "ok"]
    return alone + [[paths[number] for number in row["run"]] for row in rows if "run" in row and row["verdict"] == "ok"]


def compose(release: oracle.Release, roots: list[str]) -> dict[Any, Any]:
    """The configuration that NeMo Gym starts servers from, interpolations unresolved."""
    made = release.global_config.GlobalConfigDictParserConfig
    fields = {"skip_load_from_dotenv": True}
    if "offline" in made.model_fields:
        fields["offline"] = True
    oracle.type_(release, roots, [])
    asked = made(initial_global_config_dict=made.NO_MODEL_GLOBAL_CONFIG_DICT, **fields)
    return release.omegaconf.to_container(release.global_config.GlobalConfigDictParser().parse(asked), resolve=False)


def record(root: Path) -> None:
    """Compose all runs of the release at `root`, and write their digests."""
    asked = runs(root.name)
    with tempfile.TemporaryDirectory() as scratch:
        # The package reads the working directory once, while it is imported.
        os.chdir(scratch)
        os.environ.clear()
        release = oracle.load(root, Path(scratch))
        lines = [f"{digest(compose(release, roots))} {' '.join(roots)}\n" for roots in asked]
    (DATA / f"{root.name}.txt").write_text("".join(lines), encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Record digests of what NeMo Gym composes.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with one unpacked wheel for each release")
    parser.add_argument("--release", action="append", help="only this release (may be repeated)")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    releases = arguments.release or sorted(path.stem for path in QUESTIONS.glob("*.jsonl"))
    corpus = arguments.corpus.resolve()
    if arguments.one:
        record(corpus / releases[0])
        return
    for release in releases:
        # A process can hold one release of the package.
        subprocess.run([sys.executable, __file__, "--corpus", str(corpus), "--release", release, "--one"], check=True)
        print(release, sum(1 for _ in (DATA / f"{release}.txt").open(encoding="utf-8")), "runs")


if __name__ == "__main__":
    main()
