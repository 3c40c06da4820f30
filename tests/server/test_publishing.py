"""After an edit, only what it has changed is converted and published again."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePath

import pytest
from lsprotocol import types as lsp

from gym_lsp.diagnostic import Diagnostic, Severity
from gym_lsp.server import counting, publishing
from gym_lsp.server.counting import Counting, Counts
from gym_lsp.server.diagnostics import file_diagnostics, findings
from gym_lsp.server.preferences import Shown
from gym_lsp.server.publishing import Publisher
from gym_lsp.server.session import Session
from gym_lsp.server.sync import Buffer
from gym_lsp.server.to_lsp import Converter, uri_of
from gym_lsp.text import Encoding

BAD = "# ab\n{name}: {{resources_servers: {{math: {{entrypoint: app.py, domain: maths}}}}}}\n"


class Published:
    """A session with a folder, and what its publisher has sent."""

    def __init__(self, folder: Path, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            path = folder / "environments" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.folder = PurePath(folder)
        self.session = Session(Encoding.UTF16, {})
        self.session.open_folder(self.folder)
        self.sent: list[lsp.PublishDiagnosticsParams] = []
        self.publisher = Publisher(self.session, self.sent.append)

    def edit(self, name: str, text: str, version: int) -> None:
        path = self.folder / "environments" / name
        self.session.set_buffer(path, Buffer(uri_of(path), version, text))

    def close(self, name: str) -> None:
        self.session.set_buffer(self.folder / "environments" / name, None)

    def publish(self) -> dict[str, list[int]]:
        """Return the lines of what is published: for each file, those of its diagnostics."""
        self.sent.clear()
        asyncio.run(self.publisher.publish_all())
        return {each.uri.rpartition("/")[2]: [one.range.start.line for one in each.diagnostics] for each in self.sent}


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def noting(session: Session, path: PurePath, converter: Converter) -> list[lsp.Diagnostic]:
        names.append(path.name)
        return file_diagnostics(session, path, converter)

    monkeypatch.setattr(publishing, "file_diagnostics", noting)
    return names


def test_an_edit_converts_only_its_own_file(tmp_path: Path, converted: list[str]) -> None:
    texts = {f"e{number}/c{number}.yaml": BAD.format(name=f"m{number}") for number in range(20)}
    published = Published(tmp_path, texts | {"e0/clean.yaml": "policy_base_url: x\n"})
    assert len(published.publish()) == 20
    assert len(converted) == 20
    converted.clear()
    published.edit("e3/c3.yaml", texts["e3/c3.yaml"] + "# more\n", 1)
    assert published.publish() == {"c3.yaml": [1]}
    assert converted == ["c3.yaml"]
    converted.clear()
    assert published.publish() == {}
    assert converted == []


def test_lines_that_move_without_an_offset_are_published(tmp_path: Path) -> None:
    text = BAD.format(name="m")
    published = Published(tmp_path, {"e/c.yaml": text})
    published.edit("e/c.yaml", text, 1)
    assert published.publish() == {"c.yaml": [1]}
    published.edit("e/c.yaml", text.replace("# ab", "#\n#b"), 2)
    assert published.publish() == {"c.yaml": [2]}


def test_each_version_of_a_document_is_answered(tmp_path: Path) -> None:
    bad, good = BAD.format(name="m"), BAD.format(name="m").replace("maths", "math")
    published = Published(tmp_path, {"e/c.yaml": bad})
    for version, (text, lines) in enumerate([(bad, [1]), (good, []), (f"{good}# more\n", []), (bad, [1])], start=1):
        published.edit("e/c.yaml", text, version)
        assert published.publish() == {"c.yaml": lines}
        assert published.sent[0].version == version


def assert_few(asked: list[str]) -> None:
    """The paths of some other files may share a bit with the edited one."""
    assert {"c3.yaml", "including.yaml"} <= set(asked)
    assert len(asked) < 7


def test_an_edit_asks_only_about_what_it_reaches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noting(session: Session, path: PurePath) -> tuple[Diagnostic, ...]:
        asked.append(path.name)
        return findings(session, path)

    monkeypatch.setattr(publishing, "findings", noting)
    monkeypatch.setattr(counting, "findings", noting)
    texts = {f"e{number}/c{number}.yaml": BAD.format(name=f"m{number}") for number in range(20)}
    including = f"config_paths: [{tmp_path}/environments/e3/c3.yaml]\n"
    published = Published(tmp_path, texts | {"e/including.yaml": including})
    published.edit("e3/c3.yaml", texts["e3/c3.yaml"], 0)
    counts = Counting()
    published.publish()
    assert asyncio.run(counts.counted(published.session)) == Counts(21, 21, 20, 0)
    asked.clear()
    for version, text in enumerate([texts["e3/c3.yaml"] + "# more\n", texts["e3/c3.yaml"].replace("maths", "math")], 1):
        published.edit("e3/c3.yaml", text, version)
        published.publish()
        assert_few(asked)
        asked.clear()
        assert asyncio.run(counts.counted(published.session)) == Counts(21, 21, 21 - version, 0)
        assert_few(asked)
        asked.clear()
    published.close("e3/c3.yaml")
    assert published.publish() == {"c3.yaml": [1]}
    assert asyncio.run(counts.counted(published.session)) == Counts(21, 21, 20, 0)


OPEN_NAME = "m: {resources_servers: {math: {entrypoint: app.py, domain: maths, x: '${unknown}'}}}\n"


def severities(published: Published) -> list[list[int | None]]:
    """Publish, and return the severities in each published list."""
    published.publish()
    return [sorted(one.severity or 0 for one in each.diagnostics) for each in published.sent]


def test_information_is_published_for_open_files(tmp_path: Path) -> None:
    published = Published(tmp_path, {"e/c.yaml": OPEN_NAME})
    assert severities(published) == [[1]]
    published.edit("e/c.yaml", OPEN_NAME, 1)
    assert severities(published) == [[1, 3]]
    published.close("e/c.yaml")
    assert severities(published) == [[1]]
    assert severities(published) == []


def test_a_file_that_has_only_information_is_published_while_it_is_open(tmp_path: Path) -> None:
    text = OPEN_NAME.replace("maths", "math")
    published = Published(tmp_path, {"e/c.yaml": text})
    assert severities(published) == []
    published.edit("e/c.yaml", text, 1)
    assert severities(published) == [[3]]
    published.close("e/c.yaml")
    assert severities(published) == [[]]


def test_the_shown_findings_are_a_setting(tmp_path: Path) -> None:
    published = Published(tmp_path, {"e/c.yaml": OPEN_NAME})
    assert severities(published) == [[1]]
    for shown, expected in (
        (Shown(everywhere=True), [[1, 3]]),
        (Shown(everywhere=True), []),
        (Shown(Severity.WARNING, everywhere=True), [[1]]),
        (Shown(), []),
    ):
        published.session.shown = shown
        assert severities(published) == expected
    published.edit("e/c.yaml", OPEN_NAME, 1)
    published.session.shown = Shown(Severity.ERROR)
    assert severities(published) == [[1]]


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("is_open", [True, False])
def test_which_severities_are_shown(severity: Severity, is_open: bool) -> None:
    assert Shown().contains(severity, is_open=is_open) == (is_open or severity <= Severity.WARNING)
    assert Shown(everywhere=True).contains(severity, is_open=is_open)
    assert Shown(severity, everywhere=True).contains(severity, is_open=is_open)
    assert not any(Shown(Severity.ERROR).contains(each, is_open=is_open) for each in list(Severity)[1:])
