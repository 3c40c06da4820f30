"""The rules. Each is a module of its own; this tuple is the only place that lists them."""

from gym_lsp.rules.invalid_suppression import invalid_suppression
from gym_lsp.rules.missing_license import missing_license
from gym_lsp.rules.rule import Rule
from gym_lsp.rules.server_ref_not_found import server_ref_not_found
from gym_lsp.rules.unreadable_file import unreadable_file
from gym_lsp.rules.unused_suppression import unused_suppression

ALL_RULES: tuple[Rule, ...] = (
    # Files and comments
    unreadable_file,
    unused_suppression,
    invalid_suppression,
    # Servers and their datasets
    missing_license,
    # Names
    server_ref_not_found,
)

RULE_NAMES = frozenset(rule.name for rule in ALL_RULES)
