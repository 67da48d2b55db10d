"""Which papers' full text is wanted by the operator's policy, and what became of each attempt.

A version is tried once: after a success, a refusal or a failure only a person asks again. Fetching and compiling are
`web.fulltext`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.arrays import text_array
from registry.identifiers import ARXIV_NAMESPACE
from registry.licences import Terms, read_licence
from registry.settings import Settings
from registry.tables import FulltextAttemptRow, PackageRow, PaperRow, ScheduleRow

_ATTEMPT: Table = FulltextAttemptRow.__table__  # type: ignore[attr-defined]
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_PAPER: Table = PaperRow.__table__  # type: ignore[attr-defined]
_SCHEDULE: Table = ScheduleRow.__table__  # type: ignore[attr-defined]
_REASON = 500
_CHOSEN_AT_ONCE = 200


class AttemptState(StrEnum):
    """Where an attempt stands. ``refused``: the licence or the policy says no; ``failed``: nothing could be made."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FulltextPolicy:
    """The operator's choice. No categories means none. ``days`` counts back from now to the paper's newest version.

    ``open_only`` leaves out papers whose licence is known not to be open; an unknown one is looked up by the attempt.
    """

    categories: tuple[str, ...]
    open_only: bool
    days: int
    least_attention: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of the full text of one version; ``version`` 0 stands for the newest of a paper that names none."""

    arxiv_id: str
    version: int
    state: AttemptState
    reason: str | None
    level: str | None
    attempts: int
    noted_at: datetime


def read_policy(session: Session, settings: Settings) -> FulltextPolicy:
    """The policy in force: the settings, and the categories of schedule entries whose depth is full text."""
    deep = select(_SCHEDULE.c.categories).where(_SCHEDULE.c.enabled, _SCHEDULE.c.depth == "fulltext")
    scheduled = {
        category
        for categories in session.scalars(deep)
        for category in (categories or settings.arxiv_categories)
    }  # fmt: skip
    return FulltextPolicy(
        categories=tuple(sorted({*settings.fulltext_categories, *scheduled})),
        open_only=settings.fulltext_licences == "open",
        days=settings.fulltext_days,
        least_attention=settings.fulltext_min_attention,
    )


def choose(session: Session, policy: FulltextPolicy, *, limit: int) -> list[tuple[str, int]]:
    """Papers (id, version) that the policy wants and that were never tried, most attention first."""
    if not policy.categories or limit <= 0:
        return []
    tried = (_ATTEMPT.c.arxiv_id == _PAPER.c.arxiv_id) & (_ATTEMPT.c.version == _PAPER.c.version)
    statement = (
        select(_PAPER.c.arxiv_id, _PAPER.c.version, _PAPER.c.versions)
        .join(_PACKAGE, _PACKAGE.c.name == _PAPER.c.arxiv_id)
        .where(
            _PACKAGE.c.namespace == ARXIV_NAMESPACE,
            _PACKAGE.c.withdrawn_at.is_(None),
            _PACKAGE.c.categories.overlap(text_array(policy.categories)),
            _PACKAGE.c.sorted_at >= datetime.now(UTC) - timedelta(days=policy.days),
            _PACKAGE.c.attention_milli >= round(policy.least_attention * 1000),
            _PAPER.c.version.is_not(None),
            ~select(_ATTEMPT.c.arxiv_id).where(tried).exists(),
        )
        .order_by(_PACKAGE.c.attention_milli.desc(), _PACKAGE.c.sorted_at.desc(), _PACKAGE.c.id.desc())
        .execution_options(yield_per=_CHOSEN_AT_ONCE)
    )
    with session.execute(statement) as result:
        wanted = (row for row in result.mappings() if not policy.open_only or _may_be_open(row))
        return [(row["arxiv_id"], row["version"]) for row in islice(wanted, limit)]


def _may_be_open(paper: Mapping[Any, Any]) -> bool:
    """Whether the licence of the newest version is open, or not known; an earlier version's says nothing of it."""
    told = next((one.get("license") for one in paper["versions"] if one["number"] == paper["version"]), None)
    return told is None or read_licence(told).terms is Terms.OPEN


def read_attempt(session: Session, arxiv_id: str, version: int) -> Attempt | None:
    """What became of this version's full text, None if it was never tried."""
    this = (_ATTEMPT.c.arxiv_id == arxiv_id) & (_ATTEMPT.c.version == version)
    row = session.execute(select(_ATTEMPT).where(this)).mappings().first()
    if row is None:
        return None
    told = ("arxiv_id", "version", "reason", "level", "attempts", "noted_at")
    return Attempt(state=AttemptState(row["state"]), **{name: row[name] for name in told})


def note_queued(session: Session, arxiv_id: str, version: int, job_id: int) -> None:
    """Remember that an attempt waits in the queue; one that is at its end already stays as it is."""
    values = {"arxiv_id": arxiv_id, "version": version, "state": AttemptState.QUEUED.value, "attempts": 0}
    row = insert(_ATTEMPT).values(**values, job_id=job_id, noted_at=datetime.now(UTC))
    session.execute(row.on_conflict_do_nothing())


def note_begun(session: Session, arxiv_id: str, version: int) -> None:
    """Count one more attempt, which runs now."""
    row = insert(_ATTEMPT).values(
        arxiv_id=arxiv_id, version=version, state=AttemptState.RUNNING.value, attempts=1, noted_at=datetime.now(UTC)
    )
    values = {"state": AttemptState.RUNNING.value, "attempts": _ATTEMPT.c.attempts + 1, "noted_at": datetime.now(UTC)}
    session.execute(row.on_conflict_do_update(index_elements=[_ATTEMPT.c.arxiv_id, _ATTEMPT.c.version], set_=values))


def note_ended(
    session: Session,
    arxiv_id: str,
    version: int,
    state: AttemptState,
    *,
    reason: str | None = None,
    level: str | None = None,
) -> None:
    """Say what became of an attempt, with the reason in words where nothing was made."""
    this = (_ATTEMPT.c.arxiv_id == arxiv_id) & (_ATTEMPT.c.version == version)
    words = reason.replace("\x00", "")[:_REASON] if reason else None
    values = {"state": state.value, "reason": words, "level": level, "noted_at": datetime.now(UTC)}
    session.execute(update(_ATTEMPT).where(this).values(values))


def count_attempts(session: Session) -> dict[AttemptState, int]:
    """How many versions stand where."""
    rows = session.execute(select(_ATTEMPT.c.state, func.count()).group_by(_ATTEMPT.c.state))
    return {AttemptState(state): count for state, count in rows}


def forget_compiled(session: Session, papers: Sequence[tuple[str, int]]) -> None:
    """Let the full text of these versions (id, version) be tried again: its metadata changed since it was compiled."""
    for arxiv_id, version in papers:
        this = (_ATTEMPT.c.arxiv_id == arxiv_id) & (_ATTEMPT.c.version == version)
        session.execute(delete(_ATTEMPT).where(this, _ATTEMPT.c.state == AttemptState.DONE.value))
