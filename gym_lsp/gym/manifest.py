"""Validation of `manifest.yaml`, which describes an environment or a benchmark for the catalog.

Manifests exist since 0.6.0; this is the contract of 0.7.0. All mistakes are returned as data, so that the catalog can
skip an invalid manifest and a rule can report each mistake at its place.
"""

from __future__ import annotations

import math
import os.path
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import Enum
from pathlib import PurePath
from typing import Literal, TypeAlias, cast

from msgspec import Struct

from gym_lsp.files import Files, Kind
from gym_lsp.gym import fields
from gym_lsp.gym.discovery.raw_config import RawMapping, is_mapping, items_of
from gym_lsp.gym.fields import AnyType, FieldType, ListType, Model, ModelType, NullType, UnionType
from gym_lsp.gym.layout import (
    BENCHMARK,
    BENCHMARKS_FOLDER,
    CONFIG_FILENAME,
    DATASETS,
    ENVIRONMENTS_FOLDER,
    MODEL_SERVER,
    NAME,
    PREPARE_SCRIPT,
    PROMPT_CONFIG,
    RESOURCES_SERVER,
    TYPE,
)
from gym_lsp.gym.manifests.model import MANIFEST
from gym_lsp.gym.manifests.spdx import is_license_expression
from gym_lsp.syntax import KeyPath

CatalogKind: TypeAlias = Literal["environment", "benchmark"]
CATALOG_FOLDERS: Mapping[str, CatalogKind] = {ENVIRONMENTS_FOLDER: "environment", BENCHMARKS_FOLDER: "benchmark"}
"""The folders of a search root that hold manifests, each with the kind of its manifests."""


class Fault(Enum):
    """The kinds of mistakes in a manifest."""

    NOT_A_MAPPING = "not-a-mapping"
    UNKNOWN_KEY = "unknown-key"
    MISSING = "missing"
    WRONG_VALUE = "wrong-value"
    NOT_A_LICENSE = "not-a-license"
    UNORDERED = "unordered"
    REPEATED = "repeated"
    REQUIRED_HERE = "required-here"
    FORBIDDEN_HERE = "forbidden-here"
    NO_BENCHMARK_DATASET = "no-benchmark-dataset"
    OUT_OF_PLACE = "out-of-place"
    OUTSIDE = "outside"
    NO_CONFIG = "no-config"


class ManifestProblem(Struct, frozen=True):
    """One mistake in a manifest.

    `key_path` is the path of the value or, if the value is missing, the path where it belongs. `detail` is the expected
    value, or the key that makes this one required or forbidden.
    """

    fault: Fault
    key_path: KeyPath
    detail: str = ""

    @property
    def gym_error(self) -> str:
        """The name of the error that NeMo Gym raises, for the manifest or for its place in the catalog."""
        return "RegistryError" if self.fault in (Fault.OUT_OF_PLACE, Fault.NO_CONFIG) else "ManifestError"


_NEEDED_BY_PROFILE: Mapping[object, tuple[str, ...]] = {
    "custom-gym-verifier": (MODEL_SERVER, RESOURCES_SERVER),
    "custom-gym-agent-loop": (MODEL_SERVER,),
    "external-rollout-driver": ("rollout_driver",),
}
_DEFAULT_PROMPT_SOURCE = "template"


def check_manifest(manifest: object) -> tuple[ManifestProblem, ...]:
    """Return the mistakes in the content of a manifest, without those about its place in the catalog."""
    if not is_mapping(manifest):
        return (ManifestProblem(Fault.NOT_A_MAPPING, ()),)
    return (
        *_check_model(MANIFEST, manifest, ()),
        *_check_formats(manifest),
        *_check_reward(manifest),
        *_check_profile(manifest),
        *_check_prompts(manifest),
        *_check_datasets(manifest),
        *_check_authors(manifest),
    )


