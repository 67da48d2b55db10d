"""Following arXiv where it withdraws a paper or deletes its record: the package is withdrawn with arXiv's reason, and
comes back when arXiv brings the paper back. Earlier versions of a withdrawn paper stay readable, as arXiv keeps them.

A paper is withdrawn where its newest arXiv version says so: by the source type I (arXiv's mark of a withdrawal), or,
where a record does not carry that mark, by its comment or abstract in the words that authors and arXiv's
administrators use. A withdrawal by a person here (`registry.withdrawal`) is never undone by arXiv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.arrays import text_array
from registry.identifiers import ARXIV_NAMESPACE, ArxivId
from registry.merge import MergedPaper, version_behind
from registry.papers import ArxivVersion, Deletion
from registry.search.indexing import refresh
from registry.tables import DeletedRecordRow, PackageRow
from registry.withdrawal import REASON_CHARACTERS

DELETED = 0
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_DELETED: Table = DeletedRecordRow.__table__  # type: ignore[attr-defined]
_NO_REASON = "its authors withdrew it from arXiv and gave no reason"
_WORK = r"(?:papers?|articles?|submission|manuscript|preprint|e-?print|report|note|work|version|draft)"
# "withdrawn from the conference" speaks of another place; "v2 was withdrawn" of another version.
_GONE = r"(?:withdrawn|retracted|removed\s+(?:by|from)\s+arxiv)\b(?!\s+from\s+(?!arxiv))"
_SAID = re.compile(
    rf"\b(?:this|the)\s+{_WORK}\s+(?:(?:has|have|had)\s+been|is|was)\s+{_GONE}"
    rf"|^(?:{_WORK}\s+)?(?:(?:has\s+been|is)\s+)?{_GONE}(?=\s*(?:$|[.,;:]|by\b|due\b|because\b|for\b|as\b|since\b))"
    r"|\bwithdrawn\s+by\s+(?:the\s+|an?\s+)?(?:authors?\b|author\(s\)|arxiv)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ArxivWithdrawal:
    """``source_version`` is the arXiv version that withdraws the paper, `DELETED` where the record is deleted."""

    source_version: int
    reason: str
    moment: datetime


def withdrawal_of(merged: MergedPaper, deleted_on: date | None) -> ArxivWithdrawal | None:
    """Whether arXiv withdrew a paper, from all that is known of it and the day its record was deleted, if it was.

    A record of the paper that changed after that day undoes the deletion.
    """
    paper = merged.paper
    if deleted_on is not None and not (paper.metadata_date and paper.metadata_date > deleted_on):
        return ArxivWithdrawal(DELETED, "arXiv deleted its record of this paper", _midnight(deleted_on))
    newest = next((listed for listed in paper.versions if listed.number == paper.version), None)
    words = _words(merged)
    if words is None and not _marked(newest):
        return None
    moment = paper.updated_at or (newest.submitted_at if newest else None) or _day_of(merged)
    return ArxivWithdrawal(paper.version or 1, _shortened(words or _bare_reason(merged)), moment)


def _marked(newest: ArxivVersion | None) -> bool:
    return newest is not None and "I" in (newest.source_type or "")


def _bare_reason(merged: MergedPaper) -> str:
    """Where only the mark says it: the comment is where the reason should be, whatever it speaks of."""
    comment = merged.paper.comment if version_behind(merged, "comment") == merged.paper.version else None
    return f"it was withdrawn from arXiv with the comment: {comment}" if comment else _NO_REASON


def _words(merged: MergedPaper) -> str | None:
    """What the newest version says of its withdrawal: its comment, else the beginning of its abstract."""
    paper = merged.paper
    comment, abstract = paper.comment or "", (paper.abstract or "")[:300]
    if comment and version_behind(merged, "comment") == paper.version and _SAID.search(comment):
        return comment
    if abstract and version_behind(merged, "abstract") == paper.version and _SAID.match(abstract):
        return paper.abstract
    return None


def _shortened(reason: str) -> str:
    words = "".join(character for character in reason if character.isprintable())
    return words if len(words) <= REASON_CHARACTERS else words[: REASON_CHARACTERS - 1] + "…"


def _day_of(merged: MergedPaper) -> datetime:
    named = ArxivId(merged.paper.arxiv_id)
    return _midnight(merged.paper.metadata_date or date(named.year, named.month, 1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def keep_deletions(session: Session, deletions: Sequence[Deletion], ids: Sequence[str]) -> dict[str, date]:
    """Write the deletions; the day on which each of these papers was deleted, for those that were."""
    if deletions:
        latest: dict[str, date] = {}
        for one in deletions:
            latest[one.arxiv_id] = max(one.deleted_on, latest.get(one.arxiv_id, one.deleted_on))
        statement = insert(_DELETED)
        later = func.greatest(_DELETED.c.deleted_on, statement.excluded.deleted_on)
        session.execute(
            statement.on_conflict_do_update(index_elements=[_DELETED.c.arxiv_id], set_={"deleted_on": later}),
            [{"arxiv_id": id_, "deleted_on": latest[id_]} for id_ in sorted(latest)],
        )
    return read_deletions(session, ids)


def read_deletions(session: Session, ids: Sequence[str]) -> dict[str, date]:
    """The day on which each of these papers was deleted, for those that were."""
    statement = select(_DELETED.c.arxiv_id, _DELETED.c.deleted_on)
    rows = session.execute(statement.where(_DELETED.c.arxiv_id == func.any(text_array(ids))))
    return {row.arxiv_id: row.deleted_on for row in rows}


def follow_arxiv(session: Session, states: Mapping[str, ArxivWithdrawal | None]) -> None:
    """Bring the packages of these papers, by arXiv id, to what arXiv says: withdrawn, or there (again)."""
    gone = {id_: state for id_, state in states.items() if state is not None}
    there = [f"{ARXIV_NAMESPACE}:{id_}" for id_, state in states.items() if state is None]
    nobody_here = _PACKAGE.c.withdrawn_at.is_(None) | _PACKAGE.c.withdrawn_source_version.is_not(None)
    if there:
        ours = (_PACKAGE.c.id == func.any(text_array(there))) & _PACKAGE.c.withdrawn_source_version.is_not(None)
        cleared = {"withdrawn_at": None, "withdrawn_reason": None, "withdrawn_source_version": None}
        back = session.scalars(update(_PACKAGE).where(ours).values(cleared).returning(_PACKAGE.c.id)).all()
        refresh(session, back)
    if gone:
        values: dict[str, Any] = {name: bindparam(name) for name in _WITHDRAWN}
        statement = update(_PACKAGE).where(_PACKAGE.c.id == bindparam("package_id"), nobody_here).values(values)
        session.connection().execute(statement, [_row(id_, gone[id_]) for id_ in sorted(gone)])
        refresh(session, [f"{ARXIV_NAMESPACE}:{id_}" for id_ in gone])


_WITHDRAWN = ("withdrawn_at", "withdrawn_reason", "withdrawn_source_version")


def _row(arxiv_id: str, state: ArxivWithdrawal) -> dict[str, Any]:
    values = (state.moment, state.reason, state.source_version)
    return {"package_id": f"{ARXIV_NAMESPACE}:{arxiv_id}", **dict(zip(_WITHDRAWN, values, strict=True))}
