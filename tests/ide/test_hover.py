"""Hover at the cursor of a fixture: the paragraphs that it must contain, and places without a hover."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_lsp.gym.fields import (
    AnyType,
    DictType,
    EnumType,
    FieldType,
    ListType,
    LiteralType,
    Model,
    ModelType,
    NullType,
    StrType,
    UnionType,
)
from gym_lsp.gym.meanings import LICENSES, SANDBOX_PROVIDERS, TOP_LEVEL
from gym_lsp.gym.release.builtin import RESERVED_KEYS
from gym_lsp.gym.release.profile import BUILTIN
from gym_lsp.ide.hover import Hover, hover
from gym_lsp.ide.markdown import Bullets, Link, code
from gym_lsp.ide.shape import shown_type
from gym_lsp.workspace.unindexed import NotIndexed, unindexed
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT
from tests.ide.cursor import read, written
from tests.memory import Memory

BASE = """\
# --- base.yaml
limit: 5
math:
  resources_servers:
    math: {entrypoint: app.py, domain: math, description: Sums., limit: 1}
# --- environments/example/config.yaml
"""

SHOWN: dict[str, tuple[str, str, list[str]]] = {
    "a server type": (
        "math: {resources_ser$0vers: {math: {entrypoint: app.py, domain: math}}}",
        "resources_servers",
        ["verifies answers"],
    ),
    "a field with its type": (
        "math: {resources_servers: {math: {entrypoint: app.py, domain: math, po$0rt: 80}}}",
        "port",
        ["**port**", "`int | null`", "the default is a free port"],
    ),
    "a required field": (
        "math: {resources_servers: {math: {entry$0point: app.py, domain: math}}}",
        "entrypoint",
        ["Required."],
    ),
    "a field of a dataset with its default": (
        "a: {responses_api_agents: {b: {entrypoint: app.py, datasets: [{type: benchmark, num_re$0peats: 4}]}}}",
        "num_repeats",
        ["`int >= 1`", "Default: `1`"],
    ),
    "a field with its choices": (
        "a: {responses_api_agents: {b: {entrypoint: app.py, datasets: [{typ$0e: train}]}}}",
        "type",
        ['"train" | "validation" | "example"'],
    ),
    "a reserved key with its default": (
        "port_range_$0low: 2000\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math}}}",
        "port_range_low",
        ["The lowest port", "Default: `10001`"],
    ),
    "a key that NeMo Gym overwrites": (
        "python_ver$0sion: '3.12'\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math}}}",
        "python_version",
        ["Set by NeMo Gym; a value in a config is overwritten."],
    ),
    "a directive": (
        "base: {resources_servers: {a: {entrypoint: app.py, domain: math}}}\nnew: {_cop$0y: base}",
        "_copy",
        ["Copies another block of the run"],
    ),
    "a domain": (
        "math: {resources_servers: {math: {entrypoint: app.py, domain: rl$0hf}}}",
        "rlhf",
        ["**rlhf** · domain", "preference"],
    ),
    "a license, with what a manifest calls it": (
        "a: {responses_api_agents: {b: {datasets: [{type: train, license: Apac$0he 2.0}]}}}",
        "Apache 2.0",
        ["In a manifest: `Apache-2.0`"],
    ),
    "a dataset type": (
        "a: {responses_api_agents: {b: {datasets: [{type: bench$0mark}]}}}",
        "benchmark",
        ["evaluate a model"],
    ),
    "a ref": (
        """
        # --- resources_servers/math_with_judge/app.py
        # --- environments/example/config.yaml
        math:
          resources_servers:
            math_with_judge: {entrypoint: app.py, domain: math, description: Sums and proofs.}
        a: {responses_api_agents: {b: {resources_server: {type: resources_servers, name: ma$0th}}}}
        """,
        "math",
        [
            "**math** · `resources_servers/math_with_judge`",
            "Sums and proofs.",
            "Domain: `math`.",
            "Started by resources_servers/math_with_judge/app.py",
            "Defined in environments/example/config.yaml",
        ],
    ),
    "a ref to a stand-in": (
        "a: {responses_api_agents: {b: {model_server: {type: responses_api_models, name: policy$0_model}}}}",
        "policy_model",
        ["The stand-in model"],
    ),
    "a ref that only other files define": (
        """
        # --- judges.yaml
        judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        a: {responses_api_agents: {b: {model_server: {type: responses_api_models, name: jud$0ge}}}}
        """,
        "judge",
        ["does not define `judge`", "judges.yaml (responses_api_models)"],
    ),
    "a ref to nothing": (
        "a: {responses_api_agents: {b: {model_server: {type: responses_api_models, name: undefi$0ned}}}}",
        "undefined",
        ["Nothing in the workspace or in NeMo Gym defines `undefined`."],
    ),
    "an instance with what it refers to": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        a$0gent:
          responses_api_agents:
            b: {entrypoint: app.py, resources_server: {type: resources_servers, name: math}}
        """,
        "agent",
        ["**agent** · `responses_api_agents/b`", "- `resources_server`: `math`"],
    ),
    "an implementation": (
        """
        # --- resources_servers/math_with_judge/app.py
        # --- environments/example/config.yaml
        math: {resources_servers: {math_with$0_judge: {entrypoint: app.py, domain: math}}}
        """,
        "math_with_judge",
        ["Started by resources_servers/math_with_judge/app.py", "Used by 1 instance"],
    ),
    "an implementation that is not there": (
        "math: {resources_servers: {no$0where: {entrypoint: app.py, domain: math}}}",
        "nowhere",
        ["The folder `resources_servers/nowhere` is not in any search root."],
    ),
    "a sandbox": (
        """
        sandbox: {docker: {create: {network: none}}}
        a: {responses_api_agents: {b: {sandbox_provider: sand$0box}}}
        """,
        "sandbox",
        ["**sandbox** · `docker` sandbox", "Docker containers", "Sets `create`."],
    ),
    "a value that overrides another one": (
        f"{BASE}config_paths: [base.yaml]\nmath: {{resources_servers: {{math: {{limit: $02}}}}}}",
        "2",
        ["Value: `2`", "- in effect: here `2`", "- overridden: base.yaml `1`"],
    ),
    "a ref that is written over another one": (
        """
        # --- base.yaml
        agent: {responses_api_agents: {a: {resources_server: {type: resources_servers, name: "???"}}}}
        # --- environments/example/config.yaml
        config_paths: [base.yaml]
        agent: {responses_api_agents: {a: {resources_ser$0ver: {name: math}}}}
        """,
        "resources_server",
        [
            "- in effect: here `{type: resources_servers, name: math}`",
            "- merged with: base.yaml `{type: resources_servers, name: ???}`",
        ],
    ),
    "a list of datasets, by their names": (
        """
        # --- base.yaml
        a: {responses_api_agents: {a: {entrypoint: app.py, datasets: [{name: one}, {name: two}]}}}
        # --- environments/example/config.yaml
        config_paths: [base.yaml]
        a: {responses_api_agents: {a: {datas$0ets: [{name: three}]}}}
        """,
        "datasets",
        ["- in effect: here a list with `three`", "- overridden: base.yaml a list with `one`, `two`"],
    ),
    "a small mapping with a secret in it": (
        """
        # --- base.yaml
        math: {resources_servers: {math: {entrypoint: app.py, domain: math, search: {engine: a, token: b}}}}
        # --- environments/example/config.yaml
        config_paths: [base.yaml]
        math: {resources_servers: {math: {sea$0rch: {api_key: secret}}}}
        """,
        "search",
        ["Value: `{engine: a, token: ****, api_key: ****}`"],
    ),
    "a name that is removed from the run": (
        f"{BASE}config_paths: [base.yaml]\nma$0th: null",
        "math",
        ["**math**", "Value: `null`, which removes the block from the run.", "- overridden: base.yaml"],
    ),
    "a top-level value, at its key": (
        f"{BASE}config_paths: [base.yaml]\nlim$0it: 6",
        "limit",
        ["**limit**", "Value: `6`", "- overridden: base.yaml `5`"],
    ),
    "a value that is overridden": (
        """
        # --- environments/example/config.yaml
        config_paths: [base.yaml]
        limit: 6
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- base.yaml
        limit: $05
        other: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        """,
        "5",
        ["in the run of `environments/example/config.yaml`: `6`, from environments/example/config.yaml"],
    ),
    "a value that env.yaml overrides": (
        """
        # --- env.yaml
        limit: 7
        # --- environments/example/config.yaml
        limit: $05
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        """,
        "5",
        ["Value: `7`", "- in effect: env.yaml `7`", "- overridden: here `5`"],
    ),
    "a value of a base that another block inherits": (
        """
        base: {resources_servers: {math: {entrypoint: app.py, domain: math, limit: $05}}}
        new: {_inherit_from: base}
        """,
        "5",
        ["Moved to `new.resources_servers.math.limit` in the final config."],
    ),
    "a missing value": (
        "limit: $0???\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math}}}",
        "???",
        ["Not set yet (`???`)"],
    ),
    "a key of an interpolation": (
        f"{BASE}config_paths: [base.yaml]\nown: '${{lim$0it}}'",
        "limit",
        ["**limit**", "Value: `5`", "From base.yaml"],
    ),
    "a segment of an interpolation": (
        f"{BASE}config_paths: [base.yaml]\nown: '${{math.resources_serv$0ers.math.limit}}'\n",
        "resources_servers",
        ["**math.resources_servers**", "a mapping with `math`"],
    ),
    "a key that the command line sets": (
        "math: {resources_servers: {math: {entrypoint: app.py, own: '${policy_base$0_url}'}}}",
        "policy_base_url",
        ["Set by another config, `env.yaml` or the command line."],
    ),
    "a key that no config defines": (
        "math: {resources_servers: {math: {entrypoint: app.py, own: '${tavily$0_url}'}}}",
        "tavily_url",
        ["This run does not define `tavily_url`"],
    ),
    "an interpolation as a key's value": (
        "limit: 5\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math, ow$0n: '${limit}'}}}",
        "own",
        ["Value: `5`"],
    ),
    "a variable with a default": (
        "own: ${oc.env:JUDGE$0_URL,http://x}\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math}}}",
        "JUDGE_URL",
        ["It is not set; the default is `http://x`."],
    ),
    "a variable without a default": (
        "own: ${oc.env:JUDGE$0_URL}\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math}}}",
        "JUDGE_URL",
        ["It is not set and has no default here"],
    ),
    "a resolver": (
        "own: ${oc.e$0nv:JUDGE_URL,5}\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math}}}",
        "${oc.env:JUDGE_URL,5}",
        ["`${oc.env:NAME,default}`", "as a string"],
    ),
    "the source of a directive": (
        f"{BASE}config_paths: [base.yaml]\nnew: {{_inherit_from: ma$0th}}",
        "math",
        ["`_inherit_from` moves `resources_servers` from `math` to `new`; the run then has no `math`.", "Sums."],
    ),
    "a block that another one copies": (
        f"{BASE}config_paths: [base.yaml]\nnew: {{_copy: ma$0th}}",
        "math",
        ["`_copy` copies `resources_servers` from `math` to `new`; `math` stays in the run."],
    ),
    "a block that another one inherits": (
        """
        ba$0se: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        new: {_inherit_from: base}
        """,
        "base",
        [
            "**base** · `resources_servers/math`",
            "Moved to `new` by `_inherit_from` in environments/example/config.yaml; the run then has no `base`.",
        ],
    ),
    "a key that a directive removes": (
        f"{BASE}config_paths: [base.yaml]\nnew: {{_copy: math.resources_servers.math, _delete_key: lim$0it}}",
        "limit",
        ["`_delete_key` removes `limit` from `new`: `1`", "From base.yaml"],
    ),
    "what an include brings in and changes": (
        f"{BASE}config_paths: [ba$0se.yaml]\nlimit: 6",
        "base.yaml",
        ["- `math` · `resources_servers/math`: Sums.", "- `limit`", "`limit` is overridden by environments/example/"],
    ),
    "an include that brings in what inherits": (
        """
        # --- base.yaml
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- upper.yaml
        config_paths: [base.yaml]
        hard: {_inherit_from: math}
        # --- environments/example/config.yaml
        config_paths: [upper.yam$0l]
        """,
        "upper.yaml",
        ["- `hard` · `resources_servers/math`"],
    ),
    "an include with a block that is removed": (
        f"{BASE}config_paths: [ba$0se.yaml]\nmath: null",
        "base.yaml",
        ["- `math` is overridden by environments/example/config.yaml"],
    ),
    "an include that is not there": (
        "config_paths: [no$0where.yaml]\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math}}}",
        "nowhere.yaml",
        ["`nowhere.yaml` not found in any search root"],
    ),
    "another path": (
        """
        # --- environments/example/prompt.yaml
        user: "{question}"
        # --- environments/example/config.yaml
        a: {responses_api_agents: {b: {datasets: [{prompt_config: environments/example/$0prompt.yaml}]}}}
        """,
        "environments/example/prompt.yaml",
        ["environments/example/prompt.yaml"],
    ),
    "rows that a script creates": (
        "a: {responses_api_agents: {b: {datasets: [{jsonl_fpath: a/rows$0.jsonl, prepare_script: a/prepare.py}]}}}",
        "a/rows.jsonl",
        ["The file does not exist yet; `a/prepare.py` creates it."],
    ),
    "rows that are downloaded": (
        "a: {responses_api_agents: {b: {datasets: [{jsonl_fpath: a/rows$0.jsonl, source: {type: huggingface}}]}}}",
        "a/rows.jsonl",
        ["The file does not exist yet; NeMo Gym downloads it, as `source` specifies."],
    ),
    "a rule that a comment silences": (
        "math: {resources_servers: {math: {entrypoint: app.py, domain: x}}}  # gym-lsp: ignore[unknown-do$0main] later",
        "unknown-domain",
        ["**unknown-domain** · error", "A domain that NeMo Gym does not support."],
    ),
    "a text that leads to a file": (
        """
        # --- environments/example/judge.txt
        Is it right?
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {judge_prompt_fpath: environments/example/jud$0ge.txt}}}
        """,
        "environments/example/judge.txt",
        ["environments/example/judge.txt"],
    ),
    "a key of a manifest": (
        """
        # --- environments/example/manifest.yaml
        mod$0ality: text
        """,
        "modality",
        ["The kind of input and output"],
    ),
    "a key of a prompt": (
        """
        # --- environments/example/prompt.yaml
        us$0er: "{question}"
        """,
        "user",
        ["The user message"],
    ),
    "an alias": (
        "base: &base {x: 1}\nmath: {resources_servers: {math: {entrypoint: app.py, own: *ba$0se}}}",
        "*base",
        ["· alias", "Repeats the value at environments/example/config.yaml"],
    ),
    "a key that no class declares": (
        "own: ${oc.env:JUDGE_URL}\nmath: {resources_servers: {math: {entrypoint: app.py, wo$0rd: '${own}'}}}",
        "word",
        ["**word**", "The environment variable `JUDGE_URL` is not set, and has no default here."],
    ),
    "an anchor": (
        "base: &ba$0se {x: 1}\nmath: {resources_servers: {math: {entrypoint: app.py, own: *base}}}",
        "&base",
        ["**&base** · anchor"],
    ),
}


