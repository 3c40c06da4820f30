"""In a long file, rules that check each entry alone check only the stretch that an edit has changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.check import Checker
from gym_lsp.compose.config import Leaf, Table, leaves
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Diagnostic, FileEdit, Fix, Severity
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, Rule, at_value, related, rule
from gym_lsp.text import Edit, Span
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory
from tests.stretches import in_stretches

ROOT = PurePath("/w")
PATH, OTHER = ROOT / "environments/long/config.yaml", ROOT / "environments/other/config.yaml"
BLOCK = "math_#:\n  resources_servers:\n    math_#:\n      entrypoint: app.py\n      domain: math\n"


def blocks(size: int) -> str:
    return "".join(BLOCK.replace("#", str(number)) for number in range(size))


def after_an_edit(rule: Rule, before: str, text: str) -> tuple[Diagnostic, ...]:
    """Return the findings of one rule in a file, after two other texts of the file were checked."""
    with in_stretches():
        workspace = Workspace(Memory({PATH: ""}), ROOT)
        checker = Checker(workspace, (rule,))
        for each in ("", before, text):
            workspace = workspace.changed(Memory({PATH: each}), Change.edit([PATH]))
            checker = checker.on(workspace)
            found = checker.check_one(PATH)
    return found


def on_a_fresh_workspace(rule: Rule, text: str) -> tuple[Diagnostic, ...]:
    return Checker(Workspace(Memory({PATH: text}), ROOT), (rule,)).check_one(PATH)


def test_an_edit_checks_the_blocks_of_its_own_stretch() -> None:
    checked: list[str] = []

    @rule("counted", on=Block, severity=Severity.WARNING)
    def counted(context: Context, block: Block) -> Iterator[Finding]:
        if block.name.startswith("math"):
            checked.append(block.name)
        yield from ()

    for size in (10, 100):
        text = blocks(size)
        after_an_edit(counted, text, text.replace("math_5:\n", "math_5: # typed\n", 1))
        # All of them once, and the one that has changed again.
        assert len(checked) == size + 1
        assert checked[-1] == "math_5"
        checked.clear()


def test_an_edit_checks_the_entries_of_its_own_stretch() -> None:
    checked: list[str] = []

    @rule("counted", on=ConfigFile, severity=Severity.WARNING, entrywise=True)
    def counted(context: Context, file: ConfigFile) -> Iterator[Finding]:
        checked.extend(map(str, file.config.entries))
        yield from ()

    for size in (10, 100):
        text = blocks(size)
        after_an_edit(counted, text, f"# typed\n{text}")
        assert len(checked) == size + 1
        assert checked[-1] == "math_0"
        checked.clear()


def test_what_is_found_moves_with_its_block() -> None:
    """With the places and the edits in the same file, and without those in others."""

    def about(context: Context, config: Table) -> Iterator[Finding]:
        for _, leaf in leaves(config):
            if leaf.value == "app.py":
                edits = (FileEdit(PATH, Edit(leaf.node.span, "x")), FileEdit(OTHER, Edit(Span(1, 2), "x")))
                places = (related(leaf, "here"), related(leaf_elsewhere, "there"))
                yield at_value(leaf, "found", related=places, fixes=(Fix("Fix", edits),))

    leaf_elsewhere = _leaf_elsewhere()

    @rule("in-a-block", on=Block, severity=Severity.WARNING)
    def in_a_block(context: Context, block: Block) -> Iterator[Finding]:
        yield from about(context, block.table)

    @rule("in-an-entry", on=ConfigFile, severity=Severity.WARNING, entrywise=True)
    def in_an_entry(context: Context, file: ConfigFile) -> Iterator[Finding]:
        yield from about(context, file.config)

    text = f"# typed\n\n{blocks(3)}"
    for each in (in_a_block, in_an_entry):
        found = after_an_edit(each, blocks(3), text)
        assert len(found) == 3
        assert found == on_a_fresh_workspace(each, text)


def _leaf_elsewhere() -> Leaf:
    config = Workspace(Memory({OTHER: "a: b\n"}), ROOT).load(OTHER).config
    found = config.get("a")
    assert isinstance(found, Leaf)
    return found


def test_a_server_with_flaws_is_judged_where_it_is() -> None:
    """The verdict on a block without flaws is used again; a flaw has a place."""
    wrong = blocks(3).replace("domain: math\n", "domain: 1\n", 1)
    text = f"# typed\n{wrong}".replace("app.py", "[]", 2)
    with in_stretches():
        workspace = Workspace(Memory({PATH: wrong}), ROOT)
        for each in (blocks(3), wrong, text):
            workspace = workspace.changed(Memory({PATH: each}), Change.edit([PATH]))
            fresh = Workspace(Memory({PATH: each}), ROOT)
            assert _verdicts(workspace) == _verdicts(fresh)
            assert all(
                found.server is None or found.server.instance is workspace.load(PATH).config.get(name)
                for name, found in workspace.judged(PATH).items()
            )
            assert workspace.uses(PATH) == fresh.uses(PATH)
            assert workspace.secrets_of_file(PATH) == fresh.secrets_of_file(PATH)


def _verdicts(workspace: Workspace) -> list[tuple[object, bool, list[Span]]]:
    judged = workspace.judged(PATH).items()
    return [(name, each.server is None, [flaw.at.node.span for flaw in each.flaws]) for name, each in judged]
