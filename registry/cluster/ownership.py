"""One owner per data folder: a file lock held for as long as the owner lives, and a note of who that is.

The lock dies with its process, however that ends, so there is nothing stale to clean up. The note inside the file is
for people and for commands that want the owner's database; it is believed only while the lock is held.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from registry.cluster.faults import explained
from registry.errors import AlreadyRunning

# A command that only looks (`attach`) holds the lock for microseconds; an owner must not mistake it for another owner.
_PATIENCE_SECONDS = 2.0
# An owner that says it is stopping is waited for: `up` right after Ctrl-C is no second `up`.
_STOPPING_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has the data folder: process id, the command it runs, its database's URL and the address of its web pages.

    ``url`` is None while the database is being started, ``address`` where no web server belongs to the owner;
    ``external`` is true where the owner uses another server than the embedded one, ``stopping`` when it is ending.
    """

    pid: int
    command: str
    url: str | None = None
    address: str | None = None
    external: bool = False
    stopping: bool = False


class Ownership:
    """The right to run this data folder, held from ``take`` to ``release`` (or the end of the process)."""

    def __init__(self, data_dir: Path, *, command: str, external: bool = False) -> None:
        self._path = lock_path(data_dir)
        self._data_dir = data_dir
        self._owner = Owner(pid=os.getpid(), command=command, external=external)
        self._descriptor: int | None = None

    def take(self) -> None:
        """Become the owner. Raises AlreadyRunning naming the present one; DatabaseUnavailable if it cannot."""
        with explained("use the data folder", self._data_dir):
            make_data_dir(self._data_dir)
            descriptor = open_private(self._path)
        with explained("lock", self._path):
            taken = _lock(descriptor, patience_seconds=_PATIENCE_SECONDS)
            owner = _read(self._path)
            if not taken and owner and owner.stopping:
                taken = _lock(descriptor, patience_seconds=_STOPPING_SECONDS)
        if not taken:
            os.close(descriptor)
            raise AlreadyRunning(_describe(self._data_dir, owner))
        self._descriptor = descriptor
        self._write()

    def announce(self, *, url: str | None = None, address: str | None = None) -> None:
        """Tell others where the database or the web pages are; what is None stays as it was."""
        self._owner = replace(self._owner, url=url or self._owner.url, address=address or self._owner.address)
        self._write()

    def announce_stopping(self) -> None:
        """Tell a successor that it need only wait."""
        self._owner = replace(self._owner, stopping=True)
        self._write()

    def release(self) -> None:
        """Give the folder back; harmless if it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._owner = replace(self._owner, url=None, address=None, stopping=False)

    def _write(self) -> None:
        if self._descriptor is None:
            return
        note = json.dumps(asdict(self._owner)).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, note, 0)


def lock_path(data_dir: Path) -> Path:
    """The file whose lock means ownership."""
    return data_dir / "owner.lock"


def open_private(path: Path) -> int:
    """Open a file of ours for reading and writing, made if need be, for the folder's owner alone; a link is refused.

    Root working in somebody's folder leaves no file there that its owner could not use. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder, private to its user; one that is there already is left as it is."""
    if not data_dir.is_dir():
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        data_dir.mkdir(mode=0o700, exist_ok=True)


def present_owner(data_dir: Path) -> Owner | None:
    """Who has the folder now, or None. An owner whose note is not readable yet is reported with process id 0."""
    path = lock_path(data_dir)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        with explained("read", path):
            raise
    try:
        if _lock(descriptor, shared=True):
            return None
        return _read(path) or Owner(pid=0, command="another command of ours")
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, shared: bool = False, patience_seconds: float = 0.0) -> bool:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def _read(path: Path) -> Owner | None:
    try:
        return Owner(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _describe(data_dir: Path, owner: Owner | None) -> str:
    who = f"`{owner.command}` (process {owner.pid})" if owner else "another process"
    where = f" and answers at {owner.address}" if owner and owner.address else ""
    return f"{who} already runs on {data_dir}{where}; stop it first, or choose another folder with --data-dir"
