"""OmegaConf is the reference for its own grammar: for each text here, both parsers must have the same result."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf.errors import GrammarParseError, InterpolationKeyError, InterpolationResolutionError
from omegaconf.grammar_parser import parse as omegaconf_parse
from omegaconf.grammar_visitor import GrammarVisitor

from gym_lsp.syntax import Scalar
from gym_lsp.syntax import parse as parse_document
from gym_lsp.syntax import walk as walk_document
from gym_lsp.syntax.interpolation import (
    Call,
    GrammarError,
    Primitive,
    Reference,
    Step,
    Template,
    UnusableKey,
    evaluate,
    fails_on_load,
    parse_template,
    split_key,
    value_kind,
    walk,
)
from gym_lsp.syntax.interpolation.parser import DEEPEST
from gym_lsp.text import Span
from tests.corpus import Corpus

# OmegaConf 2.4 lets a backslash escape the dots and brackets of a key, and the `???` of a text.
NEWER = tuple(int(part) for part in version("omegaconf").split(".")[:2]) >= (2, 4)

pytestmark = pytest.mark.filterwarnings("ignore:In the sequence")

# One text in each line, as it is; the blank lines are there for the reader.
TEXTS = [line for line in (Path(__file__).parent / "interpolations.txt").read_text("utf-8").splitlines() if line]

# What a line cannot hold.
LINE_BREAKS = [
    "${\na}",
    "${a\n}",
    "${a\nb}",
    "${f:\na}",
    "${f:a\n}",
    "${f:a,\n b}",
    "${f:'a\nb'}",
    "a\n${b}\n",
    "${f:\r}",
]
ODDITIES = [
    "${\x0ba}",
    "${\x00}",
    "${f:\x00}",
    "\u2028${a}\x85",
    "${f:'\x00'}",
    "${\ud800}",
    "${f:a\u00a0b}",
    "${\u00a0a}",
]
ESCAPED_KEYS = [
    r"${a\.b}",
    r"${\[a\]}",
    r"${a\\b}",
    r"${a[b\]c]}",
    r"${a\:b}",
    r"${a\=b}",
    r"${a\.b:x}",
    r"${x.${a\.b}}",
]
EVERYTHING = [*TEXTS, *LINE_BREAKS, *ODDITIES, *ESCAPED_KEYS]


class Finding(NamedTuple):
    """The result for a text: whether it parses, its value, and the references and calls that were evaluated."""

    verdict: str
    value: object = None
    asked: tuple[object, ...] = ()


def answer(key: str) -> object:
    """The value of a reference: some of many kinds, the same for the same key; none is an int, see UnusableKey."""
    answers: list[object] = ["x.y", 0.5, None, [1, "x", True], "plain", "a[b]", "..up", ""]
    return answers[sum(map(ord, key)) % len(answers)]


def omegaconf_finds(text: str) -> Finding:
    asked: list[object] = []

    def reference(key: Any, memo: set[int] | None) -> Any:
        spelled = cast("str", key.raw if NEWER else key)
        asked.append(spelled)
        return answer(spelled)

    def call(name: str, args: tuple[object, ...], args_str: tuple[str, ...]) -> object:
        asked.append((name, args, args_str))
        return [name, *args]

    try:
        tree = omegaconf_parse(text)
    except GrammarParseError:
        return Finding("error")
    visitor: Any = GrammarVisitor(reference, call, None)
    try:
        return Finding("value", visitor.visit(tree), tuple(asked))
    except InterpolationResolutionError:
        return Finding("unusable key", asked=tuple(asked))


def we_find(text: str) -> Finding:
    asked: list[object] = []

    def reference(found: Reference) -> object:
        asked.append(found.key)
        return answer(found.key)

    def call(found: Call, args: tuple[object, ...]) -> object:
        asked.append((found.name, args, tuple(argument.raw for argument in found.args)))
        return [found.name, *args]

    template = parse_template(text)
    if errors(template):
        return Finding("error")
    try:
        return Finding("value", evaluate(template, reference, call), tuple(asked))
    except UnusableKey:
        return Finding("unusable key", asked=tuple(asked))


def errors(template: Template) -> list[GrammarError]:
    """The errors that the installed OmegaConf sees as well."""
    return [problem.error for problem in template.errors if not (NEWER and problem.error is GrammarError.ESCAPED_KEY)]


def assert_as_omegaconf(text: str) -> None:
    # Compared as text, in which 1 and True differ and NaN equals NaN.
    assert repr(we_find(text)) == repr(omegaconf_finds(text))


@pytest.mark.parametrize("text", EVERYTHING)
def test_as_omegaconf(text: str) -> None:
    if "${" in text:
        assert_as_omegaconf(text)
    else:
        assert value_kind(text) == "literal"


@pytest.mark.parametrize("text", EVERYTHING)
def test_is_noticed_on_load_where_omegaconf_notices_it(text: str) -> None:
    try:
        OmegaConf.create({"key": text})
        noticed = False
    except GrammarParseError:
        noticed = True
    template = parse_template(text)
    assert (bool(errors(template)) and fails_on_load(template)) == noticed


def test_some_errors_are_noticed_late() -> None:
    late = [text for text in EVERYTHING if (tree := parse_template(text)).errors and not fails_on_load(tree)]
    assert late == ["${:a}", "${ : a}", "${:-a}", "${f:\na}", "${f:a\n}", "${f:a,\n b}"]


@pytest.mark.parametrize("text", [*EVERYTHING, "", "???", "????", "???${a}", "a", "$a", "{a}", "\\"])
def test_kinds(text: str) -> None:
    try:
        config = OmegaConf.create({"key": text})
    except GrammarParseError:
        expected = "interpolation"
    else:
        interpolation, missing = OmegaConf.is_interpolation(config, "key"), OmegaConf.is_missing(config, "key")
        expected = "interpolation" if interpolation else "missing" if missing else "literal"
    assert value_kind(text) == expected


# Texts that are mostly wrong, of the pieces that mean something.
WORDS = "a f oc.env x-y _ 0 1 12 1_0 1.5 .5 1e3 true null nan"
PIECES = ["${", "\\\\", *"}:,[]{'\"\\$.-+?/|=(é \t\n", *WORDS.split()]
soup = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)

# Texts that are mostly right, of the grammar's rules.
blanks = st.sampled_from(["", "", "", " ", "\t "])
words = st.sampled_from(
    ["a", "1", "-2", "1.5", "NULL", "true", "a b", "x:80/y", r"\,", r"\\", r"a\:b", "$x", "%", "", "é"]
)


def between(opening: str, content: st.SearchStrategy[str], closing: str) -> st.SearchStrategy[str]:
    return st.tuples(st.just(opening), blanks, content, blanks, st.just(closing)).map("".join)


def commas(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    comma = st.tuples(blanks, st.just(","), blanks).map("".join)
    return st.tuples(st.lists(content, max_size=3), comma).map(lambda pair: pair[1].join(pair[0]))


def larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The rules of the grammar, with `smaller` wherever a rule holds another interpolation or value."""
    keys = st.sampled_from(["a", "b", "0", "a$", "é", "a/b", r"\.c", "x-y"]) | between("${", smaller, "}")
    steps = keys.map(".{}".format) | keys.map("[{}]".format)
    path = st.tuples(st.sampled_from(["", ".", ".."]), keys | keys.map("[{}]".format), st.lists(steps, max_size=2))
    reference = between("${", path.map(lambda parts: parts[0] + parts[1] + "".join(parts[2])), "}")
    name = st.sampled_from(["f", "oc.env", "a.b", "x-y"]) | reference
    call = between("${", st.tuples(name, blanks, st.just(":"), blanks, commas(smaller)).map("".join), "}")
    pieces = st.sampled_from(["a", " ", "\\", "\\\\", r"\'", r"\"", "$", "}", r"\${b}", ","])
    quoted = st.tuples(st.sampled_from("'\""), st.lists(pieces | reference | call, max_size=4)).map(
        lambda parts: parts[0] + "".join(parts[1]) + parts[0]
    )
    entry = st.tuples(words, blanks, st.just(":"), blanks, smaller).map("".join)
    joined = st.lists(words | reference | call, max_size=3).map("".join)
    return reference | call | quoted | joined | between("[", commas(smaller), "]") | between("{", commas(entry), "}")


