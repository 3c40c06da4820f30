"""The laws of docs/architecture.md that no other test covers."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path, PurePath
from pkgutil import walk_packages

import pytest

import gym_lsp
import gym_lsp.rules
from gym_lsp.check import Checker
from gym_lsp.cli import main
from gym_lsp.files import Disk
from gym_lsp.rules import ALL_RULES, RULES_BY_SUBJECT
from gym_lsp.rules.engine.rule import Rule
from gym_lsp.workspace.workspace import Workspace

ROOT = Path(__file__).parent.parent
PACKAGE = Path(gym_lsp.__file__).parent


def modules(*left_out: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the path in the package and the tree of every module, without those in `left_out`."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(left_out):
            yield name, ast.parse(path.read_text("utf-8"))


def test_only_files_reads_the_disk() -> None:
    """The command line may write reports. Everything else reads through a `Files`."""
    methods = {"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob", "is_file", "is_dir"}
    harmless = {"_exit", "environ", "fsdecode", "fsencode", "kill", "name", "path", "pathsep", "sep"}
    doors: list[str] = []
    for name, tree in modules("files.py", "cli/", "dev/"):
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="open")) | ast.Call(func=ast.Attribute(attr=("exists" | "stat"))):
                    doors.append(f"{name}:{node.lineno}")
                case ast.Call(func=ast.Attribute(attr=method)) if method in methods:
                    doors.append(f"{name}:{node.lineno}")
                case ast.Attribute(value=ast.Name(id="os"), attr=attribute) if attribute not in harmless:
                    doors.append(f"{name}:{node.lineno}")
                case _:
                    pass
    assert doors == []


def test_positions_exist_only_at_the_edge() -> None:
    """Lines and columns are for people and protocols. The errors of `tomllib` contain them, too."""
    edge = ("text.py", "reporters/", "server/", "cli/", "dev/", "workspace/toml.py")
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules(*edge)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and {"Position", "Encoding"} & {alias.name for alias in node.names}
    ]
    assert found == []


class NamesOnly(Mapping[str, str]):
    """Environment variables whose content must not be read."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def __getitem__(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(name)
        raise AssertionError(f"the value of {name} was read")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def test_no_variable_is_read() -> None:
    workspace = Workspace(Disk(), PurePath(ROOT), environment=NamesOnly("JUDGE_API_KEY", "JUDGE_MODEL", "HOME"))
    assert Checker(workspace).check_standalone(workspace.below((PurePath(ROOT) / "environments",))).files


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("JUDGE_API_KEY", "hunter2")
    arguments = ["--config", "environments/museum_guide/config.yaml", "++policy_api_key=hunter3"]
    for command in (["--check"], ["--resolve", "--provenance"]):
        assert main([*command, *arguments]) == 0
        shown = b"".join(capfdbinary.readouterr())
        assert b"hunter" not in shown


def defined_rules() -> Iterator[Rule]:
    for module in walk_packages(gym_lsp.rules.__path__, "gym_lsp.rules."):
        found = vars(import_module(module.name)).values()
        yield from (each for each in found if isinstance(each, Rule) and each.check.__module__ == module.name)


def test_every_rule_is_listed_once() -> None:
    missing = {rule.name for rule in defined_rules()} - {rule.name for rule in ALL_RULES}
    assert not missing, f"add to SUBJECTS of gym_lsp/rules/__init__.py: {', '.join(sorted(missing))}"
    assert len({rule.name for rule in ALL_RULES}) == len(ALL_RULES)


def test_a_rule_has_a_module_of_its_name() -> None:
    for subject, rules in RULES_BY_SUBJECT.items():
        for rule in rules:
            assert rule.check.__module__ == f"gym_lsp.rules.{subject}.{rule.name.replace('-', '_')}"
