"""Which workspaces a command is about, and their settings."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePath

from gym_lsp.cli.arguments import Options
from gym_lsp.cli.failure import UsageError
from gym_lsp.files import Disk, Files, Kind, absolute
from gym_lsp.gym.roots import environment_of, find_install_root
from gym_lsp.reporters.paths import relative_path
from gym_lsp.rules import RULE_NAMES
from gym_lsp.text import LineIndex
from gym_lsp.workspace.recognise import GYM_FOLDERS
from gym_lsp.workspace.setting_shapes import is_selector, unknown_rule
from gym_lsp.workspace.settings import OWN_FILE, Settings, SettingsError, load_settings
from gym_lsp.workspace.workspace import Workspace


def working_directory() -> PurePath:
    try:
        return PurePath(Path.cwd())
    except FileNotFoundError:
        raise UsageError("the working directory is gone") from None


def open_workspace(options: Options, root: PurePath, files: Files | None = None) -> Workspace:
    """The workspace at `root`, as the arguments and its settings have it. Raises UsageError."""
    files = files or Disk()
    arguments = options.arguments
    settings = _settings(options, files, root)
    explicit = arguments.gym_root
    if explicit is not None and files.kind(absolute(explicit)) is not Kind.DIRECTORY:
        raise UsageError(f"--gym-root {explicit}: there is no such folder")
    gym_root = absolute(explicit) if explicit is not None else settings.gym_root
    install = find_install_root(files, explicit=gym_root, workspace=root, environ=os.environ)
    if gym_root is not None and install is None:
        raise UsageError(f"{gym_root} holds no NeMo Gym: there is no nemo_gym/global_config.py below it")
    return Workspace(
        files, root, settings, install, _search_dirs(arguments.search_dir, files), environment_of(os.environ)
    )


def _search_dirs(given: list[str], files: Files) -> tuple[PurePath, ...]:
    for folder in given:
        if files.kind(absolute(folder)) is not Kind.DIRECTORY:
            raise UsageError(f"--search-dir {folder}: there is no such folder")
    return tuple(absolute(folder) for folder in given)


def _settings(options: Options, files: Files, root: PurePath) -> Settings:
    loaded = load_settings(files, root, known_rules=RULE_NAMES)
    if loaded.errors:
        raise UsageError("\n".join(_told(error, files) for error in loaded.errors))
    settings = loaded.settings
    select, ignore = _rules(options.arguments.select), _rules(options.arguments.ignore)
    if select:
        settings = replace(settings, select=select)
    if ignore:
        settings = replace(settings, ignore=(*settings.ignore, *ignore))
    return settings


def _told(error: SettingsError, files: Files) -> str:
    """A wrong setting with its place."""
    shown = relative_path(error.path, working_directory())
    if error.span is None:
        return f"{shown}: {error.message}"
    start = LineIndex(files.read(error.path)).position(error.span.start)
    return f"{shown}:{start.line + 1}:{start.column + 1}: {error.message}"


def _rules(given: list[str]) -> tuple[str, ...]:
    names = tuple(name.strip() for part in given for name in part.split(",") if name.strip())
    for name in names:
        if not is_selector(name, RULE_NAMES):
            raise UsageError(f"{unknown_rule(name, RULE_NAMES)}; `gym-lsp --explain` lists the rules")
    return names


def root_of(files: Files, path: PurePath, start: PurePath) -> PurePath:
    """The folder that the relative paths of a config are meant to start from.

    NeMo Gym takes the working directory, `start`. Where that is no place for Gym configs, or the config lies
    elsewhere, it is the nearest folder above the config that looks like one.
    """
    if path.is_relative_to(start) and is_workspace(files, start):
        return start
    folder = path if files.kind(path) is Kind.DIRECTORY else path.parent
    for candidate in (folder, *folder.parents):
        if is_workspace(files, candidate):
            return candidate
    return start if path.is_relative_to(start) else folder


def is_workspace(files: Files, folder: PurePath) -> bool:
    """Whether a folder holds Gym's folders, or our settings."""
    names = {entry.name for entry in files.entries(folder)}
    return OWN_FILE in names or not names.isdisjoint(set(GYM_FOLDERS) - {"nemo_gym"})
