"""Mistakes in the `datasets` of a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.parity.edits import Edit, Kind, Place
from tests.parity.sites import Dataset

LICENSES = ("Apache-2.0", "apache 2.0", "CC-BY-4.0", "MIT License", "cc-by-nc-3.0", "Proprietary", "null", "5")
IDENTIFIERS = ("gitlab_identifier", "huggingface_identifier")
BAD_SOURCES = (
    "{type: s3, repo_id: a/b}",
    "{type: huggingface}",
    "{repo_id: a/b}",
    "{type: gitlab, dataset_name: a, version: 1.0, artifact_fpath: a.jsonl}",
    "a/b",
)


def _of(place: Place, *types: str) -> Iterator[Dataset]:
    return (dataset for dataset in place.config.datasets if dataset.type in types)


def _around(place: Place, dataset: Dataset) -> list[int]:
    """Return the places at which a missing field of a dataset can be reported: its dash, its `type`, its server."""
    kind = dataset.fields.get("type")
    at_type = [kind.key.start_mark.index] if kind else []
    return [dataset.item.start_mark.index, *at_type, *place.uses(dataset.server)]


def _new_field(*texts: str, types: tuple[str, ...]) -> Callable[[Place], Iterator[Edit]]:
    """Add one of the lines as a field of a dataset of these types."""

    def edits(place: Place) -> Iterator[Edit]:
        for dataset in _of(place, *types):
            yield from _insert(place, dataset, place.draw.choice(texts))

    return edits


def _insert(place: Place, dataset: Dataset, text: str) -> Iterator[Edit]:
    """Add a line before a field of the dataset that is not on the line of the dash."""
    later = [entry for entry in dataset.fields.values() if place.config.opens_its_line(entry.key)]
    if later and text.partition(":")[0] not in dataset.fields:
        yield from place.before(place.draw.choice(later), text, _around(place, dataset))


def _value(field: str, *values: str, types: tuple[str, ...] = ()) -> Callable[[Place], Iterator[Edit]]:
    def edits(place: Place) -> Iterator[Edit]:
        for dataset in _of(place, *types) if types else place.config.datasets:
            if field in dataset.fields:
                entry = dataset.fields[field]
                yield from place.value(entry, place.draw.choice(values), _around(place, dataset))

    return edits


def license_missing(place: Place) -> Iterator[Edit]:
    for dataset in _of(place, "train", "validation"):
        if "license" in dataset.fields:
            entry = dataset.fields["license"]
            yield from place.delete(entry, _around(place, dataset))
            yield from place.key(entry, place.draw.choice(["licence", "licenses"]), _around(place, dataset))


def repeats_wrong(place: Place) -> Iterator[Edit]:
    for dataset in place.config.datasets:
        wrong = place.draw.choice(["0", "-1", "2.5", "null", "many", "[1]"])
        if "num_repeats" in dataset.fields:
            yield from place.value(dataset.fields["num_repeats"], wrong)
        else:
            yield from _insert(place, dataset, f"num_repeats: {wrong}")


def required_missing(place: Place) -> Iterator[Edit]:
    for dataset in place.config.datasets:
        required = ["name", "type", "jsonl_fpath", *(["prepare_script"] if dataset.type == "benchmark" else [])]
        for entry in (dataset.fields[name] for name in required if name in dataset.fields):
            yield from place.delete(entry, _around(place, dataset))
            yield from place.typo_in_key(entry, _around(place, dataset))


def source_twice(place: Place) -> Iterator[Edit]:
    for dataset in place.config.datasets:
        if any(name in dataset.fields for name in IDENTIFIERS):
            yield from _insert(place, dataset, "source: {type: huggingface, repo_id: a/b}")
        elif "source" in dataset.fields:
            yield from _insert(place, dataset, "huggingface_identifier: {repo_id: a/b}")


def source_wrong(place: Place) -> Iterator[Edit]:
    for dataset in place.config.datasets:
        if "source" not in dataset.fields and not any(name in dataset.fields for name in IDENTIFIERS):
            yield from _insert(place, dataset, f"source: {place.draw.choice(BAD_SOURCES)}")


def identifier_wrong(place: Place) -> Iterator[Edit]:
    for dataset in place.config.datasets:
        for name in (*IDENTIFIERS, "source"):
            for entry in place.config.children(dataset.fields[name]).values() if name in dataset.fields else ():
                around = [*place.owners(entry), *_around(place, dataset)]
                if entry.name == "version":
                    yield from place.value(entry, "1.0", around)
                yield from place.typo_in_key(entry, around)


def identifier_deprecated(place: Place) -> Iterator[Edit]:
    for dataset in _of(place, "train", "validation", "example"):
        if "source" not in dataset.fields and not any(name in dataset.fields for name in IDENTIFIERS):
            yield from _insert(place, dataset, "huggingface_identifier: {repo_id: a/b}")


def not_a_list(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        wrong = place.draw.choice(["{name: a}", "example", "[example]", "5"])
        yield from place.in_server(server, f"datasets: {wrong}", place.uses(server))


def _new_element(*texts: str, on_dataset_of: tuple[str, ...] = ()) -> Callable[[Place], Iterator[Edit]]:
    """Add one of the texts as an element before a dataset. `<name>` is the name of that dataset."""

    def edits(place: Place) -> Iterator[Edit]:
        for dataset in _of(place, *on_dataset_of) if on_dataset_of else place.config.datasets:
            start = place.config.line_start(dataset.item.start_mark.index)
            dash = place.config.text[start : dataset.item.start_mark.index]
            name = dataset.fields.get("name")
            if dash.strip() == "-" and name and name.scalar:
                text = place.draw.choice(texts).replace("<name>", name.scalar.value)
                yield place.edit(start, start, f"{dash}{text}\n", _around(place, dataset))

    return edits


def off_agent(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        if server.group.name in ("resources_servers", "responses_api_models"):
            yield from place.in_server(server, "datasets: [{name: a, type: example, jsonl_fpath: a.jsonl}]")


PLAIN = ("train", "validation", "example")

DATASET_KINDS = (
    Kind("license-missing", 61, license_missing),
    Kind("license-unknown", 62, _value("license", *LICENSES, types=PLAIN)),
    Kind("dataset-type-unknown", 63, _value("type", "test", "training", "Train", "eval", "5")),
    Kind("repeats-wrong", 64, repeats_wrong),
    Kind("dataset-field-missing", 65, required_missing),
    Kind("dataset-field-not-a-string", 65, _value("jsonl_fpath", "5", "[a.jsonl]", "null", "{a: b}")),
    Kind("source-twice", 66, source_twice),
    Kind("source-wrong", 67, source_wrong),
    Kind("identifier-wrong", 67, identifier_wrong),
    Kind("datasets-not-a-list", 68, not_a_list),
    Kind("dataset-not-a-mapping", 68, _new_element("example", "null", "[a, b]", "5")),
    Kind("dataset-license-interpolated", 42, _value("license", "${oc.env:DATA_LICENSE,MIT}", types=PLAIN)),
    Kind("dataset-type-interpolated", 42, _value("type", "${oc.env:SPLIT,train}")),
    Kind("dataset-unknown-key", 69, _new_field("num_repeat: 2", "jsonl_path: a.jsonl", "split: train", types=PLAIN)),
    Kind("prompt-config-unused", 70, _new_field("prompt_config: benchmarks/prompts/a.yaml", types=PLAIN)),
    Kind("license-on-benchmark", 71, _new_field("license: MIT", "license: nonsense", types=("benchmark",))),
    Kind("jsonl-missing", 72, _value("jsonl_fpath", "data/nope.jsonl", "/data/nope.jsonl", types=PLAIN)),
    Kind(
        "prompt-config-missing", 74, _value("prompt_config", "benchmarks/nope.yaml", "null", "5", types=("benchmark",))
    ),
    Kind(
        "prepare-script-missing", 75, _value("prepare_script", "benchmarks/nope.py", "5", "null", types=("benchmark",))
    ),
    Kind(
        "second-benchmark",
        76,
        _new_element(
            "{name: b, type: benchmark, jsonl_fpath: b.jsonl, prepare_script: b.py, prompt_config: b.yaml}",
            on_dataset_of=("benchmark",),
        ),
    ),
    Kind("datasets-off-agent", 77, off_agent),
    Kind("dataset-name-twice", 78, _new_element("{name: <name>, type: example, jsonl_fpath: a.jsonl}")),
    Kind("identifier-deprecated", 79, identifier_deprecated),
)
