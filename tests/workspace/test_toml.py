from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.syntax import KeyPath
from gym_lsp.workspace.toml import error_span, spans

DOCUMENT = '''\
top = 1 # not = a key
"quoted key" = "a = 1\\"]"
dates = [1979-05-27T07:32:00-08:00, 07:32:00]
text = """
nested = 2
[no.table]"""
literal = \'\'\'it's [not] = this\'\'\'

[tool.gym-lsp] # the table
select = [
  "all", # a comment, with a comma
  'missing',
]
severity = { a-rule = "off", b.c = [{ d = 1.5 }, {}] }
[tool.gym-lsp.runs]
"a.b" = ["x.yaml", ["y"], []]
dotted . key = +inf
'''


def paths(value: object, prefix: KeyPath = ()) -> Iterator[KeyPath]:
    """The key paths of all values in a document that tomllib parsed."""
    match value:
        case dict():
            for key, inner in value.items():  # pyright: ignore[reportUnknownVariableType]
                yield (*prefix, str(key))  # pyright: ignore[reportUnknownArgumentType]
                yield from paths(inner, (*prefix, str(key)))  # pyright: ignore[reportUnknownArgumentType]
        case list():
            for index, inner in enumerate(value):  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
                yield (*prefix, index)
                yield from paths(inner, (*prefix, index))  # pyright: ignore[reportUnknownArgumentType]
        case _:
            pass


def test_every_key_and_item_has_a_span() -> None:
    assert set(spans(DOCUMENT)) == set(paths(tomllib.loads(DOCUMENT)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("quoted key",), '"quoted key"'),
        (("tool", "gym-lsp"), "gym-lsp"),
        (("tool", "gym-lsp", "select"), "select"),
        (("tool", "gym-lsp", "select", 0), '"all"'),
        (("tool", "gym-lsp", "select", 1), "'missing'"),
        (("tool", "gym-lsp", "severity", "a-rule"), "a-rule"),
        (("tool", "gym-lsp", "severity", "b", "c", 0), "{ d = 1.5 }"),
        (("tool", "gym-lsp", "runs", "a.b", 1), '["y"]'),
        (("tool", "gym-lsp", "runs", "a.b", 2), "[]"),
        (("dates", 0), "1979-05-27T07:32:00-08:00"),
    ],
)
def test_a_span_covers_its_key_or_item(path: KeyPath, text: str) -> None:
    assert spans(DOCUMENT)[path].of(DOCUMENT) == text


def test_windows_line_breaks_change_nothing() -> None:
    document = DOCUMENT.replace("\n", "\r\n")
    assert set(spans(document)) == set(paths(tomllib.loads(document)))


scalars = st.sampled_from(["1", "-1.5", "true", '"a, [b] = {c}"', "'#'", "1979-05-27 07:32:00", '"""\n[x]\n"""', "''"])
keys = st.sampled_from(["a", "b-c", "1", '"d.e"', "'f'"])


def lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(values, max_size=3).map(lambda items: "[" + ", # one\n".join(items) + "\n]")


def tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(keys, values, max_size=2).map(
        lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs.items()) + "}"
    )


values = st.recursive(scalars, lambda inner: lists(inner) | tables(inner), max_leaves=8)


@given(st.dictionaries(keys, values), st.dictionaries(keys, values))
def test_spans_agree_with_tomllib(top: dict[str, str], below: dict[str, str]) -> None:
    lines = [f"{key} = {value}" for key, value in top.items()]
    lines += ["[table . 'of its own']", *(f"{key}.x={value}" for key, value in below.items())]
    document = "\n".join(lines)
    assert set(spans(document)) == set(paths(tomllib.loads(document)))


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("a = 1\nb = \n", "a = 1\nb = "),
        ("a = 1\né b\n", "a = 1\n"),
        ("a = [1,", "a = [1,"),
        ("a = 1\na = 2\n", "a = 1\na = 2"),
    ],
)
def test_an_error_has_a_place(text: str, before: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    span = error_span(text, caught.value)
    assert span.is_empty
    assert text[: span.start] == before
