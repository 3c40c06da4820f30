"""Mistakes in `config_paths`, and in overrides of included files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from yaml.nodes import MappingNode

from tests.parity.edits import Edit, Kind, Place
from tests.parity.sites import Item


def _each(new: Callable[[Place, str], str]) -> Callable[[Place], Iterator[Edit]]:
    """Replace each element of `config_paths` by the result of `new`."""

    def edits(place: Place) -> Iterator[Edit]:
        for item in place.config.includes:
            value, text = item.value, new(place, item.value.value)
            if text != value.value:
                yield place.edit(value.start_mark.index, value.end_mark.index, text)

    return edits


def _new_element(place: Place, item: Item, text: str) -> Edit:
    """Add an element before `item`."""
    config, start = place.config, item.value.start_mark.index
    line_start = config.line_start(start)
    return place.edit(line_start, line_start, f"{config.text[line_start:start]}{text}\n", [start])


def _missing(place: Place, path: str) -> str:
    part = place.draw.choice([part for part in PurePosixPath(path).with_suffix("").parts if part != "/"])
    return path.replace(part, place.typo(part), 1)


def _respelt(place: Place, path: str) -> str:
    return place.draw.choice([f"~/{path}", f"'{path} '", path.removesuffix(".yaml") + ".yml", path.upper()])


def scalar(place: Place) -> Iterator[Edit]:
    for item in place.config.includes:
        if item.siblings == 1:
            start = item.value.start_mark.index
            dash = place.config.text.rindex("-", 0, start)
            yield place.edit(dash, start, "  ", [item.owner.key.start_mark.index])
    yield from place.at_top("config_paths: responses_api_models/openai_model/configs/openai_model.yaml")


def mapping(place: Place) -> Iterator[Edit]:
    yield from place.at_top("config_paths: {model: responses_api_models/openai_model/configs/openai_model.yaml}")


def key_typo(place: Place) -> Iterator[Edit]:
    for entry in place.config.top:
        if entry.name == "config_paths":
            wrong = place.draw.choice(["config_path", "configs_paths", "config-paths"])
            yield from place.key(entry, wrong, place.owners(entry))


def twice(place: Place) -> Iterator[Edit]:
    for item in place.config.includes:
        yield _new_element(place, item, item.value.value)


def itself(place: Place) -> Iterator[Edit]:
    for item in place.config.includes:
        yield _new_element(place, item, place.config.path)


def two_spellings(place: Place) -> Iterator[Edit]:
    for item in place.config.includes:
        yield _new_element(place, item, f"./{item.value.value}")


def stranger(place: Place) -> Iterator[Edit]:
    for item in place.config.includes:
        yield _new_element(place, item, place.draw.choice(place.strangers))


def _over_mapping(new: tuple[str, ...]) -> Callable[[Place], Iterator[Edit]]:
    """Add a top-level line that overrides a mapping of an included file with another type of value."""

    def edits(place: Place) -> Iterator[Edit]:
        for item in place.config.includes:
            included = place.tree.get(item.value.value)
            for entry in included.top if included else ():
                if isinstance(entry.value, MappingNode):
                    yield from place.at_top(f"{entry.name}: {place.draw.choice(new)}")

    return edits


def impl_renamed(place: Place) -> Iterator[Edit]:
    """Use another implementation in an override than in the overridden file."""
    for server in place.config.servers:
        if "entrypoint" not in server.fields:
            yield from place.key(server.impl, f"{server.impl.name}_v2", place.owners(server.impl))


INCLUDE_KINDS = (
    Kind("include-missing", 10, _each(_missing)),
    Kind("include-absolute", 10, _each(lambda _, path: f"/workspace/{path}")),
    Kind("include-file-relative", 11, _each(lambda _, path: PurePosixPath(path).name)),
    Kind("include-scalar", 12, scalar),
    Kind("include-not-a-string", 14, _each(lambda place, _: place.draw.choice(["5", "null", "{path: a.yaml}", "[]"]))),
    Kind("include-mapping", 15, mapping),
    Kind("include-directory", 16, _each(lambda _, path: str(PurePosixPath(path).parent))),
    Kind("include-marker", 17, _each(lambda _place, _path: "'???'")),
    Kind("include-respelt", 18, _each(_respelt)),
    Kind("include-key-typo", 19, key_typo),
    Kind("include-twice", 20, twice),
    Kind("include-itself", 20, itself),
    Kind("include-two-spellings", 21, two_spellings),
    Kind("include-stranger", 22, stranger),
    Kind("include-interpolated", 80, _each(lambda _, path: "${config_root}/" + path)),
    Kind("list-over-mapping", 24, _over_mapping(("[]", "[a]"))),
    Kind("scalar-over-mapping", 24, _over_mapping(("5", "null", "app.py", "{}"))),
    Kind("impl-renamed", 104, impl_renamed),
)
