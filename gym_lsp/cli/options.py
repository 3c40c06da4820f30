"""The options of one call of `gym-lsp`, as plain data."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gym_lsp.diagnostic import Severity

Command = Literal[
    "check", "list", "resolve", "graph", "explain", "json_schema", "new", "print_completion", "mcp", "serve"
]
"""`serve` is what happens when no other command is given."""
ComponentName = Literal["environments", "agents", "models", "resources-servers", "benchmarks", "recipes"]
GraphFormat = Literal["mermaid", "dot", "svg"]
Shell = Literal["bash", "zsh", "fish"]

SELECTORS = ("benchmark", "environment", "resources_server", "model_type", "agent_type")
"""The options that select a config of the run by a name."""
RUN_VALUES = ("agent", "model", "model_url", "model_api_key", "allow_unsupported_pairing")
"""The options of a run that are short for an override."""
BY_NAME = (*SELECTORS, *RUN_VALUES)


class Options(Struct, frozen=True, kw_only=True):
    """The command, and the value of each option under the name of the option.

    An option that is not given is None, False or empty. The combinations that `arguments.py` rejects do not occur.
    """

    command: Command
    paths: tuple[str, ...]
    """Files and folders, or with `--config` or `--recipe` the overrides of the run; with `--mcp` one folder."""
    watch: bool
    list: ComponentName | None
    tcp: tuple[str, int] | None
    mcp: bool
    stdio: bool
    explain: str | None
    """The name of a rule; empty to list all rules."""
    new: tuple[str, ...]
    """The kind and the name of a new component, as far as they are given; an empty text for neither."""
    print_completion: Shell | None

    config: tuple[str, ...]
    recipe: str | None
    benchmark: tuple[str, ...]
    environment: tuple[str, ...]
    resources_server: tuple[str, ...]
    model_type: tuple[str, ...]
    agent_type: tuple[str, ...]
    agent: str | None
    model: str | None
    model_url: str | None
    model_api_key: str | None
    allow_unsupported_pairing: bool
    domain: str | None
    provider: str | None
    standalone: bool
    rows: bool
    docs: bool
    search_dir: tuple[str, ...]
    gym_root: str | None
    stdin_filename: str | None
    exclude: tuple[str, ...]
    settings: str | None
    isolated: bool
    cache: str | None
    provenance: bool

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    baseline: str | None
    write_baseline: str | None
    fail_on: Severity | None
    exit_zero: bool

    fix: bool
    diff: bool
    unsafe_fixes: bool
    show_fixes: bool
    add_ignores: bool
    reason: str | None

    format: str | None
    layer: tuple[str, ...]
    output_file: str | None
    show: Severity | None
    statistics: bool
    show_files: bool
    show_settings: bool
    color: Literal["auto", "always", "never"]
    quiet: bool

    @property
    def names_run(self) -> bool:
        """Whether the command is about one run, and not about paths."""
        return bool(self.config) or self.recipe is not None or any(getattr(self, name) for name in SELECTORS)

    @property
    def is_by_name(self) -> bool:
        """Whether the run is given by options that have to be translated into configs and overrides."""
        return self.command != "new" and any(getattr(self, name) not in (None, False, ()) for name in BY_NAME)
