"""What pages and the API show of one package and of a running import, as plain values.

`registry.packages` reads them from the database, `web` renders them. Nothing here touches either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from registry.feed import FeedItem


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """One immutable version. ``source_version`` is arXiv's vN or None; ``published_on`` a UTC day; ``digest`` hex.

    A withdrawn version stays listed with the day of its withdrawal; its bytes are no longer offered.
    """

    number: int
    published_on: date
    source_version: int | None
    level: str
    cause: str
    digest: str
    withdrawn_on: date | None = None


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


def claim_summary(stored: Mapping[str, Any]) -> ClaimSummary:
    """A claim back from the form in which a version's row stores it."""
    quotes = tuple(QuoteSummary(**quote) for quote in stored["quotes"])
    return ClaimSummary(stored["id"], stored["title"], stored["statement"], stored["status"], quotes)


@dataclass(frozen=True, slots=True)
class SealSummary:
    """What the checks said of one version when it was published; ``_without_pictures`` leaves check 24 out.

    ``schema`` is the edition of the format; of the linter there are errors, warnings and fixable drifts, all None where
    it could not start.
    """

    schema: str
    checks: int
    checks_failed: tuple[int, ...]
    errors: int
    errors_without_pictures: int
    lint_errors: int | None
    lint_warnings: int | None
    lint_fixable: int | None

    @property
    def passed(self) -> bool:
        return self.errors == 0

    @property
    def passed_without_pictures(self) -> bool:
        return self.errors_without_pictures == 0

    @property
    def lint_passed(self) -> bool:
        return self.lint_errors == 0 and self.lint_fixable == 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SealSummary:
        """Back from the form in which it is stored."""
        return cls(**{**stored, "checks_failed": tuple(stored["checks_failed"])})


@dataclass(frozen=True, slots=True)
class RenditionSummary:
    """What is served of the shown version: how deep it goes, under which digest, made by which compiler.

    ``reason`` says what the licence decided, None where the version has one rendition only; ``other_level`` and
    ``other_digest`` are of the second, which is ``withheld`` where the licence does not let it be served;
    ``attribution`` is what has to stand beside a full rendition.
    """

    level: str
    digest: str
    compiler: str | None
    reason: str | None = None
    other_level: str | None = None
    other_digest: str | None = None
    withheld: bool = False
    attribution: str | None = None


@dataclass(frozen=True, slots=True)
class HostedFacts:
    """What the publisher of a hosted version said of it beside its files; None where nothing was said."""

    domain: str | None
    headline: str | None
    trajectory: str | None
    steps: int | None
    dead_ends: int | None


@dataclass(frozen=True, slots=True)
class TagReason:
    """Why a package has a tag: the words as written and where they stand (title, abstract, keywords; characters
    ``start`` to ``end`` there); no words where its owner gave it or it names an origin."""

    tag: str
    words: str
    where: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PackageDetail:
    """One package at one of its versions.

    ``item`` is what the feed lists (``item.version`` is the current version number); ``shown`` the number of the
    version described here; ``versions`` newest first. ``submitted`` is the moment of arXiv's v1 and ``license`` the
    licence's address, None where unknown. ``withdrawn_reason`` is set when arXiv says the paper was withdrawn but the
    package still stands; a package withdrawn from the registry is no PackageDetail: reading it raises `Withdrawn`.
    ``rendition`` is what is served of the shown version. ``owner`` is an identity's handle; ``seal`` and ``hosted`` are
    known of published versions only.
    """

    item: FeedItem
    shown: int
    versions: tuple[VersionSummary, ...]
    claims: tuple[ClaimSummary, ...]
    rendition: RenditionSummary
    license: str | None = None
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    submitted: datetime | None = None
    withdrawn_reason: str | None = None
    owner: str | None = None
    seal: SealSummary | None = None
    hosted: HostedFacts | None = None
    tag_reasons: tuple[TagReason, ...] = ()

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
