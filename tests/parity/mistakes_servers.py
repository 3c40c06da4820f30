"""Mistakes in server instance blocks and in the references between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.parity.edits import Edit, Kind, Place
from tests.parity.sites import GROUPS, Server

DOMAINS = ("maths", "Math", "code", "reasoning", "agents", "general", "'math '")


def _new_field(*texts: str, groups: tuple[str, ...] = GROUPS) -> Callable[[Place], Iterator[Edit]]:
    """Add one of the lines as a field of a server."""

    def edits(place: Place) -> Iterator[Edit]:
        for server in place.config.complete_servers:
            if server.group.name in groups:
                yield from place.in_server(server, place.draw.choice(texts), place.uses(server))

    return edits


def _new_line_before_group(*texts: str) -> Callable[[Place], Iterator[Edit]]:
    def edits(place: Place) -> Iterator[Edit]:
        for server in place.config.complete_servers:
            yield from place.before(server.group, place.draw.choice(texts), place.uses(server))

    return edits


def _entrypoint(*values: str) -> Callable[[Place], Iterator[Edit]]:
    def edits(place: Place) -> Iterator[Edit]:
        for server in place.config.complete_servers:
            yield from place.value(server.fields["entrypoint"], place.draw.choice(values), place.uses(server))

    return edits


def group_typo(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        name = server.group.name
        wrong = place.draw.choice([name.removesuffix("s"), name.replace("s_", "_", 1), place.typo(name), f"{name}s"])
        yield from place.key(server.group, wrong, place.uses(server))


def entrypoint_deleted(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        yield from place.delete(server.fields["entrypoint"], place.uses(server))


def entrypoint_key_typo(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        yield from place.typo_in_key(server.fields["entrypoint"], place.uses(server))


def impl_typo(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        yield from place.typo_in_key(server.impl)


def second_impl(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        yield from place.before(server.impl, "another: {entrypoint: app.py}", place.uses(server))


def stray_field(place: Place) -> Iterator[Edit]:
    """Move the last field of a server one level out, so that it is next to the implementation instead of in it."""
    for server in place.config.complete_servers:
        last = list(server.fields.values())[-1]
        if last.scalar and place.config.opens_its_line(last.key) and last.name != "entrypoint":
            start = last.key.start_mark.index
            indent = " " * server.impl.key.start_mark.column
            yield place.edit(place.config.line_start(start), start, indent, place.uses(server))


def domain_missing(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        domain = server.fields.get("domain")
        if server.group.name == "resources_servers" and domain:
            yield from place.delete(domain, place.owners(domain))
            yield from place.typo_in_key(domain, place.owners(domain))


def domain_unknown(place: Place) -> Iterator[Edit]:
    for server in place.config.servers:
        if "domain" in server.fields:
            yield from place.value(server.fields["domain"], place.draw.choice(DOMAINS))


def domain_interpolated(place: Place) -> Iterator[Edit]:
    for server in place.config.servers:
        if "domain" in server.fields:
            yield from place.value(server.fields["domain"], "${oc.env:GYM_DOMAIN,math}")


def second_group(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        text = f"{_other_group(place, server.group.name)}: {{other: {{entrypoint: app.py}}}}"
        yield from place.before(server.group, text, place.uses(server))


def reserved_name(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        yield from place.key(
            server.instance, place.draw.choice(["query", "json", "verbose", "entrypoint"]), place.uses(server)
        )


def instance_renamed(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        yield from place.typo_in_key(server.instance, place.uses(server))


def level_missing(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        yield from place.delete(server.impl, place.uses(server))
        yield from place.delete(server.group, place.uses(server))


def _reference(
    field: str, new: Callable[[Place, str], str], *, owners: bool = False
) -> Callable[[Place], Iterator[Edit]]:
    """Replace `type` or `name` in a server ref."""

    def edits(place: Place) -> Iterator[Edit]:
        for _, _, parts in place.config.references:
            entry = parts.get(field)
            if entry and entry.scalar:
                also = place.owners(entry) if owners else ()
                yield from place.value(entry, new(place, entry.scalar.value), also)

    return edits


def _other_group(place: Place, group: str) -> str:
    return place.draw.choice([other for other in GROUPS[:3] if other != group])


def type_deleted(place: Place) -> Iterator[Edit]:
    for _, _, parts in place.config.references:
        if "type" in parts:
            yield from place.delete(parts["type"], place.owners(parts["type"]))


def field_typo(place: Place) -> Iterator[Edit]:
    for _, field, _ in place.config.references:
        yield from place.typo_in_key(field, place.owners(field))


def _reference_to(template: str) -> Callable[[Place], Iterator[Edit]]:
    """Add a field that refers to its own server. The template contains `{group}` and `{instance}`."""

    def edits(place: Place) -> Iterator[Edit]:
        for server in place.config.complete_servers:
            yield from place.in_server(server, _filled(template, server))

    return edits


def _filled(template: str, server: Server) -> str:
    return template.replace("<group>", server.group.name).replace("<instance>", server.instance.name)


SERVER_KINDS = (
    Kind("group-typo", 25, group_typo),
    Kind("entrypoint-deleted", 26, entrypoint_deleted),
    Kind("entrypoint-key-typo", 27, entrypoint_key_typo),
    Kind("entrypoint-not-a-string", 28, _entrypoint("null", "5", "[app.py]", "true")),
    Kind("entrypoint-absolute", 29, _entrypoint("/opt/gym/app.py")),
    Kind("entrypoint-missing-file", 30, _entrypoint("nope.py", "app", "src/app.py")),
    Kind("impl-typo", 31, impl_typo),
    Kind("second-impl", 33, second_impl),
    Kind("stray-field", 36, stray_field),
    Kind("domain-missing", 37, domain_missing),
    Kind("domain-unknown", 38, domain_unknown),
    Kind("port-not-a-number", 39, _new_field("port: abc", "port: 80.5", "port: [80]", "port: {number: 80}")),
    Kind("port-out-of-range", 40, _new_field("port: 99999", "port: -1", "port: 0")),
    Kind("workers-not-a-number", 41, _new_field("num_workers: two", "num_workers: 2.5", "num_workers: -3")),
    Kind("host-not-a-string", None, _new_field("host: 5", "host: [localhost]", "host: yes")),
    Kind("domain-interpolated", 42, domain_interpolated),
    Kind("number-interpolated", 42, _new_field("port: ${oc.env:GYM_PORT,8000}", "num_workers: ${oc.env:WORKERS,2}")),
    Kind("extra-key-before-group", 43, _new_line_before_group("note: hi", "enabled: true", "tags: [a]")),
    Kind("second-group", 44, second_group),
    Kind("reserved-name", 45, reserved_name),
    Kind("level-missing", 46, level_missing),
    Kind("instance-renamed", 49, instance_renamed),
    Kind("ref-typo", 49, _reference("name", lambda place, name: place.typo(name))),
    Kind("ref-unknown", 49, _reference("name", lambda place, _: place.draw.choice(["my_server", "judge", "policy"]))),
    Kind("ref-other-group", 50, _reference("type", _other_group, owners=True)),
    Kind("ref-type-typo", 51, _reference("type", lambda place, group: place.typo(group))),
    Kind("ref-type-deleted", 52, type_deleted),
    Kind("ref-name-not-a-string", 53, _reference("name", lambda place, _: place.draw.choice(["null", "5", "[a]"]))),
    Kind("ref-unset", 91, _reference("name", lambda _place, _name: "???")),
    Kind("ref-field-typo", 56, field_typo),
    Kind("ref-plain-string", 54, _reference_to("extra_model_server: <instance>")),
    Kind("ref-of-other-group", 55, _reference_to("judge_model_server: {type: <group>, name: <instance>}")),
    Kind("ref-nested-unknown", 57, _reference_to("verifiers: {main: {type: <group>, name: not_<instance>}}")),
    Kind("ref-new-unknown", 49, _reference_to("extra_server: {type: <group>, name: not_<instance>}")),
    Kind("allowed-agents-not-a-list", None, _new_field("allowed_agents: {a: b}", groups=("resources_servers",))),
    Kind("allowed-models-not-a-list", None, _new_field("allowed_model_types: {a: b}", groups=("resources_servers",))),
)
