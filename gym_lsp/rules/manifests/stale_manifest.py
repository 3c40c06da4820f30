"""The rule `stale-manifest`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context, Manifest
from gym_lsp.rules.engine.rule import Finding, rule


@rule("stale-manifest", on=Manifest, severity=Severity.ERROR)
def stale_manifest(context: Context, manifest: Manifest) -> Iterator[Finding]:
    """A manifest that no longer matches its config.

    ## Why

    A manifest repeats resolved values of its config, for readers who do not resolve configs: the implementations of the
    agent and the resources server, the name of the model server, the rollout driver, the grading mode and the datasets.
    To NeMo Gym, the config is always right: `gym env validate` rejects a manifest that differs. With `--sync` it
    updates the manifest and rewrites the whole file; the fixes change only the values that differ. A fix is not safe if
    the mistake may be in the config: if the two values are similar, if the config has none, or if only the path in the
    manifest leads to a file.

    ## Example

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
    resources_server: counting
    agent_server: counting_agent
    #             ^^^^^^^^^^^^^^ error[stale-manifest]
    datasets:
      - {name: counting_example, type: example, jsonl_fpath: environments/counting/example.jsonl}
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
          datasets:
            - {name: counting_example, type: example, jsonl_fpath: environments/counting/example.jsonl}
    # --- environments/counting/example.jsonl
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
    resources_server: counting
    agent_server: simple_agent
    datasets:
      - {name: counting_example, type: example, jsonl_fpath: environments/counting/example.jsonl}
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
          datasets:
            - {name: counting_example, type: example, jsonl_fpath: environments/counting/example.jsonl}
    # --- environments/counting/example.jsonl
    {"responses_create_params": {"input": "Count the letters."}}
    ```
    """
    if context.profile.has_manifests:
        # Manifests are rare, and the module that compares them takes long to import.
        from gym_lsp.rules.manifests.outdated_values import about_mirror

        yield from about_mirror(context, manifest)
