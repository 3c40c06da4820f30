"""The checks of this repository: each step runs, whatever failed before it, and no test fails by the clock."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.ci.conftest import REPOSITORY
from tests.patience import PATIENCE

STEPS = REPOSITORY / "tests" / "tools" / "steps.sh"
MAKEFILE = "good:\n\t@echo good >> done\nbad:\n\t@echo bad >> done; exit 3\nlast:\n\t@echo last >> done\n"
CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time", "time", "time_ns", "perf_counter_ns"}
MEASURING = {
    "tests/bench",
    "tests/comparison/measure.py",
    "tests/fuzz/harness.py",
    "tests/parity/recipes/record.py",
    "tests/soak/soak.py",
    "tests/tools/ecosystem.py",
}
"""The modules that print how long something took."""
WAITING = {"tests/server/client.py", "tests/editors/waiting.py"}
"""The modules that wait for something, and give up after `PATIENCE`."""


def run(folder: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    (folder / "Makefile").write_text(MAKEFILE, encoding="utf-8")
    return subprocess.run(["sh", str(STEPS), *targets], cwd=folder, check=False, capture_output=True, text=True)


def test_the_steps_after_a_failed_one_run(tmp_path: Path) -> None:
    done = run(tmp_path, "bad", "good", "missing", "last")
    assert (tmp_path / "done").read_text("utf-8").split() == ["bad", "good", "last"]
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "failed: bad missing"


def test_good_steps_are_good(tmp_path: Path) -> None:
    done = run(tmp_path, "good", "last")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("target", ["test", "test-editors"])
def test_the_targets_of_several_steps_use_it(target: str) -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    assert re.search(rf"^{target}: ##.*\n\t@\$\(STEPS\) ", makefile, re.MULTILINE)


def test_no_test_looks_at_a_clock() -> None:
    found: list[str] = []
    for path in sorted((REPOSITORY / "tests").rglob("*.py")):
        name = path.relative_to(REPOSITORY).as_posix()
        if any(name.startswith(each) for each in MEASURING | WAITING):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Attribute(value=ast.Name(id="time"), attr=attribute) if attribute in CLOCKS:
                    found.append(f"{name}:{node.lineno}")
                case ast.ImportFrom(module="time", names=names) if CLOCKS & {each.name for each in names}:
                    found.append(f"{name}:{node.lineno}")
                case _:
                    pass
    assert found == [], "count the work with `tests.counting`"


def test_a_wait_that_fails_is_a_hang() -> None:
    assert PATIENCE >= 600
    short = [
        f"{path.relative_to(REPOSITORY).as_posix()}:{node.value.lineno}"
        for path in sorted((REPOSITORY / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "timeout" and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, int | float) and 1 < node.value.value < PATIENCE
    ]
    assert short == [], "wait for `PATIENCE`"
