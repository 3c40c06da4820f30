"""An agent that gives the model a shell in a sandbox and verifies the answer it comes back with."""

import json
from typing import Any

from fastapi import Request, Response
from limits import CommandLimits
from nemo_gym.base_resources_server import BaseRunRequest, BaseVerifyResponse
from nemo_gym.base_responses_api_agent import BaseResponsesAPIAgentConfig, SimpleResponsesAPIAgent
from nemo_gym.config_types import ModelServerRef, ResourcesServerRef
from nemo_gym.openai_utils import (
    NeMoGymEasyInputMessage,
    NeMoGymFunctionCallOutput,
    NeMoGymResponse,
    NeMoGymResponseCreateParamsNonStreaming,
)
from nemo_gym.sandbox import AsyncSandbox, SandboxSpec, resolve_provider_config, resolve_provider_metadata
from nemo_gym.server_utils import get_response_json, raise_for_status
from pydantic import ConfigDict, Field

SHELL_TOOL = {
    "type": "function",
    "name": "shell",
    "description": "Run a command in the sandbox and read what it prints.",
    "parameters": {
        "type": "object",
        "properties": {"command": {"type": "string"}},
        "required": ["command"],
        "additionalProperties": False,
    },
    "strict": True,
}


class ShellAgentConfig(BaseResponsesAPIAgentConfig):
    # Verifies the final answer.
    resources_server: ResourcesServerRef
    # Writes the commands.
    model_server: ModelServerRef

    # The name of a top-level sandbox block, or the provider itself: {apptainer: {...}}.
    sandbox_provider: str | dict[str, Any]
    # Image, working directory and resources of the sandbox.
    sandbox_spec: dict[str, Any] = Field(default_factory=dict)
    limits: CommandLimits = Field(default_factory=CommandLimits)
    # Run before the first turn, to put the files of the task in place.
    setup_command: str | None = None


class ShellRunRequest(BaseRunRequest):
    model_config = ConfigDict(extra="allow")


class ShellVerifyResponse(BaseVerifyResponse):
    model_config = ConfigDict(extra="allow")


class ShellAgent(SimpleResponsesAPIAgent):
    config: ShellAgentConfig

    async def responses(
        self, request: Request, response: Response, body: NeMoGymResponseCreateParamsNonStreaming
    ) -> NeMoGymResponse:
        for key, value in request.cookies.items():
            response.set_cookie(key, value)
        async with await self._open_sandbox() as sandbox:
            return await self._work(body, sandbox)

    async def _open_sandbox(self) -> AsyncSandbox:
        blocks = self.server_client.global_config_dict
        provider = resolve_provider_config(self.config.sandbox_provider, blocks)
        tags = resolve_provider_metadata(self.config.sandbox_provider, blocks)
        own_tags = self.config.sandbox_spec.get("metadata", {})
        spec = SandboxSpec(**(self.config.sandbox_spec | {"metadata": {**tags, **own_tags}}))
        sandbox = await AsyncSandbox(provider, spec).start()
        if self.config.setup_command:
            await sandbox.exec(self.config.setup_command, timeout_s=self.config.limits.timeout_s)
        return sandbox

    async def _work(self, body: NeMoGymResponseCreateParamsNonStreaming, sandbox: AsyncSandbox) -> NeMoGymResponse:
        start = _messages(body)
        transcript: list[Any] = []
        commands = 0
        while True:
            reply = await self.server_client.post(
                server_name=self.config.model_server.name,
                url_path="/v1/responses",
                json=body.model_copy(update={"input": [*start, *transcript], "tools": [SHELL_TOOL]}),
            )
            await raise_for_status(reply)
            turn = NeMoGymResponse.model_validate(await get_response_json(reply))
            transcript.extend(turn.output)
            calls = [item for item in turn.output if item.type == "function_call"]
            if not calls or commands >= self.config.limits.max_commands:
                return turn.model_copy(update={"output": transcript})
            for call in calls:
                commands += 1
                output = await self._execute(sandbox, call.arguments)
                transcript.append(
                    NeMoGymFunctionCallOutput(type="function_call_output", call_id=call.call_id, output=output)
                )

    async def _execute(self, sandbox: AsyncSandbox, arguments: str) -> str:
        try:
            command = json.loads(arguments)["command"]
        except (json.JSONDecodeError, KeyError, TypeError):
            return "The arguments must be JSON with a `command`."
        result = await sandbox.exec(command, timeout_s=self.config.limits.timeout_s)
        printed = (result.stdout or "") + (result.stderr or "")
        return self.config.limits.shorten(f"{printed}\n[exit code {result.return_code}]")

    async def run(self, request: Request, body: ShellRunRequest) -> ShellVerifyResponse:
        resources_server = self.config.resources_server.name
        seeded = await self.server_client.post(
            server_name=resources_server, url_path="/seed_session", json=body.model_dump(), cookies=request.cookies
        )
        await raise_for_status(seeded)

        episode = await self.server_client.post(
            server_name=self.config.name,
            url_path="/v1/responses",
            json=body.responses_create_params,
            cookies=seeded.cookies,
        )
        await raise_for_status(episode)
        # What counts is the last message; what came before it was work.
        answer = NeMoGymResponse.model_validate(await get_response_json(episode))
        final = answer.model_copy(update={"output": answer.output[-1:]})

        verified = await self.server_client.post(
            server_name=resources_server,
            url_path="/verify",
            json=body.model_dump() | {"response": final.model_dump()},
            cookies=episode.cookies,
        )
        await raise_for_status(verified)
        return ShellVerifyResponse.model_validate(await get_response_json(verified))


def _messages(body: NeMoGymResponseCreateParamsNonStreaming) -> list[Any]:
    """The input of a row as messages; a row may spell a single one as plain text."""
    if isinstance(body.input, str):
        return [NeMoGymEasyInputMessage(role="user", content=body.input)]
    return list(body.input)


if __name__ == "__main__":
    ShellAgent.run_webserver()
