"""Values of all kinds, for comparing which of them a type accepts."""

from __future__ import annotations

GITLAB = {"dataset_name": "d", "version": "1", "artifact_fpath": "a.jsonl"}
HUB = {"repo_id": "o/d"}
TRAIN = {"name": "d", "type": "train", "jsonl_fpath": "d.jsonl", "license": "MIT"}
BENCHMARK = {"name": "b", "type": "benchmark", "jsonl_fpath": "b.jsonl", "prepare_script": "p.py"}

PROBES: tuple[object, ...] = (  # pyright: ignore[reportUnknownVariableType]
    None, True, False, 0, 1, -1, 2, 5.0, 2.5, 0.0, -0.5, float("inf"), "", "a", " ", "1", "0", "-1", "2.5", "1.0",
    "1_0", "yes", "no", "TRUE", "maybe", "null", "nan", "???", "${x}", "/a/b.txt", "math", "coding", "other", "MATH",
    "train", "validation", "example", "benchmark", "gitlab", "huggingface", "MIT", "Apache 2.0", "apache-2.0", "TBD",
    "CC BY-NC 3.0", "GNU General Public License v3.0", "NVIDIA Internal Use Only, Do Not Distribute",
    [], ["a"], [1], [None], ["a", 1], [[]], {}, {"a": 1}, {"a": "b"}, {1: 2}, {"x": 1}, {"x": 1, "more": 2},
    GITLAB, {**GITLAB, "version": 1}, {**GITLAB, "type": "gitlab"}, {**GITLAB, "type": "huggingface"},
    {**GITLAB, "type": "gitlab", "version": 1.0}, {**GITLAB, "more": 1},
    HUB, {**HUB, "type": "huggingface"}, {**HUB, "type": "gitlab"}, {**HUB, "artifact_fpath": None},
    {"type": "huggingface", "repo_id": None},
    [TRAIN], [BENCHMARK], [TRAIN, BENCHMARK], [{**TRAIN, "more": 1}], [{**TRAIN, "num_repeats": 0}],
    [{**TRAIN, "num_repeats": "3"}], [{**TRAIN, "license": "apache-2.0"}], [{**TRAIN, "type": "training"}],
    [{**TRAIN, "taskset": ""}], [{**TRAIN, "prepare_dependencies": ["a"]}], [{**TRAIN, "prepare_dependencies": [1]}],
    [{**TRAIN, "source": {**GITLAB, "type": "gitlab"}}], [{**TRAIN, "source": {**GITLAB}}],
    [{"name": "d", "type": "example", "jsonl_fpath": "d.jsonl"}], [{"name": "d", "type": "example"}],
    [{**BENCHMARK, "prepare_script": None}], [{**BENCHMARK, "num_repeats": 1.0}], [{**BENCHMARK, "agent": 1}],
    [{**BENCHMARK, "prompt_config": "p.yaml"}], {"enabled": True}, {"enabled": "maybe"}, {"interval_seconds": 0},
    {"interval_seconds": "0.5"}, {"enabled": None},
)  # fmt: skip
