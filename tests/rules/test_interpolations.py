"""Rules about interpolations and `???`, in addition to the examples on their pages.

The same value is checked twice: in a workspace, where env.yaml and the command line may define more names, and in a
run, where they cannot.
"""

from __future__ import annotations

import pytest

from gym_lsp.check import Checker
from gym_lsp.compose.run import Run
from gym_lsp.text import apply_edits
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import DEFAULT_FILE, ROOT, assert_findings, findings, parse_fixture
from tests.memory import Memory

BEFORE = """\
counting_limit: 5
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      nested: {least: 1}
      list: [1, 2]
"""

NOT_FOUND, UNSET, NO_VALUE, RESOLVER, GRAMMAR = (
    "interpolation-not-found",
    "unset-variable",
    "unresolvable-interpolation",
    "unknown-resolver",
    "invalid-interpolation",
)
OWN = "counting.resources_servers.counting"
STAND_IN = "policy_model.responses_api_models"

# value -> (underlined text, severity in a workspace, rule, part of the message); in a run, all are errors.
DIRECT = {
    "${nowhere}": ("nowhere", "information", NOT_FOUND, "set it in env.yaml or on the command line"),
    "a ${nowhere} b": ("nowhere", "information", NOT_FOUND, "key `nowhere` not found"),
    "${other_limit}": ("other_limit", "information", NOT_FOUND, "`other.yaml` defines it"),
    f"${{{STAND_IN}.vllm_model.a}}": (f"{STAND_IN}.vllm_model.a", "information", NOT_FOUND, "`vllm_model` not found"),
    "${counting_limt}": ("counting_limt", "error", NOT_FOUND, "did you mean `counting_limit`?"),
    "${policy_base_ur}": ("policy_base_ur", "error", NOT_FOUND, "did you mean `policy_base_url`"),
    "${oc.env.NOT_SET}": ("oc.env.NOT_SET", "error", NOT_FOUND, "did you mean `oc.env:NOT_SET`?"),
    "${.domian}": (".domian", "error", NOT_FOUND, "did you mean `domain`?"),
    "${.nowhere}": (".nowhere", "error", NOT_FOUND, "key `nowhere` not found in `counting.resources"),
    "${..nowhere.a}": ("..nowhere.a", "error", NOT_FOUND, "key `nowhere` not found"),
    "${counting.resources_server}": (
        "counting.resources_server",
        "error",
        NOT_FOUND,
        "did you mean `resources_servers`",
    ),
    f"${{{OWN}.nested.most}}": (f"{OWN}.nested.most", "error", NOT_FOUND, "key `most` not found"),
    f"${{{OWN}.list.7}}": (f"{OWN}.list.7", "error", NOT_FOUND, "key `7` not found"),
    "${oc.env:NOT_SET}": ("NOT_SET", "information", UNSET, "`NOT_SET` is not set and has no default"),
    "${oc.env:NOT_SET}/a": ("NOT_SET", "information", UNSET, "no default"),
    f"${{{OWN}.domain.a}}": (f"{OWN}.domain.a", "error", NO_VALUE, "a single value"),
    "${.setting}": ("'${.setting}'", "error", NO_VALUE, "circular interpolation"),
    "${oc.env:}": ("${oc.env:}", "error", NO_VALUE, "number of arguments"),
    "${env:HOME}": ("env", "error", RESOLVER, "did you mean `oc.env`?"),
    "${oc.Env:HOME}": ("oc.Env", "error", RESOLVER, "did you mean `oc.env`?"),
    "${hydra:job.name}": ("hydra", "error", RESOLVER, "unknown resolver `hydra`"),
    "${NAME:-a}": ("NAME", "error", RESOLVER, "shell syntax"),
    "${}": ("'${}'", "error", GRAMMAR, "missing"),
    "a ${b c}": ("c", "error", GRAMMAR, "not allowed here without quotes"),
}

SILENT = [
    "${counting_limit}",
    "${.domain}",
    "${counting.resources_servers.counting.nested.least}",
    "${counting.resources_servers.counting.list.1}",
    "${policy_base_url}",
    "${oc.env:NOT_SET,null}",
    "${oc.env:HOME}",
    "${oc.select:nowhere,5}",
    "${oc.select:nowhere}",
    "\\${nowhere}",
    "$nowhere {nowhere}",
]


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"{BEFORE}      setting: '{quoted}'\n# --- other.yaml\nother_limit: 3\nx: {{_copy: policy_model}}\n"


