"""Which texts are reported as secrets, and the fix."""

from __future__ import annotations

import pytest

from gym_lsp.check import Checker
from gym_lsp.text import apply_edits
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT
from tests.memory import Memory

CONFIG = ROOT / "environments/counting/config.yaml"
SERVER = "counting:\n  resources_servers:\n    counting:\n      entrypoint: app.py\n      domain: math\n      "
KEY = "sk-k2J8vQ4xT7mZ"


def reported(line: str, ignored: str = "") -> list[tuple[str, str]]:
    """Return the messages about the secrets of a config with one more line, each with the fixed line."""
    text = f"{SERVER}{line}\n"
    files = {ROOT / ".git/HEAD": "", ROOT / ".gitignore": ignored, CONFIG: text}
    found = Checker(Workspace(Memory(files), ROOT)).check_one(CONFIG)
    about = [each for each in found if each.rule == "literal-secret"]
    fixed = (apply_edits(text, [edit.edit for edit in each.fixes[0].edits]) for each in about)
    return [(each.message, after.removeprefix(SERVER).strip()) for each, after in zip(about, fixed, strict=True)]


FOUND = {
    f"search_api_key: {KEY}": "search_api_key: ${oc.env:SEARCH_API_KEY}",
    f"note: '{KEY}'": "note: '${oc.env:NOTE}'",
    f"headers: {{Authorization: Bearer {KEY}}}": 'headers: {Authorization: "Bearer ${oc.env:AUTHORIZATION}"}',
    f"options: {{api-key: {KEY}}}": 'options: {api-key: "${oc.env:API_KEY}"}',
    "hf_token: hf_QmVzdEtleUluVGhl": "hf_token: ${oc.env:HF_TOKEN}",
    "db: postgres://app:kZ8vQ2@db/x": "db: postgres://${oc.env:DB}@db/x",
    "db_password: kZ8vQ2xT7mZk2J8v": "db_password: ${oc.env:DB_PASSWORD}",
    f"keys: [{KEY}]": 'keys: ["${oc.env:KEYS}"]',
}
NOT_FOUND = [
    "api_key: dummy", "api_key: EMPTY", "api_key: ''", "api_key: null", "api_key: ???", "api_key: ${oc.env:KEY}",
    "api_key: ${oc.env:KEY,dummy}", "api_key: your-api-key-0000001", "api_key: sk-xxxxxxxxxxxxxxxx",
    "token_file: /run/secrets/token1", "max_tokens: 4096", "tokenizer: nvidia/Model-8B-Instruct-v2",
    "primary_key: question_identifier", "db: postgres://user:password@localhost/x", "key: answer_extraction_v2",
    "url: http://localhost:8000/v1",
]  # fmt: skip


@pytest.mark.parametrize(("line", "fixed"), FOUND.items())
def test_found(line: str, fixed: str) -> None:
    ((message, after),) = reported(line)
    assert after == fixed
    assert KEY not in message
    assert "set an environment variable and write `${oc.env:" in message


@pytest.mark.parametrize("line", NOT_FOUND)
def test_not_found(line: str) -> None:
    assert reported(line) == []


def test_an_ignored_file_is_not_reported() -> None:
    assert reported(f"api_key: {KEY}", "environments/*/config.yaml\n") == []
