"""Completion in the commands of documents."""

from __future__ import annotations

import pytest

from gym_lsp.ide.completion import complete
from gym_lsp.text import apply_edits
from tests.ide.cursor import ask_everything, read
from tests.ide.test_commands import CONFIG, CONFIGS

MORE = """\
# --- environments/letters/manifest.yaml
name: letters
# --- environments/grouped/small/config.yaml
config_paths: [environments/letters/config.yaml]
# --- environments/letters/notes/prompt.yaml
user: Hello {name}
# --- benchmarks/words/config.yaml
config_paths: [environments/letters/config.yaml]
# --- responses_api_models/small_model/configs/small_model.yaml
policy_model: {responses_api_models: {small_model: {entrypoint: app.py}}}
# --- responses_api_models/small_model/configs/tiny.yaml
policy_model: {responses_api_models: {small_model: {entrypoint: app.py}}}
# --- /gym/nemo_gym/cli/main.py
CONFIG = Flag(register=lambda p: p.add_argument("--config"))
JSON = Flag(register=lambda p: p.add_argument("--model", "-m"))
COMMANDS = {"env start": Command(flags=(CONFIG, JSON)), "env test": Command(), "eval run": Command(flags=(CONFIG,))}
"""


def offered(command: str, name: str = "run.sh") -> list[str]:
    """Return the labels at the cursor."""
    _, workspace, path, offset = read(f"{CONFIGS}{MORE}# --- {name}\n{command}\n")
    return [each.label for each in complete(workspace, path, offset)]


@pytest.mark.parametrize(
    ("command", "labels"),
    [
        ("gym $0", ["env", "eval"]),
        ("uv run gym env st$0", ["start", "test"]),
        ("gym env start --environment $0", ["letters", "grouped/small", "letters/hard"]),
        ("gym env start --environment=let$0", ["letters", "grouped/small", "letters/hard"]),
        ("gym env start --benchmark wo$0", ["words"]),
        ("gym env start --model-type $0 --environment letters", ["small_model", "small_model/tiny"]),
        ("gym env start --config environments/$0", ["grouped/", "letters/"]),
        ("gym env start --config 'environments/letters/$0", ["notes/", "config.yaml", "hard.yaml"]),
        ('ng_run "+config_paths=[a.yaml, environments/letters/$0"', ["notes/", "config.yaml", "hard.yaml"]),
        ("ng_run +config_paths=[environments/letters/co$0,$MODEL]", ["notes/", "config.yaml", "hard.yaml"]),
        (f"gym env start --config {CONFIG} ++$0", ["letters", "letters_agent"]),
        (f"gym env start --config {CONFIG} ++letters.$0", ["resources_servers"]),
        (f"gym env start \\\n  --config {CONFIG} \\\n  ++letters.resources_servers.let$0", ["letters"]),
        ("# gym env start --config $0", []),
        ("echo gym $0", []),
        ("gym env start --config $ROOT/$0", []),
        ("gym env start --config /$0", []),
        ("gym env start --output $0", []),
        ("$0", []),
        (f"gym env start --config {CONFIG} ++missing.$0", []),
    ],
)
def test_what_is_offered(command: str, labels: list[str]) -> None:
    assert offered(command) == labels


def test_flags() -> None:
    labels = offered("gym env start --$0")
    assert {"--config", "--model"} <= set(labels)
    assert "-m" not in labels


def test_fields_of_a_server() -> None:
    labels = offered(f"gym env start --config {CONFIG} ++letters.resources_servers.letters.$0")
    assert labels[:4] == ["description", "domain", "entrypoint", "limit"]
    assert "strict" in labels


def test_a_block_of_markdown() -> None:
    assert offered("~~~bash\n$ gym env start --environment $0\n~~~", "README.md")[0] == "letters"
    assert offered("gym env start --environment $0\n", "README.md") == []


@pytest.mark.parametrize(
    ("command", "label", "result"),
    [
        ("gym env start --environment le$0tt --x", "letters", "gym env start --environment letters --x"),
        ("gym env start --environment $0", "letters/hard", "gym env start --environment letters/hard"),
        ("gym env start --config env$0", "environments/", "gym env start --config environments/"),
        ("gym env start --config env$0/letters", "environments/", "gym env start --config environments/letters"),
        (
            'ng_run "+config_paths=[a.yaml, environments/letters/ha$0,b.yaml]"',
            "hard.yaml",
            'ng_run "+config_paths=[a.yaml, environments/letters/hard.yaml,b.yaml]"',
        ),
        (f"gym env start --config {CONFIG} ++let$0", "letters", f"gym env start --config {CONFIG} ++letters."),
        (
            f"gym env start --config {CONFIG} ++letters.resources_servers.letters.$0=3",
            "limit",
            f"gym env start --config {CONFIG} ++letters.resources_servers.letters.limit=3",
        ),
    ],
)
def test_what_is_written(command: str, label: str, result: str) -> None:
    fixture, workspace, path, offset = read(f"{CONFIGS}{MORE}# --- run.sh\n{command}\n")
    (chosen,) = (each for each in complete(workspace, path, offset) if each.label == label)
    assert apply_edits(fixture.files[path], [chosen.edit]) == f"{result}\n"


def test_every_place_has_an_answer() -> None:
    text = (
        f"cd x && HF=1 uv run gym env start --config={CONFIG} \\\n"
        "  --environment 'letters' \"+config_paths=[a, 'b/c', $X]\" ++letters.x.'letters'.limit=3 | cat\n"
        "gym list <x> `gym $(gym env start --config ) ` # gym env start --config\n"
        "cat <<END\ngym env start --config x\nEND\n"
        "gym env start --config \"environments/'letters\n"
    )
    fixture, workspace, path, _ = read(f"{CONFIGS}{MORE}# --- run.sh\n{text}$0")
    assert fixture.files[path].startswith(text)
    for offset in range(len(text)):
        for candidate in complete(workspace, path, offset):
            assert candidate.edit.span.start <= offset <= candidate.edit.span.end
        ask_everything(workspace, path, offset)
