"""The rule `invalid-prompt`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.gym.fields import StrType
from gym_lsp.gym.prompt import TEMPLATES, USER, BraceFault, TemplateFault, placeholders, template_faults
from gym_lsp.rules.analysis.prompts import brace_places, has_user, prompts_named
from gym_lsp.rules.analysis.suggestions import suggest, suggestion_fixes, suggestion_hint
from gym_lsp.rules.engine.context import Block, Context, Prompt
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened
from gym_lsp.text import Edit, Span

_ESCAPED = re.compile(r"\{\{[ \t]*([A-Za-z_]\w*)[ \t]*\}\}(?!\})")


@rule("invalid-prompt", on=(Prompt, Block), severity=Severity.ERROR)
def invalid_prompt(context: Context, subject: Prompt | Block) -> Iterator[Finding]:
    """A prompt template that NeMo Gym cannot read or fill in.

    ## Why

    A prompt file needs a `user` template and may have a `system` template, both text. Python's `str.format_map` inserts
    the columns of a row into them, so a literal brace has to be doubled: `\\boxed{}` or an example in JSON makes every
    row fail, although only when the rows are prepared. Conversely, `{{question}}` is not a placeholder. It was probably
    written for another template language.

    ## Example

    ```yaml
    # --- benchmarks/counting/prompt.yaml
    user: |
      {question}
      Put the answer into \\boxed{}.
    #                           ^^ error[invalid-prompt]
    ```

    ## Use instead

    ```yaml
    # --- benchmarks/counting/prompt.yaml
    user: |
      {question}
      Put the answer into \\boxed{{}}.
    ```
    """
    if isinstance(subject, Block):
        yield from _about_use(context, subject)
        return
    config = subject.file.config
    for key in TEMPLATES:
        template = config.get(key)
        if template is None or (key != USER and isinstance(template, Leaf) and template.value is None):
            continue
        if not isinstance(template, Leaf) or not isinstance(template.value, str):
            found = suggest(template, StrType())
            yield at_value(
                template, f"`{key}` must be text{suggestion_hint(found)}", fixes=suggestion_fixes(template, found)
            )
            continue
        if "{" in template.value or "}" in template.value:
            yield from _about_braces(template, template.value)
        if key == USER and "{{" in template.value:
            yield from _about_escaped(template, template.value)


def _about_escaped(template: Leaf, text: str) -> Iterator[Finding]:
    """Yield a finding about a placeholder of another template language, if the template contains no other one."""
    found = _ESCAPED.findall(text)
    places = [*_ESCAPED.finditer(template.origin.text, template.node.start, template.node.end)]
    if len(found) != 1 or len(places) != 1 or any(template_faults(text)) or any(placeholders(text)):
        return
    (place,) = places
    name, span = place[1], Span(*place.span())
    edit = FileEdit(template.origin.path, Edit(span, f"{{{name}}}"))
    message = f"`{{{{{name}}}}}` is literal text, not a placeholder; write `{{{name}}}`"
    fix = Fix(f"Change to `{{{name}}}`", (edit,))
    yield Finding(template.origin, span, message, severity=Severity.WARNING, fixes=(fix,))


def _about_use(context: Context, block: Block) -> Iterator[Finding]:
    """Yield findings about files that a config uses as prompts, but that no other check takes for prompts."""
    for _, value, named in prompts_named(block):
        path = context.search.resolve(context.files, named)
        if path is not None and not has_user(context, path):
            yield at_value(value, f"`{named}` is not a prompt: it has no `{USER}` template")


def _about_braces(template: Leaf, text: str) -> Iterator[Finding]:
    places = brace_places(template, text)
    for fault in template_faults(text):
        span, fixes = template.node.span, ()
        if places is not None:
            first, last = places[fault.start], places.get(fault.end - 1, places[fault.start])
            span = Span(first, last + 1)
            fixes = _doubled(template, first, last, fault)
        yield Finding(template.origin, span, _message(fault), fixes=fixes)


def _doubled(template: Leaf, first: int, last: int, fault: TemplateFault) -> tuple[Fix, ...]:
    if fault.fault in (BraceFault.NESTED, BraceFault.CONVERSION):
        return ()
    text, path = template.origin.text, template.origin.path
    edits = [FileEdit(path, Edit(Span(at, at), text[at])) for at in dict.fromkeys((first, last))]
    return (Fix("Double the braces", tuple(edits)),)


def _message(fault: TemplateFault) -> str:
    name = shortened(fault.name.strip())
    match fault.fault:
        case BraceFault.UNOPENED:
            return "unmatched closing brace; write `}}` for a literal brace"
        case BraceFault.UNCLOSED:
            return "unclosed opening brace; write `{{` for a literal brace"
        case BraceFault.NESTED:
            return "a brace inside a placeholder; write `{{` and `}}` for literal braces"
        case BraceFault.POSITIONAL:
            return "a placeholder must be the name of a column; write `{{` and `}}` for literal braces"
        case BraceFault.NOT_A_COLUMN:
            return f"`{name}` is not the name of a column; write `{{{{` and `}}}}` for literal braces"
        case BraceFault.ATTRIBUTE:
            return f"invalid placeholder `{name}`; expected only the name of a column"
        case BraceFault.CONVERSION:
            return f"the conversion of `{name}` must be `!r`, `!s` or `!a`; write `{{{{` and `}}}}` for literal braces"
