"""The install root is found in the user's environment, and paths are searched in the order of NeMo Gym."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePath

import pytest
from msgspec.structs import replace

from gym_lsp.files import Disk
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.gym.roots import InstallRoot, SearchRoots, find_install_root, search_roots
from tests.memory import Memory

WORK = PurePath("/repo")
GYM = "nemo_gym/global_config.py"
VERSION = 'MAJOR = 0\nMINOR = 7\nPATCH = 0\nPRE_RELEASE = ""\n'
INFO = "nemo_gym-0.7.0.dist-info"


def found(
    tree: Mapping[str, str],
    *,
    explicit: str | None = None,
    python: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[str, str] | None:
    root = find_install_root(
        Memory({PurePath(path): text for path, text in tree.items()}),
        explicit=PurePath(explicit) if explicit else None,
        workspace=WORK,
        python_environment=PurePath(python) if python else None,
        environ=environ or {},
    )
    return (root.path.as_posix(), root.how) if root else None


ENVIRONMENTS = {
    f"/editor/lib/python3.13/site-packages/{GYM}": "",
    f"/virtual/lib/python3.13/site-packages/{GYM}": "",
    f"/conda/lib/python3.13/site-packages/{GYM}": "",
    f"/repo/.venv/lib/python3.13/site-packages/{GYM}": "",
    f"/repo/venv/lib/python3.13/site-packages/{GYM}": "",
}
ENVIRON = {"VIRTUAL_ENV": "/virtual", "CONDA_PREFIX": "/conda"}


def test_environments_are_tried_in_order() -> None:
    """If the environment that was found is removed, the next one in the order is found."""
    tree = {f"/given/{GYM}": "", f"/repo/{GYM}": "", **ENVIRONMENTS}
    expected = [
        ("/repo", "checkout"),
        ("/editor/lib/python3.13/site-packages", "python environment"),
        ("/virtual/lib/python3.13/site-packages", "VIRTUAL_ENV"),
        ("/conda/lib/python3.13/site-packages", "CONDA_PREFIX"),
        ("/repo/.venv/lib/python3.13/site-packages", ".venv"),
        ("/repo/venv/lib/python3.13/site-packages", "venv"),
    ]
    assert found(tree, explicit="/given", python="/editor", environ=ENVIRON) == ("/given", "--gym-root")
    for place, how in expected:
        assert found(tree, python="/editor", environ=ENVIRON) == (place, how)
        del tree[f"{place}/{GYM}"]
    assert found(tree, python="/editor", environ=ENVIRON) is None


def test_an_explicit_path_without_nemo_gym_is_not_replaced() -> None:
    assert found({f"/repo/{GYM}": "", **ENVIRONMENTS}, explicit="/elsewhere", environ=ENVIRON) is None


@pytest.mark.parametrize("explicit", ["/gym", "gym", "../gym", "/gym/nemo_gym", "/repo/../gym"])
def test_the_given_folder_may_be_a_checkout(explicit: str) -> None:
    root = "/repo/gym" if explicit == "gym" else "/gym"
    assert found({f"{root}/{GYM}": ""}, explicit=explicit) == (root, "--gym-root")


@pytest.mark.parametrize(
    "explicit",
    ["/env", "/env/bin/python", "/env/lib/python3.13/site-packages", "/env/lib/python3.13/site-packages/nemo_gym"],
)
def test_the_given_folder_may_be_an_environment(explicit: str) -> None:
    tree = {f"/env/lib/python3.13/site-packages/{GYM}": "", "/env/bin/python": ""}
    assert found(tree, explicit=explicit) == ("/env/lib/python3.13/site-packages", "--gym-root")


@pytest.mark.parametrize(
    ("tree", "python", "root"),
    [
        ({f"/env/Lib/site-packages/{GYM}": "", "/env/Scripts/python.exe": ""}, "/env", "/env/Lib/site-packages"),
        (
            {f"/env/Lib/site-packages/{GYM}": "", "/env/Scripts/python.exe": ""},
            "/env/Scripts/python.exe",
            "/env/Lib/site-packages",
        ),
        ({f"/env/Lib/site-packages/{GYM}": "", "/env/python.exe": ""}, "/env/python.exe", "/env/Lib/site-packages"),
        ({f"/env/lib64/python3.13/site-packages/{GYM}": ""}, "/env", "/env/lib64/python3.13/site-packages"),
        ({f"/env/lib/python3.14t/site-packages/{GYM}": ""}, "/env", "/env/lib/python3.14t/site-packages"),
        (
            {f"/env/lib/python{version}/site-packages/{GYM}": "" for version in ("3.9", "3.13", "3.8")},
            "/env",
            "/env/lib/python3.13/site-packages",
        ),
    ],
    ids=["windows", "windows python", "windows conda", "lib64", "free-threaded", "newest"],
)
def test_layouts_of_environments(tree: Mapping[str, str], python: str, root: str) -> None:
    assert found(tree, python=python) == (root, "python environment")


SITE = "/repo/.venv/lib/python3.13/site-packages"
URL = '{"url": "%s", "dir_info": {"editable": true}}'


@pytest.mark.parametrize(
    "tree",
    [
        {f"{SITE}/__editable__.nemo_gym-0.7.0.pth": "/src/gym\n"},
        {f"{SITE}/nemo_gym.pth": "# a comment\n\nimport sys; sys.path.append('/x')\n/nowhere\n/src/gym\n"},
        {f"{SITE}/nemo_gym.pth": "/src/gym\r\n"},
        {f"{SITE}/easy-install.pth": "../../../../../src/gym\n"},
        {f"{SITE}/{INFO}/direct_url.json": URL % "file:///src/gym"},
        {f"{SITE}/nemo-gym-0.7.0.dist-info/direct_url.json": URL % "file://localhost/src/gym"},
        {
            f"{SITE}/__editable__.nemo_gym-0.7.0.pth": "import __editable___nemo_gym_0_7_0_finder; x.install()\n",
            f"{SITE}/__editable___nemo_gym_0_7_0_finder.py": (
                "import sys\nMAPPING: dict[str, str] = {'other': '/o', 'nemo_gym': '/src/gym/nemo_gym'}\n"
            ),
        },
    ],
    ids=["pth", "pth with other lines", "pth crlf", "relative pth", "direct_url", "direct_url localhost", "finder"],
)
def test_editable_installs_lead_to_the_checkout(tree: Mapping[str, str]) -> None:
    assert found({**tree, f"/src/gym/{GYM}": ""}) == ("/src/gym", ".venv")


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("file:///my%20code/gym", "/my code/gym"),
        ("file:///src/gym/", "/src/gym"),
        ("file:///layout", "/layout/src"),
    ],
)
def test_urls_of_local_folders(url: str, root: str) -> None:
    assert found({f"{SITE}/{INFO}/direct_url.json": URL % url, f"{root}/{GYM}": ""}) == (root, ".venv")


@pytest.mark.parametrize(
    "record",
    ["", "{", "[]", "{}", '{"url": 1}', '{"url": "https://example.org/gym"}', '{"url": "file:///nowhere"}', "null"],
)
def test_records_that_lead_nowhere(record: str) -> None:
    assert found({f"{SITE}/{INFO}/direct_url.json": record, "/https:/example.org/gym": ""}) is None


def test_an_installed_package_comes_before_an_editable_one() -> None:
    assert found({f"{SITE}/nemo_gym.pth": "/src/gym\n", f"{SITE}/{GYM}": "", f"/src/gym/{GYM}": ""}) == (SITE, ".venv")


def test_an_environment_without_nemo_gym_is_skipped() -> None:
    tree = {"/virtual/lib/python3.13/site-packages/other.py": "", f"{SITE}/{GYM}": ""}
    assert found(tree, environ={"VIRTUAL_ENV": "/virtual"}) == (SITE, ".venv")


def test_the_release_is_found() -> None:
    tree = Memory({WORK / GYM: "", WORK / "nemo_gym" / "package_info.py": VERSION})
    root = find_install_root(tree, explicit=None, workspace=WORK, environ={})
    assert root == InstallRoot(WORK, "checkout", "0.7.0")


def test_a_linked_python_counts_where_it_is_named(tmp_path: Path) -> None:
    package = tmp_path / "env" / "lib" / "python3.13" / "site-packages" / "nemo_gym"
    package.mkdir(parents=True)
    (package / "global_config.py").write_text("")
    (tmp_path / "system" / "bin").mkdir(parents=True)
    (tmp_path / "system" / "bin" / "python3").write_text("")
    (tmp_path / "env" / "bin").mkdir()
    (tmp_path / "env" / "bin" / "python").symlink_to(tmp_path / "system" / "bin" / "python3")
    root = find_install_root(
        Disk(), explicit=None, workspace=tmp_path, python_environment=tmp_path / "env" / "bin" / "python", environ={}
    )
    assert root is not None
    assert root.path == package.parent


# Search roots


def roots(
    *, search_dirs: tuple[str, ...] = (), extra: str = "", install: str | None = "/gym", extra_roots: bool = True
) -> list[str]:
    made = search_roots(
        Memory({}),
        search_dirs=search_dirs,
        working_directory=WORK,
        install_root=PurePath(install) if install else None,
        environ={"NEMO_GYM_EXTRA_ROOTS": extra} if extra else {},
        profile=replace(BUILTIN, extra_roots=extra_roots),
    )
    return [root.as_posix() for root in made.roots]


def test_roots_are_in_nemo_gyms_order() -> None:
    extra = os.pathsep.join(["/extra", "", "relative"])
    assert roots(search_dirs=("/given", "near"), extra=extra) == [
        "/given", "/repo/near", "/extra", "/repo/relative", "/repo", "/gym",
    ]  # fmt: skip


def test_old_releases_know_no_extra_roots() -> None:
    assert roots(search_dirs=("/given",), extra="/extra", extra_roots=False) == ["/repo", "/gym"]


def test_a_root_counts_once_and_where_it_comes_first() -> None:
    assert roots(search_dirs=("/gym", "/repo/../gym"), extra="/repo") == ["/gym", "/repo"]
    assert roots(install="/repo") == ["/repo"]
    assert roots(install=None) == ["/repo"]


def test_links_to_one_folder_count_once(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    made = search_roots(
        Disk(),
        search_dirs=(),
        working_directory=tmp_path / "link",
        install_root=tmp_path / "real",
        environ={},
        profile=BUILTIN,
    )
    assert made.roots == (tmp_path / "link",)


def test_the_first_root_that_has_a_path_wins() -> None:
    search = SearchRoots((PurePath("/a"), PurePath("/b"), PurePath("/c")))
    tree = Memory({PurePath("/b/x/config.yaml"): "", PurePath("/c/x/config.yaml"): "", PurePath("/d.yaml"): ""})
    assert search.resolve(tree, "x/config.yaml") == PurePath("/b/x/config.yaml")
    assert search.resolve(tree, "x") == PurePath("/b/x")
    assert search.resolve(tree, "missing.yaml") is None
    assert search.resolve(tree, "/d.yaml") == PurePath("/d.yaml")
    assert search.resolve(tree, "/missing.yaml") is None
    assert search.candidates("y.yaml") == (PurePath("/a/y.yaml"), PurePath("/b/y.yaml"), PurePath("/c/y.yaml"))
    assert search.candidates("/d.yaml") == (PurePath("/d.yaml"),)
