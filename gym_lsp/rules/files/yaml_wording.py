"""What libyaml stumbles over, in words for the person who wrote the text.

libyaml tells what it expected; a person wants to know which of the few usual slips it was, and where. Its rarer
messages are shown as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from gym_lsp.rules.engine.rule import shortened
from gym_lsp.rules.files.lookalikes import find_lookalike
from gym_lsp.rules.files.yaml_failure import Line, Repair, Told, YamlFailure
from gym_lsp.syntax import SyntaxProblem, SyntaxProblemKind
from gym_lsp.text import Edit, LineIndex, Span

_KEY = re.compile(r"(?P<key>[^\s:#][^:#\n]*?)[ \t]*:(?=[ \t]|$)[ \t]*(?P<value>[^#\n]*?)[ \t]*(?:[ \t]#.*)?$")
_TIGHT = re.compile(r"(?P<key>[\w.-]+):(?P<value>\S.*)")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?:[ \t].*)?$", re.MULTILINE)
_ASSIGNMENT = re.compile(r"(?:export[ \t]+)?(?P<key>[\w.-]+)[ \t]*=[ \t]*(?P<value>[^\s=].*)")
_NO_COLON = re.compile(r"(?P<key>\w*_\w*)(?:[ \t]+(?P<value>[^\s:=][^:]*))?")
_TIGHT_DASH = re.compile(r"-(?P<key>[A-Za-z_][\w.-]*):(?=[ \t]|$)")
_BLOCK_SIGN = re.compile(r"(?:^|[:\-][ \t]+)(?P<sign>[|>])[-+0-9]*(?:[ \t]+#.*)?$")
_ELEMENT_END = re.compile(r"[ \t]*[,\]}]")
_UNFINISHED = re.compile(r"\$\{[^}]*$")


def in_words(problem: SyntaxProblem, text: str) -> Told:
    """Say what is wrong with a text, and where a person would look for it."""
    if problem.kind is not SyntaxProblemKind.SYNTAX:
        return _OTHER_KINDS.get(problem.kind, _as_it_is)(YamlFailure(text, problem, LineIndex(text)))
    failure = YamlFailure(text, problem, LineIndex(text))
    conflict = _conflict(failure)
    if conflict is not None:
        return Told("a merge conflict that git left in the file", conflict)
    told = _disguised(failure) or _foreign_comment(failure)
    if told is not None:
        return told
    explain = _SYNTAX.get(problem.detail)
    if explain is None:
        explain = _control_character if problem.detail.startswith("unacceptable character") else _as_it_is
    return explain(failure)


def _conflict(failure: YamlFailure) -> Span | None:
    """The first mark of a conflict, or one that was left where YAML stumbles when the others were taken out."""
    whole = next((found for found in _CONFLICT.finditer(failure.text) if found[0].startswith("<")), None)
    if whole is not None:
        return Span(*whole.span())
    near = (failure.line(failure.span.start), failure.line(failure.begun.start), failure.above(failure.span.start))
    return next((line.span for line in near if line is not None and _CONFLICT.fullmatch(line.content)), None)


def _as_it_is(failure: YamlFailure) -> Told:
    return Told(f"not valid YAML: {failure.problem.detail or failure.problem.kind.value}", failure.span)


# Characters


def _disguised(failure: YamlFailure) -> Told | None:
    """A character that only looks like a blank or a colon, on the line where libyaml stumbled or on the one above."""
    for line in (failure.line(failure.span.start), failure.above(failure.span.start)):
        found = None if line is None else find_lookalike(line.content)
        if line is not None and found is not None:
            span = Span(line.start + found.span.start, line.start + found.span.end)
            message = f"what looks like {found.looks_like} here is the character U+{ord(failure.text[span.start]):04X}"
            repair = Repair(f"Put {found.looks_like} in its place", Edit(span, found.meant))
            return Told(message, span, None, repair)
    return None


def _foreign_comment(failure: YamlFailure) -> Told | None:
    """A comment as other languages begin it, on the line where libyaml stumbled or on the one above."""
    for line in (failure.line(failure.span.start), failure.above(failure.span.start)):
        if line is not None and line.content.startswith("//"):
            repair = Repair("Write it with `#`", Edit(Span(line.start, line.start + 2), "#"))
            return Told("`//` begins no comment in YAML, but `#` does", line.span, None, repair)
    return None


def _control_character(failure: YamlFailure) -> Told:
    code = ord(failure.at) if failure.at else 0
    return Told(f"the character U+{code:04X} must not stand in YAML", failure.span)


def _tab(failure: YamlFailure) -> Told:
    end = failure.span.start
    while failure.text[end : end + 1] in ("\t", " "):
        end += 1
    return Told("a tab indents this line; YAML is indented with blanks only", Span(failure.span.start, end))


def _no_token(failure: YamlFailure) -> Told:
    if failure.at == "\t":
        return _tab(failure)
    return _needs_quotes(failure, failure.span, failure.at)


def _needs_quotes(failure: YamlFailure, span: Span, character: str) -> Told:
    line = failure.line(span.start)
    end = line.span.end
    if _in_brackets(failure.text, span.start):
        end = next((each.start() for each in _ELEMENT_END.finditer(failure.text, span.start, end)), end)
    shown = "a backtick" if character == "`" else f"`{character}`"
    message = f"a value cannot begin with {shown}; put it in quotes"
    value = Span(span.start, end)
    return Told(message, value if value.end > value.start else span, None, _quoted(value, failure.text))


def _quoted(value: Span, text: str) -> Repair | None:
    """The value in quotes; None where a comment or brackets around it make it unclear how far it goes."""
    written = value.of(text)
    if "#" in written or not written or (_in_brackets(text, value.start) and _ELEMENT_END.search(written)):
        return None
    escaped = written.replace("\\", "\\\\").replace('"', '\\"')
    return Repair("Put the value in quotes", Edit(value, f'"{escaped}"'))


def _in_brackets(text: str, offset: int) -> bool:
    """Whether a bracket stands before an offset on its line."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return "[" in before or "{" in before


def _not_a_name(failure: YamlFailure) -> Told:
    """`*` or `&` without a name behind it: `*.yaml`, `**bold**`."""
    start = failure.span.start
    while start > 0 and failure.text[start - 1 : start] in ("*", "&") and start > failure.begun.start:
        start -= 1
    start = min(start, failure.begun.start)
    return _needs_quotes(failure, Span(start, max(failure.span.end, start + 1)), failure.text[start])


def _escape(failure: YamlFailure) -> Told:
    letter = failure.text[failure.span.start + 1 : failure.span.start + 2]
    message = f"`\\{letter}` means nothing in double quotes; write `\\\\{letter}`, or use single quotes"
    return Told(message, Span(failure.span.start, failure.span.start + 2))


# Colons


def _colon(failure: YamlFailure) -> Told:
    """A colon where no key can be: a second one in a value, or a line that hangs on the line above."""
    line = failure.line(failure.span.start)
    before = failure.text[line.start : failure.span.start]
    first = _KEY.match(line.content)
    if first is not None and line.start + first.end("key") < failure.span.start:
        value = Span(line.start + first.start("value"), line.span.end)
        if _UNFINISHED.search(before):
            return Told("this `${...}` is not closed, and a value cannot end in a colon", value)
        if failure.span.start == line.span.end - 1:
            repair = Repair("Take the colon away", Edit(Span(line.span.end - 1, line.span.end), ""))
            message = f"a colon behind the value of `{first['key']}`; if it is part of the value, put that in quotes"
            return Told(message, Span(line.span.end - 1, line.span.end), None, repair)
        message = "a second `: ` in one value; put the value in quotes"
        return Told(message, Span(failure.span.start, failure.span.start + 1), None, _quoted(value, failure.text))
    above = failure.above(failure.span.start)
    return _as_it_is(failure) if above is None else _hanging(line, above, failure)


def _hanging(line: Line, above: Line, failure: YamlFailure) -> Told:
    """A line that YAML takes for the continuation of a value above it."""
    told = _no_key(above) or _tight_dash(above)
    if told is not None:
        return replace(told, other=(failure.span, "YAML stumbles here"))
    found, own = _KEY.match(above.content), _KEY.match(line.content)
    key = line.span if own is None else Span(line.start, line.start + own.end("key"))
    if found is None:
        return Told("this line is indented as if it belonged to the value above it", key, (above.span, "the value"))
    name, value = found["key"], found["value"]
    message = f"indented below `{name}`, which has the value `{shortened(value)}` already"
    return Told(message, key, (above.span, f"`{name}` has a value here"), _aligned(line, above, failure))


def _aligned(line: Line, above: Line, failure: YamlFailure) -> Repair | None:
    """Whichever of two lines is the only one around that is indented as it is, indented like the others."""
    before, below = failure.above(above.start), failure.below(line.start)
    if below is not None and failure.column(below) == failure.column(above):
        odd, like = line, above
    elif before is not None and failure.column(before) == failure.column(line):
        odd, like = above, line
    else:
        return None
    edit, found = failure.indented(odd, like), _KEY.match(odd.content)
    name = f"`{found['key']}`" if found is not None else "it"
    return None if edit is None else Repair(f"Indent {name} like the lines around it", edit)


def _tight_dash(line: Line) -> Told | None:
    """A dash without a blank behind it, which is part of the key."""
    found = _TIGHT_DASH.match(line.content)
    if found is None:
        return None
    behind = Span(line.start + 1, line.start + 1)
    repair = Repair("Put a blank behind the dash", Edit(behind, " "))
    return Told(f"a blank is missing behind the dash of `{found['key']}`", Span(line.start, behind.end), None, repair)


def _no_key(line: Line) -> Told | None:
    """A line without a colon, or without a blank behind it."""
    tight = _TIGHT.match(line.content)
    if tight is not None and not _KEY.match(line.content):
        colon = line.start + tight.end("key")
        repair = Repair("Put a blank behind the colon", Edit(Span(colon + 1, colon + 1), " "))
        message = f"a blank is missing behind the colon of `{tight['key']}`"
        return Told(message, Span(line.start, colon + 1), None, repair)
    assigned = _ASSIGNMENT.fullmatch(line.content)
    if assigned is not None and not _KEY.match(line.content):
        # The value may be a secret, so the message does not repeat it.
        repair = Repair("Write it with a colon", Edit(line.span, f"{assigned['key']}: {assigned['value']}"))
        return Told(
            f"`{assigned['key']}` is set with `=`; YAML wants `{assigned['key']}: ...`", line.span, None, repair
        )
    missing = _NO_COLON.fullmatch(line.content)
    if missing is not None:
        end = line.start + missing.end("key")
        repair = Repair("Put a colon behind it", Edit(Span(end, end), ":"))
        return Told(f"a colon is missing behind `{missing['key']}`", Span(line.start, end), None, repair)
    if ":" not in line.content and line.content[:1] not in "\"'[{":
        return Told(f"`{shortened(line.content)}` is neither `key: value` nor an element of a list", line.span)
    return None


def _no_colon(failure: YamlFailure) -> Told:
    line = failure.line(failure.begun.start)
    told = _fallen_out(line, failure) or _no_key(line) or Told("a key without a colon", failure.begun)
    return replace(told, other=None if told.span.contains(failure.span.start) else (failure.span, "YAML stumbles here"))


def _fallen_out(line: Line, failure: YamlFailure) -> Told | None:
    """A line of a `|` or `>` block that is indented less than the others, and so ends the block."""
    above = text = failure.above(line.start)
    while above is not None and failure.column(above) > failure.column(line):
        above = failure.above(above.start)
    sign = None if above is None else _BLOCK_SIGN.search(above.content)
    if above is None or text is None or sign is None:
        return None
    edit = failure.indented(line, text)
    repair = None if edit is None else Repair("Indent it like the line above", edit)
    message = f"indented less than the text of the `{sign['sign']}` block above it, which ends here"
    return Told(message, line.span, (Span(above.start, above.span.end), "the block"), repair)


def _flow_colon(failure: YamlFailure) -> Told:
    message = "inside `{...}` a colon needs a blank behind it; put the text in quotes if it is one value"
    return Told(message, Span(failure.span.start, failure.span.start + 1))


# Quotes, brackets and blocks


def _end_of_stream(failure: YamlFailure) -> Told:
    return Told("this quote is never closed", Span(failure.begun.start, failure.begun.start + 1))


def _unclosed(failure: YamlFailure) -> Told:
    opening = failure.text[failure.begun.start : failure.begun.start + 1]
    closing = {"[": "]", "{": "}"}.get(opening, "")
    if failure.is_on_one_line and failure.at == ":":
        return Told("a second `: ` in one value; put the value in quotes", failure.span)
    if failure.is_on_one_line or not closing:
        other = (failure.begun, "the bracket that is open") if closing else None
        return Told(f"a comma or the closing `{closing}` is expected here", failure.span, other)
    return Told(f"this `{opening}` is not closed by a `{closing}`", Span(failure.begun.start, failure.begun.start + 1))


def _no_value(failure: YamlFailure) -> Told:
    if failure.at in ("]", "}"):
        return Told(f"this `{failure.at}` closes nothing", Span(failure.span.start, failure.span.start + 1))
    return _needs_quotes(failure, failure.span, failure.at)


def _key_expected(failure: YamlFailure) -> Told:
    last = failure.before()
    closing = "" if last is None else failure.text[last]
    if last is not None and closing in "\"'":
        return _behind_quote(failure, last)
    if failure.at in ("]", "}"):
        return Told(f"this `{failure.at}` closes nothing", Span(failure.span.start, failure.span.start + 1))
    if closing and closing in "]}":
        return Told(f"nothing can follow the closing `{closing}`; put the whole value in quotes", failure.span)
    if failure.at == ":":
        return Told("a key is missing before this colon", failure.span)
    if failure.at == "-":
        message = "a list element where a key is expected; indent it as the other elements are"
        return Told(message, failure.span, (failure.begun, "the keys of this mapping go on there"))
    if failure.at == ",":
        return Told("a comma has no place outside `[...]` and `{...}`", failure.span)
    line, above = failure.line(failure.span.start), failure.above(failure.span.start)
    if above is not None and failure.column(above) < failure.column(line):
        return _hanging(line, above, failure)
    return Told(
        "this line is indented like nothing above it", failure.span, (failure.begun, "this mapping is still open")
    )


def _behind_quote(failure: YamlFailure, last: int) -> Told:
    quote = failure.text[last]
    opening = failure.text.rfind(quote, 0, last)
    if opening != -1 and "\n" in failure.text[opening:last]:
        closing = Span(last, last + 1)
        message = "this quote closes only lines below; the one that belongs to it is missing"
        return Told(message, Span(opening, opening + 1), (closing, "it closes here"))
    advice = "double it, or use double quotes around the value" if quote == "'" else 'write it as `\\"`'
    return Told(f"nothing can follow the closing quote; if it is part of the text, {advice}", failure.span)


def _dash_expected(failure: YamlFailure) -> Told:
    message = "a key where the list above goes on; indent it into an element, or put it beside the list's own key"
    return Told(message, failure.span, (failure.begun, "the list"))


def _dash(failure: YamlFailure) -> Told:
    return Told("a list begins on a line of its own, below its key", Span(failure.span.start, failure.span.start + 1))


def _block_header(failure: YamlFailure) -> Told:
    sign = failure.text[failure.begun.start : failure.begun.start + 1]
    return Told(f"the text of a `{sign}` block begins on the next line", failure.span)


def _document(failure: YamlFailure) -> Told:
    if failure.text.startswith("%"):
        return _as_it_is(failure)
    return Told("a file holds one document, and nothing may follow its end", failure.span)


_SYNTAX: dict[str, Callable[[YamlFailure], Told]] = {
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


# What libyaml reads and OmegaConf's loader refuses


def _second_document(failure: YamlFailure) -> Told:
    return Told("`---` begins a second document; NeMo Gym takes one for each file", failure.span)


def _undefined_alias(failure: YamlFailure) -> Told:
    name = failure.problem.detail
    return Told(f"`*{name}` is an alias, but no `&{name}` stands above it; if it is text, quote it", failure.span)


def _recursive_alias(failure: YamlFailure) -> Told:
    name = failure.problem.detail
    return Told(f"`*{name}` stands inside what `&{name}` names, and would contain itself", failure.span)


def _expansion(failure: YamlFailure) -> Told:
    return Told("the aliases up to here repeat more than 10,000 values", failure.span)


def _unknown_tag(failure: YamlFailure) -> Told:
    tag = re.split(r"[\s{[]", failure.span.of(failure.text), maxsplit=1)[0]
    span = Span(failure.span.start, failure.span.start + len(tag))
    return Told(f"there is no tag `{tag}` to NeMo Gym; if it is text, put the value in quotes", span)


def _collection_as_key(failure: YamlFailure) -> Told:
    start, end = failure.span.start, failure.span.end
    if failure.text[start - 1 : start] == "{" == failure.at and failure.text[end : end + 1] == "}":
        value = Span(start - 1, end + 1)
        message = "double braces make a mapping whose key is a mapping; put the value in quotes"
        return Told(message, value, None, _quoted(value, failure.text))
    return Told("a list or a mapping cannot be a key; if it is text, put it in quotes", failure.span)


def _null_key(failure: YamlFailure) -> Told:
    return Told("a key is null; if it is meant as a name, put it in quotes", failure.span)


def _bad_merge(failure: YamlFailure) -> Told:
    return Told("`<<` takes a mapping or a list of mappings, usually an alias such as `*common`", failure.span)


def _not_a_number(failure: YamlFailure) -> Told:
    return Told(
        f"`{failure.problem.detail}` looks like a number to YAML, and it is none; put it in quotes", failure.span
    )


def _not_a_value(failure: YamlFailure) -> Told:
    sign = failure.problem.detail
    return Told(f"`{sign}` alone has a meaning of its own in YAML; put it in quotes", failure.span)


def _stray_tab(failure: YamlFailure) -> Told:
    repair = Repair("Put a blank in its place", Edit(failure.span, " "))
    return Told("a tab outside of quotes and comments; only blanks can stand here", failure.span, None, repair)


def _too_deep(failure: YamlFailure) -> Told:
    return Told(f"nested more than {failure.problem.detail} levels deep, which NeMo Gym cannot load", failure.span)


def _duplicate_anchor(failure: YamlFailure) -> Told:
    return Told(f"the anchor `&{failure.problem.detail}` is set twice", failure.span)


_OTHER_KINDS: dict[SyntaxProblemKind, Callable[[YamlFailure], Told]] = {
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
