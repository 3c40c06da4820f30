"""After a fix, its finding is gone, there is no new error, and fixing again changes nothing.

Each fix is tried alone, as an editor applies it: on the examples of the rules' pages, and on mistakes that were made in
real configs. Then all fixes are applied together, as `--check --fix` does.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.check import Checked, Checker
from gym_lsp.compose.run import Run
from gym_lsp.diagnostic import Applicability, Diagnostic, FileEdit, Fix, Severity, apart
from gym_lsp.files import Disk
from gym_lsp.fixing import Check, Fixed, fix_all, moved
from gym_lsp.gym.roots import find_install_root
from gym_lsp.rules import ALL_RULES
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.text import Edit, Span, apply_edits
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.fixture import parse_fixture
from tests.parity.recorded import RELEASES, Broken, load
from tests.rules.test_pages import sections

SAMPLE = 40
"""Mistakes in each release whose fixes are tried one by one."""
TOGETHER = 30
"""Mistakes that are made at the same time, each in its own file."""
STEPWISE = frozenset({"dataset-source-twice"})
"""Rules whose finding takes several fixes: of three sources one has to stay, and each fix removes one."""
Errors = Counter[tuple[PurePath, str]]


def edited(workspace: Workspace, fix: Fix) -> Workspace:
    """The workspace with a fix applied."""
    texts: dict[PurePath, str] = {}
    for path in {edit.path for edit in fix.edits}:
        before = workspace.text(path)
        assert before is not None
        texts[path] = apply_edits(before, [edit.edit for edit in fix.edits if edit.path == path])
        assert texts[path] != before, f"`{fix.title}` changes nothing"
    return workspace.with_texts(texts)


def errors(found: Iterable[Diagnostic]) -> Errors:
    return Counter((each.path, each.rule) for each in found if each.severity is Severity.ERROR)


def count(found: Checked, finding: Diagnostic) -> int:
    return sum((each.path, each.rule) == (finding.path, finding.rule) for each in found.diagnostics)


def complaints(workspace: Workspace, check: Check) -> Iterator[str]:
    """What is wrong with the offered fixes, each tried alone.

    An unsafe fix is a guess, and may be wrong: another rule may then report an error. But the YAML must stay valid, and
    the finding has to be gone.
    """
    before = check(Checker(workspace))
    for finding in before.diagnostics:
        for fix in finding.fixes:
            what = f"{finding.path.name}: [{finding.rule}] {finding.message}: `{fix.title}`"
            after = check(Checker(edited(workspace, fix)))
            if count(after, finding) >= count(before, finding) and finding.rule not in STEPWISE:
                yield f"{what} does not remove the finding"
            for _, rule in errors(after.diagnostics) - errors(before.diagnostics):
                if fix.applicability is Applicability.SAFE or rule in ("invalid-yaml", "duplicate-key"):
                    yield f"{what} causes {rule}"


def check_all(checker: Checker) -> Checked:
    return checker.check_workspace(checker.workspace.members)


def example(rule: Rule) -> tuple[Workspace, Check]:
    """The workspace of a page's example, and how to check it."""
    fixture = parse_fixture(sections(rule).get("Example", ""))
    if not fixture.run:
        return fixture.workspace(), check_all
    return fixture.workspace(), lambda checker: checker.check_run(Run(fixture.run))


def opened(root: Path) -> Workspace:
    path = PurePath(root)
    return Workspace(Disk(), path, Settings(), find_install_root(Disk(), explicit=path, workspace=path, environ={}))


def mistakes(release: str, number: int) -> list[Broken]:
    """Mistakes that the parser rejects, in configs that it accepted before."""
    known = [each for each in load(release).mistakes if each.unbroken == "ok" and not each.verdict.ok]
    return random.Random(release).sample(known, number)


# One by one


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_each_fix_of_a_page(rule: Rule) -> None:
    wrong = list(complaints(*example(rule)))
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_each_fix_of_a_mistake(release: str, corpus: Corpus) -> None:
    root = corpus.release(release)
    workspace = opened(root)
    wrong: list[str] = []
    for broken in mistakes(release, SAMPLE):
        path = workspace.root / broken.path

        def check(checker: Checker, path: PurePath = path) -> Checked:
            return checker.check_workspace([path])

        wrong.extend(complaints(workspace.with_texts({path: broken.text(root)}), check))
    assert not wrong, "\n".join(wrong)


# All together


