"""What has to be asked before something new is made, with the possible answers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.gym.layout import ENVIRONMENTS_FOLDER
from gym_lsp.scaffold.plan import USUAL_AGENT, USUAL_DOMAIN, reusable_servers, usable_agents, usual_provider
from gym_lsp.scaffold.request import Kind
from gym_lsp.workspace.implementations import implementation_folders
from gym_lsp.workspace.workspace import Workspace


class Question(Struct, frozen=True):
    """A question about one field of a `Request`: its text, the answer if there is none, and the possible answers.

    `usual` is empty if no answer is needed, and None if there has to be one. `empty` is what no answer means.
    """

    field: str
    text: str
    usual: str | None
    known: tuple[str, ...]
    empty: str | None = None


def questions(workspace: Workspace, kind: Kind) -> Iterator[Question]:
    """Yield the questions about a new component. An environment on an existing resources server has no others."""
    match kind:
        case "environment" | "benchmark" | "resources-server":
            if kind == "environment":
                text = "Resources server that grades the answers"
                yield Question("resources_server", text, "", reusable_servers(workspace), "a new one")
            yield Question("domain", "Domain", USUAL_DOMAIN, workspace.profile.domains)
            yield Question("agent", "Agent", USUAL_AGENT, usable_agents(workspace))
        case "sandbox":
            known = tuple(sorted(workspace.profile.sandbox_providers))
            yield Question("provider", "Sandbox provider", usual_provider(workspace), known)
        case "recipe":
            known = tuple(implementation_folders(workspace, ENVIRONMENTS_FOLDER))
            yield Question("environment", "Environment to train on", None, known)
        case "agent":
            return
