"""Trees of any size, on which gym-lsp is measured.

python -m tests.bench.trees replicas FOLDER --size 10000        renamed copies of the components of NeMo Gym 0.7.0
python -m tests.bench.trees wide FOLDER                         5,000 configs that include the same one
python -m tests.bench.trees deep FOLDER                         a chain of 500 configs
python -m tests.bench.trees one FOLDER                          a single config of 50,000 lines
python -m tests.bench.trees datasets FOLDER                     a single config of 10,000 lines, with datasets
python -m tests.bench.trees monorepo FOLDER                     40 configs among 200,000 files of other projects
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.text import Edit, Span, apply_edits
from gym_lsp.workspace.place import GYM_FOLDERS
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import UseKind
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import MISSING, find_corpus

RELEASE = "0.7.0"

SERVER = "{name}:\n  resources_servers:\n    {name}:\n      entrypoint: app.py\n      domain: math\n"
AGENT = """\
{name}_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: {name}}}
      model_server: {{type: responses_api_models, name: policy_model}}
"""
DATASETS = """\
      datasets:
        - name: train
          type: train
          jsonl_fpath: resources_servers/{name}/data/train.jsonl
          num_repeats: 1
          license: Apache 2.0
        - name: example
          type: example
          jsonl_fpath: resources_servers/{name}/data/example.jsonl
          num_repeats: 1
      # How often the agent may call the model.
      max_steps: 12
"""
KUBERNETES = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-{number}
  labels: {{app: service-{number}, team: platform}}
spec:
  replicas: 3
  selector:
    matchLabels: {{app: service-{number}}}
  template:
    metadata:
      labels: {{app: service-{number}}}
    spec:
      containers:
        - name: main
          image: registry.example/service-{number}:1.{number}
          ports: [{{containerPort: 8080}}]
          env:
            - name: LOG_LEVEL
              value: info
          resources:
            limits: {{cpu: "1", memory: 512Mi}}
"""


def replicas(folder: Path, configs: int) -> None:
    """Copy NeMo Gym, and then copies of its YAML files in which components and instances have other names.

    Ends as soon as there are `configs` YAML files.
    """
    corpus = find_corpus()
    if corpus is None:
        raise SystemExit(MISSING)
    release = corpus.release(RELEASE)
    shutil.copytree(release, folder, dirs_exist_ok=True)
    root = PurePath(release)
    install = find_install_root(Disk(), explicit=root, workspace=root, environ={})
    workspace = Workspace(Disk(), root, install=install)
    names = frozenset(
        each.name
        for path in workspace.members
        if workspace.kind(path) is FileKind.CONFIG
        for each in workspace.definitions(path)
        if each.name not in workspace.profile.reserved_keys
    )
    templates = [_Template(workspace, path, names) for path in workspace.members if _component(workspace, path)]
    left, number = configs - len(workspace.members), 0
    while left > 0:
        number += 1
        for template in templates[:left]:
            target = folder / template.path(number)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(template.text(number), encoding="utf-8", newline="")
        left -= len(templates)


def _component(workspace: Workspace, path: PurePath) -> bool:
    """Whether a file is in the folder of a component, so that a copy of it can have another name."""
    steps = workspace.spelled(path).split("/")
    return len(steps) > 2 and steps[0] in GYM_FOLDERS and steps[0] != "nemo_gym"


