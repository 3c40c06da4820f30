"""A client that measures the response times of a server and the cost of its process."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from tests.bench.process import ProcessFailed
from tests.server.client import Client, Message
from tests.server.editor import PUSH

PUBLISHED = "textDocument/publishDiagnostics"
LIMIT = 900.0
"""Seconds to wait for an answer."""


class Times(NamedTuple):
    """Seconds, one value for each repetition."""

    each: tuple[float, ...]

    @property
    def p50(self) -> float:
        return self._at(0.50)

    @property
    def p95(self) -> float:
        return self._at(0.95)

    def _at(self, share: float) -> float:
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def __str__(self) -> str:
        return f"{self.p50 * 1000:.1f} ms, p95 {self.p95 * 1000:.1f} ms"


class Measured:
    """A server on a folder, and its documents."""

    def __init__(self, client: Client, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self._version = 0

    def initialize(self, options: Mapping[str, object] | None = None) -> None:
        uri = self.folder.as_uri()
        self.client.request(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "capabilities": PUSH,
                "workspaceFolders": [{"uri": uri, "name": self.folder.name}],
                "initializationOptions": {"cache": False} if options is None else options,
            },
        )
        self.client.notify("initialized", {})

    def published(self) -> frozenset[str]:
        """Return the URIs of the files with diagnostics, as far as they have arrived."""
        messages = (each for each in tuple(self.client.messages) if each.get("method") == PUBLISHED)
        return frozenset(each["params"]["uri"] for each in messages if each["params"]["diagnostics"])

    def open(self, name: str, text: str) -> None:
        document = {"uri": self.uri(name), "languageId": "yaml", "version": 0, "text": text}
        self.client.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, name: str, text: str) -> None:
        self._version += 1
        document = {"uri": self.uri(name), "version": self._version}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def at(self, method: str, name: str, offset: int, text: str, **more: object) -> Callable[[], object]:
        """Send a request about a place in a document."""
        line = text.count("\n", 0, offset)
        place = {"line": line, "character": offset - (text.rfind("\n", 0, offset) + 1)}
        params = {"textDocument": {"uri": self.uri(name)}, "position": place, **more}
        return lambda: self.client.request(method, params)

    def wait_for(self, name: str, is_it: Callable[[Sequence[Message]], bool], start: int) -> None:
        """Wait for matching diagnostics of a file, in a message after the first `start`."""
        uri = self.uri(name)

        def wanted(message: Message) -> bool:
            if message.get("method") != PUBLISHED:
                return False
            params: Any = message["params"]
            return params["uri"] == uri and is_it(params["diagnostics"])

        self.client.wait_for(wanted, LIMIT, start)

    def repeated(self, action: Callable[[], object], times: int) -> Times:
        """Return the times of an action, after one run to warm up."""
        action()
        taken: list[float] = []
        for _ in range(times):
            self.client.messages.clear()
            began = perf_counter()
            action()
            taken.append(perf_counter() - began)
        return Times(tuple(taken))

    # The process

    def memory(self) -> int:
        """Return the resident memory in bytes."""
        with open(f"/proc/{self.client.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def processor_time(self) -> float:
        """Return the processor time until now in seconds."""
        with open(f"/proc/{self.client.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def idle_share(self, seconds: float) -> float:
        """Return the share of a processor that the idle server uses, after all work has finished."""
        deadline, before = time.monotonic() + LIMIT, -1.0
        while before != self.processor_time() and time.monotonic() < deadline:
            before = self.processor_time()
            time.sleep(1)
        before = self.processor_time()
        time.sleep(seconds)
        return (self.processor_time() - before) / seconds


@contextlib.contextmanager
def measured(command: Sequence[str], folder: Path, replies: Mapping[str, object] | None = None) -> Generator[Measured]:
    """Return a server that was started and initialized. Raises ProcessFailed if it does not answer."""
    client = Client(folder, command=command, replies=replies)
    try:
        yield Measured(client, folder)
    except AssertionError as error:
        raise ProcessFailed(f"{' '.join(command)}: {error}") from error
    finally:
        client.close()
