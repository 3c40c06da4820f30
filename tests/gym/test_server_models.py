"""The fields of servers, read from source, are those that pydantic has, recorded by `record_server_models.py`."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import Any

import pytest

from gym_lsp.files import Disk, Remembered
from gym_lsp.gym.fields import DictType, FieldType, ListType, Model, ModelType, UnionType, accepts
from gym_lsp.gym.server_class import ServerClass, ServerClasses
from tests.corpus import Corpus
from tests.gym.record_server_models import PROBES

DATA = Path(__file__).parent / "data"
RELEASES = ("0.4.0", "0.5.1", "0.6.0", "0.7.0")
NO_SERVERS = {
    ("resources_servers", "gymnasium", "base.py"),
    ("resources_servers", "sec_local_index", "local_edgar_search.py"),
}
"""Entrypoints in configs that do not start a server."""


def recorded(release: str, subject: str = "server-models") -> list[dict[str, Any]]:
    lines = (DATA / f"{subject}-{release}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def key_of(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["type"], row["implementation"], row["entrypoint"]


def classes(corpus: Corpus, release: str) -> ServerClasses:
    root = PurePath(corpus.release(release))
    return ServerClasses(Remembered(Disk()), (root,), root)


def ours(found: ServerClass | None) -> dict[str, Any]:
    model = None if found is None else found.config
    if found is None or model is None:
        return {}
    keys = {True: list[str](), False: list[str]()}
    for field in model.fields.values():
        keys[field.required].append(field.attribute or field.name)
    return {
        "class": found.name,
        "config": model.name,
        "extra": model.extra,
        "required": keys[True],
        "optional": keys[False],
    }


@pytest.mark.parametrize("release", RELEASES)
def test_fields_are_those_that_pydantic_has(corpus: Corpus, release: str) -> None:
    read = classes(corpus, release)
    rows = [row for row in recorded(release) if "failed" not in row]
    assert len(rows) > 120
    for row in rows:
        assert key_of(row) not in NO_SERVERS
        assert ours(read.find(*key_of(row))) == {
            key: row[key] for key in row if key not in ("type", "implementation", "entrypoint")
        }


@pytest.mark.parametrize("release", RELEASES)
def test_nearly_every_entrypoint_leads_to_a_class(corpus: Corpus, release: str) -> None:
    read = classes(corpus, release)
    without = {key_of(row) for row in recorded(release) if not ours(read.find(*key_of(row)))}
    assert without == {key_of(row) for row in recorded(release)} & NO_SERVERS


def nested_models(model: Model) -> dict[str, Model]:
    """Return the models in the fields of a model by their names, at any depth."""
    found: dict[str, Model] = {}
    waiting: list[FieldType] = [field.type for field in model.fields.values()]
    while waiting:
        match waiting.pop():
            case ModelType(inner) if inner.name not in found:
                found[inner.name] = inner
                waiting += [field.type for field in inner.fields.values()]
            case ListType(item) | DictType(value=item):
                waiting.append(item)
            case UnionType(options):
                waiting += options
            case _:
                continue
    return found


@pytest.mark.parametrize("release", RELEASES)
def test_nested_models_judge_as_pydantic_does(corpus: Corpus, release: str) -> None:
    """What pydantic accepts is accepted, the keys are the same, and an unknown key is rejected where pydantic does."""
    read = classes(corpus, release)
    judged = 0
    for row in recorded(release, "nested-models"):
        found = read.find(*key_of(row))
        assert found is not None and found.config is not None
        model = nested_models(found.config).get(row["model"])
        if model is None or model.rewrites:
            continue
        judged += 1
        assert set(model.fields) == set(row["accepted"]), row
        if model.extra != "allow":
            assert (model.extra == "forbid") == (not row["unknown"]), row
        assert {name for name, field in model.fields.items() if field.required} <= set(row["required"]), row
        for name, verdicts in row["accepted"].items():
            accepted = [probe for probe, verdict in zip(PROBES, verdicts, strict=True) if verdict == "1"]
            assert all(accepts(model.fields[name].type, probe) for probe in accepted), (row["model"], name)
    assert judged >= 10


@pytest.mark.parametrize("release", RELEASES)
def test_the_parameters_of_a_request_are_judged_completely(corpus: Corpus, release: str) -> None:
    """Each key of NeMo Gym's own class is known, and each type that its source shows is judged."""
    rows = [row for row in recorded(release, "nested-models") if row["model"] == PARAMETERS]
    found = classes(corpus, release).find(*key_of(rows[0]))
    assert found is not None and found.config is not None
    model = nested_models(found.config)[PARAMETERS]
    assert [name for name, field in model.fields.items() if field.required] == rows[0]["required"] == ["input"]
    for name in ("temperature", "max_output_tokens", "parallel_tool_calls", "truncation", "user", "stream"):
        ours = "".join("01"[accepts(model.fields[name].type, probe)] for probe in PROBES)
        assert ours == rows[0]["accepted"][name], name


PARAMETERS = "NeMoGymResponseCreateParamsNonStreaming"
