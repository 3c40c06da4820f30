"""Records the fields that the servers of a release have according to pydantic.

    PYTHON tests/gym/record_server_models.py RELEASE_ROOT

RELEASE_ROOT is the unpacked wheel of a release, PYTHON an interpreter in whose environment its parser runs
(tests/parity/requirements.txt). Writes `data/server-models-<release>.jsonl`: for each program that a config of the
release names as an entrypoint, the class that it starts and the fields of its config.

Each program runs up to its `run_webserver`, in its own process and in a temporary folder, without network access and
without subprocesses. Stand-ins replace packages that are not installed.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import os
import runpy
import shutil
import signal
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, cast

import yaml

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.gym.stand_ins import StandIns

DATA = Path(__file__).resolve().parent / "data"
REPOSITORY = Path(__file__).resolve().parents[2]
SERVER_TYPES = ("responses_api_models", "resources_servers", "responses_api_agents", "environment_servers")
LONGEST = 120
"""The time limit for a program to reach its `run_webserver`, in seconds."""
_FORBIDDEN = ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")

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
    }


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
        sys.meta_path.insert(0, StandIns(root, frozenset({*SERVER_TYPES, "nemo_gym", "tests"})))
        for module in ("server_utils", "base_resources_server", "base_responses_api_agent", "base_responses_api_model"):
            importlib.import_module(f"nemo_gym.{module}")
        names = ("type", "implementation", "entrypoint")
        rows = [dict(zip(names, server, strict=True)) | _answer_in_child(root, server) for server in entrypoints(root)]
        os.chdir(DATA)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (DATA / f"server-models-{release.name}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
