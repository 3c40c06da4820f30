"""The arguments of the tools. Their names, defaults and descriptions are what a model reads of them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from gym_lsp.cli.options import ComponentName

SeverityName: TypeAlias = Literal["error", "warning", "information", "hint"]
Limit: TypeAlias = Annotated[int, Meta(ge=1, le=100, description="how many results to show")]
Offset: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000, description="how many results to skip")]
_Names: TypeAlias = tuple[str, ...]

_DOTTED = "show only what is below this dotted key path, such as `math.resources_servers`"


class Run(Struct, frozen=True, kw_only=True):
    """A run: root configs, or names that select them, or a training recipe; with overrides."""

    config: Annotated[_Names, Meta(description="root configs of the run, as in `config_paths`")] = ()
    recipe: Annotated[str | None, Meta(description="a training recipe of NeMo RL, which embeds the run")] = None
    overrides: Annotated[_Names, Meta(description="overrides of the run: `++key=value`")] = ()
    environment: Annotated[_Names, Meta(description="select a config by the name of its environment")] = ()
    benchmark: Annotated[_Names, Meta(description="select a config by the name of its benchmark")] = ()
    resources_server: Annotated[_Names, Meta(description="select a config by its resources server")] = ()
    model_type: Annotated[_Names, Meta(description="select a config by its model server")] = ()
    agent_type: Annotated[_Names, Meta(description="select a config by its agent server")] = ()

    @property
    def is_given(self) -> bool:
        """Whether the arguments name a run."""
        selectors = (self.environment, self.benchmark, self.resources_server, self.model_type, self.agent_type)
        return bool(self.config) or self.recipe is not None or any(selectors)


class Checked(Run, frozen=True, kw_only=True):
    """What to check: paths or a run, and by which rules."""

    paths: Annotated[_Names, Meta(description="files and folders; default: the whole workspace")] = ()
    docs: Annotated[bool, Meta(description="also check the commands in shell scripts and Markdown")] = False
    select: Annotated[_Names, Meta(description="only these rules")] = ()
    ignore: Annotated[_Names, Meta(description="not these rules")] = ()


class Check(Checked, frozen=True, kw_only=True):
    """The arguments of `check`."""

    standalone: Annotated[bool, Meta(description="check each config of `paths` as its own run")] = False
    rows: Annotated[bool, Meta(description="also check the rows of the datasets (JSONL)")] = False
    baseline: Annotated[str, Meta(description="hide the findings that this file records")] = ""
    severity: Annotated[SeverityName, Meta(description="the lowest severity to show")] = "warning"
    limit: Limit = 10
    offset: Offset = 0


class Fix(Checked, frozen=True, kw_only=True):
    """The arguments of `fix`."""

    unsafe: Annotated[bool, Meta(description="also fixes that need a review, where there is only one")] = False
    write: Annotated[bool, Meta(description="write the files; without it, only return the diff")] = False


class Explain(Struct, frozen=True, kw_only=True):
    """The arguments of `explain`."""

    rule: Annotated[str, Meta(description="the name of a rule; without it, all rules are listed")] = ""


class Resolve(Run, frozen=True, kw_only=True):
    """The arguments of `resolve`."""

    key: Annotated[str, Meta(description=_DOTTED)] = ""
    provenance: Annotated[bool, Meta(description="add the file and line of each value")] = True
    limit: Annotated[int, Meta(ge=1, le=500, description="how many lines to show")] = 200
    offset: Offset = 0


class Find(Struct, frozen=True, kw_only=True):
    """The arguments of `find`."""

    name: Annotated[str, Meta(description="an instance, a dotted key path, an implementation, or a file")] = ""
    path: Annotated[str, Meta(description="in place of `name`: a file, with `line` and `column`")] = ""
    line: Annotated[int, Meta(ge=1, le=10_000_000, description="the line in `path`, from 1")] = 1
    column: Annotated[int, Meta(ge=1, le=10_000_000, description="the column in `path`, from 1")] = 1
    limit: Limit = 30
    offset: Offset = 0


class List(Struct, frozen=True, kw_only=True):
    """The arguments of `list`."""

    kind: Annotated[ComponentName, Meta(description="what to list")]
    contains: Annotated[str, Meta(description="only those whose name or description contains this text")] = ""
    limit: Limit = 30
    offset: Offset = 0
