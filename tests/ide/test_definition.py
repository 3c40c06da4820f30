"""Go to definition, declaration, type definition and implementation, each case a fixture with a cursor."""

from __future__ import annotations

import pytest

from gym_lsp.ide.definition import declaration, definition, implementation, type_definition
from tests.ide.cursor import read, shown, spots

DEFINITIONS = {
    "a server ref": """
        math:
        ^^^^ to 1
          resources_servers:
            math: {entrypoint: app.py, domain: math}
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: {type: resources_servers, name: ma$0th}
        #                                                       ^^^^ from
        """,
    "a ref in quotes": """
        math: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ to
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: {type: resources_servers, name: "math$0"}
        #                                                        ^^^^ from
        """,
    "a name-only ref, whose type is inherited": """
        # --- base.yaml
        judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        other: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        ^^^^^ to
        base:
          resources_servers:
            math: {entrypoint: app.py, judge_model_server: {type: responses_api_models, name: judge}}
        # --- environments/example/config.yaml
        config_paths: [base.yaml]
        new:
          _inherit_from: base
          resources_servers: {math: {judge_model_server: {name: oth$0er}}}
        #                                                       ^^^^^ from
        """,
    "what wins comes before what it overrides": """
        # --- lower.yaml
        math: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ to 2
        # --- environments/example/config.yaml
        config_paths: [lower.yaml]
        math: {resources_servers: {math: {domain: math}}}
        ^^^^ to 1
        agent:
          responses_api_agents: {simple_agent: {resources_server: {type: resources_servers, name: $0math}}}
        #                                                                                         ^^^^ from
        """,
    "the own run goes before every other file": """
        # --- elsewhere.yaml
        math: {resources_servers: {math: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ to
        agent:
          responses_api_agents: {simple_agent: {resources_server: {type: resources_servers, name: $0math}}}
        #                                                                                         ^^^^ from
        """,
    "a fragment's open name means what its includer defines": """
        # --- fragment.yaml
        agent:
          responses_api_agents: {simple_agent: {resources_server: {type: resources_servers, name: math$0}}}
        #                                                                                         ^^^^ from
        # --- elsewhere.yaml
        math: {resources_servers: {math: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        config_paths: [fragment.yaml]
        math: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ to
        """,
    "an open name may mean any of its type, the workspace's own before NeMo Gym's": """
        # --- /gym/responses_api_models/vllm_model/configs/vllm_model.yaml
        judge: {responses_api_models: {vllm_model: {entrypoint: app.py}}}
        ^^^^^ to 2
        # --- models.yaml
        judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        ^^^^^ to 1
        # --- agents.yaml
        judge: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        math:
          resources_servers: {math: {judge_model_server: {type: responses_api_models, name: jud$0ge}}}
        #                                                                                   ^^^^^ from
        """,
    "an inherited block": """
        base: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ to
        new: {_inherit_from: b$0ase}
        #                    ^^^^ from
        """,
    "an inherited block, by its middle segment": """
        base:
          resources_servers:
        # ^^^^^^^^^^^^^^^^^ to
            math: {entrypoint: app.py}
        new: {resources_servers: {_copy: base.resources$0_servers.math}}
        #                                     ^^^^^^^^^^^^^^^^^ from
        """,
    "an inherited block, written as an interpolation": """
        base:
          resources_servers:
            math: {entrypoint: app.py}
        #   ^^^^ to
        new: {resources_servers: {math: "${inherit_from:base.resources_servers.ma$0th}"}}
        #                                                                      ^^^^ from
        """,
    "a copied block, written as an interpolation": """
        base: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ to
        new: ${copy:$0base}
        #           ^^^^ from
        """,
    "an interpolation, by its last segment": """
        limits:
          tokens: 5
        # ^^^^^^ to
        math: {resources_servers: {math: {max: "${limits.tok$0ens}"}}}
        #                                                ^^^^^^ from
        """,
    "an interpolation through another one": """
        real:
          tokens: 5
        # ^^^^^^ to
        limits: ${real}
        math: {resources_servers: {math: {max: "up to ${limits.tokens$0}"}}}
        #                                                      ^^^^^^ from
        """,
    "an interpolation into a list": """
        hosts:
        - a
        - b
        # ^ to
        math: {resources_servers: {math: {host: "${hosts.$01}"}}}
        #                                                ^ from
        """,
    "a relative interpolation": """
        math:
          resources_servers:
            math:
              tokens: 5
        #     ^^^^^^ to
              max: ${.tok$0ens}
        #             ^^^^^^ from
        """,
    "the key that a resolver looks up": """
        tokens: 5
        ^^^^^^ to
        math: {resources_servers: {math: {max: "${oc.select:tok$0ens,4}"}}}
        #                                                   ^^^^^^ from
        """,
    "what is known of an interpolated path": """
        table: {a: 1}
        ^^^^^ to
        key: a
        math: {resources_servers: {math: {max: "${ta$0ble.${key}}"}}}
        #                                         ^^^^^ from
        """,
    "the key of an interpolation in an interpolation": """
        table: {a: 1}
        key: a
        ^^^ to
        math: {resources_servers: {math: {max: "${table.${k$0ey}}"}}}
        #                                                 ^^^ from
        """,
    "an environment key of env.yaml": """
        # --- env.yaml
        policy_key: secret
        ^^^^^^^^^^ to
        # --- environments/example/config.yaml
        model: {responses_api_models: {openai_model: {key: "${policy$0_key}"}}}
        #                                                     ^^^^^^^^^^ from
        """,
    "a sandbox": """
        # --- sandbox.yaml
        sandbox: {docker: {create: {}}}
        ^^^^^^^ to
        # --- environments/example/config.yaml
        config_paths: [sandbox.yaml]
        agent: {responses_api_agents: {a: {entrypoint: app.py, sandbox_provider: sand$0box}}}
        #                                                                        ^^^^^^^ from
        """,
    "a route to an agent": """
        agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        ^^^^^ to
        agent_map: {_default: ag$0ent}
        #                     ^^^^^ from
        """,
    "a route to an environment server": """
        loop: {environment_servers: {single_agent_turn: {entrypoint: app.py}}}
        ^^^^ to
        environment_server_routes: {maths: lo$0op}
        #                                  ^^^^ from
        """,
    "the agent that a dataset is pinned to": """
        agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        ^^^^^ to
        math:
          resources_servers:
            math:
              datasets:
              - {name: a, type: example, jsonl_fpath: a.jsonl, agent: a$0gent}
        #                                                             ^^^^^ from
        """,
    "the model of a manifest": """
        # --- environments/example/manifest.yaml
        name: example
        model_server: jud$0ge
        #             ^^^^^ from
        # --- environments/example/config.yaml
        judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        ^^^^^ to
        """,
    "a key that is deleted from what is inherited": """
        # --- base.yaml
        base:
          resources_servers:
            math:
              entrypoint: app.py
              judge: 1
        #     ^^^^^ to
        # --- environments/example/config.yaml
        config_paths: [base.yaml]
        new:
          resources_servers:
            math: {_inherit_from: base.resources_servers.math, _delete_key: "entrypoint, jud$0ge"}
        #                                                                                ^^^^^ from
        """,
    "a key that is deleted from an included file": """
        # --- base.yaml
        math: {resources_servers: {old: {entrypoint: app.py}}}
        #                          ^^^ to
        # --- environments/example/config.yaml
        config_paths: [base.yaml]
        math: {resources_servers: {_delete_key: o$0ld, new: {entrypoint: app.py}}}
        #                                       ^^^ from
        """,
    "an alias": """
        common: &defaults
        #       ^^^^^^^^^ to
          temperature: 1
        model: {responses_api_models: {openai_model: {<<: *def$0aults}}}
        #                                                 ^^^^^^^^^ from
        """,
    "an anchor is its own definition": """
        common: &def$0aults {temperature: 1}
        #       ^^^^^^^^^ to
        #       ^^^^^^^^^ from
        model: {responses_api_models: {openai_model: {<<: *defaults}}}
        """,
    "a key that overrides another file's": """
        # --- lowest.yaml
        math: {resources_servers: {math: {tokens: 1}}}
        #                                 ^^^^^^ to 2
        # --- lower.yaml
        config_paths: [lowest.yaml]
        math: {resources_servers: {math: {tokens: 2}}}
        #                                 ^^^^^^ to 1
        # --- environments/example/config.yaml
        config_paths: [lower.yaml]
        math: {resources_servers: {math: {to$0kens: 3}}}
        #                                 ^^^^^^ from
        """,
    "a key that overrides an inherited one": """
        # --- lower.yaml
        base: {resources_servers: {math: {tokens: 1}}}
        #                                 ^^^^^^ to
        # --- environments/example/config.yaml
        config_paths: [lower.yaml]
        new: {_inherit_from: base, resources_servers: {math: {tokens$0: 3}}}
        #                                                     ^^^^^^ from
        """,
    "an instance that overrides another file's": """
        # --- lower.yaml
        math: {resources_servers: {math: {tokens: 1}}}
        ^^^^ to
        # --- environments/example/config.yaml
        config_paths: [lower.yaml]
        ma$0th: {resources_servers: {math: {tokens: 3}}}
        ^^^^ from
        """,
    "a key that overrides nothing": """
        mat$0h: {resources_servers: {math: {tokens: 3}}}
        ^^^^ to
        ^^^^ from
        """,
    "a key behind an alias is where it is written": """
        common: &defaults {temperature: 1}
        model: {responses_api_models: {openai_model: *defaults}}
        #                              ^^^^^^^^^^^^ to
        agent: {a: "${model.responses_api_models.openai$0_model}"}
        #                                        ^^^^^^^^^^^^ from
        """,
    "a text that is broken further down": """
        math: {resources_servers: {math: {entrypoint: app.py}}}
        ^^^^ to
        new: {_inherit_from: ma$0th}
        #                    ^^^^ from
        broken: {
        """,
}

