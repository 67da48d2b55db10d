"""Owners of a data folder as processes of their own, so that they can be killed; what the fault tests share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until the condition holds; fail with ``what`` if it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True)


def servers_in(data_dir: Path) -> list[psutil.Process]:
    """Every process that works in the data folder's cluster."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(f"{data_dir.resolve()}/postgres/"):
                found.append(process)
        except psutil.Error:
            continue
    return found


class Owner:
    """A Python process that runs ``code``; its standard output is read line by line."""

    def __init__(self, code: str, *arguments: object, environment: dict[str, str] | None = None, **popen: object):
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **popen,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def read_until(self, wanted: str) -> list[str]:
        """The lines up to and with the first that contains ``wanted``; fails if the process ends before."""
        lines = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if wanted in line:
                return lines
        pytest.fail(f"{wanted!r} never came:\n" + "\n".join(lines))

    def rest(self) -> str:
        """Everything up to its end."""
        assert self.process.stdout is not None
        text = self.process.stdout.read()
        self.process.wait(PATIENCE_SECONDS)
        return text

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
