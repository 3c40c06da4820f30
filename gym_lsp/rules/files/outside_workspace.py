"""The rule `outside-workspace`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Origin
from gym_lsp.compose.problem import IncludeOutside
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Outside
from gym_lsp.gym.layout import ENV_YAML
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened
from gym_lsp.text import Span

_WAY_OUT = "to show it, name its folder with `--search-dir`"


@rule("outside-workspace", on=(Outside, IncludeOutside), severity=Severity.WARNING)
def outside_workspace(context: Context, problem: Outside | IncludeOutside) -> Iterator[Finding]:
    """A file outside of the workspace, whose content gym-lsp does not show.

    ## Why

    A config can name any file of the machine in `config_paths`, and a file of the workspace can be a link to any other
    file. On a CI runner that checks the pull request of a stranger, such a file may contain secrets. So gym-lsp shows
    nothing of a file that is outside of these folders: the Git repository of the workspace, or the workspace itself if
    there is none; the folder of NeMo Gym; and the folders that you name with `--search-dir` or NEMO_GYM_EXTRA_ROOTS.
    Links are followed to the real file first.

    gym-lsp still checks a run that includes such a file, and reports what NeMo Gym rejects. But the messages do not
    contain details, and the names that the file defines are not known to the editor. If the file is itself a part of
    the workspace, because a link leads to it, it is not checked, which is a warning.

    If you trust the folder, name it with `--search-dir`, or in the settings of your editor.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - /elsewhere/model.yaml
    #   ^^^^^^^^^^^^^^^^^^^^^ information[outside-workspace]
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- /elsewhere/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/counting/model.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```
    """
    if isinstance(problem, IncludeOutside):
        message = (
            f"`{shortened(problem.entry, 80)}` is outside of the workspace, so its content is not shown; {_WAY_OUT}"
        )
        yield at_value(problem.at, message, severity=Severity.INFORMATION)
        return
    message = f"this file is a link to a file outside of the workspace, so it is not checked; {_WAY_OUT}"
    # Many people keep their env.yaml elsewhere, and a run that uses it is checked.
    severity = Severity.INFORMATION if problem.path.name == ENV_YAML else None
    yield Finding(Origin(problem.path, ""), Span(0, 0), message, severity)
