"""Run NeMo Gym's own directives on generated configs and record the results in `data/directives.jsonl`.

    python tests/compose/record_directives.py --corpus DIR

`make record` runs it with the Python of an environment that holds `tests/parity/requirements.txt`. DIR holds one folder
for each release, the unpacked wheel. A line holds a config of ours and, for each release, the config that its
`_recursively_swap_keys` leaves, interpolations unresolved, or the name of the exception that it raises. `closed` is
what 0.4.0 makes of a config that is closed to new keys, as Hydra leaves it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.parity import oracle

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).resolve().parent / "data" / "directives.jsonl"
RELEASES = ("0.4.0", "0.7.0")
CLOSED = "closed"
HASH_SEED = "1"
CONFIGS = 1_500

# Written by hand: each sentence of what the directives do.
CHOSEN: list[dict[str, Any]] = [
    {"base": {"x": 1, "y": {"z": 2}}, "own": {"_inherit_from": "base", "y": {"w": 3}}},
    {"base": {"x": 1, "y": {"z": 2}}, "own": {"_copy": "base", "y": {"w": 3}}},
    {"own": {"_inherit_from": "base", "x": 2}, "base": {"x": 1}},
    {"base": {"x": 1}, "a": {"_inherit_from": "base"}, "b": {"_inherit_from": "base", "x": 2}},
    {"base": {"x": 1}, "a": {"_inherit_from": "base"}, "b": "${base.x}"},
    {"c": {"x": 1}, "b": {"_inherit_from": "c"}, "a": {"_inherit_from": "b"}},
    {"a": {"_copy": "b"}, "b": {"_copy": "c"}, "c": {"x": 1}},
    {"a": {"_copy": "b"}, "b": {"_copy": "a"}},
    {"a": {"_inherit_from": "a", "x": 1}},
    {"a": {"_copy": "a", "x": 1}},
    {"base": {"k": {"x": 1}, "l": 2}, "own": {"k": {"_copy": "base.k"}, "l": {"_inherit_from": "base.l"}}},
    {"base": {"k": {"x": 1}}, "own": {"k": "${inherit_from:base.k}", "l": "${copy:base.k}"}},
    {"base": 5, "own": "${inherit_from:base}", "other": "x${copy:base}"},
    {"base": [1, {"x": 2}], "own": "${copy:base}", "item": ["${copy:base}"]},
    {"base": [1], "own": {"_copy": "base"}},
    {"base": 1, "own": {"_copy": "base"}},
    {"base": [{"x": 1}], "own": {"_copy": "base.0"}},
    {"own": {"_inherit_from": "nope"}},
    {"own": {"_inherit_from": "nope.x"}},
    {"base": {"x": 1}, "own": {"_inherit_from": "base.nope"}},
    {"base": {"x": 1}, "own": {"_inherit_from": "base.x.y"}},
    {"base": {"x": 1, "y": 2}, "own": {"_inherit_from": "base", "_delete_key": "x"}},
    {"base": {"x": 1, "y": 2}, "own": {"_inherit_from": "base", "_delete_key": "x, y", "z": 3}},
    {"base": {"x": 1, "y": 2}, "own": {"_inherit_from": "base", "_delete_key": "x", "x": 3}},
    {"base": {"x": 1}, "own": {"_inherit_from": "base", "_delete_key": "nope"}},
    {"base": {"y": {"x": 1, "z": 2}}, "own": {"_inherit_from": "base", "y": {"_delete_key": "x"}}},
    {"own": {"_delete_key": "x", "x": 1, "y": 2}},
    {"own": {"_delete_key": ["x"], "x": 1}},
    {"own": {"_delete_key": None, "x": 1}},
    {"own": {"_delete_key": "???", "x": 1}},
    {"base": {"x": 1}, "own": {"_inherit_from": None}},
    {"base": {"x": 1}, "own": {"_inherit_from": 5}},
    {"base": {"x": 1}, "own": {"_inherit_from": ["base"]}},
    {"base": {"x": 1}, "own": {"_inherit_from": "???"}},
    {"base": {"x": 1}, "own": {"_inherit_from": "${name}"}, "name": "base"},
    {"base": {"x": 1}, "other": {"y": 1}, "own": {"_inherit_from": "base", "_copy": "other"}},
    {"base": "???", "own": {"_inherit_from": "base", "x": 1}},
    {"base": {"x": "???"}, "own": {"_inherit_from": "base", "x": 1}},
    {"base": {"x": 1}, "own": {"_inherit_from": "base", "x": "???"}},
    {"base": {"x": {"y": 1}}, "own": {"_inherit_from": "base", "x": [1]}},
    {"base": {"x": {"y": 1}}, "own": {"_inherit_from": "base", "x": None}},
    {"base": {"x": "${.y}", "y": 1}, "own": {"_inherit_from": "base", "y": 2}},
    {"list": [{"_inherit_from": "base", "x": 1}, {"k": {"_copy": "base"}}], "base": {"z": 1}},
    {"list": ["${nope}"], "own": {"_copy": "base"}, "base": {"x": 1}},
    {"_inherit_from": "base", "base": {"x": 1}},
    {"base": {"n": {"_copy": "other"}}, "other": {"x": 1}, "own": {"_inherit_from": "base"}},
    {"own": {"_inherit_from": "base"}, "base": {"n": {"_copy": "other"}}, "other": {"x": 1}},
    {"base": {}, "own": {"_inherit_from": "base"}},
    {"base": {"x": 1}, "link": "${base}", "own": {"_copy": "link", "y": 1}},
    {"base": {"x": 1}, "link": "${base}", "own": {"_copy": "link.x"}, "other": "${copy:link.x}"},
]

_KEYS = ("a", "b", "c", "d")
_PATHS = ("a", "b", "c", "d", "a.b", "b.a", "c.d", "a.b.c", "nope", "b.nope", "a.0", "link")


def generated(draw: random.Random) -> Iterator[dict[str, Any]]:
    """Small configs in which directives meet one another, missing values, lists and interpolations."""
    while True:
        config = {key: _value(draw, 3) for key in draw.sample(_KEYS, draw.randint(2, 4))}
        if draw.random() < 0.2:
            config["link"] = f"${{{draw.choice(_KEYS)}}}"
        yield config


def _value(draw: random.Random, depth: int) -> Any:
    chance = draw.random()
    if depth == 0 or chance < 0.3:
        atoms: list[Any] = [1, 2, "x", None, "???", [], {}]
        return draw.choice(atoms)
    if chance < 0.38:
        return f"${{{draw.choice(('inherit_from', 'copy'))}:{draw.choice(_PATHS)}}}"
    if chance < 0.43:
        return draw.choice(["${a}", "${.b}", "${c.d}", "${link}"])
    if chance < 0.55:
        return [_value(draw, depth - 1) for _ in range(draw.randint(0, 2))]
    below = {key: _value(draw, depth - 1) for key in draw.sample(_KEYS, draw.randint(0, 3))}
    if draw.random() < 0.45:
        below[draw.choice(("_inherit_from", "_copy"))] = draw.choice([*_PATHS] * 3 + [None, 3, "???", "${link}"])
    if draw.random() < 0.15:
        below["_delete_key"] = draw.choice(["a", "b", "a, b", "nope", "c ,d"])
    return dict(draw.sample(sorted(below.items()), len(below)))


def configs() -> list[dict[str, Any]]:
    """All configs, those by hand first, each once."""
    found = {json.dumps(config): config for config in CHOSEN}
    for config in generated(random.Random("directives")):
        if "_inherit_from" in (text := json.dumps(config)) or "_copy" in text or "copy:" in text or "from:" in text:
            found.setdefault(text, config)
        if len(found) >= CONFIGS:
            return list(found.values())
    raise AssertionError


def outcomes(root: Path, closed: bool) -> list[Any]:
    """Return the result of the release at `root` for each config: a mapping, or the name of an exception."""
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        release = oracle.load(root, Path(scratch))
        parser = release.global_config.GlobalConfigDictParser()
        found: list[Any] = []
        for config in configs():
            made = release.omegaconf.create(config)
            release.omegaconf.set_struct(made, closed)
            try:
                parser._recursively_swap_keys(made)  # pyright: ignore[reportPrivateUsage]
                found.append(release.omegaconf.to_container(made, resolve=False))
            except Exception as error:  # noqa: BLE001 - whatever it raises is the answer.
                found.append(type(error).__name__)
        os.chdir(ROOT)
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description="Record what NeMo Gym's directives do.")
    arguments.add_argument("--corpus", type=Path, required=True, help="folder with one unpacked wheel for each release")
    arguments.add_argument("--one", help=argparse.SUPPRESS)
    arguments.add_argument("--closed", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    corpus = given.corpus.resolve()
    if given.one:
        sys.stdout.write(json.dumps(outcomes(corpus / given.one, given.closed)))
        return
    answers: dict[str, list[Any]] = {}
    for name, asked in {**{release: [release] for release in RELEASES}, CLOSED: [RELEASES[0], "--closed"]}.items():
        # A process can hold one release of the package.
        command = [sys.executable, __file__, "--corpus", str(corpus), "--one", *asked]
        # `_delete_key` follows the order of a set of strings, which this makes the same in each process.
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONHASHSEED": HASH_SEED}
        )
        answers[name] = json.loads(done.stdout)
    with DATA.open("w", encoding="utf-8", newline="\n") as file:
        for number, config in enumerate(configs()):
            row = {"config": config} | {name: found[number] for name, found in answers.items()}
            file.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
