"""Rules about sandboxes, beyond the examples on their pages."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.files import Disk, Overlay
from gym_lsp.gym.release.sandbox_arguments import ARGUMENTS
from gym_lsp.gym.release.sandbox_providers import sandbox_provider, sandbox_providers
from gym_lsp.gym.roots import InstallRoot, find_install_root
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.fixture import assert_findings


def agent(provider: str, marker: str = "") -> str:
    """Return a config with an agent whose `sandbox_provider` is `provider`."""
    return f"""\
# --- environments/log_triage/config.yaml
log_triage_agent:
  responses_api_agents:
    triage_agent:
      entrypoint: app.py
      sandbox_provider: {provider}
{marker}"""


DOCKER = """\
# --- environments/log_triage/docker.yaml
sandbox:
  docker: {}
"""
RUN = "# run: environments/log_triage/config.yaml"
CARETS = "#                       ^^^^^^^"


def test_a_sandbox_of_another_file() -> None:
    marker = f"{CARETS} {{}}[sandbox-not-found] `environments/log_triage/docker.yaml` defines it\n"
    assert_findings(agent("sandbox", marker.format("information")) + DOCKER)
    assert_findings(f"{RUN}\n{agent('sandbox', marker.format('warning'))}{DOCKER}")
    assert_findings(f"{RUN} + environments/log_triage/docker.yaml\n{agent('sandbox')}{DOCKER}")


def test_a_sandbox_that_does_not_exist() -> None:
    marker = f"{CARETS} warning[sandbox-not-found] sandbox block `machine` not found in this run\n"
    assert_findings(agent("machine", marker) + DOCKER)


def test_a_name_of_something_else() -> None:
    marker = f"{CARETS} warning[sandbox-not-found] sandbox block `machine` not found in this run\n"
    other = "machine:\n  resources_servers:\n    a: {entrypoint: b, domain: math}\n"
    assert_findings(f"{agent('machine', marker)}# --- environments/log_triage/other.yaml\n{other}")


def test_a_sandbox_that_an_includer_defines() -> None:
    includer = "# --- environments/log_triage/all.yaml\nconfig_paths: [environments/log_triage/config.yaml]\n"
    assert_findings(f"{agent('sandbox')}{includer}sandbox:\n  docker: {{}}\n")


def test_a_nested_reference() -> None:
    text = agent("null").replace("sandbox_provider: null", "settings: {sandbox_provider: machine}")
    marker = "#                                  ^^^^^^^ warning[sandbox-not-found]\n"
    assert_findings(text + marker)


@pytest.mark.parametrize("provider", ["null", "${oc.env:SANDBOX,null}", "${.entrypoint}", "{docker: {}}"])
def test_a_provider_that_is_not_a_name(provider: str) -> None:
    assert_findings(agent(provider))


BLOCKS = {
    "two providers": """\
sandbox:
  docker: {}
  apptainer: {}
# ^^^^^^^^^ error[invalid-sandbox-block] `docker` and `apptainer`
""",
    "the unknown one of two providers is marked": """\
sandbox:
  dokcer: {}
# ^^^^^^ error[invalid-sandbox-block] `dokcer` and `apptainer`
  apptainer: {}
""",
    "metadata that is not a mapping": """\
sandbox:
  docker: {}
  default_metadata: [a]
#                   ^^^ error[invalid-sandbox-block] `default_metadata` must be a mapping
""",
    "metadata that is null": """\
sandbox:
  docker: {}
  default_metadata: null
""",
    "a block that is text": """\
sandbox: docker
#        ^^^^^^ error[invalid-sandbox-block] a mapping with one provider
""",
    "a block that another file completes": """\
sandbox:
  default_metadata: {team: logs}
""",
    "a provider that another package may register": """\
sandbox:
  firecracker: {}
# ^^^^^^^^^^^ information[unknown-sandbox-provider] a package must register it
""",
    "a misspelt section": """\
sandbox:
  docker:
    exce: {}
#   ^^^^ error[unknown-sandbox-field] did you mean `exec`?
""",
    "a misspelt key of a section, next to the right one": """\
sandbox:
  docker:
    probe: {timeout_s: 1, timeouts: 2}
#                         ^^^^^^^^ error[unknown-sandbox-field] `timeouts` in `probe` of the sandbox provider `docker`
""",
    "an argument that is not a section": """\
sandbox:
  apptainer: {bin_path: /usr/bin/apptainer}
""",
    "a provider that accepts any argument": """\
sandbox:
  ecs_fargate: {anything: 1}
