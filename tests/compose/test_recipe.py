"""Recipes as their framework reads them: the order of merging, what a marker drops, and the run that is embedded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.compose.config import at, to_plain
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.problem import IncludeUnreadable, RecipeCycle
from gym_lsp.compose.recipe import Recipe
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory

ROOT = PurePath("/recipes")
TOP = "top.yaml"


def read(texts: Mapping[str, str], environment: Mapping[str, str] | None = None) -> Recipe:
    files = {ROOT / name: dedent(text) for name, text in texts.items()}
    return Workspace(Memory(files), ROOT, environment=environment or {}).recipe(ROOT / TOP)


def plain(texts: Mapping[str, str]) -> object:
    recipe = read(texts)
    assert not recipe.problems
    return to_plain(recipe.config)


def embedded(recipe: Recipe) -> Mapping[str, object]:
    return {str(key): to_plain(value) for key, value in recipe.embedded.entries.items()}


MERGES: dict[str, tuple[dict[str, str], object]] = {
    "the recipe is above its defaults": (
        {"base.yaml": "{a: 1, b: 1}", TOP: "{defaults: base.yaml, a: 2}"},
        {"a": 2, "b": 1},
    ),
    "of two defaults, the last one wins": (
        {"one.yaml": "{a: 1, b: 1}", "two.yaml": "{a: 2}", TOP: "defaults: [one.yaml, two.yaml]"},
        {"a": 2, "b": 1},
    ),
    "a path is relative to the file that names it": (
        {"deep/base.yaml": "defaults: other.yaml", "deep/other.yaml": "a: 1", TOP: "defaults: deep/base.yaml"},
        {"a": 1},
    ),
    "mappings are merged and lists replaced": (
        {"base.yaml": "{a: {b: 1, c: [1, 2]}}", TOP: "{defaults: base.yaml, a: {c: [3]}}"},
        {"a": {"b": 1, "c": [3]}},
    ),
    "a marked block drops the one below": (
        {"base.yaml": "{a: {b: 1}}", TOP: "{defaults: base.yaml, a: {_override_: true, c: 2}}"},
        {"a": {"c": 2}},
    ),
    "a marker that is false is merged": (
        {"base.yaml": "{a: {b: 1}}", TOP: "{defaults: base.yaml, a: {_override_: false, c: 2}}"},
        {"a": {"b": 1, "_override_": False, "c": 2}},
    ),
    "a nested marker is merged": (
        {"base.yaml": "{a: {b: {c: 1}}}", TOP: "{defaults: base.yaml, a: {b: {_override_: true, d: 2}}}"},
        {"a": {"b": {"c": 1, "_override_": True, "d": 2}}},
    ),
    "without defaults, a marker stays": ({TOP: "{a: {_override_: true}}"}, {"a": {"_override_": True}}),
    "a marker of a recipe below is gone": (
        {"base.yaml": "{a: {_override_: true, b: 1}}", TOP: "defaults: base.yaml"},
        {"a": {"b": 1}},
    ),
}


@pytest.mark.parametrize(("texts", "expected"), MERGES.values(), ids=MERGES.keys())
def test_merging(texts: dict[str, str], expected: object) -> None:
    assert plain(texts) == expected


VALUES = {
    "${mul:${a.b}, 2}": 6,
    "${add:1, ${mul:2, 3}}": 7,
    "${div:7, 2}": 3.5,
    "${max:2, ${a.b}}": 3,
    "${a}": {"b": 3, "c": 3},
    "x-${a.c}": "x-3",
    "${oc.env:UNSET,4}": "4",
}


@pytest.mark.parametrize(("written", "expected"), VALUES.items(), ids=VALUES.keys())
def test_interpolations_are_those_of_the_whole_recipe(written: str, expected: object) -> None:
    text = f"{{a: {{b: 3, c: '${{.b}}'}}, env: {{nemo_gym: {{config_paths: [], x: '{written}'}}}}}}"
    recipe = read({TOP: text})
    assert not recipe.problems
    assert embedded(recipe)["x"] == expected


UNKNOWN = ["${oc.env:SET}", "${add:${oc.env:SET}, 1}", "${absent}", "${mul:a, b}", "x${x}"]


@pytest.mark.parametrize("written", UNKNOWN)
def test_what_is_not_known_is_no_text(written: str) -> None:
    """Its type is not known either, so no rule may judge it."""
    recipe = read({TOP: f"env: {{nemo_gym: {{config_paths: [], x: '{written}'}}}}"}, {"SET": ""})
    value = recipe.embedded.get("x")
    assert value is not None and value.marks
    found = Interpolator(recipe.embedded, ()).dereference(value, ("x",))  # pyright: ignore[reportArgumentType]
    assert found is not None and to_plain(found) == FROM_ENVIRONMENT


def test_what_the_framework_removes_and_sets() -> None:
    text = """\
        env:
          nemo_gym:
            config_paths: [a.yaml]
            thinking_tags: [x]
            num_gpu_nodes: 1
            policy_api_key: mine
    """
    recipe = read({TOP: text})
    found = embedded(recipe)
    assert found.keys() >= {"config_paths", "num_gpu_nodes", "policy_base_url", "policy_model_name", "head_server"}
    assert "thinking_tags" not in found
    assert found["policy_api_key"] == "dummy_key"
    value = recipe.embedded.get("policy_api_key")
    assert value is not None and value.overridden is not None
    assert to_plain(value.overridden) == "mine"


KINDS = {
    "its own run": ({TOP: "env: {nemo_gym: {config_paths: []}}"}, FileKind.RECIPE),
    "the run of another one": (
        {TOP: "defaults: base.yaml", "base.yaml": "env: {nemo_gym: {config_paths: []}}"},
        FileKind.RECIPE,
    ),
    "no run": ({TOP: "defaults: base.yaml", "base.yaml": "a: 1"}, FileKind.OTHER),
    "a part of a run": ({TOP: "env: {nemo_gym: {a: 1}}"}, FileKind.RECIPE),
    "the defaults of Hydra": ({TOP: "{defaults: [_self_, {db: mysql}], a: 1}"}, FileKind.OTHER),
    "a config": ({TOP: "{config_paths: [], env: {nemo_gym: {config_paths: []}}}"}, FileKind.CONFIG),
}


@pytest.mark.parametrize(("texts", "expected"), KINDS.values(), ids=KINDS.keys())
def test_a_recipe_is_recognised_by_its_content(texts: dict[str, str], expected: FileKind) -> None:
    files = {ROOT / name: text for name, text in texts.items()}
    assert Workspace(Memory(files), ROOT).kind(ROOT / TOP) is expected


def test_recipes_that_share_recipes_are_read_once() -> None:
    """Each level names the next one twice, so there are a billion ways down."""
    texts = {f"{level}.yaml": f"defaults: [{level + 1}.yaml, {level + 1}.yaml]" for level in range(30)}
    texts |= {"30.yaml": "a: 1", TOP: "defaults: 0.yaml"}
    assert plain(texts) == {"a": 1}


def test_a_long_chain_ends() -> None:
    texts = {f"{level}.yaml": f"defaults: {level + 1}.yaml" for level in range(2_000)}
    recipe = read({**texts, TOP: "defaults: 0.yaml"})
    assert [type(problem) for problem in recipe.problems] == [RecipeCycle]


def test_mappings_that_double_are_bounded() -> None:
    lines = "".join(f"m{level}: {{x: '${{m{level + 1}}}', y: '${{m{level + 1}}}'}}\n" for level in range(40))
    text = f"{lines}m40: {{z: 1}}\nenv:\n  nemo_gym:\n    config_paths: []\n    x: ${{m0}}\n"
    assert read({TOP: text}).embedded.get("x") is not None


def test_mappings_that_contain_each_other_end() -> None:
    text = "a: {x: '${b}'}\nb: {y: '${a}'}\nenv: {nemo_gym: {config_paths: [], z: '${a}'}}\n"
    assert read({TOP: text}).embedded.get("z") is not None


def test_numbers_do_not_grow_without_end() -> None:
    lines = "".join(f"n{level}: ${{mul:${{n{level + 1}}},${{n{level + 1}}}}}\n" for level in range(40))
    recipe = read({TOP: f"{lines}n40: 123456789\nenv: {{nemo_gym: {{config_paths: [], x: '${{n0}}'}}}}"})
    assert at(recipe.embedded, ("x",)) is not None


names = st.sampled_from(["top.yaml", "a.yaml", "b.yaml", "absent.yaml"])
values = st.sampled_from(
    ["1", "null", "[]", "{b: 1}", "{_override_: true, b: 2}", "'${a}'", "'${env.nemo_gym}'", "'${mul:${a},2}'", "???"]
)


def _recipe(defaults: str, a: str, run: str) -> str:
    return f"defaults: {defaults}\na: {a}\nenv: {{nemo_gym: {run}}}\n"


recipes = st.builds(
    _recipe,
    st.one_of(names, st.lists(names).map(lambda each: f"[{', '.join(each)}]"), values),
    values,
    st.one_of(values, st.just("{config_paths: [x.yaml], a: '${a}'}")),
)


@given(st.dictionaries(names.filter(lambda name: name != "absent.yaml"), recipes, max_size=3), recipes)
def test_any_recipes_are_read(others: dict[str, str], top: str) -> None:
    recipe = read({**others, TOP: top})
    assert recipe.files or not top
    for problem in recipe.problems:
        assert problem.at.origin.path in {file.path for file in recipe.files}


def test_many_defaults_are_bounded() -> None:
    listed = ", ".join(["base.yaml"] * 50_000)
    texts = {"base.yaml": "{a: 1, env: {nemo_gym: {config_paths: []}}}", TOP: f"defaults: [{listed}]\na: 2\n"}
    recipe = read(texts)
    assert [type(problem) for problem in recipe.problems] == [IncludeUnreadable]
    files = {ROOT / name: text for name, text in texts.items()}
    run = Workspace(Memory(files), ROOT).own_run(ROOT / TOP).run
    assert run.recipe == ROOT / TOP
