"""What a manifest's config and files lack; apart from the rule, to be imported only for a manifest."""

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
    """Everything that NeMo Gym misses once it holds a manifest against its config."""
    config = manifest.file.config
    said = described(context, manifest)
    if isinstance(said, Undescribable):
        yield _about_config(config, said)
    yield from _about_prompts(context, config)
    for dataset in _benchmarks(config):
        yield from _about_prepare(context, dataset)
    yield from _about_driver(context, config)


# The config


def _about_config(config: Table, said: Undescribable) -> Finding:
    owner = config.get(_OWNER)
    if said.why is Why.NOT_AN_OWNER and owner is not None:
        near = nearest(str(config.leaf(_OWNER)), said.names)
        way_out = f"; did you mean `{near[0]}`?" if near else f", but {listed(said.names)} does" if said.names else ""
        fixes = tuple(replace_value(owner, name, f"Change to `{name}`") for name in near)
        return at_value(owner, f"`{config.leaf(_OWNER)}` declares no datasets in the config{way_out}", fixes=fixes)
    is_about_agents = said.why in (Why.NO_AGENT, Why.SEVERAL_AGENTS, Why.AGENTS_DIFFER, Why.WRONG_AGENT)
    value = config.get(AGENT_SERVER if is_about_agents else DATASETS) or next(iter(config.entries.values()), config)
    places: tuple[RelatedLocation, ...] = ()
    if said.at is not None:
        places = (RelatedLocation(said.at.origin.path, key_span(said.at), "what the config says"),)
    return at_key(value, _message(said), related=places)


def _message(said: Undescribable) -> str:
    owner, others = said.names[0] if said.names else "", said.names[1:]
    match said.why:
        case Why.SEVERAL_OWNERS:
            return f"the config declares datasets on {listed(said.names, 'and')}; name one of them as `{_OWNER}`"
        case Why.NO_AGENT:
            return f"no agent of the config uses `{owner}`, whose datasets these are"
        case Why.SEVERAL_AGENTS:
            agents = listed(others, "and")
            return f"{agents} use `{owner}`, whose datasets these are; name one as `agent` of the datasets"
        case Why.AGENTS_DIFFER:
            return f"the datasets of `{owner}` name several agents: {listed(others, 'and')}"
        case Why.WRONG_AGENT:
            return f"the datasets of `{owner}` name the agent {listed(others)}, which does not work on them"
        case _:
            return "the config declares no datasets, and a manifest describes some"


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
            yield at_value(value, f"no search root has a file `{path}`")
        elif found is not None and not has_user(context, found):
            yield at_value(value, f"`{path}` is no prompt: it has no `{USER}` template")


def _is_read(config: Table, source: object, named: list[tuple[Leaf, str]]) -> bool:
    """Whether NeMo Gym reads the standard prompt, and no dataset names it, about which the config's rules speak."""
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
    """About scripts that a config may name and a manifest may not; about all others the config's rules speak."""
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
    yield at_value(
        given[0], f"`{given[1]}` must define `prepare` itself, with a plain `def`, for a manifest to name it"
    )


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
            yield at_value(given[0], f"no search root has a module `{candidates[0]}`")
        return
    text = _text(context, path)
    if text is not None and not re.search(rf"^(?:async[ \t]+)?def[ \t]+{re.escape(function)}\b", text, re.MULTILINE):
        yield at_value(given[0], f"`{context.search.spell(path)}` defines no function `{function}`")


def _text(context: Context, path: PurePath) -> str | None:
    try:
        return context.files.read(path)
    except Unreadable:
        return None
