"""Keeping Meilisearch in step with Postgres, which is the truth: outbox in, documents out, failures read and told.

One process at a time works on the mirror (an advisory lock). What it finds before every batch decides: an index that is
missing, was made by others, has other settings or lost its documents is built anew beside the live one and swapped in.
A batch leaves the outbox only when the server says that it is done, so that whatever is killed when, nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from sqlalchemy import Engine, text

from registry.database import transaction
from registry.errors import MirrorUnavailable
from registry.search.comparison import Comparison, compare
from registry.search.documents import document_key, ids_in_order, read_documents
from registry.search.meili_server import VERSION, IndexFacts, MeiliServer
from registry.search.outbox import (
    MirrorState,
    forget_changes,
    next_changes,
    note_changes,
    note_state,
    standing_packages,
    want_mirror,
)
from registry.stopping import Interrupted

MIRROR_LOCK = 0x0D15C8
BATCH = 2_000
_NOTES = 1_000
_BUILD_BATCH = 5_000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Step:
    """What one look at the mirror did: packages sent, whether the index was built anew, whether more is waiting."""

    sent: int = 0
    rebuilt: bool = False
    more: bool = False


class Mirror:
    """The mirror of one registry on one server. ``stop`` ends long work between two batches, with Interrupted."""

    def __init__(self, engine: Engine, server: MeiliServer, stop: Event | None = None) -> None:
        self._engine = engine
        self._server = server
        self._stop = stop or Event()

    def step(self) -> Step | None:
        """Look at the index, mend it if need be, and take one batch in; None if another process is at it.

        Raises MirrorUnavailable, kept with the state too, when the server is away, slow or refuses: nothing is lost.
        """
        state = want_mirror(self._engine)
        with self._alone(wait=False) as mine:
            if not mine:
                return None
            try:
                return self._step(state)
            except MirrorUnavailable as error:
                note_state(self._engine, trouble=str(error))
                raise

    def rebuild(self, progress: Progress = lambda _: None) -> int:
        """Build the index anew beside the live one, swap, delete the old one; returns how many documents it holds.

        Waits for another process that works on the mirror. Raises MirrorUnavailable, Interrupted.
        """
        state = want_mirror(self._engine)
        with self._alone(wait=True):
            return self._rebuild(state, self._server.facts(state.index_uid), progress)

    def examine(self, *, repair: bool) -> Comparison:
        """Hold every document against the rows, once changes so far are in; ``repair`` mends what differs.

        Raises MirrorUnavailable, Interrupted.
        """
        state = want_mirror(self._engine)
        with self._alone(wait=True):
            if self._reason_to_rebuild(state, self._server.facts(state.index_uid)):
                if not repair:
                    return compare(self._engine, self._server, state.index_uid)
                self._rebuild(state, self._server.facts(state.index_uid), lambda _: None)
            self._drain((state.index_uid,))
            found = compare(self._engine, self._server, state.index_uid)
            if repair:
                self._mend(found, state.index_uid)
            return found

    def _step(self, state: MirrorState) -> Step:
        facts = self._server.facts(state.index_uid)
        if self._reason_to_rebuild(state, facts):
            self._rebuild(state, facts, lambda _: None)
            return Step(rebuilt=True, more=True)
        assert facts is not None
        sent = self._take_in((state.index_uid,))
        if sent or not state.settled or state.trouble:
            self._settle(state)
        return Step(sent=sent, more=sent >= BATCH)

    def _reason_to_rebuild(self, state: MirrorState, facts: IndexFacts | None) -> str | None:
        """Why the live index cannot be gone on with; None if it can. A loss of a few documents is mended in place."""
        if facts is None or state.made != facts.made or state.version != VERSION:
            return "no index of ours is there"
        if not self._server.settings_stand(state.index_uid):
            return "its settings were changed"
        lost = state.documents - facts.documents
        if lost > 0 and (state.settled or lost > BATCH or facts.documents == 0):
            return f"{lost} documents were lost"
        return None

    def _settle(self, state: MirrorState) -> None:
        """Note how many documents there are; where that is not how many packages stand, find out which differ."""
        facts = self._server.facts(state.index_uid)
        if facts is None or facts.made != state.made:
            raise MirrorUnavailable("Meilisearch: the index was taken away while it was written to")
        with transaction(self._engine) as session:
            packages, taken_in = standing_packages(session)
        if taken_in and packages != facts.documents:
            self._mend(compare(self._engine, self._server, state.index_uid), state.index_uid)
            facts = self._server.facts(state.index_uid) or facts
        note_state(self._engine, documents=facts.documents, settled=True, trouble=None)

    def _mend(self, found: Comparison, uid: str) -> None:
        if found.stray_keys:
            self._server.finish(self._server.begin_delete(uid, found.stray_keys))
        for start in range(0, len(found.differing), BATCH):
            with transaction(self._engine) as session:
                note_changes(session, found.differing[start : start + BATCH])
        self._drain((uid,))

    def _drain(self, uids: tuple[str, ...]) -> None:
        while self._take_in(uids) >= BATCH:
            self._leave_if_told()

    def _take_in(self, uids: tuple[str, ...]) -> int:
        """Bring one batch of the outbox into these indexes, wait until they have it, and forget it."""
        with transaction(self._engine) as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            changes = next_changes(session, most_notes=_NOTES, most_packages=BATCH)
            documents = read_documents(session, changes.package_ids)
        if not changes.seqs:
            return 0
        note_state(self._engine, settled=False)
        standing = {document["id"] for document in documents}
        gone = [document_key(id_) for id_ in changes.package_ids if id_ not in standing]
        tasks = [self._server.begin_put(uid, documents) for uid in uids if documents]
        tasks += [self._server.begin_delete(uid, gone) for uid in uids if gone]
        for task in tasks:
            self._server.finish(task)
        with transaction(self._engine) as session:
            forget_changes(session, changes.seqs)
        return len(changes.package_ids)

    def _rebuild(self, state: MirrorState, facts: IndexFacts | None, progress: Progress) -> int:
        live, built = state.index_uid, f"{state.index_uid}-next"
        usable = facts is not None and self._reason_to_rebuild(state, facts) is None
        if not usable:
            note_state(self._engine, made=None)  # until the swap Postgres searches
        self._server.make(built)
        targets = (live, built) if usable else (built,)
        self._fill(built, targets, progress)
        self._drain(targets)
        self._server.swap(live, built)
        found = self._server.facts(live)
        if found is None:
            raise MirrorUnavailable("Meilisearch: the index was taken away while it was built")
        note_state(
            self._engine, made=found.made, version=VERSION, documents=found.documents, settled=False, trouble=None
        )
        return found.documents

    def _fill(self, built: str, targets: tuple[str, ...], progress: Progress) -> None:
        """Send every package in the order of ids, one batch ahead of the server, changes meanwhile in between."""
        last, done, pending = "", 0, None
        while True:
            self._leave_if_told()
            with transaction(self._engine) as session:
                ids = ids_in_order(session, after=last, most=_BUILD_BATCH)
                documents = read_documents(session, ids)
            task = self._server.begin_put(built, documents) if documents else None
            if pending is not None:
                self._server.finish(pending)
            pending = task
            if not ids:
                return
            last, done = ids[-1], done + len(ids)
            progress(done)
            self._take_in(targets)

    def _leave_if_told(self) -> None:
        if self._stop.is_set():
            raise Interrupted

    @contextmanager
    def _alone(self, *, wait: bool) -> Iterator[bool]:
        """Whether this process alone works on the mirror in the block; with ``wait`` it does."""
        call = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            mine = connection.scalar(text(f"SELECT {call}(:lock)"), {"lock": MIRROR_LOCK}) is not False
            try:
                yield mine
            finally:
                if mine:
                    connection.scalar(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIRROR_LOCK})


def make_mirror(engine: Engine, url: str, key: str | None, stop: Event | None = None) -> Mirror:
    """The mirror of a registry on the server of this address."""
    return Mirror(engine, MeiliServer(url, key, stop=stop), stop)
