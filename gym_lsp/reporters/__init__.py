"""Diagnostics to text. Each format is one module with one function, `render`; `FORMATS` names them.

A format is imported when it is first used: `--check` on a terminal pays neither for JSON nor for hashing.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from gym_lsp.reporters.report import Report, RuleInfo, Summary, summary_line

__all__ = ["FORMATS", "Format", "Report", "RuleInfo", "Summary", "summary_line"]


class Format(Protocol):
    """A pure function from a report to text that ends in a line break, or to nothing at all.

    `color` allows ANSI codes, `width` is how many columns a line may take; formats for machines heed neither.
    """

    def __call__(self, report: Report, *, color: bool, width: int) -> str: ...


def _format(module: str) -> Format:
    def render(report: Report, *, color: bool, width: int) -> str:
        rendered: str = import_module(f"gym_lsp.reporters.{module}").render(report, color=color, width=width)
        return rendered

    return render


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "full": _format("full"),
        "concise": _format("concise"),
        "json": _format("json_"),
        "sarif": _format("sarif"),
        "github": _format("github"),
        "gitlab": _format("gitlab"),
        "junit": _format("junit"),
    }
)
