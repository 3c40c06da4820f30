"""The folder that the tools work in, and the options of a command for the arguments of a tool.

A model can pass on any path that it has read somewhere, so the arguments name only what is in this folder, or in the
NeMo Gym that it uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from msgspec import Struct, field
from msgspec.structs import replace

from gym_lsp.check import Checker, Spread, one_by_one
from gym_lsp.cli.arguments import EXCLUSIVE, is_given
from gym_lsp.cli.naming import translation
from gym_lsp.cli.options import SELECTORS, Command, Options
from gym_lsp.cli.tools.arguments import Checked, Run
from gym_lsp.cli.tools.keeping import Keeper
from gym_lsp.cli.workspaces import open_workspace
from gym_lsp.files import Disk, Kind, absolute, is_below
from gym_lsp.mcp.calling import quoted
from gym_lsp.mcp.offer import ToolError
from gym_lsp.reporters.paths import relative_path
from gym_lsp.workspace.root import root_of
from gym_lsp.workspace.workspace import Workspace

_MOST_ITEMS = 1000
"""Paths, configs or overrides of one call."""
_LONGEST = 4096
"""Characters of a path or an override; the limit for a path on Linux."""


class Chosen(Struct, frozen=True):
    """The options of a command, and notes about how names were translated."""

    options: Options
    notes: tuple[str, ...] = ()


class Site(Struct, frozen=True):
    """The folder of the server, which is also the working directory, and the options that it was started with."""

    folder: PurePath
    options: Options
    keeper: Keeper = field(default_factory=Keeper)

    def shown(self, path: PurePath) -> str:
        """Return a path as in all reports."""
        return relative_path(path, self.folder)

    def is_inside(self, path: PurePath) -> bool:
        """Whether the real path is in the folder."""
        disk = Disk()
        return is_below(disk.resolve(path), disk.resolve(self.folder))

    def path(self, given: str) -> PurePath:
        """Return the path that an argument names. Raises ToolError if it is not in the folder and not in NeMo Gym."""
        _reject_long((given,), "a path")
        if "\0" in given:
            raise ToolError(f"{quoted(given)}: a path cannot contain a NUL")
        path = absolute(given, self.folder)
        if self.is_inside(path):
            return path
        install = self.workspace().install
        if install is not None and is_below(Disk().resolve(path), Disk().resolve(install.path)):
            return path
        raise ToolError(
            f"{quoted(given)} is outside of the workspace {quoted(str(self.folder))}; name a path in it, or have the "
            "user start `gym-lsp --mcp` with another folder"
        )

    def existing(self, given: str) -> PurePath:
        """Return the path of a file or folder that is there. Raises ToolError."""
        path = self.path(given)
        if Disk().kind(path) is None:
            hint = "; patterns are not expanded, name a folder" if any(each in given for each in "*?[{") else ""
            raise ToolError(f"{quoted(given)}: file or folder not found{hint}")
        return path

    def workspace(self, path: PurePath | None = None) -> Workspace:
        """Return the workspace of a path, by default that of the folder, as it is now. Raises UsageError."""
        root = root_of(Disk(), path or self.folder, self.folder)
        # With `diff`, a snapshot can follow.
        options = replace(self.options, paths=(), diff=True)
        return self.keeper.workspace(root.path, lambda files: open_workspace(options, root, files))

    def for_run(self, command: Command, given: Run) -> Chosen:
        """Return the options of a command about one run. Raises ToolError and UsageError."""
        if not given.is_given:
            raise ToolError("missing run; set `config`, `recipe`, or a name such as `environment`")
        return self._chosen(replace(self.options, command=command, paths=given.overrides, quiet=True), given)

    def for_check(self, given: Checked) -> Chosen:
        """Return the options of a check of paths or of a run. Raises ToolError and UsageError."""
        if given.is_given and given.paths:
            raise ToolError(
                "`paths` and a run cannot be used together; a check of a run shows the findings of all files"
            )
        if given.overrides and not given.is_given:
            raise ToolError("`overrides` need a run; set `config`, `recipe`, or a name such as `environment`")
        _reject_long(given.paths, "a path")
        # The command line reads `-` as standard input, and a relative path of this form is never that.
        paths = tuple(f"./{each}" if each == "-" else each for each in map(self._named, given.paths))
        options = replace(
            self.options,
            command="check",
            paths=given.overrides if given.is_given else paths,
            docs=given.docs,
            select=given.select,
            ignore=given.ignore,
            quiet=True,
        )
        return self._chosen(options, given)

    def _named(self, given: str) -> str:
        return self.shown(self.existing(given))

    def _chosen(self, options: Options, given: Run) -> Chosen:
        names = {name: getattr(given, name) for name in SELECTORS}
        _reject_long((*given.config, *given.overrides, *(each for value in names.values() for each in value)), "it")
        for config in given.config:
            self.path(config)
        recipe = None if given.recipe is None else self.shown(self.path(given.recipe))
        options = replace(options, config=given.config, recipe=recipe, **names)
        for first, second in EXCLUSIVE:
            if is_given(options, first) and is_given(options, second):
                raise ToolError(f"`{first}` and `{second}` cannot be used together")
        if options.is_by_name:
            return Chosen(*translation(options))
        return Chosen(options)


def in_this_process(_: Checker, __: Spread) -> Spread:
    """Return the spreading of a check over nothing: a process with threads must not be forked."""
    return one_by_one


def is_folder(path: PurePath) -> bool:
    """Whether a path leads to a folder."""
    return Disk().kind(path) is Kind.DIRECTORY


def _reject_long(given: Iterable[str], what: str) -> None:
    given = tuple(given)
    if len(given) > _MOST_ITEMS:
        raise ToolError(f"{len(given)} paths or overrides are too many for one call; at most {_MOST_ITEMS:,}")
    for each in given:
        if len(each) > _LONGEST:
            raise ToolError(f"{quoted(each)} is too long; {what} can have {_LONGEST:,} characters")
