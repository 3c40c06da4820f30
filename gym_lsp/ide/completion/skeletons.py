"""Completion of whole blocks: an environment, an agent, a model, a sandbox, a dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.files import Kind
from gym_lsp.gym.fields import BoolType, ModelType, UnionType
from gym_lsp.gym.layout import (
    AGENTS,
    BENCHMARK,
    BENCHMARKS_FOLDER,
    CONFIG_FILENAME,
    CONFIGS_FOLDER,
    EXAMPLE,
    MODELS,
    RESOURCES,
    SANDBOXES_FOLDER,
    TRAIN,
    USUAL_SANDBOX,
    is_dataset,
)
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, choice, literal, stop
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.implementations import required_fields
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.markdown import Fence
from gym_lsp.ide.shape import ShapeKind, tags
from gym_lsp.ide.usual_domains import usual_domain
from gym_lsp.syntax import Mapping, parse
from gym_lsp.workspace.implementations import implementation_folders
from gym_lsp.workspace.recognise import FileKind

_FAVOURITES = ("simple_agent", "vllm_model", "openai_model")
_DOMAIN = "other"


class Slot(Struct, frozen=True):
    """A part of a skeleton that the user changes.

    `options` are its possible values, empty for any. Slots with the same text change together, except for those that
    are `alone`.
    """

    text: str
    options: tuple[str, ...] = ()
    alone: bool = False


Piece = str | Slot


def skeletons(request: Request) -> Iterator[Candidate]:
    """Yield the blocks that can begin at the cursor."""
    context = request.context
    if context.flow or context.quote or context.has_colon or context.has_block:
        return
    if request.shape.kind is ShapeKind.ROOT and context.role is Role.KEY and request.kind is not FileKind.ENVIRONMENT:
        yield from _blocks(request)
    elif context.role is Role.ITEM and is_dataset(context.path):
        yield from _datasets(request)


def _blocks(request: Request) -> Iterator[Candidate]:
    """Yield the blocks that the file does not have yet, the one that its place suggests first."""
    name, server = _own_name(request), _own_server(request)
    made = {
        "benchmark": ("A resources server, and an agent with the rows of a benchmark.", _benchmark(request, name)),
        "environment": ("A resources server and an agent that uses it.", _environment(request, name)),
        "resources server": ("A server that verifies answers, and provides tools.", _server(request, name)),
        "agent": ("An agent that calls the policy model.", _agent(request, server, _example(request, server))),
        "agent with datasets": ("An agent with rows to train on, and examples.", _agent_with_datasets(request, server)),
        "model": ("A model server named `policy_model`, as agents expect.", _model(request)),
        "sandbox": ("A sandbox in which agents run commands.", _sandbox(request)),
    }
    steps = request.workspace.spelled(request.path).split("/")
    first = next((label for folder, label in _FIRST.items() if folder in steps), None)
    if first != "benchmark":
        del made["benchmark"]
    taken = request.context.neighbours
    for index, label in enumerate(sorted(made, key=lambda label: label != first)):
        about, pieces = made[label]
        block = parse("".join(map(_plain, pieces))).root
        names = (str(entry.name) for entry in block.entries) if isinstance(block, Mapping) else ()
        if not any(name in taken for name in names):
            yield _skeleton(request, label, about, pieces, index)


_FIRST = {
    BENCHMARKS_FOLDER: "benchmark",
    AGENTS: "agent",
    MODELS: "model",
    SANDBOXES_FOLDER: "sandbox",
}
"""The block that is most likely in a file below a folder."""


def _own_name(request: Request) -> str:
    """Return the usual name of instances in this file: that of its folder, or of the file itself."""
    path = request.path
    name = path.parent.name if path.name == CONFIG_FILENAME else path.stem
    return name if name.replace("_", "").replace("-", "").isalnum() else "my_environment"


def _own_server(request: Request) -> str:
    """Return the resources server that an agent of this file uses: one of its run, or the one with the usual name."""
    servers = (each.name for each in request.run.servers if each.server_type == RESOURCES)
    return next(servers, _own_name(request))


def _implementation(request: Request, server_type: str, preferred: str) -> Slot:
    """Return the implementation of an agent or a model: the preferred one if it exists, with the others as a choice."""
    known = implementation_folders(request.workspace, server_type)
    first = next((name for name in (preferred, *_FAVOURITES) if name in known), next(iter(known), preferred))
    return Slot(first, tuple(sorted(known)))


def _environment(request: Request, name: str) -> tuple[Piece, ...]:
    return (*_server(request, name), "\n", *_agent(request, name, _example(request, name)))


def _benchmark(request: Request, name: str) -> tuple[Piece, ...]:
    rows = ("\n      datasets:\n        - ", *_dataset(request, BENCHMARK, name, "\n          "))
    return (*_server(request, name), "\n", *_agent(request, name, rows))


def _server(request: Request, name: str) -> tuple[Piece, ...]:
    # A new environment has a new server. There are too many others for a choice, and completion lists them later.
    implementation = _component(request) or name
    known = usual_domain(request.workspace, implementation)
    return (
        Slot(name),
        f":\n  {RESOURCES}:\n    ",
        Slot(implementation),
        ":\n      entrypoint: app.py\n      domain: ",
        Slot(known or _DOMAIN, request.workspace.profile.domains),
        "\n      description: ",
        Slot("The task, and how answers are verified."),
        "\n",
    )


def _component(request: Request) -> str | None:
    """Return the folder of the component, if the file is in its folder of configs."""
    folders = request.workspace.spelled(request.path).split("/")[:-1]
    return folders[folders.index(CONFIGS_FOLDER) - 1] if CONFIGS_FOLDER in folders[1:] else None


def _agent(request: Request, resources_server: str, datasets: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return (
        Slot(f"{resources_server}_agent"),
        f":\n  {AGENTS}:\n    ",
        _implementation(request, AGENTS, _component(request) or "simple_agent"),
        f":\n      entrypoint: app.py\n      resources_server:\n        type: {RESOURCES}\n        name: ",
        Slot(resources_server),
        f"\n      model_server:\n        type: {MODELS}\n        name: ",
        Slot("policy_model"),
        *datasets,
        "\n",
    )


def _agent_with_datasets(request: Request, resources_server: str) -> tuple[Piece, ...]:
    datasets: list[Piece] = ["\n      datasets:"]
    for tag in (TRAIN, EXAMPLE):
        datasets += ["\n        - ", *_dataset(request, tag, resources_server, "\n          ")]
    return _agent(request, resources_server, tuple(datasets))


def _example(request: Request, name: str) -> tuple[Piece, ...]:
    """Return the dataset of examples, if its file exists."""
    folder = request.path.parent / "data"
    for entry in request.workspace.files.entries(folder):
        if entry.kind is Kind.FILE and entry.name == "example.jsonl":
            path = request.workspace.spelled(folder / entry.name)
            return (
                "\n      datasets:\n        - name: ",
                Slot(f"{name}_example"),
                f"\n          type: example\n          jsonl_fpath: {path}",
            )
    return ()


def _model(request: Request) -> tuple[Piece, ...]:
    implementation = _implementation(request, MODELS, _component(request) or "vllm_model")
    pieces: list[Piece] = [Slot("policy_model"), f":\n  {MODELS}:\n    ", implementation, ":\n      entrypoint: app.py"]
    settings = {"base_url": "${policy_base_url}", "api_key": "${policy_api_key}", "model": "${policy_model_name}"}
    pieces += [f"\n      {name}: {value}" for name, value in settings.items()]
    for field in required_fields(request.workspace, MODELS, implementation.text):
        if field.name not in settings:
            is_switch = isinstance(field.type, BoolType)
            value = Slot("false", ("true",), alone=True) if is_switch else Slot("???", alone=True)
            pieces += [f"\n      {field.name}: ", value]
    return (*pieces, "\n")


def _sandbox(request: Request) -> tuple[Piece, ...]:
    providers = tuple(sorted(request.workspace.profile.sandbox_providers))
    first = "docker" if "docker" in providers else next(iter(providers), "docker")
    return (Slot(USUAL_SANDBOX), ":\n  ", Slot(first, providers), ": {}\n")


def _datasets(request: Request) -> Iterator[Candidate]:
    """Yield a dataset of each type, with its required fields."""
    name = _own_name(request)
    shape = request.shape.type
    options = shape.options if isinstance(shape, UnionType) else (shape,)
    order = 0
    for option in options:
        for tag in tags(option.model) if isinstance(option, ModelType) else ():
            pieces = _dataset(request, str(tag), name, "\n")
            about = f"A dataset of type `{tag}`."
            yield _skeleton(request, f"{tag} dataset", about, pieces, order)
            order += 1


def _dataset(request: Request, tag: str, name: str, below: str) -> tuple[Piece, ...]:
    """Return a dataset of a type with its required fields; `below` begins each line after the first."""
    profile, folder = request.workspace.profile, request.workspace.spelled(request.path.parent)
    pieces: list[Piece] = ["name: ", Slot(f"{name}_{tag}"), f"{below}type: {tag}{below}jsonl_fpath: "]
    pieces.append(Slot(f"{folder}/data/{tag}.jsonl"))
    if tag in profile.licensed_dataset_types:
        pieces += [f"{below}license: ", Slot("TBD", profile.licenses)]
    if tag == BENCHMARK:
        pieces += [f"{below}prepare_script: ", Slot(f"{folder}/prepare.py")]
    return tuple(pieces)


def _skeleton(request: Request, label: str, about: str, pieces: tuple[Piece, ...], order: int) -> Candidate:
    """Return a skeleton with the indentation of the cursor."""
    context = request.context
    below = f"{context.newline}{context.margin()}"
    pieces = tuple(_indented(pieces, context.step))
    plain = "".join(map(_plain, pieces))
    snippet = "".join(_with_stops(pieces))
    return request.part(
        label,
        context.span,
        plain.replace("\n", below).replace(
            f"{context.newline}{context.margin()}{context.newline}", context.newline * 2
        ),
        CandidateKind.SKELETON,
        detail="new block",
        documentation=(about, Fence(plain, "yaml")),
        rank=Rank.REQUIRED,
        order=order,
        snippet=context.lead + snippet.replace("\n", below),
    )


def _indented(pieces: tuple[Piece, ...], step: int) -> Iterator[Piece]:
    """Yield the pieces with the indentation of the file; the lines of a list element stay aligned after its dash."""
    dash = None

    def moved(lead: re.Match[str]) -> str:
        nonlocal dash
        column = len(lead["spaces"])
        if dash is not None and column == dash + _STEP:
            return "\n" + " " * (dash // _STEP * step + _STEP)
        dash = column if lead["dash"] else None
        return "\n" + " " * (column // _STEP * step) + lead["dash"]

    for piece in pieces:
        yield piece if isinstance(piece, Slot) else _LEAD.sub(moved, piece)


_STEP = 2
_LEAD = re.compile(r"\n(?P<spaces> +)(?P<dash>(?:- )?)")


def _plain(piece: Piece) -> str:
    return piece if isinstance(piece, str) else piece.text


def _with_stops(pieces: tuple[Piece, ...]) -> Iterator[str]:
    """Yield the pieces as a snippet; equal slots share one tab stop."""
    numbers: dict[str, int] = {}
    last = 0
    for piece in pieces:
        if isinstance(piece, str):
            yield literal(piece)
        elif piece.text in numbers and not piece.alone:
            yield stop(numbers[piece.text])
        else:
            last += 1
            if not piece.alone:
                numbers[piece.text] = last
            options = (piece.text, *(option for option in piece.options if option != piece.text))
            yield choice(last, options) if piece.options else stop(last, piece.text)
