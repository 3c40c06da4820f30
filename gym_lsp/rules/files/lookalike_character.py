"""The rule `lookalike-character`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import Origin
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.rules.engine.context import Context, EnvironmentFile, Manifest, Prompt
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.files.lookalikes import Disguise, disguise, in_typographic_quotes, invisible_edge
from gym_lsp.syntax import Mapping, Scalar, Sequence, walk
from gym_lsp.syntax.tree import Node
from gym_lsp.text import Edit

_QUOTES = ("'", '"')
_PLAIN = re.compile(r"[A-Za-z_/][\w./-]*")


@rule(
    "lookalike-character",
    on=(ConfigFile, EnvironmentFile, Manifest, Prompt),
    severity=Severity.WARNING,
    entrywise=True,
    holds_in_parts=True,
)
def lookalike_character(
    context: Context, subject: ConfigFile | EnvironmentFile | Manifest | Prompt
) -> Iterator[Finding]:
    """A character in a key or a value that looks like another character or is invisible.

    ## Why

    Text that is copied from a browser, a chat or a word processor may contain no-break spaces, zero-width characters,
    typographic quotes, and letters of other alphabets. To YAML these are ordinary characters: a key with one of them is
    a different key, and typographic quotes do not quote, but become part of the value. Neither is visible.

    If another rule would report the same text, only this finding is reported, because it is the cause.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          description: “Counts letters.”
    #                  ^^^^^^^^^^^^^^^^^ warning[lookalike-character]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          description: "Counts letters."
    ```
    """
    file = subject if isinstance(subject, ConfigFile) else subject.file
    if file.document.text.isascii():
        return
    # Aliases are not followed, so each text is checked once, where it is written.
    for node in walk(file.document.root):
        if isinstance(node, Mapping):
            for entry in node.entries:
                yield from _about_key(file.origin, entry.key)
                yield from _about_value(file.origin, entry.value)
        elif isinstance(node, Sequence):
            for item in node.items:
                yield from _about_value(file.origin, item)


def _about_key(origin: Origin, key: Node) -> Iterator[Finding]:
    if not isinstance(key, Scalar) or (written := _written(key, origin)).isascii():
        return
    found = disguise(written)
    if found is not None:
        message = f"this key is not `{found.intended}`: it contains {_named(found.character)}, which {found.looks_like}"
        yield Finding(origin, key.span, message, fixes=_fixes(origin, key, found))


def _about_value(origin: Origin, value: Node) -> Iterator[Finding]:
    if not isinstance(value, Scalar) or value.style not in (None, *_QUOTES):
        return
    written = _written(value, origin)
    if written.isascii():
        return
    quoted = in_typographic_quotes(written) if value.style is None else None
    if quoted is not None:
        message = f'{_named(written[0])} is not a quote in YAML and becomes part of the value; use `"`'
        text = quoted if _PLAIN.fullmatch(quoted) else '"{}"'.format(quoted.replace("\\", "\\\\").replace('"', '\\"'))
        edit = FileEdit(origin.path, Edit(value.span, text))
        yield Finding(origin, value.span, message, fixes=(Fix("Replace the typographic quotes", (edit,)),))
        return
    found = disguise(written)
    if found is None or " " in found.intended:
        found = invisible_edge(written)
    if found is not None:
        message = f"this value contains {_named(found.character)}, which {found.looks_like} and becomes part of it"
        yield Finding(origin, value.span, message, fixes=_fixes(origin, value, found))


def _named(character: str) -> str:
    return f"the character U+{ord(character):04X}"


def _written(node: Scalar, origin: Origin) -> str:
    """Return a scalar as it is written, without its quotes; an escaped character is intended, and stays escaped."""
    written = node.span.of(origin.text)
    return written[1:-1] if node.style in _QUOTES else written


def _fixes(origin: Origin, node: Scalar, found: Disguise) -> tuple[Fix, ...]:
    """Return the fix that writes the text as it looks; none if it would contain a space, which is hardly intended."""
    written = _written(node, origin)
    if found.intended == written or (" " in found.intended and " " not in written):
        return ()
    quote = node.style if node.style in _QUOTES else ""
    edit = FileEdit(origin.path, Edit(node.span, f"{quote}{found.intended}{quote}"))
    return (Fix("Replace the lookalike characters", (edit,)),)
