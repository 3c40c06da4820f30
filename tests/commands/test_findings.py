"""What is reported about commands in documents, and what is not, as fixtures: see `tests/fixture.py`."""

from __future__ import annotations

import pytest

from gym_lsp.diagnostic import Applicability
from tests.fixture import assert_findings, findings, parse_fixture

CONFIGS = """\
# --- resources_servers/letters/configs/letters.yaml
letters:
  resources_servers:
    letters: {entrypoint: app.py, domain: math, limit: 3}
# --- resources_servers/letters/requirements.txt
# --- resources_servers/letters/app.py
# --- responses_api_models/openai_model/requirements.txt
# --- responses_api_models/openai_model/app.py
# --- responses_api_models/openai_model/configs/openai_model.yaml
policy_model:
  responses_api_models:
    openai_model: {entrypoint: app.py}
"""
LETTERS = "resources_servers/letters/configs/letters.yaml"
LETTER = "resources_servers/letters/configs/letter.yaml"
MODEL = "responses_api_models/openai_model/configs/openai_model.yaml"
FLAGS = """\
# --- /gym/nemo_gym/cli/main.py
def _value_flag(name, key, text, *, aliases=()):
    dest = name.replace("-", "_")
    return Flag(register=lambda p: p.add_argument(f"--{name}", *aliases, dest=dest, help=text))
def _target(parser):
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--all", action="store_true")
CONFIG = Flag(register=lambda p: p.add_argument("--config", action="append"))
COMMANDS: dict[str, Command] = {
    "env start": Command(target="run", flags=(CONFIG, _value_flag("model", "model_name", "A model.", aliases=("-m",)))),
    "env test": Command(target="test", flags=(Flag(register=_target),)),
    "env other": Command(target="other", flags=(somewhere.FLAG,)),
}
"""


def script(text: str, path: str = "run.sh") -> str:
    """Return a fixture of a document and some configs."""
    return f"{CONFIGS}# --- {path}\n{text}"


def line(command: str, *marked: tuple[str, str]) -> str:
    """Return a line with carets under some of its parts."""
    return "".join(
        (
            f"{command}\n",
            *(
                f"{'#' + ' ' * (command.index(part) - 1) if command.index(part) else ''}{'^' * len(part)} {finding}\n"
                for part, finding in marked
            ),
        )
    )


def test_a_config_that_is_not_there() -> None:
    missing = f"error[config-path-not-found] did you mean `{LETTERS}`?"
    for command in (
        f"ng_run '+config_paths=[{LETTER},{MODEL}]'",
        f'ng_run "+config_paths=[{MODEL}, {LETTER}]"',
        f"ng_run +config_paths=[{LETTER}]",
        f"gym env start --config {MODEL} --config {LETTER} --model x",
        f"HF_TOKEN=x uv run --active gym env start --config={LETTER} &> log.txt &",
        f"$ gym env start --config '{LETTER}'",
        f"cat x | if gym env start --config {LETTER}; then",
        f"gym env start --config {LETTER},{MODEL}",
    ):
        assert_findings(script(line(command, (LETTER, missing))))


@pytest.mark.parametrize(
    "config",
    [
        LETTERS,
        "resources_servers/<name>/configs/letter.yaml",
        "resources_servers/letters/configs/$NAME.yaml",
        '"resources_servers/letters/configs/${NAME}.yaml"',
        "$(find . -name x)",
        "`find . -name x`",
        "resources_servers/letters/configs/*.yaml",
        "resources_servers/letters/configs/{a,b}.yaml",
        "resources_servers/letters/my_config.yaml",
        "resources_servers/letters/configs/your_letters.yaml",
        "resources_servers/letters/configs/NAME.yaml",
        "path/to/config.yaml",
        "resources_servers/letters/configs/...",
        "/data/letter.yaml",
        "~/letter.yaml",
        "../letter.yaml",
        "config.yaml",
        "configs/letter.yaml",
        "other/letter.yaml",
        # Without NeMo Gym, its own servers are not known.
        "resources_servers/mcqa/configs/mcqa.yaml",
    ],
)
def test_what_is_not_known_is_not_judged(config: str) -> None:
    assert_findings(script(f"gym env start --config {config} ++other.resources_servers.letters.limit=5\n"
                           if config != LETTERS else f"gym env start --config {config}\n"))  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"echo gym env start --config {LETTER}",
        f"# gym env start --config {LETTER}",
        f"gym eval submit --config {LETTER}",
        f"cat <<EOF\ngym env start --config {LETTER}\nEOF",
        f"Create `{LETTER}`:\ngym env start --config {LETTER}",
        f"cp {LETTERS} {LETTER}\ngym env start --config {LETTER}",
        f"cat > {LETTER} <<EOF\nletters: {{}}\nEOF\ngym env start --config {LETTER}",
        "gym env start --config other/letter.yaml",
        "gym start",
        "gym",
        "gym env",
        'gym env start --config "',
    ],
)
def test_what_is_not_such_a_command(text: str) -> None:
    assert_findings(script(f"{text}\n"))


