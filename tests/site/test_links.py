"""The check of a built site finds what leads nowhere, and what needs another host."""

from __future__ import annotations

from pathlib import Path

from tests.site.links import mistakes


def test_mistakes_are_found(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "index.html").write_text('<h2 id="names">Names</h2><a href="../index.html#top">up</a>')
    (tmp_path / "index.html").write_text(
        '<p id="top"></p><a href="rules/">a</a><a href="rules/#names">b</a><a href="https://github.com">c</a>'
        '<a href="gone.html">d</a><a href="rules/index.html#gone">e</a><a href="/rules/">f</a><img src="gone.png">'
        '<script src="https://host/x.js"></script><a href="../outside.html">g</a><a href="#top">h</a>'
    )
    (tmp_path / "site.css").write_text("@font-face { src: url(https://host/font.woff2) }")
    assert list(mistakes(tmp_path)) == [
        "index.html: https://host/x.js is loaded from another host",
        "index.html: gone.html leads nowhere",
        "index.html: rules/index.html#gone has no such heading",
        "index.html: /rules/ works only in one place",
        "index.html: ../outside.html leads nowhere",
        "index.html: gone.png leads nowhere",
        "site.css loads a file from another host",
    ]
