"""The commands as tools of a coding agent: arguments in, a short answer out.

They call what the command line and the editor features call. What is special about them is that their arguments come
from a model, so paths are limited to one folder, and that their answers are bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct

from gym_lsp import __version__
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.tools import checking, documents, explaining, finding, fixing, listing, resolving
from gym_lsp.cli.tools.arguments import Check, Explain, Find, Fix, List, Resolve
from gym_lsp.cli.tools.site import Site
from gym_lsp.mcp.offer import Answer, Offer, Tool, ToolError

_INSTRUCTIONS = """\
gym-lsp checks NVIDIA NeMo Gym configs (YAML) without running anything. Paths are relative to the workspace, and
secrets are masked.

- After each edit of a config, call `check` with its path in `paths`. A fragment may have open names, which are
  information and not errors.
- Before a run, call `check` with `config`: the root configs in the order of the command line. A run must be complete.
- `explain` returns the page of the rule that a finding names.
- `fix` returns fixes as a diff, and writes them only with `write`.
- `resolve` returns the composed configuration of a run with the file and line of each value.
- `find` returns what defines and uses a name or a file. `list` returns the components that there are.
"""

_TOOLS: tuple[tuple[str, str, str, type[Struct], Callable[[Site, Any], Answer]], ...] = (
    (
        "check",
        "Check configs",
        (
            "Report mistakes in NeMo Gym configs: files and folders, or one complete run (`config`, a name such as "
            "`environment`, or `recipe`). Each finding is `path:line:column: severity[rule] message`, the worst first. "
            "Reads files only."
        ),
        Check,
        checking.check,
    ),
    (
        "explain",
        "Explain a rule",
        "Return the page of a rule that a finding names: what it reports, why, and what to write instead.",
        Explain,
        explaining.explain,
    ),
    (
        "resolve",
        "Resolve a run",
        (
            "Return the configuration of a run after includes, merging, directives and overrides, with the file and "
            "line of each value. Secrets are masked."
        ),
        Resolve,
        resolving.resolve,
    ),
    (
        "find",
        "Find definitions and uses",
        (
            "Return where a name is defined and used: an instance, a dotted key path, an implementation, an "
            "environment variable. For a file, return what includes it, and which configs reach it. Or ask about a "
            "place in a file."
        ),
        Find,
        finding.find,
    ),
    (
        "list",
        "List components",
        "List environments, benchmarks, agents, models, resources servers or training recipes, with their configs.",
        List,
        listing.list_components,
    ),
    (
        "fix",
        "Fix findings",
        (
            "Return the fixes of findings as a diff. Writes the files only with `write`, and only in the workspace. A "
            "fix that would cause another error is left out."
        ),
        Fix,
        fixing.fix,
    ),
)


def offer(site: Site) -> Offer:
    """Return all tools and documents for a folder."""
    tools = {
        name: Tool(name, title, description, arguments, partial(_answer, function, site), writes=name == "fix")
        for name, title, description, arguments, function in _TOOLS
    }

    def read(uri: str) -> str:
        try:
            return documents.read(site, uri)
        except UsageError as error:
            raise ToolError(str(error)) from None

    return Offer(__version__, _INSTRUCTIONS, tools, documents.RESOURCES, documents.TEMPLATES, read)


def _answer(function: Callable[[Site, Any], Answer], site: Site, given: Struct) -> Answer:
    try:
        return function(site, given)
    except UsageError as error:
        raise ToolError(str(error)) from None
