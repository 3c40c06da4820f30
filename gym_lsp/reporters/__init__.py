"""Reports as text. Each format is a module with a function `render`, and `FORMATS` lists them.

A format is imported when it is first used, so that `--check` on a terminal imports neither JSON nor hashing.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from gym_lsp.reporters.report import Report, RuleInfo, Summary, summary_line

__all__ = ["FORMATS", "Format", "Report", "RuleInfo", "Summary", "summary_line"]


class Format(Protocol):
    """A pure function from a report to text that is empty or ends in a line break.

    `color` allows ANSI codes, and `width` is the number of columns; formats for machines ignore both.
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