def _found(value: str, run: tuple[str, ...] = ()) -> list[tuple[str, str, str, str, str | None]]:
    header = f"# run: {DEFAULT_FILE}\n" if run else ""
    asked = parse_fixture(f"{header}# --- {DEFAULT_FILE}\n{_text(value)}")
    workspace = Workspace(Memory(asked.files), ROOT, Settings(), environment={"HOME": "secret"})
    checker = Checker(workspace)
    checked = checker.check_run(Run(run)) if run else checker.check_workspace((ROOT / DEFAULT_FILE,))
    return [
        (each.span.of(asked.files[each.path]), each.severity.label, each.rule, each.message, each.gym_error)
        for each in checked.diagnostics
    ]


@pytest.mark.parametrize("value", DIRECT)
def test_in_a_workspace(value: str) -> None:
    underlined, severity, rule, message = DIRECT[value]
    ((got_underlined, got_severity, got_rule, got_message, _),) = _found(value)
    assert (got_underlined, got_severity, got_rule) == (underlined, severity, rule)
    assert message in got_message


@pytest.mark.parametrize("value", DIRECT)
def test_in_a_run(value: str) -> None:
    underlined, _, rule, _ = DIRECT[value]
    ((got_underlined, got_severity, got_rule, _, gym_error),) = _found(value, (DEFAULT_FILE,))
    assert (got_underlined, got_severity, got_rule) == (underlined, "error", rule)
    # Only for a grammar error does NeMo Gym not raise an exception of its own.
    assert gym_error == (None if rule == GRAMMAR else "ConfigInterpolationError")


@pytest.mark.parametrize("value", SILENT)
def test_no_finding(value: str) -> None:
    assert not _found(value)
    assert not _found(value, (DEFAULT_FILE,))


# Values that the parser does not resolve.
LATE = {
    "${nowhere}": ("information", "warning", "interpolation-not-found"),
    "${.leats}": ("warning", "warning", "interpolation-not-found"),
    "${counting_limt}": ("warning", "warning", "interpolation-not-found"),
    "${oc.env:NOT_SET}": ("information", "information", "unset-variable"),
    "${.setting}": ("warning", "warning", "unresolvable-interpolation"),
    "${env:HOME}": ("warning", "warning", "unknown-resolver"),
    "${a b}": ("error", "error", "invalid-interpolation"),
}


@pytest.mark.parametrize("value", LATE)
def test_deeper_values(value: str) -> None:
    in_workspace, in_run, rule = LATE[value]
    text = f"{BEFORE}      deeper:\n        least: 1\n        setting: {value}\n"
    for header, severity in (("", in_workspace), (f"# run: {DEFAULT_FILE}\n", in_run)):
        (found,) = findings(parse_fixture(f"{header}# --- {DEFAULT_FILE}\n{text}"))
        assert (found.rule, found.severity.label) == (rule, severity)
        assert found.gym_error is None


def test_a_suggested_name_replaces_only_its_step() -> None:
    asked = parse_fixture(_text("${counting.resources_servers.counting.domian}"))
    (found,) = findings(asked)
    fixed = apply_edits(asked.files[found.path], [edit.edit for edit in found.fixes[0].edits])
    assert "'${counting.resources_servers.counting.domain}'" in fixed


def test_a_default_in_shell_syntax_becomes_a_default_of_oc_env() -> None:
    asked = parse_fixture(_text("${NAME:-a}"))
    (found,) = findings(asked)
    fixed = apply_edits(asked.files[found.path], [edit.edit for edit in found.fixes[0].edits])
    assert "'${oc.env:NAME,a}'" in fixed


def test_a_file_that_defines_the_name_can_be_included() -> None:
    asked = parse_fixture(_text("${other_limit}"))
    (found,) = findings(asked)
    fixed = apply_edits(asked.files[found.path], [edit.edit for edit in found.fixes[0].edits])
    assert fixed.startswith("config_paths:\n  - other.yaml\n")


def test_an_including_file_that_sets_the_key_is_enough() -> None:
    assert_findings(
        """\
# --- environments/a/base.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math, limit: "${counting_limt}"}
counting_limits: 3
# --- environments/a/config.yaml
config_paths:
  - environments/a/base.yaml
counting_limt: 5
"""
    )


def test_a_run_with_a_missing_file_does_not_suppress_the_finding() -> None:
    assert_findings(
        """\
# --- environments/a/base.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math, limit: "${counting_limt}"}
#                                                          ^^^^^^^^^^^^^ error[interpolation-not-found]
counting_limits: 3
# --- environments/a/config.yaml
config_paths:
  - environments/a/base.yaml
  - nowhere.yaml
#   ^^^^^^^^^^^^ error[config-path-not-found]
"""
    )


