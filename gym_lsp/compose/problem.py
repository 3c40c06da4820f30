"""The problems that a run can have, as data.

`compose` reports what happened and where. The rules decide on the message, the severity and the fix.
Each problem names the value at which NeMo Gym would fail. `gym_error` is the exception that NeMo Gym would raise: a
ConfigError class if it has one for the case, otherwise a plain Python exception.

Problems are compared by identity.
"""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath
from typing import ClassVar, Literal

from msgspec import Struct, field

from gym_lsp.compose.config import Config, Table
from gym_lsp.compose.flaw import Flaw
from gym_lsp.syntax import Atom, KeyPath, SyntaxProblem
from gym_lsp.text import Span


class Problem(Struct, frozen=True, eq=False):
    """A problem found while composing a run. `at` is the value that causes it."""

    at: Config

    gym_error: ClassVar[str | None] = None


# config_paths


class IncludeNotFound(Problem, frozen=True, eq=False):
    """The file is not in any search root. Mirrors `load_extra_config_paths`."""

    entry: str
    gym_error: ClassVar[str | None] = "ConfigPathNotFoundError"


class IncludeUnreadable(Problem, frozen=True, eq=False):
    """The file exists but cannot be read as text, for example because it is a directory."""

    entry: str
    path: PurePath
    reason: str
    is_directory: bool
    gym_error: ClassVar[str | None] = "OSError"


class IncludeOutside(Problem, frozen=True, eq=False):
    """The file is outside of the workspace, so the run is composed without its content."""

    entry: str
    path: PurePath


class IncludeNotText(Problem, frozen=True, eq=False):
    """An entry that is not a string and so cannot be a path."""

    gym_error: ClassVar[str | None] = "TypeError"


class IncludeMissingValue(Problem, frozen=True, eq=False):
    """An entry that is still `???`."""

    gym_error: ClassVar[str | None] = "MissingMandatoryValue"


class IncludeUnknown(Problem, frozen=True, eq=False):
    """An entry that contains an environment variable, so that the file is known only when the run starts."""


class IncludesNotList(Problem, frozen=True, eq=False):
    """`config_paths` in a file is a mapping, or a string, which NeMo Gym reads character by character."""

    gym_error: ClassVar[str | None] = "ConfigPathNotFoundError"


class RootsMalformed(Problem, frozen=True, eq=False):
    """`config_paths` of env.yaml or the command line, which NeMo Gym validates, is not a list of strings.

    `at` is the element that is not a string, or the whole value if it is not a list.
    """

    gym_error: ClassVar[str | None] = "MalformedConfigPathsError"


class IncludeRepeated(Problem, frozen=True, eq=False):
    """The same text was included before, so this entry has no effect."""

    entry: str
    first: Config


class IncludeAliased(Problem, frozen=True, eq=False):
    """The entry is an old name of a file that has moved. Mirrors `legacy_config_path_alias`."""

    entry: str
    canonical: str


class Malformed(Problem, frozen=True, eq=False):
    """A file of the run is not YAML that OmegaConf would load. `at` is the whole configuration of the file."""

    path: PurePath
    problem: SyntaxProblem
    gym_error: ClassVar[str | None] = "ConfigError"


class RootNotMapping(Problem, frozen=True, eq=False):
    """The file contains a list or a number instead of a mapping."""

    gym_error: ClassVar[str | None] = "KeyValidationError"


# Merging and directives


class Conflict(Problem, frozen=True, eq=False):
    """A mapping over a list or a list over a mapping. `at` is the upper value."""

    path: KeyPath
    lower: Config
    gym_error: ClassVar[str | None] = "ConfigTypeError"


class InheritTargetNotFound(Problem, frozen=True, eq=False):
    """`_inherit_from` or `_copy` names a path that does not exist. `at` is the value of the directive."""

    directive: str
    target: str
    found_up_to: int
    """How many steps of the target exist."""
    closed: bool = False
    """Whether it was looked up in a closed configuration, which raises before NeMo Gym's own check does."""

    @property
    def raised(self) -> str:
        return "ConfigAttributeError" if self.closed else "InheritPathNotFoundError"


class Misuse(Enum):
    """Uses of a directive on which NeMo Gym raises a plain Python exception."""

    TARGET_NOT_TEXT = "target-not-text"
    DELETE_KEY_NOT_TEXT = "delete-key-not-text"
    SOURCE_NOT_MAPPING = "source-not-mapping"
    DELETED_KEY_ABSENT = "deleted-key-absent"
    PARENT_NOT_MAPPING = "parent-not-mapping"


class DirectiveMisused(Problem, frozen=True, eq=False):
    """A directive on which NeMo Gym raises a plain Python exception."""

    misuse: Misuse
    directive: str
    detail: str
    gym_error: ClassVar[str | None] = "Exception"


