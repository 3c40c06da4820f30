"""The layout of the config language: what a key path leads to, and the words that every release reads.

<instance>:
  <server type>:
    <implementation>:
      <field>: ...

The words are keys and file names that are the same in each release of NeMo Gym. What differs between releases is in the
profile. A key path stays a plain tuple, so that a walk over all values of a config makes no objects.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from msgspec import Struct

from gym_lsp import syntax
from gym_lsp.syntax import KeyPath, Scalar, Step

# Server types

RESOURCES = "resources_servers"
AGENTS = "responses_api_agents"
MODELS = "responses_api_models"
ENVIRONMENTS = "environment_servers"

# Keys of the top level

CONFIG_PATHS = "config_paths"
HEAD_SERVER = "head_server"
AGENT_NAME = "agent_name"
AGENT_MAP = "agent_map"
FAN_OUT = "fan_out"
ROUTE_FIELDS = (AGENT_NAME, AGENT_MAP, FAN_OUT, "environment_server_name", "environment_server_routes")
"""Keys whose values name instances."""

# Directives

INHERIT_FROM = "_inherit_from"
COPY = "_copy"
DELETE_KEY = "_delete_key"
DIRECTIVE_KEYS = frozenset({INHERIT_FROM, COPY, DELETE_KEY})
INHERIT_PREFIX = "${inherit_from:"
COPY_PREFIX = "${copy:"

# Fields of a server

ENTRYPOINT = "entrypoint"
DOMAIN = "domain"
DATASETS = "datasets"
RESOURCES_SERVER = "resources_server"
MODEL_SERVER = "model_server"
AGENT_SERVER = "agent_server"
SANDBOX_PROVIDER = "sandbox_provider"
HOST = "host"
PORT = "port"
USUAL_ENTRYPOINT = "app.py"
"""The program of nearly every server, in the folder of its implementation."""
DUMMY_MODEL = "dummy_model"
"""The implementation of the model server that NeMo Gym puts in the place of a missing one."""

# Fields of a server ref; a dataset has both of them too

TYPE = "type"
NAME = "name"

# Fields of a dataset

JSONL_FPATH = "jsonl_fpath"
PREPARE_SCRIPT = "prepare_script"
PROMPT_CONFIG = "prompt_config"
LICENSE = "license"
AGENT = "agent"
SOURCE = "source"
IDENTIFIERS: Mapping[str, str] = {"gitlab_identifier": "gitlab", "huggingface_identifier": "huggingface"}
"""The older fields that say where rows come from, each with the `type` of the `source` that replaces it."""
ORIGINS = (SOURCE, *IDENTIFIERS)
"""Every field that says where rows come from."""
BENCHMARK = "benchmark"
"""The `type` of a dataset that a prepare script makes."""
TRAIN = "train"
EXAMPLE = "example"

ROWS = ".jsonl"
"""The suffix of the files of rows that a dataset names."""

# Sandbox blocks

USUAL_SANDBOX = "sandbox"
"""The name of the sandbox block in nearly every config."""
DEFAULT_METADATA = "default_metadata"

# Files and folders

ENV_YAML = "env.yaml"
CONFIG_FILENAME = "config.yaml"
MANIFEST_FILENAME = "manifest.yaml"
CONFIG_PATH_FIELD = "config_path"
"""The field of a manifest that names its config, relative to the manifest."""
ENVIRONMENTS_FOLDER = "environments"
BENCHMARKS_FOLDER = "benchmarks"
CONFIGS_FOLDER = "configs"
"""The folder of a component that contains its configs, if there are several."""
PROMPTS_FOLDER = "prompts"
SANDBOXES_FOLDER = "sandbox"
"""The folder of the package `nemo_gym` that contains the sandboxes."""
COMPONENT_FOLDERS = frozenset({RESOURCES, AGENTS, MODELS, ENVIRONMENTS, ENVIRONMENTS_FOLDER, BENCHMARKS_FOLDER})
"""The folders of NeMo Gym in which each component has a folder of its own."""

# Key paths

SERVER_DEPTH = len(("instance", "server type", "implementation"))
FIELD_DEPTH = len(("instance", "server type", "implementation", "field"))


class ServerPath(Struct, frozen=True):
    """A key path that leads to a server, or to a value in it: then `rest` leads there from the server.

    The server type need not be one that the release knows.
    """

    instance: str
    server_type: str
    implementation: str
    rest: KeyPath = ()

    @classmethod
    def of(cls, path: KeyPath) -> ServerPath | None:
        """Return the parts of a key path; None where it is too short, or leads through a list before the server."""
        match path:
            case (str(instance), str(server_type), str(implementation), *rest):
                return cls(instance, server_type, implementation, tuple(rest))
            case _:
                return None

    @property
    def field(self) -> Step | None:
        """The field of the server that the path leads to or into; None where it leads to the server itself."""
        return self.rest[0] if self.rest else None

    @property
    def key_path(self) -> KeyPath:
        """The same as one key path."""
        return (self.instance, self.server_type, self.implementation, *self.rest)


def is_top_level(path: KeyPath) -> bool:
    """Whether a key path leads to a value of the top level: an instance, a sandbox block, a key of NeMo Gym."""
    return len(path) == 1


def is_server(path: KeyPath) -> bool:
    """Whether a key path leads to a server, by its length alone."""
    return len(path) == SERVER_DEPTH


def is_field(path: KeyPath) -> bool:
    """Whether a key path leads to a direct field of a server, by its length alone."""
    return len(path) == FIELD_DEPTH


def is_in_config_paths(path: KeyPath) -> bool:
    """Whether a key path leads to `config_paths` or into it."""
    return path[:1] == (CONFIG_PATHS,)


def is_include(path: KeyPath) -> bool:
    """Whether a key path leads to an entry of `config_paths`."""
    return len(path) == 2 and path[0] == CONFIG_PATHS


def is_dataset(path: KeyPath) -> bool:
    """Whether a key path leads to an element of `datasets`, in a server or in a manifest."""
    return path[-2:-1] == (DATASETS,)


def is_dataset_field(path: KeyPath) -> bool:
    """Whether a key path leads to a direct field of a dataset, in a server or in a manifest."""
    return path[-3:-2] == (DATASETS,)


# Blocks as they are written


def names_server_type(mapping: syntax.Mapping, server_types: Container[object]) -> bool:
    """Whether the `type` of a mapping is a server type, which makes it a server ref."""
    written = mapping.get(TYPE)
    return isinstance(written, Scalar) and written.value in server_types


def is_name_alone(mapping: syntax.Mapping) -> bool:
    """Whether a mapping holds a `name` and nothing else: it may merge over a server ref of another file."""
    return {entry.name for entry in mapping.entries} == {NAME}
