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
from gym_lsp.rules.files.yaml_places import Line, Place, Repair, Told
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
        return _OTHER_KINDS.get(problem.kind, _as_it_is)(Place(text, problem, LineIndex(text)))
    place = Place(text, problem, LineIndex(text))
    conflict = _conflict(place)
    if conflict is not None:
        return Told("a merge conflict that git left in the file", conflict)
    told = _disguised(place) or _foreign_comment(place)
    if told is not None:
        return told
    explain = _SYNTAX.get(problem.detail)
    if explain is None:
        explain = _control_character if problem.detail.startswith("unacceptable character") else _as_it_is
    return explain(place)


def _conflict(place: Place) -> Span | None:
    """The first mark of a conflict, or one that was left where YAML stumbles when the others were taken out."""
    whole = next((found for found in _CONFLICT.finditer(place.text) if found[0].startswith("<")), None)
    if whole is not None:
        return Span(*whole.span())
    near = (place.line(place.span.start), place.line(place.begun.start), place.above(place.span.start))
    return next((line.span for line in near if line is not None and _CONFLICT.fullmatch(line.content)), None)


def _as_it_is(place: Place) -> Told:
    return Told(f"not valid YAML: {place.problem.detail or place.problem.kind.value}", place.span)


# Characters


def _disguised(place: Place) -> Told | None:
    """A character that only looks like a blank or a colon, on the line where libyaml stumbled or on the one above."""
    for line in (place.line(place.span.start), place.above(place.span.start)):
        found = None if line is None else find_lookalike(line.content)
        if line is not None and found is not None:
            span = Span(line.start + found.span.start, line.start + found.span.end)
            message = f"what looks like {found.looks_like} here is the character U+{ord(place.text[span.start]):04X}"
            repair = Repair(f"Put {found.looks_like} in its place", Edit(span, found.meant))
            return Told(message, span, None, repair)
    return None


def _foreign_comment(place: Place) -> Told | None:
    """A comment as other languages begin it, on the line where libyaml stumbled or on the one above."""
    for line in (place.line(place.span.start), place.above(place.span.start)):
        if line is not None and line.content.startswith("//"):
            repair = Repair("Write it with `#`", Edit(Span(line.start, line.start + 2), "#"))
            return Told("`//` begins no comment in YAML, but `#` does", line.span, None, repair)
    return None


def _control_character(place: Place) -> Told:
    code = ord(place.at) if place.at else 0
    return Told(f"the character U+{code:04X} must not stand in YAML", place.span)


def _tab(place: Place) -> Told:
    end = place.span.start
    while place.text[end : end + 1] in ("\t", " "):
        end += 1
    return Told("a tab indents this line; YAML is indented with blanks only", Span(place.span.start, end))


def _no_token(place: Place) -> Told:
    if place.at == "\t":
        return _tab(place)
    return _needs_quotes(place, place.span, place.at)


def _needs_quotes(place: Place, span: Span, character: str) -> Told:
    line = place.line(span.start)
    end = line.span.end
    if _in_brackets(place.text, span.start):
        end = next((each.start() for each in _ELEMENT_END.finditer(place.text, span.start, end)), end)
    shown = "a backtick" if character == "`" else f"`{character}`"
    message = f"a value cannot begin with {shown}; put it in quotes"
    value = Span(span.start, end)
    return Told(message, value if value.end > value.start else span, None, _quoted(value, place.text))


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


def _not_a_name(place: Place) -> Told:
    """`*` or `&` without a name behind it: `*.yaml`, `**bold**`."""
    start = place.span.start
    while start > 0 and place.text[start - 1 : start] in ("*", "&") and start > place.begun.start:
        start -= 1
    start = min(start, place.begun.start)
    return _needs_quotes(place, Span(start, max(place.span.end, start + 1)), place.text[start])


def _escape(place: Place) -> Told:
    letter = place.text[place.span.start + 1 : place.span.start + 2]
    message = f"`\\{letter}` means nothing in double quotes; write `\\\\{letter}`, or use single quotes"
    return Told(message, Span(place.span.start, place.span.start + 2))


# Colons


