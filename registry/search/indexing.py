"""The text of packages, kept in step: whoever writes package rows calls `refresh` in the same transaction.

Everything is derived from rows, a batch at a time, so that a rebuild is the same call over all ids. What the text is
made of, and how words are made, stands in ``index.sql`` and in the migrations' ``search_words``; which words are new to
the lexicon is asked once for each word by a process that brings many batches (`KnownWords`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine, Table, func, select
from sqlmodel import Session

from registry.arrays import array_text
from registry.database import planned_once, transaction
from registry.statements import read_statements
from registry.tables import PackageRow

BATCH = 500
SHORTEST_WORD, LONGEST_WORD = 2, 40
SAMPLE = 5_000
WORD_COUNT_LOCK = 0x0D15C7
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_STATEMENTS = read_statements(Path(__file__).with_name("index.sql"))


class KnownWords:
    """Words that the lexicon is known to have: it need not be asked for them again. Threads may share it.

    For one database and a bounded time, an import say. Words are never taken out of the lexicon. Those met first are
    the commonest, so that the first `MOST` are nearly all there is to know of a text.
    """

    MOST = 250_000

    def __init__(self) -> None:
        self._words: set[str] = set()

    def not_among(self, words: Iterable[str]) -> set[str]:
        """Those of these words that are not known to be in the lexicon."""
        return set(words) - self._words

    def add(self, words: Iterable[str]) -> None:
        """Remember words that are in the lexicon, whatever becomes of the transaction that saw them there."""
        if len(self._words) < self.MOST:
            self._words.update(words)


def refresh(session: Session, ids: Sequence[str], known: KnownWords | None = None) -> None:
    """Write the text of these packages as their rows now stand; withdrawn ones leave the index."""
    if ids:
        parameters = {"ids": array_text(sorted(ids))}
        session.execute(_STATEMENTS["forget"], parameters)
        with planned_once(session):
            texts = session.scalars(_STATEMENTS["refresh"], parameters).all()
        _learn(session, texts, known or KnownWords())
        settle_reproduced(session, ids)


def _learn(session: Session, texts: Iterable[str], known: KnownWords) -> None:
    """Take the words of these texts into the lexicon that it does not have."""
    packages: Counter[str] = Counter()
    for words in texts:
        packages.update(known.not_among(words.split(" ")))
    new = [word for word in packages if SHORTEST_WORD <= len(word) <= LONGEST_WORD]
    if new:
        given = {"words": " ".join(new), "packages": " ".join(str(packages[word]) for word in new)}
        known.add(session.scalars(_STATEMENTS["learn"], given))


def settle_reproduced(session: Session, ids: Sequence[str]) -> None:
    """Bring up to date which of these packages somebody else reproduced a claim of; due after a report."""
    session.execute(_STATEMENTS["settle_reproduced"], {"ids": array_text(sorted(ids))})


def rebuild(engine: Engine) -> Iterator[int]:
    """Write the text of every package anew, a transaction a batch; gives how many were done after each."""
    last, done = "", 0
    while True:
        with transaction(engine) as session:
            ids = session.scalars(
                select(_PACKAGE.c.id).where(_PACKAGE.c.id > last).order_by(_PACKAGE.c.id).limit(BATCH).with_for_update()
            ).all()
            refresh(session, ids)
        if not ids:
            return
        last, done = ids[-1], done + len(ids)
        yield done


def count_words(session: Session) -> None:
    """Bring the lexicon's counts up to date from a sample of about `SAMPLE` packages; not while another counts."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(WORD_COUNT_LOCK))):
        return
    total = session.scalar(select(func.count()).select_from(_PACKAGE)) or 0
    percent = min(100.0, 100.0 * SAMPLE / max(total, 1))
    session.execute(_STATEMENTS["count_words"], {"percent": percent})
