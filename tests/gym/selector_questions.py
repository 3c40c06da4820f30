"""Names of components and command lines of runs, on which gym-lsp is compared with a release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

EXTRA_ROOTS = "NEMO_GYM_EXTRA_ROOTS"
_RARE = 10
"""One component in this many is also asked for with a mistake in its name."""


class CommandLine(NamedTuple):
    """A command of NeMo Gym with its arguments. Folders are relative to the tree of `plant`."""

    command: str
    arguments: tuple[str, ...]
    extra_roots: tuple[str, ...] = ()


def names_of(parent: Path, subfolder: str) -> Iterator[str]:
    """Yield the names that could select a config below a folder, and wrong ones."""
    folders = sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
    for index, folder in enumerate(folders):
        name = folder.name
        yield name
        configs = sorted((folder / subfolder).glob("*.yaml") if subfolder else folder.rglob("*.yaml"))
        for config in configs:
            inside = config.relative_to(folder / subfolder).with_suffix("").as_posix()
            yield f"{name}/{inside}"
            if inside.endswith("/config"):
                yield f"{name}/{inside.removesuffix('/config')}"
        if index % _RARE == 0:
            yield name[:-2] + name[-1]
            yield name.upper()
            yield f"{name}/"
            yield from (f"{name}/{config.stem}s" for config in configs[:1])
    yield from ("zzzz", "zzzz/config", "a/b/c", "..", "/", "reasoning_gym_hermes", "tau2/tau2_agent")


def plant(folder: Path) -> None:
    """Write the files of the command lines: components of the user, some with the names of built-in ones."""
    for path in (
        "environments/mine/config.yaml",
        "environments/mine/small.yaml",
        "resources_servers/mcqa/configs/mcqa.yaml",
        "other/environments/mine/config.yaml",
        "other/environments/theirs/config.yaml",
        "other/environments/group/one/config.yaml",
        "other/environments/group/one.yaml",
        "other/responses_api_models/vllm_model/configs/special.yaml",
        "third/environments/theirs/config.yaml",
        "environments/reasoning_gym_rewoo/config.yaml",
    ):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("", encoding="utf-8")


def _lines(command: str, *lines: str) -> Iterator[CommandLine]:
    yield from (CommandLine(command, tuple(line.split())) for line in lines)


COMMAND_LINES = (
    *_lines(
        "env start",
        "--environment mine",
        "--environment mine/small",
        "--environment mine/smal",
        "--environment min",
        "--environment theirs",
        "--environment theirs --search-dir other",
        "--environment mine --search-dir other",
        "--environment theirs --search-dir other --search-dir third",
        "--environment theirs --search-dir third --search-dir other",
        "--environment group/one --search-dir other",
        "--environment reasoning_gym_rewoo",
        "--environment reasoning_gym_hermes",
        "--resources-server mcqa",
        "--resources-server mcqa --search-dir .",
        "--resources-server physics_judge/judge_openai",
        "--model-type vllm_model/special",
        "--model-type vllm_model/special --search-dir other",
        "--model-type vllm_model --model-type openai_model",
        "--environment mine --environment mine/small",
        "--benchmark gsm8k --benchmark aime24",
        "--benchmark gsm8k --environment nope",
        "--resources-server physics_judge --resources-server physics_judge/judge_openai --environment mine",
        "--agent-type simple_agent --environment mine",
        "--agent-type tau2/tau2_agent --model-type vllm_model",
        "--model-type vllm_model --environment mine --config b.yaml --benchmark gsm8k --config a.yaml",
        "--model-type vllm_model --resources-server physics_judge --benchmark gsm8k ++x=1 --model org/name +y=2",
        "--model-url http://host:1/v1 --model-api-key k --model m --environment mine",
        "-m m --environment mine",
        "--allow-unsupported-pairing --environment mine --model m",
        "--sandbox docker --environment mine",
        "--environment=mine",
    ),
    *_lines(
        "eval run",
        "--agent some_agent --benchmark gsm8k --model-type vllm_model --model m",
        "-a some_agent -m m --benchmark gsm8k",
        "--model m --agent some_agent --allow-unsupported-pairing --benchmark gsm8k",
        "--agent-type simple_agent --benchmark gsm8k --environment mine",
        "--config a.yaml --model m a.b=c",
    ),
    CommandLine("env start", ("--environment", "theirs"), ("other",)),
    CommandLine("env start", ("--environment", "mine"), ("other", "third")),
    CommandLine("env start", ("--environment", "theirs", "--search-dir", "third"), ("other",)),
)