def hovered(text: str) -> tuple[Hover | None, str]:
    """Return the hover at the cursor, and the text of its span."""
    fixture, workspace, path, offset = read(text)
    found = hover(workspace, path, offset)
    return found, "" if found is None else found.span.of(fixture.files[path])


@pytest.mark.parametrize(("text", "about", "expected"), SHOWN.values(), ids=SHOWN.keys())
def test_shown(text: str, about: str, expected: list[str]) -> None:
    found, span = hovered(text)
    assert found is not None
    assert span == about
    for piece in expected:
        assert piece in written(found.content)


NO_HOVER = {
    "blank space": "math: {resources_servers: {math: {entrypoint: app.py,$0   domain: math}}}",
    "a comment": "math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}  # do$0main",
    "the user's own words": "math: {resources_servers: {math: {entrypoint: app.py, description: Su$0ms.}}}",
    "an element of a list that another run replaces": """
        # --- environments/example/config.yaml
        a: {responses_api_agents: {a: {entrypoint: app.py, notes: [o$0ne]}}}
        # --- upper.yaml
        config_paths: [environments/example/config.yaml]
        a: {responses_api_agents: {a: {notes: [two]}}}
        """,
    "a file that is not NeMo Gym's": "# --- notes.yaml\ndomain: ma$0th\n",
}


