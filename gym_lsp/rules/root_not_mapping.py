"""The rule `root-not-mapping`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import RootNotMapping
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.rule import Finding, rule, shortened
from gym_lsp.syntax import Scalar, Sequence


@rule("root-not-mapping", on=(RootNotMapping, ConfigFile), severity=Severity.ERROR)
def root_not_mapping(context: RuleContext, subject: RootNotMapping | ConfigFile) -> Iterator[Finding]:
    """A config that holds a list, a number or a lone word instead of `key: value` lines.

    ## Why

    A config is a mapping of names to blocks. NeMo Gym fails on a list or a number with a bare Python error. A lone
    word, which is mostly a key that lost its colon, it takes for a key without a value and says nothing.

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
    if isinstance(subject, ConfigFile):
        root = subject.document.root
        if isinstance(root, Scalar) and isinstance(root.value, str) and root.value and not subject.document.is_broken:
            message = f"`{shortened(root.text)}` alone sets nothing; is a colon missing behind a key?"
            yield Finding(subject.origin, root.span, message)
        return
    node = subject.at.node
    if isinstance(node, Sequence):
        span = node.items[0].span if node.items else node.span
        begin = node.span.start
        message = "a config is a mapping of names to blocks, and this is a list"
        yield Finding(subject.at.origin, span._replace(start=begin), message)
    else:
        message = "a config is a mapping of names to blocks, and this is a single value"
        yield Finding(subject.at.origin, node.span, message)
