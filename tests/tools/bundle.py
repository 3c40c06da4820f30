"""Builds the VS Code extensions that carry their server: a .vsix for each platform, with gym-lsp and its dependencies.

    python -m tests.tools.bundle FOLDER [--target NAME]...     builds into a folder; by default for all platforms
    python -m tests.tools.bundle --lock                        writes the versions and hashes of the dependencies again

Both need the package index. The dependencies are wheels from it, for each supported Python of each platform, with
exactly the hashes of `vscode-client/requirements.txt`. `python -m tests.tools.bundle --lock` writes that file: the
newest versions that `pyproject.toml` allows. If a wheel is missing for a Python, that Python is left out on that
platform, and a line of the file says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from email import message_from_string
from pathlib import Path, PurePosixPath

from msgspec import Struct

from gym_lsp.project import NAME
from tests.tools.node import CLIENT, Unavailable, client_packages, node_programs
from tests.tools.pip import PipFailed, own_pip

REPOSITORY = Path(__file__).parents[2]
LOCK = CLIENT / "requirements.txt"
BUNDLED = "bundled"
"""The folder of the extension with the server."""
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_CONTAINED = {
    "ruamel.yaml.clib": "It contains libyaml, under the same license. Copyright (c) 2006-2016 Kirill Simonov, "
    "copyright (c) 2017-2020 Ingy döt Net.",
}
"""What the compiled modules of a package contain that its license text does not name."""
LIBRARY_ONLY = frozenset({"omegaconf", "pydantic"})
"""Dependencies that only the library `gym_lsp.gym` imports, not the server."""

_WHEELS = REPOSITORY / "build" / "wheels"
_STAMP = ".downloaded"
_CONSTRAINTS = Path(__file__).with_name("build-constraints.txt")
_HEADER = """\
# The packages that the extension for VS Code carries, and the hashes of their wheels for every Python and platform.
# `python -m tests.tools.bundle --lock` writes this file, with the newest versions that pyproject.toml allows.
"""
_NO_WHEEL = re.compile(r"^# no wheel: (?P<name>\S+) for (?P<platform>\S+) and CPython (?P<python>\S+)$", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NOT_NEEDED = (".pyi", "py.typed", "/RECORD", "/WHEEL", "/top_level.txt", "/entry_points.txt")
_LINUX_TAGS = ("manylinux2014", *(f"manylinux_2_{minor}" for minor in range(17, 29)))
"""The wheels for a C library that VS Code runs with: it needs 2.28."""
_ARCHITECTURES = {"win_amd64": "x64"}


class Target(Struct, frozen=True):
    """A platform of VS Code, and the platforms of the Pythons there as pip names them, the usual one first."""

    name: str
    platforms: tuple[str, ...]


TARGETS = (
    Target("linux-x64", ("manylinux_x86_64",)),
    Target("linux-arm64", ("manylinux_aarch64",)),
    Target("alpine-x64", ("musllinux_1_2_x86_64",)),
    Target("alpine-arm64", ("musllinux_1_2_aarch64",)),
    Target("darwin-x64", ("macosx_11_0_x86_64",)),
    Target("darwin-arm64", ("macosx_11_0_arm64",)),
    Target("win32-x64", ("win_amd64",)),
    # Windows on ARM also runs a Python for x64.
    Target("win32-arm64", ("win_arm64", "win_amd64")),
)


class Interpreter(Struct, frozen=True):
    """A CPython on a platform, for which there can be wheels."""

    platform: str
    python: str

    def options(self) -> list[str]:
        """Return the options of pip that choose its wheels."""
        head, _, machine = self.platform.partition("_")
        tags = [f"{tag}_{machine}" for tag in _LINUX_TAGS] if head == "manylinux" else [self.platform]
        abi = f"cp{self.python.replace('.', '')}"
        chosen = ["--only-binary", ":all:", "--implementation", "cp", "--python-version", self.python, "--abi", abi]
        return [*chosen, *(word for tag in tags for word in ("--platform", tag))]


class BundleFailed(Exception):
    """A bundle cannot be built; the message is the reason, and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line of the module's docstring. Return 1 if something cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.bundle")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--lock", action="store_true")
    parser.add_argument("--target", action="append", choices=[target.name for target in TARGETS])
    options = parser.parse_args(arguments)
    folder: Path | None = options.folder
    if options.lock == (folder is not None):
        parser.error("expected either a folder or --lock")
    try:
        if folder is None:
            LOCK.write_text(locked(), encoding="utf-8", newline="\n")
            print(f"wrote {LOCK.relative_to(REPOSITORY)}")
        else:
            build(folder.absolute(), [each for each in TARGETS if not options.target or each.name in options.target])
    except (BundleFailed, PipFailed, Unavailable) as error:
        print(f"The extension cannot be built with its server: {error}", file=sys.stderr)
        return 1
    return 0


