"""What a manifest repeats of the config that it speaks of: names of its servers, and whole datasets."""

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
from gym_lsp.ide.completion.question import Question
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
"""Keys that name servers, and the types of these."""
_BY_IMPLEMENTATION = (AGENT_SERVER, RESOURCES_SERVER)
"""Keys that repeat an implementation and not an instance."""
_SAME = "The same as in the config."


def mirrored(question: Question) -> Iterator[Candidate]:
    """What the manifest at the cursor has to say, because the config says it."""
    context = question.context
    if question.kind is not FileKind.MANIFEST:
        return
    match context.path:
        case (str(key),) if context.role is Role.VALUE:
            yield from _texts(question, key)
        case (layout.DATASETS, int()) if context.role in (Role.KEY, Role.ITEM) and not context.neighbours:
            yield from _datasets(question)
        case (layout.DATASETS, int(), str(key)) if context.role is Role.VALUE:
            yield from _fields(question, key)
        case _:
            return


def _mirror(question: Question) -> ExpectedManifest | None:
    """What the run of the config says; None where the manifest has to say first whose datasets it lists."""
    workspace = question.workspace
    written = child(question.context.root, _OWNER)
    owner = written.value if isinstance(written, Scalar) and isinstance(written.value, str) else None
    run = own_run(workspace, question.path)
    said = expected_manifest(run, owner or None, frozenset(workspace.environment), workspace.profile)
    return said if isinstance(said, ExpectedManifest) else None


def _texts(question: Question, key: str) -> Iterator[Candidate]:
    said = None if key == _OWNER else _mirror(question)
    if said is not None and key in said.texts:
        text = said.texts[key].text
        if text is not None or key == RESOURCES_SERVER:
            yield question.value(text or "null", text, CandidateKind.INSTANCE, documentation=_SAME)
        return
    seen: set[str] = set()
    for instance in in_run(own_run(question.workspace, question.path), question.workspace.profile):
        name = instance.implementation if key in _BY_IMPLEMENTATION else instance.name
        if instance.server_type not in _SERVERS.get(key, ()) or name in seen:
            continue
        if key != _OWNER or _has_datasets(instance):
            seen.add(name)
            yield question.value(name, name, CandidateKind.INSTANCE, detail=f"instance {instance.name}")


def _has_datasets(instance: Instance) -> bool:
    listed = None if instance.server is None else instance.server.get(DATASETS)
    return isinstance(listed, Array) and bool(listed.items)


# Datasets


def _datasets(question: Question) -> Iterator[Candidate]:
    """The datasets that the manifest does not list yet, each as a whole."""
    context = question.context
    if context.flow or context.quote or context.has_colon or context.has_block:
        return
    for index, dataset in enumerate(_unlisted(question)):
        lines = [f"{field}: {scalar(value)}" for field, value in dataset.fields.items()]
        yield question.part(
            str(dataset.fields.get(NAME, "")),
            context.span,
            f"{context.newline}{context.margin()}".join(lines),
            CandidateKind.SKELETON,
            detail="dataset of the config",
            documentation=_SAME,
            rank=Rank.REQUIRED,
            order=index,
        )


def _fields(question: Question, key: str) -> Iterator[Candidate]:
    """One field of the dataset that the name beside it means; its type is told by the other source of values."""
    mapping = question.context.mapping
    name = None if mapping is None else mapping.get(NAME)
    if key == NAME:
        found = _unlisted(question)
    elif key != TYPE and isinstance(name, Scalar):
        said = _mirror(question)
        found = [each for each in said.datasets if each.fields.get(NAME) == name.text] if said is not None else []
    else:
        return
    for dataset in found:
        value = dataset.fields.get(key)
        if value is not None:
            yield question.value(str(value), value, documentation=_SAME, rank=Rank.REQUIRED)


def _unlisted(question: Question) -> list[ExpectedDataset]:
    said = _mirror(question)
    listed = child(question.context.root, DATASETS)
    items = listed.items if isinstance(listed, Sequence) else ()
    names = {name.text for item in items if isinstance(name := child(item, NAME), Scalar)}
    return [each for each in said.datasets if each.fields.get(NAME) not in names] if said is not None else []
