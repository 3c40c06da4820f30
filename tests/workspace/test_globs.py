from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.workspace.globs import matches

FOLDER = PurePath("/project")


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("config.yaml", "config.yaml", True),
        ("config.yaml", "a/b/config.yaml", True),
        ("config.yaml", "a/my-config.yaml", False),
        ("*.draft.yaml", "a/b/x.draft.yaml", True),
        ("experiments", "a/experiments/b/c.yaml", True),
        ("experiments/", "a/experiments/b/c.yaml", True),
        ("/experiments", "experiments/c.yaml", True),
        ("/experiments", "a/experiments/c.yaml", False),
        ("a/experiments", "a/experiments/c.yaml", True),
        ("./a/*.yaml", "a/c.yaml", True),
        ("a/*.yaml", "a/b/c.yaml", False),
        ("a/*/c.yaml", "a/b/c.yaml", True),
        ("a/*/c.yaml", "a/c.yaml", False),
        ("a/**", "a/b/c.yaml", True),
        ("a/**", "b/a/c.yaml", False),
        ("a/**/c.yaml", "a/c.yaml", True),
        ("a/**/c.yaml", "a/b/b/c.yaml", True),
        ("a/**/c.yaml", "a/b/d.yaml", False),
        ("**/c.yaml", "c.yaml", True),
        ("**/**/**/c.yaml", "a/b/c.yaml", True),
        ("a/?.yaml", "a/b.yaml", True),
        ("a/?.yaml", "a/bc.yaml", False),
        ("a/[!b].yaml", "a/b.yaml", False),
        ("a/[!b].yaml", "a/c.yaml", True),
        ("A.yaml", "a.yaml", False),
    ],
)
def test_glob(glob: str, path: str, expected: bool) -> None:
    assert matches([glob], FOLDER / path, FOLDER) is expected


def test_nothing_outside_the_folder_is_matched() -> None:
    assert not matches(["**", "*.yaml"], PurePath("/elsewhere/config.yaml"), FOLDER)


def test_any_glob_is_enough_and_none_matches_nothing() -> None:
    assert matches(["x.yaml", "y.yaml"], FOLDER / "y.yaml", FOLDER)
    assert not matches([], FOLDER / "y.yaml", FOLDER)
