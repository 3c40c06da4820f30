"""Mistakes in the NeMo Gym config that a recipe embeds."""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode

from tests.parity.edits import Edit
from tests.parity.recipes.places import Edits, RecipePlace, reuse


def _in_server(*texts: str) -> Edits:
    """Add one of the lines to a server block."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        for server in place.config.complete_servers:
            text = place.draw.choice(texts).replace("<instance>", server.instance.name)
            text = text.replace("<group>", server.group.name).replace("<impl>", server.impl.name)
            yield from place.in_server(server, text)

    return edits


def _in_block(*texts: str) -> Edits:
    """Add one of the lines below `env.nemo_gym`."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        for text in texts:
            yield from place.at_top(text)

    return edits


def include_removed(place: RecipePlace) -> Iterator[Edit]:
    """Remove the policy model from `config_paths`, by a comment sign."""
    for item in place.config.includes:
        if (
            "for_training" in item.value.value
            and place.config.line_start(item.value.start_mark.index) < item.value.start_mark.index
        ):
            dash = place.config.text.rindex("-", 0, item.value.start_mark.index)
            yield place.edit(dash, dash, "# ")


def includes_as_text(place: RecipePlace) -> Iterator[Edit]:
    for entry in place.config.top:
        if entry.name == "config_paths":
            colon = place.config.text.index(":", entry.key.end_mark.index)
            for value in (" |", " >-"):
                yield place.edit(colon + 1, colon + 1, value)


def includes_as_mapping(place: RecipePlace) -> Iterator[Edit]:
    """Put a colon after a path, which makes it a mapping."""
    for item in place.config.includes:
        end = item.value.end_mark.index
        yield place.edit(end, end, ": null")


def include_emptied(place: RecipePlace) -> Iterator[Edit]:
    for entry in place.config.top:
        if entry.name == "config_paths":
            yield from place.key(entry, place.draw.choice(["config_path", "configs", "config_paths_"]))


def block_value(*values: str) -> Edits:
    """Give an instance, a group or an implementation a value that is not a mapping, in a line of its own."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        for server in place.config.servers:
            level = place.draw.choice([server.instance, server.group, server.impl])
            yield from place.before(level, f"{level.name}x: {place.draw.choice(values)}")

    return edits


def null_over_block(place: RecipePlace) -> Iterator[Edit]:
    """Override a server that only the included files define."""
    names = {entry.name for entry in place.config.top}
    for item in place.config.includes:
        included = place.tree.get(item.value.value)
        for entry in included.top if included else ():
            if entry.name not in names and isinstance(entry.value, MappingNode):
                yield from place.at_top(f"{entry.name}: {place.draw.choice(['null', '{}', '[]', 'text', '[a]'])}")


def _override_of_included(*texts: str) -> Edits:
    """Override a field of a server that only the included files define."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        names = {entry.name for entry in place.config.top}
        for item in place.config.includes:
            included = place.tree.get(item.value.value)
            for server in included.servers if included else ():
                if server.instance.name not in names and "entrypoint" in server.fields:
                    words = {
                        "<instance>": server.instance.name,
                        "<group>": server.group.name,
                        "<impl>": server.impl.name,
                        "<typo>": place.typo(server.impl.name),
                        "<grouptypo>": place.typo(server.group.name),
                    }
                    text = place.draw.choice(texts)
                    for placeholder, word in words.items():
                        text = text.replace(placeholder, word)
                    yield from place.at_top(text)

    return edits


