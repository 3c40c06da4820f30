"""The headless check: which runs are composed, and which of their findings belong to which file.

When checking a run, every finding is reported where it is. When checking a workspace, whose runs are not known, a file
is judged by its own run and by the runs of the files that include it: see "What is an error, and what is not" in
docs/architecture.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Protocol, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.config import Array, Config, Leaf, value_span
from gym_lsp.compose.problem import Malformed
from gym_lsp.compose.run import Composition, Run
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic, RelatedLocation, Severity
from gym_lsp.files import Outside, Unreadable, absolute
from gym_lsp.gym.embedding import RECIPE_DEFAULTS
from gym_lsp.memo import Mark, firewall, lasting, query
from gym_lsp.rules import ALL_RULES, RULE_NAMES
from gym_lsp.rules.engine.context import Context, EnvironmentFile, Manifest, Prompt, Scope
from gym_lsp.rules.engine.engine import Engine, key_path_at
from gym_lsp.rules.engine.findings import findings_of_run, in_recipe, without_secrets
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.rules.engine.suppression import apply, find_invalid, may_suppress
from gym_lsp.rules.explained import without_explained
from gym_lsp.rules.files.invalid_suppression import invalid_suppression
from gym_lsp.rules.files.unreadable_file import unreadable_file
from gym_lsp.rules.files.unused_suppression import unused_suppression
from gym_lsp.rules.readable import should_report, unreadable_blocks
from gym_lsp.text import Span
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace

Key = tuple[PurePath, Span, str, str]


_ABOUT_COMMENTS = (unused_suppression.name, invalid_suppression.name)
_MOST_RELATED = 10
"""Places that are listed with one finding about all of them."""


class NotChecked(Struct, frozen=True):
    """A file that does not belong to NeMo Gym, so that no rule is about it."""

    path: PurePath


Answer: TypeAlias = Diagnostic | NotChecked
T = TypeVar("T")


class Spread(Protocol):
    """A way to ask about many files; the order of the answers does not matter.

    What is asked about one file does not depend on the other files that are asked about.
    """

    def __call__(self, ask: Callable[[PurePath], Iterable[T]], paths: Sequence[PurePath], /) -> Iterable[T]: ...


def one_by_one(ask: Callable[[PurePath], Iterable[T]], paths: Iterable[PurePath]) -> Iterator[T]:
    """Yield the answers about each file in turn."""
    for path in paths:
        yield from ask(path)


class Checked(Struct, frozen=True):
    """The outcome of a check: findings sorted by place, the files that were checked, and those that were not."""

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[PurePath, ...]
    not_checked: tuple[PurePath, ...] = ()


class Checker:
    """Checks one workspace with one selection of rules."""

    def __init__(self, workspace: Workspace, rules: Iterable[Rule] = ALL_RULES) -> None:
        chosen: list[Rule] = []
        severities: dict[str, Severity] = {}
        for rule in rules:
            severity = workspace.settings.severity_of(rule.name, rule.severity)
            if severity is None:
                continue
            chosen.append(rule)
            if rule.name in workspace.settings.severity:
                severities[rule.name] = severity
        self.workspace = workspace
        self.engine = Engine(chosen, severities)

    def on(self, workspace: Workspace) -> Checker:
        """Return the same checker for another snapshot of its workspace; it reuses the results that are still valid."""
        other = Checker.__new__(Checker)
        other.workspace = workspace
        other.engine = self.engine
        return other

    # Three ways to check

    def check_run(self, run: Run) -> Checked:
        """Return what is wrong with one run. Raises OverrideError."""
        found = findings_of_run(self.workspace, self.engine, run, Scope.RUN)
        files = tuple(file.path for file in self.workspace.compose(run).sources)
        return self._finish(_placed(self.workspace, found), files)

    def check_standalone(self, paths: Iterable[PurePath], spread: Spread = one_by_one) -> Checked:
        """Return what is wrong with each Gym config of `paths` as its own run."""
        paths = tuple(paths)

        def ask(path: PurePath) -> Iterator[Answer]:
            yield from _check_alone(self.workspace, self.engine, path)
            yield from self._not_checked(path)
            self.workspace.memo.drop_large()

        self._compare()
        candidates = self._candidates(paths)
        found, files, others = _apart(spread(ask, candidates), paths, candidates)
        # A finding of several runs in a file that they share is reported once, and always for the same run.
        checked = self._finish(sorted(found, key=lambda found: found.run), candidates)
        return Checked(checked.diagnostics, files, others)

    def check_workspace(self, paths: Iterable[PurePath], spread: Spread = one_by_one) -> Checked:
        """Return what is wrong with the files of `paths` in any run."""
        paths = tuple(paths)
        asked = frozenset(paths)
        # To list all files takes as long as to check one of them.
        is_everything = self.workspace.is_listed and asked == self.workspace.member_set

        def ask(path: PurePath) -> Iterator[Answer]:
            # The findings of a file are in it, so they do not depend on other files from here on.
            if is_everything:
                yield from self.check_one(path)
            else:
                yield from _check(self.workspace, self.engine, path, asked.__contains__)
            yield from self._not_checked(path)
            self.workspace.memo.drop_large()

        self._compare()
        candidates = self._candidates(paths)
        found, files, others = _apart(spread(ask, candidates), paths, candidates)
        # An error in a file that several of them include is reported once, and always for the same one of them.
        found.sort(key=lambda found: (found.sort_key, [str(each.path) for each in found.related]))
        return Checked(_unique(found), files, others)

    def _compare(self) -> None:
        """Find out what has changed, so that only what a change reaches is looked into."""
        for _ in self.workspace.memo.compare(self.workspace):
            pass

    def _candidates(self, paths: tuple[PurePath, ...]) -> tuple[PurePath, ...]:
        """Return the paths without the files that a glance shows to be of other tools."""
        return tuple(filter(self.workspace.may_be_gym, paths))

    def check_one(self, path: PurePath) -> tuple[Diagnostic, ...]:
        """Return the findings that belong to one file when all files of the workspace are checked, as in an editor.

        The result is the same object as long as its inputs have not changed.
        """
        return _check_one(self.workspace, self.engine, path)

    def knows(self, path: PurePath) -> bool:
        """Return whether the findings of a file are known, those among all files or those of its own run."""
        memo = self.workspace.memo
        return any(memo.holds(each, self.workspace, self.engine, path) for each in (_check_one, _check_alone))

    def is_reached(self, mark: Mark, path: PurePath) -> bool:
        """Return whether the findings of a file, or the texts that they are in, may have changed since a mark."""
        return self.workspace.memo.is_reached(mark, _check_one, self.engine, path)

    def prepare(self, path: PurePath) -> Iterator[None]:
        """Prepare what `check_one` needs, one run per step."""
        if self.knows(path):
            return
        if self.workspace.kind(path) is FileKind.RECIPE:
            findings_of_run(self.workspace, self.engine, self.workspace.own_run(path).run, Scope.RUN)
        if self.workspace.kind(path) is not FileKind.CONFIG:
            return
        run = self.workspace.own_run(path).run
        for found in findings_of_run(self.workspace, self.engine, run, Scope.WORKSPACE):
            yield
            if found.path == path:
                yield from _weigh(self.workspace, self.engine, found)

    def _not_checked(self, path: PurePath) -> Iterator[NotChecked]:
        if self.workspace.kind(path) is FileKind.OTHER and self.workspace.text(path) is not None:
            yield NotChecked(path)

    def _finish(self, found: Iterable[Diagnostic], files: tuple[PurePath, ...]) -> Checked:
        return _finish(self.workspace, self.engine, found, files)


def _apart(
    answers: Iterable[Answer], paths: tuple[PurePath, ...], candidates: tuple[PurePath, ...]
) -> tuple[list[Diagnostic], tuple[PurePath, ...], tuple[PurePath, ...]]:
    """Return the findings, the files that were checked, and those that were not, both in the order of `paths`.

    The answers are about the `candidates`; no other file was checked.
    """
    found: list[Diagnostic] = []
    checked = dict.fromkeys(candidates)
    for answer in answers:
        if isinstance(answer, NotChecked):
            del checked[answer.path]
        else:
            found.append(answer)
    return found, tuple(checked), tuple(path for path in paths if path not in checked)


@query
@lasting
def _check_one(workspace: Workspace, engine: Engine, path: PurePath) -> tuple[Diagnostic, ...]:
    return _check(workspace, engine, path, lambda other: other == path or _is_member(workspace, other))


def _check(
    workspace: Workspace, engine: Engine, path: PurePath, is_asked: Callable[[PurePath], bool]
) -> tuple[Diagnostic, ...]:
    """Return the findings that belong to one file; `is_asked` is true for the files that are checked with it."""
    found = _placed(workspace, _of_file(workspace, engine, path, is_asked))
    return _finish(workspace, engine, found, (path,)).diagnostics


@query
@lasting
def _check_alone(workspace: Workspace, engine: Engine, path: PurePath) -> tuple[Diagnostic, ...]:
    """Return the findings of the own run of a file, or those of a file that is not a config."""
    found = [*_unreadable(workspace, engine, path)]
    if workspace.kind(path) is FileKind.CONFIG:
        found.extend(findings_of_run(workspace, engine, workspace.own_run(path).run, Scope.RUN))
    elif workspace.kind(path) is FileKind.RECIPE:
        found.extend(_of_recipe(workspace, engine, path))
    else:
        found.extend(_of_other(workspace, engine, path))
    return tuple(_placed(workspace, found))


def check_part(
    workspace: Workspace, engine: Engine, path: PurePath, weigh: Callable[[Diagnostic], Diagnostic | None]
) -> tuple[Diagnostic, ...]:
    """Return the findings in one file that hold although the file is only a part of a config.

    `weigh` returns a finding as it should be reported, or None. Comments suppress what is left of them. There are no
    findings in a file that does not belong to NeMo Gym.
    """
    match workspace.kind(path):
        case FileKind.CONFIG:
            found: Iterable[Diagnostic] = findings_of_run(
                workspace, engine, workspace.own_run(path).run, Scope.WORKSPACE
            )
        case FileKind.RECIPE:
            found = _of_recipe(workspace, engine, path)
        case _:
            return ()
    own = (weigh(each) for each in found if each.path == path and each.rule in engine.holds_in_parts)
    placed = _placed(workspace, (each for each in own if each is not None))
    finished = _finish(workspace, engine, placed, (path,)).diagnostics
    # The findings about comments are made last.
    comments = (weigh(each) if each.rule in _ABOUT_COMMENTS else each for each in finished)
    return tuple(each for each in comments if each is not None)


@query
@firewall
@lasting
def _is_member(workspace: Workspace, path: PurePath) -> bool:
    return path in workspace.member_set


# Which findings belong where


def _of_file(
    workspace: Workspace, engine: Engine, path: PurePath, is_asked: Callable[[PurePath], bool]
) -> Iterator[Diagnostic]:
    """Yield the findings that belong to one file of a workspace.

    `is_asked` is true for the files that are checked with it.
    """
    yield from _unreadable(workspace, engine, path)
    if workspace.kind(path) is FileKind.RECIPE:
        yield from _of_recipe(workspace, engine, path)
        return
    if workspace.kind(path) is not FileKind.CONFIG:
        yield from _of_other(workspace, engine, path)
        return
    own = workspace.own_run(path)
    for diagnostic in findings_of_run(workspace, engine, own.run, Scope.WORKSPACE):
        if diagnostic.path == path:
            if not _is_repaired(workspace, engine, diagnostic):
                yield _in_declared_run(workspace, engine, diagnostic) or diagnostic
        elif diagnostic.severity is Severity.ERROR:
            yield from _of_included(workspace, engine, diagnostic, own, is_asked)


@query
def _runs_reaching(workspace: Workspace, path: PurePath) -> tuple[Run, ...]:
    """Return the other known runs that a file is part of."""
    own = (workspace.own_run(includer).run for includer in includers(workspace, path))
    return (*own, *_declared(workspace).get(path, ()))


@query
def _declared(workspace: Workspace) -> Mapping[PurePath, tuple[Run, ...]]:
    found: dict[PurePath, list[Run]] = defaultdict(list)
    for composition in workspace.declared_runs():
        for file in composition.files:
            found[file.path].append(composition.run)
    return {path: tuple(runs) for path, runs in found.items()}


@query
def _keys_at(workspace: Workspace, engine: Engine, run: Run, path: PurePath) -> frozenset[tuple[str, Span]]:
    """Return the rules and places of the findings of a run in one file."""
    findings = findings_of_run(workspace, engine, run, Scope.WORKSPACE)
    return frozenset((found.rule, found.span) for found in findings if found.path == path)


def _is_slip(diagnostic: Diagnostic) -> bool:
    """Whether a name is only misspelt: a fix writes another name in its place. No run is meant to override that."""
    if diagnostic.severity > Severity.WARNING:
        return False
    own = ((edit.path, edit.edit.span) for fix in diagnostic.fixes for edit in fix.edits)
    return any(path == diagnostic.path and diagnostic.span.covers(span) for path, span in own)


def _in_declared_run(workspace: Workspace, engine: Engine, diagnostic: Diagnostic) -> Diagnostic | None:
    """Return a finding about what is missing as the error that it is in a run that the settings declare."""
    if diagnostic.rule not in engine.closed_in_runs:
        return None
    for run in _declared(workspace).get(diagnostic.path, ()):
        for found in findings_of_run(workspace, engine, run, Scope.RUN):
            same_place = (found.path, found.rule, found.span) == (diagnostic.path, diagnostic.rule, diagnostic.span)
            if same_place and found.severity is Severity.ERROR:
                return found
    return None


def _is_repaired(workspace: Workspace, engine: Engine, diagnostic: Diagnostic) -> bool:
    """Whether a finding of a file's own run goes away in the runs that reach the file."""
    weighing = _weigh(workspace, engine, diagnostic)
    while True:
        try:
            next(weighing)
        except StopIteration as end:
            return bool(end.value)


