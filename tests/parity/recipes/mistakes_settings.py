"""Mistakes in what NeMo RL reads of a recipe: `defaults`, resolvers, interpolations, `_override_`, and the text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from tests.parity.edits import Edit
from tests.parity.recipes.places import Edits, RecipePlace, reuse
from tests.parity.sites import Entry

CALL = re.compile(r"\$\{(mul|add|div|max):")
REFERENCE = re.compile(r"\$\{(\.*[A-Za-z_][\w.]*)\}")
NESTED_CALL = re.compile(r"\$\{(?:mul|add|div|max):([^{},]+),\s*(\$\{[\w.]+\}|[\w.]+)\}")


def _replace(place: RecipePlace, node: Node, text: str) -> Iterator[Edit]:
    start, end = node.start_mark.index, node.end_mark.index
    if place.config.text[start:end] != text:
        yield place.edit(start, end, text)


# The files under `defaults`


def _default(new: Callable[[RecipePlace, str], str]) -> Edits:
    """Replace a path under `defaults`."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        for item in place.settings.default_items:
            yield from _replace(place, item, new(place, item.value))

    return edits


def _misspelt_path(place: RecipePlace, path: str) -> str:
    part = place.draw.choice([part for part in path.removesuffix(".yaml").split("/") if part not in ("..", ".")])
    return path.replace(part, place.typo(part), 1)


def _all_defaults(*values: str) -> Edits:
    """Replace the whole value of `defaults`."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        entry = place.settings.defaults
        if entry and entry.scalar:
            for value in values:
                yield from _replace(place, entry.value, value.replace("<path>", entry.scalar.value))

    return edits


def default_cycle(place: RecipePlace) -> Iterator[Edit]:
    """Let a file name itself, or the base of a recipe name the recipe."""
    path = place.config.path
    back = posixpath.relpath(place.recipe, posixpath.dirname(path))
    if place.settings.defaults is None:
        yield place.edit(0, 0, f"defaults: {back}\n")
    else:
        yield from _default(lambda _place, _path: back)(place)


def default_removed(place: RecipePlace) -> Iterator[Edit]:
    if place.settings.defaults and place.settings.defaults.scalar:
        yield from place.delete(place.settings.defaults)


def default_key(place: RecipePlace) -> Iterator[Edit]:
    if place.settings.defaults:
        wrong = place.draw.choice(["default", "_defaults_", "base", "default_s"])
        yield from place.key(place.settings.defaults, wrong)


def default_nested(place: RecipePlace) -> Iterator[Edit]:
    """Add `defaults` below the top level, where it is an ordinary key."""
    for entry in place.settings.top:
        for child in place.config.children(entry).values():
            yield from place.before(child, "defaults: no_such_file.yaml")
            break


# Resolvers and interpolations, which are resolved in the recipe


def _in_text(pattern: re.Pattern[str], group: int, new: Callable[[RecipePlace, str], str]) -> Edits:
    """Replace a part of each scalar, also of those in lists."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        for start, end in _scalar_spans(place):
            for found in pattern.finditer(place.config.text, start, end):
                text = new(place, found[group])
                if text != found[group]:
                    yield place.edit(found.start(group), found.end(group), text)

    return edits


def _scalar_spans(place: RecipePlace) -> Iterator[tuple[int, int]]:
    for entry in place.config.entries:
        if isinstance(entry.value, ScalarNode):
            yield entry.value.start_mark.index, entry.value.end_mark.index


