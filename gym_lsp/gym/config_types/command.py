"""What all command line configs share: asked for help, they describe themselves and leave."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from inspect import cleandoc
from typing import cast

from pydantic import BaseModel, model_validator
from pydantic.fields import FieldInfo


class BaseNeMoGymCLIConfig(BaseModel):
    """The arguments of one command, given as keys of the configuration."""

    @model_validator(mode="before")
    @classmethod
    def pre_process(cls, data: object) -> object:
        """Print the help and raise SystemExit where it is asked for; otherwise pass `data` on as it is.

        Help is asked for by `-h` or `--help` among the arguments of the process, or by a true `h` or `help` in
        `data`.
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
    """The help of a command line config: its name, its own docstring, and one line for each of its parameters."""
    parts = [f"Displaying help for {command.__name__}"]
    # The docstring of a class above it would describe another command, so it is not asked for.
    if command.__doc__:
        parts.append(_section("Description", cleandoc(command.__doc__)))
    if command.model_fields:
        parts.append(_section("Parameters", "\n".join(_parameter_lines(command.model_fields))))
    else:
        parts.append("This command takes no parameters.")
    return "\n\n".join(parts)


def _section(title: str, body: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{body}"


def _parameter_lines(fields: Mapping[str, FieldInfo]) -> list[str]:
    heads = [f"- {name} ({_type_name(field.annotation)})" for name, field in fields.items()]
    width = max(len(head) for head in heads) + 3
    return [f"{head:<{width}}{_remark(field)}" for head, field in zip(heads, fields.values(), strict=True)]


def _type_name(annotation: object) -> str:
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return name.replace("typing.", "")


def _remark(field: FieldInfo) -> str:
    """The description of a field, and behind it what happens when the field is left out."""
    if field.is_required():
        absent = "[required]"
    elif field.default_factory is not None:
        absent = "[default: <factory>]"
    elif field.default is not None:
        absent = f"[default: {field.default}]"
    else:
        absent = ""
    return " ".join(part for part in (field.description or "", absent) if part)
