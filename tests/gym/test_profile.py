"""A profile agrees with the modules of its release when they run, and is usable even if they cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

import pytest
from msgspec.structs import fields, replace

import gym_lsp
from gym_lsp.files import Disk, Overlay
from gym_lsp.gym.fields import (
    DictType,
    Field,
    FieldType,
    ListType,
    Model,
    ModelType,
    UnionType,
    accepts,
)
from gym_lsp.gym.release.behaviour import BEHAVIOURS
from gym_lsp.gym.release.facts import FACTS
from gym_lsp.gym.release.profile import BUILTIN, Profile, read_profile
from gym_lsp.gym.release.sandbox_providers import sandbox_providers
from tests.corpus import WHEELS, Corpus
from tests.gym.probes import PROBES
from tests.gym.profile_scenarios import SCENARIOS
from tests.memory import Memory

RECORDED: Mapping[str, Any] = json.loads((Path(__file__).parent / "data" / "profiles.json").read_text(encoding="utf-8"))
ROOT = PurePath("/gym")
NEWEST = "0.7.0"

WORDS = ("release", "agent_aliases", "config_path_aliases", "interpolation_error")
LISTS = ("domains", "licenses", "dataset_types", "licensed_dataset_types", "server_types", "carried_over_keys")
OF_THE_READING = {"release", "recognised", "unread"}
"""Fields about the reading itself; all others are about the release."""
SETS = ("reserved_keys", "config_errors", "sandbox_providers")


def profile_of(corpus: Corpus, release: str) -> Profile:
    return read_profile(Disk(), corpus.release(release))


def assert_says_what_was_recorded(profile: Profile, recorded: Mapping[str, Any]) -> None:
    for name in WORDS:
        assert getattr(profile, name) == recorded[name], name
    for name in LISTS:
        assert getattr(profile, name) == tuple(recorded[name]), name
    for name in SETS:
        assert getattr(profile, name) == set(recorded[name]), name
    assert list(profile.models) == list(recorded["models"])
    for name, model in recorded["models"].items():
        assert profile.models[name].extra == model["extra"]
        assert list(profile.models[name].fields) == list(model["fields"])
        for field, theirs in model["fields"].items():
            ours = profile.models[name].fields[field]
            assert ours.required == theirs["required"], (name, field)
            assert (ours.default is None) == theirs["required"], (name, field)
            assert "".join("01"[accepts(ours.type, probe)] for probe in PROBES) == theirs["takes"], (name, field)


def assert_behaves_as_recorded(profile: Profile, recorded: Mapping[str, Any]) -> None:
    shown = dict(recorded["behaviours"])
    # Releases that do not compose agents do not hold back overrides, so none can get lost.
    assert shown.pop("keeps_held_overrides") == (
        profile.merges_leftover_overrides or not profile.composes_unbound_agents
    )
    assert {name: getattr(profile, name) for name in shown} == shown
    assert profile.has_manifests == recorded["has_manifests"]
    # The parser also sets this key, but its value may come from an environment variable.
    filled = {key: value for key, value in recorded["filled"].items() if key != "uv_lock_timeout_seconds"}
    assert profile.key_defaults == filled


def test_every_release_was_recorded() -> None:
    assert list(RECORDED) == list(WHEELS)
    for recorded in RECORDED.values():
        assert list(recorded["behaviours"]) == [scenario.name for scenario in SCENARIOS]


def test_every_behaviour_was_recorded() -> None:
    recorded = {scenario.name for scenario in SCENARIOS} | {"has_manifests", "merges_leftover_overrides"}
    assert set(BEHAVIOURS) == recorded - {"keeps_held_overrides"}


def test_every_field_of_a_profile_is_read() -> None:
    assert {field.name for field in fields(Profile)} - OF_THE_READING == {*FACTS, *BEHAVIOURS}


def test_every_field_of_a_profile_is_used() -> None:
    package = Path(gym_lsp.__file__).parent
    reading = {"profile.py", "builtin.py", "behaviour.py", "facts.py"}
    texts = [path.read_text("utf-8") for path in package.rglob("*.py") if path.name not in reading]
    used = set(re.findall(r"\bprofile\.(\w+)", "\n".join(texts)))
    assert {field.name for field in fields(Profile)} - OF_THE_READING <= used


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_words_and_models_of_a_release(corpus: Corpus, release: str) -> None:
    profile = profile_of(corpus, release)
    assert_says_what_was_recorded(profile, RECORDED[release])
    assert (profile.recognised, profile.unread) == (True, ())


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_behaviour_of_a_release(corpus: Corpus, release: str) -> None:
    assert_behaves_as_recorded(profile_of(corpus, release), RECORDED[release])


def test_builtin_says_what_was_recorded() -> None:
    assert_says_what_was_recorded(BUILTIN, RECORDED[NEWEST])
    assert_behaves_as_recorded(BUILTIN, RECORDED[NEWEST])


@pytest.mark.corpus
def test_builtin_is_what_the_newest_release_reads_as(corpus: Corpus) -> None:
    read = profile_of(corpus, NEWEST)
    for field in fields(Profile):
        if field.name != "models":
            assert getattr(BUILTIN, field.name) == getattr(read, field.name), field.name
    bare = {name: without_places(model) for name, model in read.models.items()}
    assert {name: without_places(model) for name, model in BUILTIN.models.items()} == bare


def without_places(model: Model) -> Model:
    """Return a model without descriptions and places."""
    kept = {name: _without_place(field) for name, field in model.fields.items()}
    return Model(model.name, kept, model.extra)


def _without_place(field: Field) -> Field:
    return replace(field, type=_type_without_places(field.type), description=None, path=None, line=None)


def _type_without_places(type: FieldType) -> FieldType:
    match type:
        case ModelType(model):
            return ModelType(without_places(model))
        case UnionType(options):
            return UnionType(tuple(map(_type_without_places, options)))
        case ListType(item):
            return replace(type, item=_type_without_places(item))
        case DictType():
            return replace(type, value=_type_without_places(type.value))
        case _:
            return type


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_fields_lead_to_their_lines(corpus: Corpus, release: str) -> None:
    for model in profile_of(corpus, release).models.values():
        for field in model.fields.values():
            assert field.path is not None and field.line is not None
            line = Path(field.path).read_text(encoding="utf-8").split("\n")[field.line - 1]
            assert line.strip().startswith(f"{field.name}:")


@pytest.mark.corpus
@pytest.mark.parametrize("release", WHEELS)
def test_sections_of_sandbox_providers(corpus: Corpus, release: str) -> None:
    read = sandbox_providers(Disk(), corpus.release(release))
    recorded = RECORDED[release]["sandbox_providers"]
    assert list(read) == sorted(recorded)
    for name, arguments in recorded.items():
        model, sections = read[name].model, read[name].sections
        if arguments is None:
            assert model is None and sections is None
            continue
        assert model is not None and sections is not None
        assert list(model.fields) == list(arguments)
        assert all(section.extra == "forbid" for section in sections.values())
        assert {name: list(section.fields) for name, section in sections.items()} == {
            name: keys for name, keys in arguments.items() if keys is not None
        }


# Checkouts between two releases, and future releases

PARSER = "nemo_gym/global_config.py"
TYPES = "nemo_gym/config_types.py"


def version(text: str) -> str:
    numbers, _, suffix = text.partition("rc")
    major, minor, patch = numbers.split(".")
    suffix = f"rc{suffix}" if suffix else ""
    return f'MAJOR = {major}\nMINOR = {minor}\nPATCH = {patch}\nPRE_RELEASE = "{suffix}"\n'


def checkout(corpus: Corpus, release: str, changed: Mapping[str, str], edits: Mapping[str, tuple[str, str]]) -> Profile:
    """Return the profile of a release with some files changed, and with one text replaced in some files."""
    root = PurePath(corpus.release(release))
    texts = {root / path: text for path, text in changed.items()}
    for path, (old, new) in edits.items():
        text = texts.get(root / path) or Disk().read(root / path)
        assert old in text
        texts[root / path] = text.replace(old, new)
    return read_profile(Overlay(Disk(), texts), root)


@pytest.mark.corpus
def test_the_source_counts_and_not_the_version(corpus: Corpus) -> None:
    parser = Disk().read(corpus.release("0.6.0") / PARSER)
    profile = checkout(corpus, "0.5.1", {PARSER: parser}, {})
    assert profile.release == "0.5.1"
    assert profile.includer_wins
    assert profile.composes_unbound_agents
    assert not profile.fronts_agents
    # The parser uses aliases and a key of telemetry, but 0.5.1 does not have the modules that define them.
    assert profile.path_aliases_followed
    assert profile.config_path_aliases == BUILTIN.config_path_aliases
    assert profile.unread == ("reserved_keys", "agent_aliases", "config_path_aliases")
    assert not profile.recognised


@pytest.mark.corpus
def test_a_newer_version_alone_changes_nothing(corpus: Corpus) -> None:
    profile = checkout(corpus, NEWEST, {"nemo_gym/package_info.py": version("0.8.0rc1")}, {})
    assert profile.release == "0.8.0rc1"
    assert profile.recognised
    assert profile.domains == BUILTIN.domains


@pytest.mark.corpus
@pytest.mark.parametrize("release", ["0.7.0", "0.7.1", "0.8.0rc1", "1.0.0"])
def test_what_a_newer_release_has_moved_comes_from_the_builtin(corpus: Corpus, release: str) -> None:
    edit = ("compose_unbound_agent", "rehost_agents")
    profile = checkout(corpus, NEWEST, {"nemo_gym/package_info.py": version(release)}, {PARSER: edit})
    is_newer = release != NEWEST
    assert profile.composes_unbound_agents == is_newer
    assert profile.recognised == (not is_newer)
    gone = ("composes_unbound_agents", "checks_agent_pairings", "retargets_environment_servers")
    assert profile.unread == (gone if is_newer else ())
    assert profile.fronts_agents


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("path", "old", "new", "unread"),
    [
        (PARSER, "class GlobalConfigDictParser(", "class Parser(", {"reserved_keys", "key_defaults", *BEHAVIOURS}),
        (PARSER, "    def parse(self", "    def parse_all(self", {"key_defaults", "fronts_agents", "checks_telemetry"}),
        (PARSER, "def load_extra_config_paths", "def load", {"includer_wins"}),
        (PARSER, "NEMO_GYM_RESERVED_TOP_LEVEL_KEYS = [", "RESERVED = [", {"reserved_keys"}),
        (PARSER, "_COMPOSED_AGENT_CARRY_OVER_KEYS = ", "KEPT = ", {"carried_over_keys"}),
        (TYPES, "class Domain(", "class Field(", {"domains", "domain_meanings"}),
        (TYPES, "class DatasetConfig(", "class Rows(", {"models", "licenses", "dataset_types"}),
        (TYPES, "ServerInstanceConfig = Union[", "Instances = Union[", {"server_types"}),
        (TYPES, "class ConfigError(", "class GymError(", {"config_errors", "interpolation_error"}),
        ("nemo_gym/_config_aliases.py", "LEGACY_AGENT_ALIASES = {", "AGENTS = {", {"agent_aliases"}),
        ("nemo_gym/sandbox/providers/registry.py", "_BUILTIN_PROVIDER_LOADERS[", "LOADERS[", {"sandbox_providers"}),
    ],
)
def test_what_cannot_be_read_is_listed(corpus: Corpus, path: str, old: str, new: str, unread: set[str]) -> None:
    profile = checkout(corpus, NEWEST, {}, {path: (old, new)})
    assert not profile.recognised
    assert unread <= set(profile.unread)
    for name in profile.unread:
        assert getattr(profile, name) == getattr(BUILTIN, name)


@pytest.mark.corpus
@pytest.mark.parametrize("path", [PARSER, TYPES])
@pytest.mark.parametrize(
    "text",
    ["", "def broken(:\n", "<<<<<<< HEAD\n", "\0", "X = " + "(" * 9_000, "ServerInstanceConfig = A" + " | A" * 2_000],
    ids=["empty", "broken", "conflict", "NUL", "deep", "long"],
)
def test_files_that_are_not_python(corpus: Corpus, path: str, text: str) -> None:
    profile = checkout(corpus, NEWEST, {path: text}, {})
    assert not profile.recognised
    for field in fields(Profile):
        if field.name not in ("recognised", "unread", "models"):
            assert getattr(profile, field.name) == getattr(BUILTIN, field.name)


@pytest.mark.corpus
def test_a_domain_that_we_do_not_know(corpus: Corpus) -> None:
    edits = {TYPES: ('    OTHER = "other"\n', '    OTHER = "other"\n    MUSIC = "music"\n')}
    profile = checkout(corpus, NEWEST, {}, edits)
    assert profile.domains == (*BUILTIN.domains, "music")
    assert profile.domain_meanings == {**BUILTIN.domain_meanings, "music": ""}
    domain = profile.models["BaseRunServerTypeConfig"].fields["domain"].type
    assert accepts(domain, "music")


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("old", "new", "wins"),
    [
        (
            "            extra_configs.append(extra_config)\n",
            "            extra_configs.insert(0, extra_config)\n",
            True,
        ),
        ("        return config_paths, extra_configs\n", "        return config_paths, extra_configs[::-1]\n", True),
        ("        return config_paths, extra_configs\n", "        return config_paths, sort(extra_configs)\n", True),
        (
            "            extra_configs.append(extra_config)\n",
            "            extra_configs.append(extra_config)  # 1\n",
            False,
        ),
    ],
)
def test_any_other_way_of_merging_includes_counts_as_the_new_one(
    corpus: Corpus, old: str, new: str, wins: bool
) -> None:
    assert checkout(corpus, "0.5.1", {}, {PARSER: (old, new)}).includer_wins == wins


@pytest.mark.parametrize(
    ("release", "reason"),
    [
        ("0.3.0", "NeMo Gym 0.3.0 is older than 0.4.0, the oldest release that gym-lsp supports"),
        ("0.6.0", "NeMo Gym 0.6.0 could not be read completely"),
        ("0.8.0rc1", "NeMo Gym 0.8.0rc1 is newer than 0.7.0, the newest release that gym-lsp supports"),
        (None, "this NeMo Gym could not be read completely"),
    ],
)
def test_the_caveat_names_what_could_not_be_read(release: str | None, reason: str) -> None:
    profile = replace(BUILTIN, release=release, recognised=False, unread=("dataset_types", "licenses"))
    assert profile.caveat == f"{reason}; gym-lsp uses these parts of 0.7.0 instead: dataset types, licenses"
    assert BUILTIN.caveat is None


def test_a_release_that_is_too_old_has_a_caveat_even_if_it_was_read() -> None:
    old = replace(BUILTIN, release="0.3.1")
    assert old.caveat == (
        "NeMo Gym 0.3.1 is older than 0.4.0, the oldest release that gym-lsp supports; findings may be wrong"
    )


def test_nothing_to_read() -> None:
    profile = read_profile(Memory({}), ROOT)
    everything = (*FACTS, *(name for name in BEHAVIOURS))
    assert set(profile.unread) == set(everything)
    assert profile == replace(BUILTIN, release=None, recognised=False, unread=profile.unread)


def test_meanings_of_unknown_domains_come_from_the_docstring() -> None:
    text = '''
from enum import Enum


class Domain(str, Enum):
    """What a server is about.

    - `math`   — numbers.
    - `music`  — sounds, as they are
      written down.
    """

    MATH = "math"
    MUSIC = "music"
'''
    profile = read_profile(Memory({ROOT / TYPES: text}), ROOT)
    assert profile.domains == ("math", "music")
    assert profile.domain_meanings == {
        "math": BUILTIN.domain_meanings["math"],
        "music": "sounds, as they are written down.",
    }


@pytest.mark.parametrize(
    ("files", "release"),
    [
        ({"nemo_gym/package_info.py": version("0.7.0")}, "0.7.0"),
        ({"nemo_gym/package_info.py": version("0.8.0rc1")}, "0.8.0rc1"),
        ({"nemo_gym/package_info.py": "MAJOR = read()\n", "nemo_gym-0.6.0.dist-info/RECORD": ""}, "0.6.0"),
        ({"nemo_gym-0.6.0.dist-info/METADATA": "Name: nemo-gym\n"}, "0.6.0"),
        ({"nemo_gym/package_info.py": "MAJOR = 0\n"}, None),
        ({"other-0.6.0.dist-info/METADATA": ""}, None),
    ],
)
def test_the_release_is_what_the_package_says(files: Mapping[str, str], release: str | None) -> None:
    assert read_profile(Memory({ROOT / path: text for path, text in files.items()}), ROOT).release == release
