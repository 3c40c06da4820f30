"""The rule `config-path-not-gym`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.include import Included
from gym_lsp.compose.run import Composition
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.workspace.recognise import FileKind, recognise

_KINDS = {FileKind.MANIFEST: "a manifest", FileKind.PROMPT: "a prompt file"}


@rule("config-path-not-gym", on=Composition, severity=Severity.WARNING)
def config_path_not_gym(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """An entry of `config_paths` that includes a prompt file, a manifest or a file of another tool.

    ## Why

    NeMo Gym merges any mapping. The keys of a prompt file or a manifest become top-level keys of the run. Nothing reads
    them there, and they may override other keys.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/counting/prompt.yaml
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[config-path-not-gym]
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/counting/prompt.yaml
    user: "How many letters has {word}?"
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/counting/prompt.yaml
    user: "How many letters has {word}?"
    ```
    """
    for node in composition.includes.nodes:
        if node.includer is None or node.file is None:
            continue
        kind = recognise(node.file.path.as_posix(), node.file.document, context.profile)
        kind_name = _KINDS.get(kind)
        if kind_name is not None:
            yield at_value(node.item, f"`{node.entry}` is {kind_name}; including it only adds its keys to the run")
        elif kind is FileKind.OTHER and not _gives_values(context, composition, node, node.file):
            message = f"`{node.entry}` does not look like a config; this run does not use anything that it defines"
            yield at_value(node.item, message)


def _gives_values(context: Context, composition: Composition, node: Included, file: ConfigFile) -> bool:
    """Whether a file without servers may still be useful: it includes files, or has values that others refer to."""
    if not file.config.entries or node.children or file.document.is_broken or not file.root_is_mapping:
        return True
    if not context.checks_run and any(isinstance(value, Leaf) for value in file.config.entries.values()):
        # Values that this run does not need may be intended for another run.
        return True
    names = {name for name in file.config.entries if isinstance(name, str)}
    if not names.isdisjoint(context.profile.reserved_keys):
        return True
    others = [other for other in composition.files if other.path != file.path]
    if any(not names.isdisjoint(map(str, other.config.entries)) for other in others):
        return True
    return any(name in other.document.text for name in names for other in others)
