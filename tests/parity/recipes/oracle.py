"""NeMo RL's own loader and NeMo Gym's own parser as a process that returns the result of a training recipe.

It runs in the environment of `tests/parity/requirements.txt`, with the parser of one unpacked `nemo-gym` wheel, and
executes the functions of a checkout of NeMo RL that lead from a recipe to that parser: those of
`nemo_rl/utils/config.py`, and by their names some of `nemo_rl/environments/nemo_gym.py`. Ray and the policy model are
replaced. Nothing of gym-lsp is imported here.

    python tests/parity/recipes/oracle.py RELEASE_ROOT RECIPES NEMO_RL SCRATCH_DIR

Questions and answers are JSON lines on standard input and output:

    {"recipe": "examples/a.yaml", "patched": {"examples/a.yaml": "..."}, "variables": ["HF_HOME"], "overrides": []}
    {"stage": "gym", "verdict": "ok", ..., "embedded": "0123456789abcdef", "composed": "0123456789abcdef", ...}

`recipe` is a path in RECIPES, the YAML of NeMo RL, which is copied into SCRATCH_DIR: the working directory. `patched`
replaces the text of files for this one question. `variables` are the environment variables that are set, all to the
same text. `overrides` are those of NeMo RL's command line. The stages are `load` (with the files under `defaults`),
`override`, `resolve` (all interpolations), `embed` (from the
recipe to the dictionary for Gym) and `gym` (Gym's parser). `guard` is the class of the error with which NeMo RL rejects
the settings around `env.nemo_gym`; the parser is asked in any case. `recipe_of` in a question returns only whether the
file is a recipe.
"""

from __future__ import annotations
import __future__

import ast
import importlib.util
import json
import os
import random
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from omegaconf import OmegaConf
from omegaconf.basecontainer import BaseContainer

from tests.parity import oracle as gym_oracle
from tests.parity.recipes.digests import FROM_ENVIRONMENT, composed_digest, embedded_digest
from tests.parity.recipes.tree import CONFIG, DEFINITIONS, EMBEDDING, yaml_texts

RESOLVERS: dict[str, Any] = BaseContainer._resolvers  # pyright: ignore[reportPrivateUsage]
"""The resolvers of this process."""

Answer = dict[str, Any]


class NemoRl(NamedTuple):
    """NeMo RL's own functions."""

    config: Any
    """The module `nemo_rl/utils/config.py`."""
    embedding: dict[str, Any]
    """The namespace of the functions in `DEFINITIONS`."""
    given: list[Any]
    """What the last call of `spinup_nemo_gym_actor` gave to Gym: configurations of its parser."""
    resolvers: dict[str, Any]
    """The resolvers of the process that loads a recipe. NeMo Gym runs in another one."""
    gym_resolvers: dict[str, Any]
    gym_environment: dict[str, str]
    """The variables that importing NeMo Gym sets in its process."""


def main() -> None:
    """Load NeMo Gym and NeMo RL, then answer questions until the input ends."""
    sys.dont_write_bytecode = True
    root, recipes, nemo_rl_root, scratch = (Path(argument).resolve() for argument in sys.argv[1:5])
    answers = gym_oracle._take_standard_output()  # pyright: ignore[reportPrivateUsage]
    tree = scratch / "nemo-rl"
    for path, text in yaml_texts(recipes).items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text, encoding="utf-8", newline="")
    os.environ.clear()
    os.chdir(tree)
    omegaconf = dict(RESOLVERS)
    release = gym_oracle.load(root, tree)
    nemo_rl = load_nemo_rl(nemo_rl_root, tree, release, omegaconf)
    for line in sys.stdin:
        question = json.loads(line)
        os.environ.clear()
        os.environ.update(dict.fromkeys(question.get("variables", ()), FROM_ENVIRONMENT))
        with _patched(tree, question.get("patched", {})):
            if "recipe_of" in question:
                answer = recipe_of(nemo_rl, tree / question["recipe_of"])
            else:
                answer = ask(release, nemo_rl, tree, question["recipe"], question.get("overrides", []))
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()


