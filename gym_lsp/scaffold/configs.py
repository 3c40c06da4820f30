"""The texts of new configs. Each field that a newcomer may change has a comment."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from msgspec import Struct

from gym_lsp.gym.layout import AGENTS, BENCHMARK, ENVIRONMENTS, MODELS, RESOURCES

MODEL_NAME = "policy_model"
"""The name of the model that agents use by convention; the config of a run defines it."""


class Dataset(Struct, frozen=True):
    """A dataset of a new environment. `folder` contains the prompt and the script of a benchmark."""

    name: str
    type: str
    path: str
    folder: str

    def text(self) -> str:
        about = (
            "The rows, which prepare.py makes, and the prompt that makes a question of each of them."
            if self.type == BENCHMARK
            else "Five rows to try it with. Datasets of the types `train` and `validation` also need a `license`."
        )
        lines = [f"# {about}", f"- name: {self.name}", f"  type: {self.type}", f"  jsonl_fpath: {self.path}"]
        if self.type == BENCHMARK:
            lines += [f"  prepare_script: {self.folder}/prepare.py", f"  prompt_config: {self.folder}/prompt.yaml"]
            lines += ["  # How often each row is answered.", "  num_repeats: 1"]
        return "datasets:\n" + "".join(f"  {line}\n" for line in lines)


def resources_server(name: str, domain: str, domains: Sequence[str], dataset: Dataset | None) -> str:
    """Return the block of a resources server with its own implementation."""
    # A long comment is not wrapped by every editor.
    choices = _wrapped("The kind of task, for lists of environments: one of " + ", ".join(domains) + ".")
    return f"""\
{name}:
  {RESOURCES}:
    # The folder {RESOURCES}/{name}. Its app.py grades the answers, and defines further fields of this block.
    {name}:
      entrypoint: app.py
{indent(choices, "      ")}      domain: {domain}
      # A sentence for those who look for an environment.
      description: Answer a question; the answer has to be the expected one.
{_part(dataset)}"""


def agent(name: str, implementation: str, server: str | None, dataset: Dataset | None) -> str:
    """Return the block of an agent. Without a server, a run has to bind it to one."""
    about = (
        "# The server that grades the answers. `???` has to be set by the run, for example by `--resources-server`."
        if server is None
        else "# The server that grades the answers."
    )
    return f"""\
{name}:
  {AGENTS}:
    # The folder {AGENTS}/{implementation}.
    {implementation}:
      entrypoint: app.py
      {about}
      resources_server:
        type: {RESOURCES}
        name: {"???" if server is None else server}
      # The model that answers. Each run chooses its config, for example with `--model-type vllm_model`.
      model_server:
        type: {MODELS}
        name: {MODEL_NAME}
{_part(dataset)}"""


def inherited_agent(name: str, base: str, implementation: str, server: str) -> str:
    """Return the block of an agent that takes over all but its name from an included config."""
    return f"""\
{name}:
  # All fields and datasets of `{base}`, which this replaces. Fields that you add here override the inherited ones.
  _inherit_from: {base}
  {AGENTS}:
    {implementation}:
      # The server that grades the answers, in the included config.
      resources_server:
        type: {RESOURCES}
        name: {server}
"""


def environment_server(name: str, agent_name: str) -> str:
    """Return the block of the environment server of an agent, which releases before 0.7.0 do not know."""
    return f"""\
# Rollouts reach the agent through this server.
{name}:
  {ENVIRONMENTS}:
    legacy_agent:
      entrypoint: app.py
      agent_server:
        type: {AGENTS}
        name: {agent_name}
"""


def inherited_environment_server(name: str, base: str, implementation: str, field: str, agent_name: str) -> str:
    """Return the block of an environment server of an included config, for an agent with another name."""
    return f"""\
# Rollouts reach the agent through this server.
{name}:
  _inherit_from: {base}
  {ENVIRONMENTS}:
    {implementation}:
      {field}:
        type: {AGENTS}
        name: {agent_name}
"""


def include(path: str, about: str) -> str:
    """Return the include of another config."""
    return f"# {about}\nconfig_paths:\n  - {path}\n"


def _part(dataset: Dataset | None) -> str:
    return "" if dataset is None else indent(dataset.text(), "      ")


def _wrapped(text: str, width: int = 100) -> str:
    lines: list[str] = ["#"]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("#")
        lines[-1] += f" {word}"
    return "".join(f"{line}\n" for line in lines)
