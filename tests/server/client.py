"""A small LSP client for tests, over the standard streams of a server. It implements only the framing of LSP.

A thread reads the messages, so that a test can wait for one with a limit and inspect all earlier ones.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tests.patience import PATIENCE

REPOSITORY = Path(__file__).parents[2]
LIMIT = PATIENCE
"""Seconds to wait for an expected message."""
Message = dict[str, Any]


class RpcError(Exception):
    """The server answered with an error."""

    def __init__(self, error: Message) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]


class Client:
    """One server process and all messages that it has sent."""

    def __init__(
        self,
        folder: Path,
        environment: dict[str, str] | None = None,
        command: Sequence[str] = (sys.executable, "-m", "gym_lsp"),
        replies: Mapping[str, object] | None = None,
    ) -> None:
        self._replies = replies or {}
        """The results of the server's requests by method; null for any other method."""
        self.folder = folder
        self.messages: list[Message] = []
        self.garbage = b""
        """What the server wrote to the standard output that is not LSP."""
        self._ids = iter(range(1, 1_000_000))
        self._arrived = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=_environment() | {"PYTHONPATH": str(REPOSITORY)} | (environment or {}),
        )
        self.errors = b""
        self._threads = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for thread in self._threads:
            thread.start()

    # Sending

    def send(self, message: Message) -> None:
        self.send_raw(json.dumps({"jsonrpc": "2.0"} | message).encode())

    def send_raw(self, body: bytes) -> None:
        self.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def send_bytes(self, data: bytes) -> None:
        """Send bytes without a header. The server may stop reading before their end."""
        pipe = self._pipe(self.process.stdin)
        with contextlib.suppress(BrokenPipeError):
            pipe.write(data)
            pipe.flush()

    def close_input(self) -> None:
        self._pipe(self.process.stdin).close()

    def notify(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: object = None) -> int:
        """Send a request and return its number for `answer`."""
        number = next(self._ids)
        self.send({"id": number, "method": method, "params": params})
        return number

    def answer(self, number: int, limit: float = LIMIT) -> Any:
        """Return the result of a request. Raises RpcError, or AssertionError if no response comes in time."""
        reply = self.wait_for(lambda message: message.get("id") == number and "method" not in message, limit)
        if "error" in reply:
            raise RpcError(reply["error"])
        return reply.get("result")

    def request(self, method: str, params: object = None) -> Any:
        return self.answer(self.ask(method, params))

    # Receiving

    def wait_for(self, wanted: Callable[[Message], bool], limit: float = LIMIT, start: int = 0) -> Message:
        """Return the first wanted message from number `start` on, waiting for it if necessary."""
        deadline = time.monotonic() + limit
        with self._arrived:
            while True:
                for message in self.messages[start:]:
                    if wanted(message):
                        return message
                left = deadline - time.monotonic()
                assert left > 0 and not self._ended, f"no such message among {self.messages[start:]}\n{self.errors!r}"
                self._arrived.wait(left)

    def sent(self, method: str) -> list[Message]:
        """Return the messages of one method that the server has sent."""
        with self._arrived:
            return [message for message in self.messages if message.get("method") == method]

    def leave(self, limit: float = LIMIT) -> int:
        """Wait for the end of the process and return its exit code."""
        code = self.process.wait(limit)
        for thread in self._threads:
            thread.join(limit)
        return code

    def close(self) -> None:
        """End the process, also after a failed test."""
        with contextlib.suppress(OSError):
            self._pipe(self.process.stdin).close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.leave()
        for pipe in (self.process.stdout, self.process.stderr):
            self._pipe(pipe).close()

    def _pipe(self, pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe

    def _read(self) -> None:
        pipe = self._pipe(self.process.stdout)
        while header := pipe.readline():
            if not header.startswith(b"Content-Length: "):
                self.garbage += header
                continue
            length = int(header.removeprefix(b"Content-Length: "))
            while pipe.readline().strip():
                pass
            self._take(json.loads(pipe.read(length)))
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    def _take(self, message: Message) -> None:
        if "id" in message and "method" in message:
            # Every request of the server succeeds, like the requests that an editor ignores.
            with contextlib.suppress(OSError, ValueError):  # the test may have closed the pipe
                self.send({"id": message["id"], "result": self._replies.get(message["method"])})
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()

    def _read_errors(self) -> None:
        self.errors = self._pipe(self.process.stderr).read()


def _environment() -> dict[str, str]:
    """Return the environment of the tests without the variables that lead the server to another workspace."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("NEMO_GYM", "VIRTUAL_ENV"))}


@contextlib.contextmanager
def running(folder: Path, environment: dict[str, str] | None = None) -> Generator[Client]:
    """Run a server in `folder` that has not received any message."""
    client = Client(folder, environment)
    try:
        yield client
    finally:
        client.close()
