"""Random texts, spans and findings for the property tests of formats."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath

from hypothesis import strategies as st

from gym_lsp.diagnostic import Applicability, Diagnostic, FileEdit, Fix, RelatedLocation, Severity
from gym_lsp.reporters import Report
from gym_lsp.text import Edit, Span

_NASTY = "\t\r\n\x0c\x0b\x00\x1b\x7f\x85\u2028\u2029\ufeff\u200d\u202e\u0301\ud800🧮数|#:;%,[](){}$\"'&<>\\a -"

texts = st.one_of(
    st.text(_NASTY, max_size=40),
    st.text(max_size=20),
    st.sampled_from(["]]>", "::error::", "${a.b}", "[a](b)", "a: 1\r\nb: 2\r\n", "word " * 40, "x" * 300]),
)
spans = st.builds(Span, st.integers(-3, 200), st.integers(-3, 200))

_names = st.one_of(
    st.sampled_from(["config.yaml", "a b", "100%", "#1", "c:d", "数学", "\udc80", "\ud800", "\n", "\x1b[0m", '&<>"']),
    st.text(st.characters(exclude_characters="/\x00"), min_size=1, max_size=8),
)
_posix = st.lists(_names, min_size=1, max_size=3).map(lambda names: PurePosixPath("/", "work", *names))
_relative = st.lists(_names, min_size=1, max_size=3).map(lambda names: PurePosixPath(*names))
_windows = st.lists(_names, min_size=1, max_size=3).map(lambda names: PureWindowsPath("C:\\", "work", *names))

related = st.builds(RelatedLocation, st.one_of(_posix, _relative), spans, texts)
fixes = st.builds(
    Fix,
    texts,
    st.lists(st.builds(FileEdit, _posix, st.builds(Edit, spans, texts)), max_size=2).map(tuple),
    st.sampled_from(Applicability),
)
diagnostics = st.builds(
    Diagnostic,
    path=st.one_of(_posix, _relative, _windows),
    span=spans,
    rule=st.sampled_from(["missing-license", "unknown-server-ref", "unheard-of"]),
    severity=st.sampled_from(Severity),
    message=texts,
    gym_error=st.sampled_from([None, "ConfigError"]),
    run=st.lists(texts, max_size=2).map(tuple),
    related=st.lists(related, max_size=2).map(tuple),
    fixes=st.lists(fixes, max_size=1).map(tuple),
    key_path=st.lists(st.one_of(texts, st.integers(0, 9)), max_size=3).map(tuple),
)


def _report(found: list[Diagnostic], text: str, directory: PurePath, notes: list[str]) -> Report:
    def text_of(path: PurePath) -> str:
        return text

    ordered = sorted(found, key=lambda diagnostic: diagnostic.sort_key)
    return Report(tuple(ordered), text_of, text_of, directory, None, len(found), {}, tuple(notes))


reports = st.builds(
    _report,
    st.lists(diagnostics, max_size=3),
    texts,
    st.sampled_from(
        [PurePosixPath("/repo"), PurePosixPath("/repo/a"), PurePosixPath("."), PureWindowsPath("C:\\work")]
    ),
    st.lists(texts, max_size=2),
)
