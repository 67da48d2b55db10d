"""`discoveries up`: the database and the three roles as child processes, watched, restarted and stopped in order.

One thread: it reads what the roles print, starts again what died, and on Ctrl-C or SIGTERM stops web, scheduler and
worker, then Postgres. What a role does is not known here; it gets its settings from its environment.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from registry.cluster import Cluster, DatabaseServer, NamedServer
from registry.cluster.ownership import present_owner
from registry.database import migrate
from registry.errors import DatabaseUnavailable
from registry.settings import Settings, environment_for
from web.listening import address_of, answers, check_address
from web.role_process import RoleProcess
from web.stop_signals import Stop, StopSignals

ROLES = ("web", "worker", "scheduler")
# Nobody new comes in, nothing new is planned, what is begun is finished.
_STOP_ORDER = ("web", "scheduler", "worker")
_STOP_SECONDS = {"web": 15.0, "scheduler": 10.0, "worker": 60.0}
_HURRIED_SECONDS = 1.0

_TICK_SECONDS = 0.2
_BACKOFF_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
# A role that lives shorter than this ended "at once"; so often in a row, and starting it again will not help.
_AT_ONCE_SECONDS = 10.0
_ATTEMPTS = 4

COMMAND = "discoveries up"
STOP_WITH_PARENT_VARIABLE = "DISCOVERIES_STOP_WITH_PARENT"


@dataclass(slots=True)
class _Post:
    """A role's place: the process that fills it now, and the record of those before."""

    name: str
    process: RoleProcess | None = None
    due: float = 0.0
    ended_at_once: int = 0


def role_command(role: str) -> list[str]:
    """How a role is started: this Python, our command line."""
    return [sys.executable, "-m", "web.cli", role]


def supervise(
    settings: Settings,
    *,
    roles: Sequence[str] = ROLES,
    command: Callable[[str], Sequence[str]] = role_command,
    extra_environment: Mapping[str, str] | None = None,
    say: Callable[[str], None] | None = None,
) -> int:
    """Run everything until it is told to stop; 0 after a clean stop, 1 if a role or Postgres could not be kept running.

    ``extra_environment`` goes to every role; ``say`` prints a line. Must be called in the main thread. Raises
    AlreadyRunning, AddressUnavailable or DatabaseUnavailable before any role is started.
    """
    return Supervisor(settings, roles=roles, command=command, extra=extra_environment or {}, say=say or _print).run()


