"""Texts that are made to cost much: twice as much text is at most about twice as much work.

The work is counted in executed lines, so a busy machine does not matter. What runs inside of functions in C is not
counted, so each text is also handled in a larger size: with quadratic work there, the tests would not end in time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePath
from typing import NamedTuple

import pytest

from gym_lsp.check import Checker
from gym_lsp.compose.config import Marks, leaves, to_plain
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.problem import InterpolationProblem
from gym_lsp.compose.secrets import Secrets, masked_source, masked_text
from gym_lsp.ide.completion import complete
from gym_lsp.ide.folding import folding_ranges
from gym_lsp.ide.hover import hover
from gym_lsp.ide.inlay import hints
from gym_lsp.ide.lenses import count, lenses
from gym_lsp.ide.links import document_links
from gym_lsp.ide.markdown import Link, plain, render
from gym_lsp.ide.resolved import resolved
from gym_lsp.ide.symbols import document_symbols
from gym_lsp.ide.tokens import tokens
from gym_lsp.ide.wiring import wiring
from gym_lsp.reporters.drawing import svg
from gym_lsp.reporters.graph import Layer
from gym_lsp.reporters.graph_text import dot, mermaid
from gym_lsp.rules.engine import engine
from gym_lsp.syntax import parse
from gym_lsp.syntax.interpolation import parse_template
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace
from tests.compose.documents import config_of_text
from tests.counting import steps
from tests.memory import Memory

ROOT = PurePath("/workspace")
MAIN = "environments/example/config.yaml"
AT_MOST = 2.2
SERVER = "counting:\n  resources_servers:\n    counting: {entrypoint: app.py, domain: math}\n"
MOST_ALIKE = 40
"""The problems of one kind that rules look at, in these tests; fewer than usual, so that smaller texts have more."""
MANY = 60
Texts = Mapping[str, str]
Make = Callable[[int], Texts]


class Family(NamedTuple):
    """Texts of any size `n`, the work on them, and the sizes to count and to measure."""

    make: Make
    work: Callable[[Texts], None]
    size: int = 100
    large: int = 1_000


# Work


def read(texts: Texts) -> None:
    """Parse."""
    for text in texts.values():
        document = parse(text)
        assert document.comments is not None
        masked_source(document)


def work(texts: Texts) -> None:
    """Check the main file of a workspace, and call the features of an editor for it."""
    workspace = Workspace(Memory({ROOT / name: text for name, text in texts.items()}), ROOT)
    main, text = ROOT / MAIN, texts[MAIN]
    Checker(workspace).check_one(main)
    for of_file in (document_symbols, folding_ranges, document_links, tokens):
        of_file(workspace, main)
    hints(workspace, main, Span(0, len(text)))
    for offset in (0, len(text) // 2, len(text)):
        hover(workspace, main, offset)
        complete(workspace, main, offset)
    for lens in lenses(workspace, main)[:3]:
        count(workspace, main, lens)
    run = workspace.own_run(main)
    graph = wiring(workspace, run)
    for draw in (dot, mermaid, svg):
        draw(graph, tuple(Layer))
    written = resolved(workspace, run).text()
    assert len(written) < 3_000_000
    workspace.shown(main)


def check(texts: Texts) -> None:
    """Check all files of a workspace."""
    workspace = Workspace(Memory({ROOT / name: text for name, text in texts.items()}), ROOT)
    Checker(workspace).check_workspace(workspace.members)


def alone(texts: Texts) -> None:
    """Check each file of a workspace as its own run."""
    workspace = Workspace(Memory({ROOT / name: text for name, text in texts.items()}), ROOT)
    Checker(workspace).check_standalone(workspace.members)


def interpolate(texts: Texts) -> None:
    """Resolve all values of a config."""
    root = config_of_text(texts[MAIN])
    interpolator = Interpolator(root, frozenset())
    for path, leaf in leaves(root, marked=int(Marks.INTERPOLATION)):
        found = interpolator.resolve(leaf, path)
        assert isinstance(found, InterpolationProblem) or len(str(to_plain(found))) < 1_000_000


def mask(texts: Texts) -> None:
    known = Secrets(frozenset({"hunter22", "a" * 5_000}))
    for text in texts.values():
        masked_text(text, known)


def escape(texts: Texts) -> None:
    for text in texts.values():
        content = (text, (text,), (Link(text, PurePath("/a"), 0),))
        render(content, lambda link: link.text)
        plain(content, lambda link: link.text)


def template(texts: Texts) -> None:
    for text in texts.values():
        parse_template(text)


# Texts of a size


def config(line: str, first: str = "", *, server: str = SERVER) -> Make:
    """Return configs that repeat a line. In it, `#` is the number of the line, and `<` that of the line before."""
    return lambda n: {
        MAIN: server + first + "".join(line.replace("#", str(k)).replace("<", str(k - 1)) + "\n" for k in range(1, n))
    }


def repeated(piece: str, first: str = "", last: str = "") -> Make:
    return lambda n: {"text": first + piece * n + last}


def inside(piece: str) -> Make:
    """Return configs whose one server contains a repeated piece."""
    return lambda n: {MAIN: SERVER.replace("domain: math", f"domain: math, {piece.join([''] * n)}")}


def fields(line: str) -> Make:
    """Return configs whose one server has many fields."""
    server = "math:\n  resources_servers:\n    math:\n      entrypoint: app.py\n      domain: math\n"
    return config(f"      {line}", server=server)


def chain(n: int) -> Texts:
    """Files in a row, each including the next one."""
    return {MAIN: f"config_paths: [f1.yaml]\n{SERVER}"} | {
        f"f{k}.yaml": f"config_paths: [f{min(k + 1, n - 1)}.yaml]\nk{k}: {k}\n" for k in range(1, n)
    }


def fan(n: int) -> Texts:
    """A file that includes many."""
    entries = "".join(f"  - f{k}.yaml\n" for k in range(n))
    return {MAIN: f"config_paths:\n{entries}{SERVER}"} | {f"f{k}.yaml": f"k{k}: {k}\n" for k in range(n)}


def absent(n: int) -> Texts:
    """A file that includes many that do not exist."""
    return {MAIN: "config_paths:\n" + "".join(f"  - none{k}.yaml\n" for k in range(n)) + SERVER}


def levels(n: int) -> Texts:
    """Mappings in mappings."""
    return {"text": "".join(f"{' ' * k}a:\n" for k in range(n))}


def diamonds(n: int) -> Texts:
    """Files that include two files each, which both include the next one."""
    texts = {MAIN: f"config_paths: [a0.yaml, b0.yaml]\n{SERVER}"}
    for k in range(n):
        for side in "ab":
            below = min(k + 1, n - 1)
            texts[f"{side}{k}.yaml"] = f"config_paths: [a{below}.yaml, b{below}.yaml]\n{side}{k}: 1\n"
    return texts


def servers(n: int) -> Texts:
    """Many servers with refs to each other."""
    lines = (
        f"s{k}: {{responses_api_agents: {{simple_agent: {{entrypoint: app.py, resources_server: "
        f"{{type: resources_servers, name: s{k + 1}}}}}}}}}\n"
        for k in range(n)
    )
    return {MAIN: SERVER + "".join(lines)}


def datasets(n: int) -> Texts:
    """A server with many datasets."""
    lines = (f"        - {{name: d{k}, type: train, license: MIT, jsonl_fpath: d{k}.jsonl}}\n" for k in range(n))
    head = "math:\n  resources_servers:\n    math:\n      entrypoint: app.py\n      domain: math\n      datasets:\n"
    return {MAIN: head + "".join(lines)}


def environments(n: int) -> Texts:
    """Many environments with manifests."""
    texts = {MAIN: SERVER}
    for k in range(n):
        texts[f"environments/e{k}/config.yaml"] = SERVER.replace("counting:", f"e{k}:", 1)
        texts[f"environments/e{k}/manifest.yaml"] = f"name: e{k}\ndescription: x\nconfig: config.yaml\n"
    return texts


def notes(n: int) -> Texts:
    """Many files in the place of configs that are none."""
    return {f"environments/e{k}/note.yaml": "a: 1\n" for k in range(n)}


MASKED = ("://", "a=", "://a:", "`", "key=", "sk-aaaaaa", "a.b-", "`a…", "hunter22 ", "bearer ", "://u:p@")
ESCAPED = (
    *("`", "`a", "*", "_", "[", "](", "![", "<", "&#", "http://", "www.", "a@b.", "\\", "- ", "\n", "||", "~"),
    *("1. ", "a_b", "<a ", "**a** "),
)
FAMILIES: Mapping[str, Family] = {
    # Interpolations
    "texts that double": Family(config("k#: ${k<}${k<}", "k0: abcdefgh\n"), interpolate, 60, 300),
    "texts that double through a resolver": Family(
        config("k#: x${oc.select:k<}${oc.select:k<,''}", "k0: abcdefgh\n"), interpolate, 60, 300
    ),
    "lists that double": Family(config("k#: ${oc.create:[${k<},${k<}]}", "k0: [a, b]\n"), interpolate, 60, 300),
    "mappings that double": Family(config("k#: '${oc.create:{a: ${k<}, b: ${k<}}}'", "k0: a\n"), interpolate, 60, 300),
    "values of a mapping": Family(
        config("k#:\n  a: ${oc.dict.values:k<}\n  b: ${oc.dict.values:k<}", "k0: {a: 1}\n"), interpolate, 60, 300
    ),
    "a missing key": Family(config("k#: ${k<}${k<}", "k0: ${nowhere}\n"), interpolate, 60, 300),
    "defaults": Family(config("k#: ${oc.select:k<,${k<}}", "k0: ???\n"), interpolate, 60, 300),
    "blocks that refer to blocks": Family(config("k#: {a: ${k<}, b: ${k<}}", "k0: {c: 1}\n"), work, 60, 300),
    "unknown interpolations": Family(config("note#: ${nowhere}"), work, MANY),
    "unknown resolvers": Family(config("note#: ${absent:x}"), work, MANY),
    "many in one text": Family(inside("${policy_model_name}, x: "), work),
    "open interpolations": Family(repeated("${"), template, 1_000, 100_000),
    "calls in calls": Family(repeated("${f:", last="}"), template, 1_000, 100_000),
    "quotes in calls": Family(repeated("'a',", "${f:"), template, 1_000, 50_000),
    "keys in brackets": Family(repeated("[a]", "${a"), template, 1_000, 50_000),
    # Names and mistakes
    "repeated keys": Family(config("note: 1"), work, MANY),
    "repeated keys in a list": Family(config("    k#: 1\n    a#: 1", "list:\n  - a: 1\n    a: 1\n    k1: 1\n"), work),
    "unknown targets": Family(config("block#: {_copy: nowhere}"), work, 4 * MANY),
    "inheriting chains": Family(config("block#: {_inherit_from: block<}", "block0: {a: 1}\n"), work, 60, 200),
    "deleted keys": Family(config("block#: {_delete_key: a, a: 1}"), work, MANY),
    "similar names": Family(config("counting#: {x: {type: resources_servers, name: countin}}"), work, 8 * MANY),
    "suppressions": Family(config("note#: ${nowhere}  # gym-lsp: ignore[interpolation-key-not-found]"), work, MANY),
    "unused suppressions": Family(config("note#: 1  # gym-lsp: ignore[unknown-domain]"), work, MANY),
    "unknown fields": Family(fields("field#: 1"), work, MANY),
    "long mappings": Family(config("note#: 1"), work, 200, 5_000),
    "servers with refs": Family(servers, work, 50, 300),
    "datasets": Family(datasets, work, 50, 300),
    "secrets": Family(config("api_key_#: abcdefgh#\nshown#: abcdefgh#"), work, 250, 1_000),
    # Files
    "chains of includes": Family(chain, work, 30, 150),
    "fans of includes": Family(fan, work, 60, 300),
    "diamonds of includes": Family(diamonds, work, 15, 60),
    "absent includes": Family(absent, work, MANY),
    "manifests": Family(environments, check, 20, 100),
    "files alone": Family(notes, alone, 400, 2_000),
    # YAML
    "open brackets": Family(repeated("["), read, 100, 100_000),
    "open braces": Family(repeated("{a: "), read, 100, 100_000),
    "open brackets in lines": Family(repeated("- [\n"), read, 200, 5_000),
    "open quotes": Family(repeated("key: 'it's\n"), read, 200, 5_000),
    "broken lines": Family(repeated("a: b: c\n"), read, 200, 5_000),
    "aliases": Family(repeated("- *x\n", "- &x {a: 1}\n"), read, 500, 20_000),
    "aliases of aliases": Family(config("k#: &a# {<<: *a<}", "k0: &a0 {b: 1}\n"), read, 100, 1_000),
    "merge keys": Family(config("k#: {<<: *a, b: #}", "k0: &a {b: 1, c: 2}\n"), work),
    "comments": Family(repeated("# a comment: with, [all] {kinds} 'of' text\n"), read, 500, 20_000),
    "comments in a block": Family(config("note#: 1  # api_key: abcdefgh"), work, 100, 2_000),
    "block scalars": Family(config("note#: |\n  some: text\n  and more"), work),
    "one block scalar": Family(repeated("  some: text # of many lines\n", "note: |\n"), read, 500, 20_000),
    "flow lists": Family(repeated("a, ", "note: [", "b]\n"), read, 500, 20_000),
    "flow mappings": Family(repeated("{a: 1, b: [c]}, ", "note: [", "b]\n"), read, 200, 5_000),
    "a long line": Family(repeated("word ", "note: "), read, 1_000, 200_000),
    "a long quoted line": Family(repeated("it''s ", "note: '", "'\n"), read, 1_000, 100_000),
    "escapes": Family(repeated("\\t\\u0041 ", 'note: "', '"\n'), read, 500, 20_000),
    "deep nesting": Family(levels, read, 40, 90),
    "deep lists": Family(repeated("- ", last="a\n"), read, 40, 90),
    "documents": Family(repeated("---\na: 1\n"), read, 200, 5_000),
    # Texts
    **{f"masking {piece!r}": Family(repeated(piece), mask, 2_000, 200_000) for piece in MASKED},
    **{f"escaping {piece!r}": Family(repeated(piece), escape, 500, 20_000) for piece in ESCAPED},
}


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_the_work_grows_with_the_text(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_ALIKE", MOST_ALIKE)
    once, twice = (steps(partial(family.work, family.make(size))) for size in (family.size, 2 * family.size))
    assert twice <= AT_MOST * once


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_a_large_text_is_handled(family: Family) -> None:
    family.work(family.make(family.large))


def test_the_work_is_counted() -> None:
    def squares(n: int) -> None:
        _ = [first + second for first in range(n) for second in range(n)]

    assert steps(lambda: squares(40)) > AT_MOST * steps(lambda: squares(20))
