"""What a text shows at a glance: whether it can belong to NeMo Gym at all, and its top-level names.

In a large repository, most YAML files belong to other tools. To read them takes a fraction of the time of parsing, and
nothing of them has to be kept.
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern

from msgspec import Struct

from gym_lsp.gym.embedding import NEMO_RL, RECIPE_DEFAULTS
from gym_lsp.gym.layout import CONFIG_PATHS, COPY, DEFAULT_METADATA, ENTRYPOINT, INHERIT_FROM
from gym_lsp.gym.release.profile import Profile
from gym_lsp.project import NAME

_SUPPRESSION = NAME
"""In a comment, it can suppress findings, and is checked in every file."""
_EMBEDDED = str(NEMO_RL.path[-1])
"""The key of the run that a training recipe embeds."""
_PROMPT = "user"
_TOP_LEVEL_KEY = re.compile(
    r"""^(?:"([^"\n]+)"|'((?:[^'\n]|'')+)'|([^\s#\-'"\[\]{}&*!|>%@`,?:][^\n:#]*?))\s*:(?:\s|$)""", re.MULTILINE
)


class Glance(Struct, frozen=True):
    """What the text of a file shows: whether it may belong to NeMo Gym, and its top-level keys."""

    may_be_gym: bool
    keys: tuple[str, ...] = ()


class Screen(Struct, frozen=True):
    """The words without which a text is neither a config, a manifest nor a prompt, wherever it is.

    They are those that `recognise` looks for. A text can spell a key in ways that only a parser reads: with escapes, as
    an alias, or after a `?`. Such a text may always be one.
    """

    server_types: frozenset[str]
    sandbox_providers: frozenset[str]

    def passes(self, text: str) -> bool:
        """Return whether a text may belong to NeMo Gym, or contains a comment for gym-lsp."""
        words, keys, pattern = _searched(self)
        # To search for each word alone is several times as fast as one pattern.
        for word in words:
            if word in text:
                return True
        for part in keys:
            if part in text:
                return pattern.search(text) is not None
        return False


def screen_of(profile: Profile) -> Screen:
    """Return the screen for a release."""
    return Screen(frozenset(profile.server_types), frozenset(map(str, profile.sandbox_providers)))


_UNUSUAL = ("?", "*")
"""How a key can begin that is written in another way."""


@lru_cache(maxsize=8)
def _searched(screen: Screen) -> tuple[tuple[str, ...], tuple[str, ...], re.Pattern[str]]:
    """Return the words that are enough, the parts of a text that has to be searched for keys, and their pattern."""
    # As a part of a longer key, these words change nothing. A backslash can be part of an escaped letter.
    words = (
        _SUPPRESSION,
        _EMBEDDED,
        CONFIG_PATHS,
        INHERIT_FROM,
        COPY,
        DEFAULT_METADATA,
        ENTRYPOINT,
        *screen.server_types,
        "\\",
    )
    # These are common in other texts.
    keys = (_PROMPT, *screen.sandbox_providers)
    pattern = re.compile(
        rf"""(?<![\w.-]) (?:{"|".join(map(re.escape, sorted(keys)))}) ["']? (?:\s|\#[^\n]*\n)* [:,}}\]]
        | (?:^|[-\[{{,?]) \s* \?(?:\s|$) | \*\S+\s*:
        """,
        re.VERBOSE | re.MULTILINE,
    )
    return words, (*_UNUSUAL, *keys), pattern


def glance(text: str, screen: Screen) -> Glance:
    """Return what a text shows."""
    keys = top_level_keys(text)
    # A training recipe may have everything else from another one.
    is_in_braces = not keys and RECIPE_DEFAULTS in text and text.lstrip().startswith("{")
    return Glance(RECIPE_DEFAULTS in keys or is_in_braces or screen.passes(text), keys)


def top_level_keys(text: str) -> tuple[str, ...]:
    """Return everything that looks like a key at the start of a line, each once."""
    matches = _TOP_LEVEL_KEY.finditer(text)
    return tuple(dict.fromkeys(intern(match[1] or match[3] or match[2].replace("''", "'")) for match in matches))
