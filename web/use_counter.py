"""Writing down what `web.use_counting` noted, beside the answers and never before them.

A thread writes every half second: a killed process loses the reads of that time, and no more. Notes hold addresses and
are in memory only; what is written does not (`registry.clients`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from ranking.run import rescore
from ranking.signals import handle_party, standing_of
from registry.clients import Client, client_key, client_of, day_salt, identities_of, network, pseudonym, subscriber
from registry.database import transaction
from registry.errors import RegistryError
from registry.event_log import append, read_events, utc_today
from registry.events import party
from registry.identities import read_identity
from registry.packages import first_with_digest, read_current
from registry.tokens import identity_of
from registry.uses import Visit, count, unseen
from web.hosted_addresses import read_reference
from web.package_paths import read_package_id
from web.use_counting import Note

FLUSH_SECONDS: Final = 0.5
MOST_NOTES: Final = 100_000
"""Notes kept while the database is away; beyond, the oldest go."""
READS_A_MINUTE: Final = 60
PACKAGES_A_DAY: Final = 500
"""A client that reads faster, or more, walks through the registry: what it reads further that day is no use."""
_MOST_CLIENTS: Final = 200_000
_AT_ONCE: Final = 1_000
_AFTER_TROUBLE_SECONDS: Final = 5
_log = logging.getLogger(__name__)


class Pace:
    """How fast and how widely each client reads, over one UTC day. For one thread."""

    def __init__(self) -> None:
        self._begin(None)

    def _begin(self, day: date | None) -> None:
        self._day = day
        self._reads: dict[str, tuple[int, int]] = {}
        self._packages: dict[str, set[str]] = {}
        self._stopped: set[str] = set()

    def allows(self, client: Client, package: str, moment: float) -> bool:
        """Whether this read is still that of a reader; once it is not, none of that client's is for the day."""
        if client.day != self._day or len(self._packages) > _MOST_CLIENTS:
            self._begin(client.day)
        if client.hash in self._stopped:
            return False
        minute = int(moment // 60)
        began, reads = self._reads.get(client.hash, (minute, 0))
        reads = reads + 1 if began == minute else 1
        self._reads[client.hash] = (minute, reads)
        seen = self._packages.setdefault(client.hash, set())
        seen.add(package)
        if reads > READS_A_MINUTE or len(seen) > PACKAGES_A_DAY:
            self._stopped.add(client.hash)
            return False
        return True


class UseCounter:
    """Takes notes from answers and writes them down from a thread of its own."""

    def __init__(self, engine: Engine, data_dir: Path) -> None:
        self._engine = engine
        self._data_dir = data_dir
        self._notes: deque[tuple[float, Note]] = deque(maxlen=MOST_NOTES)
        self._pace = Pace()
        self._stop = threading.Event()
        self._flushing = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, noted: Note) -> None:
        """Keep a note until the next flush. Never waits."""
        self._notes.append((time.time(), noted))

    def start(self) -> None:
        """Begin to write down what is noted, every half second."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="use-counting", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write down what is left, and end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        with suppress(Exception):  # the database may have gone first
            self.flush()

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except OperationalError as error:
                _log.warning("use could not be counted and is tried again: %s", error.orig)
                self._stop.wait(_AFTER_TROUBLE_SECONDS)
            except Exception:  # noqa: BLE001 - one note that cannot be read must not end all counting
                _log.warning("some use could not be counted", exc_info=True)

    def flush(self) -> int:
        """Write down what was noted so far; returns how many events came of it.

        Raises what the database raises; what was noted is kept for the next time if the database was away.
        """
        written = 0
        with self._flushing:
            while self._notes:
                taken = [self._notes.popleft() for _ in range(min(len(self._notes), _AT_ONCE))]
                try:
                    written += self._write(taken)
                except OperationalError:
                    self._notes.extendleft(reversed(taken))
                    raise
        return written

    def _write(self, taken: Sequence[tuple[float, Note]]) -> int:
        key, today = client_key(self._data_dir), utc_today()
        with transaction(self._engine) as session:  # one of its own: whoever makes the salt must not hold it back
            salt = day_salt(session, today)
        with transaction(self._engine) as session:
            read = _Reading(session, key, salt, today)
            visits = list(read.visits(taken, self._pace))
            visits = unseen(session, today, visits)
            if not visits:
                return 0
            held = read_current(session, sorted({one.package for one in visits}))
            events = count(session, today, [one for one in visits if one.package in held])
            append(session, events)
            rescore(session, sorted({package for package, _ in events}))
        return len(events)


class _Reading:
    """Notes become visits: the package that was named, the hashes of who asked, and nobody behind the package."""

    def __init__(self, session: Session, key: bytes, salt: bytes, day: date) -> None:
        self._session = session
        self._key = key
        self._salt = salt
        self._day = day
        self._parties: dict[str, frozenset[str]] = {}

    def visits(self, taken: Iterable[tuple[float, Note]], pace: Pace) -> Iterator[Visit]:
        notes = [(moment, note, client_of(self._key, self._salt, self._day, note.address)) for moment, note in taken]
        acting = identities_of(self._session, self._day, (client.hash for _, _, client in notes))
        for moment, note, client in notes:
            package = self._package(note.named)
            if package is None or not pace.allows(client, package, moment):
                continue
            identities = acting.get(client.hash, set()) | self._bearer(note.bearer)
            if not any(self._is_behind(package, one) for one in identities):
                yield self._visit(package, note)

    def _visit(self, package: str, note: Note) -> Visit:
        who, where = subscriber(note.address), network(note.address) or ""
        return Visit(
            package,
            note.audience,
            note.use,
            pseudonym(self._key, self._salt, package, note.use, who),
            pseudonym(self._key, self._salt, package, note.use, where),
        )

    def _package(self, named: Mapping[str, Any]) -> str | None:
        """The package that an address names by namespace and name, by slug, by reference, or by digest."""
        try:
            if "namespace" in named:
                return str(read_package_id(named["namespace"], named["name"])[0])
            if "slug" in named or "reference" in named:
                return str(read_reference(named.get("slug") or named["reference"])[0])
        except RegistryError:
            return None
        return first_with_digest(self._session, str(named["digest"]))

    def _bearer(self, token: str | None) -> set[str]:
        found = identity_of(self._session, token) if token else None
        return {found} if found else set()

    def _is_behind(self, package: str, identity: str) -> bool:
        if package not in self._parties:
            events = read_events(self._session, [package]).get(package, [])
            self._parties[package] = standing_of(events, {}).parties
        name = party(read_identity(self._session, identity).name)
        return bool({handle_party(identity), name} & self._parties[package])
