"""Where NeMo Gym lies, and under which roots it looks for a relative path.

Nothing is run to find it: an environment's own records of what is installed (the package, `.pth` files,
`direct_url.json`) are read as text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import cast

from msgspec import Struct

from gym_lsp.files import Files, Kind, Unreadable, absolute
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Source
from gym_lsp.gym.release.profile import Profile
from gym_lsp.gym.release.version import DIST_INFO, read_release

EXTRA_ROOTS = "NEMO_GYM_EXTRA_ROOTS"

_MARKER = PurePath("nemo_gym", "global_config.py")
_PYTHON_DIRECTORY = re.compile(r"python(?P<version>\d+(?:\.\d+)*)t?")


class InstallRoot(Struct, frozen=True):
    """The folder that holds the package `nemo_gym`: a checkout, or site-packages.

    `how` names what led there: `--gym-root`, `checkout`, `python environment`, `VIRTUAL_ENV`, `CONDA_PREFIX`, `.venv`
    or `venv`.
    """

    path: PurePath
    how: str
    release: str | None


def find_install_root(
    files: Files,
    *,
    explicit: PurePath | None,
    workspace: PurePath,
    python_environment: PurePath | None = None,
    environ: Mapping[str, str],
) -> InstallRoot | None:
    """The NeMo Gym that the user works with, None where there is none.

    `explicit` may be a checkout, its `nemo_gym` folder, site-packages, an environment or an environment's Python. If
    it is given and holds no NeMo Gym, nothing else is tried: another one is not what was asked for.
    `python_environment` is what the editor has selected, a folder or an executable.
    """
    if explicit is not None:
        found = _at(files, absolute(explicit, workspace))
        return _install_root(files, found, "--gym-root")
    if _is_install_root(files, workspace):
        return _install_root(files, workspace, "checkout")
    places = (
        ("python environment", str(python_environment or "")),
        ("VIRTUAL_ENV", environ.get("VIRTUAL_ENV", "")),
        ("CONDA_PREFIX", environ.get("CONDA_PREFIX", "")),
        (".venv", ".venv"),
        ("venv", "venv"),
    )
    for how, place in places:
        found = _in_environment(files, absolute(place, workspace)) if place else None
        if found is not None:
            return _install_root(files, found, how)
    return None


def _install_root(files: Files, path: PurePath | None, how: str) -> InstallRoot | None:
    return InstallRoot(path, how, read_release(files, path)) if path is not None else None


def _is_install_root(files: Files, path: PurePath) -> bool:
    return files.kind(path / _MARKER) is Kind.FILE


def _at(files: Files, path: PurePath) -> PurePath | None:
    """The install root that a person means who names `path`."""
    for candidate in (path, path / "src"):
        if _is_install_root(files, candidate):
            return candidate
    if path.name == _MARKER.parent.name and _is_install_root(files, path.parent):
        return path.parent
    return _in_environment(files, path) or _in_site_packages(files, path)


def _in_environment(files: Files, path: PurePath) -> PurePath | None:
    """The NeMo Gym of a Python environment, given as its folder or as a Python executable in it."""
    if files.kind(path) is Kind.FILE:
        # The executable is often a link to another Python; the folder that it was named in is what counts.
        path = path.parent.parent if path.parent.name in ("bin", "Scripts") else path.parent
    for site_packages in _site_packages(files, path):
        found = _in_site_packages(files, site_packages)
        if found is not None:
            return found
    return None


def _site_packages(files: Files, environment: PurePath) -> Iterator[PurePath]:
    """`lib/python3.12/site-packages` and the like, the newest Python first; `Lib/site-packages` on Windows."""
    yield environment / "Lib" / "site-packages"
    for lib in ("lib", "lib64"):
        names = (_PYTHON_DIRECTORY.fullmatch(entry.name) for entry in files.entries(environment / lib))
        versions = [(tuple(map(int, name["version"].split("."))), name[0]) for name in names if name]
        for _, name in sorted(versions, reverse=True):
            yield environment / lib / name / "site-packages"


def _in_site_packages(files: Files, directory: PurePath) -> PurePath | None:
    """The install root that a site-packages directory holds or, for an editable install, points to."""
    if _is_install_root(files, directory):
        return directory
    for candidate in _editable(files, directory):
        for root in (candidate, candidate / "src"):
            if _is_install_root(files, root):
                return root
    return None


def _editable(files: Files, directory: PurePath) -> Iterator[PurePath]:
    names = [entry.name for entry in files.entries(directory)]
    for name in names:
        if name.endswith(".pth"):
            yield from _pth_lines(files, directory, name)
    for name in names:
        if name.startswith("__editable__") and name.endswith("_finder.py"):
            yield from _finder_mapping(files, directory / name)
    for name in names:
        if DIST_INFO.fullmatch(name):
            yield from _direct_url(files, directory / name / "direct_url.json")


def _pth_lines(files: Files, directory: PurePath, name: str) -> Iterator[PurePath]:
    """The folders that a `.pth` file adds to the import path; its lines of code are not run."""
    for line in _text(files, directory / name).splitlines():
        line = line.strip()
        if line and not line.startswith(("#", "import ", "import\t")):
            yield absolute(line, directory)


def _finder_mapping(files: Files, path: PurePath) -> Iterator[PurePath]:
    """The folder of the package that setuptools' import hook for editable installs knows."""
    module = Module(path, path.stem, _text(files, path))
    package = module.items("MAPPING").get("nemo_gym")
    value = Source(files, ()).evaluate_or_none(module, package) if package else None
    if isinstance(value, str):
        yield PurePath(value).parent


