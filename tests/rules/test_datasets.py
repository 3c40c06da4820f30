"""Rules about datasets, in addition to the examples on their pages."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.diagnostic import Applicability
from gym_lsp.files import Disk
from gym_lsp.gym.roots import find_install_root
from gym_lsp.text import apply_edits
from tests.corpus import Corpus
from tests.fixture import assert_findings, findings, parse_fixture


def on(server_type: str, *datasets: str) -> str:
    """Return the text of a server with datasets, each given as the lines of one list element."""
    implementation = {"resources_servers": "counting", "responses_api_agents": "simple_agent"}.get(server_type, "some")
    domain = "      domain: math\n" if server_type == "resources_servers" else ""
    start = f"counting:\n  {server_type}:\n    {implementation}:\n      entrypoint: app.py\n{domain}      datasets:\n"
    return start + "".join(datasets)


def on_agent(*datasets: str) -> str:
    return on("responses_api_agents", *datasets)


TRAIN = """\
        - name: a
          type: train
          jsonl_fpath: resources_servers/letters/data/train.jsonl
"""
LICENSED = f"{TRAIN}          license: MIT\n"
EXAMPLE = """\
        - name: b
          type: example
          jsonl_fpath: resources_servers/letters/data/example.jsonl
"""
BENCHMARK = """\
        - name: c
          type: benchmark
          jsonl_fpath: benchmarks/letters/data/letters.jsonl
          prepare_script: benchmarks/letters/prepare.py
          prompt_config: null
"""

INVALID = {
    "a licence in British spelling": f"""\
{TRAIN}\
          licence: MIT
#         ^^^^^^^ error[missing-license] NeMo Gym ignores `licence`
""",
    "a license that is null": f"""\
{TRAIN}\
          license: null
#         ^^^^^^^ error[missing-license] empty `license` in dataset `a`
""",
    "a license with its SPDX identifier": f"""\
{TRAIN}\
          license: CC-BY-4.0
#                  ^^^^^^^^^ error[unknown-license] write `Creative Commons Attribution 4.0 International`
""",
    "a license that is also listed under another name": f"""\
{TRAIN}\
          license: 'cc-by-sa 4.0'
#                  ^^^^^^^^^^^^^^ error[unknown-license] write `CC BY-SA 4.0`
""",
    "a misspelt license": f"""\
{TRAIN}\
          license: Apache 2.O
#                  ^^^^^^^^^^ error[unknown-license] did you mean `Apache 2.0`?
""",
    "a license that is not listed": f"""\
{TRAIN}\
          license: BSD-3-Clause
#                  ^^^^^^^^^^^^ error[unknown-license] use `TBD` if it is not decided yet
""",
    "a license that is a number": f"""\
{TRAIN}\
          license: 5
#                  ^ error[unknown-license] unknown license `5`
""",
    "a license that is a list": f"""\
{TRAIN}\
          license: [MIT]
#                  ^^^^^ error[unknown-license] must be the name of a license
""",
    "a license that is an interpolation": f"""\
{TRAIN}\
          license: ${{oc.env:LICENSE,MIT}}
#                  ^^^^^^^^^^^^^^^^^^^^^ error[unknown-license] cannot be an interpolation
""",
    "an example does not need a license, but rejects an unknown one": f"""\
{EXAMPLE}\
          license: free
#                  ^^^^ error[unknown-license]
""",
    "a type with a capital letter": """\
        - name: a
          type: Example
#               ^^^^^^^ error[unknown-dataset-type]
          jsonl_fpath: a.jsonl
""",
    "a type that is an interpolation": """\
        - name: a
          type: ${oc.env:SPLIT,example}
#               ^^^^^^^^^^^^^^^^^^^^^^^ error[unknown-dataset-type] cannot be an interpolation
          jsonl_fpath: a.jsonl
""",
    "a type that is a list": """\
        - name: a
          type: [train]
#               ^^^^^^^ error[unknown-dataset-type] one of `train`, `validation`, `example` or `benchmark`
          jsonl_fpath: a.jsonl
