"""Names across the modules of a source tree, resolved without importing anything.

A `Source` reads modules when they are first needed, follows imports from module to module, and computes the method
resolution order of a class. All facts about NeMo Gym and about servers are found by way of it.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePath
from typing import TypeAlias, cast

from msgspec import Struct

from gym_lsp.files import Files, Kind, Unreadable
from gym_lsp.gym.python.constant import NotConstant, evaluate
from gym_lsp.gym.python.module import Module


class SourceDefinition(Struct, frozen=True):
    """A class, a function or an assignment, and its module.

    `node` is the statement. For a class it is only the header, because the body of most classes is never needed.
    """

    module: Module
    name: str
    node: ast.stmt

    @property
    def body(self) -> list[ast.stmt]:
        """The statements of a class, with functions that have no body; empty for other definitions."""
        whole = self.module.outline(self.name)
        return whole.body if isinstance(whole, ast.ClassDef) else []


class External(Struct, frozen=True):
    """The full name of what no module of the tree defines: `typing.Optional`, `builtins.str`, `pydantic.BaseModel`."""

    name: str


class Package(Struct, frozen=True):
    """A module of the tree, by its dotted name."""

    name: str


Referent: TypeAlias = SourceDefinition | External | Package
"""What a name refers to."""


_KNOWN_BY_NAME = frozenset({"pydantic", "typing", "typing_extensions"})
"""Packages that `annotations` and `models` know by name. They are not read even if they are installed."""


class Source:
    """The modules below `roots`; if several roots have a module, the earliest root wins.

    Modules that no root has come from `fallback`, which several sources may share. `only` limits the packages that are
    searched, because site-packages holds many that configs do not need. `modules` are unchanged modules that were read
    before, by path and name; this source adds those that it reads.
    """

    def __init__(
        self,
        files: Files,
        roots: Sequence[PurePath],
        fallback: Source | None = None,
        only: Collection[str] | None = None,
        modules: dict[tuple[PurePath, str], Module] | None = None,
    ) -> None:
        self._files = files
        self._roots = tuple(roots)
        self._fallback = fallback
        self._only = only
        self._modules = {} if modules is None else modules
        self._by_name: dict[str, Module | None] = {}
        self._listings: dict[PurePath, frozenset[str]] = {}
        self._found: dict[tuple[Module, str], Referent | None] = {}
        self._orders: dict[SourceDefinition, tuple[SourceDefinition | External, ...]] = {}

    def module(self, name: str) -> Module | None:
        """Return the module of a dotted name, or None if no root has it or it cannot be read."""
        if name not in self._by_name:
            self._by_name[name] = self._load(name)
        return self._by_name[name]

    def knows(self, module: Module) -> bool:
        """Whether this source has already returned this module for its name."""
        return self._by_name.get(module.name) is module

    def _load(self, name: str) -> Module | None:
        package = name.partition(".")[0]
        if not name or package in _KNOWN_BY_NAME or (self._only is not None and package not in self._only):
            return None
        for root in self._roots:
            if self._fallback is None or package in self._names_in(root):
                base = root.joinpath(*name.split("."))
                for path in (base / "__init__.py", base.with_name(base.name + ".py")):
                    if self._files.kind(path) is Kind.FILE:
                        return self.read(path, name)
        return None if self._fallback is None else self._fallback.module(name)

    def _names_in(self, root: PurePath) -> frozenset[str]:
        """Return the names of the packages and modules in a folder. One listing replaces many failed lookups."""
        if root not in self._listings:
            self._listings[root] = frozenset(entry.name.removesuffix(".py") for entry in self._files.entries(root))
        return self._listings[root]

    def read(self, path: PurePath, name: str) -> Module | None:
        """Return a file as the module of a name, or None if it cannot be read."""
        if (path, name) not in self._modules:
            try:
                self._modules[path, name] = Module(path, name, self._files.read(path))
            except Unreadable:
                return None
        return self._modules[path, name]

    def find(self, module: Module, name: str) -> Referent | None:
        """Return what `name` refers to at the top level of `module`, following imports, or None if it is unknown."""
        key = (module, name)
        if key not in self._found:
            self._found[key] = self._find(module, name, frozenset())
        return self._found[key]

    def _find(self, module: Module, name: str, passed: frozenset[tuple[str, str]]) -> Referent | None:
        if (module.name, name) in passed:
            return None
        passed |= {(module.name, name)}
        node = module.header(name)
        if node is not None:
            return SourceDefinition(module, name, node)
        found = module.imported(name)
        if found is not None:
            return self.member(found.module, found.name, passed)
        for star in module.star_imports:
            found = self.member(star, name, passed) if self.module(star) else None
            if isinstance(found, SourceDefinition):
                return found
        return External(f"builtins.{name}") if hasattr(builtins, name) else None

    def member(
        self, module: str, name: str | None, passed: frozenset[tuple[str, str]] = frozenset()
    ) -> Referent | None:
        """Return what `name` refers to in the module of a dotted name; without `name`, that module itself."""
        target = self.module(module)
        if name is None:
            return Package(module) if target else External(module)
        if target is None:
            return External(f"{module}.{name}")
        found = self._find(target, name, passed)
        if found is not None and found != External(f"builtins.{name}"):
            return found
        if self.module(f"{module}.{name}"):
            return Package(f"{module}.{name}")
        lazy = self._lazily_exported(target, name)
        return self.member(lazy, name, passed) if lazy else None

    def _lazily_exported(self, module: Module, name: str) -> str | None:
        """Return the module that a package imports `name` from on first use, as `nemo_gym` does since 0.6.0."""
        try:
            exports = self.constant(module, "_LAZY_EXPORTS")
        except NotConstant:
            return None
        target = cast("dict[object, object]", exports).get(name) if isinstance(exports, dict) else None
        return f"{module.name}.{target}" if isinstance(target, str) else None

    def refer(self, module: Module, node: ast.expr) -> Referent | None:
        """Return what a name or a dotted name in `module` refers to, or None."""
        if isinstance(node, ast.Name):
            return self.find(module, node.id)
        if not isinstance(node, ast.Attribute):
            return None
        owner = self.refer(module, node.value)
        if isinstance(owner, External):
            return External(f"{owner.name}.{node.attr}")
        if isinstance(owner, Package):
            return self.member(owner.name, node.attr)
        return None

    def constant(self, module: Module, name: str) -> object:
        """Return the value of a module constant. Raises NotConstant if it does not exist or is not a constant."""
        return self._constant(module, ast.Name(name), frozenset())

    def evaluate(self, module: Module, node: ast.expr) -> object:
        """Return the value of an expression in `module`. Raises NotConstant."""
        return evaluate(node, lambda name: self._constant(module, name, frozenset()))

    def evaluate_or_none(self, module: Module, node: ast.expr) -> object:
        """Return the value of an expression in `module`, or None if it is not a constant."""
        try:
            return self.evaluate(module, node)
        except NotConstant:
            return None

    def _constant(self, module: Module, node: ast.expr, passed: frozenset[tuple[str, str]]) -> object:
        found = self.refer(module, node)
        if not isinstance(found, SourceDefinition) or (found.module.name, found.name) in passed:
            raise NotConstant(node, "unknown name")
        value = getattr(found.node, "value", None)
        if not isinstance(value, ast.expr):
            raise NotConstant(found.node)
        passed |= {(found.module.name, found.name)}
        return evaluate(value, lambda name: self._constant(found.module, name, passed))

    def mro(self, definition: SourceDefinition) -> tuple[SourceDefinition | External, ...]:
        """Return a class and its bases in method resolution order; a base that cannot be found is `External("")`.

        The order is that of Python (C3). For a class that Python would reject, the bases come depth first.
        """
        if self._fallback is not None and self._fallback.knows(definition.module):
            return self._fallback.mro(definition)
        known = self._orders.get(definition)
        if known is None:
            known = self._orders[definition] = tuple(self._mro(definition, frozenset()))
        return known

    def _mro(
        self, definition: SourceDefinition, passed: frozenset[tuple[str, str]]
    ) -> list[SourceDefinition | External]:
        key = (definition.module.name, definition.name)
        if not isinstance(definition.node, ast.ClassDef) or key in passed:
            return [External("")]
        bases = [self._base(definition.module, base) for base in definition.node.bases]
        passed |= {key}
        orders = [self._order_of(base, passed) for base in bases]
        if len(orders) == 1:
            return [definition, *orders[0]]
        return [definition, *_merge([*orders, bases])]

    def _order_of(self, base: _Base, passed: frozenset[tuple[str, str]]) -> list[_Base]:
        if isinstance(base, External):
            return [base]
        if self._fallback is not None and self._fallback.knows(base.module):
            return list(self._fallback.mro(base))
        return self._mro(base, passed)

    def _base(self, module: Module, node: ast.expr) -> SourceDefinition | External:
        found = self.refer(module, node.value if isinstance(node, ast.Subscript) else node)
        if (
            isinstance(found, SourceDefinition)
            and isinstance(found.node, ast.Assign | ast.AnnAssign)
            and found.node.value
        ):
            return self._base(found.module, found.node.value)
        return found if isinstance(found, SourceDefinition | External) else External("")


_Base: TypeAlias = SourceDefinition | External


def _merge(orders: list[list[_Base]]) -> Iterator[_Base]:
    """Merge by C3: the first head that is in no other tail comes next."""
    orders = [list(order) for order in orders if order]
    while orders:
        heads = [order[0] for order in orders]
        head = next((each for each in heads if not any(each in order[1:] for order in orders)), heads[0])
        yield head
        orders = [rest for order in orders if (rest := [each for each in order if each != head])]
