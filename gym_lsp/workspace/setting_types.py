"""The kinds of values that settings accept: how each is read, its name, and its JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import PurePath
from typing import Any, cast

from msgspec import Struct

from gym_lsp.diagnostic import Severity
from gym_lsp.files import absolute
from gym_lsp.gym.embedding import Embedding
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span

ALL = "all"
OFF = "off"
SEVERITIES: Mapping[str, Severity | None] = {severity.label: severity for severity in Severity} | {OFF: None}
FAILURES: Mapping[str, Severity] = {
    severity.label: severity for severity in (Severity.ERROR, Severity.WARNING, Severity.INFORMATION)
}


_EMBEDDING_LISTS = ("files", "removed", "replaced", "defaulted")
_EMBEDDING_KEYS = frozenset({*_EMBEDDING_LISTS, "path", "env-yaml"})


class SettingsError(Struct, frozen=True):
    """A mistake in a settings file. `key` is dotted, and empty if the mistake is about the whole file.

    `span` is None if the file has no text.
    """

    path: PurePath
    key: str
    message: str
    span: Span | None


def names(selector: str, rule: str) -> bool:
    """Whether `selector` is "all", the name of `rule`, or the first words of the name."""
    return selector in (ALL, rule) or rule.startswith(f"{selector}-")


def is_selector(selector: str, known_rules: Collection[str]) -> bool:
    """Whether `selector` names a rule: "all", a rule's name, or the first words of one (`missing` of `missing-x`)."""
    return any(names(selector, rule) for rule in known_rules) or selector == ALL


