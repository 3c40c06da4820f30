"""`--fix` and `--diff`: what is written, what is shown, and what stays as it is."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from pathlib import Path, PurePath

import pytest

from gym_lsp.files import Disk, Unwritable
from tests.cli.conftest import BROKEN, CLEAN, FIXED, TIDES, UNSET, Gym, write

UNSAFELY_FIXABLE = (
    "2 findings can be fixed with `--fix --unsafe-fixes`; preview the changes with `--diff --unsafe-fixes`"
)


def text(tree: Path, name: str = TIDES) -> str:
    return (tree / name).read_bytes().decode()


def test_safe_fixes_are_applied(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, UNSET)
    ran = gym("--check", "--fix")
    assert (ran.code, ran.out) == (0, "No problems in 1 file\n")
    assert ran.err.endswith("gym-lsp: fixed 1 finding, 0 left\n")
    assert text(tree) == FIXED


def test_unsafe_fixes_are_applied_on_request(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    ran = gym("--check", "--fix")
    assert ran.code == 1
    assert text(tree) == BROKEN
    assert ran.err.splitlines() == [
        "gym-lsp: fixed 0 findings, 2 left",
        f"gym-lsp: {UNSAFELY_FIXABLE}",
    ]
    ran = gym("--check", "--fix", "--unsafe-fixes", "--show-fixes")
    assert (ran.code, text(tree)) == (0, CLEAN)
    assert ran.err.splitlines() == [
        f"{TIDES}: Change to `knowledge` [unknown-domain]",
        f"{TIDES}: Change to `tides` [server-ref-not-found]",
        "gym-lsp: fixed 2 findings, 0 left",
    ]


def test_one_of_several_unsafe_fixes_is_not_applied(gym: Gym, tree: Path) -> None:
    two = CLEAN.replace("tides:\n  resources", "tide_a:\n  resources").replace("name: tides", "name: tide_x")
    two += "\ntide_b:\n  resources_servers:\n    tides: {entrypoint: app.py, domain: knowledge}\n"
    write(tree, TIDES, two)
    ran = gym("--check", "--fix", "--unsafe-fixes")
    assert ran.code == 1
    assert "Change to `tide_a`" in ran.out
    assert text(tree) == two


def test_only_what_is_selected_is_fixed(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    gym("--check", "--fix", "--unsafe-fixes", "--select", "server-ref")
    assert text(tree) == BROKEN.replace("name: tide}", "name: tides}")


def test_what_is_not_shown_is_not_fixed(gym: Gym, tree: Path) -> None:
    """An open name in a fragment is not a mistake, even if only one file could define it."""
    fragment = CLEAN.replace("name: policy_model", "name: judge")
    write(tree, TIDES, fragment)
    write(tree, "environments/judge/config.yaml", "judge: {responses_api_models: {m: {entrypoint: app.py}}}\n")
    gym("--check", "--fix", "--unsafe-fixes")
    assert text(tree) == fragment
    gym("--check", "--fix", "--unsafe-fixes", "--show", "information")
    assert text(tree) == f"config_paths:\n  - environments/judge/config.yaml\n{fragment}"


def test_a_silenced_finding_is_not_fixed(gym: Gym, tree: Path) -> None:
    silenced = UNSET.replace("??", "??  # gym-lsp: ignore[misspelt-missing-marker] it is a arguments")
    write(tree, TIDES, silenced)
    assert gym("--check", "--fix").code == 0
    assert text(tree) == silenced


def test_a_fix_beside_another_error_is_applied(gym: Gym, tree: Path) -> None:
    broken = CLEAN.replace(
        "domain: knowledge", "domain: knowlege\n      judge: {type: resources_servers, name: absent}"
    )
    write(tree, TIDES, broken)
    ran = gym("--check", "--fix", "--unsafe-fixes")
    assert ran.code == 1
    assert "server-ref-not-found" in ran.out
    assert "fix not applied" not in ran.err
    assert text(tree) == broken.replace("knowlege", "knowledge")


def test_a_fix_that_reveals_another_error_is_not_applied(gym: Gym, tree: Path) -> None:
    """As long as the run lacks a file, absent names are not reported, because the file may define them."""
    write(tree, "environments/other/config.yaml", "other: {resources_servers: {other: {domain: math}}}\n")
    judge = "      judge: {type: resources_servers, name: absent}\n"
    hiding = f"config_paths: [environments/othr/config.yaml]\n{CLEAN}".replace(
        "domain: knowledge\n", f"domain: knowledge\n{judge}"
    )
    write(tree, TIDES, hiding)
    ran = gym("--check", "--fix", "--unsafe-fixes")
    assert ran.code == 1
    assert "fix not applied because it would cause another error: " in ran.err
    assert text(tree) == hiding


@pytest.mark.parametrize("arguments", [["--standalone"], ["--config", TIDES], [TIDES], []])
def test_each_kind_of_check_can_fix(gym: Gym, tree: Path, arguments: list[str]) -> None:
    write(tree, TIDES, CLEAN.replace("knowledge", "knowledge  # gym-lsp: ignore[unknown-domain]"))
    assert gym("--check", "--fix", *arguments).code == 0
    assert text(tree) == CLEAN


def test_files_of_an_install_root_are_left_alone(
    gym: Gym, tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    gym_root = tmp_path_factory.mktemp("gym")
    write(gym_root, "nemo_gym/global_config.py", "")
    write(gym_root, "environments/theirs/config.yaml", UNSET.replace("tides", "theirs"))
    write(tree, TIDES, f"config_paths: [environments/theirs/config.yaml]\n{CLEAN}")
    ran = gym("--check", "--fix", "--gym-root", str(gym_root), "--config", TIDES, "--fail-on", "warning")
    assert "misspelt-missing-marker" in ran.out
    assert ran.code == 1
    assert "??\n" in text(gym_root, "environments/theirs/config.yaml")


def test_the_hint_is_a_command_where_fix_is_not_accepted(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, UNSET)
    command = f"gym-lsp --check --fix --rows --exclude 'a b' --show hint {TIDES}"
    hint = f"1 finding can be fixed with `{command}`; preview the changes with `--diff` instead"
    assert hint in gym("--check", "--rows", "--cache", ".cache", "--exclude", "a b", "--show", "hint", TIDES).err
    assert gym(*shlex.split(command)[1:]).code == 0
    assert text(tree) == FIXED


# Bytes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UNSET.replace("\n", "\r\n"), FIXED.replace("\n", "\r\n")),
        (UNSET.replace("\n", "\r"), FIXED.replace("\n", "\r")),
        ("\ufeff" + UNSET, "\ufeff" + FIXED),
        (UNSET.rstrip("\n"), FIXED.rstrip("\n")),
        (f"# \U0001f30a \u00e9\n{UNSET}", f"# \U0001f30a \u00e9\n{FIXED}"),
    ],
    ids=["CRLF", "CR", "BOM", "no line break at the end", "beyond ASCII"],
)
def test_every_byte_outside_an_edit_stays(gym: Gym, tree: Path, before: str, after: str) -> None:
    write(tree, TIDES, before)
    assert gym("--check", "--fix", "--quiet").code == 0
    assert text(tree) == after


def test_inserted_lines_have_the_line_breaks_of_the_file(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, CLEAN.replace("name: policy_model", "name: judge").replace("\n", "\r\n"))
    write(tree, "environments/judge/config.yaml", "judge: {responses_api_models: {m: {entrypoint: app.py}}}\n")
    gym("--check", "--fix", "--unsafe-fixes", "--show", "information")
    assert text(tree).startswith("config_paths:\r\n  - environments/judge/config.yaml\r\ntides:\r\n")


def test_permissions_and_links_stay(gym: Gym, tree: Path) -> None:
    path = write(tree, "environments/tides/real.yaml", UNSET)
    path.chmod(0o640)
    (tree / TIDES).unlink()
    os.symlink("real.yaml", tree / TIDES)
    assert gym("--check", "--fix", "--quiet").code == 0
    assert (tree / TIDES).is_symlink()
    assert (text(tree), text(tree, "environments/tides/real.yaml")) == (FIXED, FIXED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(os.listdir(tree / "environments/tides")) == ["config.yaml", "real.yaml"]


def test_a_link_out_of_the_workspace_is_not_followed(
    gym: Gym, tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = write(tmp_path_factory.mktemp("elsewhere"), "config.yaml", UNSET)
    (tree / TIDES).unlink()
    (tree / TIDES).symlink_to(elsewhere)
    ran = gym("--check", "--fix", "--format", "concise")
    assert (ran.code, ran.out.count("[outside-workspace]")) == (0, 1)
    assert elsewhere.read_text("utf-8") == UNSET


def test_a_write_follows_no_link_out_of_the_workspace(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = write(tmp_path_factory.mktemp("elsewhere"), "config.yaml", UNSET)
    (tree / "linked.yaml").symlink_to(elsewhere)
    with pytest.raises(Unwritable, match="a link leads out of the workspace"):
        Disk().rewrite(PurePath(tree / "linked.yaml"), UNSET, FIXED, PurePath(tree))
    assert elsewhere.read_text("utf-8") == UNSET


@pytest.mark.parametrize("option", ["--output-file", "--write-baseline"])
def test_a_planted_link_is_not_followed(gym: Gym, tree: Path, option: str) -> None:
    other = write(tree, "notes.txt", "mine\n")
    (tree / "report").symlink_to(other)
    ran = gym("--check", option, "report")
    assert (ran.code, ran.err) == (2, "gym-lsp: cannot write report: it is a link\n")
    assert other.read_text("utf-8") == "mine\n"


@pytest.mark.parametrize("option", ["--output-file", "--write-baseline"])
def test_a_report_is_replaced_as_a_whole(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    report = write(tree, "report", "old\n")
    report.chmod(0o640)
    assert gym("--check", option, "report").code == 0
    new = report.read_text("utf-8")
    assert new != "old\n"
    assert stat.S_IMODE(report.stat().st_mode) == 0o640
    monkeypatch.setattr(os, "fsync", full)
    ran = gym("--check", option, "report")
    assert (ran.code, ran.err) == (2, "gym-lsp: cannot write report: No space left on device\n")
    assert report.read_text("utf-8") == new
    assert sorted(os.listdir(tree)) == ["environments", "report"]


def test_what_a_killed_process_left_behind_is_removed(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def kill(*arguments: object) -> None:
        raise Killed

    def leave(path: str) -> None:
        pass

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", kill)
        patch.setattr(os, "unlink", leave)
        for report in ("first", "second"):
            with pytest.raises(Killed):
                Disk().write(tree / report, "half")
    old, young = (each for each in tree.iterdir() if each.is_file())
    os.utime(old, (0, 0))
    (tree / f"{old.name}-folder").mkdir()
    kept = {young.name, f"{old.name}-folder", "environments", "report"}
    assert gym("--check", "--output-file", "report").code == 0
    assert set(os.listdir(tree)) == kept


def test_a_clean_tree_is_not_written_to(gym: Gym, tree: Path) -> None:
    before = (tree / TIDES).stat()
    assert gym("--check", "--fix").code == 0
    after = (tree / TIDES).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_file_that_changed_in_the_meantime_is_not_overwritten(tree: Path) -> None:
    path = write(tree, TIDES, UNSET)
    with pytest.raises(Unwritable, match="changed in the meantime"):
        Disk().rewrite(path, CLEAN, FIXED, tree)
    assert text(tree) == UNSET


def test_a_failed_write_leaves_the_file_as_it_was(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    write(tree, TIDES, UNSET)
    monkeypatch.setattr(os, "fsync", full)
    ran = gym("--check", "--fix")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"gym-lsp: cannot write {TIDES}: No space left on device\n"
    assert text(tree) == UNSET
    assert os.listdir(tree / "environments/tides") == ["config.yaml"]


def test_a_write_protected_file_is_left_as_it_is(gym: Gym, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, TIDES, UNSET)

    # To root, no file is write-protected.
    def readable(path: object, mode: int) -> bool:
        return mode != os.W_OK

    monkeypatch.setattr(os, "access", readable)
    ran = gym("--check", "--fix")
    assert (ran.code, text(tree)) == (2, UNSET)
    assert "it is write-protected" in ran.err


# Diffs


def test_a_diff_shows_and_changes_nothing(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, UNSET)
    ran = gym("--check", "--diff")
    assert (ran.code, ran.err) == (1, "gym-lsp: would fix 1 finding\n")
    assert ran.out.splitlines()[:2] == [f"--- {TIDES}", f"+++ {TIDES}"]
    assert [line for line in ran.out.splitlines()[2:] if line[0] in "+-"] == [
        "-      api_key: ??",
        "+      api_key: ???",
    ]
    assert text(tree) == UNSET
    assert gym("--check", "--diff", "--exit-zero").code == 0


def test_a_diff_of_nothing_is_0(gym: Gym, tree: Path) -> None:
    write(tree, TIDES, BROKEN)
    ran = gym("--check", "--diff")
    assert (ran.code, ran.out, ran.err) == (0, "", "gym-lsp: would fix 0 findings, 2 more with `--unsafe-fixes`\n")
    assert gym("--check", "--diff", "--unsafe-fixes").code == 1


@pytest.mark.parametrize(
    "before", [UNSET, UNSET.rstrip("\n").replace("policy_model}", "policy_model, b: ''}"), UNSET.replace("\n", "\r\n")]
)
def test_a_diff_can_be_applied(gym: Gym, tree: Path, before: str) -> None:
    """By any program that reads unified diffs."""
    write(tree, TIDES, before)
    patch = write(tree, "the.patch", gym("--check", "--diff").out)
    git = ["git", "-c", "core.autocrlf=false", "apply", "-p0", "--whitespace=nowarn", str(patch)]
    subprocess.run(git, cwd=tree, check=True, env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)})
    assert text(tree) == before.replace("??", "???")


# Standard input


def test_the_fixed_text_of_stdin_goes_to_stdout(gym: Gym, tree: Path) -> None:
    ran = gym("--check", "--fix", "-", "--stdin-filename", TIDES, stdin=UNSET)
    assert (ran.code, ran.out) == (0, FIXED)
    assert "No problems in 1 file" in ran.err
    assert text(tree) == CLEAN


def test_what_is_left_of_stdin_goes_to_stderr(gym: Gym) -> None:
    ran = gym("--check", "--fix", "-", "--stdin-filename", TIDES, stdin=BROKEN)
    assert (ran.code, ran.out) == (1, BROKEN)
    assert "error[unknown-domain]" in ran.err


def test_a_diff_of_stdin(gym: Gym) -> None:
    ran = gym("--check", "--diff", "-", "--stdin-filename", TIDES, stdin=UNSET)
    assert ran.code == 1
    assert ran.out.startswith(f"--- {TIDES}\n+++ {TIDES}\n")
