"""How well a name fits what somebody typed in search of it."""

from __future__ import annotations

_BOUNDARIES = frozenset("_-./ :")


def fuzzy_score(query: str, name: str) -> int | None:
    """How well `name` fits `query`, higher is better; None where it does not fit.

    Every character of the query but blanks must be in the name, in this order, upper and lower case aside. The whole
    name is best, then its beginning, then a stretch of it, then letters that begin its words.
    """
    wanted, given = query.casefold(), name.casefold()
    if not wanted:
        return 0
    at = given.find(wanted)
    if at != -1:
        return _of_stretch(len(wanted), len(given), at == 0, at == 0 or given[at - 1] in _BOUNDARIES)
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


def _of_stretch(wanted: int, given: int, is_start: bool, is_word: bool) -> int:
    if wanted == given:
        return 4000
    return (3000 if is_start else 2000 if is_word else 1000) - given
