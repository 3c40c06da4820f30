"""Document links, folding ranges and selection ranges."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.ide.folding import folding_ranges
from gym_lsp.ide.links import document_links
from gym_lsp.ide.selection import selection_ranges
from gym_lsp.text import LineIndex, Span
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import DEFAULT_FILE, ROOT, parse_fixture
from tests.ide.cursor import read
from tests.memory import Memory

LINKS = """
    # --- resources_servers/math/app.py
    # --- resources_servers/math/data/words.txt
    # --- a/base.yaml
    x: 1
    # --- a/prompt.yaml
    user: hello
    # --- environments/example/config.yaml
    folder: a
    config_paths:
    - a/base.yaml
    # ^^^^^^^^^^^ link 1
    - a/absent.yaml
    - ${folder}/base.yaml
    # ^^^^^^^^^^^^^^^^^^^ link 2
    math:
      resources_servers:
        math:
          entrypoint: "app.py"
    #                  ^^^^^^ link 3
          words: data/words.txt
    #            ^^^^^^^^^^^^^^ link 4
          prompt: ./a/prompt.yaml
    #             ^^^^^^^^^^^^^^^ link 5
          url: https://a/b
          folder: resources_servers/math
          datasets:
          - {type: example, name: a, jsonl_fpath: a/absent.jsonl, prompt_config: "${folder}/prompt.yaml"}
    #                                                                             ^^^^^^^^^^^^^^^^^^^^^ link 6
    $0
    """


def test_document_links() -> None:
    fixture, workspace, path, _ = read(LINKS)
    found = document_links(workspace, path)
    assert [(path, each.span) for each in found] == fixture.marked("link")
    assert [each.target.relative_to(ROOT).as_posix() for each in found] == [
        "a/base.yaml", "a/base.yaml", "resources_servers/math/app.py", "resources_servers/math/data/words.txt",
        "a/prompt.yaml", "a/prompt.yaml",
    ]  # fmt: skip


FOLDED = """\
# one
# two
config_paths:
- a.yaml
- b.yaml
math:
  # alone
  resources_servers: {a: {
    b: 1}}
  text: |
    many
    lines
  list:
  - a: 1
    b: 2
  - c
# last
# lines
"""


def test_folding() -> None:
    workspace = parse_fixture(FOLDED).workspace()
    index = LineIndex(FOLDED)
    found = folding_ranges(workspace, ROOT / DEFAULT_FILE)
    lines = [(index.line_of(each.span.start), index.line_of(each.span.end), each.kind.value) for each in found]
    assert lines == [
        (0, 1, "comment"),
        (2, 4, "imports"),
        (5, 15, "region"),
        (7, 8, "region"),
        (7, 8, "region"),
        (9, 11, "region"),
        (12, 15, "region"),
        (13, 14, "region"),
        (16, 17, "comment"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "config_paths: ['${a.b$0c}']\n",
            [
                "bc", "${a.bc}", "'${a.bc}'", "['${a.bc}']", "config_paths: ['${a.bc}']", "config_paths: ['${a.bc}']\n",
            ],
        ),
        (
            "config_paths:\n- a/b$0.yaml\n- c.yaml\n",
            [
                "a/b.yaml", "- a/b.yaml", "- a/b.yaml\n- c.yaml", "config_paths:\n- a/b.yaml\n- c.yaml",
                "config_paths:\n- a/b.yaml\n- c.yaml\n",
            ],
        ),
        ("config_paths: [] # wh$0y\n", ["# why", "config_paths: [] # why", "config_paths: [] # why\n"]),
    ],
)  # fmt: skip
def test_selection(text: str, expected: list[str]) -> None:
    fixture, workspace, path, offset = read(text)
    found = selection_ranges(workspace, path, offset)
    assert [span.of(fixture.files[path]) for span in found] == expected


@given(st.text("ab:- \n#'\"{}[],&*$.", max_size=40), st.data())
def test_a_selection_grows_around_the_cursor_to_the_whole_text(text: str, data: st.DataObject) -> None:
    path = ROOT / DEFAULT_FILE
    workspace = Workspace(Memory({path: f"config_paths: []\n{text}"}), ROOT)
    whole = workspace.text(path) or ""
    offset = data.draw(st.integers(0, len(whole)))
    found = selection_ranges(workspace, path, offset)
    assert found[-1] == Span(0, len(whole))
    for smaller, larger in pairwise(found):
        assert larger.covers(smaller)
        assert larger != smaller
    assert all(span.contains(offset) for span in found)


def test_what_is_not_gyms_is_left_alone() -> None:
    _, workspace, path, offset = read("# --- other.yaml\na:\n  $0b: a/c.txt\n# --- a/c.txt\n")
    assert document_links(workspace, path) == ()
    assert folding_ranges(workspace, path) == ()
    assert selection_ranges(workspace, path, offset) == ()