values = st.recursive(words, larger, max_leaves=8)
sentences = st.lists(between("${f:", values, "}") | values | st.sampled_from(["\\", "$", "x"]), max_size=3).map("".join)


@st.composite
def slips(draw: st.DrawFn) -> str:
    """A right text with one piece too many or one character too few."""
    text = draw(sentences)
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(["", *PIECES])) + text[at + draw(st.integers(0, 1)) :]


any_text = soup | sentences | slips()


@given(any_text)
@example(r"\${a}")
def test_as_omegaconf_for_any_text(text: str) -> None:
    assume("${" in text)
    assume(not (NEWER and "\\???" in text))
    assert_as_omegaconf(text)


@given(any_text)
def test_noticed_on_load_for_any_text(text: str) -> None:
    test_is_noticed_on_load_where_omegaconf_notices_it(text)


@given(any_text | st.text())
def test_the_parts_are_the_text(text: str) -> None:
    template = parse_template(text)
    ends = [Span(0, 0), *(part.span for part in template.parts), Span(len(text), len(text))]
    assert all(before.end == after.start for before, after in pairwise(ends))
    for part in walk(template):
        assert part.span.of(text).startswith("${")
        assert not part.closed or part.span.of(text).endswith("}")
        for inner in inner_spans(part):
            assert part.span.covers(inner)
    for problem in template.errors:
        assert Span(0, len(text)).covers(problem.span)
    assert list(template.errors) == sorted(template.errors, key=lambda problem: problem.span)