def _colon(place: Place) -> Told:
    """A colon where no key can be: a second one in a value, or a line that hangs on the line above."""
    line = place.line(place.span.start)
    before = place.text[line.start : place.span.start]
    first = _KEY.match(line.content)
    if first is not None and line.start + first.end("key") < place.span.start:
        value = Span(line.start + first.start("value"), line.span.end)
        if _UNFINISHED.search(before):
            return Told("this `${...}` is not closed, and a value cannot end in a colon", value)
        if place.span.start == line.span.end - 1:
            repair = Repair("Take the colon away", Edit(Span(line.span.end - 1, line.span.end), ""))
            message = f"a colon behind the value of `{first['key']}`; if it is part of the value, put that in quotes"
            return Told(message, Span(line.span.end - 1, line.span.end), None, repair)
        message = "a second `: ` in one value; put the value in quotes"
        return Told(message, Span(place.span.start, place.span.start + 1), None, _quoted(value, place.text))
    above = place.above(place.span.start)
    return _as_it_is(place) if above is None else _hanging(line, above, place)


def _hanging(line: Line, above: Line, place: Place) -> Told:
    """A line that YAML takes for the continuation of a value above it."""
    told = _no_key(above) or _tight_dash(above)
    if told is not None:
        return replace(told, other=(place.span, "YAML stumbles here"))
    found, own = _KEY.match(above.content), _KEY.match(line.content)
    key = line.span if own is None else Span(line.start, line.start + own.end("key"))
    if found is None:
        return Told("this line is indented as if it belonged to the value above it", key, (above.span, "the value"))
    name, value = found["key"], found["value"]
    message = f"indented below `{name}`, which has the value `{shortened(value)}` already"
    return Told(message, key, (above.span, f"`{name}` has a value here"), _aligned(line, above, place))


def _aligned(line: Line, above: Line, place: Place) -> Repair | None:
    """Whichever of two lines is the only one around that is indented as it is, indented like the others."""
    before, below = place.above(above.start), place.below(line.start)
    if below is not None and place.column(below) == place.column(above):
        odd, like = line, above
    elif before is not None and place.column(before) == place.column(line):
        odd, like = above, line
    else:
        return None
    edit, found = place.indented(odd, like), _KEY.match(odd.content)
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


def _no_colon(place: Place) -> Told:
    line = place.line(place.begun.start)
    told = _fallen_out(line, place) or _no_key(line) or Told("a key without a colon", place.begun)
    return replace(told, other=None if told.span.contains(place.span.start) else (place.span, "YAML stumbles here"))


def _fallen_out(line: Line, place: Place) -> Told | None:
    """A line of a `|` or `>` block that is indented less than the others, and so ends the block."""
    above = text = place.above(line.start)
    while above is not None and place.column(above) > place.column(line):
        above = place.above(above.start)
    sign = None if above is None else _BLOCK_SIGN.search(above.content)
    if above is None or text is None or sign is None:
        return None
    edit = place.indented(line, text)
    repair = None if edit is None else Repair("Indent it like the line above", edit)
    message = f"indented less than the text of the `{sign['sign']}` block above it, which ends here"
    return Told(message, line.span, (Span(above.start, above.span.end), "the block"), repair)


def _flow_colon(place: Place) -> Told:
    message = "inside `{...}` a colon needs a blank behind it; put the text in quotes if it is one value"
    return Told(message, Span(place.span.start, place.span.start + 1))


# Quotes, brackets and blocks


def _end_of_stream(place: Place) -> Told:
    return Told("this quote is never closed", Span(place.begun.start, place.begun.start + 1))


def _unclosed(place: Place) -> Told:
    opening = place.text[place.begun.start : place.begun.start + 1]
    closing = {"[": "]", "{": "}"}.get(opening, "")
    if place.is_on_one_line and place.at == ":":
        return Told("a second `: ` in one value; put the value in quotes", place.span)
    if place.is_on_one_line or not closing:
        other = (place.begun, "the bracket that is open") if closing else None
        return Told(f"a comma or the closing `{closing}` is expected here", place.span, other)
    return Told(f"this `{opening}` is not closed by a `{closing}`", Span(place.begun.start, place.begun.start + 1))


def _no_value(place: Place) -> Told:
    if place.at in ("]", "}"):
        return Told(f"this `{place.at}` closes nothing", Span(place.span.start, place.span.start + 1))
    return _needs_quotes(place, place.span, place.at)