def _weigh(workspace: Workspace, engine: Engine, diagnostic: Diagnostic) -> Generator[None, None, bool]:
    """Return whether a finding is repaired, after one step per run."""
    key = (diagnostic.rule, diagnostic.span)
    path = diagnostic.path
    if diagnostic.rule in engine.about_names and _is_slip(diagnostic):
        return False
    if diagnostic.rule in engine.about_names:
        is_defined = False
        for run in _runs_reaching(workspace, path):
            is_absent = key not in _keys_at(workspace, engine, run, path)
            yield
            # In a run that lacks a file, missing names are not reported, so the absence of a finding proves nothing.
            if is_absent and not _lacks_something(workspace, engine, run):
                is_defined = True
                break
        # No run defines a name that is an error; a run can only override what refers to it.
        if not is_defined or diagnostic.severity is not Severity.ERROR:
            return is_defined
    elif diagnostic.rule not in engine.completable:
        return False
    is_reached = False
    for run in _runs_reaching(workspace, path):
        if key in _keys_at(workspace, engine, run, path):
            return False
        is_reached = True
        yield
    return is_reached


@query
def _lacks_something(workspace: Workspace, engine: Engine, run: Run) -> bool:
    """Whether a run lacks a file, or has an error about a name itself, which may hide another one."""
    if workspace.compose(run).is_incomplete:
        return True
    found = findings_of_run(workspace, engine, run, Scope.WORKSPACE)
    return any(each.severity is Severity.ERROR and each.rule in engine.about_names for each in found)


