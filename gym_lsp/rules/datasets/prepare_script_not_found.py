"""The rule `prepare-script-not-found`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import BENCHMARK, PREPARE_SCRIPT, TYPE
from gym_lsp.memo import query
from gym_lsp.rules.analysis.datasets import prepares_all, settled_path
from gym_lsp.rules.analysis.paths import suggested
from gym_lsp.rules.analysis.presence import is_missing
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.workspace.workspace import Workspace


@rule("prepare-script-not-found", on=Block, severity=Severity.ERROR)
def prepare_script_not_found(context: Context, block: Block) -> Iterator[Finding]:
    """A prepare script that does not exist, or that NeMo Gym cannot use.

    ## Why

    `gym eval prepare` converts the path to the name of a module, imports it, and calls its function `prepare`. So the
    file must exist below the working directory and define `prepare`. Its path must be relative, and the names of the
    folders in it must not contain a dot.

    ## Example

    ```yaml
    # --- benchmarks/counting/config.yaml
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/data/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
    #                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[prepare-script-not-found]
              prompt_config: null
    # --- benchmarks/counting/prepare.py
    def main(): ...
    ```

    ## Use instead

    ```yaml
    # --- benchmarks/counting/config.yaml
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/data/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: null
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    ```
    """
    for dataset in block.datasets:
        if dataset.leaf(TYPE) != BENCHMARK and not prepares_all(context.profile):
            continue
        given = settled_path(dataset, PREPARE_SCRIPT)
        if given is not None:
            yield from _about(context, *given)


def _about(context: Context, value: Leaf, script: str) -> Iterator[Finding]:
    fault = _fault(context, script)
    if fault is not None:
        yield at_value(value, fault)
    elif context.search.resolve(context.files, script) is None:
        similar = suggested(script, value.origin.path, context.files, context.search, ".py")
        suggestions = [each for each in similar if _fault(context, each) is None]
        if suggestions or is_missing(context, script):
            way_out = f"; did you mean `{suggestions[0]}`?" if suggestions else ""
            fixes = tuple(replace_value(value, each, f"Change to `{each}`") for each in suggestions)
            yield at_value(value, f"prepare script `{script}` not found{way_out}", fixes=fixes)


def _fault(context: Context, script: str) -> str | None:
    """Return why a path, or the file at that path, cannot be used as a prepare script; `None` if it can be used."""
    path = PurePath(script)
    if path.is_absolute():
        return "the path of a prepare script must be relative, because NeMo Gym imports it as a module"
    dotted = next((part for part in path.with_suffix("").parts if "." in part), None) if path.name else None
    if dotted is not None:
        return f"`{dotted}` must not contain a dot, because NeMo Gym imports the prepare script as a module"
    found = context.search.resolve(context.files, script)
    if found is None or has_prepare(context.workspace, found):
        return None
    return f"`{script}` does not define a function `prepare`"


@query
def has_prepare(workspace: Workspace, path: PurePath) -> bool:
    """Return whether a script binds the name `prepare`, as far as its source shows; `True` if it cannot be read."""
    try:
        text = workspace.files.programs().read(path)
    except Unreadable:
        return True
    if "\ndef prepare(" in text or text.startswith("def prepare("):
        return True
    from gym_lsp.gym.python.module import Module

    module = Module(path, path.stem, text)
    return bool(module.definition("prepare") or module.imported("prepare") or module.star_imports)