""",
    "no type": """\
        - name: a
#         ^^^^ error[missing-dataset-field] missing `type` in dataset `a`
          jsonl_fpath: a.jsonl
""",
    "a misspelt type": """\
        - name: a
          tpye: example
#         ^^^^ error[missing-dataset-field] NeMo Gym ignores `tpye`
          jsonl_fpath: a.jsonl
""",
    "no name": """\
        - type: example
#         ^^^^ error[missing-dataset-field] missing `name` in this dataset
          jsonl_fpath: a.jsonl
""",
    "an empty dataset": """\
        - {}
#         ^^ error[missing-dataset-field] missing `type` in this dataset
""",
    "a benchmark without its script": """\
        - name: c
#         ^^^^ error[missing-dataset-field] missing `prepare_script` in dataset `c`
          type: benchmark
          jsonl_fpath: a.jsonl
          prompt_config: null
""",
    "a source without its repository": f"""\
{LICENSED}\
          source: {{type: huggingface}}
#         ^^^^^^ error[missing-dataset-field] missing `repo_id` in `source`
""",
    "a source of an unknown type": f"""\
{LICENSED}\
          source: {{type: s3, repo_id: a/b}}
#                        ^^ error[invalid-dataset] `type` must be "gitlab" | "huggingface"
""",
    "a source that is text": f"""\
{LICENSED}\
          source: a/b
#                 ^^^ error[invalid-dataset] `source` must be
""",
    "a number of repeats that is too small": f"""\
{EXAMPLE}\
          num_repeats: 0
#                      ^ error[invalid-dataset] `num_repeats` must be int >= 1
""",
    "a number of repeats that is null": f"""\
{EXAMPLE}\
          num_repeats: null
#                      ^^^^ error[invalid-dataset] `num_repeats` must be int >= 1
""",
    "a number of repeats that is an interpolation": f"""\
{EXAMPLE}\
          num_repeats: ${{repeats}}
#                      ^^^^^^^^^^ error[invalid-dataset] cannot be an interpolation
repeats: 2
""",
    "a file that is a number": """\
        - name: a
          type: example
          jsonl_fpath: 2025
#                      ^^^^ error[invalid-dataset] put it in quotes
""",
    "a dataset that is text": """\
        - a
#         ^ error[invalid-dataset] a dataset must be a mapping
""",
    "a source after an identifier": f"""\
{LICENSED}\
          gitlab_identifier: {{dataset_name: a, version: "1", artifact_fpath: a.jsonl}}
          source: {{type: huggingface, repo_id: a/b}}
#         ^^^^^^ error[dataset-source-twice]
""",
}


@pytest.mark.parametrize("datasets", INVALID.values(), ids=INVALID.keys())
def test_what_the_parser_rejects(datasets: str) -> None:
    assert_findings(on_agent(datasets))
    assert_findings(f"# run: environments/example/config.yaml\n{on_agent(datasets)}")


def test_datasets_that_are_not_a_list() -> None:
    carets = "#               ^^^^^^^^^ error[invalid-dataset] `datasets` must be a list of datasets\n"
    assert_findings(on_agent().rstrip() + f" {{name: a}}\n{carets}")


def test_an_almost_server_that_is_accepted() -> None:
    carets = "#         ^^^^ warning[missing-license]\n"
    lenient = TRAIN.replace("          type: train\n", f"          type: train\n{carets}")
    assert_findings(f"error_on_almost_servers: false\n{on('resources_servers', lenient)}")


IGNORED = {
    "a misspelt key": f"""\
{EXAMPLE}\
          num_repeat: 2
#         ^^^^^^^^^^ warning[unknown-dataset-field] did you mean `num_repeats`?
""",
    "an unknown key": f"""\
{EXAMPLE}\
          split: train
#         ^^^^^ warning[unknown-dataset-field] unknown dataset field `split`; NeMo Gym ignores it
""",
    "a misspelt key of a source": f"""\
{LICENSED}\
          source: {{type: huggingface, repo_id: a/b, artifact_path: a.jsonl}}