def _of_included(
    workspace: Workspace,
    engine: Engine,
    diagnostic: Diagnostic,
    run: Composition,
    is_asked: Callable[[PurePath], bool],
) -> Iterator[Diagnostic]:
    """Yield an error in an included file, where it belongs: in that file if it occurs there without the includer."""
    path = diagnostic.path
    alone = _found_alone(workspace, engine, diagnostic)
    if alone is not None and (is_asked(path) or workspace.settings.excludes(path)):
        return
    if alone is None or not _is_member(workspace, path):
        yield from _from_included(workspace, engine, diagnostic, run)
    elif alone.severity is Severity.ERROR and not _is_repaired(workspace, engine, alone):
        entries = _entries_leading_to(run, path)
        places = (RelatedLocation(entry.origin.path, value_span(entry), "included here") for entry in entries)
        yield replace(alone, related=(*places, *alone.related), fixes=())


def _from_included(
    workspace: Workspace, engine: Engine, diagnostic: Diagnostic, run: Composition
) -> Iterator[Diagnostic]:
    """Yield an error in an included file as an error of the includer, unless the file suppresses it."""
    path = diagnostic.path
    is_reported = any(_apply_suppressions(workspace, engine, path, [diagnostic], is_whole=False))
    for entry in _entries_leading_to(run, path) if is_reported else ():
        place = RelatedLocation(path, diagnostic.span, diagnostic.message)
        yield replace(
            diagnostic,
            path=entry.origin.path,
            span=value_span(entry),
            message=f"in included file `{workspace.search.spell(path)}`: {diagnostic.message}",
            related=(place, *diagnostic.related),
            fixes=(),
        )


