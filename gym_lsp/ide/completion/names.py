"""Names of instances: in server refs, in fields that name an agent, and of sandbox blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from gym_lsp.compose.config import Provenance, Table, at
from gym_lsp.diagnostic import FileEdit
from gym_lsp.gym.fields import FieldType, LiteralType, RefType, UnionType
from gym_lsp.gym.layout import (
    AGENT,
    AGENTS,
    DATASETS,
    ENVIRONMENTS,
    FIELD_DEPTH,
    NAME,
    ROUTE_FIELDS,
    SANDBOX_PROVIDER,
    TYPE,
    USUAL_SANDBOX,
)
from gym_lsp.gym.vocabulary import SERVER_TYPES
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.question import Question, spelled
from gym_lsp.ide.implementations import implementation_folders
from gym_lsp.ide.instances import Instance, known
from gym_lsp.ide.shape import ShapeKind
from gym_lsp.syntax import Entry, Scalar
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.names import SANDBOX
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import ALLOWED_FIELDS


def names(question: Question) -> Iterator[Candidate]:
    """The instances that the value at the cursor may name."""
    context = question.context
    if context.role is Role.KEY or not context.path or context.prefix.startswith(("$", "*", "&")):
        return
    field = next((step for step in reversed(context.path) if isinstance(step, str)), "")
    if field in ALLOWED_FIELDS:
        yield from _allowed(question, field)
        return
    if context.role is not Role.VALUE or field != context.path[-1] or question.kind is FileKind.MANIFEST:
        return
    if field == SANDBOX_PROVIDER:
        yield from _sandboxes(question)
    elif context.path[0] in ROUTE_FIELDS:
        server_type = ENVIRONMENTS if str(context.path[0]).startswith("environment_server") else AGENTS
        yield from _named(question, (server_type,))
    elif field == AGENT and DATASETS in context.path:
        yield from _named(question, (AGENTS,))
    elif ref_types(question.shape.type) and question.shape.kind is ShapeKind.VALUE:
        yield from _whole_refs(question, ref_types(question.shape.type))
    elif field == NAME:
        yield from _ref_names(question)
    elif field == TYPE:
        yield from _ref_types(question)


def ref_types(type: FieldType) -> tuple[str, ...]:
    """The server types of a ref, where a value may be one."""
    options = type.options if isinstance(type, UnionType) else (type,)
    return tuple(each for option in options if isinstance(option, RefType) for each in option.server_types)


def _allowed(question: Question, field: str) -> Iterator[Candidate]:
    """The implementations that a resources server may be limited to."""
    server_type = ALLOWED_FIELDS[field]
    for name, folder in implementation_folders(question.workspace, server_type).items():
        yield question.value(
            name, name, CandidateKind.IMPLEMENTATION, detail=question.workspace.spelled(folder), rank=Rank.WORKSPACE
        )


def _named(question: Question, server_types: Collection[str]) -> Iterator[Candidate]:
    for instance in known(question.workspace, question.run, server_types):
        yield _candidate(question, instance)


def _candidate(question: Question, instance: Instance, filled: tuple[FileEdit, ...] = ()) -> Candidate:
    """An instance by its name, with `filled` put in beside it, and the file that defines it if the run lacks it."""
    rank = Rank.RUN if instance.in_run else question.rank_of(instance.path)
    kind = CandidateKind.SANDBOX if instance.server_type == SANDBOX else CandidateKind.INSTANCE
    return question.value(
        instance.name,
        instance.name,
        kind,
        detail=f"{instance.server_type}/{instance.implementation}",
        documentation=_about(question, instance),
        rank=rank,
        order=_order(question, instance),
        # What the run has already need not lie in a file: the command line gives the policy model.
        additional_edits=filled if instance.in_run else (*filled, *question.including(instance.path)),
    )


def _order(question: Question, instance: Instance) -> int:
    """What lies in the same folder comes first, and a sandbox that bears the usual name before the others."""
    if instance.path.parent == question.path.parent:
        return 0
    return 2 if instance.server_type == SANDBOX and instance.name != USUAL_SANDBOX else 1


def _about(question: Question, instance: Instance) -> str:
    lines = [instance.description] if instance.description else []
    if instance.domain:
        lines.append(f"Domain: `{instance.domain}`")
    if instance.config.origin.provenance is Provenance.STAND_IN:
        lines.append("A placeholder: another config or the command line selects the model.")
    if not instance.in_run:
        lines.append(f"Adds `{question.workspace.spelled(instance.path)}` to `config_paths`.")
    return "\n\n".join(lines)


def _sandboxes(question: Question) -> Iterator[Candidate]:
    for instance in known(question.workspace, question.run, (SANDBOX,)):
        yield _candidate(question, instance)


# Server refs


def _others(question: Question, server_types: Collection[str]) -> Iterator[Instance]:
    """The instances that a server may refer to: all but itself."""
    return (
        each for each in known(question.workspace, question.run, server_types) if each.name != question.context.path[0]
    )


def _whole_refs(question: Question, server_types: tuple[str, ...]) -> Iterator[Candidate]:
    """A ref on one line, where the value of a field that takes refs is empty."""
    context = question.context
    if context.quote:
        return
    for instance in _others(question, server_types):
        text = f"{{type: {instance.server_type}, name: {spelled(context, instance.name)}}}"
        yield replace(_candidate(question, instance), edit=Edit(context.span, f"{context.lead}{text}"))


def _ref_names(question: Question) -> Iterator[Candidate]:
    """The names that fit the type beside it, or, where there is none, each with its type filled in."""
    types = question.workspace.profile.server_types
    entry, written = _type_beside(question)
    expected = ref_types(question.shape.type)
    if written in types:
        yield from (_candidate(question, instance) for instance in _others(question, (str(written),)))
        return
    if not expected and written is not None:
        return
    if not expected and not _may_be_ref(question):
        return
    inherited = _inherited_type(question)
    for instance in _others(question, (inherited,) if inherited else expected or types):
        filled = () if inherited else _filling_in(question, entry, instance.server_type)
        yield _candidate(question, instance, filled)


def _may_be_ref(question: Question) -> bool:
    """Whether a mapping of which only `name` is there, and perhaps an empty `type`, looks like a server ref."""
    path = question.context.path
    if len(path) <= FIELD_DEPTH or isinstance(path[-2], int) or question.shape.field is not None:
        return False
    return set(question.context.neighbours) <= {TYPE, NAME}


def _type_beside(question: Question) -> tuple[Entry | None, object]:
    mapping = question.context.mapping
    entry = None if mapping is None else mapping.entry(TYPE)
    value = None if mapping is None else mapping.get(TYPE)
    return entry, value.value if isinstance(value, Scalar) else None


def _inherited_type(question: Question) -> str | None:
    """The type of the ref that a name alone overrides."""
    above = at(question.run.config, question.context.path[:-1])
    found = above.leaf(TYPE) if isinstance(above, Table) else None
    return str(found) if found in question.workspace.profile.server_types else None


def _filling_in(question: Question, entry: Entry | None, server_type: str) -> tuple[FileEdit, ...]:
    """The edit that puts the type before the name, or into the empty `type` before it."""
    context = question.context
    mapping = context.mapping
    if mapping is None:
        return ()
    if entry is not None:
        if entry.key.end > context.span.start:
            return ()
        colon = context.text.find(":", entry.key.end) + 1
        end = colon + 1 if context.text[colon : colon + 1] == " " else colon
        return (FileEdit(question.path, Edit(Span(colon, end), f" {server_type}")),)
    name = next((each for each in mapping.entries if each.name == NAME), None)
    if name is None:
        return ()
    start = name.key.start
    line = context.text.rfind("\n", 0, start) + 1
    between = ", " if mapping.flow else f"{context.newline}{' ' * (start - line)}"
    return (FileEdit(question.path, Edit(Span(start, start), f"type: {server_type}{between}")),)


def _ref_types(question: Question) -> Iterator[Candidate]:
    """Server types, those that the name beside it is defined under first."""
    if question.shape.kind is ShapeKind.VALUE and isinstance(question.shape.type, LiteralType):
        expected = [each for each in question.shape.type.values if each in question.workspace.profile.server_types]
        if not expected:
            return
    elif _may_be_ref(question):
        expected = list(question.workspace.profile.server_types)
    else:
        return
    mapping = question.context.mapping
    name = None if mapping is None else mapping.get(NAME)
    if isinstance(name, Scalar) and isinstance(name.value, str):
        defined = _types_of(question, name.value)
        expected = [each for each in expected if each in defined] if defined else expected
    for index, server_type in enumerate(expected):
        about = SERVER_TYPES.get(str(server_type), "")
        yield question.value(str(server_type), server_type, documentation=about, order=index)


def _types_of(question: Question, name: str) -> frozenset[str]:
    """The server types that a name is defined under: in the run, or where the run does not have it, elsewhere."""
    in_this_run = {server.server_type for server in question.run.servers if server.name == name}
    if in_this_run:
        return frozenset(in_this_run)
    defined = question.workspace.names.defined(name)
    return frozenset(each.server_type for each in defined if each.server_type is not None)