def _key_expected(place: Place) -> Told:
    last = place.before()
    closing = "" if last is None else place.text[last]
    if last is not None and closing in "\"'":
        return _behind_quote(place, last)
    if place.at in ("]", "}"):
        return Told(f"this `{place.at}` closes nothing", Span(place.span.start, place.span.start + 1))
    if closing and closing in "]}":
        return Told(f"nothing can follow the closing `{closing}`; put the whole value in quotes", place.span)
    if place.at == ":":
        return Told("a key is missing before this colon", place.span)
    if place.at == "-":
        message = "a list element where a key is expected; indent it as the other elements are"
        return Told(message, place.span, (place.begun, "the keys of this mapping go on there"))
    if place.at == ",":
        return Told("a comma has no place outside `[...]` and `{...}`", place.span)
    line, above = place.line(place.span.start), place.above(place.span.start)
    if above is not None and place.column(above) < place.column(line):
        return _hanging(line, above, place)
    return Told("this line is indented like nothing above it", place.span, (place.begun, "this mapping is still open"))


def _behind_quote(place: Place, last: int) -> Told:
    quote = place.text[last]
    opening = place.text.rfind(quote, 0, last)
    if opening != -1 and "\n" in place.text[opening:last]:
        closing = Span(last, last + 1)
        message = "this quote closes only lines below; the one that belongs to it is missing"
        return Told(message, Span(opening, opening + 1), (closing, "it closes here"))
    advice = "double it, or use double quotes around the value" if quote == "'" else 'write it as `\\"`'
    return Told(f"nothing can follow the closing quote; if it is part of the text, {advice}", place.span)


def _dash_expected(place: Place) -> Told:
    message = "a key where the list above goes on; indent it into an element, or put it beside the list's own key"
    return Told(message, place.span, (place.begun, "the list"))


def _dash(place: Place) -> Told:
    return Told("a list begins on a line of its own, below its key", Span(place.span.start, place.span.start + 1))


def _block_header(place: Place) -> Told:
    sign = place.text[place.begun.start : place.begun.start + 1]
    return Told(f"the text of a `{sign}` block begins on the next line", place.span)


def _document(place: Place) -> Told:
    if place.text.startswith("%"):
        return _as_it_is(place)
    return Told("a file holds one document, and nothing may follow its end", place.span)


_SYNTAX: dict[str, Callable[[Place], Told]] = {
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


def _second_document(place: Place) -> Told:
    return Told("`---` begins a second document; NeMo Gym takes one for each file", place.span)


def _undefined_alias(place: Place) -> Told:
    name = place.problem.detail
    return Told(f"`*{name}` is an alias, but no `&{name}` stands above it; if it is text, quote it", place.span)


def _recursive_alias(place: Place) -> Told:
    name = place.problem.detail
    return Told(f"`*{name}` stands inside what `&{name}` names, and would contain itself", place.span)


def _expansion(place: Place) -> Told:
    return Told("the aliases up to here repeat more than 10,000 values", place.span)


def _unknown_tag(place: Place) -> Told:
    tag = re.split(r"[\s{[]", place.span.of(place.text), maxsplit=1)[0]
    span = Span(place.span.start, place.span.start + len(tag))
    return Told(f"there is no tag `{tag}` to NeMo Gym; if it is text, put the value in quotes", span)


def _collection_as_key(place: Place) -> Told:
    start, end = place.span.start, place.span.end
    if place.text[start - 1 : start] == "{" == place.at and place.text[end : end + 1] == "}":
        value = Span(start - 1, end + 1)
        message = "double braces make a mapping whose key is a mapping; put the value in quotes"
        return Told(message, value, None, _quoted(value, place.text))
    return Told("a list or a mapping cannot be a key; if it is text, put it in quotes", place.span)


def _null_key(place: Place) -> Told:
    return Told("a key is null; if it is meant as a name, put it in quotes", place.span)


def _bad_merge(place: Place) -> Told:
    return Told("`<<` takes a mapping or a list of mappings, usually an alias such as `*common`", place.span)


def _not_a_number(place: Place) -> Told:
    return Told(f"`{place.problem.detail}` looks like a number to YAML, and it is none; put it in quotes", place.span)


def _not_a_value(place: Place) -> Told:
    sign = place.problem.detail
    return Told(f"`{sign}` alone has a meaning of its own in YAML; put it in quotes", place.span)


def _stray_tab(place: Place) -> Told:
    repair = Repair("Put a blank in its place", Edit(place.span, " "))
    return Told("a tab outside of quotes and comments; only blanks can stand here", place.span, None, repair)


def _too_deep(place: Place) -> Told:
    return Told(f"nested more than {place.problem.detail} levels deep, which NeMo Gym cannot load", place.span)


def _duplicate_anchor(place: Place) -> Told:
    return Told(f"the anchor `&{place.problem.detail}` is set twice", place.span)


_OTHER_KINDS: dict[SyntaxProblemKind, Callable[[Place], Told]] = {
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
