"""What one episode of the shell agent may use; a module of its own so that tests need no server."""

from pydantic import BaseModel, Field


class CommandLimits(BaseModel):
    """Bounds on the commands that the model runs in its sandbox."""

    timeout_s: float = Field(default=30.0, gt=0, description="Seconds that one command may take.")
    max_commands: int = Field(default=10, ge=1, description="Commands in one episode.")
    # The middle of a longer output is left out; its start and its end say the most.
    max_output_chars: int = 6000

    def shorten(self, output: str) -> str:
        """`output` itself, or its two ends if it is longer than the limit."""
        if len(output) <= self.max_output_chars:
            return output
        half = self.max_output_chars // 2
        return f"{output[:half]}\n[... {len(output) - 2 * half} characters left out ...]\n{output[-half:]}"
