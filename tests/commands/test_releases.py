"""The commands in the documents of the releases: how many there are, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.check_commands import check_document
from gym_lsp.commands.invocation import invocations
from gym_lsp.commands.placeholders import yaml_has_placeholder
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.tree import sample_path
from tests.corpus import Corpus
from tests.rows.questions import workspace_of

LOST = ("error", "config-path-not-found")
VARIANT, COMPONENT = ("error", "component-not-found"), ("information", "component-not-found")
FLAG = ("error", "unknown-flag")
OLD = ("information", "deprecated-dataset-identifier")
KNOWN = {
    "0.4.0": (257, 535, {LOST: 9, COMPONENT: 1, OLD: 2}),
    "0.5.1": (310, 629, {LOST: 9, VARIANT: 2, COMPONENT: 1, OLD: 2}),
    "0.6.0": (405, 775, {LOST: 9, VARIANT: 2, COMPONENT: 1, FLAG: 3, OLD: 2}),
    "0.7.0": (522, 931, {LOST: 9, COMPONENT: 1, FLAG: 5, OLD: 2}),
}
"""The documents, the commands and the findings of each release. Each of these was looked at, and each is a mistake."""


@pytest.mark.corpus
@pytest.mark.parametrize("release", KNOWN)
def test_findings_in_the_documents_of_a_release(corpus: Corpus, release: str) -> None:
    workspace = workspace_of(corpus.release(release))
    checker = Checker(workspace)
    documents = workspace.documents_below((PurePath(corpus.release(release)),))
    commands = sum(1 for path in documents for _ in invocations(path, workspace.text(path) or ""))
    found = Counter((each.severity.label, each.rule) for path in documents for each in check_document(checker, path))
    assert (len(documents), commands, found) == KNOWN[release]


SAMPLES = {"0.4.0": (61, 22), "0.5.1": (85, 24), "0.6.0": (94, 25), "0.7.0": (123, 30)}
"""The YAML blocks in the documents of each release, and how many of them are configs."""


@pytest.mark.corpus
@pytest.mark.parametrize("release", SAMPLES)
def test_a_mistake_in_a_config_of_a_document_is_found(corpus: Corpus, release: str) -> None:
    """A misspelt entrypoint is found in the first config of a document that has one, or else a misspelt domain."""
    workspace = workspace_of(corpus.release(release))
    number, configs, texts = 0, 0, dict[PurePath, str]()
    for path in workspace.documents_below((PurePath(corpus.release(release)),)):
        text = workspace.text(path) or ""
        for index, sample in enumerate(workspace.files.samples(path)):
            number += 1
            configs += workspace.kind(sample_path(path, index)) is FileKind.CONFIG
            for right, wrong in (("entrypoint: app.py", "entrypont: app.py"), ("domain: ", "domain: zz")):
                at = text.find(right, sample.span.start, sample.span.end)
                if at >= 0 and path not in texts and not yaml_has_placeholder(text[at : text.index("\n", at)]):
                    texts[path] = f"{text[:at]}{wrong}{text[at + len(right) :]}"
    assert (number, configs) == SAMPLES[release]
    checker = Checker(workspace.with_texts(texts))
    rules = {"unknown-domain", "misspelt-entrypoint"}
    missed = [path for path in texts if rules.isdisjoint(each.rule for each in check_document(checker, path))]
    assert len(texts) >= 14
    assert missed == []


@pytest.mark.corpus
@pytest.mark.parametrize("release", KNOWN)
def test_the_flags_of_every_command_can_be_read(corpus: Corpus, release: str) -> None:
    flags = workspace_of(corpus.release(release)).command_flags
    assert {"env start", "eval run", "eval prepare", "dataset collate", "env test"} <= flags.keys()
    assert flags["env start"] >= {"--config", "--model-type", "--model", "-m", "--model-url", "-v"}
    assert flags["eval run"] >= {"--no-serve", "--agent", "-a", "--input", "-i", "--resume", "--config", "--limit"}
    assert flags["env test"] >= {"--resources-server"}
    assert "--config" not in flags["env test"]
