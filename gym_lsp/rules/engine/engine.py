"""Asks the rules, and makes diagnostics of their findings."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct, field

from gym_lsp.compose.config import Table
from gym_lsp.compose.problem import AlmostServer, Malformed, Problem, raised_by
from gym_lsp.compose.run import Composition
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.rules.engine.context import Block, RuleContext
from gym_lsp.rules.engine.rule import Finding, Rule
from gym_lsp.syntax import KeyPath, Sequence, resolve
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
        self._by_subject: dict[object, list[Rule]] = defaultdict(list)
        self._severities = severities or {}
        for rule in rules:
            for subject in rule.on:
                self._by_subject[subject].append(rule)

    def check_run(self, context: RuleContext, kept: Kept) -> Iterator[Diagnostic]:
        """Everything to say about one composed run, the files and blocks that it consists of included."""
        composition = context.composition
        roots = composition.run.roots
        for problem in composition.problems:
            yield from self.about_problem(context, problem, roots)
        for rule in self._by_subject.get(Composition, ()):
            for finding in rule.check(context, composition):
                yield self._diagnostic(rule, finding, None, roots)
        for file in composition.files:
            yield from self._about_shared(context, kept, file, partial(_same, file), ConfigFile, roots)
        for name, value in composition.config.entries.items():
            if isinstance(value, Table) and isinstance(name, str) and name not in context.profile.reserved_keys:
                block = partial(Block.of, name, value, context.profile)
                yield from self._about_shared(context, kept, value, block, Block, roots)

    def check(self, context: RuleContext, subject: object) -> Iterator[Diagnostic]:
        """Everything to say about one subject of another kind, such as a manifest or a prompt file."""
        for rule in self._by_subject.get(type(subject), ()):
            for finding in rule.check(context, subject):
                yield self._diagnostic(rule, finding, None, ())

    def about_problem(self, context: RuleContext, problem: Problem, roots: tuple[str, ...]) -> Iterator[Diagnostic]:
        """Everything to say about one problem that composing met."""
        kind: object = type(problem)
        if isinstance(problem, AlmostServer):
            kind = problem.flaw.kind
        elif isinstance(problem, Malformed):
            kind = problem.problem.kind
        raised = _config_error(context, problem)
        for rule in self._by_subject.get(kind, ()):
            for finding in rule.check(context, problem):
                yield self._diagnostic(rule, finding, raised, roots)

    def _about_shared(
        self,
        context: RuleContext,
        kept: Kept,
        identity: object,
        make: Callable[[], object],
        kind: type,
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


def _config_error(context: RuleContext, problem: Problem) -> str | None:
    """The ConfigError class that NeMo Gym raises, if it is one: bare Python exceptions have no name to match."""
    raised = raised_by(problem)
    if raised in _TRANSLATED and context.profile.interpolation_error in context.profile.config_errors:
        return context.profile.interpolation_error
    if raised in ("InterpolationKeyError", "InterpolationResolutionError", "UnsupportedInterpolationType"):
        return raised
    return raised if raised in context.profile.config_errors or raised == "ConfigError" else None


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
