"""Rules about files and includes, beyond the examples on their pages."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.compose.run import Run
from gym_lsp.diagnostic import Applicability, Severity
from gym_lsp.files import Disk
from gym_lsp.text import Span, apply_edits
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import DEFAULT_FILE, ROOT, assert_findings, findings, parse_fixture

MODEL = """\
# --- models/openai/configs/openai_model.yaml
some_model:
  responses_api_models:
    openai_model: {entrypoint: app.py}
"""


def fixture(text: str) -> str:
    return f"# --- environments/counting/config.yaml\n{text}{MODEL}"


NOT_FOUND = {
    "a slip in the name": """\
config_paths:
  - models/openai/configs/openai_modl.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] did you mean `models/openai
""",
    "slips in two parts": """\
config_paths:
  - model/openia/configs/openai_model.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] did you mean
""",
    "another case": """\
config_paths:
  - Models/OpenAI/configs/openai_model.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] did you mean
""",
    "the other suffix": """\
config_paths:
  - models/openai/configs/openai_model.yml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] openai_model.yaml`?
""",
    "the slashes of another system": """\
config_paths:
  - models\\openai\\configs\\openai_model.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] did you mean `models/openai
""",
    "the other suffix beside the file": """\
config_paths:
  - judge.yml
#   ^^^^^^^^^ error[config-path-not-found] did you mean `environments/counting/judge.yaml`?
# --- environments/counting/judge.yaml
judge: {_copy: some_model}
#              ^^^^^^^^^^ information[inherit-target-not-found]
""",
    "no suffix": """\
config_paths:
  - models/openai/configs/openai_model
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] openai_model.yaml`?
""",
    "a space at the end": """\
config_paths:
  - 'models/openai/configs/openai_model.yaml '
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] begins or ends with white space
""",
    "a home folder": """\
config_paths:
  - ~/models.yaml
#   ^^^^^^^^^^^^^ error[config-path-not-found] `~` is not expanded
""",
    "nothing like it": """\
config_paths:
  - nowhere/else.yaml
#   ^^^^^^^^^^^^^^^^^ error[config-path-not-found] NeMo Gym itself was not found
""",
    "a path into NeMo Gym, which was not found": """\
config_paths:
  - responses_api_models/vllm_model/configs/vllm_model.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[config-path-not-found] itself was not found
""",
    "an absolute path of another machine": """\
config_paths:
  - /lustre/models/vllm.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^ warning[config-path-not-found] not found
""",
    "an absolute path whose end exists here": """\
