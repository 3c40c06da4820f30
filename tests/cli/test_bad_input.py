"""Input that is not a config: a clear message, never a traceback, never a hang."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN, CLEAN, TIDES, Gym, write

ODD = "environments/odd/config.yaml"
BOMB = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30))


def concise(gym: Gym, *arguments: str) -> tuple[int, str]:
    ran = gym("--check", "--format", "concise", *arguments)
    assert "internal failure" not in ran.err
    return ran.code, ran.out


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: \xff\xfe\n", "it is not UTF-8 (byte 3 is 0xff)"),
        ("a: b\n".encode("utf-16"), "it is not UTF-8"),
        (b"\x00\x01\x02", "invalid-yaml"),
        (b"a: " + b"x" * (16 * 1024 * 1024), "more than the limit"),
        (b"a: [\n", "invalid-yaml"),
        (b"- a\n", "root-not-mapping"),
        (BOMB.encode(), ""),
        (b"[" * 5000, ""),
    ],
    ids=["bytes", "utf-16", "control characters", "huge", "torn", "list", "billion laughs", "deep"],
)
@pytest.mark.parametrize("arguments", [["."], [ODD], ["--standalone"], ["--config", ODD]])
def test_invalid_input_is_reported(gym: Gym, tree: Path, content: bytes, expected: str, arguments: list[str]) -> None:
    write(tree, ODD, content)
    code, out = concise(gym, *arguments)
    assert code == 1 if expected else code in (0, 1)
    assert expected in out


def test_an_empty_file_is_clean(gym: Gym, tree: Path) -> None:
    write(tree, ODD, b"")
    assert concise(gym) == (0, "")


def test_a_tree_without_configs_is_clean(gym: Gym, tree: Path) -> None:
    (tree / "empty").mkdir()
    ran = gym("--check", "empty")
    assert ran.code == 0
    assert ran.out.startswith("note: nothing to check in empty: ")
    assert ran.out.endswith("\n\nNo files checked\n")
    assert "nothing to check in empty" in gym("--check", "empty", "--format", "json").err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_does_not_block(gym: Gym, tree: Path) -> None:
    (tree / "environments/odd").mkdir()
    os.mkfifo(tree / ODD)
    assert concise(gym) == (0, "")
    assert concise(gym, "--config", ODD)[0] == 1
    write(tree, TIDES, CLEAN.replace("tides:\n", f"config_paths: [{ODD}]\n\ntides:\n", 1))
    code, out = concise(gym)
    assert code == 1
    assert ODD in out


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="there is no /proc here")
@pytest.mark.parametrize("output", ["full", "json"])
def test_what_the_kernel_knows_is_not_read(gym: Gym, tree: Path, output: str) -> None:
    os.symlink("/proc/self", tree / "environments/tides/process")
    os.symlink("/proc/self/environ", tree / "environments/tides/linked.yaml")
    own = next(line for line in Path("/proc/self/environ").read_text("utf-8").split("\0") if len(line) > 8)
    entries = ["/proc/self/environ", "environments/tides/process/environ", "environments/tides/linked.yaml"]
    write(tree, TIDES, CLEAN.replace("tides:\n", f"config_paths: [{', '.join(entries)}]\n\ntides:\n", 1))
    ran = gym("--check", "--config", TIDES, "--format", output, "--show", "information")
    assert (ran.code, ran.out.count("outside-workspace") >= len(entries)) == (0, True)
    assert own[:8] not in ran.out + ran.err


def test_circular_links(gym: Gym, tree: Path) -> None:
    os.symlink("loop", tree / "loop")
    os.symlink("../..", tree / "environments/tides/up")
    os.symlink("self.yaml", tree / "environments/tides/self.yaml")
    write(tree, TIDES, BROKEN)
    ran = gym("--check", "--format", "concise")
    assert ran.code == 1
    assert ran.out.count("unknown-domain") == 1
    assert gym("--check", "loop").code == 2


def test_a_file_without_read_permission(gym: Gym, tree: Path) -> None:
    path = write(tree, ODD, CLEAN)
    path.chmod(0)
    if os.access(path, os.R_OK):
        # Root can read every file, but not a folder in place of the file.
        path.unlink()
        path.mkdir()
        code, out = concise(gym, "--config", ODD)
        assert (code, "config-path-invalid" in out) == (1, True)
        return
    code, out = concise(gym)
    assert (code, "unreadable-file" in out) == (1, True)


def test_a_file_that_includes_itself(gym: Gym, tree: Path) -> None:
    write(tree, "environments/a/config.yaml", "config_paths: [environments/b/config.yaml]\n")
    write(tree, "environments/b/config.yaml", "config_paths: [environments/a/config.yaml]\n")
    code, _ = concise(gym)
    assert code in (0, 1)


def test_unsafe_file_names(gym: Gym, tree: Path) -> None:
    write(tree, "environments/tides/\x1b[31m\u202e.yaml", BROKEN)
    os.makedirs(os.fsencode(tree) + b"/environments/\xff")
    with open(os.fsencode(tree) + b"/environments/\xff/config.yaml", "w", encoding="utf-8") as file:
        file.write(BROKEN)
    for name in ("full", "concise", "json", "sarif", "github", "gitlab", "junit"):
        ran = gym("--check", "--format", name)
        assert ran.code == 1
        # The other formats are for machines, which need the unchanged name.
        assert name not in ("full", "concise") or "\x1b" not in ran.out


# Standard input


def test_stdin_is_checked_as_the_file_that_it_stands_for(gym: Gym, tree: Path) -> None:
    ran = gym("--check", "--format", "concise", "-", "--stdin-filename", TIDES, stdin=BROKEN)
    assert ran.code == 1
    assert [line.split(" ")[0] for line in ran.out.splitlines()] == [f"{TIDES}:5:15:", f"{TIDES}:11:57:"]
    assert (tree / TIDES).read_text("utf-8") == CLEAN


def test_stdin_may_be_a_new_file(gym: Gym) -> None:
    ran = gym("--check", "-", "--stdin-filename", "environments/new/config.yaml", stdin=CLEAN)
    assert (ran.code, ran.out) == (0, "No problems in 1 file\n")


def test_stdin_that_is_not_utf_8(gym: Gym) -> None:
    ran = gym("--check", "-", "--stdin-filename", TIDES, stdin=b"a: \xff\n")
    assert (ran.code, ran.out) == (2, "")
    assert "it is not UTF-8 (byte 3 is 0xff)" in ran.err


def test_a_config_in_a_parent_folder_is_suggested(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "environments" / "tides")
    code, out = concise(gym, "--config", TIDES)
    assert code == 1
    assert f"`{TIDES}` not found in any search root, but it exists in `../..`; " in out
    assert "run from there, or pass `--search-dir ../..`" in out
    assert concise(gym, "--config", TIDES, "--search-dir", "../..") == (0, "")


@pytest.mark.parametrize("output", ["full", "concise"])
def test_a_link_out_of_the_workspace_is_reported_once(
    gym: Gym, tree: Path, tmp_path_factory: pytest.TempPathFactory, output: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(elsewhere, "config.yaml", BROKEN)
    os.symlink(elsewhere, tree / "environments/other")
    ran = gym("--check", "--format", output)
    assert (ran.code, "unknown-domain" in ran.out) == (0, False)
    if output == "full":
        assert ran.out.count("not checked: environments/other, a link to a folder outside of the") == 1
    ran = gym("--check", "--format", output, "--search-dir", str(elsewhere))
    assert (ran.code, "not checked" in ran.out) == (1, False)
