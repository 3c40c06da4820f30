"""Fields of servers: variants of the rules, and mistakes that are inserted into the configs of a real release."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import NamedTuple

import pytest

from gym_lsp.check import Checker
from gym_lsp.compose.run import Run
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.files import Disk, Overlay
from gym_lsp.gym.roots import InstallRoot
from gym_lsp.text import apply_edits
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.corpus import Corpus
from tests.fixture import ROOT, assert_findings, findings, parse_fixture
from tests.memory import Memory

RULES = (
    "unknown-server-field", "invalid-server-field", "missing-server-field", "malformed-ref", "ref-of-wrong-type",
    "misspelt-ref-field",
)  # fmt: skip


class Mistake(NamedTuple):
    """A replacement of text in a config, the part of the text that is marked, and the expected finding."""

    path: str
    right: str
    wrong: str
    at: str
    finding: str


VLLM = "responses_api_models/vllm_model/configs/vllm_model.yaml"
TAVILY = "resources_servers/tavily_search/configs/tavily_search_judge_vllm_model.yaml"
MATH = "resources_servers/math_with_judge/configs/math_with_judge.yaml"
RELAY = "environment_servers/legacy_agent/configs/legacy_agent.yaml"
STIRRUP = "resources_servers/terminal_multi_harness/configs/terminal_multi_harness_stirrup.yaml"
WORKSPACE = "resources_servers/workspace_bench/configs/workspace_bench.yaml"
SWEBENCH = "resources_servers/swebench/configs/swebench.yaml"
SWE = "responses_api_agents/swe_agents/configs/swebench_openhands.yaml"
MISTAKES = (
    Mistake(
        VLLM,
        "uses_reasoning_parser: true",
        "uses_reasoning_parser: maybe",
        "maybe",
        "error invalid-server-field expected `bool`",
    ),
    Mistake(
        VLLM,
        "uses_interleaved_reasoning",
        "uses_interleaved_reasonin",
        "uses_interleaved_reasonin",
        "warning unknown-server-field did you mean `uses_interleaved_reasoning`?",
    ),
    Mistake(
        VLLM,
        "      return_token_id_information: false\n",
        "",
        "entrypoint",
        "information missing-server-field `return_token_id_information`",
    ),
    Mistake(
        VLLM,
        "default_headers: {}",
        "default_headers: {retries: 3}",
        "3",
        "error invalid-server-field `retries` in `default_headers` is 3; expected `str`",
    ),
    Mistake(
        VLLM,
        "endpoint_stale_grace_s: 300.0",
        "endpoint_stale_grace_s: 5m",
        "5m",
        "error invalid-server-field expected `float`",
    ),
    Mistake(
        VLLM,
        "endpoint_connection_retries: 8",
        "endpoint_connection_retries: 8.5",
        "8.5",
        "error invalid-server-field expected `int` or `null`",
    ),
    Mistake(VLLM, "extra_body: null", "extra_body: [top_k]", "[top_k]", "error invalid-server-field is a list"),
    Mistake(
        VLLM,
        "base_url: ${policy_base_url}",
        "base_url: {primary: http://a}",
        "{primary: http://a}",
        "error invalid-server-field is a mapping",
    ),
    Mistake(
        VLLM,
        "api_key: ${policy_api_key}",
        "api_key: 12345",
        "12345",
        "error invalid-server-field is 12345; expected `str`",
    ),
    Mistake(
        VLLM,
        "model: ${policy_model_name}",
        "model: ${.endpoint_stale_grace_s}",
        "${.endpoint_stale_grace_s}",
        "error invalid-server-field is 300.0, the value of `${.endpoint_stale_grace_s}`",
    ),
    Mistake(MATH, "should_use_judge: false", "should_use_judge: 2", "2", "error invalid-server-field expected `bool`"),
    Mistake(
        MATH,
        "should_use_judge: false",
        "should_use_judge: false\n      library_verifier_max_concurrency: 0",
        "0",
        "error invalid-server-field expected `int > 0`",
    ),
    Mistake(
        MATH,
        "      judge_model_server:\n        type: responses_api_models\n        name: policy_model\n",
        "      judge_model_server: policy_model\n",
        "policy_model",
        "error malformed-ref",
    ),
    Mistake(
        MATH,
        "judge_model_server",
        "judge_model_sever",
        "judge_model_sever",
        "error unknown-server-field did you mean `judge_model_server`?",
    ),
    Mistake(
        MATH,
        "judge_model_server:\n        type: responses_api_models\n        name: policy_model",
        "judge_model_server: {type: resources_servers, name: math_with_judge}",
        "resources_servers",
        "error ref-of-wrong-type",
    ),
    Mistake(
        MATH,
        "        input: []\n",
        "        input: [], max_output_token: 512\n",
        "max_output_token",
        "error unknown-server-field of `NeMoGymResponseCreateParamsNonStreaming`; did you mean `max_output_tokens`?",
    ),
    Mistake(
        MATH,
        "        input: []\n",
        "        input: [], temperature: warm\n",
        "warm",
        'error invalid-server-field `temperature` in `judge_responses_create_params` is "warm"',
    ),
    Mistake(
        MATH,
        "        input: []\n",
        "        input: [], truncation: never\n",
        "never",
        "error invalid-server-field expected `auto | disabled` or `null`",
    ),
    Mistake(
        MATH,
        "        input: []\n",
        "        temperature: 0.5\n",
        "judge_responses_create_params",
        "information missing-server-field missing required field `input` in `judge_responses_create_params`",
    ),
    Mistake(
        TAVILY,
        "entrypoint: app.py",
        "entrypoint: app.py\n      search_depth: deep",
        "deep",
        "error invalid-server-field expected `basic | advanced`",
    ),
    Mistake(
        TAVILY,
        "entrypoint: app.py",
        "entrypoint: app.py\n      http_timeout_s: -1",
        "-1",
        "error invalid-server-field expected `float > 0`",
    ),
    Mistake(
        RELAY,
        "max_concurrent_episodes: null",
        "max_concurent_episodes: null",
        "max_concurent_episodes",
        "error unknown-server-field did you mean `max_concurrent_episodes`?",
    ),
    Mistake(
        RELAY,
        "cleanup_timeout_seconds: 180",
        "cleanup_timeout_seconds: 0",
        "0",
        "error invalid-server-field expected `float > 0`",
    ),
    Mistake(
        STIRRUP,
        "string_similarity_threshold: 0.9\n        query_string_similarity_threshold: 0.8",
        "string_similarity_treshold: 0.9",
        "string_similarity_treshold",
        "warning unknown-server-field `ToolCallComparatorConfig`",
    ),
    Mistake(
        STIRRUP,
        "string_similarity_threshold: 0.9",
        "string_similarity_threshold: high",
        "high",
        "error invalid-server-field `string_similarity_threshold` in `tool_call_comparator_config`",
    ),
    Mistake(
        WORKSPACE,
        "ready_timeout_s: 1200",
        "ready_timeout: 1200",
        "ready_timeout",
        "warning unknown-server-field of `SandboxSpec`; did you mean `ready_timeout_s`?",
    ),
    Mistake(
        SWEBENCH,
        "derive_cpu_env: true",
        "derive_cpu_envs: true",
        "derive_cpu_envs",
        "warning unknown-server-field of `sandbox_config`; did you mean `derive_cpu_env`?",
    ),
    Mistake(
        SWE,
        "agent_max_turns: 100",
        "agent_max_turn: 100",
        "agent_max_turn",
        "warning unknown-server-field did you mean `agent_max_turns`?",
    ),
)
"""Mistakes in 0.7.0 that its parser accepts."""


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{PurePath(mistake.path).stem}-{mistake.at}")
def test_mistakes_in_a_real_release(corpus: Corpus, mistake: Mistake) -> None:
    root = PurePath(corpus.release("0.7.0"))
    path = root / mistake.path
    text = Disk().read(path)
    assert mistake.right in text
    install = InstallRoot(root, "--gym-root", "0.7.0")
    before, after = (
        reported(Workspace(Overlay(Disk(), {path: each}), root, install=install), path)
        for each in (text, text.replace(mistake.right, mistake.wrong, 1))
    )
    found = [each for each in after if each not in before]
    assert len(found) == 1, found
    assert is_expected(f"{mistake.finding} @ {mistake.at}", found[0]), found


def reported(workspace: Workspace, path: PurePath) -> list[str]:
    """Return the findings of the rules about fields for a file: severity, rule, message, and the marked text."""
    found = Checker(workspace).check_workspace([path]).diagnostics
    return [
        f"{each.severity.label} {each.rule} {each.message} @ {each.span.of(workspace.text(path) or '')}"
        for each in found
        if each.path == path and each.rule in RULES
    ]


def is_expected(expected: str, found: str) -> bool:
    """Whether a finding has the expected severity, rule and place, and its message contains the expected words."""
    description, at = expected.rsplit(" @ ", 1)
    severity, rule, *words = description.split(" ", 2)
    is_same = found.startswith(f"{severity} {rule} ") and found.endswith(f" @ {at}")
    return is_same and all(each in found for each in words)


OTHER = "other:\n  resources_servers:\n    counting: {entrypoint: app.py, domain: math}\n"
PROGRAM = """
# --- resources_servers/counting/requirements.txt
# --- resources_servers/counting/app.py
from enum import Enum
from typing import Annotated, Any, Literal
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer
from nemo_gym.config_types import ModelServerRef, ResourcesServerRef


class Mode(str, Enum):
    FAST = "fast"
    SLOW = "slow"


class Limits(BaseModel):
    model_config = ConfigDict(extra="forbid")
    seconds: float = Field(gt=0)
    tries: int = 1


class Open(BaseModel):
    model_config = {"extra": "allow"}


class Checked(BaseModel):
    model_config = {"extra": "forbid"}
    size: int
    unit: str
    depth: int

    @model_validator(mode="before")
    @classmethod
    def check(cls, data):
        data = dict(data)
        if "length" in data:
            raise ValueError("removed")
        data["size"] = parse(data["size"])
        data.setdefault("unit", "m")
        return data


class Config(BaseResourcesServerConfig):
    mode: Mode = Mode.FAST
    level: Literal["low", "high"] | None = None
    limits: Limits | None = None
    steps: list[Limits] = []
    weights: dict[str, Annotated[float, Field(ge=0, le=1)]] = {}
    either: str | Limits = ""
    free: Any = None
    open: Open | None = None
    checked: Checked | None = None
    parsed: Annotated[int, BeforeValidator(int)] = 1
    judge: ModelServerRef | None = None
    judges: list[ModelServerRef] = []
    old: int = Field(0, alias="new")
    names: list[str] = Field(default_factory=list, min_length=1)
    ratio: float = 1.0


class Server(SimpleResourcesServer):
    config: Config


Server.run_webserver()
# --- environments/example/config.yaml
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
"""
FIELDS = {
    "a member of an Enum": ("mode: slow",),
    "not a member of an Enum": ("mode: quick", 'error invalid-server-field is "quick"; expected `fast | slow` @ quick'),
    "null for an optional field": ("level: null",),
    "null for a field that is not optional": (
        "ratio: null",
        "error invalid-server-field `ratio` is null; expected `float` @ null",
    ),
    "no value": ("ratio:", "error invalid-server-field `ratio` is null; expected `float` @ ratio"),
    "text that pydantic converts to a number": ('ratio: "0.5"',),
    "a nested model": ("limits: {seconds: 3}",),
    "an unknown nested key": (
        "limits: {seconds: 3, paths: 2}",
        "error unknown-server-field unknown field `paths` of `Limits` @ paths",
    ),
    "a misspelt nested key": ("limits: {second: 3}", "error unknown-server-field did you mean `seconds`? @ second"),
    "a missing nested key": (
        "limits: {tries: 3}",
        "information missing-server-field missing required field `seconds` in `limits` @ limits",
    ),
    "a list of models": (
        "steps: [{seconds: 0}]",
        "error invalid-server-field `seconds` in `steps[0]` is 0; expected @ 0",
    ),
    "a place in a list": (
        "names: [a, 1]",
        "error invalid-server-field `names[1]` is 1; expected `str` @ 1",
    ),
    "a missing key in a list": (
        "steps: [{seconds: 1}, {tries: 2}]",
        "information missing-server-field missing required field `seconds` in `steps[1]` @ {tries: 2}",
    ),
    "a mapping of numbers": (
        "weights: {a: 0.5, b: 1.5}",
        "error invalid-server-field `b` in `weights` is 1.5; expected @ 1.5",
    ),
    "one of two types": ("either: {seconds: 1}",),
    "a mistake in the type that is meant": ("either: {seconds: no}", "error invalid-server-field `seconds` in @ no"),
    "neither of two types": ("either: [a]", "error invalid-server-field is a list; expected `str` or a mapping @ [a]"),
    "any value": ("free: {a: [1]}",),
    "a model that accepts any key": ("open: {anything: 1}",),
    "a value that a validator converts, and one that it sets": ("checked: {size: 3 m, depth: 1}",),
    "an unknown key of a model with a validator": (
        "checked: {size: 3, length: 2, depth: 1}",
        "error unknown-server-field unknown field `length` of `Checked` @ length",
    ),
    "a value that a validator does not touch": (
        "checked: {size: 3, depth: deep}",
        "error invalid-server-field `depth` in `checked` is @ deep",
    ),
    "a missing key that a validator only reads": (
        "checked: {depth: 3}",
        "information missing-server-field missing required field `size` in `checked` @ checked",
    ),
    "a value that a validator of its type converts": ("parsed: a",),
    "a ref in a field whose name does not end in `_server`": (
        "judge: policy",
        "error malformed-ref `{type: responses_api_models @ policy",
    ),
    "a ref to a server of another type": (
        "judge: {type: resources_servers, name: other}",
        "error ref-of-wrong-type `judge` must refer to a server under `responses_api_models` @ resources_servers",
    ),
    "a list of refs": (
        "judges: [{type: resources_servers, name: other}]",
        'error invalid-server-field `type` in `judges[0]` is "resources_servers"; expected @ resources_servers',
    ),
    "an alias": ("new: 3",),
    "the attribute of an alias": ("old: 3", "warning unknown-server-field unknown field `old` @ old"),
    "a list that is too short": (
        "names: []",
        "error invalid-server-field is a list of length 0; expected `list[str] of length >= 1` @ []",
    ),
    "an interpolation that is not found": ("ratio: ${nowhere}",),
    "the value of an interpolation": (
        "ratio: ${.mode}\n      mode: fast",
        'error invalid-server-field is "fast", the value of `${.mode}`; expected `float` @ ${.mode}',
    ),
    "null as the value of an interpolation": (
        "ratio: ${.level}\n      level: null",
        "information missing-server-field missing value for `ratio`: `${.level}` is null @ ${.level}",
    ),
    "a variable of the environment": ("ratio: ${oc.env:RATIO,1}",),
    "keys that only listings read": ("description: To count.\n      verified: true",),
    "a key that is used as a variable": ("shared: 0.5\n      ratio: ${.shared}",),
    "an unknown key": ("retries: 3", "warning unknown-server-field unknown field `retries` of `Config` @ retries"),
}
"""An entry of the block, and the findings that are expected for it."""


@pytest.mark.parametrize(("entry", "expected"), [(each[0], each[1:]) for each in FIELDS.values()], ids=FIELDS.keys())
def test_fields(entry: str, expected: tuple[str, ...]) -> None:
    fixture = parse_fixture(f"{PROGRAM}      {entry}\n{OTHER}")
    workspace = fixture.workspace()
    found = reported(workspace, ROOT / "environments" / "example" / "config.yaml")
    assert len(found) == len(expected), found
    for actual, each in zip(found, expected, strict=True):
        assert is_expected(each, actual), found


CLASSES = {
    "a class that changes its input": (
        "class Config(BaseResourcesServerConfig):\n    size: int\n\n"
        "    @model_validator(mode='before')\n    @classmethod\n"
        "    def old(cls, value):\n        value['size'] = value.pop('retries')\n        return value\n"
    ),
    "a class that is validated around": (
        "class Config(BaseResourcesServerConfig):\n    size: int\n\n"
        "    @model_validator(mode='wrap')\n    @classmethod\n"
        "    def old(cls, value, handler):\n        return value\n"
    ),
    "a base that cannot be read": "class Config(BaseResourcesServerConfig, Unknown):\n    size: int = 0\n",
    "a class that accepts any key": (
        "class Config(BaseResourcesServerConfig):\n    model_config = ConfigDict(extra='allow')\n"
    ),
    "settings that cannot be read": "class Config(BaseResourcesServerConfig):\n    model_config = settings()\n",
    "names from a function": (
        "class Config(BaseResourcesServerConfig):\n    model_config = {'alias_generator': camel}\n    size: int\n"
    ),
    "a key that the program looks up itself": (
        "class Config(BaseResourcesServerConfig): ...\nprint(settings['retries'])\n"
    ),
    "no class": "Config = make_config()\n",
}


@pytest.mark.parametrize("text", CLASSES.values(), ids=CLASSES.keys())
def test_nothing_is_reported_without_certainty(text: str) -> None:
    head, _, rest = PROGRAM.partition("class Mode")
    server = rest[rest.index("class Server(") :]
    assert_findings(f"{head}{text}\n\n{server}      retries: many\n")


def test_the_missing_fields_can_be_added() -> None:
    fixture = parse_fixture(
        """\
# --- resources_servers/counting/requirements.txt
# --- resources_servers/counting/app.py
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer
from nemo_gym.config_types import ModelServerRef


class CountingConfig(BaseResourcesServerConfig):
    prompt: str
    judge: ModelServerRef
    limit: int = 5


class CountingServer(SimpleResourcesServer):
    config: CountingConfig


CountingServer.run_webserver()
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
"""
    )
    (found,) = [each for each in findings(fixture) if each.rule == "missing-server-field"]
    (fix,) = found.fixes
    assert fix.title == "Add the missing fields"
    edited = apply_edits(fixture.files[found.path], [each.edit for each in fix.edits])
    assert edited.endswith(
        "      domain: math\n      prompt: ???\n      judge: {type: responses_api_models, name: ???}\n"
    )


NEEDS_PROMPT = """\
# --- resources_servers/counting/requirements.txt
# --- resources_servers/counting/app.py
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


class CountingConfig(BaseResourcesServerConfig):
    prompt: str


class CountingServer(SimpleResourcesServer):
    config: CountingConfig


CountingServer.run_webserver()
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
# --- environments/counting/prompt.yaml
counting:
  resources_servers:
    counting:
      prompt: Count.
"""
COUNTING = "environments/counting/config.yaml"
RUNS: dict[str, tuple[tuple[str, ...], str]] = {
    "alone": ((COUNTING,), "error"),
    "with the config that sets it": ((COUNTING, "environments/counting/prompt.yaml"), ""),
}


@pytest.mark.parametrize(("roots", "severity"), RUNS.values(), ids=RUNS.keys())
def test_a_field_that_a_run_lacks(roots: tuple[str, ...], severity: str) -> None:
    """What a run lacks cannot come from anywhere else, whether the run is checked or the settings declare it."""
    files = Memory(parse_fixture(NEEDS_PROMPT).files)
    declared = Workspace(files, ROOT, Settings(runs={"counting": roots}))
    assert severity_of_missing(Checker(declared).check_run(Run(roots)).diagnostics) == severity
    assert severity_of_missing(Checker(declared).check_one(ROOT / COUNTING)) == severity
    assert severity_of_missing(Checker(Workspace(files, ROOT)).check_one(ROOT / COUNTING)) == "information"


def severity_of_missing(found: Iterable[Diagnostic]) -> str:
    return "".join(each.severity.label for each in found if each.rule == "missing-server-field")


def test_the_stand_in_model_hides_no_mistake_of_env_yaml(corpus: Corpus) -> None:
    root = PurePath(corpus.release("0.7.0"))
    run = Run(("responses_api_models/vllm_model/configs/vllm_model.yaml",))
    for text, expected in {"0123": ["is 83, the value of `${policy_api_key}`; expected `str`"], "abc": []}.items():
        files = Overlay(Disk(), {root / "env.yaml": f"policy_api_key: {text}\n"})
        workspace = Workspace(files, root, install=InstallRoot(root, "--gym-root", None))
        found = Checker(workspace).check_run(run).diagnostics
        messages = [each.message for each in found if each.rule == "invalid-server-field"]
        assert [part in message for part, message in zip(expected, messages, strict=True)] == [True] * len(expected)
