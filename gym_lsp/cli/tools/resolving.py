"""The tool `resolve`: the composed configuration of a run, or a part of it, with the source of each value."""

from __future__ import annotations

from collections.abc import Sequence

from gym_lsp.cli.resolving import errors_of, resolved_of
from gym_lsp.cli.tools.arguments import Resolve
from gym_lsp.cli.tools.paging import cut, joined, page
from gym_lsp.cli.tools.site import Site
from gym_lsp.compose.secrets import Secrets, masked_text
from gym_lsp.ide.resolved import ResolvedDocument, ResolvedLine
from gym_lsp.mcp.calling import quoted
from gym_lsp.mcp.offer import Answer, Data, ToolError
from gym_lsp.rules.analysis.naming import nearest

_FEW = 12
"""The most keys that a message lists."""


def resolve(site: Site, given: Resolve) -> Answer:
    """Return the lines of the resolved configuration, with masked secrets."""
    chosen = site.for_run("resolve", given)
    found = resolved_of(chosen.options)
    known = found.workspace.secrets(found.composition.run)
    lines = _below(found.document, tuple(given.key.split(".")), known) if given.key else found.document.lines
    part = page(lines, given.offset, given.limit, lambda line: min(len(line.text), 400) + 80)
    sources = [found.origin(line) if given.provenance else "" for line in part.shown]
    errors = errors_of(found)
    text = joined(
        f"# {found.workspace.title_of(found.composition.run)}: {len(lines)} lines",
        *(
            cut(line.text) + (f"  # {cut(source)}" if source else "")
            for line, source in zip(part.shown, sources, strict=True)
        ),
        *part.rest("lines", "narrow with `key`"),
        *((f"this run has {errors} error{'' if errors == 1 else 's'}; `check` shows them",) if errors else ()),
        *(f"note: {cut(note)}" for note in chosen.notes),
    )
    shown: list[Data] = [
        {
            "key": masked_text(".".join(map(str, line.path)), known),
            "line": cut(line.text.strip()),
            "source": source or None,
        }
        for line, source in zip(part.shown, sources, strict=True)
    ]
    return Answer(text, {"lines": shown, **part.data, "errors": errors, "notes": list(chosen.notes)})


def _below(document: ResolvedDocument, steps: tuple[str, ...], secrets: Secrets) -> tuple[ResolvedLine, ...]:
    """Return the lines of the value at a key path. Raises ToolError."""
    found = tuple(line for line in document.lines if tuple(map(str, line.path[: len(steps)])) == steps)
    if found:
        return found
    for length in range(len(steps)):
        above = steps[:length]
        known = tuple(
            dict.fromkeys(
                str(line.path[length])
                for line in document.lines
                if len(line.path) > length and tuple(map(str, line.path[:length])) == above
            )
        )
        if steps[length] not in known:
            raise ToolError(_not_found(steps, length, [masked_text(key, secrets) for key in known]))
    raise ToolError(f"{quoted('.'.join(steps))} has no lines of its own")


def _not_found(steps: tuple[str, ...], length: int, known: Sequence[str]) -> str:
    where = f"in {quoted('.'.join(steps[:length]))}" if length else "in this run"
    message = f"key {quoted(steps[length])} not found {where}"
    near = nearest(steps[length], known)
    if near:
        return f"{message}; did you mean {quoted(near[0])}?"
    if not known:
        return f"{message}, which has no keys"
    more = f" and {len(known) - _FEW} more" if len(known) > _FEW else ""
    return f"{message}; its keys are {', '.join(map(quoted, known[:_FEW]))}{more}"