def _found_alone(workspace: Workspace, engine: Engine, diagnostic: Diagnostic) -> Diagnostic | None:
    """Return the same finding in the own run of its file; None if that run does not have it."""
    path = diagnostic.path
    if workspace.kind(path) is not FileKind.CONFIG:
        return None
    run = workspace.own_run(path).run
    if (diagnostic.rule, diagnostic.span) not in _keys_at(workspace, engine, run, path):
        return None
    found = findings_of_run(workspace, engine, run, Scope.WORKSPACE)
    return next(each for each in found if (each.path, each.rule, each.span) == (path, diagnostic.rule, diagnostic.span))


# Training recipes


def _of_recipe(workspace: Workspace, engine: Engine, path: PurePath) -> Iterator[Diagnostic]:
    """Yield the findings that belong to one training recipe, whose run is known.

    A finding in a recipe below it belongs there, if the run of that recipe has it, too. In any other case the recipe
    itself leads to it, and so to an error in a config that the config does not have alone.
    """
    composition = workspace.own_run(path)
    recipe = composition.recipe
    if recipe is None or not (recipe.has_run or recipe.is_switched_on):
        # Other recipes are merged over it, and only these know the run.
        found = engine.diagnostics(in_recipe(workspace, engine, path), ())
        yield from without_secrets((*_malformed(workspace, engine, path), *found), workspace.secrets_of_file(path))
        return
    below = {file.path: file for file in recipe.files}
    brought_in: dict[tuple[str, str], list[Diagnostic]] = defaultdict(list)
    for diagnostic in findings_of_run(workspace, engine, composition.run, Scope.RUN):
        place = diagnostic.path
        if place == path:
            yield diagnostic
        elif place in below:
            if diagnostic.severity <= Severity.WARNING and not _has_finding(workspace, engine, diagnostic):
                entry = _default_leading_to(workspace, below[path], place)
                yield from _brought_in(workspace, [diagnostic], entry)
        elif diagnostic.severity is Severity.ERROR and _found_alone(workspace, engine, diagnostic) is None:
            brought_in[diagnostic.rule, diagnostic.message].append(diagnostic)
    for alike in brought_in.values():
        place = alike[0].path
        index = next((index for index, node in enumerate(composition.includes.nodes) if node.path == place), None)
        chain = () if index is None else composition.includes.chain(index)
        yield from _brought_in(workspace, alike, chain[0].item if chain else None)


