"""The settings of the VS Code extension: the part of its package.json that is made of the server's own settings.

Each setting that the server reads is listed here with what it means to people; a test holds the names to those that
`gym_lsp.server.preferences` reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from gym_lsp.server.preferences import HINTS, LENSES, SECTION
from gym_lsp.workspace.settings import SETTINGS

MANIFEST = "vscode-client/package.json"

_RESTRICTED = ("serverPath", "pythonEnvironment")
"""The settings that decide what is run; those of a workspace count only once it is trusted."""

_HINTS: Mapping[str, str] = {
    "resolvedValues": "Show behind an interpolation the value that it resolves to.",
    "inherited": "Show at a directive what the block that it names brings in.",
    "refTypes": "Show behind a ref that gives only a name the server type that it has in the run.",
    "defaults": "Show in a server's block the defaults of fields that are not written.",
}
_LENSES: Mapping[str, str] = {
    "references": "Show above an instance how often it is used and inherited.",
    "resolved": "Show at the top of a config a link to its resolved form.",
}


class EditorSetting(Struct, frozen=True):
    """A setting as VS Code shows it. `schema` is its JSON Schema, the default included."""

    name: str
    schema: Mapping[str, Any]
    description: str


def editor_settings() -> tuple[EditorSetting, ...]:
    """The settings of the section, in the order in which they are shown."""
    text: Mapping[str, Any] = {"type": "string", "default": ""}
    folders: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}, "default": []}
    wins = "It wins over the settings file of the project."
    relative = "Relative to the workspace folder."
    return (
        EditorSetting(
            "serverPath",
            text,
            "The program `gym-lsp` to start. Where it is empty, gym-lsp is looked for in the selected Python "
            f"environment, in the virtual environment of the workspace, and in the PATH. {relative}",
        ),
        EditorSetting(
            "pythonEnvironment",
            text,
            "The Python environment in which gym-lsp and NeMo Gym are looked for. Where it is empty, it is the one "
            f"selected in the Python extension, or the virtual environment of the workspace. {relative}",
        ),
        EditorSetting("gymRoot", text, f"{_meaning_of('gym-root')} {wins}"),
        EditorSetting("searchDirs", folders, f"{_meaning_of('search-dirs')} {wins}"),
        *_switches("inlayHints", HINTS, _HINTS),
        *_switches("codeLens", LENSES, _LENSES),
    )


def _meaning_of(setting: str) -> str:
    """What a setting of the project means, with what the editor's is relative to instead of what the file's is."""
    described = next(each.description for each in SETTINGS if each.name == setting)
    return described.replace("Relative to the settings file.", "Relative to the workspace folder.")


def _switches(group: str, names: tuple[str, ...], meanings: Mapping[str, str]) -> Iterator[EditorSetting]:
    on: Mapping[str, Any] = {"type": "boolean", "default": True}
    return (EditorSetting(f"{group}.{name}", on, meanings[name]) for name in names)


def configuration() -> dict[str, Any]:
    """What stands under `contributes.configuration`."""
    return {
        "title": "NeMo Gym",
        "properties": {
            f"{SECTION}.{setting.name}": {
                **setting.schema,
                "scope": "machine-overridable" if setting.name in _RESTRICTED else "window",
                "order": order,
                "markdownDescription": setting.description,
            }
            for order, setting in enumerate(editor_settings())
        },
    }


def manifest(text: str) -> str:
    """The package.json `text` with its generated parts made anew, and all else as it is."""
    written: dict[str, Any] = json.loads(text)
    written["contributes"]["configuration"] = configuration()
    restricted = [f"{SECTION}.{name}" for name in _RESTRICTED]
    written["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = restricted
    return json.dumps(written, indent=2, ensure_ascii=False) + "\n"
