"""Edits of paths when files and folders move."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.ide.moving import will_rename_files
from gym_lsp.text import apply_edits
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT, parse_fixture
from tests.memory import Memory

CONFIG = "environments/example/config.yaml"
CASES: dict[str, tuple[dict[str, str], str, str]] = {
    "an included file": (
        {"a/base.yaml": "b/other.yaml"},
        "# --- a/base.yaml\nx: 1\n# --- {}\nconfig_paths: [a/base.yaml, './a/base.yaml']\n",
        "config_paths: [b/other.yaml, 'b/other.yaml']\n",
    ),
    "a folder": (
        {"a": "c/d"},
        "# --- a/base.yaml\nx: 1\n# --- a/b/c.yaml\nx: 1\n# --- {}\nconfig_paths:\n- a/base.yaml # one\n- a/b/c.yaml\n",
        "config_paths:\n- c/d/base.yaml # one\n- c/d/b/c.yaml\n",
    ),
    "two that change places": (
        {"a.yaml": "b.yaml", "b.yaml": "a.yaml"},
        "# --- a.yaml\nx: 1\n# --- b.yaml\nx: 1\n# --- {}\nconfig_paths: [a.yaml, b.yaml]\n",
        "config_paths: [b.yaml, a.yaml]\n",
    ),
    "fields that hold paths, the file there or not": (
        {"data": "rows"},
        """# --- data/prompt.yaml
user: x
# --- data/prepare.py
# --- {}
prompt_config: "data/prompt.yaml"
prepare_script: data/prepare.py
jsonl_fpath: data/absent.jsonl
name: data
config_paths: []
""",
        """prompt_config: "rows/prompt.yaml"
prepare_script: rows/prepare.py
jsonl_fpath: rows/absent.jsonl
name: data
config_paths: []
""",
    ),
    "any other text that leads to it": (
        {"a/words.txt": "a/list.txt"},
        "# --- a/words.txt\nx\n# --- {}\na: {{resources_servers: {{a: {{words: a/words.txt, note: a/words}}}}}}\n",
        "a: {resources_servers: {a: {words: a/list.txt, note: a/words}}}\n",
    ),
    "an entrypoint": (
        {"resources_servers/math/app.py": "resources_servers/math/src/server.py"},
        "# --- resources_servers/math/app.py\n# --- {}\nm: {{resources_servers: {{math: {{entrypoint: app.py}}}}}}\n",
        "m: {resources_servers: {math: {entrypoint: src/server.py}}}\n",
    ),
    "the folder of an implementation": (
        {"resources_servers/math": "resources_servers/maths/two"},
        """# --- resources_servers/math/app.py
# --- {}
math: {{resources_servers: {{math: {{entrypoint: app.py, limit: 5}}}}}}
agent: {{responses_api_agents: {{math: {{limit: '${{math.resources_servers.math.limit}}'}}}}}}
""",
        """math: {resources_servers: {maths/two: {entrypoint: app.py, limit: 5}}}
