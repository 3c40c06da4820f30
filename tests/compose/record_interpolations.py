"""Resolve the interpolations of generated configs with OmegaConf 2.3 and record their values.

    python tests/compose/record_interpolations.py

`make record` runs it with the Python of an environment with `tests/parity/requirements.txt`: NeMo Gym uses OmegaConf
2.3, and newer ones differ. A line of `data/interpolations.jsonl` contains a config of ours and, for each of its
interpolations, the key path and `{"value": ...}` or `{"error": the name of the exception}`.
"""

from __future__ import annotations

import json
import os
import random
import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).resolve().parent / "data" / "interpolations.jsonl"
CONFIGS = 1_200

KEYS = ("a", "b", "c")
ATOMS = (1, 2.5, True, "x", "x y", "", "10", 0, None, "???")
LINKS = ("${a}", "${b}", "${b.c}", "${c.a}", "${a.b}", "${.a}", "${.b.c}", "${..b}", "${nope}", "${a.nope}", "x${a}")
REFERENCES = (
    *LINKS,
    "${a.0}",
    "${b[0]}",
    "${c[1].a}",
    "${...a}",
    "${a[-1]}",
    "${b.${a}}",
    "${.${.a}}",
    "${a}${b}",
    "${a.x}",
)
CALLS = (
    *("${oc.env:NOPE}", "${oc.env:NOPE,1}", "${oc.env:NOPE,null}", "${oc.env:NOPE,x/${a}}", "${oc.env:NOPE,[1,2]}"),
    *("${oc.select:a}", "${oc.select:a,1}", "${oc.select:nope}", "${oc.select:nope,null}", "${oc.select:b.c,${a}}"),
    *("${oc.select:.a,[1,{k: v}]}", "${oc.select:a.b.c,x}", "x${oc.select:b}", "${oc.select:a,${oc.env:NOPE,z}}"),
    *(
        "${oc.select:nope,${oc.env:NOPE}}",
        "${oc.decode:null}",
        "${oc.decode:'1'}",
        "${oc.decode:'010'}",
        "${oc.decode:yes}",
    ),
    *("${oc.decode:'${a}'}", "${oc.decode:5}", "${oc.decode:'a:'}"),
    *("${oc.create:[1,2]}", "${oc.create:{a: 1}}", "${oc.dict.keys:a}", "${oc.dict.keys:nope}", "${oc.dict.keys:b.c}"),
    *("${nope:1}", "${oc.env:}", "${oc.select:a,b,c}", "${oc.nope:1}", "${oc.decode:1,2}"),
)
SELF_REFERENCES: list[dict[str, Any]] = [
    {"a": "${a}"},
    {"a": "${b}", "b": "${c}", "c": "${a}"},
    {"a": {"b": "${a}"}},
    {"a": {"b": "${..a}"}},
    {"a": ["${a}"]},
    {"a": "${b.c}", "b": {"c": "${b}"}},
    {"a": "x${a}"},
    {"a": {"b": "${.c}", "c": "${.b}"}},
]
THROUGH_OTHERS: list[dict[str, Any]] = [
    {"x": "${y.k}", "y": "${z}", "z": {"k": "${.j}", "j": 1}},
    {"x": "${y.k}", "y": "${z}", "z": {"k": "${..w}"}, "w": 1},
    {"x": "${y.0.k}", "y": [{"k": "${.j}", "j": 1}]},
    {"a": "${b}", "b": "${c.d}", "c": {"d": {"e": 1}}},
    {"a": "${b.e}", "b": "${c.d}", "c": {"d": {"e": "${.f}", "f": 2}}},
    {"a": "${b[c]}", "b": {"c": 1}},
    {"a": "${b.${c}.e}", "b": {"d": {"e": 1}}, "c": "d"},
    {"a": "${${c}}", "b": {"e": 1}, "c": "b.e"},
    {"a": "${b.${c}}", "b": {"1": "text"}, "c": 1},
    {"a": "${l.--1} ${l.1_0} ${l.²}", "l": [1]},
    {"a": "\\${b}", "b": 1, "c": "\\\\${b}"},
    {"a": "${b}", "b": None, "c": "x${b}"},
    {"a": "${b}", "b": "???"},
    {"a": "${b.c}", "b": {"c": "???"}},
    {"a": "${b.c}", "b": 5},
    {"a": "${b.c}", "b": None},
]


def generated(draw: random.Random) -> Iterator[dict[str, Any]]:
    """Small configs whose interpolations lead to one another, to what is missing, and through lists and values."""
    while True:
        leaves = (*ATOMS, *REFERENCES, *REFERENCES, *CALLS)
        yield {key: _value(draw, leaves, 2) for key in draw.sample(KEYS, draw.randint(1, 3))}


def _value(draw: random.Random, leaves: tuple[Any, ...], depth: int) -> Any:
    chance = draw.random()
    if depth == 0 or chance < 0.5:
        return draw.choice(leaves)
    if chance < 0.85:
        return {key: _value(draw, leaves, depth - 1) for key in draw.sample(KEYS, draw.randint(0, 3))}
    return [_value(draw, leaves, depth - 1) for _ in range(draw.randint(0, 2))]


def configs() -> list[dict[str, Any]]:
    """All configs, those by hand first, each once."""
    draw = random.Random("interpolations")
    found = {json.dumps(config): config for config in (*SELF_REFERENCES, *THROUGH_OTHERS)}
    for number, config in enumerate(generated(draw)):
        # Each call gets its turn at a place where nothing is in its way.
        config = {**config, "z": CALLS[number % len(CALLS)]}
        found.setdefault(json.dumps(config), config)
        if len(found) >= CONFIGS:
            return list(found.values())
    raise AssertionError


def interpolations(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The key paths of the strings that hold an interpolation."""
    if isinstance(value, dict):
        below: Any = value.items()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        for key, each in below:
            yield from interpolations(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            yield from interpolations(each, (*path, index))
    elif isinstance(value, str) and "${" in value:
        yield path


def outcome(config: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
    """Return the value of the interpolation at `path` in OmegaConf."""
    from omegaconf import DictConfig, ListConfig, OmegaConf

    node = config
    for step in path[:-1]:
        node = node._get_node(step)
    try:
        value = node[path[-1]]
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer.
        return {"error": type(error).__name__}
    is_container = isinstance(value, DictConfig | ListConfig)
    return {"value": OmegaConf.to_container(value, resolve=False) if is_container else value}


def main() -> None:
    from omegaconf import OmegaConf

    if not version("omegaconf").startswith("2.3."):
        sys.exit("OmegaConf 2.3 is needed: it is the one that NeMo Gym has")
    warnings.simplefilter("ignore")
    os.environ.clear()
    with DATA.open("w", encoding="utf-8", newline="\n") as file:
        for config in configs():
            made = OmegaConf.create(config)
            found = [[list(path), outcome(made, path)] for path in interpolations(config)]
            file.write(json.dumps({"config": config, "found": found}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