FILES = {
    "an entry of config_paths": (
        """
        # --- a/base.yaml
        x: 1
        # --- environments/example/config.yaml
        config_paths: [a/ba$0se.yaml]
        #              ^^^^^^^^^^^ from
        """,
        "a/base.yaml",
    ),
    "an entry that the install root has": (
        """
        # --- /gym/environments/base.yaml
        x: 1
        # --- environments/example/config.yaml
        config_paths:
        - environments/base.yaml$0
        # ^^^^^^^^^^^^^^^^^^^^^^ from
        """,
        "/gym/environments/base.yaml",
    ),
    "an entry with an interpolation, beside it": (
        """
        # --- a/base.yaml
        x: 1
        # --- environments/example/config.yaml
        folder: a
        config_paths:
        - ${folder}/ba$0se.yaml
        # ^^^^^^^^^^^^^^^^^^^ from
        """,
        "a/base.yaml",
    ),
    "any other text that leads to a file": (
        """
        # --- a/judge.txt
        Is it right?
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {judge_prompt_fpath: "a/jud$0ge.txt"}}}
        #                                                     ^^^^^^^^^^^^^ from
        """,
        "a/judge.txt",
    ),
    "a prompt": (
        """
        # --- a/prompt.yaml
        user: hello
        # --- environments/example/config.yaml
        agent: {responses_api_agents: {a: {datasets: [{prompt_config: a/prompt$0.yaml}]}}}
        #                                                             ^^^^^^^^^^^^^ from
        """,
        "a/prompt.yaml",
    ),
    "a dataset": (
        """
        # --- a/example.jsonl
        {}
        # --- environments/example/config.yaml
        agent: {responses_api_agents: {a: {datasets: [{jsonl_fpath: a/example.$0jsonl}]}}}
        #                                                           ^^^^^^^^^^^^^^^ from
        """,
        "a/example.jsonl",
    ),
    "a prepare script": (
        """
        # --- a/prepare.py
        def prepare(): ...
        # --- environments/example/config.yaml
        agent: {responses_api_agents: {a: {datasets: [{prepare_script: '$0a/prepare.py'}]}}}
        #                                                               ^^^^^^^^^^^^ from
        """,
        "a/prepare.py",
    ),
    "an entrypoint, from the folder of its implementation": (
        """
        # --- app.py
        not_this_one = 1
        # --- resources_servers/math/src/app.py
        this_one = 1
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {entrypoint: src/a$0pp.py}}}
        #                                             ^^^^^^^^^^ from
        """,
        "resources_servers/math/src/app.py",
    ),
    "an entrypoint, from the first folder that can be installed": (
        """
        # --- resources_servers/math/notes.md
        nothing to install
        # --- /gym/resources_servers/math/requirements.txt
        nemo-gym
        # --- /gym/resources_servers/math/app.py
        this_one = 1
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {entrypoint: a$0pp.py}}}
        #                                             ^^^^^^ from
        """,
        "/gym/resources_servers/math/app.py",
    ),
    "the name of an implementation": (
        """
        # --- resources_servers/tools/math/server.py
        this_one = 1
        # --- environments/example/config.yaml
        x: {resources_servers: {tools/ma$0th: {entrypoint: server.py}}}
        #                       ^^^^^^^^^^ from
        """,
        "resources_servers/tools/math/server.py",
    ),
    "an implementation without an entrypoint of its own": (
        """
        # --- responses_api_agents/simple_agent/app.py
        this_one = 1
        # --- environments/example/config.yaml
        x: {responses_api_agents: {simple_$0agent: {}}}
        #                          ^^^^^^^^^^^^ from
        """,
        "responses_api_agents/simple_agent/app.py",
    ),
    "an agent that is allowed": (
        """
        # --- responses_api_agents/simple_agent/app.py
        this_one = 1
        # --- environments/example/config.yaml
        x: {resources_servers: {math: {entrypoint: app.py, allowed_agents: [simple_$0agent]}}}
        #                                                                   ^^^^^^^^^^^^ from
        """,
        "responses_api_agents/simple_agent/app.py",
    ),
    "the config of a manifest": (
        """
        # --- environments/example/manifest.yaml
        name: example
        config_path: ../sha$0red.yaml
        #            ^^^^^^^^^^^^^^ from
        # --- environments/shared.yaml
        x: 1
        """,
        "environments/shared.yaml",
    ),
    "the resources server of a manifest": (
        """
        # --- environments/example/manifest.yaml
        name: example
        resources_server: ma$0th
        #                 ^^^^ from
        # --- resources_servers/math/app.py
        this_one = 1
        """,
        "resources_servers/math/app.py",
    ),
}