def _new_value(*values: str) -> Edits:
    """Replace a scalar of NeMo RL's settings that has a number."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        for entry in place.settings.scalars:
            if entry.scalar and entry.scalar.tag.endswith((":int", ":float")) and not _is_embedded(entry):
                yield from place.value(entry, place.draw.choice(values))

    return edits


def _is_embedded(entry: Entry) -> bool:
    return any(owner.name == "nemo_gym" for owner in entry.ancestors)


# `_override_`


def override_at_top(place: RecipePlace) -> Iterator[Edit]:
    """Let a top-level mapping replace that of the files under `defaults`."""
    marker = place.draw.choice(["_override_: true", "_override_: 'no'", "_override_: 1", "_override_: false"])
    if place.settings.defaults:
        for entry in place.settings.top:
            for child in place.config.children(entry).values():
                yield from place.before(child, marker)
                break


def override_nested(place: RecipePlace) -> Iterator[Edit]:
    for entry in place.settings.entries:
        if entry.owner and isinstance(entry.value, MappingNode):
            for child in place.config.children(entry).values():
                yield from place.before(child, "_override_: true")
                break


def override_of_the_file(place: RecipePlace) -> Iterator[Edit]:
    top = place.settings.top
    if top:
        yield from place.before(top[-1], "_override_: true")


# The block itself


def _block(*values: str) -> Edits:
    """Replace the mapping of `env.nemo_gym` by writing a value after the key of `env`, in a file that has no block."""

    def edits(place: RecipePlace) -> Iterator[Edit]:
        if place.settings.embedded is None and all(entry.name != "env" for entry in place.settings.top):
            for value in values:
                yield place.edit(0, 0, f"env: {value}\n")

    return edits


def block_key(place: RecipePlace) -> Iterator[Edit]:
    block = place.settings.embedded
    if block and block.owner:
        yield from place.typo_in_key(block)
        yield from place.typo_in_key(block.owner)


def block_after_null(place: RecipePlace) -> Iterator[Edit]:
    """Add a second `nemo_gym` to `env`."""
    block = place.settings.embedded
    if block:
        yield from place.before(block, "nemo_gym: null")


def duplicate_key(place: RecipePlace) -> Iterator[Edit]:
    for entry in place.settings.scalars:
        yield from place.before(entry, f"{entry.name}: 1")


SETTINGS_KINDS: dict[str, Edits] = {
    "default-missing": _default(_misspelt_path),
    "default-absolute": _default(lambda _place, path: f"/opt/nemo-rl/examples/{posixpath.basename(path)}"),
    "default-from-the-root": _default(
        lambda place, path: posixpath.normpath(posixpath.join(posixpath.dirname(place.config.path), path))
    ),
    "default-without-suffix": _default(lambda _place, path: path.removesuffix(".yaml")),
    "default-cycle": default_cycle,
    "default-not-a-path": _all_defaults("null", "[]", "''", "5", "{path: <path>}", "???", "true", "[null]"),
    "default-list": _all_defaults(
        "[<path>, no_such_file.yaml]", "[<path>, _self_]", "[_self_, <path>]", "[<path>, <path>]", "['<path>']",
        "[{override /base: <path>}]", "${base}", "[<path>, {a: b}]",
    ),
    "default-folder": _default(lambda _place, path: posixpath.dirname(path) or "."),
    "default-removed": default_removed,
    "default-key-typo": default_key,
    "default-nested": default_nested,
    "resolver-unknown": _in_text(CALL, 1, lambda place, name: place.draw.choice([f"{name}l", "min", "sub", "calc"])),
    "resolver-text": _in_text(NESTED_CALL, 2, lambda place, _text: place.draw.choice(["many", "two", "'8'", "null"])),
    "resolver-count": _in_text(
        NESTED_CALL, 2, lambda place, text: place.draw.choice([f"{text}, 3", f"{text}, 1, 1"])
    ),
    "resolver-not-a-key": _in_text(NESTED_CALL, 2, lambda _place, _text: "${cluster.nodes_num}"),
    "resolver-value": _new_value(
        "${div:1, 0}", "${mul:2}", "${mul:2, a}", "${add:1, a}", "${max:1, a}", "${max:}", "${mul:}", "${add:1, '2'}",
        "${div:a, 2}", "${min:1, 2}", "${mul:[1], 2}", "${add:[1], [2]}", "${mul:a, 2}", "${max:1, 2.5}", "${div:4, 2}",
        "${add:null, 1}", "${mul:1e400, 2}", "${mul:1,2,3}", "${mul: 2 , 3 }", "${MUL:2, 3}",
    ),
    "reference-typo": _in_text(REFERENCE, 1, lambda place, key: place.typo(key)),
    "reference-value": _new_value(
        "${nowhere}", "${policy}", "${..nowhere}", "${cluster.nowhere}", "${env.nemo_gym.nowhere}",
        "${oc.env:NOT_SET_HERE}",
        "${oc.env:NOT_SET_HERE,7}", "${oc.env:HF_HOME}", "${oc.select:nowhere,3}", "${env:HOME}", "${a", "${}",
        "${policy_model_name}",
    ),
    "override-at-top": override_at_top,
    "override-nested": override_nested,
    "override-of-the-file": override_of_the_file,
    "marker-in-settings": _new_value("???", "'???'", "??"),
    "block-value": _block(
        "null", "[]", "{nemo_gym: null}", "{nemo_gym: []}", "{nemo_gym: text}", "{nemo_gym: '???'}", "???", "text",
        "{nemo_gym: {config_paths: null}}", "{nemo_gym: {config_paths: '???'}}", "{nemo_gym: {config_paths: []}}",
        "{nemo_gym: {config_paths: text}}", "{nemo_gym: '${policy}'}", "{_override_: true}",
        "{_override_: true, nemo_gym: {}}",
    ),
    "block-key-typo": block_key,
    "block-twice": block_after_null,
    "duplicate-key": duplicate_key,
    **reuse(
        "tab-indent", "second-colon", "unclosed-quote", "unclosed-bracket", "dedent-by-one", "indent-by-one",
        "missing-colon", "missing-space", "bare-text", "value-beside-block", "second-document", "undefined-alias",
        "unknown-tag", "complex-key",
    ),
}  # fmt: skip
"""Mistakes anywhere in a file."""
