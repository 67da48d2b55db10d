"""The server of one data folder: start it, notice its end, stop it; find the one that already runs.

The server is a child of its owner, in a session of its own, so Ctrl-C in a terminal does not stop it before the
owner's other processes are done with it. If the owner is killed, Linux asks the server to shut down (PDEATHSIG), and
the next start waits for that, or does it itself, before it starts a server of its own: an adopted stranger could
neither be waited for nor be trusted to run with the present settings. Either way no commit is lost.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from registry.cluster.account import Account, account_for
from registry.cluster.binaries import programs_for, start_program
from registry.cluster.configuration import tidy_logs, write_configuration
from registry.cluster.creation import DATABASE_ROLE, ensure_created
from registry.cluster.faults import explained, server_fault
from registry.cluster.folders import SOCKET_FILE, folders_of, make_folders, socket_folder
from registry.cluster.ownership import Ownership, open_private, present_owner
from registry.cluster.processes import end_strays
from registry.errors import AlreadyRunning, DatabaseUnavailable

_log = logging.getLogger(__name__)

DATABASE = "discoveries"
# Recovery replays at most max_wal_size of log; ten minutes cover that on a slow disk several times over.
START_LIMIT_SECONDS = 600.0
_STOP_SECONDS = 120.0
_ABORT_SECONDS = 10.0
_POLL_SECONDS = 0.05
_STILL_STARTING = ("starting up", "not yet accepting", "in recovery", "shutting down")


class Cluster:
    """The embedded server of ``data_dir``; ``command`` is what others are told about its owner.

    ``start`` raises AlreadyRunning (the folder has an owner) or DatabaseUnavailable (with what to do). Then ``url`` is
    the SQLAlchemy URL of the empty or filled database `discoveries`. Use it as a context manager, or call ``stop``.
    """

    def __init__(
        self, data_dir: Path, *, command: str = "discoveries", start_limit_seconds: float = START_LIMIT_SECONDS
    ) -> None:
        self.data_dir = data_dir
        self._folders = folders_of(data_dir)
        self._ownership = Ownership(data_dir, command=command)
        self._start_limit_seconds = start_limit_seconds
        self._server: subprocess.Popen[bytes] | None = None
        self._socket_folder: Path | None = None

    @property
    def url(self) -> str:
        """``postgresql+psycopg://…`` over the private socket. Raises DatabaseUnavailable before ``start``."""
        if self._socket_folder is None:
            raise DatabaseUnavailable(f"the database in {self.data_dir} has not been started")
        return _url(self._socket_folder)

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._server.pid if self._server and self._server.poll() is None else None

    def start(self) -> None:
        """Take the folder, make the cluster if there is none, start the server and wait until it answers."""
        _forget_other_servers()
        self._ownership.take()
        try:
            self._launch()
            self._ownership.announce(url=self.url)
        except BaseException:
            self.stop(hurry=True)
            raise

    def ensure_running(self) -> bool:
        """Start the server again if it died; true if it had. The URL stays the same. Raises as ``start`` does."""
        tidy_logs(self._folders)
        if self._server is None or self._server.poll() is None:
            return False
        _log.warning("PostgreSQL ended unexpectedly (%s); starting it again", self._server.returncode)
        self._launch()
        return True

    def announce(self, address: str) -> None:
        """Let a second `up` on this folder say where the first one answers."""
        self._ownership.announce(address=address)

    def announce_stopping(self) -> None:
        """Let a second `up` wait for the end of this one instead of giving up."""
        self._ownership.announce_stopping()

    def stop(self, *, hurry: bool = False) -> None:
        """Shut the server down and give the folder back; ``hurry`` leaves out the last checkpoint (no loss)."""
        self.announce_stopping()
        if self._server is not None:
            _end(self._server, hurry=hurry)
            self._server = None
        if self._socket_folder is not None and self._socket_folder != self._folders.socket:
            _remove_if_empty(self._socket_folder)
        self._socket_folder = None
        self._ownership.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _launch(self) -> None:
        folders = self._folders
        with explained("use", folders.root):
            account = account_for(folders.data)
            make_folders(folders, account)
            programs = programs_for(account)
            ensure_created(folders, account, programs)
            end_strays(folders.data)
            self._socket_folder = socket_folder(folders, account)
            for leftover in (SOCKET_FILE, f"{SOCKET_FILE}.lock"):
                (self._socket_folder / leftover).unlink(missing_ok=True)
            write_configuration(folders, account, socket_folder=self._socket_folder)
            tidy_logs(folders)
            self._server = self._spawn(programs, account)
        try:
            self._wait_until_ready(self._server, self._socket_folder)
            _ensure_database(self._socket_folder)
        except BaseException:
            _end(self._server, hurry=True)
            raise

    def _spawn(self, programs: Path, account: Account) -> subprocess.Popen[bytes]:
        directory = "/proc/self/cwd" if account.switch else str(self._folders.data)
        with os.fdopen(open_private(self._folders.start_log), "wb") as output:
            output.truncate()
            return start_program(
                [str(programs / "postgres"), "-D", directory],
                account,
                folder=self._folders.data,
                output=output,
            )

    def _wait_until_ready(self, server: subprocess.Popen[bytes], socket: Path) -> None:
        """Wait as long as the server lives and says it is starting (recovery may take its time), up to the limit."""
        begun = time.monotonic()
        told = begun
        pause = _POLL_SECONDS
        while True:
            if server.poll() is not None:
                raise server_fault(f"PostgreSQL did not start ({server.returncode})", self._last_words())
            refusal = _refusal(socket)
            if refusal is None:
                return
            if _is_final(refusal):
                raise server_fault("PostgreSQL does not let us in", refusal)
            now = time.monotonic()
            if now - begun > self._start_limit_seconds:
                what = f"PostgreSQL was still starting after {self._start_limit_seconds:.0f} seconds; start it again"
                raise server_fault(what, f"{refusal}\n{self._last_words()}")
            if now - told > 10:
                told = now
                _log.info("PostgreSQL is still starting: %s", refusal.strip().splitlines()[-1])
            time.sleep(pause)
            pause = min(pause * 1.2, 1.0)  # each refusal is a line in the server's log

    def _last_words(self) -> str:
        """What it said last, in this start or an earlier life, stands last."""
        logs = [self._folders.start_log, *self._folders.log.glob("postgresql-*.log")]
        readable = [path for path in logs if path.is_file() and not path.is_symlink()]
        readable.sort(key=lambda path: path.stat().st_mtime_ns)
        return "\n".join(path.read_text(encoding="utf-8", errors="replace")[-4000:] for path in readable[-2:])