NOWHERE = {
    "blank space": "math: {}\n$0\nx: 1\n",
    "a comment that names an instance": "math: {resources_servers: {a: {}}} # ma$0th\n",
    "a plain value": "math: {resources_servers: {a: {entrypoint: app.py, domain: ma$0th}}}\n",
    "a ref to nothing": "a: {responses_api_agents: {b: {x: {type: responses_api_models, name: not$0hing}}}}\n",
    "a ref that is still missing": "a: {responses_api_agents: {b: {x: {type: responses_api_models, name: ?$0??}}}}\n",
    "a ref to a server of another type": (
        "m: {resources_servers: {m: {entrypoint: app.py}}}\n"
        "a: {responses_api_agents: {b: {x: {type: responses_api_models, name: $0m}}}}\n"
    ),
    "a name that is no ref": (
        "m: {resources_servers: {m: {entrypoint: app.py}}}\na: {responses_api_agents: {b: {x: {name: $0m}}}}\n"
    ),
    "a file that is not there": "config_paths: [no$0thing.yaml]\n",
    "an environment variable": "a: {responses_api_agents: {b: {x: '${oc.env:HO$0ME}'}}}\n",
    "a config of something else": "# --- other.yaml\nmath: 1\nx: ${ma$0th}\n",
}


@pytest.mark.parametrize("case", DEFINITIONS)
def test_definition(case: str) -> None:
    fixture, workspace, path, offset = read(DEFINITIONS[case])
    found = definition(workspace, path, offset)
    assert found is not None
    origin, places = found
    assert shown(fixture, spots(places)) == shown(fixture, fixture.marked("to"))
    assert [(path, origin)] == fixture.marked("from")
    for place in places:
        assert place.span.covers(place.selection)


