"""What the config and the files of a manifest lack, in a module that is imported only if there is a manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Array, Config, Leaf, Table, key_span
from gym_lsp.compose.expected_manifest import Undescribable, Why
from gym_lsp.diagnostic import RelatedLocation
from gym_lsp.files import Kind, Unreadable
from gym_lsp.gym.layout import AGENT_SERVER, BENCHMARK, DATASETS, PREPARE_SCRIPT, PROMPT_CONFIG, TYPE
from gym_lsp.gym.prompt import USER
from gym_lsp.rules.analysis.datasets import settled_path
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.analysis.presence import is_missing
from gym_lsp.rules.analysis.prompts import has_user
from gym_lsp.rules.engine.context import Context, Manifest
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, listed
from gym_lsp.rules.manifests.outdated_values import described

_PREPARE = re.compile(r"^def[ \t]+prepare\b", re.MULTILINE)
_OWNER = "dataset_owner"
_STANDARD_PROMPT = "standard_prompt_config"
_DRIVER = "rollout_driver"


def about_promises(context: Context, manifest: Manifest) -> Iterator[Finding]:
    """Yield a finding for each part of a manifest that its config and its files do not fulfil."""
    config = manifest.file.config
    expected = described(context, manifest)
    if isinstance(expected, Undescribable):
        yield _about_config(config, expected)
    yield from _about_prompts(context, config)
    for dataset in _benchmarks(config):
        yield from _about_prepare(context, dataset)
    yield from _about_driver(context, config)


# The config


def _about_config(config: Table, reason: Undescribable) -> Finding:
    owner, names = config.get(_OWNER), reason.names
    if reason.why is Why.NOT_AN_OWNER and owner is not None:
        near = nearest(str(config.leaf(_OWNER)), names)
        way_out = f"; did you mean `{near[0]}`?" if near else f"; expected {listed(names)}" if names else ""
        fixes = tuple(replace_value(owner, name, f"Change to `{name}`") for name in near)
        message = f"`{config.leaf(_OWNER)}` does not declare datasets in the config{way_out}"
        return at_value(owner, message, fixes=fixes)
    is_about_agents = reason.why in (Why.NO_AGENT, Why.SEVERAL_AGENTS, Why.AGENTS_DIFFER, Why.WRONG_AGENT)
    value = config.get(AGENT_SERVER if is_about_agents else DATASETS) or next(iter(config.entries.values()), config)
    places: tuple[RelatedLocation, ...] = ()
    if reason.at is not None:
        places = (RelatedLocation(reason.at.origin.path, key_span(reason.at), "in the config"),)
    return at_key(value, _message(reason), related=places)


def _message(reason: Undescribable) -> str:
    owner, others = reason.names[0] if reason.names else "", reason.names[1:]
    match reason.why:
        case Why.SEVERAL_OWNERS:
            return f"the config declares datasets on {listed(reason.names, 'and')}; set `{_OWNER}` to one of them"
        case Why.NO_AGENT:
            return f"no agent in the config uses `{owner}`, which owns the datasets"
        case Why.SEVERAL_AGENTS:
            agents = listed(others, "and")
            return f"{agents} use `{owner}`, which owns the datasets; set `agent` of the datasets to one of them"
        case Why.AGENTS_DIFFER:
            return f"the datasets of `{owner}` name several agents: {listed(others, 'and')}"
        case Why.WRONG_AGENT:
            return f"the datasets of `{owner}` name the agent {listed(others)}, which does not use `{owner}`"
        case _:
            return "the config does not declare any datasets, but a manifest must describe at least one"


# Prompts


def _about_prompts(context: Context, config: Table) -> Iterator[Finding]:
    standard = settled_path(config, _STANDARD_PROMPT)
    source = config.leaf("prompt_source") or "template"
    if standard is None or source not in ("template", "agent"):
        return
    named = [given for dataset in _benchmarks(config) if (given := settled_path(dataset, PROMPT_CONFIG)) is not None]
    value, path = standard[0], standard[1].strip()
    is_benchmark = config.leaf("kind") == BENCHMARK
    others = list(dict.fromkeys(given[1].strip() for given in named if given[1].strip() != path))
    if source == "template" and is_benchmark and others:
        places = tuple(
            RelatedLocation(given.origin.path, given.node.span, "the prompt of a benchmark dataset")
            for given, text in named
            if text.strip() != path
        )
        fixes = tuple(replace_value(value, other, f"Change to `{other}`") for other in others[:1] if len(others) == 1)
        message = f"`{_STANDARD_PROMPT}` must be the prompt of the benchmark's datasets, {listed(others, 'and')}"
        yield at_value(value, message, related=places, fixes=fixes)
    elif _is_read(config, source, named):
        found = context.search.resolve(context.files, path)
        if found is None and is_missing(context, path):
            yield at_value(value, f"`{path}` not found in any search root")
        elif found is not None and not has_user(context, found):
            yield at_value(value, f"`{path}` is not a prompt: it has no `{USER}` template")


def _is_read(config: Table, source: object, named: list[tuple[Leaf, str]]) -> bool:
    """Return whether NeMo Gym reads the standard prompt, and no dataset names a prompt, which other rules check."""
    if source == "agent":
        return config.leaf("kind") == BENCHMARK
    return not named and any(True for _ in _benchmarks(config))


def _benchmarks(config: Table) -> Iterator[Table]:
    value: Config | None = config.get(DATASETS)
    for item in value.items if isinstance(value, Array) else ():
        if isinstance(item, Table) and item.leaf(TYPE) == BENCHMARK:
            yield item


# Programs


def _about_prepare(context: Context, dataset: Table) -> Iterator[Finding]:
    """Yield a finding about a script that is valid in a config, but not in a manifest. Other rules check the rest."""
    from gym_lsp.rules.datasets.prepare_script_not_found import has_prepare

    given = settled_path(dataset, PREPARE_SCRIPT)
    path = None if given is None else context.search.resolve(context.files, given[1])
    text = None if path is None else _text(context, path)
    if (
        given is None
        or path is None
        or text is None
        or _PREPARE.search(text)
        or not has_prepare(context.workspace, path)
    ):
        return
    yield at_value(given[0], f"`{given[1]}` must define `prepare` with a plain `def`, because a manifest names it")


def _about_driver(context: Context, config: Table) -> Iterator[Finding]:
    given = settled_path(config, _DRIVER)
    module, _, function = (given[1].strip() if given is not None else "").partition(":")
    if given is None or not module or not function.isidentifier():
        return
    folder = module.replace(".", "/")
    candidates = (f"{folder}.py", f"{folder}/__init__.py")
    found = (context.search.resolve(context.files, each) for each in candidates)
    path = next((each for each in found if each is not None and context.files.kind(each) is Kind.FILE), None)
    if path is None:
        if is_missing(context, candidates[0]):
            yield at_value(given[0], f"module `{candidates[0]}` not found in any search root")
        return
    text = _text(context, path)
    if text is not None and not re.search(rf"^(?:async[ \t]+)?def[ \t]+{re.escape(function)}\b", text, re.MULTILINE):
        yield at_value(given[0], f"`{context.search.spell(path)}` does not define a function `{function}`")


def _text(context: Context, path: PurePath) -> str | None:
    try:
        return context.files.read(path)
    except Unreadable:
        return None
