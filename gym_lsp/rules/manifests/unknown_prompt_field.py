"""The rule `unknown-prompt-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.prompt import TEMPLATES
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Context, Prompt
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("unknown-prompt-field", on=Prompt, severity=Severity.WARNING)
def unknown_prompt_field(context: Context, prompt: Prompt) -> Iterator[Finding]:
    """A key in a prompt file that NeMo Gym does not read.

    ## Why

    NeMo Gym reads `user` and `system` from a prompt file. It silently ignores other keys, so an instruction under a
    misspelt key never reaches the model.

    ## Example

    ```yaml
    # --- benchmarks/counting/prompt.yaml
    sytem: Answer with a number.
    ^^^^^ warning[unknown-prompt-field]
    user: "{question}"
    ```

    ## Use instead

    ```yaml
    # --- benchmarks/counting/prompt.yaml
    system: Answer with a number.
    user: "{question}"
    ```
    """
    for key, value in prompt.file.config.entries.items():
        if isinstance(key, str) and key not in TEMPLATES:
            near = nearest(key, (name for name in TEMPLATES if name not in prompt.file.config.entries))
            way_out = f"did you mean `{near[0]}`?" if near else "NeMo Gym ignores it"
            yield at_key(value, f"unknown prompt field `{key}`; {way_out}", fixes=renames(value, near))
