"""The rule `config-path-repeated`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Config, Provenance
from gym_lsp.compose.problem import IncludeRepeated
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Applicability, FileEdit, Fix, RelatedLocation, Severity, Tag
from gym_lsp.files import absolute
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import remove_lines
from gym_lsp.rules.engine.rule import Finding, at_value, related, rule
from gym_lsp.text import Span


@rule("config-path-repeated", on=(IncludeRepeated, Composition), severity=Severity.INFORMATION, holds_in_parts=True)
def config_path_repeated(context: RunContext, subject: IncludeRepeated | Composition) -> Iterator[Finding]:
    """A file that is included twice.

    ## Why

    NeMo Gym compares the entries of `config_paths` letter by letter. It ignores a second entry with the same spelling:
    the file keeps the position of the first entry in the merge order. With different spellings, such as `./a.yaml` and
    `a.yaml`, the same file is merged twice, which is a warning.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/counting/model.yaml
      - environments/counting/model.yaml
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[config-path-repeated]
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/counting/model.yaml
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```
    """
    if isinstance(subject, Composition):
        yield from _respelled(subject)
        return
    if context.search.resolve(context.files, subject.entry) == subject.at.origin.path:
        message = "this file includes itself; the entry has no effect"
    else:
        message = f"`{subject.entry}` is already included; this entry has no effect"
    yield at_value(
        subject.at,
        message,
        related=_first(subject.first),
        fixes=_without(subject),
        tags=frozenset({Tag.UNNECESSARY}),
    )


def _respelled(composition: Composition) -> Iterator[Finding]:
    """Yield the files that are included under two spellings."""
    if len(composition.includes.nodes) < 2:
        return
    seen: dict[PurePath, tuple[str, Config]] = {}
    for node in composition.includes.nodes:
        if node.path is None:
            continue
        path = absolute(node.path, node.path) if ".." in node.path.parts else node.path
        entry, first = seen.setdefault(path, (node.entry, node.item))
        if entry != node.entry:
            message = f"same file as `{entry}`; another spelling merges it a second time"
            yield at_value(node.item, message, severity=Severity.WARNING, related=_first(first))


def _first(first: Config) -> tuple[RelatedLocation, ...]:
    return () if first.origin.provenance is Provenance.OVERRIDE else (related(first, "first included here"),)


def _without(problem: IncludeRepeated) -> tuple[Fix, ...]:
    """Return the fix that removes the entry with its line; none if the first entry is in another list."""
    at = problem.at
    if problem.first.origin is not at.origin:
        return ()
    text = at.origin.text
    dash = text.rfind("-", 0, at.node.span.start)
    if dash == -1 or text[dash + 1 : at.node.span.start].strip(" "):
        return ()
    edit = remove_lines(text, Span(dash, at.node.span.end))
    if edit is None:
        return ()
    return (Fix("Remove this entry", (FileEdit(at.origin.path, edit),), Applicability.SAFE),)
