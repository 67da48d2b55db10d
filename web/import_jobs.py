"""Imports as jobs: what an entry of the schedule becomes in the queue, and what a worker does with it.

One import runs at a time in the whole registry: arXiv answers one request in three seconds anyway, and two would only
share them. Cursors and batches are the imports' own, so that a job taken up again goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any, Final

from importers.oai_sets import EVERYTHING, oai_set
from registry.database import transaction
from registry.import_log import Tally, read_harvested
from registry.jobs import PERSON, SCHEDULED, Work
from registry.schedule import ScheduleEntry
from web.announcement_import import AnnouncementPlan, import_announcements
from web.arxiv_import import ArxivPlan, import_arxiv
from web.imports import Reporter
from web.oai_import import SOURCE as OAI
from web.oai_import import OaiPlan, import_oai
from web.opening import OpenRegistry

IMPORT_QUEUE: Final = "imports"
FIRST_IMPORT: Final = "first"
_ONE_AT_A_TIME = "import"

ImportJob = Callable[[OpenRegistry, Mapping[str, Any], Reporter, Event], Tally]


def import_work(entry: ScheduleEntry, *, asked_by_person: bool = False) -> Work:
    """What an entry of the schedule asks of a worker."""
    return Work(
        task=f"import-{entry.way}",
        queue=IMPORT_QUEUE,
        key=f"import:{entry.name}",
        lock=_ONE_AT_A_TIME,
        arguments={
            "categories": list(entry.categories),
            "first_days": entry.first_days,
            "maximum": entry.maximum,
        },
        priority=PERSON if asked_by_person else SCHEDULED,
    )


def first_import() -> Work:
    """The import of an empty registry: somebody sits before an empty page."""
    return import_work(ScheduleEntry(FIRST_IMPORT, trigger=""), asked_by_person=True)


def _import_listing(registry: OpenRegistry, arguments: Mapping[str, Any], reporter: Reporter, stop: Event) -> Tally:
    """From the query API; ``first_days`` and ``maximum`` bound the first import of a category."""
    named = {"arxiv_first_days": arguments.get("first_days"), "arxiv_first_max": arguments.get("maximum")}
    changed = {name: value for name, value in named.items() if value is not None}
    bounded = replace(registry, settings=registry.settings.model_copy(update=changed))
    return import_arxiv(bounded, ArxivPlan(_categories(registry, arguments)), reporter, stop)


def _import_sets(registry: OpenRegistry, arguments: Mapping[str, Any], reporter: Reporter, stop: Event) -> Tally:
    """From OAI-PMH; a set that was never harvested is begun ``first_days`` ago, not in 2005."""
    sets = _categories(registry, arguments)
    days = arguments.get("first_days") or registry.settings.arxiv_first_days
    first = datetime.now(UTC).date() - timedelta(days=days - 1)
    with transaction(registry.engine) as session:
        begun = {name for name in sets if read_harvested(session, OAI, oai_set(name) or EVERYTHING) is not None}
    plans = (
        OaiPlan(tuple(name for name in sets if name in begun)),
        OaiPlan(tuple(name for name in sets if name not in begun), since=first),
    )
    return sum((import_oai(registry, plan, reporter, stop) for plan in plans if plan.sets), Tally())


def _import_feeds(registry: OpenRegistry, arguments: Mapping[str, Any], reporter: Reporter, stop: Event) -> Tally:
    """From today's announcements."""
    return import_announcements(registry, AnnouncementPlan(_categories(registry, arguments)), reporter, stop)


def _categories(registry: OpenRegistry, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(arguments.get("categories") or registry.settings.arxiv_categories)


_WAYS_IN: Final[Mapping[str, ImportJob]] = {"arxiv": _import_listing, "oai": _import_sets, "rss": _import_feeds}


def run_import(registry: OpenRegistry, way: str, arguments: Mapping[str, Any], reporter: Reporter, stop: Event) -> str:
    """Do what an import job asks; what came of it, for people.

    Raises SourceUnavailable, Interrupted, and whatever else ends an import.
    """
    tally = _WAYS_IN[way](registry, arguments, reporter, stop)
    return f"import done: {tally.created:,} new, {tally.updated:,} updated, {tally.unchanged:,} unchanged"
