"""The extension with its server: what it carries is locked, licensed and complete, and nothing else is imported."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gym_lsp import __version__
from tests.ci.conftest import BROKEN, CONFIG, REPOSITORY, write
from tests.server.client import Client
from tests.server.editor import PULL
from tests.tools import bundle

PROGRAM = bundle.CLIENT / "run_server.py"
TARGETS = {target.name: target for target in bundle.TARGETS}
LOCKED = dict(re.findall(r"^([\w.-]+)==(\S+)", bundle.LOCK.read_text("utf-8"), re.MULTILINE))
MODULES = ("gym_lsp/__init__.py", "msgspec.py", "sitecustomize.py", "json/__init__.py")
"""What a workspace could contain to run code in the server."""


def closure(requirements: list[str]) -> dict[str, str]:
    """Return the installed packages that these requirements need, with their versions."""
    found: dict[str, str] = {}
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        each = waiting.pop()
        name = canonicalize_name(each.name)
        if name not in found and (each.marker is None or each.marker.evaluate({"extra": ""})):
            distribution = importlib.metadata.distribution(name)
            found[name] = distribution.version
            waiting.extend(map(Requirement, distribution.requires or ()))
    return found


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server as an extension carries it, made of the packages of this environment."""
    folder = tmp_path_factory.mktemp("bundled")
    libs = folder / "libs"
    for name in LOCKED:
        for file in importlib.metadata.files(name) or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = libs / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), target)
    shutil.copytree(REPOSITORY / "gym_lsp", libs / "gym_lsp", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PROGRAM, folder / PROGRAM.name)
    return folder


def command(bundled: Path, bytecode: Path, *arguments: str) -> list[str]:
    cached = f"pycache_prefix={bytecode}"
    return [sys.executable, "-I", "-S", "-X", cached, str(bundled / PROGRAM.name), *arguments]


def test_the_lock_has_what_the_server_needs_in_allowed_versions() -> None:
    requirements = bundle.server_requirements()
    assert closure(requirements).keys() == LOCKED.keys(), "run `make vsix-lock`"
    for each in map(Requirement, requirements):
        assert each.specifier.contains(LOCKED[canonicalize_name(each.name)]), f"{each}: run `make vsix-lock`"


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_every_platform_has_a_python_that_runs_the_server(target: str) -> None:
    assert bundle.needs(TARGETS[target]).startswith("Python 3.11 to 3.14")


def test_a_python_without_wheels_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "lock"
    monkeypatch.setattr(bundle, "LOCK", lock)
    missing = "# no wheel: msgspec==0.1 for win_{} and CPython {}\n"
    lock.write_text(missing.format("amd64", "3.12"))
    assert bundle.needs(TARGETS["win32-x64"]) == "Python 3.11, 3.13, 3.14"
    assert bundle.needs(TARGETS["win32-arm64"]) == "Python 3.11 to 3.14"
    lock.write_text("".join(missing.format("arm64", python) for python in bundle.PYTHONS))
    assert bundle.needs(TARGETS["win32-arm64"]) == "Python 3.11 to 3.14 for x64"
    assert [each.python for each in bundle.left_out(TARGETS["win32-arm64"])] == list(bundle.PYTHONS)
    lock.write_text("".join(missing.format("amd64", python) for python in bundle.PYTHONS))
    with pytest.raises(bundle.BundleFailed, match="no Python on win32-x64 has a wheel of every package"):
        bundle.needs(TARGETS["win32-x64"])


def wheel(folder: Path, name: str, **files: str) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return path


def test_wheels_for_several_pythons_share_a_folder(tmp_path: Path) -> None:
    libs = tmp_path / "libs"
    shared = {"a/__init__.py": "", "a/x.pyi": "", "a-1.dist-info/RECORD": "differs"}
    bundle.unpack(wheel(tmp_path, "one.whl", **shared, **{"a/x.cpython-311.so": "1"}), libs)
    bundle.unpack(wheel(tmp_path, "two.whl", **shared, **{"a/x.cpython-312.so": "2"}), libs)
    names = {path.name for path in libs.rglob("*") if path.is_file()}
    assert names == {"__init__.py", "x.cpython-311.so", "x.cpython-312.so"}
    with pytest.raises(bundle.BundleFailed, match=r"three.whl has another a/__init__.py than"):
        bundle.unpack(wheel(tmp_path, "three.whl", **{"a/__init__.py": "other"}), libs)


@pytest.mark.parametrize("name", ["../a.py", "a-1.data/scripts/a", "/a.py"])
def test_a_wheel_writes_only_into_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(bundle.BundleFailed, match="which is not in a package"):
        bundle.unpack(wheel(tmp_path, "one.whl", **{name: ""}), tmp_path / "libs")


