"""Runs by name: the words of `gym env start` and `gym eval run`, in commands of gym-lsp."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gym_lsp.cli.arguments import parse_arguments
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.naming import translated
from tests.cli.conftest import BROKEN, CLEAN, Gym, write
from tests.corpus import WHEELS, Corpus
from tests.gym.selector_questions import COMMAND_LINES, EXTRA_ROOTS, plant

DATA = Path(__file__).parents[1] / "gym" / "data"
SERVER = "resources_servers/waves/configs"


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_command_lines_are_translated_as_by_the_release(
    tree: Path, corpus: Corpus, release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = json.loads((DATA / f"selectors-{release}.json").read_text(encoding="utf-8"))["command_lines"]
    plant(tree)
    root = corpus.release(release)
    kinds = {"not found in any": "unknown", "several configs": "ambiguous", "is not an option": "absent"}
    for line, (kind, expected) in zip(COMMAND_LINES, recorded, strict=True):
        monkeypatch.setenv(EXTRA_ROOTS, os.pathsep.join(line.extra_roots))
        try:
            options = parse_arguments(["--check", "--gym-root", str(root), *line.arguments])
            options = translated(options) if options.is_by_name else options
        except UsageError as error:
            assert next(name for text, name in kinds.items() if text in str(error)) == kind, line
            continue
        except SystemExit:
            assert kind == "absent", line
            continue
        configs = f"+config_paths=[{','.join(options.config)}]"
        ours = [each.replace(str(root), "GYM").replace(str(tree), "HERE") for each in (configs, *options.paths)]
        assert (kind, ours) == ("", expected), line


def test_a_run_is_checked_by_its_name(gym: Gym, tree: Path) -> None:
    assert gym("--check", "--environment", "tides").code == 0
    write(tree, "environments/ebb/config.yaml", BROKEN)
    ran = gym("--check", "--environment", "ebb", "--format", "concise")
    assert ran.code == 1
    assert "environments/ebb/config.yaml:5:" in ran.out


@pytest.mark.parametrize("command", ["--resolve", "--graph"])
def test_other_commands_take_names(gym: Gym, tree: Path, command: str) -> None:
    by_path = gym(command, "--config", "environments/tides/config.yaml")
    by_name = gym(command, "--environment", "tides")
    assert by_name.code == by_path.code == 0
    # As in NeMo Gym, a name leads to an absolute path.
    assert by_name.out.replace(f"{tree}/", "") == by_path.out


def test_configs_come_first_then_names_in_the_order_of_the_release(gym: Gym, tree: Path) -> None:
    write(tree, "own.yaml", "{}\n")
    write(tree, f"{SERVER}/waves.yaml", "{}\n")
    write(tree, f"{SERVER}/high.yaml", "{}\n")
    ran = gym("--resolve", "--resources-server", "waves/high", "--environment", "tides", "--config", "own.yaml")
    listed = [line.strip().removeprefix("- ") for line in ran.out.splitlines() if line.startswith("  - ")]
    assert [Path(each).name for each in listed[:3]] == ["own.yaml", "config.yaml", "high.yaml"]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("+config_paths=[b.yaml]", ["a.yaml", "config.yaml", "b.yaml"]),
        ("++config_paths=[b.yaml]", ["b.yaml"]),
        ("config_paths=[b.yaml]", ["b.yaml"]),
    ],
)
def test_an_override_of_the_configs(gym: Gym, tree: Path, override: str, expected: list[str]) -> None:
    for name in ("a.yaml", "b.yaml"):
        write(tree, name, "{}\n")
    arguments = ("--config", "a.yaml", "--environment", "tides", override)
    out = gym("--resolve", *arguments).out
    listed = out.partition("config_paths:\n")[2].splitlines()
    assert [Path(line[4:]).name for line in listed if line.startswith("  - ")] == expected
    assert gym("--check", *arguments).code == 0


def test_values_become_overrides(gym: Gym) -> None:
    out = gym("--resolve", "--environment", "tides", "-m", "org/name", "--model-url", "http://h:1/v1", "+x=2").out
    assert "policy_model_name: org/name" in out
    assert "policy_base_url: http://h:1/v1" in out
    assert "x: 2" in out


def test_a_key_is_not_shown(gym: Gym) -> None:
    ran = gym("--resolve", "--environment", "tides", "--model-api-key", "sk-1234567890abcdef")
    assert "sk-1234567890abcdef" not in ran.out + ran.err


def test_a_wrong_value_is_reported_at_its_override(gym: Gym) -> None:
    ran = gym("--check", "--environment", "tides", "--model", "a[b")
    assert ran.code == 2
    assert "+policy_model_name=a[b" in ran.err


def unknown(gym: Gym, *arguments: str) -> str:
    ran = gym("--check", *arguments)
    assert (ran.code, ran.out) == (2, "")
    return ran.err


def test_an_unknown_name_has_a_suggestion(gym: Gym) -> None:
    assert unknown(gym, "--environment", "tide") == (
        "gym-lsp: --environment tide: environments/tide/config.yaml not found in any search root; "
        "expected `tides`; did you mean `tides`?\n"
    )


def test_an_unknown_variant_has_the_variants(gym: Gym, tree: Path) -> None:
    write(tree, f"{SERVER}/waves.yaml", "{}\n")
    write(tree, f"{SERVER}/high.yaml", "{}\n")
    message = unknown(gym, "--resources-server", "waves/hihg")
    assert "expected one of `waves/high`, `waves`; did you mean `waves/high`?" in message


def test_many_names_are_not_listed(gym: Gym, tree: Path) -> None:
    for index in range(20):
        write(tree, f"environments/e{index}/config.yaml", "{}\n")
    assert "`gym-lsp --list environments` lists what there is" in unknown(gym, "--environment", "none")


def test_nothing_to_choose_from(gym: Gym) -> None:
    said = unknown(gym, "--model-type", "vllm_model")
    assert said.startswith("gym-lsp: --model-type vllm_model: NeMo Gym was not found, which can contain ")
    assert said.endswith("install it, or give its folder with `--gym-root DIR`\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--environment", ""], "`--environment` needs a name"),
        (["--model", "m"], "`--model` needs at least one `--config`, or a name such as `--environment NAME`"),
        (["--environment", "tides", "--standalone"], "`--environment` and `--standalone` cannot be used together"),
        (["--agent", "a", "--recipe", "r.yaml"], "`--agent` and `--recipe` cannot be used together"),
        (["--sandbox", "docker"], "unknown option `--sandbox`"),
    ],
)
def test_wrong_combinations(gym: Gym, arguments: list[str], message: str) -> None:
    assert message in unknown(gym, *arguments)


def test_only_the_last_model_type_counts(gym: Gym, tree: Path) -> None:
    for name in ("one", "two"):
        write(tree, f"responses_api_models/{name}/configs/{name}.yaml", "{}\n")
    ran = gym("--resolve", "--environment", "tides", "--model-type", "one", "--model-type", "two")
    assert "configs/two.yaml" in ran.out
    assert "configs/one.yaml" not in ran.out
    assert "--model-type: NeMo Gym 0.7.0 uses only the last one and ignores `one`" in ran.err
    assert gym("--resolve", "--quiet", "--environment", "tides", "--model-type", "one", "--model-type", "two").err == ""


def test_the_first_root_wins(gym: Gym, tree: Path) -> None:
    write(tree, "other/environments/tides/config.yaml", CLEAN)
    ran = gym("--check", "--environment", "tides", "--search-dir", "other")
    assert "uses other/environments/tides/config.yaml and ignores environments/tides/config.yaml" in ran.err


def test_an_old_name_is_replaced(gym: Gym, tree: Path) -> None:
    write(tree, "environments/hermes_reasoning_gym/config.yaml", CLEAN)
    ran = gym("--check", "--environment", "reasoning_gym_hermes")
    assert ran.code == 0
    assert "this name is deprecated; use `hermes_reasoning_gym`" in ran.err


def test_names_outside_are_not_shown(gym: Gym, tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    hidden = write(outside, "resources_servers/canary/configs/canary.yaml", "canary: [\n")
    (tree / "resources_servers").symlink_to(outside / "resources_servers")
    (tree / "environments/link").mkdir()
    (tree / "environments/link/config.yaml").symlink_to(hidden)
    assert "canary" not in unknown(gym, "--resources-server", "canar")
    for command in ("--check", "--resolve"):
        ran = gym(command, "--environment", "link")
        assert "canary" not in ran.out + ran.err


@pytest.mark.corpus
def test_an_option_that_the_release_does_not_have(gym: Gym, corpus: Corpus) -> None:
    message = unknown(gym, "--gym-root", str(corpus.release("0.5.1")), "--agent-type", "simple_agent")
    assert "`--agent-type` is not an option of NeMo Gym 0.5.1; expected one of `--benchmark`" in message


def test_a_cache_keeps_the_check_of_a_name(gym: Gym, tree: Path) -> None:
    arguments = ("--check", "--environment", "tides", "--cache", ".kept")
    assert gym(*arguments).code == 0
    write(tree, "environments/tides/config.yaml", BROKEN)
    assert gym(*arguments).code == 1
