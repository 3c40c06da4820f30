"""Signature help, inlay hints, semantic tokens, code lenses and the resolved document."""

from __future__ import annotations

from pathlib import PurePath
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_lsp.compose.config import Provenance
from gym_lsp.compose.interpolate import RESOLVERS as KNOWN
from gym_lsp.compose.run import Run
from gym_lsp.files import Disk
from gym_lsp.gym.release.resolvers import OFFERED, RESOLVERS
from gym_lsp.ide.inlay import HintKind, hints
from gym_lsp.ide.lenses import LensKind, count, lenses
from gym_lsp.ide.resolved import resolved, resolved_run
from gym_lsp.ide.signature import signature
from gym_lsp.ide.tokens import Modifier, tokens
from gym_lsp.syntax import parse, plain
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import DEFAULT_FILE, ROOT, parse_fixture
from tests.ide.cursor import read
from tests.memory import Memory

CONFIG = ROOT / DEFAULT_FILE


def opened(text: str) -> tuple[Workspace, str]:
    """Return the workspace of a fixture, and the text of its main file."""
    fixture = parse_fixture(dedent(text).strip() + "\n")
    return fixture.workspace(), fixture.files[CONFIG]


# Signatures

SIGNATURES = {
    "the first argument": ("own: ${oc.env:$0}", "NAME"),
    "the second argument": ("own: ${oc.env:HOME,$0}", "default"),
    "an open interpolation": ("own: '${oc.select:a.b,$0", "default"),
    "a comma inside brackets": ("own: ${oc.create:[1,$0]}", "value"),
    "more arguments than there are": ("own: ${oc.env:A,b,c$0}", "default"),
    "the inner one of two": ("own: ${oc.select:a,${oc.env:$0}}", "NAME"),
    "a list element": ("own: ['${oc.env:$0}']", "NAME"),
}


@pytest.mark.parametrize(("text", "active"), SIGNATURES.values(), ids=SIGNATURES.keys())
def test_signature(text: str, active: str) -> None:
    _, workspace, path, offset = read(f"{text}\nmath: {{resources_servers: {{math: {{entrypoint: app.py}}}}}}")
    found = signature(workspace, path, offset)
    assert found is not None
    assert found.parameters[found.active].span.of(found.label) == active


@pytest.mark.parametrize("text", ["own: ${a.$0b}", "own: $0x", "own: ${nobody:$0}", "o$0wn: 1", "own: ${oc.env:A}$0"])
def test_no_signature(text: str) -> None:
    _, workspace, path, offset = read(f"{text}\nmath: {{resources_servers: {{math: {{entrypoint: app.py}}}}}}")
    assert signature(workspace, path, offset) is None


def test_every_resolver_is_described() -> None:
    assert set(OFFERED) == set(RESOLVERS) == set(KNOWN)


# Inlay hints

HINTED = """
# --- base.yaml
judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
limit: 5
base:
  resources_servers:
    math:
      entrypoint: app.py
      domain: math
      judge_model_server: {type: responses_api_models, name: judge}
# --- environments/example/config.yaml
config_paths: [base.yaml]
api_key: hunter2
new:
  _inherit_from: base
  resources_servers:
    math:
      judge_model_server: {name: judge}
      own: ${limit}
      deep: "${judge.responses_api_models.openai_model}"
      secret: ${api_key}
      home: ${oc.env:NOBODY}
      shown: ${oc.env:NOBODY,5}
      given: ${policy_base_url}
      nothing: ${nobody}
"""


def test_hints() -> None:
    workspace, text = opened(HINTED)
    found = hints(workspace, CONFIG, Span(0, len(text)))
    assert [(text[: hint.offset].rpartition("\n")[2].strip(), hint.text) for hint in found] == [
        ("_inherit_from: base", "⇐ resources_servers/math"),
        ("judge_model_server: {name: judge", "(responses_api_models)"),
        ("own: ${limit}", "= 5"),
        ('deep: "${judge.responses_api_models.openai_model}"', "= {entrypoint}"),
    ]


