"""Texts in documents that stand for what a reader chooses, so that nothing can be wrong with them."""

from __future__ import annotations

import re

_IN_COMMAND = re.compile(
    r"""
    \.\.\.|…                        # an omission
    |(?:^|/)(?:my|your|some)[_-]    # my_server
    |(?:^|[/_-])(?:my|your)(?:[/._-]|$)
    |(?:^|/)(?:path|to)/            # path/to/config.yaml
    |[<>*?{}|]                      # <server>, a pattern
    |(?:^|/)[A-Z][A-Z0-9_]*(?:/|\.|$)  # resources_servers/NAME/configs/NAME.yaml
    |(?:^|[/_])(?:xxx+|foo|bar|example_name|placeholder)(?:[/._]|$)
    """,
    re.VERBOSE,
)
_IN_YAML = re.compile(
    r"""
    \.\.\.|…                        # an omission
    |(?<![a-z0-9])(?:my|your|some)[_-]
    |\b(?:path|to)/
    |<[a-z][^<>\n]*>|\{\{|%\w+%      # <domain>, {{ domain }}
    |\$\w                           # $NAME, but not an interpolation
    |(?<![a-z0-9])(?:xxx+|foo|bar|placeholder)(?![a-z0-9])
    """,
    re.VERBOSE | re.IGNORECASE,
)


def has_placeholder(text: str) -> bool:
    """Return whether a word of a command, or a path, contains a placeholder."""
    return _IN_COMMAND.search(text) is not None


def yaml_has_placeholder(text: str) -> bool:
    """Return whether some text of a YAML file contains a placeholder. Braces and `${key}` are YAML."""
    return _IN_YAML.search(text) is not None
