"""The rule `unknown-sandbox-field`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from gym_lsp.compose.blocks import looks_like_sandbox, provider_keys
from gym_lsp.compose.config import Origin, Provenance, Table
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DIRECTIVE_KEYS, SANDBOX_PROVIDER
from gym_lsp.gym.release import builtin
from gym_lsp.gym.release.sandbox_arguments import ARGUMENTS, Arguments
from gym_lsp.memo import query
from gym_lsp.rules.analysis.naming import nearest_fields
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, listed, rule
from gym_lsp.rules.sandboxes.sandboxes import references_in
from gym_lsp.workspace.workspace import Workspace


@rule("unknown-sandbox-field", on=Block, severity=Severity.ERROR)
def unknown_sandbox_field(context: Context, block: Block) -> Iterator[Finding]:
    """A key in a sandbox block that its provider does not take.

    ## Why

    What stands below the name of a provider becomes the arguments of its class, and each section the arguments of
    another. So a key that is not known there is a TypeError, which comes when the first sandbox is made, long after the
    configuration was found valid.

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
                yield from _unknown(context, name, given)


def _sandboxes_in(context: Context, block: Block) -> Iterator[Table]:
    """The block itself if it is a sandbox, and those that its servers hold inline."""
    if looks_like_sandbox(block.name, block.table, context.profile):
        yield block.table
        return
    for server in block.servers:
        if _mentions_sandboxes(context, server.config.origin) or _mentions_sandboxes(context, block.table.origin):
            yield from (found for found in references_in(server.config) if isinstance(found, Table))


def _mentions_sandboxes(context: Context, origin: Origin) -> bool:
    """Whether a text has the key at all."""
    if origin.provenance is Provenance.WRITTEN:
        return _file_mentions_sandboxes(context.workspace, origin.path)
    return SANDBOX_PROVIDER in origin.text


@query
def _file_mentions_sandboxes(workspace: Workspace, path: PurePath) -> bool:
    return SANDBOX_PROVIDER in (workspace.text(path) or "")


def _unknown(context: Context, provider: str, given: Table) -> Iterator[Finding]:
    arguments = _arguments(context, provider, given)
    if arguments is None:
        return
    yield from _strange(given, arguments, f"the sandbox provider `{provider}`")
    for name, keys in arguments.items():
        section = given.get(name)
        if keys is not None and isinstance(section, Table):
            yield from _strange(section, dict.fromkeys(keys), f"`{name}` of the sandbox provider `{provider}`")


def _strange(table: Table, known: Mapping[str, object], whose: str) -> Iterator[Finding]:
    for key, value in table.entries.items():
        if not isinstance(key, str) or key in known or key in DIRECTIVE_KEYS:
            continue
        near = [name for name in nearest_fields(key, known) if name not in table.entries]
        way_out = f"; did you mean {listed(near[:1])}?" if near else ""
        yield at_key(value, f"{whose} takes no `{key}`{way_out}", fixes=renames(value, near))


def _arguments(context: Context, provider: str, given: Table) -> Arguments | None:
    """What a provider takes, None where it takes anything; its source is read only if something may be wrong."""
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
    """Return what the source of a provider accepts; None if that is anything."""
    found = workspace.sandbox_provider(provider)
    if found is None or found.model is None or found.sections is None:
        return None
    sections = found.sections
    return {
        name: frozenset(sections[name].fields) if name in sections and sections[name].extra == "forbid" else None
        for name in found.model.fields
    }
