"""The operator's schedule: what is imported by itself, how deep, and when; and which scheduled times were acted on.

Kept in Postgres, so that an edit reaches a running scheduler and two schedulers agree. Times are UTC. Who watches the
clock, and what a firing sets off, is `web.scheduler`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlmodel import Session

from registry.errors import InvalidInput, NotFound
from registry.tables import ScheduleFiringRow, ScheduleRow

WAYS = ("arxiv", "oai", "rss")
DEPTHS = ("metadata", "fulltext")
_ENTRY: Table = ScheduleRow.__table__  # type: ignore[attr-defined]
_FIRING: Table = ScheduleFiringRow.__table__  # type: ignore[attr-defined]
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_CATEGORY = re.compile(r"[A-Za-z][A-Za-z-]*(?:[.:][A-Za-z][A-Za-z-]*){0,2}")
_INTERVAL = re.compile(r"every (?P<count>[1-9]\d{0,5}) (?P<unit>second|minute|hour|day)s?")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY = "[0-7]|" + "|".join(_DAYS)
# How far back the newest scheduled time is looked for, step by step, so that a trigger of minutes is not walked a year.
_LOOK_BACK = tuple(timedelta(hours=hours) for hours in (1, 24, 8 * 24, 64 * 24, 400 * 24, 4_000 * 24))
_INSTANT = timedelta(microseconds=1)
_LONG_AGO = datetime(1991, 8, 14, tzinfo=UTC)  # arXiv began; before it nothing can have been missed


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """One line of the schedule. No categories means the configured ones.

    ``first_days`` and ``maximum`` (papers a category) bound an import; None leaves it to the settings. Depth
    ``fulltext`` puts the categories under the policy of full text, too. Scheduled times before ``counts_from`` are not
    missed runs: the entry was made, changed or switched on then.
    """

    name: str
    trigger: str
    way: str = "arxiv"
    categories: tuple[str, ...] = ()
    depth: str = "metadata"
    first_days: int | None = None
    maximum: int | None = None
    enabled: bool = True
    counts_from: datetime = _LONG_AGO

    def next_run(self, now: datetime) -> datetime | None:
        """The first scheduled time after ``now``; None for a disabled entry and a date that never comes."""
        return _next(read_trigger(self.trigger, self.counts_from), now) if self.enabled else None


@dataclass(frozen=True, slots=True)
class Firing:
    """A scheduled time that was acted on, when, and the job it became (None: the same work was queued already)."""

    scheduled_for: datetime
    fired_at: datetime
    job_id: int | None


def read_trigger(text: str, anchor: datetime) -> BaseTrigger:
    """A trigger: five fields as in crontab (minute hour day month weekday), or "every 6 hours" from ``anchor`` on.

    Weekdays are names or 0-7 as cron counts them (0 and 7 are Sunday). Where both day and weekday are given, both must
    hold. Raises InvalidInput.
    """
    words = " ".join(text.lower().split())
    if interval := _INTERVAL.fullmatch(words):
        return IntervalTrigger(**{interval["unit"] + "s": int(interval["count"])}, start_date=anchor, timezone=UTC)
    fields = words.split()
    if len(fields) != 5:
        raise InvalidInput(
            f"{text!r} is no trigger: give five fields as in crontab (`30 2 * * mon-fri`, UTC), or `every 6 hours`"
        )
    minute, hour, day, month, weekday = fields
    try:
        return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=UTC)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no trigger: {error}") from error


def _weekdays(field: str) -> str:
    """Cron's numbers as names: the library counts from Monday, cron from Sunday."""
    return ",".join(_weekday_range(part) for part in field.split(","))


def _weekday_range(part: str) -> str:
    span = re.fullmatch(rf"({_DAY})(?:-({_DAY}))?", part)
    if span is None:
        return part
    first, last = _weekday(span[1]), _weekday(span[2] or span[1])
    last += 7 if last < first else 0
    return ",".join(dict.fromkeys(_DAYS[number % 7] for number in range(first, last + 1)))


def _weekday(word: str) -> int:
    return int(word) if word.isdigit() else _DAYS.index(word)


def last_due(trigger: BaseTrigger, after: datetime, now: datetime) -> datetime | None:
    """The newest scheduled time later than ``after`` and not later than ``now``; None if there is none.

    However many were missed, it is one: what comes of it is run once.
    """
    for reach in _LOOK_BACK:
        begin = max(after, now - reach)
        if (newest := _last(_between(trigger, begin, now))) is not None or begin == after:
            return newest
    return None


def _between(trigger: BaseTrigger, after: datetime, until: datetime) -> Iterator[datetime]:
    moment = _next(trigger, after)
    while moment is not None and moment <= until:
        yield moment
        moment = _next(trigger, moment)


def _last(moments: Iterator[datetime]) -> datetime | None:
    newest = None
    for moment in moments:
        newest = moment
    return newest


def _next(trigger: BaseTrigger, after: datetime) -> datetime | None:
    found: datetime | None = trigger.get_next_fire_time(None, after + _INSTANT)
    return found.astimezone(UTC) if found else None


