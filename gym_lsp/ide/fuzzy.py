"""Fuzzy matching of names, for the search for symbols in a workspace."""

from __future__ import annotations

_BOUNDARIES = frozenset("_-./ :")


def fuzzy_score(query: str, name: str) -> int | None:
    """Return how well `name` matches `query`, higher is better, or None if it does not match.

    The name must contain all characters of the query except spaces, in the same order, regardless of case. The whole
    name is the best match, then its beginning, then a substring, then the first letters of its words.
    """
    wanted, given = query.casefold(), name.casefold()
    if not wanted:
        return 0
    at = given.find(wanted)
    if at != -1:
        return _score_of_substring(len(wanted), len(given), at == 0, at == 0 or given[at - 1] in _BOUNDARIES)
    score, position, previous = 0, 0, -2
    for character in "".join(wanted.split()):
        position = given.find(character, position)
        if position == -1:
            return None
        if position == previous + 1:
            score += 3
        elif position == 0 or given[position - 1] in _BOUNDARIES:
            score += 5
        previous = position
        position += 1
    return score * 10 - len(given)


def _score_of_substring(wanted: int, given: int, is_start: bool, is_word: bool) -> int:
    if wanted == given:
        return 4000
    return (3000 if is_start else 2000 if is_word else 1000) - given
