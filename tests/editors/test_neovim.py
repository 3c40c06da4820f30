"""The Neovim plugin: what it adds to the language server, and when it stays away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.corpus import Corpus
from tests.editors.conftest import NEOVIMS, start_neovim
from tests.editors.neovim import CLIENT, Neovim
from tests.editors.places import change, find, go_to
from tests.editors.programs import NEW_NEOVIM, REPOSITORY
from tests.editors.snippets import snippets
from tests.editors.waiting import until

HOLDOUT = "environments/recipe_scaling_holdout/config.yaml"
ELSEWHERE = "services:\n  web:\n    image: nginx\n"
COMMANDS = """\
# Tides

```bash
gym env start --config environments/tide_tables/confg.yaml
```
"""
CONFIG = "shells:\n  resources_servers:\n    mcqa:\n      entrypoint: app.py\n      domain: knowlege\n"


def _is_ready(nvim: Neovim) -> None:
    status = "return (require('gym_lsp').status() or {}).state"
    until(lambda: nvim.lua(status), lambda state: state == "ready", "the index")


def test_the_health_check_tells_what_was_found(nvim: Neovim, workspace: Path) -> None:
    nvim.open(workspace / HOLDOUT)
    _is_ready(nvim)
    nvim.command("checkhealth gym_lsp")
    report = nvim.text()
    assert "OK Server: " in report
    assert "OK Version: gym-lsp " in report
    assert f"Workspace: {workspace}" in report
    assert "NeMo Gym not found" in report
    assert "of them configs" in report
    assert "ERROR" not in report


def test_the_health_check_tells_what_is_missing(nvim: Neovim, home: Path) -> None:
    (home / "bin/gym-lsp").unlink()
    nvim.command("checkhealth gym_lsp")
    assert "ERROR Program `" in nvim.text()
    assert f"uv tool install '{REPOSITORY}'" in nvim.text()


def test_a_published_package_is_installed_by_its_name(nvim: Neovim) -> None:
    sentence = nvim.lua(
        "local server = require('gym_lsp.server'); server.package = 'gym-lsp'; return server.how_to_install()"
    )
    assert "`uv tool install gym-lsp`, `pipx install gym-lsp`, or `pip install gym-lsp`" in sentence


def test_a_plugin_outside_a_clone_names_no_package(nvim: Neovim, tmp_path: Path) -> None:
    copy = tmp_path / "plugin"
    shutil.copytree(CLIENT, copy)
    sentence = nvim.lua("return dofile(...).how_to_install()", str(copy / "lua/gym_lsp/server.lua"))
    assert "`uv tool install <folder of a clone of gym-lsp>`" in sentence


def test_the_resolved_configuration_leads_back_and_follows_edits(nvim: Neovim, workspace: Path) -> None:
    base = workspace / "environments/recipe_scaling/config.yaml"
    nvim.open(workspace / HOLDOUT)
    nvim.command("GymLsp resolved")
    until(nvim.text, lambda text: "recipe_scaling_holdout:" in text, "the configuration")
    go_to(nvim, "$0library_verifier_timeout_seconds: 5.0")
    nvim.press("<CR>")
    line = find(base.read_text(), "library_verifier_timeout_seconds").line
    until(nvim.place, lambda place: place == (base, line), "the origin")
    change(nvim, "library_verifier_timeout_seconds: 5.0", "library_verifier_timeout_seconds: 7.5")
    nvim.command("doautocmd TextChanged")
    shown = "return vim.api.nvim_buf_get_lines(vim.fn.bufnr('gym-lsp://resolved'), 0, -1, false)"
    until(lambda: nvim.lua(shown), lambda lines: any("timeout_seconds: 7.5" in line for line in lines), "the edit")


def test_a_run_of_several_configs_is_resolved(nvim: Neovim, workspace: Path) -> None:
    nvim.open(workspace / "environments/tide_tables/config.yaml")
    configs = "environments/tide_tables/config.yaml environments/recipe_scaling/policy.yaml"
    nvim.command(f"GymLsp resolved {configs} policy_base_url=here")
    text = until(nvim.text, lambda text: "vllm_model" in text, "the configuration")
    assert "base_url: here" in text


def test_the_wiring_is_drawn(nvim: Neovim, workspace: Path) -> None:
    nvim.open(workspace / HOLDOUT)
    nvim.command("GymLsp wiring")
    until(nvim.text, lambda text: "flowchart" in text and "recipe_scaling_holdout" in text, "the wiring")
    nvim.open(workspace / HOLDOUT)
    nvim.command("GymLsp wiring dot")
    until(nvim.text, lambda text: text.startswith("digraph"), "the wiring")


def test_the_page_of_a_rule_is_shown(nvim: Neovim, workspace: Path) -> None:
    nvim.open(workspace / "environments/tide_tables/config.yaml")
    change(nvim, "domain: knowledge", "domain: knowlege")
    until(nvim.findings, bool, "the finding")
    assert nvim.lua("return vim.fn.getcompletion('GymLsp explain ', 'cmdline')") == ["unknown-domain"]
    go_to(nvim, "$0domain: knowlege")
    nvim.command("GymLsp explain")
    until(nvim.text, lambda text: text.startswith("# unknown-domain\n"), "the page")
    nvim.command("GymLsp explain duplicate-key")
    until(nvim.text, lambda text: text.startswith("# duplicate-key\n"), "the page of another rule")
    nvim.command("GymLsp explain no-such-rule")
    until(lambda: nvim.command("messages"), lambda text: "unknown rule `no-such-rule`" in text, "the message")


def test_lenses_lead_to_the_references(nvim: Neovim, workspace: Path) -> None:
    nvim.open(workspace / "environments/tide_tables/config.yaml")
    _is_ready(nvim)
    nvim.lua("vim.lsp.codelens.refresh({ bufnr = 0 })")
    titles = "return vim.tbl_map(function(l) return l.command and l.command.title or '' end, vim.lsp.codelens.get(0))"
    until(lambda: nvim.lua(titles), lambda titles: "used by 2" in titles, "the lenses")
    go_to(nvim, "$0tide_tables:")
    nvim.lua("vim.lsp.codelens.run()")
    listed = "return vim.tbl_map(function(i) return vim.fn.bufname(i.bufnr) end, vim.fn.getqflist())"
    found = until(lambda: nvim.lua(listed), bool, "the references")
    assert any(name.endswith("vote_agent.yaml") for name in found)


def test_other_yaml_is_left_alone_until_it_is_a_config(nvim: Neovim, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "compose.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(ELSEWHERE)
    nvim.command(f"edit {elsewhere}")
    assert nvim.lua("return vim.bo.filetype") == "yaml"
    assert nvim.clients() == []
    nvim.lua("vim.api.nvim_buf_set_lines(0, 0, -1, true, vim.split(..., '\\n'))", CONFIG)
    nvim.command("write")
    until(nvim.clients, lambda roots: roots == [str(elsewhere.parent)], "the server")
    until(nvim.findings, lambda findings: any("knowlege" in each for each in findings), "the finding")


def test_commands_in_documents_are_checked(nvim: Neovim, workspace: Path, tmp_path: Path) -> None:
    document = workspace / "README.md"
    document.write_text(COMMANDS)
    nvim.open(document)
    assert nvim.clients() == [str(workspace)]
    until(nvim.findings, lambda findings: len(findings) == 1 and "confg.yaml" in findings[0], "the finding")
    change(nvim, "confg.yaml", "config.yaml")
    until(nvim.findings, lambda findings: findings == [], "no finding")
    go_to(nvim, "tide_$0tables/config.yaml")
    assert nvim.definition().path == workspace / "environments/tide_tables/config.yaml"
    script = workspace / "run.sh"
    script.write_text("echo nothing\n")
    nvim.command(f"edit {script}")
    assert nvim.clients() == []
    nvim.lua("vim.api.nvim_buf_set_lines(0, -1, -1, true, { ... })", COMMANDS.splitlines()[3])
    nvim.command("write")
    until(nvim.findings, bool, "the finding")
    elsewhere = tmp_path / "elsewhere" / "README.md"
    elsewhere.parent.mkdir()
    elsewhere.write_text(COMMANDS)
    nvim.command(f"edit {elsewhere}")
    assert nvim.lua("return vim.bo.filetype") == "markdown"
    assert nvim.clients() == []


def test_an_option_leaves_documents_alone(home: Path, workspace: Path) -> None:
    init = snippets("Neovim")[-1].replace("/path/to/gym-lsp", str(REPOSITORY))
    init = init.replace("setup()", "setup({ init_options = { documents = false } })")
    (workspace / "README.md").write_text(COMMANDS)
    for program in NEOVIMS.values():
        started = Neovim(program, home, workspace, init)
        try:
            started.open(workspace / HOLDOUT)
            started.command(f"edit {workspace / 'README.md'}")
            assert started.lua("return vim.bo.filetype") == "markdown"
            assert started.clients() == []
        finally:
            started.close()


@pytest.fixture(params=NEOVIMS)
def in_nothing(request: pytest.FixtureRequest, home: Path, tmp_path: Path) -> Generator[tuple[Neovim, Path]]:
    """Each Neovim in an empty folder."""
    folder = tmp_path / "nothing"
    folder.mkdir()
    started = start_neovim(NEOVIMS[request.param], home, folder)
    yield started, folder
    started.close()


def test_the_first_config_in_an_empty_folder(in_nothing: tuple[Neovim, Path]) -> None:
    nvim, folder = in_nothing
    config = folder / "environments/first/config.yaml"
    config.parent.mkdir(parents=True)
    nvim.open(config)
    assert nvim.clients() == [str(folder)]
    assert nvim.completions()[:4] == ["environment", "resources server", "agent", "agent with datasets"]
    until(nvim.findings, lambda findings: not findings, "no finding in the empty file")
    nvim.lua("vim.api.nvim_buf_set_lines(0, 0, -1, true, vim.split(..., '\\n'))", CONFIG)
    until(nvim.findings, lambda findings: any("knowlege" in each for each in findings), "the finding")
    change(nvim, "domain: knowlege", "domain: ")
    go_to(nvim, "domain: ")
    assert "knowledge" in nvim.completions()
    change(nvim, "domain: ", "domain: knowledge")
    until(nvim.findings, lambda findings: not any("domain" in each for each in findings), "no finding")
    nvim.command("write")
    # A file below the folder of the component is a config too.
    nvim.open(config.with_name("judges") / "strict.yaml")
    assert nvim.clients() == [str(folder)]
    assert nvim.completions()[0] == "environment"


def test_the_folders_of_other_tools_start_no_server(in_nothing: tuple[Neovim, Path], home: Path) -> None:
    nvim, folder = in_nothing
    values = folder / "environments/prod/values.yaml"
    values.parent.mkdir(parents=True)
    values.write_text("replicas: 3\n")
    projects = folder / "other/environments/project"
    (projects / ".git").mkdir(parents=True)
    at_home = home / "environments/project/config.yaml"
    for other in (values, values.with_name("new.yaml"), projects / "config.yaml", at_home, folder / "config.yaml"):
        nvim.lua("vim.cmd.edit(vim.fn.fnameescape(...))", str(other))
        assert nvim.lua("return vim.bo.filetype") == "yaml"
        assert nvim.clients() == []


_ANSWERING = """
-- Answers instead of a user, and notes what was asked.
_G.asked, _G.answers = {}, {}
vim.ui.select = function(items, options, on_choice)
  local shown = vim.tbl_map(options.format_item, items)
  table.insert(asked, { options.prompt, shown })
  local wanted = table.remove(answers, 1)
  for index, text in ipairs(shown) do
    if text == wanted or vim.startswith(text, wanted .. ':') then
      return on_choice(items[index], index)
    end
  end
  on_choice(nil, nil)
