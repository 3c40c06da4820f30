"""NeMo Gym's own parser as a process that returns the error that it would raise for a run.

It runs in a separate environment (`requirements.txt`), because the dependencies of the parser are not ours, and imports
the parser of one unpacked `nemo-gym` wheel. Nothing of gym-lsp is imported here.

    python oracle.py RELEASE_ROOT SCRATCH_DIR

Questions and answers are JSON lines on standard input and output:

    {"roots": ["benchmarks/aime24/config.yaml"], "patched": {"benchmarks/aime24/config.yaml": "..."}, "overrides": []}
    {"verdict": "ServerRefNotFoundError", "raised": "ServerRefNotFoundError", "config_error": true, "names": [...]}

`roots` are paths relative to RELEASE_ROOT. `patched` replaces the text of files for this one question: they are
written below SCRATCH_DIR, which is the working directory and therefore searched before the install root. `overrides`
are the other arguments of the command line, in Hydra's syntax. An answer contains class names and the names that the
user wrote, never a sentence of NeMo Gym.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import logging
import os
import random
import re
import shutil
import sys
import types
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, TextIO

STAND_INS = ("ray", "wandb", "mlflow")
"""Heavy packages that the parser's modules import, and that checking a config never calls."""

STAND_IN_VERSION = "0.0.0"

GROUPS = ("responses_api_models", "resources_servers", "responses_api_agents", "environment_servers")

QUOTED = re.compile(r"'([^'\s]+)'")

NAMES_OF: dict[str, tuple[re.Pattern[str], ...]] = {
    "ConfigPathNotFoundError": (re.compile(r"entry '(.*?)' was"),),
    "ConfigMissingValuesError": (re.compile(r"^  - (.+)$", re.MULTILINE),),
    "ConfigInterpolationError": (QUOTED,),
    "InterpolationKeyError": (re.compile(r"key '(.*?)' not found"),),
    "InterpolationResolutionError": (QUOTED,),
    "ServerRefNotFoundError": (re.compile(r"instance '(.*?)', field '(.*?)' references ([^/]+)/'(.*?)', which"),),
    "InheritPathNotFoundError": (re.compile(r"'([^']*)'"),),
    "AgentCompositionError": (QUOTED, re.compile(r"(\S+ -> [^\s,.]+)")),
    "UnsupportedAgentPairingError": (QUOTED, re.compile(r"^  - (\S+) uses (\S+)", re.MULTILINE)),
    "UnsupportedModelPairingError": (
        re.compile(r"^  - agent '(.*?)'.*?server '(.*?)'.*?server '(.*?)'", re.MULTILINE),
    ),
    "AgentWithoutEnvironmentServerError": (re.compile(r"^  - (\S+)$", re.MULTILINE),),
    "AmbiguousAgentRenameError": (QUOTED,),
}
"""Patterns for the names that the user wrote, in the message of each error."""

OTHER_CONFIG_ERROR = (re.compile(r"^'?([A-Za-z_][\w.]*)'? must be "),)

MALFORMED = re.compile(r"in '(?P<path>.+?)'(?: at line (?P<line>\d+), column (?P<column>\d+))?: ", re.DOTALL)

DUPLICATE_KEY = re.compile(r"duplicate key (\S+)$")


class Release(NamedTuple):
    """The modules of one unpacked release that a question needs."""

    global_config: Any
    config_types: Any
    omegaconf: Any
    hydra: Any
    root: Path
    scratch: Path
    almost_servers: list[tuple[str, Any]]
    """The findings of the current question, which the parser prints on a console and does not put in its exception."""


def main() -> None:
    """Load the release, then answer questions until the input ends."""
    sys.dont_write_bytecode = True  # The release is not ours to write to.
    root, scratch = (Path(argument).resolve() for argument in sys.argv[1:3])
    answers = _take_standard_output()
    os.environ.clear()
    os.chdir(scratch)
    release = load(root, scratch)
    environment = dict(os.environ)
    for line in sys.stdin:
        question = json.loads(line)
        answer = ask(release, question["roots"], question.get("patched", {}), question.get("overrides", []))
        os.environ.clear()
        os.environ.update(environment)
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()


