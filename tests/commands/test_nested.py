"""Shell text in commands and in here documents, as fixtures: see `tests/fixture.py`."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.commands.invocation import Invocation, invocations
from gym_lsp.text import Span
from tests.commands.test_findings import LETTER, line, script
from tests.counting import steps
from tests.fixture import assert_findings

MISSING = "error[config-path-not-found]"
PATH = PurePath("run.sh")


def found_in(text: str) -> tuple[Invocation, ...]:
    return tuple(invocations(PATH, text))


@pytest.mark.parametrize(
    "command",
    [
        f"bash -c 'gym env start --config {LETTER}'",
        f'sh -lc "gym env start --config {LETTER} --model $MODEL"',
        f'/bin/bash -euo pipefail -c "cd x && gym env start --config {LETTER}"',
        f"srun --nodes=1 -c 4 bash --login -c 'set -x; gym env start --config {LETTER}'",
        f"docker run -v a:b image bash -c \"ng_run '+config_paths=[{LETTER}]'\"",
        f'ssh host "gym env start --config {LETTER}"',
        f"sbatch --wrap='gym env start --config {LETTER}'",
        f'sbatch --wrap "gym env start --config {LETTER}" --nodes 1',
        f'eval "gym env start --config {LETTER}"',
        f"bash -c \"bash -c 'gym env start --config {LETTER}'\"",
        f'bash -c "gym env start \\"--config\\" \\"{LETTER}\\""',
        f"timeout 10 bash -c 'gym env start --config {LETTER}' &",
    ],
)
def test_the_text_of_a_shell(command: str) -> None:
    assert_findings(script(line(command, (LETTER, MISSING))))
    assert_findings(script(f"```bash\n{line(command, (LETTER, MISSING))}```\n", "README.md"))


@pytest.mark.parametrize(
    "start",
    [
        "bash <<EOF", "bash -s <<'EOF'", "ssh user@host <<EOF", "ssh host 'bash -s' << EOF", "sbatch <<EOF",
        "docker exec -i x bash <<-EOF", "srun --nodes 1 bash <<EOF > log.txt", "sbatch --nodes=2 <<'EOF' && echo x",
    ],
)  # fmt: skip
def test_a_here_document_for_a_shell(start: str) -> None:
    marked = line(f"gym env start --config {LETTER}", (LETTER, MISSING))
    assert_findings(script(f"{start}\n#!/bin/bash\n{marked}EOF\n{marked}"))
    assert_findings(script(f"{start}\nset -x\n{marked}"))


@pytest.mark.parametrize(
    "text",
    [
        f"echo bash -c 'gym env start --config {LETTER}'",
        f"python -c 'gym env start --config {LETTER}'",
        f"bash run.sh -c 'gym env start --config {LETTER}'",
        f"bash 'gym env start --config {LETTER}'",
        f"cat <<EOF > run.sh\ngym env start --config {LETTER}\nEOF",
        f"cat <<EOF\nbash -c 'gym env start --config {LETTER}'\nEOF",
        f"python <<EOF\ngym env start --config {LETTER}\nEOF",
        f"ssh host python - <<EOF\ngym env start --config {LETTER}\nEOF",
        f"bash run.sh <<EOF\ngym env start --config {LETTER}\nEOF",
        f"bash -c 'cat' <<EOF\ngym env start --config {LETTER}\nEOF",
        f"bash -c '# gym env start --config {LETTER}'",
        "bash -c 'gym env start --config resources_servers/letters/configs/$NAME.yaml'",
        'bash -c "gym env start --config resources_servers/letters/configs/$NAME.yaml"',
        'bash -c "gym env start --config resources_servers/letters/configs/\\$NAME.yaml"',
        "bash <<EOF\ngym env start --config resources_servers/letters/configs/\\$NAME.yaml\nEOF",
        "bash <<EOF\ngym env start --config resources_servers/letters/configs/${NAME}.yaml\nEOF",
        "bash -c",
        "bash -c '",
        "bash <<EOF",
    ],
)
def test_what_is_not_such_text(text: str) -> None:
    assert_findings(script(f"{text}\n"))


def test_a_variable_can_be_several_words() -> None:
    [found] = found_in('bash -c "gym env start $ARGS --config a/b.yaml"')
    assert not found.has_all_configs
    [found] = found_in("bash <<EOF\ngym env start $ARGS --config a/b.yaml\nEOF\n")
    assert not found.has_all_configs
    [found] = found_in("bash -c 'gym env start --config a/b.yaml'")
    assert found.has_all_configs


def test_a_folder_that_is_entered_inside() -> None:
    one, two = found_in("bash -c 'cd x && gym env start'\ngym env start\n")
    assert (one.has_moved, two.has_moved) == (True, False)
    one, two = found_in("ssh host 'gym env start'\ncd x\nbash -c 'gym env start'\n")
    assert (one.has_moved, two.has_moved) == (True, True)


def test_a_text_in_a_text_in_a_text() -> None:
    command = "gym env start"
    for depth in range(1, 8):
        command = f"bash -c {shlex.quote(command)}"
        assert len(found_in(command)) == (depth <= 4)


words = st.text(
    st.characters(exclude_characters="\0\r\n\"'`$\\<>|;&()#*?{}~ \t=,[]-", exclude_categories=["Cs"]), min_size=1
)


@given(words, st.sampled_from(["'", '"']), st.integers(1, 3))
def test_places_are_those_in_the_document(name: str, quote: str, depth: int) -> None:
    command = f"gym env start --config {name}.yaml"
    for _ in range(depth):
        command = f"bash -c {quote}{command}{quote}" if depth == 1 else f"bash -c {shlex.quote(command)}"
    [found] = found_in(f"é\n{command}\n")
    assert [each.span.of(f"é\n{command}\n") for each in found.configs] == [f"{name}.yaml"]


PIECES = [
    "bash -c ", "sh -lc", "'", '"', "\\", "\\'", '\\"', "<<EOF", "<<'A'", "EOF\n", "A\n", "\n", " ", "$X",
    "$(", ")", "`", "gym env start --config a/b.yaml", "ssh h ", "sbatch --wrap=", "eval ", "cat ", "cd x;",
    "\0", "é", "\\\n", "#", "<x>", "bash -c '", 'bash -c "', "bash <<EOF\n", "bash <<E <<F ", "bash <<E\nx\nE\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read(text: str) -> None:
    for found in found_in(text):
        pieces = (*found.configs, *found.replaced, *found.flags, *(each.key for each in found.overrides))
        for span in (found.span, *(piece.span for piece in pieces)):
            assert Span(0, len(text)).covers(span)


@pytest.mark.parametrize(
    "piece", [*PIECES, "bash -c '", 'bash -c "', "bash <<EOF\n", "bash <<E <<F ", "bash <<E\nx\nE\n"]
)
@pytest.mark.parametrize("first", ["", "bash -c '", 'bash -c "', "bash <<EOF\n", "bash -c 'bash <<EOF\n"])
def test_the_work_grows_with_the_text(first: str, piece: str) -> None:
    def work(times: int) -> None:
        found_in(first + piece * times)

    once, twice = (steps(partial(work, size)) for size in (100, 200))
    assert twice <= 2.2 * once
    work(5_000)


def test_a_megabyte_of_quotes() -> None:
    for piece in ("'", '"', "bash -c '\"", "<<E "):
        found_in(piece * (1_000_000 // len(piece)))
