"""The rule `unmet-manifest`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context, Manifest
from gym_lsp.rules.engine.rule import Finding, rule


@rule("unmet-manifest", on=Manifest, severity=Severity.ERROR)
def unmet_manifest(context: Context, manifest: Manifest) -> Iterator[Finding]:
    """A manifest whose config, or a file that it names, does not meet its requirements.

    ## Why

    A manifest describes one agent that works on the datasets of one server. So its config must declare datasets on one
    server, or `dataset_owner` must name that server, and the datasets must lead to one agent. A benchmark has one
    prompt: each of its datasets that names a template must name the template of `standard_prompt_config`. The script of
    a benchmark must define `prepare` itself, and not as a coroutine. A rollout driver must be a function of the module
    that it names.

    ## Example

    ```yaml
    # --- benchmarks/counting/manifest.yaml
    name: counting
    version: 0.1.0
    kind: benchmark
    integration_profile: external-agent-loop
    domain: math
    description: Counts letters in words.
    modality: text
    authors: [Ada]
    reward: {range: [0, 1], higher_is_better: true}
    resources_server: null
    agent_server: counting
    canonical_split: test
    standard_prompt_config: benchmarks/counting/old.yaml
    #                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[unmet-manifest]
    datasets:
      - name: counting
        type: benchmark
        jsonl_fpath: benchmarks/counting/counting.jsonl
        prepare_script: benchmarks/counting/prepare.py
        prompt_config: benchmarks/counting/prompt.yaml
    # --- benchmarks/counting/config.yaml
    counting_agent:
      responses_api_agents:
        counting:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: benchmarks/counting/prompt.yaml
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "{question}"
    ```

    ## Use instead

    ```yaml
    # --- benchmarks/counting/manifest.yaml
    name: counting
    version: 0.1.0
    kind: benchmark
    integration_profile: external-agent-loop
    domain: math
    description: Counts letters in words.
    modality: text
    authors: [Ada]
    reward: {range: [0, 1], higher_is_better: true}
    resources_server: null
    agent_server: counting
    canonical_split: test
    standard_prompt_config: benchmarks/counting/prompt.yaml
    datasets:
      - name: counting
        type: benchmark
        jsonl_fpath: benchmarks/counting/counting.jsonl
        prepare_script: benchmarks/counting/prepare.py
        prompt_config: benchmarks/counting/prompt.yaml
    # --- benchmarks/counting/config.yaml
    counting_agent:
      responses_api_agents:
        counting:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: benchmarks/counting/prompt.yaml
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "{question}"
    ```
    """
    if context.profile.has_manifests:
        # Manifests are rare, and the module that checks them takes long to import.
        from gym_lsp.rules.manifests.missing_promises import about_promises

        yield from about_promises(context, manifest)
