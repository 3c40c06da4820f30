"""The rule `prompt-file-not-found`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Kind, absolute
from gym_lsp.rules.analysis.components import server_folder
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule

_FIELD = re.compile(r"(?:.*_)?(?:prompts?|templates?)(?:_.*)?_(?:fpath|path|file)")


@rule("prompt-file-not-found", on=Block, severity=Severity.WARNING)
def prompt_file_not_found(context: Context, block: Block) -> Iterator[Finding]:
    """A prompt or template of a server that does not lead to a file.

    ## Why

    A server reads the file that a field such as `judge_prompt_template_fpath` names when it starts, or only when it
    judges the first answer. Its working directory is the folder of its implementation, so the path is relative to that
    folder; some servers look it up in the search roots.

    ## Example

    ```yaml
    # --- resources_servers/counting/requirements.txt
    # --- resources_servers/counting/prompts/judge.txt
    Are they equal?
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          judge_prompt_fpath: prompts/juge.txt
    #                         ^^^^^^^^^^^^^^^^ warning[prompt-file-not-found] did you mean `prompts/judge.txt`?
    # --- resources_servers/counting/app.py
    ```

    ## Use instead

    ```yaml
    # --- resources_servers/counting/requirements.txt
    # --- resources_servers/counting/prompts/judge.txt
    Are they equal?
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          judge_prompt_fpath: prompts/judge.txt
    # --- resources_servers/counting/app.py
    ```
    """
    for server in block.servers:
        for key, value in server.config.entries.items():
            if isinstance(key, str) and isinstance(value, Leaf) and _FIELD.fullmatch(key) and _is_path(value):
                yield from _about(context, value, server.server_type, server.implementation)


def _is_path(value: Leaf) -> bool:
    text = value.value
    return isinstance(text, str) and "/" in text and "\n" not in text and not value.marks


def _about(context: Context, value: Leaf, server_type: str, implementation: str) -> Iterator[Finding]:
    path = str(value.value)
    folder = server_folder(context.workspace, server_type, implementation)
    if folder is None or PurePath(path).is_absolute() or path.startswith("~"):
        return
    bases = (folder.path, *context.search.roots, value.origin.path.parent)
    if any(context.files.kind(absolute(path, base)) is not None for base in bases):
        return
    entries = context.files.entries(absolute(path, folder.path).parent)
    names = {entry.name for entry in entries if entry.kind is Kind.FILE}
    near = [(PurePath(path).parent / name).as_posix() for name in nearest(PurePath(path).name, names)]
    way_out = f"; did you mean `{near[0]}`?" if near else ""
    fixes = tuple(replace_value(value, each, f"Change to `{each}`") for each in near)
    place = context.search.spell(folder.path)
    yield at_value(value, f"`{path}` not found in `{place}` or any search root{way_out}", fixes=fixes)
