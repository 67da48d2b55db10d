"""One role of `discoveries up` as a child process: start it, read what it prints, end it.

It decides nothing: when to start again and when to give up is the supervisor's business.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence

from registry.cluster.processes import end_with_parent

SUPERVISED_VARIABLE = "DISCOVERIES_SUPERVISED"
_READ_BYTES = 64 * 1024
_LAST_WORDS = 6


class RoleProcess:
    """The process of one role. Its standard output and error come in one stream, line by line from ``read_lines``."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._started = time.monotonic()
        self._unfinished = b""
        # A session of its own: Ctrl-C in the terminal reaches the supervisor, which stops the roles in order.
        # Its standard input is a pipe that only we hold open: see `end_with_supervisor`.
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            list(command),
            env={**environment, SUPERVISED_VARIABLE: "1", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )
        self.output = self._process.stdout
        if self.output is not None:
            os.set_blocking(self.output.fileno(), False)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number if a signal ended it."""
        return self._process.poll()

    @property
    def uptime_seconds(self) -> float:
        return time.monotonic() - self._started

    def read_lines(self, *, final: bool = False) -> list[str]:
        """The lines that are there now; with ``final`` also a last one without an end."""
        received = b""
        while self.output is not None and (chunk := self._read_chunk()):
            received += chunk
        *lines, self._unfinished = (self._unfinished + received).split(b"\n")
        if final and self._unfinished:
            lines, self._unfinished = [*lines, self._unfinished], b""
        texts = [line.decode("utf-8", errors="replace").rstrip("\r") for line in lines]
        self.last_words.extend(text for text in texts if text.strip())
        return texts

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and whatever it started."""
        self._signal(signal.SIGKILL, group=True)
        self._process.wait()

    def close(self) -> None:
        """Let go of its pipes, once it has ended."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.output = None

    def _read_chunk(self) -> bytes:
        try:
            return os.read(self._process.stdout.fileno(), _READ_BYTES) if self._process.stdout else b""
        except BlockingIOError:
            return b""

    def _signal(self, number: signal.Signals, *, group: bool = False) -> None:
        if self._process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(self._process.pid, number)
            else:
                self._process.send_signal(number)


def end_with_supervisor() -> None:
    """In a role: end when the supervisor is gone, however it went. Does nothing in a role started by hand.

    Linux does this by itself (`end_with_parent`); elsewhere the end of our standard input says it.
    """
    if os.environ.get(SUPERVISED_VARIABLE) == "1":
        threading.Thread(target=_wait_for_supervisor, name="supervisor watch", daemon=True).start()


def _wait_for_supervisor() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)
    os._exit(1)