def test_blocks_of_markdown() -> None:
    missing = line(f"gym env start --config {LETTER}", (LETTER, "error[config-path-not-found]"))
    indented = line(f"   gym env start --config {LETTER}", (LETTER, "error[config-path-not-found]"))
    clean = f"gym env start --config {LETTER}\n"
    for path in ("README.md", "docs/guide.mdx"):
        for block in (
            f"```bash\n{missing}```\n",
            f'```bash title="Start"\n{missing}```\n',
            f"~~~~sh\n{missing}~~~~\n",
            f"1. Start:\n\n   ```console\n{indented}   ```\n",
            f"```\n{missing}```\n",
            f"```{{code-block}} shell\n{missing}```\n",
            f"```bash\n{missing}",
            f"```yaml\na: 1\n```\n```bash\n{missing}```\n\n{clean}",
        ):
            assert_findings(script(block, path))
        assert_findings(script(f"{clean}\n```yaml\n{clean}```\n```python\n{clean}```\n{clean}", path))


def test_continued_lines() -> None:
    assert_findings(
        script(
            "gym env start \\\n"
            f"  --config {MODEL} \\\n"
            + line(f"  --config {LETTER} \\", (LETTER, "error[config-path-not-found]"))
            + "  --model x\n"
        )
    )
    assert_findings(
        script(f'ng_run "+config_paths=[{MODEL},\\\n' + line(f'{LETTER}]"', (LETTER, "error[config-path-not-found]")))
    )


def test_in_another_folder_only_paths_of_gym_are_judged() -> None:
    assert_findings(script("cd environments\ngym env start --config resources_servers/other/x.yaml\n"))
    missing = line(f"gym env start --config {LETTER}", (LETTER, "error[config-path-not-found]"))
    assert_findings(script(f"cd ..\n{missing}"))


def test_a_server_that_does_not_exist_may_be_an_example() -> None:
    gym = "# --- /gym/nemo_gym/__init__.py\n"
    path = "resources_servers/lettres/configs/letters.yaml"
    near = line(f"gym env start --config {path}", (path, "warning[config-path-not-found] did you mean"))
    assert_findings(f"{gym}{script(near)}")
    path = "resources_servers/weather/configs/weather.yaml"
    far = line(f"gym env start --config {path}", (path, "information[config-path-not-found]"))
    assert_findings(f"{gym}{script(far)}")


def test_a_config_that_has_moved() -> None:
    old = "environments/reasoning_gym_hermes/config.yaml"
    text = line(f"gym env start --config {old}", (old, "information[config-path-renamed]"))
    assert_findings(
        f"# --- environments/hermes_reasoning_gym/config.yaml\nletters:\n  resources_servers:\n"
        f"    letters: {{entrypoint: app.py, domain: math}}\n# --- run.sh\n{text}"
    )


def test_a_folder_is_not_a_config() -> None:
    folder = "resources_servers/letters/configs"
    finding = f"error[config-path-invalid] did you mean `{LETTERS}`?"
    assert_findings(script(line(f"gym env start --config {folder}", (folder, finding))))


def test_replaced_configs() -> None:
    text = f"gym env start --config {LETTERS} '++config_paths=[{MODEL}]'"
    assert_findings(script(line(text, (LETTERS, "warning[replaced-configs]"))))
    # NeMo Gym joins these.
    assert_findings(script(f"ng_run '+config_paths=[{LETTERS}]' '+config_paths=[{MODEL}]'\n"))
    assert_findings(script(f"gym env start --config {LETTERS} '+config_paths=[{MODEL}]'\n"))


def test_overrides() -> None:
    start = f"gym env start --config {LETTERS}"
    assert_findings(
        script(
            line(
                f"{start} ++leters.resources_servers.letters.limit=5",
                ("leters", "warning[unknown-override] did you mean `letters`?"),
            )
        )
    )
    assert_findings(
        script(
            line(
                f'{start} "+judge.resources_servers.letters.limit=5"',
                ("judge", "warning[unknown-override] no instance `judge`; it has `letters`"),
            )
        )
    )
    assert_findings(
        script(
            line(
                f"{start} ++letters.resources_servers.words.limit=5",
                ("words", "warning[unknown-override] is a `letters`, not a `words`"),
            )
        )
    )


