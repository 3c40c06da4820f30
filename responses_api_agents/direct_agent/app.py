"""An agent that asks the model once and has the answer verified.

It ships no config of its own: each environment that uses it writes the block itself.
"""

from fastapi import Request, Response
from nemo_gym.base_resources_server import BaseRunRequest, BaseVerifyResponse
from nemo_gym.base_responses_api_agent import BaseResponsesAPIAgentConfig, SimpleResponsesAPIAgent
from nemo_gym.config_types import ModelServerRef, ResourcesServerRef
from nemo_gym.openai_utils import NeMoGymResponse, NeMoGymResponseCreateParamsNonStreaming
from nemo_gym.server_utils import get_response_json, raise_for_status
from pydantic import ConfigDict, Field


class DirectAgentConfig(BaseResponsesAPIAgentConfig):
    # Verifies the answer.
    resources_server: ResourcesServerRef
    # Writes the answer.
    model_server: ModelServerRef

    # Replaces the `instructions` of each row when set.
    system_prompt: str | None = None
    max_output_tokens: int | None = Field(default=None, ge=1, description="Cap on the answer; null leaves it open.")
    # Rows that already carry a temperature keep theirs.
    temperature: float | None = None


class DirectRunRequest(BaseRunRequest):
    model_config = ConfigDict(extra="allow")


class DirectVerifyResponse(BaseVerifyResponse):
    model_config = ConfigDict(extra="allow")


class DirectAgent(SimpleResponsesAPIAgent):
    config: DirectAgentConfig

    async def responses(
        self, request: Request, response: Response, body: NeMoGymResponseCreateParamsNonStreaming
    ) -> NeMoGymResponse:
        model_response = await self.server_client.post(
            server_name=self.config.model_server.name,
            url_path="/v1/responses",
            json=body.model_copy(update=self._overrides(body)),
            cookies=request.cookies,
        )
        await raise_for_status(model_response)
        for key, value in (*request.cookies.items(), *model_response.cookies.items()):
            response.set_cookie(key, value)
        return NeMoGymResponse.model_validate(await get_response_json(model_response))

    def _overrides(self, body: NeMoGymResponseCreateParamsNonStreaming) -> dict[str, object]:
        overrides: dict[str, object] = {}
        if self.config.system_prompt is not None:
            overrides["instructions"] = self.config.system_prompt
        if self.config.max_output_tokens is not None:
            overrides["max_output_tokens"] = self.config.max_output_tokens
        if body.temperature is None and self.config.temperature is not None:
            overrides["temperature"] = self.config.temperature
        return overrides

    async def run(self, request: Request, body: DirectRunRequest) -> DirectVerifyResponse:
        resources_server = self.config.resources_server.name
        seeded = await self.server_client.post(
            server_name=resources_server, url_path="/seed_session", json=body.model_dump(), cookies=request.cookies
        )
        await raise_for_status(seeded)

        answer = await self.server_client.post(
            server_name=self.config.name,
            url_path="/v1/responses",
            json=body.responses_create_params,
            cookies=seeded.cookies,
        )
        await raise_for_status(answer)

        verified = await self.server_client.post(
            server_name=resources_server,
            url_path="/verify",
            json=body.model_dump() | {"response": await get_response_json(answer)},
            cookies=answer.cookies,
        )
        await raise_for_status(verified)
        return DirectVerifyResponse.model_validate(await get_response_json(verified))


if __name__ == "__main__":
    DirectAgent.run_webserver()
