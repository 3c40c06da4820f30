"""What the rules about prompt files and their users share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Leaf, Table
from gym_lsp.files import Unreadable
from gym_lsp.gym.layout import BENCHMARK, PROMPT_CONFIG, TYPE
from gym_lsp.gym.prompt import USER
from gym_lsp.rules.analysis.datasets import settled_path
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.syntax import Mapping as MappingNode
from gym_lsp.syntax import parse


def prompts_named(block: Block) -> Iterator[tuple[Table, Leaf, str]]:
    """Yield the benchmarks of a block with a prompt: the dataset, the value that names the prompt, and its path.

    NeMo Gym does not read the prompts of other datasets.
    """
    for dataset in block.datasets:
        given = settled_path(dataset, PROMPT_CONFIG) if dataset.leaf(TYPE) == BENCHMARK else None
        if given is not None:
            yield dataset, *given


def has_user(context: Context, path: PurePath) -> bool:
    """Whether a file is a prompt; a file that cannot be read or parsed counts as one."""
    try:
        text = context.files.read(path)
    except Unreadable:
        return True
    if text.startswith(f"{USER}:") or f"\n{USER}:" in text:
        return True
    document = parse(text)
    return document.is_broken or (isinstance(document.root, MappingNode) and document.root.entry(USER) is not None)


def brace_places(template: Leaf, text: str) -> dict[int, int] | None:
    """Return the offset in the file of each brace of a template, by its index in `text`; None if escapes hide some."""
    source = template.node.span.of(template.origin.text)
    there = [template.node.start + index for index, character in enumerate(source) if character in "{}"]
    here = [index for index, character in enumerate(text) if character in "{}"]
    return dict(zip(here, there, strict=True)) if len(here) == len(there) else None
