"""The rule `config-path-invalid`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, Provenance
from gym_lsp.compose.problem import (
    IncludeMissingValue,
    IncludeNotText,
    IncludesNotList,
    IncludeUnknown,
    IncludeUnreadable,
    Problem,
)
from gym_lsp.diagnostic import Applicability, FileEdit, Fix, Severity
from gym_lsp.gym.errors import ConfigPathNotFoundError
from gym_lsp.rules.analysis.paths import configs_below, is_file
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.edits import line_break, replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.syntax import Scalar
from gym_lsp.text import Edit, Span


@rule(
    "config-path-invalid",
    on=(IncludesNotList, IncludeNotText, IncludeMissingValue, IncludeUnreadable, IncludeUnknown),
    severity=Severity.ERROR,
    predicts=ConfigPathNotFoundError,
    holds_in_parts=True,
)
def config_path_invalid(context: Context, problem: Problem) -> Iterator[Finding]:
    """A value of `config_paths` in a config that is not a list of files.

    ## Why

    NeMo Gym does not check this list in the files that it loads, so mistakes cause confusing errors: a path without a
    dash before it is read letter by letter, and a folder, a number, a mapping or a `???` ends in a bare Python error.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_paths: environments/counting/model.yaml
    #             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-invalid]
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/counting/model.yaml
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```
    """
    at = problem.at
    if isinstance(problem, IncludeUnreadable):
        yield _unreadable(context, problem)
    elif isinstance(problem, IncludeUnknown):
        message = "this path depends on an environment variable, so the file that it includes is not checked"
        yield at_value(at, message, severity=Severity.INFORMATION)
    elif isinstance(problem, IncludeMissingValue):
        yield at_value(at, "`???` cannot be an entry of `config_paths`; name a file or remove the entry")
    elif isinstance(problem, IncludeNotText):
        yield at_value(at, "this entry of `config_paths` is not text; expected the path of a file")
    elif isinstance(at, Leaf) and isinstance(at.value, str):
        yield _about_text(context, at, at.value)
    else:
        yield at_value(at, "`config_paths` is not a list; expected a list of files")


def _about_text(context: Context, at: Leaf, text: str) -> Finding:
    node = at.node
    is_plain = isinstance(node, Scalar) and node.style is None
    if is_plain and text.startswith("-"):
        message = "missing space after the dash, so this is not a list"
        paths = [part.removeprefix("-") for part in text.split(" -")]
    elif "," in text:
        message = (
            "`config_paths` is not a list, so NeMo Gym reads it letter by letter; write each path as a separate entry"
        )
        paths = text.split(",")
    else:
        message = "`config_paths` is not a list, so NeMo Gym reads this path letter by letter; put a dash before it"
        paths = [text]
    return at_value(at, message, fixes=_as_list(context, at, [path.strip() for path in paths]))


def _as_list(context: Context, at: Leaf, paths: list[str]) -> tuple[Fix, ...]:
    """Return the fix that makes the paths a list under the key."""
    node = at.node
    if not isinstance(node, Scalar) or node.text != at.value or at.key is None or not all(paths):
        return ()
    quote = node.style if node.style in ("'", '"') else ""
    items = "".join(f"{line_break(at.origin.text)}  - {quote}{path}{quote}" for path in paths)
    edit = Edit(Span(at.key.span.end, node.span.end), f":{items}")
    safe = all(is_file(path, context.files, context.search) for path in paths)
    applicability = Applicability.SAFE if safe else Applicability.UNSAFE
    return (Fix("Convert to a list", (FileEdit(at.origin.path, edit),), applicability),)


def _unreadable(context: Context, problem: IncludeUnreadable) -> Finding:
    if not problem.is_directory:
        return at_value(problem.at, f"`{problem.entry}` cannot be read: {problem.reason}")
    message = f"`{problem.entry}` is a folder; expected a file"
    paths = [context.search.spell(path) for path in configs_below(problem.path, context.files)]
    if len(paths) == 1:
        message = f"{message}; did you mean `{paths[0]}`?"
    elif paths:
        message = f"{message}, such as `{paths[0]}`"
    if problem.at.origin.provenance is Provenance.OVERRIDE:
        return at_value(problem.at, message)
    fixes = tuple(replace_value(problem.at, path, f"Change to `{path}`") for path in paths[:5])
    return at_value(problem.at, message, fixes=fixes)
