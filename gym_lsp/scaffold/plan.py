"""Which files a new component has, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import NamedTuple

from gym_lsp.compose.config import Array, Table
from gym_lsp.compose.run import Composition, Run
from gym_lsp.compose.servers import Server
from gym_lsp.files import Kind as FileKind
from gym_lsp.gym.layout import (
    AGENTS,
    BENCHMARK,
    BENCHMARKS_FOLDER,
    CONFIG_FILENAME,
    DATASETS,
    ENVIRONMENTS,
    ENVIRONMENTS_FOLDER,
    JSONL_FPATH,
    MANIFEST_FILENAME,
    NAME,
    RESOURCES,
    RESOURCES_SERVER,
    USUAL_ENTRYPOINT,
    USUAL_SANDBOX,
)
from gym_lsp.gym.selectors import Selected, Unknown
from gym_lsp.scaffold import configs
from gym_lsp.scaffold.configs import Dataset
from gym_lsp.scaffold.manifest import manifest
from gym_lsp.scaffold.programs import agent_program, prepare_script, resources_server_program, task_data_module
from gym_lsp.scaffold.request import Kind, NewFile, Request, ScaffoldError, check_name, one_of
from gym_lsp.scaffold.rows import QUESTIONS, example_rows, prompt
from gym_lsp.syntax import Atom
from gym_lsp.workspace.implementations import implementation_folders
from gym_lsp.workspace.named import config_named, config_with_server
from gym_lsp.workspace.workspace import YAML, Workspace

USUAL_AGENT = "simple_agent"
USUAL_DOMAIN = "other"
"""What is taken if a request leaves it open."""
_DOCKER = "docker"
TRAINED_MODEL = "responses_api_models/vllm_model/configs/vllm_model_for_training.yaml"
"""The config of the model that is trained, which each release has."""
_OWN_FIELDS = frozenset({"entrypoint", "resources_server", "model_server", "name", "host", "port"})
"""The fields of an agent that a new block sets, and those that NeMo Gym sets."""

_ANOTHER = "; nothing was written; choose another name"
_TAKEN = f"{{}} exists already{_ANOTHER}"


def plan(workspace: Workspace, request: Request) -> tuple[NewFile, ...]:
    """Return the files of a new component. Raises ScaffoldError, also if one of them exists."""
    files = _files(workspace, request)
    existing = [workspace.spelled(file.path) for file in files if workspace.files.kind(file.path) is not None]
    if existing:
        more = f"{existing[0]} and {len(existing) - 1} more of its files exist"
        raise ScaffoldError(_TAKEN.format(existing[0]) if len(existing) == 1 else f"{more} already{_ANOTHER}")
    return files


def check_free(workspace: Workspace, request: Request) -> None:
    """Raise ScaffoldError if the name is taken or cannot be one, whatever the answers to the questions are."""
    check_name(request.name)
    try:
        path = main_file(_files(workspace, request)).path
    except ScaffoldError:
        # An answer is missing.
        return
    if workspace.files.kind(path) is not None:
        raise ScaffoldError(_TAKEN.format(workspace.spelled(path)))


def _files(workspace: Workspace, request: Request) -> tuple[NewFile, ...]:
    check_name(request.name)
    return tuple(_PLANS[request.kind](workspace, request))


def main_file(files: tuple[NewFile, ...]) -> NewFile:
    """Return the file to look at first: the config or recipe of a new component."""
    configs = (each for each in files if each.path.suffix in YAML and each.path.name != MANIFEST_FILENAME)
    return next(configs, files[0])


# Environments and benchmarks


def _environment(workspace: Workspace, request: Request) -> Iterator[NewFile]:
    if request.resources_server is not None:
        yield from _reusing(workspace, request, request.resources_server)
        return
    name, folder = request.name, _folder(request)
    dataset = _dataset(request, folder)
    domain = _domain(workspace, request)
    yield from _implementation(workspace, name)
    yield _new(workspace, f"{folder}/{CONFIG_FILENAME}", _whole_config(workspace, request, domain, dataset, folder))
    yield from _data(workspace, request, dataset)
    if workspace.profile.has_manifests:
        text = manifest(name, request.kind, domain, _agent(workspace, request), dataset)
        yield _new(workspace, f"{folder}/{MANIFEST_FILENAME}", text)
    yield _new(workspace, f"{folder}/README.md", _readme(request, _check_of(folder)))


def _whole_config(workspace: Workspace, request: Request, domain: str, dataset: Dataset, folder: str) -> str:
    """Return the config of a resources server, an agent and, if the release has them, an environment server."""
    name = request.name
    agent_name = f"{name}_agent"
    # Since 0.6.0, a dataset belongs to the resources server, because that grades its rows.
    of_server = workspace.profile.has_manifests
    blocks = [
        configs.resources_server(name, domain, workspace.profile.domains, dataset if of_server else None),
        configs.agent(agent_name, _agent(workspace, request), name, None if of_server else dataset),
    ]
    if _has_environment_servers(workspace):
        blocks.append(configs.environment_server(f"{name}_environment_server", agent_name))
    about = f"# Check with: {_check_of(folder)}\n"
    return "\n".join((about, *blocks))


def _data(workspace: Workspace, request: Request, dataset: Dataset) -> Iterator[NewFile]:
    if request.kind == BENCHMARK:
        yield _new(workspace, f"{dataset.folder}/prompt.yaml", prompt())
        yield _new(workspace, f"{dataset.folder}/prepare.py", prepare_script(request.name, QUESTIONS))
    else:
        yield _new(workspace, dataset.path, example_rows(f"{request.name}_agent"))


def _dataset(request: Request, folder: str) -> Dataset:
    if request.kind == BENCHMARK:
        return Dataset(request.name, BENCHMARK, f"{folder}/data/{request.name}.jsonl", folder)
    return Dataset(f"{request.name}_example", "example", f"{folder}/data/example.jsonl", folder)


def _folder(request: Request) -> str:
    return f"{BENCHMARKS_FOLDER if request.kind == BENCHMARK else ENVIRONMENTS_FOLDER}/{request.name}"


# An environment with a resources server that exists


class _Reused(NamedTuple):
    """The servers of the config of a resources server. An agent or an environment server may be missing."""

    path: str
    server: Server
    agent: Server | None
    environment_server: tuple[Server, str] | None


def _reusing(workspace: Workspace, request: Request, resources_server: str) -> Iterator[NewFile]:
    """Yield the files of an environment that includes the config of a resources server under other names."""
    if request.kind == BENCHMARK:
        about = "a benchmark has rows of its own, so it needs its own resources server; leave `--resources-server` out"
        raise ScaffoldError(about, "resources-server")
    reused = _reused(workspace, resources_server)
    name, folder = request.name, _folder(request)
    agent_name = f"{name}_agent"
    include = configs.include(reused.path, f"The resources server `{reused.server.name}`, with its datasets.")
    if reused.agent is None:
        blocks = [configs.agent(agent_name, _agent(workspace, request), reused.server.name, None)]
    else:
        implementation = reused.agent.implementation
        blocks = [configs.inherited_agent(agent_name, reused.agent.name, implementation, reused.server.name)]
    environment_name = f"{name}_environment_server"
    if reused.environment_server is not None:
        server, field = reused.environment_server
        blocks.append(
            configs.inherited_environment_server(
                environment_name, server.name, server.implementation, field, agent_name
            )
        )
    elif _has_environment_servers(workspace):
        blocks.append(configs.environment_server(environment_name, agent_name))
    yield _new(workspace, f"{folder}/{CONFIG_FILENAME}", "\n".join((include, *blocks)))
    yield _new(workspace, f"{folder}/README.md", _readme(request, _check_of(folder)))


def _reused(workspace: Workspace, name: str) -> _Reused:
    path = _config_of(workspace, "resources-server", name)
    composition = workspace.compose(Run((path,), ()))
    servers = [each for each in composition.servers if each.server_type == RESOURCES]
    servers = [each for each in servers if each.name == name] or servers
    if len(servers) != 1:
        about = f"{path} defines {len(servers)} resources servers; expected one"
        raise ScaffoldError(f"{about}; choose another one, or leave `--resources-server` out", "resources-server")
    agents = [each for each in composition.servers if _names(each, RESOURCES_SERVER) == servers[0].name]
    agent = next((each for each in agents if each.server_type == AGENTS), None)
    return _Reused(path, servers[0], agent, None if agent is None else _environment_server_of(composition, agent))


def _environment_server_of(composition: Composition, agent: Server) -> tuple[Server, str] | None:
    """Return the environment server that leads to an agent, and its field that names the agent."""
    for server in composition.servers:
        if server.server_type == ENVIRONMENTS:
            for field in server.config.entries:
                if isinstance(field, str) and _names(server, field) == agent.name:
                    return server, field
    return None


def _names(server: Server, field: Atom) -> str | None:
    """Return the instance that a field of a server names, if it is a ref."""
    ref = server.config.table(field)
    name = None if ref is None else ref.leaf(NAME)
    return name if isinstance(name, str) else None


# Components on their own


def _resources_server(workspace: Workspace, request: Request) -> Iterator[NewFile]:
    name, folder = request.name, f"{RESOURCES}/{request.name}"
    dataset = Dataset(f"{name}_example", "example", f"{folder}/data/example.jsonl", folder)
    domain = _domain(workspace, request)
    yield from _implementation(workspace, name)
    config = f"{folder}/configs/{name}.yaml"
    yield _new(workspace, config, _whole_config(workspace, request, domain, dataset, folder))
    yield from _data(workspace, request, dataset)
    yield _new(workspace, f"{folder}/README.md", _readme(request, _check_of(folder)))


def _implementation(workspace: Workspace, name: str) -> Iterator[NewFile]:
    folder = f"{RESOURCES}/{name}"
    yield _new(workspace, f"{folder}/app.py", resources_server_program(name))
    yield _new(workspace, f"{folder}/requirements.txt", _requirements(workspace))
    if _has_environment_servers(workspace):
        yield _new(workspace, f"{folder}/task_data.py", task_data_module(name))


def _agent_component(workspace: Workspace, request: Request) -> Iterator[NewFile]:
    name, folder = request.name, f"{AGENTS}/{request.name}"
    config = f"{folder}/configs/{name}.yaml"
    about = f"# An agent without a resources server of its own. Check with: gym-lsp --check {folder}\n\n"
    yield _new(workspace, f"{folder}/app.py", agent_program(name))
    yield _new(workspace, f"{folder}/requirements.txt", _requirements(workspace))
    yield _new(workspace, config, about + configs.agent(name, name, None, None))
    yield _new(workspace, f"{folder}/README.md", _readme(request, f"gym-lsp --check {folder}"))


def _sandbox(workspace: Workspace, request: Request) -> Iterator[NewFile]:
    providers = sorted(workspace.profile.sandbox_providers)
    provider = request.provider or usual_provider(workspace)
    one_of(provider, providers, "sandbox provider", "provider")
    path = f"{ENVIRONMENTS_FOLDER}/{request.name}/sandbox_{provider}.yaml"
    text = f"""\