def _reference_of_included(*references: str) -> Edits:
    """Override a server ref of an included file."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        names = {entry.name for entry in place.config.top}
        for item in place.config.includes:
            included = place.tree.get(item.value.value)
            for server, field, parts in included.references if included else ():
                if server.instance.name not in names and parts["name"].scalar:
                    reference = place.draw.choice(references).replace("<typo>", place.typo(parts["name"].scalar.value))
                    block = f"{{{server.group.name}: {{{server.impl.name}: {{{field.name}: {reference}}}}}}}"
                    yield from place.at_top(f"{server.instance.name}: {block}")

    return edits


def composed_agent(place: RecipePlace) -> Iterator[Edit]:
    """Add an agent that NeMo Gym composes onto those of the included files, and override one that it makes so."""
    key = next((entry for entry in place.config.top if entry.name == "config_paths"), None)
    names = {entry.name for entry in place.config.top}
    for item in place.config.includes if key else ():
        included = place.tree.get(item.value.value)
        for server in included.servers if included else ():
            if key and server.group.name == "responses_api_agents" and server.instance.name not in names:
                name = f"{server.instance.name.removesuffix(server.impl.name).rstrip('_')}_hermes_agent"
                field = place.draw.choice(["max_turns: 3", "concurrency: 2", "max_turns: many", "nonsense: 1"])
                block = f"{name}: {{responses_api_agents: {{hermes_agent: {{{field}}}}}}}\n"
                before = place.draw.choice([block, ""])
                start, end = (
                    edge(key.key.start_mark.index) for edge in (place.config.line_start, place.config.line_end)
                )
                first = place.config.includes[0].value.start_mark.index
                indents = [" " * key.key.start_mark.column, place.config.text[place.config.line_start(first) : first]]
                path = "responses_api_agents/hermes_agent/configs/hermes_agent.yaml"
                before = f"{indents[0]}{before}" if before else ""
                yield place.edit(start, end, f"{before}{place.config.text[start:end]}{indents[1]}{path}\n")


EMBEDDED_KINDS: dict[str, Edits] = {
    "policy-model-removed": include_removed,
    "includes-as-text": includes_as_text,
    "includes-as-mapping": includes_as_mapping,
    "includes-key": include_emptied,
    "null-over-included": null_over_block,
    "level-not-a-mapping": block_value("null", "[]", "5", "text", "{}"),
    "included-field": _override_of_included(
        "<instance>: {<group>: {<impl>: {entrypoint: null}}}", "<instance>: {<group>: {<impl>: {entrypoint: '???'}}}",
        "<instance>: {<group>: {<impl>: {entrypoint: 5}}}", "<instance>: {<group>: {<impl>: {domain: maths}}}",
        "<instance>: {<group>: {<impl>: {port: many}}}", "<instance>: {<group>: {<impl>: {num_workers: [1]}}}",
        "<instance>: {<group>: {<impl>: {datasets: {a: b}}}}", "<instance>: {<group>: {<impl>: null}}",
        "<instance>: {<group>: {<impl>: []}}", "<instance>: {<group>: null}", "<instance>: {<group>: [<impl>]}",
    ),
    "included-impl-typo": _override_of_included("<instance>: {<group>: {<typo>: {num_workers: 2}}}"),
    "included-group-typo": _override_of_included("<instance>: {<grouptypo>: {<impl>: {num_workers: 2}}}"),
    "included-ref": _reference_of_included("{name: <typo>}", "{name: nowhere}", "{name: null}", "{name: '???'}"),
    "included-ref-type": _reference_of_included(
        "{type: resources_servers}", "{type: responses_api_model}", "{type: responses_api_agents}", "null", "text", "[]"
    ),
    "escaped-interpolation": _in_server(
        r"setting: \${policy_model_name}", r"setting: \${nowhere}", r"setting: \${.entrypoint}",
        r"setting: \\${nowhere}",
        r"setting: \${mul:2, 3}",
    ),
    "interpolation-of-gym": _in_server(
        "setting: ${policy_model_name}", "setting: ${<instance>.<group>.<impl>.entrypoint}", "setting: ${config_paths}",
        "setting: ${env.nemo_gym.<instance>.<group>.<impl>.entrypoint}", "setting: ${env.nemo_gym.config_paths}",
        "setting: ${env.nemo_gym.policy_model_name}", "setting: ${...<group>}", "setting: ${policy.model_name}",
        "setting: ${inherit_from:policy_model}", "setting: ${copy:policy_model}",
    ),
    "resolver-in-server": _in_server(
        "setting: ${mul:2, a}", "setting: ${mul:2}", "setting: ${min:1, 2}", "setting: ${div:1, 0}",
        "num_workers: ${div:4, 2}", "num_workers: ${mul:a, 2}", "num_workers: ${mul:2, 2}",
        "setting: ${oc.env:NOT_SET_HERE}",
        "setting: ${oc.env:HF_HOME}/a", "num_workers: ${oc.decode:'${oc.env:NOT_SET_HERE,2}'}", "setting: ${max:1, b}",
    ),
    "marker": _in_server("setting: ???", "settings: ['???']", "settings: {a: '???'}", "setting: '???'",
    "num_workers: ???"),
    "set-by-nemo-rl": _in_block(
        "policy_model_name: null", "policy_base_url: ???", "policy_api_key: 5", "port_range_low: many",
        "port_range_high: []",
        "head_server: 5", "head_server: ???", "default_host: 5", "default_host: [a]", "ray_head_node_address: ???",
        "global_aiohttp_connector_limit: many", "effort_levels: ???", "invalid_tool_call_patterns: ???",
        "thinking_tags: 5",
        "tokenizer_config: '${nowhere}'", "pad_dynamic_image_shapes: ???", "is_trajectory_collection: ???",
        "num_gpu_nodes: many",
        "num_gpu_nodes: ???", "uv_cache_dir: 5", "uv_venv_dir: null", "dry_run: 'yes'", "skip_venv_if_present: text",
    ),
    "directive": _in_block(
        "spare_server: {_inherit_from: nowhere}", "spare_server: {_copy: nowhere}",
        "spare_server: {_copy: policy_model}",
        "spare_server: {_inherit_from: policy_model}", "spare_server: '${inherit_from:nowhere}'",
        "spare_server: '${copy:policy_model}'",
        "_inherit_from: policy_model", "spare_server: {_copy: 5}", "spare_server: {_delete_key: policy_model}",
        r"spare_server: \${copy:policy_model}", r"spare_server: \${inherit_from:nowhere}",
        "policy_model: {_delete_key: nowhere}",
        "spare_server: {_copy: policy_model.responses_api_models.nowhere}",
        "spare_server: {_copy: env.nemo_gym.policy_model}",
    ),
    "composed-agent": composed_agent,
    "sandbox": _in_block(
        "my_sandbox: {dockerr: {}}", "my_sandbox: {docker: {}, other: {}}", "my_sandbox: {docker: {nowhere: 1}}",
        "my_sandbox: {opensandbox: {connection: 5}}", "my_sandbox: {opensandbox: 5}",
    ),
    "sandbox-name": _in_server("sandbox_provider: nowhere", "sandbox_provider: 5", "sandbox: {nowhere: {}}"),
    "agents": _in_block(
        "spare_agent: {responses_api_agents: {simple_agent: {}}}",
        "spare_agent: {responses_api_agents: {simple_agent: {entrypoint: app.py}}}",
        "spare_agent: {responses_api_agents: {simple_agent: {max_steps: 3}}}",
        "spare_agent: {responses_api_agents: {}}",
        "spare: {resources_servers: {mcqa: {entrypoint: app.py, domain: maths}}}",
        "spare: {resources_servers: {mcqa: {entrypoint: app.py}}}",
        "spare: {responses_api_models: {openai_model: {entrypoint: app.py}}}",
        "spare: {responses_api_models: {dummy_model: {entrypoint: app.py}}}",
    ),
    **reuse(
        "include-missing", "include-absolute", "include-file-relative", "include-not-a-string", "include-directory",
        "include-marker", "include-respelt", "include-twice", "include-itself", "include-two-spellings",
        "include-stranger",
        "include-interpolated", "list-over-mapping", "scalar-over-mapping", "impl-renamed", "group-typo", "impl-typo",
        "second-impl", "stray-field", "port-not-a-number", "port-out-of-range", "workers-not-a-number",
        "host-not-a-string", "extra-key-before-group", "second-group", "reserved-name", "level-missing",
        "instance-renamed",
        "ref-typo", "ref-unknown", "ref-other-group", "ref-type-typo", "ref-type-deleted", "ref-name-not-a-string",
        "ref-unset", "ref-field-typo", "ref-new-unknown", "ref-nested-unknown", "interpolation-unknown",
        "interpolation-unknown-at-top", "interpolation-relative", "interpolation-path", "interpolation-resolver",
        "interpolation-grammar", "interpolation-cycle", "environment-unset", "marker-left", "directive-target-typo",
        "directive-target-unknown", "directive-not-a-string", "directive-both", "delete-key-own", "delete-key-unknown",
        "skew-not-a-boolean", "folder-not-a-string", "token-capture", "telemetry-not-a-mapping", "relay-refused",
        "own-field-typo", "own-field-unknown", "own-field-type", "own-field-null", "own-field-deleted",
        "allowed-agents-not-a-list", "merge-key-scalar",
    ),
}  # fmt: skip
"""Mistakes below `env.nemo_gym`."""
