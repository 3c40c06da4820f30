"""The mistakes in recipes, from a fixed seed and the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from tests.parity.edits import Edit
from tests.parity.questions import keys_below
from tests.parity.recipes.mistakes import EMBEDDED_KINDS, OWN, RECIPE_KINDS, VARIED
from tests.parity.recipes.places import Edits, RecipePlace
from tests.parity.recipes.sites import Embedded, Settings, family
from tests.parity.sites import Config

PER_VARIED_KIND = 16
PER_OWN_KIND = 8
PER_KIND = 4
"""Mistakes of the kinds that the releases' own configs have, too."""

PER_FILE_AND_KIND = 3
OVERRIDDEN = 150
_SIGNS = ("", "", "+", "++", "++", "~")
_VALUES = (
    *(
        "null",
        "true",
        "0",
        "-1",
        "2.5",
        "1e3",
        "abc",
        "'two words'",
        "''",
        "???",
        "math",
        "[]",
        "[a,b]",
        "{}",
        "{a: 1}",
    ),
    *("${policy.model_name}", "${nowhere}", "${mul:2,3}", "${mul:2}", "${min:1,2}", "${oc.env:NOT_SET_HERE}", "${.a}"),
)
_FIELDS = ("num_workers", "port", "domain", "new_key", "entrypoint")
_BLOCK = "env.nemo_gym"
_FRESH = (
    *(f"{_BLOCK}.new_key", f"{_BLOCK}.policy_model_name", f"{_BLOCK}.default_host", f"{_BLOCK}.port_range_low"),
    *(f"{_BLOCK}.config_paths", f"{_BLOCK}.error_on_almost_servers", f"{_BLOCK}.nowhere.resources_servers.mcqa.domain"),
    *(f"{_BLOCK}.policy_model.responses_api_models.vllm_model.entrypoint", _BLOCK, "env", "policy", "new_key"),
    *("defaults", "policy._override_", "env._override_", "policy.model_name", "grpo.num_prompts_per_step"),
)
"""Keys that any recipe may have, or may not."""

VARIABLES = ("HF_HOME", "PERSISTENT_CACHE")
"""The environment variables that NeMo RL's recipes read."""
INCLUDED_FROM = "0.7.0"
"""The release whose configs show what there is to override."""


@dataclass(frozen=True)
class Mistake:
    """An edit that breaks (or should break) a recipe: in its own file, or in one under its `defaults`."""

    kind: str
    recipe: str
    path: str
    edit: Edit


class Tree:
    """The YAML of NeMo RL, with the recipes in it, and the configs of one release of NeMo Gym."""

    def __init__(self, texts: Mapping[str, str], recipes: Sequence[str], gym_root: Path) -> None:
        self.texts = texts
        self.recipes = tuple(recipes)
        self.families = {recipe: family(recipe, texts) for recipe in recipes}
        self.files = tuple(sorted({path for paths in self.families.values() for path in paths}))
        self.included = _Configs(gym_root)

    def recipe_for(self, path: str, draw: random.Random) -> str:
        """Return a recipe that a mistake in `path` breaks: the file itself, if it is one."""
        return (
            path
            if path in self.families
            else draw.choice([recipe for recipe in self.recipes if path in self.families[recipe]])
        )

    def place(self, kind: str, path: str, draw: random.Random) -> RecipePlace:
        config = (_embedded if kind in EMBEDDED_KINDS else _settings)(path, self.texts[path])
        recipe = self.recipe_for(path, draw)
        strangers = tuple(name for name in self.files if name != path)
        return RecipePlace(config, self.included, strangers, draw, recipe)


def mistakes(tree: Tree, kinds: Mapping[str, Edits] | None = None) -> Iterator[Mistake]:
    """Return the mistakes of all kinds, or of `kinds`, in the order of the recorded data."""
    for kind, edits in (kinds or RECIPE_KINDS).items():
        draw = random.Random(f"recipes {kind}")
        count = PER_VARIED_KIND if kind in VARIED else PER_OWN_KIND if kind in OWN else PER_KIND
        found = _sample(tree, kind, edits, count, draw)
        yield from sorted(found, key=lambda mistake: (mistake.path, mistake.edit, mistake.recipe))


def overridden(tree: Tree) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return `OVERRIDDEN` different pairs of a recipe and its overrides."""
    draw = random.Random("recipes overridden")
    found: dict[tuple[str, tuple[str, ...]], None] = {}
    while len(found) < OVERRIDDEN:
        recipe = draw.choice(tree.recipes)
        scalars, blocks = _keys_of(tree.texts[recipe])
        keys = [_key(scalars, blocks, draw) for _ in range(draw.choice((1, 1, 1, 2)))]
        found[recipe, tuple(_override(key, draw) for key in keys)] = None
    yield from found


def _override(key: str, draw: random.Random) -> str:
    sign = draw.choice(_SIGNS)
    return f"~{key}" if sign == "~" and draw.random() < 0.5 else f"{sign}{key}={draw.choice(_VALUES)}"


def _key(scalars: Sequence[str], blocks: Sequence[str], draw: random.Random) -> str:
    """A key to override: two of three are in the embedded block."""
    chance, inside = draw.random(), draw.random() < 0.67
    scalars, blocks = ([key for key in keys if key.startswith(_BLOCK) is inside] for keys in (scalars, blocks))
    if chance < 0.5 and scalars:
        return draw.choice(scalars)
    if chance < 0.8 and blocks:
        block = draw.choice(blocks)
        return f"{block}.{draw.choice(_FIELDS)}" if chance < 0.7 else block
    return draw.choice(_FRESH)


@cache
def _keys_of(text: str) -> tuple[list[str], list[str]]:
    """The dotted keys of a text that can be typed, of scalars and lists and of mappings apart."""
    scalars: list[str] = []
    blocks: list[str] = []
    keys_below(yaml.load(text, Loader=yaml.CSafeLoader), (), scalars, blocks)
    return scalars, blocks


def _sample(tree: Tree, kind: str, edits: Edits, count: int, draw: random.Random) -> list[Mistake]:
    """At most `count` different mistakes of a kind, spread over as many files as have a place for it."""
    order = list(tree.files)
    draw.shuffle(order)
    places: dict[str, RecipePlace] = {}
    left: dict[str, list[Edit]] = {}
    found: list[Mistake] = []
    for _ in range(PER_FILE_AND_KIND):
        for path in order:
            if len(found) == count:
                return found
            if path not in places:
                places[path] = tree.place(kind, path, draw)
                left[path] = sorted(set(edits(places[path])))
                draw.shuffle(left[path])
            if left[path]:
                found.append(Mistake(kind, places[path].recipe, path, left[path].pop()))
    return found


@cache
def _settings(path: str, text: str) -> Settings:
    return Settings(path, text)


@cache
def _embedded(path: str, text: str) -> Embedded:
    return Embedded(path, text)


class _Configs(dict[str, Config]):
    """The configs of a release by their paths, read when they are looked up."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def get(self, path: object, default: Config | None = None) -> Config | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        name = str(path)
        if name not in self:
            try:
                self[name] = Config(name, (self.root / name).read_bytes().decode("utf-8"))
            except (OSError, ValueError):
                return default
        return self[name]