def unknown_rule(selector: str, known_rules: Collection[str]) -> str:
    """The message for a selector that matches no rule, with a suggestion if there is one."""
    return f"unknown rule `{selector}`{did_you_mean(selector, known_rules)}"


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The end of a message about an unknown `name`: a suggestion, or nothing."""
    from difflib import get_close_matches  # costs a millisecond that only a mistake should pay

    plain = name.replace("_", "-").lower()
    # A word that was cut off is less similar than one that was misspelt.
    longer = [each for each in known if plain and each.startswith(plain)]
    close = get_close_matches(plain, known, n=1) or (longer if len(longer) == 1 else [])
    return f"; did you mean `{close[0]}`?" if close else ""


class SettingsReader:
    """A settings file while it is read, and its errors so far."""

    def __init__(self, path: PurePath, text: str, prefix: tuple[str, ...], known_rules: Collection[str]) -> None:
        self.path = path
        self.known_rules = known_rules
        self.errors: list[SettingsError] = []
        self._text = text
        self._prefix = prefix

    def wrong(self, key: KeyPath, message: str) -> None:
        """Report `message` at the key or list item at `key`, a path inside our own table."""
        from gym_lsp.workspace.toml import spans

        known = spans(self._text)
        full = (*self._prefix, *key)
        # An item of an array of tables has no span of its own, but its parent has one.
        span = next((known[full[:size]] for size in range(len(full), 0, -1) if full[:size] in known), None)
        self.errors.append(SettingsError(self.path, _spelt(key), message, span))


class SettingType(Struct, frozen=True):
    """The kind of value that a setting accepts.

    `read` turns a TOML value into the value of `Settings` and reports mistakes. It returns None if nothing of the value
    can be used.
    """

    label: str
    schema: Mapping[str, object]
    read: Callable[[SettingsReader, KeyPath, object], Any]


def _strings(reading: SettingsReader, key: KeyPath, value: object) -> tuple[str, ...] | None:
    items = _list(reading, key, value)
    return None if items is None else tuple(text for _, text in _texts(reading, key, items))


def _selectors(reading: SettingsReader, key: KeyPath, value: object) -> tuple[str, ...] | None:
    items = _list(reading, key, value)
    if items is None:
        return None
    good: list[str] = []
    for index, selector in _texts(reading, key, items):
        if is_selector(selector, reading.known_rules):
            good.append(selector)
        else:
            reading.wrong((*key, index), f"`{_spelt(key)}`: {unknown_rule(selector, reading.known_rules)}")
    # A misspelt rule in `select` must not disable all other rules.
    return tuple(good) if good or not items else None


def _list(reading: SettingsReader, key: KeyPath, value: object) -> list[object] | None:
    if isinstance(value, list):
        return cast("list[object]", value)
    reading.wrong(key, f"`{_spelt(key)}` must be a list of strings, not {kind_of(value)}")
    return None


def _texts(reading: SettingsReader, key: KeyPath, items: list[object]) -> Iterator[tuple[int, str]]:
    for index, item in enumerate(items):
        if isinstance(item, str) and item.strip():
            yield index, item
        else:
            reading.wrong((*key, index), f"`{_spelt(key)}` must contain only strings, not {kind_of(item)}")


def _folders(reading: SettingsReader, key: KeyPath, value: object) -> tuple[PurePath, ...] | None:
    written = _strings(reading, key, value)
    return None if written is None else tuple(absolute(folder, reading.path.parent) for folder in written)


def _folder(reading: SettingsReader, key: KeyPath, value: object) -> PurePath | None:
    if isinstance(value, str) and value.strip():
        return absolute(value, reading.path.parent)
    reading.wrong(key, f"`{_spelt(key)}` must be the path of a folder, not {kind_of(value)}")
    return None


def _severities(reading: SettingsReader, key: KeyPath, value: object) -> dict[str, Severity | None] | None:
    good: dict[str, Severity | None] = {}
    for rule, severity in _entries(reading, key, value):
        if rule not in reading.known_rules:
            reading.wrong((*key, rule), f"`{_spelt(key)}`: {unknown_rule(rule, reading.known_rules)}")
        elif not isinstance(severity, str) or severity not in SEVERITIES:
            reading.wrong((*key, rule), _unexpected((*key, rule), severity, SEVERITIES))
        else:
            good[rule] = SEVERITIES[severity]
    return good


def _runs(reading: SettingsReader, key: KeyPath, value: object) -> dict[str, tuple[str, ...]] | None:
    good: dict[str, tuple[str, ...]] = {}
    for name, configs in _entries(reading, key, value):
        items = _list(reading, (*key, name), configs)
        if items == []:
            reading.wrong((*key, name), f"`{_spelt((*key, name))}` needs at least one config")
        elif items is not None:
            read = tuple(text for _, text in _texts(reading, (*key, name), items))
            # A run without one of its configs would be a different run, so it is dropped.
            if len(read) == len(items):
                good[name] = read
    return good


def _embeddings(reading: SettingsReader, key: KeyPath, value: object) -> dict[str, Embedding] | None:
    good: dict[str, Embedding] = {}
    for name, table in _entries(reading, key, value):
        own = (*key, name)
        given = dict(_entries(reading, own, table))
        for unknown in given.keys() - _EMBEDDING_KEYS:
            near = did_you_mean(unknown, _EMBEDDING_KEYS)
            reading.wrong((*own, unknown), f"unknown key `{unknown}` of `{_spelt(own)}`{near}")
        path, env_yaml = given.get("path"), given.get("env-yaml", "env.yaml")
        if not isinstance(path, str) or not all(path.split(".")):
            reading.wrong(own, f'`{_spelt(own)}` needs `path`, the keys that lead to the run, such as "env.nemo_gym"')
            continue
        if not isinstance(env_yaml, str) or not env_yaml:
            reading.wrong((*own, "env-yaml"), f"`{_spelt((*own, 'env-yaml'))}` must be the name of a file")
            continue
        lists = {each: _strings(reading, (*own, each), given[each]) for each in _EMBEDDING_LISTS if each in given}
        files = lists.get("files")
        if not files:
            reading.wrong(own, f"`{_spelt(own)}` needs `files`, the globs of its recipes")
            continue
        removed, defaulted = lists.get("removed") or (), lists.get("defaulted") or ()
        replaced = tuple((each, "?") for each in lists.get("replaced") or ())
        steps = tuple(path.split("."))
        good[name] = Embedding(name, steps, frozenset(removed), replaced, frozenset(defaulted), env_yaml, files=files)
    return good


def _entries(reading: SettingsReader, key: KeyPath, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from cast("dict[str, object]", value).items()
    else:
        reading.wrong(key, f"`{_spelt(key)}` must be a table, not {kind_of(value)}")


def _failure(reading: SettingsReader, key: KeyPath, value: object) -> Severity | None:
    if isinstance(value, str) and value in FAILURES:
        return FAILURES[value]
    reading.wrong(key, _unexpected(key, value, FAILURES))
    return None


def _boolean(reading: SettingsReader, key: KeyPath, value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    reading.wrong(key, f"`{_spelt(key)}` must be true or false, not {kind_of(value)}")
    return None


def _unexpected(key: KeyPath, value: object, expected: Collection[str]) -> str:
    near = did_you_mean(value, expected) if isinstance(value, str) else ""
    return f"invalid value for `{_spelt(key)}`; expected one of {one_of(expected)}{near}"


def _spelt(key: KeyPath) -> str:
    return ".".join(step for step in key if isinstance(step, str))


def one_of(values: Collection[str]) -> str:
    """Join values as a sentence lists them: "a", "b" or "c"."""
    *first, last = [f'"{value}"' for value in values]
    return f"{', '.join(first)} or {last}"


def kind_of(value: object) -> str:
    """The type of a TOML value, with its article."""
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string" if value.strip() else "an empty string"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or a time"


_LIST: Mapping[str, object] = {"type": "array", "items": {"type": "string", "pattern": "\\S"}}
RULES = SettingType("list of rules", {"type": "array", "items": {"$ref": "#/definitions/rule"}}, _selectors)
GLOBS = SettingType("list of globs", _LIST, _strings)
FOLDERS = SettingType("list of folders", _LIST, _folders)
FOLDER = SettingType("folder", {"type": "string", "pattern": "\\S"}, _folder)
LEVELS = SettingType("table of rules", {"type": "object", "additionalProperties": {"enum": [*SEVERITIES]}}, _severities)
RUNS = SettingType(
    "table of lists of configs", {"type": "object", "additionalProperties": {**_LIST, "minItems": 1}}, _runs
)
EMBEDDINGS = SettingType(
    "table of tables",
    {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "required": ["files", "path"],
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(_EMBEDDING_LISTS, _LIST),
                "path": {"type": "string", "pattern": r"^[^.]+(\.[^.]+)*$"},
                "env-yaml": {"type": "string", "pattern": r"\S"},
            },
        },
    },
    _embeddings,
)
SWITCH = SettingType("boolean", {"type": "boolean"}, _boolean)
FAILURE = SettingType(one_of(FAILURES), {"enum": [*FAILURES]}, _failure)
