"""The programs of new servers: short examples that run, with the places to change."""

from __future__ import annotations

from gym_lsp.scaffold.request import class_name

_RESOURCES_SERVER = '''\
"""Grades the answers of `{name}`: 1 if an answer is the expected one, and 0 if not."""

from nemo_gym.base_resources_server import (
    BaseResourcesServerConfig,
    BaseVerifyRequest,
    BaseVerifyResponse,
    SimpleResourcesServer,
)


class {camel}Config(BaseResourcesServerConfig):
    """The fields of the block in the config. Add your own here."""

    # Whether upper case and lower case are different.
    case_sensitive: bool = False


class {camel}VerifyRequest(BaseVerifyRequest):
    """An answer with its row. Each field is a field of the rows in the dataset."""

    # Change it together with the rows, and with task_data.py if there is one: they have to agree.
    expected_answer: str


class {camel}Server(SimpleResourcesServer):
    config: {camel}Config

    async def verify(self, body: {camel}VerifyRequest) -> BaseVerifyResponse:
        given, expected = body.response.output_text.strip(), body.expected_answer.strip()
        if not self.config.case_sensitive:
            given, expected = given.casefold(), expected.casefold()
        return BaseVerifyResponse(**body.model_dump(), reward=float(given == expected))


if __name__ == "__main__":
    {camel}Server.run_webserver()
'''

_TASK_DATA = '''\
"""The fields of the rows that `{name}` grades. NeMo Gym and gym-lsp compare the datasets with them."""

from pydantic import BaseModel, ConfigDict, Field


class TaskData(BaseModel):
    # Rows may have further fields.
    model_config = ConfigDict(extra="allow")

    # Change it together with the rows and with `{camel}VerifyRequest` in app.py: they have to agree.
    expected_answer: str = Field(description="The only answer that is right.")
'''

_AGENT = '''\
"""The agent `{name}`: it answers a row with the help of the model."""

from fastapi import Request, Response
from nemo_gym.openai_utils import NeMoGymResponse, NeMoGymResponseCreateParamsNonStreaming
from responses_api_agents.simple_agent.app import SimpleAgent, SimpleAgentConfig


class {camel}Config(SimpleAgentConfig):
    """The fields of the block in the config. Add your own here."""


class {camel}(SimpleAgent):
    config: {camel}Config

    async def responses(
        self, request: Request, response: Response, body: NeMoGymResponseCreateParamsNonStreaming
    ) -> NeMoGymResponse:
        # Change here how the agent comes to its answer.
        return await super().responses(request, response, body)


if __name__ == "__main__":
    {camel}.run_webserver()
'''

_PREPARE = '''\
"""Writes the rows of the benchmark. NeMo Gym calls `prepare` before the first evaluation."""

import json
from pathlib import Path

OUTPUT = Path(__file__).parent / "data" / "{name}.jsonl"
QUESTIONS = {questions}


def prepare() -> Path:
    """Write the rows and return where they are, which is the `jsonl_fpath` of the config."""
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with OUTPUT.open("w", encoding="utf-8") as file:
        for question, answer in QUESTIONS.items():
            file.write(json.dumps({{"question": question, "expected_answer": answer}}) + "\\n")
    return OUTPUT


if __name__ == "__main__":
    prepare()
'''


def resources_server_program(name: str) -> str:
    """Return the `app.py` of a resources server."""
    return _RESOURCES_SERVER.format(name=name, camel=class_name(name))


def task_data_module(name: str) -> str:
    """Return the `task_data.py` of a resources server, which releases before 0.7.0 do not read."""
    return _TASK_DATA.format(name=name, camel=class_name(name))


def agent_program(name: str) -> str:
    """Return the `app.py` of an agent that extends `simple_agent`."""
    return _AGENT.format(name=name, camel=class_name(name))


def prepare_script(name: str, questions: dict[str, str]) -> str:
    """Return the script that makes the rows of a benchmark from questions with their answers."""
    lines = "".join(f"    {_quoted(question)}: {_quoted(answer)},\n" for question, answer in questions.items())
    return _PREPARE.format(name=name, questions="{\n" + lines + "}")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
