"""Rename: every place with the mark `name` changes, in all files, and renaming back restores the files."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.diagnostic import FileEdit
from gym_lsp.ide.rename import Refusal, Renameable, prepare_rename, rename
from gym_lsp.text import apply_edits
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT, Fixture
from tests.ide.cursor import read, shown
from tests.memory import Memory

CASES = {
    "everything that means an instance": """
        # --- agents.yaml
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server: {type: resources_servers, name: math}
        #                                                       ^^^^ name
              limit: ${math.resources_servers.math.limit}
        #              ^^^^ name
        # --- environments/example/config.yaml
        config_paths: [agents.yaml]
        ma$0th: {resources_servers: {math: {entrypoint: app.py, domain: math, limit: 5}}}
        ^^^^ name
        new: {_inherit_from: math}
        #                    ^^^^ name
        part: {resources_servers: {math: "${copy:math.resources_servers.math}"}}
        #                                        ^^^^ name
        """,
    "a name in quotes, asked at a ref": """
        "math": {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        #^^^ name
        """.replace("#^^^ name", "#^^^^ name")
    + """
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: 'ma$0th'}}}}
        #                                                                                          ^^^^ name
        """,
    "a definition that is spread over the files of a run": """
        # --- lower.yaml
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        ^^^^ name
        # --- environments/example/config.yaml
        config_paths: [lower.yaml]
        mat$0h: {resources_servers: {math: {limit: 5}}}
        ^^^^ name
        """,
    "files that share a fragment": """
        # --- fragment.yaml
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: math}}}}
        #                                                                                         ^^^^ name
        # --- other.yaml
        config_paths: [fragment.yaml]
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        ^^^^ name
        # --- environments/example/config.yaml
        config_paths: [fragment.yaml]
        mat$0h: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        ^^^^ name
        """,
    "not what has the name elsewhere": """
        # --- other.yaml
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: math}}}}
        # --- /gym/environments/third/config.yaml
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/example/config.yaml
        mat$0h: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        ^^^^ name
        """,
    "a use that only this one can be meant by": """
        # --- agent.yaml
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: math}}}}
        #                                                                                         ^^^^ name
        # --- environments/example/config.yaml
        mat$0h: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        ^^^^ name
        """,
    "a sandbox": """
        agent: {responses_api_agents: {a: {entrypoint: app.py, sandbox_provider: math}}}
        #                                                                        ^^^^ name
        mat$0h: {docker: {create: {}}}
        ^^^^ name
        """,
    "routes, pins and manifests": """
        # --- environments/example/manifest.yaml
        name: example
        model_server: math
        #             ^^^^ name
        # --- environments/example/config.yaml
        agent_map: {_default: agent}
        ma$0th: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        ^^^^ name
        agent: {responses_api_agents: {a: {entrypoint: app.py, m: {type: responses_api_models, name: math}}}}
        #                                                                                            ^^^^ name
        """,
    "the agent that routes name": """
        agent_name: math
        #           ^^^^ name
        agent_map: {math: math}
        #                 ^^^^ name
        fan_out: {rows: [math, other]}
        #                ^^^^ name
        ma$0th: {responses_api_agents: {a: {entrypoint: app.py}}}
        ^^^^ name
        """,
    "a mapping with the name that is no ref": """
        ma$0th: {resources_servers: {math: {entrypoint: app.py, domain: math, tool: {name: math}}}}
        ^^^^ name
        """,
}

REFUSED = {
    "only instances and sandbox blocks can be renamed": [
        "math: {resources_servers: {math: {ent$0rypoint: app.py}}}",
        "li$0mit: 5\nmath: {resources_servers: {math: {limit: '${limit}'}}}",
        "math: {resources_servers: {math: {entrypoint: a$0pp.py}}}",
        "math: {resources_servers: {math: {}}}\nx: ${math.resources_$0servers}",
        "$0\nmath: {resources_servers: {math: {}}}",
        "config_$0paths: []",
    ],
    "`policy_model` is defined outside the workspace, so it cannot be renamed": [
        "policy_$0model: {responses_api_models: {vllm_model: {entrypoint: app.py}}}",
        "a: {responses_api_agents: {a: {entrypoint: app.py, m: {type: responses_api_models, name: policy_mode$0l}}}}",
    ],
    "`math` is defined in environments/math/config.yaml, outside the workspace": [
        """
        # --- /gym/environments/math/config.yaml
        math: {resources_servers: {math: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        config_paths: [environments/math/config.yaml]
        ma$0th: {resources_servers: {math: {limit: 5}}}
        """,
        """
        # --- /gym/environments/math/config.yaml
        math: {resources_servers: {math: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: ma$0th}}}}
        """,
    ],
    "`math` is used in responses_api_agents/a/configs/a.yaml, outside the workspace": [
        """
        # --- /gym/responses_api_agents/a/configs/a.yaml
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: math}}}}
        # --- environments/example/config.yaml
        config_paths: [responses_api_agents/a/configs/a.yaml]
        ma$0th: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        """,
    ],
    "`math` in agent.yaml is ambiguous: it can refer to this block or to the one in other.yaml": [
        """
        # --- agent.yaml
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: math}}}}
        # --- other.yaml
        math: {resources_servers: {math: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        ma$0th: {resources_servers: {math: {entrypoint: app.py}}}
        """,
    ],
    "nothing in the workspace defines `nothing`": [
        "agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: noth$0ing}}}}",
    ],
    "`math` in environments/example/config.yaml comes from a merge key (`<<`), so there is no key to rename": [
        """
        many: &many {math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}}
        <<: *many
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: ma$0th}}}}
        """,
    ],
    "`math` is written with escapes in environments/example/config.yaml, so it cannot be edited": [
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # math is spelled twice: as math, and with an escape
        agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: "m\\x61th"}}}}
        other: {_inherit_from: ma$0th}
        """,
    ],
    "NeMo Gym generates `math_environment_server`, which environments/example/config.yaml uses, from `math_agent`": [
        """
        math_ag$0ent: {responses_api_agents: {agent: {entrypoint: app.py}}}
        environment_server_name: math_environment_server
        """,
    ],
}

