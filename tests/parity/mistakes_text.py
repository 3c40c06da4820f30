"""Mistakes that break the YAML text itself, or change its meaning."""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode

from tests.parity.edits import Edit, Kind, Place
from tests.parity.sites import Entry


def _plain(place: Place) -> Iterator[Entry]:
    """Scalar entries whose value is not quoted."""
    return (entry for entry in place.config.scalars if entry.scalar and entry.scalar.style is None)


def _insert_at_value(place: Place, text: str) -> Iterator[Edit]:
    for entry in _plain(place):
        start = entry.value.start_mark.index
        yield place.edit(start, start, text)


def tab_indent(place: Place) -> Iterator[Edit]:
    for entry in place.config.scalars:
        start = entry.key.start_mark.index
        if entry.key.start_mark.column:
            yield place.edit(place.config.line_start(start), start, "\t")


def second_colon(place: Place) -> Iterator[Edit]:
    for entry in _plain(place):
        end = entry.value.end_mark.index
        yield place.edit(end, end, ": really")


def unclosed_quote(place: Place) -> Iterator[Edit]:
    return _insert_at_value(place, place.draw.choice("\"'"))


def unclosed_bracket(place: Place) -> Iterator[Edit]:
    return _insert_at_value(place, place.draw.choice("[{"))


def unknown_tag(place: Place) -> Iterator[Edit]:
    return _insert_at_value(place, "!setting ")


def dedent_by_one(place: Place) -> Iterator[Edit]:
    for entry in place.config.entries:
        start = place.config.line_start(entry.key.start_mark.index)
        if entry.key.start_mark.column and place.config.opens_its_line(entry.key):
            yield place.edit(start, start + 1, "", place.owners(entry))


def indent_by_one(place: Place) -> Iterator[Edit]:
    for entry in place.config.entries:
        start = place.config.line_start(entry.key.start_mark.index)
        if place.config.opens_its_line(entry.key):
            yield place.edit(start, start, " ", place.owners(entry))


def missing_colon(place: Place) -> Iterator[Edit]:
    for entry in place.config.entries:
        colon = place.config.text.find(":", entry.key.end_mark.index)
        if place.config.opens_its_line(entry.key):
            yield place.edit(colon, colon + 1, "", place.owners(entry))


def missing_space(place: Place) -> Iterator[Edit]:
    for entry in _plain(place):
        colon = place.config.text.find(":", entry.key.end_mark.index)
        yield place.edit(colon + 1, entry.value.start_mark.index, "", place.owners(entry))


def duplicate_key(place: Place) -> Iterator[Edit]:
    config = place.config
    for entry in config.scalars:
        start, end = (edge(entry.key.start_mark.index) for edge in (config.line_start, config.line_end))
        if config.text[start:end].endswith("\n"):
            yield place.edit(end, end, config.text[start:end], [start])


def second_document(place: Place) -> Iterator[Edit]:
    for entry in place.config.top[1:]:
        yield from place.before(entry, "---")


def undefined_alias(place: Place) -> Iterator[Edit]:
    for entry in place.config.scalars:
        yield from place.value(entry, "*common")


def recursive_alias(place: Place) -> Iterator[Edit]:
    yield from place.at_top("shared_defaults: &shared [*shared]")


def merge_key_scalar(place: Place) -> Iterator[Edit]:
    for server in place.config.servers:
        yield from place.in_server(server, "<<: 5")


def complex_key(place: Place) -> Iterator[Edit]:
    for entry in place.config.scalars:
        yield from place.key(entry, "[1]", place.owners(entry))


def bare_text(place: Place) -> Iterator[Edit]:
    for entry in place.config.entries:
        yield from place.before(entry, "see below", place.owners(entry))


def value_beside_block(place: Place) -> Iterator[Edit]:
    config = place.config
    for entry in config.entries:
        end = config.text.find(":", entry.key.end_mark.index) + 1
        rest = config.text[end : config.line_end(end)].strip()
        if isinstance(entry.value, MappingNode) and (not rest or rest.startswith("#")):
            yield place.edit(end, end, " yes")


def unquoted_braces(place: Place) -> Iterator[Edit]:
    for entry in place.config.own_scalars:
        if entry.scalar and entry.scalar.tag.endswith(":str"):
            yield from place.value(entry, "{question}")


def not_the_text_it_looks(place: Place) -> Iterator[Edit]:
    """Values that YAML 1.1 reads as a boolean or a number, where a string is meant."""
    for dataset in place.config.datasets:
        for name in ("name", "jsonl_fpath"):
            if name in dataset.fields:
                yield from place.value(dataset.fields[name], place.draw.choice(["off", "010", "1:30", "1e3"]))
    for server in place.config.complete_servers:
        yield from place.value(server.fields["entrypoint"], place.draw.choice(["on", "1_000"]), place.uses(server))


def instance_not_a_string(place: Place) -> Iterator[Edit]:
    for server in place.config.complete_servers:
        yield from place.key(server.instance, place.draw.choice(["1", "on", "2.5", "no"]), place.uses(server))


TEXT_KINDS = (
    Kind("tab-indent", 1, tab_indent),
    Kind("second-colon", 1, second_colon),
    Kind("unclosed-quote", 1, unclosed_quote),
    Kind("unclosed-bracket", 1, unclosed_bracket),
    Kind("dedent-by-one", 1, dedent_by_one),
    Kind("indent-by-one", 1, indent_by_one),
    Kind("missing-colon", 1, missing_colon),
    Kind("missing-space", 1, missing_space),
    Kind("bare-text", 1, bare_text),
    Kind("value-beside-block", 1, value_beside_block),
    Kind("duplicate-key", 2, duplicate_key),
    Kind("second-document", 3, second_document),
    Kind("undefined-alias", 4, undefined_alias),
    Kind("unknown-tag", 4, unknown_tag),
    Kind("complex-key", 4, complex_key),
    Kind("recursive-alias", 4, recursive_alias),
    Kind("merge-key-scalar", 4, merge_key_scalar),
    Kind("unquoted-braces", 7, unquoted_braces),
    Kind("not-the-text-it-looks", 8, not_the_text_it_looks),
    Kind("instance-not-a-string", 9, instance_not_a_string),
)
