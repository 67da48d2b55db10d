"""Importing from arXiv's announcement feeds: one request for all categories, none where nothing changed.

A feed that is as long as arXiv lets one be may be cut, and a mirror may not know feeds of several categories: these are
then asked one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

from importers.announcement_feed import AnnouncementFeed
from importers.arxiv_announcements import FEED_CEILING, ArxivAnnouncements
from importers.rejected import Rejected
from registry.errors import SourceMissing, SourceUnavailable
from registry.feed_validators import read_validator, write_validator
from registry.import_log import Tally
from web.imports import ImportRun, Record, Reporter
from web.opening import OpenRegistry
from web.ways_forward import with_ways_forward

SOURCE = "rss"


@dataclass(frozen=True, slots=True)
class AnnouncementPlan:
    """What to import: today's announcements in these categories."""

    categories: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The plan as a job's arguments or a log entry."""
        return {"categories": list(self.categories)}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> AnnouncementPlan:
        """The plan that `as_json` wrote."""
        return cls(tuple(fields["categories"]))


def import_announcements(
    registry: OpenRegistry, plan: AnnouncementPlan, reporter: Reporter, stop: Event, *, dry_run: bool = False
) -> Tally:
    """Run a plan to its end. Raises InvalidInput, SourceUnavailable with the two ways forward, Interrupted."""
    with (
        ImportRun(registry, SOURCE, plan.as_json(), reporter, stop, dry_run=dry_run) as run,
        _announcements(registry, run) as announcements,
    ):
        try:
            if not _import_together(run, announcements, plan.categories):
                for category in plan.categories:
                    _import_feed(run, announcements, [category])
        except SourceUnavailable as error:
            raise SourceUnavailable(with_ways_forward(str(error), variable="DISCOVERIES_ARXIV_RSS_URL")) from error
    return run.tally


def _import_together(run: ImportRun, announcements: ArxivAnnouncements, categories: Sequence[str]) -> bool:
    """Take in the feed of all categories; False where each is to be asked alone: it may be cut, or there is none."""
    try:
        length = _import_feed(run, announcements, categories)
    except SourceMissing:
        if len(categories) == 1:
            raise
        return False
    return length < FEED_CEILING or len(categories) == 1


def _import_feed(run: ImportRun, announcements: ArxivAnnouncements, categories: Sequence[str]) -> int:
    """Take one feed in; the number of its items, 0 for one that did not change."""
    run.step = " ".join(categories)
    address = announcements.address(categories)
    answer = announcements.read(categories, run.read(lambda session: read_validator(session, address)))
    if answer.feed is None:
        run.report()
        return 0
    run.take_in(_records(answer.feed))
    if len(answer.feed.items) < FEED_CEILING or len(categories) == 1:
        run.write(lambda session: write_validator(session, address, answer.validator))
    return len(answer.feed.items)


def _records(feed: AnnouncementFeed) -> Iterator[Record]:
    return (item if isinstance(item, Rejected) else item.paper for item in feed.items)


def _announcements(registry: OpenRegistry, run: ImportRun) -> ArxivAnnouncements:
    settings = registry.settings
    announcements = ArxivAnnouncements(
        settings.arxiv_rss_url,
        **run.manners(settings.arxiv_rss_url),
    )
    run.asks(announcements)
    return announcements
