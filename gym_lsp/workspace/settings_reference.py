"""The settings as documentation: the page `docs/settings.md` and the JSON Schema `docs/gym-lsp.schema.json`.

Both are generated from `SETTINGS`, so that they document exactly what is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from gym_lsp.workspace.settings import OWN_FILE, SETTINGS, SHARED_FILE, TABLE, Setting

_INTRODUCTION = f"""# Settings

gym-lsp reads its settings from `{OWN_FILE}`, or from the table `[{".".join(TABLE)}]` of `{SHARED_FILE}`. It searches
upwards from the checked folder to the root of the workspace, and uses only the nearest folder that has settings. If a
folder has both files, `{OWN_FILE}` wins. An unknown setting or an invalid value is an error.

The examples use the syntax of `{OWN_FILE}`. Editors can use the [JSON Schema](gym-lsp.schema.json) of that file.
"""


def settings_reference() -> str:
    """Return the page of all settings as Markdown."""
    return "\n".join([_INTRODUCTION, *(_section(setting) for setting in SETTINGS)])


def _section(setting: Setting) -> str:
    default = "not set" if setting.default is None else f"`{json.dumps(setting.default)}`"
    return f"""## `{setting.name}`

{setting.description}

- Type: {setting.shape.label}
- Default: {default}

```toml
{setting.example}
```
"""


def settings_schema(rules: Iterable[str] = ()) -> dict[str, object]:
    """Return the JSON Schema (draft 7) of gym-lsp.toml. `rules` are the rule names that editors complete."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of gym-lsp",
        "type": "object",
        "additionalProperties": False,
        "properties": {setting.name: _property(setting) for setting in SETTINGS},
        "definitions": {
            # A value can also be the first words of a rule's name, so other strings are valid, too.
            "rule": {"anyOf": [{"enum": ["all", *rules]}, {"type": "string", "minLength": 1}]},
        },
    }


def _property(setting: Setting) -> dict[str, object]:
    default = {} if setting.default is None else {"default": setting.default}
    return {**setting.shape.schema, "description": setting.description, **default}