agent: {responses_api_agents: {math: {limit: '${math.resources_servers.maths/two.limit}'}}}
""",
    ),
    "a name that needs quotes": (
        {"a.yaml": "a: b #1.yaml"},
        "# --- a.yaml\nx: 1\n# --- {}\nconfig_paths: [a.yaml]\n",
        'config_paths: ["a: b #1.yaml"]\n',
    ),
    "a name with a quote in it, in quotes": (
        {"a.yaml": "it's.yaml"},
        "# --- a.yaml\nx: 1\n# --- {}\nconfig_paths: ['a.yaml', \"a.yaml\"]\n",
        "config_paths: ['it''s.yaml', \"it's.yaml\"]\n",
    ),
    "out of every root": (
        {"a.yaml": "/elsewhere/a.yaml"},
        "# --- a.yaml\nx: 1\n# --- {}\nconfig_paths: [a.yaml]\n",
        "config_paths: [/elsewhere/a.yaml]\n",
    ),
    "an absolute path": (
        {"a.yaml": "b.yaml"},
        "# --- a.yaml\nx: 1\n# --- {}\nconfig_paths: [/workspace/a.yaml]\n",
        "config_paths: [/workspace/b.yaml]\n",
    ),
    "a file of the same name that another root has": (
        {"a.yaml": "b.yaml"},
        "# --- a.yaml\nx: 1\n# --- /gym/a.yaml\nx: 1\n# --- {}\nconfig_paths: [/gym/a.yaml]\n",
        "config_paths: [/gym/a.yaml]\n",
    ),
    "a file that something else is called like": (
        {"a.yaml": "b.yaml"},
        "# --- a.yaml\nx: 1\n# --- other/a.yaml\nx: 1\n# --- {}\nconfig_paths: [other/a.yaml]\na.yaml: 1\n",
        "config_paths: [other/a.yaml]\na.yaml: 1\n",
    ),
    "the config itself": (
        {CONFIG: "environments/example/other.yaml"},
        "# --- a.yaml\nx: 1\n# --- {}\nconfig_paths: [a.yaml]\n",
        "config_paths: [a.yaml]\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_paths_follow(case: str) -> None:
    moves, text, expected = CASES[case]
    fixture = parse_fixture(text.format(CONFIG))
    workspace = fixture.workspace()
    edits = will_rename_files(workspace, {ROOT / old: ROOT / new for old, new in moves.items()})
    assert {edit.path for edit in edits} <= {ROOT / CONFIG}
    assert apply_edits(fixture.files[ROOT / CONFIG], [edit.edit for edit in edits]) == expected


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ({"environments/shared.yaml": "environments/a/common.yaml"}, "config_path: ../a/common.yaml\n"),
        ({"environments/example": "environments/deep/example"}, "config_path: ../../shared.yaml\n"),
        ({"environments": "benchmarks"}, "config_path: ../shared.yaml\n"),
    ],
)
def test_the_config_of_a_manifest(moves: dict[str, str], expected: str) -> None:
    """It is relative to the manifest, which can move too."""
    manifest = ROOT / "environments" / "example" / "manifest.yaml"
    texts = {manifest: "config_path: ../shared.yaml\n", ROOT / "environments" / "shared.yaml": "x: 1\n"}
    edits = will_rename_files(Workspace(Memory(texts), ROOT), {ROOT / old: ROOT / new for old, new in moves.items()})
    assert apply_edits(texts[manifest], [edit.edit for edit in edits]) == expected


@pytest.mark.parametrize(
    ("moves", "text", "expected"),
    [
        ({"environments/example": "environments/deep/er"}, "name: 'example'\n", "name: 'deep/er'\n"),
        ({"environments": "benchmarks"}, "name: example\nkind: environment\n", "name: example\nkind: benchmark\n"),
        ({"environments/example": "environments/other"}, "name: wrong\n", "name: wrong\n"),
        ({"environments/example": "elsewhere/example"}, "name: example\n", "name: example\n"),
    ],
)
def test_a_manifest_goes_by_the_folder_that_it_comes_to(moves: dict[str, str], text: str, expected: str) -> None:
    manifest = ROOT / "environments" / "example" / "manifest.yaml"
    workspace = Workspace(Memory({manifest: text}), ROOT)
    edits = will_rename_files(workspace, {ROOT / old: ROOT / new for old, new in moves.items()})
    assert apply_edits(text, [edit.edit for edit in edits]) == expected


def test_after_the_move_everything_leads_where_it_did() -> None:
    base, config = ROOT / "a" / "base.yaml", ROOT / CONFIG
    texts = {base: "math: {resources_servers: {math: {entrypoint: app.py}}}\n", config: "config_paths: [a/base.yaml]\n"}
    target = PurePath("/workspace/b/new name.yaml")
    edits = will_rename_files(Workspace(Memory(texts), ROOT), {base: target})
    moved = {target: texts[base], config: apply_edits(texts[config], [edit.edit for edit in edits])}
    run = Workspace(Memory(moved), ROOT).own_run(config)
    assert [file.path for file in run.files] == [target, config]