def test_a_wheel_with_another_hash_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_WHEELS", tmp_path)
    folder = tmp_path / "win_amd64-3.12"
    folder.mkdir()
    (folder / ".downloaded").write_text(bundle.LOCK.read_text("utf-8"))
    wheel(folder, "msgspec.whl", **{"msgspec.py": "evil"})
    with pytest.raises(bundle.BundleFailed, match="another hash"):
        bundle.downloaded(bundle.Interpreter("win_amd64", "3.12"))


def test_an_unreachable_index_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(arguments: list[str]) -> None:
        raise bundle.PipFailed("the package index cannot be reached")

    def build(folder: Path, targets: list[bundle.Target]) -> list[Path]:
        return bundle.downloaded(bundle.Interpreter("win_amd64", "3.12"))

    monkeypatch.setattr(bundle, "own_pip", unreachable)
    monkeypatch.setattr(bundle, "_WHEELS", tmp_path)
    monkeypatch.setattr(bundle, "build", build)
    assert bundle.main([str(tmp_path)]) == 1
    sentence = "The extension cannot be built with its server: the package index cannot be reached\n"
    assert capsys.readouterr().err == sentence


def test_every_package_has_its_license_in_the_notice(bundled: Path) -> None:
    notice = bundle.notice(bundled / "libs")
    for name, version in LOCKED.items():
        assert f"{importlib.metadata.metadata(name)['Name']} {version}\n" in notice
    assert "Kirill Simonov" in notice


def test_a_package_without_a_license_is_not_carried(tmp_path: Path) -> None:
    (tmp_path / "a-1.dist-info").mkdir()
    (tmp_path / "a-1.dist-info" / "METADATA").write_text("Name: a\nVersion: 1\n")
    with pytest.raises(bundle.BundleFailed, match="a has no license text in its wheel"):
        bundle.notice(tmp_path)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    for name in MODULES:
        write(tmp_path / "workspace", name, f"open({str(tmp_path / 'imported')!r}, 'a').write(__file__)\n")
    write(tmp_path / "workspace", CONFIG, BROKEN)
    return tmp_path / "workspace"


def test_only_the_bundle_is_imported(bundled: Path, hostile: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(hostile), "PYTHONSTARTUP": str(hostile / "msgspec.py")}
    done = subprocess.run(
        command(bundled, tmp_path / "bytecode", "--check"),
        cwd=hostile,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "unknown domain `knowlege`" in done.stdout, done.stderr
    assert not (tmp_path / "imported").exists()
    assert not list(bundled.rglob("__pycache__"))
    assert list((tmp_path / "bytecode").rglob("*.pyc"))


def test_the_server_needs_nothing_else(bundled: Path, hostile: Path, tmp_path: Path) -> None:
    client = Client(hostile, command=command(bundled, tmp_path / "bytecode"))
    try:
        uri = hostile.joinpath(CONFIG).as_uri()
        client.request("initialize", {"processId": None, "rootUri": hostile.as_uri(), "capabilities": PULL})
        client.notify("initialized", {})
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": BROKEN}
        client.notify("textDocument/didOpen", {"textDocument": document})
        place = {"textDocument": {"uri": uri}, "position": {"line": 4, "character": 16}}
        for method in ("textDocument/hover", "textDocument/completion", "textDocument/definition"):
            client.request(method, place)
        found = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert [each["code"] for each in found["items"]] == ["unknown-domain"]
    finally:
        client.close()
    assert not (tmp_path / "imported").exists()


def test_another_python_says_why_it_cannot(tmp_path: Path) -> None:
    shutil.copyfile(PROGRAM, tmp_path / PROGRAM.name)
    done = subprocess.run(command(tmp_path, tmp_path), check=False, capture_output=True, text=True)
    assert done.returncode == 3
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert done.stderr.startswith(
        f"gym-lsp: this Python is {sys.implementation.name} {version}, for which the extension has no compiled modules"
    )
    plain = [sys.executable, str(tmp_path / PROGRAM.name)]
    done = subprocess.run(plain, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (3, "gym-lsp: this Python was started without -I and -S\n")


def test_the_program_is_readable_for_old_pythons() -> None:
    text = PROGRAM.read_text("utf-8")
    scope: dict[str, object] = {"__name__": "program"}
    exec(compile(text, str(PROGRAM), "exec"), scope)
    problem = scope["problem"]
    assert callable(problem)
    assert problem((3, 9), True) == "is version 3.9; gym-lsp needs 3.11 or newer"
    newer = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Match, ast.TryStar, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, newer)]


def test_the_version_is_that_of_the_extension() -> None:
    assert f'"version": "{__version__}"' in (bundle.CLIENT / "package.json").read_text("utf-8")
