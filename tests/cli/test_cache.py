"""`gym-lsp --check --cache` shows what a check without a cache shows, after any changes, and does less."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gym_lsp.workspace.workspace
from gym_lsp.cache import identity
from gym_lsp.cli.processes import WORTH_A_PROCESS
from gym_lsp.compose.source import ConfigFile, config_file
from gym_lsp.syntax import Document
from tests.cli.conftest import BROKEN, CLEAN, TIDES, Gym, Ran, write

CACHE = ("--cache", "kept")
WAYS = (
    (),
    ("--standalone",),
    ("--format", "json"),
    ("--config", TIDES),
    ("--config", TIDES, "++tides.resources_servers.tides.api_key=abcdefgh"),
    ("environments",),
    (TIDES,),
    ("--select", "unknown-domain"),
)
TEXTS = (
    "",
    "a: [\n",
    CLEAN,
    BROKEN,
    "policy_model: {responses_api_models: {vllm_model: {entrypoint: app.py}}}\n",
    "config_paths: [environments/tides/config.yaml, environments/new/config.yaml]\n",
    "config_paths: [environments/absent/config.yaml]\n",
    "other:\n  _inherit_from: tides\n  resources_servers: {tides: {domain: math}}\n",
    "name: tides\ndescription: x\n",
)
NAMES = (
    TIDES,
    "environments/new/config.yaml",
    "environments/tides/manifest.yaml",
    "environments/other.yaml",
    "resources_servers/tides/app.py",
    "gym-lsp.toml",
    "env.yaml",
)
SERVER = """\
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer

class TidesConfig(BaseResourcesServerConfig):
    level: int

class Tides(SimpleResourcesServer):
    config: TidesConfig

if __name__ == "__main__":
    Tides.run_webserver()
"""
OF_SUFFIX = {".py": (SERVER, ""), ".toml": ('ignore = ["unknown-domain"]\n', "[severity]\n")}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the files that were parsed as configs."""
    names: list[str] = []

    def noting(path: Path, text: str, earlier: Document | None = None) -> ConfigFile:
        names.append(path.name)
        return config_file(path, text, earlier=earlier)

    monkeypatch.setattr(gym_lsp.workspace.workspace, "config_file", noting)
    yield names


def with_cache(gym: Gym, *arguments: str) -> Ran:
    return _without_hint(gym("--check", *arguments, *CACHE))


def without_cache(gym: Gym, *arguments: str) -> Ran:
    return _without_hint(gym("--check", *arguments))


def _without_hint(ran: Ran) -> Ran:
    """With a cache, the hint about fixes is another one, because they cannot be used together."""
    lines = ran.err.splitlines(keepends=True)
    return ran._replace(err="".join(line for line in lines if "can be fixed with" not in line))


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_all_ways_to_check(gym: Gym, tree: Path, way: tuple[str, ...]) -> None:
    for text in (CLEAN, BROKEN, BROKEN, CLEAN):
        write(tree, TIDES, text)
        expected = without_cache(gym, *way)
        assert with_cache(gym, *way) == expected
        assert with_cache(gym, *way) == expected


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changes(gym: Gym, tree: Path, data: st.DataObject) -> None:
    way = data.draw(st.sampled_from(WAYS))
    for _ in range(data.draw(st.integers(1, 4))):
        path = tree / data.draw(st.sampled_from(NAMES))
        text = data.draw(st.sampled_from((None, *OF_SUFFIX.get(path.suffix, TEXTS))))
        if text is None:
            path.unlink(missing_ok=True)
        else:
            write(tree, str(path), text)
        assert with_cache(gym, *way) == without_cache(gym, *way)
    shutil.rmtree(tree / "environments", ignore_errors=True)
    write(tree, TIDES, CLEAN)


