"""Runs of random configs that include, inherit and refer to each other."""

from __future__ import annotations

from pathlib import PurePath
from random import Random
from typing import NamedTuple

from gym_lsp.compose.config import history, leaves
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.run import Run
from gym_lsp.ide.resolved import resolved
from gym_lsp.ide.wiring import wiring
from gym_lsp.reporters.drawing import svg
from gym_lsp.reporters.graph_text import dot, mermaid
from gym_lsp.syntax import parse
from gym_lsp.workspace.workspace import Workspace
from tests.fuzz.harness import Harness
from tests.fuzz.texts import SECRET, TOKEN, config, edited, interpolation, scalar
from tests.memory import Memory

ROOT = PurePath("/w")
FILES = ("a.yaml", "b.yaml", "environments/math/config.yaml", "environments/other/config.yaml")
_OVERRIDES = ("++a=1", "+b.c=[1,{a: b}]", "math.x=${a}", "~a", "a=", "++api_key=x", "hydra.x=1", "=", "a.b.c='", "+a={")


class Case(NamedTuple):
    """The texts of a workspace, and a run of it."""

    texts: dict[str, str]
    run: Run


def graph(random: Random) -> str:
    """Return lines of values that refer to each other, chains and cycles included."""
    count = random.choice((2, 4, 8, 20))
    found: list[str] = []
    for number in range(count):
        other = random.randrange(count)
        this, last = f"${{k{other}}}", f"${{k{number - 1}}}"
        forms = (this, this + last, f"'${{oc.create:[{this},1]}}'", f"{{a: {this}}}", f"${{oc.select:k{other},{last}}}")
        written = random.choice((*forms, "${..}", "abcdefgh", interpolation(random), scalar(random)))
        found.append(f"k{number}: {written}\n")
    return "".join(found)


def make(random: Random) -> Case:
    """Return a random workspace with its run."""
    texts: dict[str, str] = {}
    for name in random.sample(FILES, random.randrange(1, len(FILES) + 1)):
        text = config(random)
        if random.random() < 0.7:
            entries = random.choices((*FILES, "${k0}", "none.yaml", "../x.yaml", "???", "5"), k=random.randrange(1, 5))
            text = f"config_paths: [{', '.join(entries)}]\n{text}"
        if random.random() < 0.5:
            text += graph(random)
        if random.random() < 0.25:
            text = edited(random, text)
        texts[name] = f"{text}\nsecrets: {{api_key: {SECRET}, note: {TOKEN}}}\nshown: x ${{secrets.api_key}} {SECRET}\n"
    if random.random() < 0.3:
        texts["env.yaml"] = f"a: 1\nk0: {scalar(random)}\ntoken: {TOKEN}\n"
    overrides = tuple(random.sample(_OVERRIDES, random.choice((0, 0, 0, 1, 2))))
    roots = tuple(random.choices(sorted(texts), k=random.choice((1, 1, 2))))
    return Case(texts, Run(roots, overrides))


def workspace_of(texts: dict[str, str]) -> Workspace:
    return Workspace(Memory({ROOT / name: text for name, text in texts.items()}), ROOT)


def _attempt(case: Case) -> None:
    workspace = workspace_of(case.texts)
    try:
        composition = workspace.compose(case.run)
    except OverrideError:
        return
    for _, leaf in leaves(composition.config):
        text = case.texts.get(str(leaf.origin.path.relative_to(ROOT)) if leaf.origin.path.is_relative_to(ROOT) else "")
        for value in history(leaf):
            assert text is None or value.origin.path != leaf.origin.path or value.node.span.end <= len(text)
    text = resolved(workspace, composition).text(lambda line: "a place" if line.place else "")
    assert not parse(text).is_broken, text
    _assert_hidden(text)
    drawn = wiring(workspace, composition)
    for picture in (mermaid(drawn), dot(drawn), svg(drawn)):
        _assert_hidden(picture)


def _assert_hidden(text: str) -> None:
    assert TOKEN not in text
    assert SECRET not in text


HARNESS = Harness[Case]("compose", make, _attempt, size=lambda case: sum(map(len, case.texts.values())), bound=20_000)
