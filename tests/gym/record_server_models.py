"""Records the fields that the servers of a release have according to pydantic.

    PYTHON tests/gym/record_server_models.py RELEASE_ROOT

RELEASE_ROOT is the unpacked wheel of a release, PYTHON an interpreter in whose environment its parser runs
(tests/parity/requirements.txt). Writes `data/server-models-<release>.jsonl`: for each program that a config of the
release names as an entrypoint, the class that it starts and the fields of its config. Writes
`data/nested-models-<release>.jsonl`: for each model inside these configs, its fields, and which of PROBES pydantic
accepts for each.

Each program runs up to its `run_webserver`, in its own process and in a temporary folder, without network access and
without subprocesses. Stand-ins replace packages that are not installed.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import json
import logging
import os
import runpy
import shutil
import signal
import sys
import tempfile
import typing
import warnings
from pathlib import Path
from typing import Any, cast

import yaml

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.gym.stand_ins import StandIns, stand_in_version

DATA = Path(__file__).resolve().parent / "data"
REPOSITORY = Path(__file__).resolve().parents[2]
SERVER_TYPES = ("responses_api_models", "resources_servers", "responses_api_agents", "environment_servers")
LONGEST = 120
"""The time limit for a program to reach its `run_webserver`, in seconds."""
_FORBIDDEN = ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")

UNKNOWN = "no_such_key"
PROBES: tuple[Any, ...] = (None, True, 0, -1, 1.5, "1", "text", "auto", [], ["text"], {}, {"text": 1})
"""The values that each field of a nested model is tried with."""

Server = tuple[str, str, str]
"""Server type, implementation and entrypoint."""


class Started(BaseException):
    """A program has reached its `run_webserver`. Not an Exception, so that the program does not catch it."""


def entrypoints(root: Path) -> list[Server]:
    """Return every (server type, implementation, entrypoint) in the YAML files of a release whose program exists."""
    found: set[Server] = set()
    for path in root.rglob("*.yaml"):
        try:
            document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        for instance in entries(document).values():
            for server_type in SERVER_TYPES:
                for implementation, server in entries(entries(instance).get(server_type)).items():
                    entrypoint = entries(server).get("entrypoint")
                    if isinstance(entrypoint, str) and (root / server_type / implementation / entrypoint).is_file():
                        found.add((server_type, implementation, entrypoint))
    return sorted(found)


def entries(value: Any) -> dict[str, Any]:
    """Return a mapping unchanged, and an empty one for any other value."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def answer(root: Path, server: Server) -> dict[str, Any]:
    """Return the class and fields of a server by running its program in this process, which must exit afterwards."""
    server_type, implementation, entrypoint = server
    folder = root / server_type / implementation
    program = (folder / entrypoint).resolve()
    started: list[Any] = []

    def run_webserver(cls: type) -> None:
        started.append(cls)
        raise Started

    utilities = importlib.import_module("nemo_gym.server_utils")
    utilities.SimpleServer.run_webserver = classmethod(run_webserver)
    os.chdir(folder)
    sys.path[:0] = [str(program.parent)]
    sys.addaudithook(_forbid)
    with contextlib.suppress(Started):
        runpy.run_path(str(program), run_name="__main__")
    if not started:
        raise LookupError("the program starts no server")
    model = started[0].model_fields["config"].annotation
    return {
        "class": started[0].__name__,
        "config": model.__name__,
        "extra": model.model_config.get("extra") or "ignore",
        "required": [name for name, field in model.model_fields.items() if field.is_required()],
        "optional": [name for name, field in model.model_fields.items() if not field.is_required()],
        "nested": [_about_nested(each) for each in _nested_models(model)],
    }


