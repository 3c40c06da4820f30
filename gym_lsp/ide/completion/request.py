"""One completion request: the place, the expected contents there, and the construction of candidates."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import PurePath
from typing import Any

from msgspec import Struct

from gym_lsp.compose.resolved import scalar
from gym_lsp.compose.run import Composition
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import FileEdit
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import CompletionContext
from gym_lsp.ide.shape import Shape, shape_at
from gym_lsp.rules.engine.edits import add_include
from gym_lsp.syntax import Atom
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


class Request(Struct, frozen=True, dict=True):
    """The argument of every source of candidates."""

    workspace: Workspace
    path: PurePath
    file: ConfigFile
    kind: FileKind
    context: CompletionContext

    @cached_property
    def shape(self) -> Shape:
        """The expected contents at the key path of the context."""
        return shape_at(self.workspace, self.path, self.kind, self.context.root, self.context.path)

    @cached_property
    def run(self) -> Composition:
        """The own run of the file."""
        return self.workspace.own_run(self.path)

    def value(self, label: str, value: Atom, kind: CandidateKind = CandidateKind.VALUE, **more: Any) -> Candidate:
        """Return a candidate that replaces the word at the cursor with a scalar."""
        text = spelled(self.context, value)
        return Candidate(label, kind, Edit(self.context.span, f"{self.context.lead}{text}"), **more)

    def part(
        self, label: str, span: Span, text: str, kind: CandidateKind = CandidateKind.VALUE, **more: Any
    ) -> Candidate:
        """Return a candidate that replaces a part of the word at the cursor, such as one segment of a path."""
        lead = self.context.lead if span.start == self.context.span.start else ""
        return Candidate(label, kind, Edit(span, f"{lead}{text}"), **more)

    def rank_of(self, path: PurePath) -> Rank:
        """Return the rank of a file: in the own run, in the workspace, or in one of the other roots."""
        if path in self._run_paths:
            return Rank.RUN
        return Rank.WORKSPACE if path in self._members else Rank.INSTALL

    def is_beside(self, path: PurePath) -> bool:
        """Return whether another file is in the same folder."""
        # Making a parent takes long, and almost no file is in this folder.
        return str(path).startswith(self._folder) and path.parent == self.path.parent

    @cached_property
    def _folder(self) -> str:
        return str(self.path.parent)

    @cached_property
    def _members(self) -> frozenset[PurePath]:
        return self.workspace.member_set

    @cached_property
    def _run_paths(self) -> frozenset[PurePath]:
        return frozenset(file.path for file in self.run.files)

    def including(self, path: PurePath) -> tuple[FileEdit, ...]:
        """Return the edit that includes another file; empty if the run contains it already."""
        known = self._includes.get(path)
        if known is None:
            known = self._includes[path] = () if path in self._run_paths else (self._including(path),)
        return known

    def _including(self, path: PurePath) -> FileEdit:
        template = self._include
        text = template.edit.text.replace(_ENTRY, scalar(self.workspace.spelled(path)))
        return FileEdit(template.path, Edit(template.edit.span, text))

    @cached_property
    def _includes(self) -> dict[PurePath, tuple[FileEdit, ...]]:
        return {}

    @cached_property
    def _include(self) -> FileEdit:
        """The edit for a placeholder entry, because all entries have the same place."""
        return add_include(self.file, _ENTRY)


_ENTRY = "\ue001"


def spelled(context: CompletionContext, value: Atom) -> str:
    """Return a scalar as YAML at the cursor: in the open quotes, or in the quotes that it needs."""
    if context.quote and isinstance(value, str):
        escaped = value.replace("'", "''") if context.quote == "'" else json.dumps(value, ensure_ascii=False)[1:-1]
        return escaped if context.is_closed else f"{escaped}{context.quote}"
    text = scalar(value)
    if context.flow and isinstance(value, str) and text == value and any(mark in value for mark in ",[]{}"):
        return json.dumps(value, ensure_ascii=False)
    return text
