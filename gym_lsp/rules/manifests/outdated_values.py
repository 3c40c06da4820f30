"""Where a manifest no longer says what its config says; apart from the rule, to be imported only for a manifest."""

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
from gym_lsp.gym.layout import AGENT_SERVER, DATASETS, NAME, PREPARE_SCRIPT, PROMPT_CONFIG, RESOURCES_SERVER
from gym_lsp.gym.manifest import check_manifest, manifest_config_path
from gym_lsp.gym.manifests.model import MANIFEST, MANIFEST_DATASET
from gym_lsp.rules.analysis.paths import is_file
from gym_lsp.rules.engine.context import Context, Manifest
from gym_lsp.rules.engine.edits import append_field, indentation, insert_behind, line_break, remove_entry
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, listed, related, shortened
from gym_lsp.syntax import KeyPath, Mapping, Scalar, Sequence, spell
from gym_lsp.text import Edit

_INTERPOLATION = "${"
_DEFAULTS = {"num_repeats": 1}
_FILES = (PROMPT_CONFIG, PREPARE_SCRIPT)
_AS_IN_CONFIG = "Write what the config says"
_INDICATORS = frozenset(",[]{}")


def described(context: Context, manifest: Manifest) -> ExpectedManifest | Undescribable | None:
    """What the config of a manifest says; None where it is not there or does not compose, which others report."""
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
    """Each value that the config has changed since the manifest repeated it."""
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
        # What is required and not there is for the rule about invalid manifests.
        if said.text is not None and not MANIFEST.fields[key].required:
            fixes = _fixes(config, (key,), said.text, _inserted(config, key, said.text))
            message = f"the config says `{_line(key, said.text)}`, which the manifest must repeat"
            yield at_key(_first(config), message, related=_places(said.at), fixes=fixes)
        return
    if _stripped(to_plain(value)) != said.text and not _is_faulty(config, key):
        yield _other_than(config, (key,), value, said.text, _places(said.at))


def _is_faulty(config: Table, key: str) -> bool:
    """Whether a value cannot be right whatever the config says, which is for the rule about invalid manifests."""
    return any(problem.key_path == (key,) for problem in check_manifest(to_plain(config)))


def _other_than(
    config: Table, path: KeyPath, value: Config, theirs: str | int | None, places: tuple[RelatedLocation, ...]
) -> Finding:
    """A value of the manifest that is not the config's; the config's is None where it has none."""
    name, must_be_there = spell(path), path == (RESOURCES_SERVER,)
    if theirs is not None:
        message, edit = f"`{name}` must be `{shortened(str(theirs), 60)}`, as in the config", _replaced(value, theirs)
    elif must_be_there:
        message, edit = f"`{name}` must be null: the config has none", _replaced(value, None)
    else:
        message = f"`{name}` must be left out: the config has none"
        edit = remove_entry(value) or _replaced(value, None)
    return at_value(value, message, related=places, fixes=_fixes(config, path, theirs, edit))


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
    message = f"the datasets of `{said.owner.name}` are {listed(map(str, theirs), 'and')}{order}, as the config says"
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
                yield _other_than(config, (*path, field), value, theirs, places)
        elif theirs is not None and not MANIFEST_DATASET.fields[field].required:
            # What every dataset needs is missed by the rule about invalid manifests.
            fixes = _fixes(config, (*path, field), theirs, append_field(item, field, _spelled(theirs)))
            message = f"the config says `{_line(field, theirs)}`, which `{shown}` must repeat"
            yield at_value(item.entries[NAME], message, related=places, fixes=fixes)


def _is_config_wrong(context: Context, field: str, ours: object, theirs: object) -> bool:
    """Whether the config has the path of no file where the manifest has one: then the config is to be mended."""
    if field not in _FILES or not isinstance(ours, str) or not isinstance(theirs, str):
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
    """The fix that an edit is; none where the manifest would be invalid with it, though it was valid there before.

    Nor is there one for an interpolation: NeMo Gym compares it as it is written, and then takes it for a path.
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
    return insert_behind(config, behind, key, _spelled(text))


def _replaced(value: Config, text: str | int | None) -> FileEdit | None:
    """Another scalar in the place of one, in its quotes where that gives the same text."""
    node = value.node
    if not isinstance(node, Scalar) or not _is_own(value) or node.style in ("|", ">"):
        return None
    spelled = "null" if text is None else _spelled(text)
    if node.style is not None and spelled == text:
        spelled = f"{node.style}{text}{node.style}"
    return FileEdit(value.origin.path, Edit(node.span, spelled))


def _is_own(value: Config) -> bool:
    """Whether a value is spelled where its key is, and not at an anchor further up."""
    return value.key is not None and value.node.span.start >= value.key.span.end and not value.node.span.is_empty


def _spelled(value: str | int) -> str:
    text = scalar(value)
    return f'"{text}"' if text == value and not _INDICATORS.isdisjoint(text) else text


def _rendered(value: Array, datasets: tuple[ExpectedDataset, ...]) -> str:
    """A list of datasets in the style of the one that it replaces."""
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
    """The key at which something is missed: that of the agent, beside which it belongs."""
    return config.get(AGENT_SERVER) or next(iter(config.entries.values()), config)


def _places(value: Config | None) -> tuple[RelatedLocation, ...]:
    """The config's side of it; a whole server is shown by its key."""
    if value is None:
        return ()
    if isinstance(value, Leaf):
        return (related(value, "what the config says"),)
    return (RelatedLocation(value.origin.path, key_span(value), "what the config says"),)


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value