def _has_finding(workspace: Workspace, engine: Engine, diagnostic: Diagnostic) -> bool:
    """Whether the recipe in which a finding is has it in its own run, too."""
    path = diagnostic.path
    if workspace.kind(path) is not FileKind.RECIPE:
        return False
    found = findings_of_run(workspace, engine, workspace.own_run(path).run, Scope.RUN)
    return any((each.path, each.rule, each.span) == (path, diagnostic.rule, diagnostic.span) for each in found)


def _default_leading_to(workspace: Workspace, file: ConfigFile, path: PurePath) -> Config | None:
    """Return the entry of `defaults` that leads to another recipe."""
    listed = file.config.get(RECIPE_DEFAULTS)
    entries = listed.items if isinstance(listed, Array) else () if listed is None else (listed,)
    for entry in entries:
        if isinstance(entry, Leaf):
            below = absolute(str(entry.value), file.path.parent)
            if below == path or any(each.path == path for each in workspace.recipe(below).files):
                return entry
    return None


def _brought_in(workspace: Workspace, alike: list[Diagnostic], entry: Config | None) -> Iterator[Diagnostic]:
    """Yield findings in other files that say the same, as one at the entry that leads to the first of them."""
    if entry is None:
        return
    first = alike[0]
    places = tuple(RelatedLocation(each.path, each.span, each.message) for each in alike[:_MOST_RELATED])
    others = len({each.path for each in alike}) - 1
    more = f" and {others} other {'file' if others == 1 else 'files'}" if others else ""
    yield replace(
        first,
        path=entry.origin.path,
        span=value_span(entry),
        message=f"in `{workspace.search.spell(first.path)}`{more}: {first.message}",
        related=(*places, *first.related),
        fixes=(),
    )


# Files that are not configs


