"""What is reported about the YAML in documents, and what is not, as fixtures: see `tests/fixture.py`."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.check import Checker
from gym_lsp.check_commands import check_document
from gym_lsp.commands.samples import samples, used_files
from gym_lsp.commands.screen import may_have_samples
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.text import apply_edits
from gym_lsp.workspace.workspace import Workspace
from tests.commands.test_findings import CONFIGS, LETTER, LETTERS, line
from tests.counting import steps
from tests.fixture import ROOT, assert_findings, findings, parse_fixture
from tests.memory import Memory

APP = """\
# --- resources_servers/letters/app.py
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer
from nemo_gym.config_types import ModelServerRef
class LettersConfig(BaseResourcesServerConfig):
    limit: int = 3
    judge_server: ModelServerRef | None = None
class Letters(SimpleResourcesServer):
    config: LettersConfig
Letters.run_webserver()
"""


def readme(block: str, path: str = "README.md") -> str:
    """Return a fixture of a document with one YAML block, and some configs."""
    return f"{CONFIGS}{APP}# --- {path}\n# Letters\n\n```yaml\n{block}```\n"


def server(*fields: str) -> str:
    """Return an instance with some fields, each with its carets."""
    return "\n".join(("letters:", "  resources_servers:", "    letters:", "      entrypoint: app.py", *fields, ""))


def field(text: str, *marked: tuple[str, str]) -> str:
    return line(f"      {text}", *marked).rstrip("\n")


LIMIT = field("limti: 3", ("limti", "warning[unknown-server-field] `limit`"))
DOMAIN = field("domain: mth", ("mth", "error[unknown-domain] did you mean `math`?"))


@pytest.mark.parametrize(
    "block",
    [
        server(LIMIT, DOMAIN),
        server("      domain: math", "      limit: 3"),
        server(field("limit: many", ("many", "error[invalid-server-field]"))),
        server(field("entrypont: app.py", ("entrypont", "error[misspelt-entrypoint]"))).replace(
            "      entrypoint: app.py\n", ""
        ),
        server(
            field("judge_server: {type: responses_api_modls, name: x}", ("responses_api_modls", "error[malformed-ref]"))
        ),
        line("  resource_servers:", ("resource_servers", "error[unknown-server-type] did you mean")).join(
            ("letters:\n", "    letters: {entrypoint: app.py, domain: math}\n")
        ),
        "other:\n" + line("  _inherits_from: letters", ("_inherits_from", "error[misspelt-directive]"))
        + "  resources_servers:\n    letters: {limit: 3}\n",
        f"config_paths:\n- {LETTERS}\n" + line("dry_run: 'false'", ("'false'", "warning[quoted-boolean]")),
        line(f"config_path: [{LETTERS}]", ("config_path", "error[misspelt-config-paths]"))
        + "letters:\n  resources_servers: {}\n",
        "sandbox:\n  default_metadata: {}\n" + line("  dokcer: {}", ("dokcer", "warning[unknown-sandbox-provider]")),
        "letters:\n  resources_servers:\n    letters:\n      domain: math\n"
        + line("      domain: math", ("domain", "error[duplicate-key]")),
        line(f"config_paths: [{LETTER}]", (LETTER, f"error[config-path-not-found] did you mean `{LETTERS}`?")),
        "config_paths:\n" + line(f"- '{LETTER}'", (f"'{LETTER}'", "error[config-path-not-found]")),
        line(
            "config_paths: [responses_api_models/openai_model/configs]",
            ("responses_api_models/openai_model/configs", "error[config-path-invalid]"),
        ),
    ],
)  # fmt: skip
def test_a_block_is_judged_as_a_part_of_a_config(block: str) -> None:
    for path in ("README.md", "docs/guide.mdx"):
        assert_findings(readme(block, path))


@pytest.mark.parametrize(
    "block",
    [
        # What is not there may be elsewhere, or not exist at all.
        server(),
        "grader:\n  resources_servers:\n    grader: {entrypoint: app.py, domain: math, limti: 3}\n",
        server("      judge_server: {type: responses_api_models, name: judge}", "      limit: ${letters_limit}"),
        server("      datasets:", "      - {name: x, type: train, jsonl_fpath: data/x.jsonl}"),
        "other:\n  _inherit_from: another\n  resources_servers:\n    letters: {limit: '???'}\n",
        "config_paths: [letters.yaml, /data/letters.yaml, other/letters.yaml, resources_servers/a/configs/a.yaml]\n",
        "policy_api_key: sk-1234567890abcdef1234567890abcdef\nconfig_paths: []\n",
        # Not a config.
        "domain: mth\n",
        "on: push\njobs:\n  build: {steps: [}\n",
        "user: '{question}'\nsytem: x\n",
        "- a\n- b\n",
        "just a text\n",
        "",
        "\t\n",
        # Placeholders.
        server("      limti: <limit>", "      domain: my_domain"),
        server("      domain: <domain>"),
        server("      domain: ...", "      limit: {{ limit }}"),
        server("      limit: $LIMIT", "      ...: 1"),
        server("      domain: mth  # or your_domain"),
        "letters:\n  resources_server:\n    my_letters: {entrypoint: app.py}\n".replace("resources_server:", "<type>:"),
        f"config_paths: [{LETTER.replace('letter.yaml', 'my_letters.yaml')}, path/to/config.yaml]\n",
        f"config_paths: [{LETTER.replace('letter.yaml', 'NAME.yaml')}, 'resources_servers/<name>/configs/x.yaml']\n",
        # Omissions, or several files.
        server("      ...", "      limit: 3", "    ..."),
        server("      # ...", "      limit: 3", "      limit: 4"),
        server("      domain: math", "...", "other:"),
        server("      - ...", "      domain: [math"),
        "letters: {resources_servers: ...}\nletters: {resources_servers: ...}\n",
        f"{server()}---\n{server()}",
        f"# a.yaml\n{server('      domain: mth')}# b.yaml\n{server()}",
        # A block that explains a mistake.
        server("      domain: mth", "#             ^^^ error: unknown domain"),
        server("      # Wrong:", "      domain: mth"),
        server("      domain: mth  # ❌"),
        # Made by the reader.
        f"# Create {LETTER}\nconfig_paths: [{LETTER}]\n",
    ],
)
def test_what_is_not_known_is_not_judged(block: str) -> None:
    assert_findings(readme(block))


def test_an_omission_leaves_names_to_judge() -> None:
    assert_findings(readme(server("      # ...", LIMIT, DOMAIN)))
    assert_findings(readme(server("      ...", LIMIT)))


def test_a_placeholder_leaves_the_other_entries_to_judge() -> None:
    entry = line(
        "my_letters: {resources_servers: {letters: {entrypoint: app.py, domain: mth, limit: <limit>}}}",
        ("mth", "error[unknown-domain]"),
    )
    assert_findings(readme(entry))


def test_a_config_without_the_folder_of_its_server_may_not_exist() -> None:
    missing = "resources_servers/leters/configs/leters.yaml"
    install = "# --- /gym/nemo_gym/global_config.py\n"
    near = "resources_servers/lettrs/configs/letters.yaml"
    assert_findings(install + readme(line(f"config_paths: [{near}]", (near, "warning[config-path-not-found]"))))
    other = missing.replace("leters", "counting")
    assert_findings(install + readme(line(f"config_paths: [{other}]", (other, "information[config-path-not-found]"))))


@pytest.mark.parametrize(
    ("fence", "before"), [("", ""), ("   ", "   "), ("> ", "> "), ("- ", "  "), ("> > ", "> > "), ("\t", "\t")]
)
def test_places_are_those_in_the_document(fence: str, before: str) -> None:
    block = "letters:\n  resources_servers:\n    letters: {entrypoint: app.py, domain: mth}\n"
    text = "é 🔤\n\n" + "".join(f"{each}\n" for each in (
        f"{fence}```yaml title=x", *(f"{before}{each}" for each in block.splitlines()), f"{before}```"
    ))  # fmt: skip
    for written in (text, text.replace("\n", "\r\n")):
        [found] = found_in(written)
        assert found.span.of(written) == "mth"
        assert found.path == ROOT / "README.md"
        assert found.run == ()
        assert found.key_path == ("letters", "resources_servers", "letters", "domain")
        assert {each.path for each in found.fixes[0].edits} == {found.path}
        assert found_in(apply_edits(written, [each.edit for each in found.fixes[0].edits])) == ()


def found_in(text: str, path: str = "README.md") -> tuple[Diagnostic, ...]:
    """Return the findings in a document that is the only file of a workspace."""
    workspace = Workspace(Memory({ROOT / path: text}), ROOT)
    return check_document(Checker(workspace), ROOT / path)


def test_several_blocks_of_one_document() -> None:
    block = server(DOMAIN)
    assert_findings(readme(f"{block}```\n\ntext\n\n```bash\n{server()}```\n~~~yml\n{block}~~~\n```\n{server()}"))


@pytest.mark.parametrize(
    "info", ["yaml", "yml", "YAML", "yaml title=x", "{yaml}", " yaml", "{code-block} yaml", "{code} yml"]
)
def test_the_languages_of_yaml(info: str) -> None:
    text = f"````{info}\nletters:\n  resources_servers:\n    letters: {{entrypoint: app.py, domain: mth}}\n````\n"
    assert may_have_samples(text)
    assert [each.rule for each in found_in(text)] == ["unknown-domain"]


def test_another_language_is_not_yaml() -> None:
    bad = "letters:\n  resources_servers:\n    letters: {entrypoint: app.py, domain: mth}\n"
    for language in ("", "json", "python", "yamlx", "diff"):
        assert found_in(f"```{language}\n{bad}```\n") == ()
    assert len(found_in(f"```yaml\n{bad}")) == 1
    assert found_in(bad, "run.sh") == ()


def test_a_block_is_not_a_file_of_the_workspace() -> None:
    text = readme("letters_judge:\n  responses_api_models:\n    openai_model: {entrypoint: app.py}\n")
    fixture = parse_fixture(text)
    workspace = fixture.workspace()
    checker = Checker(workspace)
    assert check_document(checker, ROOT / "README.md") == ()
    assert all(path.suffix == ".yaml" and path.name[0] != "`" for path in workspace.members)
    assert workspace.names.defined("letters_judge") == ()


def test_a_fix_in_a_quote_has_no_new_lines() -> None:
    entry = "letters:\n  resource_servers:\n    letters: {entrypoint: app.py, domain: math}\n"
    quoted = "".join(f"> {each}\n" for each in ("```yaml", *entry.splitlines(), "```"))
    for found in found_in(quoted):
        assert not any("\n" in edit.edit.text for fix in found.fixes for edit in fix.edits)


def test_an_edit_above_a_block_moves_its_findings() -> None:
    fixture = parse_fixture(readme(server(DOMAIN)))
    assert [each.rule for each in findings(fixture)] == ["unknown-domain"]
    workspace = fixture.workspace()
    path = ROOT / "README.md"
    [before] = check_document(Checker(workspace), path)
    checker = Checker(workspace)
    [before] = check_document(checker, path)
    changed = workspace.with_texts({path: f"more\n{fixture.files[path]}"})
    [after] = check_document(checker.on(changed), path)
    assert after.span == before.span.moved(5)


PIECES = [
    "```yaml\n", "```\n", "~~~yml\n", "> ", "- ", "  ", "\n", "letters:", " resources_servers:", "{", "}", "[", "]",
    "...", "---\n", "# ...", "config_paths: [a/b.yaml]\n", "entrypoint: app.py", "_inherit_from: x\n", "\t", "é",
    "domain: mth\n", "# a.yaml\n", "# ❌\n",
    "# gym-lsp: ignore[x]\n", "'", '"', "|\n", "\r\n", "<x>", "my_", "&a ", "*a ", "env: {nemo_gym: {}}\n", "\0",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join)


@given(texts, st.sampled_from(["README.md", "x.mdx"]))
def test_any_text_is_checked(text: str, path: str) -> None:
    for found in found_in(f"```yaml\n{text}", path):
        assert found.path == ROOT / path
        assert 0 <= found.span.start <= found.span.end <= len(text) + 8


@given(texts)
def test_a_sample_has_the_length_of_its_block(text: str) -> None:
    found = samples(".md", text)
    assert may_have_samples(text) or not found
    for sample in found:
        assert len(sample.text) == sample.span.end - sample.span.start
        assert all(0 < end <= len(text) for end in used_files(sample))


@pytest.mark.parametrize("piece", [*PIECES, "```yaml\n```\n", "> ```yaml\n> a: 1\n> ```\n", ".yaml #", "-...\n"])
def test_the_work_grows_with_the_text(piece: str) -> None:
    def work(times: int) -> None:
        for sample in samples(".md", f"> ```yaml\n{piece * times}"):
            used_files(sample)

    once, twice = (steps(partial(work, size)) for size in (100, 200))
    assert twice <= 2.2 * once
    work(20_000)


def test_the_paths_of_blocks() -> None:
    workspace = Workspace(Memory({ROOT / "README.md": "```yaml\na: 1\n```\n"}), ROOT)
    assert workspace.text(ROOT / "README.md" / "```0.yaml") == "a: 1\n"
    for name in ("```1.yaml", "```.yaml", "```x.yaml", "```²yaml", "```0.yaml/x"):
        assert workspace.text(ROOT / "README.md" / PurePath(name)) is None
    assert workspace.text(ROOT / "NONE.md" / "```0.yaml") is None
