"""The shell text in a command: `bash -c TEXT`, and here documents that a shell reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.commands.shell import HereDocument, SimpleCommand, Word

_SHELLS = frozenset(("bash", "sh", "zsh", "dash", "ksh"))
_READERS = frozenset((*_SHELLS, "sbatch", "ssh", "qsub", "bsub"))
"""Programs that run what is on their standard input as shell text."""
_ELSEWHERE = frozenset(("ssh", "docker", "podman", "kubectl", "singularity", "apptainer", "enroot"))
"""Programs that run commands on another machine or in a container, where the working directory is another one."""
_OTHERS = frozenset(("cat", "tee", "echo", "printf", "grep", "sed", "awk", "python", "python3", "jq", "node", "perl"))
"""Programs whose arguments and input are other texts."""
_TEXT_FLAG = re.compile(r"-[a-zA-Z]*c[a-zA-Z]*")
_SET_FLAG = re.compile(r"[-+][a-zA-Z]*[oO]")
"""A flag with a value."""
_WRAP = "--wrap"


def nested_text(command: SimpleCommand | HereDocument) -> tuple[Word, ...]:
    """Return the texts in a command that a shell reads."""
    names = _names(command)
    if not names or not _OTHERS.isdisjoint(names):
        return ()
    if isinstance(command, HereDocument):
        return (command.text,) if _reads_input(names) else ()
    return tuple(_arguments(command.words, names))


def is_elsewhere(command: SimpleCommand | HereDocument) -> bool:
    """Return whether a command may run what it is given in another working directory."""
    return not _ELSEWHERE.isdisjoint(_names(command))


def _names(command: SimpleCommand | HereDocument) -> list[str]:
    return [word.text.rpartition("/")[2] for word in command.words]


def _reads_input(names: list[str]) -> bool:
    for index, name in enumerate(names):
        if name in _SHELLS:
            # With another argument, it runs a file, and with `-c` a text.
            return all(each.startswith(("-", "+")) and not _TEXT_FLAG.fullmatch(each) for each in names[index + 1 :])
    return not _READERS.isdisjoint(names)


def _arguments(words: tuple[Word, ...], names: list[str]) -> Iterator[Word]:
    if names[0] == "eval":
        yield from words[1:]
        return
    if names[0] == "ssh":
        # A word alone is a part of a command.
        yield from (word for word in words[1:] if " " in word.text or "\n" in word.text)
        return
    is_text = has_value = is_shell = False
    for word, name in zip(words, names, strict=True):
        if is_text:
            yield word
            is_text = is_shell = False
        elif word.text.startswith(f"{_WRAP}="):
            yield _rest(word, len(_WRAP) + 1)
        elif word.text == _WRAP:
            is_text = True
        elif name in _SHELLS:
            is_shell = True
        elif is_shell and not has_value and _SET_FLAG.fullmatch(word.text):
            has_value = True
            continue
        elif is_shell and _TEXT_FLAG.fullmatch(word.text):
            is_text = True
        elif is_shell and not has_value and not word.text.startswith(("-", "+")):
            is_shell = False
        has_value = False


def _rest(word: Word, start: int) -> Word:
    return Word(word.text[start:], word.offsets[start:], word.span_of(start, len(word.text)))
