"""One mistake, one finding: what merely follows from a slip is not told beside it."""

from __future__ import annotations

import pytest

from tests.fixture import assert_findings

PROGRAM = """\
# --- resources_servers/counting/requirements.txt
# --- resources_servers/counting/app.py
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


class Config(BaseResourcesServerConfig):
    size: int = 3


class Server(SimpleResourcesServer):
    config: Config


Server.run_webserver()
# --- environments/example/config.yaml
"""
MISTAKES = {
    "a domain with a capital letter": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      Domain: math
#     ^^^^^^ error[missing-domain] `Domain` is not read
""",
    "question marks where a number is wanted": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      size: ??
#           ^^ error[misspelt-missing-marker]
""",
    "question marks where text will do": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      description: ??
#                  ^^ warning[misspelt-missing-marker]
""",
    "braces without quotes where a number is wanted": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      size: {size}
#           ^^^^^^ error[unquoted-braces]
""",
    "a slip of the domain beside the domain": """\
counting:
  resources_servers:
    counting:
      entrypoint: app.py
      domain: math
      domains: math
#     ^^^^^^^ warning[unknown-server-field] no field `domains`
""",
}


@pytest.mark.parametrize("config", MISTAKES.values(), ids=MISTAKES.keys())
def test_one_finding(config: str) -> None:
    assert_findings(f"{PROGRAM}{config}")