NAMES = {
    "": "`` cannot be the name of an instance: use letters, digits, `_` and `-`",
    "two words": "`two words` cannot be the name of an instance: use letters, digits, `_` and `-`",
    "a.b": "`a.b` cannot be the name of an instance: use letters, digits, `_` and `-`",
    "-a": "`-a` cannot be the name of an instance: use letters, digits, `_` and `-`",
    "on": "`on` cannot be the name of an instance: use letters, digits, `_` and `-`",
    "12": "`12` cannot be the name of an instance: use letters, digits, `_` and `-`",
    "0b_": "`0b_` cannot be the name of an instance: use letters, digits, `_` and `-`",
    "null": "`null` cannot be the name of an instance: use letters, digits, `_` and `-`",
    "config_paths": "`config_paths` is a key of NeMo Gym",
    "resources_servers": "`resources_servers` is a key of NeMo Gym",
    "_inherit_from": "`_inherit_from` is a key of NeMo Gym",
    "agent": "the run of environments/example/config.yaml already has `agent`",
    "lower": "the run of environments/example/config.yaml already has `lower`",
    "policy_model": "the run of environments/example/config.yaml already has `policy_model`",
    "agent_environment_server": "the run of environments/example/config.yaml already has `agent_environment_server`",
    "judge": "other.yaml uses an undefined `judge`, which would then refer to this block",
}
NAMED = """
    # --- lower.yaml
    lower: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
    # --- other.yaml
    agent: {responses_api_agents: {a: {entrypoint: app.py, r: {type: resources_servers, name: judge}}}}
    # --- environments/example/config.yaml
    config_paths: [lower.yaml]
    ma$0th: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
    agent: {responses_api_agents: {agent: {entrypoint: app.py}}}
    """


def applied(workspace: Workspace, edits: tuple[FileEdit, ...]) -> dict[PurePath, str]:
    """Return the new text of each file that changes."""
    paths = {edit.path for edit in edits}
    return {
        path: apply_edits(workspace.text(path) or "", [edit.edit for edit in edits if edit.path == path])
        for path in paths
    }


def edited(fixture: Fixture, edits: tuple[FileEdit, ...]) -> list[str]:
    return sorted(shown(fixture, [(edit.path, edit.edit.span) for edit in edits]))


@pytest.mark.parametrize("case", CASES)
def test_rename(case: str) -> None:
    fixture, workspace, path, offset = read(CASES[case])
    edits = rename(workspace, path, offset, "calculator")
    assert not isinstance(edits, Refusal), edits.reason
    assert edited(fixture, edits) == sorted(shown(fixture, fixture.marked("name")))
    assert {edit.edit.text for edit in edits} == {"calculator"}


@pytest.mark.parametrize("case", CASES)
def test_preparation_shows_the_name_under_the_cursor(case: str) -> None:
    fixture, workspace, path, offset = read(CASES[case])
    found = prepare_rename(workspace, path, offset)
    assert isinstance(found, Renameable)
    assert (path, found.span) in fixture.marked("name")
    assert found.name == "math"


