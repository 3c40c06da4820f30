"""Completion: the candidates at the cursor of a fixture, and the file after one is accepted."""

from __future__ import annotations

from pathlib import PurePath
from textwrap import dedent
from typing import Any

import pytest

from gym_lsp.ide.completion import Candidate, complete, most_likely
from gym_lsp.ide.completion.request import Request
from gym_lsp.text import apply_edits
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import DEFAULT_FILE, ROOT
from tests.ide.cursor import read, written
from tests.memory import Memory

# The labels of the candidates, in order. `...` means any further ones; a label after `not` must be absent.
OFFERS: dict[str, tuple[str, str]] = {
    "server types in an instance": (
        """
        math:
          $0
        """,
        "responses_api_models resources_servers responses_api_agents environment_servers ...",
    ),
    "no second server type": (
        """
        math:
          resources_servers: {math: {entrypoint: app.py, domain: math}}
          $0
        """,
        "_inherit_from _copy",
    ),
    "blocks in an empty config, and what can be included": (
        """
        # --- environments/example/config.yaml
        $0
        """,
        "environment, resources server, agent, agent with datasets, model, sandbox, config_paths, ...",
    ),
    "a benchmark first, in its folder": (
        """
        # --- benchmarks/example/parts/config.yaml
        # Nothing yet.
        $0
        """,
        "benchmark, environment, resources server, agent, agent with datasets, model, sandbox, config_paths, ...",
    ),
    "a model first, in a folder below that of its configs": (
        """
        # --- responses_api_models/own/configs/Vendor/small.yaml
        $0
        """,
        "model, environment, resources server, agent, agent with datasets, sandbox, config_paths, ...",
    ),
    "blocks that the file does not have, at a place of configs": (
        """
        # --- environments/example/judge.yaml
        policy_model:
        $0
        """,
        "environment, resources server, agent, agent with datasets, sandbox, config_paths, ...",
    ),
    "a prompt, in its folder": (
        """
        # --- environments/example/prompts/default.yaml
        $0
        """,
        "user system",
    ),
    "nothing elsewhere": (
        """
        # --- notes/example.yaml
        $0
        """,
        "",
    ),
    "providers in a block that is called sandbox": (
        """
        sandbox:
          $0
        """,
        "apptainer daytona docker e2b ecs_fargate enroot local opensandbox openshell ...",
    ),
    "the sections of a provider": (
        """
        sandbox:
          docker:
            $0
        """,
        "exec create probe",
    ),
    "implementations of the workspace, then those of NeMo Gym": (
        """
        # --- resources_servers/own/app.py
        # --- /gym/resources_servers/aime/app.py
        # --- /gym/resources_servers/own/app.py
        # --- /gym/resources_servers/__pycache__/x.pyc
        # --- environments/example/config.yaml
        math:
          resources_servers:
            $0
        """,
        "own aime _inherit_from _copy",
    ),
    "no second implementation": (
        """
        # --- resources_servers/own/app.py
        # --- environments/example/config.yaml
        math:
          resources_servers:
            math: {entrypoint: app.py, domain: math}
            $0
        """,
        "_inherit_from _copy",
    ),
    "the required field first, those that are there not again": (
        """
        math:
          resources_servers:
            math:
              domain: math
              $0
        """,
        "entrypoint host port num_workers datasets ... not domain",
    ),
    "domains": (
        """
        math:
          resources_servers:
            math:
              domain: $0
        """,
        "math coding agent knowledge instruction_following long_context safety games translation e2e rlhf other",
    ),
    "domains in front of a comment, in the middle of a word": (
        """
        math:
          resources_servers:
            math:
              domain: ma$0th  # not coding
        """,
        "math coding ...",
    ),
    "the types of a dataset": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - name: rows
                  type: $0
        """,
        "train validation example benchmark",
    ),
    "the fields of a benchmark": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - type: benchmark
                  $0
        """,
        "name jsonl_fpath prepare_script taskset prompt_config num_repeats prepare_dependencies agent",
    ),
    "the fields of a train dataset, the older ones last": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - type: train
                  name: rows
                  $0
        """,
        "jsonl_fpath prepare_script prepare_dependencies taskset num_repeats source license gitlab_identifier ...",
    ),
    "whole datasets, and the fields of one": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - $0
        """,
        "train dataset, validation dataset, example dataset, benchmark dataset, name, type, jsonl_fpath, ...",
    ),
    "only what is missing, in front of the other keys of an element": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - na$0
                  type: train
                  jsonl_fpath: data/train.jsonl
                - name: other
        """,
        "name prepare_script prepare_dependencies taskset ... not type",
    ),
    "nothing where the lines below would lose their place": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - name: one
              $0
                  type: train
                - name: other
        """,
        "",
    ),
    "nothing where a word has broken the text already": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
            host$0
              model_server: {type: responses_api_models, name: policy_model}
        """,
        "",
    ),
    "only what takes a block, above one": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              $0
                - name: other
        """,
        "datasets resources_server model_server ... not host",
    ),
    "datasets although the dash is missing": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                $0
        """,
        "train dataset, validation dataset, example dataset, benchmark dataset, ...",
    ),
    "the source of a dataset": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - type: train
                  source: {type: gitlab, $0}
        """,
        "dataset_name version artifact_fpath",
    ),
    "a flag": (
        """
        math:
          resources_servers:
            math:
              verified: $0
        """,
        "true false",
    ),
    "no fields where the text is the user's own": (
        """
        math:
          resources_servers:
            math:
              description: $0
        """,
        "",
    ),
    "nothing inside a text of several lines": (
        """
        math:
          resources_servers:
            math:
              description: |
                one
                $0
                two
        """,
        "",
    ),
    "refs: the run first, then the workspace, then NeMo Gym": (
        """
        # --- /gym/resources_servers/far/configs/far.yaml
        far: {resources_servers: {far: {entrypoint: app.py, domain: math}}}
        # --- near.yaml
        near: {resources_servers: {near: {entrypoint: app.py, domain: math}}}
        model: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server: {type: resources_servers, name: $0}
        """,
        "math near far",
    ),
    "no agent that has an environment server": (
        """
        # --- environments/near/config.yaml
        near_agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        near_env:
          environment_servers: {env: {entrypoint: app.py, agent_server: {type: responses_api_agents, name: near_agent}}}
        # --- environments/far/config.yaml
        far_agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        taken: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        free: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        taken_env:
          environment_servers: {env: {entrypoint: app.py, agent_server: {type: responses_api_agents, name: taken}}}
        free_env:
          environment_servers: {env: {entrypoint: app.py, agent_server: {type: responses_api_agents, name: $0}}}
        """,
        "free far_agent",
    ),
    "a ref whose braces are open": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server: {type: resources_servers, name: $0
              description: below
        """,
        "math",
    ),
    "the type of a name-only ref comes from what it overrides": (
        """
        judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        base:
          resources_servers:
            math:
              entrypoint: app.py
              domain: math
              judge_model_server: {type: responses_api_models, name: judge}
        new:
          _inherit_from: base
          resources_servers:
            math:
              judge_model_server:
                name: $0
        """,
        "judge policy_model",
    ),
    "the name of a dataset is no ref": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - name: $0
        """,
        "",
    ),
    "the type that fits the field": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              model_server: {type: $0}
        """,
        "responses_api_models",
    ),
    "the types that the name is defined under": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              verifiers:
                first: {type: $0, name: math}
        """,
        "resources_servers",
    ),
    "a sandbox for each file that has one, the nearest first": (
        """
        # --- a/docker.yaml
        sandbox: {docker: {}}
        # --- environments/example/local.yaml
        sandbox: {local: {}}
        # --- environments/example/config.yaml
        agent:
          responses_api_agents:
            simple_agent:
              sandbox_provider: $0
        """,
        "sandbox sandbox",
    ),
    "agents for rows that name none": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        agent_name: $0
        """,
        "agent",
    ),
    "what can be inherited: neither itself nor what inherits, what others need last": (
        """
        base: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        free: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        user:
          responses_api_agents:
            simple_agent: {entrypoint: app.py, resources_server: {type: resources_servers, name: base}}
        heir: {_inherit_from: free}
        new:
          _inherit_from: $0
        """,
        "free user base",
    ),
    "what can be copied, a segment further": (
        """
        base:
          resources_servers:
            math: {entrypoint: app.py, domain: math}
        new:
          resources_servers:
            math:
              _copy: base.resources_servers.$0
        """,
        "math",
    ),
    "the keys that can be left out": (
        """
        base: {resources_servers: {math: {entrypoint: app.py, domain: math, limit: 5, own: 1}}}
        new:
          resources_servers:
            math:
              _copy: base.resources_servers.math
              _delete_key: limit, $0
              own: 2
        """,
        "domain entrypoint",
    ),
    "keys in an interpolation, blocks last": (
        """
        limit: 5
        missing: ???
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              own: ${$0
        """,
        "limit policy_api_key policy_base_url policy_model_name agent math policy_model oc.env ... not missing",
    ),
    "keys below a block": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        own: "${math.resources_servers.math.$0}"
        """,
        "domain entrypoint",
    ),
    "keys beside a value, by a relative path": (
        """
        math:
          resources_servers:
            math: {entrypoint: app.py, domain: math, limit: 5, twice: "${.$0}"}
        """,
        "domain entrypoint limit",
    ),
    "keys for oc.select": (
        """
        limit: 5
        own: ${oc.select:li$0}
        """,
        "limit policy_api_key policy_base_url policy_model_name policy_model",
    ),
    "variables that other configs read": (
        """
        # --- other.yaml
        one: ${oc.env:JUDGE_URL}
        two: ${oc.env:HF_TOKEN,none}
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        own: ${oc.env:$0
        """,
        "HF_TOKEN JUDGE_URL",
    ),
    "no interpolation where NeMo Gym looks at the value before it resolves it": (
        """
        limit: 5
        math:
          resources_servers:
            math:
              port: ${$0
        """,
        "",
    ),
    "folders that hold configs, over all roots": (
        """
        # --- docs/notes.md
        # --- /gym/benchmarks/aime/config.yaml
        aime: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/other/config.yaml
        other: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/example/config.yaml
        config_paths:
          - $0
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        """,
        "environments/ benchmarks/",
    ),
    "configs, but not prompts, not this file, and not what is included already": (
        """
        # --- environments/example/prompt.yaml
        user: "{question}"
        # --- environments/example/a.yaml
        a: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/example/b.yaml
        b: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/example/config.yaml
        config_paths: [environments/example/a.yaml, environments/example/$0]
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        """,
        "b.yaml",
    ),
    "what lies with the config before other folders": (
        """
        # --- benchmarks/b/config.yaml
        # --- environments/a/data/example.jsonl
        # --- environments/example/data/example.jsonl
        # --- environments/example/config.yaml
        a: {responses_api_agents: {a: {datasets: [{jsonl_fpath: environments/$0}]}}}
        """,
        "example/ a/",
    ),
    "the usual entrypoint before what else lies there": (
        """
        # --- resources_servers/math/app.py
        # --- resources_servers/math/src/client.py
        # --- resources_servers/math/aaa.py
        # --- environments/example/config.yaml
        math: {resources_servers: {math: {entrypoint: $0}}}
        """,
        "app.py src/ aaa.py",
    ),
    "the sandbox of the usual name first": (
        """
        # --- a.yaml
        cellar: {docker: {}}
        # --- b.yaml
        sandbox: {docker: {}}
        # --- environments/example/config.yaml
        a: {responses_api_agents: {a: {sandbox_provider: $0}}}
        """,
        "sandbox cellar",
    ),
    "paths on a line that has no dash yet": (
        """
        # --- environments/example/a.yaml
        a: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/example/config.yaml
        config_paths:
          $0
        """,
        "environments/",
    ),
    "prompts": (
        """
        # --- environments/example/prompt.yaml
        user: "{question}"
        # --- environments/example/config.yaml
        agent:
          responses_api_agents:
            simple_agent:
              datasets:
                - {type: benchmark, prompt_config: environments/example/$0}
        """,
        "prompt.yaml",
    ),
    "the files of an implementation": (
        """
        # --- resources_servers/math/app.py
        # --- resources_servers/math/other.py
        # --- resources_servers/math/README.md
        # --- environments/example/config.yaml
        math:
          resources_servers:
            math:
              entrypoint: $0
        """,
        "app.py other.py",
    ),
    "the agents that a resources server may be limited to": (
        """
        # --- responses_api_agents/simple_agent/app.py
        # --- environments/example/config.yaml
        math:
          resources_servers:
            math:
              allowed_agents: [$0]
        """,
        "simple_agent",
    ),
    "anchors that are defined before": (
        """
        base: &base {x: 1}
        own: *$0
        later: &later {x: 1}
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        """,
        "*base",
    ),
    "the ways to silence a rule": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # $0
        """,
        "gym-lsp: ignore, gym-lsp: file-ignore",
    ),
    "a file cannot be silenced behind other text": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}  # gym$0
        """,
        "gym-lsp: ignore,",
    ),
    "the rules that report something on this line": (
        """
        math: {resources_servers: {math: {entrypoint: app.py}}}  # gym-lsp: ignore[$0
        other: {resources_servers: {math: {entrypoint: app.py, domain: nonsense}}}
        """,
        "missing-domain",
    ),
    "the rules that report something in the block below": (
        """
        # gym-lsp: ignore[missing-domain, $0]
        math:
          resources_servers:
            math: {entrypoint: app.py, port: many}
        """,
        "almost-server",
    ),
    "all rules where none reports anything": (
        "math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}  # gym-lsp: ignore[$0",
        "absolute-entrypoint agent-not-composed ...",
    ),
    "nothing in other comments": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # see docs $0
        """,
        "",
    ),
    "the keys of a manifest": (
        """
        # --- environments/example/manifest.yaml
        name: example
        reward: {$0}
        """,
        "range higher_is_better",
    ),
    "what a manifest must say because of where it lies": (
        """
        # --- benchmarks/deep/example/manifest.yaml
        name: $0
        """,
        "deep/example",
    ),
    "a manifest takes SPDX, not the words of datasets": (
        """
        # --- environments/example/manifest.yaml
        licensing: $0
        """,
        "Apache-2.0 MIT CC-BY-4.0 CC-BY-SA-4.0 CC-BY-NC-3.0 GPL-3.0-only internal proprietary unknown",
    ),
    "a manifest repeats the implementation of its config": (
        """
        # --- environments/example/config.yaml
        example: {resources_servers: {math_with_judge: {entrypoint: app.py, domain: math}}}
        # --- environments/example/manifest.yaml
        resources_server: $0
        """,
        "math_with_judge",
    ),
    "the keys of a prompt": (
        """
        # --- environments/example/prompt.yaml
        user: "{question}"
        $0
        """,
        "system",
    ),
    "what env.yaml is there to give": (
        """
        # --- judge.yaml
        judge_name: a-judge
        judge:
          responses_api_models:
            openai_model:
              entrypoint: app.py
              openai_api_key: ${judge_key}
              openai_base_url: ${oc.env:JUDGE_URL,${judge_url}}
              openai_model: ${judge_name}
        # --- env.yaml
        judge_url: http://localhost:8001/v1
        policy_api_key: EMPTY
        $0
        """,
        "policy_base_url policy_model_name judge_key config_paths ... not judge_name",
    ),
    "the server of a manifest, as its config says": (
        """
        # --- environments/example/config.yaml
        math: {resources_servers: {math_with_judge: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server: {type: resources_servers, name: math}
              datasets:
                - {name: rows, type: train, jsonl_fpath: data/train.jsonl, license: MIT}
                - {name: few, type: example, jsonl_fpath: data/example.jsonl, num_repeats: 2}
        # --- environments/example/manifest.yaml
        name: example
        resources_server: $0
        """,
        "math_with_judge",
    ),
    "who owns the datasets of a manifest": (
        """
        # --- environments/example/config.yaml
        math: {resources_servers: {math_with_judge: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server: {type: resources_servers, name: math}
              datasets:
                - {name: rows, type: train, jsonl_fpath: data/train.jsonl, license: MIT}
                - {name: few, type: example, jsonl_fpath: data/example.jsonl, num_repeats: 2}
        # --- environments/example/manifest.yaml
        name: example
        dataset_owner: $0
        """,
        "agent",
    ),
    "the datasets that a manifest does not list yet": (
        """
        # --- environments/example/config.yaml
        math: {resources_servers: {math_with_judge: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server: {type: resources_servers, name: math}
              datasets:
                - {name: rows, type: train, jsonl_fpath: data/train.jsonl, license: MIT}
                - {name: few, type: example, jsonl_fpath: data/example.jsonl, num_repeats: 2}
        # --- environments/example/manifest.yaml
        name: example
        datasets:
        - name: rows
        - $0
        """,
        "few name type jsonl_fpath ...",
    ),
    "a field of a dataset that a manifest repeats": (
        """
        # --- environments/example/config.yaml
        math: {resources_servers: {math_with_judge: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server: {type: resources_servers, name: math}
              datasets:
                - {name: rows, type: train, jsonl_fpath: data/train.jsonl, license: MIT}
                - {name: few, type: example, jsonl_fpath: data/example.jsonl, num_repeats: 2}
        # --- environments/example/manifest.yaml
        name: example
        datasets:
        - name: few
          num_repeats: $0
        """,
        "2",
    ),
    "all servers but the one that refers": (
        """
        one: {responses_api_models: {vllm_model: {entrypoint: app.py}}}
        two:
          responses_api_models:
            proxy:
              entrypoint: app.py
              model_server: {type: responses_api_models, name: $0}
        """,
        "one policy_model",
    ),
    "nothing in files that are not NeMo Gym's": (
        """
        # --- notes.yaml
        one: two
        $0
        """,
        "",
    ),
}


@pytest.mark.parametrize(("text", "expected"), OFFERS.values(), ids=OFFERS.keys())
def test_offers(text: str, expected: str) -> None:
    _, workspace, path, offset = read(text)
    found = [candidate.label for candidate in complete(workspace, path, offset)]
    present, _, absent = expected.partition(" not ")
    labels = [label.strip() for label in (present.split(",") if "," in present else present.split()) if label.strip()]
    if labels and labels[-1] == "...":
        assert found[: len(labels) - 1] == labels[:-1]
    else:
        assert found == labels
    assert absent not in found


# The accepted candidate, and the file afterwards.
ACCEPTED: dict[str, tuple[str, str, str]] = {
    "a dataset of the config that a manifest repeats": (
        """
        # --- environments/example/config.yaml
        math: {resources_servers: {math_with_judge: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server: {type: resources_servers, name: math}
              datasets:
                - {name: rows, type: train, jsonl_fpath: data/train.jsonl, license: MIT}
                - {name: few, type: example, jsonl_fpath: data/example.jsonl, num_repeats: 2}
        # --- environments/example/manifest.yaml
        name: example
        datasets:
        - fe$0
        - name: rows
        """,
        "few",
        """
        name: example
        datasets:
        - name: few
          type: example
          jsonl_fpath: data/example.jsonl
          num_repeats: 2
        - name: rows
        """,
    ),
    "a whole block, as deep as the file goes": (
        """
        # --- environments/example/data/example.jsonl
        # --- responses_api_agents/simple_agent/app.py
        # --- environments/example/config.yaml
        math:
            resources_servers:
                math: {entrypoint: app.py, domain: math}
        $0
        """,
        "agent",
        """
        math:
            resources_servers:
                math: {entrypoint: app.py, domain: math}
        math_agent:
            responses_api_agents:
                simple_agent:
                    entrypoint: app.py
                    resources_server:
                        type: resources_servers
                        name: math
                    model_server:
                        type: responses_api_models
                        name: policy_model
                    datasets:
                        - name: math_example
                          type: example
                          jsonl_fpath: environments/example/data/example.jsonl

        """,
    ),
    "the policy model, which no file needs to give": (
        """
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              model_server:
                name: $0
        """,
        "policy_model",
        """
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              model_server:
                type: responses_api_models
                name: policy_model
        """,
    ),
    "a whole ref to the policy model": (
        "agent: {responses_api_agents: {a: {model_server: $0}}}",
        "policy_model",
        "agent: {responses_api_agents: {a: {model_server: {type: responses_api_models, name: policy_model}}}}",
    ),
    "an implementation takes the block that stands below it": (
        """
        # --- responses_api_agents/simple_agent/app.py
        # --- environments/example/config.yaml
        agent:
          responses_api_agents:
            simp$0
              entrypoint: app.py
              host: localhost
        """,
        "simple_agent",
        """
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              host: localhost
        """,
    ),
    "a key takes the block that stands below it": (
        """
        agent:
          resp$0
            simple_agent:
              entrypoint: app.py
        """,
        "responses_api_agents",
        """
        agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
        """,
    ),
    "a value replaces the whole word, and keeps the comment": (
        "math: {resources_servers: {math: {domain: ma$0  }}}  # note",
        "coding",
        "math: {resources_servers: {math: {domain: coding  }}}  # note",
    ),
    "a blank behind the colon is added where it is missing": (
        """
        math:
          resources_servers:
            math:
              domain:$0
        """,
        "math",
        """
        math:
          resources_servers:
            math:
              domain: math
        """,
    ),
    "a license with a comma in braces gets quotes": (
        "a: {responses_api_agents: {b: {datasets: [{license: $0}]}}}",
        "NVIDIA Internal Use Only, Do Not Distribute",
        'a: {responses_api_agents: {b: {datasets: [{license: "NVIDIA Internal Use Only, Do Not Distribute"}]}}}',
    ),
    "an open quote is closed": (
        """
        a:
          responses_api_agents:
            b:
              datasets:
              - type: train
                license: "Apache$0
        """,
        "Apache 2.0",
        """
        a:
          responses_api_agents:
            b:
              datasets:
              - type: train
                license: "Apache 2.0"
        """,
    ),
    "a block stands under its key, as deep as the file has it": (
        """
        math:
            $0
        """,
        "resources_servers",
        """
        math:
            resources_servers:
        """,
    ),
    "a key in the place of another one keeps its colon": (
        """
        math:
          resources_serv$0: {math: {}}
        """,
        "resources_servers",
        """
        math:
          resources_servers: {math: {}}
        """,
    ),
    "a key in braces": (
        "math: {resources_servers: {math: {entry$0}}}",
        "entrypoint",
        "math: {resources_servers: {math: {entrypoint: app.py}}}",
    ),
    "an implementation with what it cannot be without": (
        """
        # --- resources_servers/own/app.py
        # --- environments/other/config.yaml
        other: {resources_servers: {own: {entrypoint: app.py, domain: games}}}
        # --- environments/example/config.yaml
        math:
          resources_servers:
            $0
        """,
        "own",
        """
        math:
          resources_servers:
            own:
              entrypoint: app.py
              domain: games
        """,
    ),
    "a ref with its type filled in": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              verifiers:
                first:
                  name: $0
        """,
        "math",
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              verifiers:
                first:
                  type: resources_servers
                  name: math
        """,
    ),
    "a ref in braces with its empty type filled in": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: {type: , name: $0}
        """,
        "math",
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: {type: resources_servers, name: math}
        """,
    ),
    "a whole ref": (
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: $0
        """,
        "math",
        """
        math: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        agent:
          responses_api_agents:
            simple_agent:
              resources_server: {type: resources_servers, name: math}
        """,
    ),
    "a name from another file comes with its config_paths entry": (
        """
        # --- judges.yaml
        judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
        # --- environments/example/config.yaml
        config_paths:
          - other.yaml
        math:
          resources_servers:
            math:
              judge_model_server: {type: responses_api_models, name: $0}
        """,
        "judge",
        """
        config_paths:
          - other.yaml
          - judges.yaml
        math:
          resources_servers:
            math:
              judge_model_server: {type: responses_api_models, name: judge}
        """,
    ),
    "a folder ends in a slash": (
        """
        # --- environments/other/config.yaml
        other: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/example/config.yaml
        config_paths: [env$0]
        """,
        "environments/",
        "config_paths: [environments/]",
    ),
    "one segment is changed, and what follows it stays": (
        """
        # --- environments/other/config.yaml
        other: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/example/config.yaml
        config_paths: [environments/oth$0/config.yaml]
        """,
        "other/",
        "config_paths: [environments/other/config.yaml]",
    ),
    "a list element gets its dash": (
        """
        # --- a.yaml
        a: {resources_servers: {math: {entrypoint: app.py, domain: math}}}
        # --- environments/example/config.yaml
        config_paths:
          $0
        """,
        "a.yaml",
        """
        config_paths:
          - a.yaml
        """,
    ),
    "an interpolation is closed": (
        """
        limit: 5
        math:
          resources_servers:
            math:
              own: ${lim$0
        """,
        "limit",
        """
        limit: 5
        math:
          resources_servers:
            math:
              own: ${limit}
        """,
    ),
    "an interpolation that is closed stays so": (
        "limit: 5\nmath: {resources_servers: {math: {own: '${li$0}/v1'}}}",
        "limit",
        "limit: 5\nmath: {resources_servers: {math: {own: '${limit}/v1'}}}",
    ),
    "a suppression": (
        "math: {resources_servers: {math: {entrypoint: app.py}}}  # gym-lsp: ignore[miss$0",
        "missing-domain",
        "math: {resources_servers: {math: {entrypoint: app.py}}}  # gym-lsp: ignore[missing-domain]",
    ),
    "a dataset under its dash": (
        """
        # --- environments/new/config.yaml
        a:
          responses_api_agents:
            b:
              datasets:
              - $0
        """,
        "train dataset",
        """
        a:
          responses_api_agents:
            b:
              datasets:
              - name: new_train
                type: train
                jsonl_fpath: environments/new/data/train.jsonl
                license: TBD
        """,
    ),
    "an environment out of nothing": (
        """
        # --- responses_api_agents/simple_agent/app.py
        # --- resources_servers/new/app.py
        # --- environments/new/config.yaml
        $0
        """,
        "environment",
        """
        new:
          resources_servers:
            new:
              entrypoint: app.py
              domain: other
              description: The task, and how answers are verified.

        new_agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server:
                type: resources_servers
                name: new
              model_server:
                type: responses_api_models
                name: policy_model
        """,
    ),
    "a server alone": (
        """
        # --- environments/new/config.yaml
        $0
        """,
        "resources server",
        """
        new:
          resources_servers:
            new:
              entrypoint: app.py
              domain: other
              description: The task, and how answers are verified.
        """,
    ),
    "an agent with datasets": (
        """
        # --- environments/new/config.yaml
        age$0
        """,
        "agent with datasets",
        """
        new_agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server:
                type: resources_servers
                name: new
              model_server:
                type: responses_api_models
                name: policy_model
              datasets:
                - name: new_train
                  type: train
                  jsonl_fpath: environments/new/data/train.jsonl
                  license: TBD
                - name: new_example
                  type: example
                  jsonl_fpath: environments/new/data/example.jsonl
        """,
    ),
    "a benchmark": (
        """
        # --- benchmarks/new/config.yaml
        $0
        """,
        "benchmark",
        """
        new:
          resources_servers:
            new:
              entrypoint: app.py
              domain: other
              description: The task, and how answers are verified.

        new_agent:
          responses_api_agents:
            simple_agent:
              entrypoint: app.py
              resources_server:
                type: resources_servers
                name: new
              model_server:
                type: responses_api_models
                name: policy_model
              datasets:
                - name: new_benchmark
                  type: benchmark
                  jsonl_fpath: benchmarks/new/data/benchmark.jsonl
                  prepare_script: benchmarks/new/prepare.py
        """,
    ),
    "a sandbox": (
        """
        # --- environments/new/config.yaml
        agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        san$0
        """,
        "sandbox",
        """
        agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}
        sandbox:
          docker: {}
        """,
    ),
}


def chosen(text: str, label: str) -> tuple[Candidate, str]:
    """Return the candidate with a label, and the file of the cursor after it is accepted."""
    fixture, workspace, path, offset = read(text)
    candidate = next(each for each in complete(workspace, path, offset) if each.label == label)
    edits = [candidate.edit, *(each.edit for each in candidate.additional_edits)]
    return candidate, apply_edits(fixture.files[path], edits)


@pytest.mark.parametrize(("text", "label", "expected"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(text: str, label: str, expected: str) -> None:
    _, after = chosen(text, label)
    assert [line.rstrip() for line in after.rstrip().split("\n")] == dedent(expected).strip().split("\n")


def test_lines_break_as_the_file_breaks_them() -> None:
    _, workspace, path, _ = read("$0x: 1")
    text = "math:\r\n  "
    workspace = workspace.with_texts({path: text})
    candidate = next(each for each in complete(workspace, path, len(text)) if each.label == "resources_servers")
    assert candidate.edit.text == "resources_servers:\r\n    "


def test_snippets_escape_what_is_no_tab_stop() -> None:
    candidate, _ = chosen("# --- environments/new/config.yaml\n$0\n", "model")
    assert candidate.snippet is not None
    assert "base_url: \\${policy_base_url\\}" in candidate.snippet
    assert candidate.snippet.startswith("${1:policy_model}:")


def test_a_name_in_two_places_of_a_snippet_shares_one_tab_stop() -> None:
    candidate, _ = chosen("# --- environments/new/config.yaml\n$0\n", "environment")
    assert candidate.snippet is not None
    assert candidate.snippet.count("${1:new}") == 1
    assert "name: $1" in candidate.snippet


def test_agents_and_domains_are_a_choice() -> None:
    agents = "# --- responses_api_agents/simple_agent/app.py\n# --- responses_api_agents/other_agent/app.py\n"
    candidate, _ = chosen(f"{agents}# --- environments/new/config.yaml\n$0\n", "environment")
    assert candidate.snippet is not None
    assert "|simple_agent,other_agent|}:" in candidate.snippet
    assert "domain: ${2|other,math," in candidate.snippet


def test_the_required_fields_of_a_model_are_in_its_block_each_with_its_own_tab_stop() -> None:
    program = """
# --- responses_api_models/vllm_model/requirements.txt
# --- responses_api_models/vllm_model/app.py
from pydantic import BaseModel


class VLLMModelConfig(BaseModel):
    entrypoint: str
    host: str
    port: int
    base_url: str
    thinks: bool
    streams: bool
    template: str


class VLLMModel:
    config: VLLMModelConfig


VLLMModel.run_webserver()
# --- environments/new/config.yaml
$0
"""
    candidate, _ = chosen(program, "model")
    lines = (candidate.snippet or "").split("\n")
    assert [line.strip() for line in lines[-4:-1]] == [
        "thinks: ${3|false,true|}",
        "streams: ${4|false,true|}",
        "template: ${5:???}",
    ]


def test_candidates_say_where_they_come_from() -> None:
    candidate, _ = chosen(ACCEPTED["a name from another file comes with its config_paths entry"][0], "judge")
    assert candidate.detail == "responses_api_models/openai_model"
    assert "`judges.yaml`" in written(candidate.documentation)


def test_secrets_are_not_shown() -> None:
    candidate, _ = chosen("api_key: hunter2\nmath: {resources_servers: {math: {own: '${$0}'}}}", "api_key")
    assert "hunter2" not in repr(candidate)


def test_the_sort_key_preserves_the_order() -> None:
    _, workspace, path, offset = read("math: {resources_servers: {math: {$0}}}")
    found = complete(workspace, path, offset)
    assert [each.label for each in sorted(found, key=lambda each: each.sort_key)] == [each.label for each in found]


def many(before: str, models: int = 300) -> tuple[Workspace, PurePath, int]:
    """Return a workspace with a text and so many models in another file, and the place at the end of the text."""
    others = "".join(f"model_{n}: {{responses_api_models: {{m: {{entrypoint: app.py}}}}}}\n" for n in range(models))
    folders = {ROOT / f"responses_api_models/m{n}/app.py": "" for n in range(models)}
    texts = {ROOT / DEFAULT_FILE: before, ROOT / "environments/others/config.yaml": others}
    return Workspace(Memory(texts | folders), ROOT), ROOT / DEFAULT_FILE, len(before)


REF = "a: {responses_api_agents: {a: {model_server: {type: responses_api_models, name: "


def test_of_many_candidates_the_best_are_sent() -> None:
    found = complete(*many(REF))
    assert len(found) == 301
    assert most_likely(*many(REF)) == (found[:200], False)


@pytest.mark.parametrize(("typed", "expected"), [("del_299", ["model_299"]), ("MODEL_29", 21), ("nothing", [])])
def test_what_is_typed_selects_among_many(typed: str, expected: list[str] | int) -> None:
    some, are_all = most_likely(*many(REF + typed))
    assert not are_all
    assert (len(some) if isinstance(expected, int) else [each.label for each in some]) == expected


def test_a_few_candidates_are_all_sent() -> None:
    _, workspace, path, offset = read("math: {resources_servers: {math: {domain: zzz$0}}}")
    assert most_likely(workspace, path, offset) == (complete(workspace, path, offset), True)


MANY = {
    "names": REF,
    "whole refs": "a: {responses_api_agents: {a: {model_server: ",
    "blocks to inherit": "a: {_inherit_from: ",
    "implementations": "a:\n  responses_api_models:\n    ",
}


@pytest.mark.parametrize("before", MANY.values(), ids=MANY)
def test_of_many_candidates_only_those_that_are_sent_are_built(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    for name in ("value", "part"):
        make = getattr(Request, name)

        def counted(request: Request, label: str, *rest: Any, make: Any = make, **more: Any) -> Candidate:
            built.append(label)
            return make(request, label, *rest, **more)

        monkeypatch.setattr(Request, name, counted)
    some, are_all = most_likely(*many(before, 1_000))
    assert (len(some), are_all) == (200, False)
    assert len(built) < 250, "a few candidates, such as the directives, are built before they are compared"
