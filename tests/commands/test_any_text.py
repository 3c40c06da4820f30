"""Whatever a document contains, it is read without an exception, with places in it and in proportional time."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.commands.invocation import invocations
from gym_lsp.commands.made import made_files
from gym_lsp.commands.shell import simple_commands
from tests.counting import steps

PATHS = [PurePath("run.sh"), PurePath("README.md"), PurePath("guide.mdx")]
PIECES = [
    "gym env start", "ng_run", "uv run ", "--config", " ", "\n", "\\\n", "\\ \n", "a/b.yaml", ",", "'", '"', "[", "]",
    "+config_paths=[", "++a.resources_servers.b.c=1", "$", "$(", "${", ")", "}", "`", "```", "```bash\n", "~~~",
    "\n```\n", "<", ">", "<x>", "<<EOF", "EOF\n", "#", ";", "&&", "|", "=", "-", "--", "...", "\r\n", "\0", "é",
    "cd x\n", "create ",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join)


@given(st.sampled_from(PATHS), texts)
def test_any_text_is_read(path: PurePath, text: str) -> None:
    found = tuple(invocations(path, text))
    for each in found:
        pieces = (*each.configs, *each.replaced, *each.flags, *(override.key for override in each.overrides))
        for span in (each.span, *(piece.span for piece in pieces)):
            assert 0 <= span.start <= span.end <= len(text)
    made_files(text, frozenset[int]())


words = st.text(
    st.characters(exclude_characters="\0\r\n\"'`$\\<>|;&()#*?{}~ \t", exclude_categories=["Cs"]), min_size=1
)


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_quoted_words_are_those_of_a_shell(given: list[str]) -> None:
    line = f"x {shlex.join(given)}"
    [command] = simple_commands(line, 0, len(line))
    [_, *found] = command.words
    # Unquoted, some characters are patterns or braces.
    assert [word.text for word in found if word.is_known] == [
        each for word, each in zip(found, given, strict=True) if word.is_known
    ]
    assert all(len(word.offsets) == len(word.text) for word in found)


@given(st.lists(words, min_size=1, max_size=8), st.sampled_from(["", "'", '"']))
def test_plain_words_have_their_places(given: list[str], quote: str) -> None:
    line = " ".join(f"{quote}{word}{quote}" for word in given)
    for command in simple_commands(line, 0, len(line)):
        for word in command.words:
            assert word.span_of(0, len(word.text)).of(line) == word.text


FAMILIES = (*PIECES, "gym env start --config a/b.yaml\n", "'it", '"$(', "$((", "${x", "<<E\n", "\\ ", "```sh\ngym\n",
            "> ", "<a", "x.yaml ", "- ", "gym env start ++config_paths=[a] ++config_paths=[b] ")  # fmt: skip


@pytest.mark.parametrize("piece", FAMILIES)
@pytest.mark.parametrize("path", PATHS[:2], ids=str)
@pytest.mark.parametrize("first", ["", "gym env start --config ", "```bash\n"])
def test_the_work_grows_with_the_text(first: str, path: PurePath, piece: str) -> None:
    def work(times: int) -> None:
        text = first + piece * times
        _ = tuple(invocations(path, text))
        made_files(text, frozenset[int]())

    once, twice = (steps(partial(work, size)) for size in (100, 200))
    assert twice <= 2.2 * once
    work(20_000)
