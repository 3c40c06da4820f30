"""An agent that asks the model several times and verifies the answer most samples agree on."""

import asyncio
import re
from collections import Counter
from typing import Literal

from fastapi import Request, Response
from nemo_gym.base_resources_server import BaseRunRequest, BaseVerifyResponse
from nemo_gym.base_responses_api_agent import BaseResponsesAPIAgentConfig, SimpleResponsesAPIAgent
from nemo_gym.config_types import ModelServerRef, ResourcesServerRef
from nemo_gym.openai_utils import NeMoGymResponse, NeMoGymResponseCreateParamsNonStreaming
from nemo_gym.server_utils import get_response_json, raise_for_status
from pydantic import ConfigDict, Field


class VoteAgentConfig(BaseResponsesAPIAgentConfig):
    # Verifies the winner.
    resources_server: ResourcesServerRef
    # Writes the samples.
    model_server: ModelServerRef

    num_votes: int = Field(default=5, ge=1, description="Samples drawn for each row.")
    # Samples are only worth counting if they can differ.
    temperature: float = 0.8
    # What to do when two answers share the most votes.
    tie_break: Literal["first", "shortest", "longest"] = "first"
    # The last match in a sample is its vote; the first group, if there is one, else the whole match.
    answer_regex: str = r"\\boxed\{([^{}]*)\}"


class VoteRunRequest(BaseRunRequest):
    model_config = ConfigDict(extra="allow")


class VoteVerifyResponse(BaseVerifyResponse):
    model_config = ConfigDict(extra="allow")


def output_text(response: NeMoGymResponse) -> str:
    """All text that the model wrote for the reader, without its reasoning."""
    messages = [item for item in response.output if item.type == "message"]
    return "".join(part.text for message in messages for part in message.content if part.type == "output_text")


class VoteAgent(SimpleResponsesAPIAgent):
    config: VoteAgentConfig

    async def responses(
        self, request: Request, response: Response, body: NeMoGymResponseCreateParamsNonStreaming
    ) -> NeMoGymResponse:
        sampled = body.model_copy(update={"temperature": self.config.temperature})
        samples = await asyncio.gather(*(self._sample(sampled) for _ in range(self.config.num_votes)))
        for key, value in request.cookies.items():
            response.set_cookie(key, value)
        return self._winner(samples)

    async def _sample(self, body: NeMoGymResponseCreateParamsNonStreaming) -> NeMoGymResponse:
        reply = await self.server_client.post(
            server_name=self.config.model_server.name, url_path="/v1/responses", json=body
        )
        await raise_for_status(reply)
        return NeMoGymResponse.model_validate(await get_response_json(reply))

    def _winner(self, samples: list[NeMoGymResponse]) -> NeMoGymResponse:
        votes = [self._vote(sample) for sample in samples]
        counts = Counter(vote for vote in votes if vote)
        if not counts:
            return samples[0]
        most = max(counts.values())
        tied = [vote for vote, count in counts.items() if count == most]
        if self.config.tie_break != "first":
            tied.sort(key=len, reverse=self.config.tie_break == "longest")
        return samples[votes.index(tied[0])]

    def _vote(self, sample: NeMoGymResponse) -> str:
        matches = list(re.finditer(self.config.answer_regex, output_text(sample)))
        if not matches:
            return ""
        last = matches[-1]
        return (last.group(1) if last.re.groups else last.group()).strip()

    async def run(self, request: Request, body: VoteRunRequest) -> VoteVerifyResponse:
        resources_server = self.config.resources_server.name
        seeded = await self.server_client.post(
            server_name=resources_server, url_path="/seed_session", json=body.model_dump(), cookies=request.cookies
        )
        await raise_for_status(seeded)

        winner = await self.server_client.post(
            server_name=self.config.name,
            url_path="/v1/responses",
            json=body.responses_create_params,
            cookies=seeded.cookies,
        )
        await raise_for_status(winner)

        verified = await self.server_client.post(
            server_name=resources_server,
            url_path="/verify",
            json=body.model_dump() | {"response": await get_response_json(winner)},
            cookies=winner.cookies,
        )
        await raise_for_status(verified)
        return VoteVerifyResponse.model_validate(await get_response_json(verified))


if __name__ == "__main__":
    VoteAgent.run_webserver()
