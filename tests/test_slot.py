"""Programs write into their slot of a page and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from gym_lsp.dev.slot import NoSlot, filled
from tests.bench.figure import Figure, table

DOCS = Path(__file__).parent.parent / "docs"
PAGE = "# Title\n\n<!-- figures: who writes -->\n\nold\n\n<!-- end of figures -->\n\nThe rest.\n"


def test_a_slot_is_filled_and_filled_again() -> None:
    once = filled(PAGE, "figures", "\n| new |\n")
    assert once == PAGE.replace("old", "| new |")
    assert filled(once, "figures", "old") == PAGE


@pytest.mark.parametrize("page", ["", PAGE.replace("figures", "others"), PAGE.replace("<!-- end of figures -->", "")])
def test_a_page_without_the_slot(page: str) -> None:
    with pytest.raises(NoSlot):
        filled(page, "figures", "new")


@pytest.mark.parametrize(("name", "slot"), [("performance.md", "figures"), ("parity.md", "parity")])
def test_the_pages_have_their_slots(name: str, slot: str) -> None:
    text = (DOCS / name).read_text("utf-8")
    assert "x | y" in filled(text, slot, "x | y")


def test_a_figure_says_whether_its_goal_is_met() -> None:
    figures = [Figure("quick", "0.9 s", "at most 1 s", 0.9, 1.0), Figure("slow", "1.1 s", "at most 1 s", 1.1, 1.0)]
    assert list(table(figures)) == [
        "| what  | measured | goal        |        |",
        "| ----- | -------- | ----------- | ------ |",
        "| quick | 0.9 s    | at most 1 s | met    |",
        "| slow  | 1.1 s    | at most 1 s | missed |",
    ]