#                                                   ^^^^^^^^^^^^^ warning[unknown-dataset-field] did you mean
""",
    "a prompt on an example": f"""\
{EXAMPLE}\
          prompt_config: null
#         ^^^^^^^^^^^^^ warning[field-without-effect]
""",
    "a license on a benchmark, even an unknown one": f"""\
{BENCHMARK}\
          license: free
#         ^^^^^^^ information[field-without-effect]
""",
    "a source on a benchmark": f"""\
{BENCHMARK}\
          source: {{type: huggingface, repo_id: a/b}}
#         ^^^^^^ information[field-without-effect]
""",
    "two deprecated identifiers": f"""\
{LICENSED}\
          gitlab_identifier: {{dataset_name: a, version: "1", artifact_fpath: a.jsonl}}
#         ^^^^^^^^^^^^^^^^^ information[deprecated-dataset-identifier]
          huggingface_identifier: {{repo_id: a/b}}
#         ^^^^^^^^^^^^^^^^^^^^^^ information[deprecated-dataset-identifier]
""",
    "an identifier that is null": f"""\
{LICENSED}\
          gitlab_identifier: null
""",
    "a prompt on a benchmark is used": BENCHMARK.replace("null", "benchmarks/letters/prompt.yaml"),
    "a script on another dataset is used, since 0.7.0": f"""\
{EXAMPLE}\
          prepare_script: benchmarks/letters/prepare.py
""",
    "files of a component that does not exist": LICENSED + EXAMPLE,
    "names that differ": LICENSED + EXAMPLE + BENCHMARK,
}


@pytest.mark.parametrize("datasets", IGNORED.values(), ids=IGNORED.keys())
def test_what_the_parser_ignores(datasets: str) -> None:
    assert_findings(on_agent(datasets))


FILES = {
    "an example that does not exist": """\
        - name: a
          type: example
          jsonl_fpath: environments/example/data/example.jsonl
#                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[dataset-file-not-found]
""",
    "training rows with a source": """\
        - name: a
          type: train
          license: MIT
          jsonl_fpath: environments/example/data/train.jsonl
          source: {type: huggingface, repo_id: a/b}
""",
    "training rows without a source": """\
        - name: a
          type: train
          license: MIT
          jsonl_fpath: environments/example/data/train.jsonl
#                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[dataset-file-not-found] no `source`
""",
    "rows that a script generates": """\
        - name: a
          type: validation
          license: MIT
          jsonl_fpath: environments/example/data/train.jsonl
          prepare_script: environments/example/prepare.py
# --- environments/example/prepare.py
async def prepare(): ...
""",
    "a path that is not settled": """\
        - name: a
          type: example
          jsonl_fpath: environments/example/${split}.jsonl
split: example
""",
    "rows and a prompt that exist": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: environments/example/prepare.py
          prompt_config: environments/example/prompt.yaml
# --- environments/example/prepare.py
from nemo_gym.something import prepare
# --- environments/example/prompt.yaml
user: "{question}"
""",
    "a prompt that does not exist": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: environments/example/prepare.py
          prompt_config: environments/example/promt.yaml
#                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[prompt-config-not-found] example/prompt.yaml`?
# --- environments/example/prepare.py
prepare = print
# --- environments/example/prompt.yaml
user: "{question}"
""",
    "a prompt on another machine": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: environments/elsewhere/prepare.py
          prompt_config: environments/elsewhere/prompt.yaml
""",
    "a script that does not exist": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: environments/example/prepare.py
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[prepare-script-not-found] example/prepare.py` not found
          prompt_config: null
""",
    "a script with an absolute path": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: /workspace/environments/example/prepare.py
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[prepare-script-not-found] must be relative
          prompt_config: null
# --- environments/example/prepare.py
def prepare(): ...
""",
    "a script in a folder with a dot": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/v1.5/data/a.jsonl
          prepare_script: environments/v1.5/prepare.py
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[prepare-script-not-found] `v1.5` must not contain a dot
          prompt_config: null
# --- environments/v1.5/prepare.py
def prepare(): ...
""",
    "a script without its suffix": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: environments/example/prepare
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[prepare-script-not-found] did you mean `environments/
          prompt_config: null
