"""Which fields of a server accept server refs: by the class of the server if it is known, otherwise by their names."""

from __future__ import annotations

from gym_lsp.compose.blocks import Spelled
from gym_lsp.compose.servers import Server
from gym_lsp.gym.layout import ENTRYPOINT
from gym_lsp.rules.analysis.server_fields import model_of
from gym_lsp.rules.analysis.type_mismatches import ref_type
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.names.refs import type_of_field
from gym_lsp.syntax import Atom


class RefFields:
    """The fields of one server that accept refs."""

    def __init__(self, context: Context, server: Server | Spelled) -> None:
        self._context = context
        self._server = server
        self._program = (server.server_type, server.implementation, server.config.leaf(ENTRYPOINT))

    def types(self, field: Atom) -> tuple[str, ...]:
        """Return the server types that a field can refer to, or `()` if it is not known to be a ref field."""
        # Most servers of a long config start the same programs.
        return self._context.once((RefFields, self._program, field), lambda: self._types(field))

    def _types(self, field: Atom) -> tuple[str, ...]:
        model = model_of(self._context, self._server)
        known = None if model is None else model.field(field)
        if known is None:
            # NeMo Gym itself checks refs, whether or not the class has a field for them.
            by_name = type_of_field(field)
            return () if by_name is None else (by_name,)
        ref = ref_type(known.type)
        return () if ref is None else ref.server_types
