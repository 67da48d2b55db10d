"""Importing from arXiv's query API: what to ask for, and the run itself, category by category."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

from importers.arxiv_listing import ArxivListing, ListingProgress
from registry.database import transaction
from registry.errors import SourceUnavailable
from registry.import_log import Tally, read_harvested, write_harvested
from registry.settings import Settings
from web.imports import ImportRun, Reporter
from web.opening import OpenRegistry

SOURCE = "arxiv"
# Small batches: papers show on the page while the rest is still on its way, three seconds a request.
_BATCH = 100


@dataclass(frozen=True, slots=True)
class ArxivPlan:
    """What to import: categories, submission days (UTC, both included), at most so many papers a category.

    ``since`` None goes on from where the last import of the category ended, or as far back as a first import reaches.
    """

    categories: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    maximum: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The plan as a job's arguments or a log entry."""
        return {
            name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> ArxivPlan:
        """The plan that `as_json` wrote."""
        days = {name: date.fromisoformat(fields[name]) if fields.get(name) else None for name in ("since", "until")}
        return cls(tuple(fields["categories"]), days["since"], days["until"], fields.get("maximum"))


def import_arxiv(registry: OpenRegistry, plan: ArxivPlan, reporter: Reporter, stop: Event) -> Tally:
    """Run a plan to its end. Raises SourceUnavailable with the two ways forward, or Interrupted."""
    settings = registry.settings
    with ImportRun(registry, SOURCE, plan.as_json(), reporter, stop) as run:
        for category in plan.categories:
            run.step = category
            _import_category(registry, run, _listing(settings, _sets_expected(run)), category, plan)
    return run.tally


def _import_category(
    registry: OpenRegistry, run: ImportRun, listing: ArxivListing, category: str, plan: ArxivPlan
) -> None:
    today = datetime.now(UTC).date()
    since, until = plan.since, plan.until or today
    with transaction(registry.engine) as session:
        harvested = read_harvested(session, SOURCE, category)
    maximum = plan.maximum
    if since is None:
        since = harvested or until - timedelta(days=registry.settings.arxiv_first_days - 1)
        if maximum is None and harvested is None:
            maximum = registry.settings.arxiv_first_max
    try:
        run.take_in(listing.papers([category], since=since, until=until, max_per_category=maximum), batch_size=_BATCH)
    except SourceUnavailable as error:
        raise SourceUnavailable(with_ways_forward(str(error))) from error
    if harvested is None or since <= harvested:
        with transaction(registry.engine) as session:
            write_harvested(session, SOURCE, category, min(until, today))


def with_ways_forward(sentence: str) -> str:
    """The same sentence, ending in what to do when arXiv gives nothing."""
    return (
        f"{sentence.rstrip('.')}: import a metadata dump with `discoveries import dump FILE`, "
        "or set DISCOVERIES_ARXIV_API_URL to an address that answers."
    )


def _listing(settings: Settings, on_progress: Callable[[ListingProgress], None]) -> ArxivListing:
    return ArxivListing(
        settings.arxiv_api_url,
        delay_seconds=settings.arxiv_delay_seconds,
        contact=settings.arxiv_contact,
        on_progress=on_progress,
    )


def _sets_expected(run: ImportRun) -> Callable[[ListingProgress], None]:
    seen_before = run.tally.seen

    def hear(progress: ListingProgress) -> None:
        run.expected = seen_before + progress.expected

    return hear
