"""The rule `unknown-prompt-column`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.source import config_file
from gym_lsp.diagnostic import FileEdit, Fix, RelatedLocation, Severity
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import JSONL_FPATH
from gym_lsp.gym.prompt import TEMPLATES, placeholders, template_faults
from gym_lsp.rules.analysis.datasets import settled_path
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.analysis.prompts import brace_places, prompts_named
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.listings import Columns, columns_in


@rule("unknown-prompt-column", on=Block, severity=Severity.WARNING)
def unknown_prompt_column(context: Context, block: Block) -> Iterator[Finding]:
    """A prompt with a placeholder for a column that does not exist in the rows of its dataset.

    ## Why

    NeMo Gym inserts the columns of each row into the template, and fails at the first row without one of them. gym-lsp
    reads the prepared file, if it exists. Of a file above 2 MiB, it reads only the first rows. Later rows may have
    other columns, so this is only information. The finding is in the config that names both, because a prompt may be
    used with several datasets.

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
              jsonl_fpath: benchmarks/counting/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: benchmarks/counting/prompt.yaml
    #                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unknown-prompt-column]
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "{qestion}"
    # --- benchmarks/counting/counting.jsonl
    {"question": "How many letters has ox?", "answer": 2}
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
              jsonl_fpath: benchmarks/counting/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: benchmarks/counting/prompt.yaml
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "{question}"
    # --- benchmarks/counting/counting.jsonl
    {"question": "How many letters has ox?", "answer": 2}
    ```
    """
    for dataset, prompt, path in prompts_named(block):
        rows = settled_path(dataset, JSONL_FPATH)
        columns = None if rows is None else _columns(context, rows[1])
        if rows is None or columns is None:
            continue
        for used in _used(context, prompt, path):
            if used.name not in columns.names:
                yield _about_column(prompt, used, columns, rows[1])


def _about_column(prompt: Leaf, used: _Used, columns: Columns, rows: str) -> Finding:
    near = nearest(used.name, columns.names)
    way_out = f"; did you mean `{near[0]}`?" if near else ""
    which = "any row" if columns.is_complete else "the first rows"
    message = f"`{{{shortened(used.name)}}}` is not a column of {which} of `{rows}`{way_out}"
    place = RelatedLocation(used.path, used.span, "the placeholder")
    fixes = tuple(used.renamed(name) for name in near) if used.is_spelled_so else ()
    severity = None if columns.is_complete else Severity.INFORMATION
    return at_value(prompt, message, severity=severity, related=(place,), fixes=fixes)


class _Used(Struct, frozen=True):
    """A column that a prompt uses. `span` covers its name, or the whole template if that contains escapes."""

    name: str
    path: PurePath
    span: Span
    is_spelled_so: bool

    def renamed(self, name: str) -> Fix:
        return Fix(f"Change to `{{{name}}}`", (FileEdit(self.path, Edit(self.span, name)),))


def _used(context: Context, prompt: Leaf, named: str) -> Iterator[_Used]:
    """Yield each column that a prompt uses once, or none if the template is not valid, or the config names itself."""
    path = context.search.resolve(context.files, named)
    try:
        text = "" if path is None else context.files.read(path)
    except Unreadable:
        return
    if path in (None, prompt.origin.path):
        return
    config = config_file(path, text).config
    templates = [config.get(key) for key in TEMPLATES]
    texts = [(each, each.value) for each in templates if isinstance(each, Leaf) and isinstance(each.value, str)]
    seen: set[str] = set()
    for template, content in texts:
        if any(True for _ in template_faults(content)):
            return
        braces = brace_places(template, content)
        for placeholder in placeholders(content):
            if placeholder.name in seen:
                continue
            seen.add(placeholder.name)
            span = template.node.span
            start = span.start if braces is None else braces[placeholder.start] + 1
            name = Span(start, start + len(placeholder.name))
            is_spelled_so = name.of(text) == placeholder.name
            yield _Used(placeholder.name, path, name if is_spelled_so else span, is_spelled_so)


def _columns(context: Context, rows: str) -> Columns | None:
    """Return the columns of the rows of a file in a search root, or None if they are not known."""
    path = context.search.resolve(context.files, rows)
    if path is None or not any(path.is_relative_to(root) for root in context.search.roots):
        return None
    found = columns_in(context.workspace, path)
    return found if found.names and found.is_valid else None
