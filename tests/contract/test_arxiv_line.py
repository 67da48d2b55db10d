"""No answer holds a turn for longer than it may: drips of headers and bodies, ends that look like ends, turns lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

import pytest

from importers.arxiv_line import TOO_SLOW, TURN_LOST
from importers.arxiv_transport import Patience, PoliteSession, polite_adapter
from registry.errors import SourceUnavailable
from tests.http_frame import Asked, HttpFrame

_BODY = b"<feed/>" * 20


@dataclass
class Dripping(HttpFrame):
    """Sends what it is told to, a byte at a time, and closes the connection at its end."""

    sent: bytes

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        handler.close_connection = True
        for byte in self.sent:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if self.linger(handler, 0.01):
                return


DRIPS = {
    "headers": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 400,
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 140\r\n\r\n" + _BODY,
    "body that ends with its connection": b"HTTP/1.0 200 OK\r\n\r\n" + _BODY * 3,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 60,
}


@dataclass
class _Turn:
    seconds: float

    def __post_init__(self) -> None:
        self.until = time.monotonic() + self.seconds

    @contextmanager
    def turn(self) -> Iterator[_Turn]:
        yield self

    def hold(self, seconds: float, reason: str) -> None:
        pass


def asking(server: Dripping, *, answer_seconds: float = 60, turn_seconds: float = 60) -> Callable[[], bytes]:
    patience = Patience(tries=1, answer_seconds=answer_seconds)
    adapter = polite_adapter(
        server.address, lambda body, url: body, limiter=_Turn(turn_seconds), patience=patience, delay_seconds=0
    )

    def ask() -> bytes:
        with PoliteSession(server.address, adapter) as session:
            return bytes(session.get().content)

    return ask


@pytest.mark.parametrize("sent", DRIPS.values(), ids=DRIPS)
@pytest.mark.parametrize(
    ("limits", "told"), [({"answer_seconds": 0.3}, TOO_SLOW), ({"turn_seconds": 0.3}, TURN_LOST)], ids=["time", "turn"]
)
def test_a_drip_ends_with_its_time_and_with_its_turn(sent: bytes, limits: dict[str, float], told: str) -> None:
    with Dripping(sent) as server:
        begun = time.monotonic()
        with pytest.raises(SourceUnavailable, match=told):
            asking(server, **limits)()
        assert time.monotonic() - begun < 1.2
        deadline = time.monotonic() + 5
        while server.asked[0].ended_seconds is None:
            assert time.monotonic() < deadline, "the service sees that nobody listens any more"
            time.sleep(0.01)


def test_a_slow_answer_within_its_time_is_taken() -> None:
    with Dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n<feed/>") as server:
        assert asking(server)() == b"<feed/>"