""",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_blocks(block: str) -> None:
    assert_findings(agent("sandbox") + block)


def test_a_block_without_a_provider_in_a_run() -> None:
    marker = "^^^^^^^ error[invalid-sandbox-block] missing provider in this sandbox\n"
    block = f"sandbox:\n{marker}  default_metadata: {{team: logs}}\n"
    assert_findings(f"{RUN}\n{agent('sandbox')}{block}")


def test_an_inline_sandbox() -> None:
    marker = "#                                 ^^^^ error[unknown-sandbox-field] did you mean `probe`?\n"
    assert_findings(agent("{docker: {prob: {}}}", marker))
    marker = "#                                    ^^^^^^^^^ error[invalid-sandbox-block]\n"
    assert_findings(agent("{docker: {}, apptainer: {}}", marker))


def test_a_provider_that_is_a_number() -> None:
    assert_findings(
        agent("5", "#                       ^ error[invalid-sandbox-block] the name of a top-level block\n")
    )


def test_two_files_that_define_the_sandbox() -> None:
    apptainer = "# --- environments/log_triage/apptainer.yaml\nsandbox:\n  apptainer: {}\n"
    marker = "# ^^^^^^^^^ error[invalid-sandbox-block] this sandbox has the providers\n"
    files = "environments/log_triage/docker.yaml + environments/log_triage/apptainer.yaml"
    assert_findings(f"{RUN} + {files}\n{agent('sandbox')}{DOCKER}{apptainer}{marker}")


def test_built_in_arguments(corpus: Corpus) -> None:
    read = sandbox_providers(Disk(), corpus.release("0.7.0"))
    assert read.keys() - ARGUMENTS.keys() == {"ecs_fargate"}
    for name, arguments in ARGUMENTS.items():
        provider = read[name]
        assert provider.model is not None
        assert provider.sections is not None
        assert arguments.keys() == provider.model.fields.keys()
        sections = {key: frozenset(model.fields) for key, model in provider.sections.items()}
        assert {key: keys for key, keys in arguments.items() if keys is not None} == sections


@pytest.mark.parametrize("release", ["0.4.0", "0.7.0"])
def test_one_provider_is_read_like_all_providers(corpus: Corpus, release: str) -> None:
    root = corpus.release(release)
    for name, provider in sandbox_providers(Disk(), root).items():
        assert sandbox_provider(Disk(), root, name) == provider
    assert sandbox_provider(Disk(), root, "firecracker") is None


@pytest.mark.parametrize(
    ("release", "marker"),
    [
        ("0.4.0", "#     ^^^^^^^^^^^^^^^ error[unknown-sandbox-field] `exec` of the sandbox provider `apptainer`\n"),
        ("0.7.0", ""),
    ],
)
def test_the_fields_of_a_release(corpus: Corpus, release: str, marker: str) -> None:
    root = PurePath(corpus.release(release))
    install = find_install_root(Disk(), explicit=root, workspace=root, environ={})
    block = f"sandbox:\n  apptainer:\n    exec:\n      timeout_grace_s: 5\n{marker}"
    assert_findings(f"# --- environments/log_triage/sandbox.yaml\n{block}", Disk(), install)


BROKEN_BLOCKS = {
    "a misspelt provider": "  doker: {}\n# ^^^^^ warning[unknown-sandbox-provider] did you mean `docker`?\n",
    "two providers": "  docker: {}\n  apptainer: {}\n# ^^^^^^^^^ error[invalid-sandbox-block] expected only one\n",
    "a section too far out": "  docker: {}\n  probe: {}\n# ^^^^^ error[invalid-sandbox-block] expected only one\n",
}


@pytest.mark.parametrize("block", BROKEN_BLOCKS.values(), ids=BROKEN_BLOCKS.keys())
def test_a_file_that_contains_only_a_broken_sandbox(block: str) -> None:
    assert_findings(f"sandbox:\n  default_metadata: {{team: a}}\n{block}")


def test_a_block_with_that_name_that_is_not_a_sandbox() -> None:
    assert_findings("sandbox:\n  tool: {docker: {}}\n  limit: 3\n")


SPECS = {
    "a misspelt field": (
        "ttl_s: 1",
        "ready_timeout: 1",
        "unknown field `ready_timeout` in `sandbox_spec`; did",
    ),
    "a field that nothing declares": ("ttl_s: 1", "budget: 1", "unknown field `budget` in `sandbox_spec`"),
    "a misspelt resource": ("memory_mib: 1", "memory_mb: 1", "unknown field `memory_mb` in `resources`; did you mean"),
    "known fields": ("ttl_s: 1", "workdir: /tmp", ""),
}


@pytest.mark.corpus
@pytest.mark.parametrize(("right", "wrong", "message"), SPECS.values(), ids=SPECS.keys())
def test_the_spec_of_a_sandbox(corpus: Corpus, right: str, wrong: str, message: str) -> None:
    root = PurePath(corpus.release("0.7.0"))
    path = root / "environments/example/config.yaml"
    text = """\
searching:
  responses_api_agents:
    harness_exa_search:
      entrypoint: app.py
      sandbox_spec:
        ttl_s: 1
        resources: {cpu: 1, memory_mib: 1}
"""
    files = Overlay(Disk(), {path: text.replace(right, wrong)})
    found = Checker(Workspace(files, root, install=InstallRoot(root, "--gym-root", None))).check_one(path)
    messages = [each.message for each in found if each.rule == "unknown-sandbox-field"]
    assert [message in each for each in messages] == [True] * bool(message)
