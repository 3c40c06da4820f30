"""The options with which a release starts runs by name, read from its command line.

`gym env start` and `gym eval run` accept names of components instead of config paths, and values instead of overrides.
Which of these options exist, in which order they take effect and how a name is looked up differs between releases. The
module of the command line is long, so it is read only for a run by name, not for the profile.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import cast

from msgspec import Struct

from gym_lsp.files import Files
from gym_lsp.gym.layout import AGENTS, BENCHMARKS_FOLDER, ENVIRONMENTS_FOLDER, MODELS, RESOURCES
from gym_lsp.gym.python.constant import NotConstant
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Source
from gym_lsp.gym.python.statements import Function
from gym_lsp.gym.release import builtin

MODULE = "nemo_gym.cli.main"
COMMANDS = "COMMANDS"
"""The table of that module with the flags of each command."""
_COMMANDS = ("eval run", "env start")
"""The commands that start a run. Each option of the second one comes after those of the first one."""
_LOOKUP = "_asset_config_path"
_ENVIRONMENTS = "LEGACY_ENVIRONMENT_ALIASES"


class Selector(Struct, frozen=True):
    """An option that selects a config by a name: `name` or `name/variant`.

    The config is `<folder>/<name>/<subfolder>/<variant>.yaml`. `default` is the variant of a bare name; None if it is
    the name itself. With `is_repeatable`, each use of the option adds a config. Otherwise, the last one counts.
    """

    option: str
    folder: str
    subfolder: str
    default: str | None
    is_repeatable: bool = False


class ValueOption(Struct, frozen=True):
    """An option that sets a top-level key; with `is_switch`, to true."""

    option: str
    key: str
    is_switch: bool = False


class RunOptions(Struct, frozen=True):
    """The options of one release, without their dashes, each group in the order in which it takes effect."""

    selectors: Mapping[str, Selector]
    values: Mapping[str, ValueOption]

    first_match_wins: bool
    """A name is looked up in the search roots, and the first config counts: since 0.5.1.

    Before, the install root comes first and the folders of `--search-dir` last, and two configs are an error.
    """

    nested: frozenset[str]
    """The selectors for which `a/b` can also be the folder `a/b` with a `config.yaml`: since 0.6.0, empty before."""

    lists_benchmarks: bool
    """The suggestion for an unknown benchmark comes from the names of all benchmarks: since 0.5.1."""

    environment_aliases: Mapping[str, str]
    """Old names of environments with their new names: since 0.6.0, empty before."""


_CONFIGS = "configs"
BUILTIN_OPTIONS = RunOptions(
    selectors=MappingProxyType(
        {
            each.option: each
            for each in (
                Selector("benchmark", BENCHMARKS_FOLDER, "", "config", is_repeatable=True),
                Selector("environment", ENVIRONMENTS_FOLDER, "", "config", is_repeatable=True),
                Selector("resources-server", RESOURCES, _CONFIGS, None, is_repeatable=True),
                Selector("model-type", MODELS, _CONFIGS, None),
                Selector("agent-type", AGENTS, _CONFIGS, None),
            )
        }
    ),
    values=MappingProxyType(
        {
            each.option: each
            for each in (
                ValueOption("allow-unsupported-pairing", "allow_unsupported_pairing", is_switch=True),
                ValueOption("agent", "agent_name"),
                ValueOption("model", "policy_model_name"),
                ValueOption("model-url", "policy_base_url"),
                ValueOption("model-api-key", "policy_api_key"),
            )
        }
    ),
    first_match_wins=True,
    nested=frozenset({"benchmark", "environment"}),
    lists_benchmarks=True,
    environment_aliases=builtin.ENVIRONMENT_ALIASES,
)
"""Those of NeMo Gym 0.7.0, for use without an install root, and for a release that cannot be read."""
VALUE_OPTIONS = frozenset(BUILTIN_OPTIONS.values)
"""The options for values that gym-lsp accepts. The others, such as those for outputs, do not matter for a config."""


def read_run_options(files: Files, install_root: PurePath) -> RunOptions | None:
    """Return the options of the NeMo Gym in `install_root`, or None if its command line has another form."""
    source = Source(files, (install_root,))
    module = source.module(MODULE)
    lookup = module.definition(_LOOKUP) if module else None
    if module is None or not isinstance(lookup, Function):
        return None
    try:
        places = cast("dict[str, tuple[str, str, str | None]]", source.constant(module, "_ASSETS"))
        selectors, values = _options(source, module, places)
        names = {each.id for each in ast.walk(lookup) if isinstance(each, ast.Name)}
        aliases = cast("dict[str, str]", source.constant(module, _ENVIRONMENTS)) if _ENVIRONMENTS in names else {}
        nested = _nested(source, module, lookup)
    except (NotConstant, RecursionError, TypeError, ValueError):
        return None
    return RunOptions(
        selectors,
        values,
        first_match_wins="component_search_roots" in names,
        nested=nested,
        lists_benchmarks="_benchmark_config_paths" in names,
        environment_aliases=aliases,
    )


def _options(
    source: Source, module: Module, places: Mapping[str, tuple[str, str, str | None]]
) -> tuple[dict[str, Selector], dict[str, ValueOption]]:
    selectors: dict[str, Selector] = {}
    values: dict[str, ValueOption] = {}
    commands = module.items(COMMANDS)
    for flag in (flag for name in _COMMANDS for flag in _flags(module, commands[name])):
        match flag:
            case ast.Call(func=ast.Name(id="_asset_selector"), args=[ast.Constant(value=str() as option)]):
                repeatable = next((each.value for each in flag.keywords if each.arg == "repeatable"), None)
                is_repeatable = repeatable is not None and bool(source.evaluate(module, repeatable))
                selectors.setdefault(option, Selector(option, *places[option], is_repeatable))
            case ast.Call(
                func=ast.Name(id="_value_flag" | "_bool_flag" as kind),
                args=[ast.Constant(value=str() as option), ast.Constant(value=str() as key), *_],
            ):
                if option in VALUE_OPTIONS:
                    values.setdefault(option, ValueOption(option, key, kind == "_bool_flag"))
            case ast.Call():
                # An option with code of its own: its name is in a call of `add_argument`.
                option = _registered(flag)
                if option in places:
                    selectors.setdefault(option, Selector(option, *places[option]))
            case _:
                pass
    return selectors, values


def _flags(module: Module, command: ast.expr) -> Iterator[ast.expr]:
    """Yield the flags of a command, each as the expression that makes it."""
    flags = next((each.value for each in getattr(command, "keywords", ()) if each.arg == "flags"), None)
    for each in flags.elts if isinstance(flags, ast.Tuple) else ():
        value = getattr(module.definition(each.id), "value", None) if isinstance(each, ast.Name) else each
        if isinstance(value, ast.expr):
            yield value


def _registered(flag: ast.Call) -> str:
    texts = (each.value for each in ast.walk(flag) if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return next((text.removeprefix("--") for text in texts if text.startswith("--")), "")


def _nested(source: Source, module: Module, lookup: Function) -> frozenset[str]:
    """Return the set that the lookup compares its option with."""
    for each in ast.walk(lookup):
        match each:
            case ast.Compare(left=ast.Name(id="flag"), ops=[ast.In()], comparators=[ast.Set(elts=items)]):
                return frozenset(str(source.evaluate(module, item)) for item in items)
            case _:
                pass
    return frozenset()
