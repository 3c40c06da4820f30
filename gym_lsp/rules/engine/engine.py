"""Asks the rules, and makes diagnostics of their findings."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct, field

from gym_lsp.compose.config import Table
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer, Malformed, Problem, raised_by
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.gym.release.profile import Profile
from gym_lsp.rules.engine.context import Block, Context, RunContext, RunSubject, SharedSubject
from gym_lsp.rules.engine.rule import Finding, Rule
from gym_lsp.syntax import KeyPath, Kind, Sequence, resolve
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.syntax.tree import Entry, Node
from gym_lsp.text import Span


class Kept(Struct, frozen=True):
    """Findings about blocks and files, which do not depend on the run; one for a workspace and its lifetime.

    Keyed by identity, with the subject beside the findings so that the identity stays taken.
    """

    findings: dict[int, tuple[object, tuple[tuple[Rule, Finding], ...]]] = field(
        default_factory=dict[int, tuple[object, tuple[tuple[Rule, Finding], ...]]]
    )


class Engine:
    """The rules of a selection, sorted by the kind of subject that they are asked about."""

    def __init__(self, rules: Iterable[Rule], severities: Mapping[str, Severity] | None = None) -> None:
        self._by_subject: dict[type | FlawKind | Kind, list[Rule]] = defaultdict(list)
        self._severities = severities or {}
        for rule in rules:
            for subject in rule.on:
                self._by_subject[subject].append(rule)

    def check_run(self, context: RunContext, kept: Kept) -> Iterator[Diagnostic]:
        """Everything to say about one composed run, the files and blocks that it consists of included."""
        composition = context.composition
        roots = composition.run.roots
        for problem in composition.problems:
            yield from self._about(context, problem, roots)
        yield from self._about(context, composition, roots)
        for file in composition.files:
            yield from self._about_shared(context, kept, file, partial(_same, file), ConfigFile, roots)
        for name, value in composition.config.entries.items():
            if isinstance(value, Table) and isinstance(name, str) and name not in context.profile.reserved_keys:
                block = partial(Block.of, name, value, context.profile)
                yield from self._about_shared(context, kept, value, block, Block, roots)

    def check(self, context: Context, subject: SharedSubject) -> Iterator[Diagnostic]:
        """Everything to say about one subject that is part of no run, such as a manifest or a prompt file."""
        return self._about(context, subject, ())

    def _about(
        self, context: Context, subject: SharedSubject | RunSubject, roots: tuple[str, ...]
    ) -> Iterator[Diagnostic]:
        kind: type | FlawKind | Kind = type(subject)
        if isinstance(subject, AlmostServer):
            kind = subject.flaw.kind
        elif isinstance(subject, Malformed):
            kind = subject.problem.kind
        raised = _config_error(context.profile, subject) if isinstance(subject, Problem) else None
        for rule in self._by_subject.get(kind, ()):
            for finding in rule.check(context, subject):
                yield self._diagnostic(rule, finding, raised, roots)

    def _about_shared(
        self,
        context: Context,
        kept: Kept,
        identity: ConfigFile | Table,
        make: Callable[[], ConfigFile | Block],
        kind: type[ConfigFile | Block],
        roots: tuple[str, ...],
    ) -> Iterator[Diagnostic]:
        known = kept.findings.get(id(identity))
        if known is None:
            subject = make()
            found = tuple(
                (rule, finding) for rule in self._by_subject.get(kind, ()) for finding in rule.check(context, subject)
            )
            known = kept.findings[id(identity)] = (identity, found)
        for rule, finding in known[1]:
            yield self._diagnostic(rule, finding, None, roots)

    def _diagnostic(self, rule: Rule, finding: Finding, gym_error: str | None, roots: tuple[str, ...]) -> Diagnostic:
        severity = self._severities.get(rule.name, finding.severity or rule.severity)
        return Diagnostic(
            finding.origin.path,
            finding.span,
            rule.name,
            severity,
            finding.message,
            gym_error,
            roots,
            finding.related,
            finding.fixes,
            finding.tags,
        )


def _same(file: ConfigFile) -> ConfigFile:
    return file


_TRANSLATED = frozenset({"InterpolationKeyError", "InterpolationResolutionError", "UnsupportedInterpolationType"})
"""OmegaConf's errors that NeMo Gym makes one of its own of, in the releases that have one for them."""


def _config_error(profile: Profile, problem: Problem) -> str | None:
    """The ConfigError class that NeMo Gym raises, if it is one: bare Python exceptions have no name to match."""
    raised = raised_by(problem)
    if raised in _TRANSLATED and profile.interpolation_error in profile.config_errors:
        return profile.interpolation_error
    if raised in ("InterpolationKeyError", "InterpolationResolutionError", "UnsupportedInterpolationType"):
        return raised
    return raised if raised in profile.config_errors or raised == "ConfigError" else None


def _start(node: Node) -> int:
    return node.start


def _start_of_entry(entry: Entry) -> int:
    return entry.key.start


def key_path_at(root: Node | None, span: Span) -> KeyPath:
    """The key path of the innermost entry or list element of a file's own tree that covers a span."""
    path: list[str | int] = []
    node = None if root is None else resolve(root)
    while True:
        if isinstance(node, MappingNode):
            index = bisect_right(node.entries, span.start, key=_start_of_entry) - 1
            entry = node.entries[index] if index >= 0 else None
            if entry is None or not entry.span.covers(span):
                return tuple(path)
            path.append(str(entry.name))
            node = entry.value if entry.value.span.covers(span) else None
        elif isinstance(node, Sequence):
            index = bisect_right(node.items, span.start, key=_start) - 1
            if index < 0 or not node.items[index].span.covers(span):
                return tuple(path)
            path.append(index)
            node = node.items[index]
        else:
            return tuple(path)
