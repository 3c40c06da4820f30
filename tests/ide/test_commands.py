"""Editor features in the commands of documents: where words lead to, and what hovers show."""

from __future__ import annotations

import pytest

from gym_lsp.ide.definition import declaration, definition, implementation
from gym_lsp.ide.hover import hover
from gym_lsp.ide.links import document_links
from tests.fixture import ROOT, parse_fixture
from tests.ide.cursor import ask_everything, read, shown, spots, written

CONFIGS = """\
# --- environments/letters/config.yaml
letters:
  resources_servers:
    letters: {entrypoint: app.py, domain: math, description: Count the letters of a word., limit: 3}
letters_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: letters}
# --- environments/letters/hard.yaml
config_paths: [environments/letters/config.yaml]
letters: {resources_servers: {letters: {limit: 4}}}
# --- resources_servers/letters/requirements.txt
# --- resources_servers/letters/app.py
from pydantic import BaseModel
class LettersConfig(BaseModel):
    limit: int = 1  # the longest word
    strict: bool = False
class Letters:
    config: LettersConfig
Letters.run_webserver()
# --- other.yaml
other_agent: {responses_api_agents: {simple_agent: {entrypoint: app.py, steps: 2}}}
"""
CONFIG = "environments/letters/config.yaml"


def asked(command: str, name: str = "run.sh") -> str:
    """Return a fixture with a document. One of its lines has the cursor."""
    return f"{CONFIGS}# --- {name}\n{command}\n"


@pytest.mark.parametrize(
    ("command", "places"),
    [
        (f"gym env start --config {CONFIG.replace('letters', 'let$0ters')}", [CONFIG]),
        (f'ng_run "+config_paths=[a.yaml,{CONFIG.replace("letters", "let$0ters")}]"', [CONFIG]),
        ("gym env start --config environments/letters/config.yaml$0", [CONFIG]),
        ("gym env start --environment let$0ters", [CONFIG]),
        ("gym env start --environment=letters/ha$0rd", ["environments/letters/hard.yaml"]),
        (
            f"gym env start --config {CONFIG} ++let$0ters.resources_servers.letters.limit=5",
            [f"{CONFIG}:1:1 letters"],
        ),
        (
            f"gym env start --config {CONFIG} ++letters.resources_servers.let$0ters.limit=5",
            [f"{CONFIG}:3:5 letters"],
        ),
        (
            f"gym env start --config {CONFIG} ++letters.resources_servers.letters.lim$0it=5",
            [f"{CONFIG}:3:92 limit"],
        ),
        (
            "gym env start --environment letters/hard ++letters.resources_servers.letters.lim$0it=5",
            ["environments/letters/hard.yaml:2:41 limit", f"{CONFIG}:3:92 limit"],
        ),
        (
            f"gym env start --config {CONFIG} ++letters.resources_servers.letters.str$0ict=true",
            ["resources_servers/letters/app.py:4:5 strict"],
        ),
        (
            f"gym env start --config {CONFIG} ++letters.resources_servers.letters.unknown$0=true",
            [f"{CONFIG}:3:5 letters"],
        ),
        # The run is not known, but the configs that are known have the instance.
        (
            f'ng_run "+config_paths=[$MODEL,{CONFIG}]" +let$0ters.resources_servers.letters.limit=5',
            [f"{CONFIG}:1:1 letters"],
        ),
        # No config of the command has the instance.
        (
            "ng_run +config_paths=[$CONFIGS] +other_a$0gent.responses_api_agents.simple_agent.steps=5",
            ["other.yaml:1:1 other_agent"],
        ),
    ],
)
def test_where_a_word_leads(command: str, places: list[str]) -> None:
    fixture, workspace, path, offset = read(asked(command))
    found = definition(workspace, path, offset)
    assert found is not None
    assert shown(fixture, spots(found[1])) == places
    last = declaration(workspace, path, offset)
    assert last is not None
    assert last[1] == found[1][-1:]
    assert implementation(workspace, path, offset) is None