@pytest.mark.parametrize("case", FILES)
def test_definition_in_another_file(case: str) -> None:
    text, expected = FILES[case]
    fixture, workspace, path, offset = read(text)
    found = definition(workspace, path, offset)
    assert found is not None
    assert shown(fixture, spots(found[1])) == [expected]
    assert [(path, found[0])] == fixture.marked("from")


@pytest.mark.parametrize("case", NOWHERE)
def test_no_definition(case: str) -> None:
    _, workspace, path, offset = read(NOWHERE[case])
    assert definition(workspace, path, offset) is None


OVERRIDDEN = """
    # --- lowest.yaml
    math: {resources_servers: {math: {tokens: 1}}}
    #                                 ^^^^^^ to
    # --- lower.yaml
    config_paths: [lowest.yaml]
    math: {resources_servers: {math: {tokens: 2}}}
    # --- environments/example/config.yaml
    config_paths: [lower.yaml]
    """


@pytest.mark.parametrize(
    "text",
    ["math: {resources_servers: {math: {to$0kens: 3}}}", "x: ${math.resources_servers.math.tok$0ens}"],
    ids=["of a key", "of a name"],
)
def test_a_declaration_lies_below_all_overrides(text: str) -> None:
    fixture, workspace, path, offset = read(f"{OVERRIDDEN}{text}")
    found = declaration(workspace, path, offset)
    assert found is not None
    assert shown(fixture, spots(found[1])) == shown(fixture, fixture.marked("to"))


