"""The install root of NeMo Gym, and the search roots for relative paths.

Finding NeMo Gym runs no program. The package, `.pth` files and `direct_url.json` of a Python environment are read as
text.
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
_SUBMODULE = PurePath("3rdparty", "Gym-workspace", "Gym")
"""Where a checkout of NeMo RL has NeMo Gym."""
_PYTHON_DIRECTORY = re.compile(r"python(?P<version>\d+(?:\.\d+)*)t?")


class InstallRoot(Struct, frozen=True):
    """The folder that holds the package `nemo_gym`: a checkout, or site-packages.

    `how` is how it was found: `--gym-root`, `checkout`, `git submodule`, `python environment`, `VIRTUAL_ENV`,
    `CONDA_PREFIX`, `.venv` or `venv`.
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
    """Return the NeMo Gym that the user works with, or None.

    `explicit` is a checkout, its `nemo_gym` folder, site-packages, an environment or the Python of an environment. If
    it has no NeMo Gym, the result is None, because any other NeMo Gym is not the requested one. `python_environment` is
    the folder or executable that is selected in the editor.
    """
    if explicit is not None:
        found = _at(files, absolute(explicit, workspace))
        return _install_root(files, found, "--gym-root")
    if is_install_root(files, workspace):
        return _install_root(files, workspace, "checkout")
    submodule = workspace / _SUBMODULE
    if is_install_root(files, submodule):
        return _install_root(files, submodule, "git submodule")
    environments = (
        ("python environment", str(python_environment or "")),
        ("VIRTUAL_ENV", environ.get("VIRTUAL_ENV", "")),
        ("CONDA_PREFIX", environ.get("CONDA_PREFIX", "")),
        (".venv", ".venv"),
        ("venv", "venv"),
    )
    for how, environment in environments:
        found = _in_environment(files, absolute(environment, workspace)) if environment else None
        if found is not None:
            return _install_root(files, found, how)
    # A folder inside a checkout, which has no environment of its own.
    enclosing = next((folder for folder in workspace.parents if is_install_root(files, folder)), None)
    return _install_root(files, enclosing, "checkout")


def _install_root(files: Files, path: PurePath | None, how: str) -> InstallRoot | None:
    return InstallRoot(path, how, read_release(files, path)) if path is not None else None


def is_install_root(files: Files, path: PurePath) -> bool:
    """Return whether a folder contains the package `nemo_gym`."""
    return files.kind(path / _MARKER) is Kind.FILE


def _at(files: Files, path: PurePath) -> PurePath | None:
    """Return the install root that an explicit path means, or None."""
    for candidate in (path, path / "src"):
        if is_install_root(files, candidate):
            return candidate
    if path.name == _MARKER.parent.name and is_install_root(files, path.parent):
        return path.parent
    return _in_environment(files, path) or _in_site_packages(files, path)


def _in_environment(files: Files, path: PurePath) -> PurePath | None:
    """Return the install root of a Python environment, given as its folder or as a Python executable in it."""
    if files.kind(path) is Kind.FILE:
        # The executable is often a link to another Python, so the folder of the link counts.
        path = path.parent.parent if path.parent.name in ("bin", "Scripts") else path.parent
    for site_packages in _site_packages(files, path):
        found = _in_site_packages(files, site_packages)
        if found is not None:
            return found
    return None


def _site_packages(files: Files, environment: PurePath) -> Iterator[PurePath]:
    """Yield candidates such as `lib/python3.12/site-packages`, newest Python first; `Lib/site-packages` on Windows."""
    yield environment / "Lib" / "site-packages"
    for lib in ("lib", "lib64"):
        names = (_PYTHON_DIRECTORY.fullmatch(entry.name) for entry in files.entries(environment / lib))
        versions = [(tuple(map(int, name["version"].split("."))), name[0]) for name in names if name]
        for _, name in sorted(versions, reverse=True):
            yield environment / lib / name / "site-packages"


def _in_site_packages(files: Files, directory: PurePath) -> PurePath | None:
    """Return the install root in a site-packages folder or, for an editable install, the one that it points to."""
    if is_install_root(files, directory):
        return directory
    for candidate in _editable(files, directory):
        for root in (candidate, candidate / "src"):
            if is_install_root(files, root):
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
    """Yield the folders that a `.pth` file adds to the import path. Its lines of code are skipped."""
    for line in _text(files, directory / name).splitlines():
        line = line.strip()
        if line and not line.startswith(("#", "import ", "import\t")):
            yield absolute(line, directory)


def _finder_mapping(files: Files, path: PurePath) -> Iterator[PurePath]:
    """Yield the folder that the import hook of setuptools for editable installs maps `nemo_gym` to."""
    module = Module(path, path.stem, _text(files, path))
    package = module.items("MAPPING").get("nemo_gym")
    value = Source(files, ()).evaluate_or_none(module, package) if package else None
    if isinstance(value, str):
        yield PurePath(value).parent


def _direct_url(files: Files, path: PurePath) -> Iterator[PurePath]:
    """Yield the local folder that a package was installed from, as the installer recorded it."""
    # Only editable installs need these modules, and importing them would slow down every start.
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
    """The folders in which relative paths are searched, in this order."""

    roots: tuple[PurePath, ...]

    def resolve(self, files: Files, relative: str) -> PurePath | None:
        """Return the path in the first root that has it, or None. Mirrors `_resolve_under_cwd_or_install`.

        An absolute path resolves to itself if it exists.
        """
        return next((path for path in self.candidates(relative) if files.kind(path) is not None), None)

    def candidates(self, relative: str) -> tuple[PurePath, ...]:
        """Return every path that `resolve` tries, in order. NeMo Gym lists them if none exists."""
        return _joined(self.roots, relative)

    def spell(self, path: PurePath) -> str:
        """Return a path as a config names it: relative to the first root that contains it, with forward slashes."""
        text = path.as_posix()
        for root in self.roots:
            folder = root.as_posix().rstrip("/") + "/"
            if text.startswith(folder):
                return text[len(folder) :]
        return text


@lru_cache(maxsize=1 << 12)
def _joined(roots: tuple[PurePath, ...], relative: str) -> tuple[PurePath, ...]:
    # Every run resolves the same few paths, and creating a path takes longer than looking it up.
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
    """Return the search roots of a run: `--search-dir`, NEMO_GYM_EXTRA_ROOTS, the working directory, the install root.

    A root that is the same folder as an earlier one is omitted. Releases before 0.5.1 use only the last two. Mirrors
    `component_search_roots`.
    """
    extra = [*search_dirs, *extra_roots(environ)]
    given = extra if profile.extra_roots else []
    roots = [absolute(root, working_directory) for root in given]
    roots += [working_directory, *([install_root] if install_root else [])]
    return SearchRoots(tuple(_distinct(files, roots)))


def extra_roots(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folders of NEMO_GYM_EXTRA_ROOTS, as they are written there."""
    return tuple(filter(None, environ.get(EXTRA_ROOTS, "").split(os.pathsep)))


def environment_of(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the variables that are set. Only NEMO_GYM_EXTRA_ROOTS keeps its value."""
    return {name: value if name == EXTRA_ROOTS else "" for name, value in variables.items()}


def _distinct(files: Files, roots: Iterable[PurePath]) -> Iterator[PurePath]:
    seen: set[PurePath] = set()
    for root in roots:
        real = files.resolve(root)
        if real not in seen:
            seen.add(real)
            yield root
