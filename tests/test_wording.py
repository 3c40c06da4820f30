"""What people read is plain English: the words of `tests/wording.toml` are not used.

`python -m tests.tools.wording [PATH...]` prints every use.
"""

from __future__ import annotations

import pytest

from tests.tools.wording import Hit, client, hits, python, texts, words

_SAMPLE = '''\
"""A module that tells."""

# A comment over two lines that
# stands for itself, nobody's.
@rule("x", severity=e)
def check(found):
    """A page that
    is no good."""
    raise ValueError(f"there is no {found}; a {found[ 'blank in' ]} is no "
                     "key", "told", "as told")
'''


@pytest.fixture(scope="module")
def found() -> list[Hit]:
    listed = words()
    return [hit for text in texts() for hit in hits(text, listed)]


def test_people_read_plain_english(found: list[Hit]) -> None:
    assert not found, "\n".join(map(str, found))


def test_every_exception_has_a_reason() -> None:
    for word in words():
        assert word.reason and word.instead and set(word.readers) <= {"users", "contributors"}


def test_words_are_found_where_they_are_written() -> None:
    listed = words()
    found = [(hit.line, hit.found) for text in python("gym_lsp/x.py", _SAMPLE) for hit in hits(text, listed)]
    assert sorted(found) == [(1, "tells"), (4, "nobody"), (8, "is no"), (9, "blank in"), (9, "is no"), (10, "told")]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("x.ts", "// it's told\nconst a = 'told'; /* told */ show(`${a} told`);"),
        ("x.lua", '-- it\'s told\nlocal a = "told" show("a told")'),
    ],
)
def test_strings_of_clients_are_searched(path: str, source: str) -> None:
    listed = words()
    assert [(hit.line, hit.found) for text in client(path, source) for hit in hits(text, listed)] == [(2, "told")]
