"""The rule `duplicate-key`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Origin
from gym_lsp.compose.problem import Malformed
from gym_lsp.diagnostic import Applicability, FileEdit, Fix, RelatedLocation, Severity
from gym_lsp.gym.errors import ConfigError
from gym_lsp.rules.analysis.dashes import LostDash, lost_dash
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.edits import remove_lines
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.syntax import Document, Entry, Mapping, SyntaxProblemKind, parse, plain, walk
from gym_lsp.text import Span


@rule(
    "duplicate-key",
    on=Malformed,
    kind=SyntaxProblemKind.DUPLICATE_KEY,
    severity=Severity.ERROR,
    predicts=ConfigError,
    holds_in_parts=True,
)
def duplicate_key(context: Context, problem: Malformed) -> Iterator[Finding]:
    """A key that appears twice in one mapping.

    ## Why

    YAML libraries usually use the last one. NeMo Gym rejects the whole file, because one of the two is not what its
    author expects. It happens when two branches add the same key and both are merged, and when a list element loses its
    dash and becomes part of the element above it.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          verified: false
          domain: math
    #     ^^^^^^ error[duplicate-key]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          verified: false
    ```
    """
    origin, found = problem.at.origin, problem.problem
    assert found.first is not None
    document = _document(context, origin)
    first = RelatedLocation(origin.path, found.first, "first defined here")
    lost = lost_dash(document, found.span)
    if lost is not None:
        # The other keys of that element are repeated for the same reason.
        if lost.key == found.span:
            message = f"duplicate key `{found.detail}` in this list element; is a dash missing before it?"
            yield Finding(origin, found.span, message, related=(first,), fixes=_with_dash(origin.path, lost))
        return
    message = f"duplicate key `{found.detail}`; NeMo Gym rejects the file"
    yield Finding(origin, found.span, message, related=(first,), fixes=_fixes(problem, document))


def _document(context: Context, origin: Origin) -> Document:
    """Return the tree of a text, which is nearly always that of the file itself."""
    loaded = context.workspace.load(origin.path)
    return loaded.document if loaded.document.text is origin.text else parse(origin.text)


def _with_dash(path: PurePath, lost: LostDash) -> tuple[Fix, ...]:
    return () if lost.edit is None else (Fix("Start a new list element here", (FileEdit(path, lost.edit),)),)


def _fixes(problem: Malformed, document: Document) -> tuple[Fix, ...]:
    """Return the fix that removes the second entry; it is safe if both entries have the same value."""
    origin, found = problem.at.origin, problem.problem
    assert found.first is not None
    first, second = _entry_at(document, found.first), _entry_at(document, found.span)
    if first is None or second is None:
        return ()
    edit = remove_lines(origin.text, second.span)
    if edit is None:
        return ()
    is_same = plain(first.value) == plain(second.value)
    applicability = Applicability.SAFE if is_same else Applicability.UNSAFE
    return (Fix(f"Remove this `{found.detail}`", (FileEdit(origin.path, edit),), applicability),)


def _entry_at(document: Document, key: Span) -> Entry | None:
    """Return the entry whose key has this span."""
    mappings = (node for node in walk(document.root) if isinstance(node, Mapping))
    return next((entry for mapping in mappings for entry in mapping.entries if entry.key.span == key), None)