def read_schedule(session: Session) -> tuple[ScheduleEntry, ...]:
    """Every entry, by name."""
    rows = session.execute(select(_ENTRY).order_by(_ENTRY.c.name)).mappings()
    return tuple(ScheduleEntry(**{**row, "categories": tuple(row["categories"])}) for row in rows)


def find_entry(session: Session, name: str) -> ScheduleEntry:
    """One entry. Raises NotFound naming those there are."""
    entries = read_schedule(session)
    for entry in entries:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in entries) or "none"
    raise NotFound(f"the schedule has no entry {name!r}; there are: {known}")


def add_entry(session: Session, entry: ScheduleEntry, *, replacing: bool = False) -> ScheduleEntry:
    """Keep an entry; its times count from now. Raises InvalidInput for what cannot be read, or a name in use."""
    _check(entry)
    kept = replace(entry, counts_from=datetime.now(UTC))
    values = {**asdict(kept), "categories": list(kept.categories)}
    statement = insert(_ENTRY).values(values)
    statement = (
        statement.on_conflict_do_update(index_elements=[_ENTRY.c.name], set_=values)
        if replacing
        else statement.on_conflict_do_nothing()
    )
    if session.execute(statement.returning(_ENTRY.c.name)).first() is None:
        raise InvalidInput(f"the schedule has an entry {entry.name!r} already; replace it, or choose another name")
    return kept


def _check(entry: ScheduleEntry) -> None:
    if not _NAME.fullmatch(entry.name):
        raise InvalidInput(f"{entry.name!r} cannot name an entry: use lower-case letters, digits, '.', '_' and '-'")
    if entry.way not in WAYS:
        raise InvalidInput(f"{entry.way!r} is no way in; there are {', '.join(WAYS)}")
    if entry.depth not in DEPTHS:
        raise InvalidInput(f"{entry.depth!r} is no depth; there are {', '.join(DEPTHS)}")
    if strange := [one for one in entry.categories if not _CATEGORY.fullmatch(one)]:
        raise InvalidInput(f"{strange[0]!r} is no category; write it as cs.LG, or a set of OAI-PMH as cs:cs:LG")
    if min(entry.first_days or 1, entry.maximum or 1) < 1:
        raise InvalidInput("first days and maximum are whole numbers from 1")
    now = datetime.now(UTC)
    if _next(read_trigger(entry.trigger, now), now) is None:
        raise InvalidInput(f"{entry.trigger!r} names a time that never comes")


def remove_entry(session: Session, name: str) -> None:
    """Take an entry out of the schedule. Raises NotFound."""
    find_entry(session, name)
    session.execute(delete(_FIRING).where(_FIRING.c.name == name))
    session.execute(delete(_ENTRY).where(_ENTRY.c.name == name))


def set_enabled(session: Session, name: str, enabled: bool) -> None:
    """Switch an entry on or off. What fell due while it was off is not caught up. Raises NotFound."""
    if find_entry(session, name).enabled != enabled:
        values = {"enabled": enabled, "counts_from": datetime.now(UTC)}
        session.execute(update(_ENTRY).where(_ENTRY.c.name == name).values(values))


def last_firings(session: Session) -> dict[str, Firing]:
    """The newest firing of each entry that ever fired, by name."""
    newest = select(_FIRING).ext(distinct_on(_FIRING.c.name)).order_by(_FIRING.c.name, _FIRING.c.scheduled_for.desc())
    rows = session.execute(newest).mappings()
    return {row["name"]: Firing(row["scheduled_for"], row["fired_at"], row["job_id"]) for row in rows}


def claim_due(session: Session, name: str, now: datetime) -> tuple[ScheduleEntry, datetime] | None:
    """The entry and the scheduled time that is due and that nobody else acts on; None if there is none.

    The claim is a row that only one transaction can insert, and stands if the caller's transaction does: what a firing
    sets off belongs into the same one.
    """
    entry = next((one for one in read_schedule(session) if one.name == name and one.enabled), None)
    if entry is None:
        return None
    last = session.scalar(select(func.max(_FIRING.c.scheduled_for)).where(_FIRING.c.name == name))
    after = max(entry.counts_from, last or entry.counts_from)
    moment = last_due(read_trigger(entry.trigger, entry.counts_from), after, now)
    if moment is None:
        return None
    row = insert(_FIRING).values(name=name, scheduled_for=moment, fired_at=now)
    if session.execute(row.on_conflict_do_nothing().returning(_FIRING.c.name)).first() is None:
        return None
    return entry, moment


def note_asked(session: Session, name: str, now: datetime, job_id: int) -> None:
    """Keep that a person had an entry run now: it counts as its last run, and makes up for times missed before."""
    row = insert(_FIRING).values(name=name, scheduled_for=now, fired_at=now, job_id=job_id)
    session.execute(row.on_conflict_do_nothing())


def note_job(session: Session, name: str, moment: datetime, job_id: int) -> None:
    """Say which job a firing became."""
    this = (_FIRING.c.name == name) & (_FIRING.c.scheduled_for == moment)
    session.execute(update(_FIRING).where(this).values(job_id=job_id))
