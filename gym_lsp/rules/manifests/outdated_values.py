"""The values of a manifest that no longer match its config, in a module that is imported only for a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from gym_lsp.compose.config import Array, Config, Leaf, Table, key_span, to_plain
from gym_lsp.compose.expected_manifest import (
    DATASET_FIELDS,
    ExpectedDataset,
    ExpectedManifest,
    ExpectedValue,
    Undescribable,
    expected_manifest,
)
from gym_lsp.compose.resolved import scalar
from gym_lsp.diagnostic import Applicability, FileEdit, Fix, RelatedLocation
from gym_lsp.files import Kind
from gym_lsp.gym.discovery.raw_config import RawMapping, is_mapping
from gym_lsp.gym.lax import to_int
from gym_lsp.gym.layout import (
    AGENT_SERVER,
    DATASETS,
    JSONL_FPATH,
    NAME,
    PREPARE_SCRIPT,
    PROMPT_CONFIG,
    RESOURCES_SERVER,
)
from gym_lsp.gym.manifest import check_manifest, manifest_config_path
from gym_lsp.gym.manifests.model import MANIFEST, MANIFEST_DATASET
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.analysis.paths import is_file
from gym_lsp.rules.engine.context import Context, Manifest
from gym_lsp.rules.engine.edits import append_field, indentation, insert_after, line_break, remove_entry
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, listed, related, shortened
from gym_lsp.syntax import KeyPath, Mapping, Scalar, Sequence, spell
from gym_lsp.text import Edit

_INTERPOLATION = "${"
_DEFAULTS = {"num_repeats": 1}
_FILES = (PROMPT_CONFIG, PREPARE_SCRIPT)
_AS_IN_CONFIG = "Match the config"
_INDICATORS = frozenset(",[]{}")


def described(context: Context, manifest: Manifest) -> ExpectedManifest | Undescribable | None:
    """Return what the config of a manifest resolves to, or `None` if it is missing or invalid, which others report."""
    return context.once((described, manifest), lambda: _described(context, manifest))


def _described(context: Context, manifest: Manifest) -> ExpectedManifest | Undescribable | None:
    written = to_plain(manifest.file.config)
    if not is_mapping(written):
        return None
    path = manifest_config_path(manifest.file.path, written)
    owner = written.get("dataset_owner")
    if context.files.kind(path) is not Kind.FILE or not (owner is None or (isinstance(owner, str) and owner.strip())):
        return None
    owner = owner.strip() if isinstance(owner, str) else None
    return expected_manifest(context.workspace.own_run(path), owner, frozenset(context.environment), context.profile)


def about_mirror(context: Context, manifest: Manifest) -> Iterator[Finding]:
    """Yield a finding for each value of a manifest that differs from its config."""
    said = described(context, manifest)
    if not isinstance(said, ExpectedManifest):
        return
    config = manifest.file.config
    for key, text in said.texts.items():
        yield from _about_text(config, key, text)
    yield from _about_datasets(context, config, said)


# Texts


def _about_text(config: Table, key: str, said: ExpectedValue) -> Iterator[Finding]:
    value = config.get(key)
    if value is None:
        # `invalid-manifest` reports a missing key that is required.
        if said.text is not None and not MANIFEST.fields[key].required:
            fixes = _fixes(config, (key,), said.text, _inserted(config, key, said.text))
            message = f"missing `{_line(key, said.text)}`, which the manifest must repeat from the config"
            yield at_key(_first(config), message, related=_places(said.at), fixes=fixes)
        return
    if _stripped(to_plain(value)) != said.text and not _is_faulty(config, key):
        yield _other_than(config, (key,), value, said.text, _places(said.at))


def _is_faulty(config: Table, key: str) -> bool:
    """Return whether a value is invalid with any config, which `invalid-manifest` reports."""
    return any(problem.key_path == (key,) for problem in check_manifest(to_plain(config)))


def _other_than(
    config: Table,
    path: KeyPath,
    value: Config,
    theirs: str | int | None,
    places: tuple[RelatedLocation, ...],
    *,
    is_doubtful: bool = False,
) -> Finding:
    """Return the finding about a value that differs from the config. `theirs` is `None` if the config has no value.

    If it is doubtful, or if the two are similar, the mistake may be in the config, so the fix is not safe.
    """
    name, must_be_there = spell(path), path == (RESOURCES_SERVER,)
    is_slip = isinstance(theirs, str) and bool(nearest(theirs, (str(to_plain(value)),)))
    if theirs is not None:
        message, edit = f"`{name}` must be `{shortened(str(theirs), 60)}`, as in the config", _replaced(value, theirs)
        if is_slip:
            message += "; one of the two is misspelt"
    elif must_be_there:
        message, edit = f"`{name}` must be null, because the config has none", _replaced(value, None)
    else:
        message = f"`{name}` must be left out, because the config has none"
        edit = remove_entry(value) or _replaced(value, None)
    # What the config lacks may have been lost there.
    is_sure = theirs is not None and not is_slip and not is_doubtful
    applicability = Applicability.SAFE if is_sure else Applicability.UNSAFE
    return at_value(value, message, related=places, fixes=_fixes(config, path, theirs, edit, applicability))


# Datasets


def _about_datasets(context: Context, config: Table, said: ExpectedManifest) -> Iterator[Finding]:
    value = config.get(DATASETS)
    if not isinstance(value, Array):
        return
    items = [item for item in value.items if isinstance(item, Table)]
    names = [_stripped(item.leaf(NAME)) for item in items]
    if len(items) != len(value.items) or any(not isinstance(name, str) or not name for name in names):
        return
    theirs = [dataset.fields[NAME] for dataset in said.datasets]
    if names == theirs:
        for index, dataset in enumerate(said.datasets):
            yield from _about_dataset(context, config, (DATASETS, index), items[index], dataset)
        return
    order = " in this order" if sorted(map(str, names)) == sorted(map(str, theirs)) else ""
    message = f"the datasets of `{said.owner.name}` must be {listed(map(str, theirs), 'and')}{order}, as in the config"
    plain = [dict(dataset.fields) for dataset in said.datasets]
    edit = FileEdit(value.origin.path, Edit(value.node.span, _rendered(value, said.datasets)))
    # Comments and the layout of the list are lost.
    fixes = _fixes(config, (DATASETS,), plain, edit if _is_own(value) else None, Applicability.UNSAFE)
    yield at_key(value, message, related=_places(said.owner.config.get(DATASETS)), fixes=fixes)


def _about_dataset(
    context: Context, config: Table, path: KeyPath, item: Table, said: ExpectedDataset
) -> Iterator[Finding]:
    shown = f"{path[0]}[{path[1]}]"
    for field in DATASET_FIELDS:
        theirs, value = said.fields.get(field, _DEFAULTS.get(field)), item.get(field)
        if value is None:
            ours: object = _DEFAULTS.get(field)
        else:
            ours = to_int(to_plain(value)) if field == "num_repeats" else _stripped(to_plain(value))
        if ours == theirs or _is_config_wrong(context, field, ours, theirs):
            continue
        places = _places(said.at.get(field))
        if value is not None:
            if isinstance(value, Leaf) and _fits(field, value):
                is_doubtful = field == JSONL_FPATH and _leads_elsewhere(context, ours, theirs)
                yield _other_than(config, (*path, field), value, theirs, places, is_doubtful=is_doubtful)
        elif theirs is not None and not MANIFEST_DATASET.fields[field].required:
            # `invalid-manifest` reports a missing field that every dataset needs.
            fixes = _fixes(config, (*path, field), theirs, append_field(item, field, _spelled(theirs)))
            message = f"missing `{_line(field, theirs)}`, which `{shown}` must repeat from the config"
            yield at_value(item.entries[NAME], message, related=places, fixes=fixes)


def _is_config_wrong(context: Context, field: str, ours: object, theirs: object) -> bool:
    """Return whether only the path in the manifest leads to a file, so that the config needs the fix."""
    return field in _FILES and _leads_elsewhere(context, ours, theirs)


def _leads_elsewhere(context: Context, ours: object, theirs: object) -> bool:
    """Return whether the path in the manifest leads to a file, and that in the config to none."""
    if not isinstance(ours, str) or not isinstance(theirs, str):
        return False
    return not is_file(theirs, context.files, context.search) and is_file(ours, context.files, context.search)


def _fits(field: str, value: Leaf) -> bool:
    if field == "num_repeats":
        return to_int(value.value) is not None
    return value.value is None or (isinstance(value.value, str) and bool(value.value.strip()))


# Fixes


def _fixes(
    config: Table,
    path: KeyPath,
    value: object,
    edit: FileEdit | None,
    applicability: Applicability = Applicability.SAFE,
) -> tuple[Fix, ...]:
    """Return the fix with an edit, or `()` if the edit would add a mistake to the manifest.

    Interpolations are not fixed either: NeMo Gym compares them unresolved, and then uses them as paths.
    """
    before = to_plain(config)
    after = _with(before, path, value)
    if edit is None or _INTERPOLATION in str(value) or not is_mapping(before) or not is_mapping(after):
        return ()
    if len(check_manifest(after)) > len(check_manifest(before)):
        return ()
    return (Fix(_AS_IN_CONFIG, (edit,), applicability),)


def _with(written: object, path: KeyPath, value: object) -> object:
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(written, list) and isinstance(key, int):
        items = list(cast("list[object]", written))
        items[key] = _with(items[key], rest, value)
        return items
    entries = dict(cast("RawMapping", written))
    entries[key] = _with(entries.get(key), rest, value)
    return entries


def _inserted(config: Table, key: str, text: str) -> FileEdit | None:
    if isinstance(config.node, Mapping) and config.node.flow:
        return append_field(config, key, _spelled(text))
    behind = config.get(AGENT_SERVER) or config.get(RESOURCES_SERVER)
    if not isinstance(behind, Leaf) or not _is_own(behind):
        return None
    return insert_after(config, behind, key, _spelled(text))


def _replaced(value: Config, text: str | int | None) -> FileEdit | None:
    """Return the edit that replaces a scalar, in the same quotes if the text allows that, or `None`."""
    node = value.node
    if not isinstance(node, Scalar) or not _is_own(value) or node.style in ("|", ">"):
        return None
    spelled = "null" if text is None else _spelled(text)
    if node.style is not None and spelled == text:
        spelled = f"{node.style}{text}{node.style}"
    return FileEdit(value.origin.path, Edit(node.span, spelled))


def _is_own(value: Config) -> bool:
    """Return whether a value is written after its key, and not at an anchor before it."""
    return value.key is not None and value.node.span.start >= value.key.span.end and not value.node.span.is_empty


def _spelled(value: str | int) -> str:
    text = scalar(value)
    return f'"{text}"' if text == value and not _INDICATORS.isdisjoint(text) else text


def _rendered(value: Array, datasets: tuple[ExpectedDataset, ...]) -> str:
    """Return the text of a list of datasets in the style of the list that it replaces."""
    entries = [[_line(key, field) for key, field in dataset.fields.items()] for dataset in datasets]
    if isinstance(value.node, Sequence) and value.node.flow:
        mappings = ("{" + ", ".join(lines) + "}" for lines in entries)
        return f"[{', '.join(mappings)}]"
    margin = line_break(value.origin.text) + indentation(value.origin, value.node.span.start)
    return margin.join(f"- {f'{margin}  '.join(lines)}" for lines in entries)


def _line(key: str, value: str | int) -> str:
    return f"{key}: {_spelled(value)}"


# Places


def _first(config: Table) -> Config:
    """Return the key at which a missing value is reported: that of the agent, next to which it belongs."""
    return config.get(AGENT_SERVER) or next(iter(config.entries.values()), config)


def _places(value: Config | None) -> tuple[RelatedLocation, ...]:
    """Return the place in the config as a related location; a mapping or a list is shown by its key."""
    if value is None:
        return ()
    if isinstance(value, Leaf):
        return (related(value, "in the config"),)
    return (RelatedLocation(value.origin.path, key_span(value), "in the config"),)


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value
