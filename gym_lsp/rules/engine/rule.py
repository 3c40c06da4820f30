"""What a rule is: one function of one subject, whose docstring is its page.

A rule is asked about each subject of the kind that it is registered `on`: a problem that composing met, a flaw of an
almost-server, a block, a file, a whole run. It yields findings; the engine knows the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct

from gym_lsp.compose.config import Config, Origin, key_span, value_span
from gym_lsp.diagnostic import Fix, RelatedLocation, Severity, Tag
from gym_lsp.gym.errors import ConfigError
from gym_lsp.text import Span

if TYPE_CHECKING:
    from gym_lsp.rules.engine.context import RuleContext

DOCUMENTATION: str | None = None
"""The public address of the folder that holds the pages of the rules; `None` while they are not published."""


class Finding(Struct, frozen=True):
    """What a rule has to say about one place.

    `severity` and `gym_error` are given where they differ from what the rule and the problem say.
    """

    origin: Origin
    span: Span
    message: str
    severity: Severity | None = None
    related: tuple[RelatedLocation, ...] = ()
    fixes: tuple[Fix, ...] = ()
    tags: frozenset[Tag] = frozenset()


Check = Callable[["RuleContext", Any], Iterator[Finding]]


class Rule(Struct, frozen=True, eq=False):
    """A rule under its kebab-case name.

    `on` lists the kinds of subject that it is asked about. `predicts` names the exceptions of NeMo Gym that its
    errors foretell. `about_names` marks rules about names that another run may define: one run that reaches the file
    and defines the name is enough to drop the finding. `completable` marks rules about what is absent: a finding about
    a fragment is dropped if every file that includes it supplies what it lacks.
    """

    name: str
    severity: Severity
    on: tuple[object, ...]
    predicts: tuple[str, ...]
    about_names: bool
    completable: bool
    check: Check

    @property
    def page(self) -> str:
        """The docstring: Markdown, opened by one sentence that says what the rule finds."""
        return cleandoc(self.check.__doc__ or "")

    @property
    def summary(self) -> str:
        return self.page.partition("\n\n")[0].replace("\n", " ")

    @property
    def document(self) -> str:
        """The page with its title, and with the severity and the errors of NeMo Gym after its first sentence."""
        opening, _, rest = self.page.partition("\n\n")
        raised = ", ".join(f"`{name}`" for name in self.predicts) or "nothing that names it"
        facts = f"- Severity: {self.severity.label}\n- NeMo Gym raises: {raised}"
        return "\n\n".join(block for block in (f"# {self.name}", opening, facts, rest.rstrip()) if block) + "\n"

    @property
    def url(self) -> str | None:
        """The public address of the page; `None` while the pages are not published."""
        return None if DOCUMENTATION is None else f"{DOCUMENTATION}/{self.name}"


def rule(
    name: str,
    *,
    on: object,
    severity: Severity,
    predicts: type[ConfigError] | tuple[type[ConfigError], ...] = (),
    about_names: bool = False,
    completable: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule of a function. It still has to be listed in `ALL_RULES`."""
    errors = predicts if isinstance(predicts, tuple) else (predicts,)
    subjects = cast("tuple[object, ...]", on) if isinstance(on, tuple) else (on,)

    def register(check: Check) -> Rule:
        return Rule(
            name, severity, subjects, tuple(error.__name__ for error in errors), about_names, completable, check
        )

    return register


def at_value(config: Config, message: str, **more: Any) -> Finding:
    """A finding about a value; about its key where the value is empty."""
    return Finding(config.origin, value_span(config), message, **more)


def at_key(config: Config, message: str, **more: Any) -> Finding:
    """A finding about the key under which a value is written."""
    return Finding(config.origin, key_span(config), message, **more)


def related(config: Config, message: str) -> RelatedLocation:
    """A value as the other place of a finding."""
    return RelatedLocation(config.origin.path, value_span(config), message)


def key_related(config: Config, message: str) -> RelatedLocation:
    """The key of a value as the other place of a finding."""
    return RelatedLocation(config.origin.path, key_span(config), message)


def listed(names: Iterable[str], last: str = "or") -> str:
    """Names as a sentence lists them: `a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def shortened(text: str, most: int = 30) -> str:
    """A text of the user as a message quotes it: its first line, and not more than `most` characters of that."""
    line = text.partition("\n")[0]
    return text if len(text) <= most and line == text else f"{line[: most - 1]}…"
