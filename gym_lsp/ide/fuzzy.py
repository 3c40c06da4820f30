"""Fuzzy matching of names: symbols with the query of a search, candidates with what is typed."""

from __future__ import annotations

_BOUNDARIES = frozenset("_-./ :")


def fuzzy_score(query: str, name: str) -> int | None:
    """Return how well `name` matches `query`, higher is better, or None if it does not match.

    The name must contain all characters of the query except spaces, in the same order, regardless of case. The whole
    name is the best match, then its beginning, then a substring, then the first letters of its words.
    """
    pattern, candidate = query.casefold(), name.casefold()
    if not pattern:
        return 0
    at = candidate.find(pattern)
    if at != -1:
        return _score_of_substring(len(pattern), len(candidate), at == 0, at == 0 or candidate[at - 1] in _BOUNDARIES)
    score, position, previous = 0, 0, -2
    for character in "".join(pattern.split()):
        position = candidate.find(character, position)
        if position == -1:
            return None
        if position == previous + 1:
            score += 3
        elif position == 0 or candidate[position - 1] in _BOUNDARIES:
            score += 5
        previous = position
        position += 1
    return score * 10 - len(candidate)


def _score_of_substring(pattern: int, candidate: int, is_start: bool, is_word: bool) -> int:
    if pattern == candidate:
        return 4000
    return (3000 if is_start else 2000 if is_word else 1000) - candidate
