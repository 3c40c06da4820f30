"""The flags of each command of NeMo Gym, read from source.

`COMMANDS` maps the name of a command to its flags. A flag is a call that registers arguments in a function, or a call
of a function that makes such a flag. Whatever is written in another way makes the flags of its commands unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.files import Files
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import Source
from gym_lsp.gym.release.run_options import COMMANDS, MODULE

_ADD = "add_argument"
_COMMON = frozenset(("--help", "-h", "--verbose", "-v", "--json", "--version"))
"""Flags of all commands. Not all of them accept `--json`, and those that do not report it themselves."""


class _Unclear(Exception):
    """The source is written in a way that is not understood."""


def command_flags(files: Files, install_root: PurePath) -> Mapping[str, frozenset[str]]:
    """Return the flags of each command of the NeMo Gym in `install_root` whose flags are certain."""
    module = Source(files, (install_root,)).module(MODULE)
    found: dict[str, frozenset[str]] = {}
    for name, command in module.items(COMMANDS).items() if module else ():
        try:
            if module and isinstance(command, ast.Call):
                found[name] = _COMMON.union(_Reader(module).of_command(command))
        except (_Unclear, RecursionError):
            continue
    return found


class _Reader(Struct, frozen=True):
    module: Module

    def of_command(self, command: ast.Call) -> Iterator[str]:
        """Yield the flags of a command. Raises _Unclear."""
        if command.args:
            raise _Unclear
        flags = next((keyword.value for keyword in command.keywords if keyword.arg == "flags"), None)
        if flags is None:
            return
        if not isinstance(flags, ast.Tuple | ast.List):
            raise _Unclear
        for flag in flags.elts:
            yield from self._of_flag(flag)

    def _of_flag(self, flag: ast.expr) -> Iterator[str]:
        if isinstance(flag, ast.Name):
            flag = getattr(self.module.definition(flag.id), "value", flag)
        if not isinstance(flag, ast.Call) or not isinstance(flag.func, ast.Name):
            raise _Unclear
        maker = self.module.definition(flag.func.id)
        if not isinstance(maker, ast.FunctionDef):
            yield from self._registered(flag, {})
            return
        bound = _arguments(maker, flag)
        returned = [node.value for node in ast.walk(maker) if isinstance(node, ast.Return)]
        made = [each for each in returned if isinstance(each, ast.Call) and _keyword(each, "register") is not None]
        if len(made) != 1:
            raise _Unclear
        yield from self._registered(made[0], bound)

    def _registered(self, flag: ast.Call, bound: Mapping[str, ast.expr]) -> Iterator[str]:
        """Yield the flags that the `register` function of a flag adds."""
        register = _keyword(flag, "register")
        if register is None and flag.args:
            register = flag.args[0]
        body = self.module.definition(register.id) if isinstance(register, ast.Name) else register
        if not isinstance(body, ast.FunctionDef | ast.Lambda):
            raise _Unclear
        calls = [node for node in ast.walk(body) if isinstance(node, ast.Call)]
        added = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == _ADD]
        if not added:
            raise _Unclear
        for call in added:
            for argument in call.args:
                yield from _texts(argument, bound)


def _arguments(function: ast.FunctionDef, call: ast.Call) -> dict[str, ast.expr]:
    """Return what a call gives to each parameter, defaults included."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        raise _Unclear
    spec = function.args
    names = [each.arg for each in (*spec.posonlyargs, *spec.args)]
    bound = dict(zip(reversed(names), reversed(spec.defaults), strict=False))
    bound |= {each.arg: value for each, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if value}
    bound |= dict(zip(names, call.args, strict=False))
    bound |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    return bound


def _texts(value: ast.expr, bound: Mapping[str, ast.expr]) -> Iterator[str]:
    """Yield the flags among the first arguments of `add_argument`; a name without a dash is not a flag."""
    if isinstance(value, ast.Starred):
        several = bound.get(value.value.id) if isinstance(value.value, ast.Name) else None
        if not isinstance(several, ast.Tuple | ast.List):
            raise _Unclear
        for each in several.elts:
            yield from _texts(each, bound)
        return
    text = _text(value, bound)
    if text.startswith("-"):
        yield text


def _text(value: ast.expr, bound: Mapping[str, ast.expr]) -> str:
    if isinstance(value, ast.Name) and value.id in bound:
        value = bound[value.id]
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        return "".join(
            _text(each.value if isinstance(each, ast.FormattedValue) else each, bound) for each in value.values
        )
    raise _Unclear


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
