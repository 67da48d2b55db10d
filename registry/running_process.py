"""Naming a running process so that another one on the same machine can tell whether it has ended.

What is named is a machine's boot and process namespace, a number in it, and when that number was given out: numbers
are used again. Where a system does not tell these (no Linux ``/proc``), nothing is ever known to have ended.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_ENDED_STATES = ("Z", "X")


def this_process() -> str | None:
    """The name of the process that asks; None where the system does not tell what it takes."""
    number = os.getpid()
    machine, begun = _machine(), _begun(number)
    return f"{machine} {number} {begun}" if machine and begun else None


def has_ended(name: str | None) -> bool:
    """Whether the process is known to have ended, its connections with it. False where that cannot be known."""
    if name is None or name.count(" ") != 2:
        return False
    machine, number, begun = name.split(" ")
    if machine != _machine() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass  # somebody else's, or no number of a process
    now = _begun(int(number))
    return now is not None and (now in _ENDED_STATES or now != begun)


@cache
def _machine() -> str | None:
    """This boot of this machine and the process namespace in it: a container counts its own processes."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{os.readlink(_PROC / 'self/ns/pid')}".replace(" ", "")
    except (OSError, ValueError):
        return None


def _begun(number: int) -> str | None:
    """When a process began, in ticks since boot; its state if it has ended and waits to be taken note of."""
    try:
        told = (_PROC / str(number) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = told.rpartition(")")[2].split()
    return state if state in _ENDED_STATES else rest[18]