def test_another_format_of_the_same_check(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    for form in ("concise", "full", "sarif", "full"):
        assert with_cache(gym, "--format", form) == without_cache(gym, "--format", form)


def test_a_check_of_the_same_files_parses_nothing(gym: Gym, tree: Path, parsed: list[str]) -> None:
    write(tree, TIDES, BROKEN)
    with_cache(gym)
    assert parsed
    parsed.clear()
    with_cache(gym)
    assert parsed == []


def test_what_comes_and_goes_above_the_workspace_does_not_matter(gym: Gym, tree: Path, parsed: list[str]) -> None:
    with_cache(gym)
    parsed.clear()
    (tree.parent / "a new project").mkdir()
    with_cache(gym)
    assert parsed == []


UNKNOWN_DOMAIN = CLEAN.replace("knowledge", "knowlege")


def many(tree: Path, count: int) -> None:
    for number in range(count):
        write(tree, f"environments/e{number}/c{number}.yaml", UNKNOWN_DOMAIN.replace("tides", f"tides{number}"))


@pytest.mark.parametrize("count", [5, WORTH_A_PROCESS * 2 + 20])
def test_a_change_costs_the_files_that_it_reaches(gym: Gym, tree: Path, parsed: list[str], count: int) -> None:
    many(tree, count)
    includer = CLEAN.replace("tides", "high") + "config_paths: [environments/e2/c2.yaml]\n"
    write(tree, "environments/high/high.yaml", includer)
    with_cache(gym, "--format", "concise")
    write(tree, "environments/e2/c2.yaml", UNKNOWN_DOMAIN.replace("tides", "tides2") + "# more\n")
    expected = without_cache(gym, "--format", "concise")
    parsed.clear()
    assert with_cache(gym, "--format", "concise") == expected
    assert set(parsed) == {"c2.yaml", "high.yaml"}


def test_a_new_name_costs_the_files_that_looked_for_it(gym: Gym, tree: Path, parsed: list[str]) -> None:
    many(tree, 8)
    write(tree, TIDES, CLEAN.replace("name: tides", "name: elsewhere"))
    with_cache(gym, "--format", "concise")
    write(tree, "environments/new/new.yaml", CLEAN.replace("tides", "elsewhere"))
    expected = without_cache(gym, "--format", "concise")
    parsed.clear()
    assert with_cache(gym, "--format", "concise") == expected
    assert set(parsed) == {"new.yaml", "config.yaml"}


def test_another_gym_lsp_starts_again(gym: Gym, tree: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, TIDES, BROKEN)
    with_cache(gym)
    monkeypatch.setattr(identity.gym_lsp, "__version__", "9.9.9")
    parsed.clear()
    with_cache(gym)
    assert parsed


def test_another_environment_starts_again(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, TIDES, CLEAN.replace("knowledge", "${oc.env:DOMAIN_OF_TIDES}"))
    before = with_cache(gym, "--show", "hint")
    monkeypatch.setenv("DOMAIN_OF_TIDES", "knowledge")
    after = with_cache(gym, "--show", "hint")
    assert after == without_cache(gym, "--show", "hint")
    assert after != before


def test_a_cache_that_cannot_be_written_is_reported(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    write(tree, "file", "")
    ran = gym("--check", "--cache", "file/kept")
    plain = gym("--check")
    assert (ran.code, ran.out) == (plain.code, plain.out)
    assert "gym-lsp: --cache file/kept: nothing was kept: Not a directory; name another folder" in ran.err


def test_a_file_is_no_cache(gym: Gym, tree: Path) -> None:
    """It would be left out of the check."""
    write(tree, TIDES, BROKEN)
    ran = gym("--check", "--cache", TIDES)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"gym-lsp: --cache {TIDES}: expected a folder, found a file\n"


def test_an_empty_name_is_rejected(gym: Gym, tree: Path) -> None:
    ran = gym("--check", "--cache", "")
    assert (ran.code, ran.err) == (2, "gym-lsp: `--cache` needs the name of a folder\n")


def test_a_file_name_that_is_not_unicode(gym: Gym, tree: Path) -> None:
    write(tree, os.fsdecode(b"environments/tides/\xff.yaml"), BROKEN)
    for _ in range(2):
        assert with_cache(gym) == without_cache(gym)


def test_a_damaged_cache_is_replaced(gym: Gym, tree: Path, parsed: list[str]) -> None:
    write(tree, TIDES, BROKEN)
    expected = with_cache(gym)
    [path] = (tree / "kept").glob("*.gym-lsp-cache")
    path.write_bytes(path.read_bytes()[:1_000])
    for is_whole in (False, True):
        parsed.clear()
        assert with_cache(gym) == expected
        assert (parsed == []) is is_whole


def test_no_secret_is_kept(gym: Gym, tree: Path) -> None:
    secret = "kp-" + "1234567890abcdefghijklmn"
    write(tree, TIDES, BROKEN.replace("      domain", f"      api_key: {secret}\n      domain"))
    assert secret not in with_cache(gym).out
    [path] = (tree / "kept").glob("*.gym-lsp-cache")
    assert secret.encode() not in path.read_bytes()
