"""Rules about prompt files, in addition to the examples on their pages."""

from __future__ import annotations

import pytest

from gym_lsp.text import apply_edits
from tests.fixture import ROOT, assert_findings, compare, findings, parse_fixture

PATH = "# --- benchmarks/counting/prompt.yaml\n"

PROMPTS = {
    "nothing wrong": 'user: "{question} {{}} {answer!r:>10}"\nsystem: null\n',
    "a user that is a number": "user: 5\n#     ^ error[invalid-prompt] `user` must be text\n",
    "a user that is null": "user: null\n#     ^^^^ error[invalid-prompt] `user` must be text\n",
    "a system that is a list": "user: a\nsystem: [a]\n#       ^^^ error[invalid-prompt] `system` must be text\n",
    "an empty placeholder": "user: a {}\n#       ^^ error[invalid-prompt] must be the name of a column\n",
    "a numbered placeholder": "user: a {0}\n#       ^^^ error[invalid-prompt] must be the name of a column\n",
    "each of several": """\
user: |
  \\frac{1}{2} and {x}
#      ^^^ error[invalid-prompt]
#         ^^^ error[invalid-prompt]
""",
    "an example in JSON": """\
user: |
  Answer as {"answer": 1}.
#           ^^^^^^^^^^^^^ error[invalid-prompt] `"answer"` is not the name of a column
""",
    "an attribute": "user: a {row.x}\n#       ^^^^^^^ error[invalid-prompt] invalid placeholder `row.x`\n",
    "an element": "user: a {row[0]}\n#       ^^^^^^^^ error[invalid-prompt] invalid placeholder `row[0]`\n",
    "spaces around a name": "user: a { row }\n#       ^^^^^^^ error[invalid-prompt] `row` is not the name\n",
    "a brace that is never closed": "user: a {row\n#       ^ error[invalid-prompt] unclosed opening brace\n",
    "a brace that was never opened": "user: a} b\n#      ^ error[invalid-prompt] unmatched closing brace\n",
    "a brace inside a placeholder": "user: a {b{c}}\n#       ^^^ error[invalid-prompt] a brace inside a placeholder\n",
    "an unknown conversion": "user: a {b!x}\n#       ^^^^^ error[invalid-prompt] the conversion of `b`\n",
    "a folded text": """\
user: >-
  one
  two {}
#     ^^ error[invalid-prompt]
""",
    "an escape before it": 'user: "\\u00e9\\n {}"\n#               ^^ error[invalid-prompt]\n',
    "an escaped brace hides the places": 'user: "a \\x7b}"\n#     ^^^^^^^^^ error[invalid-prompt]\n',
    "the second key": "user: a\nsystem: b {}\n#         ^^ error[invalid-prompt]\n",
    "a key that is not read": 'prompt: a\n^^^^^^ warning[unknown-prompt-field] unknown prompt field\nuser: "{q}"\n',
}


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS.keys())
def test_prompts(prompt: str) -> None:
    assert_findings(PATH + prompt)


