"""Stand-ins for packages that a program imports but that are not installed. They have every attribute."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import inspect
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

ALWAYS = frozenset({"aiohttp", "fastapi", "ray", "requests", "starlette", "uvicorn"})
"""Packages that are replaced even if they are installed, so that the answers do not depend on that."""


def stand_in_version(name: str) -> str:
    """Return the version of an installed distribution, and some version for a package that is replaced."""
    return "0.0.0" if name in ALWAYS else _real_version(name)


_real_version = importlib.metadata.version


class _Standing(type):
    """Allows attributes, `|` and iteration on a stand-in class."""

    def __getattr__(cls, name: str) -> Any:
        return _inner(name)

    def __or__(cls, other: Any) -> Any:
        return Any

    __ror__ = __or__

    def __iter__(cls) -> Iterator[Any]:
        return iter(())


class _Anything(metaclass=_Standing):
    """A stand-in that can be a base class and can be called. As a decorator it returns its argument."""

    def __new__(cls, *arguments: Any, **named: Any) -> Any:
        is_decorator = len(arguments) == 1 and not named and callable(arguments[0])
        return arguments[0] if is_decorator and "stands_in" in vars(cls) else object.__new__(cls)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        pass

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return arguments[0] if arguments else self

    def __getattr__(self, name: str) -> Any:
        return _inner(name)

    def __class_getitem__(cls, key: Any) -> Any:
        return cls

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return importlib.import_module("pydantic_core").core_schema.any_schema()


def _inner(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _Standing(name, (_Anything,), {"stands_in": True})


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        return _inner(name)


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what code below `root` imports and no other finder finds, except the packages `own`, which are in `root`.

    Only imports from below `root` count, because installed packages can do without their optional dependencies.
    """

    def __init__(self, root: Path, own: frozenset[str]) -> None:
        self._root = str(root)
        self._own = own

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        package = fullname.partition(".")[0]
        if package in self._own:
            return None
        is_replaced = package in ALWAYS or isinstance(sys.modules.get(package), _Module)
        if not is_replaced and (not self._is_imported_below_root() or self._is_installed(fullname, path)):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def _is_imported_below_root(self) -> bool:
        frame = inspect.currentframe()
        while frame is not None and ("importlib" in frame.f_code.co_filename or frame.f_code.co_filename == __file__):
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename.startswith(self._root)

    def _is_installed(self, fullname: str, path: Sequence[str] | None) -> bool:
        others = (finder for finder in sys.meta_path if finder is not self)
        return any(finder.find_spec(fullname, path) is not None for finder in others)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []
