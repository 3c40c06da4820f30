"""A report with every kind of finding, for the golden files.

Texts are written with their spans in them: `«1:` opens the span of that number and `»` closes it.
"""

from __future__ import annotations

import re
from pathlib import PurePath, PurePosixPath

from gym_lsp.diagnostic import Applicability, Diagnostic, FileEdit, Fix, RelatedLocation, Severity
from gym_lsp.reporters import Report, RuleInfo
from gym_lsp.text import Edit, Span

ROOT = PurePosixPath("/project")

ENVIRONMENT = ROOT / "environments/math/config.yaml"
MODEL = ROOT / "responses_api_models/openai_model/configs/openai_model.yaml"
BENCHMARK = ROOT / "benchmarks/日本 100%/config#1.yaml"
UNREADABLE = ROOT / "environments/latin/config.yaml"
INSTALLED = PurePosixPath("/opt/gym/nemo_gym/environments/base/config.yaml")

WRITTEN = {
    ENVIRONMENT: """\
math_agent:
  responses_api_agents:
    simple_agent:
      «1:entrypoint»: app.py
      model_server:
        type: responses_api_models
        name: «2:policy_modle»
      datasets:
        - «3:name: math_train
          type: train
          jsonl_fpath: data/math/train.jsonl
»      «4:entrypoint»: other.py
""",
    MODEL: """\
«1:policy_model»:
  responses_api_models:
    openai_model:
      entrypoint: app.py
""",
    BENCHMARK: """\
config_paths:
  - «1:/opt/gym/nemo_gym/environments/base/config.yaml»
数学:
\tdescription: "数学の問題を解く 🧮 «2:${judge.name}»"
""",
    INSTALLED: "config_paths: [a.yaml, b.yaml, c.yaml, d.yaml, e.yaml, f.yaml, g.yaml, «1:nowhere/config.yaml», h]\n",
    UNREADABLE: "",
}


def read_marks(written: str) -> tuple[str, dict[int, Span]]:
    """The text without its marks, and the spans between them."""
    text = ""
    opened: list[tuple[int, int]] = []
    spans: dict[int, Span] = {}
    for piece in re.split(r"(«\d+:|»)", written):
        if piece.startswith("«"):
            opened.append((int(piece[1:-1]), len(text)))
        elif piece == "»":
            number, start = opened.pop()
            spans[number] = Span(start, len(text))
        else:
            text += piece
    assert not opened
    return text, spans


TEXTS: dict[PurePath, str] = {path: read_marks(written)[0] for path, written in WRITTEN.items()}


def span(path: PurePosixPath, number: int) -> Span:
    return read_marks(WRITTEN[path])[1][number]


_RULES = (
    RuleInfo(
        name="unknown-server-ref",
        summary="A server reference names an instance that nothing defines.",
        url="https://example.org/rules/unknown-server-ref/",
        severity=Severity.ERROR,
        documentation="A server reference names an instance that nothing defines.\n\n## Why\n\nThe run stops.\n",
    ),
    RuleInfo(
        name="missing-license",
        summary="A train or validation dataset has no license.",
        url="https://example.org/rules/missing-license/",
        severity=Severity.ERROR,
        documentation="A train or validation dataset has no license.\n",
    ),
)

_AGENT = ("math_agent", "responses_api_agents", "simple_agent")

_DIAGNOSTICS = (
    Diagnostic(
        ENVIRONMENT,
        span(ENVIRONMENT, 2),
        "unknown-server-ref",
        Severity.ERROR,
        "field `model_server` of `math_agent` refers to responses_api_models `policy_modle`, which this run does"
        " not define",
        gym_error="ServerRefNotFoundError",
        run=("environments/math/config.yaml", "responses_api_models/openai_model/configs/openai_model.yaml"),
        related=(RelatedLocation(MODEL, span(MODEL, 1), "`policy_model` is defined here"),),
        fixes=(
            Fix(
                "Replace `policy_modle` with `policy_model`",
                (FileEdit(ENVIRONMENT, Edit(span(ENVIRONMENT, 2), "policy_model")),),
                Applicability.SAFE,
            ),
        ),
        key_path=(*_AGENT, "model_server", "name"),
    ),
    Diagnostic(
        ENVIRONMENT,
        span(ENVIRONMENT, 3),
        "missing-license",
        Severity.ERROR,
        "train dataset `math_train` has no license",
        gym_error="AlmostServerError",
        run=("environments/math/config.yaml",),
        fixes=(Fix("Add `license: Apache 2.0`", ()), Fix("Add `license: MIT`", ())),
        key_path=(*_AGENT, "datasets", 0),
    ),
    Diagnostic(
        ENVIRONMENT,
        span(ENVIRONMENT, 4),
        "duplicate-key",
        Severity.ERROR,
        "key `entrypoint` is already set in this mapping",
        gym_error="ConfigError",
        related=(RelatedLocation(ENVIRONMENT, span(ENVIRONMENT, 1), "set here first"),),
        key_path=(*_AGENT, "entrypoint"),
    ),
    Diagnostic(
        BENCHMARK,
        span(BENCHMARK, 2),
        "open-reference",
        Severity.INFORMATION,
        "`${judge.name}` must come from outside: [the docs](https://example.org), env.yaml or the command line",
        key_path=("数学", "description"),
    ),
    Diagnostic(
        INSTALLED,
        span(INSTALLED, 1),
        "config-path-not-found",
        Severity.WARNING,
        "`nowhere/config.yaml` is under none of the search roots:\n/project\n/opt/gym",
        gym_error="ConfigPathNotFoundError",
        run=("benchmarks/日本 100%/config#1.yaml",),
        related=(RelatedLocation(BENCHMARK, span(BENCHMARK, 1), "included from here"),),
        key_path=("config_paths", 7),
    ),
    Diagnostic(
        UNREADABLE,
        Span(0, 0),
        "unreadable-file",
        Severity.ERROR,
        "cannot be read: not UTF-8 at byte 17, \x1b[31mred\x1b[0m & <tagged>",
    ),
)

_NOTES = (
    "NeMo Gym 0.9.0 is newer than any release that gym-lsp knows; what its source does not tell is taken from 0.7.0.",
)


def text_of(path: PurePath) -> str:
    return TEXTS[path]


REPORT = Report(
    diagnostics=tuple(sorted(_DIAGNOSTICS, key=lambda diagnostic: diagnostic.sort_key)),
    texts=text_of,
    shown=text_of,
    working_directory=ROOT,
    release="0.9.0",
    files_checked=14,
    rules={rule.name: rule for rule in _RULES},
    notes=_NOTES,
)

CLEAN = Report(
    diagnostics=(),
    texts=text_of,
    shown=text_of,
    working_directory=ROOT,
    release="0.7.0",
    files_checked=14,
    rules=REPORT.rules,
)
