"""The rule `root-not-mapping`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from gym_lsp.compose.config import Origin
from gym_lsp.compose.problem import RootNotMapping
from gym_lsp.compose.resolved import scalar
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.gym.layout import ENV_YAML
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.rules.files.yaml_wording import ASSIGNMENT
from gym_lsp.syntax import Scalar, Sequence, Value
from gym_lsp.text import Edit, Span


@rule("root-not-mapping", on=(RootNotMapping, ConfigFile, EnvironmentFile), severity=Severity.ERROR)
def root_not_mapping(context: Context, subject: RootNotMapping | ConfigFile | EnvironmentFile) -> Iterator[Finding]:
    """A config that contains a list, a number or a single word instead of `key: value` lines.

    ## Why

    A config is a mapping of names to blocks. NeMo Gym fails on a list or a number with a bare Python error. It reads a
    single word as a key without a value and does not report an error; the word is usually a key without its colon.

    ## Example

    ```yaml
    - counting
    ^^^^^^^^^^ error[root-not-mapping]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    if isinstance(subject, RootNotMapping):
        yield _not_a_mapping(subject.at.origin, subject.at.node)
        return
    file = subject.file if isinstance(subject, EnvironmentFile) else subject
    root = file.document.root
    if isinstance(subject, EnvironmentFile) and root is not None and not file.root_is_mapping:
        yield _not_a_mapping(file.origin, root)
    elif isinstance(root, Scalar) and isinstance(root.value, str) and root.value and not file.document.is_broken:
        converted = _without_assignments(file.origin.text) if file.path.name == ENV_YAML else None
        if converted is not None:
            whole = FileEdit(file.path, Edit(Span(0, len(file.origin.text)), converted))
            message = "`KEY=VALUE` lines have no effect here; write `KEY: VALUE`"
            yield Finding(file.origin, root.span, message, fixes=(Fix("Use colons", (whole,)),))
            return
        # In env.yaml the word may be a secret.
        word = "this" if file.path.name == ENV_YAML else f"`{shortened(root.text)}`"
        yield Finding(file.origin, root.span, f"{word} alone has no effect; is a colon missing after a key?")


def _without_assignments(text: str) -> str | None:
    """Return the text with a colon in each `KEY=VALUE` line; None if another line is neither empty nor a comment."""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        content = line.strip()
        assigned = ASSIGNMENT.fullmatch(content)
        if assigned is not None:
            lines.append(line.replace(content, f"{assigned['key']}: {_as_text(assigned['value'])}"))
        elif content and not content.startswith("#"):
            return None
        else:
            lines.append(line)
    return "".join(lines)


def _as_text(value: str) -> str:
    """Return the value of a shell's assignment as YAML. It is text, also if it looks like a number."""
    return value if value[:1] in "\"'" else scalar(value)


def _not_a_mapping(origin: Origin, node: Value) -> Finding:
    if not isinstance(node, Sequence):
        return Finding(origin, node.span, "this config is a single value; expected a mapping of names to blocks")
    span = node.items[0].span if node.items else node.span
    message = "this config is a list; expected a mapping of names to blocks"
    return Finding(origin, replace(span, start=node.span.start), message)