def target_here() -> Target:
    """Return the target of this machine. Raises BundleFailed."""
    system = "alpine" if sys.platform == "linux" and platform.libc_ver()[0] != "glibc" else sys.platform
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    for target in TARGETS:
        if target.name == f"{system}-{machine}":
            return target
    raise BundleFailed(f"there is no extension with a server for {system} on {machine}")


def build(folder: Path, targets: Sequence[Target]) -> list[Path]:
    """Build the extensions for some platforms from this repository. Raises BundleFailed, PipFailed, Unavailable."""
    node = node_programs(REPOSITORY / ".editors" / "node")
    environment = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    client_packages(environment)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        wheels = Path(temporary) / "wheels"
        constrained = environment | {"PIP_CONSTRAINT": str(_CONSTRAINTS)}
        _run([sys.executable, "-m", "build", "--wheel", "--outdir", str(wheels)], REPOSITORY, constrained)
        [wheel] = wheels.glob("*.whl")
        generated = shutil.ignore_patterns("node_modules", "out", BUNDLED, "*.vsix")
        client = Path(shutil.copytree(CLIENT, Path(temporary) / "client", ignore=generated))
        (client / "node_modules").symlink_to(CLIENT / "node_modules")
        return [package(client, target, wheel, folder, environment) for target in targets]


def package(client: Path, target: Target, wheel: Path, folder: Path, environment: Mapping[str, str]) -> Path:
    """Build the extension of one platform in `client`, a copy of `vscode-client`. Raises BundleFailed, PipFailed."""
    bundled = client / BUNDLED
    assemble(bundled, target, wheel, client / "run_server.py")
    version = json.loads((client / "package.json").read_text("utf-8"))["version"]
    built = folder / f"gym-lsp-{target.name}-{version}.vsix"
    _run(["npm", "--silent", "run", "package", "--", "--target", target.name, "--out", str(built)], client, environment)
    shutil.rmtree(bundled)
    print(f"{built.name}: {built.stat().st_size / 1_000_000:.1f} MB, for {needs(target)}", flush=True)
    for each in left_out(target):
        print(f"    without CPython {each.python} for {each.platform}, because a package has no wheel for it")
    return built


def assemble(bundled: Path, target: Target, wheel: Path, program: Path) -> None:
    """Write the server of a platform into a new folder. Raises BundleFailed, PipFailed."""
    libs = bundled / "libs"
    libs.mkdir(parents=True)
    for interpreter in interpreters(target):
        for path in downloaded(interpreter):
            unpack(path, libs)
    unpack(wheel, libs)
    shutil.copyfile(program, bundled / program.name)
    (bundled / "needs.txt").write_text(f"{needs(target)}\n", encoding="utf-8", newline="\n")
    (bundled / "NOTICE.txt").write_text(notice(libs), encoding="utf-8", newline="\n")


def needs(target: Target) -> str:
    """Return the Pythons that can run the server on a platform, such as "Python 3.11 to 3.14"."""
    found = interpreters(target)
    pythons = [python for python in PYTHONS if any(each.python == python for each in found)]
    shown = f"Python {pythons[0]} to {pythons[-1]}"
    if pythons != list(PYTHONS[PYTHONS.index(pythons[0]) :][: len(pythons)]):
        shown = f"Python {', '.join(pythons)}"
    if any(each.platform == target.platforms[0] for each in found):
        return shown
    return f"{shown} for {_ARCHITECTURES[found[0].platform]}"


def interpreters(target: Target) -> list[Interpreter]:
    """Return the interpreters for which every package has a wheel. Raises BundleFailed if there are none."""
    without = left_out(target)
    found = [each for each in _all_interpreters(target) if each not in without]
    if not found:
        raise BundleFailed(f"no Python on {target.name} has a wheel of every package; see {LOCK}")
    return found


def left_out(target: Target) -> list[Interpreter]:
    """Return the interpreters for which a package has no wheel."""
    known = {Interpreter(each["platform"], each["python"]) for each in _NO_WHEEL.finditer(LOCK.read_text("utf-8"))}
    return [each for each in _all_interpreters(target) if each in known]


