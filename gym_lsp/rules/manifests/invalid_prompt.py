"""The rule `invalid-prompt`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.gym.fields import StrType
from gym_lsp.gym.prompt import TEMPLATES, USER, BraceFault, TemplateFault, placeholders, template_faults
from gym_lsp.rules.analysis.prompts import brace_places, has_user, prompts_named
from gym_lsp.rules.analysis.suggestions import meant, meant_fixes, meant_hint
from gym_lsp.rules.engine.context import Block, Context, Prompt
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened
from gym_lsp.text import Edit, Span

_ESCAPED = re.compile(r"\{\{[ \t]*([A-Za-z_]\w*)[ \t]*\}\}(?!\})")


@rule("invalid-prompt", on=(Prompt, Block), severity=Severity.ERROR)
def invalid_prompt(context: Context, subject: Prompt | Block) -> Iterator[Finding]:
    """A prompt template that NeMo Gym cannot read or fill in.

    ## Why

    A prompt file needs a `user` template and may have a `system` template, both text. Python's `str.format_map` puts
    the columns of a row into them, so a brace that is meant as such has to be doubled: `\\boxed{}` or an example in
    JSON makes every row fail, though only once the rows are prepared. The other way round, `{{question}}` is no
    placeholder: it is what remains of one that was written for another template language.

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
            found = meant(template, StrType())
            yield at_value(template, f"`{key}` must be text{meant_hint(found)}", fixes=meant_fixes(template, found))
            continue
        if "{" in template.value or "}" in template.value:
            yield from _about_braces(template, template.value)
        if key == USER and "{{" in template.value:
            yield from _about_escaped(template, template.value)


def _about_escaped(template: Leaf, text: str) -> Iterator[Finding]:
    """A placeholder in the braces of another template language, where nothing else of a row comes into the prompt."""
    found = _ESCAPED.findall(text)
    places = [*_ESCAPED.finditer(template.origin.text, template.node.start, template.node.end)]
    if len(found) != 1 or len(places) != 1 or any(template_faults(text)) or any(placeholders(text)):
        return
    (place,) = places
    name, span = place[1], Span(*place.span())
    edit = FileEdit(template.origin.path, Edit(span, f"{{{name}}}"))
    message = f"`{{{{{name}}}}}` is text in braces, and nothing of a row comes into this prompt; write `{{{name}}}`"
    fix = Fix(f"Change to `{{{name}}}`", (edit,))
    yield Finding(template.origin, span, message, severity=Severity.WARNING, fixes=(fix,))


def _about_use(context: Context, block: Block) -> Iterator[Finding]:
    """About files that a config takes for prompts and that are none, so that nothing else speaks of them."""
    for _, value, named in prompts_named(block):
        path = context.search.resolve(context.files, named)
        if path is not None and not has_user(context, path):
            yield at_value(value, f"`{named}` is no prompt: it has no `{USER}` template")


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
            return "a closing brace without an opening one; write `}}` for a brace"
        case BraceFault.UNCLOSED:
            return "an opening brace without a closing one; write `{{` for a brace"
        case BraceFault.NESTED:
            return "a brace within a placeholder; write `{{` and `}}` for braces"
        case BraceFault.POSITIONAL:
            return "a placeholder needs the name of a column; write `{{` and `}}` for braces"
        case BraceFault.NOT_A_COLUMN:
            return f"`{name}` is no name of a column; write `{{{{` and `}}}}` for braces"
        case BraceFault.ATTRIBUTE:
            return f"a placeholder is the name of a column and nothing else, so `{name}` fails"
        case BraceFault.CONVERSION:
            return f"the conversion of `{name}` must be `!r`, `!s` or `!a`; write `{{{{` and `}}}}` for braces"
