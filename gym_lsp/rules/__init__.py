"""The rules. Each is a module of its own; this tuple is the only place that lists them."""

from gym_lsp.rules.absolute_entrypoint import absolute_entrypoint
from gym_lsp.rules.agent_not_composed import agent_not_composed
from gym_lsp.rules.agent_without_environment_server import agent_without_environment_server
from gym_lsp.rules.almost_server import almost_server
from gym_lsp.rules.ambiguous_agent_rename import ambiguous_agent_rename
from gym_lsp.rules.computed_key import computed_key
from gym_lsp.rules.config_path_invalid import config_path_invalid
from gym_lsp.rules.config_path_not_found import config_path_not_found
from gym_lsp.rules.config_path_not_gym import config_path_not_gym
from gym_lsp.rules.config_path_renamed import config_path_renamed
from gym_lsp.rules.config_path_repeated import config_path_repeated
from gym_lsp.rules.dataset_file_not_found import dataset_file_not_found
from gym_lsp.rules.dataset_source_twice import dataset_source_twice
from gym_lsp.rules.datasets_not_used import datasets_not_used
from gym_lsp.rules.delete_key_without_effect import delete_key_without_effect
from gym_lsp.rules.deprecated_dataset_identifier import deprecated_dataset_identifier
from gym_lsp.rules.duplicate_dataset_name import duplicate_dataset_name
from gym_lsp.rules.duplicate_key import duplicate_key
from gym_lsp.rules.empty_server_type import empty_server_type
from gym_lsp.rules.entrypoint_not_found import entrypoint_not_found
from gym_lsp.rules.field_without_effect import field_without_effect
from gym_lsp.rules.implementation_not_found import implementation_not_found
from gym_lsp.rules.implementation_not_installable import implementation_not_installable
from gym_lsp.rules.inherit_chain import inherit_chain
from gym_lsp.rules.inherit_target_not_found import inherit_target_not_found
from gym_lsp.rules.interpolation_not_found import interpolation_not_found
from gym_lsp.rules.invalid_dataset import invalid_dataset
from gym_lsp.rules.invalid_directive import invalid_directive
from gym_lsp.rules.invalid_interpolation import invalid_interpolation
from gym_lsp.rules.invalid_manifest import invalid_manifest
from gym_lsp.rules.invalid_prompt import invalid_prompt
from gym_lsp.rules.invalid_reserved_key import invalid_reserved_key
from gym_lsp.rules.invalid_restriction import invalid_restriction
from gym_lsp.rules.invalid_sandbox_block import invalid_sandbox_block
from gym_lsp.rules.invalid_server_field import invalid_server_field
from gym_lsp.rules.invalid_suppression import invalid_suppression
from gym_lsp.rules.invalid_token_id_capture import invalid_token_id_capture
from gym_lsp.rules.invalid_yaml import invalid_yaml
from gym_lsp.rules.key_not_text import key_not_text
from gym_lsp.rules.lookalike_character import lookalike_character
from gym_lsp.rules.malformed_config_paths import malformed_config_paths
from gym_lsp.rules.malformed_ref import malformed_ref
from gym_lsp.rules.merge_conflict import merge_conflict
from gym_lsp.rules.misplaced_directive import misplaced_directive
from gym_lsp.rules.misplaced_manifest import misplaced_manifest
from gym_lsp.rules.missing_dataset_field import missing_dataset_field
from gym_lsp.rules.missing_domain import missing_domain
from gym_lsp.rules.missing_entrypoint import missing_entrypoint
from gym_lsp.rules.missing_license import missing_license
from gym_lsp.rules.missing_server_field import missing_server_field
from gym_lsp.rules.missing_value import missing_value
from gym_lsp.rules.misspelt_config_paths import misspelt_config_paths
from gym_lsp.rules.misspelt_directive import misspelt_directive
from gym_lsp.rules.misspelt_entrypoint import misspelt_entrypoint
from gym_lsp.rules.misspelt_missing_marker import misspelt_missing_marker
from gym_lsp.rules.misspelt_ref_field import misspelt_ref_field
from gym_lsp.rules.misspelt_reserved_key import misspelt_reserved_key
from gym_lsp.rules.nested_ref_not_found import nested_ref_not_found
from gym_lsp.rules.no_servers import no_servers
from gym_lsp.rules.number_out_of_range import number_out_of_range
from gym_lsp.rules.port_taken import port_taken
from gym_lsp.rules.prepare_script_not_found import prepare_script_not_found
from gym_lsp.rules.prompt_config_not_found import prompt_config_not_found
from gym_lsp.rules.quoted_boolean import quoted_boolean
from gym_lsp.rules.ref_of_wrong_type import ref_of_wrong_type
from gym_lsp.rules.reserved_instance_name import reserved_instance_name
from gym_lsp.rules.root_not_mapping import root_not_mapping
from gym_lsp.rules.rule import Rule
from gym_lsp.rules.sandbox_not_found import sandbox_not_found
from gym_lsp.rules.self_ref import self_ref
from gym_lsp.rules.server_ref_not_found import server_ref_not_found
from gym_lsp.rules.server_type_not_first import server_type_not_first
from gym_lsp.rules.several_benchmarks import several_benchmarks
from gym_lsp.rules.several_implementations import several_implementations
from gym_lsp.rules.shell_variable import shell_variable
from gym_lsp.rules.stale_manifest import stale_manifest
from gym_lsp.rules.stand_in_without_model import stand_in_without_model
from gym_lsp.rules.two_server_types import two_server_types
from gym_lsp.rules.unapplied_override import unapplied_override
from gym_lsp.rules.unknown_dataset_field import unknown_dataset_field
from gym_lsp.rules.unknown_dataset_type import unknown_dataset_type
from gym_lsp.rules.unknown_domain import unknown_domain
from gym_lsp.rules.unknown_license import unknown_license
from gym_lsp.rules.unknown_prompt_column import unknown_prompt_column
from gym_lsp.rules.unknown_prompt_field import unknown_prompt_field
from gym_lsp.rules.unknown_resolver import unknown_resolver
from gym_lsp.rules.unknown_sandbox_field import unknown_sandbox_field
from gym_lsp.rules.unknown_sandbox_provider import unknown_sandbox_provider
from gym_lsp.rules.unknown_server_field import unknown_server_field
from gym_lsp.rules.unknown_server_type import unknown_server_type
from gym_lsp.rules.unmet_manifest import unmet_manifest
from gym_lsp.rules.unpaired_quote import unpaired_quote
from gym_lsp.rules.unquoted_braces import unquoted_braces
from gym_lsp.rules.unreadable_file import unreadable_file
from gym_lsp.rules.unresolvable_interpolation import unresolvable_interpolation
from gym_lsp.rules.unset_variable import unset_variable
from gym_lsp.rules.unsupported_pairing import unsupported_pairing
from gym_lsp.rules.unused_suppression import unused_suppression
from gym_lsp.rules.wrong_nesting import wrong_nesting

