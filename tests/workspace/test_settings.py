"""Settings, read from TOML files in memory."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path, PurePath

import jsonschema
import pytest

from gym_lsp.diagnostic import Severity
from gym_lsp.files import Disk
from gym_lsp.gym.embedding import Embedding
from gym_lsp.text import Span
from gym_lsp.workspace.setting_types import SettingsError
from gym_lsp.workspace.settings import SETTINGS, LoadedSettings, Setting, Settings, load_settings, read_settings
from gym_lsp.workspace.settings_reference import settings_reference, settings_schema
from tests.memory import Memory

RULES = ("duplicate-key", "missing-entrypoint", "missing-domain", "missing-license", "unknown-name")
PROJECT = PurePath("/repo/project")
OWN = PROJECT / "gym-lsp.toml"
SHARED = PROJECT / "pyproject.toml"


def unmarked(marked: str) -> tuple[str, Span]:
    """The text without its guillemets, and the span between them."""
    span = Span(marked.index("«"), marked.index("»") - 1)
    return marked.replace("«", "").replace("»", ""), span


def load(text: str) -> LoadedSettings:
    files = Memory({OWN: text})
    return load_settings(files, PROJECT, known_rules=RULES)


def settings_of(text: str) -> Settings:
    loaded = load(text)
    assert loaded.errors == ()
    return loaded.settings


class TestWhere:
    """Which file is used."""

    def test_without_a_file_the_defaults_hold(self) -> None:
        assert load_settings(Memory({}), PROJECT, known_rules=RULES) == LoadedSettings(Settings())

    def test_the_table_of_pyproject(self) -> None:
        files = Memory({SHARED: '[project]\nname = "x"\n[tool.gym-lsp]\nfail-on = "warning"\n'})
        loaded = load_settings(files, PROJECT / "environments" / "math" / "config.yaml", known_rules=RULES)
        assert loaded == LoadedSettings(Settings(SHARED, fail_on=Severity.WARNING))

    def test_the_own_file_wins_over_pyproject(self) -> None:
        files = Memory({OWN: "ignore = ['unknown']", SHARED: "[tool.gym-lsp]\nfail-on = 'warning'\n"})
        assert load_settings(files, PROJECT, known_rules=RULES).settings == Settings(OWN, ignore=("unknown",))

    def test_the_nearest_folder_decides_alone(self) -> None:
        below = PROJECT / "environments"
        files = Memory({OWN: "fail-on = 'warning'", below / "gym-lsp.toml": "ignore = ['unknown']"})
        loaded = load_settings(files, below / "config.yaml", known_rules=RULES)
        assert loaded.settings == Settings(below / "gym-lsp.toml", ignore=("unknown",))

    def test_a_pyproject_without_our_table_is_skipped(self) -> None:
        below = PROJECT / "environments"
        for text in ("[tool.ruff]\n", "dependencies = ['gym-lsp']\n", "tool = 1 # gym-lsp", "broken ="):
            files = Memory({OWN: "fail-on = 'warning'", below / "pyproject.toml": text})
            assert load_settings(files, below, known_rules=RULES).settings.path == OWN, text

    def test_the_search_ends_at_the_workspace_root(self) -> None:
        below = PROJECT / "environments"
        files = Memory({OWN: "fail-on = 'warning'", below / "x.yaml": ""})
        assert load_settings(files, below, below, known_rules=RULES).settings == Settings()
        assert load_settings(files, below, PROJECT, known_rules=RULES).settings.path == OWN

    def test_an_empty_file_is_not_a_missing_one(self) -> None:
        assert read_settings(Memory({}), OWN, known_rules=RULES) is None
        assert read_settings(Memory({OWN: ""}), OWN, known_rules=RULES) == LoadedSettings(Settings(OWN))


class TestValues:
    """The value of each setting."""

    def test_all_at_once(self) -> None:
        settings = settings_of("""
            select = ["all"]
            ignore = ["missing"]
            severity = { missing-license = "warning", unknown-name = "off" }
            exclude = ["experiments/**"]
            include = ["sweeps/*.yaml"]
            search-dirs = ["../shared", "/opt/environments", "./local"]
            gym-root = "../Gym"
            open-names = ["judge_*"]
            fail-on = "warning"
            [embeddings.trainer]
            files = ["jobs/*.yaml"]
            path = "rollout.gym"
            removed = ["steps"]
            replaced = ["policy_base_url"]
            env-yaml = "trainer.yaml"
            [runs]
            training = ["a.yaml", "b.yaml"]
        """)
        assert settings == Settings(
            path=OWN,
            select=("all",),
            ignore=("missing",),
            severity={"missing-license": Severity.WARNING, "unknown-name": None},
            exclude=("experiments/**",),
            include=("sweeps/*.yaml",),
            search_dirs=(PurePath("/repo/shared"), PurePath("/opt/environments"), PurePath("/repo/project/local")),
            gym_root=PurePath("/repo/Gym"),
            runs={"training": ("a.yaml", "b.yaml")},
            embeddings={
                "trainer": Embedding(
                    "trainer",
                    ("rollout", "gym"),
                    frozenset({"steps"}),
                    (("policy_base_url", "?"),),
                    env_yaml="trainer.yaml",
                    files=("jobs/*.yaml",),
                )
            },
            open_names=("judge_*",),
            fail_on=Severity.WARNING,
        )

    @pytest.mark.parametrize(
        ("text", "reporting"),
        [
            ("", set(RULES)),
            ("select = []", set[str]()),
            ("select = ['missing']", {"missing-entrypoint", "missing-domain", "missing-license"}),
            ("select = ['missing']\nignore = ['missing-domain']", {"missing-entrypoint", "missing-license"}),
            ("ignore = ['missing']", {"duplicate-key", "unknown-name"}),
            (
                "select = ['all', 'missing-domain']\nignore = ['missing']",
                {"duplicate-key", "missing-domain", "unknown-name"},
            ),
            ("select = ['missing-domain']\nignore = ['missing-domain']", set[str]()),
            ("ignore = ['all']", set[str]()),
            ("select = ['unknown-name']\nignore = ['all']", {"unknown-name"}),
            ("severity = { missing-domain = 'off' }", set(RULES) - {"missing-domain"}),
        ],
    )
    def test_which_rules_report(self, text: str, reporting: set[str]) -> None:
        settings = settings_of(text)
        assert {rule for rule in RULES if settings.severity_of(rule, Severity.ERROR) is not None} == reporting

    def test_severities(self) -> None:
        settings = settings_of(
            "ignore = ['missing-domain']\nseverity = { missing-domain = 'hint', unknown-name = 'hint' }"
        )
        assert settings.severity_of("unknown-name", Severity.ERROR) is Severity.HINT
        assert settings.severity_of("duplicate-key", Severity.WARNING) is Severity.WARNING
        assert settings.severity_of("missing-domain", Severity.ERROR) is None

    def test_globs_are_relative_to_the_file(self) -> None:
        settings = settings_of("exclude = ['old/**']\ninclude = ['sweeps']")
        assert settings.excludes(PROJECT / "old" / "config.yaml")
        assert not settings.excludes(PROJECT / "new" / "old" / "config.yaml")
        assert settings.includes(PROJECT / "a" / "sweeps" / "x.yaml")
        assert not settings.includes(PROJECT / "a" / "x.yaml")
        assert not Settings().excludes(PROJECT / "old" / "config.yaml")

    def test_open_names(self) -> None:
        settings = settings_of("open-names = ['judge_*', 'policy.url']")
        asked = ("judge_model", "a_judge_model", "policy.url", "policy_url")
        assert [name for name in asked if settings.provides(name)] == ["judge_model", "policy.url"]


NOT_A_SEVERITY = 'expected one of "error", "warning", "information", "hint" or "off"'
NOT_A_FAILURE = 'invalid value for `fail-on`; expected one of "error", "warning" or "information"'
VALUE_MISTAKES = [
    # TOML with the marked place between guillemets, the key, the message.
    ("«serach-dirs» = []", "serach-dirs", "unknown setting `serach-dirs`; did you mean `search-dirs`?"),
    ("«search_dirs» = []", "search_dirs", "unknown setting `search_dirs`; did you mean `search-dirs`?"),
    ("«quux» = 1", "quux", "unknown setting `quux`"),
    ("[«quux».inner]", "quux", "unknown setting `quux`"),
    ("«exclude» = 'a'", "exclude", "`exclude` must be a list of strings, not a string"),
    ("«exclude» = true", "exclude", "`exclude` must be a list of strings, not a boolean"),
    ("«select» = 'all'", "select", "`select` must be a list of strings, not a string"),
    ("exclude = ['a', «1»]", "exclude", "`exclude` must contain only strings, not a number"),
    ("exclude = [«' '»]", "exclude", "`exclude` must contain only strings, not an empty string"),
    ("ignore = [«['all']»]", "ignore", "`ignore` must contain only strings, not a list"),
    (
        "[severity]\n«missing-domain» = 'fatal'",
        "severity.missing-domain",
        f"invalid value for `severity.missing-domain`; {NOT_A_SEVERITY}",
    ),
    ("«severity» = ['off']", "severity", "`severity` must be a table, not a list"),
    ("«search-dirs» = 'a'", "search-dirs", "`search-dirs` must be a list of strings, not a string"),
    ("«gym-root» = ['a']", "gym-root", "`gym-root` must be the path of a folder, not a list"),
    ("«gym-root» = ''", "gym-root", "`gym-root` must be the path of a folder, not an empty string"),
    ("[embeddings]\n«a» = {path = 'x'}", "embeddings.a", "`embeddings.a` needs `files`, the globs of its recipes"),
    (
        "[embeddings]\n«a» = {files = ['x'], path = 'x.'}",
        "embeddings.a",
        '`embeddings.a` needs `path`, the keys that lead to the run, such as "env.nemo_gym"',
    ),
    (
        "[embeddings.a]\nfiles = ['x']\npath = 'x'\n«remove» = ['y']",
        "embeddings.a.remove",
        "unknown key `remove` of `embeddings.a`; did you mean `removed`?",
    ),
    ("«runs» = ['a.yaml']", "runs", "`runs` must be a table, not a list"),
    ("[runs]\n«a» = 'a.yaml'", "runs.a", "`runs.a` must be a list of strings, not a string"),
    ("[runs]\n«a» = []", "runs.a", "`runs.a` needs at least one config"),
    ("[runs]\na = ['x.yaml', «2»]", "runs.a", "`runs.a` must contain only strings, not a number"),
    (
        "«fail-on» = 'hint'",
        "fail-on",
        'invalid value for `fail-on`; expected one of "error", "warning" or "information"',
    ),
    (
        "«fail-on» = 1979-05-27",
        "fail-on",
        'invalid value for `fail-on`; expected one of "error", "warning" or "information"',
    ),
]
RULE_MISTAKES = [
    # The same, for what the schema cannot know: whether a text is the beginning of a rule's name.
    (
        "select = ['all', «'mising-license'»]",
        "select",
        "`select`: unknown rule `mising-license`; did you mean `missing-license`?",
    ),
    ("ignore = [«'miss'»]", "ignore", "`ignore`: unknown rule `miss`"),
    ("severity = { «quux» = 'error' }", "severity.quux", "`severity`: unknown rule `quux`"),
]


class TestMistakes:
    """A wrong setting is reported at its place, and keeps its default."""

    @pytest.mark.parametrize(("marked", "key", "message"), [*VALUE_MISTAKES, *RULE_MISTAKES])
    def test_mistake(self, marked: str, key: str, message: str) -> None:
        text, span = unmarked(marked)
        assert load(text).errors == (SettingsError(OWN, key, message, span),)

    @pytest.mark.parametrize(
        ("marked", "key"),
        [
            ("[tool.gym-lsp]\n«quux» = 1", "quux"),
            ("[tool]\ngym-lsp.«quux».inner = 1", "quux"),
            ("[tool.gym-lsp.runs]\n«a» = []", "runs.a"),
            ("tool = { gym-lsp = { ignore = [«1»] } }", "ignore"),
        ],
    )
    def test_mistake_in_pyproject(self, marked: str, key: str) -> None:
        text, span = unmarked(marked)
        loaded = read_settings(Memory({SHARED: text}), SHARED, known_rules=RULES)
        assert loaded is not None
        assert [(error.path, error.key, error.span) for error in loaded.errors] == [(SHARED, key, span)]

    def test_every_mistake_is_reported_and_the_rest_still_holds(self) -> None:
        loaded = load("""
            fail-on = "never"
            quux = 1
            select = ["mising"]
            ignore = ["missing", "mising"]
            open-names = ["a", 1]
            runs = { whole = ["a.yaml"], broken = ["a.yaml", 1] }
            severity = { missing-domain = "hint", quux = "hint" }
        """)
        assert sorted(error.key for error in loaded.errors) == [
            "fail-on", "ignore", "open-names", "quux", "runs.broken", "select", "severity.quux",
        ]  # fmt: skip
        assert loaded.settings == Settings(
            OWN,
            ignore=("missing",),
            open_names=("a",),
            runs={"whole": ("a.yaml",)},
            severity={"missing-domain": Severity.HINT},
        )

    def test_broken_toml_has_a_place(self) -> None:
        [error] = load("select = ['all']\nignore = \n").errors
        assert error.key == ""
        assert error.message.startswith("invalid TOML: ")
        assert "line 2, column 10" in error.message
        assert error.span == Span(26, 26)

    def test_our_table_must_be_a_table(self) -> None:
        loaded = read_settings(Memory({SHARED: "[tool]\ngym-lsp = 1\n"}), SHARED, known_rules=RULES)
        assert loaded is not None
        [error] = loaded.errors
        assert error.message == "`tool.gym-lsp` must be a table, not a number"
        assert error.span == Span(7, 14)

    def test_an_unreadable_file(self, tmp_path: Path) -> None:
        (tmp_path / "gym-lsp.toml").write_bytes(b"ignore = ['\xff']")
        (tmp_path / "below").mkdir()
        (tmp_path / "below" / "pyproject.toml").write_bytes(b"# gym-lsp \xff")
        [error] = load_settings(Disk(), tmp_path / "below", known_rules=RULES).errors
        assert (error.path, error.key, error.span) == (tmp_path / "gym-lsp.toml", "", None)
        assert "not UTF-8" in error.message


class TestReference:
    """The documentation follows `SETTINGS`."""

    def test_each_setting_has_a_section(self) -> None:
        page = settings_reference()
        headings = [line[4:-1] for line in page.splitlines() if line.startswith("## ")]
        assert headings == [setting.name for setting in SETTINGS]

    @pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
    def test_the_example_is_read(self, setting: Setting) -> None:
        settings = settings_of(setting.example)
        attribute = setting.name.replace("-", "_")
        assert getattr(settings, attribute) != getattr(Settings(), attribute)

    def test_the_documented_defaults_are_the_defaults(self) -> None:
        documented = {setting.name: setting.default for setting in SETTINGS if setting.default is not None}
        text = "\n".join(f"{name} = {json.dumps(value)}" for name, value in documented.items())
        assert settings_of(text) == Settings(OWN)

    def test_the_schema_is_valid(self) -> None:
        jsonschema.Draft7Validator.check_schema(settings_schema(RULES))

    @pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
    def test_the_schema_accepts_the_examples(self, setting: Setting) -> None:
        jsonschema.validate(tomllib.loads(setting.example), settings_schema(RULES))

    @pytest.mark.parametrize(("marked", "key", "message"), VALUE_MISTAKES)
    def test_the_schema_rejects_the_mistakes(self, marked: str, key: str, message: str) -> None:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(unmarked(marked)[0]), settings_schema(RULES))

    def test_the_schema_completes_rule_names(self) -> None:
        schema = settings_schema(RULES)
        assert json.dumps(["all", *RULES]) in json.dumps(schema)