def check_place(
    manifest: RawMapping, manifest_path: PurePath, tree_dir: PurePath, kind: CatalogKind, files: Files
) -> tuple[ManifestProblem, ...]:
    """Return the mistakes about the place of a manifest below `tree_dir`, which holds manifests of that kind.

    Its name and kind must match the place, and its config must exist in the same catalog folder.
    """
    name = manifest_path.parent.relative_to(tree_dir).as_posix()
    problems = [
        ManifestProblem(Fault.OUT_OF_PLACE, (key,), expected)
        for key, expected in (("kind", kind), (NAME, name))
        if _stripped(manifest.get(key)) != expected
    ]
    config_path = manifest_config_path(manifest_path, manifest)
    if not _is_inside_catalog(manifest_path, manifest, config_path, files):
        problems.append(ManifestProblem(Fault.OUTSIDE, ("config_path",)))
    elif files.kind(config_path) is not Kind.FILE:
        key_path = ("config_path",) if "config_path" in manifest else ()
        problems.append(ManifestProblem(Fault.NO_CONFIG, key_path, config_path.name))
    return tuple(problems)


def manifest_config_path(manifest_path: PurePath, manifest: RawMapping) -> PurePath:
    """Return the path of the config that a manifest describes: `config_path`, or the `config.yaml` beside it."""
    return PurePath(os.path.normpath(manifest_path.parent / _config_path(manifest)))


def _config_path(manifest: RawMapping) -> str:
    given = _stripped(manifest.get("config_path"))
    return given if isinstance(given, str) else CONFIG_FILENAME


def _is_inside_catalog(manifest_path: PurePath, manifest: RawMapping, config_path: PurePath, files: Files) -> bool:
    """Whether the config is in the same catalog folder as the manifest, after following links."""
    if PurePath(_config_path(manifest)).is_absolute():
        return False
    folders = (folder for folder in manifest_path.parents if folder.name in CATALOG_FOLDERS)
    catalog = next(folders, manifest_path.parent)
    return files.resolve(config_path).is_relative_to(files.resolve(catalog))


_ANY = AnyType()


def _check_model(model: Model, value: object, at: KeyPath) -> Iterator[ManifestProblem]:
    if not is_mapping(value):
        yield ManifestProblem(Fault.WRONG_VALUE, at, "a mapping")
        return
    for key in value:
        if key not in model.fields:
            yield ManifestProblem(Fault.UNKNOWN_KEY, (*at, str(key)))
    for field in model.fields.values():
        if field.name in value:
            yield from _check_value(field.type, value[field.name], (*at, field.name))
        elif field.required:
            yield ManifestProblem(Fault.MISSING, (*at, field.name))


def _check_value(type: FieldType, value: object, at: KeyPath) -> Iterator[ManifestProblem]:
    match type:
        case ModelType(model):
            yield from _check_model(model, value, at)
        case UnionType((ModelType(model), NullType())) if value is not None:
            yield from _check_model(model, value, at)
        case ListType(item) if fields.accepts(ListType(_ANY, type.min_length, type.max_length), value):
            for index, each in enumerate(cast("list[object]", value)):
                yield from _check_value(item, each, (*at, index))
        case _:
            if not fields.accepts(type, _stripped(value)):
                yield ManifestProblem(Fault.WRONG_VALUE, at, fields.show(type))


def _stripped(value: object) -> object:
    """Return a string without surrounding white space, any other value unchanged."""
    return value.strip() if isinstance(value, str) else value


def _is_licensing(text: str) -> bool:
    return text in ("internal", "proprietary", "unknown") or is_license_expression(text)


_IMPORTABLE = re.compile(r"(?a:[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*)")
_REPOSITORY = re.compile(r"(https?|ssh|git|file)://\S+|[^@\s]+@[^:\s]+:\S+")
_REVISION = re.compile(r"\S+")
_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")


def _is_day(text: str) -> bool:
    match = _DAY.fullmatch(text)
    try:
        return match is not None and bool(date(*map(int, match.groups())))
    except ValueError:
        return False


_FORMATS: tuple[tuple[KeyPath, Callable[[str], object], Fault, str], ...] = (
    (("licensing",), _is_licensing, Fault.NOT_A_LICENSE, ""),
    (("rollout_driver",), _IMPORTABLE.fullmatch, Fault.WRONG_VALUE, "package.module:function"),
    (("adopted_from", "source"), _REPOSITORY.fullmatch, Fault.WRONG_VALUE, "the address of a repository"),
    (("adopted_from", "ref"), _REVISION.fullmatch, Fault.WRONG_VALUE, "a revision without white space"),
    (("adopted_from", "reconciled"), _is_day, Fault.WRONG_VALUE, "a date such as 2026-01-31"),
)


