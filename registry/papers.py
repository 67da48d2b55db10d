"""The normalised arXiv record that every importer ends in.

What arXiv says of one paper, cleaned of the source's own form. Merging two records of one paper is
`registry.merge`'s work; keeping them is `registry.paper_store`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Source(StrEnum):
    """Where a record came from, in rising order of trust (contracts: OAI before Atom before dump)."""

    RSS = "rss"
    DUMP = "dump"
    ATOM = "atom"
    OAI = "oai"

    @property
    def rank(self) -> int:
        """0 for the least trusted source, rising."""
        return list(Source).index(self)


@dataclass(frozen=True, slots=True)
class ArxivVersion:
    """One version of a paper as arXiv lists it. Unknown is None."""

    number: int
    submitted_at: datetime | None = None
    size_bytes: int | None = None
    source_type: str | None = None
    license: str | None = None


@dataclass(frozen=True, slots=True)
class ArxivPaper:
    """One paper as one source described it. Unknown is None or empty; text is NFC with single spaces, TeX kept.

    ``version`` is the arXiv version described (None if the source does not say), ``submitted_at`` v1's moment,
    ``updated_at`` the moment of ``version``, ``metadata_date`` the day the source last changed the record.
    ``license`` is the licence address of ``version``.
    """

    arxiv_id: str
    title: str
    source: Source
    authors: tuple[str, ...] = ()
    abstract: str | None = None
    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    version: int | None = None
    submitted_at: datetime | None = None
    updated_at: datetime | None = None
    metadata_date: date | None = None
    license: str | None = None
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    versions: tuple[ArxivVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class Deletion:
    """arXiv's word that its record of a paper is deleted, and the day it said so; a later record undoes it."""

    arxiv_id: str
    deleted_on: date
