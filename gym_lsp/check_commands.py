"""The check of shell scripts and documents: `--check --docs`.

The configs of a command are looked up as NeMo Gym does, and if all of them are known, its run is composed, to find
overrides of servers that it does not have. What a variable or a placeholder stands for is not known, and nothing that
depends on it is judged. `check_samples` checks the YAML of documents.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.check import Checked, Checker
from gym_lsp.check_samples import findings_in_samples
from gym_lsp.commands.invocation import SUBMIT, Invocation, Override, Piece
from gym_lsp.commands.made import made_files
from gym_lsp.commands.problem import (
    CommandProblem,
    OverrideOfOther,
    ReplacedConfigs,
    UnknownComponent,
    UnknownFlag,
    UnknownOverride,
)
from gym_lsp.compose.config import Leaf, Origin, Table
from gym_lsp.compose.problem import IncludeAliased, IncludeNotFound, IncludeUnreadable
from gym_lsp.compose.run import Composition
from gym_lsp.compose.secrets import NONE
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.files import Kind
from gym_lsp.gym.selectors import Unknown
from gym_lsp.memo import query
from gym_lsp.rules import RULE_NAMES
from gym_lsp.rules.engine.context import Context, Scope
from gym_lsp.rules.engine.engine import Engine
from gym_lsp.rules.engine.findings import without_secrets
from gym_lsp.rules.engine.rule import Finding
from gym_lsp.rules.engine.suppression import apply_in_document, may_suppress
from gym_lsp.syntax import Scalar
from gym_lsp.text import Span
from gym_lsp.workspace.command_runs import commands_in, run_of
from gym_lsp.workspace.named import config_named
from gym_lsp.workspace.shown_paths import has_folder, must_exist
from gym_lsp.workspace.workspace import Workspace

ConfigProblem = IncludeNotFound | IncludeAliased | IncludeUnreadable

_BY_NAME = ("env start", "env validate", "env prefetch", "eval prepare", "eval run", "eval reverify")
"""Commands whose names select configs. Those of others are names of folders, or of what is to be made."""
_LEAST_STEPS = 3
"""An override of a field of a server has at least an instance, a server type and an implementation."""


def with_commands(checker: Checker, checked: Checked, paths: Iterable[PurePath]) -> Checked:
    """Return the result of a check together with what is wrong in some documents."""
    found = [*checked.diagnostics]
    files: list[PurePath] = []
    for path in paths:
        if checker.workspace.text(path) is not None:
            files.append(path)
            found.extend(check_document(checker, path))
            checker.workspace.memo.drop_large()
    found.sort(key=lambda each: each.sort_key)
    others = tuple(path for path in checked.not_checked if path not in frozenset(files))
    return Checked(tuple(found), tuple(dict.fromkeys((*checked.files, *files))), others)


def check_document(checker: Checker, path: PurePath) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the commands and the YAML of one document."""
    return _check_document(checker.workspace, checker.engine, path)


@query
def _check_document(workspace: Workspace, engine: Engine, path: PurePath) -> tuple[Diagnostic, ...]:
    context = Context.of(workspace, Scope.WORKSPACE)
    text = workspace.text(path) or ""
    origin = Origin(path, text)
    found: list[Diagnostic] = []
    known = commands_in(workspace, path)
    made = made_files(text, {config.span.end for each in known for config in (*each.configs, *each.replaced)})
    for invocation in known:
        problems = (*_config_problems(workspace, origin, invocation, made), *_problems(workspace, path, invocation))
        for problem in problems:
            found_here = [(rule, _weighed(workspace, problem, each)) for rule, each in engine.found(context, problem)]
            diagnostics = without_secrets(engine.diagnostics(found_here, ()), NONE)
            # Baselines are made of key paths, and a command has no other.
            found.extend(replace(diagnostic, key_path=(invocation.title,)) for diagnostic in diagnostics)
    found.extend(findings_in_samples(workspace, engine, path))
    if may_suppress(text):
        found = [*_not_suppressed(context, engine, path, text, found)]
    return tuple(sorted(found, key=lambda each: each.sort_key))