def _check_formats(manifest: RawMapping) -> Iterator[ManifestProblem]:
    """Check strings that have a grammar. `_check_model` reports the empty ones."""
    for key_path, has_format, fault, detail in _FORMATS:
        text: object = manifest
        for key in key_path:
            text = text.get(key) if is_mapping(text) else None
        if isinstance(text, str) and text.strip() and not has_format(text.strip()):
            yield ManifestProblem(fault, key_path, detail)


def _check_reward(manifest: RawMapping) -> Iterator[ManifestProblem]:
    reward = manifest.get("reward")
    ends = reward.get("range") if is_mapping(reward) else None
    numbers = [fields.to_float(end) for end in items_of(ends)]
    for index, number in enumerate(numbers):
        if number is not None and not math.isfinite(number):
            yield ManifestProblem(Fault.WRONG_VALUE, ("reward", "range", index), "a finite number")
    match numbers:
        case [float(least), float(greatest)] if least > greatest:
            yield ManifestProblem(Fault.UNORDERED, ("reward", "range"))
        case _:
            pass


def _check_profile(manifest: RawMapping) -> Iterator[ManifestProblem]:
    """Check the servers and the driver that the integration profile requires or forbids."""
    profile = manifest.get("integration_profile")
    needed = _NEEDED_BY_PROFILE.get(profile, ()) if isinstance(profile, str) else ()
    for key in needed:
        # `_check_model` reports a required key that is absent.
        if manifest.get(key) is None and (key in manifest or not MANIFEST.fields[key].required):
            yield ManifestProblem(Fault.REQUIRED_HERE, (key,), f"integration_profile: {profile}")
    if manifest.get("rollout_driver") is not None and "rollout_driver" not in needed:
        yield ManifestProblem(Fault.FORBIDDEN_HERE, ("rollout_driver",), f"integration_profile: {profile}")


def _check_prompts(manifest: RawMapping) -> Iterator[ManifestProblem]:
    """Check that prompt templates are named if, and only if, the prompts come from templates."""
    source = manifest.get("prompt_source", _DEFAULT_PROMPT_SOURCE)
    has_standard_prompt = manifest.get("standard_prompt_config") is not None
    if manifest.get("kind") == "benchmark":
        if manifest.get("canonical_split") is None:
            yield ManifestProblem(Fault.REQUIRED_HERE, ("canonical_split",), "kind: benchmark")
        if source == "template" and not has_standard_prompt:
            yield ManifestProblem(Fault.REQUIRED_HERE, ("standard_prompt_config",), "kind: benchmark")
    if source == "prepared" and has_standard_prompt:
        yield ManifestProblem(Fault.FORBIDDEN_HERE, ("standard_prompt_config",), "prompt_source: prepared")
    if source != "template":
        for index, dataset in enumerate(items_of(manifest.get(DATASETS))):
            if is_mapping(dataset) and dataset.get(PROMPT_CONFIG) is not None:
                key_path = (DATASETS, index, PROMPT_CONFIG)
                yield ManifestProblem(Fault.FORBIDDEN_HERE, key_path, f"prompt_source: {source}")


def _check_datasets(manifest: RawMapping) -> Iterator[ManifestProblem]:
    nothing: RawMapping = {}
    datasets = [dataset if is_mapping(dataset) else nothing for dataset in items_of(manifest.get(DATASETS))]
    for index in _repeated([dataset.get(NAME) for dataset in datasets]):
        yield ManifestProblem(Fault.REPEATED, (DATASETS, index, NAME))
    for index, dataset in enumerate(datasets):
        if dataset.get(TYPE) == BENCHMARK and dataset.get(PREPARE_SCRIPT) is None:
            yield ManifestProblem(Fault.REQUIRED_HERE, (DATASETS, index, PREPARE_SCRIPT), "type: benchmark")
    if manifest.get("kind") == "benchmark" and all(dataset.get(TYPE) != BENCHMARK for dataset in datasets):
        yield ManifestProblem(Fault.NO_BENCHMARK_DATASET, (DATASETS,))


def _check_authors(manifest: RawMapping) -> Iterator[ManifestProblem]:
    for index in _repeated(items_of(manifest.get("authors"))):
        yield ManifestProblem(Fault.REPEATED, ("authors", index))


def _repeated(values: list[object]) -> Iterator[int]:
    """Yield the indices of strings that equal an earlier string."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if isinstance(value, str):
            if value.strip() in seen:
                yield index
            seen.add(value.strip())