def test_names_that_the_settings_declare_are_not_reported() -> None:
    asked = parse_fixture(_text("${nowhere}/${oc.env:NOT_SET}"))
    workspace = Workspace(Memory(asked.files), ROOT, Settings(open_names=("nowhere", "NOT_SET")))
    assert not Checker(workspace).check_run(Run((DEFAULT_FILE,))).diagnostics


def test_config_paths_can_use_only_keys_of_their_own_file() -> None:
    assert_findings(
        """\
# run: a.yaml + b.yaml
# --- a.yaml
config_paths:
  - ${folder}/c.yaml
#     ^^^^^^ error[interpolation-not-found] only to keys of its own file
# --- b.yaml
folder: configs
"""
    )


def test_a_key_of_an_inherited_block() -> None:
    assert_findings(
        f"""\
{BEFORE}strict:
  _inherit_from: counting
setting: ${{counting.resources_servers}}
#          ^^^^^^^^^^^^^^^^^^^^^^^^^^ error[interpolation-not-found] because `strict` inherits it
"""
    )


@pytest.mark.parametrize("written", ["??", "????", "'??'"])
def test_misspelt_marker(written: str) -> None:
    carets = "^" * len(written)
    assert_findings(f"{BEFORE}      setting: {written}\n#              {carets} warning[misspelt-missing-marker]\n")


@pytest.mark.parametrize("value", ["'?'", "really??", "'? ?'", "'????????????'"])
def test_other_question_marks(value: str) -> None:
    assert_findings(f"{BEFORE}      setting: {value}\n")


def test_values_that_are_not_set() -> None:
    for header, severity in (("", "information"), (f"# run: {DEFAULT_FILE}\n", "error")):
        assert_findings(
            f"""\
{header}# --- {DEFAULT_FILE}
{BEFORE}      setting: ???
#              ^^^ {severity}[missing-value] `counting.resources_servers.counting.setting`
      settings: [a, '???']
#                   ^^^^^ {severity}[missing-value] `counting.resources_servers.counting.settings[1]`
      again: ${{.setting}}
"""
        )


def test_a_name_in_capital_letters_may_be_set_in_env_yaml() -> None:
    assert_findings(
        """\
words_limit: 5
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      limit: ${WORDS_LIMIT}
#              ^^^^^^^^^^^ information[interpolation-not-found] did you mean `words_limit`?
"""
    )


COUNTING = "counting:\n  resources_servers:\n    counting: {entrypoint: app.py, domain: math}\n"
SHELL_VARIABLES = {
    "a shell variable": "$KEY",
    "a variable in brackets": "$(key_of_model)",
    "a variable in quotes": '"$KEY"',
}


@pytest.mark.parametrize("value", SHELL_VARIABLES.values(), ids=SHELL_VARIABLES.keys())
def test_shell_variable(value: str) -> None:
    carets = "^" * len(value)
    assert_findings(f"limit: {value}\n#      {carets} warning[shell-variable]\n{COUNTING}")
    assert_findings(f"# --- env.yaml\nlimit: {value}\n#      {carets} warning[shell-variable] `${{oc.env:NAME}}`\n")


@pytest.mark.parametrize("value", ["$HOME/data", "echo $HOME", "costs 5 $", "$", "$5", "'\\${KEY}'", "$(date +%s)"])
def test_dollar_sign_that_is_not_reported(value: str) -> None:
    assert_findings(f"limit: {value}\n{COUNTING}")


CORRECTABLE = {
    "${{limit}}": "${limit}",
    "${{ limit }}": "${limit}",
    "${oc.env(LIMIT)}": "${oc.env:LIMIT}",
    "${limit": "${limit}",
    '"${limit"': '"${limit}"',
    "at ${{limit}} words": "at ${limit} words",
}


@pytest.mark.parametrize("value", CORRECTABLE)
def test_an_interpolation_in_the_syntax_of_another_language(value: str) -> None:
    fixture = parse_fixture(f"text: {value}\n{COUNTING}")
    (found,) = findings(fixture)
    assert found.rule == "invalid-interpolation"
    (fix,) = found.fixes
    edited = apply_edits(fixture.files[found.path], [edit.edit for edit in fix.edits])
    assert edited.startswith(f"text: {CORRECTABLE[value]}\n")


@pytest.mark.parametrize("value", ["${limit and more}", "${}", "${limit} and ${"])
def test_an_interpolation_without_a_suggestion(value: str) -> None:
    (found,) = findings(parse_fixture(f"text: {value}\n{COUNTING}"))
    assert found.rule == "invalid-interpolation"
    assert not found.fixes
