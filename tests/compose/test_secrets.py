"""What is a secret, and what it looks like when it is shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.compose.secrets import (
    MASK,
    Secrets,
    is_secret,
    masked,
    masked_program,
    masked_source,
    masked_text,
    secrets_in,
    secrets_in_broken,
)
from gym_lsp.syntax import KeyPath, parse
from tests.compose.documents import config_of_text

SERVER: KeyPath = ("keys_env", "resources_servers", "token_bench")
BY_NAME: list[tuple[KeyPath, object]] = [
    (("policy_api_key",), "x"),
    (("apiKey",), "x"),
    ((*SERVER, "openai_api_key"), "x"),
    ((*SERVER, "headers", "X-Team"), "x"),
    ((*SERVER, "extra_headers", "a", "b"), "x"),
    ((*SERVER, "api_keys", 0), "x"),
    ((*SERVER, "tokens", "main"), 123456),
    (("tokens", "main"), "x"),
    (("headers", "X-Team"), "x"),
    (("credentials", "user"), "x"),
    (("registry", "auths", "docker.io", "auth"), "dXNlcjpwYXNz"),
    (("github_pat",), "x"),
    (("session_cookie",), "x"),
    (("smtp_passwd",), "x"),
    (("pin_password",), 1234),
    (("api_key",), 123456789),
]  # fmt: skip
SHOWN: list[tuple[KeyPath, object]] = [
    (("author",), "x"),
    (("path",), "x"),
    (("pattern",), "x"),
    (("compat",), "x"),
    ((*SERVER, "max_tokens"), 4096),
    ((*SERVER, "num_keys"), 3),
    ((*SERVER, "use_token_ids"), True),
    ((*SERVER, "entrypoint"), "app.py"),
    ((*SERVER, "api_key"), None),
    ((*SERVER, "api_key"), ""),
    ((*SERVER, "api_key"), "???"),
    ((*SERVER, "_delete_key"), "x"),
    ((), "x"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), BY_NAME, ids=str)
def test_a_secret_by_name(path: KeyPath, value: str) -> None:
    assert is_secret(path, value)
    assert masked(path, value) == MASK


@pytest.mark.parametrize(("path", "value"), SHOWN, ids=str)
def test_no_secret_by_name(path: KeyPath, value: str) -> None:
    assert masked(path, value) == value


BY_LOOK = {
    "sk-0123456789": "****",
    "use hf_abcdefgh12345 here": "use **** here",
    "ghp_abcdefghij": "****",
    "github_pat_11ABCDEFG": "****",
    "gho_abcdefghij ghr_abcdefghij ghs_abcdefghij ghu_abcdefghij": "**** **** **** ****",
    "glpat-abc_def-123": "****",
    "nvapi-abc_def-123": "****",
    "xoxb-123456": "****",
    "AKIA0123456789ABCD": "****",
    "eyJhbGciOiJIUzI1.eyJzdWIiOiIx": "****",
    "Bearer abcdefgh.ijk": "Bearer ****",
    "bearer abcdefgh.ijk": "bearer ****",
    "https://user:secret@host/path": "https://****@host/path",
    "postgres://user:p@ss/w@host/db": "postgres://****@host/db",
    "https://onlytoken@host": "https://****@host",
    "https://host/x?api_key=abc&n=1": "https://host/x?api_key=****&n=1",
    "AccountName=a;AccountKey=abc==;x=1": "AccountName=a;AccountKey=****;x=1",
    "--password=hunter2": "--password=****",
    "a.b.token=abc d": "a.b.token=**** d",
    f"{'long_' * 20}token=abc d": f"{'long_' * 20}token=**** d",
}
PLAIN = [
    "https://host:8000/v1", "user@host", "max_tokens=5", "sk-", "task-force-manager", "hf_dataset", "key = value",
    "api_key=${oc.env:KEY}", "a basic description", "the bearer of", "monkeys=3",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BY_LOOK.items())
def test_a_secret_by_its_look(text: str, expected: str) -> None:
    assert masked_text(text) == expected
    assert masked(("note",), text) == expected


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays(text: str) -> None:
    assert masked_text(text) == text


def test_the_same_value_under_another_name() -> None:
    known = secrets_in(config_of_text("api_key: hunter2\ntoken: 12345678\nurl: http://u:longpassword@h\nx: hunter2\n"))
    assert known == Secrets(frozenset({"hunter2", "12345678", "u:longpassword"}))
    assert masked(("x",), "hunter2", known) == MASK
    assert masked(("port",), 12345678, known) == MASK
    assert masked(("x",), "hunter22", known) == "hunter22"
    assert (
        masked_text("got `hunter2`, expected a number, not 12345678", known)
        == "got `****`, expected a number, not ****"
    )


def test_a_secret_that_is_cut_off() -> None:
    known = Secrets(frozenset({"correct horse battery staple"}))
    assert masked_text("`correct horse b…` is not a number", known) == "`****` is not a number"
    assert masked_text("`{a: correct hor…` is a mapping", known) == "`{a: ****` is a mapping"
    assert masked_text("`{a: co…` is a mapping", known) == "`{a: co…` is a mapping"


IN_INTERPOLATIONS = {
    "api_key: ${oc.env:NAME,hunter22}": {"hunter22"},
    "x: ${oc.env:API_KEY,hunter22}": {"hunter22"},
    "x: ${oc.select:a.api_key,'hunter22'}": {"hunter22"},
    "api_key: prefix-of-${user}-hunter22": {"prefix-of-", "-hunter22"},
    "token: '${oc.create:[hunter22, 12345678]}'": {"hunter22", "12345678"},
    "x: '${oc.create:{api_key: hunter22, b: visible_value}}'": {"hunter22"},
    "api_key: ${oc.env:NAME,EMPTY}": set[str](),
    "headers: {Authorization: 'Bearer ${some_long_reference}'}": set[str](),
    "x: ${oc.env:VARIABLE,visible_default}": set[str](),
}


@pytest.mark.parametrize(("text", "found"), IN_INTERPOLATIONS.items())
def test_a_secret_in_an_interpolation(text: str, found: set[str]) -> None:
    known = secrets_in(config_of_text(f"{text}\n"))
    assert known.values == found
    assert all(value not in masked_source(parse(text), known) for value in found)


def test_a_secret_in_text_that_is_not_yaml() -> None:
    document = parse("api_key:hunter22\nmath: {token:hunter23, password :hunter24, note:visible_note\n")
    assert secrets_in_broken(document).values >= {"hunter22", "hunter23", "hunter24"}
    assert not secrets_in_broken(parse("api_key: hunter22\n")).values


SOURCES = {
    "complex key": ("? {api_key: hunter2}\n: 1\n", "hunter2"),
    "plain": ("a:\n  api_key: hunter2 # a note\n", "hunter2"),
    "quoted": ("{api_key: \"hunter2\", b: 1}\n", '"hunter2"'),
    "twice": ("api_key: hunter2\napi_key: null\n", "hunter2"),
    "block": ("api_key: |\n  hunter2\n  hunter3\nb: 1\n", "|\n  hunter2\n  hunter3"),
    "elsewhere": ("x: hunter2\ntoken: hunter2\n", "hunter2"),
    "anchored": ("x: &a hunter2\ntoken: *a\n", "hunter2"),
    "in a comment": ("a: 1 # password: hunter2\n", "hunter2"),
    "commented out": ("#api_key: hunter2\na: 1\n", "hunter2"),
    "not YAML": ("policy_api_key = hunter2: x\n- y\n", "hunter2: x"),
    "a line without a colon": ("a: 1\npolicy_api_key hunter2\nb: [x\n", "hunter2"),
    "a text without a colon": ("policy_api_key hunter2\n", "hunter2"),
    "missing colon": ("a: 1\napi_key: b: hunter2\n", "b: hunter2"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "hidden"), SOURCES.values(), ids=SOURCES)
def test_a_line_is_masked_by_what_is_on_it(text: str, hidden: str) -> None:
    document = parse(text)
    known = secrets_in(config_of_text(text)) if not document.is_broken else Secrets()
    shown = masked_source(document, known)
    assert shown == text.replace(hidden, re.sub(r"\S", "*", hidden))


def test_what_refers_to_a_secret_is_shown() -> None:
    text = "api_key: ${oc.env:OPENAI_API_KEY}\n# token: ${hf_token}\nmax_tokens: 5 # tokens: many\n"
    assert masked_source(parse(text)) == text


def test_what_is_not_yaml_is_masked_by_its_look() -> None:
    program = "api_key: str = None  # password: see below\nkey = 'KEY'\n"
    assert masked_program(program.replace("KEY", "sk-012345")) == program.replace("KEY", "*********")
    fields = 'pin_password: int = 1234\ntokens: dict[str, str] = {"a": "b"}\nmax_tokens: int = 4096\n'
    assert masked_program(fields) == fields.replace("1234", "****").replace('{"a": "b"}', "***** ****")
    assert masked_program("--config a.yaml policy_api_key=abc x=1") == "--config a.yaml policy_api_key=*** x=1"


@given(
    st.lists(st.sampled_from(["://", "@", ":", "a", "=", "key=", "sk-", "`", "…", " ", "/", "hunter22"])).map("".join)
)
def test_masking_ends_and_hides_what_is_known(text: str) -> None:
    known = Secrets(frozenset({"hunter22"}))
    once = masked_text(text, known)
    assert "hunter22" not in once
    assert len(masked_source(parse(text), known)) == len(text)
