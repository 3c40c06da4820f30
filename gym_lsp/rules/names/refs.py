"""The fields that contain server refs, as far as their names show it, and the findings about refs to unknown servers.

If the class of a server can be read, `field_refs` uses that. In every release, a field whose name ends in
`model_server`, `resources_server` or `agent_server` is a ref to a server of that type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.compose.blocks import is_ref
from gym_lsp.compose.config import Config, Leaf, Provenance, Table, leaves
from gym_lsp.compose.directives import Transfer
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Applicability, Fix, RelatedLocation, Severity
from gym_lsp.gym.layout import (
    AGENT_SERVER,
    AGENTS,
    COPY,
    DATASETS,
    DOMAIN,
    ENTRYPOINT,
    INHERIT_FROM,
    MODEL_SERVER,
    MODELS,
    NAME,
    RESOURCES,
    RESOURCES_SERVER,
    TYPE,
    is_top_level,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.rules.analysis.includes import not_included
from gym_lsp.rules.analysis.naming import Standing, fixes_of, hint, judge_name, nearest, severity_of
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import rename_key, replace_value
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, key_related, listed, related
from gym_lsp.rules.names.misspelt_moves import not_followed
from gym_lsp.syntax import Atom

REF_ENDINGS = {
    MODEL_SERVER: MODELS,
    RESOURCES_SERVER: RESOURCES,
    AGENT_SERVER: AGENTS,
}
REF_FIELDS = frozenset(
    {
        AGENT_SERVER, "assistant_agent", "embedding_model", "genrm_model_server", "judge_model",
        "judge_model_server", "model_ref", MODEL_SERVER, "policy_model_server", "probe_scorer_model",
        "resource_servers_by_agent", RESOURCES_SERVER, "retrieval_model_server", "sandbox_model_server",
        "simulator_model_server", "summary_model", "target", "tool_servers", "tool_simulation_model",
        "tool_simulator_model_server", "user_agent", "user_model_server", "user_sim_model_server", "verifiers",
    }
)  # fmt: skip
"""The ref fields of NeMo Gym's own servers, in all releases."""


def type_of_field(field: Atom) -> str | None:
    """Return the server type that a field refers to, by its name, or `None` if the name does not show it."""
    if not isinstance(field, str) or not field.endswith("_server"):
        return None
    return next((server_type for ending, server_type in REF_ENDINGS.items() if _ends(field, ending)), None)


def _ends(field: str, ending: str) -> bool:
    return field == ending or field.endswith(f"_{ending}")


def nearest_field(server: Table, field: Atom, value: Config) -> str | None:
    """Return the well-known ref field that a field probably misspells, or `None`. The value must be a ref.

    The correct field may exist as well, if another file sets it and this file was meant to override it.
    """
    if not isinstance(field, str) or field in REF_FIELDS or not isinstance(value, Table):
        return None
    if NAME not in value.entries or not value.entries.keys() <= {TYPE, NAME}:
        return None
    # Names without that ending are everyday words. A server may use them for itself, in the singular or the plural.
    for name in nearest(field, (name for name in REF_FIELDS if name.endswith("_server"))):
        other = server.get(name)
        if other is None or other.origin is not value.origin:
            return name
    return None


def written_ref(config: Config, profile: Profile) -> tuple[str, str] | None:
    """Return the server type and the name of a ref, or `None` if it is malformed or not settled yet."""
    if not isinstance(config, Table):
        return None
    server_type, name = config.leaf(TYPE), config.leaf(NAME)
    if not isinstance(server_type, str) or server_type not in profile.server_types or not isinstance(name, str):
        return None
    at = config.entries[NAME]
    assert isinstance(at, Leaf)
    return None if at.is_interpolation or at.is_missing else (server_type, name)


