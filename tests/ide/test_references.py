"""References and highlights. Each fixture marks every use, so that an extra one fails like a missing one."""

from __future__ import annotations

import pytest

from gym_lsp.ide.references import highlights, references, uses_of
from tests.ide.cursor import read, shown

CASES = {
    "an instance, asked at its key": """
        ma$0th: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ def
        new: {_inherit_from: math}
        #                    ^^^^ use
        copied: ${copy:math}
        #              ^^^^ use
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: {type: resources_servers, name: math}
        #                                                       ^^^^ use
              tokens: ${math.resources_servers.math.tokens}
        #               ^^^^ use
              text: math
        """,
    "an instance, asked at a use": """
        math: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ def
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: {type: resources_servers, name: math$0}
        #                                                       ^^^^ use
        """,
    "a use means the definition of its own run": """
        # --- one/config.yaml
        math: {resources_servers: {math: {entrypoint: app.py}}}
        agent: {responses_api_agents: {a: {resources_server: {type: resources_servers, name: math}}}}
        # --- environments/example/config.yaml
        mat$0h: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ def
        agent: {responses_api_agents: {a: {resources_server: {type: resources_servers, name: math}}}}
        #                                                                                    ^^^^ use
        """,
    "a fragment's use means what its includers define": """
        # --- fragment.yaml
        agent: {responses_api_agents: {a: {resources_server: {type: resources_servers, name: math}}}}
        #                                                                                    ^^^^ use
        # --- environments/example/config.yaml
        config_paths: [fragment.yaml]
        mat$0h: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ def
        """,
    "an open use may mean it": """
        # --- agent.yaml
        agent: {responses_api_agents: {a: {resources_server: {type: resources_servers, name: math}}}}
        #                                                                                    ^^^^ use
        # --- environments/example/config.yaml
        mat$0h: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ def
        """,
    "NeMo Gym's own files use it, too": """
        # --- /gym/responses_api_agents/a/configs/a.yaml
        agent: {responses_api_agents: {a: {resources_server: {type: resources_servers, name: math}}}}
        #                                                                                    ^^^^ use
        # --- environments/example/config.yaml
        mat$0h: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ def
        """,
    "what overrides it is a definition": """
        # --- environments/example/config.yaml
        mat$0h: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ def
        # --- upper.yaml
        config_paths: [environments/example/config.yaml]
        math: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ def
        """,
    "a key": """
        math:
          resources_servers:
            math:
              tok$0ens: 5
        #     ^^^^^^ def
              max: ${.tokens}
        #             ^^^^^^ use
        agent: {responses_api_agents: {a: {max: "${math.resources_servers.math.tokens}", tokens: 5}}}
        #                                                                      ^^^^^^ use
        """,
    "a key, through a block that inherits it": """
        base: {resources_servers: {math: {tok$0ens: 5}}}
        #                                 ^^^^^^ def
        new: {_inherit_from: base}
        agent: {responses_api_agents: {a: {max: "${new.resources_servers.math.tokens}"}}}
        #                                                                     ^^^^^^ use
        """,
    "a sandbox": """
        # --- sandbox.yaml
        sand$0box: {docker: {create: {}}}
        ^^^^^^^ def
        # --- environments/example/config.yaml
        config_paths: [sandbox.yaml]
        agent: {responses_api_agents: {a: {entrypoint: app.py, sandbox_provider: sandbox}}}
        #                                                                        ^^^^^^^ use
        other: {responses_api_agents: {a: {entrypoint: app.py, sandbox_provider: "${sandbox}"}}}
        #                                                                           ^^^^^^^ use
        """,
    "an anchor": """
        common: &def$0aults {temperature: 1}
        #       ^^^^^^^^^ def
        one: {responses_api_models: {openai_model: {<<: *defaults}}}
        #                                               ^^^^^^^^^ use
        two: {responses_api_models: {openai_model: *defaults}}
        #                                          ^^^^^^^^^ use
        """,
    "an alias": """
        common: &defaults {temperature: 1}
        #       ^^^^^^^^^ def
        one: {responses_api_models: {openai_model: {<<: *def$0aults}}}
        #                                               ^^^^^^^^^ use
        """,
    "a file": """
        # --- a.yaml
        x: 1
        # --- b.yaml
        config_paths: [./a.yaml, other/a.yaml]
        #              ^^^^^^^^ use
        # --- other/a.yaml
        y: 1
        # --- environments/example/config.yaml
        config_paths:
        - a.ya$0ml
        # ^^^^^^ use
        """,
    "a file that a text of no known field leads to": """
        # --- a/prompt.yaml
        user: hello
        # --- one.yaml
        a: {responses_api_agents: {a: {datasets: [{prompt_config: a/prompt.yaml}]}}}
        #                                                         ^^^^^^^^^^^^^ use
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {judge_prompt_fpath: a/pro$0mpt.yaml}}}
        #                                                     ^^^^^^^^^^^^^ use
        """,
    "an implementation": """
        # --- one.yaml
        one: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        #                            ^^^^^^^^^^^^ use
        other: {resources_servers: {simple_agent: {entrypoint: app.py}}}
        # --- environments/example/manifest.yaml
        name: example
        agent_server: simple_agent
        #             ^^^^^^^^^^^^ use
        # --- environments/example/config.yaml
        two: {responses_api_agents: {simple_$0agent: {entrypoint: app.py}}}
        #                            ^^^^^^^^^^^^ use
        math: {resources_servers: {math: {allowed_agents: [simple_agent]}}}
        #                                                  ^^^^^^^^^^^^ use
        """,
    "an environment variable": """
        # --- one.yaml
        one: {responses_api_agents: {a: {key: "${oc.env:MY_KEY}"}}}
        #                                               ^^^^^^ use
        # --- environments/example/config.yaml
        two: {responses_api_agents: {a: {key: "${oc.env:MY_KEY$0,none}"}}}
        #                                               ^^^^^^ use
        """,
}


@pytest.mark.parametrize("case", CASES)
def test_references(case: str) -> None:
    fixture, workspace, path, offset = read(CASES[case])
    found = references(workspace, path, offset)
    defined, used = fixture.marked("def"), fixture.marked("use")
    assert sorted(shown(fixture, [(each.path, each.span) for each in found if each.is_definition])) == sorted(
        shown(fixture, defined)
    )
    assert sorted(shown(fixture, [(each.path, each.span) for each in found if not each.is_definition])) == sorted(
        shown(fixture, used)
    )
    assert references(workspace, path, offset, include_declaration=False) == tuple(
        each for each in found if not each.is_definition
    )


@pytest.mark.parametrize("case", CASES)
def test_highlights_are_the_references_in_the_file(case: str) -> None:
    fixture, workspace, path, offset = read(CASES[case])
    found = highlights(workspace, path, offset)
    expected = [(place, span) for place, span in (*fixture.marked("def"), *fixture.marked("use")) if place == path]
    assert [(each.path, each.span) for each in found] == sorted(expected)


@pytest.mark.parametrize("text", ["x: {y: $01}", "# x$0\n", "a: {b: {c: {name: no$0thing}}}"])
def test_no_references(text: str) -> None:
    _, workspace, path, offset = read(text)
    assert references(workspace, path, offset, include_declaration=False) == ()


def test_uses_for_a_lens() -> None:
    _, workspace, path, _ = read(CASES["an instance, asked at its key"])
    assert [use.kind.value for _, use, _ in uses_of(workspace, path, ("math",))] == [
        "inherit", "copy", "server-ref", "interpolation",
    ]  # fmt: skip