@pytest.mark.parametrize(
    "rest",
    [
        "++letters.resources_servers.letters.limit=5",
        "++judge.responses_create_params.temperature=1",
        "++policy_model_name=x",
        "++judge.resources_servers.letters.entrypoint=app.py ++judge.resources_servers.letters.limit=5",
        "++judge=${inherit_from:letters} ++judge.resources_servers.letters.limit=5",
        "++judge.resources_servers.letters.limit=5 $MORE",
        '++judge.resources_servers.letters.limit=5 "${MORE[@]}"',
        "++judge.resources_servers.letters.limit=5 --config $CONFIG",
        "++judge.resources_servers.letters.limit=5 --model-type $MODEL",
        "++judge.resources_servers.letters.limit=5 --model-type azure_model",
        "++judge.resources_servers.letters.limit=5 <more>",
        "++judge.resources_servers.letters.limit=5 ...",
        "++judge.resources_servers.letters.limit=5 --no-serve",
        "++$NAME.resources_servers.letters.limit=5",
        "++my_judge.resources_servers.letters.limit=5",
        "++judge.resources_servers.letters.limit=5 \\\n  # a comment\n",
        f"++judge.resources_servers.letters.limit=5 --config {MODEL.replace('openai', 'azure')}",
    ],
)
def test_overrides_that_may_be_right(rest: str) -> None:
    assert_findings(script(f"gym env start --config {LETTERS} {rest}\n"))


def test_flags() -> None:
    def checked(text: str) -> None:
        assert_findings(f"{script(text)}{FLAGS}")

    checked(line("gym env start --modle x", ("--modle", "error[unknown-flag] did you mean `--model`?")))
    checked(line("ng_run -c x", ("-c", "error[unknown-flag] `ng_run` has no flag `-c`; did you mean `--config`?")))
    checked(line("gym env test --most", ("--most", "error[unknown-flag]")))
    for clean in (
        "gym env start -m x --model=x --mod x -mx -v --help",
        "gym env test --all",
        "gym env other --anything",
        "gym env unknown --anything",
        "gym env start --<flag> --${FLAG}",
        "gym env start ++limit=-1 -1",
    ):
        checked(f"{clean}\n")


def test_fixes_are_at_the_place() -> None:
    fixture = parse_fixture(script(f'ng_run "+config_paths=[{LETTER}, {MODEL}]" ++x=1\n'))
    [finding] = findings(fixture)
    [fix] = finding.fixes
    assert fix.applicability is Applicability.UNSAFE
    [(path, edit)] = fix.edits
    assert edit.span.of(fixture.files[path]) == LETTER
    assert edit.text == LETTERS


# Training recipes that a script of NeMo RL runs

LAUNCH = "uv run python examples/nemo_gym/run_grpo_nemo_gym.py"
RECIPE = f"""\
# --- recipes/letters.yaml
policy: {{generation: {{vllm_cfg: {{async_engine: true, expose_http_server: true}}}}}}
env:
  should_use_nemo_gym: true
  nemo_gym:
    config_paths: [{LETTERS}, {MODEL}]
    policy_model: {{responses_api_models: {{openai_model: {{return_token_id_information: true}}}}}}
"""


def test_a_recipe_that_is_not_there() -> None:
    found = "warning[config-path-not-found] did you mean `recipes/letters.yaml`?"
    for flag in ("--config ", "--config="):
        command = f"{LAUNCH} {flag}recipes/leters.yaml grpo.max_num_steps=3"
        assert_findings(RECIPE + script(line(command, ("recipes/leters.yaml", found))))


def test_overrides_of_the_run_in_a_recipe() -> None:
    field = "resources_servers.letters.limit=1"
    found = "warning[unknown-override] `leters`; did you mean `letters`?"
    command = f"{LAUNCH} --config recipes/letters.yaml ++env.nemo_gym.leters.{field}"
    assert_findings(RECIPE + script(line(command, ("leters", found))))
    other = f"{LAUNCH} --config recipes/letters.yaml env.nemo_gym.policy_model.responses_api_models.vllm.port=1"
    assert_findings(
        RECIPE + script(line(other, ("vllm", "warning[unknown-override] is a `openai_model`, not a `vllm`")))
    )


@pytest.mark.parametrize(
    "command",
    [
        f"{LAUNCH} --config recipes/letters.yaml ++env.nemo_gym.letters.resources_servers.letters.limit=1",
        f"{LAUNCH} --config recipes/letters.yaml ++letters.resources_servers.other.limit=1",
        f"{LAUNCH} --config $RECIPE ++env.nemo_gym.other.resources_servers.letters.limit=1",
        f"{LAUNCH} --config {LETTERS} ++env.nemo_gym.other.resources_servers.letters.limit=1",
        f"{LAUNCH} --config recipes/letters.yaml env.nemo_gym.config_paths=[x] env.nemo_gym.o.resources_servers.o.x=1",
        f"{LAUNCH} ++env.nemo_gym.other.resources_servers.letters.limit=1",
        "uv run examples/run_grpo.py --config recipes/nowhere.yaml",
        f"{LAUNCH} --config path/to/recipe.yaml --unknown-flag",
    ],
)
def test_what_is_not_wrong_about_a_recipe(command: str) -> None:
    assert_findings(RECIPE + script(f"{command}\n"))
