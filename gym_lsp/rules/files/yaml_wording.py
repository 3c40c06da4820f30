"""Explains the failures of libyaml to the author of the text.

libyaml reports what it expected. An author needs to know which of the few common mistakes it was, and where. The rarer
messages of libyaml are shown as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from gym_lsp.rules.engine.rule import shortened
from gym_lsp.rules.files.lookalikes import find_lookalike
from gym_lsp.rules.files.yaml_failure import Explanation, Line, Repair, YamlFailure
from gym_lsp.syntax import SyntaxProblem, SyntaxProblemKind
from gym_lsp.text import Edit, Span, lines_of

_KEY = re.compile(r"(?P<key>[^\s:#][^:#\n]*?)[ \t]*:(?=[ \t]|$)[ \t]*(?P<value>[^#\n]*?)[ \t]*(?:[ \t]#.*)?$")
_TIGHT = re.compile(r"(?P<key>[\w.-]+):(?P<value>\S.*)")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?:[ \t].*)?$", re.MULTILINE)
PLACEHOLDER = re.compile(r"\{\{ *(?P<name>[A-Za-z_][\w.]*) *\}\}")
ASSIGNMENT = re.compile(r"(?:export[ \t]+)?(?P<key>[\w.-]+)[ \t]*=[ \t]*(?P<value>[^\s=].*)")
_NO_COLON = re.compile(r"(?P<key>\w*_\w*)(?:[ \t]+(?P<value>[^\s:=][^:]*))?")
_TIGHT_DASH = re.compile(r"-(?P<key>[A-Za-z_][\w.-]*):(?=[ \t]|$)")
_BLOCK_SIGN = re.compile(r"(?:^|[:\-][ \t]+)(?P<sign>[|>])[-+0-9]*(?:[ \t]+#.*)?$")
_ELEMENT_END = re.compile(r"[ \t]*[,\]}]")
_UNFINISHED = re.compile(r"\$\{[^}]*$")


def explain(problem: SyntaxProblem, text: str) -> Explanation:
    """Return what is wrong with a text, at the place where its author would look for it."""
    if problem.kind is not SyntaxProblemKind.SYNTAX:
        return _OTHER_KINDS.get(problem.kind, _as_it_is)(YamlFailure(text, problem, lines_of(text)))
    failure = YamlFailure(text, problem, lines_of(text))
    conflict = _conflict(failure)
    if conflict is not None:
        return Explanation("unresolved git merge conflict", conflict)
    explanation = _lookalike(failure) or _foreign_comment(failure)
    if explanation is not None:
        return explanation
    handler = _SYNTAX.get(problem.detail)
    if handler is None:
        handler = _control_character if problem.detail.startswith("unacceptable character") else _as_it_is
    return handler(failure)


def _conflict(failure: YamlFailure) -> Span | None:
    """Return the first marker of a conflict, or a single marker that is left near the failure."""
    whole = next((found for found in _CONFLICT.finditer(failure.text) if found[0].startswith("<")), None)
    if whole is not None:
        return Span(*whole.span())
    near = (failure.line(failure.span.start), failure.line(failure.begun.start), failure.above(failure.span.start))
    return next((line.span for line in near if line is not None and _CONFLICT.fullmatch(line.content)), None)


def _as_it_is(failure: YamlFailure) -> Explanation:
    return Explanation(f"not valid YAML: {failure.problem.detail or failure.problem.kind.value}", failure.span)


# Characters


def _lookalike(failure: YamlFailure) -> Explanation | None:
    """A character that only looks like a space or a colon, on the line where libyaml failed or on the one above."""
    for line in (failure.line(failure.span.start), failure.above(failure.span.start)):
        found = None if line is None else find_lookalike(line.content)
        if line is not None and found is not None:
            span = Span(line.start + found.span.start, line.start + found.span.end)
            message = f"this looks like {found.looks_like}, but is the character U+{ord(failure.text[span.start]):04X}"
            repair = Repair(f"Replace with {found.looks_like}", Edit(span, found.intended))
            return Explanation(message, span, None, repair)
    return None


def _foreign_comment(failure: YamlFailure) -> Explanation | None:
    """A comment of another language, on the line where libyaml failed or on the one above."""
    for line in (failure.line(failure.span.start), failure.above(failure.span.start)):
        if line is not None and line.content.startswith("//"):
            repair = Repair("Change to `#`", Edit(Span(line.start, line.start + 2), "#"))
            return Explanation("`//` does not begin a comment in YAML; use `#`", line.span, None, repair)
    return None


def _control_character(failure: YamlFailure) -> Explanation:
    code = ord(failure.at) if failure.at else 0
    return Explanation(f"the character U+{code:04X} is not allowed in YAML", failure.span)


def _tab(failure: YamlFailure) -> Explanation:
    end = failure.span.start
    while failure.text[end : end + 1] in ("\t", " "):
        end += 1
    return Explanation("this line is indented with a tab; YAML allows only spaces", Span(failure.span.start, end))


def _no_token(failure: YamlFailure) -> Explanation:
    if failure.at == "\t":
        return _tab(failure)
    return _needs_quotes(failure, failure.span, failure.at)


def _needs_quotes(failure: YamlFailure, span: Span, character: str) -> Explanation:
    line = failure.line(span.start)
    end = line.span.end
    if character == "%" and failure.text.startswith("{%", span.start - 1):
        message = "a config is not a template, so NeMo Gym does not execute `{% ... %}`"
        return Explanation(message, Span(span.start - 1, end))
    if _in_brackets(failure.text, span.start):
        end = next((each.start() for each in _ELEMENT_END.finditer(failure.text, span.start, end)), end)
    shown = "a backtick" if character == "`" else f"`{character}`"
    message = f"a value cannot begin with {shown}; put it in quotes"
    value = Span(span.start, end)
    return Explanation(message, value if value.end > value.start else span, None, _quoted(value, failure.text))


def _quoted(value: Span, text: str) -> Repair | None:
    """Return the repair that quotes a value; None if a comment or brackets make it unclear where the value ends."""
    written = value.of(text)
    if "#" in written or not written or (_in_brackets(text, value.start) and _ELEMENT_END.search(written)):
        return None
    escaped = written.replace("\\", "\\\\").replace('"', '\\"')
    return Repair("Put the value in quotes", Edit(value, f'"{escaped}"'))


def _in_brackets(text: str, offset: int) -> bool:
    """Whether there is a bracket before an offset on its line."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return "[" in before or "{" in before


def _not_a_name(failure: YamlFailure) -> Explanation:
    """`*` or `&` without a name after it: `*.yaml`, `**bold**`."""
    start = failure.span.start
    while start > 0 and failure.text[start - 1 : start] in ("*", "&") and start > failure.begun.start:
        start -= 1
    start = min(start, failure.begun.start)
    return _needs_quotes(failure, Span(start, max(failure.span.end, start + 1)), failure.text[start])


def _escape(failure: YamlFailure) -> Explanation:
    letter = failure.text[failure.span.start + 1 : failure.span.start + 2]
    message = f"unknown escape `\\{letter}` in double quotes; write `\\\\{letter}`, or use single quotes"
    return Explanation(message, Span(failure.span.start, failure.span.start + 2))


# Colons


def _colon(failure: YamlFailure) -> Explanation:
    """A colon where no key can be: a second one in a value, or a line that continues the line above."""
    line = failure.line(failure.span.start)
    before = failure.text[line.start : failure.span.start]
    first = _KEY.match(line.content)
    if first is not None and line.start + first.end("key") < failure.span.start:
        value = Span(line.start + first.start("value"), line.span.end)
        if _UNFINISHED.search(before):
            return Explanation("this `${...}` is not closed, and a value cannot end with a colon", value)
        if failure.span.start == line.span.end - 1:
            repair = Repair("Remove the colon", Edit(Span(line.span.end - 1, line.span.end), ""))
            message = (
                f"unexpected colon after the value of `{first['key']}`; if it is part of it, put the value in quotes"
            )
            return Explanation(message, Span(line.span.end - 1, line.span.end), None, repair)
        message = "unexpected second `: ` in a value; put the value in quotes"
        return Explanation(
            message, Span(failure.span.start, failure.span.start + 1), None, _quoted(value, failure.text)
        )
    above = failure.above(failure.span.start)
    return _as_it_is(failure) if above is None else _continuation(line, above, failure)


def _continuation(line: Line, above: Line, failure: YamlFailure) -> Explanation:
    """A line that YAML reads as the continuation of a value above it."""
    explanation = _no_key(above) or _tight_dash(above)
    if explanation is not None:
        return replace(explanation, other=(failure.span, "YAML reports the error here"))
    found, own = _KEY.match(above.content), _KEY.match(line.content)
    key = line.span if own is None else Span(line.start, line.start + own.end("key"))
    if found is None:
        return Explanation("this line is indented like a part of the value above it", key, (above.span, "the value"))
    name, value = found["key"], found["value"]
    message = f"indented below `{name}`, which already has the value `{shortened(value)}`"
    return Explanation(message, key, (above.span, f"`{name}` has a value here"), _aligned(line, above, failure))


def _is_among(line: Line, before: Line, failure: YamlFailure) -> bool:
    """Return whether a line repeats a key of the block that ends with another line of the same column."""
    column, own = failure.column(line), _KEY.match(line.content)
    current: Line | None = before
    while own is not None and current is not None and failure.column(current) >= column:
        found = _KEY.match(current.content)
        if failure.column(current) == column and found is not None and found["key"] == own["key"]:
            return True
        current = failure.above(current.start)
    return False


def _aligned(line: Line, above: Line, failure: YamlFailure) -> Repair | None:
    """Return the repair that indents one of two lines like the lines around it, if only that line is different."""
    before, below = failure.above(above.start), failure.below(line.start)
    if below is not None and failure.column(below) == failure.column(above):
        odd, like = line, above
    elif before is not None and failure.column(before) == failure.column(line):
        odd, like = above, line
        if _is_among(line, before, failure):
            return None
    else:
        return None
    edit, found = failure.indented(odd, like), _KEY.match(odd.content)
    name = f"`{found['key']}`" if found is not None else "it"
    return None if edit is None else Repair(f"Indent {name} like the lines around it", edit)


def _tight_dash(line: Line) -> Explanation | None:
    """A dash without a space after it, which is part of the key."""
    found = _TIGHT_DASH.match(line.content)
    if found is None:
        return None
    after = Span(line.start + 1, line.start + 1)
    repair = Repair("Insert a space after the dash", Edit(after, " "))
    return Explanation(f"missing space after the dash of `{found['key']}`", Span(line.start, after.end), None, repair)


def _no_key(line: Line) -> Explanation | None:
    """A line without a colon, or without a space after it."""
    tight = _TIGHT.match(line.content)
    if tight is not None and not _KEY.match(line.content):
        colon = line.start + tight.end("key")
        repair = Repair("Insert a space after the colon", Edit(Span(colon + 1, colon + 1), " "))
        message = f"missing space after the colon of `{tight['key']}`"
        return Explanation(message, Span(line.start, colon + 1), None, repair)
    assigned = ASSIGNMENT.fullmatch(line.content)
    if assigned is not None and not _KEY.match(line.content):
        # The value may be a secret, so the message does not repeat it.
        repair = Repair("Use a colon", Edit(line.span, f"{assigned['key']}: {assigned['value']}"))
        message = f"`{assigned['key']}` is set with `=`; write `{assigned['key']}: ...`"
        return Explanation(message, line.span, None, repair)
    missing = _NO_COLON.fullmatch(line.content)
    if missing is not None:
        end = line.start + missing.end("key")
        repair = Repair("Insert a colon after it", Edit(Span(end, end), ":"))
        return Explanation(f"missing colon after `{missing['key']}`", Span(line.start, end), None, repair)
    if ":" not in line.content and line.content[:1] not in "\"'[{":
        return Explanation(f"`{shortened(line.content)}` is neither `key: value` nor a list element", line.span)
    return None


def _no_colon(failure: YamlFailure) -> Explanation:
    line = failure.line(failure.begun.start)
    explanation = _outside_block(line, failure) or _no_key(line) or Explanation("a key without a colon", failure.begun)
    is_there = explanation.span.contains(failure.span.start)
    return replace(explanation, other=None if is_there else (failure.span, "YAML reports the error here"))


def _outside_block(line: Line, failure: YamlFailure) -> Explanation | None:
    """A line of a `|` or `>` block that is indented less than the others, and so ends the block."""
    above = text = failure.above(line.start)
    while above is not None and failure.column(above) > failure.column(line):
        above = failure.above(above.start)
    sign = None if above is None else _BLOCK_SIGN.search(above.content)
    if above is None or text is None or sign is None:
        return None
    edit = failure.indented(line, text)
    repair = None if edit is None else Repair("Indent it like the line above", edit)
    message = f"indented less than the text of the `{sign['sign']}` block above, so the block ends here"
    return Explanation(message, line.span, (Span(above.start, above.span.end), "the block"), repair)


def _flow_colon(failure: YamlFailure) -> Explanation:
    message = "missing space after the colon inside `{...}`; if the text is one value, put it in quotes"
    return Explanation(message, Span(failure.span.start, failure.span.start + 1))


# Quotes, brackets and blocks


def _end_of_stream(failure: YamlFailure) -> Explanation:
    return Explanation("this quote is never closed", Span(failure.begun.start, failure.begun.start + 1))


def _unclosed(failure: YamlFailure) -> Explanation:
    opening = failure.text[failure.begun.start : failure.begun.start + 1]
    closing = {"[": "]", "{": "}"}.get(opening, "")
    if failure.is_on_one_line and failure.at == ":":
        return Explanation("unexpected second `: ` in a value; put the value in quotes", failure.span)
    if failure.is_on_one_line or not closing:
        other = (failure.begun, "opened here") if closing else None
        return Explanation(f"expected a comma or the closing `{closing}`", failure.span, other)
    return Explanation(
        f"this `{opening}` is not closed by a `{closing}`", Span(failure.begun.start, failure.begun.start + 1)
    )


def _no_value(failure: YamlFailure) -> Explanation:
    if failure.at in ("]", "}"):
        return Explanation(f"unmatched closing `{failure.at}`", Span(failure.span.start, failure.span.start + 1))
    return _needs_quotes(failure, failure.span, failure.at)


def _key_expected(failure: YamlFailure) -> Explanation:
    last = failure.before()
    closing = "" if last is None else failure.text[last]
    if last is not None and closing in "\"'":
        return _after_quote(failure, last)
    if failure.at in ("]", "}"):
        return Explanation(f"unmatched closing `{failure.at}`", Span(failure.span.start, failure.span.start + 1))
    if closing and closing in "]}":
        return Explanation(
            f"unexpected text after the closing `{closing}`; put the whole value in quotes", failure.span
        )
    if failure.at == ":":
        return Explanation("missing key before this colon", failure.span)
    if failure.at == "-":
        message = "list element where a key is expected; indent it like the other elements"
        return Explanation(message, failure.span, (failure.begun, "the mapping begins here"))
    if failure.at == ",":
        return Explanation("unexpected comma outside `[...]` and `{...}`", failure.span)
    line, above = failure.line(failure.span.start), failure.above(failure.span.start)
    if above is not None and failure.column(above) < failure.column(line):
        return _continuation(line, above, failure)
    message = "the indentation of this line does not match any line above it"
    return Explanation(message, failure.span, (failure.begun, "the mapping begins here"))


def _after_quote(failure: YamlFailure, last: int) -> Explanation:
    quote = failure.text[last]
    opening = failure.text.rfind(quote, 0, last)
    if opening != -1 and "\n" in failure.text[opening:last]:
        closing = Span(last, last + 1)
        message = "this quote is closed only on a later line; its closing quote is missing"
        return Explanation(message, Span(opening, opening + 1), (closing, "closed here"))
    advice = "double it or put the value in double quotes" if quote == "'" else 'write it as `\\"`'
    return Explanation(
        f"unexpected text after the closing quote; if the quote is part of the text, {advice}", failure.span
    )


def _dash_expected(failure: YamlFailure) -> Explanation:
    message = "key where a list element is expected; indent it into an element, or align it with the key of the list"
    return Explanation(message, failure.span, (failure.begun, "the list"))


def _dash(failure: YamlFailure) -> Explanation:
    return Explanation(
        "a list cannot begin on the line of its key; put it on the next line",
        Span(failure.span.start, failure.span.start + 1),
    )


def _block_header(failure: YamlFailure) -> Explanation:
    sign = failure.text[failure.begun.start : failure.begun.start + 1]
    return Explanation(f"unexpected text after `{sign}`; the text of the block begins on the next line", failure.span)


def _document(failure: YamlFailure) -> Explanation:
    if failure.text.startswith("%"):
        return _as_it_is(failure)
    return Explanation("unexpected text after the end of the document; a file contains one document", failure.span)


_SYNTAX: dict[str, Callable[[YamlFailure], Explanation]] = {
    "found character that cannot start any token": _no_token,
    "found a tab character that violates indentation": _tab,
    "found a tab character where an indentation space is expected": _tab,
    "mapping values are not allowed in this context": _colon,
    "could not find expected ':'": _no_colon,
    "found unexpected ':'": _flow_colon,
    "found unexpected end of stream": _end_of_stream,
    "did not find expected ',' or ']'": _unclosed,
    "did not find expected ',' or '}'": _unclosed,
    "did not find expected node content": _no_value,
    "did not find expected alphabetic or numeric character": _not_a_name,
    "did not find expected key": _key_expected,
    "did not find expected '-' indicator": _dash_expected,
    "block sequence entries are not allowed in this context": _dash,
    "did not find expected comment or line break": _block_header,
    "did not find expected <document start>": _document,
    "found unknown escape character": _escape,
}


# What libyaml reads and OmegaConf's loader rejects


def _second_document(failure: YamlFailure) -> Explanation:
    return Explanation("`---` begins a second document; NeMo Gym accepts one document per file", failure.span)


def _undefined_alias(failure: YamlFailure) -> Explanation:
    name = failure.problem.detail
    return Explanation(
        f"undefined alias `*{name}`: there is no `&{name}` above it; if it is text, put it in quotes", failure.span
    )


def _recursive_alias(failure: YamlFailure) -> Explanation:
    name = failure.problem.detail
    return Explanation(f"recursive alias: `*{name}` is inside the value of `&{name}`", failure.span)


def _expansion(failure: YamlFailure) -> Explanation:
    return Explanation("too many aliases: they repeat more than 10,000 values up to here", failure.span)


def _unknown_tag(failure: YamlFailure) -> Explanation:
    tag = re.split(r"[\s{[]", failure.span.of(failure.text), maxsplit=1)[0]
    span = Span(failure.span.start, failure.span.start + len(tag))
    return Explanation(f"unknown tag `{tag}`; if it is text, put the value in quotes", span)


def _collection_as_key(failure: YamlFailure) -> Explanation:
    start, end = failure.span.start, failure.span.end
    if failure.text[start - 1 : start] == "{" == failure.at and failure.text[end : end + 1] == "}":
        value = Span(start - 1, end + 1)
        name = PLACEHOLDER.fullmatch(value.of(failure.text))
        if name is not None:
            # The value of a template language, which NeMo Gym would not fill in between quotes either.
            intended = f"${{{name['name']}}}"
            message = f"double braces are not filled in; to refer to a key, write `{intended}`"
            return Explanation(message, value, None, Repair(f"Change to `{intended}`", Edit(value, intended)))
        message = "double braces make a mapping whose key is a mapping; put the value in quotes"
        return Explanation(message, value, None, _quoted(value, failure.text))
    return Explanation("a list or a mapping cannot be a key; if it is text, put it in quotes", failure.span)


def _null_key(failure: YamlFailure) -> Explanation:
    return Explanation("this key is null; if it is a name, put it in quotes", failure.span)


def _bad_merge(failure: YamlFailure) -> Explanation:
    return Explanation("`<<` needs a mapping or a list of mappings, usually an alias such as `*common`", failure.span)


def _not_a_number(failure: YamlFailure) -> Explanation:
    return Explanation(
        f"`{failure.problem.detail}` looks like a number to YAML, but is not one; put it in quotes", failure.span
    )


def _not_a_value(failure: YamlFailure) -> Explanation:
    sign = failure.problem.detail
    return Explanation(f"`{sign}` alone has a special meaning in YAML; put it in quotes", failure.span)


def _stray_tab(failure: YamlFailure) -> Explanation:
    repair = Repair("Replace with a space", Edit(failure.span, " "))
    return Explanation(
        "unexpected tab outside quotes and comments; only spaces are allowed here", failure.span, None, repair
    )


def _too_deep(failure: YamlFailure) -> Explanation:
    return Explanation(
        f"more than {failure.problem.detail} levels of nesting, which NeMo Gym cannot load", failure.span
    )


def _duplicate_anchor(failure: YamlFailure) -> Explanation:
    return Explanation(f"duplicate anchor `&{failure.problem.detail}`", failure.span)


_OTHER_KINDS: dict[SyntaxProblemKind, Callable[[YamlFailure], Explanation]] = {
    SyntaxProblemKind.SECOND_DOCUMENT: _second_document,
    SyntaxProblemKind.UNDEFINED_ALIAS: _undefined_alias,
    SyntaxProblemKind.DUPLICATE_ANCHOR: _duplicate_anchor,
    SyntaxProblemKind.RECURSIVE_ALIAS: _recursive_alias,
    SyntaxProblemKind.EXPANSION: _expansion,
    SyntaxProblemKind.UNKNOWN_TAG: _unknown_tag,
    SyntaxProblemKind.COLLECTION_AS_KEY: _collection_as_key,
    SyntaxProblemKind.NULL_KEY: _null_key,
    SyntaxProblemKind.BAD_MERGE: _bad_merge,
    SyntaxProblemKind.NOT_A_NUMBER: _not_a_number,
    SyntaxProblemKind.NOT_A_VALUE: _not_a_value,
    SyntaxProblemKind.BLOCK_HEADER: _block_header,
    SyntaxProblemKind.TAB: _stray_tab,
    SyntaxProblemKind.TOO_DEEP: _too_deep,
}