def inner_spans(interpolation: Reference | Call) -> Iterator[Span]:
    if isinstance(interpolation, Reference):
        yield interpolation.key_span
        yield from (step.span for step in interpolation.steps)
        return
    yield interpolation.name_span
    yield from (part.span for part in interpolation.parts)
    for argument in interpolation.args:
        assert argument.span.start >= interpolation.name_span.end
        yield argument.span


@given(st.one_of(any_text, any_text.map(lambda text: f"{text}${{")))
def test_the_value_of_an_erroneous_text_is_not_guessed(text: str) -> None:
    template = parse_template(text)
    assume(any(problem.error is not GrammarError.ESCAPED_KEY for problem in template.errors))
    with pytest.raises(ValueError, match="cannot parse"):
        evaluate(template, answer_nothing, answer_nothing)


def answer_nothing(*asked: object) -> object:
    raise AssertionError(f"asked for {asked}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${", ["UNCLOSED `${`"]),
        ("${a.b", ["UNCLOSED `${a.b`"]),
        ("x ${a and ${b}", ["UNCLOSED `${a`"]),
        ("${oc.env:A,b", ["UNCLOSED `${oc.env:A,b`"]),
        ("${}", ["EMPTY_KEY ``"]),
        ("${a..b}", ["EMPTY_KEY ``"]),
        ("${:x}", ["EMPTY_KEY ``"]),
        ("${a b}", ["UNEXPECTED ` b`"]),
        ("${a(b)} ${c d}", ["UNEXPECTED `(b)`", "UNEXPECTED ` d`"]),
        ("${a[b}", ["UNCLOSED_BRACKET `[b`"]),
        ("${a/b:c}", ["RESOLVER_NAME `a/b`"]),
        ("${..a:c}", ["RESOLVER_NAME `..a`"]),
        ("${a[b]:c}", ["RESOLVER_NAME `b`"]),
        ("${f:a=b, c}", ["UNEXPECTED `=`"]),
        ("${f:'a'b, c}", ["UNEXPECTED `b`"]),
        ("${f:a], c}", ["UNEXPECTED `]`"]),
        ("${f:'a}", ["UNCLOSED `${f:'a}`", "UNCLOSED_QUOTE `'a}`"]),
        ("${f:[a}", ["UNCLOSED_BRACKET `[a`"]),
        ("${f:{a:1}", ["UNCLOSED `${f:{a:1}`"]),
        ("${f:{a:1", ["UNCLOSED `${f:{a:1`", "UNCLOSED_DICT `{a:1`"]),
        ("${f:{a,b:1}}", ["EMPTY_VALUE `a`"]),
        ("${f:{a:}}", ["EMPTY_VALUE `a`"]),
        ("${f:{:1}}", ["EMPTY_KEY ``"]),
        (r"${a\.b}", [r"ESCAPED_KEY `a\.b`"]),
        (r"\${a b}", []),
    ],
)
def test_where_and_why(text: str, expected: list[str]) -> None:
    assert [f"{problem.error.name} `{problem.span.of(text)}`" for problem in parse_template(text).errors] == expected


