"""The pages that are generated from code: one for each rule, their index, the settings, and the settings' schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import Files, Unreadable
from gym_lsp.rules import ALL_RULES, RULES_BY_SUBJECT
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.workspace.settings_reference import settings_reference, settings_schema

RULES = "rules"
INDEX = f"{RULES}/README.md"

_GENERATED = "<!-- Written by `make docs`; what is changed here is lost. -->\n\n"

_INDEX = """# Rules

Every rule is on unless the [settings](../settings.md) turn it off. `gym-lsp --explain RULE` prints a page in the
terminal. The comment `# gym-lsp: ignore[RULE] reason` suppresses a rule on its line, or, on a line of its own, in the
entry below it.

The table shows the default severity. When gym-lsp checks a workspace, some findings are less than an error, because
another file or the command line can resolve them:
[What is an error, and what is not](../architecture.md#what-is-an-error-and-what-is-not) has the details. The last
column is the class of the error that NeMo Gym raises. If it is empty, NeMo Gym accepts the mistake, or fails with a
plain Python exception.
"""


class StalePage(Struct, frozen=True):
    """A page that `make docs` would write or remove.

    `name` is relative to the folder, with forward slashes; `state` is "missing", "out of date" or "left over".
    """

    name: str
    state: str


def pages() -> dict[str, str]:
    """Return the text of every generated page by its name, relative to `docs`."""
    found = {f"{RULES}/{rule.name}.md": rule_page(rule) for rule in ALL_RULES}
    found[INDEX] = rule_index(groups())
    found["settings.md"] = _GENERATED + settings_reference()
    schema = settings_schema(sorted(rule.name for rule in ALL_RULES))
    found["gym-lsp.schema.json"] = json.dumps(schema, indent=2) + "\n"
    return found


def stale(files: Files, folder: PurePath, wanted: Mapping[str, str]) -> tuple[StalePage, ...]:
    """Return the pages below `folder` that differ from `wanted`, are missing, or belong to a rule that was removed."""
    found: list[StalePage] = []
    for name, text in wanted.items():
        try:
            is_same = files.read(folder / name) == text
        except Unreadable:
            found.append(StalePage(name, "missing"))
            continue
        if not is_same:
            found.append(StalePage(name, "out of date"))
    present = (f"{RULES}/{entry.name}" for entry in files.entries(folder / RULES))
    found.extend(StalePage(name, "left over") for name in present if name not in wanted)
    return tuple(found)


def rule_page(rule: Rule) -> str:
    """Return the page of a rule in `docs/rules/`."""
    return f"{_GENERATED}{rule.document}\n[All rules](README.md)\n"


def rule_index(grouped: Mapping[str, Iterable[Rule]]) -> str:
    """Return the index: a table for each group, with the rules in the order of `ALL_RULES`."""
    blocks = [_INDEX.rstrip()]
    for heading, rules in grouped.items():
        rows = "\n".join(
            f"| [{rule.name}]({rule.name}.md) | {_in_a_cell(rule.summary)} | {rule.severity.label} | {_raised(rule)} |"
            for rule in rules
        )
        blocks.append(
            f"## {heading}\n\n| rule | what it finds | severity | NeMo Gym raises |\n| --- | --- | --- | --- |\n{rows}"
        )
    return _GENERATED + "\n\n".join(blocks) + "\n"


def _in_a_cell(text: str) -> str:
    return text.replace("|", r"\|")


def _raised(rule: Rule) -> str:
    return ", ".join(f"`{name}`" for name in rule.predicts)


def groups() -> dict[str, tuple[Rule, ...]]:
    """Return the rules under the headings of the index, one for each sub-package of `gym_lsp.rules`."""
    return {
        str(import_module(f"gym_lsp.rules.{subject}").HEADING): rules for subject, rules in RULES_BY_SUBJECT.items()
    }