def downloaded(interpreter: Interpreter) -> list[Path]:
    """Return the wheels for an interpreter, downloaded once for each lock. Raises BundleFailed, PipFailed."""
    folder = _WHEELS / f"{interpreter.platform}-{interpreter.python}"
    lock = LOCK.read_text("utf-8")
    stamp = folder / _STAMP
    if not stamp.is_file() or stamp.read_text("utf-8") != lock:
        print(f"Downloading wheels for {interpreter.platform}, CPython {interpreter.python} ...", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        exact = ["--no-deps", "--require-hashes", "--requirement", str(LOCK)]
        own_pip(["download", "--quiet", "--dest", str(folder), *interpreter.options(), *exact])
        stamp.write_text(lock, encoding="utf-8")
    known = set(_HASH.findall(lock))
    wheels = sorted(folder.glob("*.whl"))
    for wheel in wheels:
        if _digest(wheel) not in known:
            raise BundleFailed(f"{wheel} has another hash than in {LOCK}; remove it and try again")
    return wheels


def unpack(wheel: Path, libs: Path) -> None:
    """Add what a wheel needs at run time to a folder. Raises BundleFailed if two wheels have different files there."""
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(("/", *_NOT_NEEDED)):
                continue
            if ".." in PurePosixPath(name).parts or ".data/" in name or name.startswith("/"):
                raise BundleFailed(f"{wheel.name} installs {name}, which is not in a package")
            content, path = archive.read(name), libs / name
            if path.is_file() and path.read_bytes() != content:
                raise BundleFailed(f"{wheel.name} has another {name} than the wheel for another Python")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o644)


def notice(libs: Path) -> str:
    """Return the licenses of the packages in a folder. Raises BundleFailed if a package has none."""
    parts = ["gym-lsp carries the packages below. Each is unchanged, and has its own license.\n"]
    for folder in sorted(libs.glob("*.dist-info"), key=lambda each: each.name.lower()):
        described = message_from_string((folder / "METADATA").read_text("utf-8"))
        if described["Name"] == NAME:
            continue
        texts = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "METADATA")
        if not texts:
            raise BundleFailed(f"{described['Name']} has no license text in its wheel")
        parts.append(f"{'=' * 80}\n{described['Name']} {described['Version']}\n{'=' * 80}\n")
        parts.extend(f"{path.read_text('utf-8').strip()}\n" for path in texts)
        if described["Name"] in _CONTAINED:
            parts.append(f"{_CONTAINED[described['Name']]}\n")
    return "\n".join(parts)


def locked() -> str:
    """Return the text of the lock: the newest versions, and the hashes of all their wheels. Raises PipFailed."""
    shutil.rmtree(_WHEELS, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        first = Interpreter(TARGETS[0].platforms[0], PYTHONS[0])
        resolved = Path(temporary) / "resolved"
        own_pip(["download", "--quiet", "--dest", str(resolved), *first.options(), *server_requirements()])
        hashes: dict[str, set[str]] = {}
        missing: list[str] = []
        for wheel in sorted(resolved.glob("*.whl"), key=lambda each: each.name.lower()):
            name, version, *_, machine = wheel.stem.split("-")
            wanted = f"{name.replace('_', '-').lower()}=={version}"
            digests = hashes.setdefault(wanted, {_digest(wheel)})
            if machine == "any":
                continue
            for interpreter in _all_interpreters(*TARGETS):
                folder = Path(temporary) / f"{interpreter.platform}-{interpreter.python}-{name}"
                print(f"Looking for {wanted}: {interpreter.platform}, CPython {interpreter.python} ...", flush=True)
                try:
                    own_pip(["download", "--quiet", "--no-deps", "--dest", str(folder), *interpreter.options(), wanted])
                except PipFailed as error:
                    if "No matching distribution" not in str(error) or "Retrying" in str(error):
                        raise
                    missing.append(
                        f"# no wheel: {wanted} for {interpreter.platform} and CPython {interpreter.python}\n"
                    )
                else:
                    digests.update(_digest(each) for each in folder.glob("*.whl"))
    entries = (
        f"{wanted} \\\n" + " \\\n".join(f"    --hash=sha256:{each}" for each in sorted(digests)) + "\n"
        for wanted, digests in sorted(hashes.items())
    )
    return "".join([_HEADER, *missing, *entries])


def server_requirements() -> list[str]:
    """Return the dependencies in `pyproject.toml` that the server needs."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    return [each for each in project["dependencies"] if re.match(r"[\w.-]+", each)[0] not in LIBRARY_ONLY]  # type: ignore[index]


def _all_interpreters(*targets: Target) -> list[Interpreter]:
    names = dict.fromkeys(name for target in targets for name in target.platforms)
    return [Interpreter(name, python) for name in names for python in PYTHONS]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise BundleFailed(f"{' '.join(command)} failed:\n{done.stdout}")


if __name__ == "__main__":
    sys.exit(main())
