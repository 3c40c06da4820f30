"""Which gym-lsp this is: everything about the program itself that its answers depend on."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import PurePath

import msgspec

import gym_lsp
from gym_lsp.files import Disk, walk

_RECORD = re.compile(r"gym_lsp-[^/]+\.dist-info")
_DEPENDENCIES = ("msgspec-", "pathspec-", "ruamel")
_MATTERING = ("NEMO_GYM_EXTRA_ROOTS", "VIRTUAL_ENV", "CONDA_PREFIX")
"""The environment variables whose values decide which files are read. Of the others, only the names matter."""


def environment(variables: Mapping[str, str]) -> Iterator[str]:
    """Yield what answers depend on of the environment of a process."""
    yield repr([(name, variables.get(name)) for name in _MATTERING])
    yield repr(sorted(variables))


def identity() -> Iterator[str]:
    """Yield the version of gym-lsp, of Python and of what gym-lsp reads files with.

    The source of gym-lsp can change without its version, unless the records of an installation are beside it.
    """
    disk = Disk()
    package = PurePath(gym_lsp.__file__).parent
    yield gym_lsp.__version__
    yield f"{sys.platform} {'.'.join(map(str, sys.version_info[:3]))}"
    installed = disk.entries(PurePath(msgspec.__file__).parent.parent)
    yield from (entry.name for entry in installed if entry.name.startswith(_DEPENDENCIES))
    if not any(_RECORD.fullmatch(entry.name) for entry in disk.entries(package.parent)):
        digest = blake2b()
        for path in walk(disk, package, (".py",)):
            digest.update(disk.load(path) or b"")
        yield digest.hexdigest()