def _direct_url(files: Files, path: PurePath) -> Iterator[PurePath]:
    """The local folder that a package was installed from, as its installer recorded it."""
    # Both are needed for editable installs alone, and cost milliseconds of every start.
    import json
    from urllib.parse import unquote, urlsplit

    try:
        record: object = json.loads(_text(files, path) or "null")
    except ValueError:
        return
    url = cast("dict[str, object]", record).get("url") if isinstance(record, dict) else None
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.scheme != "file":
        return
    local = unquote(parts.path)
    # `file:///C:/gym` has a slash before the drive letter; `file://server/gym` is a share.
    if re.match(r"/[A-Za-z]:(/|$)", local):
        local = local[1:]
    elif parts.netloc not in ("", "localhost"):
        local = f"//{parts.netloc}{local}"
    yield PurePath(local)


def _text(files: Files, path: PurePath) -> str:
    try:
        return files.read(path)
    except Unreadable:
        return ""


class SearchRoots(Struct, frozen=True):
    """The folders that a relative path is looked for under, the first one first."""

    roots: tuple[PurePath, ...]

    def resolve(self, files: Files, relative: str) -> PurePath | None:
        """Where a path leads: under the first root that has it. None where none has it.

        An absolute path leads to itself if it exists. Mirrors `_resolve_under_cwd_or_install`.
        """
        return next((path for path in self.candidates(relative) if files.kind(path) is not None), None)

    def candidates(self, relative: str) -> tuple[PurePath, ...]:
        """Every place that is looked at, in order; what NeMo Gym lists when it finds nothing."""
        return _joined(self.roots, relative)

    def spell(self, path: PurePath) -> str:
        """A path as a config would name it: relative to the first root that it lies in, with forward slashes."""
        spelled = path.as_posix()
        for root in self.roots:
            folder = root.as_posix().rstrip("/") + "/"
            if spelled.startswith(folder):
                return spelled[len(folder) :]
        return spelled


@lru_cache(maxsize=1 << 12)
def _joined(roots: tuple[PurePath, ...], relative: str) -> tuple[PurePath, ...]:
    # Every run asks for the same few paths again, and making a path costs more than looking for it.
    return (PurePath(relative),) if os.path.isabs(relative) else tuple(root / relative for root in roots)


def search_roots(
    files: Files,
    *,
    search_dirs: Sequence[str | PurePath],
    working_directory: PurePath,
    install_root: PurePath | None,
    environ: Mapping[str, str],
    profile: Profile,
) -> SearchRoots:
    """The roots of a run: `--search-dir`, NEMO_GYM_EXTRA_ROOTS, the working directory, the install root.

    A root that leads to the same folder as an earlier one is left out. Mirrors `component_search_roots`; releases
    before 0.5.1 know only the last two.
    """
    extra = [*search_dirs, *filter(None, environ.get(EXTRA_ROOTS, "").split(os.pathsep))]
    given = extra if profile.extra_roots else []
    roots = [absolute(root, working_directory) for root in given]
    roots += [working_directory, *([install_root] if install_root else [])]
    return SearchRoots(tuple(_distinct(files, roots)))


def environment_of(variables: Mapping[str, str]) -> dict[str, str]:
    """The names of the variables that are set, with the content of NeMo Gym's own setting alone."""
    return {name: value if name == EXTRA_ROOTS else "" for name, value in variables.items()}


def _distinct(files: Files, roots: Iterable[PurePath]) -> Iterator[PurePath]:
    seen: set[PurePath] = set()
    for root in roots:
        real = files.resolve(root)
        if real not in seen:
            seen.add(real)
            yield root
