"""Judges a name that a run does not define, in the same way for refs, inheritance, interpolations and sandboxes.

When checking a run, such a name is an error. When checking a workspace, it depends: a name that other files define is
an open reference, which the command line can satisfy; a misspelling of a known name is a mistake; a name that nothing
defines is one too, unless env.yaml or the command line usually defines names of that kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from gym_lsp.compose.config import Config, Leaf
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Applicability, Fix, Severity
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.edits import add_include, replace_value
from gym_lsp.workspace.names import Definition, unlikeness

_SHORTEST_WORD = 4
"""Shorter words match too many fields by coincidence."""


class Standing(Enum):
    """Where a name that the run does not define comes from."""

    DECLARED = "declared"
    """The settings declare that it is defined elsewhere."""
    ELSEWHERE = "elsewhere"
    """Another file of the search roots defines it with the expected kind."""
    OTHER_KIND = "other-kind"
    """It is defined, but with another kind."""
    MISSPELT = "misspelt"
    """It is one or two edits away from a name that would be valid."""
    NOWHERE = "nowhere"


class Verdict(Struct, frozen=True):
    """What is known about a name. `definitions` are those of the name itself, the most likely one first.

    `suggestions` are other names that may be intended: similar names, or the one that is left over.
    """

    standing: Standing
    definitions: tuple[Definition, ...] = ()
    suggestions: tuple[str, ...] = ()


def judge_name(
    context: RunContext,
    name: str,
    in_run: Iterable[str],
    server_type: str | None = None,
    left_over: str | None = None,
) -> Verdict:
    """Judge a name that the run does not define.

    `in_run` are the valid names that the run defines. `server_type` is the required type, if it is known; "sandbox"
    requires a sandbox block. `left_over` is a valid name in the same file that nothing refers to: a block was copied or
    renamed, but the name in it was not changed.
    """
    if context.names.is_open(name):
        return Verdict(Standing.DECLARED)
    definitions = context.names.defined(name)
    read = {file.path for file in context.composition.files}
    # What a directive makes of a block that this run has read is known, and does not fit.
    fitting = tuple(
        each
        for each in definitions
        if each.server_type == server_type or (each.may_be(server_type) and not (each.borrows and each.path in read))
    )
    beside = () if left_over is None else (left_over,)
    if fitting:
        return Verdict(Standing.ELSEWHERE, tuple(sorted(fitting, key=_unlikeliness)), beside)
    near = tuple(dict.fromkeys((*nearest(name, in_run), *beside)))
    if definitions:
        return Verdict(Standing.OTHER_KIND, definitions, near)
    near = near or context.names.spelled_like(name, server_type)[:3]
    return Verdict(Standing.MISSPELT if near else Standing.NOWHERE, (), near)


def _unlikeliness(definition: Definition) -> tuple[bool, int]:
    """Return a sort key: first come files that define the name themselves and are called like it or its beginning."""
    path = definition.path
    called = [len(part) for part in (path.stem, path.parent.name) if definition.name.startswith(part)]
    return definition.borrows, -max(called, default=0)


def nearest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return the known names at most two edits away, the nearest first; one edit for names of less than six characters.

    Capital letters, and hyphens for underscores, do not count as edits.
    """
    limit = 1 if len(name) < 6 else 2
    close = (other for other in known if other != name and abs(len(other) - len(name)) <= limit)
    ranked = sorted((unlikeness(name, other, limit), other) for other in close)
    return tuple(other for far, other in ranked if far <= limit)[:most]


def nearest_fields(key: str, fields: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that a key may be intended as: the nearest ones, or else the one that adds whole words to it.

    There are few fields, and people often remember only a part of their names: `repo` for `repo_id`.
    """
    fields = tuple(fields)
    longer = sorted((len(field), field) for field in fields if _is_part(key, field))
    return nearest(key, fields) or tuple(field for _, field in longer)[:1]


def _is_part(key: str, field: str) -> bool:
    """Whether the words of a key begin or end a field."""
    few, many = key.split("_"), field.split("_")
    return len(key) >= _SHORTEST_WORD and len(few) < len(many) and few in (many[: len(few)], many[-len(few) :])


def severity_of(context: Context, verdict: Verdict, nowhere: Severity) -> Severity | None:
    """Return the severity of a name that the run does not define; None if it is not reported.

    `nowhere` is the severity of a name that nothing defines, when checking a workspace.
    """
    if verdict.standing is Standing.DECLARED:
        return None
    if context.checks_run or verdict.standing in (Standing.MISSPELT, Standing.OTHER_KIND):
        return Severity.ERROR
    return Severity.INFORMATION if verdict.standing is Standing.ELSEWHERE else nowhere


def fixes_of(context: RunContext, at: Config, verdict: Verdict) -> tuple[Fix, ...]:
    """Return the fixes that change to a suggested name, or include a file that defines the name."""
    fixes = [
        replace_value(at, suggestion, f"Change to `{suggestion}`", Applicability.UNSAFE)
        for suggestion in verdict.suggestions
        if isinstance(at, Leaf)
    ]
    if verdict.standing is Standing.ELSEWHERE:
        file = next((file for file in context.composition.files if file.path == at.origin.path), None)
        if at.origin.is_recipe:
            file = context.workspace.gym_part(at.origin.path)
        if file is not None:
            # A file that the run has already read does not help.
            there = {other.path for other in context.composition.files}
            others = [each for each in verdict.definitions if each.path not in there]
            fixes.extend(_including(file, spelled(context, each)) for each in others[:3])
    return tuple(fixes)


def _including(file: ConfigFile, entry: str) -> Fix:
    return Fix(f"Add `{entry}` to `config_paths`", (add_include(file, entry),), Applicability.UNSAFE)


def spelled(context: Context, definition: Definition) -> str:
    """Return the file of a definition as an entry of `config_paths`."""
    return context.search.spell(definition.path)


def hint(context: Context, verdict: Verdict) -> str:
    """Return the end of a message: what is probably intended, or which file defines the name."""
    suggestion = f"; did you mean `{verdict.suggestions[0]}`?" if verdict.suggestions else ""
    if verdict.standing is not Standing.ELSEWHERE:
        return suggestion
    entries = list(dict.fromkeys(spelled(context, definition) for definition in verdict.definitions))
    if suggestion:
        more = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
        return f"{suggestion} `{verdict.definitions[0].name}` is defined in `{entries[0]}`{more}"
    if len(entries) == 1:
        return f"; `{entries[0]}` defines it"
    others = len(entries) - 1
    return f"; `{entries[0]}` and {others} other {'file defines' if others == 1 else 'files define'} it"
