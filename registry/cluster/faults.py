"""What can go wrong with the embedded server, in words that say what to do.

Nothing here decides anything: it turns operating-system errors and the server's last words into DatabaseUnavailable.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.errors import DatabaseUnavailable

OWN_SERVER = "or set DISCOVERIES_DATABASE_URL to a PostgreSQL server of your own"

_ERRNO_ADVICE = {
    errno.ENOSPC: "the disk is full; make room, choose another folder with --data-dir",
    errno.EDQUOT: "your disk quota is used up; make room, choose another folder with --data-dir",
    errno.EROFS: "the file system is read-only; choose another folder with --data-dir",
    errno.EACCES: "this user may not write there; choose another folder with --data-dir",
    errno.EPERM: "this user may not do that; choose another folder with --data-dir",
    errno.ENOTDIR: "a part of that path is a file; choose another folder with --data-dir",
    errno.ENOLCK: "the file system has no file locks; choose a folder on a local disk with --data-dir",
}

_LOG_ADVICE = (
    (r"No space left on device|Disk quota exceeded|Check free disk space", "the disk is full; make room"),
    (r"could not map anonymous shared memory|Cannot allocate memory", "the machine has too little free memory"),
    (r"error while loading shared libraries: (\S+?):", "install the system library {0}"),
    (r"is incompatible with operating system|locale .* invalid", "the data was made on a machine with other locales"),
    (r"could not locate a valid checkpoint record|invalid checkpoint", "the data is damaged; restore a copy"),
    (r"GLIBC(XX)?_\S+' not found", "this system's C library is too old for the wheel"),
)


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Turn an OSError of the block into DatabaseUnavailable: "cannot <doing> <path>: why; what to do"."""
    try:
        yield
    except OSError as error:
        advice = _ERRNO_ADVICE.get(
            error.errno or 0, f"{error.strerror or error}; choose another folder with --data-dir"
        )
        raise DatabaseUnavailable(f"cannot {doing} {path}: {advice}, {OWN_SERVER}") from error


def server_fault(what: str, output: str) -> DatabaseUnavailable:
    """The error for a program of the wheel that failed: ``what`` it was doing and its ``output``, shortened."""
    advice = "see what it says below"
    for pattern, meaning in _LOG_ADVICE:
        found = re.search(pattern, output)
        if found:
            advice = meaning.format(*found.groups())
            break
    said = "\n".join(f"    {line}" for line in output.strip().splitlines()[-12:]) or "    (it said nothing)"
    return DatabaseUnavailable(f"{what}: {advice}, {OWN_SERVER}\n{said}")
