"""The options that start a run by name, translated into the configs and overrides that they are short for.

The translation is that of the release, and comes before everything else. So no other module knows these options.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import RUN_VALUES, SELECTORS, Options
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.streams import print_message
from gym_lsp.cli.workspaces import open_workspace
from gym_lsp.gym.layout import RESOURCES
from gym_lsp.gym.release.builtin import RELEASE
from gym_lsp.gym.release.run_options import RunOptions, Selector
from gym_lsp.gym.selectors import Ambiguous, Lookup, Selected, Unknown, select
from gym_lsp.reporters.paths import relative_path
from gym_lsp.workspace.named import config_with_server, lookup_of, own_options
from gym_lsp.workspace.workspace import Workspace

_FEW = 12
"""The most names that a message lists."""
_LISTED = {
    "benchmark": "benchmarks",
    "environment": "environments",
    "resources-server": "resources-servers",
    "model-type": "models",
    "agent-type": "agents",
}
"""The kind of `--list` for each option."""


def translated(options: Options) -> Options:
    """Return the options of the same run with `--config` and overrides only, and print notes. Raises UsageError."""
    options, notes = translation(options)
    if not options.quiet:
        for note in notes:
            print_message(note)
    return options


def translation(options: Options) -> tuple[Options, tuple[str, ...]]:
    """Return the options of the same run with `--config` and overrides only, and notes. Raises UsageError.

    The configs come after those of `--config`, and the overrides before those on the command line. Mirrors
    `_merge_config_paths`.
    """
    workspace = open_workspace(options, working_directory())
    lookup = lookup_of(workspace)
    known = lookup.options
    _reject_absent(options, known, workspace)
    notes: list[str] = []
    if workspace.install is not None and own_options(workspace) is None:
        notes.append(
            f"cannot read how {workspace.profile.called} looks up names; gym-lsp looks them up as {RELEASE} does"
        )
    configs = [
        str(_config(workspace, selector, value, lookup, notes))
        for selector in known.selectors.values()
        for value in _values(options, selector, workspace, notes)
    ]
    other = replace(
        options,
        config=(*options.config, *configs),
        paths=(*_overrides(options, known), *options.paths),
        benchmark=(),
        environment=(),
        resources_server=(),
        model_type=(),
        agent_type=(),
        agent=None,
        model=None,
        model_url=None,
        model_api_key=None,
        allow_unsupported_pairing=False,
    )
    return other, tuple(notes)


def _reject_absent(options: Options, known: RunOptions, workspace: Workspace) -> None:
    for name in (*SELECTORS, *RUN_VALUES):
        option = _option(name)
        if getattr(options, name) not in (None, False, ()) and not {option} & {*known.selectors, *known.values}:
            others = ", ".join(f"`--{each}`" for each in (*known.selectors, *known.values))
            raise UsageError(f"`--{option}` is not an option of {workspace.profile.called}; expected one of {others}")


def _option(name: str) -> str:
    return name.replace("_", "-")


def _values(options: Options, selector: Selector, workspace: Workspace, notes: list[str]) -> tuple[str, ...]:
    """Return the names that count: all that are given, or the last one."""
    values: tuple[str, ...] = getattr(options, selector.option.replace("-", "_"), ())
    if len(values) < 2 or selector.is_repeatable:
        return values
    ignored = ", ".join(f"`{value}`" for value in values[:-1])
    notes.append(f"--{selector.option}: {workspace.profile.called} uses only the last one and ignores {ignored}")
    return values[-1:]


def _overrides(options: Options, known: RunOptions) -> Iterator[str]:
    for each in known.values.values():
        value = getattr(options, each.option.replace("-", "_"), None)
        if each.is_switch and value:
            yield f"+{each.key}=true"
        elif not each.is_switch and value is not None:
            yield f"+{each.key}={value}"


def _config(workspace: Workspace, selector: Selector, value: str, lookup: Lookup, notes: list[str]) -> PurePath:
    """Return the config that a name selects. Raises UsageError."""
    given = f"--{selector.option} {value}"
    match select(selector, value, lookup):
        case Selected(path, shadowed, renamed_to):
            if shadowed:
                notes.append(f"{given}: uses {_shown(path)} and ignores {', '.join(map(_shown, shadowed))}")
            if renamed_to is not None:
                notes.append(f"{given}: this name is deprecated; use `{renamed_to}`")
            return path
        case Ambiguous(matches):
            found = ", ".join(map(_shown, matches))
            raise UsageError(f"{given}: found several configs: {found}; choose one with `--config`")
        case Unknown() as unknown:
            raise UsageError(f"{given}: {_unknown(workspace, selector, value, unknown)}")


def _unknown(workspace: Workspace, selector: Selector, value: str, unknown: Unknown) -> str:
    """Return the message about a name that selects nothing: what there is, and the nearest name."""
    if selector.folder == RESOURCES and (path := config_with_server(workspace, value)) is not None:
        config = _shown(path)
        return f"{unknown.path} not found in any search root; {config} defines `{value}`: use `--config {config}`"
    names = {_spelled(selector, unknown.component, name): None for name in unknown.known}
    names.pop(value, None)
    nearest = unknown.nearest and _spelled(selector, unknown.component, unknown.nearest)
    nearest = nearest if nearest != value else None
    if workspace.install is None and nearest is None:
        install = "install it, or give its folder with `--gym-root DIR`"
        message = f"NeMo Gym was not found, which can contain {unknown.path}; {install}"
    else:
        message = f"{unknown.path} not found in any search root"
        message += "" if names else "; search another folder with `--search-dir DIR`"
    if not names:
        return message
    if len(names) > _FEW:
        message += f"; `gym-lsp --list {_LISTED[selector.option]}` lists what there is"
    else:
        one_of = "one of " if len(names) > 1 else ""
        message += f"; expected {one_of}{', '.join(f'`{name}`' for name in names)}"
    return f"{message}; did you mean `{nearest}`?" if nearest else message


def _spelled(selector: Selector, component: str | None, name: str) -> str:
    """Return the name in an argument: `component/name` for a variant that is not the default one."""
    if component is None:
        return name
    return component if name == (selector.default or component) else f"{component}/{name}"


def _shown(path: PurePath) -> str:
    return relative_path(path, working_directory())
