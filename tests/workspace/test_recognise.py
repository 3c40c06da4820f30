"""The recognition of Gym files, for every YAML file of the real releases and for edge cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

import pytest

from gym_lsp.files import Disk
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.gym.roots import find_install_root
from gym_lsp.syntax import parse
from gym_lsp.workspace.recognise import FileKind, recognise
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.memory import Memory

OF_EVERY_RELEASE = {
    "resources_servers/finance_sec_search/prompt_templates/finance_sec_search_judge.yaml",
    "resources_servers/finance_sec_search/prompt_templates/finance_sec_search_retrieval.yaml",
    "resources_servers/jailbreak_detection/configs/verifier_prompt_templates.yaml",
    "responses_api_agents/swe_agents/configs/swe_agent_config.yaml",
}
SINCE_0_6 = {
    "resources_servers/bbq/configs/verifier_prompt_templates.yaml",
    "resources_servers/finance_agent_v2/prompt_templates/finance_agent_v2_retrieval.yaml",
    "resources_servers/finance_agent_v2/prompt_templates/finance_agent_v2_rubric_judge.yaml",
}
SINCE_0_7 = {
    *(
        f"benchmarks/nemotron_3.5_super/reward_profiling/manifests/{name}.yaml"
        for name in (
            "example_basic",
            "example_judge",
            "example_sandbox_judge",
            "nemotron_3_5_super",
            "nemotron_3_ultra",
        )
    ),
    "responses_api_agents/haystack_agent/configs/pipeline.yaml",
    "responses_api_agents/haystack_agent/configs/pipeline_mcp.yaml",
    "responses_api_agents/haystack_agent/example/example_pipeline_with_tools.yaml",
    "responses_api_agents/opencode_sandboxed_agent/offline_science_image/sage-environment.yaml",
}
OTHERS = {
    "0.4.0": OF_EVERY_RELEASE,
    "0.5.1": OF_EVERY_RELEASE,
    "0.6.0": OF_EVERY_RELEASE | SINCE_0_6,
    "0.7.0": OF_EVERY_RELEASE | SINCE_0_6 | SINCE_0_7,
}
"""The files that NeMo Gym does not read. A person has checked each of them."""
COUNTS = {
    "0.4.0": {FileKind.CONFIG: 335, FileKind.PROMPT: 54},
    "0.5.1": {FileKind.CONFIG: 392, FileKind.PROMPT: 56},
    "0.6.0": {FileKind.CONFIG: 480, FileKind.PROMPT: 57},
    "0.7.0": {FileKind.CONFIG: 649, FileKind.PROMPT: 77, FileKind.MANIFEST: 174},
}


@pytest.mark.slow
@pytest.mark.parametrize("version", OTHERS)
def test_every_file_of_the_corpus_is_told_apart(corpus: Corpus, version: str) -> None:
    files, root = Disk(), PurePath(corpus.release(version))
    install = find_install_root(files, explicit=root, workspace=root, environ={})
    workspace = Workspace(files, root, Settings(), install)
    kinds = {path.relative_to(root).as_posix(): workspace.kind(path) for path in workspace.members}
    assert {path for path, kind in kinds.items() if kind is FileKind.OTHER} == OTHERS[version]
    counts = Counter(kinds.values())
    del counts[FileKind.OTHER]
    assert counts == COUNTS[version]
    # Whatever is called config.yaml is one, and what lies in folders for prompts is none.
    assert all(kind is FileKind.CONFIG for path, kind in kinds.items() if path.endswith("/config.yaml"))
    assert all(kind is not FileKind.CONFIG for path, kind in kinds.items() if "/prompts/" in path)


SERVER = "a: {resources_servers: {b: {entrypoint: app.py}}}"


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("x.yaml", SERVER, FileKind.CONFIG),
        ("x.yaml", "note: 1\na: {responses_api_models: }", FileKind.CONFIG),
        ("x.yaml", "config_paths: [a.yaml]", FileKind.CONFIG),
        ("x.yaml", "a: {_inherit_from: b}", FileKind.CONFIG),
        ("x.yaml", "a: {_copy: b, c: 1}", FileKind.CONFIG),
        ("x.yaml", "sandbox: {docker: {}, default_metadata: {}}", FileKind.CONFIG),
        ("x.yaml", "a: &x {resources_servers: {}}\nb: *x", FileKind.CONFIG),
        ("x.yaml", "a: {resource_servers: {b: {entrypoint: app.py}}}", FileKind.CONFIG),
        ("x.yaml", "services: {docker: {image: x}, web: {}}", FileKind.OTHER),
        ("x.yaml", "a: {docker: {}, podman: {}}", FileKind.OTHER),
        ("x.yaml", "resources_servers: {b: {entrypoint: app.py}}", FileKind.OTHER),
        ("environments/x/config.yaml", "resources_servers: {b: {entrypoint: app.py}}", FileKind.CONFIG),
        ("env.yml", "policy_api_key: a", FileKind.ENVIRONMENT),
        ("env.yml", "name: gym", FileKind.OTHER),
        ("x.yaml", "", FileKind.OTHER),
        ("x.yaml", "- a", FileKind.OTHER),
        ("x.yaml", "a: [", FileKind.OTHER),
        ("x.yaml", "user: hi {x}", FileKind.PROMPT),
        ("x.yaml", "system: be good\nuser: hi", FileKind.PROMPT),
        ("x.yaml", "system: be good", FileKind.OTHER),
        ("x.yaml", "user: hi\nname: x", FileKind.OTHER),
        ("prompts/x.yaml", "user: hi\nassistant: yes", FileKind.PROMPT),
        ("env.yaml", "policy_api_key: x", FileKind.ENVIRONMENT),
        ("sub/env.yaml", SERVER, FileKind.ENVIRONMENT),
        ("environments/a/manifest.yaml", "name: a", FileKind.MANIFEST),
        ("benchmarks/a/b/manifest.yaml", "- broken", FileKind.MANIFEST),
        ("manifest.yaml", "name: a", FileKind.OTHER),
        ("k8s/manifest.yaml", "kind: Pod", FileKind.OTHER),
        # If the content is not enough, the place decides.
        ("environments/a/config.yaml", "a: [", FileKind.CONFIG),
        ("benchmarks/a/config.yaml", "- a", FileKind.CONFIG),
        ("resources_servers/a/configs/a.yaml", "a: [", FileKind.CONFIG),
        ("responses_api_models/a/configs/b/a.yaml", "a: [", FileKind.CONFIG),
        ("resources_servers/a/data/a.yaml", "a: [", FileKind.OTHER),
        ("environments/a/parts/b.yaml", "a: [", FileKind.OTHER),
        ("environments/a/b.yaml", "resources_servers: {b: {entrypoint: app.py}}", FileKind.CONFIG),
        # Other tools name folders alike.
        ("environments/a/config.yaml", "{{- if .Values.a }}\na: [", FileKind.OTHER),
        ("environments/a/config.yaml", "- hosts: all", FileKind.OTHER),
        ("resources_servers/a/configs/a.yaml", "{{- if a }}\na: [", FileKind.CONFIG),
        ("config.yaml", "a: [", FileKind.OTHER),
        ("environments/a/config.yaml", "", FileKind.OTHER),
        ("environments/a/config.yaml", "a: 1", FileKind.OTHER),
    ],
)
def test_place_and_content_tell_together(path: str, text: str, kind: FileKind) -> None:
    assert recognise(path, parse(text), BUILTIN) is kind


@pytest.mark.parametrize("root", ["/home/me/environments/project", "/data/benchmarks", "/responses_api_agents/configs"])
def test_where_the_workspace_lies_says_nothing_about_its_files(root: str) -> None:
    texts = {"k8s/manifest.yaml": "kind: Pod\n", "config.yaml": "a: [\n", "configs/x.yaml": "- a\n"}
    workspace = Workspace(Memory({PurePath(root) / path: text for path, text in texts.items()}), PurePath(root))
    assert [workspace.kind(PurePath(root) / path) for path in texts] == [FileKind.OTHER] * 3


def kinds_in(workspace: Workspace, names: Iterable[str]) -> list[FileKind]:
    return [workspace.kind(workspace.root / name) for name in names]


def test_the_settings_may_include_what_nothing_else_shows() -> None:
    root = PurePath("/w")
    files = Memory({root / "sweeps/a.yaml": "x: 1\n", root / "b.yaml": "x: 1\n"})
    workspace = Workspace(files, root, Settings(root / "gym-lsp.toml", include=("sweeps/*.yaml",)))
    assert kinds_in(workspace, ["sweeps/a.yaml", "b.yaml", "nope.yaml"]) == [
        FileKind.CONFIG,
        FileKind.OTHER,
        FileKind.OTHER,
    ]
