"""The commands of NeMo Gym in a document: their configs, their overrides and their flags, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.commands.nested import is_elsewhere, nested_text
from gym_lsp.commands.parts import shell_parts
from gym_lsp.commands.placeholders import has_placeholder
from gym_lsp.commands.shell import UNKNOWN, HereDocument, SimpleCommand, Word, shell_text, shell_text_in
from gym_lsp.gym.embedding import NEMO_RL
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.text import Span

PROGRAMS = ("gym", "ng")
LEGACY_PREFIXES = ("ng_", "nemo_gym_")
LEGACY = {
    "run": "env start",
    "test": "env test",
    "prepare_benchmark": "eval prepare",
    "collect_rollouts": "eval run",
    "e2e_collect_rollouts": "eval run",
    "aggregate_rollouts": "eval aggregate",
    "reward_profile": "eval profile",
    "prepare_data": "dataset collate",
    "materialize_prompts": "dataset render",
    "upload_dataset_to_hf": "dataset upload",
    "download_dataset_from_hf": "dataset download",
    "dump_config": "env resolve",
    "validate": "env validate",
    "pip_list": "env packages",
    "status": "env status",
    "test_all": "env test",
    "dev_test": "dev test",
    "init_resources_server": "env init",
    "list_benchmarks": "list benchmarks",
    "upload_dataset_to_gitlab": "dataset upload",
    "download_dataset_from_gitlab": "dataset download",
    "delete_dataset_from_gitlab": "dataset rm",
    "gitlab_to_hf_dataset": "dataset migrate",
}
"""The commands that older programs stand for."""
_SERVES_NOTHING = ("ng_collect_rollouts", "nemo_gym_collect_rollouts")

GROUPS = frozenset(("env", "eval", "dataset", "list", "dev", "search"))
"""The first words of the commands of `gym`."""
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_WRAPPERS = frozenset(("uv", "run", "nohup", "exec", "time", "env", "sudo", "command", "poetry", "python", "python3"))
_CONFIG_PATHS = re.compile(r"\+{0,2}config_paths=")
_MERGED = "+config_paths=["
_CONFIG = "--config"
SEARCH_DIR = "--search-dir"
EXTRA_ROOTS = "NEMO_GYM_EXTRA_ROOTS"
NO_SERVE = "--no-serve"
_MATTERS = re.compile(rf"gym|(?<!\w)(?:ng|cd|pushd)\b|(?<!\w)ng_|{EXTRA_ROOTS}")
"""A word without which a part of a document has no command, and changes no other."""
SELECTORS = (
    "--environment",
    "--benchmark",
    "--resources-server",
    "--model-type",
    "--agent-type",
)
"""The flags that add configs by name."""
SUBMIT = "eval submit"
"""The command whose `--config` is a file of another kind."""
LAUNCH = "launch"
"""What a script of NeMo RL is called here: its `--config` is a training recipe."""
_LAUNCHER = re.compile(r"(?:.*/)?run_\w*nemo_gym\w*\.py")
_EMBEDDED = f"{'.'.join(map(str, NEMO_RL.path))}."
"""What the keys of the run in a recipe begin with."""


class Piece(Struct, frozen=True):
    """A part of a word, with its place."""

    text: str
    span: Span

    @property
    def is_known(self) -> bool:
        return bool(self.text) and UNKNOWN not in self.text and not has_placeholder(self.text)


class Override(Struct, frozen=True):
    """`KEY=VALUE`. `key` is without plus signs; its place is that of the whole key with its dots."""

    key: Piece
    value: str
    signs: str


class Named(Struct, frozen=True):
    """A config that a flag selects by name. `option` is the flag without its dashes."""

    option: str
    name: Piece


class Invocation(Struct, frozen=True):
    """One command of NeMo Gym.

    `command` is what it does, such as `env start`, and `title` how the document spells that. `configs` are the root
    configs of its run in their order, `replaced` those that have no effect, because a later override of `config_paths`
    replaces them, and `named` those that are selected by name. With `has_all_configs`, all configs are in `configs` and
    `named`, known or not.
    """

    command: str
    title: str
    span: Span
    configs: tuple[Piece, ...]
    replaced: tuple[Piece, ...]
    overrides: tuple[Override, ...]
    flags: tuple[Piece, ...]
    named: tuple[Named, ...]
    has_all_configs: bool
    serves: bool
    has_moved: bool
    """Whether the working directory, or the folders in which configs are looked up, may not be the usual ones."""


_MOST_NESTED = 4
"""How deep shell text in shell text is read."""


def invocations(path: PurePath, text: str) -> Iterator[Invocation]:
    """Yield the commands of NeMo Gym in a document, in their order."""
    found: list[Invocation] = []
    has_moved = False
    for part in shell_parts(path.suffix, text):
        # Many blocks are output, or commands of other programs.
        if _MATTERS.search(text, part.start, part.end) is None:
            continue
        has_moved = _read(shell_text(text, part.start, part.end), found, has_moved, 0)
    yield from found


def _read(
    commands: Iterable[SimpleCommand | HereDocument], found: list[Invocation], has_moved: bool, depth: int
) -> bool:
    """Add the commands of NeMo Gym among some commands. Return whether the working directory has changed."""
    for command in commands:
        words = command.words
        if isinstance(command, SimpleCommand):
            if words[0].text in ("cd", "pushd") or EXTRA_ROOTS in "".join(word.text for word in words[:2]):
                has_moved = True
            program = _program(words)
            if program is not None:
                found.append(_invocation(command, *program, has_moved))
        texts = nested_text(command) if depth < _MOST_NESTED else ()
        has_moved_inside = has_moved or (bool(texts) and is_elsewhere(command))
        for inner in texts:
            # A shell in a shell does not move the outer one.
            _read(shell_text_in(inner), found, has_moved_inside, depth + 1)
    return has_moved


def _program(words: tuple[Word, ...]) -> tuple[str, int, int] | None:
    """Return the command that words start, and the indices of its first word and of the first one after its name."""
    for index, word in enumerate(words):
        text = word.text
        prefix = next((prefix for prefix in LEGACY_PREFIXES if text.startswith(prefix)), None)
        if prefix is not None and (command := LEGACY.get(text.removeprefix(prefix))) is not None:
            return command, index, index + 1
        if _LAUNCHER.fullmatch(text):
            return LAUNCH, index, index + 1
        if text in PROGRAMS:
            first = next((at for at in range(index + 1, len(words)) if not words[at].text.startswith("-")), len(words))
            names = [each.text for each in words[first : first + 2]]
            if not names or names[0] not in GROUPS:
                return None
            if names[0] == "search":
                return "search", index, first + 1
            if len(names) == 2 and names[1] and not names[1].startswith(("-", "+", UNKNOWN)):
                return " ".join(names), index, first + 2
            return None
        if not (text in _WRAPPERS or text.startswith("-") or _ASSIGNMENT.match(text)):
            return None
    return None


def _invocation(command: SimpleCommand, name: str, first: int, after: int, has_moved: bool) -> Invocation:
    words = command.words
    configs: list[Piece] = []
    replaced: list[Piece] = []
    overrides: list[Override] = []
    flags: list[Piece] = []
    has_all = not command.is_cut
    named: list[Named] = []
    merged: list[Piece] = []
    replacing: list[Piece] | None = None
    serves = words[first].text not in _SERVES_NOTHING
    has_moved = has_moved or any(EXTRA_ROOTS in word.text for word in words[:first])
    is_value = False
    index = after
    while index < len(words):
        word = words[index]
        index += 1
        text = word.text
        if text.startswith(UNKNOWN) and (word.is_open or not is_value):
            # It may be several words.
            has_all = False
        is_value = text.startswith("-") and "=" not in text
        if text.startswith("-") and len(text) > 1:
            flag, equals, _ = text.partition("=")
            flags.append(Piece(flag, word.span_of(0, len(flag))))
            has_moved = has_moved or flag == SEARCH_DIR
            serves = serves and flag != NO_SERVE
            if flag in SELECTORS and (equals or index < len(words)):
                value = (
                    _piece(word, len(flag) + 1, len(text))
                    if equals
                    else _piece(words[index], 0, len(words[index].text))
                )
                named.append(Named(flag[2:], value))
                index += not equals
                is_value = False
            elif flag.startswith("--") and len(flag) > len("--") and any(each.startswith(flag) for each in SELECTORS):
                # NeMo Gym accepts shortened flags.
                has_all = False
            if flag == _CONFIG and equals:
                merged.append(_piece(word, len(flag) + 1, len(text)))
            elif flag == _CONFIG and index < len(words):
                merged.extend(_entries(words[index], 0))
                index += 1
        elif (listed := _CONFIG_PATHS.match(text)) is not None:
            entries = _entries(word, listed.end())
            if text.startswith("[", listed.end()) and not text.endswith("]"):
                # A space has split the list into words.
                has_all = False
            elif text.startswith(_MERGED) and text.endswith("]"):
                merged.extend(entries)
            else:
                replaced.extend(replacing or ())
                replacing = entries
        elif (end := _key_end(text)) > 0:
            signs = len(text) - len(text.lstrip("+"))
            key = Piece(text[signs:end], word.span_of(signs, end))
            overrides.append(Override(key, text[end + 1 :], text[:signs]))
        elif text in ("...", "…", "[OPTIONS]"):
            has_all = False
    if replacing is not None:
        replaced.extend(merged)
        configs.extend(replacing)
    else:
        configs.extend(merged)
    if name == LAUNCH:
        overrides = [_embedded(each) for each in overrides if each.key.text.startswith(_EMBEDDED)]
        has_all = has_all and all(each.key.text != CONFIG_PATHS for each in overrides)
    title = " ".join(word.text for word in words[first:after])
    span = Span(words[first].span.start, words[after - 1].span.end)
    return Invocation(
        name,
        title,
        span,
        tuple(configs),
        tuple(replaced),
        tuple(overrides),
        tuple(flags),
        tuple(named),
        has_all,
        serves,
        has_moved,
    )


def _embedded(override: Override) -> Override:
    """Return an override of a recipe as one of the run in it."""
    key = override.key
    text = key.text.removeprefix(_EMBEDDED)
    # Quotes in the middle of a key are possible.
    is_split = key.span.end - key.span.start != len(key.text)
    span = key.span if is_split else Span(key.span.end - len(text), key.span.end)
    return replace(override, key=Piece(text, span))


def _key_end(text: str) -> int:
    """Return the offset of the `=` of an override; -1 for another word."""
    end = text.find("=")
    return end if end > 0 and text.lstrip("+")[:1] not in ("", "=", "-") else -1


def _entries(word: Word, start: int) -> list[Piece]:
    """Return the entries of a list, or the only one if it is not a list."""
    end = len(word.text)
    if word.text.startswith("[", start) and word.text.endswith("]"):
        start, end = start + 1, end - 1
    found: list[Piece] = []
    while start <= end:
        comma = word.text.find(",", start, end)
        stop = end if comma < 0 else comma
        found.append(_piece(word, start, stop))
        start = stop + 1
    # A comma after the last entry is allowed.
    return found[:-1] if len(found) > 1 and not found[-1].text else found


def _piece(word: Word, start: int, end: int) -> Piece:
    """Return a part of a word without the spaces and quotes around it."""
    text = word.text
    while start < end and text[start] in " \t\r\n\"'":
        start += 1
    while start < end and text[end - 1] in " \t\r\n\"'":
        end -= 1
    return Piece(text[start:end], word.span_of(start, end))


def command_of(words: tuple[Word, ...]) -> tuple[str, Span] | None:
    """Return the command that words start, with the place of its first word; None if they do not start one."""
    found = _program(words)
    return None if found is None else (found[0], words[found[1]].span)