config_paths:
  - /home/me/gym/models/openai/configs/openai_model.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[config-path-not-found] did you mean `models/openai
""",
    "an absolute path of this workspace": """\
config_paths:
  - /workspace/nowhere.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found]
""",
    "an env.yaml that does not exist": """\
config_paths:
  - env.yaml
#   ^^^^^^^^ warning[config-path-not-found] reads it automatically
""",
    "an entry made of a key": """\
folder: models
config_paths:
  - ${folder}/openai/configs/openai_modl.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] did you mean
""",
}


@pytest.mark.parametrize("case", NOT_FOUND)
def test_not_found(case: str) -> None:
    assert_findings(fixture(NOT_FOUND[case]))


INVALID = {
    "a folder with one config": """\
config_paths:
  - models/openai
#   ^^^^^^^^^^^^^ error[config-path-invalid] did you mean `models/openai/configs/openai_model.yaml`
""",
    "a folder without configs": """\
config_paths:
  - models
#   ^^^^^^ error[config-path-invalid] is a folder
""",
    "a number": """\
config_paths:
  - 5
#   ^ error[config-path-invalid] is not text
""",
    "a mapping in the list": """\
config_paths:
  - {path: a.yaml}
#   ^^^^^^^^^^^^^^ error[config-path-invalid] is not text
""",
    "a mapping": """\
config_paths: {model: a.yaml}
#             ^^^^^^^^^^^^^^^ error[config-path-invalid] expected a list of files
""",
    "a dash without a space": """\
config_paths:
  -models/openai/configs/openai_model.yaml
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-invalid] missing space after the dash
""",
    "an override without the file that it overrides": """\
config_paths: models/openai/configs/openai_model.yaml
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-invalid] put a dash before it
counting:
  resources_servers:
    counting: {limit: 5}
""",
    "a marker": """\
config_paths:
  - '???'
#   ^^^^^ error[config-path-invalid] cannot be an entry
""",
}


@pytest.mark.parametrize("case", INVALID)
def test_invalid(case: str) -> None:
    assert_findings(fixture(INVALID[case]))


AS_LISTS = {
    "models/a.yaml": "\n  - models/a.yaml\n",
    "'models/a.yaml, models/b.yaml'": "\n  - 'models/a.yaml'\n  - 'models/b.yaml'\n",
    "models/a.yaml,models/b.yaml": "\n  - models/a.yaml\n  - models/b.yaml\n",
    "\n  -models/a.yaml": "\n  - models/a.yaml\n",
    "\n  -models/a.yaml\n  -models/b.yaml": "\n  - models/a.yaml\n  - models/b.yaml\n",
}


@pytest.mark.parametrize("written", AS_LISTS)
def test_text_becomes_a_list(written: str) -> None:
    models = "# --- models/a.yaml\nx: {_copy: y}\n# --- models/b.yaml\nx: {_copy: y}\n"
    asked = parse_fixture(f"# --- {DEFAULT_FILE}\nconfig_paths: {written}\n{models}")
    found = next(each for each in findings(asked) if each.rule == "config-path-invalid")
    (fix,) = found.fixes
    assert fix.applicability is Applicability.SAFE
    fixed = apply_edits(asked.files[found.path], [edit.edit for edit in fix.edits])
    assert fixed == f"config_paths:{AS_LISTS[written]}"


SILENT = {
    "nothing": "config_paths:\n",
    "an empty list": "config_paths: []\nsome_value: 5\n",
    "a file": "config_paths:\n  - models/openai/configs/openai_model.yaml\n",
    "a path from the root": "config_paths:\n  - ./models/openai/configs/openai_model.yaml\n",
    "values for the includer": """\
config_paths:
  - environments/counting/values.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math, limit: "${counting_limit}"}
# --- environments/counting/values.yaml
counting_limit: 5
""",
    "values that this run does not need": """\
config_paths:
  - environments/counting/values.yaml
# --- environments/counting/values.yaml
counting_limit: 5
""",
    "other lists of files": "prompt_paths:\n  - a.yaml\nconfig_files:\n  - a.yaml\n",
    "a list of something else": "config_path:\n  - a.txt\n",
}


@pytest.mark.parametrize("case", SILENT)
def test_silent(case: str) -> None:
    assert_findings(fixture(SILENT[case]))


def test_a_root_config_that_does_not_exist_is_reported_where_it_was_typed() -> None:
    (found,) = findings(parse_fixture(f"# run: nowhere.yaml\n{MODEL}"))
    assert (found.path, found.span, found.rule) == (PurePath("<command line>"), Span(9, 21), "config-path-not-found")
    assert found.gym_error == "ConfigPathNotFoundError"
    assert not found.fixes


def test_when_checking_a_run_an_absolute_path_is_an_error() -> None:
    assert_findings(
        """\
# run: a.yaml
# --- a.yaml
config_paths:
  - /lustre/models/vllm.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found]
"""
    )


def test_the_fix_of_a_path_beside_the_file_is_safe() -> None:
    text = "# --- environments/a/config.yaml\nconfig_paths:\n  - 'b.yaml'\n# --- environments/a/b.yaml\nx: {_copy: y}\n"
    asked = parse_fixture(text)
    found = next(each for each in findings(asked) if each.rule == "config-path-not-found")
    (fix,) = found.fixes
    assert fix.applicability is Applicability.SAFE
    fixed = apply_edits(asked.files[found.path], [edit.edit for edit in fix.edits])
    assert fixed == "config_paths:\n  - 'environments/a/b.yaml'\n"


REPEATED = {
    "itself": """\
config_paths:
  - environments/counting/config.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[config-path-repeated] includes itself
""",
    "two spellings": """\
config_paths:
  - models/openai/configs/openai_model.yaml
  - ./models/openai/configs/openai_model.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[config-path-repeated] same file as
""",
}


@pytest.mark.parametrize("case", REPEATED)
def test_repeated(case: str) -> None:
    assert_findings(fixture(REPEATED[case]))


def test_a_path_with_two_dots_is_another_spelling(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b.yaml").write_text("x: {_copy: policy_model}\n")
    config = tmp_path / "a" / "config.yaml"
    config.write_text("config_paths: [b.yaml, a/../b.yaml]\n")
    checked = Checker(Workspace(Disk(), PurePath(tmp_path))).check_run(Run(("a/config.yaml",)))
    (found,) = (each for each in checked.diagnostics if each.rule == "config-path-repeated")
    assert found.severity is Severity.WARNING
    assert found.span.of(config.read_text()) == "a/../b.yaml"


def test_two_files_may_include_a_third() -> None:
    assert_findings(
        fixture(
            """\
config_paths:
  - models/openai/configs/openai_model.yaml
  - environments/counting/agent.yaml
# --- environments/counting/agent.yaml
config_paths:
  - models/openai/configs/openai_model.yaml
counting_agent:
  responses_api_agents:
    simple_agent: {entrypoint: app.py}
"""
        )
    )


NOT_GYM = {
    "a manifest": """\
config_paths:
  - environments/counting/manifest.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[config-path-not-gym] a manifest
""",
    "another tool's": """\
config_paths:
  - environments/counting/templates.yaml
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[config-path-not-gym] nothing that this run uses
# --- environments/counting/templates.yaml
greeting: {text: hello}
""",
}


@pytest.mark.parametrize("case", NOT_GYM)
def test_not_gym(case: str) -> None:
    found = [
        each
        for each in findings(parse_fixture(fixture(NOT_GYM[case]) + MANIFEST))
        if "manifest.yaml" not in str(each.path)
    ]
    assert [(each.rule, each.path) for each in found] == [
        ("config-path-not-gym", ROOT / "environments/counting/config.yaml")
    ]


MANIFEST = "# --- environments/counting/manifest.yaml\nname: counting\n"

MISSPELT = {
    "config-paths": "error",
    "configs_paths": "error",
    "ConfigPaths": "error",
    "config_path": "error",
}


@pytest.mark.parametrize("key", MISSPELT)
def test_misspelt(key: str) -> None:
    text = f"{key}:\n{'^' * len(key)} {MISSPELT[key]}[misspelt-config-paths]\n"
    assert_findings(fixture(text + "  - models/openai/configs/openai_model.yaml\nx: {_copy: policy_model}\n"))


def test_misspelt_with_files_that_do_not_exist_is_a_warning() -> None:
    text = "config_path:\n^^^^^^^^^^^ warning[misspelt-config-paths]\n  - nowhere.yaml\nx: {_copy: policy_model}\n"
    assert_findings(fixture(text))


def test_what_is_missing_points_to_the_misspelt_list() -> None:
    text = "config_path:\n  - models/openai/configs/openai_model.yaml\nx: {_copy: some_model}\n"
    found = {each.rule: each for each in findings(parse_fixture(fixture(text)))}
    (place,) = found["inherit-target-not-found"].related
    assert place.span == found["misspelt-config-paths"].span


CONFLICTS = {
    "a list over a mapping": ("[a]", "{a: b}", True),
    "a mapping over a list": ("{a: b}", "[a]", True),
    "an empty mapping over a list": ("{}", "[a]", True),
    "a mapping over a list that was set to null": ("{a: b}", "null", False),
    "null over a mapping": ("null", "{a: b}", False),
    "a text over a mapping": ("a", "{a: b}", False),
    "a list over a list": ("[a]", "[b]", False),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_conflict(case: str) -> None:
    upper, lower, conflicts = CONFLICTS[case]
    marker = "^^^^^ error[merge-conflict]\n" if conflicts else ""
    text = f"""\
config_paths:
  - environments/counting/base.yaml
words: {upper}
{marker}# --- environments/counting/base.yaml
words: {lower}
x: {{_copy: policy_model}}
"""
    assert_findings(fixture(text))


def test_env_yaml_that_begins_the_run() -> None:
    text = "# --- env.yaml\nconfig_paths:\n  - a.yaml\n  - 5\n#   ^ error[malformed-config-paths] in quotes\n"
    assert_findings(f"{text}# --- a.yaml\nlimit: 5\n")


def test_an_env_yaml_that_names_a_file_that_does_not_exist() -> None:
    text = "config_paths:\n  - a.yml\n#   ^^^^^ error[config-path-not-found] did you mean `a.yaml`?\n"
    assert_findings(f"# --- env.yaml\n{text}# --- a.yaml\nlimit: 5\n")


def test_an_env_yaml_that_no_run_here_reads() -> None:
    assert_findings("# --- examples/env.yaml\nconfig_paths:\n  - a.yaml\n")


def test_an_env_yaml_that_is_a_list() -> None:
    entries = "- policy_model_name: small\n- policy_api_key: abc\n"
    marker = "^^^^^^^^^^^^^^^^^^^^^^^^^^ error[root-not-mapping] is a list;\n"
    text = f"# --- env.yaml\n{entries.replace(chr(10), chr(10) + marker, 1)}# --- a.yaml\n{{}}\n"
    assert_findings(text)
    assert_findings(f"# run: a.yaml\n{text}")


def test_the_only_word_of_an_env_yaml_is_not_shown() -> None:
    for run in ("", "# run: a.yaml\n"):
        found = findings(parse_fixture(f"{run}# --- env.yaml\nsk-12345\n# --- a.yaml\nlimit: 5\n"))
        assert "root-not-mapping" in {each.rule for each in found}
        assert not any("sk-" in each.message for each in found)


def test_two_paths_in_one_entry() -> None:
    text = "config_paths:\n  - a.yaml, b.yaml\n"
    files = "# --- a.yaml\nlimit: 5\n# --- b.yaml\nlimit: 6\n"
    marker = "#   ^^^^^^^^^^^^^^ error[config-path-not-found] 2 paths in one entry\n"
    assert_findings(f"# --- {DEFAULT_FILE}\n{text}{marker}{files}")
    (found,) = findings(parse_fixture(f"# --- {DEFAULT_FILE}\n{text}{files}"))
    (fix,) = found.fixes
    assert apply_edits(text, [edit.edit for edit in fix.edits]) == "config_paths:\n  - a.yaml\n  - b.yaml\n"
