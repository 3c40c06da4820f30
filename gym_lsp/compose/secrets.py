"""What must not be shown. Every command, editor feature and report asks this module.

A value is a secret because of the names on its key path, because of its own look, or because the same text is a secret
elsewhere in the run. NeMo Gym masks by names alone (`recursively_hide_secrets`), and by fewer of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from gym_lsp.compose.config import Table, leaves
from gym_lsp.gym.layout import DELETE_KEY, SERVER_DEPTH
from gym_lsp.gym.vocabulary import SERVER_TYPES
from gym_lsp.syntax import Atom, Document, KeyPath, Mapping, Scalar, Sequence
from gym_lsp.syntax.interpolation import (
    Argument,
    Call,
    DictValue,
    Joined,
    ListValue,
    Literal,
    Part,
    Primitive,
    Quoted,
    Reference,
    Value,
    parse_template,
    walk,
)
from gym_lsp.syntax.tree import Node
from gym_lsp.text import Span

MASK = "****"

# Names

_PARTS = ("token", "key", "header", "password", "passwd", "secret", "credential", "cookie", "authorization")
"""Parts of names: the three of NeMo Gym's `looks_like_secret_key`, and more."""
_WORDS = frozenset({"auth", "auths", "pat", "pwd", "bearer"})
"""Whole words of names. As parts, they are in names such as `author` and `path`."""
_ONE = frozenset({"token", "key", "password", "passwd", "secret", "credential", "cookie", "authorization", *_WORDS})
"""The last words of names with a single secret. A number under `token` is one, but under `max_tokens` a count."""
_SEVERAL = frozenset({"tokens", "keys", "headers", "passwords", "secrets", "credentials", "cookies", "auth", "auths"})
"""The last words of names with a mapping or a list of secrets."""
_NO_SECRET = frozenset({DELETE_KEY, "key_prefix"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LETTER = re.compile(r"[^\W_]")


# The same few thousand names are in all configs.
@lru_cache(maxsize=1 << 13)
def looks_secret(name: Atom) -> bool:
    """Return whether a text under this name must not be shown."""
    if not isinstance(name, str) or name in _NO_SECRET:
        return False
    lowered = name.lower()
    return any(part in lowered for part in _PARTS) or any(word.lower() in _WORDS for word in _WORD.findall(name))


@lru_cache(maxsize=1 << 13)
def _ends_with(name: Atom, words: frozenset[str]) -> bool:
    found = _WORD.findall(name) if isinstance(name, str) and name not in _NO_SECRET else []
    return bool(found) and found[-1].lower() in words


def is_secret(path: KeyPath, value: Atom) -> bool:
    """Return whether a value must not be shown because of its names: its own, or those of the blocks around it.

    Whether a secret is set at all is not a secret, so a text without letters and digits is none.
    """
    if value is None or isinstance(value, bool):
        return False
    # A name that ends with a word of one or several secrets looks secret, too.
    if not any(map(looks_secret, path)) or not _LETTER.search(str(value)):
        return False
    names = [step for step in path if isinstance(step, str)]
    is_server = len(names) > 1 and names[1] in SERVER_TYPES
    # The name of a server may contain one of these words, too. Its fields are not secret because of that.
    inside = names[SERVER_DEPTH:] if is_server else names[1:]
    if isinstance(value, str) and any(map(looks_secret, (*inside, names[-1]))):
        return True
    around = inside if is_server else names
    if isinstance(path[-1], str):
        around = around[:-1]
    return _ends_with(names[-1], _ONE) or any(_ends_with(name, _SEVERAL) for name in around)


# Texts

_TOKENS = {
    "sk-": r"sk-[\w-]{6,}",
    "hf_": r"hf_[A-Za-z0-9]{8,}",
    **{f"gh{letter}_": rf"gh{letter}_[A-Za-z0-9]{{6,}}" for letter in "opsur"},
    "github_pat_": r"github_pat_\w{6,}",
    "glpat-": r"glpat-[\w-]{6,}",
    "nvapi-": r"nvapi-[\w-]{6,}",
    "xox": r"xox[abeprs]-[\w-]{6,}",
    "AKIA": r"AKIA[A-Z0-9]{12,}",
    "eyJ": r"eyJ[\w-]{10,}\.[\w.-]{10,}",
    "earer ": r"(?<=[bB]earer )[\w.~+/=-]{8,}",
}
"""Texts that are secrets wherever they are, each by a part that it or the text before it contains."""
_TOKEN = re.compile(rf"\b(?:{'|'.join(_TOKENS.values())})")
_CREDENTIALS = re.compile(r"""(?<=://)[^\s/@:"'`]{1,256}(?::[^\s"'`]{0,256})?(?=@)""")
"""The user and the password of an address. A password may contain `@` and `/`."""
_ASSIGNED = re.compile(r"""(?<![\w.-])([\w.-]++)=([^\s&;,"'`]++)""")
"""A name and its value in the query of an address, in a connection string, or in an override."""
_SHORTEST = 8
"""Characters. A shorter secret is a placeholder such as EMPTY, which other texts may contain by chance."""
_SHORTEST_BEGINNING = 3
"""Characters of a secret whose end is cut off."""
_MOST_SEARCHED = 200
"""Secrets that are searched inside other texts. Any number is recognized as a whole text."""
_QUOTED = re.compile(r"`([^`\n]{1,4096})`")
_CUT = "…"


class Secrets(Struct, frozen=True):
    """The texts that are secrets somewhere in some files."""

    values: frozenset[str] = frozenset()

    def union(self, others: Iterable[Secrets]) -> Secrets:
        """Return these secrets and others."""
        return Secrets(self.values.union(*(other.values for other in others)))


NONE = Secrets()


def secrets_in(root: Table) -> Secrets:
    """Return the secrets of a configuration, those inside other texts included."""
    found: set[str] = set()
    for path, leaf in leaves(root):
        if leaf.is_interpolation:
            found.update(_written_in(path, str(leaf.value)))
        elif is_secret(path, leaf.value):
            found.add(str(leaf.value))
        elif isinstance(leaf.value, str):
            found.update(leaf.value[span.start : span.end] for span in _spans(leaf.value))
    return Secrets(frozenset(found))


def secrets_in_broken(document: Document) -> Secrets:
    """Return the texts of a document that is not valid YAML that are probably meant as secrets."""
    spans = _named(document) if _is_unclear(document) else ()
    words = (word for span in spans for word in _VALUE.findall(span.of(document.text)))
    return Secrets(frozenset(word for word in words if len(word) >= _SHORTEST))


def masked(path: KeyPath, value: Atom, known: Secrets = NONE) -> Atom:
    """Return a value as it may be shown: `****` for a secret, and in place of a secret that is a part of it."""
    if is_secret(path, value):
        return MASK
    if isinstance(value, str):
        return MASK if value in known.values else masked_text(value, known)
    is_known = not isinstance(value, bool) and len(text := str(value)) >= _SHORTEST and text in known.values
    return MASK if is_known else value


def masked_text(text: str, known: Secrets = NONE) -> str:
    """Return a text, such as a message, with `****` in place of each secret in it."""
    spans = (*_spans(text), *_known_spans(text, known))
    return _replaced(text, spans, lambda secret: MASK) if spans else text


def refers_to_secret(text: str) -> bool:
    """Return whether an interpolation contains a value that must not be shown."""
    return any(
        isinstance(node, Reference) and bool(node.steps) and looks_secret(node.steps[-1].key)
        for node in walk(parse_template(text))
    )


def _written_in(path: KeyPath, text: str) -> Iterator[str]:
    """Yield the secrets that are written in an interpolation, such as the default of a variable.

    In `${oc.env:API_KEY,EMPTY}`, the default is the value of `API_KEY`, whatever the name of the value itself is.
    """
    # Each part with the key paths whose value it is.
    pending: list[tuple[tuple[KeyPath, ...], Part | Value | Argument]]
    pending = [((path,), part) for part in parse_template(text).parts]
    while pending:
        paths, part = pending.pop()
        match part:
            case Call(name=name, args=(first, *further)) if name in _WITH_NAME:
                pending.extend(((*paths, (first.raw,)), each) for each in further)
            case Call():
                pending.extend((paths, each) for each in part.args)
            case Argument():
                pending.append((paths, part.value))
            case Joined() | Quoted():
                pending.extend((paths, each) for each in part.parts)
            case ListValue():
                pending.extend((paths, each) for each in part.items)
            case DictValue():
                pending.extend(((*paths, (str(entry.key.value),)), entry.value) for entry in part.entries)
            case Primitive() | Literal():
                value = part.text if isinstance(part, Literal) else part.value
                words = _VALUE.findall(str(value)) if any(is_secret(each, value) for each in paths) else ()
                yield from (word for word in words if len(word) >= _SHORTEST)
            case Reference():
                pass


_WITH_NAME = frozenset({"oc.env", "oc.select"})
"""Resolvers whose first argument is a name, and the second its default."""
_VALUE = re.compile(r"""[^\s,;:={}\[\]"'`]+""")


def _spans(text: str) -> Iterator[Span]:
    """Yield the secrets in a text that are recognized without knowing its place."""
    # Nearly all texts are without a token, and a pattern takes far longer to find that out.
    if any(map(text.__contains__, _TOKENS)):
        for match in _TOKEN.finditer(text):
            yield Span(*match.span())
    if "://" in text and "@" in text:
        for match in _CREDENTIALS.finditer(text):
            yield Span(*match.span())
    if "=" in text:
        for match in _ASSIGNED.finditer(text):
            if _ends_with(match[1], _ONE) and not match[2].startswith("$"):
                yield Span(*match.span(2))


def _known_spans(text: str, known: Secrets) -> Iterator[Span]:
    """Yield where a text contains known secrets, and where it quotes one, completely or with its end cut off."""
    if not known.values:
        return
    searched = _searched(known.values)
    for value in searched:
        start = text.find(value)
        while start >= 0:
            yield Span(start, start + len(value))
            start = text.find(value, start + len(value))
    for match in _QUOTED.finditer(text):
        quoted = match[1]
        if quoted in known.values:
            yield Span(*match.span(1))
        elif quoted.endswith(_CUT):
            longest = max(_beginning(quoted[:-1], value) for value in searched) if searched else 0
            if longest:
                yield Span(match.end(1) - len(_CUT) - longest, match.end(1))


def _beginning(text: str, value: str) -> int:
    """Return how many characters at the end of a text are the beginning of a value, 0 if they are too few."""
    lengths = range(min(len(text), len(value)), _SHORTEST_BEGINNING - 1, -1)
    return next((length for length in lengths if text.endswith(value[:length])), 0)


@lru_cache(maxsize=64)
def _searched(values: frozenset[str]) -> tuple[str, ...]:
    """Return the secrets that are long enough to be searched in other texts, the longest first."""
    long = (value for value in values if len(value) >= _SHORTEST)
    return tuple(sorted(long, key=lambda value: (-len(value), value))[:_MOST_SEARCHED])


def _replaced(text: str, spans: Iterable[Span], replacement: Callable[[str], str]) -> str:
    """Return a text with something else in place of its secrets."""
    pieces: list[str] = []
    end = 0
    for span in _merged(spans):
        pieces.append(text[end : span.start])
        pieces.append(replacement(span.of(text)))
        end = span.end
    return "".join((*pieces, text[end:]))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in their order, those that meet as one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


# Secrets that are written where others can read them

_RANDOM = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9_+=.~-]{16,}|[0-9a-f]{32,}|[0-9A-F]{32,}")
_PLACEHOLDER = re.compile(
    r"your|example|dummy|placeholder|fake|change|insert|todo|test|x{3}|\*{3}|\.{3}|1234", re.IGNORECASE
)
_FAKE_LOGIN = re.compile(r"(?:user\w*|me|admin|root):(?:pass\w*|pw|pwd|secret|admin|root|postgres)?", re.IGNORECASE)


def literal_secrets(path: KeyPath, value: Atom) -> Iterator[Span]:
    """Yield the parts of a value that are certainly secrets, and not placeholders or references."""
    if not isinstance(value, str) or _PLACEHOLDER.search(value):
        return
    known = [span for span in _spans(value) if not _FAKE_LOGIN.fullmatch(span.of(value))]
    if known or "${" in value:
        yield from known
    elif is_secret(path, value) and _ends_with(path[-1], _ONE) and _RANDOM.fullmatch(value):
        yield Span(0, len(value))


# Source text

_NAMED = re.compile(r"""([\w.-]{1,64})["']?[ \t]*[:=][ \t]*(?=[^\s$?{[&*|>])([^\n]+)""")
"""A name and its value, in a comment or in text that is not valid YAML."""
_WITHOUT_COLON = re.compile(r"""^[ \t-]*["']?([\w.-]{1,64})["']?[ \t]+(?=[^\s:=#])([^\n]+)""", re.MULTILINE)
"""A line in text that is not valid YAML, perhaps because the colon is missing."""
_FIELD = re.compile(r"""\b(\w++): [^=\n]{1,200}= *(?=["'\d\[{(])([^\n]+)""")
"""The field of a class in Python, and its default."""


def masked_source(document: Document, known: Secrets = NONE) -> str:
    """Return the text of a file with `*` in place of each character of a secret, so that all offsets stay the same."""
    text = document.text
    spans = [*_spans(text), *_known_spans(text, known)]
    for path, scalar in _scalars(document):
        is_shown = isinstance(scalar.value, str) and "${" in scalar.value
        if not is_shown and masked(path, scalar.value, known) == MASK:
            spans.append(scalar.span)
    spans.extend(_named(document))
    return _replaced(text, spans, _covered)


def _named(document: Document) -> Iterator[Span]:
    """Yield the values of names in comments and, if a text is not valid YAML, in all of it."""
    text = document.text
    matches = [_NAMED.finditer(text, span.start, span.end) for span in document.comments]
    if _is_unclear(document):
        matches = [_NAMED.finditer(text), _WITHOUT_COLON.finditer(text)]
    yield from (Span(*found.span(2)) for each in matches for found in each if _ends_with(found[1], _ONE))


def _is_unclear(document: Document) -> bool:
    """Whether what can be read of a text need not be what was meant."""
    return document.is_broken or not isinstance(document.root, Mapping)


def masked_program(text: str, known: Secrets = NONE) -> str:
    """Return a text that is not YAML, such as a program or a command line, masked like `masked_source`."""
    fields = (
        match
        for match in _FIELD.finditer(text)
        if _ends_with(match[1], _ONE if match[2].isalnum() else _ONE | _SEVERAL)
    )
    spans = (*_spans(text), *_known_spans(text, known), *(Span(*match.span(2)) for match in fields))
    return _replaced(text, spans, _covered)


def _covered(secret: str) -> str:
    return re.sub(r"\S", "*", secret)


def _scalars(document: Document) -> Iterator[tuple[KeyPath, Scalar]]:
    """Yield each value that is written in a document, with its key path. Repeated keys are not left out."""
    pending: list[tuple[KeyPath, Node]] = [] if document.root is None else [((), document.root)]
    while pending:
        path, node = pending.pop()
        if isinstance(node, Scalar):
            yield path, node
        elif isinstance(node, Mapping):
            pending.extend(((*path, str(entry.name)), entry.value) for entry in node.entries)
            pending.extend((path, entry.key) for entry in node.entries if not isinstance(entry.key, Scalar))
        elif isinstance(node, Sequence):
            pending.extend(((*path, index), item) for index, item in enumerate(node.items))
