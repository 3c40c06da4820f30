"""The settings of a project: `[tool.gym-lsp]` of pyproject.toml, or gym-lsp.toml.

`SETTINGS` is the one table of them: reading, the reference page and the JSON Schema all follow it.
A setting that is wrong is reported and keeps its default, so that an editor goes on working while it is typed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Any, cast

from msgspec import Struct, field

from gym_lsp.diagnostic import Severity
from gym_lsp.files import Files, Kind, Missing, Unreadable
from gym_lsp.workspace.globs import matches
from gym_lsp.workspace.setting_shapes import (
    ALL,
    FAILURE,
    FOLDER,
    FOLDERS,
    GLOBS,
    LEVELS,
    RULES,
    RUNS,
    SEVERITIES,
    Reading,
    SettingsError,
    Shape,
    did_you_mean,
    kind_of,
    names,
    one_of,
)

OWN_FILE = "gym-lsp.toml"
SHARED_FILE = "pyproject.toml"
SETTINGS_FILES = frozenset({OWN_FILE, SHARED_FILE})
TABLE = ("tool", "gym-lsp")


class Settings(Struct, frozen=True):
    """What a project has chosen. `path` is the file that says so, None where there is none."""

    path: PurePath | None = None
    select: tuple[str, ...] = (ALL,)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity | None] = field(default_factory=dict[str, Severity | None])
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    search_dirs: tuple[PurePath, ...] = ()
    gym_root: PurePath | None = None
    runs: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    open_names: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR

    def selects(self, rule: str) -> bool:
        """Whether `rule` is to report: the longest selector that names it decides, `ignore` where two are equal."""
        return _longest(self.select, rule) > _longest(self.ignore, rule)

    def severity_of(self, rule: str, default: Severity) -> Severity | None:
        """The severity at which `rule` reports, None where it does not report at all."""
        return self.severity.get(rule, default) if self.selects(rule) else None

    def excludes(self, path: PurePath) -> bool:
        """Whether nothing is to be said about `path`."""
        return self.path is not None and matches(self.exclude, path, self.path.parent)

    def includes(self, path: PurePath) -> bool:
        """Whether `path` is a Gym config although its place and content do not say so."""
        return self.path is not None and matches(self.include, path, self.path.parent)

    def provides(self, name: str) -> bool:
        """Whether `name` is declared to come from outside the workspace."""
        return any(fnmatchcase(name, glob) for glob in self.open_names)


class Setting(Struct, frozen=True):
    """One setting as its page shows it: the default is a JSON value, None where nothing is set; the example is TOML."""

    name: str
    shape: Shape
    default: object
    description: str
    example: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "select",
        RULES,
        [ALL],
        'The rules that report: "all", a rule\'s name, or its first words (`missing` for every `missing-...`). '
        "Where `select` and `ignore` both name a rule, the longer selector decides, and `ignore` between equals.",
        'select = ["missing", "duplicate-key"]',
    ),
    Setting(
        "ignore",
        RULES,
        [],
        "The rules that do not report, written as in `select`.",
        'ignore = ["missing-entrypoint"]',
    ),
    Setting(
        "severity",
        LEVELS,
        {},
        "How much a rule's findings matter here: " + one_of(SEVERITIES) + ".",
        'severity = { missing-entrypoint = "error" }',
    ),
    Setting(
        "exclude",
        GLOBS,
        [],
        "Files and folders about which nothing is said. They still define names and may still be included. "
        "Relative to the settings file; a glob without a slash means a name at any depth, `**` any folders.",
        'exclude = ["experiments/**", "*.draft.yaml"]',
    ),
    Setting(
        "include",
        GLOBS,
        [],
        "Files that are Gym configs although neither their place nor their content says so. Written as in `exclude`.",
        'include = ["sweeps/*.yaml"]',
    ),
    Setting(
        "search-dirs",
        FOLDERS,
        [],
        "Folders in which relative paths are looked up before the workspace and the NeMo Gym installation, "
        "as with `--search-dir`. Relative to the settings file.",
        'search-dirs = ["../shared-environments"]',
    ),
    Setting(
        "gym-root",
        FOLDER,
        None,
        "The NeMo Gym whose rules apply: the folder that holds its `nemo_gym` package, a checkout or site-packages. "
        "Without it, it is looked for in the workspace and its virtual environment. Relative to the settings file.",
        'gym-root = "../Gym"',
    ),
    Setting(
        "runs",
        RUNS,
        {},
        "The compositions that the project really uses: a name, and the configs in the order in which `--config` "
        "would name them. What a run resolves is not open in any of its files.",
        'runs = { training = ["environments/math/config.yaml", "configs/policy.yaml"] }',
    ),
    Setting(
        "open-names",
        GLOBS,
        [],
        "Names that are given from outside, by the command line or by an env.yaml that is not here: "
        "instances, `${...}` keys, environment variables, sandbox providers.",
        'open-names = ["judge_*", "policy_base_url"]',
    ),
    Setting(
        "fail-on",
        FAILURE,
        "error",
        "The least severity at which `gym-lsp --check` ends with exit code 1.",
        'fail-on = "warning"',
    ),
)
"""All settings, in the order of their page."""


class LoadedSettings(Struct, frozen=True):
    """Settings, and all that was wrong with their file."""

    settings: Settings
    errors: tuple[SettingsError, ...] = ()


def load_settings(
    files: Files, start: PurePath, stop: PurePath | None = None, *, known_rules: Collection[str]
) -> LoadedSettings:
    """The settings that hold at `start`, a file or a folder.

    The nearest folder that has settings decides alone; `stop` is the last folder that is looked at, by default the
    root of the file system. In one folder, gym-lsp.toml wins over pyproject.toml.
    """
    folders = (start, *start.parents) if files.kind(start) is Kind.DIRECTORY else start.parents
    for folder in folders:
        for name in (OWN_FILE, SHARED_FILE):
            found = read_settings(files, folder / name, known_rules=known_rules)
            if found is not None:
                return found
        if folder == stop:
            break
    return LoadedSettings(Settings())


def read_settings(files: Files, path: PurePath, *, known_rules: Collection[str]) -> LoadedSettings | None:
    """The settings of one file, or None where it is not there or is a pyproject.toml without settings for us."""
    own = path.name != SHARED_FILE
    try:
        text = files.read(path)
    except Missing:
        return None
    except Unreadable as error:
        return (
            LoadedSettings(
                Settings(path), (SettingsError(path, "", f"this file cannot be read: {error.reason}", None),)
            )
            if own
            else None
        )
    # Most pyproject.toml files say nothing to us, and the TOML parser takes longer to import than all else here.
    if not own and TABLE[1] not in text:
        return None
    from tomllib import TOMLDecodeError, loads

    from gym_lsp.workspace.toml import error_span

    try:
        document: dict[str, object] = loads(text)
    except TOMLDecodeError as error:
        problem = SettingsError(path, "", f"this is not TOML: {error}", error_span(text, error))
        return LoadedSettings(Settings(path), (problem,))
    table = document if own else _at(document, TABLE)
    if table is None:
        return None
    reading = Reading(path, text, () if own else TABLE, known_rules)
    settings = _settings(reading, table)
    return LoadedSettings(settings, tuple(reading.errors))


def _settings(reading: Reading, table: object) -> Settings:
    if not isinstance(table, dict):
        reading.wrong((), f"`{'.'.join(TABLE)}` must be a table, not {kind_of(table)}")
        return Settings(reading.path)
    known = {setting.name: setting for setting in SETTINGS}
    values: dict[str, Any] = {}
    for name, value in cast("dict[str, object]", table).items():
        setting = known.get(name)
        if setting is None:
            reading.wrong((name,), _unknown(name, value, known))
            continue
        read = setting.shape.read(reading, (name,), value)
        if read is not None:
            values[name.replace("-", "_")] = read
    return Settings(reading.path, **values)


def _unknown(name: str, value: object, known: Collection[str]) -> str:
    if name == TABLE[0] and _at(value, TABLE[1:]) is not None:
        return f"settings stand at the top of {OWN_FILE}; `[{'.'.join(TABLE)}]` is for {SHARED_FILE}"
    return f"there is no setting `{name}`{did_you_mean(name, known)}"


def _at(document: object, keys: tuple[str, ...]) -> object | None:
    for key in keys:
        if not isinstance(document, dict):
            return None
        document = cast("dict[str, object]", document).get(key)
    return document


def _longest(selectors: tuple[str, ...], rule: str) -> int:
    return max((0 if selector == ALL else len(selector) for selector in selectors if names(selector, rule)), default=-1)
