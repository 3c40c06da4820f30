"""One line for each finding, `path:line:column: severity[rule] message`, for grep and for editors' error lists."""

from __future__ import annotations

from gym_lsp.reporters.paths import relative_path
from gym_lsp.reporters.report import Report, Sources
from gym_lsp.reporters.terminal import SEVERITY_INK, Ink, Palette, one_line
from gym_lsp.text import visible


def render(report: Report, *, color: bool, width: int) -> str:
    """Render a line for each finding, without wrapping; without findings, nothing."""
    paint = Palette(color=color).paint
    sources = Sources(report)
    lines: list[str] = []
    for diagnostic in report.diagnostics:
        path = visible(relative_path(diagnostic.path, report.working_directory))
        line, column = sources.range(diagnostic.path, diagnostic.span).start
        place = f"{paint(path, Ink.BOLD)}:{line}:{column}:"
        label = paint(f"{diagnostic.severity.label}[{diagnostic.rule}]", SEVERITY_INK[diagnostic.severity])
        lines.append(f"{place} {label} {one_line(diagnostic.message)}\n")
    return "".join(lines)
