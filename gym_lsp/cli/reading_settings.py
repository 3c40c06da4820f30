"""The settings of a command: those of a file, and the options that change them."""

from __future__ import annotations

from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.places import working_directory
from gym_lsp.files import Files, Kind, absolute
from gym_lsp.reporters.paths import relative_path
from gym_lsp.rules import RULE_NAMES
from gym_lsp.text import LineIndex
from gym_lsp.workspace.setting_types import did_you_mean, is_selector, unknown_rule
from gym_lsp.workspace.settings import (
    TABLE,
    Excluded,
    LoadedSettings,
    Settings,
    SettingsError,
    load_settings,
    read_settings,
)


def settings_of(options: Options, files: Files, root: PurePath) -> Settings:
    """Return the settings of the workspace at `root`, with those of the command line. Raises UsageError."""
    loaded = _loaded(options, files, root)
    if loaded.errors:
        raise UsageError("\n".join(_message(error, files) for error in loaded.errors))
    settings = loaded.settings
    select, ignore = rules_of("--select", options.select), rules_of("--ignore", options.ignore)
    if select:
        settings = replace(settings, select=select)
    if ignore:
        settings = replace(settings, ignore=(*settings.ignore, *ignore))
    if options.exclude:
        globs = _separated(options.exclude)
        if not globs:
            # An empty variable in a CI job must not silently exclude nothing.
            raise UsageError("`--exclude` needs a glob, such as `--exclude 'drafts/**'`")
        settings = replace(settings, excluded=Excluded(working_directory(), globs))
    return settings


def _loaded(options: Options, files: Files, root: PurePath) -> LoadedSettings:
    if options.isolated:
        return LoadedSettings(Settings())
    if options.settings is None:
        return load_settings(files, root, known_rules=RULE_NAMES)
    given, path = options.settings, absolute(options.settings)
    if files.kind(path) is Kind.DIRECTORY:
        raise UsageError(f"--settings {given}: expected a file, found a folder")
    loaded = read_settings(files, path, known_rules=RULE_NAMES)
    if loaded is None and files.kind(path) is None:
        names = [entry.name for entry in files.entries(path.parent) if entry.name.endswith(".toml")]
        raise UsageError(f"--settings {given}: file not found{did_you_mean(path.name, names)}")
    if loaded is None:
        raise UsageError(f"--settings {given}: no table `[{'.'.join(TABLE)}]` in it")
    return loaded


def _message(error: SettingsError, files: Files) -> str:
    """The message of a wrong setting, after its file, line and column."""
    shown = relative_path(error.path, working_directory())
    if error.span is None:
        return f"{shown}: {error.message}"
    start = LineIndex(files.read(error.path)).position(error.span.start)
    return f"{shown}:{start.line + 1}:{start.column + 1}: {error.message}"


def rules_of(flag: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rules that an option names. Raises UsageError."""
    names = _separated(given)
    if given and not names:
        # An empty variable in a CI job must not silently select all rules or none.
        raise UsageError(f"`{flag}` needs the name of a rule; `gym-lsp --explain` lists the rules")
    for name in names:
        if not is_selector(name, RULE_NAMES):
            raise no_such_rule(name)
    return names


def _separated(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for part in given for name in part.split(",") if name.strip())


def no_such_rule(name: str) -> UsageError:
    """The error for an unknown rule: it suggests a rule, or else how to list the rules."""
    message = unknown_rule(name, RULE_NAMES)
    return UsageError(message if message.endswith("?") else f"{message}; `gym-lsp --explain` lists the rules")
