"""Unpacks the editors that the tests drive, as Debian packages, into a folder that git ignores.

Nothing is installed on the system, and nothing of the editors' set-up scripts is run. The packages come from the mirror
that this machine's apt already uses, for which any Debian release does; apt checks their signatures as always. It needs
`apt-get` and `dpkg-deb` and nothing else, and does not have to be root.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

WANTED = {
    # Debian's testing release, for the newest editors, and its stable one, for those that many still have.
    "forky": ("neovim", "hx", "emacs-nox", "elpa-yaml-mode"),
    "trixie": ("neovim", "vim", "vim-ale"),
}
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class Unavailable(Exception):
    """Why the editors cannot be had here, in a sentence."""


def unpack_all(folder: Path) -> None:
    """Unpack what is not there yet of every editor, each suite into a folder of its own. Raises `Unavailable`."""
    for suite, packages in WANTED.items():
        unpack(suite, packages, folder / suite)


def unpack(suite: str, packages: tuple[str, ...], root: Path) -> None:
    """Unpack packages of one suite, with all that they depend on, into `root`; nothing if they are there."""
    stamp = root / ".unpacked"
    if stamp.is_file() and stamp.read_text(encoding="utf-8").split() == list(packages):
        return
    print(f"Unpacking into {root}: {', '.join(packages)} of Debian {suite} ...", flush=True)
    shutil.rmtree(root, ignore_errors=True)
    apt = root / ".apt"
    configuration = _private_apt(apt.resolve(), suite, _mirror())
    _apt(configuration, "update")
    _apt(configuration, "install", "--yes", "--no-install-recommends", "--download-only", *packages)
    for package in sorted((apt / "archives").glob("*.deb")):
        subprocess.run(["dpkg-deb", "--extract", str(package), str(root)], check=True)
    shutil.rmtree(apt)
    stamp.write_text(" ".join(packages), encoding="utf-8")


def _mirror() -> str:
    """The address from which this machine's apt takes Debian itself."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Unavailable("they are taken from Debian packages, and this machine has no apt-get and dpkg-deb.")
    listed = subprocess.run(
        ["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    for address in dict.fromkeys(listed):
        if address.rstrip("/").endswith("/debian"):
            return address
    raise Unavailable("none of the sources that apt is configured with is a mirror of Debian.")


def _private_apt(folder: Path, suite: str, mirror: str) -> Path:
    """A configuration under which apt works in `folder` alone and takes nothing as installed."""
    architecture = _ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise Unavailable(f"their packages are looked for on {' and '.join(_ARCHITECTURES)}, not on this machine's.")
    for name in ("lists/partial", "archives/partial", "preferences.d", "sources.list.d"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    (folder / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {mirror} {suite} main\n", encoding="utf-8")
    configuration = folder / "apt.conf"
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": folder / "sources.list.d",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": folder / "preferences.d",
        "Dir::State": folder,
        "Dir::State::Lists": folder / "lists",
        "Dir::State::Status": folder / "status",
        "Dir::Cache": folder,
        "Dir::Cache::Archives": folder / "archives",
        "APT::Architecture": architecture,
        "APT::Sandbox::User": "root",
        # An index that cannot be fetched is an error, and not a reason to look into an older one.
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    lines = [f'{name} "{value}";\n' for name, value in settings.items()]
    configuration.write_text("".join(lines) + f'APT::Architectures {{ "{architecture}"; }};\n', encoding="utf-8")
    return configuration


def _apt(configuration: Path, *arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "--quiet", *arguments],
        env={**os.environ, "APT_CONFIG": str(configuration), "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unavailable(f"`apt-get {arguments[0]}` failed, is the mirror within reach?\n{done.stdout[-2000:]}")
