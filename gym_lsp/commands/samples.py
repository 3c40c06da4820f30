"""The YAML in a document, as the texts of files: what a document shows is mostly only a part of a file."""

from __future__ import annotations

import re

from msgspec import Struct

from gym_lsp.commands.parts import yaml_parts
from gym_lsp.text import Span

_ELLIPSIS = re.compile(r"^[ \t]*(?:-[ \t]+)?(?:\.\.\.|…)[^\n]*", re.MULTILINE)
"""A line that is not YAML, but stands for other lines."""
_OMISSION = re.compile(r"(?:^|(?<=[\s\[{#]))(?:\.\.\.|…)", re.MULTILINE)
_NAMED_FILE = re.compile(r"^#[^\n]*\.(?:ya?ml|jsonl?|py|toml|md|txt)\b[^\n\w]*$", re.MULTILINE)
"""A comment that ends with the name of a file, before the text of that file."""
_NEXT_FILE = re.compile(r"^---(?:\s|$)", re.MULTILINE)
_MISTAKE = re.compile(
    r"^[ \t]*(?:#[ \t]*)?\^+(?:[ \t]|$)|^[^\n#]*#[^\n]*?(?:\b(?:wrong|incorrect|mistake|bad|broken|don't)\b|[❌✗✘])",
    re.MULTILINE | re.IGNORECASE,
)
"""A line of carets, or a comment about what is wrong."""


class Sample(Struct, frozen=True):
    """A YAML block of a document. `text` is that of its `span`, with spaces for what is not a part of the YAML.

    If it has omissions, it need not be valid YAML. `is_one_file` is false if it shows several files, and
    `shows_mistake` means that it is there to explain a mistake. `is_quoted` means that each of its lines begins with
    the mark of a quote in the document.
    """

    span: Span
    text: str
    has_omissions: bool
    is_one_file: bool
    shows_mistake: bool
    is_quoted: bool


def samples(suffix: str, text: str) -> tuple[Sample, ...]:
    """Return the YAML blocks of a document, in their order."""
    found: list[Sample] = []
    for part in yaml_parts(suffix, text):
        inside = part.text(text)
        has_omissions = _OMISSION.search(inside) is not None
        is_one_file = len(_NAMED_FILE.findall(inside)) < 2 and _NEXT_FILE.search(inside.lstrip("-\r\n ")) is None
        shows_mistake = _MISTAKE.search(inside) is not None
        inside = _ELLIPSIS.sub(lambda match: " " * len(match[0]), inside)
        found.append(Sample(part.span, inside, has_omissions, is_one_file, shows_mistake, part.is_quoted))
    return tuple(found)


_FILE_END = re.compile(r"#[^\n]*|\.ya?ml\b")


def used_files(sample: Sample) -> frozenset[int]:
    """Return the offsets in the document at which names of files in a YAML block end, those in comments left out."""
    found = (match for match in _FILE_END.finditer(sample.text) if match[0][0] == ".")
    return frozenset(sample.span.start + match.end() for match in found)