def _not_suppressed(
    context: Context, engine: Engine, path: PurePath, text: str, found: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """Yield the findings in a document that its comments do not suppress, and those about these comments."""
    outcome, invalid = apply_in_document(path, text, found, engine.names, RULE_NAMES)
    yield from outcome.kept
    for subject in (*outcome.unused, *invalid):
        yield from engine.check(context, subject)


def _weighed(workspace: Workspace, problem: ConfigProblem | CommandProblem, finding: Finding) -> Finding:
    """Return a finding with its severity in a document.

    Documents explain with servers that do not exist, so only a file that is missing in the folder of one is wrong.
    """
    if not isinstance(problem, IncludeNotFound) or has_folder(workspace, problem.entry):
        return finding
    return replace(finding, severity=Severity.WARNING if finding.fixes else Severity.INFORMATION)


def _config_problems(
    workspace: Workspace, origin: Origin, invocation: Invocation, made: Container[str]
) -> Iterator[ConfigProblem]:
    """Yield the configs of a command that are not there, and those that have moved.

    `made` are the names of files that the reader of the document makes.
    """
    if invocation.command == SUBMIT:
        return
    for config in (*invocation.configs, *invocation.replaced):
        if config.is_known and PurePath(config.text).name not in made:
            yield from _about_config(workspace, origin, config, has_moved=invocation.has_moved)


def _about_config(workspace: Workspace, origin: Origin, config: Piece, *, has_moved: bool) -> Iterator[ConfigProblem]:
    entry = config.text
    written = config.span.of(origin.text)
    item = Leaf(entry, origin, None, Scalar(config.span.start, config.span.end, written, written, None), None, 0)
    path = workspace.search.resolve(workspace.files, entry)
    if path is not None:
        if workspace.files.kind(path) is Kind.DIRECTORY:
            yield IncludeUnreadable(item, entry, path, "it is a folder", is_directory=True)
        return
    profile = workspace.profile
    canonical = profile.config_path_aliases.get(PurePath(entry).as_posix()) if profile.path_aliases_followed else None
    if canonical is not None and workspace.search.resolve(workspace.files, canonical) is not None:
        yield IncludeAliased(item, entry, canonical)
    elif must_exist(workspace, entry, has_moved=has_moved):
        yield IncludeNotFound(item, entry)


def _problems(workspace: Workspace, path: PurePath, invocation: Invocation) -> Iterator[CommandProblem]:
    """Yield what is wrong with the flags and the overrides of a command."""
    title = invocation.title
    if invocation.replaced:
        yield ReplacedConfigs(path, invocation.replaced[0].span, title, len(invocation.replaced))
    known = workspace.command_flags.get(invocation.command)
    for flag in invocation.flags if known is not None else ():
        if flag.is_known and not _is_flag(flag.text, known or ()):
            yield UnknownFlag(path, flag.span, title, flag.text, tuple(sorted(known or ())))
    yield from _names(workspace, path, invocation)
    run = run_of(workspace, invocation)
    if run is not None:
        yield from _overrides(workspace.compose(run), workspace, path, invocation)


def _names(workspace: Workspace, path: PurePath, invocation: Invocation) -> Iterator[CommandProblem]:
    """Yield the names that select nothing."""
    if invocation.has_moved or workspace.install is None or invocation.command not in _BY_NAME:
        return
    for each in invocation.named:
        found = config_named(workspace, each.option, each.name.text) if each.name.is_known else None
        if isinstance(found, Unknown):
            folder = PurePath(found.path).parts[:2]
            is_there = workspace.search.resolve(workspace.files, "/".join(folder)) is not None
            names = tuple(name if found.component is None else f"{found.component}/{name}" for name in found.known)
            yield UnknownComponent(
                path, each.name.span, invocation.title, each.option, each.name.text, found.path, is_there, names
            )


def _is_flag(text: str, known: Iterable[str]) -> bool:
    """Whether argparse accepts a flag: it may be shortened, and the value of a short one may follow it directly."""
    if text.startswith("--"):
        return text == "--" or any(each.startswith(text) for each in known)
    return text[1:2].isdigit() or text[:2] in known


def _overrides(
    composition: Composition, workspace: Workspace, path: PurePath, invocation: Invocation
) -> Iterator[CommandProblem]:
    """Yield the overrides of fields of servers that the run does not have."""
    if composition.is_incomplete:
        return
    made = frozenset(each.key.text.partition(".")[0] for each in invocation.overrides if _makes_server(each))
    names = tuple(str(name) for name, value in composition.merged.entries.items() if isinstance(value, Table))
    known = {*names, *map(str, composition.config.entries), *composition.renames, *made}
    for override in invocation.overrides:
        steps = override.key.text.split(".")
        if len(steps) < _LEAST_STEPS or steps[1] not in workspace.profile.server_types or not override.key.is_known:
            continue
        name = steps[0]
        start, end = override.key.span.start, override.key.span.end
        # Quotes in the middle of a key are possible.
        is_split = end - start != len(override.key.text)
        if name not in known:
            span = override.key.span if is_split else Span(start, start + len(name))
            yield UnknownOverride(path, span, invocation.title, override.key.text, name, names)
            continue
        if name in made:
            continue
        group = composition.merged.table(name)
        implementations = None if group is None else group.table(steps[1])
        if implementations is not None and len(implementations.entries) == 1:
            [found] = map(str, implementations.entries)
            if found != steps[2] and not implementations.holds_directives:
                begin = start + len(name) + 1 + len(steps[1]) + 1
                span = override.key.span if is_split else Span(begin, begin + len(steps[2]))
                yield OverrideOfOther(path, span, invocation.title, override.key.text, name, steps[2], found)


def _makes_server(override: Override) -> bool:
    """Whether an override makes a server of its own, or changes which server an instance is."""
    steps = override.key.text.split(".")
    return len(steps) < _LEAST_STEPS or steps[-1] == "entrypoint" or steps[-1].startswith("_")
