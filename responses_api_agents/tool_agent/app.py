"""An agent that lets the model call the tools of a resources server, one turn after the other."""

import asyncio
import json
from typing import Any

from fastapi import Request, Response
from nemo_gym.base_resources_server import BaseRunRequest, BaseVerifyResponse
from nemo_gym.base_responses_api_agent import BaseResponsesAPIAgentConfig, SimpleResponsesAPIAgent
from nemo_gym.config_types import ModelServerRef, ResourcesServerRef
from nemo_gym.openai_utils import (
    NeMoGymEasyInputMessage,
    NeMoGymFunctionCallOutput,
    NeMoGymResponse,
    NeMoGymResponseCreateParamsNonStreaming,
    NeMoGymResponseFunctionToolCall,
)
from nemo_gym.server_utils import get_response_json, raise_for_status
from pydantic import BaseModel, ConfigDict, Field


class RetryPolicy(BaseModel):
    """How often a tool call that failed is tried again."""

    attempts: int = Field(default=2, ge=1, le=10, description="Calls in total, the first one included.")
    wait_seconds: float = Field(default=0.5, ge=0, description="Pause between two attempts.")


class ToolAgentConfig(BaseResponsesAPIAgentConfig):
    # Owns the tools and verifies the outcome.
    resources_server: ResourcesServerRef
    # Decides which tool to call.
    model_server: ModelServerRef

    # Turns of the model before the episode is cut off.
    max_steps: int = Field(default=8, ge=1)
    # Send the calls of one turn at the same time instead of one by one.
    parallel_calls: bool = False
    # Longer tool outputs are cut to this many characters; null keeps them whole.
    max_tool_output_chars: int | None = None
    retry: RetryPolicy = Field(default_factory=RetryPolicy)


class ToolRunRequest(BaseRunRequest):
    model_config = ConfigDict(extra="allow")


class ToolVerifyResponse(BaseVerifyResponse):
    model_config = ConfigDict(extra="allow")


class ToolAgent(SimpleResponsesAPIAgent):
    config: ToolAgentConfig

    async def responses(
        self, request: Request, response: Response, body: NeMoGymResponseCreateParamsNonStreaming
    ) -> NeMoGymResponse:
        start = _messages(body)
        transcript: list[Any] = []
        model_cookies = None
        for _ in range(self.config.max_steps):
            reply = await self.server_client.post(
                server_name=self.config.model_server.name,
                url_path="/v1/responses",
                json=body.model_copy(update={"input": [*start, *transcript]}),
                cookies=model_cookies,
            )
            await raise_for_status(reply)
            model_cookies = reply.cookies
            turn = NeMoGymResponse.model_validate(await get_response_json(reply))
            transcript.extend(turn.output)
            calls = [item for item in turn.output if item.type == "function_call"]
            if not calls:
                break
            transcript.extend(await self._answer(calls, request.cookies))

        for key, value in (*request.cookies.items(), *model_cookies.items()):
            response.set_cookie(key, value)
        return turn.model_copy(update={"output": transcript})

    async def _answer(
        self, calls: list[NeMoGymResponseFunctionToolCall], cookies: dict[str, str]
    ) -> list[NeMoGymFunctionCallOutput]:
        if self.config.parallel_calls:
            return list(await asyncio.gather(*(self._call(call, cookies) for call in calls)))
        return [await self._call(call, cookies) for call in calls]

    async def _call(self, call: NeMoGymResponseFunctionToolCall, cookies: dict[str, str]) -> NeMoGymFunctionCallOutput:
        try:
            output = await self._post(call.name, json.loads(call.arguments), cookies)
        except json.JSONDecodeError as error:
            # The model should read its own slip and go on.
            output = json.dumps({"error": f"arguments are not JSON: {error}"})
        return NeMoGymFunctionCallOutput(
            type="function_call_output", call_id=call.call_id, output=output[: self.config.max_tool_output_chars]
        )

    async def _post(self, tool: str, arguments: object, cookies: dict[str, str]) -> str:
        for attempt in range(self.config.retry.attempts):
            if attempt:
                await asyncio.sleep(self.config.retry.wait_seconds)
            reply = await self.server_client.post(
                server_name=self.config.resources_server.name, url_path=f"/{tool}", json=arguments, cookies=cookies
            )
            if reply.ok:
                break
        return (await reply.content.read()).decode()

    async def run(self, request: Request, body: ToolRunRequest) -> ToolVerifyResponse:
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

        verified = await self.server_client.post(
            server_name=resources_server,
            url_path="/verify",
            json=body.model_dump() | {"response": await get_response_json(episode)},
            cookies=episode.cookies,
        )
        await raise_for_status(verified)
        return ToolVerifyResponse.model_validate(await get_response_json(verified))


def _messages(body: NeMoGymResponseCreateParamsNonStreaming) -> list[Any]:
    """The input of a row as messages; a row may spell a single one as plain text."""
    if isinstance(body.input, str):
        return [NeMoGymEasyInputMessage(role="user", content=body.input)]
    return list(body.input)


if __name__ == "__main__":
    ToolAgent.run_webserver()
