"""Runs the rules, and converts their findings to diagnostics."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer, InterpolationProblem, Malformed, Problem, raised_by
from gym_lsp.compose.run import Composition
from gym_lsp.compose.secrets import masked_text
from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.gym.release.profile import Profile
from gym_lsp.rules.engine.context import Context, RunContext, RunSubject, SharedSubject
from gym_lsp.rules.engine.rule import Finding, Rule
from gym_lsp.syntax import KeyPath, Sequence, SyntaxProblemKind, resolve
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.syntax.tree import Entry, Node
from gym_lsp.text import Span

Found = tuple[Rule, Finding]
MOST_ALIKE = 300
"""Problems of one kind in one file that rules look at. No person reads more, and each costs a search for its cause."""


class Engine:
    """A selection of rules, indexed by the kind of subject that they check.

    Two engines are never equal, because their results are remembered separately.
    """

    def __init__(self, rules: Iterable[Rule], severities: Mapping[str, Severity] | None = None) -> None:
        self.rules = tuple(rules)
        self.names = frozenset(rule.name for rule in self.rules)
        self.about_names = frozenset(rule.name for rule in self.rules if rule.about_names)
        self.completable = frozenset(rule.name for rule in self.rules if rule.completable)
        self.closed_in_runs = frozenset(rule.name for rule in self.rules if rule.closed_in_runs)
        self.holds_in_parts = frozenset(rule.name for rule in self.rules if rule.holds_in_parts)
        self.about_text = frozenset(rule.name for rule in self.rules if _is_about_text(rule))
        self._severities = severities or {}
        self._by_subject: dict[type | FlawKind | SyntaxProblemKind, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            for subject in rule.on:
                self._by_subject[subject].append(rule)

    def about_run(self, context: RunContext) -> Iterator[Diagnostic]:
        """Yield the diagnostics of a composed run itself and of the problems that composing it reported."""
        composition = context.composition
        roots = composition.run.roots
        total = Counter(map(_kind_in_file, composition.problems))
        seen: Counter[tuple[type, PurePath]] = Counter()
        for problem in composition.problems:
            kind = _kind_in_file(problem)
            seen[kind] += 1
            if seen[kind] < MOST_ALIKE or total[kind] == MOST_ALIKE:
                yield from self._about(context, problem, roots)
            elif seen[kind] == MOST_ALIKE:
                more = total[kind] - MOST_ALIKE
                for diagnostic in self._about(context, problem, roots):
                    yield replace(
                        diagnostic, message=f"{diagnostic.message} (and {more} more of this kind in this file)"
                    )
        yield from self._about(context, composition, roots)

    def check(self, context: Context, subject: SharedSubject) -> Iterator[Diagnostic]:
        """Yield the diagnostics of one subject that is not part of a run, such as a manifest or a prompt file."""
        return self._about(context, subject, ())

    def found(
        self, context: Context, subject: SharedSubject | RunSubject, *, entrywise: bool | None = None
    ) -> Iterator[Found]:
        """Yield the findings of all rules that check this kind of subject, each with its rule.

        If `entrywise` is given, only of the rules that have this mark, or do not have it.
        """
        kind: type | FlawKind | SyntaxProblemKind = type(subject)
        if isinstance(subject, AlmostServer):
            kind = subject.flaw.kind
        elif isinstance(subject, Malformed):
            kind = subject.problem.kind
        for rule in self._by_subject.get(kind, ()):
            if entrywise is not None and rule.entrywise is not entrywise:
                continue
            for finding in rule.check(context, subject):
                yield rule, finding

    def diagnostics(
        self, found: Iterable[Found], roots: tuple[str, ...], gym_error: str | None = None
    ) -> Iterator[Diagnostic]:
        """Yield findings as diagnostics of a run."""
        for rule, finding in found:
            yield self._diagnostic(rule, finding, gym_error, roots)

    def _about(
        self, context: Context, subject: SharedSubject | RunSubject, roots: tuple[str, ...]
    ) -> Iterator[Diagnostic]:
        raised = _config_error(context.profile, subject) if isinstance(subject, Problem) else None
        return self.diagnostics(self.found(context, subject), roots, raised)

    def _diagnostic(self, rule: Rule, finding: Finding, gym_error: str | None, roots: tuple[str, ...]) -> Diagnostic:
        severity = self._severities.get(rule.name, finding.severity or rule.severity)
        if gym_error is None and rule.on == (Composition,) and finding.severity is Severity.ERROR:
            # No problem of composing says so, but the rule does.
            gym_error = next(iter(rule.predicts), None)
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


def _is_about_text(rule: Rule) -> bool:
    """Whether a rule is about text that is not valid YAML."""
    return any(isinstance(each, SyntaxProblemKind) for each in rule.on)


_TRANSLATED = frozenset({"InterpolationKeyError", "InterpolationResolutionError", "UnsupportedInterpolationType"})
"""Errors of OmegaConf that NeMo Gym converts to an error of its own, in the releases that have one."""


def _config_error(profile: Profile, problem: Problem) -> str | None:
    """Return the class of ConfigError that NeMo Gym raises; None for a bare Python exception."""
    raised = raised_by(problem)
    if isinstance(problem, InterpolationProblem) and problem.at.origin.is_recipe:
        # Its framework resolves it, before NeMo Gym.
        return raised
    if raised in _TRANSLATED and profile.interpolation_error in profile.config_errors:
        return profile.interpolation_error
    if raised in ("InterpolationKeyError", "InterpolationResolutionError", "UnsupportedInterpolationType"):
        return raised
    return raised if raised in profile.config_errors or raised == "ConfigError" else None


def _kind_in_file(problem: Problem) -> tuple[type, PurePath]:
    return type(problem), problem.at.origin.path


@lru_cache(maxsize=1 << 12)
def _shown(key: str) -> str:
    return masked_text(key)


def _start(node: Node) -> int:
    return node.start


def _start_of_entry(entry: Entry) -> int:
    return entry.key.start


def key_path_at(root: Node | None, span: Span) -> KeyPath:
    """Return the key path of the innermost entry or list element of a file's own tree that covers a span.

    It is for reports, so keys that look like secrets are masked.
    """
    path: list[str | int] = []
    node = None if root is None else resolve(root)
    while True:
        if isinstance(node, MappingNode):
            index = bisect_right(node.entries, span.start, key=_start_of_entry) - 1
            entry = node.entries[index] if index >= 0 else None
            if entry is None or not entry.span.covers(span):
                return tuple(path)
            path.append(_shown(str(entry.name)))
            node = entry.value if entry.value.span.covers(span) else None
        elif isinstance(node, Sequence):
            index = bisect_right(node.items, span.start, key=_start) - 1
            if index < 0 or not node.items[index].span.covers(span):
                return tuple(path)
            path.append(index)
            node = node.items[index]
        else:
            return tuple(path)
