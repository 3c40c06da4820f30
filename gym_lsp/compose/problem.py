"""What can be wrong with a run, as data.

`compose` reports what happened and where; what to call it, how bad it is and how to mend it is said by the rules.
Each problem names the value at which NeMo Gym would stumble, and `gym_error`, the exception that it would raise:
a ConfigError class where it has one for the case, a plain Python exception where it has none.

Problems are compared by identity.
"""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath
from typing import ClassVar

from msgspec import Struct, field

from gym_lsp.compose.config import Config, Table
from gym_lsp.syntax import KeyPath, SyntaxProblem
from gym_lsp.text import Span


class Problem(Struct, frozen=True, eq=False):
    """Something at which composing a run stumbles. `at` is the value to blame."""

    at: Config

    gym_error: ClassVar[str | None] = None


# config_paths


class IncludeNotFound(Problem, frozen=True, eq=False):
    """No search root holds the file. Mirrors `load_extra_config_paths`."""

    entry: str
    gym_error: ClassVar[str | None] = "ConfigPathNotFoundError"


class IncludeUnreadable(Problem, frozen=True, eq=False):
    """The file is there but cannot be read as text; a directory, for one."""

    entry: str
    path: PurePath
    reason: str
    is_directory: bool
    gym_error: ClassVar[str | None] = "OSError"


class IncludeNotText(Problem, frozen=True, eq=False):
    """An entry that is no string, so that no path can be made of it."""

    gym_error: ClassVar[str | None] = "TypeError"


class IncludeMissingValue(Problem, frozen=True, eq=False):
    """An entry that is still `???`."""

    gym_error: ClassVar[str | None] = "MissingMandatoryValue"


class IncludeUnknown(Problem, frozen=True, eq=False):
    """An entry that an environment variable is part of, so that only the run itself can tell the file."""


class IncludesNotList(Problem, frozen=True, eq=False):
    """`config_paths` in a file is a string, which NeMo Gym reads character by character, or a mapping."""

    gym_error: ClassVar[str | None] = "ConfigPathNotFoundError"


class RootsMalformed(Problem, frozen=True, eq=False):
    """`config_paths` of env.yaml or the command line, which NeMo Gym validates, is no list of strings.

    `at` is the element that is no string, or the whole value where it is no list.
    """

    gym_error: ClassVar[str | None] = "MalformedConfigPathsError"


class IncludeRepeated(Problem, frozen=True, eq=False):
    """The same spelling was included before, so this entry changes nothing."""

    entry: str
    first: Config


class IncludeAliased(Problem, frozen=True, eq=False):
    """The entry is an old name of a file that has moved. Mirrors `legacy_config_path_alias`."""

    entry: str
    canonical: str


class Malformed(Problem, frozen=True, eq=False):
    """A file of the run is no YAML that OmegaConf would load. `at` is the file's whole configuration."""

    path: PurePath
    problem: SyntaxProblem
    gym_error: ClassVar[str | None] = "ConfigError"


class RootNotMapping(Problem, frozen=True, eq=False):
    """The file holds a list or a number where a mapping belongs."""

    gym_error: ClassVar[str | None] = "KeyValidationError"


# Merging and directives


class Conflict(Problem, frozen=True, eq=False):
    """A mapping over a list or a list over a mapping. `at` is the upper value."""

    path: KeyPath
    lower: Config
    gym_error: ClassVar[str | None] = "ConfigTypeError"


class InheritTargetNotFound(Problem, frozen=True, eq=False):
    """`_inherit_from` or `_copy` names a path that is not there. `at` is the directive's value."""

    directive: str
    target: str
    found_up_to: int
    """How many steps of the target exist."""
    gym_error: ClassVar[str | None] = "InheritPathNotFoundError"


class Misuse(Enum):
    """Ways to use a directive that NeMo Gym answers with a bare Python exception."""

    TARGET_NOT_TEXT = "target-not-text"
    DELETE_KEY_NOT_TEXT = "delete-key-not-text"
    SOURCE_NOT_MAPPING = "source-not-mapping"
    DELETED_KEY_ABSENT = "deleted-key-absent"
    PARENT_NOT_MAPPING = "parent-not-mapping"


class DirectiveMisused(Problem, frozen=True, eq=False):
    """A directive that ends in a bare Python exception."""

    misuse: Misuse
    directive: str
    detail: str
    gym_error: ClassVar[str | None] = "Exception"


# Interpolations


class _Postponable(Problem, frozen=True, eq=False, kw_only=True):
    late: bool = False
    """Whether the parser leaves the value alone, so that only the server that reads it stumbles."""


class InterpolationProblem(_Postponable, frozen=True, eq=False):
    """An interpolation that cannot be resolved. `span` lies in the value's file."""

    path: KeyPath
    span: Span


