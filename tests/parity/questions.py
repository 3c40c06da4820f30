"""The questions for NeMo Gym's parser and gym-lsp, from a fixed seed and the same on every machine.

There are four sets: every YAML file of a release as the only root (`alone`), realistic runs of two to five configs
(`runs`), one-line mistakes in configs whose own run is fine (`mistakes`), and overrides of runs that are fine
(`overridden`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from tests.parity.edits import Edit, Kind, Place
from tests.parity.mistakes import KINDS
from tests.parity.sites import GROUPS, read_configs, yaml_paths

RUNS = 300
MISTAKES_PER_KIND = 38
MISTAKES_IN_BROKEN_CONFIGS = 4
"""The number of mistakes of a kind that are made in configs whose own run fails anyway."""

MISTAKES_PER_CONFIG_AND_KIND = 4

OVERRIDDEN = 250
_VALUES = (
    *("null", "true", "yes", "0", "-1", "2.5", "1e3", "1:30", "abc", "'two words'", "''", "???", "app.py", "math"),
    *("[]", "[a,b]", "{}", "{a: 1}", "policy_model", "resources_servers", "nobody"),
    *("${policy_model_name}", "${nobody}"),
)
_SIGNS = ("+", "++", "++", "++", "++", "")
"""Hydra rejects a key without a sign, and a second `+` for the same key."""
_KEYS = ("entrypoint", "domain", "name", "type", "port", "num_workers", "new_key")
_FRESH = (
    *("fresh", "fresh.resources_servers.mcqa.domain", "policy_model.responses_api_models.vllm_model.entrypoint"),
    *("error_on_almost_servers", "results_dir", "allow_openai_version_skew", "default_host", "policy_model_name"),
)
"""Keys that no config need have."""


@dataclass(frozen=True)
class Mistake:
    """A one-line edit that breaks (or should break) the file it is made in."""

    kind: Kind
    path: str
    edit: Edit
    text: str
    """The whole text after the edit."""


def file_kind(path: str, document: object, providers: frozenset[str]) -> str:
    """Return how NeMo Gym uses a YAML file: `gym`, `manifest`, `prompt`, `environment` (env.yaml) or `other`.

    The place decides first, then the top-level keys. This classifies every file of the releases correctly.
    """
    place = PurePosixPath(path)
    if place.name == "env.yaml":
        return "environment"
    if place.name == "manifest.yaml" and place.parts[0] in ("environments", "benchmarks"):
        return "manifest"
    if not isinstance(document, dict):
        return "other"
    keys: dict[object, object] = document  # pyright: ignore[reportUnknownVariableType]
    if "user" in keys and set(keys) <= {"user", "system"}:
        return "prompt"
    if isinstance(keys.get("config_paths"), list):
        return "gym"
    mappings: list[dict[object, object]] = [value for value in keys.values() if isinstance(value, dict)]  # pyright: ignore[reportUnknownVariableType]
    marks = {*GROUPS, "_inherit_from", "_copy"}
    if any(marks & set(value) or _is_sandbox(value, providers) for value in mappings):
        return "gym"
    return "other"


def _is_sandbox(block: Mapping[object, object], providers: frozenset[str]) -> bool:
    named = set(block) - {"default_metadata"}
    return len(named) == 1 and named <= providers


def file_kinds(root: Path) -> dict[str, str]:
    """Every YAML file below `root` with its kind."""
    folder = root / "nemo_gym" / "sandbox" / "providers"
    providers = frozenset(entry.name for entry in folder.iterdir() if entry.is_dir())
    kinds: dict[str, str] = {}
    for path in yaml_paths(root):
        try:
            document: Any = yaml.safe_load((root / path).read_bytes())
        except (yaml.YAMLError, UnicodeDecodeError):
            document = None
        kinds[path] = file_kind(path, document, providers)
    return kinds


def runs(release: str, kinds: Mapping[str, str], verdicts: Mapping[str, str]) -> list[list[str]]:
    """Return `RUNS` different runs as people start them: a task with a model, an agent, a sandbox, in any order.

    `verdicts` are those of the own run of each file. Three of four configs work, or lack only a task, so that errors of
    the others do not hide the rest.
    """
    draw = random.Random(f"{release} runs")
    gym = [path for path, kind in sorted(kinds.items()) if kind == "gym"]
    promising = {path for path in gym if verdicts[path] in ("ok", "AgentCompositionError")}

    def below(folder: str) -> list[str]:
        return [path for path in gym if path.startswith(folder)]

    def one_of(paths: list[str]) -> str:
        return draw.choice([path for path in paths if path in promising] if draw.random() < 0.75 else paths)

    task = (below("environments/"), below("benchmarks/"), below("resources_servers/"))
    environments, benchmarks, servers = task
    agents, models, sandboxes = below("responses_api_agents/"), below("responses_api_models/"), below("nemo_gym/")
    shapes: list[tuple[list[str], ...]] = [
        *((paths, models) for paths in task),
        *((paths, agents, models) for paths in task),
        *((paths, paths, models) for paths in task),
        (servers, agents),
        (agents, sandboxes, models),
        (benchmarks, agents, sandboxes, models),
        (servers, models, models),
        (benchmarks, environments, agents, models),
        (benchmarks, servers, agents, sandboxes, models),
    ]
    found: dict[tuple[str, ...], None] = {}
    while len(found) < RUNS:
        chosen = [one_of(paths) for paths in draw.choice(shapes)]
        if draw.random() < 0.4:
            draw.shuffle(chosen)
        if len(set(chosen)) == len(chosen) or draw.random() < 0.3:
            found[tuple(chosen)] = None
    return [list(run) for run in found]


def mistakes(release: str, root: Path, kinds: Mapping[str, str], verdicts: Mapping[str, str]) -> Iterator[Mistake]:
    """Return the mistakes of a release, kind by kind.

    `verdicts` are those of the own run of each file. Most mistakes are made in files with the verdict `ok`.
    """
    tree = {path: config for path, config in read_configs(root).items() if kinds[path] == "gym"}
    strangers = tuple(path for path, kind in sorted(kinds.items()) if kind != "gym")
    fine = [path for path in tree if verdicts[path] == "ok"]
    broken = [path for path in tree if verdicts[path] != "ok"]
    for kind in KINDS:
        draw = random.Random(f"{release} {kind.name}")

        def place(path: str, draw: random.Random = draw) -> Place:
            return Place(tree[path], tree, strangers, draw)

        wanted = _sample(kind, place, fine, MISTAKES_PER_KIND - MISTAKES_IN_BROKEN_CONFIGS, draw)
        wanted += _sample(kind, place, broken, MISTAKES_IN_BROKEN_CONFIGS, draw)
        yield from sorted(wanted, key=lambda mistake: (mistake.path, mistake.edit))


def overridden(
    release: str, root: Path, kinds: Mapping[str, str], verdicts: Mapping[str, str], working: Sequence[Sequence[str]]
) -> list[tuple[list[str], list[str]]]:
    """Return `OVERRIDDEN` different pairs of root configs and overrides, mostly of values and blocks of the configs.

    `verdicts` are those of the own run of each file. `working` are runs of several files that work.
    """
    draw = random.Random(f"{release} overridden")
    fine = [path for path in sorted(kinds) if kinds[path] == "gym" and verdicts[path] == "ok"]
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], None] = {}
    while len(found) < OVERRIDDEN:
        roots = list(draw.choice(working)) if draw.random() < 0.4 else [draw.choice(fine)]
        scalars: list[str] = []
        blocks: list[str] = []
        for path in roots:
            keys_below(yaml.safe_load((root / path).read_bytes()), (), scalars, blocks)
        keys = [_key(scalars, blocks, draw) for _ in range(draw.choice((1, 1, 1, 2)))]
        if any(f"{one}.".startswith(f"{other}.") for one, other in permutations(keys, 2)):
            # Hydra rejects two overrides of the same key.
            continue
        overrides = (f"{draw.choice(_SIGNS)}{key}={draw.choice(_VALUES)}" for key in keys)
        found[tuple(roots), tuple(overrides)] = None
    return [(list(roots), list(overrides)) for roots, overrides in found]


def _key(scalars: Sequence[str], blocks: Sequence[str], draw: random.Random) -> str:
    """A key to override: most are there, some of them are blocks, some are new in a block or in the run."""
    chance = draw.random()
    if chance < 0.6 and scalars:
        return draw.choice(scalars)
    if chance < 0.85 and blocks:
        block = draw.choice(blocks)
        return f"{block}.{draw.choice(_KEYS)}" if chance < 0.75 else block
    return draw.choice(_FRESH)


def keys_below(value: Any, steps: tuple[str, ...], scalars: list[str], blocks: list[str]) -> None:
    """The dotted keys below a value that can be typed, of scalars and lists and of mappings apart."""
    entries: dict[object, object] = value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]
    for key, below in entries.items():
        if isinstance(key, str) and key.replace("-", "_").isidentifier() and key != "config_paths":
            (blocks if isinstance(below, dict) else scalars).append(".".join((*steps, key)))
            keys_below(below, (*steps, key), scalars, blocks)


def _sample(
    kind: Kind, place: Callable[[str], Place], paths: Iterable[str], count: int, draw: random.Random
) -> list[Mistake]:
    """At most `count` different mistakes of a kind, spread over as many files as have a place for it."""
    order = list(paths)
    draw.shuffle(order)
    places: dict[str, Place] = {}
    edits: dict[str, list[Edit]] = {}
    found: list[Mistake] = []
    for _ in range(MISTAKES_PER_CONFIG_AND_KIND):
        for path in order:
            if len(found) == count:
                return found
            if path not in places:
                places[path] = place(path)
                edits[path] = sorted(set(kind.edits(places[path])))
                draw.shuffle(edits[path])
            if edits[path]:
                edit = edits[path].pop()
                found.append(Mistake(kind, path, edit, edit.apply(places[path].config.text)))
    return found
