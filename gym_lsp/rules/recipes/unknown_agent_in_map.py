"""The rule `unknown-agent-in-map`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, Table, at
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import AGENTS, ENVIRONMENTS
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, listed, rule

_DISTILLATION = "on_policy_distillation"
_TEACHERS = "teacher_model_by_agent_name"
_DEFAULT = "default_teacher_alias"
_STRICT = "strict_agent_name_match"
_MOST_NAMED = 8


@rule("unknown-agent-in-map", on=Composition, severity=Severity.ERROR)
def unknown_agent_in_map(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A map from agents to teachers that does not fit the agents of the run.

    ## Why

    `on_policy_distillation.teacher_model_by_agent_name` gives each agent a teacher model. A name that no agent of the
    run has is never used. An agent without an entry goes to `default_teacher_alias`, with one printed line; without a
    default, or with `strict_agent_name_match`, the training ends at its first row.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    on_policy_distillation:
      teacher_model_by_agent_name:
        counting_agents: /models/teacher
    #   ^^^^^^^^^^^^^^^ error[unknown-agent-in-map]
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    policy_model:
      responses_api_models:
        vllm_model: {entrypoint: app.py, return_token_id_information: true}
    ```

    ## Use instead

    ```yaml
    # --- recipes/small.yaml
    on_policy_distillation:
      teacher_model_by_agent_name:
        counting_agent: /models/teacher
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    policy_model:
      responses_api_models:
        vllm_model: {entrypoint: app.py, return_token_id_information: true}
    ```
    """
    recipe = composition.recipe
    distillation = None if recipe is None else at(recipe.config, (_DISTILLATION,))
    teachers = distillation.get(_TEACHERS) if isinstance(distillation, Table) else None
    if not isinstance(distillation, Table) or not isinstance(teachers, Table) or composition.is_incomplete:
        return
    agents = [server.name for server in composition.servers if server.server_type in (AGENTS, ENVIRONMENTS)]
    # Rows name agents as the files do.
    known = {*agents, *composition.renames}
    # The default is the name of an entry, which need not be that of an agent.
    default = distillation.leaf(_DEFAULT)
    meant: set[str] = set()
    for name, teacher in teachers.entries.items():
        if name not in known and name != default:
            near = [each for each in nearest(str(name), known) if each not in teachers.entries]
            meant.update(near)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            yield at_key(teacher, f"the run has no agent `{name}`{hint}", fixes=renames(teacher, near))
    left = sorted(
        server.name
        for server in composition.servers
        if server.server_type == AGENTS and server.name not in teachers.entries and server.name not in meant
    )
    if left and teachers.entries:
        yield _left(distillation, teachers, left)


def _left(distillation: Table, teachers: Table, left: list[str]) -> Finding:
    """Report the agents without an entry."""
    named = (
        listed(left[:_MOST_NAMED], "and")
        if len(left) <= _MOST_NAMED
        else f"{', '.join(f'`{each}`' for each in left[:_MOST_NAMED])}, …"
    )
    agents = "1 agent" if len(left) == 1 else f"{len(left)} agents"
    default = distillation.get(_DEFAULT)
    has_default = isinstance(default, Leaf) and bool(default.value)
    if has_default and not distillation.leaf(_STRICT):
        message = f"the teacher of `{_DEFAULT}` is used for {agents} of the run: {named}"
        return at_key(teachers, message, severity=Severity.INFORMATION)
    message = f"no teacher for {agents} of the run, whose rows end the training: {named}"
    return at_key(teachers, message, severity=Severity.WARNING)