def attach(data_dir: Path, *, limit_seconds: float = START_LIMIT_SECONDS) -> str | None:
    """The database URL if another process of ours runs this data folder, else None; waits while that one is starting.

    Raises DatabaseUnavailable if it does not get there, or uses a server of its own instead of the embedded one.
    """
    _forget_other_servers()
    deadline = time.monotonic() + limit_seconds
    while True:
        owner = present_owner(data_dir)
        if owner is None or owner.url is not None:
            return owner.url if owner else None
        if owner.external:
            raise DatabaseUnavailable(
                f"`{owner.command}` (process {owner.pid}) keeps {data_dir} in a server of its own: "
                "set DISCOVERIES_DATABASE_URL here as it is set there"
            )
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(f"`{owner.command}` (process {owner.pid}) has not got its database started")
        time.sleep(_POLL_SECONDS)


@contextmanager
def running(data_dir: Path, *, command: str) -> Iterator[str]:
    """The URL of the running database of ``data_dir``; starts it for the length of the block if nobody runs it.

    Whoever joined meanwhile is waited for before it is stopped again. Raises DatabaseUnavailable.
    """
    while (url := attach(data_dir)) is None:
        cluster = Cluster(data_dir, command=command)
        try:
            cluster.start()
        except AlreadyRunning:
            continue  # somebody was quicker: join them
        try:
            yield cluster.url
            with _guest_book(data_dir, fcntl.LOCK_EX):
                pass
        finally:
            cluster.stop()
        return
    with _guest_book(data_dir, fcntl.LOCK_SH):
        yield url


@contextmanager
def _guest_book(data_dir: Path, kind: int) -> Iterator[None]:
    with explained("lock", data_dir):
        descriptor = open_private(data_dir / "guests.lock")
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def _forget_other_servers() -> None:
    """Drop the variables by which libpq finds a server: PGHOSTADDR or PGSERVICE would overrule our URL.

    This process talks to the embedded server; a server of the user's own is named by DISCOVERIES_DATABASE_URL.
    """
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def _url(folder: Path) -> str:
    # %20 for a space, not "+": SQLAlchemy reads both, libpq (to which others hand this URL) only the first.
    return f"postgresql+psycopg://{DATABASE_ROLE}@/{DATABASE}?host={quote(str(folder), safe='')}&port=5432"


def _connect(folder: Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(folder), port=5432, user=DATABASE_ROLE, dbname="postgres", autocommit=True, connect_timeout=10
    )


def _refusal(folder: Path) -> str | None:
    try:
        _connect(folder).close()
    except psycopg.OperationalError as error:
        return str(error)
    return None


def _is_final(refusal: str) -> bool:
    """Whether waiting is in vain. No socket yet, or a connection cut off, says nothing: the server's end will tell."""
    if "FATAL" in refusal:
        return not any(phrase in refusal for phrase in _STILL_STARTING)
    return "Permission denied" in refusal


def _ensure_database(folder: Path) -> None:
    with _connect(folder) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _end(server: subprocess.Popen[bytes], *, hurry: bool) -> None:
    """Ask for a fast shutdown, then an immediate one, then kill; each is safe for what was committed."""
    steps = (
        (signal.SIGINT, _STOP_SECONDS),
        (signal.SIGQUIT, _ABORT_SECONDS),
        (signal.SIGKILL, _ABORT_SECONDS),
    )
    for number, patience_seconds in steps[1:] if hurry else steps:
        if server.poll() is not None:
            return
        server.send_signal(number)
        try:
            server.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            _log.warning("PostgreSQL did not end within %.0f seconds of %s", patience_seconds, number.name)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        _log.debug("left %s behind", folder)
