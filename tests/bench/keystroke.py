"""A keystroke in a long config, from the notification to the diagnostics, in the process of the server."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePath

from lsprotocol import types as lsp

from gym_lsp.server.diagnostics import file_diagnostics
from gym_lsp.server.memory import configure_collector
from gym_lsp.server.session import Session
from gym_lsp.server.sync import Buffer, changed
from gym_lsp.text import Encoding
from tests.bench.figure import Figure
from tests.bench.trees import with_datasets

LINES = 10_000
EDITED = "domain: math\n"


def measure_keystroke(edits: int) -> Figure:
    """Type into the middle of a config of 10,000 lines."""
    # Other work of the machine can only add to the time.
    fastest = min(_keystrokes(LINES, edits))
    measured = f"{fastest * 1000:.0f} ms of a processor"
    return Figure(f"a keystroke in a config of {LINES:,} lines", measured, "at most 60 ms", fastest, 0.060)


def _keystrokes(lines: int, edits: int) -> Iterator[float]:
    """Yield the seconds of a processor that each keystroke takes, after two to warm up."""
    text = with_datasets(lines)
    line = text.count("\n", 0, text.index(EDITED, len(text) // 2))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "environments/datasets/config.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        session = Session(Encoding.UTF16, {})
        session.open_folder(PurePath(folder))
        session.set_buffer(path, Buffer(path.as_uri(), 0, text))
        file_diagnostics(session, path, session.converter())
        # As the server does once all is indexed.
        configure_collector()
        gc.collect()
        gc.freeze()
        place = lsp.Position(line, 1_000)
        typed = lsp.TextDocumentContentChangePartial(lsp.Range(place, place), "x")
        for number in range(1, edits + 3):
            began = time.process_time()
            session.set_buffer(path, changed(session.buffers[path], number, [typed], Encoding.UTF16))
            found = file_diagnostics(session, path, session.converter())
            if number > 2:
                yield time.process_time() - began
            assert [each.code for each in found] == ["unknown-domain"], found
        gc.unfreeze()
