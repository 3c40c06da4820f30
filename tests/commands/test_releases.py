"""The commands in the documents of the releases: how many there are, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath

import pytest

from gym_lsp.check import Checker
from gym_lsp.check_commands import check_document
from gym_lsp.commands.invocation import invocations
from tests.corpus import Corpus
from tests.rows.questions import workspace_of

LOST = ("error", "config-path-not-found")
VARIANT, COMPONENT = ("error", "component-not-found"), ("information", "component-not-found")
FLAG = ("error", "unknown-flag")
KNOWN = {
    "0.4.0": (257, 534, {LOST: 9, COMPONENT: 1}),
    "0.5.1": (310, 626, {LOST: 9, VARIANT: 2, COMPONENT: 1}),
    "0.6.0": (405, 772, {LOST: 9, VARIANT: 2, COMPONENT: 1, FLAG: 3}),
    "0.7.0": (522, 924, {LOST: 9, COMPONENT: 1, FLAG: 5}),
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


@pytest.mark.corpus
@pytest.mark.parametrize("release", KNOWN)
def test_the_flags_of_every_command_can_be_read(corpus: Corpus, release: str) -> None:
    flags = workspace_of(corpus.release(release)).command_flags
    assert {"env start", "eval run", "eval prepare", "dataset collate", "env test"} <= flags.keys()
    assert flags["env start"] >= {"--config", "--model-type", "--model", "-m", "--model-url", "-v"}
    assert flags["eval run"] >= {"--no-serve", "--agent", "-a", "--input", "-i", "--resume", "--config", "--limit"}
    assert flags["env test"] >= {"--resources-server"}
    assert "--config" not in flags["env test"]
