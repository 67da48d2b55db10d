"""Importing through OAI-PMH, in bulk and in daily increments: what to ask for, and the run itself, set by set.

How far a set is harvested is kept page by page as a day of last change. A run without a first day goes on from there;
one that was given its days and broke off goes on where it was when the same is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

from importers.arxiv_oai import RAW_FORMAT, HarvestedPage, OaiHarvest
from importers.oai_sets import EVERYTHING, oai_set
from registry.errors import InvalidInput, SourceUnavailable
from registry.identifiers import ArxivId
from registry.import_log import Tally, forget_harvested, read_harvested, write_harvested
from web.imports import ImportRun, Part, Record, Reporter
from web.opening import OpenRegistry
from web.ways_forward import with_ways_forward

SOURCE = "oai"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OaiPlan:
    """What to import: sets (categories, archives, or as OAI spells them; ``all``), and days of last change (UTC, both
    included).

    ``since`` None goes on from where the last harvest of the set ended, the first time from the beginning. ``format``
    is arXivRaw, or arXiv, which does not tell versions.
    """

    sets: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    format: str = RAW_FORMAT

    def as_json(self) -> dict[str, Any]:
        """The plan as a job's arguments or a log entry."""
        since, until = (day.isoformat() if day else None for day in (self.since, self.until))
        return {"sets": list(self.sets), "since": since, "until": until, "format": self.format}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> OaiPlan:
        """The plan that `as_json` wrote."""
        since, until = (date.fromisoformat(fields[name]) if fields.get(name) else None for name in ("since", "until"))
        return cls(tuple(fields["sets"]), since, until, fields.get("format") or RAW_FORMAT)


def import_oai(
    registry: OpenRegistry, plan: OaiPlan, reporter: Reporter, stop: Event, *, dry_run: bool = False
) -> Tally:
    """Run a plan to its end.

    Raises InvalidInput for what is no set or no range, SourceUnavailable with the two ways forward, Interrupted.
    """
    check_days(plan)
    sets = list(dict.fromkeys(oai_set(name) for name in plan.sets))
    with (
        ImportRun(registry, SOURCE, plan.as_json(), reporter, stop, dry_run=dry_run) as run,
        _harvest(registry, run, plan) as harvest,
    ):
        for set_spec in sets:
            run.step = set_spec or EVERYTHING
            try:
                _import_set(run, harvest, _Cursor(run, set_spec, plan))
            except SourceUnavailable as error:
                raise SourceUnavailable(with_ways_forward(str(error), variable="DISCOVERIES_ARXIV_OAI_URL")) from error
    return run.tally


def check_days(plan: OaiPlan) -> None:
    """Raises InvalidInput for a range of days that ends before it begins, or begins on a day that has not come."""
    if plan.since and plan.until and plan.since > plan.until:
        raise InvalidInput(f"the range of days ends ({plan.until}) before it begins ({plan.since})")
    if plan.since and plan.since > datetime.now(UTC).date():
        raise InvalidInput(f"the range of days begins ({plan.since}) in the future: nothing changed then")


def _import_set(run: ImportRun, harvest: OaiHarvest, cursor: _Cursor) -> None:
    if cursor.until is not None and cursor.since is not None and cursor.since > cursor.until:
        return
    answered_on: date | None = None

    def parts() -> Iterator[Part]:
        nonlocal answered_on
        for page in harvest.pages(cursor.set_spec, since=cursor.since, until=cursor.until):
            answered_on = page.answered_on or answered_on
            yield _records(page), partial(cursor.reached, page.reached)

    run.take_in_parts(parts())
    if not harvest.came_short:
        cursor.finished(answered_on or datetime.now(UTC).date())


def _records(page: HarvestedPage) -> Iterator[Record]:
    return (record.content for record in page.records if not isinstance(record.content, ArxivId))


class _Cursor:
    """From which day a set is to be harvested, and how far it is; what a dry run reaches is not kept."""

    def __init__(self, run: ImportRun, set_spec: str | None, plan: OaiPlan) -> None:
        self.set_spec = set_spec
        self.until = plan.until
        self._run = run
        self._name = set_spec or EVERYTHING
        self._asked = plan.since
        self._whole = run.read(lambda session: read_harvested(session, SOURCE, self._name))
        self._begun = f"{self._name} {plan.since}..{plan.until or ''}"
        broken_off = run.read(lambda session: read_harvested(session, SOURCE, self._begun)) if plan.since else None
        done = broken_off if plan.since else self._whole
        self.since = done + _DAY if done else plan.since
        self._follows_on = plan.since is None or (
            plan.until is None if self._whole is None else plan.since <= self._whole + _DAY
        )

    def reached(self, day: date | None) -> None:
        """Every record that changed before this day is in."""
        if day is not None:
            self._keep(day - _DAY)

    def finished(self, answered_on: date) -> None:
        """All is in, up to the service's own day: that day is not over, and is harvested again the next time."""
        yesterday = answered_on - _DAY
        self._keep(min(self.until, yesterday) if self.until else yesterday)
        if self._asked:
            self._run.write(lambda session: forget_harvested(session, SOURCE, self._begun))

    def _keep(self, day: date) -> None:
        if self._asked:
            self._run.write(lambda session: write_harvested(session, SOURCE, self._begun, day))
        # A window somewhere in the past moves nothing; one without an end is where the operator wants to begin.
        if self._follows_on:
            self._run.write(lambda session: write_harvested(session, SOURCE, self._name, day))


def _harvest(registry: OpenRegistry, run: ImportRun, plan: OaiPlan) -> OaiHarvest:
    settings = registry.settings
    harvest = OaiHarvest(
        settings.arxiv_oai_url,
        format=plan.format,
        **run.manners(settings.arxiv_oai_url),
    )
    run.asks(harvest)
    return harvest
