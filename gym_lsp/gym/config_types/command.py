"""The base class of command line configs, which prints help on request."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from inspect import cleandoc
from typing import cast

from pydantic import BaseModel, model_validator
from pydantic.fields import FieldInfo


class BaseNeMoGymCLIConfig(BaseModel):
    """The arguments of a command, as keys of the configuration."""

    @model_validator(mode="before")
    @classmethod
    def pre_process(cls, data: object) -> object:
        """Return `data` unchanged. If help is requested, print it and raise SystemExit instead.

        The request is `-h` or `--help` in the arguments of the process, or a true `h` or `help` in `data`.
        """
        if _wants_help(data):
            sys.stdout.write(help_text(cls) + "\n")
            sys.exit()
        return data


def _wants_help(data: object) -> bool:
    if isinstance(data, Mapping):
        keys = cast("Mapping[str, object]", data)
        if keys.get("h") or keys.get("help"):
            return True
    switches = ArgumentParser(add_help=False)
    switches.add_argument("--help", "-h", action="store_true")
    return switches.parse_known_args()[0].help


def help_text(command: type[BaseModel]) -> str:
    """Return the help of a command: its name, its own docstring, and one line for each parameter."""
    parts = [f"Displaying help for {command.__name__}"]
    # An inherited docstring would describe another command, so only the own one counts.
    if command.__doc__:
        parts.append(_section("Description", cleandoc(command.__doc__)))
    if command.model_fields:
        parts.append(_section("Parameters", "\n".join(_parameter_lines(command.model_fields))))
    else:
        parts.append("This command has no parameters.")
    return "\n\n".join(parts)


def _section(title: str, body: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{body}"


def _parameter_lines(fields: Mapping[str, FieldInfo]) -> list[str]:
    heads = [f"- {name} ({_type_name(field.annotation)})" for name, field in fields.items()]
    width = max(len(head) for head in heads) + 3
    return [f"{head:<{width}}{_summary(field)}" for head, field in zip(heads, fields.values(), strict=True)]


def _type_name(annotation: object) -> str:
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return name.replace("typing.", "")


def _summary(field: FieldInfo) -> str:
    """Return the description of a field, followed by its default or by `[required]`."""
    if field.is_required():
        absent = "[required]"
    elif field.default_factory is not None:
        absent = "[default: <factory>]"
    elif field.default is not None:
        absent = f"[default: {field.default}]"
    else:
        absent = ""
    return " ".join(part for part in (field.description or "", absent) if part)
