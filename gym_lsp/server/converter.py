"""The converter between JSON and LSP types, which prepares only what a connection needs.

cattrs generates code for each class before it converts the first object of it. That pays off for what is sent often.
The capabilities of the server consist of two dozen classes and are sent once, so they are converted field by field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from lsprotocol import types as lsp
from pygls.protocol import default_converter

if TYPE_CHECKING:
    from cattrs import Converter

_SENT_ONCE = ("Capabilities", "Options")
"""The ends of the names of the classes that the capabilities of a server consist of."""


def new_converter() -> Converter:
    """Return the converter of pygls with a shorter start."""
    converter = default_converter()
    # A client gets only the code of an error. To collect all mistakes of a message takes twice as much code.
    converter.detailed_validation = False

    def field_by_field(value: attrs.AttrsInstance) -> dict[str, Any]:
        cls = type(value)
        fields = ((field.name, getattr(value, field.name)) for field in attrs.fields(cls))
        # Some fields are sent although they are null.
        sent = ((name, field) for name, field in fields if field is not None or lsp.is_special_property(cls, name))
        return {_in_json(name): converter.unstructure(field) for name, field in sent}

    converter.register_unstructure_hook_func(is_sent_once, field_by_field)
    return converter


def is_sent_once(cls: Any) -> bool:
    """Return whether a type of LSP is a class that the capabilities of a server consist of."""
    return isinstance(cls, type) and attrs.has(cls) and cls.__name__.endswith(_SENT_ONCE)


def _in_json(name: str) -> str:
    """Return the name of a field in JSON: `hover_provider` is `hoverProvider`."""
    first, *others = name.removesuffix("_").split("_")
    return first + "".join(map(str.title, others))