@query
def _of_other(workspace: Workspace, engine: Engine, path: PurePath) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a file that is not a config."""
    kind = workspace.kind(path)
    if kind is FileKind.OTHER:
        return ()
    file = workspace.load(path)
    found = [*_malformed(workspace, engine, path)]
    if not file.document.is_broken:
        found.extend(engine.check(Context.of(workspace, Scope.WORKSPACE), _subject(kind, file)))
    return tuple(without_secrets(found, workspace.secrets_of_file(path)))


def _malformed(workspace: Workspace, engine: Engine, path: PurePath) -> Iterator[Diagnostic]:
    """Yield what is wrong with the YAML of a file."""
    file = workspace.load(path)
    for problem in file.document.problems:
        yield from engine.check(Context.of(workspace, Scope.WORKSPACE), Malformed(file.config, path, problem))


def _unreadable(workspace: Workspace, engine: Engine, path: PurePath) -> Iterator[Diagnostic]:
    try:
        workspace.load(path)
    except Outside as error:
        yield from engine.check(Context.of(workspace, Scope.WORKSPACE), error)
    except Unreadable as error:
        message = f"this file cannot be read: {error.reason}"
        yield Diagnostic(path, Span(0, 0), unreadable_file.name, unreadable_file.severity, message)


# What happens to the findings


def _placed(workspace: Workspace, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the findings with their key paths, except those about blocks that could not be read.

    If a file may suppress findings, its comments are applied first; see `_apply_suppressions`.
    """
    for diagnostic in found:
        if _may_suppress(workspace, diagnostic.path):
            yield diagnostic
        else:
            yield from _place(workspace, diagnostic)


@query
def _may_suppress(workspace: Workspace, path: PurePath) -> bool:
    text = workspace.text(path)
    return text is None or may_suppress(text)


@query
def _unreadable_blocks(workspace: Workspace, path: PurePath) -> tuple[Span, ...]:
    return unreadable_blocks(workspace.load(path).document)


def _place(workspace: Workspace, diagnostic: Diagnostic) -> Iterator[Diagnostic]:
    path = diagnostic.path
    if should_report(diagnostic, _unreadable_blocks(workspace, path)):
        yield replace(diagnostic, key_path=key_path_at(workspace.load(path).document.root, diagnostic.span))


def _finish(workspace: Workspace, engine: Engine, found: Iterable[Diagnostic], files: tuple[PurePath, ...]) -> Checked:
    by_path: dict[PurePath, list[Diagnostic]] = defaultdict(list)
    for diagnostic in _unique(found):
        by_path[diagnostic.path].append(diagnostic)
    kept: list[Diagnostic] = []
    whole = frozenset(files)
    for path in dict.fromkeys((*by_path, *files)):
        remaining = _apply_suppressions(workspace, engine, path, by_path.get(path, []), is_whole=path in whole)
        kept.extend(without_explained(remaining))
    return Checked(tuple(sorted(kept, key=lambda diagnostic: diagnostic.sort_key)), files)


def _unique(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the first of the findings that show the same message at the same place, in their order."""
    unique: dict[Key, Diagnostic] = {}
    for diagnostic in found:
        unique.setdefault((diagnostic.path, diagnostic.span, diagnostic.rule, diagnostic.message), diagnostic)
    return tuple(unique.values())


def _apply_suppressions(
    workspace: Workspace, engine: Engine, path: PurePath, found: list[Diagnostic], *, is_whole: bool
) -> Iterator[Diagnostic]:
    """Yield the findings in a file that its comments do not suppress.

    If the findings are those of the whole file, `is_whole`, yield also the findings about these comments.
    """
    if workspace.text(path) is None or not _may_suppress(workspace, path):
        yield from found
        return
    file = workspace.load(path)
    outcome = apply(file, found, engine.names)
    about_comments: list[Diagnostic] = []
    for subject in (*outcome.unused, *find_invalid(file, RULE_NAMES)) if is_whole else ():
        about_comments.extend(engine.check(Context.of(workspace, Scope.WORKSPACE), subject))
    for diagnostic in (*outcome.kept, *about_comments):
        yield from _place(workspace, diagnostic)


def _subject(kind: FileKind, file: ConfigFile) -> Manifest | Prompt | EnvironmentFile:
    match kind:
        case FileKind.MANIFEST:
            return Manifest(file)
        case FileKind.PROMPT:
            return Prompt(file)
        case _:
            return EnvironmentFile(file)


def _entries_leading_to(run: Composition, path: PurePath) -> Iterator[Config]:
    """Yield the `config_paths` entry of the run's only root that leads to a file, if one does."""
    index = next((index for index, node in enumerate(run.includes.nodes) if node.path == path), None)
    chain = () if index is None else run.includes.chain(index)
    if len(chain) > 1 and chain[1].item.origin.path == chain[0].path:
        yield chain[1].item
