"""`gym-lsp --graph`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gym_lsp.cli.failure import EXIT_CLEAN
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.workspaces import composed, workspace_of_run
from gym_lsp.ide.wiring import Wiring, wiring
from gym_lsp.reporters.drawing import svg
from gym_lsp.reporters.graph import Layer
from gym_lsp.reporters.graph_text import dot, mermaid

_DRAWN: dict[str, Callable[[Wiring, Sequence[Layer]], str]] = {"mermaid": mermaid, "dot": dot, "svg": svg}


def graph(options: Options) -> int:
    """Print the servers of a run and their references as a graph, in the chosen format."""
    workspace, run = workspace_of_run(options)
    composition = composed(workspace, run)
    layers = [Layer(layer) for layer in dict.fromkeys(options.layer)] or [Layer.SERVERS]
    text = _DRAWN[options.format or "mermaid"](wiring(workspace, composition), layers)
    Output(options).write_text(text)
    return EXIT_CLEAN
