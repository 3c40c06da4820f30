"""The rule `misplaced-manifest`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context, Manifest
from gym_lsp.rules.engine.rule import Finding, rule


@rule("misplaced-manifest", on=Manifest, severity=Severity.ERROR)
def misplaced_manifest(context: Context, manifest: Manifest) -> Iterator[Finding]:
    """A manifest that does not match the folder that it is in.

    ## Why

    The `name` of a manifest must be the path of its folder below `environments` or `benchmarks`, and its `kind` must
    match which of the two it is. The config that it describes must be in the same folder. NeMo Gym skips an invalid
    manifest, but a manifest in the wrong place ends the listing of all environments.

    ## Example

    ```yaml
    # --- environments/counting/manifest.yaml
    name: letters
    #     ^^^^^^^ error[misplaced-manifest]
    version: 0.1.0
    kind: environment
    integration_profile: external-agent-loop
    domain: math
    description: Counts letters in words.
    modality: text
    authors: [Ada]
    reward: {range: [0, 1], higher_is_better: true}
    resources_server: null
    agent_server: counting
    datasets:
      - {name: counting_example, type: example, jsonl_fpath: environments/counting/data/example.jsonl}
    # --- environments/counting/config.yaml
    counting_agent:
      responses_api_agents:
        counting:
          entrypoint: app.py
          datasets:
            - {name: counting_example, type: example, jsonl_fpath: environments/counting/data/example.jsonl}
    # --- environments/counting/data/example.jsonl
    {"responses_create_params": {"input": "Count the letters."}}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/manifest.yaml
    name: counting
    version: 0.1.0
    kind: environment
    integration_profile: external-agent-loop
    domain: math
    description: Counts letters in words.
    modality: text
    authors: [Ada]
    reward: {range: [0, 1], higher_is_better: true}
    resources_server: null
    agent_server: counting
    datasets:
      - {name: counting_example, type: example, jsonl_fpath: environments/counting/data/example.jsonl}
    # --- environments/counting/config.yaml
    counting_agent:
      responses_api_agents:
        counting:
          entrypoint: app.py
          datasets:
            - {name: counting_example, type: example, jsonl_fpath: environments/counting/data/example.jsonl}
    # --- environments/counting/data/example.jsonl
    {"responses_create_params": {"input": "Count the letters."}}
    ```
    """
    if context.profile.has_manifests:
        # Manifests are rare, and the module that checks them takes long to import.
        from gym_lsp.rules.manifests.manifest_errors import about_place

        yield from about_place(context, manifest)
