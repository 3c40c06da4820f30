"""What a rule is: one function of one subject, whose docstring is its page.

A rule checks each subject of the type that it is registered `on`: a problem that composing reports, a block, a file, a
whole run. It yields findings; the engine adds what all diagnostics have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc
from typing import Any, Required, TypedDict, TypeVar, Unpack, overload

from msgspec import Struct

from gym_lsp.compose.config import Config, Origin, key_span, value_span
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer, Malformed
from gym_lsp.compose.secrets import masked_text
from gym_lsp.diagnostic import Fix, RelatedLocation, Severity, Tag
from gym_lsp.gym.errors import ConfigError
from gym_lsp.project import DOCUMENTATION
from gym_lsp.rules.engine.context import Context, RunContext, RunSubject, SharedSubject
from gym_lsp.syntax import SyntaxProblemKind
from gym_lsp.text import Span


class Finding(Struct, frozen=True):
    """A mistake at one place. `severity` is given if it differs from the severity of the rule."""

    origin: Origin
    span: Span
    message: str
    severity: Severity | None = None
    related: tuple[RelatedLocation, ...] = ()
    fixes: tuple[Fix, ...] = ()
    tags: frozenset[Tag] = frozenset()


C = TypeVar("C", bound=Context)
S = TypeVar("S")
Shared = TypeVar("Shared", bound=SharedSubject)
OfRun = TypeVar("OfRun", bound=RunSubject)
Mixed = TypeVar("Mixed", bound=SharedSubject | RunSubject)
Check = Callable[[C, S], Iterator[Finding]]

_KINDS: dict[type, tuple[FlawKind | SyntaxProblemKind, ...]] = {
    AlmostServer: tuple(FlawKind),
    Malformed: tuple(SyntaxProblemKind),
}
"""The problems that are divided into kinds, because there are different rules for these."""


class Rule(Struct, frozen=True, eq=False):
    """A rule under its kebab-case name.

    `on` lists what it checks: types of subjects, and instead of `AlmostServer` and `Malformed` the kinds of these
    problems. `predicts` names the exceptions of NeMo Gym that its errors predict. `about_names` marks rules about
    names that another run may define: one run that reaches the file and defines the name is enough to drop the
    finding. `completable` marks rules about what is absent: a finding about a fragment is dropped if every file that
    includes it supplies what it lacks. `closed_in_runs` marks those of them that a run which the settings declare
    decides: what it does not supply is missing. `entrywise` marks rules about files that check each top-level entry
    alone, so that a long file can be checked in stretches. Rules about blocks always do. `holds_in_parts` marks rules
    whose findings also hold if the text is only a part of a config, as in a document.

    The types of `check` are known to the decorator `rule`, which compares them with `on`. They are lost here, because
    one tuple holds all rules.
    """

    name: str
    severity: Severity
    on: tuple[type | FlawKind | SyntaxProblemKind, ...]
    predicts: tuple[str, ...]
    about_names: bool
    completable: bool
    closed_in_runs: bool
    entrywise: bool
    holds_in_parts: bool
    check: Check[Any, Any]

    @property
    def page(self) -> str:
        """The docstring: Markdown that begins with one sentence about what the rule finds."""
        return cleandoc(self.check.__doc__ or "")

    @property
    def summary(self) -> str:
        return self.page.partition("\n\n")[0].replace("\n", " ")

    @property
    def document(self) -> str:
        """The page with its title, and with the severity and the errors of NeMo Gym after its first sentence."""
        opening, _, rest = self.page.partition("\n\n")
        raised = ", ".join(f"`{name}`" for name in self.predicts) or "none of its own errors"
        facts = f"- Severity: {self.severity.label}\n- NeMo Gym raises: {raised}"
        return "\n\n".join(block for block in (f"# {self.name}", opening, facts, rest.rstrip()) if block) + "\n"

    @property
    def url(self) -> str | None:
        """The public address of the page; `None` while the pages are not published."""
        return None if DOCUMENTATION is None else f"{DOCUMENTATION}/rules/{self.name}.md"


class _About(TypedDict, total=False):
    severity: Required[Severity]
    predicts: type[ConfigError] | tuple[type[ConfigError], ...]
    about_names: bool
    completable: bool
    closed_in_runs: bool
    entrywise: bool
    holds_in_parts: bool


@overload
def rule(
    name: str,
    *,
    on: type[Shared] | tuple[type[Shared], ...],
    kind: SyntaxProblemKind | tuple[SyntaxProblemKind, ...] = (),
    **about: Unpack[_About],
) -> Callable[[Check[Context, Shared]], Rule]: ...
@overload
def rule(
    name: str,
    *,
    on: type[OfRun] | tuple[type[OfRun], ...],
    kind: FlawKind | tuple[FlawKind, ...] = (),
    **about: Unpack[_About],
) -> Callable[[Check[RunContext, OfRun]], Rule]: ...
@overload
def rule(
    name: str,
    *,
    on: tuple[type[Mixed], ...],
    kind: FlawKind | tuple[FlawKind, ...] = (),
    **about: Unpack[_About],
) -> Callable[[Check[Context, Mixed]], Rule]: ...
def rule(
    name: str,
    *,
    on: type | tuple[type, ...],
    severity: Severity,
    kind: FlawKind | SyntaxProblemKind | tuple[FlawKind | SyntaxProblemKind, ...] = (),
    predicts: type[ConfigError] | tuple[type[ConfigError], ...] = (),
    about_names: bool = False,
    completable: bool = False,
    closed_in_runs: bool = False,
    entrywise: bool = False,
    holds_in_parts: bool = False,
) -> Callable[[Check[Any, Any]], Rule]:
    """Make a rule of a function. Its name must also be in `SUBJECTS` of `gym_lsp/rules/__init__.py`.

    The function takes a subject of a type in `on`. It takes a `RunContext` if every type in `on` is a `RunSubject`, and
    a `Context` otherwise. `kind` selects some kinds of an `AlmostServer` or a `Malformed`; without it, all are checked.
    """
    errors = predicts if isinstance(predicts, tuple) else (predicts,)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    subjects: list[type | FlawKind | SyntaxProblemKind] = []
    types = on if isinstance(on, tuple) else (on,)
    if kinds and _KINDS.keys().isdisjoint(types):
        raise TypeError(f"{name}: `kind` selects kinds of AlmostServer or Malformed, and `on` has neither")
    for subject in types:
        subjects.extend((kinds or _KINDS[subject]) if subject in _KINDS else (subject,))

    def register(check: Check[Any, Any]) -> Rule:
        predicted = tuple(error.__name__ for error in errors)
        marks = (about_names, completable, closed_in_runs, entrywise, holds_in_parts)
        return Rule(name, severity, tuple(subjects), predicted, *marks, check)

    return register


class _Details(TypedDict, total=False):
    severity: Severity | None
    related: tuple[RelatedLocation, ...]
    fixes: tuple[Fix, ...]
    tags: frozenset[Tag]


def at_value(config: Config, message: str, **details: Unpack[_Details]) -> Finding:
    """Return a finding about a value, or about its key if the value is empty."""
    return Finding(config.origin, value_span(config), message, **details)


def at_key(config: Config, message: str, **details: Unpack[_Details]) -> Finding:
    """Return a finding about the key of a value."""
    return Finding(config.origin, key_span(config), message, **details)


def related(config: Config, message: str) -> RelatedLocation:
    """Return a value as a related location."""
    return RelatedLocation(config.origin.path, value_span(config), message)


def key_related(config: Config, message: str) -> RelatedLocation:
    """Return the key of a value as a related location."""
    return RelatedLocation(config.origin.path, key_span(config), message)


def listed(names: Iterable[str], last: str = "or") -> str:
    """Return names as a list in a sentence: `a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def shortened(text: str, most: int = 30) -> str:
    """Return a text of the user as a message quotes it: at most `most` characters of its first line."""
    # What is cut off can show that the rest is a secret.
    text = masked_text(text)
    line = text.partition("\n")[0]
    return text if len(text) <= most and line == text else f"{line[: most - 1]}…"