# A sandbox, in which agents run commands. A run includes this file, and an agent uses it with
# `sandbox_provider: {USUAL_SANDBOX}`.
{USUAL_SANDBOX}:
  # Its own settings go below; completion lists them.
  {provider}: {{}}
"""
    yield _new(workspace, path, text)


def _recipe(workspace: Workspace, request: Request) -> Iterator[NewFile]:
    if request.environment is None:
        raise ScaffoldError("a recipe needs the environment that it trains on: `--environment NAME`", "environment")
    config = _config_of(workspace, "environment", request.environment)
    rows = next(_row_files(workspace.compose(Run((config,), ()))), "data/train.jsonl")
    text = f"""\
# Training with NeMo RL on the environment `{request.environment}`.
# Check with: gym-lsp --check --recipe {_recipe_path(request)}
policy:
  model_name: Qwen/Qwen3-4B-Instruct-2507
  generation:
    backend: vllm
    # NeMo Gym reaches the model over HTTP.
    vllm_cfg: {{async_engine: true, expose_http_server: true}}

grpo:
  num_prompts_per_step: 8
  num_generations_per_prompt: 4
  # NeMo Gym uses all rows.
  max_val_samples: null

data:
  # The rows to train on, in JSON Lines.
  train: {{data_path: {rows}}}

