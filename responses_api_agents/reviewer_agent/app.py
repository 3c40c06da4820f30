"""An agent that drafts, has a critic read the draft, and revises it until the critic is content."""

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

DEFAULT_CRITIC_PROMPT = "List what the draft gets wrong. If nothing is wrong, reply with the single word {approval}."


class ReviewerAgentConfig(BaseResponsesAPIAgentConfig):
    # Verifies the last draft.
    resources_server: ResourcesServerRef
    # Drafts and revises.
    model_server: ModelServerRef
    # Reads the drafts; without one the agent drafts once and stops.
    critic_model_server: ModelServerRef | None = None

    max_revisions: int = Field(default=2, ge=0, description="Drafts after the first one.")
    # The critic's word for "leave it as it is".
    approval: str = "APPROVED"
    # May use {approval}.
    critic_prompt: str = DEFAULT_CRITIC_PROMPT
    # Show the critic what was asked, and not the draft alone.
    critic_sees_task: bool = True


class ReviewerRunRequest(BaseRunRequest):
    model_config = ConfigDict(extra="allow")


class ReviewerVerifyResponse(BaseVerifyResponse):
    model_config = ConfigDict(extra="allow")


def output_text(response: NeMoGymResponse) -> str:
    """All text that the model wrote for the reader, without its reasoning."""
    messages = [item for item in response.output if item.type == "message"]
    return "".join(part.text for message in messages for part in message.content if part.type == "output_text")


class ReviewerAgent(SimpleResponsesAPIAgent):
    config: ReviewerAgentConfig

    async def responses(
        self, request: Request, response: Response, body: NeMoGymResponseCreateParamsNonStreaming
    ) -> NeMoGymResponse:
        for key, value in request.cookies.items():
            response.set_cookie(key, value)
        task = [NeMoGymEasyInputMessage(role="user", content=body.input)] if isinstance(body.input, str) else body.input
        draft = await self._ask(self.config.model_server, body)
        for _ in range(self.config.max_revisions):
            remarks = await self._remarks(task, output_text(draft))
            if remarks is None:
                break
            revision = [
                *task,
                NeMoGymEasyInputMessage(role="assistant", content=output_text(draft)),
                NeMoGymEasyInputMessage(role="user", content=f"Revise the draft. Remarks:\n{remarks}"),
            ]
            draft = await self._ask(self.config.model_server, body.model_copy(update={"input": revision}))
        return draft

    async def _remarks(self, task: list[NeMoGymEasyInputMessage], draft: str) -> str | None:
        """What the critic wants changed; None when there is no critic or it is content."""
        if self.config.critic_model_server is None:
            return None
        order = self.config.critic_prompt.replace("{approval}", self.config.approval)
        seen = [*task] if self.config.critic_sees_task else []
        seen.append(NeMoGymEasyInputMessage(role="user", content=f"{order}\n\nDraft:\n{draft}"))
        verdict = await self._ask(self.config.critic_model_server, NeMoGymResponseCreateParamsNonStreaming(input=seen))
        remarks = output_text(verdict).strip()
        return None if remarks == self.config.approval else remarks

    async def _ask(self, model: ModelServerRef, body: NeMoGymResponseCreateParamsNonStreaming) -> NeMoGymResponse:
        reply = await self.server_client.post(server_name=model.name, url_path="/v1/responses", json=body)
        await raise_for_status(reply)
        return NeMoGymResponse.model_validate(await get_response_json(reply))

    async def run(self, request: Request, body: ReviewerRunRequest) -> ReviewerVerifyResponse:
        resources_server = self.config.resources_server.name
        seeded = await self.server_client.post(
            server_name=resources_server, url_path="/seed_session", json=body.model_dump(), cookies=request.cookies
        )
        await raise_for_status(seeded)

        draft = await self.server_client.post(
            server_name=self.config.name,
            url_path="/v1/responses",
            json=body.responses_create_params,
            cookies=seeded.cookies,
        )
        await raise_for_status(draft)

        verified = await self.server_client.post(
            server_name=resources_server,
            url_path="/verify",
            json=body.model_dump() | {"response": await get_response_json(draft)},
            cookies=draft.cookies,
        )
        await raise_for_status(verified)
        return ReviewerVerifyResponse.model_validate(await get_response_json(verified))


if __name__ == "__main__":
    ReviewerAgent.run_webserver()