@pytest.mark.parametrize("text", ['$0"math": {}', '"$0math": {}', '"math$0": {}', '"math"$0: {}', "'math'$0: {}"])
def test_what_is_prepared_holds_the_cursor(text: str) -> None:
    _, workspace, path, offset = read(f"{text}\nagent: {{_inherit_from: math}}\n")
    found = prepare_rename(workspace, path, offset)
    assert isinstance(found, Renameable)
    assert found.span.contains(offset)
    assert found.name == "math"


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts])
def test_refused(reason: str, text: str) -> None:
    _, workspace, path, offset = read(text)
    assert rename(workspace, path, offset, "calculator") == Refusal(reason)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_will_not_do(name: str) -> None:
    _, workspace, path, offset = read(NAMED)
    assert rename(workspace, path, offset, name) == Refusal(NAMES[name])


def test_the_name_that_it_has() -> None:
    _, workspace, path, offset = read(NAMED)
    assert rename(workspace, path, offset, "math") == ()


def test_a_name_that_is_declared_to_come_from_outside() -> None:
    fixture, _, path, offset = read(NAMED)
    workspace = Workspace(Memory(fixture.files), ROOT, Settings(open_names=("ma*",)))
    assert rename(workspace, path, offset, "calculator") == Refusal(
        "`math` is defined outside the workspace, so it cannot be renamed"
    )


# Renaming back

FILES = tuple(ROOT / name for name in ("a.yaml", "b.yaml", "c.yaml"))
LETTERS = ("x", "y", "z")
LINES = (
    "{0}: {{resources_servers: {{{1}: {{entrypoint: app.py, domain: math, limit: 1}}}}}}",
    "{0}: {{responses_api_agents: {{simple_agent: {{entrypoint: a.py, r: {{type: resources_servers, name: {1}}}}}}}}}",
    '"{0}": {{_inherit_from: {1}}}',
    "{0}: {{_copy: '{1}', resources_servers: {{{1}: {{limit: 2}}}}}}",
    "{0}: {{docker: {{create: {{limit: '${{{1}.resources_servers.{1}.limit}}'}}}}}}",
    '{0}: {{responses_api_agents: {{a: {{entrypoint: app.py, sandbox_provider: "{1}"}}}}}}',
    "{0}: {{resources_servers: {{{1}: {{entrypoint: app.py, domain: math, r: {{name: {1}}}}}}}}}",
)


@st.composite
def workspaces(draw: st.DrawFn) -> dict[PurePath, str]:
    """Return three small files that define, use and include each other at random."""
    texts: dict[PurePath, str] = {}
    for path in FILES:
        included = draw(st.lists(st.sampled_from([each.name for each in FILES if each != path]), unique=True))
        lines = [f"config_paths: [{', '.join(included)}]"]
        names = draw(st.lists(st.sampled_from(LETTERS), min_size=1, unique=True))
        lines.extend(draw(st.sampled_from(LINES)).format(name, draw(st.sampled_from(LETTERS))) for name in names)
        texts[path] = "\n".join(lines) + "\n"
    return texts


@st.composite
def asked(draw: st.DrawFn) -> tuple[dict[PurePath, str], PurePath, int]:
    """Return a workspace, and the place of a name in it."""
    texts = draw(workspaces())
    path = draw(st.sampled_from(FILES))
    return texts, path, draw(st.sampled_from([name.start() for name in re.finditer(r"\b[xyz]\b", texts[path])]))


@given(asked())
def test_there_and_back_is_the_identity(question: tuple[dict[PurePath, str], PurePath, int]) -> None:
    texts, path, offset = question
    workspace = Workspace(Memory(texts), ROOT)
    edits = rename(workspace, path, offset, "renamed")
    if isinstance(edits, Refusal):
        return
    after = texts | applied(workspace, edits)
    before_it = [each.edit for each in edits if each.path == path and each.edit.span.start < offset]
    moved = offset + sum(len(edit.text) - (edit.span.end - edit.span.start) for edit in before_it)
    renamed = Workspace(Memory(after), ROOT)
    back = rename(renamed, path, moved, texts[path][offset])
    assert not isinstance(back, Refusal), back.reason
    assert after | applied(renamed, back) == texts


@given(asked())
def test_a_rename_changes_no_verdict(question: tuple[dict[PurePath, str], PurePath, int]) -> None:
    """Each run has the same problems and the same number of servers afterwards; other names stay the same."""
    texts, path, offset = question
    workspace = Workspace(Memory(texts), ROOT)
    edits = rename(workspace, path, offset, "renamed")
    if isinstance(edits, Refusal):
        return
    renamed = Workspace(Memory(texts | applied(workspace, edits)), ROOT)
    for each in FILES:
        before, after = workspace.own_run(each), renamed.own_run(each)
        assert Counter(map(type, before.problems)) == Counter(map(type, after.problems))
        assert len(before.servers) == len(after.servers)
        kept = {server.name for server in before.servers} & set(LETTERS) - {texts[path][offset]}
        assert kept <= {server.name for server in after.servers}
