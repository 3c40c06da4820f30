"""Renaming instances and sandbox blocks in all configs at once, or not at all, and offering to rename them in rows.

The meaning of a name depends on the run. Places that some run merges under one name are one definition, so they keep a
common name. If the target of a use is ambiguous, or if a file cannot be edited, the rename is refused, because an
incomplete rename is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from msgspec import Struct, field

from gym_lsp.compose.config import Provenance, Table, history
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import FileEdit
from gym_lsp.files import LARGEST_TEXT, Overlay, is_below
from gym_lsp.gym.layout import DIRECTIVE_KEYS, ROUTE_FIELDS, ROWS
from gym_lsp.ide.lookup import find, is_certain, locations_of, meaning_of, required_type, runs_of
from gym_lsp.ide.named_in_rows import definitions_of, instance_at, places_of_names
from gym_lsp.ide.references import mentioning
from gym_lsp.ide.target import KeyRole, Location, Target, classify
from gym_lsp.memo import query
from gym_lsp.rows.reading import row_at
from gym_lsp.syntax import Mapping, Scalar, resolve
from gym_lsp.syntax.scalars import NotANumber, meaning
from gym_lsp.text import Edit, Span, apply_edits
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.listings import all_rows, whole_text
from gym_lsp.workspace.uses import Use, inner_span
from gym_lsp.workspace.workspace import Workspace

_NAME = re.compile(r"\w[\w-]*")
_OUTSIDE = (Provenance.STAND_IN, Provenance.OVERRIDE)
MOST_RENAMED_ROWS = 10_000
"""Rows that one rename can change. An editor handles more edits slowly, and a command such as `sed` is better."""


class Refusal(Struct, frozen=True):
    """The reason why a rename is not possible, for users."""

    reason: str


class Renameable(Struct, frozen=True):
    """A name that can be renamed, and its span at the cursor."""

    span: Span
    name: str


class RenamedRows(Struct, frozen=True):
    """What a rename of an instance can change in the rows of datasets.

    `rows` is their number, and `files` that of their files. `left_out` are the files that also name the instance, each
    with the reason why their rows are not part of the edits.
    """

    edits: tuple[FileEdit, ...] = ()
    rows: int = 0
    files: int = 0
    left_out: tuple[tuple[PurePath, str], ...] = ()


def prepare_rename(workspace: Workspace, path: PurePath, offset: int) -> Renameable | Refusal:
    """Return the name at an offset if it can be renamed."""
    found = _group_at(workspace, path, offset)
    return found if isinstance(found, Refusal) else found[0]


def rename(workspace: Workspace, path: PurePath, offset: int, new_name: str) -> tuple[FileEdit, ...] | Refusal:
    """Return the edits that rename an instance or a sandbox block in every file that refers to it.

    The rename is refused if a use is ambiguous, if a file of NeMo Gym would have to change, and if the new name is not
    a valid key, is reserved, exists already, or would become the target of a use that has none now.
    """
    found = _group_at(workspace, path, offset)
    if isinstance(found, Refusal):
        return found
    _, group = found
    if new_name == group.name:
        return ()
    refusal = (
        _unusable(workspace, new_name) or _taken(workspace, group, new_name) or _captured(workspace, group, new_name)
    )
    edits = refusal or _edits(workspace, group, new_name)
    return edits if isinstance(edits, Refusal) else (_broken(workspace, group, edits) or edits)


def rename_in_rows(workspace: Workspace, path: PurePath, offset: int, new_name: str) -> RenamedRows:
    """Return the edits that rename an instance in the rows of the datasets that configs of the workspace name.

    Nothing checks these rows before they are sent to an agent, so a user should confirm the edits. The rows of a file
    are renamed together or not at all.
    """
    found = _group_at(workspace, path, offset)
    if isinstance(found, Refusal) or new_name == found[1].name:
        return RenamedRows()
    group = found[1]
    edits: list[FileEdit] = []
    left_out: list[tuple[PurePath, str]] = []
    count = files = 0
    for rows in all_rows(workspace):
        text = whole_text(workspace, rows)
        # Most files do not contain the name. JSON can write any character as an escape.
        spans = places_of_names(text).get(group.name, ()) if group.name in text or "\\u" in text else ()
        places = frozenset(definitions_of(workspace, rows, group.name)) if spans else frozenset[Location]()
        if places.isdisjoint(group.places):
            continue
        lines = len({row.start for span in spans if (row := row_at(text, span.start)) is not None})
        reason = _not_offered(workspace, group, rows, places, text)
        if reason is None and count + lines > MOST_RENAMED_ROWS:
            reason = f"a rename changes at most {MOST_RENAMED_ROWS:,} rows"
        if reason is not None:
            left_out.append((rows, reason))
            continue
        count, files = count + lines, files + 1
        edits.extend(FileEdit(rows, Edit(span, new_name)) for span in spans)
    return RenamedRows(tuple(edits), count, files, tuple(left_out))


def _not_offered(
    workspace: Workspace, group: _Group, rows: PurePath, places: frozenset[Location], text: str
) -> str | None:
    """Return the reason why the rows of a file that name an instance are not renamed, or None."""
    if not is_below(rows, workspace.root):
        return "it is outside the workspace"
    if not places <= group.places:
        return "its rows can also refer to another instance of this name"
    if len(text) > LARGEST_TEXT // 4 and len(text.encode("utf-8", "replace")) > LARGEST_TEXT:
        return f"it is larger than {LARGEST_TEXT // 2**20} MiB"
    return None


def _group_at(workspace: Workspace, path: PurePath, offset: int) -> tuple[Renameable, _Group] | Refusal:
    """Return the name at an offset, which may be in a row, and what has this name."""
    if path.suffix == ROWS:
        return _group_in_row(workspace, path, offset)
    found = _named_at(workspace, path, offset)
    if isinstance(found, Refusal):
        return found
    group = _group_of(workspace, path, found)
    return group if isinstance(group, Refusal) else (found, group)


def _group_in_row(workspace: Workspace, path: PurePath, offset: int) -> tuple[Renameable, _Group] | Refusal:
    named = instance_at(workspace, path, offset)
    if named is None:
        return Refusal("only the instances that a row names can be renamed in it")
    places = definitions_of(workspace, path, named.name)
    if not places:
        return Refusal(f"nothing in the workspace defines `{named.name}`")
    group = _group_of(workspace, places[0].path, Renameable(places[0].selection, named.name))
    return group if isinstance(group, Refusal) else (Renameable(named.span, named.name), group)


def _named_at(workspace: Workspace, path: PurePath, offset: int) -> Renameable | Refusal:
    """Return the top-level name at an offset."""
    target = classify(workspace, path, offset)
    name = None if target is None else _top_level_name(target)
    if target is None or name is None:
        return Refusal("only instances and sandbox blocks can be renamed")
    span = target.span
    if target.spot.on_key and isinstance(target.spot.node, Scalar):
        inner = inner_span(target.spot.node)
        # LSP requires a span that contains the cursor, which may be on a quote.
        span = inner if inner.contains(offset) else span
    return Renameable(span, name)


def _top_level_name(target: Target) -> str | None:
    use = target.use
    if use is None:
        return str(target.spot.path[0]) if target.key is KeyRole.INSTANCE else None
    return use.name_of_instance if target.step == 0 else None


# Definitions and uses


class _Group(Struct, frozen=True, dict=True):
    """The definitions that share a name in some run, their uses, and their runs."""

    name: str
    places: set[Location] = field(default_factory=set[Location])
    uses: dict[tuple[PurePath, Use], None] = field(default_factory=dict[tuple[PurePath, Use], None])
    runs: dict[Composition, None] = field(default_factory=dict[Composition, None])

    def contains(self, path: PurePath, span: Span) -> bool:
        """Whether a span of a file is the name in one of the definitions or uses."""
        if any(place.path == path and place.selection.covers(span) for place in self.places):
            return True
        return any(file == path and use.steps[0][1] == span for file, use in self.uses)


class _Mention(Struct, frozen=True, dict=True):
    """A file that defines or uses a name, with the places that define it in each run of the file."""

    path: PurePath
    uses: tuple[Use, ...]
    runs: tuple[tuple[Composition, frozenset[Location]], ...]


def _group_of(workspace: Workspace, path: PurePath, found: Renameable) -> _Group | Refusal:
    group = _gather(workspace, path, found.name)
    if isinstance(group, _Group) and not group.contains(path, found.span):
        return Refusal(f"nothing in the workspace defines `{found.name}`")
    return group


@query
def _gather(workspace: Workspace, path: PurePath, name: str) -> _Group | Refusal:
    if name in workspace.profile.reserved_keys:
        return Refusal(f"`{name}` is a reserved key of NeMo Gym")
    if workspace.settings.provides(name) or any(_is_outside(run, name) for run in runs_of(workspace, path)):
        return Refusal(f"`{name}` is defined outside the workspace, so it cannot be renamed")
    mentions = tuple(_mentions(workspace, name))
    own = next((mention for mention in mentions if mention.path == path), None)
    group = _Group(name)
    if own is not None:
        group.places.update(_candidates(workspace, own))
    _grow(group, mentions)
    if not group.places:
        return Refusal(f"nothing in the workspace defines `{name}`")
    refusal = _not_a_block(group) or _foreign(workspace, group)
    return refusal or _collect(workspace, group, mentions) or group


def _is_outside(run: Composition, name: str) -> bool:
    """Whether a value of a run comes from the command line or from the stand-in model, at least in part."""
    config = find(run, (name,))
    return config is not None and any(each.origin.provenance in _OUTSIDE for each in history(config))


def _mentions(workspace: Workspace, name: str) -> Iterator[_Mention]:
    for path in mentioning(workspace, name, (*workspace.members, *workspace.library)):
        uses = tuple(
            use for use in workspace.uses(path) if use.name_of_instance == name and is_certain(workspace, path, use)
        )
        if not uses and all(defined.name != name for defined in workspace.definitions(path)):
            continue
        yield _Mention(path, uses, tuple(_runs_with(workspace, path, name)))


def _runs_with(workspace: Workspace, path: PurePath, name: str) -> Iterator[tuple[Composition, frozenset[Location]]]:
    for run in runs_of(workspace, path):
        config = find(run, (name,))
        if config is not None:
            yield run, frozenset(locations_of(config))


def _candidates(workspace: Workspace, mention: _Mention) -> set[Location]:
    """Return the definitions in the runs of a file; if there are none, all candidates for its uses."""
    found = {place for _, places in mention.runs for place in places}
    return found or {place for use in mention.uses for place in meaning_of(workspace, mention.path, use, 0).places}


def _grow(group: _Group, mentions: Iterable[_Mention]) -> None:
    """Add every place that some run merges with a place of the group, or that the same use refers to in another run."""
    linked = [(mention.runs if mention.uses else (each,)) for mention in mentions for each in mention.runs]
    grown = True
    while grown:
        grown = False
        for runs in linked:
            places = {place for _, places in runs for place in places}
            if not group.places.isdisjoint(places) and not all(run in group.runs for run, _ in runs):
                group.places.update(places)
                group.runs.update((run, None) for run, _ in runs)
                grown = True


def _not_a_block(group: _Group) -> Refusal | None:
    for run in group.runs:
        if not isinstance(find(run, (group.name,)), Table):
            return Refusal("only instances and sandbox blocks can be renamed")
    return None


def _foreign(workspace: Workspace, group: _Group) -> Refusal | None:
    members = workspace.member_set
    for place in sorted(group.places):
        if place.path not in members:
            return Refusal(f"`{group.name}` is defined in {workspace.spelled(place.path)}, outside the workspace")
    return None


def _collect(workspace: Workspace, group: _Group, mentions: Iterable[_Mention]) -> Refusal | None:
    """Add the uses of the group; return a refusal if one of them is ambiguous or cannot be edited."""
    members = workspace.member_set
    for mention in mentions:
        in_runs = {place for _, places in mention.runs for place in places}
        for use in mention.uses:
            candidates = in_runs or set(meaning_of(workspace, mention.path, use, 0).places)
            if candidates.isdisjoint(group.places):
                continue
            where = workspace.spelled(mention.path)
            others = candidates - group.places
            if mention.path in members and others:
                other = workspace.spelled(min(others).path)
                return Refusal(
                    f"`{group.name}` in {where} is ambiguous: it can refer to this block or to the one in {other}"
                )
            if mention.path not in members and not others:
                return Refusal(f"`{group.name}` is used in {where}, outside the workspace")
            if mention.path in members:
                group.uses[mention.path, use] = None
    return None


# The new name


def _unusable(workspace: Workspace, name: str) -> Refusal | None:
    try:
        is_text = meaning(name) == name
    except NotANumber:
        is_text = False
    if not is_text or _NAME.fullmatch(name) is None:
        return Refusal(f"`{name}` cannot be the name of an instance: use letters, digits, `_` and `-`")
    if name in (*workspace.profile.reserved_keys, *workspace.profile.server_types, *DIRECTIVE_KEYS, *ROUTE_FIELDS):
        return Refusal(f"`{name}` is a key of NeMo Gym")
    return None


def _taken(workspace: Workspace, group: _Group, name: str) -> Refusal | None:
    for run in group.runs:
        if find(run, (name,)) is not None:
            return Refusal(f"the run of {workspace.title_of(run.run)} already has `{name}`")
    return None


def _captured(workspace: Workspace, group: _Group, name: str) -> Refusal | None:
    """Return a refusal if a use of the new name that has no target now would refer to the renamed block."""
    paths = {place.path for place in group.places}
    types = {each.server_type for each in workspace.names.defined(group.name) if each.path in paths}
    for path in mentioning(workspace, name, workspace.members):
        for use in workspace.uses(path):
            if use.name_of_instance != name or not is_certain(workspace, path, use):
                continue
            needed_type = required_type(workspace, path, use)
            if (needed_type is None or not types.isdisjoint((None, needed_type))) and not any(
                _runs_with(workspace, path, name)
            ):
                return Refusal(
                    f"{workspace.spelled(path)} uses an undefined `{name}`, which would then refer to this block"
                )
    return None


# The edits


def _edits(workspace: Workspace, group: _Group, new_name: str) -> tuple[FileEdit, ...] | Refusal:
    spans = {(path, use.steps[0][1]) for path, use in group.uses}
    for place in group.places:
        span = _top_level_key(workspace, place)
        if span is None:
            where = workspace.spelled(place.path)
            return Refusal(f"`{group.name}` in {where} comes from a merge key (`<<`), so there is no key to rename")
        spans.add((place.path, span))
    for path, span in sorted(spans):
        if span.of(workspace.text(path) or "") != group.name:
            return Refusal(
                f"`{group.name}` is written with escapes in {workspace.spelled(path)}, so it cannot be edited"
            )
    return tuple(FileEdit(path, Edit(span, new_name)) for path, span in sorted(spans))


def _top_level_key(workspace: Workspace, place: Location) -> Span | None:
    """Return the span of a top-level key without quotes, or None if the place is not such a key."""
    root = workspace.gym_part(place.path).document.root
    for entry in root.entries if isinstance(root, Mapping) else ():
        key = resolve(entry.key)
        if isinstance(key, Scalar) and key.span == place.selection:
            return inner_span(key)
    return None


def _broken(workspace: Workspace, group: _Group, edits: tuple[FileEdit, ...]) -> Refusal | None:
    """Return a refusal if the edits add a problem to a run, or remove a name that is used. The edits are tried out."""
    texts: dict[PurePath, str] = {}
    for path in {edit.path for edit in edits}:
        texts[path] = apply_edits(workspace.text(path) or "", [each.edit for each in edits if each.path == path])
    edited = workspace.changed(Overlay(workspace.disk, texts), Change.edit(texts))
    for run in group.runs:
        after = edited.compose(run.run)
        new = _problems(after) - _problems(run)
        if new:
            return Refusal(f"the new name would make the run of {workspace.title_of(run.run)} invalid")
        gone = {str(name) for name in run.config.entries} - {str(name) for name in after.config.entries} - {group.name}
        for file in run.files:
            for use in workspace.uses(file.path):
                if use.name_of_instance in gone:
                    where = workspace.spelled(file.path)
                    return Refusal(
                        f"NeMo Gym generates `{use.name_of_instance}`, which {where} uses, from `{group.name}`"
                    )
    return None


def _problems(run: Composition) -> Counter[type]:
    return Counter(type(problem) for problem in run.problems)
