"""The stand-in model, which replaces the policy model where a run has none.

`gym env validate` merges it over all files (NO_MODEL_GLOBAL_CONFIG_DICT). Here it steps aside where the files give a
value, because the run that users start reads that value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from gym_lsp.compose.config import Config, Leaf, Origin, Provenance, Table, lift, table
from gym_lsp.syntax import parse

TEXT = """\
policy_base_url: ""
policy_api_key: ""
policy_model_name: ""
policy_model: {responses_api_models: {dummy_model: {entrypoint: app.py}}}
"""


def _lifted() -> Table:
    document = parse(TEXT)
    assert document.root is not None
    config = lift(document.root, Origin(PurePath("<stand-in model>"), TEXT, Provenance.STAND_IN))
    assert isinstance(config, Table)
    return config


STAND_IN = _lifted()


def stand_in_for(files: Sequence[Table], has_value: Callable[[Leaf, str], bool]) -> Table:
    """Return the stand-in model without the settings for which the files have a value.

    `files` are in the order of merging. `has_value` decides about an interpolation at a top-level key: one that cannot
    be resolved leaves the setting to the stand-in, like a `???`.
    """
    kept = {
        key: value
        for key, value in STAND_IN.entries.items()
        if isinstance(value, Table) or not _has_value(_last(files, str(key)), str(key), has_value)
    }
    if len(kept) == len(STAND_IN.entries):
        return STAND_IN
    return table(kept, STAND_IN.origin, STAND_IN.key, STAND_IN.node)


def _last(files: Sequence[Table], key: str) -> Config | None:
    """Return the value that the last file gives to a key; a `???` gives none."""
    given = (file.entries.get(key) for file in reversed(files))
    return next((value for value in given if value is not None and not _is_missing(value)), None)


def _is_missing(value: Config) -> bool:
    return isinstance(value, Leaf) and value.is_missing


def _has_value(value: Config | None, key: str, has_value: Callable[[Leaf, str], bool]) -> bool:
    if isinstance(value, Leaf) and value.is_interpolation:
        return has_value(value, key)
    return value is not None
