"""Errors in a file that a checked file includes: reported once, where they are, and hidden by what hides them there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN, TIDES, Gym, write

ONE, TWO = "environments/one/config.yaml", "environments/two/config.yaml"
INCLUDING = f"config_paths: [{TIDES}]\n"
FOUND = (f"{TIDES}:5:15: error[unknown-domain]", f"{TIDES}:11:57: error[server-ref-not-found]")


@pytest.fixture(autouse=True)
def files(tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    write(tree, ONE, INCLUDING)
    write(tree, TWO, INCLUDING)


def checked(gym: Gym, *arguments: str) -> list[str]:
    """The place and the rule of each finding, as the concise format has them."""
    ran = gym("--check", "--format", "concise", *arguments)
    return [line.partition("]")[0] + "]" for line in ran.out.splitlines() if "error[" in line]


@pytest.mark.parametrize("asked", [(), (ONE,), (ONE, TWO), (ONE, TIDES), ("environments",)], ids=" ".join)
def test_a_mistake_is_one_finding(gym: Gym, asked: tuple[str, ...]) -> None:
    assert checked(gym, *asked) == list(FOUND)


def test_a_baseline_of_the_tree_hides_it(gym: Gym) -> None:
    gym("--check", "--write-baseline", "known.json")
    assert checked(gym, ONE, "--baseline", "known.json") == []


def test_a_comment_in_the_included_file_hides_it(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, f"# gym-lsp: file-ignore[unknown-domain] known\n{BROKEN}")
    assert [line.partition(" ")[2] for line in checked(gym, ONE)] == ["error[server-ref-not-found]"]


def test_a_comment_for_another_finding_is_not_unused(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, f"# gym-lsp: file-ignore[unset-variable] used in another run\n{BROKEN}")
    assert "unused-suppression" not in gym("--check", "--format", "concise", ONE).out


def test_an_excluded_file_is_not_checked_through_its_includer(gym: Gym, tree: Path) -> None:
    write(tree, "gym-lsp.toml", 'exclude = ["environments/tides/**"]\n')
    assert checked(gym) == []


def test_an_error_that_only_the_includer_has_is_reported_there(gym: Gym, tree: Path) -> None:
    write(tree, ONE, f"{INCLUDING}tides: {{resources_servers: {{other: {{entrypoint: app.py, domain: math}}}}}}\n")
    assert any(line.startswith(f"{ONE}:") for line in checked(gym, ONE))