@pytest.mark.parametrize("kind", [HintKind.VALUE, HintKind.INHERITED, HintKind.REF_TYPE])
def test_each_kind_of_hint_can_be_left_out(kind: HintKind) -> None:
    workspace, text = opened(HINTED)
    everything = hints(workspace, CONFIG, Span(0, len(text)))
    found = hints(workspace, CONFIG, Span(0, len(text)), frozenset(HintKind) - {kind})
    assert found == tuple(hint for hint in everything if hint.kind is not kind)
    assert len(found) < len(everything)


def test_hints_of_a_part() -> None:
    workspace, text = opened(HINTED)
    line = text.index("own:")
    assert [hint.text for hint in hints(workspace, CONFIG, Span(line, text.index("\n", line)))] == ["= 5"]


def test_a_value_that_is_overridden_has_no_hint() -> None:
    workspace, _ = opened("""
        # --- env.yaml
        own: 7
        # --- environments/example/config.yaml
        limit: 5
        own: ${limit}
        math: {resources_servers: {math: {entrypoint: app.py}}}
        """)
    assert hints(workspace, CONFIG, Span(0, 1000)) == ()


# Semantic tokens


def shown(text: str) -> list[str]:
    """Return the kind and the text of each token of a config, with `!` before those that are unresolved."""
    workspace, content = opened(text)
    return [
        f"{'!' if Modifier.UNRESOLVED in token.modifiers else ''}{token.kind.value} {token.span.of(content)}"
        for token in tokens(workspace, CONFIG)
    ]


def test_tokens() -> None:
    found = shown("""
        config_paths: [nowhere.yaml]
        limit: 5
        math:
          resources_servers:
            math:
              entrypoint: app.py
              own: "${limit} ${oc.env:HOME,x} ${nobody:1}"
              deep: ${math.resources_servers.nothing}
        new:
          _copy: math
          _delete_key: gone
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: {type: resources_servers, name: math}
              model_server: {type: responses_api_models, name: policy_model}
              judge_model_server: {type: responses_api_models, name: nobody}
              sandbox_provider: nowhere
        """)
    assert found == [
        "!path nowhere.yaml",
        "instance math",
        "server-type resources_servers",
        "implementation math",
        "!path app.py",
        "key limit",
        "resolver oc.env",
        "variable HOME",
        "!resolver nobody",
        "key math",
        "key resources_servers",
        "!key nothing",
        "directive _copy",
        "instance math",
        "directive _delete_key",
        "!key gone",
        "instance agent",
        "server-type responses_api_agents",
        "implementation simple_agent",
        "instance math",
        "instance policy_model",
        "!instance nobody",
        "!instance nowhere",
    ]


def test_tokens_of_a_part() -> None:
    workspace, text = opened("math: {resources_servers: {math: {entrypoint: app.py}}}\nnew:\n  _copy: math\n")
    start = text.index("new")
    assert [token.span.of(text) for token in tokens(workspace, CONFIG, Span(start, len(text)))] == ["_copy", "math"]


def test_a_name_that_an_includer_defines_leads_somewhere() -> None:
    workspace, _ = opened("""
        # --- environments/example/config.yaml
        agent: {responses_api_agents: {a: {resources_server: {type: resources_servers, name: math}}}}
        # --- whole.yaml
        config_paths: [environments/example/config.yaml]
        math: {resources_servers: {math: {entrypoint: app.py}}}
        """)
    assert not any(token.modifiers == {Modifier.UNRESOLVED} for token in tokens(workspace, CONFIG))


_LINES = (
    "math:", "  resources_servers:", "    math:", "      entrypoint: app.py", "      own: 'it''s ${a.b} ${oc.env:X}'",
    '      own: "\\t${a.b}"', "  _copy: math", "  _copy: a.b.", "  _delete_key: a,, b", "new: ${copy:math}", "- x",
    "      own: |", "        ${a}", "config_paths: [a, '', b]", "x: {name: y, type: resources_servers}", "y: 'a",
)  # fmt: skip