def test_a_long_file_is_read_in_part() -> None:
    (found,) = findings(parse_fixture(used("user: '{hint}'", ROW * (2**21 // len(ROW) + 1), "")))
    assert (found.rule, found.severity.label) == ("unknown-prompt-column", "information")
    assert "`{hint}` is not a column of the first rows of" in found.message


@pytest.mark.parametrize(
    ("prompt", "fixed"),
    [
        ("user: a {} b\n", "user: a {{}} b\n"),
        ("user: a {\n", "user: a {{\n"),
        ("user: a }\n", "user: a }}\n"),
        ('user: |\n  {"a":\n   1}\n', 'user: |\n  {{"a":\n   1}}\n'),
    ],
)
def test_doubled_braces(prompt: str, fixed: str) -> None:
    fixture = parse_fixture(PATH + prompt)
    ((_, text),) = fixture.files.items()
    (found,) = findings(fixture)
    (fix,) = found.fixes
    assert apply_edits(text, [edit.edit for edit in fix.edits]) == fixed
    assert not findings(parse_fixture(PATH + fixed))


@pytest.mark.parametrize(
    ("prompt", "marker"),
    [
        (
            "question: a\n",
            "#                    ^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-prompt] it has no `user` template\n",
        ),
        (
            "- user: a\n",
            "#                    ^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-prompt] it has no `user` template\n",
        ),
        ("{user: a}\n", ""),
        ("other: {}\nuser: a\n", ""),
    ],
)
def test_the_prompt_of_a_benchmark(prompt: str, marker: str) -> None:
    config = """\
# --- benchmarks/counting/config.yaml
counting_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      datasets:
      - name: counting
        type: benchmark
        jsonl_fpath: benchmarks/counting/counting.jsonl
        prepare_script: benchmarks/counting/prepare.py
        prompt_config: benchmarks/counting/a.md
"""
    script = "# --- benchmarks/counting/prepare.py\ndef prepare(): ...\n"
    marker = marker.replace("#                    ", "#                      ")
    assert_findings(f"{config}{marker}# --- benchmarks/counting/a.md\n{prompt}{script}")


USED = """\
# --- benchmarks/counting/config.yaml
counting_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      datasets:
      - name: counting
        type: benchmark
        jsonl_fpath: benchmarks/counting/counting.jsonl
        prepare_script: benchmarks/counting/prepare.py
        prompt_config: benchmarks/counting/prompt.yaml
"""
ROW = '{"question": "a?", "answer": 1}\n'
UNKNOWN = f"#                      {'^' * 31} warning[unknown-prompt-column] "
ROWS: dict[str, tuple[str, str | None, str]] = {
    "every column exists": ("user: '{question} {answer:>4}'", ROW, ""),
    "a column that the second row has": ("user: '{hint}'", ROW + '{"hint": 1}\n', ""),
    "doubled braces": ("user: '{question} {{hint}}'", ROW, ""),
    "no column of that name": ("user: '{hint}'", ROW, "`{hint}` is not a column of any row of"),
    "a misspelt column": ("user: '{qestion}'", ROW, "did you mean `question`?"),
    "in the system template": ("user: a\nsystem: '{hint}'", ROW, "`{hint}`"),
    "inside a format": ("user: '{answer:{width}}'", ROW, "`{width}`"),
    "named twice": ("user: '{hint} {hint}'\nsystem: '{hint}'", ROW, "`{hint}`"),
    "a column that only the last row has": ("user: '{hint}'", ROW * 99 + '{"hint": 1}\n', ""),
    "a line separator inside a row": ("user: '{hint}'", '{"a": "\u2028", "hint": 1}\n', ""),
    "no rows": ("user: '{hint}'", "", ""),
    "rows that are not prepared": ("user: '{hint}'", None, ""),
    "rows that are not JSON": ("user: '{hint}'", f"{ROW}hint\n", ""),
    "rows that are lists": ("user: '{hint}'", "[1]\n", ""),
    "rows after a row that is too long": ("user: '{hint}'", f'{{"a": "{"a" * 2**21}"}}\n', ""),
}


def used(prompt: str, rows: str | None, message: str) -> str:
    files = f"# --- benchmarks/counting/prepare.py\ndef prepare(): ...\n{PATH}{prompt}\n"
    if rows is not None:
        files += f"# --- benchmarks/counting/counting.jsonl\n{rows}"
    return f"{USED}{UNKNOWN + message if message else ''}\n{files}"


@pytest.mark.parametrize(("prompt", "rows", "message"), ROWS.values(), ids=ROWS.keys())
def test_columns(prompt: str, rows: str | None, message: str) -> None:
    fixture = parse_fixture(used(prompt, None, message))
    if rows is not None:
        # A fixture splits lines at other separators, which the rows may contain.
        fixture.files[ROOT / "benchmarks/counting/counting.jsonl"] = rows
    difference = compare(fixture, findings(fixture))
    assert not difference, difference


@pytest.mark.parametrize(
    ("prompt", "fixed"),
    [
        ("user: 'a {qestion} b'\n", "user: 'a {question} b'\n"),
        ("user: |\n  \\boxed{{}}\n  {qestion!r}\n", "user: |\n  \\boxed{{}}\n  {question!r}\n"),
        ('user: "\\x7bqestion}"\n', None),
        ('user: "{q\\x65stion}"\n', None),
    ],
)
def test_a_misspelt_placeholder(prompt: str, fixed: str | None) -> None:
    fixture = parse_fixture(used(prompt.rstrip("\n"), ROW, ""))
    (found,) = findings(fixture)
    assert found.rule == "unknown-prompt-column"
    path = found.related[0].path
    assert path.name == "prompt.yaml"
    edits = [edit for fix in found.fixes for edit in fix.edits]
    assert {edit.path for edit in edits} <= {path}
    assert (apply_edits(fixture.files[path], [edit.edit for edit in edits]) if edits else None) == fixed


ESCAPED = {
    "a placeholder of another language": (
        "user: Count {{word}} now.\n#           ^^^^^^^^ warning[invalid-prompt] write `{word}`\n"
    ),
    "with spaces": 'user: "{{ word }}"\n#      ^^^^^^^^^^ warning[invalid-prompt] write `{word}`\n',
    "next to a real one": "user: Count {word} as {{word}}.\n",
    "words in braces": "user: Say {{your answer here}}.\n",
    "no placeholder at all": "user: What do you hear?\n",
    "in the system template": "user: Listen.\nsystem: Say {{answer}}.\n",
}


@pytest.mark.parametrize("text", ESCAPED.values(), ids=ESCAPED.keys())
def test_doubled_braces_that_were_meant_as_placeholders(text: str) -> None:
    assert_findings(f"# --- benchmarks/counting/prompts/default.yaml\n{text}")


def test_a_placeholder_that_is_a_mapping_in_yaml() -> None:
    text = "user: {word}\n#     ^^^^^^ error[invalid-prompt] put it in quotes\n"
    assert_findings(f"# --- benchmarks/counting/prompts/default.yaml\n{text}")


def test_a_folder_is_not_suggested_for_a_file() -> None:
    (found,) = findings(
        parse_fixture("""\
# --- resources_servers/counting/requirements.txt
# --- resources_servers/counting/app.py
# --- resources_servers/counting/prompts/judges/short.txt
Are they equal?
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      judge_prompt_fpath: prompts/judge
""")
    )
    assert (found.rule, found.fixes) == ("prompt-file-not-found", ())
    assert "did you mean" not in found.message