SERVERS = """
    # --- resources_servers/math/app.py
    # --- responses_api_models/openai_model/app.py
    # --- responses_api_models/vllm_model/app.py
    # --- models.yaml
    judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
    # --- environments/example/config.yaml
    base: {resources_servers: {math: {entrypoint: app.py}}}
    local: {responses_api_models: {vllm_model: {entrypoint: app.py}}}
    """
STARTED = {
    "bas$0e: {resources_servers: {math: {domain: math}}}": "resources_servers/math/app.py",
    "new: {_inherit_from: b$0ase}": "resources_servers/math/app.py",
    "ne$0w: {_inherit_from: base}": "resources_servers/math/app.py",
    "a: {responses_api_agents: {a: {m: {type: responses_api_models, name: loc$0al}}}}": (
        "responses_api_models/vllm_model/app.py"
    ),
    "a: {responses_api_agents: {a: {m: {type: responses_api_models, name: jud$0ge}}}}": (
        "responses_api_models/openai_model/app.py"
    ),
}


@pytest.mark.parametrize("text", STARTED)
def test_the_file_that_a_server_is_started_by(text: str) -> None:
    fixture, workspace, path, offset = read(SERVERS + text)
    found = implementation(workspace, path, offset)
    assert found is not None
    assert found == type_definition(workspace, path, offset)
    assert shown(fixture, spots(found[1])) == [STARTED[text]]


@pytest.mark.parametrize("text", ["x: {y: $01}", "config_p$0aths: []", "new: {_inherit_from: nothing$0}"])
def test_what_is_no_server_is_not_started(text: str) -> None:
    _, workspace, path, offset = read(SERVERS + text)
    assert implementation(workspace, path, offset) is None
