"""Names of components select the configs that a release selects, and the options are those of the release."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import cast

import pytest

from gym_lsp.files import Disk, Remembered
from gym_lsp.gym.release.profile import read_profile
from gym_lsp.gym.release.run_options import BUILTIN_OPTIONS, RunOptions, read_run_options
from gym_lsp.gym.selectors import Ambiguous, Lookup, Selected, Unknown, select, selector_roots
from tests.corpus import WHEELS, Corpus
from tests.memory import Memory

DATA = Path(__file__).with_name("data")
GYM, HERE, OTHER = PurePath("/gym"), PurePath("/here"), PurePath("/other")


def options_of(root: Path) -> RunOptions:
    options = read_run_options(Disk(), root)
    assert options is not None
    return options


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_names_select_what_the_release_selects(corpus: Corpus, release: str) -> None:
    recorded = json.loads((DATA / f"selectors-{release}.json").read_text(encoding="utf-8"))["names"]
    root = corpus.release(release)
    options, aliases = options_of(root), read_profile(Disk(), root).config_path_aliases
    assert set(recorded) == set(options.selectors)
    lookup = Lookup(Remembered(Disk()), (PurePath("/nowhere"), root), options, aliases)
    differing: list[tuple[str, str, object, object]] = []
    for option, names in recorded.items():
        selector = options.selectors[option]
        for name, theirs in names.items():
            ours = _answer(select(selector, name, lookup), root / selector.folder)
            if ours != theirs:
                differing.append((option, name, ours, theirs))
    assert differing == []


def _answer(found: Selected | Unknown | Ambiguous, folder: Path) -> object:
    match found:
        case Selected(path):
            return path.relative_to(folder).as_posix()
        case Unknown(nearest=nearest):
            return {"nearest": nearest} if nearest else {}
        case Ambiguous():
            return None


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_options_are_those_of_the_release(corpus: Corpus, release: str) -> None:
    options = options_of(corpus.release(release))
    numbers = tuple(map(int, release.split(".")))
    repeatable = [each.option for each in options.selectors.values() if each.is_repeatable]
    assert ("agent-type" in options.selectors) == (numbers >= (0, 6))
    assert ("allow-unsupported-pairing" in options.values) == (numbers >= (0, 6))
    assert repeatable == (["benchmark", "environment", "resources-server"] if numbers >= (0, 6) else [])
    assert options.first_match_wins == (numbers >= (0, 5))


@pytest.mark.corpus
def test_builtin_is_what_the_newest_release_has(corpus: Corpus) -> None:
    options = options_of(corpus.release("0.7.0"))
    assert options == BUILTIN_OPTIONS
    # The order is the order of effect, and mappings are equal in any order.
    assert [*options.selectors, *options.values] == [*BUILTIN_OPTIONS.selectors, *BUILTIN_OPTIONS.values]


@pytest.mark.parametrize(
    "text",
    ["", "_ASSETS = {}\n", "def _asset_config_path(): pass\n", "_ASSETS = f()\n\ndef _asset_config_path(): pass\n"],
)
def test_another_form_is_not_read(text: str) -> None:
    files = Memory({GYM / "nemo_gym/__init__.py": "", GYM / "nemo_gym/cli/main.py": text})
    assert read_run_options(files, GYM) is None


def lookup(*paths: str, options: RunOptions = BUILTIN_OPTIONS) -> Lookup:
    files = Memory({PurePath(path): "" for path in paths})
    roots = selector_roots(
        files,
        options,
        search=(OTHER, HERE, GYM),
        install_root=GYM,
        working_directory=HERE,
        search_dirs=(OTHER,),
    )
    return Lookup(files, roots, options, {"environments/old/config.yaml": "environments/new/config.yaml"})


def found(option: str, value: str, where: Lookup) -> Selected | Unknown | Ambiguous:
    return select(BUILTIN_OPTIONS.selectors[option], value, where)


def test_the_first_root_wins() -> None:
    paths = [root / "environments/a/config.yaml" for root in (OTHER, GYM)]
    assert found("environment", "a", lookup(*map(str, paths))) == Selected(paths[0], (paths[1],))


def test_before_0_5_1_two_roots_are_ambiguous() -> None:
    before = cast("RunOptions", _replaced(first_match_wins=False))
    paths = [root / "environments/a/config.yaml" for root in (GYM, OTHER)]
    assert found("environment", "a", lookup(*map(str, paths), options=before)) == Ambiguous(tuple(paths))


def test_a_folder_comes_before_a_variant() -> None:
    nested, variant = "/here/environments/a/b/config.yaml", "/here/environments/a/b.yaml"
    assert found("environment", "a/b", lookup(nested, variant)) == Selected(PurePath(nested))
    flat = cast("RunOptions", _replaced(nested=frozenset[str]()))
    assert found("environment", "a/b", lookup(nested, variant, options=flat)) == Selected(PurePath(variant))


def test_an_old_path_is_replaced() -> None:
    new = "/gym/environments/new/config.yaml"
    assert found("environment", "old", lookup(new)) == Selected(PurePath(new), (), "environments/new/config.yaml")


def test_an_unknown_variant_has_the_variants_as_its_choice() -> None:
    where = lookup("/gym/resources_servers/a/configs/a.yaml", "/gym/resources_servers/a/configs/big.yaml")
    path = "resources_servers/a/configs/bigg.yaml"
    assert found("resources-server", "a/bigg", where) == Unknown(path, "a", ("a", "big"), "big")


def test_a_group_of_benchmarks_has_its_shortest_member_as_suggestion() -> None:
    text = "a: {responses_api_agents: {b: {datasets: [{type: benchmark}]}}}\n"
    files = Memory({GYM / f"benchmarks/group/{name}/config.yaml": text for name in ("longer", "one")})
    where = Lookup(files, (GYM,), BUILTIN_OPTIONS, {})
    unknown = found("benchmark", "group", where)
    assert isinstance(unknown, Unknown)
    assert (unknown.known, unknown.nearest) == (("group/longer/config", "group/one/config"), "group/one/config")


def _replaced(**changes: object) -> object:
    from msgspec.structs import replace

    return replace(BUILTIN_OPTIONS, **changes)
