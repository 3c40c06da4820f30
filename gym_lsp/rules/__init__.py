"""The rules: each is a module of its own, in a package named after its subject, and this table lists them all."""

from __future__ import annotations

from importlib import import_module

from gym_lsp.rules.engine.rule import Rule

SUBJECTS: dict[str, tuple[str, ...]] = {
    "files": (
        "unreadable-file",
        "outside-workspace",
        "literal-secret",
        "unused-suppression",
        "invalid-suppression",
        "invalid-yaml",
        "duplicate-key",
        "root-not-mapping",
        "lookalike-character",
        "unpaired-quote",
        "unquoted-braces",
        "config-path-not-found",
        "config-path-invalid",
        "malformed-config-paths",
        "config-path-repeated",
        "config-path-not-gym",
        "config-path-renamed",
        "misspelt-config-paths",
        "misplaced-config-paths",
        "dotted-key",
        "misnamed-env-file",
        "template-placeholder",
        "comment-in-value",
        "merge-conflict",
    ),
    "servers": (
        "unknown-server-type",
        "empty-server-type",
        "two-server-types",
        "server-type-not-first",
        "wrong-nesting",
        "several-implementations",
        "redefined-server",
        "misplaced-server-field",
        "reserved-instance-name",
        "key-not-text",
        "missing-entrypoint",
        "misspelt-entrypoint",
        "absolute-entrypoint",
        "entrypoint-not-found",
        "implementation-not-found",
        "implementation-not-installable",
        "missing-domain",
        "unknown-domain",
        "prompt-file-not-found",
        "number-out-of-range",
        "port-taken",
        "unknown-server-field",
        "invalid-server-field",
        "missing-server-field",
        "almost-server",
        "no-servers",
    ),
    "datasets": (
        "missing-license",
        "unknown-license",
        "unknown-dataset-type",
        "missing-dataset-field",
        "invalid-dataset",
        "dataset-source-twice",
        "unknown-dataset-field",
        "field-without-effect",
        "dataset-file-not-found",
        "prompt-config-not-found",
        "prepare-script-not-found",
        "mismatched-benchmark",
        "several-benchmarks",
        "datasets-not-used",
        "replaced-datasets",
        "duplicate-dataset-name",
        "deprecated-dataset-identifier",
    ),
    "names": (
        "server-ref-not-found",
        "nested-ref-not-found",
        "malformed-ref",
        "ref-of-wrong-type",
        "misspelt-ref-field",
        "self-ref",
        "interpolation-not-found",
        "unset-variable",
        "unresolvable-interpolation",
        "unknown-resolver",
        "invalid-interpolation",
        "shell-variable",
        "missing-value",
        "misspelt-missing-marker",
    ),
    "directives": (
        "inherit-target-not-found",
        "inherit-chain",
        "misplaced-directive",
        "invalid-directive",
        "delete-key-without-effect",
        "key-not-in-base",
        "misspelt-directive",
    ),
    "runs": (
        "agent-not-composed",
        "unsupported-pairing",
        "invalid-restriction",
        "unmatched-restriction",
        "rejected-override",
        "unapplied-override",
        "undeclared-agent-map",
        "ambiguous-agent-rename",
        "agent-without-environment-server",
        "several-environment-servers",
        "stand-in-without-model",
        "invalid-reserved-key",
    ),
    "recipes": (
        "recipe-not-found",
        "recipe-cycle",
        "invalid-recipe-defaults",
        "run-not-used",
        "rejected-recipe-setting",
        "replaced-recipe-value",
        "nested-override-marker",
        "override-without-server",
        "model-without-token-ids",
        "unknown-agent-in-map",
    ),
    "sandboxes": (
        "sandbox-not-found",
        "invalid-sandbox-block",
        "unknown-sandbox-provider",
        "unknown-sandbox-field",
    ),
    "reserved_keys": (
        "quoted-boolean",
        "computed-key",
        "misspelt-reserved-key",
        "invalid-token-id-capture",
    ),
    "manifests": (
        "invalid-manifest",
        "misplaced-manifest",
        "stale-manifest",
        "unmet-manifest",
        "invalid-prompt",
        "unknown-prompt-field",
        "unknown-prompt-column",
    ),
}
"""The names of the rules in each sub-package, in the order in which the documentation lists them."""


def _load(subject: str, name: str) -> Rule:
    """Return the rule of a name. Its module and its function have the same name, with underscores."""
    symbol = name.replace("-", "_")
    rule: object = getattr(import_module(f"{__name__}.{subject}.{symbol}"), symbol)
    assert isinstance(rule, Rule), f"{symbol} is not a rule; decorate it with @rule"
    return rule


RULES_BY_SUBJECT = {subject: tuple(_load(subject, name) for name in names) for subject, names in SUBJECTS.items()}
ALL_RULES: tuple[Rule, ...] = tuple(rule for rules in RULES_BY_SUBJECT.values() for rule in rules)
RULE_NAMES = frozenset(rule.name for rule in ALL_RULES)
