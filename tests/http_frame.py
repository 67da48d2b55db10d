"""The HTTP frame under the local stand-ins for arXiv: a loopback port, what was asked and when, broken connections.

Every request is kept with the times at which it came and was over, so that tests can judge the pace and whether two
were ever on their way at once. What is answered is the stand-in's.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit


@dataclass(slots=True)
class Asked:
    """One request; both moments are of the monotonic clock. ``fault`` is what the answer did wrong, if anything."""

    begun_seconds: float
    path: str
    query: dict[str, str]
    user_agent: str
    connection: str = ""
    ended_seconds: float | None = None
    fault: str | None = None

    @property
    def start(self) -> int:
        return int(self.query.get("start", "0"))


class HttpFrame:
    """Use it as a context; a stand-in says in `answer` what it sends."""

    asked: list[Asked]

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._take(self)

            def log_message(self, *_: object) -> None:
                """Tests read ``asked``; standard error stays quiet."""

        self.asked = []
        self._over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def least_gap_seconds(self) -> float:
        """The shortest time between the arrivals of two requests."""
        begun = sorted(one.begun_seconds for one in self.asked)
        return min((later - earlier for earlier, later in pairwise(begun)), default=float("inf"))

    def most_at_once(self) -> int:
        """How many requests were on their way at the same time, at most."""
        changes = [(one.begun_seconds, 1) for one in self.asked]
        changes += [(one.ended_seconds, -1) for one in self.asked if one.ended_seconds is not None]
        running = most = 0
        for _, change in sorted(changes):
            running += change
            most = max(most, running)
        return most

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        named = (handler.headers.get(name, "") for name in ("User-Agent", "Connection"))
        asked = Asked(time.monotonic(), parts.path, query, *named)
        self.asked.append(asked)
        try:
            self.answer(handler, asked)
        except OSError:
            handler.close_connection = True  # the other side was killed
        finally:
            asked.ended_seconds = time.monotonic()

    def send(self, handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "text/xml; charset=UTF-8", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def cut(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Half of the body, then the end of the connection."""
        self._announce(handler, body)
        handler.wfile.write(body[: len(body) // 2])

    def reset(self, handler: BaseHTTPRequestHandler) -> None:
        """No answer, and a connection that is gone."""
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True

    def drip(self, handler: BaseHTTPRequestHandler, body: bytes, *, pieces: int, pause_seconds: float) -> None:
        """The body, a piece now and then."""
        self._announce(handler, body)
        size = max(1, len(body) // pieces)
        for start in range(0, len(body), size):
            handler.wfile.write(body[start : start + size])
            handler.wfile.flush()
            if self.linger(handler, pause_seconds):
                return

    def linger(self, handler: BaseHTTPRequestHandler, seconds: float) -> bool:
        """Wait; true as soon as the other side has gone away, or the server is told to end."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if self._over.wait(min(left, 0.02)):
                return True
            if select.select([handler.connection], [], [], 0)[0] and not handler.connection.recv(1, socket.MSG_PEEK):
                return True
        return False

    def _announce(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.close_connection = True