class KeyNotInBase(Problem, frozen=True, eq=False):
    """A block with a directive adds a key that its base does not have, in a release that closes the configuration.

    `at` is the value of the key. Mirrors `OmegaConf.merge` of a block from the command line, which Hydra has closed.
    """

    path: KeyPath
    directive: str
    target: str
    base: Config
    """The mapping that does not have the key: the base, or a mapping in it."""
    of_stand_in: bool
    """Whether the key is that of the stand-in model. Then `at` is the directive."""
    gym_error: ClassVar[str | None] = "ConfigKeyError"


# Interpolations


class _Postponable(Problem, frozen=True, eq=False, kw_only=True):
    late: bool = False
    """Whether the parser does not read the value, so that only the server fails that reads it."""


class InterpolationProblem(_Postponable, frozen=True, eq=False):
    """An interpolation that cannot be resolved. `span` is in the file of the value."""

    path: KeyPath
    span: Span


class InterpolationKeyNotFound(InterpolationProblem, frozen=True, eq=False):
    """`${key}` names a key that does not exist. `key` is written as in OmegaConf's message."""

    key: str
    steps: tuple[str, ...] = ()
    """The absolute key path that was looked up."""
    found_up_to: int = 0
    gym_error: ClassVar[str | None] = "InterpolationKeyError"


class VariableUnset(InterpolationProblem, frozen=True, eq=False):
    """`${oc.env:NAME}` without a default, and the variable is not set."""

    variable: str
    gym_error: ClassVar[str | None] = "InterpolationResolutionError"


class Failing(Enum):
    """Reasons why an interpolation cannot be resolved although its keys exist."""

    CYCLE = "cycle"
    THROUGH_VALUE = "through-value"
    UNSET = "unset"
    ARGUMENTS = "arguments"
    NOT_A_KEY = "not-a-key"
    NOT_A_MAPPING = "not-a-mapping"


class InterpolationFailed(InterpolationProblem, frozen=True, eq=False):
    """Resolving fails although every key exists. `detail` names the key or the resolver at which it fails."""

    why: Failing
    detail: str
    gym_error: ClassVar[str | None] = "InterpolationResolutionError"


class ResolverUnknown(InterpolationProblem, frozen=True, eq=False):
    """`${name:...}` with an unknown resolver; `known` are those that the reader has."""

    name: str
    known: tuple[str, ...] = ()
    gym_error: ClassVar[str | None] = "UnsupportedInterpolationType"


class GrammarBroken(InterpolationProblem, frozen=True, eq=False):
    """The text between `${` and `}` does not match OmegaConf's grammar."""

    detail: str
    gym_error: ClassVar[str | None] = "GrammarParseError"


class MissingValue(Problem, frozen=True, eq=False):
    """A value is still `???` after merging. Mirrors `raise_on_missing_values`."""

    path: KeyPath
    gym_error: ClassVar[str | None] = "ConfigMissingValuesError"


# Servers


class AlmostServer(Problem, frozen=True, eq=False):
    """A block that looks like a server and fails validation. Mirrors `detect_and_report_almost_servers`."""

    instance: str
    block: Table
    path: KeyPath
    flaw: Flaw
    ignored: bool = False
    """Whether the run continues without this server because of `error_on_almost_servers: false`."""
    gym_error: ClassVar[str | None] = "AlmostServerError"


class GroupInterpolated(Problem, frozen=True, eq=False):
    """A server type whose interpolation does not resolve to a server, so that NeMo Gym ignores the block."""


class ServerRefNotFound(Problem, frozen=True, eq=False):
    """A server ref names an instance that the run does not define. `at` is the ref's name."""

    instance: str
    field: str
    server_type: str
    name: str
    ref: Table
    defined_as: tuple[str, ...] = ()
    """The server types under which the run defines the name."""
    gym_error: ClassVar[str | None] = "ServerRefNotFoundError"


class StandInAlone(Problem, frozen=True, eq=False):
    """There is no real model for the stand-in model to be merged into, or that model is not a mapping."""

    instance: str
    gym_error: ClassVar[str | None] = "StopIteration"


# Agents


class Composing(Enum):
    """Reasons why an unbound agent cannot be composed onto other agents."""

    SEVERAL_UNBOUND = "several-unbound"
    NOTHING_TO_REHOST = "nothing-to-rehost"
    NAME_TAKEN = "name-taken"
    ROUTE_OUTDATED = "route-outdated"


class AgentNotComposed(Problem, frozen=True, eq=False):
    """Mirrors `compose_unbound_agent`."""

    why: Composing
    names: tuple[str, ...]
    gym_error: ClassVar[str | None] = "AgentCompositionError"