def server_types(composition: Composition) -> Mapping[str, list[str]]:
    """Return the server types of each instance of a run: `[]` for names that it does not define."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for server in composition.servers:
        found[server.name].append(server.server_type)
    return found


def about_unknown(
    context: RunContext, ref: Table, field: Atom, target: tuple[str, str], defined_as: tuple[str, ...]
) -> Iterator[Finding]:
    """Yield the findings about a ref to a (server type, name) that the run does not define.

    `defined_as` are the server types under which the run does define the name.
    """
    server_type, name = target
    composition, at = context.composition, ref.entries[NAME]
    agent = composition.config.table(name)
    if at.origin.provenance is Provenance.GENERATED and at.overridden is None and agent is not None:
        yield _of_relay(agent, server_type, name)
        return
    if defined_as:
        yield _of_other_type(ref, field, target, defined_as, _left_over(context, at.origin.path, server_type))
        return
    taken = _taken_by(composition, name)
    if taken is not None:
        found = _inherited_away(composition, at, name, taken)
        yield replace(found, related=(*found.related, *not_followed(context)))
        return
    in_run = _of_type(context, server_type)
    verdict = judge_name(context, name, in_run, server_type, _left_over(context, at.origin.path, server_type))
    severity = severity_of(context, verdict, nowhere=Severity.ERROR)
    if severity is None:
        return
    more: tuple[RelatedLocation, ...] = ()
    fixes = fixes_of(context, at, verdict)
    block = composition.config.get(name)
    if block is not None and not (isinstance(block, Leaf) and block.is_missing):
        message = f"`{name}` exists, but is not a valid server under `{server_type}`"
        more = (key_related(block, f"`{name}`"), *not_included(context, at.origin.path))
        # Another file may complete a block that only overrides a few fields, but not one that describes a whole server.
        if not isinstance(block, Table) or _is_meant_whole(block, server_type):
            severity, fixes = Severity.ERROR, ()
        elif block.table(server_type) is None:
            fixes = ()
    elif verdict.standing is Standing.OTHER_KIND:
        found = listed(dict.fromkeys(each.server_type for each in verdict.definitions if each.server_type))
        where = f"under {found}" if found else "without a server type"
        message = f"`{name}` is defined {where}, not under `{server_type}`"
    else:
        message = f"`{server_type}` instance `{name}` not found in this run{hint(context, verdict)}"
        more = (*not_included(context, at.origin.path), *not_followed(context))
    yield at_value(at, message, severity=severity, related=more, fixes=fixes)


_OF_WHOLE_SERVERS = frozenset({ENTRYPOINT, DOMAIN, DATASETS})


def _is_meant_whole(block: Table, server_type: str) -> bool:
    """Return whether a block has fields that an override usually leaves to the file that it overrides."""
    group = block.table(server_type)
    levels = [] if group is None else [group, *(each for each in group.entries.values() if isinstance(each, Table))]
    return any(not _OF_WHOLE_SERVERS.isdisjoint(map(str, level.entries)) or _holds_ref(level) for level in levels)


def _holds_ref(server: Table) -> bool:
    return any(isinstance(value, Table) and is_ref(value) for value in server.entries.values())


def _of_type(context: RunContext, server_type: str) -> tuple[str, ...]:
    """Return the names of the servers of a type in the run."""
    composition = context.composition
    return context.once(
        (_of_type, composition, server_type),
        lambda: tuple(server.name for server in composition.servers if server.server_type == server_type),
    )


def _left_over(context: RunContext, path: PurePath, server_type: str) -> str | None:
    """Return the only server of a type that a file of the run defines and does not name, or `None`."""
    composition = context.composition

    def answer() -> str | None:
        of_file = {server.name for server in composition.servers if server.instance.origin.path == path}
        beside = [name for name in _of_type(context, server_type) if name in of_file]
        file = next((file for file in composition.files if file.path == path), None)
        if not beside or file is None:
            return None
        named = {leaf.value for keys, leaf in leaves(file.config) if keys[-1] == NAME and DATASETS not in keys}
        left = [name for name in beside if name not in named]
        return left[0] if len(left) == 1 else None

    return context.once((_left_over, composition, path, server_type), answer)


def _of_other_type(
    ref: Table, field: Atom, target: tuple[str, str], defined_as: tuple[str, ...], left_over: str | None
) -> Finding:
    """Return a finding at the type if the field can use the server of that name, otherwise at the name."""
    server_type, name = target
    message = f"`{name}` is defined under {listed(defined_as)}, not under `{server_type}`"
    wanted, written = type_of_field(field), ref.entries[TYPE]
    if wanted is None or wanted not in defined_as:
        at = ref.entries[NAME]
        if left_over is None or not isinstance(at, Leaf):
            return at_value(at, message, severity=Severity.ERROR)
        fixes = (replace_value(at, left_over, f"Change to `{left_over}`"),)
        message = f"{message}; did you mean `{left_over}`?"
        return at_value(at, message, severity=Severity.ERROR, fixes=fixes)
    fixes = (replace_value(written, wanted, f"Change to `{wanted}`"),)
    return at_value(written, message, severity=Severity.ERROR, fixes=fixes)


def _of_relay(agent: Table, server_type: str, name: str) -> Finding:
    """Return a finding at the agent, because the relay that NeMo Gym makes for it is not written in any file."""
    group = agent.get(server_type)
    message = f"`{name}` is not a valid server under `{server_type}`, but NeMo Gym adds an environment server for it"
    return at_key(group if group is not None else agent, message, severity=Severity.ERROR)


def _taken_by(composition: Composition, name: str) -> Transfer | None:
    """Return the directive that removed an instance by inheriting it, or `None`."""
    if name in composition.config.entries:
        return None
    return next((each for each in composition.transfers if each.moved and each.source == (name,)), None)


def _copying(directive: Config, title: str) -> Fix | None:
    """Return the fix that makes a directive copy its source, in either of its two forms, or `None`."""
    if isinstance(directive, Leaf) and directive.is_interpolation:
        return replace_value(directive, str(directive.value).replace(INHERIT_FROM.strip("_"), "copy", 1), title)
    return rename_key(directive, COPY, title)


def _inherited_away(composition: Composition, at: Config, name: str, taken: Transfer) -> Finding:
    """Return a finding at the ref, or at the directive if that is in a root file and the ref is in an included file."""
    inheriting = str(taken.target[0])
    fixes: list[Fix] = []
    is_server = any(server.name == inheriting for server in composition.servers)
    if isinstance(at, Leaf) and is_top_level(taken.target) and is_server:
        fixes.append(replace_value(at, inheriting, f"Change to `{inheriting}`", Applicability.UNSAFE))
    copying = _copying(taken.at, f"Use `_copy` in `{inheriting}`, which keeps `{name}`")
    if copying is not None:
        fixes.append(copying)
    roots = {node.path for node in composition.includes.nodes if node.includer is None}
    if taken.at.origin.path in roots and at.origin.path not in roots:
        message = f"`_inherit_from` removes `{name}`, but a server ref still names it"
        place = related(at, "named here")
        return at_value(taken.at, message, severity=Severity.ERROR, related=(place,), fixes=tuple(fixes))
    message = f"`{name}` no longer exists: `{inheriting}` inherits it, and `_inherit_from` removes the inherited block"
    place = related(taken.at, "inherited here")
    return at_value(at, message, severity=Severity.ERROR, related=(place,), fixes=tuple(fixes))
