"""Completion of whole blocks: an environment, an agent, a model, a sandbox, a dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.files import Kind
from gym_lsp.gym.fields import ModelType, UnionType
from gym_lsp.gym.layout import (
    AGENTS,
    BENCHMARK,
    CONFIG_FILENAME,
    MODELS,
    RESOURCES,
    USUAL_SANDBOX,
    is_dataset,
)
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, choice, literal, stop
from gym_lsp.ide.completion.context import Role
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
    """A part of a skeleton that the user changes. `options` are its possible values, empty for any."""

    text: str
    options: tuple[str, ...] = ()


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
    name = _own_name(request)
    blocks = (
        ("environment", "A resources server and an agent that uses it.", _environment(request, name)),
        ("agent", "An agent that calls the policy model.", _agent(request, f"{name}_agent", name)),
        ("model", "A model server named `policy_model`, as agents expect.", _model(request)),
        ("sandbox", "A sandbox in which agents run commands.", _sandbox(request)),
    )
    taken = request.context.neighbours
    for index, (label, about, pieces) in enumerate(blocks):
        made = parse("".join(map(_plain, pieces))).root
        names = (str(entry.name) for entry in made.entries) if isinstance(made, Mapping) else ()
        if not any(name in taken for name in names):
            yield _skeleton(request, label, about, pieces, index)


def _own_name(request: Request) -> str:
    """Return the usual name of instances in this file: that of its folder, or of the file itself."""
    path = request.path
    name = path.parent.name if path.name == CONFIG_FILENAME else path.stem
    return name if name.replace("_", "").replace("-", "").isalnum() else "my_environment"


def _implementation(request: Request, server_type: str, preferred: str) -> str:
    known = implementation_folders(request.workspace, server_type)
    for name in (preferred, *_FAVOURITES):
        if name in known:
            return name
    return next(iter(known), preferred)


def _environment(request: Request, name: str) -> tuple[Piece, ...]:
    implementation = _implementation(request, RESOURCES, name)
    known = usual_domain(request.workspace, implementation)
    return (
        Slot(name),
        ":\n  resources_servers:\n    ",
        Slot(implementation),
        ":\n      entrypoint: app.py\n      domain: ",
        Slot(known or _DOMAIN, request.workspace.profile.domains),
        "\n      description: ",
        Slot("The task, and how answers are verified."),
        "\n\n",
        *_agent(request, f"{name}_agent", name),
    )


def _agent(request: Request, name: str, resources_server: str) -> tuple[Piece, ...]:
    implementation = _implementation(request, AGENTS, "simple_agent")
    return (
        Slot(name),
        f":\n  {AGENTS}:\n    ",
        Slot(implementation),
        ":\n      entrypoint: app.py\n      resources_server:\n        type: resources_servers\n        name: ",
        Slot(resources_server),
        f"\n      model_server:\n        type: {MODELS}\n        name: ",
        Slot("policy_model"),
        *_example(request, resources_server),
        "\n",
    )


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
    return (
        Slot("policy_model"),
        f":\n  {MODELS}:\n    ",
        Slot(_implementation(request, MODELS, "vllm_model")),
        ":\n      entrypoint: app.py\n      base_url: ${policy_base_url}",
        "\n      api_key: ${policy_api_key}\n      model: ${policy_model_name}\n",
    )


def _sandbox(request: Request) -> tuple[Piece, ...]:
    providers = tuple(sorted(request.workspace.profile.sandbox_providers))
    first = "docker" if "docker" in providers else next(iter(providers), "docker")
    return (Slot(USUAL_SANDBOX), ":\n  ", Slot(first, providers), ": {}\n")


def _datasets(request: Request) -> Iterator[Candidate]:
    """Yield a dataset of each type, with its required fields."""
    profile = request.workspace.profile
    name = _own_name(request)
    folder = request.workspace.spelled(request.path.parent)
    shape = request.shape.type
    options = shape.options if isinstance(shape, UnionType) else (shape,)
    order = 0
    for option in options:
        for tag in tags(option.model) if isinstance(option, ModelType) else ():
            pieces: list[Piece] = ["name: ", Slot(f"{name}_{tag}"), f"\ntype: {tag}\njsonl_fpath: "]
            pieces.append(Slot(f"{folder}/data/{tag}.jsonl"))
            if tag in profile.licensed_dataset_types:
                pieces += ["\nlicense: ", Slot("TBD", profile.licenses)]
            if tag == BENCHMARK:
                pieces += ["\nprepare_script: ", Slot(f"{folder}/prepare.py")]
            about = f"A dataset of type `{tag}`."
            yield _skeleton(request, f"{tag} dataset", about, tuple(pieces), order)
            order += 1


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
    for piece in pieces:
        if isinstance(piece, str):
            yield literal(piece)
        elif piece.text in numbers:
            yield stop(numbers[piece.text])
        else:
            numbers[piece.text] = number = len(numbers) + 1
            options = (piece.text, *(option for option in piece.options if option != piece.text))
            yield choice(number, options) if piece.options else stop(number, piece.text)
