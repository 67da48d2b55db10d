"""A warm interpreter that runs each request in a fork of itself, so that a paper pays for no start and no imports.

The interpreter is a process of its own with its own session: killing the session ends it and whatever it runs. It is
single-threaded, has compiled a small paper once (so that patterns and tables are there), and reads requests from its
standard input; each is handled by a forked child that ends with it, so that nothing of one paper is left for the next.
Between parent and interpreter lengths and bytes go back and forth; what they hold is `importers.compiler.sandbox`'s.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

MAX_ANSWER_BYTES = 512 * 1024 * 1024
MAX_IDLE = 2
RUNS_BEFORE_RENEWAL = 1_000
_HEAD = struct.Struct(">Q")
_TAIL = struct.Struct(">iQQ")
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: exit status (negative: the signal), what it wrote, the end of what it complained of."""

    status: int
    output: bytes
    errors: bytes


class WarmProcess:
    """One interpreter and the pipes to it. One run at a time; a run that fails to answer costs the interpreter."""

    def __init__(self, module: str) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(  # noqa: S603 - an interpreter on a module of our own, no shell
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": paths},
        )
        self.runs = 0
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            os.set_blocking(stream.fileno(), False)

    @property
    def pid(self) -> int:
        """The interpreter's process."""
        return self._process.pid

    def run(self, request: bytes, seconds: float) -> Outcome:
        """One request. Raises TimeoutError past ``seconds`` and ConnectionError where the interpreter is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.runs += 1
        left = memoryview(_HEAD.pack(len(request)) + request)
        answer = bytearray()
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            ready.register(self._process.stdin, selectors.EVENT_WRITE)
            while (wanted := _wanted(answer)) is None or len(answer) < wanted:
                events = ready.select(deadline - time.monotonic()) if time.monotonic() < deadline else []
                if not events:
                    raise TimeoutError
                for key, _ in events:
                    if key.fileobj is self._process.stdout:
                        answer += self._read()
                        continue
                    left = left[os.write(key.fd, left[:_CHUNK]) :]
                    if not left:
                        ready.unregister(key.fileobj)
        return _opened(bytes(answer))

    def _read(self) -> bytes:
        assert self._process.stdout is not None
        chunk = os.read(self._process.stdout.fileno(), _CHUNK)
        if not chunk:
            raise ConnectionError("the compiling process ended")
        return chunk

    def close(self) -> None:
        """End it and everything it runs, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        self._process.wait()


def _wanted(answer: bytearray) -> int | None:
    """How long the answer will be, once its head is here."""
    if len(answer) < _TAIL.size:
        return None
    _, output, errors = _TAIL.unpack_from(answer)
    return int(_TAIL.size + output + errors)


def _opened(answer: bytes) -> Outcome:
    status, output, _ = _TAIL.unpack_from(answer)
    middle = _TAIL.size + output
    return Outcome(status, answer[_TAIL.size : middle], answer[middle:])


_idle: list[WarmProcess] = []
_lock = threading.Lock()
_owner = os.getpid()


def run_warm(module: str, request: bytes, seconds: float) -> Outcome:
    """Run a request in an idle interpreter of ``module`` or a new one. Raises as `WarmProcess.run` does."""
    process = _borrowed(module)
    try:
        outcome = process.run(request, seconds)
    except BaseException:  # whatever it was, the interpreter may still be at work
        process.close()
        raise
    with _lock:
        keep = len(_idle) < MAX_IDLE and process.runs < RUNS_BEFORE_RENEWAL
        if keep:
            _idle.append(process)
    if not keep:
        process.close()
    return outcome


def _borrowed(module: str) -> WarmProcess:
    global _owner
    with _lock:
        if _owner != os.getpid():  # forked: what is idle belongs to our parent
            _idle.clear()
            _owner = os.getpid()
        if _idle:
            return _idle.pop()
    return WarmProcess(module)


def idle() -> tuple[WarmProcess, ...]:
    """The interpreters that wait for work."""
    with _lock:
        return tuple(_idle)


@atexit.register
def close_idle() -> None:
    """End the idle interpreters; they would end by themselves with this process."""
    with _lock:
        ended = list(_idle) if _owner == os.getpid() else []
        _idle.clear()
    for process in ended:
        process.close()


def serve_warm(source: BinaryIO, target: BinaryIO, handle: Callable[[BinaryIO, BinaryIO], None]) -> None:
    """The interpreter's life: a request, a fork, an answer, until its input ends. Nothing may run beside it."""
    gc.collect()
    gc.freeze()  # what is there now is shared with every fork; do not touch it
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        (size,) = _HEAD.unpack(head)
        request = source.read(size)
        if len(request) < size:
            return
        outcome = _forked(request, handle)
        del request
        target.write(_TAIL.pack(outcome.status, len(outcome.output), len(outcome.errors)))
        target.write(outcome.output)
        target.write(outcome.errors)
        target.flush()


def _forked(request: bytes, handle: Callable[[BinaryIO, BinaryIO], None]) -> Outcome:
    output_end, output_start = os.pipe()
    errors_end, errors_start = os.pipe()
    child = os.fork()
    if not child:
        _live(request, handle, output_start, errors_start)
    os.close(output_start)
    os.close(errors_start)
    output, errors = _collect(child, output_end, errors_end)
    _, status = os.waitpid(child, 0)
    return Outcome(os.waitstatus_to_exitcode(status), output, errors[-4000:])


def _live(request: bytes, handle: Callable[[BinaryIO, BinaryIO], None], output: int, errors: int) -> None:
    """The child's whole life; does not return."""
    status = 1
    try:
        os.dup2(output, 1)
        os.dup2(errors, 2)
        os.close(0)
        with os.fdopen(1, "wb") as target:
            handle(io.BytesIO(request), target)
        status = 0
    except BaseException:  # noqa: BLE001 - the child must not fall back into its parent's loop
        with contextlib.suppress(BaseException):
            os.write(2, traceback.format_exc()[-2000:].encode(errors="replace"))
    finally:
        os._exit(status)


def _collect(child: int, output_end: int, errors_end: int) -> tuple[bytes, bytes]:
    """What a child writes, until it ends; one that writes without end is killed."""
    taken = {output_end: bytearray(), errors_end: bytearray()}
    with selectors.DefaultSelector() as ready:
        for end in taken:
            ready.register(end, selectors.EVENT_READ)
        while ready.get_map():
            for key, _ in ready.select():
                chunk = os.read(key.fd, _CHUNK)
                taken[key.fd] += chunk
                if not chunk:
                    ready.unregister(key.fd)
                    os.close(key.fd)
                elif len(taken[key.fd]) > MAX_ANSWER_BYTES:
                    os.kill(child, signal.SIGKILL)
                    taken[key.fd].clear()
    return bytes(taken[output_end]), bytes(taken[errors_end])