@pytest.mark.parametrize(
    "command",
    [
        "gym env st$0art --config a.yaml",
        "gym env start --con$0fig a.yaml",
        "gym env start --config environments/missing/con$0fig.yaml",
        "gym env start --config $CON$0FIG",
        "gym env start --environment mis$0sing",
        f"gym env start --config {CONFIG} ++missing.resources_servers.x.lim$0it=1",
        f"gym env start --config {CONFIG} ++letters.resources_servers.letters.limit=5$0",
        f"gym env start --config {CONFIG} '++letters.resour'ces_ser$0vers.letters.limit=5",
        "echo letters$0",
        "$0",
    ],
)
def test_what_leads_nowhere(command: str) -> None:
    _, workspace, path, offset = read(asked(command))
    assert definition(workspace, path, offset) is None
    ask_everything(workspace, path, offset)


def test_a_block_of_markdown() -> None:
    text = f"Run it:\n\n~~~bash\ngym env start \\\n  --config {CONFIG.replace('letters', 'let$0ters')}\n~~~"
    fixture, workspace, path, offset = read(asked(text, "README.md"))
    found = definition(workspace, path, offset)
    assert found is not None
    assert shown(fixture, spots(found[1])) == [CONFIG]
    assert found[0].of(fixture.files[path]) == CONFIG


def test_links_lead_to_configs() -> None:
    fixture = parse_fixture(
        asked(
            f"gym env start --config {CONFIG} --config missing/config.yaml --environment letters/hard\n"
            f'ng_run "+config_paths=[{CONFIG},$X]"\ngym eval run --environment missing'
        )
    )
    path = ROOT / "run.sh"
    found = [
        (each.span.of(fixture.files[path]), str(each.target.relative_to(ROOT)))
        for each in document_links(fixture.workspace(), path)
    ]
    assert found == [(CONFIG, CONFIG), ("letters/hard", "environments/letters/hard.yaml"), (CONFIG, CONFIG)]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (
            f"gym env start --config {CONFIG.replace('letters', 'let$0ters')}",
            (
                f"{CONFIG}\n\n- `letters` · `resources_servers/letters`: Count the letters of a word.\n"
                "- `letters_agent` · `responses_api_agents/simple_agent`"
            ),
        ),
        (
            "gym env start --environment letters/ha$0rd",
            (
                "**--environment letters/hard**\n\nenvironments/letters/hard.yaml\n\n"
                "- `letters` · `resources_servers/letters`: Count the letters of a word.\n\nIncludes 1 other file."
            ),
        ),
        (
            "gym env start --environment mis$0sing",
            "**--environment missing**\n\n`environments/missing/config.yaml` not found in any search root",
        ),
        (
            "gym env start --environment letters/hard ++letters.resources_servers.letters.lim$0it=5",
            (
                "**limit** · `int`\n\nthe longest word\n\nDefault: `1`\n\n"
                "Declared in resources_servers/letters/app.py\n\n"
                "Without the overrides of this command: `4`\n\nFrom environments/letters/hard.yaml"
            ),
        ),
        (
            f"gym env start --config $MODEL --config {CONFIG} ++letters.resources_servers.letters.lim$0it=5",
            "**limit** · `int`\n\nthe longest word\n\nDefault: `1`\n\nDeclared in resources_servers/letters/app.py",
        ),
        (
            f"gym env start --config {CONFIG} ++letters.resources_servers.let$0ters.limit=5",
            (
                "**letters** · `resources_servers`\n\nUsual domain: `math`.\n\n"
                "Class `Letters` in resources_servers/letters/app.py\n\n"
            ),
        ),
        (
            f"gym env start --config {CONFIG} ++let$0ters.resources_servers.letters.limit=5",
            "**letters** · `resources_servers/letters`\n\nCount the letters of a word.\n\nDomain: `math`.",
        ),
        (
            f"gym env start --config {CONFIG} ++letters.resources_ser$0vers.letters.limit=5",
            "**resources_servers** · server type",
        ),
    ],
)
def test_what_a_hover_shows(command: str, text: str) -> None:
    _, workspace, path, offset = read(asked(command))
    found = hover(workspace, path, offset)
    assert found is not None
    assert written(found.content).startswith(text)


def test_a_secret_is_masked() -> None:
    config = (
        "# --- secret.yaml\nmodel: {responses_api_models: {openai_model: {entrypoint: app.py, api_key: sk-12345678}}}\n"
    )
    command = "gym env start --config secret.yaml ++model.responses_api_models.openai_model.api_k$0ey=x"
    _, workspace, path, offset = read(config + asked(command))
    found = hover(workspace, path, offset)
    assert found is not None
    assert "sk-1234" not in written(found.content)
    assert "secret.yaml" in written(found.content)
