"""A self-contained agent: it sets the task, talks to the model and scores the regular expression it gets.

No resources server is involved. A row lists words to match and words to leave alone; the reward is the share of words
treated rightly, less a little for each character beyond the budget.
"""

import re

from fastapi import Request, Response
from nemo_gym.base_resources_server import BaseRunRequest, BaseVerifyResponse
from nemo_gym.base_responses_api_agent import BaseResponsesAPIAgentConfig, SimpleResponsesAPIAgent
from nemo_gym.config_types import ModelServerRef
from nemo_gym.openai_utils import NeMoGymEasyInputMessage, NeMoGymResponse, NeMoGymResponseCreateParamsNonStreaming
from nemo_gym.server_utils import get_response_json, raise_for_status
from pydantic import Field


class RegexGolfAgentConfig(BaseResponsesAPIAgentConfig):
    # Writes the expressions.
    model_server: ModelServerRef

    # Which rules the rows follow; this agent knows its own and no other.
    agent_framework: str = "regex_golf"
    # Guesses before the best one is scored.
    attempts: int = Field(default=3, ge=1)
    # Characters that cost nothing.
    length_budget: int = Field(default=12, ge=1)
    length_penalty: float = Field(default=0.02, ge=0, description="Lost for each character beyond the budget.")
    # Tell the model which words it got wrong before it guesses again.
    show_mistakes: bool = True
    ignore_case: bool = False


class RegexGolfRunRequest(BaseRunRequest):
    match: list[str]
    avoid: list[str]


class RegexGolfVerifyResponse(BaseVerifyResponse):
    best_pattern: str | None = None


class RegexGolfAgent(SimpleResponsesAPIAgent):
    config: RegexGolfAgentConfig

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

    async def run(self, request: Request, body: RegexGolfRunRequest) -> RegexGolfVerifyResponse:
        params = body.responses_create_params
        given = params.input
        talk = [NeMoGymEasyInputMessage(role="user", content=given)] if isinstance(given, str) else list(given)
        best_reward, best_pattern = 0.0, None
        for _ in range(self.config.attempts):
            reply = await self.server_client.post(
                server_name=self.config.name,
                url_path="/v1/responses",
                json=params.model_copy(update={"input": talk}),
                cookies=request.cookies,
            )
            await raise_for_status(reply)
            answer = NeMoGymResponse.model_validate(await get_response_json(reply))
            pattern = output_text(answer).strip().strip("`")
            reward, mistakes = self.score(pattern, body.match, body.avoid)
            if best_pattern is None or reward > best_reward:
                best_reward, best_pattern = reward, pattern
            if not mistakes:
                break
            talk.append(NeMoGymEasyInputMessage(role="assistant", content=pattern))
            talk.append(NeMoGymEasyInputMessage(role="user", content=self._hint(mistakes)))
        return RegexGolfVerifyResponse(
            responses_create_params=params, response=answer, reward=best_reward, best_pattern=best_pattern
        )

    def score(self, pattern: str, match: list[str], avoid: list[str]) -> tuple[float, list[str]]:
        """The reward of `pattern`, from 0 to 1, and the words it treats wrongly."""
        try:
            compiled = re.compile(pattern, re.IGNORECASE if self.config.ignore_case else 0)
        except re.error:
            return 0.0, [*match, *avoid]
        mistakes = [word for word in match if not compiled.search(word)]
        mistakes += [word for word in avoid if compiled.search(word)]
        share = 1 - len(mistakes) / (len(match) + len(avoid))
        excess = max(0, len(pattern) - self.config.length_budget)
        return max(0.0, share - self.config.length_penalty * excess), mistakes

    def _hint(self, mistakes: list[str]) -> str:
        if not self.config.show_mistakes:
            return f"{len(mistakes)} words come out wrong. Try again."
        return f"These come out wrong: {', '.join(mistakes)}. Try again."


def output_text(response: NeMoGymResponse) -> str:
    """All text that the model wrote for the reader, without its reasoning."""
    messages = [item for item in response.output if item.type == "message"]
    return "".join(part.text for message in messages for part in message.content if part.type == "output_text")


if __name__ == "__main__":
    RegexGolfAgent.run_webserver()
