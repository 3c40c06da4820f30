"""Reserved top-level keys whose values the parser itself checks.

Mirrors the last part of `GlobalConfigDictParser.parse`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Leaf, Table
from gym_lsp.compose.problem import Problem, ReservedKeyInvalid, TelemetryInvalid
from gym_lsp.compose.servers import flaws_of
from gym_lsp.gym.fields import ModelType
from gym_lsp.gym.layout import HEAD_SERVER
from gym_lsp.gym.release.profile import Profile

ARTIFACT_ROOTS = ("results_dir", "cache_dir")
EXPORTER_KEYS = ("wandb_project", "wandb_name", "wandb_api_key")
TELEMETRY = "telemetry"
OPENAI_SKEW = "allow_openai_version_skew"


def check_reserved(root: Table, profile: Profile) -> Iterator[Problem]:
    """Yield a problem for each reserved key with a value that ends the run."""
    head_server = root.get(HEAD_SERVER)
    if head_server is not None and not isinstance(head_server, Table) and not _is_resolved_elsewhere(head_server):
        yield ReservedKeyInvalid(head_server, HEAD_SERVER, "a mapping with host and port", "AttributeError")
    if profile.checks_openai_skew_flag:
        flag = root.get(OPENAI_SKEW)
        if flag is not None and not _is_resolved_elsewhere(flag) and not _is_bool(flag):
            yield ReservedKeyInvalid(flag, OPENAI_SKEW, "true or false")
    for key in ARTIFACT_ROOTS if profile.checks_artifact_roots else ():
        root_path = root.get(key)
        if root_path is None or _is_resolved_elsewhere(root_path):
            continue
        if not (isinstance(root_path, Leaf) and isinstance(root_path.value, str) and root_path.value):
            yield ReservedKeyInvalid(root_path, key, "the path of a folder")

    for key in EXPORTER_KEYS if profile.checks_wandb else ():
        value = root.get(key)
        if value is not None and not (
            isinstance(value, Leaf) and (value.value is None or isinstance(value.value, str))
        ):
            yield ReservedKeyInvalid(value, key, "text", "ValidationError")
    telemetry = root.get(TELEMETRY)
    if (
        profile.checks_telemetry
        and telemetry is not None
        and not (isinstance(telemetry, Leaf) and telemetry.value is None)
    ):
        for flaw in flaws_of(ModelType(profile.models["TelemetryConfig"]), telemetry, (TELEMETRY,), TELEMETRY):
            yield TelemetryInvalid(flaw.at, flaw)


def _is_bool(value: Leaf | Table | Array) -> bool:
    return isinstance(value, Leaf) and isinstance(value.value, bool)


def _is_resolved_elsewhere(value: Leaf | Table | Array) -> bool:
    """Return whether a value is an interpolation or `???`, which other checks cover."""
    return isinstance(value, Leaf) and (value.is_interpolation or value.is_missing)
