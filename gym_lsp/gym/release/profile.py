"""The differences between releases of NeMo Gym, as data.

`read_profile` reads them from the source in an install root, without importing it. What cannot be read, for example
because a release is newer than this gym-lsp, comes from BUILTIN, and the profile names it in `unread`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.files import Files
from gym_lsp.gym.fields import Model, Scalar
from gym_lsp.gym.python.constant import NotConstant
from gym_lsp.gym.python.source import Source
from gym_lsp.gym.release import builtin
from gym_lsp.gym.release.behaviour import BEHAVIOURS, NotRead
from gym_lsp.gym.release.facts import FACTS, Facts
from gym_lsp.gym.release.version import order, read_release
from gym_lsp.gym.vocabulary import DATASET_TYPES, LICENSES, SERVER_TYPES, domain_descriptions


class Profile(Struct, frozen=True):
    """One release of NeMo Gym: everything about it that matters for a config."""

    release: str | None
    """The version in the source, such as `0.7.0`; None if there is none."""

    recognised: bool
    """Whether every field below was read from the source."""

    unread: tuple[str, ...]
    """The names of the fields below that could not be read and come from the newest release that gym-lsp knows."""

    domains: tuple[str, ...]
    domain_meanings: Mapping[str, str]
    """A sentence for each domain; for a domain that gym-lsp does not know, the text in the docstring of NeMo Gym."""

    licenses: tuple[str, ...]
    dataset_types: tuple[str, ...]
    licensed_dataset_types: tuple[str, ...]
    """The dataset types that need a license."""

    server_types: tuple[str, ...]
    """The server types, in the order in which NeMo Gym tries them."""

    reserved_keys: frozenset[str]
    """Top-level keys that are never instances."""

    key_defaults: Mapping[str, Scalar]
    """The values that the parser sets for absent reserved keys, as far as they are constants."""

    agent_aliases: Mapping[str, str]
    config_path_aliases: Mapping[str, str]
    """Old names with their new names; since 0.6.0. Paths are relative, with forward slashes."""

    carried_over_keys: tuple[str, ...]
    """The keys that a composed agent takes over from the agent that it replaces; since 0.6.0, empty before."""

    models: Mapping[str, Model]
    """The models by class name: `BaseRunServerTypeConfig`, datasets, their sources, and `TelemetryConfig` if any."""

    sandbox_providers: frozenset[str]
    """The sandbox providers that are part of NeMo Gym. The module `sandbox_providers` reads their arguments."""

    config_errors: frozenset[str]
    """The subclasses of ConfigError that `config_types.py` defines."""

    includer_wins: bool
    """A file overrides the files it includes, and each subtree of includes stays together: since 0.6.0.

    Before, files are merged in the order in which they are found, breadth first, so an included file overrides.
    """

    extra_roots: bool
    """NEMO_GYM_EXTRA_ROOTS and `--search-dir` are searched first: since 0.5.1."""

    path_aliases_followed: bool
    """An old path in `config_paths` that is in no root is replaced by its new path: since 0.6.0."""

    agent_aliases_applied: bool
    """Old agent names in `agent_name`, `agent_map` and `fan_out` are replaced: since 0.6.0."""

    closes_configuration: bool
    """A configuration from the command line is closed to new keys, as Hydra left it: up to 0.6.0.

    Then a block cannot add a key that its `_inherit_from` or `_copy` base lacks, and `agent_map` cannot be added.
    """

    composes_unbound_agents: bool
    """An agent without a resources server replaces the other agents of the run: since 0.6.0."""

    merges_leftover_overrides: bool
    """Overrides for agents that are not composed after all are merged too: since 0.7.0."""

    checks_agent_pairings: bool
    """`allowed_agents` of a resources server limits which agents may be composed with it: since 0.6.0."""

    checks_model_pairings: bool
    """`allowed_model_types` of a resources server limits which model servers its agents may use: since 0.7.0."""

    retargets_environment_servers: bool
    """An environment server follows an agent that is renamed by composing: since 0.7.0."""

    follows_agent_renames: bool
    """An environment server follows an agent that is renamed by a top-level `_inherit_from`: since 0.7.0."""

    fronts_agents: bool
    """An agent without an environment server gets a generated one or, by a setting, is an error: since 0.7.0."""

    checks_artifact_roots: bool
    """`results_dir` and `cache_dir` must be non-empty strings: since 0.6.0."""

    checks_openai_skew_flag: bool
    """`allow_openai_version_skew` must be a boolean: since 0.6.0."""

    checks_telemetry: bool
    """`telemetry` must fit `TelemetryConfig`, or pydantic raises: since 0.7.0."""

    checks_wandb: bool
    """`wandb_project`, `wandb_name` and `wandb_api_key` must be strings, or pydantic raises: up to 0.5.1."""

    head_server_filled_per_key: bool
    """`head_server` may set only its host or only its port: since 0.7.0. Before, a partial one is not completed."""

    has_manifests: bool
    """Environments may have a `manifest.yaml`: since 0.6.0."""

    interpolation_error: str
    """The error for an interpolation of a missing key: ConfigInterpolationError since 0.5.1, OmegaConf's before."""

    @property
    def called(self) -> str:
        """How a message refers to this release."""
        return f"NeMo Gym {self.release}" if self.release else "this NeMo Gym"

    @property
    def caveat(self) -> str | None:
        """A sentence about why findings about this release may be wrong: it is too old, or was not read; or None."""
        numbers = order(self.release or "")
        is_older = bool(numbers) and numbers < order(builtin.OLDEST_RELEASE)
        if self.recognised and not is_older:
            return None
        subject = self.called
        if is_older:
            reason = f"is older than {builtin.OLDEST_RELEASE}, the oldest release that gym-lsp supports"
        elif numbers > order(builtin.RELEASE):
            reason = f"is newer than {builtin.RELEASE}, the newest release that gym-lsp supports"
        else:
            reason = "could not be read completely"
        if not self.unread:
            return f"{subject} {reason}; findings may be wrong"
        unread = ", ".join(self.unread).replace("_", " ")
        return f"{subject} {reason}; gym-lsp uses these parts of {builtin.RELEASE} instead: {unread}"


