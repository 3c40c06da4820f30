"""YAML as OmegaConf reads it, with the exact place of everything. Independent of NeMo Gym."""

from gym_lsp.syntax.document import Document, parse
from gym_lsp.syntax.reader import SyntaxProblem, SyntaxProblemKind
from gym_lsp.syntax.scalars import MISSING
from gym_lsp.syntax.tree import (
    Alias,
    Anchor,
    Atom,
    Entry,
    KeyPath,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Step,
    Value,
    plain,
    resolve,
    spell,
    walk,
)

__all__ = [
    "MISSING",
    "Alias",
    "Anchor",
    "Atom",
    "Document",
    "Entry",
    "KeyPath",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "Step",
    "SyntaxProblem",
    "SyntaxProblemKind",
    "Value",
    "parse",
    "plain",
    "resolve",
    "spell",
    "walk",
]