# --- environments/example/prepare.py
def prepare(): ...
""",
    "folders in the place of files": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: environments/example/prepare.py
          prompt_config: environments/example
#                        ^^^^^^^^^^^^^^^^^^^^ error[prompt-config-not-found] is a folder
        - name: e
          type: example
          jsonl_fpath: environments/example
#                      ^^^^^^^^^^^^^^^^^^^^ warning[dataset-file-not-found] is a folder
# --- environments/example/prepare.py
def prepare(): ...
""",
    "paths with backslashes": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: environments\\example\\prepare.py
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[prepare-script-not-found] example/prepare.py`?
          prompt_config: environments\\example\\prompt.yaml
#                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[prompt-config-not-found] example/prompt.yaml`?
# --- environments/example/prepare.py
def prepare(): ...
# --- environments/example/prompt.yaml
user: "{question}"
""",
    "a script that defines the function in a block": """\
        - name: c
          type: benchmark
          jsonl_fpath: environments/example/data/a.jsonl
          prepare_script: environments/example/prepare.py
          prompt_config: null
# --- environments/example/prepare.py
if True:
    def prepare(): ...
""",
}


@pytest.mark.parametrize("datasets", FILES.values(), ids=FILES.keys())
def test_files_of_datasets(datasets: str) -> None:
    assert_findings(on_agent(datasets))


@pytest.mark.parametrize(
    ("server_type", "marker"),
    [
        ("responses_api_agents", ""),
        ("resources_servers", ""),
        ("responses_api_models", "#     ^^^^^^^^ warning[datasets-not-used] an agent or a resources server\n"),
        ("environment_servers", "#     ^^^^^^^^ warning[datasets-not-used] an agent or a resources server\n"),
    ],
)
def test_types_of_servers_with_datasets(server_type: str, marker: str) -> None:
    assert_findings(on(server_type, EXAMPLE).replace("      datasets:\n", f"      datasets:\n{marker}"))


def assert_in_release(corpus: Corpus, release: str, text: str) -> None:
    """Check a fixture with one release, and with the files that its datasets name."""
    path = PurePath(corpus.release(release))
    install = find_install_root(Disk(), explicit=path, workspace=path, environ={})
    files = (
        "# --- resources_servers/letters/data/example.jsonl\n# --- benchmarks/letters/prepare.py\ndef prepare(): ...\n"
    )
    # The other fields that the agents need are not tested here.
    agent = "    simple_agent:\n      entrypoint: app.py"
    text = text.replace(agent, f"{agent}  # gym-lsp: ignore[missing-server-field]")
    assert_findings(f"# --- environments/example/config.yaml\n{text}{files}", Disk(), install)


@pytest.mark.parametrize(
    ("release", "marker"),
    [("0.5.1", "#     ^^^^^^^^ warning[datasets-not-used] declare them on an agent\n"), ("0.6.0", "")],
)
def test_datasets_of_a_resources_server(corpus: Corpus, release: str, marker: str) -> None:
    # This implementation exists in every release.
    text = on("resources_servers", EXAMPLE).replace("    counting:\n", "    mcqa:\n")
    assert_in_release(corpus, release, text.replace("      datasets:\n", f"      datasets:\n{marker}"))


@pytest.mark.parametrize(
    ("release", "marker"),
    [("0.6.0", "#         ^^^^^^^^^^^^^^ warning[field-without-effect]\n"), ("0.7.0", "")],
)
def test_a_prepare_script_on_an_example(corpus: Corpus, release: str, marker: str) -> None:
    script = f"          prepare_script: benchmarks/letters/prepare.py\n{marker}"
    assert_in_release(corpus, release, on_agent(EXAMPLE, script))


@pytest.mark.parametrize(
    ("release", "marker"),
    [
        ("0.6.0", "error[several-benchmarks] accepts only one"),
        ("0.7.0", "information[several-benchmarks] the list of benchmarks omits it"),
    ],
)
def test_several_benchmarks(corpus: Corpus, release: str, marker: str) -> None:
    marked = f"type: benchmark\n#               ^^^^^^^^^ {marker}\n"
    second = BENCHMARK.replace("name: c", "name: d").replace("type: benchmark\n", marked)
    assert_in_release(corpus, release, on_agent(BENCHMARK, second))


FIXES = {
    "a license": (TRAIN + "          license: Apache License 2.0\n", "safe", "license: Apache 2.0\n"),
    "a license in quotes": (TRAIN + "          license: 'MIT License'\n", "safe", "license: 'MIT'\n"),
    "no license": (TRAIN, "unsafe", "train.jsonl\n          license: TBD\n"),
    "a type": (EXAMPLE.replace("type: example", "type: dev"), "unsafe", "type: validation\n"),
    "a key": (EXAMPLE.replace("jsonl_fpath", "json_fpath"), "unsafe", "jsonl_fpath: resources"),
    "a number for text": (EXAMPLE.replace("name: b", "name: 1.50"), "safe", 'name: "1.50"\n'),
    "an identifier in flow style": (
        f"{LICENSED}          huggingface_identifier: {{repo_id: a/b}}\n",
        "safe",
        "source: {type: huggingface, repo_id: a/b}\n",
    ),
    "an identifier with an anchor": (
        f"{LICENSED}          huggingface_identifier: &where\n            repo_id: a/b\n",
        None,
        "",
    ),
    "two identifiers": (
        f"{LICENSED}          huggingface_identifier: {{repo_id: a}}\n          gitlab_identifier: {{repo_id: a}}\n",
        None,
        "",
    ),
    "a source twice": (
        f"{LICENSED}          huggingface_identifier: {{repo_id: c/d}}\n          source: {{type: huggingface}}\n",
        "unsafe",
        "license: MIT\n          source: {type: huggingface}\n",
    ),
}


@pytest.mark.parametrize(("datasets", "applicability", "expected"), FIXES.values(), ids=FIXES.keys())
def test_fixes(datasets: str, applicability: str | None, expected: str) -> None:
    fixture = parse_fixture(on_agent(datasets))
    ((path, text),) = fixture.files.items()
    found = findings(fixture)
    fixes = [fix for diagnostic in found for fix in diagnostic.fixes]
    if applicability is None:
        assert found and not fixes
        return
    assert fixes[0].applicability is Applicability(applicability)
    fixed = apply_edits(text, [edit.edit for edit in fixes[0].edits])
    assert expected in fixed and expected not in text
    again = findings(parse_fixture(f"# --- {path.relative_to('/workspace')}\n{fixed}"))
    assert len(again) < len(found) or applicability == "unsafe"


MISPLACED_ROWS = {
    "backslashes": "environments\\example\\data\\rows.jsonl",
    "relative to the config": "data/rows.jsonl",
    "a misspelling": "environments/example/data/row.jsonl",
}


@pytest.mark.parametrize("path", MISPLACED_ROWS.values(), ids=MISPLACED_ROWS.keys())
@pytest.mark.parametrize("kind", ["example", "train"])
def test_rows_that_exist_under_another_path(path: str, kind: str) -> None:
    assert_findings(
        f"""\
# --- environments/example/data/rows.jsonl
{{}}
# --- environments/example/config.yaml
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      datasets:
        - name: rows
          type: {kind}
          license: MIT
          jsonl_fpath: {path}
#                      {"^" * len(path)} warning[dataset-file-not-found] did you mean `environments/example/data
"""
    )


def test_a_misspelt_implementation_that_should_override_another() -> None:
    assert_findings(
        """\
base:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
agent:
  _inherit_from: base
  responses_api_agents:
    simple_agents:
#   ^^^^^^^^^^^^^ error[several-implementations] did you mean to override `simple_agent`?
      max_steps: 3
"""
    )
