"""Completion of instance names, in server refs and in fields that name an agent or a sandbox block."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from msgspec.structs import replace

from gym_lsp.compose.agents import agent_refs, environment_servers
from gym_lsp.compose.config import Leaf, Provenance, Table, at
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
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Proposal, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.request import Request, spelled
from gym_lsp.ide.instances import Instance, known
from gym_lsp.ide.markdown import Markdown, code
from gym_lsp.ide.shape import ShapeKind
from gym_lsp.syntax import Entry, Scalar
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.implementations import implementation_folders
from gym_lsp.workspace.names import SANDBOX
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import ALLOWED_FIELDS


def names(request: Request) -> Iterator[Candidate | Proposal]:
    """Yield the instances that the value at the cursor can name."""
    context = request.context
    if context.role is Role.KEY or not context.path or context.prefix.startswith(("$", "*", "&")):
        return
    field = next((step for step in reversed(context.path) if isinstance(step, str)), "")
    if field in ALLOWED_FIELDS:
        yield from _allowed(request, field)
        return
    if context.role is not Role.VALUE or field != context.path[-1] or request.kind is FileKind.MANIFEST:
        return
    if field == SANDBOX_PROVIDER:
        yield from _named(request, (SANDBOX,))
    elif context.path[0] in ROUTE_FIELDS:
        server_type = ENVIRONMENTS if str(context.path[0]).startswith("environment_server") else AGENTS
        yield from _named(request, (server_type,))
    elif field == AGENT and DATASETS in context.path:
        yield from _named(request, (AGENTS,))
    elif ref_types(request.shape.type) and request.shape.kind is ShapeKind.VALUE:
        yield from _whole_refs(request, ref_types(request.shape.type))
    elif field == NAME:
        yield from _ref_names(request)
    elif field == TYPE:
        yield from _ref_types(request)


def ref_types(type: FieldType) -> tuple[str, ...]:
    """Return the server types of the refs that a type allows; empty if it allows none."""
    options = type.options if isinstance(type, UnionType) else (type,)
    return tuple(each for option in options if isinstance(option, RefType) for each in option.server_types)


def _allowed(request: Request, field: str) -> Iterator[Candidate]:
    """Yield the implementations that a resources server can be limited to."""
    server_type = ALLOWED_FIELDS[field]
    for name, folder in implementation_folders(request.workspace, server_type).items():
        yield request.value(
            name, name, CandidateKind.IMPLEMENTATION, detail=request.workspace.spelled(folder), rank=Rank.WORKSPACE
        )


def _named(request: Request, server_types: Collection[str]) -> Iterator[Proposal]:
    for instance in known(request.workspace, request.run, server_types):
        yield _proposal(request, instance, _by_name)


def _proposal(
    request: Request, instance: Instance, build: Callable[[Request, Instance, Proposal], Candidate]
) -> Proposal:
    rank = Rank.RUN if instance.in_run else request.rank_of(instance.path)
    start, order = request.context.span.start, _order(request, instance)
    return Proposal(instance.name, start, partial(build, request, instance), rank, order)


def _by_name(request: Request, instance: Instance, proposal: Proposal, filled: tuple[FileEdit, ...] = ()) -> Candidate:
    """Return an instance by name, with the edits `filled`, and the include of its file if the run does not have it."""
    kind = CandidateKind.SANDBOX if instance.server_type == SANDBOX else CandidateKind.INSTANCE
    return request.value(
        instance.name,
        instance.name,
        kind,
        detail=f"{instance.server_type}/{instance.implementation}",
        documentation=_about(request, instance),
        rank=proposal.rank,
        order=proposal.order,
        # An instance of the run needs no include, and may be in no file, such as the policy model.
        additional_edits=filled if instance.in_run else (*filled, *request.including(instance.path)),
    )


def _order(request: Request, instance: Instance) -> int:
    """Return a low number for instances in the same folder, and for the sandbox with the usual name."""
    if request.is_beside(instance.path):
        return 0
    return 2 if instance.server_type == SANDBOX and instance.name != USUAL_SANDBOX else 1


def _about(request: Request, instance: Instance) -> Markdown:
    lines = [instance.description] if instance.description else []
    if instance.domain:
        lines.append(f"Domain: {code(instance.domain)}")
    if instance.config.origin.provenance is Provenance.STAND_IN:
        lines.append("The stand-in model: another config or the command line selects the model.")
    if not instance.in_run:
        lines.append(f"Adds {code(request.workspace.spelled(instance.path))} to `config_paths`.")
    return tuple(lines)


# Server refs


def _others(request: Request, server_types: Collection[str]) -> Iterator[Instance]:
    """Yield the instances that a server can refer to: all except itself.

    An environment server cannot refer to the agent of another one.
    """
    is_environment = request.context.path[1:2] == (ENVIRONMENTS,)
    for each in known(request.workspace, request.run, server_types):
        if each.name != request.context.path[0] and not (is_environment and _has_environment_server(request, each)):
            yield each


def _has_environment_server(request: Request, agent: Instance) -> bool:
    """Whether another environment server names an agent, in the run or in the file that comes with the agent."""
    config = request.run.config if agent.in_run else request.workspace.config(agent.path)
    for name, _, server in () if config is None else environment_servers(config):
        if name != request.context.path[0]:
            named = (reference.get(NAME) for _, reference in agent_refs(server))
            if any(isinstance(each, Leaf) and _names(each, agent) for each in named):
                return True
    return False


def _names(name: Leaf, agent: Instance) -> bool:
    # Those that NeMo Gym generates give way to a written one.
    return name.value == agent.name and name.origin.provenance is Provenance.WRITTEN


def _whole_refs(request: Request, server_types: tuple[str, ...]) -> Iterator[Proposal]:
    """Yield refs on one line, for an empty value of a field that holds a ref."""
    if not request.context.quote:
        for instance in _others(request, server_types):
            yield _proposal(request, instance, _whole_ref)


def _whole_ref(request: Request, instance: Instance, proposal: Proposal) -> Candidate:
    context = request.context
    text = f"{{type: {instance.server_type}, name: {spelled(context, instance.name)}}}"
    return replace(_by_name(request, instance, proposal), edit=Edit(context.span, f"{context.lead}{text}"))


def _ref_names(request: Request) -> Iterator[Proposal]:
    """Yield the names that match the type of the ref, or if it has none, all names, each with an edit that adds it."""
    types = request.workspace.profile.server_types
    _, written = _type_beside(request)
    expected = ref_types(request.shape.type)
    if written in types:
        yield from (_proposal(request, instance, _by_name) for instance in _others(request, (str(written),)))
        return
    if not expected and written is not None:
        return
    if not expected and not _may_be_ref(request):
        return
    inherited = _inherited_type(request)
    for instance in _others(request, (inherited,) if inherited else expected or types):
        yield _proposal(request, instance, _by_name if inherited else _by_type_and_name)


def _by_type_and_name(request: Request, instance: Instance, proposal: Proposal) -> Candidate:
    entry, _ = _type_beside(request)
    return _by_name(request, instance, proposal, _filling_in(request, entry, instance.server_type))


def _may_be_ref(request: Request) -> bool:
    """Whether a mapping with only `name`, and perhaps an empty `type`, looks like a server ref."""
    path = request.context.path
    if len(path) <= FIELD_DEPTH or isinstance(path[-2], int) or request.shape.field is not None:
        return False
    return set(request.context.neighbours) <= {TYPE, NAME}


def _type_beside(request: Request) -> tuple[Entry | None, object]:
    mapping = request.context.mapping
    entry = None if mapping is None else mapping.entry(TYPE)
    value = None if mapping is None else mapping.get(TYPE)
    return entry, value.value if isinstance(value, Scalar) else None


def _inherited_type(request: Request) -> str | None:
    """Return the type of the ref that a ref with only a name overrides, or None."""
    above = at(request.run.config, request.context.path[:-1])
    found = above.leaf(TYPE) if isinstance(above, Table) else None
    return str(found) if found in request.workspace.profile.server_types else None


def _filling_in(request: Request, entry: Entry | None, server_type: str) -> tuple[FileEdit, ...]:
    """Return the edit that inserts the type before the name, or into the empty `type` before it."""
    context = request.context
    mapping = context.mapping
    if mapping is None:
        return ()
    if entry is not None:
        if entry.key.end > context.span.start:
            return ()
        colon = context.text.find(":", entry.key.end) + 1
        end = colon + 1 if context.text[colon : colon + 1] == " " else colon
        return (FileEdit(request.path, Edit(Span(colon, end), f" {server_type}")),)
    name = next((each for each in mapping.entries if each.name == NAME), None)
    if name is None:
        return ()
    start = name.key.start
    line = context.text.rfind("\n", 0, start) + 1
    between = ", " if mapping.flow else f"{context.newline}{' ' * (start - line)}"
    return (FileEdit(request.path, Edit(Span(start, start), f"type: {server_type}{between}")),)


def _ref_types(request: Request) -> Iterator[Candidate]:
    """Yield server types; only those of the name beside it, if it is defined."""
    if request.shape.kind is ShapeKind.VALUE and isinstance(request.shape.type, LiteralType):
        expected = [each for each in request.shape.type.values if each in request.workspace.profile.server_types]
        if not expected:
            return
    elif _may_be_ref(request):
        expected = list(request.workspace.profile.server_types)
    else:
        return
    mapping = request.context.mapping
    name = None if mapping is None else mapping.get(NAME)
    if isinstance(name, Scalar) and isinstance(name.value, str):
        defined = _types_of(request, name.value)
        expected = [each for each in expected if each in defined] if defined else expected
    for index, server_type in enumerate(expected):
        about = SERVER_TYPES.get(str(server_type), "")
        yield request.value(str(server_type), server_type, documentation=(about,), order=index)


def _types_of(request: Request, name: str) -> frozenset[str]:
    """Return the server types of a name in the run, or if the run does not have it, in other files."""
    in_this_run = {server.server_type for server in request.run.servers if server.name == name}
    if in_this_run:
        return frozenset(in_this_run)
    defined = request.workspace.names.defined(name)
    return frozenset(each.server_type for each in defined if each.server_type is not None)
