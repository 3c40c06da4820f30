"""The JSON Schema accepts real configs, and rejects those with the mistakes that it covers.

The verdicts of NeMo Gym on each config, with and without a mistake, are recorded in `tests/parity/data`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePath
from typing import Any, cast

import pytest
import yaml
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from gym_lsp.cli import main
from gym_lsp.compose.config import to_plain
from gym_lsp.compose.source import config_file
from gym_lsp.files import Disk
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.gym.roots import find_install_root
from gym_lsp.ide.json_schema import Json, config_schema
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.parity.recorded import RELEASES, Alone, load, read_text

REJECTED: Mapping[str, Mapping[str, str]] = {
    "0.6.0": {"resources_servers/spartqa/configs/spartqa.yaml": "license"},
    "0.7.0": {
        "resources_servers/spartqa/configs/spartqa.yaml": "license",
        # The parser does not check sandbox blocks; the providers of this release reject these keys.
        "benchmarks/osworld/configs/osworld_agentenv.yaml": "port_routing",
        "responses_api_agents/osworld_agent/configs/osworld_agent.yaml": "transport_retries",
    },
}
"""The real configs with a mistake, and the word that it concerns."""

FOUND = frozenset(
    {
        "allowed-agents-not-a-list",
        "allowed-models-not-a-list",
        "dataset-field-missing",
        "dataset-field-not-a-string",
        "dataset-license-interpolated",
        "dataset-not-a-mapping",
        "dataset-type-interpolated",
        "dataset-type-unknown",
        "dataset-unknown-key",
        "datasets-not-a-list",
        "delete-key-list",
        "domain-interpolated",
        "domain-missing",
        "domain-unknown",
        "entrypoint-not-a-string",
        "group-typo",
        "host-not-a-string",
        "identifier-wrong",
        "include-mapping",
        "include-not-a-string",
        "include-scalar",
        "license-missing",
        "not-the-text-it-looks",
        "number-interpolated",
        "port-not-a-number",
        "ref-name-not-a-string",
        "ref-plain-string",
        "ref-type-typo",
        "repeats-wrong",
        "reserved-name",
        "second-group",
        "second-impl",
        "skew-not-a-boolean",
        "source-twice",
        "telemetry-not-a-mapping",
    }
)
"""The kinds of recorded mistakes that are visible in a single file."""


class Checker:
    """A schema with its validator."""

    def __init__(self, workspace: Workspace) -> None:
        schema: Any = config_schema(workspace)
        Draft7Validator.check_schema(schema)
        self._validator: Any = Draft7Validator(schema)

    def errors(self, config: object) -> list[str]:
        """Return the errors with their key paths."""
        return [f"{list(error.absolute_path)}: {error.message}" for error in self._validator.iter_errors(config)]

    def accepts(self, config: object) -> bool:
        return self._validator.is_valid(config)


@functools.cache
def schema_of(root: Path) -> Checker:
    """Return the schema of the release in a folder."""
    install = find_install_root(Disk(), explicit=root, workspace=root, environ={})
    return Checker(Workspace(Disk(), PurePath(root), install=install))


def configs(release: str) -> Iterator[Alone]:
    return (alone for alone in load(release).alone if alone.file_kind in ("gym", "environment"))


def as_nemo_gym_reads(path: Path, text: str) -> object:
    return with_names(to_plain(config_file(path, text).config))


def with_names(value: object) -> object:
    """Return a value with all keys as strings, as in JSON."""
    if isinstance(value, dict):
        return {str(key): with_names(each) for key, each in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [with_names(each) for each in cast("list[object]", value)]
    return str(value) if isinstance(value, date) else value


@pytest.mark.parametrize("release", RELEASES)
def test_real_configs_are_accepted(corpus: Corpus, release: str) -> None:
    root = corpus.release(release)
    schema = schema_of(root)
    refused: dict[str, str] = {}
    for alone in configs(release):
        path = root / alone.path
        if alone.verdict.names[:1] == ("malformed",):
            continue
        errors = schema.errors(as_nemo_gym_reads(path, read_text(path)))
        if errors:
            refused[alone.path] = "; ".join(errors)
    expected = REJECTED.get(release, {})
    assert refused.keys() == expected.keys(), refused
    for path, about in expected.items():
        assert about in refused[path]


def test_real_configs_are_accepted_as_yaml_1_2(corpus: Corpus) -> None:
    """Editors use YAML 1.2 by default, in which `yes` and `1_000` are text."""
    root = corpus.release("0.7.0")
    schema = schema_of(root)
    reader: Any = YAML(typ="safe")
    refused = {
        alone.path
        for alone in configs("0.7.0")
        if not schema.accepts(with_names(reader.load(read_text(root / alone.path))))
    }
    assert refused == REJECTED["0.7.0"].keys()


@pytest.mark.parametrize("release", RELEASES)
def test_recorded_mistakes_are_found(corpus: Corpus, release: str) -> None:
    root = corpus.release(release)
    schema = schema_of(root)
    # If the verdict of the release differs with the mistake, the release checks this place.
    mistakes = [
        broken for broken in load(release).mistakes if broken.kind in FOUND and broken.verdict.name != broken.unbroken
    ]
    assert mistakes
    missed = [
        f"{broken.kind}: {broken.path}:{broken.edit.line}"
        for broken in mistakes
        if schema.accepts(as_nemo_gym_reads(root / broken.path, broken.text(root)))
    ]
    assert not missed


VALUES = """
- ok:   {a: {resources_servers: {math: {entrypoint: app.py, domain: math, port: 8000, num_workers: "2"}}}}
- ok:   {a: {resources_servers: {math: {entrypoint: app.py, domain: "${copy:b.domain}", port: "???"}}}}
- fail: {a: {resources_servers: {math: {entrypoint: app.py, domain: "${domain}"}}}}
- ok:   {a: {_inherit_from: b, resources_servers: {math: {entrypoint: other.py}}}}
- ok:   {a: {resources_servers: {_copy: b.resources_servers}}}
- fail: {a: {resources_servers: {math: {entrypoint: other.py}}}}
- ok:   {a: {responses_api_agents: {x: {resources_server: {name: b}, judge_model_server: "${judge}"}}}}
- fail: {a: {responses_api_agents: {x: {inner: {judge_model_server: {type: resources_servers, name: b}}}}}}
- ok:   {a: {responses_api_models: {dummy_model: {entrypoint: app.py}, openai_model: {entrypoint: app.py}}}}
- fail: {a: {responses_api_models: {vllm_model: {entrypoint: app.py}, openai_model: {entrypoint: app.py}}}}
- ok:   {a: {resource_server: {math: {model: gpt}}}, paths: {local: here, docker: there, other: 5}}
- fail: {a: {resource_server: {math: {entrypoint: app.py}}}}
- ok:   {box: {docker: {create: {network: none}}, default_metadata: {team: maths}}}
- fail: {box: {docker: {create: {networks: none}}}}
- ok:   {a: {responses_api_agents: {x: {sandbox_provider: {docker: {create: {network: none}}}}}}}
- fail: {a: {responses_api_agents: {x: {sandbox_provider: {docker: {create: {networks: none}}}}}}}
- ok:   {dry_run: yes, port_range_low: "${low}", results_dir: "${root}/results", policy_model_name: null}
- fail: {dry_run: "false"}
- fail: {_inherit_from: a}
- ok:   {a: {nested: {_inherit_from: b.c}}, anything: [{at: all}]}
- fail: {a: {nested: {_inherit_from: [b]}}}
"""
"""Small configs, and whether the schema of the built-in release accepts them."""


@pytest.mark.parametrize("case", yaml.safe_load(VALUES), ids=str)
def test_small_configs(case: dict[str, object]) -> None:
    [(verdict, config)] = case.items()
    schema = Checker(Workspace(Disk(), PurePath("/nowhere")))
    assert ("ok" if schema.accepts(config) else "fail") == verdict


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        ({"entrypoint": "app.py", "max_steps": 5}, True),
        ({"entrypoint": "app.py", "max_steps": "${steps}"}, True),
        ({"entrypoint": "app.py", "max_steps": "many"}, False),
        ({"entrypoint": "other.py", "max_steps": "many"}, True),
        ({"max_steps": "many"}, True),
    ],
)
def test_fields_of_the_servers_own_class(corpus: Corpus, fields: dict[str, object], accepted: bool) -> None:
    config = {"agent": {"responses_api_agents": {"simple_agent": fields}}}
    assert schema_of(corpus.release("0.7.0")).accepts(config) is accepted


def test_every_word_is_explained() -> None:
    schema = config_schema(Workspace(Disk(), PurePath("/nowhere")))
    choices = [node for node in nodes(schema) if "enumDescriptions" in node]
    assert {str(node["enum"]) for node in choices} >= {str(list(BUILTIN.domains)), str(list(BUILTIN.licenses))}
    assert all(all(cast("list[str]", node["enumDescriptions"])) for node in choices)


def nodes(value: object) -> Iterator[Json]:
    """Yield every mapping of a schema, the outermost first."""
    if isinstance(value, dict):
        node = cast("Json", value)
        yield node
        for each in node.values():
            yield from nodes(each)
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from nodes(each)


@pytest.mark.parametrize("arguments", [["environments"], ["--config", "a.yaml"], ["--check"]])
def test_the_command_is_about_a_release_alone(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--json-schema", *arguments])
    assert ended.value.code == 2
