"""Comparable answers of the functions in `config_types` and `sandbox`, either those of NeMo Gym or ours.

An answer holds values, class names and the places of errors but no messages, because the wording may differ. This
module imports nothing of gym-lsp, because the functions of NeMo Gym run in an environment of their own.
"""

from __future__ import annotations

import re
import sys
import warnings
from typing import Any, cast
from unittest.mock import patch

from omegaconf import DictConfig, OmegaConf
from pydantic import BaseModel, ValidationError

_FIELD = re.compile(r"[a-z_][a-z0-9_]*")


class Answers:
    """The functions of one `config_types` and one `sandbox` module."""

    def __init__(self, config_types: Any, sandbox: Any) -> None:
        self._types = config_types
        self._sandbox = sandbox

    def answer(self, ask: str, arguments: list[Any]) -> Any:
        """Return the answer to one question. A raised exception is an answer too."""
        with warnings.catch_warnings(record=True) as caught, patch.object(sys, "argv", ["program"]):
            warnings.simplefilter("always")
            try:
                answer = getattr(self, ask)(*arguments)
            except ValidationError as error:
                answer = _places(error)
            except ImportError:
                raise
            except Exception as error:  # noqa: BLE001 - every exception is an answer
                answer = {"raises": type(error).__name__}
        deprecated = sum(issubclass(warning.category, DeprecationWarning) for warning in caught)
        return answer | {"deprecations": deprecated} if deprecated else answer

    def instance(self, name: Any, block: Any) -> Any:
        return self._instance(name, OmegaConf.create(block))

    def instance_of_value(self, value: Any) -> Any:
        return self._instance("one", value)

    def _instance(self, name: Any, block: Any) -> Any:
        config, error = self._types.maybe_get_server_instance_config(name, block)
        if config is None:
            return {"server": None} if error is None else _places(error)
        inner = config.get_inner_run_server_config()
        datasets: list[Any] = config.datasets or []
        written = config.get_inner_run_server_config_dict()
        assert isinstance(written, DictConfig)
        return {
            "server": type(config).__name__,
            "has_domain": hasattr(inner, "domain"),
            "fields": inner.model_dump(mode="json"),
            "dumped": sorted(config.model_dump()),
            "written": OmegaConf.to_container(written),
            "ref": config.get_server_ref().model_dump(),
            "datasets": [type(dataset).__name__ for dataset in datasets],
        }

    def almost_server(self, block: Any) -> Any:
        return {"almost": self._types.is_almost_server(OmegaConf.create(block))}

    def almost_server_value(self, value: Any) -> Any:
        return {"almost": self._types.is_almost_server(value)}

    def server_ref(self, value: Any) -> Any:
        """Return the refs for plain data and, if possible, for the same value in OmegaConf's containers."""
        refs = [self._types.is_server_ref(form) for form in _forms(value)]
        return {"refs": [None if ref is None else [type(ref).__name__, ref.model_dump()] for ref in refs]}

    def model(self, name: str, arguments: dict[str, Any]) -> Any:
        model = getattr(self._types, name)
        dumps = [model.model_validate(form) for form in (arguments, OmegaConf.create(arguments))]
        assert dumps[0] == dumps[1]
        return {"model": dumps[0].model_dump(mode="json"), "given": sorted(dumps[0].model_fields_set)}

    def wandb(self, settings: dict[str, Any]) -> Any:
        return {"available": bool(self._types.WANDBConfig(**settings).is_available)}

    def sandbox_config(self, provider: Any, named: Any) -> Any:
        return self._sandboxes(self._sandbox.resolve_provider_config, provider, named)

    def sandbox_metadata(self, provider: Any, named: Any) -> Any:
        return self._sandboxes(self._sandbox.resolve_provider_metadata, provider, named)

    def _sandboxes(self, resolve: Any, provider: Any, named: Any) -> Any:
        """Return the results for plain data and for the same configuration in OmegaConf's containers."""
        answers: list[Any] = []
        for form in _forms(named):
            try:
                answer = resolve(provider, form)
                answers.append(OmegaConf.to_container(answer) if isinstance(answer, DictConfig) else answer)
            except Exception as error:  # noqa: BLE001 - every exception is an answer
                # Only the candidates in a message are compared, not its wording.
                quoted = set(re.findall(r"'(\w+)'", str(error)))
                names = [name for name in sorted(quoted) if name in (named or {})]
                answers.append({"raises": type(error).__name__, "names": names})
        return {"resolved": answers}


def _forms(value: object) -> list[Any]:
    """Return a value and, for a mapping or a list, the same value in OmegaConf's containers."""
    return [value, OmegaConf.create(cast("Any", value))] if isinstance(value, dict | list) else [value]


def _places(error: ValidationError) -> dict[str, Any]:
    """Return the places and types of the errors.

    A location of pydantic also contains names of classes and union members, which depend on its version. So only
    fields, tags and indices are kept.
    """
    places: set[str] = set()
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        steps = [str(step) for step in each["loc"] if isinstance(step, int) or _FIELD.fullmatch(step)]
        places.add(f"{'.'.join(steps)}: {each['type']}")
    return {"errors": sorted(places)}


def shapes(config_types: Any) -> dict[str, Any]:
    """Return the classes and constants of a `config_types` module: bases, fields, defaults, types."""
    members = cast("dict[str, Any]", vars(config_types))
    public: dict[str, type[Any]] = {name: value for name, value in members.items() if isinstance(value, type)}
    models = {name: value for name, value in public.items() if issubclass(value, BaseModel) and value is not BaseModel}
    errors = {name: value for name, value in public.items() if issubclass(value, Exception)}
    errors.pop("ValidationError", None)
    return {
        "models": {name: _shape(model) for name, model in sorted(models.items())},
        "errors": {name: [base.__name__ for base in error.__mro__] for name, error in sorted(errors.items())},
        "domains": {member.name: member.value for member in config_types.Domain},
        "agent_ref_key": config_types.AGENT_REF_KEY,
        "refs": [ref.__name__ for ref in config_types.ServerRef.__args__],
        "server_types": [each.__name__ for each in config_types.ServerTypeConfig.__args__],
        "instances": [each.__name__ for each in config_types.ServerInstanceConfig.__args__],
        "dataset_types": [each.__args__[0] for each in config_types.DatasetType.__args__],
    }


def _shape(model: type[BaseModel]) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "bases": [base.__name__ for base in model.__mro__ if issubclass(base, BaseModel) and base is not BaseModel],
        "extra": model.model_config.get("extra"),
        "fields": list(model.model_fields),
        "required": [name for name, field in model.model_fields.items() if field.is_required()],
        "server_type": getattr(model, "SERVER_TYPE", None),
    }
    if "server_type_config_dict" not in model.model_fields:
        shape["schema"] = _without_prose(model.model_json_schema())
    return shape


def _without_prose(schema: Any) -> Any:
    """Return a JSON schema without titles and descriptions. A property with such a name stays."""
    match schema:
        case list():
            return [_without_prose(each) for each in cast("list[Any]", schema)]
        case dict():
            entries = cast("dict[str, Any]", schema)
            return {
                key: _without_prose_each(value) if key in ("properties", "$defs") else _without_prose(value)
                for key, value in entries.items()
                if key not in ("title", "description")
            }
        case _:
            return schema


def _without_prose_each(schemas: dict[str, Any]) -> dict[str, Any]:
    return {name: _without_prose(schema) for name, schema in schemas.items()}
