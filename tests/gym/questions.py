"""Calls of NeMo Gym's functions with small values, valid or with one mistake each.

`record_functions.py` records the answers of NeMo Gym; `test_functions.py` compares ours with them. Only data, so that
it can be imported where gym-lsp is not installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Question = tuple[str, list[Any]]
"""A method of `Answers` and its arguments, which JSON can represent."""

DOMAINS = (
    *("math", "coding", "agent", "knowledge", "instruction_following", "long_context"),
    *("safety", "games", "translation", "e2e", "rlhf", "other"),
)
LICENSES = [
    "Apache 2.0",
    "MIT",
    "Creative Commons Attribution 4.0 International",
    "Creative Commons Attribution-ShareAlike 4.0 International",
    "CC BY-SA 4.0",
    "CC BY-NC 3.0",
    "NVIDIA Internal Use Only, Do Not Distribute",
    "NVIDIA Evaluation Dataset License Agreement",
    "TBD",
    "GNU General Public License v3.0",
]
MODELS, RESOURCES, AGENTS = "responses_api_models", "resources_servers", "responses_api_agents"
TRAIN = {"name": "sums", "type": "train", "jsonl_fpath": "data/sums.jsonl", "license": "MIT"}
EXAMPLE = {"name": "few", "type": "example", "jsonl_fpath": "data/few.jsonl"}
BENCHMARK = {
    "name": "exam",
    "type": "benchmark",
    "jsonl_fpath": "data/exam.jsonl",
    "prepare_script": "exam/prepare.py",
    "prompt_config": None,
}
GITLAB = {"dataset_name": "sums", "version": "1.0.0", "artifact_fpath": "sums.jsonl"}
HUB = {"repo_id": "acme/sums", "artifact_fpath": "sums.jsonl"}


def server(server_type: str = RESOURCES, **changes: Any) -> dict[str, Any]:
    """Return a block with one server that is valid except for `changes`; a field that changes to `...` is absent."""
    fields = {"entrypoint": "app.py", "domain": "math"} | changes
    return {server_type: {"impl": without_ellipses(fields)}}


def changed(value: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return without_ellipses(value | changes)


def without_ellipses(value: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in value.items() if each is not ...}


def values(*given: Any) -> tuple[Any, ...]:
    """Return the arguments, for a tuple of values of different types."""
    return given


def questions() -> Iterator[Question]:
    """Yield the questions in the order of the recorded data."""
    for block in [*server_blocks(), *misshapen_blocks()]:
        yield "instance", ["one", block]
        yield "almost_server", [block]
    yield "instance", [1, server()]
    for value in (None, "text", 5, True):
        yield "instance_of_value", [value]
        yield "almost_server_value", [value]
    for ref in refs():
        yield "server_ref", [ref]
    for dataset in datasets():
        yield "model", ["DatasetConfig", dataset]
    for dataset in benchmarks():
        yield "model", ["BenchmarkDatasetConfig", dataset]
    for name, arguments in commands():
        yield "model", [name, arguments]
    for settings in wandb_settings():
        yield "wandb", [settings]
    for kind in ("config", "metadata"):
        for provider, named in sandboxes():
            yield f"sandbox_{kind}", [provider, named]


def server_blocks() -> Iterator[dict[str, Any]]:
    """Yield blocks with the right levels and with valid or invalid fields."""
    for server_type in (MODELS, RESOURCES, AGENTS):
        yield server(server_type)
        yield server(server_type, domain=...)
        yield server(server_type, domain="maths")
        yield server(server_type, domain=None)
    for domain in DOMAINS:
        yield server(domain=domain)
    for domain in ("Math", "MATH", "", " math", 5, True, ["math"], "${domain}", "???"):
        yield server(domain=domain)
    for entrypoint in (..., None, 5, "", ["app.py"], {"file": "app.py"}, "${entry}", "???", True):
        yield server(entrypoint=entrypoint)
    for port in (8000, "8000", "8,000", 80.0, 80.5, "80.0", True, None, "", "${port}", -1, 99999999, [1]):
        yield server(port=port)
    for workers in (1, "2", "two", None, -3, 2.5):
        yield server(num_workers=workers)
    for host in ("0.0.0.0", None, 5, "${host}"):
        yield server(host=host)
    yield server(MODELS, own_field={"deep": [1, 2]}, other=None)
    for listed in values([], None, {}, "text", ["text"], [None], [[]]):
        yield server(AGENTS, datasets=listed)
    yield server(AGENTS, datasets=[TRAIN, EXAMPLE, BENCHMARK])
    yield server(AGENTS, datasets=[changed(TRAIN, license=...)])
    yield server(AGENTS, datasets=[EXAMPLE, changed(BENCHMARK, prepare_script=...)])
    yield server(AGENTS, datasets=[changed(BENCHMARK, prompt_config=...)])
    yield server(AGENTS, datasets=[changed(TRAIN, gitlab_identifier=GITLAB)])
    yield server(AGENTS, datasets=[changed(TRAIN, type="test")])
    yield server(RESOURCES, datasets=[TRAIN])
    yield server(AGENTS, datasets=[changed(TRAIN, num_repeats="${repeats}")])


def misshapen_blocks() -> Iterator[dict[str, Any]]:
    """Yield blocks with levels or keys in unusual places, wrong or not."""
    fields = {"entrypoint": "app.py", "domain": "math"}
    yield {}
    yield {RESOURCES: fields}
    yield {"impl": fields}
    yield {"resource_servers": {"impl": fields}}
    yield {"environment_servers": {"impl": fields}}
    for group in values(None, {}, [], "text", "${other}", "???", [{"impl": fields}]):
        yield {RESOURCES: group}
    for impl in values(None, {}, [], "text", "${other}", "???"):
        yield {RESOURCES: {"impl": impl}}
    yield {RESOURCES: {"impl": {"impl": fields}}}
    yield {RESOURCES: {"a": fields, "b": fields}}
    yield {RESOURCES: {"a": fields, "b": None}}
    yield {RESOURCES: {"a": fields, "_delete_key": "b"}}
    yield {RESOURCES: {"impl": fields}, AGENTS: {"impl": fields}}
    yield {AGENTS: {"impl": fields}, MODELS: {"impl": fields}}
    yield {RESOURCES: {"impl": {"entrypoint": "app.py"}}, AGENTS: {"impl": fields}}
    yield {RESOURCES: {"impl": {"domain": "math"}}, AGENTS: {"impl": {"entrypoint": 5}}}
    yield {"note": "first", RESOURCES: {"impl": fields}}
    yield {RESOURCES: {"impl": fields}, "entrypoint": "app.py"}
    yield {RESOURCES: {"impl": fields}, "name": "two"}
    yield {RESOURCES: {"impl": fields}, "name": 5}
    yield {RESOURCES: {"impl": fields}, "datasets": 5}


def refs() -> Iterator[Any]:
    for server_type in (MODELS, RESOURCES, AGENTS, "environment_servers", "resource_servers", "", None, 5, ["x"]):
        yield {"type": server_type, "name": "one"}
    for name in ("", None, 5, ["one"], "${name}", "???"):
        yield {"type": RESOURCES, "name": name}
    yield {"type": AGENTS, "name": "one", "more": True}
    yield {"type": AGENTS}
    yield {"name": "one"}
    yield from ({}, [], "text", None, 5, [{"type": AGENTS, "name": "one"}])


def datasets() -> Iterator[dict[str, Any]]:
    yield from ({}, TRAIN, EXAMPLE, BENCHMARK)
    for license in [*LICENSES, "Apache-2.0", "mit", "", None, 5, ...]:
        yield changed(TRAIN, license=license)
    for type in ("validation", "example", "test", "Train", None, ...):
        yield changed(TRAIN, type=type)
        yield changed(TRAIN, type=type, license=...)
    for repeats in (1, 8, "8", 8.0, 2.5, 0, -1, None, True, False, "many", "${n}"):
        yield changed(TRAIN, num_repeats=repeats)
    for key in ("name", "jsonl_fpath"):
        for value in (..., None, 5, "", ["x"]):
            yield changed(TRAIN, **{key: value})
    for source in values(
        {"type": "gitlab", **GITLAB},
        {"type": "huggingface", **HUB},
        {"type": "huggingface", "repo_id": "acme/sums"},
        {"type": "gitlab", **HUB},
        {"type": "huggingface", **GITLAB},
        {"type": "gitlab", **changed(GITLAB, version=1.0)},
        {"type": "s3", **GITLAB},
        {"type": None},
        GITLAB,
        {},
        [],
        "gitlab",
        None,
    ):
        yield changed(TRAIN, source=source)
    for identifiers in values(
        {"gitlab_identifier": GITLAB},
        {"huggingface_identifier": HUB},
        {"huggingface_identifier": {"repo_id": "acme/sums"}},
        {"gitlab_identifier": GITLAB, "huggingface_identifier": HUB},
        {"gitlab_identifier": changed(GITLAB, version=...)},
        {"gitlab_identifier": None},
        {"gitlab_identifier": "sums"},
    ):
        yield TRAIN | identifiers
        yield TRAIN | identifiers | {"source": {"type": "gitlab", **GITLAB}}
        yield TRAIN | identifiers | {"source": {"type": "huggingface", **HUB}}
    yield changed(TRAIN, unknown=1, prompt_config="p.yaml")


def benchmarks() -> Iterator[dict[str, Any]]:
    yield from (BENCHMARK, TRAIN, changed(BENCHMARK, license="MIT", agent="one"))
    for key in ("name", "type", "jsonl_fpath", "prepare_script", "prompt_config", "num_repeats"):
        for value in (..., None, "x", 5, 0, ["x"]):
            yield changed(BENCHMARK, **{key: value})


def commands() -> Iterator[tuple[str, dict[str, Any]]]:
    upload = {
        "hf_token": "t",
        "hf_organization": "acme",
        "hf_collection_name": "sets",
        "hf_collection_slug": "abc123",
        "input_jsonl_fpath": "data/sums.jsonl",
        "resource_config_path": "sums.yaml",
    }
    gitlab_upload = {"dataset_name": "sums", "version": "1.0.0", "input_jsonl_fpath": "data/sums.jsonl"}
    for name, arguments in (
        ("BaseNeMoGymCLIConfig", {}),
        ("UploadJsonlDatasetGitlabConfig", gitlab_upload),
        ("DownloadJsonlDatasetGitlabConfig", GITLAB | {"output_fpath": "data/sums.jsonl"}),
        ("DeleteJsonlDatasetGitlabConfig", {"dataset_name": "sums"}),
        ("BaseUploadJsonlDatasetHuggingFaceConfig", upload),
        ("UploadJsonlDatasetHuggingFaceConfig", upload),
        ("UploadJsonlDatasetHuggingFaceMaybeDeleteConfig", upload),
    ):
        yield name, arguments
        yield name, {}
        yield name, arguments | {"unknown": 1, "h": False, "help": None}
        for key in arguments:
            yield name, arguments | {key: 5}
        for more in (
            {"delete_from_gitlab": True},
            {"delete_from_gitlab": None},
            {"delete_from_gitlab": "maybe"},
            {"split": "test", "create_pr": "yes"},
            {"split": "dev", "create_pr": "perhaps"},
        ):
            yield name, arguments | more
    folder, file = {"output_dirpath": "data"}, {"output_fpath": "data/x.jsonl"}
    split, artifact = {"split": "train"}, {"artifact_fpath": "x.jsonl"}
    for place in values({}, folder, file, {"output_dirpath": "", "output_fpath": ""}, folder | file):
        for thing in values({}, split, artifact, split | artifact, {"split": "dev"}, {"repo_id": None}):
            yield "DownloadJsonlDatasetHuggingFaceConfig", {"repo_id": "acme/sums"} | place | thing
    yield "AggregateMetricsRequest", {"verify_responses": [{"reward": 1.0}]}
    yield "AggregateMetricsRequest", {"verify_responses": {}}
    yield "AggregateMetrics", {}
    yield "AggregateMetrics", {"key_metrics": {"mean": 1}, "group_level_metrics": [{"a": 1}], "agent_metrics": {}}


def wandb_settings() -> Iterator[dict[str, Any]]:
    complete = {"wandb_project": "p", "wandb_name": "n", "wandb_api_key": "k"}
    yield from (complete, {}, complete | {"wandb_api_key": "****"})
    for key in complete:
        yield complete | {key: None}
        yield complete | {key: ""}
        yield complete | {key: 5}


def sandboxes() -> Iterator[tuple[Any, Any]]:
    docker = {"docker": {"create": {"image": "${image}"}}}
    named: dict[str, Any] = {
        "image": "plain",
        "sandbox": docker | {"default_metadata": {"team": "tools"}},
        "bare": docker,
        "two": {"docker": {}, "apptainer": {}},
        "none": {"default_metadata": {"team": "tools"}},
        "empty": {},
        "null": None,
        "text": "docker",
        "list": ["docker"],
        "null_provider": {"docker": None},
        "null_metadata": docker | {"default_metadata": None},
        "text_metadata": docker | {"default_metadata": "team"},
        "list_metadata": docker | {"default_metadata": ["team"]},
        "empty_list_metadata": docker | {"default_metadata": []},
    }
    for name in [*named, "nope", ""]:
        yield name, named
    for provider in ("sandbox", ""):
        yield provider, None
        yield provider, {}
    for inline in values(docker, named["sandbox"], named["two"], named["none"], {}, 5, None, ["docker"], True):
        yield inline, None
        yield inline, named
