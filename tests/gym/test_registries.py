"""The registries and the catalog on small trees: what they list, and what must not make them fail."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath

import pytest

from gym_lsp.gym.agent_registry import AgentEntry, discover_agents
from gym_lsp.gym.catalog import Catalog, CatalogEntry, InvalidManifest, discover_catalog
from gym_lsp.gym.manifest import Fault, ManifestProblem
from gym_lsp.gym.model_registry import ModelEntry, discover_models
from gym_lsp.gym.registry import EnvironmentEntry, discover_environments
from gym_lsp.gym.resources_server_registry import ResourcesServerEntry, discover_resources_servers
from tests.memory import Memory

GYM, MINE = Path("/gym"), Path("/mine")
AGENT = "agent: {responses_api_agents: {impl: {entrypoint: app.py, "
SERVER = "server: {resources_servers: {impl: {domain: math, description: Adds.}}}\n"
BENCHMARK = "a: {responses_api_agents: {b: {datasets: [{type: benchmark}]}}}\n"
MANIFEST = """\
name: sums
version: "1.0"
kind: environment
integration_profile: custom-gym-agent-loop
domain: math
description: " Adds numbers. "
modality: text
authors: [ada]
reward: {range: [0, 1], higher_is_better: true}
resources_server:
agent_server: sums_agent
model_server: policy_model
datasets: [{name: rows, type: example, jsonl_fpath: rows.jsonl}]
"""


def tree(texts: Mapping[str, str], root: Path = GYM) -> Memory:
    return Memory({PurePath(root / path): text for path, text in texts.items()})


def environments(texts: Mapping[str, str]) -> dict[str, EnvironmentEntry]:
    return discover_environments(GYM / "environments", files=tree(texts))


def agents(texts: Mapping[str, str]) -> dict[str, AgentEntry]:
    return discover_agents(GYM / "responses_api_agents", files=tree(texts))


def catalog(*texts: Mapping[str, str]) -> Catalog:
    """Return the catalog of several roots, one for each tree."""
    roots = [Path(f"/root{index}") for index in range(len(texts))]
    files = Memory(
        {PurePath(root / path): text for root, each in zip(roots, texts, strict=True) for path, text in each.items()}
    )
    return discover_catalog(roots, files=files)


# Environments


def test_an_environment_is_a_folder_with_a_config() -> None:
    found = environments(
        {
            "environments/sums/config.yaml": SERVER,
            "environments/other/configs/other.yaml": SERVER,
            "environments/config.yaml": SERVER,
            "environments/deep/er/config.yaml": SERVER,
            "environments/named/config.yml": SERVER,
            "environments/z/config.yaml": "",
        }
    )
    folder = GYM / "environments" / "sums"
    assert list(found) == ["sums", "z"]
    assert found["sums"] == EnvironmentEntry("sums", folder / "config.yaml", folder, "Adds.", "math")


@pytest.mark.parametrize(
    ("text", "metadata"),
    [
        (SERVER, ("Adds.", "math")),
        ("a: {resources_servers: {b: {domain: math}}}", (None, "math")),
        ("a: {resources_servers: {b: {domain: 5, description: [x]}}}", (None, None)),
        ("a: {resources_servers: {b: {domain: '${d}', description: '???'}}}", ("???", "${d}")),
        ("a: {resources_servers: {b: null, c: {domain: games}}}", (None, "games")),
        ("a: {resources_servers: {b: {}}}\n" + SERVER, (None, None)),
        ("a: {resources_servers: [b]}\n" + SERVER, ("Adds.", "math")),
        ("a: 5\nb: [1]\n" + SERVER, ("Adds.", "math")),
        ("a: {responses_api_agents: {b: {domain: math, description: x}}}", (None, None)),
        ("x: &x {domain: math}\na: {resources_servers: {b: {<<: *x, description: y}}}", ("y", "math")),
        ("x: &x {domain: math}\na: {resources_servers: {b: {domain: games, <<: [*x]}}}", (None, "games")),
        ("x: [&x {domain: math}, &y {domain: games}]\na: {resources_servers: {b: {<<: [*x, *y]}}}", (None, "math")),
        ("", (None, None)),
        ("- a", (None, None)),
        ("text", (None, None)),
        (SERVER + "a: [", (None, None)),
        (SERVER + "a: 1\na: 2\n", (None, None)),
        (SERVER + "---\n", (None, None)),
        (SERVER + "x: ['${a']", (None, None)),
        (SERVER + "x: '\\${a'\n'${b': '${oc.env:X, c}'", ("Adds.", "math")),
    ],
)
def test_metadata_is_that_of_the_first_resources_server(text: str, metadata: tuple[str | None, str | None]) -> None:
    [entry] = environments({"environments/e/config.yaml": text}).values()
    assert (entry.description, entry.domain) == metadata


def test_what_cannot_be_read_is_still_an_environment(tmp_path: Path) -> None:
    for name, data in (("latin", b"a: \xe9"), ("nul", b"a: \x00"), ("cut", b"a: {b: [")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_bytes(data)
    (tmp_path / "folder" / "config.yaml").mkdir(parents=True)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    found = discover_environments(tmp_path)
    assert list(found) == ["cut", "latin", "nul"]
    assert {(entry.description, entry.domain) for entry in found.values()} == {(None, None)}


@pytest.mark.parametrize("discover", [discover_environments, discover_agents])
def test_a_missing_folder_is_empty(tmp_path: Path, discover: object) -> None:
    assert callable(discover)
    assert discover(tmp_path / "nope") == {}
    (tmp_path / "file").write_text("")
    assert discover(tmp_path / "file") == {}


# Agents


@pytest.mark.parametrize(
    ("configs", "self_contained"),
    [
        ([], False),
        (["resources_server: x}}}"], False),
        (["resources_server: null}}}"], False),
        (["x: 1}}}"], True),
        (["resources_server: x, agent_framework: y}}}"], True),
        (["resources_server: x, anthropic_api_key: y}}}"], True),
        (["resources_server: x}}}", "agent_framework: y}}}"], True),
        (["resources_server: x}}}", "model_server: y}}}"], False),
    ],
)
def test_self_contained(configs: list[str], self_contained: bool) -> None:
    texts = {f"responses_api_agents/a/configs/{index}.yaml": AGENT + text for index, text in enumerate(configs)}
    [agent] = agents({"responses_api_agents/a/app.py": "", **texts}).values()
    assert agent.self_contained is self_contained
    assert list(agent.variants) == [str(index) for index in range(len(configs))]


def test_an_empty_block_is_an_agent_without_resources_server() -> None:
    [agent] = agents({"responses_api_agents/a/configs/a.yaml": "x: {responses_api_agents: {a: {}}}"}).values()
    assert agent.self_contained
    assert list(agent.variants) == ["a"]


def test_only_agent_configs_are_variants() -> None:
    folder = "responses_api_agents/a/configs"
    found = agents(
        {
            f"{folder}/b.yaml": AGENT + "description: second}}}",
            f"{folder}/a.x.yaml": AGENT + "description: 5}}}",
            f"{folder}/model.yaml": "m: {responses_api_models: {m: {}}}",
            f"{folder}/prompt.yaml": "user: text",
            f"{folder}/broken.yaml": AGENT,
            f"{folder}/empty.yaml": "",
            f"{folder}/null.yaml": "a: {responses_api_agents: {a: null}}",
            f"{folder}/deep/c.yaml": AGENT + "}}}",
            f"{folder}/d.yml": AGENT + "}}}",
        }
    )
    configs = GYM / folder
    assert found["a"].variants == {"a.x": configs / "a.x.yaml", "b": configs / "b.yaml"}
    assert found["a"].description == "second"


def test_an_agent_has_an_app_or_a_config() -> None:
    found = agents(
        {
            "responses_api_agents/app/app.py": "",
            "responses_api_agents/config/configs/x.yaml": AGENT + "}}}",
            "responses_api_agents/neither/configs/x.yaml": "a: 1",
            "responses_api_agents/neither/README.md": "",
            "responses_api_agents/folder/app.py/x": "",
            "responses_api_agents/file.yaml": AGENT + "}}}",
        }
    )
    assert list(found) == ["app", "config"]
    assert found["app"] == AgentEntry("app", GYM / "responses_api_agents" / "app", (), False)


def test_an_agent_can_be_a_key() -> None:
    agent = AgentEntry("a", Path("a"), (Path("a/x.yaml"),), True)
    assert {agent: 1}[AgentEntry("a", Path("a"), (Path("a/x.yaml"),), True)] == 1


# Models and resources servers


def test_models_are_named_after_their_files_which_are_not_read() -> None:
    files = tree(
        {
            "responses_api_models/vllm/configs/vllm.yaml": "{",
            "responses_api_models/vllm/configs/fast.yaml": "",
            "responses_api_models/vllm/configs/deep/x.yaml": "",
            "responses_api_models/vllm/configs/x.json": "",
            "responses_api_models/bare/app.py": "",
        }
    )
    configs = GYM / "responses_api_models" / "vllm" / "configs"
    assert discover_models([GYM], files=files) == {
        "vllm/fast": ModelEntry("vllm/fast", "vllm", configs / "fast.yaml"),
        "vllm": ModelEntry("vllm", "vllm", configs / "vllm.yaml"),
    }


def test_resources_servers_are_found_by_what_they_hold() -> None:
    files = tree(
        {
            "resources_servers/sums/configs/sums.yaml": SERVER,
            "resources_servers/sums/configs/hard.yaml": "a: {resources_servers: {}}",
            "resources_servers/sums/configs/judge.yaml": "a: {responses_api_models: {m: {}}}",
            "resources_servers/sums/configs/broken.yaml": SERVER + "a: [",
        }
    )
    folder = GYM / "resources_servers" / "sums"
    configs = folder / "configs"
    assert discover_resources_servers([GYM], files=files) == {
        "sums": ResourcesServerEntry("sums", configs / "sums.yaml", folder, "Adds.", "math"),
        "sums/hard": ResourcesServerEntry("sums/hard", configs / "hard.yaml", folder),
    }


def test_the_earlier_root_wins() -> None:
    name = "responses_api_models/vllm/configs/vllm.yaml"
    files = Memory({PurePath(root / name): "" for root in (GYM, MINE)})
    assert discover_models([MINE, GYM], files=files)["vllm"].config_path == MINE / name
    assert discover_models([GYM, MINE], files=files)["vllm"].config_path == GYM / name


def test_metadata_that_a_config_lacks_comes_from_its_composition() -> None:
    files = tree(
        {
            "resources_servers/a/configs/a.yaml": "a: {resources_servers: {b: {domain: math}}}",
            "resources_servers/b/configs/b.yaml": SERVER,
        }
    )
    composed: list[PurePath] = []

    def compose(path: PurePath) -> object:
        composed.append(path)
        return {"x": {"responses_api_agents": {"y": {"domain": "games", "description": "Inherited."}}}}

    found = discover_resources_servers([GYM], files=files, compose=compose)
    assert composed == [GYM / "resources_servers" / "a" / "configs" / "a.yaml"]
    assert (found["a"].domain, found["a"].description) == ("math", "Inherited.")


# The catalog


def test_a_manifest_describes_its_config() -> None:
    found = catalog({"environments/sums/manifest.yaml": MANIFEST, "environments/sums/config.yaml": "a: 1"})
    folder = Path("/root0/environments/sums")
    assert found == Catalog(
        (
            CatalogEntry(
                "sums",
                "environment",
                folder / "config.yaml",
                folder,
                "Adds numbers.",
                "math",
                "experimental",
                None,
                folder / "manifest.yaml",
                "1.0",
                "custom-gym-agent-loop",
                "text",
                "unknown",
                "active",
            ),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("", "experimental"),
        ("experimental: true", "experimental"),
        ("experimental: no", None),
        ('experimental: "0"', None),
    ],
)
def test_status(line: str, status: str | None) -> None:
    found = catalog({"environments/sums/manifest.yaml": MANIFEST + line, "environments/sums/config.yaml": "a: 1"})
    assert [entry.status for entry in found.entries] == [status]


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        (MANIFEST + "domian: math", ManifestProblem(Fault.UNKNOWN_KEY, ("domian",))),
        (MANIFEST.replace("name: sums", "name: sum", 1), ManifestProblem(Fault.OUT_OF_PLACE, ("name",), "sums")),
        ("- a", ManifestProblem(Fault.NOT_A_MAPPING, ())),
    ],
)
def test_an_invalid_manifest_is_reported_and_its_config_listed(manifest: str, problem: ManifestProblem) -> None:
    found = catalog({"environments/sums/manifest.yaml": manifest, "environments/sums/config.yaml": SERVER})
    assert [(entry.name, entry.domain, entry.status) for entry in found.entries] == [("sums", "math", "no-manifest")]
    assert found.invalid_manifests == (InvalidManifest(Path("/root0/environments/sums/manifest.yaml"), (problem,)),)


def test_a_manifest_that_cannot_be_parsed_is_reported() -> None:
    [invalid] = catalog({"environments/sums/manifest.yaml": "name: ["}).invalid_manifests
    assert invalid.problems == ()
    assert invalid.reason


def test_a_retired_environment_is_not_listed() -> None:
    texts = {
        "environments/old/.nemo_gym_tombstone": "",
        "environments/old/config.yaml": SERVER,
        "environments/old/deep/manifest.yaml": "name: [",
        "benchmarks/old/.nemo_gym_tombstone": "",
        "benchmarks/old/config.yaml": BENCHMARK,
    }
    found = catalog(texts)
    assert [(entry.kind, entry.name) for entry in found.entries] == [("benchmark", "old")]
    assert found.invalid_manifests == ()


@pytest.mark.parametrize(
    ("text", "is_listed"),
    [
        (BENCHMARK, True),
        ("a: {b: {type: benchmark}}", True),
        ("a: {b: {type: train}}", False),
        (BENCHMARK + BENCHMARK.replace("a:", "b:", 1), False),
        ("a: [[{type: benchmark}]]", True),
        (BENCHMARK + "c: 1\nc: 2\n", True),
        (BENCHMARK + "c: [", True),
        ("c: [", True),
        ("", False),
    ],
)
def test_a_benchmark_has_one_benchmark_dataset(text: str, is_listed: bool) -> None:
    assert bool(catalog({"benchmarks/b/config.yaml": text}).entries) is is_listed


def test_benchmarks_are_named_after_their_files() -> None:
    names = ("a/config.yaml", "a/hard.yaml", "a/b/config.yaml", "c.yaml", ".d/config.yaml", "a/manifest.yaml")
    found = catalog({f"benchmarks/{name}": BENCHMARK for name in names})
    assert [entry.name for entry in found.entries] == ["a", "a/b/config", "a/hard", "c"]


def test_a_config_beside_a_resources_server_that_could_be_run() -> None:
    runnable = SERVER + "a: {responses_api_agents: {b: {datasets: [{type: train}]}}}"
    found = catalog(
        {
            "resources_servers/sums/configs/sums.yaml": runnable,
            "resources_servers/sums/configs/exam.yaml": SERVER + BENCHMARK,
            "resources_servers/sums/configs/alone.yaml": SERVER,
            "resources_servers/sums/configs/agent.yaml": BENCHMARK,
            "resources_servers/sums/configs/taken.yaml": runnable,
            "environments/taken/config.yaml": "",
        }
    )
    listed = [(entry.name, entry.kind, entry.resources_server_selector) for entry in found.entries]
    assert listed == [
        ("resources_servers/sums", "environment", "sums"),
        ("resources_servers/sums/exam", "benchmark", "sums/exam"),
        ("taken", "environment", None),
    ]


def test_the_catalog_of_several_roots() -> None:
    first = {"environments/a/config.yaml": SERVER, "environments/sums/config.yaml": ""}
    second = {
        "environments/a/config.yaml": "",
        "environments/B/config.yaml": "",
        "environments/sums/config.yaml": "",
        "environments/sums/manifest.yaml": "name: [",
    }
    found = catalog(first, second)
    places = [entry.config_path.relative_to("/").as_posix() for entry in found.entries]
    names = ("root0/environments/a", "root1/environments/B", "root0/environments/sums")
    assert places == [f"{name}/config.yaml" for name in names]
    assert found.invalid_manifests == ()