class _Template:
    """A file, and where it contains names that differ in each replica."""

    def __init__(self, workspace: Workspace, path: PurePath, names: frozenset[str]) -> None:
        self._text = workspace.text(path) or ""
        self._path = workspace.spelled(path)
        self._ends: set[int] = set()
        if workspace.kind(path) is FileKind.MANIFEST:
            component = self._path.split("/")[1]
            name = workspace.load(path).config.get("name")
            if name is not None and self._text.startswith(component, name.node.start):
                self._ends.add(name.node.start + len(component))
        if workspace.kind(path) is not FileKind.CONFIG:
            return
        for each in workspace.definitions(path):
            if each.name in names:
                self._ends.add(each.key.end - self._text[each.key.start : each.key.end].endswith(("'", '"')))
        for use in workspace.uses(path):
            if use.kind is UseKind.INCLUDE:
                self._ends.update(self._end_of_component(workspace, use.name, use.span.start, use.span.of(self._text)))
            elif use.name_of_instance in names:
                _, span = use.steps[0]
                if span.of(self._text) == use.name_of_instance:
                    self._ends.add(span.end)

    @staticmethod
    def _end_of_component(workspace: Workspace, name: str, start: int, spelled: str) -> Iterator[int]:
        if spelled == name and _component(workspace, workspace.root / name):
            first, second, _ = name.split("/", 2)
            yield start + len(first) + 1 + len(second)

    def path(self, number: int) -> str:
        first, second, rest = self._path.split("/", 2)
        return f"{first}/{second}_r{number}/{rest}"

    def text(self, number: int) -> str:
        return apply_edits(self._text, [Edit(Span(end, end), f"_r{number}") for end in sorted(self._ends)])


def wide(folder: Path, configs: int) -> None:
    """Write configs that all include the same one."""
    _write(folder / "environments/shared/config.yaml", SERVER.format(name="shared"))
    for number in range(configs):
        text = f"config_paths:\n  - environments/shared/config.yaml\n{AGENT.format(name='shared')}"
        _write(folder / f"environments/wide_{number}/config.yaml", text.replace("shared_agent", f"agent_{number}"))


def deep(folder: Path, configs: int) -> None:
    """Write configs that include one another in a chain."""
    for number in range(configs):
        include = f"config_paths:\n  - environments/deep_{number + 1}/config.yaml\n" if number + 1 < configs else ""
        _write(folder / f"environments/deep_{number}/config.yaml", include + SERVER.format(name=f"deep_{number}"))


def one(folder: Path, lines: int) -> None:
    """Write a single config with about so many lines."""
    _write(folder / "environments/one/config.yaml", _repeated(SERVER + AGENT, lines))


def datasets(folder: Path, lines: int) -> None:
    """Write a single config with about so many lines, whose agents have datasets."""
    _write(folder / "environments/datasets/config.yaml", with_datasets(lines))


def with_datasets(lines: int) -> str:
    """Return a config with about so many lines, whose agents have datasets."""
    return _repeated(SERVER + AGENT + DATASETS, lines)


def _repeated(block: str, lines: int) -> str:
    return "".join(block.format(name=f"math_{number}") for number in range(lines // block.count("\n")))


def monorepo(folder: Path, files: int) -> None:
    """Write 40 configs among so many other files, a quarter of them YAML of Kubernetes."""
    for number in range(40):
        name = f"math_{number}"
        _write(folder / f"environments/{name}/config.yaml", (SERVER + AGENT).format(name=name))
    for number in range(files):
        place = folder / f"services/team_{number % 50}/service_{number // 400}"
        if number % 4 == 0:
            _write(place / f"deployment_{number}.yaml", KUBERNETES.format(number=number))
        else:
            _write(place / f"module_{number}.go", "package main\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


KINDS: dict[str, tuple[Callable[[Path, int], None], int]] = {
    "replicas": (replicas, 10_000),
    "wide": (wide, 5_000),
    "deep": (deep, 500),
    "one": (one, 50_000),
    "datasets": (datasets, 10_000),
    "monorepo": (monorepo, 200_000),
}
"""Each kind of tree, with its usual size."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.trees", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, metavar="N", help="configs, lines or files, by the kind of tree")
    options = parser.parse_args()
    if options.folder.exists():
        parser.error(f"{options.folder} exists already")
    make, usual = KINDS[options.kind]
    make(options.folder, options.size or usual)
    return 0


if __name__ == "__main__":
    sys.exit(main())
