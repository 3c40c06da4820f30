"""The rules. Each is a module of its own; this tuple is the only place that lists them."""

from gym_lsp.rules.config_path_invalid import config_path_invalid
from gym_lsp.rules.config_path_not_found import config_path_not_found
from gym_lsp.rules.config_path_not_gym import config_path_not_gym
from gym_lsp.rules.config_path_renamed import config_path_renamed
from gym_lsp.rules.config_path_repeated import config_path_repeated
from gym_lsp.rules.duplicate_key import duplicate_key
from gym_lsp.rules.invalid_suppression import invalid_suppression
from gym_lsp.rules.invalid_yaml import invalid_yaml
from gym_lsp.rules.malformed_config_paths import malformed_config_paths
from gym_lsp.rules.merge_conflict import merge_conflict
from gym_lsp.rules.missing_license import missing_license
from gym_lsp.rules.misspelt_config_paths import misspelt_config_paths
from gym_lsp.rules.root_not_mapping import root_not_mapping
from gym_lsp.rules.rule import Rule
from gym_lsp.rules.server_ref_not_found import server_ref_not_found
from gym_lsp.rules.unquoted_braces import unquoted_braces
from gym_lsp.rules.unreadable_file import unreadable_file
from gym_lsp.rules.unused_suppression import unused_suppression

ALL_RULES: tuple[Rule, ...] = (
    # Files and comments
    unreadable_file,
    unused_suppression,
    invalid_suppression,
    invalid_yaml,
    duplicate_key,
    root_not_mapping,
    unquoted_braces,
    config_path_not_found,
    config_path_invalid,
    malformed_config_paths,
    config_path_repeated,
    config_path_not_gym,
    config_path_renamed,
    misspelt_config_paths,
    merge_conflict,
    # Servers and their datasets
    missing_license,
    # Names
    server_ref_not_found,
)

RULE_NAMES = frozenset(rule.name for rule in ALL_RULES)
