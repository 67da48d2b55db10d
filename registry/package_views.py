"""What pages and the API show of one package and of a running import, as plain values.

`registry.packages` reads them from the database, `web` renders them. Nothing here touches either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from registry.feed import FeedItem


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """One immutable version. ``source_version`` is arXiv's vN or None; ``published_on`` a UTC day; ``digest`` hex."""

    number: int
    published_on: date
    source_version: int | None
    level: str
    cause: str
    digest: str


@dataclass(frozen=True, slots=True)
class QuoteSummary:
    """A verbatim quotation a claim stands on, TeX kept, and where it was read ("abstract", "Table 2")."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class ClaimSummary:
    """One claim of the shown version. ``id`` is local to the package (C01); ``status`` is the ARA word."""

    id: str
    title: str
    statement: str
    status: str
    quotes: tuple[QuoteSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageDetail:
    """One package at one of its versions.

    ``item`` is what the feed lists (``item.version`` is the current version number); ``shown`` the number of the
    version described here; ``versions`` newest first. ``submitted`` is the moment of arXiv's v1 and ``license`` the
    licence's address, None where unknown. ``withdrawn_reason`` is set when arXiv says the paper was withdrawn but the
    package still stands; a package withdrawn from the registry is no PackageDetail: reading it raises `Withdrawn`.
    """

    item: FeedItem
    shown: int
    versions: tuple[VersionSummary, ...]
    claims: tuple[ClaimSummary, ...]
    license: str | None = None
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    submitted: datetime | None = None
    withdrawn_reason: str | None = None

    @property
    def shown_version(self) -> VersionSummary:
        return next(version for version in self.versions if version.number == self.shown)


class ImportState(StrEnum):
    IDLE = "idle"
    RUNNING = "running"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the newest import is. ``done`` and ``expected`` count papers (``expected`` None while unknown).

    ``sentence`` is for people, one sentence; for a failed import it says what failed and what to do.
    """

    state: ImportState = ImportState.IDLE
    category: str | None = None
    done: int = 0
    expected: int | None = None
    sentence: str = ""
