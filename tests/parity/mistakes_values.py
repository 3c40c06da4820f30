"""Mistakes in interpolations, missing-value markers, directives, sandboxes, reserved keys and a server's own fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.parity.edits import Edit, Kind, Place
from tests.parity.sites import GROUPS, Entry, Server

INTERPOLATED_KEY = re.compile(r"\$\{([A-Za-z_][\w.]*)\}")
ENVIRONMENT_DEFAULT = re.compile(r"\$\{oc\.env:\w+(,[^{}$]*)\}")
DIRECTIVES = ("_inherit_from", "_copy")


def _filled(text: str, server: Server) -> str:
    names = {"<instance>": server.instance.name, "<group>": server.group.name, "<impl>": server.impl.name}
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return text


def _in_server(*texts: str) -> Callable[[Place], Iterator[Edit]]:
    """Add one of the lines as a field of a server, with the names of the server filled in."""

    def edits(place: Place) -> Iterator[Edit]:
        for server in place.config.complete_servers:
            yield from place.in_server(server, _filled(place.draw.choice(texts), server))

    return edits


def _at_top(*texts: str) -> Callable[[Place], Iterator[Edit]]:
    """Add one of the lines at the top level, with the names of a server of the file filled in."""

    def edits(place: Place) -> Iterator[Edit]:
        for server in place.config.complete_servers or place.config.servers:
            yield from place.at_top(_filled(place.draw.choice(texts), server), place.uses(server))

    return edits


def key_typo(place: Place) -> Iterator[Edit]:
    for entry in place.config.scalars:
        start, end = entry.value.start_mark.index, entry.value.end_mark.index
        for found in INTERPOLATED_KEY.finditer(place.config.text, start, end):
            yield place.edit(found.start(1), found.end(1), place.typo(found[1]))


def default_lost(place: Place) -> Iterator[Edit]:
    for entry in place.config.scalars:
        start, end = entry.value.start_mark.index, entry.value.end_mark.index
        for found in ENVIRONMENT_DEFAULT.finditer(place.config.text, start, end):
            yield place.edit(found.start(1), found.end(1), "")


def _own_value(*values: str) -> Callable[[Place], Iterator[Edit]]:
    def edits(place: Place) -> Iterator[Edit]:
        for entry in place.config.own_scalars:
            yield from place.value(entry, place.draw.choice(values))

    return edits


def own_wrong_type(place: Place) -> Iterator[Edit]:
    for entry in place.config.own_scalars:
        if entry.scalar and entry.scalar.tag.rpartition(":")[2] in ("int", "float", "bool"):
            yield from place.value(entry, place.draw.choice(["many", "[1]", "{a: b}"]))


def own_typo(place: Place) -> Iterator[Edit]:
    for entry in place.config.own_scalars:
        yield from place.typo_in_key(entry)


def own_deleted(place: Place) -> Iterator[Edit]:
    for entry in place.config.own_scalars:
        yield from place.delete(entry, place.owners(entry))


def _directives(place: Place) -> Iterator[Entry]:
    return (entry for entry in place.config.entries if entry.name in DIRECTIVES and entry.scalar)


def directive_target(place: Place) -> Iterator[Edit]:
    for entry in _directives(place):
        if entry.scalar:
            yield from place.value(entry, place.typo(entry.scalar.value), place.owners(entry))


def directive_itself(place: Place) -> Iterator[Edit]:
    for entry in _directives(place):
        if entry.owner:
            yield from place.value(entry, entry.owner.name, place.owners(entry))


def directive_not_a_string(place: Place) -> Iterator[Edit]:
    for entry in _directives(place):
        yield from place.value(entry, place.draw.choice(["null", "5", "[a]", "true", "???"]), place.owners(entry))


def directive_typo(place: Place) -> Iterator[Edit]:
    for entry in _directives(place):
        wrong = [entry.name[1:], f"_{entry.name}", place.typo(entry.name), entry.name.replace("inherit", "inherits")]
        yield from place.key(entry, place.draw.choice(wrong), place.owners(entry))


def directive_chain(place: Place) -> Iterator[Edit]:
    for entry in _directives(place):
        if entry.owner:
            name = place.draw.choice(DIRECTIVES)
            yield from place.at_top(f"spare_server: {{{name}: {entry.owner.name}}}", place.owners(entry))


def directive_both(place: Place) -> Iterator[Edit]:
    for entry in _directives(place):
        other = DIRECTIVES[1 - DIRECTIVES.index(entry.name)]
        if entry.scalar and other not in {sibling.value for sibling, _ in entry.mapping.value}:
            yield from place.before(entry, f"{other}: {entry.scalar.value}", place.owners(entry))


def delete_key_unknown(place: Place) -> Iterator[Edit]:
    for entry in _directives(place):
        yield from place.before(entry, "_delete_key: nothing_like_it", place.owners(entry))


def delete_key_list(place: Place) -> Iterator[Edit]:
    for server in place.config.servers:
        yield from place.before(server.group, "_delete_key: [datasets]", place.uses(server))


def delete_key_nested(place: Place) -> Iterator[Edit]:
    for server in place.config.servers:
        yield from place.in_server(server, "_delete_key: nothing_like_it", place.uses(server))


def delete_key_own(place: Place) -> Iterator[Edit]:
    for server in place.config.servers:
        names = [name for name in server.fields if "." not in name]
        if names:
            yield from place.in_server(server, f"_delete_key: {place.draw.choice(names)}", place.uses(server))


def sandbox_reference(place: Place) -> Iterator[Edit]:
    for entry in place.config.scalars:
        if entry.name == "sandbox_provider":
            yield from place.value(entry, place.draw.choice(["sandbx", "docker", "5", "null"]))
    for server in place.config.complete_servers:
        if server.group.name == "responses_api_agents":
            yield from place.in_server(server, "sandbox_provider: my_sandbox")


def _sandboxes(place: Place) -> Iterator[tuple[Entry, Entry]]:
    """Top-level sandbox blocks with their provider."""
    for block in place.config.top:
        parts = place.config.children(block)
        if "sandbox" in block.name and not {*GROUPS, *DIRECTIVES} & set(parts):
            for provider in parts.values():
                if provider.name != "default_metadata":
                    yield block, provider


def second_provider(place: Place) -> Iterator[Edit]:
    for _, provider in _sandboxes(place):
        yield from place.before(provider, "another_provider: {}")


def provider_typo(place: Place) -> Iterator[Edit]:
    for _, provider in _sandboxes(place):
        yield from place.typo_in_key(provider)


def sandbox_field_typo(place: Place) -> Iterator[Edit]:
    for _, provider in _sandboxes(place):
        for section in place.config.children(provider).values():
            yield from place.typo_in_key(section)
            for field in place.config.children(section).values():
                yield from place.typo_in_key(field)


def metadata_not_a_mapping(place: Place) -> Iterator[Edit]:
    for block, provider in _sandboxes(place):
        if "default_metadata" not in place.config.children(block):
            yield from place.before(provider, "default_metadata: [a]")


VALUE_KINDS = (
    Kind("interpolation-unknown", 80, _in_server("setting: ${nowhere_to_be_found}", "setting: a-${nowhere.b}")),
    Kind("interpolation-unknown-in-list", 80, _in_server("settings: ['${nowhere_to_be_found}']")),
    Kind("interpolation-unknown-at-top", 80, _at_top("spare_setting: ${nowhere_to_be_found}")),
    Kind("interpolation-typo", 80, key_typo),
    Kind("interpolation-unknown-nested", 81, _in_server("settings: {inner: '${nowhere_to_be_found}'}")),
    Kind("interpolation-relative", 82, _in_server("setting: ${.entrypiont}", "setting: ${...nowhere}")),
    Kind(
        "interpolation-path",
        83,
        _in_server(
            "setting: ${<instance>.<group>.<impl>.entrypiont}", "setting: ${<instance>.<group>.<impl>.entrypoint.a}"
        ),
    ),
    Kind(
        "interpolation-resolver", 84, _in_server("setting: ${env:HOME}", "setting: ${HOME:-a}", "setting: ${oc.Env:A}")
    ),
    Kind("interpolation-grammar", 85, _in_server("setting: ${a", "setting: ${}", "setting: ${a b}", "setting: ${a:")),
    Kind("environment-unset", 86, _in_server("setting: ${oc.env:GYM_NOT_SET}", "setting: ${oc.env:GYM_NOT_SET}/a")),
    Kind("environment-default-lost", 86, default_lost),
    Kind(
        "interpolation-cycle", 87, _in_server("setting: ${.setting}", "setting: ${<instance>.<group>.<impl>.setting}")
    ),
    Kind("marker-typo", 90, _own_value("??", "????", "'?'")),
    Kind("marker-left", 91, _own_value("???")),
    Kind(
        "marker-nested",
        91,
        _in_server("settings: {inner: [a, '???']}", "settings: {inner: {a: '???'}}", "setting: ???"),
    ),
    Kind(
        "directive-target-unknown",
        92,
        _at_top(
            "spare_server: {_inherit_from: not_<instance>}",
            "spare_server: '${inherit_from:not_<instance>}'",
            "spare_server: {_copy: <instance>.nope}",
            "spare_server: '${copy:<instance>.nope}'",
        ),
    ),
    Kind("directive-target-typo", 92, directive_target),
    Kind("directive-chain", 93, directive_chain),
    Kind("directive-itself", 94, directive_itself),
    Kind(
        "directive-misplaced",
        95,
        _at_top("_inherit_from: <instance>", "spare: [{_copy: <instance>}]", "spare: a ${copy:<instance>}"),
    ),
    Kind("directive-not-a-string", 96, directive_not_a_string),
    Kind("directive-of-a-scalar", 97, _at_top("spare: {_copy: <instance>.<group>.<impl>.entrypoint, a: b}")),
    Kind("directive-both", 98, directive_both),
    Kind(
        "directive-takes-away", 58, _at_top("spare: {_inherit_from: <instance>}", "spare: '${inherit_from:<instance>}'")
    ),
    Kind("delete-key-list", 99, delete_key_list),
    Kind("delete-key-unknown", 100, delete_key_unknown),
    Kind("delete-key-nested", 101, delete_key_nested),
    Kind("delete-key-own", 102, delete_key_own),
    Kind("directive-typo", 103, directive_typo),
    Kind("sandbox-unknown", 105, sandbox_reference),
    Kind("sandbox-second-provider", 106, second_provider),
    Kind("sandbox-provider-typo", 107, provider_typo),
    Kind("sandbox-field-typo", 108, sandbox_field_typo),
    Kind("sandbox-metadata", 109, metadata_not_a_mapping),
    Kind("folder-not-a-string", 111, _at_top("results_dir: 5", "cache_dir: ''", "results_dir: null", "cache_dir: [a]")),
    Kind("skew-not-a-boolean", 112, _at_top("allow_openai_version_skew: 'true'", "allow_openai_version_skew: 1")),
    Kind("head-server-not-a-mapping", 113, _at_top("head_server: 5", "head_server: null", "head_server: localhost")),
    Kind("head-server-partial", 114, _at_top("head_server: {port: 1}", "head_server: {host: a}", "head_server: {}")),
    Kind("boolean-quoted", 115, _at_top("dry_run: 'false'", "error_on_almost_servers: 'false'", "verbose: 'no'")),
    Kind("token-capture", 116, _at_top("token_id_capture: {bogus: 1}", "token_id_capture: {enabled: true}")),
    Kind("computed-key", 117, _at_top("python_version: '3.9'", "disallowed_ports: 5", "head_server_deps: []")),
    Kind("reserved-typo", 118, _at_top("default_hostt: a", "dry_runs: true", "result_dir: a")),
    Kind("port-range", 119, _at_top("port_range_low: abc", "port_range_high: 5", "port_range_low: null")),
    Kind("exporter-not-a-string", None, _at_top("wandb_project: 5", "wandb_name: [a]", "mlflow_run_name: 5")),
    Kind("telemetry-not-a-mapping", None, _at_top("telemetry: 5", "telemetry: {enabled: perhaps}", "telemetry: [a]")),
    Kind("relay-refused", None, _at_top("error_on_agent_without_environment_server: true")),
    Kind("own-field-typo", 120, own_typo),
    Kind("own-field-unknown", 120, _in_server("max_stepz: 3", "temprature: 0.2")),
    Kind("own-field-type", 121, own_wrong_type),
    Kind("own-field-null", 121, _own_value("null")),
    Kind("own-field-deleted", 122, own_deleted),
)
