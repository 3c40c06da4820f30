"""Records everything in a profile from the real modules of each NeMo Gym release.

    PYTHON tests/gym/record_profile.py --corpus DIRECTORY

DIRECTORY holds the unpacked wheels, each under its version; PYTHON is an interpreter in whose environment NeMo Gym's
parser runs (tests/parity/requirements.txt). Writes `data/profiles.json`, with a key for each release. Each release is
loaded in its own process.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.gym.probes import BENCHMARK, PROBES, TRAIN
from tests.gym.profile_scenarios import RESOURCES, SCENARIOS, Outcome, Scenario
from tests.parity.oracle import Release, load

RECORDED = Path(__file__).resolve().parent / "data" / "profiles.json"
ALIASES = ("LEGACY_AGENT_ALIASES", "LEGACY_CONFIG_PATH_ALIASES")


def main() -> None:
    arguments = argparse.ArgumentParser(description="Record what the real NeMo Gym releases accept.")
    arguments.add_argument("--corpus", type=Path, required=True)
    arguments.add_argument("--release", help="print the answers of this release alone")
    given = arguments.parse_args()
    corpus: Path = given.corpus.resolve()
    if given.release:
        print(json.dumps(record(corpus / given.release)))
        return
    versions = sorted(path.name for path in corpus.iterdir() if (path / "nemo_gym").is_dir())
    answers = {version: json.loads(_in_a_process(corpus, version)) for version in versions}
    RECORDED.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _in_a_process(corpus: Path, version: str) -> str:
    command = [sys.executable, __file__, "--corpus", str(corpus), "--release", version]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]


def record(root: Path) -> dict[str, Any]:
    """Return the data of one release."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.clear()
        os.chdir(scratch)
        release = load(root, Path(scratch).resolve())
        aliases = _module("nemo_gym._config_aliases")
        return {
            "release": importlib.import_module("nemo_gym.package_info").__version__,
            "domains": [domain.value for domain in release.config_types.Domain],
            "licenses": list(_literals(release.config_types.DatasetConfig, "license")),
            "dataset_types": [
                *_literals(release.config_types.DatasetConfig, "type"),
                *_literals(release.config_types.BenchmarkDatasetConfig, "type"),
            ],
            "licensed_dataset_types": _licensed(release),
            "server_types": [model.SERVER_TYPE for model in get_args(release.config_types.ServerInstanceConfig)],
            "reserved_keys": sorted(release.global_config.NEMO_GYM_RESERVED_TOP_LEVEL_KEYS),
            "agent_aliases": getattr(aliases, ALIASES[0], {}),
            "config_path_aliases": getattr(aliases, ALIASES[1], {}),
            "carried_over_keys": getattr(release.global_config, "_COMPOSED_AGENT_CARRY_OVER_KEYS", ()),
            "config_errors": sorted(_config_errors(release)),
            "sandbox_providers": _sandbox_providers(),
            "has_manifests": _module("nemo_gym.environment.manifest") is not None,
            "filled": {key: value for key, value in _filled(release).items() if isinstance(value, int)},
            "models": {model.__name__: _model(model) for model in _models(release)},
            "behaviours": {scenario.name: scenario.shows(_outcome(release, scenario)) for scenario in SCENARIOS},
            "interpolation_error": _outcome(release, Scenario("", RESOURCES % ", note: '${missing}'", bool)),
        }


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _sandbox_providers() -> dict[str, dict[str, list[str] | None] | None]:
    """Return the arguments of each provider, or None if it accepts any; for an argument, its keys or None."""
    registry = importlib.import_module("nemo_gym.sandbox.providers.registry")
    found: dict[str, dict[str, list[str] | None] | None] = {}
    for name in registry.list_providers():
        function = registry.get_provider_class(name).__init__
        parameters = list(inspect.signature(function).parameters.values())[1:]
        if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            found[name] = None
            continue
        types = get_type_hints(function)
        found[name] = {parameter.name: _section(types[parameter.name]) for parameter in parameters}
    return found


