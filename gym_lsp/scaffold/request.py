"""What is to be made, and what a file of it is."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Literal, NamedTuple, get_args

from msgspec import Struct

from gym_lsp.workspace.setting_types import did_you_mean

Kind = Literal["environment", "benchmark", "agent", "resources-server", "sandbox", "recipe"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_NAME = 64
"""Characters of a name, which becomes a part of names of files and of instances."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class ScaffoldError(ValueError):
    """Something cannot be made: what is wrong, and the way out. `option` is the argument that it is about, if any."""

    def __init__(self, message: str, option: str | None = None) -> None:
        super().__init__(message)
        self.option = option


class Request(Struct, frozen=True, kw_only=True):
    """What is to be made. What is None or empty has a usual value, or there is none and it is an error.

    `resources_server` is the one that grades the answers of an environment: one that exists, or by default a new one.
    `agent` is an implementation, `environment` the config that a recipe trains on, `provider` that of a sandbox.
    """

    kind: Kind
    name: str
    domain: str | None = None
    resources_server: str | None = None
    agent: str | None = None
    environment: str | None = None
    provider: str | None = None


class NewFile(NamedTuple):
    """A file to be made: where, and its text."""

    path: PurePath
    text: str


def check_name(name: str) -> None:
    """Raise ScaffoldError for a name that cannot be a folder, an instance and a module."""
    if _NAME.fullmatch(name) and not keyword.iskeyword(name) and len(name) <= LONGEST_NAME:
        return
    if len(name) > LONGEST_NAME:
        raise ScaffoldError(f"the name has {len(name)} characters; expected at most {LONGEST_NAME}")
    similar = re.sub(r"\W+|_+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").lower()
    fits = _NAME.fullmatch(similar) is not None and not keyword.iskeyword(similar)
    expected = "expected lowercase letters, digits and `_`, with a letter first, and not a keyword of Python"
    raise ScaffoldError(f"invalid name `{name}`; " + (f"did you mean `{similar}`?" if fits else expected))


def one_of(name: str, known: Iterable[str], what: str, option: str | None = None) -> None:
    """Raise ScaffoldError for a name that is not a known one."""
    names = tuple(known)
    if name not in names:
        expected = f"; expected one of {', '.join(f'`{each}`' for each in names)}"
        raise ScaffoldError(f"unknown {what} `{name}`{did_you_mean(name, names) or expected}", option)


def class_name(name: str) -> str:
    """Return the name of a component as the beginning of a class name: `word_count` becomes `WordCount`."""
    return "".join(part.capitalize() for part in name.split("_"))
