"""The class that a server is, and the fields of its own config, read from the program that its entrypoint names.

NeMo Gym starts `python <entrypoint>` in the folder of the implementation. The program calls `X.run_webserver()`; the
annotation of `config` in X, or in the nearest base of X that has one, is the class that the block of the server has to
fit. Both are followed through the modules that the program could import from there, and nothing is ever run.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import Files, Kind, absolute
from gym_lsp.gym.fields import Model
from gym_lsp.gym.python.models import HARMLESS_BASES, ModelReader
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Definition, External, Source
from gym_lsp.gym.python.statements import dotted
from gym_lsp.gym.server_folder import find_server_folder

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
"""What may be imported from where NeMo Gym is installed. Whatever else lies there is somebody else's."""


class ServerClass(Struct, frozen=True):
    """The class whose `run_webserver` a program calls.

    `path` and `line` (counted from 1) are where it is written. `config` is what its block must fit, None where that
    cannot be read.
    """

    name: str
    path: PurePath
    line: int
    config: Model | None


class ServerClasses:
    """The server classes below some roots, each read when it is first asked for.

    `install_root` is that of the roots which holds NeMo Gym itself, if any.
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

    def _reader_of_roots(self) -> ModelReader:
        # In a checkout, where NeMo Gym is at home, everything may be imported; in site-packages far too much could.
        library = self._install_root if self._roots[:1] != (self._install_root,) else None
        own = [root for root in self._roots if root != library]
        if library is None:
            return ModelReader(Source(self._files, own, kept=self._modules))
        below = ModelReader(Source(self._files, (library,), only=_PACKAGES, kept=self._modules))
        return ModelReader(Source(self._files, own, below.source, kept=self._modules), below)

    def forget_source(self) -> None:
        """Let go of the text and the syntax trees of all programs, which take more room than what they told.

        The classes that were found stay; to find another, its modules are read again.
        """
        self._modules.clear()
        self._shared = self._reader_of_roots()
        self._readers.clear()

    def find(self, server_type: str, implementation: str, entrypoint: str) -> ServerClass | None:
        """The class that the program of a server starts; None where there is no program or it does not tell."""
        asked = (server_type, implementation, entrypoint)
        if asked not in self._found:
            path = self._program(*asked)
            self._found[asked] = None if path is None else self._started_by(path)
        return self._found[asked]

    def _program(self, server_type: str, implementation: str, entrypoint: str) -> PurePath | None:
        """The file that Python would run."""
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
            if isinstance(found, Definition) and isinstance(found.node, ast.ClassDef):
                config = _config_class(source, found)
                model = None if config is None else reader.model_of(config)
                return ServerClass(found.name, found.module.path, found.node.lineno, model)
        return None

    def _reader_in(self, folder: PurePath) -> ModelReader:
        """Reads what a program in a folder imports: from beside it, and then from the roots."""
        if folder not in self._readers:
            source = Source(self._files, (folder,), self._shared.source, kept=self._modules)
            self._readers[folder] = ModelReader(source, self._shared)
        return self._readers[folder]


def _config_class(source: Source, server: Definition) -> Definition | None:
    """The class that `config` is annotated with; None where a base that cannot be read might say otherwise."""
    for base in source.mro(server):
        if isinstance(base, External):
            if base.name in HARMLESS_BASES:
                continue
            return None
        if _LOAD in base.module.text and base.module.name != _BASE_MODULE and _LOAD in _methods(base):
            # It makes of the block what it likes before the class sees it.
            return None
        annotation = base.module.annotation(base.name, _CONFIG)
        if annotation is not None:
            found = source.refer(base.module, _unquoted(annotation))
            return found if isinstance(found, Definition) else None
    return None


def _methods(definition: Definition) -> frozenset[str]:
    return definition.module.method_names(definition.name)


def _unquoted(annotation: ast.expr) -> ast.expr:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return dotted(annotation.value)
    return annotation
