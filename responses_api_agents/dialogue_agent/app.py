"""An agent for gymnasium-style resources servers: reset once, then step until the episode ends."""

from enum import StrEnum
from typing import Any

from fastapi import Request, Response
from nemo_gym.base_resources_server import BaseRunRequest, BaseVerifyResponse
from nemo_gym.base_responses_api_agent import BaseResponsesAPIAgentConfig, SimpleResponsesAPIAgent
from nemo_gym.config_types import ModelServerRef, ResourcesServerRef
from nemo_gym.openai_utils import (
    NeMoGymEasyInputMessage,
    NeMoGymResponse,
    NeMoGymResponseCreateParamsNonStreaming,
)
from nemo_gym.server_utils import get_response_json, raise_for_status
from pydantic import ConfigDict, Field


class RewardMode(StrEnum):
    """How the rewards of the turns become the reward of the episode."""

    LAST = "last"
    SUM = "sum"
    MEAN = "mean"


class DialogueAgentConfig(BaseResponsesAPIAgentConfig):
    # Serves /reset and /step.
    resources_server: ResourcesServerRef
    # Answers each observation.
    model_server: ModelServerRef

    max_turns: int = Field(default=6, ge=1, description="Turns before the episode counts as truncated.")
    reward_mode: RewardMode = RewardMode.LAST
    # Subtracted for each turn after the first, so that short conversations win.
    turn_penalty: float = Field(default=0.0, ge=0.0)


class DialogueRunRequest(BaseRunRequest):
    model_config = ConfigDict(extra="allow")


class DialogueVerifyResponse(BaseVerifyResponse):
    model_config = ConfigDict(extra="allow")
    turns: int = 0
    truncated: bool = False


class DialogueAgent(SimpleResponsesAPIAgent):
    config: DialogueAgentConfig

    async def responses(
        self, request: Request, response: Response, body: NeMoGymResponseCreateParamsNonStreaming
    ) -> NeMoGymResponse:
        reply = await self.server_client.post(
            server_name=self.config.model_server.name, url_path="/v1/responses", json=body, cookies=request.cookies
        )
        await raise_for_status(reply)
        for key, value in reply.cookies.items():
            response.set_cookie(key, value)
        return NeMoGymResponse.model_validate(await get_response_json(reply))

    async def run(self, request: Request, body: DialogueRunRequest) -> DialogueVerifyResponse:
        cookies = dict(request.cookies)
        opening = await self._ask_server("/reset", body.model_dump(), cookies)
        params = body.responses_create_params
        talk: list[Any] = [_user(params.input)] if isinstance(params.input, str) else list(params.input)
        if opening.get("observation"):
            talk.append(_user(opening["observation"]))

        rewards: list[float] = []
        truncated = True
        said: list[Any] = []
        for _ in range(self.config.max_turns):
            reply = await self.server_client.post(
                server_name=self.config.model_server.name,
                url_path="/v1/responses",
                json=params.model_copy(update={"input": [*talk, *said]}),
            )
            await raise_for_status(reply)
            turn = NeMoGymResponse.model_validate(await get_response_json(reply))
            said.extend(turn.output)
            step = await self._ask_server("/step", body.model_dump() | {"response": turn.model_dump()}, cookies)
            rewards.append(float(step["reward"]))
            if step["terminated"] or step["truncated"]:
                truncated = bool(step["truncated"])
                break
            if step.get("observation"):
                said.append(_user(step["observation"]))

        return DialogueVerifyResponse(
            responses_create_params=params,
            response=turn.model_copy(update={"output": said}),
            reward=self._episode_reward(rewards),
            turns=len(rewards),
            truncated=truncated,
        )

    async def _ask_server(self, url_path: str, payload: dict[str, Any], cookies: dict[str, str]) -> dict[str, Any]:
        answer = await self.server_client.post(
            server_name=self.config.resources_server.name, url_path=url_path, json=payload, cookies=cookies
        )
        await raise_for_status(answer)
        cookies.update(answer.cookies)
        return await get_response_json(answer)

    def _episode_reward(self, rewards: list[float]) -> float:
        penalty = self.config.turn_penalty * (len(rewards) - 1)
        if self.config.reward_mode is RewardMode.LAST:
            return rewards[-1] - penalty
        total = sum(rewards)
        return (total / len(rewards) if self.config.reward_mode is RewardMode.MEAN else total) - penalty


def _user(text: str) -> NeMoGymEasyInputMessage:
    return NeMoGymEasyInputMessage(role="user", content=text)


if __name__ == "__main__":
    DialogueAgent.run_webserver()
