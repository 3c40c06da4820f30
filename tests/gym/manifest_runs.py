"""Small catalogs, each a manifest with its config and files, valid or with one mistake. Only data.

For `record_manifests.py`, which has NeMo Gym validate each of them, and the test that replays its verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.gym.manifests import MANIFEST

Files = dict[str, str]
EXAMPLE = {"name": "rows", "type": "example", "jsonl_fpath": "environments/sums/rows.jsonl"}
EXAM = {
    "name": "exam",
    "type": "benchmark",
    "jsonl_fpath": "benchmarks/sums/exam.jsonl",
    "prepare_script": "benchmarks/sums/prepare.py",
    "prompt_config": "benchmarks/sums/prompt.yaml",
}
ROW = '{"question": "1 + 1", "responses_create_params": {}}\n'
READY = '{"responses_create_params": {"input": "1 + 1"}}\n'
BESIDE = {
    "environments/sums/rows.jsonl": READY,
    "environments/sums/others.jsonl": READY,
    "benchmarks/sums/exam.jsonl": ROW,
    "benchmarks/sums/prepare.py": "def prepare():\n    pass\n",
    "benchmarks/sums/prompt.yaml": 'user: "{question}"\n',
    "benchmarks/sums/other.yaml": 'user: "{question}!"\n',
    "sums_driver.py": "def run():\n    pass\n",
}
RESOURCES: dict[str, Any] = {"entrypoint": "app.py", "domain": "math"}
AGENT: dict[str, Any] = {
    "entrypoint": "app.py",
    "resources_server": {"type": "resources_servers", "name": "sums"},
    "model_server": {"type": "responses_api_models", "name": "policy_model"},
}


def config(resources: dict[str, Any], agent: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "sums": {"resources_servers": {"sums": RESOURCES | resources}},
        "sums_agent": {"responses_api_agents": {"sums_agent": AGENT | agent}},
        **more,
    }


def catalog(
    manifest: dict[str, Any], config: dict[str, Any], files: dict[str, str | None] | None = None, /, **changes: Any
) -> Files:
    """Return the files of a catalog. A key that changes to `...` is not in the manifest, and a None file is absent."""
    changed = {key: value for key, value in (manifest | changes).items() if value is not ...}
    folder = f"{changed['kind']}s/sums"
    listed: dict[str, str | None] = {
        f"{folder}/manifest.yaml": json.dumps(changed, indent=1) + "\n",
        f"{folder}/config.yaml": json.dumps(config, indent=1) + "\n",
        **BESIDE,
        **(files or {}),
    }
    return {path: text for path, text in listed.items() if text is not None}


ENVIRONMENT: dict[str, Any] = MANIFEST | {"datasets": [EXAMPLE]}
BENCHMARK: dict[str, Any] = MANIFEST | {
    "kind": "benchmark",
    "canonical_split": "test",
    "standard_prompt_config": EXAM["prompt_config"],
    "datasets": [EXAM],
}
PLAIN = config({"datasets": [EXAMPLE]}, {})
EXAMINED = config({}, {"datasets": [EXAM]})
OTHERS = {"name": "others", "type": "example", "jsonl_fpath": "environments/sums/others.jsonl"}


def catalogs() -> Iterator[tuple[str, Files]]:
    """Yield the name and the files of each catalog, in the order of the recorded data."""
    yield "an environment", catalog(ENVIRONMENT, PLAIN)
    yield "a benchmark", catalog(BENCHMARK, EXAMINED)
    yield from texts()
    yield from datasets()
    yield from owners()
    yield from agents()
    yield from prompts()
    yield from programs()


def texts() -> Iterator[tuple[str, Files]]:
    for key in ("resources_server", "agent_server", "model_server"):
        yield f"another {key}", catalog(ENVIRONMENT, PLAIN, **{key: "other"})
    yield "blanks around a name", catalog(ENVIRONMENT, PLAIN, agent_server=" sums_agent ")
    loop = {"integration_profile": "external-agent-loop"}
    yield "no model server", catalog(ENVIRONMENT, PLAIN, **loop, model_server=...)
    yield "a null model server", catalog(ENVIRONMENT, PLAIN, **loop, model_server=None)
    alone = config({}, {"datasets": [EXAMPLE], "resources_server": None})
    yield "a resources server that the config lacks", catalog(ENVIRONMENT, alone, **loop)
    yield "no resources server", catalog(ENVIRONMENT, alone, **loop, resources_server=None)
    modeless = config({"datasets": [EXAMPLE]}, {"model_server": None})
    yield "a model server that the config lacks", catalog(ENVIRONMENT, modeless, **loop)
    yield "no model server at all", catalog(ENVIRONMENT, modeless, **loop, model_server=...)
    graded = config({"datasets": [EXAMPLE], "grading_mode": "strict"}, {})
    yield "no grading mode", catalog(ENVIRONMENT, graded)
    yield "the grading mode", catalog(ENVIRONMENT, graded, grading_mode="strict")
    yield "another grading mode", catalog(ENVIRONMENT, graded, grading_mode="lax")
    yield "a grading mode that the config lacks", catalog(ENVIRONMENT, PLAIN, grading_mode="lax")
    named = config({"datasets": [EXAMPLE], "grading_mode": "${mode}"}, {}, mode="strict")
    yield "an interpolated grading mode", catalog(ENVIRONMENT, named, grading_mode="strict")
    numbered = config({"datasets": [EXAMPLE], "grading_mode": 1}, {})
    yield "a grading mode that is a number", catalog(ENVIRONMENT, numbered, grading_mode="1")


def datasets() -> Iterator[tuple[str, Files]]:
    for key, value in (("name", "other"), ("type", "train"), ("jsonl_fpath", "other.jsonl"), ("num_repeats", 2)):
        yield f"a dataset with another {key}", catalog(ENVIRONMENT, PLAIN, datasets=[EXAMPLE | {key: value}])
    yield "the default of repeats spelled out", catalog(ENVIRONMENT, PLAIN, datasets=[EXAMPLE | {"num_repeats": "1"}])
    repeated = config({"datasets": [EXAMPLE | {"num_repeats": 4}]}, {})
    yield "repeats that the manifest lacks", catalog(ENVIRONMENT, repeated)
    yield "a dataset too much", catalog(ENVIRONMENT, PLAIN, datasets=[EXAMPLE, OTHERS])
    two = config({"datasets": [EXAMPLE, OTHERS]}, {})
    yield "a dataset too few", catalog(ENVIRONMENT, two)
    yield "datasets in another order", catalog(ENVIRONMENT, two, datasets=[OTHERS, EXAMPLE])
    yield "both datasets", catalog(ENVIRONMENT, two, datasets=[EXAMPLE, OTHERS])
    unread = config({"datasets": [EXAMPLE | {"prompt_config": "p.yaml"}]}, {})
    yield "a prompt that the dataset's model drops", catalog(ENVIRONMENT, unread)
    roundabout = config({}, {"datasets": [EXAM | {"jsonl_fpath": "./benchmarks//sums/exam.jsonl"}]})
    yield "a roundabout path of a benchmark", catalog(BENCHMARK, roundabout)
    roundabout = config({"datasets": [EXAMPLE | {"jsonl_fpath": "./environments//sums/rows.jsonl"}]}, {})
    yield "a roundabout path of an example", catalog(ENVIRONMENT, roundabout)
    path = "${folder}/rows.jsonl"
    computed = config({"datasets": [EXAMPLE | {"jsonl_fpath": path}]}, {}, folder="environments/sums")
    yield "a computed path", catalog(ENVIRONMENT, computed)
    prepared = config({"datasets": [EXAMPLE | {"prepare_script": "prepare.py"}]}, {})
    yield "a script that the manifest lacks", catalog(ENVIRONMENT, prepared)


def owners() -> Iterator[tuple[str, Files]]:
    bare = config({}, {})
    yield "no datasets", catalog(ENVIRONMENT, bare)
    both = config({"datasets": [EXAMPLE]}, {"datasets": [OTHERS]})
    yield "datasets on a resources server and an agent", catalog(ENVIRONMENT, both)
    yield "the agent as the owner", catalog(ENVIRONMENT, both, dataset_owner="sums_agent", datasets=[OTHERS])
    yield "an owner without datasets", catalog(ENVIRONMENT, PLAIN, dataset_owner="sums_agent")
    yield "an owner that is not there", catalog(ENVIRONMENT, PLAIN, dataset_owner="nobody")
    second = {"resources_servers": {"products": RESOURCES | {"datasets": [OTHERS]}}}
    several = config({"datasets": [EXAMPLE]}, {}, products=second)
    yield "datasets on two resources servers", catalog(ENVIRONMENT, several)
    yield "the owner named", catalog(ENVIRONMENT, several, dataset_owner="sums")
    yield "an owner that no agent uses", catalog(ENVIRONMENT, several, dataset_owner="products")
    agents = config({}, {"datasets": [EXAMPLE]})
    agents["other_agent"] = {"responses_api_agents": {"other": AGENT | {"datasets": [OTHERS]}}}
    yield "datasets on two agents", catalog(ENVIRONMENT, agents)


def agents() -> Iterator[tuple[str, Files]]:
    unused = config({"datasets": [EXAMPLE]}, {"resources_server": None})
    yield "no agent", catalog(ENVIRONMENT, unused)
    several = config({"datasets": [EXAMPLE]}, {})
    several["other_agent"] = {"responses_api_agents": {"other": AGENT}}
    yield "several agents", catalog(ENVIRONMENT, several)
    for pin in ("sums_agent", "other_agent", "nobody"):
        pinned = deepcopy(several)
        pinned["sums"]["resources_servers"]["sums"]["datasets"] = [EXAM | {"agent": pin}]
        yield f"several agents, {pin} named", catalog(BENCHMARK, pinned)
    pinned = deepcopy(several)
    pins = [EXAM | {"agent": "sums_agent"}, EXAM | {"name": "exam_2", "agent": "other_agent"}]
    pinned["sums"]["resources_servers"]["sums"]["datasets"] = pins
    yield "two agents named", catalog(BENCHMARK, pinned, datasets=[EXAM, EXAM | {"name": "exam_2"}])
    foreign = config({}, {"datasets": [EXAM | {"agent": "nobody"}]})
    yield "an agent that names another one", catalog(BENCHMARK, foreign)


def prompts() -> Iterator[tuple[str, Files]]:
    yield "another standard prompt", catalog(BENCHMARK, EXAMINED, standard_prompt_config="benchmarks/sums/other.yaml")
    promptless = {key: value for key, value in EXAM.items() if key != "prompt_config"}
    unnamed = config({}, {"datasets": [promptless]})
    yield "a standard prompt alone", catalog(BENCHMARK, unnamed, datasets=[promptless])
    gone = {"standard_prompt_config": "benchmarks/sums/gone.yaml"}
    yield "a standard prompt that is not there", catalog(BENCHMARK, unnamed, datasets=[promptless], **gone)
    taken = {"prompt_source": "agent", "datasets": [promptless]}
    ready: dict[str, str | None] = {"benchmarks/sums/exam.jsonl": READY}
    yield "a prompt of the agent", catalog(BENCHMARK, unnamed, ready, **taken)
    yield "a prompt of the agent that is not there", catalog(BENCHMARK, unnamed, ready, **taken, **gone)
    prepared = {"prompt_source": "prepared", "standard_prompt_config": ..., "datasets": [promptless]}
    yield "prepared prompts", catalog(BENCHMARK, unnamed, ready, **prepared)


def programs() -> Iterator[tuple[str, Files]]:
    script = "benchmarks/sums/prepare.py"
    for name, text in (
        ("a coroutine", "async def prepare():\n    pass\n"),
        ("an imported function", "from json import dumps as prepare\n"),
        ("an assigned function", "prepare = print\n"),
        ("a function in a branch", "if True:\n    def prepare():\n        pass\n"),
    ):
        yield f"{name} as prepare", catalog(BENCHMARK, EXAMINED, {script: text})
    driven = config({"datasets": [EXAMPLE]}, {}, rollout_collection_driver="sums_driver:run")
    external = {"integration_profile": "external-rollout-driver"}
    driver = external | {"rollout_driver": "sums_driver:run"}
    yield "a driver", catalog(ENVIRONMENT, driven, **driver)
    yield "another driver", catalog(ENVIRONMENT, driven, **external, rollout_driver="sums_driver:other")
    yield "a driver that the config lacks", catalog(ENVIRONMENT, PLAIN, **driver)
    yield "a driver without a module", catalog(ENVIRONMENT, driven, {"sums_driver.py": None}, **driver)
    yield "a driver without a function", catalog(ENVIRONMENT, driven, {"sums_driver.py": "runs = 1\n"}, **driver)
    coroutine: dict[str, str | None] = {"sums_driver.py": "async def run():\n    pass\n"}
    yield "a driver that is a coroutine", catalog(ENVIRONMENT, driven, coroutine, **driver)
    package: dict[str, str | None] = {"sums_driver.py": None, "sums_driver/__init__.py": BESIDE["sums_driver.py"]}
    yield "a driver that is a package", catalog(ENVIRONMENT, driven, package, **driver)
