"""Importing from arXiv's query API: what to ask for, and the run itself, category by category."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

from importers.arxiv_listing import ArxivListing, ListingProgress
from registry.errors import SourceUnavailable
from registry.import_log import Tally, read_harvested, write_harvested
from web.imports import ImportRun, Reporter
from web.opening import OpenRegistry
from web.ways_forward import with_ways_forward

SOURCE = "arxiv"
# Small batches: papers show on the page while the rest is still on its way, three seconds a request.
_BATCH = 100


@dataclass(frozen=True, slots=True)
class ArxivPlan:
    """What to import: categories, submission days (UTC, both included), at most so many papers a category.

    ``since`` None goes on from where the last import of the category ended, or as far back as a first import reaches.
    With a ``query`` (in arXiv's language; it narrows the categories, or stands alone) nothing is gone on from or kept:
    without days it is asked for all of arXiv.
    """

    categories: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    maximum: int | None = None
    query: str | None = None

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
        return cls(
            tuple(fields["categories"]), days["since"], days["until"], fields.get("maximum"), fields.get("query")
        )


def import_arxiv(
    registry: OpenRegistry, plan: ArxivPlan, reporter: Reporter, stop: Event, *, dry_run: bool = False
) -> Tally:
    """Run a plan to its end. Raises SourceUnavailable with the two ways forward, or Interrupted."""
    with ImportRun(registry, SOURCE, plan.as_json(), reporter, stop, dry_run=dry_run) as run:
        if plan.query is not None:
            run.step = plan.query
            _import_query(registry, run, plan.query, plan)
            return run.tally
        for category in plan.categories:
            run.step = category
            _import_category(registry, run, category, plan)
    return run.tally


def _import_query(registry: OpenRegistry, run: ImportRun, query: str, plan: ArxivPlan) -> None:
    papers = _listing(registry, run).papers(
        plan.categories, query=query, since=plan.since, until=plan.until, max_per_category=plan.maximum
    )
    try:
        run.take_in(papers, batch_size=_BATCH)
    except SourceUnavailable as error:
        raise SourceUnavailable(with_ways_forward(str(error), variable="DISCOVERIES_ARXIV_API_URL")) from error


def _import_category(registry: OpenRegistry, run: ImportRun, category: str, plan: ArxivPlan) -> None:
    today = datetime.now(UTC).date()
    since, until = plan.since, plan.until or today
    harvested = run.read(lambda session: read_harvested(session, SOURCE, category))
    maximum = plan.maximum
    if since is None:
        since = harvested or until - timedelta(days=registry.settings.arxiv_first_days - 1)
        if maximum is None and harvested is None:
            maximum = registry.settings.arxiv_first_max
    listing, seen_before = _listing(registry, run), run.tally.seen
    try:
        run.take_in(listing.papers([category], since=since, until=until, max_per_category=maximum), batch_size=_BATCH)
    except SourceUnavailable as error:
        raise SourceUnavailable(with_ways_forward(str(error), variable="DISCOVERIES_ARXIV_API_URL")) from error
    cut_short = plan.maximum is not None and run.tally.seen - seen_before >= plan.maximum
    follows_on = plan.since is None or (harvested is not None and plan.since <= harvested)
    # A window somewhere in the past moves nothing, nor does one that was cut short, or of which papers never came.
    if follows_on and not cut_short and not listing.came_short:
        run.write(lambda session: write_harvested(session, SOURCE, category, min(until, today)))


def _listing(registry: OpenRegistry, run: ImportRun) -> ArxivListing:
    settings = registry.settings
    listing = ArxivListing(
        settings.arxiv_api_url,
        on_progress=_sets_expected(run),
        **run.manners(settings.arxiv_api_url),
    )
    run.asks(listing)
    return listing


def _sets_expected(run: ImportRun) -> Callable[[ListingProgress], None]:
    seen_before = run.tally.seen

    def hear(progress: ListingProgress) -> None:
        run.expected = seen_before + progress.expected

    return hear
