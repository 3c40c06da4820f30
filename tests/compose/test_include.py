"""`config_paths`: which files a run has, and in which order they are merged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

import pytest
from msgspec.structs import replace

from gym_lsp.compose.config import to_plain
from gym_lsp.compose.include import Includes
from gym_lsp.compose.problem import (
    IncludeAliased,
    IncludeMissingValue,
    IncludeNotFound,
    IncludeNotText,
    IncludeRepeated,
    IncludesNotList,
    IncludeUnknown,
    IncludeUnreadable,
    Malformed,
    Problem,
    RootNotMapping,
    RootsMalformed,
    ServerRefNotFound,
    raised_by,
)
from gym_lsp.compose.run import Composition, Environment, Run, compose
from gym_lsp.compose.servers import Judge
from gym_lsp.gym.release.profile import BUILTIN, Profile
from gym_lsp.gym.roots import SearchRoots
from tests.compose.disk_configs import DiskConfigs
from tests.memory import Memory

ROOT, INSTALL = PurePath("/workspace"), PurePath("/install")
NEW = BUILTIN
OLD = replace(BUILTIN, includer_wins=False)


def composed(
    texts: Mapping[str, str],
    *roots: str,
    profile: Profile = NEW,
    overrides: tuple[str, ...] = (),
    variables: frozenset[str] = frozenset(),
) -> Composition:
    """A run over files that exist only here; a path is relative to the workspace unless it is absolute."""
    files = Memory({ROOT / path: text for path, text in texts.items()})
    search = SearchRoots((ROOT, INSTALL))
    around = Environment(DiskConfigs(files), files, search, profile, Judge(profile), variables)
    return compose(Run(roots, overrides), around)


def merged(includes: Includes) -> list[str]:
    """Return the files in the order of merging, as written."""
    return [includes.nodes[index].entry for index in includes.merge_order]


def including(*entries: str) -> str:
    return f"config_paths: [{', '.join(entries)}]\nlast: included\n"


def problems_of(composition: Composition) -> list[type[Problem]]:
    return [type(problem) for problem in composition.problems]


# Order

TREE = {
    "r.yaml": including("a.yaml", "b.yaml"),
    "s.yaml": including("b.yaml", "c.yaml"),
    "a.yaml": including("c.yaml"),
    "b.yaml": including("d.yaml"),
    "c.yaml": including(),
    "d.yaml": including("r.yaml"),
}


@pytest.mark.parametrize(
    ("profile", "order"), [(NEW, ["a", "d", "b", "r", "c", "s"]), (OLD, ["r", "s", "a", "b", "c", "d"])]
)
def test_files_are_found_breadth_first_and_merged_as_the_release_has_it(profile: Profile, order: list[str]) -> None:
    """Since 0.6.0 each file follows all that it includes, its subtree in one piece. Before, files are as found."""
    composition = composed(TREE, "r.yaml", "s.yaml", profile=profile)
    assert [node.entry for node in composition.includes.nodes] == [f"{name}.yaml" for name in "rsabcd"]
    assert merged(composition.includes) == [f"{name}.yaml" for name in order]


@pytest.mark.parametrize(("profile", "winner"), [(NEW, "includer"), (OLD, "included")])
def test_who_overrides_whom(profile: Profile, winner: str) -> None:
    texts = {"r.yaml": "config_paths: [a.yaml]\nwho: includer\n", "a.yaml": "who: included\n"}
    assert composed(texts, "r.yaml", profile=profile).config.leaf("who") == winner


def test_a_later_sibling_overrides_an_earlier_one_with_all_that_that_includes() -> None:
    texts = {
        "r.yaml": "config_paths: [a.yaml, b.yaml]\n",
        "a.yaml": "config_paths: [c.yaml]\nx: a\ny: a\n",
        "b.yaml": "config_paths: [d.yaml]\nx: b\n",
        "c.yaml": "x: c\ny: c\nz: c\n",
        "d.yaml": "x: d\ny: d\nz: d\n",
    }
    config = composed(texts, "r.yaml").config
    assert [config.leaf(key) for key in "xyz"] == ["b", "d", "d"]


@pytest.mark.parametrize("profile", [NEW, OLD])
def test_env_yaml_overrides_files_and_the_command_line_overrides_env_yaml(profile: Profile) -> None:
    texts = {"r.yaml": "x: file\ny: file\nz: file\n", "env.yaml": "x: env\ny: env\n"}
    composition = composed(texts, "r.yaml", profile=profile, overrides=("++x=typed",))
    assert [composition.config.leaf(key) for key in "xyz"] == ["typed", "env", "file"]
    assert [file.path.name for file in composition.files] == ["r.yaml", "env.yaml"]


def test_the_list_of_all_files_takes_the_place_of_what_was_written() -> None:
    composition = composed(TREE, "r.yaml", "s.yaml")
    listed = composition.config.get("config_paths")
    assert listed is not None
    assert to_plain(listed) == [f"{name}.yaml" for name in "rsabcd"]


# Repeated and circular includes


def test_a_file_is_included_once_and_belongs_to_whom_found_it_first() -> None:
    includes = composed(TREE, "r.yaml", "s.yaml").includes
    assert [[node.entry for node in includes.chain(index)] for index in (3, 4)] == [
        ["r.yaml", "b.yaml"],
        ["s.yaml", "c.yaml"],
    ]
    repeated = [problem for problem in includes.problems if isinstance(problem, IncludeRepeated)]
    assert [problem.entry for problem in repeated] == ["b.yaml", "c.yaml", "r.yaml"]


def test_two_spellings_are_two_files() -> None:
    texts = {"r.yaml": including("a.yaml", "./a.yaml"), "a.yaml": "x: 1\n"}
    assert len(composed(texts, "r.yaml").files) == 3


def test_a_root_that_is_given_twice_is_merged_twice() -> None:
    texts = {"a.yaml": "x: a\n", "b.yaml": "x: b\n"}
    composition = composed(texts, "a.yaml", "b.yaml", "a.yaml")
    assert merged(composition.includes) == ["a.yaml", "b.yaml", "a.yaml"]
    assert composition.config.leaf("x") == "a"


@pytest.mark.parametrize("profile", [NEW, OLD])
def test_circles_end(profile: Profile) -> None:
    texts = {"a.yaml": including("b.yaml", "a.yaml"), "b.yaml": including("a.yaml")}
    assert len(composed(texts, "a.yaml", profile=profile).files) == 2


# Where files are searched


def test_the_first_root_that_has_a_file_wins() -> None:
    texts = {"r.yaml": including("a.yaml", "b.yaml"), "a.yaml": "x: 1\n", "/install/a.yaml": "", "/install/b.yaml": ""}
    composition = composed(texts, "r.yaml")
    assert [file.path for file in composition.files] == [ROOT / "a.yaml", INSTALL / "b.yaml", ROOT / "r.yaml"]


def test_an_absolute_path_is_taken_as_it_is() -> None:
    assert len(composed({"r.yaml": including("/else/a.yaml"), "/else/a.yaml": ""}, "r.yaml").files) == 2
    assert problems_of(composed({"r.yaml": including("/else/a.yaml"), "a.yaml": ""}, "r.yaml")) == [IncludeNotFound]


def test_a_path_is_never_relative_to_the_file_that_names_it() -> None:
    texts = {"x/r.yaml": including("a.yaml"), "x/a.yaml": ""}
    (problem,) = composed(texts, "x/r.yaml").problems
    assert isinstance(problem, IncludeNotFound)
    assert problem.entry == "a.yaml"
    assert problem.at.node.span.of(texts["x/r.yaml"]) == "a.yaml"


def test_an_old_path_leads_to_the_file_that_took_its_place() -> None:
    old, new = next(iter(NEW.config_path_aliases.items()))
    texts = {"r.yaml": including(old), new: "x: 1\n"}
    composition = composed(texts, "r.yaml")
    assert problems_of(composition) == [IncludeAliased]
    assert composition.config.leaf("x") == 1
    assert problems_of(composed(texts, "r.yaml", profile=replace(NEW, path_aliases_followed=False))) == [
        IncludeNotFound
    ]


# Values that are not a list of files


@pytest.mark.parametrize(
    ("listed", "kind"),
    [
        ("a.yaml", IncludesNotList),
        ("{a: b}", IncludesNotList),
        ("5", IncludesNotList),
        ("[5]", IncludeNotText),
        ("[~]", IncludeNotText),
        ("[[a.yaml]]", IncludeNotText),
        ("['???']", IncludeMissingValue),
        ("[folder]", IncludeUnreadable),
        ("[nope.yaml]", IncludeNotFound),
        ("[~/a.yaml]", IncludeNotFound),
        ("[list.yaml]", RootNotMapping),
        ("[broken.yaml]", Malformed),
    ],
)
def test_what_cannot_be_included(listed: str, kind: type[Problem]) -> None:
    texts = {"r.yaml": f"config_paths: {listed}\n", "a.yaml": "", "folder/b.yaml": "", "list.yaml": "- a\n"}
    composition = composed({**texts, "broken.yaml": "a: b: c\n"}, "r.yaml")
    assert kind in problems_of(composition)
    assert all(raised_by(problem) for problem in composition.problems)


@pytest.mark.parametrize("listed", ["", "[]", "~", "{}", "''"])
def test_what_includes_nothing(listed: str) -> None:
    assert problems_of(composed({"r.yaml": f"config_paths: {listed}\n"}, "r.yaml")) == []


def test_entries_may_be_interpolated_from_their_own_file() -> None:
    texts = {
        "r.yaml": "folder: x\nconfig_paths: ['${folder}/a.yaml', '${.[0]}', '${nope}/b.yaml']\n",
        "x/a.yaml": "y: 1\n",
    }
    composition = composed(texts, "r.yaml")
    assert composition.config.leaf("y") == 1
    raised = [raised_by(problem) for problem in composition.problems]
    assert "InterpolationKeyError" in raised


def test_a_file_that_the_environment_names_is_not_missing_and_neither_is_what_it_may_define() -> None:
    texts = {
        "r.yaml": "config_paths: ['${oc.env:WHERE}/a.yaml']\n"
        "x: {resources_servers: {y: {entrypoint: app.py, domain: math,"
        " judge: {type: responses_api_models, name: z}}}}\n"
    }
    composition = composed(texts, "r.yaml", variables=frozenset({"WHERE"}))
    assert problems_of(composition) == [IncludeUnknown]
    assert not any(map(raised_by, composition.problems))
    assert ServerRefNotFound in problems_of(
        composed({"r.yaml": texts["r.yaml"].replace("${oc.env:WHERE}/a.yaml", "r.yaml")}, "r.yaml")
    )


# Without roots on the command line


def test_env_yaml_may_name_the_roots() -> None:
    texts = {"env.yaml": "config_paths: [a.yaml]\n", "a.yaml": "x: 1\n"}
    assert composed(texts).config.leaf("x") == 1
    assert composed({**texts, "b.yaml": "x: 2\n"}, overrides=("config_paths=[b.yaml]",)).config.leaf("x") == 2


@pytest.mark.parametrize("listed", ["a.yaml", "{a: b}", "[5]", "[a.yaml, ~]"])
def test_roots_of_env_yaml_are_validated(listed: str) -> None:
    composition = composed({"env.yaml": f"config_paths: {listed}\n", "a.yaml": ""})
    assert RootsMalformed in problems_of(composition)
    assert "MalformedConfigPathsError" in map(raised_by, composition.problems)