class InterpolationKeyNotFound(InterpolationProblem, frozen=True, eq=False):
    """`${key}` names nothing. `key` is spelled as OmegaConf does in its message."""

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
    """Why an interpolation that names something still gives no value."""

    CYCLE = "cycle"
    THROUGH_VALUE = "through-value"
    UNSET = "unset"
    ARGUMENTS = "arguments"
    NOT_A_KEY = "not-a-key"
    NOT_A_MAPPING = "not-a-mapping"


class InterpolationFailed(InterpolationProblem, frozen=True, eq=False):
    """Resolving fails although every key is there. `detail` names the key or the resolver that it fails at."""

    why: Failing
    detail: str
    gym_error: ClassVar[str | None] = "InterpolationResolutionError"


class ResolverUnknown(InterpolationProblem, frozen=True, eq=False):
    """`${name:...}` with a name that no resolver has."""

    name: str
    gym_error: ClassVar[str | None] = "UnsupportedInterpolationType"


class GrammarBroken(InterpolationProblem, frozen=True, eq=False):
    """The text between `${` and `}` is not OmegaConf's grammar."""

    detail: str
    gym_error: ClassVar[str | None] = "GrammarParseError"


class MissingValue(Problem, frozen=True, eq=False):
    """A value is still `???` after everything was merged. Mirrors `raise_on_missing_values`."""

    path: KeyPath
    gym_error: ClassVar[str | None] = "ConfigMissingValuesError"


# Servers


class AlmostServer(Problem, frozen=True, eq=False):
    """A block that looks like a server and fails validation. Mirrors `detect_and_report_almost_servers`."""

    instance: str
    path: KeyPath
    flaw: object
    """What exactly is wrong: a `servers.Flaw`."""
    ignored: bool = False
    """Whether `error_on_almost_servers: false` makes the run go on without this server."""
    gym_error: ClassVar[str | None] = "AlmostServerError"


class GroupInterpolated(Problem, frozen=True, eq=False):
    """A server type whose interpolation stands for no server, so that NeMo Gym passes over the block."""


class ServerRefNotFound(Problem, frozen=True, eq=False):
    """A server ref names an instance that the run does not define. `at` is the ref's name."""

    instance: str
    field: str
    server_type: str
    name: str
    ref: Table
    defined_as: tuple[str, ...] = ()
    """The server types under which the run does define the name."""
    gym_error: ClassVar[str | None] = "ServerRefNotFoundError"


class StandInAlone(Problem, frozen=True, eq=False):
    """The stand-in model has no real model to be merged into, or that model is no mapping."""

    instance: str
    gym_error: ClassVar[str | None] = "StopIteration"


# Agents


class Composing(Enum):
    """Why an unbound agent cannot be composed onto the others."""

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
    """A resources server does not accept this agent or model. `at` is what declares the restriction."""

    chosen: str
    server: str
    allowed: tuple[str, ...]
    is_model: bool

    @property
    def raised(self) -> str:
        return "UnsupportedModelPairingError" if self.is_model else "UnsupportedAgentPairingError"


class RestrictionNotList(Problem, frozen=True, eq=False):
    """`allowed_agents` or `allowed_model_types` is no list."""

    key: str
    gym_error: ClassVar[str | None] = "ConfigError"


class OverrideUnapplied(Problem, frozen=True, eq=False):
    """A command line override names an agent that composition did not make."""

    name: str
    gym_error: ClassVar[str | None] = "UnsupportedAgentOverrideError"


class RenameAmbiguous(Problem, frozen=True, eq=False):
    """An environment server names an agent that was inherited into several. `at` is the name it gives."""

    agent: str
    targets: tuple[str, ...]
    path: KeyPath
    gym_error: ClassVar[str | None] = "AmbiguousAgentRenameError"


class AgentUnfronted(Problem, frozen=True, eq=False):
    """An agent without an environment server, where the run asks for an error."""

    agent: str
    gym_error: ClassVar[str | None] = "AgentWithoutEnvironmentServerError"


# Reserved keys


class TelemetryInvalid(Problem, frozen=True, eq=False):
    """The `telemetry` block does not fit its model."""

    flaw: object
    gym_error: ClassVar[str | None] = "ValidationError"


class ReservedKeyInvalid(Problem, frozen=True, eq=False):
    """A reserved key whose value the parser refuses."""

    key: str
    expected: str
    error: str = field(default="ConfigError")


def raised_by(problem: Problem) -> str | None:
    """The name of the exception that NeMo Gym raises for a problem; None where it raises nothing."""
    match problem:
        case PairingUnsupported():
            return problem.raised
        case ReservedKeyInvalid():
            return problem.error
        case AlmostServer(ignored=True) | InterpolationProblem(late=True):
            return None
        case _:
            return problem.gym_error
