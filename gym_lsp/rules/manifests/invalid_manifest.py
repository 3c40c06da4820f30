"""The rule `invalid-manifest`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context, Manifest
from gym_lsp.rules.engine.rule import Finding, rule


@rule("invalid-manifest", on=Manifest, severity=Severity.ERROR)
def invalid_manifest(context: Context, manifest: Manifest) -> Iterator[Finding]:
    """A `manifest.yaml` that is not valid for the catalog of environments.

    ## Why

    NeMo Gym checks a manifest strictly. An unknown key is an error, and the servers and prompts that it must name
    depend on `kind`, `integration_profile` and `prompt_source`. An environment with an invalid manifest is left out of
    the list of environments. `licensing` is an SPDX expression, `internal`, `proprietary` or `unknown`, so its spelling
    differs from the `license` of a dataset in a config.

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
    licensing: Apache 2.0
    #          ^^^^^^^^^^ error[invalid-manifest]
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
    licensing: Apache-2.0
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
        from gym_lsp.rules.manifests.manifest_errors import about_content

        yield from about_content(manifest)
