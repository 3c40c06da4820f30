"""Which modules NeMo Gym cannot use as the schema of rows."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.gym.task_data import Unusable, why_unusable

PATH = PurePath("/w/resources_servers/counting/task_data.py")
USABLE = (
    "class TaskData: ...",
    "TaskData = dict",
    "TaskData: object = dict",
    "from other import TaskData",
    "from other import Task as TaskData",
    "from other import *",
    "import other as TaskData",
    "try:\n    from other import TaskData\nexcept ImportError:\n    pass",
    "if True:\n    class TaskData: ...",
    "def __getattr__(name): ...",
    "globals()['TaskData'] = dict",
    # What a newer Python accepts.
    "type TaskData = dict",
    "class Base[T]: ...\nclass TaskData(Base[int]): ...",
    "class TaskData:\n    text = f'{'a'}'",
    "try:\n    pass\nexcept KeyError, ValueError:\n    pass\nclass TaskData: ...",
    "class TaskData:\n    text = t'{1}'",
)
UNUSABLE: dict[str, int | None] = {
    "": None,
    "class Task: ...": None,
    "# class TaskData: ...": None,
    "def f():\n    return TaskData": None,
    "class TaskData(": 1,
    "class TaskData\n    letters: int": 1,
    "import os\n\nclass TaskData:\nletters: int": 4,
    "class TaskData:\n  letters: int\n word: str": 3,
}


@pytest.mark.parametrize("text", USABLE)
def test_a_module_that_may_have_a_schema(text: str) -> None:
    assert why_unusable(PATH, text) is None


@pytest.mark.parametrize(("text", "line"), UNUSABLE.items())
def test_a_module_without_a_schema(text: str, line: int | None) -> None:
    found = why_unusable(PATH, text)
    assert isinstance(found, Unusable)
    assert found.line == line
    assert bool(found.reason) is (line is not None)


@pytest.mark.parametrize("text", ["a = 1\0", "(" * 10_000, "-" * 100_000 + "1"])
def test_no_text_makes_it_fail(text: str) -> None:
    found = why_unusable(PATH, text)
    assert found is None or found.reason
