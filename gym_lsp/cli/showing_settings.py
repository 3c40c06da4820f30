"""`gym-lsp --check --show-settings`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import cast

from msgspec import Struct

from gym_lsp.cli.failure import EXIT_CLEAN
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.places import working_directory
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.embedding import Embedding
from gym_lsp.reporters.paths import relative_path
from gym_lsp.rules import RULE_NAMES
from gym_lsp.text import LineIndex, visible
from gym_lsp.workspace.setting_types import OFF
from gym_lsp.workspace.settings import OWN_FILE, SETTINGS, TABLE, Settings
from gym_lsp.workspace.toml import spans
from gym_lsp.workspace.workspace import Workspace

VERSION = 1
"""Increases if a field of the JSON changes its meaning or is removed, but not if a field is added."""
_COMMAND_LINE = "command line"
_DEFAULT = "default"
_OPTIONS = {
    "select": "select",
    "ignore": "ignore",
    "exclude": "exclude",
    "search-dirs": "search_dir",
    "gym-root": "gym_root",
    "fail-on": "fail_on",
}
"""The option that changes each setting."""
_ADDING = frozenset({"ignore", "exclude", "search-dirs"})
"""The settings that an option adds to."""


class _Effective(Struct, frozen=True):
    """The value of a setting as JSON, and where it comes from."""

    name: str
    value: object
    sources: tuple[str, ...]


def show_settings(workspaces: Sequence[Workspace], options: Options) -> int:
    """Print the settings of each root that a check concerns, as TOML or JSON, with the source of each value."""
    if options.format == "json":
        document = {"version": VERSION, "roots": [_as_json(each, options) for each in workspaces]}
        text = json.dumps(document, indent=2) + "\n"
    else:
        text = "\n".join("".join(f"{visible(line)}\n" for line in _lines(each, options)) for each in workspaces)
    Output(options).write_text(text)
    return EXIT_CLEAN


def _as_json(workspace: Workspace, options: Options) -> dict[str, object]:
    file, install = workspace.settings.path, workspace.install
    return {
        "root": _shown(workspace.root),
        "file": None if file is None else _shown(file),
        "gym_root": None if install is None else _shown(install.path),
        "release": None if install is None else workspace.profile.release,
        "search_roots": [_shown(root) for root in workspace.search.roots],
        "rules_off": _rules_off(workspace.settings),
        "settings": {
            each.name: {"value": each.value, "sources": list(each.sources)} for each in _effective(workspace, options)
        },
    }


def _lines(workspace: Workspace, options: Options) -> Iterator[str]:
    install = workspace.install
    yield f"# root: {_shown(workspace.root)}"
    yield f"# NeMo Gym: {'not found' if install is None else f'{_shown(install.path)}, {workspace.profile.called}'}"
    yield f"# search roots: {', '.join(map(_shown, workspace.search.roots))}"
    off = _rules_off(workspace.settings)
    yield f"# rules: {len(RULE_NAMES) - len(off)} of {len(RULE_NAMES)}" + (f", without {', '.join(off)}" if off else "")
    for each in _effective(workspace, options):
        if each.value is None:
            yield f"# {each.name} is not set"
        else:
            yield f"{each.name} = {_toml(each.value)}  # {' and '.join(each.sources)}"


def _rules_off(settings: Settings) -> list[str]:
    return sorted(name for name in RULE_NAMES if settings.severity_of(name, Severity.ERROR) is None)


def _effective(workspace: Workspace, options: Options) -> Iterator[_Effective]:
    settings = workspace.settings
    places = _places(workspace)
    for setting in SETTINGS:
        value: object = getattr(settings, setting.name.replace("-", "_"))
        match setting.name:
            case "exclude" if settings.excluded is not None:
                value = (*settings.exclude, *settings.excluded.globs)
            case "search-dirs":
                value = (*workspace.search_dirs, *settings.search_dirs)
            case "gym-root" if options.gym_root is not None:
                value = options.gym_root
            case "fail-on" if options.fail_on is not None:
                value = options.fail_on
            case _:
                pass
        option = _OPTIONS.get(setting.name)
        is_given = option is not None and getattr(options, option) not in (None, ())
        sources = [places[setting.name]] if setting.name in places else []
        if is_given:
            sources = [*(sources if setting.name in _ADDING else ()), _COMMAND_LINE]
        yield _Effective(setting.name, _json_value(value), tuple(sources or [_DEFAULT]))


def _places(workspace: Workspace) -> Mapping[str, str]:
    """The file and line of each setting that is in the file with settings."""
    path = workspace.settings.path
    if path is None:
        return {}
    text = workspace.files.read(path)
    index = LineIndex(text)
    size = 0 if path.name == OWN_FILE else len(TABLE)
    found: dict[str, str] = {}
    for key, span in spans(text).items():
        if len(key) > size and (not size or key[:size] == TABLE):
            found.setdefault(str(key[size]), f"{_shown(path)}:{index.line_of(span.start) + 1}")
    return found


def _json_value(value: object) -> object:
    match value:
        case Severity():
            return value.label
        case PurePath():
            return _shown(value)
        case Embedding():
            lists = {
                "removed": value.removed,
                "replaced": {key for key, _ in value.replaced},
                "defaulted": value.defaulted,
            }
            given = {name: sorted(keys) for name, keys in lists.items() if keys}
            return {
                "files": list(value.files),
                "path": ".".join(map(str, value.path)),
                **given,
                "env-yaml": value.env_yaml,
            }
        case tuple():
            return [_json_value(each) for each in cast("tuple[object, ...]", value)]
        case dict():
            entries = cast("dict[str, object]", value).items()
            return {key: OFF if each is None else _json_value(each) for key, each in entries}
        case _:
            return value


def _toml(value: object) -> str:
    """Return a value on one line. A text of JSON is one of TOML."""
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value).items()
        inside = ", ".join(f"{_key(key)} = {_toml(each)}" for key, each in entries)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, cast('list[object]', value)))}]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else json.dumps(name, ensure_ascii=False)


def _shown(path: PurePath) -> str:
    return relative_path(path, working_directory())