def load(root: Path, scratch: Path) -> Release:
    """Import the parser of the release at `root`, with stand-ins for what it does not need here.

    The working directory must be `scratch` already: the package reads it once, while it is imported.
    """
    for name in STAND_INS:
        sys.modules.update(_stand_in(name))
    real_version = importlib.metadata.version
    importlib.metadata.version = lambda name: STAND_IN_VERSION if name in STAND_INS else real_version(name)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    sys.path.insert(0, str(root))
    global_config = importlib.import_module("nemo_gym.global_config")
    release = Release(
        global_config,
        importlib.import_module("nemo_gym.config_types"),
        importlib.import_module("omegaconf").OmegaConf,
        importlib.import_module("hydra"),
        root,
        scratch,
        [],
    )
    _bypass_the_machine(global_config)
    _listen_for_almost_servers(release)
    return release


def ask(release: Release, roots: list[str], patched: dict[str, str], overrides: list[str]) -> dict[str, Any]:
    """Return the verdict of `gym env validate` on the run of `roots`, with `patched` texts."""
    for path, text in patched.items():
        target = release.scratch / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    try:
        return _verdict(release, roots, overrides)
    finally:
        for path in patched:
            shutil.rmtree(release.scratch / Path(path).parts[0], ignore_errors=True)


def _verdict(release: Release, roots: list[str], overrides: list[str]) -> dict[str, Any]:
    random.seed(0)
    release.almost_servers.clear()
    module = release.global_config
    fields: dict[str, Any] = {"skip_load_from_dotenv": True}
    if "offline" in module.GlobalConfigDictParserConfig.model_fields:
        fields["offline"] = True
    fields["initial_global_config_dict"] = module.GlobalConfigDictParserConfig.NO_MODEL_GLOBAL_CONFIG_DICT
    config = module.GlobalConfigDictParserConfig(**fields)
    try:
        type_(release, roots, overrides)
        module.set_global_config_dict(config)
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer.
        cause = error.__cause__
        raised = cause if cause and type(error).__name__ == "ConfigInterpolationError" else error
        return {
            "verdict": type(error).__name__,
            "raised": type(raised).__name__,
            "config_error": isinstance(error, release.config_types.ConfigError),
            "names": [_without_folders(name) for name in _names(release, error, raised)],
        }
    return {"verdict": "ok", "raised": None, "config_error": False, "names": []}


def type_(release: Release, roots: list[str], overrides: list[str]) -> None:
    """Let the parser read what Hydra makes of a command line with these root configs and overrides."""
    arguments = [f"+config_paths=[{','.join(map(_quoted, roots))}]", *overrides]
    with release.hydra.initialize(version_base=None, config_path=None):
        typed = release.hydra.compose(overrides=arguments)
    release.global_config.GlobalConfigDictParser.parse_global_config_dict_from_cli = lambda _self: typed  # pyright: ignore[reportUnknownLambdaType]


def _quoted(path: str) -> str:
    """Return a path as an element of a list in Hydra's syntax."""
    return json.dumps(path, ensure_ascii=False)


def _names(release: Release, error: Exception, raised: BaseException) -> list[str]:
    """Return the names in the error message that the user wrote, in the order of the message."""
    kind, message = type(error).__name__, str(error)
    if kind == "AlmostServerError":
        return [name for instance, cause in release.almost_servers for name in _almost_server_names(instance, cause)]
    if kind == "ConfigError" and (malformed := MALFORMED.search(message)):
        return _malformed_names(release, malformed, message)
    patterns = OTHER_CONFIG_ERROR if kind == "ConfigError" else NAMES_OF.get(kind, ())
    found = [group for pattern in patterns for match in pattern.finditer(message) for group in match.groups()]
    full_key = getattr(raised, "full_key", None)
    return list(dict.fromkeys([*found, str(full_key)] if full_key else found))