def load_nemo_rl(root: Path, tree: Path, release: gym_oracle.Release, omegaconf: dict[str, Any]) -> NemoRl:
    """Load what is needed of the checkout at `root`, as if it were at `tree`.

    `omegaconf` are the resolvers without those that the release has registered in this process.
    """
    spec = importlib.util.spec_from_file_location("nemo_rl_config", root / CONFIG)
    assert spec and spec.loader
    config = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(config)
    gym_resolvers = dict(RESOLVERS)
    _use_resolvers(omegaconf)
    config.register_omegaconf_resolvers()
    resolvers = dict(RESOLVERS)
    embedding: dict[str, Any] = {}
    given: list[Any] = []
    for path, names in DEFINITIONS.items():
        module = ast.Module([*_definitions(ast.parse((root / path).read_text("utf-8")), names)], type_ignores=[])
        flags = __future__.annotations.compiler_flag
        exec(compile(module, path, "exec", flags, dont_inherit=True), embedding)  # NeMo RL's own code.
    embedding |= _surroundings(tree, embedding["NemoGym"], given, release)
    return NemoRl(config, embedding, given, resolvers, gym_resolvers, dict(os.environ))


def _use_resolvers(resolvers: dict[str, Any]) -> None:
    RESOLVERS.clear()
    RESOLVERS.update(resolvers)


def _definitions(module: ast.Module, names: Iterable[str]) -> Iterator[ast.stmt]:
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name) if name in names:
                yield statement
            case ast.ClassDef(name=name) if name in names:
                statement.bases, statement.decorator_list = [], []
                statement.body = [
                    method
                    for method in statement.body
                    if isinstance(method, ast.FunctionDef) and method.name in ("__init__", "_spinup")
                ]
                yield statement
            case ast.Assign(targets=[ast.Name(id=name)]) if name in names:
                yield statement
            case _:
                continue


def _surroundings(tree: Path, actor: Any, given: list[Any], release: gym_oracle.Release) -> dict[str, Any]:
    """What NeMo RL's functions use of other modules: a machine with Ray, and actors that run in this process."""

    class RunHelper:
        def start(self, global_config_dict_parser_config: Any) -> None:
            given.append(global_config_dict_parser_config)

    cli, rollouts, servers = (ModuleType(f"nemo_gym.{name}") for name in ("cli", "rollout_collection", "server_utils"))
    cli.__dict__.update(
        RunHelper=RunHelper, GlobalConfigDictParserConfig=release.global_config.GlobalConfigDictParserConfig
    )
    rollouts.__dict__.update(RolloutCollectionHelper=SimpleNamespace)
    servers.__dict__.update(
        HEAD_SERVER_KEY_NAME=release.global_config.HEAD_SERVER_KEY_NAME, BaseServerConfig=SimpleNamespace
    )
    replaced = {module.__name__: module for module in (cli, rollouts, servers)}

    class Actor:
        @staticmethod
        def options(**_: Any) -> type[Actor]:
            return Actor

        @staticmethod
        def remote(config: Any) -> Any:
            here = actor(config)

            def spinup() -> None:
                with patch.dict(sys.modules, replaced):
                    here._spinup()

            return SimpleNamespace(_spinup=SimpleNamespace(remote=spinup), set_tokenizer=SimpleNamespace(remote=_same))

    context = SimpleNamespace(gcs_address="127.0.0.1:6379", get_node_id=lambda: "node")
    return {
        "__file__": str(tree / EMBEDDING),
        "Path": Path,
        "os": os,
        "ray": SimpleNamespace(get=_same, is_initialized=lambda: True, get_runtime_context=lambda: context),
        "NemoGym": Actor,
        "NemoGymConfig": dict,
        "NodeAffinitySchedulingStrategy": SimpleNamespace,
        "get_actor_python_env": _python,
        "_get_node_ip_local": lambda: "127.0.0.1",
        "_get_free_port_local": _lowest_port,
    }


def _same(value: Any) -> Any:
    return value


def _python(_name: str) -> str:
    return "python"


def _lowest_port(low: int, _high: int) -> int:
    return low