class Supervisor:
    """The state of one `discoveries up`. Use `supervise`."""

    def __init__(
        self,
        settings: Settings,
        *,
        roles: Sequence[str],
        command: Callable[[str], Sequence[str]],
        extra: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._command = command
        self._extra = extra
        self._say = say
        self._posts = [_Post(name) for name in roles]
        self._width = max(map(len, roles), default=0)
        self._database: DatabaseServer = (
            NamedServer(settings.data_dir, settings.database_url, command=COMMAND)
            if settings.database_url
            else Cluster(settings.data_dir, command=COMMAND)
        )
        self._parent = os.getppid() if os.environ.get(STOP_WITH_PARENT_VARIABLE) == "1" else None
        self._signals = StopSignals()
        self._answers = False
        self._failure: str | None = None
        self._database_failures = 0
        self._database_due = 0.0

    def run(self) -> int:
        with self._signals.handled():
            try:
                self._open()
                while not self._should_stop():
                    self._tick()
            except Stop:
                pass
            finally:
                self._close()
        if self._failure:
            self._say(self._failure)
        return 1 if self._failure else 0

    def _open(self) -> None:
        # A second `up` on the same data would find its port taken too: who owns the data is the better answer.
        owned = present_owner(self._settings.data_dir) is not None
        if not owned:
            self._check_address()
            self._say("Connecting to Postgres …" if self._settings.database_url else "Starting Postgres …")
        with self._signals.break_off():
            self._database.start()
            if owned:  # it was on its way out, and so was its web server
                self._check_address()
            migrate(self._database.url)

    def _check_address(self) -> None:
        if "web" in self._roles():
            check_address(self._settings.host, self._settings.port)

    def _tick(self) -> None:
        self._keep_database()
        for post in self._posts:
            self._keep(post)
        self._relay(_TICK_SECONDS)
        if not self._answers and "web" in self._roles():
            self._look_for_answer()

    def _should_stop(self) -> bool:
        if self._parent is not None and os.getppid() != self._parent:
            self._say("The command that started this one is gone; stopping.")
            return True
        return self._signals.count > 0 or self._failure is not None

    def _roles(self) -> list[str]:
        return [post.name for post in self._posts]

    # Keeping things running

    def _keep_database(self) -> None:
        if time.monotonic() < self._database_due:
            return
        try:
            with self._signals.break_off():
                restarted = self._database.ensure_running()
        except DatabaseUnavailable as error:
            self._database_due = time.monotonic() + _pause_seconds(self._database_failures)
            self._database_failures += 1
            self._say(str(error))
            if self._database_failures >= _ATTEMPTS:
                self._failure = f"Postgres could not be started again after {_ATTEMPTS} attempts; giving up."
            return
        if restarted:
            self._say("Postgres had ended unexpectedly and runs again; nothing that was committed is lost.")
            self._database_failures = 0
            for post in self._posts:
                post.ended_at_once = 0  # a role may well have died of it

    def _keep(self, post: _Post) -> None:
        process = post.process
        if process is not None and process.exit_code is None:
            return
        if process is not None:
            self._bury(post, process)
        if self._failure is None and time.monotonic() >= post.due:
            post.process = RoleProcess(post.name, self._command(post.name), self._environment())

    def _bury(self, post: _Post, process: RoleProcess) -> None:
        """Note a role's end, and when it is to be started again, or that it is not."""
        self._print_lines(process, final=True)
        process.close()
        post.process = None
        at_once = process.uptime_seconds < _AT_ONCE_SECONDS
        post.ended_at_once = post.ended_at_once + 1 if at_once else 0
        if post.ended_at_once >= _ATTEMPTS:
            words = "\n".join(f"    {line}" for line in process.last_words) or "    (it said nothing)"
            self._failure = (
                f"The {_title(post.name)} ended {_ATTEMPTS} times in a row, each within {_AT_ONCE_SECONDS:.0f} seconds "
                f"of its start; giving up. Its last words:\n{words}"
            )
            return
        pause = _pause_seconds(post.ended_at_once)
        post.due = time.monotonic() + pause
        self._say(
            f"The {_title(post.name)} ended unexpectedly ({_how_ended(process)}); starting it again in {pause:g} s."
        )

    def _environment(self) -> dict[str, str]:
        """The caller's environment with the settings in force; nothing by which libpq would find another server."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PG") and name != STOP_WITH_PARENT_VARIABLE
        }
        settings = self._settings.model_copy(update={"database_url": self._database.url})
        return {**inherited, **environment_for(settings), **self._extra}

    # What people see

    def _relay(self, timeout_seconds: float) -> None:
        """Print what the roles say, for at most this long."""
        with selectors.DefaultSelector() as selector:
            for process in self._processes():
                if process.output is not None:
                    selector.register(process.output, selectors.EVENT_READ, process)
            if not selector.get_map():
                time.sleep(timeout_seconds)
                return
            for key, _ in selector.select(timeout_seconds):
                self._print_lines(key.data)
        if any(process.exit_code is not None for process in self._processes()):
            time.sleep(0.01)  # an ended role's pipe is always readable; do not spin until it is buried

    def _print_lines(self, process: RoleProcess, *, final: bool = False) -> None:
        for line in process.read_lines(final=final):
            self._say(f"{process.name:<{self._width}} | {line}")

    def _look_for_answer(self) -> None:
        """Say the address once, when the web server answers there."""
        if not answers(self._settings.host, self._settings.port):
            return
        self._answers = True
        address = self._settings.base_url or address_of(self._settings.host, self._settings.port)
        self._database.announce(address)
        self._say(f"\ndiscoveries answers at {address}   (Ctrl-C stops it)\n")

    def _processes(self) -> list[RoleProcess]:
        return [post.process for post in self._posts if post.process is not None]

    # Stopping

    def _close(self) -> None:
        """Stop the roles in order, then Postgres. A second signal cuts every wait short."""
        self._database.announce_stopping()
        if self._processes():
            self._say("Stopping …")
        try:
            for name in sorted(self._roles(), key=_stop_rank):
                for process in [process for process in self._processes() if process.name == name]:
                    self._stop(process)
        finally:
            for process in self._processes():
                process.kill()
                process.close()
            self._stop_database()

    def _stop_database(self) -> None:
        try:
            with self._signals.break_off():
                self._database.stop(hurry=self._signals.count > 1)
        except Stop:
            self._database.stop(hurry=True)

    def _stop(self, process: RoleProcess) -> None:
        process.terminate()
        begun = time.monotonic()
        while process.exit_code is None:
            patience = _HURRIED_SECONDS if self._signals.count > 1 else _STOP_SECONDS.get(process.name, 10.0)
            if time.monotonic() - begun > patience:
                self._say(f"The {_title(process.name)} did not stop in time and is killed.")
                process.kill()
            self._relay(0.05)
        self._print_lines(process, final=True)


def _pause_seconds(failures: int) -> float:
    return _BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)]


def _stop_rank(role: str) -> int:
    return _STOP_ORDER.index(role) if role in _STOP_ORDER else len(_STOP_ORDER)


def _title(role: str) -> str:
    return "web server" if role == "web" else role


def _how_ended(process: RoleProcess) -> str:
    code = process.exit_code or 0
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _print(line: str) -> None:
    # The terminal may be gone (closed window, `| head`): that is no reason to stop.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
