"""What `rule` accepts. The rules at the end are wrong: `make types` fails if pyright no longer rejects one of them."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer, Conflict, Malformed
from gym_lsp.compose.run import Composition
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Block, Context, RunContext
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.syntax import SyntaxProblemKind


@rule("one-type", on=Block, severity=Severity.ERROR)
def one_type(context: Context, block: Block) -> Iterator[Finding]:
    yield from ()


@rule("one-kind", on=(Block, AlmostServer), kind=FlawKind.DOMAIN_ABSENT, severity=Severity.ERROR)
def one_kind(context: Context, subject: Block | AlmostServer) -> Iterator[Finding]:
    yield from ()


@rule("all-kinds", on=Malformed, severity=Severity.ERROR)
def all_kinds(context: Context, problem: Malformed) -> Iterator[Finding]:
    yield from ()


def test_a_rule_is_registered_on_kinds_instead_of_the_problem_that_has_them() -> None:
    assert one_type.on == (Block,)
    assert one_kind.on == (Block, FlawKind.DOMAIN_ABSENT)
    assert all_kinds.on == tuple(SyntaxProblemKind)


@rule("wrong-subject", on=Block, severity=Severity.ERROR)  # pyright: ignore[reportArgumentType]
def wrong_subject(context: Context, file: ConfigFile) -> Iterator[Finding]:
    yield from ()


@rule("wrong-problem", on=Conflict, severity=Severity.ERROR)  # pyright: ignore[reportArgumentType]
def wrong_problem(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    yield from ()


@rule("one-of-two-subjects", on=(Block, Composition), severity=Severity.ERROR)  # pyright: ignore[reportArgumentType]
def one_of_two_subjects(context: Context, block: Block) -> Iterator[Finding]:
    yield from ()


@rule("run-of-a-block", on=Block, severity=Severity.ERROR)  # pyright: ignore[reportArgumentType]
def run_of_a_block(context: RunContext, block: Block) -> Iterator[Finding]:
    yield from ()


@rule("run-of-a-broken-file", on=Malformed, severity=Severity.ERROR)  # pyright: ignore[reportArgumentType]
def run_of_a_broken_file(context: RunContext, problem: Malformed) -> Iterator[Finding]:
    yield from ()


@rule("run-of-either", on=(Block, Conflict), severity=Severity.ERROR)  # pyright: ignore[reportArgumentType]
def run_of_either(context: RunContext, subject: Block | Conflict) -> Iterator[Finding]:
    yield from ()


@rule("run-of-a-context", on=Block, severity=Severity.ERROR)
def run_of_a_context(context: Context, block: Block) -> Iterator[Finding]:
    assert context.composition  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    yield from ()