def recipe_of(nemo_rl: NemoRl, path: Path) -> Answer:
    """Return whether a file is a recipe: whether its `env.nemo_gym` has `config_paths`, with all its `defaults`."""
    try:
        config = nemo_rl.config.load_config(path)
        plain: Any = OmegaConf.to_container(config, resolve=False)
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer.
        return {"is_recipe": False, "why": type(error).__name__}
    env: Any = plain.get("env") if isinstance(plain, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    block: Any = env.get("nemo_gym") if isinstance(env, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if not isinstance(block, dict):
        return {"is_recipe": False, "why": "no env.nemo_gym"}
    return {"is_recipe": "config_paths" in block, "why": None if "config_paths" in block else "no config_paths"}


def ask(release: gym_oracle.Release, nemo_rl: NemoRl, tree: Path, recipe: str, overrides: list[str]) -> Answer:
    """Return the verdict on a recipe, and the digests of what it leads to."""
    random.seed(0)
    release.almost_servers.clear()
    nemo_rl.given.clear()
    answer: Answer = {"stage": "load", "embedded": None, "composed": None, "guard": None}
    try:
        _use_resolvers(nemo_rl.resolvers)
        config = nemo_rl.config.load_config(tree / recipe)
        if overrides:
            answer["stage"] = "override"
            config = nemo_rl.config.parse_hydra_overrides(config, overrides)
        answer["stage"] = "resolve"
        plain = release.omegaconf.to_container(config, resolve=True)
        answer["stage"] = "embed"
        answer["guard"] = _guard(nemo_rl, plain)
        if isinstance(block := plain["env"]["nemo_gym"], dict):
            answer["embedded"] = embedded_digest(block)
        plain["env"]["nemo_gym"].pop("is_trajectory_collection", False)
        nemo_rl.embedding["spinup_nemo_gym_actor"](
            plain["env"],
            ["http://127.0.0.1:7000/v1"],
            "policy",
            tokenizer=None,
            enable_router_replay=False,
            routed_experts_dtype="int8",
            use_fastokens=False,
        )
        answer["stage"] = "gym"
        _use_resolvers(nemo_rl.gym_resolvers)
        os.environ.update({name: value for name, value in nemo_rl.gym_environment.items() if name not in os.environ})
        answer["composed"] = composed_digest(_compose(release, nemo_rl.given[-1]))
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer.
        return answer | _failure(release, tree, error)
    return answer | {"verdict": "ok", "raised": None, "config_error": False, "names": []}


def _guard(nemo_rl: NemoRl, plain: dict[str, Any]) -> str | None:
    """Return the class of the error with which the launch script rejects the settings around `env.nemo_gym`, or None.

    The checks come before Gym; they change nothing in `env.nemo_gym` that reaches Gym.
    """
    copy = json.loads(json.dumps(plain, default=str))
    settings = SimpleNamespace(env=copy["env"], policy=copy.get("policy"), grpo=copy.get("grpo"))
    try:
        nemo_rl.embedding["setup_nemo_gym_config"](settings, None)
        if not nemo_rl.embedding["should_use_nemo_gym"](settings):
            return "should_use_nemo_gym"
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    grpo: Any = settings.grpo
    if isinstance(grpo, dict) and "max_val_samples" in grpo and grpo["max_val_samples"] is not None:
        return "max_val_samples"
    return None


def _compose(release: gym_oracle.Release, given: Any) -> Any:
    module = release.global_config
    if "offline" in module.GlobalConfigDictParserConfig.model_fields:
        given = given.model_copy(update={"offline": True})
    module.set_global_config_dict(given)
    composed = module._GLOBAL_CONFIG_DICT
    module.GlobalConfigDictParser().raise_on_no_server_instances(composed)
    return release.omegaconf.to_container(composed, resolve=False)


def _failure(release: gym_oracle.Release, tree: Path, error: Exception) -> Answer:
    cause = error.__cause__
    raised = cause if cause and type(error).__name__ == "ConfigInterpolationError" else error
    return {
        "verdict": type(error).__name__,
        "raised": type(raised).__name__,
        "config_error": isinstance(error, release.config_types.ConfigError),
        "names": [_shown(name, tree) for name in _names(release, error, raised)],
    }


def _names(release: gym_oracle.Release, error: Exception, raised: BaseException) -> list[str]:
    """Return the names in the error message that the user wrote, and the place of an error in the text."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return [str(mark.name), f"{mark.line + 1}:{mark.column + 1}"]
    if isinstance(error, OSError) and error.filename:
        return [str(error.filename)]
    return gym_oracle._names(release, error, raised)  # pyright: ignore[reportPrivateUsage]


def _shown(name: str, tree: Path) -> str:
    """Return a name without what is specific to this machine: a path in the tree, or only the last part of another."""
    if not name.startswith("/"):
        return name
    path = Path(os.path.normpath(name))
    return path.relative_to(tree).as_posix() if path.is_relative_to(tree) else path.name


@contextmanager
def _patched(tree: Path, texts: dict[str, str]) -> Generator[None]:
    before = {tree / path: (tree / path).read_bytes() if (tree / path).exists() else None for path in texts}
    for path, text in texts.items():
        (tree / path).write_text(text, encoding="utf-8", newline="")
    try:
        yield
    finally:
        for path, content in before.items():
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)


if __name__ == "__main__":
    main()
