"""The check of the YAML in documents, as files that are only parts of a config: `--check --docs`.

Each block is read as a file below its document, and its own run is composed, as for any config. Rules that hold for a
part of a config look at it. What a placeholder stands for is not known, and nothing about it is reported.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.check import check_part
from gym_lsp.commands.made import made_files
from gym_lsp.commands.placeholders import has_placeholder, yaml_has_placeholder
from gym_lsp.commands.samples import Sample, used_files
from gym_lsp.diagnostic import Diagnostic, FileEdit, Fix, RelatedLocation, Severity
from gym_lsp.memo import query
from gym_lsp.rules.engine.engine import Engine
from gym_lsp.rules.files.config_path_not_found import config_path_not_found
from gym_lsp.rules.files.unused_suppression import unused_suppression
from gym_lsp.text import Edit
from gym_lsp.workspace.shown_paths import has_folder, must_exist
from gym_lsp.workspace.tree import sample_path
from gym_lsp.workspace.workspace import Workspace


def findings_in_samples(workspace: Workspace, engine: Engine, path: PurePath) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the YAML blocks of a document, at their places in the document."""
    found: list[Diagnostic] = []
    for index, sample in enumerate(workspace.files.samples(path)):
        part = sample_path(path, index)
        if sample.is_one_file and not sample.shows_mistake and workspace.may_be_gym(part):
            found.extend(_placed(each, part, path, sample) for each in _findings(workspace, engine, path, index))
    return tuple(found)


@query
def _findings(workspace: Workspace, engine: Engine, path: PurePath, index: int) -> tuple[Diagnostic, ...]:
    """Return what is wrong with one YAML block, at the places in the block."""
    sample = workspace.files.samples(path)[index]
    return check_part(workspace, engine, sample_path(path, index), partial(_weighed, workspace, engine, path, sample))


def _weighed(
    workspace: Workspace, engine: Engine, path: PurePath, sample: Sample, found: Diagnostic
) -> Diagnostic | None:
    """Return a finding with its severity in a document; None if it may not hold there."""
    text = sample.text
    if sample.has_omissions and (found.rule in engine.about_text or found.rule == unused_suppression.name):
        return None
    if found.rule != unused_suppression.name and yaml_has_placeholder(_entry_around(text, found)):
        return None
    if found.rule == config_path_not_found.name:
        return _about_path(workspace, path, found, found.span.of(text).strip("\"' "))
    return found


def _about_path(workspace: Workspace, path: PurePath, found: Diagnostic, entry: str) -> Diagnostic | None:
    if has_placeholder(entry) or PurePath(entry).name in _made(workspace, path) or not must_exist(workspace, entry):
        return None
    if has_folder(workspace, entry):
        return found
    severity = Severity.WARNING if found.fixes else Severity.INFORMATION
    return replace(found, severity=max(severity, found.severity), gym_error=None)


@query
def _made(workspace: Workspace, path: PurePath) -> frozenset[str]:
    """Return the names of the files that the reader of a document makes."""
    used = (used_files(sample) for sample in workspace.files.samples(path))
    return made_files(workspace.text(path) or "", frozenset[int]().union(*used))


def _entry_around(text: str, found: Diagnostic) -> str:
    """Return the text of a finding and of what follows it in the same entry, a comment included."""
    line = text.rfind("\n", 0, found.span.start) + 1
    end = text.find("\n", found.span.end)
    end = len(text) if end < 0 else end
    if "{" in text[line : found.span.start]:
        # Entries in braces have no line of their own.
        stops = (text.find(each, found.span.end, end) for each in ",}")
        end = min((stop for stop in stops if stop >= 0), default=end)
    return text[found.span.start : end]


def _placed(found: Diagnostic, part: PurePath, path: PurePath, sample: Sample) -> Diagnostic:
    """Return a finding in a YAML block as one in its document."""
    start = sample.span.start
    related = tuple(
        RelatedLocation(path, each.span.moved(start), each.message) if each.path == part else each
        for each in found.related
    )
    fixes: list[Fix] = []
    for fix in found.fixes:
        # A new line would need the mark of the quote, too.
        if sample.is_quoted and any("\n" in edit.edit.text for edit in fix.edits):
            continue
        edits = (
            FileEdit(path, Edit(each.edit.span.moved(start), each.edit.text)) if each.path == part else each
            for each in fix.edits
        )
        fixes.append(replace(fix, edits=tuple(edits)))
    return replace(found, path=path, span=found.span.moved(start), run=(), related=related, fixes=tuple(fixes))