@pytest.mark.parametrize(
    ("text", "key", "dots", "path"),
    [
        ("${nope}", "nope", 0, ("nope",)),
        ("${ a.b }", "a.b", 0, ("a", "b")),
        ("${..a.b}", "..a.b", 2, ("a", "b")),
        ("${[a].b[0]}", "[a].b[0]", 0, ("a", "b", "0")),
        ("${.[a]}", ".[a]", 1, ("a",)),
        ("${a.${b}}", "a.${b}", 0, None),
        (r"${a\.b}", r"a\.b", 0, ("a.b",)),
        # Not finished.
        ("${", "", 0, ("",)),
        ("${..", "..", 2, ("",)),
        ("${a.", "a.", 0, ("a", "")),
        ("${a.b", "a.b", 0, ("a", "b")),
        ("${a[", "a[", 0, ("a", "")),
        ("${a b}", "a", 0, ("a",)),
    ],
)
def test_references(text: str, key: str, dots: int, path: tuple[str, ...] | None) -> None:
    reference = parse_template(text).sole
    assert isinstance(reference, Reference)
    assert (reference.key, reference.dots, reference.path) == (key, dots, path)
    assert reference.key_span.of(text) == key


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        ("${f:}", "f", []),
        ("${ oc.env : HOME , a b }", "oc.env", ["HOME", "a b"]),
        ("${f:'a, b', [c , d], {e: f}}", "f", ["'a, b'", "[c , d]", "{e: f}"]),
        ("${f:${a.b},}", "f", ["${a.b}", ""]),
        # Not finished.
        ("${oc.env:", "oc.env", []),
        ("${oc.env:A", "oc.env", ["A"]),
        ("${oc.env:A,", "oc.env", ["A", ""]),
        ("${oc.env:A,'b", "oc.env", ["A", "'b"]),
        ("${oc.env:${", "oc.env", ["${"]),
    ],
)
def test_calls(text: str, name: str, args: list[str]) -> None:
    call = parse_template(text).sole
    assert isinstance(call, Call)
    assert (call.name, [argument.raw for argument in call.args]) == (name, args)
    assert call.name_span.of(text) == name
    assert [argument.span.of(text) for argument in call.args] == args


def test_spans() -> None:
    template = parse_template("x ${ a[b]} ${f:1}")
    _, reference, _, call = template.parts
    assert reference == Reference(
        Span(2, 10),
        "a[b]",
        Span(5, 9),
        0,
        (Step(Span(5, 6), "a"), Step(Span(7, 8), "b", bracketed=True)),
        closed=True,
    )
    assert isinstance(call, Call)
    assert (call.span, call.name_span) == (Span(11, 17), Span(13, 14))
    assert call.args[0].value == Primitive(Span(15, 16), 1)


def test_walk_comes_by_everything() -> None:
    text = "${a.${b}} ${${c}:d${e},'${f}',[${g}],{h: ${i}}} ${j:${k"
    assert [part.span.of(text)[2] for part in walk(parse_template(text))] == list("ab$cefgijk")


@pytest.mark.parametrize(
    ("text", "is_plain", "sole"),
    [
        ("", True, False),
        ("a", True, False),
        (r"\${a}", True, False),
        ("${a}", False, True),
        ("${f:a}", False, True),
        ("${a} ", False, False),
        ("${a}${b}", False, False),
        (r"\\${a}", False, False),
    ],
)
def test_plain_and_sole(text: str, is_plain: bool, sole: bool) -> None:
    template = parse_template(text)
    assert (template.is_plain, template.sole is not None) == (is_plain, sole)


def test_a_text_without_interpolation_escapes_nothing() -> None:
    assert evaluate(parse_template(r"C:\\dir\\"), answer_nothing, answer_nothing) == r"C:\\dir\\"


