"""The headless check: which runs a question is about, and which of their findings belong to which file.

Asked about a run, every finding counts where it lies. Asked about a workspace, whose runs nobody has told, a file is
judged by its own run and by the runs of the files that include it: see "What is an error, and what is not" in
docs/architecture.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePath
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.config import Config, Origin, value_span
from gym_lsp.compose.problem import Malformed
from gym_lsp.compose.run import Composition, Run
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic, RelatedLocation, Severity
from gym_lsp.files import Unreadable
from gym_lsp.rules import ALL_RULES, RULE_NAMES
from gym_lsp.rules.engine.apply_suppressions import mentions_us, silence
from gym_lsp.rules.engine.context import Context, EnvironmentFile, Manifest, Prompt, Scope
from gym_lsp.rules.engine.engine import Engine, Kept, key_path_at
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.rules.explained import without_explained
from gym_lsp.rules.files.unreadable_file import unreadable_file
from gym_lsp.rules.readable import is_worth_telling, unreadable_blocks
from gym_lsp.text import Span
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace

Key = tuple[PurePath, Span, str, str]
Ask: TypeAlias = Callable[[PurePath], Iterable[Diagnostic]]
"""What is to be said about one file, whatever else was asked."""
Spread: TypeAlias = Callable[[Ask, Sequence[PurePath]], Iterable[Diagnostic]]
"""A way to ask about many files; the order of the answers does not matter."""


def one_by_one(ask: Ask, paths: Iterable[PurePath]) -> Iterator[Diagnostic]:
    """Ask about one file after the other."""
    for path in paths:
        yield from ask(path)


class Checked(Struct, frozen=True):
    """The outcome of a check: findings sorted by place, and the files that were looked at."""

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[PurePath, ...]


class Checker:
    """Checks one workspace by one selection of rules."""

    def __init__(self, workspace: Workspace, rules: Iterable[Rule] = ALL_RULES) -> None:
        self.workspace = workspace
        self._asked = tuple(rules)
        chosen: list[Rule] = []
        severities: dict[str, Severity] = {}
        for rule in self._asked:
            severity = workspace.settings.severity_of(rule.name, rule.severity)
            if severity is None:
                continue
            chosen.append(rule)
            if rule.name in workspace.settings.severity:
                severities[rule.name] = severity
        self.rules = tuple(chosen)
        self._engine = Engine(chosen, severities)
        self._about_names = frozenset(rule.name for rule in chosen if rule.about_names)
        self._completable = frozenset(rule.name for rule in chosen if rule.completable)
        self._kept = {scope: Kept() for scope in Scope}
        self._answers: dict[Hashable, object] = {}
        self._found: dict[tuple[Scope, Run], tuple[Diagnostic, ...]] = {}
        self._keys: dict[tuple[Run, PurePath], frozenset[tuple[str, Span]]] = {}
        self._others: dict[PurePath, _Other] = {}
        self._of_files: dict[PurePath, tuple[Diagnostic, ...]] = {}

    def changed(self, workspace: Workspace, change: Change) -> Checker:
        """The checker of a later snapshot of the same workspace.

        Runs that the change does not reach keep their findings, where nothing else has changed that findings are made
        of: the top-level names, and files that are no configs.
        """
        later = Checker(workspace, self._asked)
        paths = change.edited
        if not change.created_or_deleted and workspace.only_values_changed(self.workspace, paths):
            runs = workspace.unchanged_runs(self.workspace)
            later._found = {key: found for key, found in self._found.items() if key[1] in runs}
            later._others = {
                path: other for path, other in self._others.items() if path not in paths and other.runs <= runs
            }
            later._keys = {key: keys for key, keys in self._keys.items() if key[0] in runs}
        return later

    # Three ways to ask

    def check_run(self, run: Run) -> Checked:
        """What is wrong with one run. Raises OverrideError."""
        composition = self.workspace.compose(run)
        files = tuple(file.path for file in composition.files)
        return self._finish(self._placed(self._findings(composition, Scope.RUN)), files)

    def check_standalone(self, paths: Iterable[PurePath], spread: Spread = one_by_one) -> Checked:
        """What is wrong with each Gym config of `paths` as its own run."""
        paths = tuple(paths)

        def ask(path: PurePath) -> Iterator[Diagnostic]:
            return self._placed(self._check_alone(path))

        # What several runs have to say of a file that they share is said once, and always for the same of them.
        return self._finish(sorted(spread(ask, paths), key=lambda found: found.run), paths)

    def check_workspace(self, paths: Iterable[PurePath], spread: Spread = one_by_one) -> Checked:
        """What is wrong with the files of `paths`, whatever run they turn up in."""
        paths = tuple(paths)
        asked = frozenset(paths)

        def ask(path: PurePath) -> tuple[Diagnostic, ...]:
            # What belongs to a file lies in it, so no other file has a say in what becomes of it.
            return self._finish(self._placed(self.check_file(path, asked)), (path,)).diagnostics

        found = sorted(spread(ask, paths), key=lambda diagnostic: diagnostic.sort_key)
        return Checked(tuple(found), paths)

    def _check_alone(self, path: PurePath) -> Iterator[Diagnostic]:
        yield from self._unreadable(path)
        if self.workspace.kind(path) is FileKind.CONFIG:
            yield from self._findings(self.workspace.own_run(path), Scope.RUN)
        else:
            yield from self._about_other(path)

    def check_file(self, path: PurePath, asked: frozenset[PurePath]) -> Iterator[Diagnostic]:
        """The findings that belong to one file of a workspace; `asked` are the files that are checked with it."""
        yield from self._unreadable(path)
        if self.workspace.kind(path) is not FileKind.CONFIG:
            yield from self._about_other(path)
            return
        own = self.workspace.own_run(path)
        for diagnostic in self._findings(own, Scope.WORKSPACE):
            if diagnostic.path == path:
                if not self._is_repaired(diagnostic):
                    yield diagnostic
            elif diagnostic.severity is Severity.ERROR:
                yield from self._from_included(diagnostic, own, path, asked)

    def check_one(self, path: PurePath) -> tuple[Diagnostic, ...]:
        """The findings that belong to one file where all the others are looked at too, as in an editor."""
        known = self._of_files.get(path)
        if known is None:
            asked = self._members if path in self._members else self._members | {path}
            known = self._of_files[path] = self._finish(self._placed(self.check_file(path, asked)), (path,)).diagnostics
        return known

    def prepare(self, path: PurePath) -> Iterator[None]:
        """Work out what `check_one` will need, one run with each step."""
        if self.workspace.kind(path) is not FileKind.CONFIG:
            return
        for found in self._findings(self.workspace.own_run(path), Scope.WORKSPACE):
            yield
            if found.path == path:
                yield from self._weigh(found)

    @cached_property
    def _members(self) -> frozenset[PurePath]:
        return frozenset(self.workspace.members)

    # Which findings belong where

    def _findings(self, composition: Composition, scope: Scope) -> tuple[Diagnostic, ...]:
        key = (scope, composition.run)
        known = self._found.get(key)
        if known is None:
            context = self._context(scope).of_run(composition)
            known = self._found[key] = tuple(self._engine.check_run(context, self._kept[scope]))
        return known

    def _context(self, scope: Scope) -> Context:
        workspace = self.workspace
        install = workspace.install
        return Context(
            scope,
            workspace.profile,
            workspace.files,
            workspace.search,
            workspace.names,
            None if install is None else install.path,
            workspace.environment,
            self._answers,
            workspace.server_model,
        )

    def _runs_reaching(self, path: PurePath) -> Iterator[Composition]:
        """The other runs that a file is part of, as far as they are known."""
        for includer in includers(self.workspace, path):
            yield self.workspace.own_run(includer)
        yield from self._declared.get(path, ())

    @cached_property
    def _declared(self) -> dict[PurePath, list[Composition]]:
        found: dict[PurePath, list[Composition]] = defaultdict(list)
        for composition in self.workspace.declared_runs():
            for file in composition.files:
                found[file.path].append(composition)
        return found

    def _keys_at(self, composition: Composition, path: PurePath) -> frozenset[tuple[str, Span]]:
        """The findings that a run has in one file."""
        key = (composition.run, path)
        known = self._keys.get(key)
        if known is None:
            findings = self._findings(composition, Scope.WORKSPACE)
            known = self._keys[key] = frozenset((found.rule, found.span) for found in findings if found.path == path)
        return known

    def _is_repaired(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding of a file's own run goes away in the runs that reach the file."""
        weighing = self._weigh(diagnostic)
        while True:
            try:
                next(weighing)
            except StopIteration as end:
                return bool(end.value)

    def _weigh(self, diagnostic: Diagnostic) -> Generator[None, None, bool]:
        """Find out whether a finding is repaired, one run with each step."""
        key = (diagnostic.rule, diagnostic.span)
        path = diagnostic.path
        if diagnostic.rule in self._about_names:
            is_defined = False
            for run in self._runs_reaching(path):
                is_silent = key not in self._keys_at(run, path)
                yield
                # A run that lacks a file is not told which names it lacks, so its silence proves nothing.
                if is_silent and not run.is_incomplete and not self._lacks_names(run):
                    is_defined = True
                    break
            # A name that is an error is defined in no run: all that a run can do is to override what refers to it.
            if not is_defined or diagnostic.severity is not Severity.ERROR:
                return is_defined
        elif diagnostic.rule not in self._completable:
            return False
        is_reached = False
        for run in self._runs_reaching(path):
            if key in self._keys_at(run, path):
                return False
            is_reached = True
            yield
        return is_reached

    def _lacks_names(self, run: Composition) -> bool:
        """Whether a run has an error about a name itself, which may well be what hides another one."""
        found = self._findings(run, Scope.WORKSPACE)
        return any(each.severity is Severity.ERROR and each.rule in self._about_names for each in found)

    def _from_included(
        self, diagnostic: Diagnostic, run: Composition, path: PurePath, asked: frozenset[PurePath]
    ) -> Iterator[Diagnostic]:
        """An error in an included file: the includer's, where it only arises there or nobody else would hear of it."""
        if diagnostic.path in asked and self._errs_alone(diagnostic):
            return
        entry = _entry_leading_to(run, diagnostic.path)
        if entry is None or entry.origin.path != path:
            return
        place = RelatedLocation(diagnostic.path, diagnostic.span, diagnostic.message)
        yield replace(
            diagnostic,
            path=path,
            span=value_span(entry),
            message=f"in the file that this includes: {diagnostic.message}",
            related=(place, *diagnostic.related),
            fixes=(),
        )

    def _errs_alone(self, diagnostic: Diagnostic) -> bool:
        """Whether the file that holds a finding has it in its own run already."""
        if self.workspace.kind(diagnostic.path) is not FileKind.CONFIG:
            return False
        return (diagnostic.rule, diagnostic.span) in self._keys_at(
            self.workspace.own_run(diagnostic.path), diagnostic.path
        )

    # Files that are no configs

    def _about_other(self, path: PurePath) -> tuple[Diagnostic, ...]:
        known = self._others.get(path)
        if known is None:
            runs: set[Run] = set()
            found = tuple(self._judge_other(path, runs))
            known = self._others[path] = _Other(found, frozenset(runs))
        return known.found

    def _judge_other(self, path: PurePath, runs: set[Run]) -> Iterator[Diagnostic]:
        """What is wrong with a file that is no config; the runs that it is compared with are added to `runs`."""
        kind = self.workspace.kind(path)
        if kind is FileKind.OTHER:
            return

        def own_run(config: PurePath) -> Composition:
            composition = self.workspace.own_run(config)
            runs.add(composition.run)
            return composition

        file = self.workspace.load(path)
        context = self._context(Scope.WORKSPACE)
        for problem in file.document.problems:
            yield from self._engine.check(context, Malformed(file.config, path, problem))
        if not file.document.is_broken:
            yield from self._engine.check(context, _subject(kind, file, own_run))

    def _unreadable(self, path: PurePath) -> Iterator[Diagnostic]:
        try:
            self.workspace.load(path)
        except Unreadable as error:
            message = f"this file cannot be read: {error.reason}"
            yield Diagnostic(path, Span(0, 0), unreadable_file.name, unreadable_file.severity, message)

    # The end

    def _placed(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The findings with their key paths, those about blocks that could not be read left out.

        A file that may silence some of them has its say first; see `_apply_suppressions`.
        """
        for diagnostic in found:
            if self._may_silence(diagnostic.path):
                yield diagnostic
            else:
                yield from self._place(diagnostic)

    def _may_silence(self, path: PurePath) -> bool:
        def answer() -> bool:
            text = self.workspace.text(path)
            return text is None or mentions_us(text)

        return self.workspace.kept_of(path, (mentions_us,), answer)

    def _place(self, diagnostic: Diagnostic) -> Iterator[Diagnostic]:
        path = diagnostic.path
        document = self.workspace.load(path).document
        unreadable = self.workspace.kept_of(path, (unreadable_blocks,), lambda: unreadable_blocks(document))
        if is_worth_telling(diagnostic, unreadable):
            yield replace(diagnostic, key_path=key_path_at(document.root, diagnostic.span))

    def _finish(self, found: Iterable[Diagnostic], files: tuple[PurePath, ...]) -> Checked:
        unique: dict[Key, Diagnostic] = {}
        for diagnostic in found:
            unique.setdefault((diagnostic.path, diagnostic.span, diagnostic.rule, diagnostic.message), diagnostic)
        by_path: dict[PurePath, list[Diagnostic]] = defaultdict(list)
        for diagnostic in unique.values():
            by_path[diagnostic.path].append(diagnostic)
        kept: list[Diagnostic] = []
        for path in dict.fromkeys((*by_path, *files)):
            kept.extend(without_explained(self._apply_suppressions(path, by_path.get(path, []))))
        return Checked(tuple(sorted(kept, key=lambda diagnostic: diagnostic.sort_key)), files)

    def _apply_suppressions(self, path: PurePath, found: list[Diagnostic]) -> Iterator[Diagnostic]:
        """What the comments of a file leave of the findings in it, and the findings about these comments."""
        if self.workspace.text(path) is None or not self._may_silence(path):
            yield from found
            return
        file = self.workspace.load(path)
        silenced = silence(file, found, frozenset(rule.name for rule in self.rules), RULE_NAMES)
        about_comments: list[Diagnostic] = []
        for subject in silenced.subjects:
            about_comments.extend(self._engine.check(self._context(Scope.WORKSPACE), subject))
        for diagnostic in (*silenced.kept, *about_comments):
            yield from self._place(diagnostic)


class _Other(Struct, frozen=True):
    """The findings of a file that is no config, and the runs that it was compared with."""

    found: tuple[Diagnostic, ...]
    runs: frozenset[Run]


def _subject(
    kind: FileKind, file: ConfigFile, own_run: Callable[[PurePath], Composition]
) -> Manifest | Prompt | EnvironmentFile:
    match kind:
        case FileKind.MANIFEST:
            return Manifest(file, own_run)
        case FileKind.PROMPT:
            return Prompt(file)
        case _:
            return EnvironmentFile(file)


def _entry_leading_to(run: Composition, path: PurePath) -> Config | None:
    """The `config_paths` entry of the run's root through which a file came in."""
    for index, node in enumerate(run.includes.nodes):
        if node.path == path:
            chain = run.includes.chain(index)
            return chain[1].item if len(chain) > 1 else None
    return None


__all__ = ["Checked", "Checker", "Origin"]
