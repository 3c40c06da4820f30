"""The settings of a project: `[tool.gym-lsp]` of pyproject.toml, or gym-lsp.toml.

`SETTINGS` lists them all: reading, the reference page and the JSON Schema follow it. An invalid setting is reported and
keeps its default, so that the language server continues to work while someone edits the file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Any, cast

from msgspec import Struct, field

from gym_lsp.diagnostic import Severity
from gym_lsp.files import Files, Kind, Missing, Outside, Unreadable, is_below
from gym_lsp.gym.embedding import Embedding
from gym_lsp.project import NAME
from gym_lsp.workspace.git import repository
from gym_lsp.workspace.globs import matches
from gym_lsp.workspace.setting_types import (
    ALL,
    EMBEDDINGS,
    FAILURE,
    FOLDER,
    FOLDERS,
    GLOBS,
    LEVELS,
    RULES,
    RUNS,
    SEVERITIES,
    SWITCH,
    SettingsError,
    SettingsReader,
    SettingType,
    did_you_mean,
    kind_of,
    names,
    one_of,
)

OWN_FILE = "gym-lsp.toml"
SHARED_FILE = "pyproject.toml"
SETTINGS_FILES = frozenset({OWN_FILE, SHARED_FILE})
TABLE = ("tool", NAME)


class Excluded(Struct, frozen=True):
    """Globs relative to a folder."""

    folder: PurePath
    globs: tuple[str, ...]


class Settings(Struct, frozen=True):
    """The settings of a project. `path` is their file, None if there is none.

    `excluded` is what the command line excludes in addition.
    """

    path: PurePath | None = None
    select: tuple[str, ...] = (ALL,)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity | None] = field(default_factory=dict[str, Severity | None])
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    search_dirs: tuple[PurePath, ...] = ()
    gym_root: PurePath | None = None
    runs: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    embeddings: Mapping[str, Embedding] = field(default_factory=dict[str, Embedding])
    open_names: tuple[str, ...] = ()
    documents: bool = True
    fail_on: Severity = Severity.ERROR
    excluded: Excluded | None = None

    def selects(self, rule: str) -> bool:
        """Whether `rule` reports: the longest selector that matches it decides; between equals, `ignore` wins."""
        return _longest(self.select, rule) > _longest(self.ignore, rule)

    def severity_of(self, rule: str, default: Severity) -> Severity | None:
        """The severity of the findings of `rule`, None if it does not report."""
        return self.severity.get(rule, default) if self.selects(rule) else None

    def excludes(self, path: PurePath) -> bool:
        """Whether the findings in `path` are not reported."""
        if self.is_excluded_by_caller(path):
            return True
        return self.path is not None and matches(self.exclude, path, self.path.parent)

    def is_excluded_by_caller(self, path: PurePath) -> bool:
        """Whether the command line excludes `path`."""
        return self.excluded is not None and matches(self.excluded.globs, path, self.excluded.folder)

    def includes(self, path: PurePath) -> bool:
        """Whether `path` is a Gym config by the settings, whatever its place and content."""
        return self.path is not None and matches(self.include, path, self.path.parent)

    def embedding_of(self, path: PurePath) -> Embedding | None:
        """How `path` embeds a run by the settings; None if they do not mention it."""
        if self.path is None:
            return None
        folder = self.path.parent
        return next((each for each in self.embeddings.values() if matches(each.files, path, folder)), None)

    def provides(self, name: str) -> bool:
        """Whether the settings declare that `name` comes from outside the workspace."""
        return any(fnmatchcase(name, glob) for glob in self.open_names)


class Setting(Struct, frozen=True):
    """A setting as its page shows it. `default` is a JSON value, None if the setting is not set; `example` is TOML."""

    name: str
    shape: SettingType
    default: object
    description: str
    example: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "select",
        RULES,
        [ALL],
        'The rules to check: "all", a rule\'s name, or its first words (`missing` for every `missing-...`). '
        "If `select` and `ignore` both match a rule, the longer selector wins. Between equally long ones, `ignore` "
        "wins.",
        'select = ["missing", "duplicate-key"]',
    ),
    Setting(
        "ignore",
        RULES,
        [],
        "The rules to skip. Same syntax as `select`.",
        'ignore = ["missing-entrypoint"]',
    ),
    Setting(
        "severity",
        LEVELS,
        {},
        "The severity of a rule's findings, instead of its default: " + one_of(SEVERITIES) + ".",
        'severity = { missing-entrypoint = "error" }',
    ),
    Setting(
        "exclude",
        GLOBS,
        [],
        "Files and folders to leave out: their findings are not reported, and the names that they define are not "
        "known. Other files can still include them. `--exclude` adds to them. Globs are relative to the settings file. "
        "A glob without a slash matches a name at any depth, and `**` matches any number of folders.",
        'exclude = ["experiments/**", "*.draft.yaml"]',
    ),
    Setting(
        "include",
        GLOBS,
        [],
        "Files to treat as Gym configs, whatever their path and content. Same syntax as `exclude`.",
        'include = ["sweeps/*.yaml"]',
    ),
    Setting(
        "search-dirs",
        FOLDERS,
        [],
        "Folders in which relative paths are looked up before the workspace and the NeMo Gym installation, "
        "like `--search-dir`. Relative to the settings file.",
        'search-dirs = ["../shared-environments"]',
    ),
    Setting(
        "gym-root",
        FOLDER,
        None,
        "The NeMo Gym to check against: the folder that contains the `nemo_gym` package, a checkout or site-packages. "
        "By default, gym-lsp searches the workspace and its virtual environment. Relative to the settings file.",
        'gym-root = "../Gym"',
    ),
    Setting(
        "runs",
        RUNS,
        {},
        "The runs that the project uses: the name of each run, and its root configs in the order of the `--config` "
        "options. In the files of a run, a name that the run defines is not reported.",
        'runs = { training = ["environments/math/config.yaml", "configs/policy.yaml"] }',
    ),
    Setting(
        "embeddings",
        EMBEDDINGS,
        {},
        "Configs of other programs that embed a run of NeMo Gym, as the recipes of NeMo RL do, which are recognised "
        "without settings. For each program: `files`, the globs of its configs; `path`, the keys that lead to the run; "
        "the keys of the run that the program takes out (`removed`), sets itself (`replaced`), or sets if they are "
        "absent (`defaulted`); and `env-yaml`, the name of the environment file. See [recipes.md](recipes.md).",
        'embeddings = { trainer = { files = ["jobs/*.yaml"], path = "rollout.gym", replaced = ["policy_base_url"] } }',
    ),
    Setting(
        "open-names",
        GLOBS,
        [],
        "Names that come from outside the workspace, for example from the command line or from an env.yaml of another "
        "machine: instances, `${...}` keys, environment variables, sandbox providers.",
        'open-names = ["judge_*", "policy_base_url"]',
    ),
    Setting(
        "documents",
        SWITCH,
        True,
        "Whether an editor checks the commands, and the configs in blocks of YAML, in the shell scripts and the "
        "Markdown that it opens: see [commands.md](commands.md). `gym-lsp --check` checks them with `--docs`, whatever "
        "this setting is.",
        "documents = false",
    ),
    Setting(
        "fail-on",
        FAILURE,
        "error",
        "The lowest severity that makes `gym-lsp --check` exit with code 1.",
        'fail-on = "warning"',
    ),
)
"""All settings, in the order of their page."""


class LoadedSettings(Struct, frozen=True):
    """Settings, and the mistakes in their file."""

    settings: Settings
    errors: tuple[SettingsError, ...] = ()


def load_settings(
    files: Files, start: PurePath, stop: PurePath | None = None, *, known_rules: Collection[str]
) -> LoadedSettings:
    """Return the settings that apply to `start`, a file or a folder.

    Only the nearest folder that has settings counts. `stop` is the last folder to search, by default the root of the
    file system. In a folder that has both, gym-lsp.toml wins over pyproject.toml.
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
    """Return the settings of one file; None if it does not exist, or is a pyproject.toml without our table."""
    own = path.name != SHARED_FILE
    try:
        text = _read(files, path)
    except Missing:
        return None
    except Unreadable as error:
        return (
            LoadedSettings(Settings(path), (SettingsError(path, "", f"cannot read this file: {error.reason}", None),))
            if own
            else None
        )
    # Most pyproject.toml files have no settings for us, and importing the TOML parser is slow.
    if not own and TABLE[1] not in text:
        return None
    from tomllib import TOMLDecodeError, loads

    from gym_lsp.workspace.toml import error_span

    try:
        document: dict[str, object] = loads(text)
    except TOMLDecodeError as error:
        problem = SettingsError(path, "", f"invalid TOML: {error}", error_span(text, error))
        return LoadedSettings(Settings(path), (problem,))
    table = document if own else table_at(document, TABLE)
    if table is None:
        return None
    reading = SettingsReader(path, text, () if own else TABLE, known_rules)
    settings = _settings(reading, table)
    return LoadedSettings(settings, tuple(reading.errors))


def _read(files: Files, path: PurePath) -> str:
    """Return the text of a file that is not a link out of its folder or, in a repository, out of that. Raises Outside.

    Messages about settings show what is in them.
    """
    folder, real = files.resolve(path.parent), files.resolve(path)
    if real.parent != folder and not is_below(real, repository(files, folder) or folder):
        raise Outside(path, "it is a link out of the workspace")
    return files.read(path)


def _settings(reading: SettingsReader, table: object) -> Settings:
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
    if name == TABLE[0] and table_at(value, TABLE[1:]) is not None:
        return f"unexpected table `[{'.'.join(TABLE)}]`; in {OWN_FILE}, settings are at the top level"
    return f"unknown setting `{name}`{did_you_mean(name, known)}"


def table_at(document: object, keys: tuple[str, ...]) -> object | None:
    """Return the value at some keys of a TOML document, or None if there is none."""
    for key in keys:
        if not isinstance(document, dict):
            return None
        document = cast("dict[str, object]", document).get(key)
    return document


def _longest(selectors: tuple[str, ...], rule: str) -> int:
    return max((0 if selector == ALL else len(selector) for selector in selectors if names(selector, rule)), default=-1)