@pytest.mark.parametrize("text", NO_HOVER.values(), ids=NO_HOVER.keys())
def test_no_hover(text: str) -> None:
    assert hovered(text) == (None, "")


SECRETS = {
    "a token": "hf_token: hunt$0er2\nmath: {resources_servers: {math: {entrypoint: app.py, domain: math}}}",
    "a key that is overridden": f"{BASE}config_paths: []\napi_key: hunt$0er2\n# --- env.yaml\napi_key: hunter3\n",
    "an interpolation of a key": "api_key: hunter2\nmath: {resources_servers: {math: {own: '${api$0_key}'}}}",
    "a text around a key": "api_key: hunter2\nmath: {resources_servers: {math: {ow$0n: 'Bearer ${api_key}'}}}",
    "a key made of an interpolation": "word: hunter2\nmath: {resources_servers: {math: {api_k$0ey: '${word}'}}}",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_secrets_are_not_shown(text: str) -> None:
    found, _ = hovered(text)
    assert found is None or "hunter" not in written(found.content)


UNSET = {
    "null": ("own_key: null", "Value: `null`"),
    "empty": ("own_key: ''", 'Value: `""`'),
    "missing": ("own_key: ???", "`own_key` is not set yet (`???`)"),
    "absent": ("other: 1", "This run does not define `own_key`"),
    "set": ("own_key: hunter2", "Value: `****`"),
    "from a variable that is not set": ("own_key: ${oc.env:NO_SUCH_VARIABLE}", "`NO_SUCH_VARIABLE` is not set"),
}


@pytest.mark.parametrize(("given", "expected"), UNSET.values(), ids=UNSET.keys())
def test_whether_a_secret_is_set_is_shown(given: str, expected: str) -> None:
    found, _ = hovered(f"{given}\nmath: {{resources_servers: {{math: {{api_$0key: '${{own_key}}'}}}}}}\n")
    assert found is not None
    assert expected in written(found.content)


UPPER = """
# --- upper.yaml
config_paths: [environments/example/config.yaml]
math: {resources_servers: {math: {domain: coding, limit: 2}}}
"""
WITHOUT_OTHER_FILES = {
    "a value that another run overrides": (
        f"math: {{resources_servers: {{math: {{entrypoint: app.py, dom$0ain: math, limit: 1}}}}}}\n{UPPER}",
        "in the run of",
    ),
    "a value that the own run overrides": (
        f"{BASE}config_paths: [base.yaml]\nmath: {{resources_servers: {{math: {{li$0mit: 3}}}}}}\n{UPPER}",
        "in the run of",
    ),
    "an implementation": (
        """
        # --- environments/example/config.yaml
        math: {resources_servers: {ma$0th: {entrypoint: app.py, domain: math}}}
        # --- resources_servers/math/app.py
        print()
        """,
        "Used by 1 instance",
    ),
}


@pytest.mark.parametrize(("text", "left_out"), WITHOUT_OTHER_FILES.values(), ids=WITHOUT_OTHER_FILES.keys())
def test_an_unindexed_workspace_leaves_out_what_other_files_show(text: str, left_out: str) -> None:
    _, workspace, path, offset = read(text)
    early = hover(unindexed(workspace), path, offset)
    late = hover(workspace, path, offset)
    assert early is not None and late is not None
    assert early.content == tuple(each for each in late.content if each in early.content)
    assert left_out in written(late.content)
    assert left_out not in written(early.content)


def test_an_unindexed_workspace_has_no_hover_about_other_files() -> None:
    ref = "{type: resources_servers, name: ot$0her}"
    agent = f"agent: {{responses_api_agents: {{agent: {{entrypoint: app.py, resources_server: {ref}}}}}}}"
    _, workspace, path, offset = read(agent)
    with pytest.raises(NotIndexed):
        hover(unindexed(workspace), path, offset)


def test_links_lead_to_the_places() -> None:
    found, _ = hovered(SHOWN["a value that overrides another one"][0])
    assert found is not None
    lines = [line for block in found.content if isinstance(block, Bullets) for line in block.lines]
    links = [piece for line in lines for piece in line if isinstance(piece, Link)]
    assert [(link.path, link.text) for link in links] == [(ROOT / "base.yaml", "base.yaml")]
    fixture, _, _, _ = read(SHOWN["a value that overrides another one"][0])
    assert fixture.files[ROOT / "base.yaml"][links[0].offset :].startswith("limit: 1")


@pytest.mark.parametrize(
    ("text", "expected"), [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("one\ntwo", "`one …`")]
)
def test_code(text: str, expected: str) -> None:
    assert code(text) == expected


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        (EnumType("Colour", (("RED", "red"),)), "Colour"),
        (AnyType("ResponseParams"), "ResponseParams"),
        (ListType(AnyType()), "list[any value]"),
        (ModelType(Model("Panel", {}, path=ROOT / "app.py")), "Panel"),
        (ModelType(Model("Skills", {})), "mapping"),
        (ListType(ModelType(Model("Skills", {}))), "list of mappings"),
        (LiteralType(("train", "validation")), '"train" | "validation"'),
        (UnionType((LiteralType(("a" * 40, "b" * 40, 1)), NullType())), "str | int | null"),
        (
            UnionType(tuple(ModelType(Model(letter * 40, {}, path=ROOT / "app.py")) for letter in "AB")),
            "mapping",
        ),
        (DictType(StrType(), AnyType("Tool")), "dict[str, Tool]"),
    ],
)
def test_types_are_shown_by_the_names_of_classes(type: FieldType, expected: str) -> None:
    assert shown_type(type) == expected


def test_every_word_has_a_meaning() -> None:
    assert RESERVED_KEYS - {"_copy", "_inherit_from"} <= TOP_LEVEL.keys()
    assert set(BUILTIN.licenses) == set(LICENSES)
    assert set(BUILTIN.sandbox_providers) == set(SANDBOX_PROVIDERS)


_LINES = (
    "math:", "  resources_servers:", "    math:", "      entrypoint: app.py", "      domain: math",
    "  _inherit_from: math", "      own: ${math.resources_servers}", "      key: '${oc.env:X}'", "config_paths: [a, b]",
    "word", "new:", "- x", "  a: *x", "  b: &x {c: 1}", "      name: math", "limit: ???",
    "      ref: {type: resources_servers, name: math}",
)  # fmt: skip


@given(st.lists(st.sampled_from(_LINES), max_size=9).map("\n".join), st.floats(0, 1))
@settings(max_examples=200)
def test_anything_may_be_hovered(text: str, place: float) -> None:
    path = PurePath("/workspace/environments/example/config.yaml")
    workspace = Workspace(Memory({path: text}), PurePath("/workspace"))
    found = hover(workspace, path, round(place * len(text)))
    assert found is None or 0 <= found.span.start <= found.span.end <= len(text)
