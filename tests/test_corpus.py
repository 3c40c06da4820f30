"""The corpus is fetched whole or not at all. Real pip, a small wheel of our own, no network."""

from __future__ import annotations

import hashlib
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.corpus import damage, fetch_release
from tests.tools.pip import PipFailed, own_pip

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
VERSION = "9.9.9"
INFO = f"nemo_gym-{VERSION}.dist-info"
FILES = {
    "nemo_gym/__init__.py": "",
    "environments/math/config.yaml": "math: {}\n",
    f"{INFO}/METADATA": f"Metadata-Version: 2.1\nName: nemo-gym\nVersion: {VERSION}\nRequires-Python: >=99\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The SHA-256 of a wheel that pip finds, and nothing else."""
    index = tmp_path / "index"
    index.mkdir()
    wheel = index / f"nemo_gym-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
        record = [f"{name},,{len(text)}" for name, text in FILES.items()]
        archive.writestr(f"{INFO}/RECORD", "\n".join([*record, f"{INFO}/RECORD,,"]) + "\n")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_a_release_is_fetched_once(tmp_path: Path, digest: str) -> None:
    folder = tmp_path / "corpus"
    assert fetch_release(folder, VERSION, digest)
    assert damage(folder / VERSION, VERSION) is None
    assert (folder / VERSION / "environments/math/config.yaml").read_text() == "math: {}\n"
    assert not fetch_release(folder, VERSION, digest)
    assert [path.name for path in folder.iterdir()] == [VERSION]


def test_a_damaged_release_is_fetched_anew(tmp_path: Path, digest: str) -> None:
    folder = tmp_path / "corpus"
    fetch_release(folder, VERSION, digest)
    config = folder / VERSION / "environments/math/config.yaml"
    for spoil in (lambda: config.write_text("shorter"), config.unlink, (folder / VERSION / INFO / "RECORD").unlink):
        spoil()
        assert damage(folder / VERSION, VERSION) is not None
        assert fetch_release(folder, VERSION, digest)
        assert damage(folder / VERSION, VERSION) is None
    assert [path.name for path in folder.iterdir()] == [VERSION]


def test_two_at_once(tmp_path: Path, digest: str) -> None:
    folder = tmp_path / "corpus"
    with ThreadPoolExecutor(2) as pool:
        for fetched in [pool.submit(fetch_release, folder, VERSION, digest) for _ in range(2)]:
            fetched.result()
    assert damage(folder / VERSION, VERSION) is None
    assert [path.name for path in folder.iterdir()] == [VERSION]


def test_another_wheel_than_the_one_meant_is_refused(tmp_path: Path, digest: str) -> None:
    folder = tmp_path / "corpus"
    with pytest.raises(PipFailed, match="pip said"):
        fetch_release(folder, VERSION, digest[::-1])
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("digest")
def test_an_index_out_of_reach_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    # The discard port: nothing listens there.
    flags = ["--index-url", "http://127.0.0.1:9/", "--retries", "0", "--dest", str(tmp_path)]
    with pytest.raises(PipFailed, match=r"^the package index cannot be reached"):
        own_pip(["download", *flags, "nemo-gym"])
