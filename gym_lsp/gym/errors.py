"""The errors that NeMo Gym raises about a configuration, under its own names.

They live outside `config_types` so that a rule can name the class that it predicts without importing pydantic.
Each is a ConfigError and the built-in exception that NeMo Gym pairs with it:

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
    """What is wrong lies in a configuration and not in the program: its author can mend it.

    The message alone is meant for that person, so a command line shows it without a traceback.
    """


class ConfigPathNotFoundError(ConfigError, FileNotFoundError):
    """An entry of `config_paths` names a file that no search root has."""


class MalformedConfigPathsError(ConfigError, ValueError):
    """`config_paths` is something else than a list of path strings."""


class NoServerInstancesError(ConfigError, ValueError):
    """Servers were to be started, but the merged configuration holds none."""


class ConfigMissingValuesError(ConfigError, ValueError):
    """Values are `???` even after everything was merged."""


class ServerRefNotFoundError(ConfigError, ValueError):
    """A server ref names an instance that the merged configuration lacks."""


class InheritPathNotFoundError(ConfigError, ValueError):
    """`_inherit_from`, `_copy` or one of their string forms names a key path that leads nowhere."""


class AlmostServerError(ConfigError, ValueError):
    """A block is meant to be a server and is not valid as one; `error_on_almost_servers: false` lets it pass."""


# Since 0.5.1


class ConfigInterpolationError(ConfigError, ValueError):
    """`${key}` names a key that the merged configuration lacks."""


# Since 0.6.0


class AgentCompositionError(ConfigError, ValueError):
    """An agent without a resources server of its own finds no place among the agents of the run."""


class UnsupportedAgentPairingError(ConfigError, ValueError):
    """A resources server lists the agents that it works with, and the agent of the run is not among them."""


class UnsupportedAgentOverrideError(ConfigError, ValueError):
    """An override on the command line speaks of an agent that the run does not use."""


# Since 0.7.0


class UnsupportedModelPairingError(ConfigError, ValueError):
    """A resources server lists the model servers that it works with, and the one of the run is not among them."""


class AgentWithoutEnvironmentServerError(ConfigError, ValueError):
    """No environment server stands in front of an agent, and the configuration asks for one."""


class AmbiguousEnvironmentServerError(ConfigError, ValueError):
    """Data is routed by the name of an agent, and several environment servers stand in front of that agent."""


class AmbiguousAgentRenameError(ConfigError, ValueError):
    """An environment server names an agent that lives on under several new names, so neither can be meant."""