NODES: dict[str, object] = {
    "one": 1,
    "half": 0.5,
    "yes": True,
    "none": None,
    "text": "t",
    "deep": {"a": {"b": "c"}, "l": [10, 20]},
    "path": "deep.a",
    "name": "one",
    "resolver": "seen",
}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "${one}",
            "${none}",
            "${yes}",
            "${half}",
            "${text}",
            "${deep.a.b}",
            "${deep[l][1]}",
            "${deep.l.0}",
            "${.one}",
        ),
        *("<${one}>", "<${none}>", "<${yes}>", "<${half}>", "${one}${one}", r"\${one} ${one}", r"\\${one}", "$${one}"),
        *("${${name}}", "${${path}.b}", "${deep.${text}}", "${[${path}].b}", "${${one}}", "${${none}}", "${nope.x}"),
        *("${seen:}", "${seen:1,1.5,null,true,a b}", "${seen:'1',\"null\"}", "${seen:[1,[a]],{a:1,2:b,null:c}}"),
        *("${seen:${one},${one}x,'${one}'}", "${seen:${none},'${none}'}", "<${seen:1,,x}>", "${${resolver}:1}"),
        *("${oc.env:SET}", "${oc.env:UNSET,8000}", "${oc.env:UNSET,null}", "<${oc.env:UNSET,null}>", "${${one}:1}"),
    ],
)
def test_values_of_a_real_config(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SET", "s")
    monkeypatch.delenv("UNSET", raising=False)
    assert our_value(text) == omegaconf_value(text)


def as_text(*args: object) -> str:
    return repr(args)


def omegaconf_value(text: str) -> object:
    register: Any = OmegaConf.register_resolver if NEWER else OmegaConf.register_new_resolver
    register("seen", as_text)
    try:
        plain = cast("dict[str, object]", OmegaConf.to_container(OmegaConf.create({**NODES, "x": text}), resolve=True))
    except InterpolationKeyError:
        return KeyError
    except InterpolationResolutionError:
        # 2.4 takes an int in place of a key, which then is not to be found.
        return UnusableKey
    finally:
        OmegaConf.clear_resolver("seen")
    return plain["x"]


def our_value(text: str) -> object:
    def reference(found: Reference) -> object:
        node: Any = NODES
        for key in found.path or ():
            node = node[int(key) if key.isdigit() else key]
        return node

    def call(found: Call, args: tuple[object, ...]) -> object:
        if found.name == "seen":
            return repr(args)
        variable, *default = args
        value = os.environ[str(variable)] if variable == "SET" else default[0]
        return value if value is None else str(value)

    try:
        return evaluate(parse_template(text), reference, call)
    except KeyError:
        return KeyError
    except UnusableKey as problem:
        return KeyError if NEWER and type(problem.value) is int and ":" not in text else UnusableKey


@pytest.mark.parametrize("key", ["nope", "deep.nope.x", "deep[a].nope", ".nope", "[nope]", "..nope"])
def test_keys_are_spelled_as_in_errors(key: str) -> None:
    text = f"${{{key}}}"
    reference = parse_template(text).sole
    assert isinstance(reference, Reference)
    with pytest.raises(InterpolationKeyError, match="Interpolation key") as problem:
        OmegaConf.to_container(OmegaConf.create({"x": {"y": text}}), resolve=True)
    named = reference.key if NEWER else reference.key.lstrip(".")
    assert f"'{named}'" in str(problem.value)


@pytest.mark.parametrize("key", ["a", "a.b", "a[b]", "[a].b", "[a][b].c", "a.", "a..b", "", "a[b]c", "a[b", "[a"])
def test_split_key(key: str) -> None:
    from omegaconf._utils import split_key as omegaconf_split_key

    assert list(split_key(key)) == omegaconf_split_key(key)


@pytest.mark.parametrize("opening", ["${", "${f:", "${f:'", "${f:[", "${f:{a:", "${a.", "${a["])
def test_what_is_nested_too_deep_is_given_up(opening: str) -> None:
    template = parse_template(opening * 5_000)
    assert GrammarError.TOO_DEEP in {problem.error for problem in template.errors}
    assert len(list(walk(template))) <= DEEPEST + 1


def test_what_is_nested_deep_is_read() -> None:
    text = "${f:" * DEEPEST + "x" + "}" * DEEPEST
    assert_as_omegaconf(text)
    assert not parse_template(text).errors


def test_as_omegaconf_over_the_real_configs(corpus: Corpus) -> None:
    sources = {path.read_text("utf-8") for root in corpus.releases.values() for path in root.rglob("*.yaml")}
    texts = {text for source in sources if "${" in source for text in texts_of(source)}
    assert len(texts) > 100
    for text in sorted(texts):
        assert_as_omegaconf(text)


def texts_of(source: str) -> Iterator[str]:
    for node in walk_document(parse_document(source).root):
        if isinstance(node, Scalar) and "${" in node.text:
            yield node.text
