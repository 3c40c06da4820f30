"""The fields of servers, read from source, are those that pydantic has, recorded by `record_server_models.py`."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import Any

import pytest

from gym_lsp.files import Disk, Remembered
from gym_lsp.gym.server_class import ServerClass, ServerClasses
from tests.corpus import Corpus

DATA = Path(__file__).parent / "data"
RELEASES = ("0.4.0", "0.5.1", "0.6.0", "0.7.0")
NO_SERVERS = {
    ("resources_servers", "gymnasium", "base.py"),
    ("resources_servers", "sec_local_index", "local_edgar_search.py"),
}
"""Entrypoints in configs that do not start a server."""


def recorded(release: str) -> list[dict[str, Any]]:
    lines = (DATA / f"server-models-{release}.jsonl").read_text(encoding="utf-8").splitlines()
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