def assert_better(before: Workspace, check: Check, fixed: Fixed) -> None:
    """The fixed findings are gone, no error is new, the texts contain the edits, and nothing is left to fix."""
    assert fixed.is_complete
    was, now = check(Checker(before)).diagnostics, fixed.checked.diagnostics
    assert errors(now) <= errors(was)
    applied = Counter((finding.path, finding.rule) for finding, _ in fixed.applied)
    left, found = (Counter((each.path, each.rule) for each in each_time) for each_time in (now, was))
    assert all(left[key] <= found[key] - number for key, number in applied.items() if key in found)
    fresh = before.with_texts(fixed.texts)
    assert check(Checker(fresh)) == fixed.checked
    again = fix_all(fresh, check, lambda finding: finding.unambiguous_fix, lambda path: True)
    assert not again.applied


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_the_fixes_of_a_page_come_to_an_end(rule: Rule) -> None:
    workspace, check = example(rule)
    assert_better(
        workspace, check, fix_all(workspace, check, lambda finding: finding.unambiguous_fix, lambda path: True)
    )


@pytest.mark.slow
def test_the_fixes_of_many_mistakes_come_to_an_end(corpus: Corpus) -> None:
    release = RELEASES[-1]
    root = corpus.release(release)
    workspace = opened(root)
    by_path = {workspace.root / each.path: each.text(root) for each in mistakes(release, TOGETHER)}
    seeded = workspace.with_texts(by_path)

    def check(checker: Checker) -> Checked:
        return checker.check_workspace(by_path)

    def severe(finding: Diagnostic) -> Fix | None:
        return finding.unambiguous_fix if finding.severity <= Severity.WARNING else None

    fixed = fix_all(seeded, check, severe, by_path.__contains__)
    assert fixed.is_complete
    assert len(fixed.applied) > TOGETHER / 10
    assert set(fixed.texts) <= set(by_path)
    assert errors(check_all(Checker(fixed.workspace)).diagnostics) <= errors(check_all(Checker(seeded)).diagnostics)
    assert check(Checker(workspace.with_texts({**by_path, **fixed.texts}))) == fixed.checked
    assert not fix_all(fixed.workspace, check, severe, by_path.__contains__).applied


def test_only_what_may_be_edited_is_edited() -> None:
    rule = next(rule for rule in ALL_RULES if rule.name == "unknown-domain")
    workspace, check = example(rule)
    fixed = fix_all(workspace, check, lambda finding: finding.unambiguous_fix, lambda path: False)
    assert (fixed.applied, fixed.texts, fixed.workspace) == ((), {}, workspace)


# Which fixes can be applied together, and where they move text

PATH = PurePath("a.yaml")
spans = st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda each: Span(each[0], each[0] + each[1]))
edits = st.builds(Edit, spans, st.text("xyz", max_size=4))


def _is_a_fix(made: list[Edit]) -> bool:
    """Whether edits can be in one fix: in order, and not overlapping."""
    return all(left.span.end <= right.span.start != left.span.start for left, right in pairwise(made))


def _fix(made: list[Edit], title: str) -> Fix:
    return Fix(title, tuple(FileEdit(PATH, edit) for edit in made))


fixes = st.builds(_fix, st.lists(edits, min_size=1, max_size=2).filter(_is_a_fix), st.sampled_from("ab"))


@given(st.lists(fixes, max_size=8))
def test_fixes_that_are_apart_can_be_applied_together(offered: list[Fix]) -> None:
    kept = apart(offered)
    assert list(kept) == [fix for fix in dict.fromkeys(offered) if fix in kept]
    assert not offered or kept[0] == offered[0]
    text = "".join(chr(0x100 + number) for number in range(40))
    together = apply_edits(text, [edit.edit for fix in kept for edit in fix.edits])
    for fix in kept:
        assert all(edit.edit.text in together for edit in fix.edits)
    replaced = {offset for fix in kept for _, (span, _) in fix.edits for offset in range(span.start, span.end)}
    assert [character for character in together if character >= "\u0100"] == [
        character for offset, character in enumerate(text) if offset not in replaced
    ]


@given(st.lists(fixes, max_size=6), st.integers(0, 39))
def test_a_place_is_found_again(offered: list[Fix], offset: int) -> None:
    made = [edit.edit for fix in apart(offered) for edit in fix.edits]
    text = "".join(chr(0x100 + number) for number in range(40))
    after, place = apply_edits(text, made), moved(offset, made)
    assert 0 <= place.start <= place.end <= len(after)
    if text[offset] in after:
        assert place.contains(after.index(text[offset]))
