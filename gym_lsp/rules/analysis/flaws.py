"""What the rules about almost-servers share, and which of them speaks of which flaw.

Each flaw has exactly one rule, so that none is reported twice and none is lost: what no other rule takes is for
`almost-server`.
"""

from __future__ import annotations

from collections.abc import Collection

from gym_lsp.compose.blocks import is_ref
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.flaw import Flaw, FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DATASETS, DOMAIN, ENTRYPOINT, LICENSE, TYPE, is_dataset_field, is_server
from gym_lsp.rules.analysis.naming import nearest, nearest_fields
from gym_lsp.syntax import Scalar

ALMOST_SERVER = "almost-server"

_RULES = {
    FlawKind.DOMAIN_ABSENT: "missing-domain",
    FlawKind.KEY_NOT_TEXT: "key-not-text",
    FlawKind.NAME_NOT_TEXT: "key-not-text",
    FlawKind.NO_IMPLEMENTATION: "empty-server-type",
}


def rule_for(problem: AlmostServer) -> str | None:
    """The name of the rule that reports a flaw; None where another flaw of the same block covers it."""
    flaw = problem.flaw
    if is_in_datasets(flaw):
        return dataset_rule(flaw)
    group = group_of(problem)
    if flaw.kind is FlawKind.SEVERAL_IMPLEMENTATIONS:
        return "wrong-nesting" if group is not None and stray_fields(group) else "several-implementations"
    if group is not None and len(group.entries) > 1 and is_server(problem.path) and flaw.kind in _INCOMPLETE:
        return None
    if flaw.kind is FlawKind.WRONG_VALUE and flaw.field == DOMAIN:
        return "unknown-domain"
    return _RULES.get(flaw.kind, ALMOST_SERVER)


_INCOMPLETE = (FlawKind.WRONG_VALUE, FlawKind.FIELD_ABSENT, FlawKind.DOMAIN_ABSENT)
"""Flaws of a value that should not stand beside an implementation at all, which `SEVERAL_IMPLEMENTATIONS` says."""


def dataset_rule(flaw: Flaw) -> str:
    """The name of the rule that speaks of a flaw in the `datasets` of a server."""
    if flaw.kind is FlawKind.WRONG_VALUE and is_dataset_field(flaw.path):
        return _DATASET_FIELDS.get(flaw.field, INVALID_DATASET)
    return _DATASET_RULES.get(flaw.kind, INVALID_DATASET)


INVALID_DATASET = "invalid-dataset"
_DATASET_FIELDS = {LICENSE: "unknown-license", TYPE: "unknown-dataset-type"}
_DATASET_RULES = {
    FlawKind.LICENSE_ABSENT: "missing-license",
    FlawKind.FIELD_ABSENT: "missing-dataset-field",
    FlawKind.SOURCE_TWICE: "dataset-source-twice",
}


def is_in_datasets(flaw: Flaw) -> bool:
    """Whether a flaw lies in the `datasets` of a server."""
    return flaw.rest[:1] == (DATASETS,)


def flaw_severity(problem: AlmostServer) -> Severity:
    """An error; a warning where `error_on_almost_servers: false` lets the run go on without the server."""
    return Severity.WARNING if problem.ignored else Severity.ERROR


def group_of(problem: AlmostServer) -> Table | None:
    """The mapping of implementations under the server type that a flaw is in."""
    path = problem.flaw.path
    return problem.block.table(path[0]) if path else None


def stray_fields(group: Table) -> tuple[Config, ...]:
    """What stands beside the one implementation under a server type and can only be a field of it."""
    strays = tuple(value for value in group.entries.values() if not isinstance(value, Table) or _is_stray_ref(value))
    return strays if len(group.entries) - len(strays) == 1 else ()


def _is_stray_ref(table: Table) -> bool:
    return is_ref(table) and isinstance(table.leaf(TYPE), str) and ENTRYPOINT not in table.entries


def fields_like(table: Table, field: str) -> Config | None:
    """The value under a key that is a slip of `field`."""
    near = nearest(field, (key for key in table.entries if isinstance(key, str)), most=1)
    return table.get(near[0]) if near else None


def meant_as(table: Table, field: str, known: Collection[str]) -> Config | None:
    """The value under a key that nothing reads, as `known` has it, and that was meant to be `field`."""
    unread = (key for key in table.entries if isinstance(key, str) and key not in known)
    return next((table.get(key) for key in unread if nearest_fields(key, (field,))), None)


def key_text(config: Config) -> str:
    """The key under which a value is written, as the text spells it; empty for a list element."""
    return config.key.text if isinstance(config.key, Scalar) else ""


def value_text(config: Config) -> str:
    """A scalar as the text spells it, quotes and all; empty for a collection."""
    return config.node.span.of(config.origin.text) if isinstance(config, Leaf) else ""