@given(st.lists(st.sampled_from(_LINES), max_size=9).map("\n".join))
@settings(max_examples=300)
def test_tokens_and_hints_of_anything(text: str) -> None:
    workspace = Workspace(Memory({CONFIG: text}), ROOT)
    end = 0
    for token in tokens(workspace, CONFIG):
        assert end <= token.span.start < token.span.end <= len(text)
        assert "\n" not in token.span.of(text)
        end = token.span.end
    for hint in hints(workspace, CONFIG, Span(0, len(text))):
        assert 0 <= hint.offset <= len(text)
    for lens in lenses(workspace, CONFIG):
        count(workspace, CONFIG, lens)


# Code lenses


def test_lenses() -> None:
    workspace, text = opened("""
        # --- whole.yaml
        config_paths: [environments/example/config.yaml]
        heir: {_inherit_from: math}
        # --- environments/example/config.yaml
        limit: 5
        math: {resources_servers: {math: {entrypoint: app.py}}}
        agent: {responses_api_agents: {a: {resources_server: {type: resources_servers, name: math}}}}
        """)
    found = [(lens.kind, lens.span.of(text), count(workspace, CONFIG, lens)) for lens in lenses(workspace, CONFIG)]
    titles = [(kind, name, counted.title) for kind, name, counted in found]
    assert titles == [
        (LensKind.RESOLVED, "", "show resolved"),
        (LensKind.USED, "math", "used by 1"),
        (LensKind.INHERITED, "math", "inherited by 1"),
        (LensKind.USED, "agent", "used by 0"),
    ]
    assert [place.path for place in found[2][2].places] == [ROOT / "whole.yaml"]


# The resolved document

RESOLVED = """
# --- base.yaml
limit: 5
math: {resources_servers: {math: {entrypoint: app.py, domain: math, limit: 1}}}
# --- environments/example/config.yaml
config_paths: [base.yaml]
api_key: hunter2
math: {resources_servers: {math: {limit: "${limit}"}}}
"""


def test_the_resolved_document_reads_back() -> None:
    workspace, _ = opened(RESOLVED)
    text = resolved(workspace, workspace.own_run(CONFIG)).text()
    values = plain(parse(text).root)
    assert isinstance(values, dict)
    assert values["math"] == {"resources_servers": {"math": {"entrypoint": "app.py", "domain": "math", "limit": 5}}}
    assert "hunter2" not in text


def test_each_line_knows_where_it_comes_from() -> None:
    workspace, text = opened(RESOLVED)
    document = resolved(workspace, workspace.own_run(CONFIG))
    places = {line.path: line.place for line in document.lines}
    overridden = places["math", "resources_servers", "math", "limit"]
    inherited = places["math", "resources_servers", "math", "domain"]
    assert overridden is not None
    assert inherited is not None
    assert (overridden.path, overridden.selection.of(text)) == (CONFIG, "limit")
    assert inherited.path == ROOT / "base.yaml"
    assert places["policy_base_url",] is None
    commented = document.text(lambda line: line.place.path.name if line.place else "")
    assert any(line.split() == ["domain:", "math", "#", "base.yaml"] for line in commented.splitlines())
    assert plain(parse(commented).root) == plain(parse(document.text()).root)


def test_a_run_of_several_files() -> None:
    workspace, _ = opened(RESOLVED)
    lines = resolved_run(workspace, Run(("base.yaml",), ("limit=6",))).lines
    assert "limit: 6" in [line.text for line in lines]


def test_a_block_comes_from_the_line_of_its_key() -> None:
    disk = Disk()
    workspace = Workspace(disk, PurePath(__file__).parents[2])
    configs = [path for path in workspace.members if path.match("environments/*/config.yaml")]
    for path in configs:
        for line in resolved(workspace, workspace.own_run(path)).lines:
            if line.how is Provenance.WRITTEN and line.source is not None and line.text.endswith(":"):
                text = disk.read(line.source.path)
                assert text[line.source.offset :].startswith(line.text.strip("- :"))
    assert len(configs) > 5
