"""Child processes and what becomes of them when their owner is killed.

Linux can be asked to signal a child when its parent dies; what was left behind all the same is found at the next start.
Every process of a PostgreSQL server has the data folder as its working directory, so we ask the processes themselves
rather than believe the number in postmaster.pid, which may by now belong to something else.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

_log = logging.getLogger(__name__)

# A fast shutdown writes a checkpoint: on a slow disk with a full cache that takes its time.
_SHUTDOWN_SECONDS = 120.0
_ABORT_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A ``preexec_fn`` by which the child gets signal ``number`` when we die; None where the system has no such thing.

    The kernel means the thread that started the child, so only the main thread asks. Everything is looked up
    beforehand: between fork and exec a child may do next to nothing.
    """
    if not sys.platform.startswith("linux") or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return ask


def end_strays(cluster_dir: Path) -> None:
    """Stop every server process that still works in ``cluster_dir`` and clear a pid file that nobody stands behind.

    Call it only as the owner of the data folder. Commits survive: the server is asked to shut down, and one that must
    be killed is repaired from its log at the next start.
    """
    pid = read_pid(cluster_dir)
    strays = _working_in(cluster_dir)
    if strays:
        _log.info("stopping the PostgreSQL server that an earlier run left behind (process %s)", pid)
    head = [process for process in strays if process.pid == pid]
    if head:
        strays = _end(head, cluster_dir, signal.SIGINT, timeout_seconds=_SHUTDOWN_SECONDS)
    for number in (signal.SIGQUIT, signal.SIGKILL):
        if strays:
            strays = _end(strays, cluster_dir, number, timeout_seconds=_ABORT_SECONDS)
    if pid is not None and psutil.pid_exists(pid):
        # The number was given to a stranger since; PostgreSQL would take the stranger for its other self.
        (cluster_dir / "postmaster.pid").unlink(missing_ok=True)


def read_pid(cluster_dir: Path) -> int | None:
    """The process id that the server wrote into its pid file, if there is a readable one."""
    try:
        first = (cluster_dir / "postmaster.pid").read_text(encoding="utf-8", errors="replace").partition("\n")[0]
        return abs(int(first))
    except (OSError, ValueError):
        return None


def _working_in(cluster_dir: Path) -> list[psutil.Process]:
    folder = str(cluster_dir.resolve())
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == folder and process.name().startswith(("postgres", "initdb")):
                found.append(process)
        except psutil.Error:
            continue  # it ended, or belongs to somebody whose server cannot be on our data
    return found


def _end(
    processes: list[psutil.Process], cluster_dir: Path, number: signal.Signals, *, timeout_seconds: float
) -> list[psutil.Process]:
    """Signal these and wait; returns whatever still works in the folder."""
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue
    # Not psutil's wait: in a container whose first process reaps nobody, the ended ones stay as zombies for ever.
    deadline = time.monotonic() + timeout_seconds
    while (left := _working_in(cluster_dir)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left