env:
  should_use_nemo_gym: true
  # The run of NeMo Gym: its configs, and overrides of their values.
  nemo_gym:
    config_paths:
      - {TRAINED_MODEL}
      - {config}
"""
    yield _new(workspace, _recipe_path(request), text)


def _recipe_path(request: Request) -> str:
    return f"recipes/{request.name}.yaml"


def _row_files(composition: Composition) -> Iterator[str]:
    for server in composition.servers:
        datasets = server.config.get(DATASETS)
        for dataset in datasets.items if isinstance(datasets, Array) else ():
            path = dataset.leaf(JSONL_FPATH) if isinstance(dataset, Table) else None
            if isinstance(path, str):
                yield path


_PLANS: Mapping[Kind, Callable[[Workspace, Request], Iterator[NewFile]]] = {
    "environment": _environment,
    "benchmark": _environment,
    "agent": _agent_component,
    "resources-server": _resources_server,
    "sandbox": _sandbox,
    "recipe": _recipe,
}


# What a request leaves open


def usual_provider(workspace: Workspace) -> str:
    """Return the sandbox provider that is taken if a request leaves it open: `docker`, where the release has it."""
    known = sorted(workspace.profile.sandbox_providers)
    return next(iter(known), _DOCKER) if _DOCKER not in known else _DOCKER


def _domain(workspace: Workspace, request: Request) -> str:
    domain = request.domain or USUAL_DOMAIN
    one_of(domain, workspace.profile.domains, "domain", "domain")
    return domain


def reusable_servers(workspace: Workspace) -> tuple[str, ...]:
    """Return the resources servers with a config that a new environment can include."""

    def has_config(name: str) -> bool:
        try:
            _config_of(workspace, "resources-server", name)
        except ScaffoldError:
            return False
        return True

    return tuple(filter(has_config, implementation_folders(workspace, RESOURCES)))


def usable_agents(workspace: Workspace) -> tuple[str, ...]:
    """Return the agents that a new block can use with no more than its usual fields."""
    return tuple(name for name in implementation_folders(workspace, AGENTS) if _obstacle(workspace, name) is None)


def _agent(workspace: Workspace, request: Request) -> str:
    name = request.agent or USUAL_AGENT
    known = implementation_folders(workspace, AGENTS)
    if request.agent is not None and known:
        one_of(name, known, "agent", "agent")
    if (obstacle := _obstacle(workspace, name)) is not None:
        raise ScaffoldError(obstacle, "agent")
    return name


def _obstacle(workspace: Workspace, agent: str) -> str | None:
    """Return why a new block cannot use an agent, and what to do."""
    model = workspace.server_model(AGENTS, agent, USUAL_ENTRYPOINT)
    if model is None:
        return None
    needed = [each.name for each in model.fields.values() if each.required]
    if further := [f"`{each}`" for each in needed if each not in _OWN_FIELDS]:
        return f"`{agent}` also needs {', '.join(further)}; choose another agent, or write its block by hand"
    if model.field(RESOURCES_SERVER) is None:
        return f"`{agent}` does not use a resources server; choose another agent"
    return None


def _config_of(workspace: Workspace, option: str, name: str) -> str:
    """Return the config that a name selects, as a path for `config_paths`."""
    found = config_named(workspace, option, name)
    if isinstance(found, Selected):
        return workspace.spelled(found.path)
    usual = _USUAL_PATHS[option].format(name=name)
    if found is None and workspace.files.kind(workspace.root / usual) is FileKind.FILE:
        return usual
    is_server = option == "resources-server"
    if is_server and (defining := config_with_server(workspace, name)) is not None:
        return workspace.spelled(defining)
    what, hint = option.replace("-", " "), f"; `gym-lsp --list {option}s` lists what there is"
    if isinstance(found, Unknown) and found.nearest is not None:
        nearest = found.nearest if found.component is None else f"{found.component}/{found.nearest}"
        hint = hint if nearest == name else f"; did you mean `{nearest}`?"
    elif found is None:
        hint = f": {usual} does not exist{hint}"
    if is_server and name in implementation_folders(workspace, RESOURCES):
        about = f"`{RESOURCES}/{name}` has no config, and no other config defines `{name}` with its agent"
        raise ScaffoldError(f"{about}; expected {usual}", option)
    raise ScaffoldError(f"unknown {what} `{name}`{hint}", option)


_USUAL_PATHS = {
    "environment": f"{ENVIRONMENTS_FOLDER}/{{name}}/{CONFIG_FILENAME}",
    "resources-server": f"{RESOURCES}/{{name}}/configs/{{name}}.yaml",
}
"""Where the config of a name is, in releases without options for names."""


def _has_environment_servers(workspace: Workspace) -> bool:
    """Whether rollouts reach agents through environment servers, and servers declare their rows: since 0.7.0."""
    return ENVIRONMENTS in workspace.profile.server_types


def _requirements(workspace: Workspace) -> str:
    """Return a `requirements.txt`. In a checkout, a server runs with the NeMo Gym next to it."""
    in_checkout = workspace.files.kind(workspace.root / "nemo_gym") is FileKind.DIRECTORY
    return "-e nemo-gym[dev] @ ../../\n" if in_checkout else "nemo-gym[dev]\n"


def _check_of(folder: str) -> str:
    """Return the command that checks a new config as a run, so that a missing field is an error, and its manifest."""
    return f"gym-lsp --check --rows --standalone {folder}"


def _readme(request: Request, check: str) -> str:
    return f"""\
# {request.name}

What the {request.kind.replace("-", " ")} is for, and where its data comes from.

Check its config, and what it refers to:

    {check}
"""


def _new(workspace: Workspace, path: str, text: str) -> NewFile:
    return NewFile(workspace.root / PurePath(path), text)
