"""The rule `config-path-not-found`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Array, Leaf, Provenance
from gym_lsp.compose.overrides import COMMAND_LINE
from gym_lsp.compose.problem import IncludeNotFound
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Applicability, FileEdit, Fix, Severity
from gym_lsp.files import Kind
from gym_lsp.gym.errors import ConfigPathNotFoundError
from gym_lsp.gym.layout import CONFIG_PATHS, ENV_YAML
from gym_lsp.rules.analysis.paths import (
    below_root,
    file_relative,
    is_file,
    is_pattern,
    like_path,
    matching,
    other_suffix,
    respelled,
)
from gym_lsp.rules.analysis.presence import may_be_installed
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.edits import indentation, line_break, replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened
from gym_lsp.syntax import Scalar
from gym_lsp.text import Edit

_MOST_MATCHES = 20
"""Files of a pattern that are worth listing."""
_HIGHEST = 3
"""How many levels above the working directory are searched. Further up, a file of that name is unrelated."""


@rule(
    "config-path-not-found",
    on=(IncludeNotFound, EnvironmentFile),
    severity=Severity.ERROR,
    predicts=ConfigPathNotFoundError,
    holds_in_parts=True,
)
def config_path_not_found(context: Context, subject: IncludeNotFound | EnvironmentFile) -> Iterator[Finding]:
    """An entry of `config_paths` that does not lead to a file.

    ## Why

    NeMo Gym looks for an entry under its search roots: the folders of `--search-dir` and NEMO_GYM_EXTRA_ROOTS, the
    working directory, and the folder that NeMo Gym is installed in. It never looks next to the file that contains the
    entry, does not expand `~`, and does not read `.yml` as `.yaml`. When checking a workspace, an absolute path outside
    it may exist on another machine, and is only a warning. If NeMo Gym was not found, a path into one of its folders is
    only information.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - model.yaml
    #   ^^^^^^^^^^ error[config-path-not-found]
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
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
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```
    """
    for problem in _absent(context, subject.file) if isinstance(subject, EnvironmentFile) else (subject,):
        yield from _about(context, problem)


def _absent(context: Context, env_yaml: ConfigFile) -> Iterator[IncludeNotFound]:
    """Yield the entries of an env.yaml that a run without `--config` would not find; outside the roots none is read."""
    if env_yaml.path.parent not in context.search.roots:
        return
    profile = context.profile
    renamed = frozenset(profile.config_path_aliases if profile.path_aliases_followed else ())
    listed = env_yaml.config.get(CONFIG_PATHS)
    for item in listed.items if isinstance(listed, Array) else ():
        if not isinstance(item, Leaf) or not isinstance(item.value, str) or not is_settled(item):
            continue
        entry = item.value
        if context.search.resolve(context.files, entry) is None and PurePath(entry).as_posix() not in renamed:
            yield IncludeNotFound(item, entry)


def _about(context: Context, problem: IncludeNotFound) -> Iterator[Finding]:
    entry = problem.entry
    beside = file_relative(entry, problem.at.origin.path, context.files, context.search)
    if beside is not None:
        message = f"`{entry}` not found in any search root; paths are not relative to this file, so write `{beside}`"
        yield _finding(problem, message, (beside,), Applicability.SAFE)
        return
    if PurePath(entry).is_absolute():
        severity = None if context.checks_run or _is_inside(context, entry) else Severity.WARNING
        tails = below_root(entry, context.files, context.search)
        yield replace(
            _finding(problem, _message(context, entry, tails), tails, Applicability.UNSAFE), severity=severity
        )
        return
    if entry == ENV_YAML and not context.checks_run:
        # Each user has their own, usually outside version control, and NeMo Gym reads it without including it.
        message = f"`{ENV_YAML}` not found; NeMo Gym reads it automatically"
        yield at_value(problem.at, message, severity=Severity.WARNING)
        return
    several = [part for part in re.split(r"[,;\s]+", entry) if part]
    if len(several) > 1 and all(is_file(part, context.files, context.search) for part in several):
        message = f"{len(several)} paths in one entry of `config_paths`; write each as a separate entry"
        yield at_value(problem.at, message, fixes=_apart(problem, several))
        return
    above = _above(context, entry) if problem.at.origin.path == COMMAND_LINE else None
    if above is not None:
        way_out = "run from there" + (f", or pass `--search-dir {above}`" if context.profile.extra_roots else "")
        yield at_value(problem.at, f"`{entry}` not found in any search root, but it exists in `{above}`; {way_out}")
        return
    other, includer = other_suffix(entry), problem.at.origin.path
    if is_pattern(entry):
        yield _of_pattern(context, problem)
        return
    tails = below_root(entry, context.files, context.search)
    if tails and entry.startswith("."):
        way_out = f"paths are relative to the search roots, so write `{tails[0]}`"
        yield _finding(problem, f"`{entry}` not found in any search root; {way_out}", tails, Applicability.UNSAFE)
        return
    again = respelled(entry, context.files, context.search) or (
        None if other is None else file_relative(other, includer, context.files, context.search)
    )
    suggestions = (again,) if again is not None else like_path(entry, context.files, context.search) or tails
    finding = _finding(problem, _message(context, entry, suggestions), suggestions, Applicability.UNSAFE)
    # A recipe is checked as a run, but may be read where NeMo Gym is not checked out.
    is_asked_for = context.checks_run and not problem.at.origin.is_recipe
    is_open = not suggestions and not is_asked_for and may_be_installed(context, entry)
    yield replace(finding, severity=Severity.INFORMATION) if is_open else finding


def _of_pattern(context: Context, problem: IncludeNotFound) -> Finding:
    """Report an entry with wildcards, and offer the files that it would match."""
    own = context.search.spell(problem.at.origin.path)
    matches = matching(problem.entry, context.files, context.search, _MOST_MATCHES + 2)
    found = [path for path in matches if path != own]
    message = f"`{CONFIG_PATHS}` does not support wildcards, so `{problem.entry}` is not found; list each file"
    return at_value(problem.at, message, fixes=_apart(problem, found) if 0 < len(found) <= _MOST_MATCHES else ())


def _above(context: Context, entry: str) -> str | None:
    """Return the folder above the working directory that contains the typed path, relative to it: `..`, `../..`."""
    here = next((root for root in reversed(context.search.roots) if root != context.install_root), None)
    folders = here.parents[:_HIGHEST] if here is not None else ()
    found = (steps for steps, folder in enumerate(folders, 1) if context.files.kind(folder / entry) is Kind.FILE)
    return next(("/".join([".."] * steps) for steps in found), None)


def _message(context: Context, entry: str, suggestions: tuple[str, ...]) -> str:
    message = f"`{entry}` not found in any search root"
    is_absolute = PurePath(entry).is_absolute()
    if is_absolute:
        message = f"`{shortened(entry, 80)}` not found"
    elif entry.startswith("~"):
        message = f"{message}, because `~` is not expanded"
    elif entry != entry.strip():
        message = f"{message}; it begins or ends with white space"
    if suggestions:
        return f"{message}; did you mean `{suggestions[0]}`?"
    return message if is_absolute or context.sees_components else f"{message}; NeMo Gym itself was not found"


def _finding(
    problem: IncludeNotFound, message: str, suggestions: tuple[str, ...], applicability: Applicability
) -> Finding:
    fixes: tuple[Fix, ...] = ()
    # An entry that was interpolated, or typed on a command line, is not a text that can be replaced.
    node, origin = problem.at.node, problem.at.origin
    if isinstance(node, Scalar) and node.text == problem.entry and origin.provenance is not Provenance.OVERRIDE:
        fixes = tuple(replace_value(problem.at, path, f"Change to `{path}`", applicability) for path in suggestions)
    return at_value(problem.at, message, fixes=fixes)


def _apart(problem: IncludeNotFound, paths: Sequence[str]) -> tuple[Fix, ...]:
    """Return the fix that makes each path an entry; none unless a dash is right before the entry."""
    node, origin = problem.at.node, problem.at.origin
    margin = indentation(origin, node.start)
    before = origin.text[node.start - len(margin) : node.start]
    if not isinstance(node, Scalar) or node.text != problem.entry or before.strip() != "-":
        return ()
    text = f"{line_break(origin.text)}{before}".join(paths)
    return (Fix("List the files as separate entries", (FileEdit(origin.path, Edit(node.span, text)),)),)


def _is_inside(context: Context, entry: str) -> bool:
    return any(PurePath(entry).is_relative_to(root) for root in context.search.roots)
