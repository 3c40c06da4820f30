"""The tool `explain`: the page of a rule."""

from __future__ import annotations

from gym_lsp.cli.explaining import index, rule_named
from gym_lsp.cli.tools.arguments import Explain
from gym_lsp.cli.tools.site import Site
from gym_lsp.mcp.offer import Answer
from gym_lsp.rules import ALL_RULES


def explain(_: Site, given: Explain) -> Answer:
    """Return the page of a rule; without a name, one line for each rule."""
    if not given.rule:
        return Answer("\n".join(index()), {"rules": sorted(rule.name for rule in ALL_RULES)})
    rule = rule_named(given.rule)
    data = {"rule": rule.name, "severity": rule.severity.label, "summary": rule.summary}
    return Answer(rule.document, {**data, "gym_errors": list(rule.predicts)})