ALL_RULES: tuple[Rule, ...] = (
    # Files and comments
    unreadable_file,
    unused_suppression,
    invalid_suppression,
    invalid_yaml,
    duplicate_key,
    root_not_mapping,
    lookalike_character,
    unpaired_quote,
    unquoted_braces,
    config_path_not_found,
    config_path_invalid,
    malformed_config_paths,
    config_path_repeated,
    config_path_not_gym,
    config_path_renamed,
    misspelt_config_paths,
    merge_conflict,
    # Servers
    unknown_server_type,
    empty_server_type,
    two_server_types,
    server_type_not_first,
    wrong_nesting,
    several_implementations,
    reserved_instance_name,
    key_not_text,
    missing_entrypoint,
    misspelt_entrypoint,
    absolute_entrypoint,
    entrypoint_not_found,
    implementation_not_found,
    implementation_not_installable,
    missing_domain,
    unknown_domain,
    number_out_of_range,
    port_taken,
    unknown_server_field,
    invalid_server_field,
    missing_server_field,
    almost_server,
    no_servers,
    # Datasets
    missing_license,
    unknown_license,
    unknown_dataset_type,
    missing_dataset_field,
    invalid_dataset,
    dataset_source_twice,
    unknown_dataset_field,
    field_without_effect,
    dataset_file_not_found,
    prompt_config_not_found,
    prepare_script_not_found,
    several_benchmarks,
    datasets_not_used,
    duplicate_dataset_name,
    deprecated_dataset_identifier,
    # Names
    server_ref_not_found,
    nested_ref_not_found,
    malformed_ref,
    ref_of_wrong_type,
    misspelt_ref_field,
    self_ref,
    interpolation_not_found,
    unset_variable,
    unresolvable_interpolation,
    unknown_resolver,
    invalid_interpolation,
    shell_variable,
    missing_value,
    misspelt_missing_marker,
    # Directives
    inherit_target_not_found,
    inherit_chain,
    misplaced_directive,
    invalid_directive,
    delete_key_without_effect,
    misspelt_directive,
    # Agents and the run
    agent_not_composed,
    unsupported_pairing,
    invalid_restriction,
    unapplied_override,
    ambiguous_agent_rename,
    agent_without_environment_server,
    stand_in_without_model,
    invalid_reserved_key,
    # Sandboxes
    sandbox_not_found,
    invalid_sandbox_block,
    unknown_sandbox_provider,
    unknown_sandbox_field,
    # Settings of NeMo Gym
    quoted_boolean,
    computed_key,
    misspelt_reserved_key,
    invalid_token_id_capture,
    # Manifests and prompts
    invalid_manifest,
    misplaced_manifest,
    stale_manifest,
    unmet_manifest,
    invalid_prompt,
    unknown_prompt_field,
    unknown_prompt_column,
)

RULE_NAMES = frozenset(rule.name for rule in ALL_RULES)
