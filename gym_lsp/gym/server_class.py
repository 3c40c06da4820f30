"""The class of a server and the model of its config, read from the program that its entrypoint names.

NeMo Gym runs `python <entrypoint>` in the folder of the implementation. The program calls `X.run_webserver()`. The
annotation of `config` in X, or in the nearest base of X that has one, is the class that validates the block of the
server. gym-lsp finds both by following the imports of the program, without running anything.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Sequence
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import Files, Kind, Unreadable, absolute
from gym_lsp.gym.fields import Model
from gym_lsp.gym.python.mapping_uses import with_known_mappings
from gym_lsp.gym.python.models import HARMLESS_BASES, ModelReader
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import External, Source, SourceDefinition
from gym_lsp.gym.python.statements import dotted
from gym_lsp.gym.server_folder import find_server_folder
from gym_lsp.gym.task_data import MODULE as TASK_DATA_MODULE
from gym_lsp.gym.task_data import TaskData, Unusable, read_task_data, why_unusable

_START = "run_webserver"
_CONFIG = "config"
_LOAD = "load_config_from_global_config"
_BASE_MODULE = "nemo_gym.server_utils"
_MAIN = "__main__.py"
_PACKAGES = frozenset(
    {
        "benchmarks", "environment_servers", "environments", "nemo_gym", "resources_servers", "responses_api_agents",
        "responses_api_models",
    }
)  # fmt: skip
"""The packages that may be imported from where NeMo Gym is installed; the others there belong to other projects."""


class ServerClass(Struct, frozen=True):
    """The class whose `run_webserver` a program calls.

    `path` and `line` (counted from 1) are the place of its definition. `config` is the model of its block, or None if
    that cannot be read.
    """

    name: str
    path: PurePath
    line: int
    config: Model | None


class ServerClasses:
    """The server classes below the search roots. Each is read when it is needed first.

    `install_root` is the root that holds NeMo Gym itself, if any.
    """

    def __init__(
        self,
        files: Files,
        roots: Sequence[PurePath],
        install_root: PurePath | None,
    ) -> None:
        self._files = files
        self._roots = tuple(roots)
        self._install_root = install_root
        self._modules: dict[tuple[PurePath, str], Module] = {}
        self._shared = self._reader_of_roots()
        self._readers: dict[PurePath, ModelReader] = {}
        self._found: dict[tuple[str, str, str], ServerClass | None] = {}
        self._task_data: dict[tuple[str, str], TaskData | None] = {}
        self._reading = threading.Lock()
        """Held while source is read: the threads that work on one snapshot share its classes."""

    def _reader_of_roots(self) -> ModelReader:
        # In a checkout of NeMo Gym everything may be imported. site-packages holds too many unrelated packages.
        library = self._install_root if self._roots[:1] != (self._install_root,) else None
        own = [root for root in self._roots if root != library]
        if library is None:
            return ModelReader(Source(self._files, own, modules=self._modules))
        below = ModelReader(Source(self._files, (library,), only=_PACKAGES, modules=self._modules))
        return ModelReader(Source(self._files, own, below.source, modules=self._modules), below)

    def forget_source(self) -> None:
        """Release the texts and syntax trees of all programs, which need more memory than the classes.

        The classes that were found stay. Finding another class reads its modules again.
        """
        with self._reading:
            self._modules.clear()
            self._shared = self._reader_of_roots()
            self._readers.clear()

    def find(self, server_type: str, implementation: str, entrypoint: str) -> ServerClass | None:
        """Return the class that the program of a server starts, or None if it is not found."""
        key = (server_type, implementation, entrypoint)
        with self._reading:
            if key not in self._found:
                path = self._program(*key)
                self._found[key] = None if path is None else self._started_by(path)
            return self._found[key]

    def task_data(self, server_type: str, implementation: str) -> TaskData | None:
        """Return the schema of the rows of a server, or None if it has none that can be read."""
        key = (server_type, implementation)
        with self._reading:
            if key not in self._task_data:
                folder = find_server_folder(self._files, self._roots, *key)
                self._task_data[key] = (
                    None
                    if folder is None
                    else read_task_data(self._reader_in(folder.path), folder.path / f"{TASK_DATA_MODULE}.py")
                )
            return self._task_data[key]

    def unusable_task_data(self, server_type: str, implementation: str) -> Unusable | None:
        """Return why NeMo Gym cannot use the schema that a server has; None if there is none, or if it may use it."""
        folder = find_server_folder(self._files, self._roots, server_type, implementation)
        if folder is None:
            return None
        path = folder.path / f"{TASK_DATA_MODULE}.py"
        try:
            return why_unusable(path, self._files.read(path))
        except Unreadable:
            return None

    def _program(self, server_type: str, implementation: str, entrypoint: str) -> PurePath | None:
        """Return the file that Python would run."""
        folder = find_server_folder(self._files, self._roots, server_type, implementation)
        if folder is None:
            return None
        path = absolute(entrypoint, folder.path)
        return path / _MAIN if self._files.kind(path) is Kind.DIRECTORY else path

    def _started_by(self, path: PurePath) -> ServerClass | None:
        reader = self._reader_in(path.parent)
        source = reader.source
        program = source.module(path.stem)
        if program is None or program.path != path:
            program = source.read(path, path.stem)
        for name in reversed(() if program is None else program.receivers(_START)):
            found = source.refer(program, dotted(name)) if program is not None else None
            if isinstance(found, SourceDefinition) and isinstance(found.node, ast.ClassDef):
                config = _config_class(source, found)
                model = None if config is None else reader.model_of(config)
                if config is not None and model is not None:
                    model = with_known_mappings(reader, found, config, model)
                return ServerClass(found.name, found.module.path, found.node.lineno, model)
        return None

    def _reader_in(self, folder: PurePath) -> ModelReader:
        """Return a reader for a program in a folder. The program imports from its folder first, then from the roots."""
        if folder not in self._readers:
            source = Source(self._files, (folder,), self._shared.source, modules=self._modules)
            self._readers[folder] = ModelReader(source, self._shared)
        return self._readers[folder]


def _config_class(source: Source, server: SourceDefinition) -> SourceDefinition | None:
    """Return the class that `config` is annotated with, or None if a base that cannot be read might override it."""
    for base in source.mro(server):
        if isinstance(base, External):
            if base.name in HARMLESS_BASES:
                continue
            return None
        if _LOAD in base.module.text and base.module.name != _BASE_MODULE and _LOAD in _methods(base):
            # This method may change the block before the class validates it.
            return None
        annotation = base.module.annotation(base.name, _CONFIG)
        if annotation is not None:
            found = source.refer(base.module, _unquoted(annotation))
            return found if isinstance(found, SourceDefinition) else None
    return None


def _methods(definition: SourceDefinition) -> frozenset[str]:
    return definition.module.method_names(definition.name)


def _unquoted(annotation: ast.expr) -> ast.expr:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return dotted(annotation.value)
    return annotation
