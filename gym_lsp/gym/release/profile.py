"""All that differs from one release of NeMo Gym to the next, as data.

`read_profile` reads it from an install root's own source without importing anything. What cannot be read, because a
release newer than this gym-lsp has moved it, comes from BUILTIN, and the profile says so.
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
    """One release of NeMo Gym, as far as a config can tell it from another."""

    release: str | None
    """The version that the source names, such as `0.7.0`; None where it names none."""

    recognised: bool
    """False when something could not be read and stands here as it was in the newest release that gym-lsp knows."""

    unread: tuple[str, ...]
    """The names of those fields below, in a fixed order."""

    domains: tuple[str, ...]
    domain_meanings: Mapping[str, str]
    """A sentence for each domain; of one that gym-lsp does not know, what NeMo Gym's own docstring says."""

    licenses: tuple[str, ...]
    dataset_types: tuple[str, ...]
    licensed_dataset_types: tuple[str, ...]
    """The types whose datasets need a license."""

    server_types: tuple[str, ...]
    """In the order in which NeMo Gym tries them."""

    reserved_keys: frozenset[str]
    """Top-level keys that never name an instance."""

    key_defaults: Mapping[str, Scalar]
    """What the parser puts under a reserved key that is absent, where that is a constant."""

    agent_aliases: Mapping[str, str]
    config_path_aliases: Mapping[str, str]
    """Old names and the new ones that serve in their place; since 0.6.0. Paths are relative, with forward slashes."""

    carried_over_keys: tuple[str, ...]
    """What a composed agent keeps of the agent that it replaces; since 0.6.0, empty before."""

    models: Mapping[str, Model]
    """`BaseRunServerTypeConfig`, the datasets and their sources under their class names; `TelemetryConfig` if any."""

    sandbox_providers: frozenset[str]
    """The providers that come with NeMo Gym. `sandbox_providers.sandbox_providers` reads their sections."""

    config_errors: frozenset[str]
    """The subclasses of ConfigError that `config_types.py` defines."""

    includer_wins: bool
    """A file overrides the files it includes, and each subtree of includes stays together: since 0.6.0.

    Before, files are merged in the order in which they are found, breadth first, so an included file overrides.
    """

    extra_roots: bool
    """NEMO_GYM_EXTRA_ROOTS and `--search-dir` are searched first: since 0.5.1."""

    path_aliases_followed: bool
    """An old path among `config_paths` that no root has is replaced by its new one: since 0.6.0."""

    agent_aliases_applied: bool
    """Old agent names in `agent_name`, `agent_map` and `fan_out` are replaced: since 0.6.0."""

    composes_unbound_agents: bool
    """An agent without a resources server takes the place of the others in the run: since 0.6.0."""

    merges_leftover_overrides: bool
    """Overrides that were held back for agents that nothing composed are merged all the same: since 0.7.0."""

    checks_agent_pairings: bool
    """`allowed_agents` of a resources server limits which agent may be composed onto it: since 0.6.0."""

    checks_model_pairings: bool
    """`allowed_model_types` of a resources server limits which model server its agents may use: since 0.7.0."""

    retargets_environment_servers: bool
    """An environment server follows the agent that composing renames: since 0.7.0."""

    follows_agent_renames: bool
    """An environment server follows the agent that a top-level `_inherit_from` renames: since 0.7.0."""

    fronts_agents: bool
    """An agent without an environment server gets a generated one, or is an error if the config asks: since 0.7.0."""

    checks_artifact_roots: bool
    """`results_dir` and `cache_dir` must be strings that are not empty: since 0.6.0."""

    checks_openai_skew_flag: bool
    """`allow_openai_version_skew` must be a boolean: since 0.6.0."""

    checks_telemetry: bool
    """`telemetry` must fit `TelemetryConfig`, or pydantic raises: since 0.7.0."""

    checks_wandb: bool
    """`wandb_project`, `wandb_name` and `wandb_api_key` must be strings, or pydantic raises: up to 0.5.1."""

    head_server_filled_per_key: bool
    """`head_server` may give its host or its port alone: since 0.7.0. Before, a half-given one is left as it is."""

    has_manifests: bool
    """Environments may have a `manifest.yaml`: since 0.6.0."""

    interpolation_error: str
    """The error of an interpolation whose key is missing: ConfigInterpolationError since 0.5.1, OmegaConf's before."""

    @property
    def caveat(self) -> str | None:
        """What somebody should know who relies on a profile that could not be read whole, as a sentence."""
        if self.recognised:
            return None
        numbers = order(self.release or "")
        if numbers and numbers < order(builtin.OLDEST_RELEASE):
            how = f"is older than {builtin.OLDEST_RELEASE}, the first release that gym-lsp knows"
        elif numbers > order(builtin.RELEASE):
            how = f"is newer than {builtin.RELEASE}, the last release that gym-lsp knows"
        else:
            how = "could not be read whole"
        named = f"NeMo Gym {self.release}" if self.release else "this NeMo Gym"
        taken = ", ".join(self.unread).replace("_", " ")
        return f"{named} {how}; taken from {builtin.RELEASE} instead: {taken}"


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
"""NeMo Gym 0.7.0, which serves where there is no install root."""


def read_profile(files: Files, install_root: PurePath) -> Profile:
    """The profile of the NeMo Gym whose package `nemo_gym` lies in `install_root`.

    Nothing of it is run or imported. Each field is read by itself; one that cannot be read stands in `unread`, and so
    does a behaviour of the newest known release that a still newer one shows no sign of.
    """
    source = Source(files, (install_root,))
    release = read_release(files, install_root)
    is_newer = release is not None and order(release) > order(builtin.RELEASE)
    read: dict[str, object] = {}
    unread: list[str] = []
    facts = Facts(source)
    for field, tell in FACTS.items():
        try:
            read[field] = tell(facts)
        except (NotRead, NotConstant, RecursionError):
            unread.append(field)
    for field, shows in BEHAVIOURS.items():
        try:
            read[field] = shows(facts.parser)
        except (NotRead, RecursionError):
            unread.append(field)
            continue
        if is_newer and getattr(BUILTIN, field) and not read[field]:
            del read[field]
            unread.append(field)
    return replace(BUILTIN, **read, release=release, recognised=not unread, unread=tuple(unread))
