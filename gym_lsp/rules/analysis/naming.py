"""What to make of a name that a run does not define: one answer for refs, inheritance, interpolations and sandboxes.

Asked about a run, such a name is an error. Asked about a workspace, it depends: a name that other files define is an
open reference, which the command line can satisfy; a slip of a known name is a mistake; a name from nowhere is one
too, unless it is of a kind that env.yaml and the command line usually give.
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
"""Letters of a word that is worth more than a coincidence."""


class Standing(Enum):
    """Where a name that the run does not define stands."""

    DECLARED = "declared"
    """The settings say that it comes from outside."""
    ELSEWHERE = "elsewhere"
    """Another file of the search roots defines it as what it should be."""
    OTHER_KIND = "other-kind"
    """It is defined, but as something else."""
    SLIP = "slip"
    """It is one or two edits away from a name that would do."""
    NOWHERE = "nowhere"


class Verdict(Struct, frozen=True):
    """What is known of a name. `definitions` are those of the name itself, the likeliest to be meant first.

    `suggestions` are other names that may be meant: those that are like it, or the one that is left over.
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

    `in_run` are the names that the run defines and that would do. `server_type` is what the name must be, if that
    is known; "sandbox" asks for a sandbox block. `left_over` is what stands beside the name, would do, and is named
    by nothing: a block was copied or renamed, and the name in it forgotten.
    """
    if context.names.is_open(name):
        return Verdict(Standing.DECLARED)
    definitions = context.names.defined(name)
    read = {file.path for file in context.composition.files}
    # What a directive makes of a block that this run has read is known: it is not what is wanted.
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
    return Verdict(Standing.SLIP if near else Standing.NOWHERE, (), near)


def _unlikeliness(definition: Definition) -> tuple[bool, int]:
    """Sorts first the file that is called as what it defines, or as the beginning of that, and defines it itself."""
    path = definition.path
    called = [len(part) for part in (path.stem, path.parent.name) if definition.name.startswith(part)]
    return definition.borrows, -max(called, default=0)


def nearest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The known names at most two edits away, the nearest first; one edit for names of less than six characters.

    Capital letters, and hyphens for underscores, are no edits.
    """
    limit = 1 if len(name) < 6 else 2
    close = (other for other in known if other != name and abs(len(other) - len(name)) <= limit)
    ranked = sorted((unlikeness(name, other, limit), other) for other in close)
    return tuple(other for far, other in ranked if far <= limit)[:most]


def nearest_fields(key: str, fields: Iterable[str]) -> tuple[str, ...]:
    """The fields that a key was meant to be: those nearest to it, else the one that has whole words more than it.

    A field is one of few, and its name often longer than what people remember of it: `repo` for `repo_id`.
    """
    fields = tuple(fields)
    longer = sorted((len(field), field) for field in fields if _is_part(key, field))
    return nearest(key, fields) or tuple(field for _, field in longer)[:1]


def _is_part(key: str, field: str) -> bool:
    """Whether the words of a key begin or end a field."""
    few, many = key.split("_"), field.split("_")
    return len(key) >= _SHORTEST_WORD and len(few) < len(many) and few in (many[: len(few)], many[-len(few) :])


def severity_of(context: Context, verdict: Verdict, nowhere: Severity) -> Severity | None:
    """The severity of a name that the run does not define; None where nothing is to be said.

    `nowhere` is that of a name which nothing defines, in the view on a workspace.
    """
    if verdict.standing is Standing.DECLARED:
        return None
    if context.asked_about_run or verdict.standing in (Standing.SLIP, Standing.OTHER_KIND):
        return Severity.ERROR
    return Severity.INFORMATION if verdict.standing is Standing.ELSEWHERE else nowhere


def fixes_of(context: RunContext, at: Config, verdict: Verdict) -> tuple[Fix, ...]:
    """Take a name that is like it, or include a file that defines it."""
    fixes = [
        replace_value(at, suggestion, f"Change to `{suggestion}`", Applicability.UNSAFE)
        for suggestion in verdict.suggestions
        if isinstance(at, Leaf)
    ]
    if verdict.standing is Standing.ELSEWHERE:
        file = next((file for file in context.composition.files if file.path == at.origin.path), None)
        if file is not None:
            # What the run has read already will not help by being read again.
            there = {other.path for other in context.composition.files}
            others = [each for each in verdict.definitions if each.path not in there]
            fixes.extend(_including(file, spelled(context, each)) for each in others[:3])
    return tuple(fixes)


def _including(file: ConfigFile, entry: str) -> Fix:
    return Fix(f"Add `{entry}` to config_paths", (add_include(file, entry),), Applicability.UNSAFE)


def spelled(context: Context, definition: Definition) -> str:
    """The file of a definition as a `config_paths` entry would name it."""
    return context.search.spell(definition.path)


def hint(context: Context, verdict: Verdict) -> str:
    """The way out, as the end of a message: what was meant, or who defines it."""
    meant = f"; did you mean `{verdict.suggestions[0]}`?" if verdict.suggestions else ""
    if verdict.standing is not Standing.ELSEWHERE:
        return meant
    entries = list(dict.fromkeys(spelled(context, definition) for definition in verdict.definitions))
    if meant:
        more = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
        return f"{meant} `{verdict.definitions[0].name}` is defined in `{entries[0]}`{more}"
    if len(entries) == 1:
        return f"; `{entries[0]}` defines it"
    return f"; `{entries[0]}` and {len(entries) - 1} more define it"
