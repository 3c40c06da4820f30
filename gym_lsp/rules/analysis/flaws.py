"""What the rules about almost-servers share, and which rule reports which flaw.

Exactly one rule reports each flaw, so that none is reported twice and none is lost: `almost-server` reports the flaws
that no other rule does.
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
    """Return the name of the rule that reports a flaw; None if another flaw of the same block covers it."""
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
"""Flaws of a value that should not be next to an implementation at all, which `SEVERAL_IMPLEMENTATIONS` reports."""


def dataset_rule(flaw: Flaw) -> str:
    """Return the name of the rule that reports a flaw in the `datasets` of a server."""
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
    """Whether a flaw is in the `datasets` of a server."""
    return flaw.rest[:1] == (DATASETS,)


def flaw_severity(problem: AlmostServer) -> Severity:
    """Return an error; a warning if `error_on_almost_servers: false` lets the run continue without the server."""
    return Severity.WARNING if problem.ignored else Severity.ERROR


def group_of(problem: AlmostServer) -> Table | None:
    """Return the mapping of implementations under the server type that contains a flaw."""
    path = problem.flaw.path
    return problem.block.table(path[0]) if path else None


def stray_fields(group: Table) -> tuple[Config, ...]:
    """Return the values next to the only implementation under a server type that can only be fields of it."""
    strays = tuple(value for value in group.entries.values() if not isinstance(value, Table) or _is_stray_ref(value))
    return strays if len(group.entries) - len(strays) == 1 else ()


def _is_stray_ref(table: Table) -> bool:
    return is_ref(table) and isinstance(table.leaf(TYPE), str) and ENTRYPOINT not in table.entries


def fields_like(table: Table, field: str) -> Config | None:
    """Return the value under a key that misspells `field`."""
    near = nearest(field, (key for key in table.entries if isinstance(key, str)), most=1)
    return table.get(near[0]) if near else None


def intended_as(table: Table, field: str, known: Collection[str]) -> Config | None:
    """Return the value under a key that is not in `known` and that was probably intended as `field`."""
    unread = (key for key in table.entries if isinstance(key, str) and key not in known)
    return next((table.get(key) for key in unread if nearest_fields(key, (field,))), None)


def key_text(config: Config) -> str:
    """Return the key of a value as it is written; empty for a list element."""
    return config.key.text if isinstance(config.key, Scalar) else ""


def value_text(config: Config) -> str:
    """Return a scalar as it is written, with its quotes; empty for a collection."""
    return config.node.span.of(config.origin.text) if isinstance(config, Leaf) else ""
