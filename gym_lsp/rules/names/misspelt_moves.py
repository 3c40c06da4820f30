"""Directives that were meant to move a block and do not, so that refs to other blocks fail."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import key_span
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import RelatedLocation
from gym_lsp.gym.layout import INHERIT_FROM
from gym_lsp.rules.directives.misspelt_directive import misspelt_directives
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import related


def not_followed(context: RunContext) -> tuple[RelatedLocation, ...]:
    """Return each `_inherit_from` of the run that is misspelt, or that names its own block.

    The block that it should have removed still exists, and may contain refs to blocks that other directives removed.
    """
    composition = context.composition
    return context.once((not_followed, composition), lambda: tuple(_not_followed(composition)))


def _not_followed(composition: Composition) -> Iterator[RelatedLocation]:
    for transfer in composition.transfers:
        if transfer.moved and transfer.target == transfer.source:
            yield related(transfer.at, "this does not inherit anything: it names its own block")
    for file in composition.files:
        for value, key, meant in misspelt_directives(file):
            if meant == INHERIT_FROM and value.value in composition.config.entries:
                yield RelatedLocation(file.path, key_span(value), f"`{key}` does not inherit anything")
