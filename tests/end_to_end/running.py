"""A registry as an operator runs it: the whole process tree of `discoveries up`, asked over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


class RunningRegistry:
    """`discoveries up` on a data folder, with settings by environment; everything it prints is in ``log``."""

    def __init__(self, data_dir: Path, *, options: tuple[str, ...] = (), **environment: str) -> None:
        self.port = free_port()
        self.log = data_dir.parent / f"up-{self.port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "web.cli", "up", f"--port={self.port}", f"--data-dir={data_dir}", *options],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def __enter__(self) -> Self:
        self.wait_for(self.answers, "the web server answers")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()

    @property
    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def text(self, path: str) -> str:
        """The body of a page."""
        with urllib.request.urlopen(self.url(path), timeout=20) as answer:
            return str(answer.read().decode())

    def json(self, path: str) -> Any:
        """The decoded answer of the API."""
        return json.loads(self.text(path))

    def answers(self) -> bool:
        try:
            return bool(self.text("/healthz"))
        except OSError:
            return False

    def wait_for(self, holds: Any, what: str, *, seconds: float = 90) -> None:
        """Wait until ``holds()``; fails with everything that was printed."""
        deadline = time.monotonic() + seconds
        while not holds():
            ended = self.process.poll()
            assert ended is None, f"`up` ended with {ended} before {what}:\n{self.printed}"
            assert time.monotonic() < deadline, f"not in {seconds} s: {what}:\n{self.printed}"
            time.sleep(0.1)

    def import_state(self) -> str:
        return str(self.json("/api/v1/status")["importing"]["state"])

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop and wait; returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)
