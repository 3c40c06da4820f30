"""The errors that NeMo Gym raises for a configuration, under the same names.

In NeMo Gym they are in `config_types`. Here they have a module of their own, so that a rule can name the class that it
predicts without importing pydantic. Each derives from ConfigError and from the same built-in exception as in NeMo Gym:

    ConfigError
    |-- ConfigPathNotFoundError               FileNotFoundError
    |-- MalformedConfigPathsError             ValueError
    |-- NoServerInstancesError                ValueError
    |-- ConfigMissingValuesError              ValueError
    |-- ServerRefNotFoundError                ValueError
    |-- InheritPathNotFoundError              ValueError
    |-- AlmostServerError                     ValueError
    |
    |   since 0.5.1
    |-- ConfigInterpolationError              ValueError
    |
    |   since 0.6.0
    |-- AgentCompositionError                 ValueError
    |-- UnsupportedAgentPairingError          ValueError
    |-- UnsupportedAgentOverrideError         ValueError
    |
    |   since 0.7.0
    |-- UnsupportedModelPairingError          ValueError
    |-- AgentWithoutEnvironmentServerError    ValueError
    |-- AmbiguousEnvironmentServerError       ValueError
    `-- AmbiguousAgentRenameError             ValueError
"""

from __future__ import annotations


class ConfigError(Exception):
    """A mistake in a configuration, not in the program.

    The message is for the author of the configuration, so a command line shows it without a traceback.
    """


class ConfigPathNotFoundError(ConfigError, FileNotFoundError):
    """An entry of `config_paths` names a file that is in no search root."""


class MalformedConfigPathsError(ConfigError, ValueError):
    """`config_paths` is not a list of strings."""


class NoServerInstancesError(ConfigError, ValueError):
    """The merged configuration has no server to start."""


class ConfigMissingValuesError(ConfigError, ValueError):
    """Values are still `???` after everything is merged."""


class ServerRefNotFoundError(ConfigError, ValueError):
    """A server ref names an instance that is not in the merged configuration."""


class InheritPathNotFoundError(ConfigError, ValueError):
    """`_inherit_from`, `_copy` or one of their string forms names a key path that does not exist."""


class AlmostServerError(ConfigError, ValueError):
    """A block is meant to be a server but is not a valid one; `error_on_almost_servers: false` disables this error."""


# Since 0.5.1


class ConfigInterpolationError(ConfigError, ValueError):
    """`${key}` names a key that is not in the merged configuration."""


# Since 0.6.0


class AgentCompositionError(ConfigError, ValueError):
    """An agent without a resources server cannot replace any of the agents of the run."""


class UnsupportedAgentPairingError(ConfigError, ValueError):
    """The `allowed_agents` of a resources server do not include the agent of the run."""


class UnsupportedAgentOverrideError(ConfigError, ValueError):
    """An override on the command line is about an agent that the run does not use."""


# Since 0.7.0


class UnsupportedModelPairingError(ConfigError, ValueError):
    """The `allowed_model_types` of a resources server do not include the model server of the run."""


class AgentWithoutEnvironmentServerError(ConfigError, ValueError):
    """An agent has no environment server, and the configuration requires one."""


class AmbiguousEnvironmentServerError(ConfigError, ValueError):
    """Rows are routed by the name of their agent, and several environment servers have that agent."""


class AmbiguousAgentRenameError(ConfigError, ValueError):
    """An environment server names an agent that has several new names after renaming."""
