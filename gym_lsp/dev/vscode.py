"""The settings of the VS Code extension: the part of its package.json that is generated from the server's settings.

Each setting that the server reads is listed here with its description. A test compares the names with those that
`gym_lsp.server.preferences` reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from gym_lsp.dev.hosting import Hosting, extension_links
from gym_lsp.diagnostic import Severity
from gym_lsp.project import NAME
from gym_lsp.server.preferences import HINTS, INFORMATION, LENSES, MOST_ROWS, SECTION
from gym_lsp.workspace.settings import SETTINGS

MANIFEST = "vscode-client/package.json"

_RESTRICTED = ("serverPath", "pythonEnvironment")
"""The settings that decide which programs run. In a workspace that is not trusted, its values are ignored."""

_HINTS: Mapping[str, str] = {
    "resolvedValues": "Show the resolved value after an interpolation.",
    "inherited": "Show at a directive what it inherits or copies from its block.",
    "refTypes": "Show the server type after a ref that gives only a name.",
    "defaults": "Show the default values of the fields that a server block leaves out.",
}
_LENSES: Mapping[str, str] = {
    "references": "Show above an instance how often other blocks use and inherit it.",
    "resolved": "Show a link to the resolved config at the top of a config.",
}


class EditorSetting(Struct, frozen=True):
    """A setting as VS Code shows it. `schema` is its JSON Schema, with the default."""

    name: str
    schema: Mapping[str, Any]
    description: str


def editor_settings() -> tuple[EditorSetting, ...]:
    """Return all settings, in the order in which they are shown."""
    text: Mapping[str, Any] = {"type": "string", "default": ""}
    folders: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}, "default": []}
    wins = "It overrides the settings file of the project."
    relative = "Relative to the workspace folder."
    return (
        EditorSetting(
            "serverPath",
            text,
            "The path of the program `gym-lsp`. If it is empty, the extension searches the selected Python "
            f"environment, the virtual environment of the workspace, and the PATH, and then uses its own. {relative}",
        ),
        EditorSetting(
            "pythonEnvironment",
            text,
            "The Python environment that has gym-lsp and NeMo Gym, or whose Python runs the server of the extension. "
            "If it is empty, the extension uses the one that is selected in the Python extension, or the virtual "
            f"environment of the workspace. {relative}",
        ),
        EditorSetting("gymRoot", text, f"{_description_of('gym-root')} {wins}"),
        EditorSetting("searchDirs", folders, f"{_description_of('search-dirs')} {wins}"),
        EditorSetting(
            "cache",
            {"type": "boolean", "default": True},
            "Keep what was found out in the cache folder of the user, so that all findings are there soon after the "
            "next start.",
        ),
        EditorSetting(
            "information",
            {
                "type": "string",
                "enum": list(INFORMATION),
                "enumDescriptions": ["Only for open files.", "For all files of the workspace."],
                "default": INFORMATION[0],
            },
            "The files whose information and hints are shown. Errors and warnings are shown for all files.",
        ),
        EditorSetting(
            "lowestSeverity",
            {"type": "string", "enum": [each.label for each in Severity], "default": Severity.HINT.label},
            "The lowest severity that is shown. The settings file of the project sets the severity of each rule.",
        ),
        EditorSetting(
            "rows",
            {"type": "integer", "minimum": 0, "default": MOST_ROWS},
            "The number of rows of an open dataset that are checked. With `0`, none are.",
        ),
        EditorSetting(
            "documents",
            {"type": "boolean", "default": True},
            "Check the commands of NeMo Gym, and the configs in blocks of YAML, in open shell scripts and Markdown. "
            "The settings file of the project can turn this off, too.",
        ),
        *_switches("inlayHints", HINTS, _HINTS),
        *_switches("codeLens", LENSES, _LENSES),
    )


def _description_of(setting: str) -> str:
    """The description of a project setting, with paths relative to the workspace folder instead of the file."""
    described = next(each.description for each in SETTINGS if each.name == setting)
    return described.replace("Relative to the settings file.", "Relative to the workspace folder.")


def _switches(group: str, names: tuple[str, ...], meanings: Mapping[str, str]) -> Iterator[EditorSetting]:
    on: Mapping[str, Any] = {"type": "boolean", "default": True}
    return (EditorSetting(f"{group}.{name}", on, meanings[name]) for name in names)


def configuration() -> dict[str, Any]:
    """Return the value of `contributes.configuration`."""
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


def manifest(text: str, hosting: Hosting) -> str:
    """Return the package.json `text` with its generated parts replaced."""
    written: dict[str, Any] = json.loads(text)
    for key in ("homepage", "repository", "bugs"):
        written.pop(key, None)
    written["name"], written["version"] = NAME, hosting.version
    written |= extension_links(hosting)
    written["contributes"]["configuration"] = configuration()
    restricted = [f"{SECTION}.{name}" for name in _RESTRICTED]
    written["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = restricted
    return json.dumps(written, indent=2, ensure_ascii=False) + "\n"
