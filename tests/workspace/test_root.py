"""The root of a file: upwards from a path, and downwards in a walk. Both have to agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import pytest

from gym_lsp.files import DirectoryEntry, Files, LeavesOut, walk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.memo import Memo
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.place import YAML
from gym_lsp.workspace.root import Boundary, Root, root_of
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.memory import Memory

TOP = PurePath("/work")
SERVER = "a:\n  resources_servers:\n    a: {entrypoint: app.py, domain: math}\n"
OTHER = "replicas: 3\n"
DEPENDS = '[project]\nname = "mine"\ndependencies = ["torch", "nemo-gym[dev]>=0.5"]\n'
KEYWORD = '[project]\nname = "mine"\nkeywords = ["nemo-gym"]\n'
TABLE = '[project]\nname = "mine"\n[tool.gym-lsp]\nfail-on = "warning"\n'
CHECKOUT = {"nemo_gym/global_config.py": "", "environments/math/config.yaml": SERVER}


def files(*trees: dict[str, str], **placed: dict[str, str]) -> Memory:
    """The files of some trees, and of others in a folder each."""
    texts = {TOP / name: text for tree in trees for name, text in tree.items()}
    texts |= {TOP / folder / name: text for folder, tree in placed.items() for name, text in tree.items()}
    return Memory(texts)


def below(prefix: str, tree: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}/{name}": text for name, text in tree.items()}


def workspace(tree: Memory, root: str = "", settings: Settings | None = None) -> Workspace:
    return Workspace(tree, TOP / root, settings)


def members(of: Workspace) -> list[str]:
    return [path.relative_to(TOP).as_posix() for path in of.members]


def nested(of: Workspace) -> list[str]:
    return [path.relative_to(TOP).as_posix() for path in of.nested_roots(of.root)]


@pytest.mark.parametrize(
    ("tree", "path", "root"),
    [
        (CHECKOUT, "environments/math/config.yaml", ""),
        (CHECKOUT, "environments/math", ""),
        (below("Gym", CHECKOUT), "Gym/environments/math/config.yaml", "Gym"),
        (below("p", {"resources_servers/a/configs/a.yaml": SERVER}), "p/resources_servers/a/configs/a.yaml", "p"),
        (below("p", {"environments/a/config.yaml": SERVER}), "p/environments/a/config.yaml", "p"),
        (below("p", {"benchmarks/a/config.yaml": "config_paths: [b.yaml]\n"}), "p/benchmarks/a/config.yaml", "p"),
        (below("p", {"gym-lsp.toml": "", "sweeps/a.yaml": SERVER}), "p/sweeps/a.yaml", "p"),
        (below("p", {"pyproject.toml": TABLE, "sweeps/a.yaml": SERVER}), "p/sweeps/a.yaml", "p"),
        (below("p", {"pyproject.toml": DEPENDS, "sweeps/a.yaml": SERVER}), "p/sweeps/a.yaml", "p"),
    ],
)
def test_the_nearest_marked_folder_is_the_root(tree: dict[str, str], path: str, root: str) -> None:
    assert root_of(files(tree), TOP / path) == Root(TOP / root)


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "nemo-gym"\n',
        '[project]\ndependencies = ["nemo_gym"]\n',
        '[project]\ndependencies = ["NeMo.Gym @ git+https://host/Gym"]\n',
        '[project.optional-dependencies]\ngym = ["nemo-gym==0.7.0"]\n',
        '[dependency-groups]\ngym = [{include-group = "x"}, "nemo-gym"]\n',
        '[tool.poetry.dependencies]\nnemo-gym = "^0.7"\n',
        '[tool.poetry.group.dev.dependencies]\nnemo-gym = {path = "../Gym"}\n',
        "[tool.gym-lsp]\nignore = [\n",
    ],
)
def test_a_project_that_depends_on_nemo_gym_is_a_root(text: str) -> None:
    tree = files({"p/pyproject.toml": text, "p/configs/a.yaml": SERVER})
    assert root_of(tree, TOP / "p/configs/a.yaml") == Root(TOP / "p")


@pytest.mark.parametrize(
    "tree",
    [
        {"pyproject.toml": KEYWORD},
        {"pyproject.toml": '[project]\ndependencies = ["nemo-gym-extras"]\n'},
        {"pyproject.toml": '[project\nname = "nemo-gym"\n'},
        {"environments/production/values.yaml": OTHER},
        {"nemo_gym/__init__.py": ""},
        {"environments": ""},
    ],
)
def test_other_folders_are_no_roots(tree: dict[str, str]) -> None:
    tree = below("p", {**tree, "configs/a.yaml": SERVER})
    assert root_of(files(tree), TOP / "p/configs/a.yaml") == Root(TOP / "p/configs", is_deep=False)
    assert root_of(files(tree), TOP / "p/configs/a.yaml", TOP) == Root(TOP)
    assert nested(workspace(files(tree))) == []


NESTED: list[tuple[dict[str, str], dict[str, str], list[str]]] = [
    # In a folder of several projects, each marked folder is a root.
    ({}, below("Gym", CHECKOUT), ["Gym"]),
    ({}, below("a", CHECKOUT) | below("b/c", CHECKOUT), ["a", "b/c"]),
    ({}, below("a", {"environments/x/config.yaml": SERVER}), ["a"]),
    ({}, below("a", {"pyproject.toml": DEPENDS}), ["a"]),
    # The same if that folder is a weak root itself.
    ({"gym-lsp.toml": ""}, below("a", {"pyproject.toml": DEPENDS}), ["a"]),
    ({"pyproject.toml": DEPENDS}, below("3rdparty/Gym", CHECKOUT), ["3rdparty/Gym"]),
    # A component belongs to the root that its paths start from, whatever it has of its own.
    (CHECKOUT, {"environments/math/pyproject.toml": DEPENDS}, []),
    (CHECKOUT, {"environments/math/gym-lsp.toml": ""}, []),
    (CHECKOUT, below("resources_servers/foo", {"pyproject.toml": TABLE}), []),
    (CHECKOUT, below("resources_servers/foo", {"environments/x/config.yaml": SERVER}), []),
    (CHECKOUT, below("benchmarks/foo", {"resources_servers/x/configs/x.yaml": SERVER}), []),
    ({"resources_servers/a/configs/a.yaml": SERVER}, {"resources_servers/a/pyproject.toml": DEPENDS}, []),
    ({"environments/a/config.yaml": SERVER}, {"environments/a/pyproject.toml": DEPENDS}, []),
    ({"environments/a/config.yaml": SERVER}, below("environments/b", CHECKOUT), ["environments/b"]),
    (
        {"environments/a/config.yaml": SERVER},
        below("environments/b", {"resources_servers/x/configs/x.yaml": SERVER}),
        ["environments/b"],
    ),
    # A checkout is a root everywhere, and other folders of a checkout need folders of servers or settings.
    (CHECKOUT, below("resources_servers/foo/vendor/Gym", CHECKOUT), ["resources_servers/foo/vendor/Gym"]),
    (CHECKOUT, below("examples/mine", {"resources_servers/x/configs/x.yaml": SERVER}), ["examples/mine"]),
    (CHECKOUT, below("examples/mine", {"gym-lsp.toml": ""}), ["examples/mine"]),
    (CHECKOUT, below("docs", {"pyproject.toml": DEPENDS}), []),
    (CHECKOUT, below("docs", {"environments/x/config.yaml": SERVER}), []),
    # Environments, caches and hidden folders contain copies.
    (CHECKOUT, below(".venv/lib/python3.12/site-packages", CHECKOUT), []),
    (CHECKOUT, below("env/lib/python3.12/site-packages", CHECKOUT), []),
    (CHECKOUT, below("node_modules/x", CHECKOUT), []),
    (CHECKOUT, below(".worktrees/x", CHECKOUT), []),
]


@pytest.mark.parametrize(("outer", "inner", "roots"), NESTED)
def test_nested_roots(outer: dict[str, str], inner: dict[str, str], roots: list[str]) -> None:
    """The members of a root are those of its tree without the nested roots, whose members are their own."""
    tree = files(outer, inner, {"notes/a.yaml": OTHER})
    top = workspace(tree)
    assert nested(top) == roots
    own = [path for path in members(top) if any(path.startswith(f"{root}/") for root in roots)]
    assert own == []
    for root in roots:
        assert nested(workspace(tree, root)) == []
        for path in walk(tree, TOP / root, YAML):
            assert root_of(tree, path, TOP) == Root(TOP / root)
    for path in top.members:
        assert root_of(tree, path, TOP) == Root(TOP)


def test_copies_in_environments_and_hidden_folders_are_not_members() -> None:
    copies = [below(f"{name}/x", CHECKOUT) for name in (".venv", "node_modules", ".worktrees", "lib/site-packages")]
    assert members(workspace(files(CHECKOUT, *copies))) == ["environments/math/config.yaml"]
    # A file that someone opens there is in the copy.
    assert root_of(files(CHECKOUT, *copies), TOP / ".worktrees/x/environments/math/config.yaml") == Root(
        TOP / ".worktrees/x"
    )
    assert root_of(files(CHECKOUT, *copies), TOP / ".venv/x/environments/math/config.yaml") == Root(TOP)


@pytest.mark.parametrize(
    ("tree", "start", "root"),
    [
        # A part of a checkout.
        (CHECKOUT, "environments/math", ""),
        (CHECKOUT, "environments", ""),
        (CHECKOUT | {"resources_servers/a/environments/x.txt": ""}, "resources_servers/a", ""),
        # The folder itself, if it has settings or folders of NeMo Gym, whatever is in them.
        (CHECKOUT | {"environments/math/gym-lsp.toml": ""}, "environments/math", "environments/math"),
        ({"p/environments/x.txt": ""}, "p", "p"),
        (CHECKOUT | {"p/environments/x.txt": ""}, "p", "p"),
        ({"p/x.txt": ""}, "p", "p"),
    ],
)
def test_the_folder_that_someone_works_in(tree: dict[str, str], start: str, root: str) -> None:
    assert root_of(files(tree), TOP / start, TOP / start) == Root(TOP / root)


def test_without_a_marked_folder_only_the_files_next_to_it_belong_to_a_file() -> None:
    tree = files({"a.yaml": SERVER, "b.yaml": OTHER, "deep/c.yaml": OTHER})
    assert root_of(tree, TOP / "a.yaml") == Root(TOP, is_deep=False)
    shallow = Workspace(tree, TOP, is_deep=False)
    assert members(shallow) == ["a.yaml", "b.yaml"]
    assert shallow.nested_roots(TOP) == ()
    list(shallow.index_names())
    assert shallow.changed(tree, Change()).is_deep is False


def test_an_excluded_root_is_left_out() -> None:
    tree = files({"gym-lsp.toml": ""}, Gym=CHECKOUT, other=CHECKOUT)
    settings = Settings(TOP / "gym-lsp.toml", exclude=("other",))
    assert nested(workspace(tree, settings=settings)) == ["Gym"]


def test_nested_roots_follow_changes() -> None:
    texts = {"a/x.yaml": OTHER, "a/pyproject.toml": KEYWORD}
    before = workspace(files(texts))
    assert (nested(before), members(before)) == ([], ["a/x.yaml"])
    edited = before.changed(files(texts, {"a/pyproject.toml": DEPENDS}), Change.edit([TOP / "a/pyproject.toml"]))
    assert (nested(edited), members(edited)) == (["a"], [])
    texts["a/gym-lsp.toml"] = ""
    created = Change(created_or_deleted=frozenset({TOP / "a/gym-lsp.toml"}))
    assert nested(before.changed(files(texts), created)) == ["a"]


def test_a_walk_is_repeated_only_if_a_text_decides_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[PurePath] = []

    def counting(of: Files, root: PurePath, suffixes: tuple[str, ...], leaves_out: LeavesOut) -> Iterator[PurePath]:
        walked.append(root)
        return walk(of, root, suffixes, leaves_out)

    monkeypatch.setattr("gym_lsp.workspace.tree.walk", counting)
    texts = {"environments/a/config.yaml": SERVER, "p/environments/b/config.yaml": SERVER, "p/pyproject.toml": DEPENDS}
    now = workspace(files(texts))
    roots = nested(now)
    for name, text, count in (
        ("environments/a/config.yaml", f"{SERVER}# more\n", 1),
        ("p/environments/b/config.yaml", f"# first\n{SERVER}", 1),
        ("p/pyproject.toml", f"{DEPENDS}\n[tool.other]\n", 1),
        ("p/pyproject.toml", KEYWORD, 2),
        ("p/environments/b/config.yaml", OTHER, 3),
    ):
        assert roots == ["p"]
        texts[name] = text
        now = now.changed(files(texts), Change.edit([TOP / name]))
        roots = nested(now)
        assert (name, len(walked)) == (name, count)
    assert roots == []


def test_a_walk_lists_no_folder_twice() -> None:
    listed: list[PurePath] = []

    class Counting(Memory):
        def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
            listed.append(path)
            return super().entries(path)

    tree = Counting({TOP / name: text for name, text in (CHECKOUT | below("3rdparty/Gym", CHECKOUT)).items()})
    checked = Workspace(tree, TOP, memo=Memo())
    list(checked.index_names())
    assert checked.nested_roots(TOP) == (TOP / "3rdparty/Gym",)
    assert len(listed) == len(set(listed))
    assert TOP / "3rdparty/Gym/environments" not in listed


def test_names_are_not_indexed_for_a_folder_that_contains_only_roots() -> None:
    tree = files(Gym=CHECKOUT | {"environments/chess/config.yaml": SERVER}, top=below("mine", CHECKOUT))
    install = find_install_root(tree, explicit=TOP / "Gym", workspace=TOP, environ={})
    for root, is_indexed in (("top", False), ("top/mine", True)):
        checked = Workspace(tree, TOP / root, install=install)
        list(checked.index_names())
        list(checked.index_files())
        keys = checked.memo.peek(Workspace.top_level_keys, checked, TOP / "Gym/environments/chess/config.yaml")
        assert (keys is not None) is is_indexed


def test_a_boundary_enters_the_folder_that_it_starts_in() -> None:
    tree = files(CHECKOUT)
    assert [*walk(tree, TOP, YAML, Boundary(tree, TOP).leaves_out)] == [TOP / "environments/math/config.yaml"]


def test_a_folder_in_a_checkout_uses_that_checkout() -> None:
    tree = files(CHECKOUT, {"examples/mine/gym-lsp.toml": ""})
    found = find_install_root(tree, explicit=None, workspace=TOP / "examples/mine", environ={})
    assert found is not None
    assert (found.path, found.how) == (TOP, "checkout")
