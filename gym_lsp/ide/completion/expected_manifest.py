"""Completion of the values that a manifest repeats from its config: names of servers, and datasets."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array
from gym_lsp.compose.expected_manifest import ExpectedDataset, ExpectedManifest, expected_manifest
from gym_lsp.compose.resolved import scalar
from gym_lsp.gym import layout
from gym_lsp.gym.layout import (
    AGENT_SERVER,
    AGENTS,
    DATASETS,
    MODEL_SERVER,
    MODELS,
    NAME,
    RESOURCES,
    RESOURCES_SERVER,
    TYPE,
)
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.instances import Instance, in_run
from gym_lsp.ide.lookup import own_run
from gym_lsp.ide.shape import child
from gym_lsp.syntax import Scalar, Sequence
from gym_lsp.workspace.recognise import FileKind

_OWNER = "dataset_owner"
_SERVERS = {
    AGENT_SERVER: (AGENTS,),
    _OWNER: (AGENTS, RESOURCES),
    MODEL_SERVER: (MODELS,),
    RESOURCES_SERVER: (RESOURCES,),
}
"""Keys that name servers, with the types of these servers."""
_BY_IMPLEMENTATION = (AGENT_SERVER, RESOURCES_SERVER)
"""Keys that name an implementation and not an instance."""
_SAME = ("The same as in the config.",)


def expected_values(request: Request) -> Iterator[Candidate]:
    """Yield the values of the manifest that its config determines."""
    context = request.context
    if request.kind is not FileKind.MANIFEST:
        return
    match context.path:
        case (str(key),) if context.role is Role.VALUE:
            yield from _texts(request, key)
        case (layout.DATASETS, int()) if context.role in (Role.KEY, Role.ITEM) and not context.neighbours:
            yield from _datasets(request)
        case (layout.DATASETS, int(), str(key)) if context.role is Role.VALUE:
            yield from _fields(request, key)
        case _:
            return


def _expected(request: Request) -> ExpectedManifest | None:
    """Return the expected manifest for the run of the config; None if `dataset_owner` is needed first."""
    workspace = request.workspace
    written = child(request.context.root, _OWNER)
    owner = written.value if isinstance(written, Scalar) and isinstance(written.value, str) else None
    run = own_run(workspace, request.path)
    expected = expected_manifest(run, owner or None, frozenset(workspace.environment), workspace.profile)
    return expected if isinstance(expected, ExpectedManifest) else None


def _texts(request: Request, key: str) -> Iterator[Candidate]:
    expected = None if key == _OWNER else _expected(request)
    if expected is not None and key in expected.texts:
        text = expected.texts[key].text
        if text is not None or key == RESOURCES_SERVER:
            yield request.value(text or "null", text, CandidateKind.INSTANCE, documentation=_SAME)
        return
    seen: set[str] = set()
    for instance in in_run(own_run(request.workspace, request.path), request.workspace.profile):
        name = instance.implementation if key in _BY_IMPLEMENTATION else instance.name
        if instance.server_type not in _SERVERS.get(key, ()) or name in seen:
            continue
        if key != _OWNER or _has_datasets(instance):
            seen.add(name)
            yield request.value(name, name, CandidateKind.INSTANCE, detail=f"instance {instance.name}")


def _has_datasets(instance: Instance) -> bool:
    listed = None if instance.server is None else instance.server.get(DATASETS)
    return isinstance(listed, Array) and bool(listed.items)


# Datasets


def _datasets(request: Request) -> Iterator[Candidate]:
    """Yield the datasets that the manifest does not list yet, each as one candidate."""
    context = request.context
    if context.flow or context.quote or context.has_colon or context.has_block:
        return
    for index, dataset in enumerate(_unlisted(request)):
        lines = [f"{field}: {scalar(value)}" for field, value in dataset.fields.items()]
        yield request.part(
            str(dataset.fields.get(NAME, "")),
            context.span,
            f"{context.newline}{context.margin()}".join(lines),
            CandidateKind.SKELETON,
            detail="dataset of the config",
            documentation=_SAME,
            rank=Rank.REQUIRED,
            order=index,
        )


def _fields(request: Request, key: str) -> Iterator[Candidate]:
    """Yield the value of one field of the dataset that `name` selects; `values` completes its type."""
    mapping = request.context.mapping
    name = None if mapping is None else mapping.get(NAME)
    if key == NAME:
        found = _unlisted(request)
    elif key != TYPE and isinstance(name, Scalar):
        expected = _expected(request)
        found = (
            [each for each in expected.datasets if each.fields.get(NAME) == name.text] if expected is not None else []
        )
    else:
        return
    for dataset in found:
        value = dataset.fields.get(key)
        if value is not None:
            yield request.value(str(value), value, documentation=_SAME, rank=Rank.REQUIRED)


def _unlisted(request: Request) -> list[ExpectedDataset]:
    expected = _expected(request)
    listed = child(request.context.root, DATASETS)
    items = listed.items if isinstance(listed, Sequence) else ()
    names = {name.text for item in items if isinstance(name := child(item, NAME), Scalar)}
    return [each for each in expected.datasets if each.fields.get(NAME) not in names] if expected is not None else []
