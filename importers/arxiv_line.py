"""The one connection that a request is made over, which can be ended by a clock while somebody waits in it.

A socket's timeout bounds each silence, not the whole: a service that sends a byte now and then, of the headers or of
the body, passes it for ever. Here a thread shuts the connection down when its time is over, which is known to be no
fault of the service where the turn to ask was lost.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from importers.arxiv_pace import Turn

TOO_SLOW = "the answer came too slowly"
TURN_LOST = "the database was away for so long that the turn to ask was lost"


class Line:
    """The connections of one adapter, one at a time; ``cut`` says why the last one was ended from here, if it was."""

    def __init__(self) -> None:
        self.cut: str | None = None
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    @contextmanager
    def open_until(self, deadline_seconds: float, turn: Turn) -> Iterator[None]:
        """Within the block the connection ends at the deadline (`time.monotonic`), or sooner with the turn."""
        self.cut = None
        over = threading.Event()
        watching = threading.Thread(target=self._watch, args=(deadline_seconds, turn, over), daemon=True)
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()
            self._forget()

    def pool_classes(self) -> dict[str, type[HTTPConnectionPool]]:
        """urllib3's pools, by scheme, whose connections are this line's."""
        opened = self._opened

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return opened(super()._new_conn())

        class Secured(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return opened(super()._new_conn())

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecuredPool(HTTPSConnectionPool):
            ConnectionCls = Secured

        return {"http": PlainPool, "https": SecuredPool}

    def _opened(self, opened: socket.socket) -> socket.socket:
        """Keep a second handle: TLS takes the first one away."""
        self._forget()
        with self._lock:
            self._socket = opened.dup()
            if self.cut is not None:
                self._shut()
        return opened

    def _watch(self, deadline_seconds: float, turn: Turn, over: threading.Event) -> None:
        while (left := min(deadline_seconds, turn.until) - time.monotonic()) > 0:
            if over.wait(min(left, threading.TIMEOUT_MAX)):
                return
        with self._lock:
            self.cut = TOO_SLOW if time.monotonic() >= deadline_seconds else TURN_LOST
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None