def _nested_models(model: Any) -> list[Any]:
    """Return the models of NeMo Gym in the fields of a model, at any depth, each once."""
    base = importlib.import_module("pydantic").BaseModel
    found: list[Any] = []
    waiting = [field.annotation for field in model.model_fields.values()]
    while waiting:
        annotation = waiting.pop(0)
        waiting += typing.get_args(annotation)
        is_model = isinstance(annotation, type) and issubclass(annotation, base)
        if is_model and annotation not in found and not annotation.__module__.startswith("openai."):
            found.append(annotation)
            waiting += [field.annotation for field in cast("Any", annotation).model_fields.values()]
    return found


def _about_nested(model: Any) -> dict[str, Any]:
    """Return the fields of a model by their keys, with a digit for each probe: 1 if pydantic accepts it."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    base = _smallest(model, [key for key, field in fields.items() if field.is_required()])
    return {
        "model": model.__name__,
        "extra": model.model_config.get("extra") or "ignore",
        "required": [key for key in fields if key in _wrong_keys(model, {k: v for k, v in base.items() if k != key})],
        "unknown": UNKNOWN not in _wrong_keys(model, {**base, UNKNOWN: 1}),
        "accepted": {
            key: "".join("01"[not _wrong_keys(model, {**base, key: probe}) & {key, ""}] for probe in PROBES)
            for key in fields
        },
    }


def _smallest(model: Any, required: list[str]) -> dict[str, Any]:
    """Return a mapping with a value for each required key, which pydantic accepts if one of the probes is accepted."""
    found: dict[str, Any] = {}
    for probe in PROBES:
        wrong = _wrong_keys(model, {**dict.fromkeys(required, probe), **found})
        found |= {key: probe for key in required if key not in found and not wrong & {key, ""}}
    return {**dict.fromkeys(required), **found}


def _wrong_keys(model: Any, value: dict[str, Any]) -> set[str]:
    """Return the keys that pydantic reports as wrong; an empty one for an error of the whole mapping."""
    try:
        model.model_validate(value)
    except Exception as error:  # noqa: BLE001 - a validator may raise anything
        details: Any = getattr(error, "errors", tuple)()
        return {str(each["loc"][0]) if each["loc"] else "" for each in details} or {""}
    return set()


def _forbid(event: str, arguments: Any) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(event)


def _answer_in_child(root: Path, server: Server) -> dict[str, Any]:
    """Return the answer, or why there is none, from a new process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(LONGEST)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                found = answer(root, server)
        except BaseException as error:  # noqa: BLE001 - the program may raise anything, including SystemExit
            found = {"failed": type(error).__name__}
        os.write(writing, json.dumps(found).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"failed": "Killed"}


def main(release_root: str) -> None:
    """Run every program of a release and write the answers."""
    release = Path(release_root).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        # Some programs write files to their folder while they are imported.
        root = Path(scratch) / release.name
        shutil.copytree(release, root, ignore=shutil.ignore_patterns("data", "tests", "*.jsonl"))
        os.chdir(scratch)
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        # The sample workspace of this repository has folders with the same names as the release.
        sys.path[:] = [*(path for path in sys.path if Path(path).resolve() != REPOSITORY), str(root)]
        importlib.metadata.version = stand_in_version
        sys.meta_path.insert(0, StandIns(root, frozenset({*SERVER_TYPES, "nemo_gym", "tests"})))
        for module in ("server_utils", "base_resources_server", "base_responses_api_agent", "base_responses_api_model"):
            importlib.import_module(f"nemo_gym.{module}")
        names = ("type", "implementation", "entrypoint")
        rows = [dict(zip(names, server, strict=True)) | _answer_in_child(root, server) for server in entrypoints(root)]
        os.chdir(DATA)
    nested: dict[str, dict[str, Any]] = {}
    for row in rows:
        for model in row.pop("nested", ()):
            # Many servers have the same models.
            nested.setdefault(json.dumps(model), {name: row[name] for name in names} | model)
    _write(f"server-models-{release.name}.jsonl", rows)
    _write(f"nested-models-{release.name}.jsonl", list(nested.values()))


def _write(name: str, rows: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (DATA / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