def _section(annotation: Any) -> list[str] | None:
    for option in get_args(annotation):
        if dataclasses.is_dataclass(option):
            return [field.name for field in dataclasses.fields(option)]
    return None


def _models(release: Release) -> Iterator[Any]:
    names = (
        "BaseRunServerTypeConfig",
        "DatasetConfig",
        "BenchmarkDatasetConfig",
        "GitlabDatasetSource",
        "HuggingFaceDatasetSource",
        "JsonlDatasetGitlabIdentifer",
        "JsonlDatasetHuggingFaceIdentifer",
    )
    yield from (getattr(release.config_types, name) for name in names)
    telemetry = _module("nemo_gym.telemetry.config")
    if telemetry:
        yield telemetry.TelemetryConfig


def _model(model: Any) -> dict[str, Any]:
    return {
        "extra": model.model_config.get("extra") or "ignore",
        "fields": {
            name: {"required": field.is_required(), "takes": _takes(model, name)}
            for name, field in model.model_fields.items()
        },
    }


def _takes(model: Any, field: str) -> str:
    """Return a character for each probe: `1` if the field accepts it, else `0`."""
    return "".join("01"[not any(error["loc"][:1] == (field,) for error in _errors(model, {field: p}))] for p in PROBES)


def _errors(model: Any, values: Mapping[str, object]) -> list[Any]:
    pydantic = importlib.import_module("pydantic")
    try:
        model.model_validate(values)
    except pydantic.ValidationError as error:
        return error.errors()
    return []


def _literals(model: Any, field: str) -> Iterator[str]:
    pending = [model.model_fields[field].annotation]
    while pending:
        each = pending.pop(0)
        if isinstance(each, str):
            yield each
        pending[:0] = get_args(each)


def _licensed(release: Release) -> list[str]:
    """Return the dataset types that are invalid without a license."""
    unlicensed = {key: value for key, value in TRAIN.items() if key != "license"}
    models = {"benchmark": (release.config_types.BenchmarkDatasetConfig, {**BENCHMARK, "prompt_config": "p.yaml"})}
    wanted: list[str] = []
    for type_ in ("train", "validation", "example", "benchmark"):
        model, values = models.get(type_, (release.config_types.DatasetConfig, unlicensed))
        if _errors(model, {**values, "type": type_}):
            wanted.append(type_)
    return wanted


def _config_errors(release: Release) -> Iterator[str]:
    base = release.config_types.ConfigError
    for name in dir(release.config_types):
        value = getattr(release.config_types, name)
        if isinstance(value, type) and issubclass(value, base) and value is not base:
            yield name


def _filled(release: Release) -> Mapping[str, Any]:
    outcome = _outcome(release, Scenario("", "{}", bool))
    assert not isinstance(outcome, str), outcome
    return outcome


def _outcome(release: Release, scenario: Scenario) -> Outcome:
    """Return the outcome of a run with the real parser, in an empty working directory."""
    module, omegaconf = release.global_config, release.omegaconf
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        for path, text in scenario.files.items():
            target = Path(directory, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        options = {"offline": True} if "offline" in module.GlobalConfigDictParserConfig.model_fields else {}
        config = module.GlobalConfigDictParserConfig(
            initial_global_config_dict=omegaconf.create(scenario.config), skip_load_from_dotenv=True, **options
        )
        typed = omegaconf.create(scenario.overrides)
        omegaconf.set_struct(typed, True)  # as Hydra does
        module.GlobalConfigDictParser.parse_global_config_dict_from_cli = lambda _: typed  # pyright: ignore[reportUnknownLambdaType]
        os.environ.update(scenario.environ)
        try:
            module.set_global_config_dict(config)
            return omegaconf.to_container(module.get_global_config_dict(), resolve=False)
        except Exception as error:  # noqa: BLE001 - the class of the exception is the outcome
            return type(error).__name__
        finally:
            for name in scenario.environ:
                del os.environ[name]
            os.chdir("/")


if __name__ == "__main__":
    main()