def _without_folders(name: str) -> str:
    """Return the last part of an absolute path, because its folders are specific to a machine."""
    return Path(name).name if name.startswith("/") else name


def _malformed_names(release: Release, malformed: re.Match[str], message: str) -> list[str]:
    path = Path(malformed["path"])
    names = [str(_relative_to_any(path, (release.scratch, release.root)))]
    if malformed["line"]:
        names.append(f"{malformed['line']}:{malformed['column']}")
    duplicate = DUPLICATE_KEY.search(message)
    return [*names, duplicate[1]] if duplicate else names


def _almost_server_names(instance: object, error: Any) -> Iterable[str]:
    """The instance and the dotted fields that keep it from being a server, without pydantic's own location parts.

    The parser validates unions of server types and of dataset types, and each member reports errors. The members of
    other types are left out: those whose group is missing, or whose dataset `type` differs.
    """
    yield str(instance)
    details = error.errors()
    foreign = {tuple(detail["loc"][:-1]) for detail in details if detail["type"] == "literal_error"}
    fields: dict[str, None] = {}
    for detail in details:
        location = tuple(detail["loc"])
        kept = [str(part) for part in location if not _is_pydantic_part(part)]
        is_foreign = location[:-1] in foreign and "BenchmarkDatasetConfig" in location
        if kept and not is_foreign and not (detail["type"] == "missing" and len(kept) == 1):
            fields[".".join(kept)] = None
    yield from fields


def _is_pydantic_part(part: object) -> bool:
    """Return whether pydantic added this part of a location, as it does for the members of a union."""
    return isinstance(part, str) and (part.endswith("Config") or "[" in part)


def _relative_to_any(path: Path, folders: Iterable[Path]) -> Path:
    for folder in folders:
        if path.is_relative_to(folder):
            return path.relative_to(folder)
    return path


def _listen_for_almost_servers(release: Release) -> None:
    parser = release.global_config.GlobalConfigDictParser
    detect = parser.detect_and_report_almost_servers

    def listening(self: Any, config: Any) -> Any:
        found = detect(self, config)
        release.almost_servers.extend(found)
        return found

    parser.detect_and_report_almost_servers = listening


def _bypass_the_machine(module: Any) -> None:
    """Keep the ports, the name and the openai version of the machine out of the verdicts."""

    class AnyPortIsFree:
        def __enter__(self) -> AnyPortIsFree:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def bind(self, _: object) -> None:
            return None

    module.socket = AnyPortIsFree
    module.gethostname = lambda: "localhost"
    module.gethostbyname = lambda _name: "127.0.0.1"  # pyright: ignore[reportUnknownLambdaType]
    if hasattr(module, "_openai_version_matches_nemo_gym_constraint"):
        module._openai_version_matches_nemo_gym_constraint = lambda _version: True  # pyright: ignore[reportUnknownLambdaType]
    if hasattr(module, "setup_exporters"):
        module.setup_exporters = lambda _config: None  # pyright: ignore[reportUnknownLambdaType]


def _stand_in(name: str) -> dict[str, types.ModuleType]:
    """Return an importable module for `name` and the one submodule that the parser imports."""
    package, submodule = types.ModuleType(name), types.ModuleType(f"{name}.util")
    package.__version__ = STAND_IN_VERSION  # pyright: ignore[reportAttributeAccessIssue]
    package.__path__ = []  # pyright: ignore[reportAttributeAccessIssue]
    package.Run = object  # pyright: ignore[reportAttributeAccessIssue]
    package.util = submodule  # pyright: ignore[reportAttributeAccessIssue]
    return {name: package, f"{name}.util": submodule}


def _take_standard_output() -> TextIO:
    """Reserve standard output for the answers, and discard what the parser prints."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


if __name__ == "__main__":
    main()