BUILTIN = Profile(
    release=builtin.RELEASE,
    recognised=True,
    unread=(),
    domains=tuple(domain_descriptions()),
    domain_meanings=domain_descriptions(),
    licenses=tuple(LICENSES),
    dataset_types=tuple(DATASET_TYPES),
    licensed_dataset_types=builtin.LICENSED_DATASET_TYPES,
    server_types=tuple(SERVER_TYPES),
    reserved_keys=builtin.RESERVED_KEYS,
    key_defaults=builtin.KEY_DEFAULTS,
    agent_aliases=builtin.AGENT_ALIASES,
    config_path_aliases=builtin.CONFIG_PATH_ALIASES,
    carried_over_keys=builtin.CARRIED_OVER_KEYS,
    models=builtin.MODELS,
    sandbox_providers=builtin.SANDBOX_PROVIDERS,
    config_errors=builtin.CONFIG_ERRORS,
    includer_wins=True,
    extra_roots=True,
    path_aliases_followed=True,
    agent_aliases_applied=True,
    closes_configuration=False,
    composes_unbound_agents=True,
    merges_leftover_overrides=True,
    checks_agent_pairings=True,
    checks_model_pairings=True,
    retargets_environment_servers=True,
    follows_agent_renames=True,
    fronts_agents=True,
    checks_artifact_roots=True,
    checks_openai_skew_flag=True,
    checks_telemetry=True,
    checks_wandb=False,
    head_server_filled_per_key=True,
    has_manifests=True,
    interpolation_error="ConfigInterpolationError",
)
"""NeMo Gym 0.7.0, for use without an install root."""


def read_profile(files: Files, install_root: PurePath) -> Profile:
    """Return the profile of the NeMo Gym in `install_root`. Nothing of it is run or imported.

    A field that cannot be read comes from BUILTIN and is listed in `unread`. The same holds for a behaviour of BUILTIN
    that a newer release does not seem to have, because its source has probably only changed its form.
    """
    source = Source(files, (install_root,))
    release = read_release(files, install_root)
    is_newer = release is not None and order(release) > order(builtin.RELEASE)
    read: dict[str, object] = {}
    unread: list[str] = []
    facts = Facts(source)
    for field, read_fact in FACTS.items():
        try:
            read[field] = read_fact(facts)
        except (NotRead, NotConstant, RecursionError):
            unread.append(field)
    for field, has_behaviour in BEHAVIOURS.items():
        try:
            read[field] = has_behaviour(facts.parser)
        except (NotRead, RecursionError):
            unread.append(field)
            continue
        if is_newer and getattr(BUILTIN, field) and not read[field]:
            del read[field]
            unread.append(field)
    return replace(BUILTIN, **read, release=release, recognised=not unread, unread=tuple(unread))
