"""What the parser of a release does, read from its source.

Many users work with a checkout between two releases, so the version is not reliable. Each behaviour is recognised by
the definitions in `nemo_gym/global_config.py` and by the names that its functions mention.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import cast

from gym_lsp.gym.python.constant import NotConstant
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Source
from gym_lsp.gym.python.statements import Function

PARSER_MODULE = "nemo_gym.global_config"
PARSER_CLASS = "GlobalConfigDictParser"


class NotRead(Exception):
    """The source does not have the expected form."""


class Parser:
    """The class `GlobalConfigDictParser` of one release, as source. Raises NotRead if there is no such class."""

    def __init__(self, source: Source) -> None:
        module = source.module(PARSER_MODULE)
        if module is None or not module.method_names(PARSER_CLASS):
            raise NotRead(PARSER_CLASS)
        self._source = source
        self._module: Module = module
        self._names: dict[str, frozenset[str]] = {}

    def mentions(self, method: str, name: str) -> bool:
        """Whether a method uses a name: as a variable, a function or an attribute.

        False if the method does not exist. Raises NotRead if it cannot be parsed.
        """
        if method not in self._names:
            node = self.method(method)
            self._names[method] = _names(ast.walk(node)) if node else frozenset()
        return name in self._names[method]

    def method(self, name: str) -> Function | None:
        """Return a method, or None if it does not exist. Raises NotRead if it cannot be parsed."""
        if name not in self._module.method_names(PARSER_CLASS):
            return None
        node = self._module.method(PARSER_CLASS, name)
        if node is None:
            raise NotRead(f"{PARSER_CLASS}.{name}")
        return node

    @cached_property
    def parse(self) -> tuple[ast.AST, ...]:
        """Every node of the method `parse`, which calls each step. Raises NotRead if there is no such method."""
        node = self.method("parse")
        if node is None:
            raise NotRead(f"{PARSER_CLASS}.parse")
        return tuple(ast.walk(node))

    @cached_property
    def parse_names(self) -> frozenset[str]:
        """The names that `parse` mentions. Raises NotRead if there is no such method."""
        return _names(self.parse)

    def has_module(self, name: str) -> bool:
        return self._source.module(name) is not None

    def defines(self, module: str, name: str) -> bool:
        """Whether a module has a top-level function of a name."""
        found = self._source.module(module)
        return found is not None and name in found.functions

    def constant(self, name: str) -> object:
        """Return the value of a constant in the module of the parser. Raises NotConstant."""
        return self._source.constant(self._module, name)


def _names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    found: set[str] = set()
    for each in nodes:
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.Attribute):
            found.add(each.attr)
    return frozenset(found)


def includer_wins(parser: Parser) -> bool:
    """Whether a file overrides the files that it includes.

    Up to 0.5.1, `load_extra_config_paths` only appends to the list of files that it returns, so included files are
    merged later. This form is recognised. Any other form counts as that of 0.6.0, which orders the list.
    """
    node = parser.method("load_extra_config_paths")
    if node is None:
        raise NotRead(f"{PARSER_CLASS}.load_extra_config_paths")
    match [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]:
        case [ast.Tuple(elts=[_, ast.Name(id=loaded)])]:
            return not _only_appended_to(node, loaded)
        case _:
            return True


def _only_appended_to(function: Function, name: str) -> bool:
    """Whether a list is assigned once, as an empty list, and afterwards only `append` is called on it."""
    assigned: list[ast.expr] = []
    for each in ast.walk(function):
        match each:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                assigned.append(value)
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                assigned.append(value)
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute) if owner == name and attribute != "append":
                return False
            case ast.AugAssign(target=ast.Name(id=target)) | ast.Subscript(value=ast.Name(id=target)) if target == name:
                return False
            case _:
                pass
    return len(assigned) == 1 and isinstance(assigned[0], ast.List) and not assigned[0].elts


def _merges_leftover_overrides(parser: Parser) -> bool:
    """Whether `parse` merges the overrides for composed agents again after composing."""
    for each in parser.parse:
        match each:
            case ast.Call(func=ast.Attribute(attr="merge"), args=[_, ast.Name(id="held_agent_overrides")]):
                return True
            case _:
                pass
    return False


def _fills_head_server_per_key(parser: Parser) -> bool:
    """Whether a partial `head_server` gets the missing keys. Before 0.7.0, only an absent or empty one is filled."""
    for each in parser.parse:
        match each:
            case ast.Assign(targets=[ast.Subscript(slice=ast.Name(id="HEAD_SERVER_KEY_NAME"))], value=ast.Dict()):
                return False
            case _:
                pass
    return True


def _closes_configuration(parser: Parser) -> bool:
    """Whether `parse` leaves the configuration of the command line closed, as Hydra returns it."""
    for each in parser.parse:
        match each:
            case ast.Call(func=ast.Attribute(attr="set_struct"), args=[_, ast.Constant(value=False)]):
                return False
            case _:
                pass
    return True


def _in_parse(name: str) -> Callable[[Parser], bool]:
    return lambda parser: name in parser.parse_names


def _in_method(method: str, name: str) -> Callable[[Parser], bool]:
    return lambda parser: parser.mentions(method, name)


BEHAVIOURS: Mapping[str, Callable[[Parser], bool]] = MappingProxyType(
    {
        "includer_wins": includer_wins,
        "extra_roots": lambda parser: parser.defines("nemo_gym", "component_search_roots"),
        "path_aliases_followed": _in_method("load_extra_config_paths", "legacy_config_path_alias"),
        "agent_aliases_applied": _in_parse("apply_legacy_agent_aliases"),
        "closes_configuration": _closes_configuration,
        "composes_unbound_agents": _in_parse("compose_unbound_agent"),
        "merges_leftover_overrides": _merges_leftover_overrides,
        "checks_agent_pairings": _in_method("compose_unbound_agent", "_raise_on_unsupported_pairing"),
        "checks_model_pairings": _in_parse("raise_on_unsupported_model_pairings"),
        "retargets_environment_servers": _in_method("compose_unbound_agent", "_retarget_environment_servers"),
        "follows_agent_renames": _in_method("_recursively_swap_keys", "_retarget_environment_servers"),
        "fronts_agents": _in_parse("_front_agents_without_environment_server"),
        "checks_artifact_roots": _in_parse("RESULTS_DIR_KEY_NAME"),
        "checks_openai_skew_flag": _in_parse("ALLOW_OPENAI_VERSION_SKEW_KEY_NAME"),
        "checks_telemetry": _in_parse("telemetry_config_from_global_config"),
        "checks_wandb": _in_parse("WANDBConfig"),
        "head_server_filled_per_key": _fills_head_server_per_key,
        "has_manifests": lambda parser: parser.has_module("nemo_gym.environment.manifest"),
    }
)
"""The boolean fields of Profile, each with the function that reads it. Profile documents their meaning."""


def key_defaults(parser: Parser) -> Mapping[str, str | int | float | bool | None]:
    """Return the reserved keys that `parse` sets if they are absent, with those defaults that are constants."""
    found: dict[str, str | int | float | bool | None] = {}
    for each in parser.parse:
        match each:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="global_config_dict"), attr="setdefault"),
                args=[ast.Name(id=name), ast.Constant(value=value)],
            ) if value is None or isinstance(value, str | int | float):
                try:
                    found[cast("str", parser.constant(name))] = value
                except NotConstant:
                    continue
            case _:
                pass
    return found
