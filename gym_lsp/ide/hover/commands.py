"""Hovers in the commands of documents: what a config or a name selects, and the value that an override replaces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.gym.layout import SERVER_DEPTH, USUAL_ENTRYPOINT, is_top_level
from gym_lsp.gym.selectors import Selected, Unknown
from gym_lsp.ide.fields import entrypoint_at
from gym_lsp.ide.hover.blocks import about_block, about_implementation
from gym_lsp.ide.hover.includes import about_config, not_found
from gym_lsp.ide.hover.keys import about_key
from gym_lsp.ide.hover.values import effective, place, shown
from gym_lsp.ide.in_commands import CommandWord, definitions_of, files_of, word_at
from gym_lsp.ide.markdown import Block, Markdown, code, paragraphs, titled
from gym_lsp.ide.shape import shape_at
from gym_lsp.text import Span
from gym_lsp.workspace.command_runs import run_of
from gym_lsp.workspace.named import config_named
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


def about_word(workspace: Workspace, path: PurePath, offset: int) -> tuple[Span, Markdown] | None:
    """Return what is known about the word of a command at an offset, with its span; or None."""
    word = word_at(workspace, path, offset)
    if word is None:
        return None
    about = _about_key(workspace, word) if word.steps else _about_configs(workspace, word)
    content = paragraphs(about)
    return (word.span, content) if content else None


def _about_configs(workspace: Workspace, word: CommandWord) -> Iterator[Block]:
    found = config_named(workspace, word.option, word.text) if word.option else None
    if word.option:
        yield titled(f"--{word.option} {word.text}")
    if isinstance(found, Selected) and found.renamed_to is not None:
        yield f"The name is now {code(found.renamed_to)}."
    if isinstance(found, Unknown):
        yield not_found(workspace, found.path)
    files = files_of(workspace, word)
    for file in files:
        yield from about_config(workspace, file)
    if not files and not word.option:
        yield not_found(workspace, word.text)


def _about_key(workspace: Workspace, word: CommandWord) -> Iterator[Block]:
    steps = word.steps
    blocks = definitions_of(workspace, CommandWord(word.span, word.invocation, steps[0], steps=steps[:1]))
    if not is_top_level(steps) and not blocks:
        return
    if blocks and is_top_level(steps):
        yield from about_block(workspace, blocks[0].path, steps)
    if len(steps) == SERVER_DEPTH and steps[1] in workspace.profile.server_types:
        entrypoint = entrypoint_at(workspace, blocks[0].path, steps) or USUAL_ENTRYPOINT
        yield from about_implementation(workspace, steps[1], steps[2], entrypoint)
        return
    file, root = PurePath(), None
    if blocks:
        file, root = blocks[0].path, workspace.gym_part(blocks[0].path).document.root
    about = tuple(about_key(workspace, steps, shape_at(workspace, file, FileKind.CONFIG, root, steps)))
    yield from about
    if is_top_level(steps) or len(steps) > SERVER_DEPTH:
        value = tuple(_about_value(workspace, word))
        yield titled(steps[-1]) if value and not about else ""
        yield from value


def _about_value(workspace: Workspace, word: CommandWord) -> Iterator[Block]:
    """Yield the value that the run of a command has without its overrides, if all its configs are known."""
    run = run_of(workspace, word.invocation)
    found = None if run is None else effective(workspace.compose(run), word.steps)
    if run is None or found is None:
        return
    yield f"Without the overrides of this command: {shown(found.config, found.path, workspace.secrets(run))}"
    yield ("From ", place(workspace, found.config))
