"""The settings as documentation: the page `docs/settings.md` and the JSON Schema `docs/gym-lsp.schema.json`.

Both are made of `SETTINGS` alone, so that what is documented is what is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from gym_lsp.workspace.settings import OWN_FILE, SETTINGS, SHARED_FILE, TABLE, Setting

_INTRODUCTION = f"""# Settings

gym-lsp reads its settings from `{OWN_FILE}`, or from the table `[{".".join(TABLE)}]` of `{SHARED_FILE}`. The nearest
folder that has one of them decides alone, looking upwards from what is checked to the root of the workspace; where a
folder has both, `{OWN_FILE}` wins. A setting that does not exist, or that has a wrong value, is an error.

The examples are written as in `{OWN_FILE}`. The [JSON Schema](gym-lsp.schema.json) of that file is for editors.
"""


def settings_reference() -> str:
    """The page of all settings, as Markdown."""
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
    """The JSON Schema (draft 7) of gym-lsp.toml. `rules` are the names that an editor may offer for rules."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of gym-lsp",
        "type": "object",
        "additionalProperties": False,
        "properties": {setting.name: _property(setting) for setting in SETTINGS},
        "definitions": {
            # Any text may be the first words of a rule's name, so the names are offered and not required.
            "rule": {"anyOf": [{"enum": ["all", *rules]}, {"type": "string", "minLength": 1}]},
        },
    }


def _property(setting: Setting) -> dict[str, object]:
    default = {} if setting.default is None else {"default": setting.default}
    return {**setting.shape.schema, "description": setting.description, **default}