end
vim.ui.input = function(options, on_confirm)
  table.insert(asked, { options.prompt, { options.default } })
  on_confirm(table.remove(answers, 1))
end
"""


def test_a_new_environment_in_an_empty_folder(in_nothing: tuple[Neovim, Path]) -> None:
    nvim, folder = in_nothing
    nvim.lua(_ANSWERING)
    assert nvim.lua("return vim.fn.getcompletion('GymLsp new re', 'cmdline')") == ["resources-server", "recipe"]
    nvim.lua("_G.answers = { 'environment', 'WordCount', 'word_count', 'math' }")
    nvim.command("GymLsp new")
    config = folder / "environments/word_count/config.yaml"
    until(nvim.place, lambda place: place.path == config, "the config")
    prompts = [prompt for prompt, _ in nvim.lua("return asked")]
    assert prompts == ["New component:", *["Name of the new environment: "] * 2, "Domain:"]
    until(lambda: nvim.command("messages"), lambda text: "did you mean `word_count`?" in text, "the message")
    until(nvim.clients, lambda roots: roots == [str(folder)], "the server")
    _is_ready(nvim)
    assert "domain: math" in config.read_text()
    assert nvim.findings() == []
    rows = folder / "environments/word_count/data/example.jsonl"
    assert len(rows.read_text().splitlines()) == 5
    assert {path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size == 0} == set()
    # The files are those of the command line.
    other = folder.with_name("other")
    other.mkdir()
    command = [sys.executable, "-m", "gym_lsp", "--new", "environment", "word_count", "--domain", "math"]
    subprocess.run(command, cwd=other, env=os.environ | {"PYTHONPATH": str(REPOSITORY)}, check=True)
    assert _texts(folder) == _texts(other)


def _texts(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_new_environment_on_a_resources_server(in_nothing: tuple[Neovim, Path]) -> None:
    nvim, folder = in_nothing
    nvim.lua(_ANSWERING)
    nvim.lua("_G.answers = { 'other' }")
    nvim.command("GymLsp new resources-server grader")
    until(nvim.place, lambda place: place.path.name == "grader.yaml", "the config")
    # It has the answers that are left after that.
    nvim.lua("_G.answers, _G.asked = { 'grader' }, {}")
    nvim.command("GymLsp new environment reused")
    config = folder / "environments/reused/config.yaml"
    until(nvim.place, lambda place: place.path == config, "the config")
    prompt = "Resources server that grades the answers:"
    assert nvim.lua("return asked") == [[prompt, ["a new one", "grader"]]]
    assert "_inherit_from: grader_agent" in config.read_text()
    nvim.command("GymLsp new environment reused")
    nvim.command("GymLsp new nothing reused")
    until(lambda: nvim.command("messages"), lambda text: "unknown kind `nothing`" in text, "the message")


def test_without_a_server_one_message_says_so(nvim: Neovim, home: Path, workspace: Path) -> None:
    (home / "bin/gym-lsp").unlink()
    for name in (HOLDOUT, "environments/tide_tables/config.yaml"):
        nvim.lua("vim.cmd.edit(...)", str(workspace / name))
    assert nvim.command("messages").count(f"uv tool install '{REPOSITORY}'") == 1


def test_help_has_its_tags(nvim: Neovim) -> None:
    nvim.command("help :GymLsp")
    assert nvim.lua("return vim.api.nvim_get_current_line()").endswith("*:GymLsp*")
    written = (CLIENT / "doc/tags").read_text()
    folder = Path(nvim.lua("return vim.fn.tempname()"))
    shutil.copytree(CLIENT / "doc", folder)
    nvim.command(f"helptags {folder}")
    assert (folder / "tags").read_text() == written


def test_enable_alone_does(home: Path, workspace: Path) -> None:
    init = f"vim.opt.runtimepath:append('{CLIENT}')\nvim.lsp.enable('gym_lsp')\n"
    started = Neovim(NEW_NEOVIM, home, workspace, init)
    try:
        started.open(workspace / HOLDOUT)
        assert started.clients() == [str(workspace)]
        assert started.lua("return vim.fn.exists(':GymLsp')") == 2
    finally:
        started.close()


def test_neovims_own_package_manager_installs_it(home: Path, workspace: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(CLIENT, repository / "nvim-client")
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "All"]):
        subprocess.run([*git, *arguments], check=True)
    init = snippets("Neovim")[0].replace("<repository>", f"file://{repository}")
    # The question whether to install it is the user's.
    init = "local add = vim.pack.add\nvim.pack.add = function(given) add(given, { confirm = false }) end\n" + init
    started = Neovim(NEW_NEOVIM, home, workspace, init)
    try:
        started.open(workspace / HOLDOUT)
        assert started.clients() == [str(workspace)]
    finally:
        started.close()


@pytest.fixture(params=NEOVIMS)
def in_a_release(
    request: pytest.FixtureRequest, home: Path, tmp_path: Path, corpus: Corpus
) -> Generator[tuple[Neovim, Path]]:
    """Each Neovim in a copy of NeMo Gym 0.7.0."""
    folder = tmp_path / "release"
    shutil.copytree(corpus.release("0.7.0"), folder)
    started = start_neovim(NEOVIMS[request.param], home, folder)
    yield started, folder
    started.close()


def test_a_release_of_nemo_gym_is_read_and_edited(in_a_release: tuple[Neovim, Path]) -> None:
    nvim, folder = in_a_release
    config = folder / "benchmarks/gpqa/config.yaml"
    base = folder / "resources_servers/mcqa/configs/mcqa.yaml"
    nvim.open(config)
    assert nvim.clients() == [str(folder)]
    _is_ready(nvim)
    nvim.command("checkhealth gym_lsp")
    assert f"NeMo Gym 0.7.0 in {folder}" in nvim.text()

    # A mistake, and its end.
    nvim.open(config)
    assert nvim.findings() == []
    change(nvim, "name: gpqa_mcqa_resources_server", "name: gpqa_mcqa_resource_server")
    until(nvim.findings, lambda found: len(found) == 1 and "did you mean" in found[0], "the finding")
    change(nvim, "name: gpqa_mcqa_resource_server", "name: gpqa_mcqa_resources_server")
    until(nvim.findings, lambda found: not found, "the finding to go")

    # Where things are, and what they are.
    go_to(nvim, "_inherit_from: $0mcqa_simple_agent")
    assert nvim.definition() == (base, find(base.read_text(), "mcqa_simple_agent:").line)
    nvim.open(config)
    go_to(nvim, "$0grading_mode: lenient")
    assert "resources_servers/mcqa/configs/mcqa.yaml" in nvim.hover()
    nvim.command("GymLsp resolved")
    until(nvim.text, lambda text: "gpqa_mcqa_simple_agent:" in text, "the configuration")
    assert "_inherit_from" not in nvim.text()

    # A new name, everywhere.
    nvim.open(config)
    go_to(nvim, "$0gpqa_mcqa_simple_agent:")
    nvim.rename("gpqa_agent")
    written = config.read_text()
    assert "gpqa_mcqa_simple_agent" not in written
    assert written.count("gpqa_agent") == 2


def test_a_config_is_written_in_a_release_of_nemo_gym(in_a_release: tuple[Neovim, Path]) -> None:
    nvim, folder = in_a_release
    base = folder / "resources_servers/mcqa/configs/mcqa.yaml"
    config = folder / "environments/night_school/config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text(
        "config_paths:\n"
        "  - resources_servers/mcqa/configs/mcqa.yaml\n"
        "  - nemo_gym/sandbox/providers/docker/configs/docker.yaml\n"
        "night_school:\n"
        "  environment_servers:\n"
        "    legacy_agent:\n"
        "      entrypoint: app.py\n"
        "      agent_server: {type: responses_api_agents, name: mcqa_simple_agent}\n"
        "shell:\n"
        "  resources_servers:\n"
        "    workspace_bench:\n"
        "      entrypoint: app.py\n"
        "      domain: \n"
        "      sandbox_provider: \n"
    )
    nvim.open(config)
    go_to(nvim, "name: $0mcqa_simple_agent")
    assert nvim.definition() == (base, find(base.read_text(), "mcqa_simple_agent:").line)
    nvim.open(config)
    until(nvim.findings, bool, "that a domain is missing")
    go_to(nvim, "domain: ")
    assert {"math", "agent", "rlhf"} <= set(nvim.completions())
    go_to(nvim, "sandbox_provider: ")
    assert "sandbox" in nvim.completions()


def test_a_training_recipe_is_edited(nvim: Neovim, workspace: Path) -> None:
    recipe = workspace / "environments/turnstile/training/grpo.yaml"
    nvim.open(recipe)
    _is_ready(nvim)
    change(nvim, "turnstile_agent:", "turnstile_agnt:")
    found = until(nvim.findings, bool, "the finding")
    assert [each for each in found if "did you mean `turnstile_agent`" in each]
    change(nvim, "turnstile_agnt:", "turnstile_agent:")
    until(nvim.findings, lambda found: not found, "no finding")
    go_to(nvim, "$0max_steps: 12")
    nvim.command("GymLsp resolved")
    until(nvim.text, lambda text: "max_steps: 12" in text and "turnstile_agent:" in text, "the configuration")
    nvim.open(recipe)
    nvim.command("GymLsp wiring")
    until(nvim.text, lambda text: "flowchart" in text and "turnstile_agent" in text, "the wiring")
    nvim.open(recipe.with_name("grpo_small.yaml"))
    go_to(nvim, "defaults: gr$0po.yaml")
    nvim.lua("vim.lsp.buf.definition()")
    until(nvim.place, lambda place: place.path == recipe, "the other recipe")


# Rows

LETTERS = "resources_servers/letters/configs/letters.yaml"
WORDS = "resources_servers/letters/data/words.jsonl"
ROW = '{"responses_create_params": {"input": "Count ox"}, "agent_ref": {"name": "letters_agent"}, "letters": 2}\n'


@pytest.fixture
def letters(workspace: Path) -> Path:
    """The workspace with a dataset, a schema of its rows, and rows that no config names."""
    files = {
        LETTERS: (
            "letters:\n"
            "  resources_servers:\n"
            "    letters: {entrypoint: app.py, domain: knowledge}\n"
            "letters_agent:\n"
            "  responses_api_agents:\n"
            "    simple_agent:\n"
            "      entrypoint: app.py\n"
            "      resources_server: {type: resources_servers, name: letters}\n"
            "      datasets:\n"
            f"        - {{name: words, type: example, jsonl_fpath: {WORDS}}}\n"
        ),
        "resources_servers/letters/task_data.py": (
            "from pydantic import BaseModel\n\n\nclass TaskData(BaseModel):\n    letters: int\n"
        ),
        WORDS: ROW.replace("2}", '"two"}') + ROW.replace("ox", "of"),
        "results/rollouts.jsonl": ROW.replace("2}", '"two"}'),
    }
    for name, text in files.items():
        path = workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return workspace


def test_rows_that_a_config_names_are_checked_and_edited(nvim: Neovim, letters: Path) -> None:
    nvim.open(letters / WORDS)
    assert nvim.lua("return vim.bo.filetype") == "jsonl"
    assert nvim.clients() == [str(letters)]
    found = until(nvim.findings, bool, "the finding")
    assert len(found) == 1
    assert "`letters` is a string" in found[0]
    change(nvim, '"two"', "2")
    until(nvim.findings, lambda found: not found, "the finding to go")
    go_to(nvim, '"$0letters"')
    assert "Required." in nvim.hover()
    assert nvim.definition() == (letters / "resources_servers/letters/task_data.py", 5)
    nvim.open(letters / WORDS)
    go_to(nvim, '"letters_$0agent"')
    assert nvim.definition() == (letters / LETTERS, 4)


@pytest.mark.parametrize(
    ("row", "names"), [('{"agent_ref": {"name": "', {"letters_agent", "vote_agent"}), ('{"', {"letters", "agent_ref"})]
)
def test_rows_are_completed(nvim: Neovim, letters: Path, row: str, names: set[str]) -> None:
    nvim.open(letters / WORDS)
    _is_ready(nvim)
    nvim.lua("vim.api.nvim_buf_set_lines(0, 0, -1, true, { ... })", row)
    nvim.go(1, 0)
    assert names <= set(nvim.completions())


def test_rows_that_no_config_names_have_nothing(nvim: Neovim, letters: Path) -> None:
    nvim.open(letters / WORDS)
    until(nvim.findings, bool, "the finding")
    nvim.open(letters / "results/rollouts.jsonl")
    go_to(nvim, '"$0letters"')
    answer = "return vim.tbl_values(vim.lsp.buf_request_sync(0, 'textDocument/hover', ...))[1].result == nil"
    params = {"textDocument": {"uri": (letters / "results/rollouts.jsonl").as_uri()}}
    assert nvim.lua(answer, params | {"position": {"line": 0, "character": 90}})
    assert nvim.findings() == []


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_rename_asks_about_rows(nvim: Neovim, letters: Path, is_confirmed: bool) -> None:
    nvim.open(letters / LETTERS)
    _is_ready(nvim)
    nvim.lua(
        "local answer = ...; vim.g.asked = {}; vim.fn.confirm = function(text) "
        "  vim.g.asked = vim.list_extend(vim.g.asked, { text }); return answer end",
        1 if is_confirmed else 2,
    )
    go_to(nvim, "$0letters_agent:")
    nvim.rename("spelling_agent")
    until((letters / LETTERS).read_text, lambda text: "\nspelling_agent:\n" in text, "the definition")
    asked = nvim.lua("return vim.g.asked")
    if nvim.lua("return vim.fn.has('nvim-0.11')") == 0:
        # It cannot ask, so a message reports what is left.
        assert asked == []
        assert "2 rows of 1 file keep the old name" in nvim.command("messages")
        is_confirmed = False
    else:
        assert "Rename in 2 rows of 1 file" in asked[0]
    names = ("spelling_agent", "letters_agent") if is_confirmed else ("letters_agent", "spelling_agent")
    rows = (letters / WORDS).read_text()
    assert [rows.count(name) for name in names] == [2, 0]