class PairingUnsupported(Problem, frozen=True, eq=False):
    """A resources server does not accept this agent or model. `at` is the declared restriction."""

    chosen: str
    server: str
    allowed: tuple[str, ...]
    is_model: bool

    @property
    def raised(self) -> str:
        return "UnsupportedModelPairingError" if self.is_model else "UnsupportedAgentPairingError"


class RestrictionNotList(Problem, frozen=True, eq=False):
    """`allowed_agents` or `allowed_model_types` is not a list."""

    key: str
    gym_error: ClassVar[str | None] = "ConfigError"


Sign = Literal["", "+", "~"]


class OverrideRejected(Problem, frozen=True, eq=False):
    """Hydra rejects an override because of its sign. `at` is the whole argument.

    Without a sign the key has to be there, with `+` it must not be there, and `~` deletes it if it is there, with the
    value that is given, if any. `siblings` are the keys beside the first step of `key` that is not there; `missing` is
    its index, or the number of steps if all are there. Mirrors `ConfigLoaderImpl._apply_overrides_to_config` of Hydra.
    """

    key: KeyPath
    sign: Sign
    missing: int
    siblings: tuple[Atom, ...]
    gym_error: ClassVar[str | None] = "ConfigCompositionException"


class OverrideUnapplied(Problem, frozen=True, eq=False):
    """An override names an agent that composition did not create."""

    name: str
    gym_error: ClassVar[str | None] = "UnsupportedAgentOverrideError"


class OverrideNotInAgent(Problem, frozen=True, eq=False):
    """An override sets a field that the composed agent does not have. Mirrors `_apply_held_agent_override`."""

    agent: str
    key: str
    gym_error: ClassVar[str | None] = "ConfigKeyError"


class OverrideDropped(Problem, frozen=True, eq=False):
    """The part of an override for a composed agent that is not below its implementation, so that it has no effect."""

    agent: str
    implementation: str


class AgentMapAbsent(Problem, frozen=True, eq=False):
    """Old agent names need routes in `agent_map`, which is absent, in a release that closes the configuration.

    `at` is an instance to which an old name leads. Mirrors `apply_legacy_agent_aliases`.
    """

    agent: str
    gym_error: ClassVar[str | None] = "ConfigKeyError"


class RenameAmbiguous(Problem, frozen=True, eq=False):
    """An environment server names an agent that several others inherit. `at` is the name."""

    agent: str
    targets: tuple[str, ...]
    path: KeyPath
    gym_error: ClassVar[str | None] = "AmbiguousAgentRenameError"


class AgentUnfronted(Problem, frozen=True, eq=False):
    """An agent without an environment server, in a run that requires one for each agent."""

    agent: str
    gym_error: ClassVar[str | None] = "AgentWithoutEnvironmentServerError"


# Reserved keys


class TelemetryInvalid(Problem, frozen=True, eq=False):
    """The `telemetry` block does not fit its model."""

    flaw: Flaw
    gym_error: ClassVar[str | None] = "ValidationError"


class ReservedKeyInvalid(Problem, frozen=True, eq=False):
    """A reserved key whose value the parser rejects."""

    key: str
    expected: str
    error: str = field(default="ConfigError")


# Training recipes


class RecipeNotFound(Problem, frozen=True, eq=False):
    """`defaults` of a recipe names a recipe that is not there. Mirrors `load_config_with_inheritance` of NeMo RL."""

    entry: str
    path: PurePath
    gym_error: ClassVar[str | None] = "FileNotFoundError"


class RecipeCycle(Problem, frozen=True, eq=False):
    """`defaults` leads back to a recipe that it comes from. `trail` begins with the recipe that is read."""

    entry: str
    trail: tuple[PurePath, ...]
    gym_error: ClassVar[str | None] = "RecursionError"


class EmbeddedRunAbsent(Problem, frozen=True, eq=False):
    """A recipe has no mapping where its framework expects a run. `at` is the value there, or the block around it."""

    path: KeyPath
    gym_error: ClassVar[str | None] = "KeyError"


class RecipeDefaultsInvalid(Problem, frozen=True, eq=False):
    """`defaults` is neither a path nor a list of paths, or an element is not a path."""

    gym_error: ClassVar[str | None] = "TypeError"


def raised_by(problem: Problem) -> str | None:
    """Return the name of the exception that NeMo Gym raises for a problem; None if it raises nothing."""
    match problem:
        case PairingUnsupported() | InheritTargetNotFound():
            return problem.raised
        case ReservedKeyInvalid():
            return problem.error
        case AlmostServer(ignored=True) | InterpolationProblem(late=True):
            return None
        case _:
            return problem.gym_error
