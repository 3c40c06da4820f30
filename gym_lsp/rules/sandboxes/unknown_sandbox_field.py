"""The rule `unknown-sandbox-field`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.compose.blocks import Spelled, looks_like_sandbox, provider_keys
from gym_lsp.compose.config import Origin, Provenance, Table
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DIRECTIVE_KEYS, ENTRYPOINT, SANDBOX_PROVIDER
from gym_lsp.gym.release import builtin
from gym_lsp.gym.release.sandbox_arguments import ARGUMENTS, RESOURCES, SPEC, Arguments
from gym_lsp.memo import query
from gym_lsp.rules.analysis.naming import nearest_fields
from gym_lsp.rules.analysis.server_fields import mentions
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, listed, rule
from gym_lsp.rules.sandboxes.sandboxes import references_in
from gym_lsp.workspace.workspace import Workspace


@rule("unknown-sandbox-field", on=Block, severity=Severity.ERROR, holds_in_parts=True)
def unknown_sandbox_field(context: Context, block: Block) -> Iterator[Finding]:
    """A key in a sandbox block or a `sandbox_spec` that is not accepted there.

    ## Why

    The keys under the name of a provider become the arguments of its class, and the keys of each section become the
    arguments of another class. Therefore, an unknown key raises a TypeError. This happens when the first sandbox is
    created, long after NeMo Gym has accepted the configuration. The same is true for the `sandbox_spec` of a server and
    its `resources`. An unknown key of a spec is a warning, because a program may take out keys of its own before.

    ## Example

    ```yaml
    sandbox:
      docker:
        exec:
          default_timeout: 60
    #     ^^^^^^^^^^^^^^^ error[unknown-sandbox-field]
    ```

    ## Use instead

    ```yaml
    sandbox:
      docker:
        exec:
          default_timeout_s: 60
    ```
    """
    for sandbox in _sandboxes_in(context, block):
        for name in provider_keys(sandbox):
            given = sandbox.get(name)
            if isinstance(given, Table) and name in context.profile.sandbox_providers:
                yield from _unknown_arguments(context, name, given)
    for server in block.servers:
        spec = server.config.table(_SPEC)
        if spec is not None:
            yield from _in_spec(context, server, spec)


_SPEC = "sandbox_spec"
_RESOURCES = "resources"
_BASE = PurePath("nemo_gym", "sandbox", "providers", "base.py")
"""Where NeMo Gym declares the fields of a spec."""


def _in_spec(context: Context, server: Spelled, spec: Table) -> Iterator[Finding]:
    """Yield the keys of a spec that NeMo Gym does not declare and that the program of the server does not mention."""
    program = context.server_model(server.server_type, server.implementation, str(server.config.leaf(ENTRYPOINT)))
    if program is None or context.install_root is None:
        return
    declared = context.program(context.install_root / _BASE)
    own = frozenset(key for key in spec.entries if isinstance(key, str) and mentions(context, program.path, key))
    resources = spec.table(_RESOURCES)
    for table, known, place in ((spec, SPEC | own, f"`{_SPEC}`"), (resources, RESOURCES, f"`{_RESOURCES}`")):
        for finding in () if table is None else _unknown_keys(table, dict.fromkeys(known), place):
            key = finding.span.of(finding.origin.text)
            if re.search(rf"^    {re.escape(key)}:", declared, re.MULTILINE) is None:
                yield replace(finding, severity=Severity.WARNING)


def _sandboxes_in(context: Context, block: Block) -> Iterator[Table]:
    """Yield the block itself if it is a sandbox, otherwise the inline sandboxes of its servers."""
    if looks_like_sandbox(block.name, block.table, context.profile):
        yield block.table
        return
    for server in block.servers:
        if _mentions_sandboxes(context, server.config.origin) or _mentions_sandboxes(context, block.table.origin):
            yield from (found for found in references_in(server.config) if isinstance(found, Table))


def _mentions_sandboxes(context: Context, origin: Origin) -> bool:
    """Whether the text contains the key at all."""
    if origin.provenance is Provenance.WRITTEN:
        return _file_mentions_sandboxes(context.workspace, origin.path)
    return SANDBOX_PROVIDER in origin.text


@query
def _file_mentions_sandboxes(workspace: Workspace, path: PurePath) -> bool:
    return SANDBOX_PROVIDER in (workspace.text(path) or "")


def _unknown_arguments(context: Context, provider: str, given: Table) -> Iterator[Finding]:
    arguments = _arguments(context, provider, given)
    if arguments is None:
        return
    yield from _unknown_keys(given, arguments, f"the sandbox provider `{provider}`")
    for name, keys in arguments.items():
        section = given.get(name)
        if keys is not None and isinstance(section, Table):
            yield from _unknown_keys(section, dict.fromkeys(keys), f"`{name}` of the sandbox provider `{provider}`")


def _unknown_keys(table: Table, known: Mapping[str, object], place: str) -> Iterator[Finding]:
    for key, value in table.entries.items():
        if not isinstance(key, str) or key in known or key in DIRECTIVE_KEYS:
            continue
        near = [name for name in nearest_fields(key, known) if name not in table.entries]
        way_out = f"; did you mean {listed(near[:1])}?" if near else ""
        yield at_key(value, f"unknown field `{key}` in {place}{way_out}", fixes=renames(value, near))


def _arguments(context: Context, provider: str, given: Table) -> Arguments | None:
    """Return the arguments of a provider, or `None` if it accepts any; read its source only if a key may be wrong."""
    known = ARGUMENTS.get(provider)
    if context.install_root is None or (context.profile.release == builtin.RELEASE and _is_covered(known, given)):
        return known
    return _arguments_in_source(context.workspace, provider)


def _is_covered(known: Arguments | None, given: Table) -> bool:
    for key, value in given.entries.items():
        if known is None or not isinstance(key, str) or key not in known:
            return False
        keys = known[key]
        if keys is not None and isinstance(value, Table) and not value.entries.keys() <= keys:
            return False
    return True


@query
def _arguments_in_source(workspace: Workspace, provider: str) -> Arguments | None:
    """Return the arguments in the source of a provider, or `None` if it accepts any."""
    found = workspace.sandbox_provider(provider)
    if found is None or found.model is None or found.sections is None:
        return None
    sections = found.sections
    return {
        name: frozenset(sections[name].fields) if name in sections and sections[name].extra == "forbid" else None
        for name in found.model.fields
    }
