"""The faults of templates agree with Python's `str.format_map`."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from gym_lsp.gym.prompt import BraceFault, placeholders, template_faults

SUSPECTED = frozenset({BraceFault.ATTRIBUTE, BraceFault.NOT_A_COLUMN})
"""Faults that fail for every real row, but not for `Row`, which has every column and attribute."""


class Anything:
    """A value that accepts any format."""

    def __format__(self, specification: str) -> str:
        return ""

    def __repr__(self) -> str:
        return ""

    __str__ = __repr__


class Row(dict[str, Any]):
    """A row that has every column and records which ones are read."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: list[str] = []

    def __missing__(self, column: str) -> Anything:
        self.columns.append(column)
        return Anything()


def fails(template: str) -> bool:
    """Whether the template is wrong, apart from formats that a value does not accept."""
    try:
        template.format_map(Row())
    except ValueError as error:
        return "format code" not in str(error) and "format specifier" not in str(error)
    except (AttributeError, TypeError):
        return True
    return False


@given(st.text(alphabet="{{{{}}}}ab.[]!:r0 \n", max_size=14))
@example("{a:{}}")
@example("{a:{b}}")
@example("{a[}]}")
@example("{a!r:>{b}}")
def test_faults_are_those_of_python(template: str) -> None:
    faults = list(template_faults(template))
    if fails(template):
        assert faults
    else:
        assert {fault.fault for fault in faults} <= SUSPECTED


@given(st.text(alphabet="{}ab.[]!:r0 \n", max_size=14))
def test_faults_are_at_braces(template: str) -> None:
    for fault in template_faults(template):
        assert 0 <= fault.start < fault.end <= len(template)
        assert template[fault.start] in "{}"


@given(st.text(alphabet="{}ab\n", max_size=14))
def test_doubled_braces_are_not_a_fault(text: str) -> None:
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert not list(template_faults(doubled))
    assert doubled.format_map({}) == text


@given(st.text(alphabet="{{{{}}}}ab!:r0 \n", max_size=14))
@example("{a}{{b}}{a!r:>{b}}")
def test_placeholders_are_those_of_python(template: str) -> None:
    if list(template_faults(template)):
        return
    row = Row()
    template.format_map(row)
    found = list(placeholders(template))
    assert sorted(each.name for each in found) == sorted(row.columns)
    assert all(template[each.start :].startswith(f"{{{each.name}") for each in found)
    assert all(template[each.end - 1] == "}" for each in found)
