"""After edits, file events and settings, a server answers like one that was started on their outcome."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path, PurePath
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from gym_lsp.server import scheduler
from gym_lsp.text import Encoding
from tests.server.comparing import assert_same, between_lines, questions, replacement
from tests.server.editor import PUSH
from tests.server.inprocess import Message, Wire

SERVER, AGENT = "environments/counting/config.yaml", "environments/counting/agent.yaml"
MODEL, BENCHMARK = "responses_api_models/small/configs/small.yaml", "benchmarks/tally/config.yaml"
INNER = "inner/environments/counting/config.yaml"
NAMES = [SERVER, AGENT, MODEL, BENCHMARK, INNER, "env.yaml", "environments/counting/app.py", "data/example.jsonl"]
FOLDERS = ["environments/counting", "benchmarks", "inner/environments"]
AGENT_TEXT = f"""\
config_paths: [{SERVER}, {MODEL}]
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: counting}}
      datasets: [{{name: example, type: example, jsonl_fpath: data/example.jsonl}}]
"""
BENCHMARK_TEXT = f"""\
config_paths:
- {AGENT}
tally_agent:
  _inherit_from: agent
  responses_api_agents:
    simple_agent:
      resources_server: {{name: counting}}
kept: ${{tally_agent.responses_api_agents.simple_agent.entrypoint}}
"""
TEXTS = [
    "",
    "counting: {resources_servers: {counting: {entrypoint: app.py, domain: math}}}\n",
    "# 😀\r\ncounting:\r\n  resources_servers:\r\n    counting: {entrypoint: app.py, domain: maths}\r\n",
    AGENT_TEXT,
    "small: {responses_api_models: {vllm_model: {entrypoint: app.py, base_url: '${policy_base_url}'}}}\n",
    BENCHMARK_TEXT,
    "policy_base_url: http://localhost\npolicy_api_key: '😀 unknown'\n",
    "a: [\n  b: ${\n",
]
SNIPPETS = ["", " ", "\n", "\r\n", ":", "- ", "  ", "😀", "\u2028", "${", "}", "counting", "name: agent", "#", "'"]
SETTINGS = [
    "",
    "[severity]\nunknown-domain = 'off'\n",
    "exclude = ['benchmarks/**']\n",
    "gym-root = 'gym'\n",
    "a = [\n",
]
GYM = "gym/nemo_gym/global_config.py"
VENV = ".venv/lib/python3.12/site-packages"
LIBRARY = "resources_servers/borrowed/configs/borrowed.yaml"
BORROWED = "borrowed: {resources_servers: {borrowed: {entrypoint: app.py, domain: math}}}\n"
WATCHES = {"dynamicRegistration": True, "relativePatternSupport": True}
CAPABILITIES: Message = PUSH | {"workspace": {"didChangeWatchedFiles": WATCHES}}


class Changes(RuleBasedStateMachine):
    """The changes that an editor and a disk can make to a small workspace."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="gym-lsp-"))
        self.stack = ExitStack()
        self.wire = self.stack.enter_context(Wire())
        self.patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.patch.setattr(scheduler, "SILENCE", 0.0)
        self.patch.delenv("VIRTUAL_ENV", raising=False)
        self.patch.delenv("CONDA_PREFIX", raising=False)
        self.buffers: dict[PurePath, str] = {}
        self.folders = [self.root]
        self.options: Message = {}
        self.version = 1
        self.encoding = Encoding.UTF16

    @initialize(encoding=st.sampled_from(Encoding))
    def begin(self, encoding: Encoding) -> None:
        self.encoding = encoding
        for name, text in ((GYM, ""), (f"gym/{LIBRARY}", BORROWED), (SERVER, TEXTS[1]), (AGENT, TEXTS[3])):
            self._write(name, text)
        self._start(self.wire)

    def _start(self, wire: Wire) -> None:
        capabilities = CAPABILITIES | {"general": {"positionEncodings": [self.encoding.value]}}
        wire.start(capabilities, *map(PurePath, self.folders), initializationOptions=self.options)

    def _path(self, name: str) -> PurePath:
        return PurePath(self.root / name)

    def _write(self, name: str, text: str) -> int:
        """Write a file and return the kind of the change."""
        path = self.root / name
        kind = 2 if path.exists() else 1
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return kind

    # In the editor

    @rule(name=st.sampled_from(NAMES[:6]), text=st.sampled_from(TEXTS))
    def opens(self, name: str, text: str) -> None:
        path = self._path(name)
        if path in self.buffers:
            return
        self.buffers[path] = text
        self.wire.open(path, text)

    @precondition(lambda self: self.buffers)
    @rule(data=st.data())
    def edits(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.buffers)))
        changes: list[Message] = []
        for _ in range(data.draw(st.integers(1, 3))):
            text = self.buffers[path]
            start = between_lines(text, data.draw(st.integers(0, len(text))))
            end = between_lines(text, min(len(text), start + data.draw(st.integers(0, 20))))
            new = data.draw(st.sampled_from(SNIPPETS))
            changes.append(replacement(text, start, max(start, end), new, self.encoding))
            self.buffers[path] = text[:start] + new + text[max(start, end) :]
        self.version += 1
        self.wire.change(path, self.version, *changes)

    @precondition(lambda self: self.buffers)
    @rule(data=st.data())
    def closes(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.buffers)))
        del self.buffers[path]
        self.wire.close(path)

    # On the disk

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(TEXTS))
    def writes(self, name: str, text: str) -> None:
        self.wire.report_changes((self._path(name), self._write(name, text)))

    @rule(name=st.sampled_from([*NAMES, *FOLDERS]))
    def deletes(self, name: str) -> None:
        path = self.root / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        # When a folder is deleted, an editor reports the folder alone.
        self.wire.report_changes((self._path(name), 3))

    @rule(text=st.sampled_from(SETTINGS))
    def sets(self, text: str) -> None:
        self.wire.report_changes((self._path("gym-lsp.toml"), self._write("gym-lsp.toml", text)))

    @rule(is_there=st.booleans())
    def installs(self, is_there: bool) -> None:
        shutil.rmtree(self.root / ".venv", ignore_errors=True)
        if is_there:
            self._write(f"{VENV}/nemo_gym/global_config.py", "")
            self._write(f"{VENV}/{LIBRARY}", BORROWED)
        self.wire.report_changes((self._path(".venv/pyvenv.cfg"), 1 if is_there else 3))

    # In the window

    @rule(gym_root=st.sampled_from([None, "gym", "nowhere"]), searched=st.sampled_from([[], ["inner"]]))
    def configures(self, gym_root: str | None, searched: list[str]) -> None:
        self.options = {"gymRoot": gym_root, "searchDirs": searched}
        self.wire.notify("workspace/didChangeConfiguration", {"settings": {"gymLsp": self.options}})

    @rule()
    def adds_or_removes_the_inner_folder(self) -> None:
        inner = self.root / "inner"
        inner.mkdir(exist_ok=True)
        folder = {"uri": inner.as_uri(), "name": "inner"}
        is_there = inner in self.folders
        (self.folders.remove if is_there else self.folders.append)(inner)
        event = {"added": [], "removed": [folder]} if is_there else {"added": [folder], "removed": []}
        self.wire.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    # The property

    @rule(seed=st.integers(0, 1000))
    def answers_as_a_fresh_one(self, seed: int) -> None:
        with Wire() as fresh:
            self._start(fresh)
            for path, text in self.buffers.items():
                fresh.open(path, text)
            self.wire.wait_until_idle()
            fresh.wait_until_idle()
            on_disk = [path for path in self.root.rglob("*.yaml") if path.is_file()]
            texts = {PurePath(path): path.read_bytes().decode() for path in on_disk} | self.buffers
            assert_same(self.wire, fresh, questions(texts, Random(seed), self.encoding, 2))

    def teardown(self) -> None:
        with self.stack:
            self.stack.callback(shutil.rmtree, self.root)
            self.answers_as_a_fresh_one(0)


TestChanges = Changes.TestCase
TestChanges.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
