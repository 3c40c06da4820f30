"""The findings of the rules about manifests, in a module of their own that is imported only if there is a manifest."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, Leaf, Table, at, to_plain
from gym_lsp.diagnostic import Applicability
from gym_lsp.gym.discovery.raw_config import is_mapping
from gym_lsp.gym.fields import accepts
from gym_lsp.gym.layout import is_top_level
from gym_lsp.gym.manifest import CATALOG_FOLDERS, Fault, ManifestProblem, check_manifest, check_place
from gym_lsp.gym.manifests.licenses import spdx_license
from gym_lsp.gym.manifests.model import MANIFEST
from gym_lsp.rules.analysis.naming import nearest_fields
from gym_lsp.rules.analysis.suggestions import suggest, suggestion_fixes, suggestion_hint
from gym_lsp.rules.engine.context import Context, Manifest
from gym_lsp.rules.engine.edits import renames, replace_value
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, shortened
from gym_lsp.syntax import spell
from gym_lsp.text import Span


def about_content(manifest: Manifest) -> Iterator[Finding]:
    """Yield a finding for each mistake in the content of a manifest."""
    config, document = manifest.file.config, manifest.file.document
    if not manifest.file.root_is_mapping:
        start = 0 if document.root is None else document.root.start
        first_line = document.lines.line_span(document.lines.line_of(start))
        yield Finding(manifest.file.origin, Span(start, first_line.end), "a manifest must be a mapping")
        return
    for problem in check_manifest(to_plain(config)):
        yield _about(config, problem)


def about_place(context: Context, manifest: Manifest) -> Iterator[Finding]:
    """Yield a finding for each mistake about the place of a manifest, if that is in a folder of the catalog."""
    config, path = manifest.file.config, manifest.file.path
    root = next((root for root in context.search.roots if path.is_relative_to(root)), None)
    written = to_plain(config)
    if root is None or not manifest.file.root_is_mapping or not is_mapping(written):
        return
    folder = path.relative_to(root).parts[0]
    if folder in CATALOG_FOLDERS and path.parent != root / folder:
        for problem in check_place(written, path, root / folder, CATALOG_FOLDERS[folder], context.files):
            yield from _about_place(config, problem)


def _about(config: Table, problem: ManifestProblem) -> Finding:
    value = at(config, problem.key_path)
    if value is None:
        return _absent(config, problem)
    match problem.fault:
        case Fault.UNKNOWN_KEY:
            near = nearest_fields(str(problem.key_path[-1]), MANIFEST.fields) if is_top_level(problem.key_path) else ()
            way_out = f"; did you mean `{near[0]}`?" if near else ""
            message = f"unknown manifest key `{spell(problem.key_path)}`{way_out}"
            return at_key(value, message, fixes=renames(value, near))
        case Fault.FORBIDDEN_HERE:
            return at_key(value, f"`{spell(problem.key_path)}` is not allowed with `{problem.detail}`")
        case Fault.NOT_A_LICENSE:
            return _license(value, str(to_plain(value)))
        case _:
            field = MANIFEST.fields.get(str(problem.key_path[0])) if is_top_level(problem.key_path) else None
            found = None if field is None else suggest(value, field.type)
            message = f"{_message(problem)}{suggestion_hint(found)}"
            return at_value(value, message, fixes=suggestion_fixes(value, found))


def _absent(config: Table, problem: ManifestProblem) -> Finding:
    """Return a finding about a missing key: at the inner mapping without it, else at the first key of the manifest."""
    parent = at(config, problem.key_path[:-1])
    if parent is None or parent is config:
        parent = next(iter(config.entries.values()), config)
    elif parent.key is None and isinstance(parent, Table) and parent.entries:
        parent = next(iter(parent.entries.values()))
    return at_key(parent, _message(problem))


def _message(problem: ManifestProblem) -> str:
    name, detail = spell(problem.key_path), problem.detail
    match problem.fault:
        case Fault.MISSING:
            return f"missing `{name}` in manifest"
        case Fault.REQUIRED_HERE:
            return f"`{name}` is required with `{detail}`"
        case Fault.UNORDERED:
            return f"the first number of `{name}` must not be greater than the second"
        case Fault.REPEATED:
            return f"`{name}` repeats an earlier value"
        case Fault.NO_BENCHMARK_DATASET:
            return "a benchmark needs a dataset of type `benchmark`"
        case _:
            return f"`{name}` must be {detail}"


def _license(value: Config, text: str) -> Finding:
    spdx = spdx_license(text)
    if spdx is None or not isinstance(value, Leaf):
        expected = "an SPDX expression, `internal`, `proprietary` or `unknown`"
        return at_value(value, f"unknown license `{shortened(text)}`; expected {expected}")
    fix = replace_value(value, spdx, f"Change to `{spdx}`", Applicability.SAFE)
    message = f"`{shortened(text)}` is for datasets; write the SPDX identifier `{spdx}` in a manifest"
    return at_value(value, message, fixes=(fix,))


def _about_place(config: Table, problem: ManifestProblem) -> Iterator[Finding]:
    value = at(config, problem.key_path) if problem.key_path else None
    match problem.fault:
        case Fault.OUT_OF_PLACE:
            key = problem.key_path[-1]
            # `invalid-manifest` reports a missing key and an invalid value.
            if value is None or not accepts(MANIFEST.fields[str(key)].type, to_plain(value)):
                return
            fix = replace_value(value, problem.detail, f"Change to `{problem.detail}`")
            yield at_value(value, f"`{key}` must be `{problem.detail}` for a manifest in this folder", fixes=(fix,))
        case Fault.OUTSIDE if value is not None:
            yield at_value(value, "the config of a manifest must be in the same catalog folder")
        case _:
            message = f"config `{problem.detail}` of this manifest not found"
            first = next(iter(config.entries.values()), config)
            yield at_key(first, message) if value is None else at_value(value, message)
