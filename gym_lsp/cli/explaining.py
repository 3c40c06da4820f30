"""`gym-lsp --explain`."""

from __future__ import annotations

import json

from gym_lsp.cli.failure import EXIT_CLEAN
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.reading_settings import no_such_rule
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.rule import Rule


def explain(options: Options) -> int:
    """Print the page of a rule; without a name, one line for each rule."""
    name = options.explain
    if options.format == "json":
        rules = [_as_json(rule) for rule in sorted(ALL_RULES, key=lambda rule: rule.name) if name in ("", rule.name)]
        if not rules:
            raise no_such_rule(name or "")
        Output(options).write_text(json.dumps(rules if name == "" else rules[0], indent=2) + "\n")
        return EXIT_CLEAN
    if not name:
        Output(options).write_text("\n".join(index()) + "\n")
        return EXIT_CLEAN
    rule = rule_named(name)
    predicts = f"\n\nNeMo Gym raises {' or '.join(rule.predicts)}." if rule.predicts else ""
    Output(options).write_text(f"# {rule.name} ({rule.severity.label})\n\n{rule.page}{predicts}\n")
    return EXIT_CLEAN


def index() -> list[str]:
    """Return one line for each rule, sorted by name."""
    longest = max(len(rule.name) for rule in ALL_RULES)
    return sorted(f"{rule.name:<{longest}}  {rule.severity.label:<11}  {rule.summary}" for rule in ALL_RULES)


def rule_named(name: str) -> Rule:
    """Return a rule. Raises UsageError."""
    rule = next((rule for rule in ALL_RULES if rule.name == name), None)
    if rule is None:
        raise no_such_rule(name)
    return rule


def _as_json(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "severity": rule.severity.label,
        "summary": rule.summary,
        "page": rule.page,
        "gym_errors": list(rule.predicts),
        "url": rule.url,
    }
