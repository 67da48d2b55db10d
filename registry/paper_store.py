"""Keeping what arXiv says: records in, merged rows in `paper`, one batch in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.arrays import text_array
from registry.arxiv_withdrawal import ArxivWithdrawal, keep_deletions, read_deletions, withdrawal_of
from registry.copying import copy_rows
from registry.merge import MergedPaper, merge
from registry.papers import ArxivPaper, ArxivVersion, Deletion, Source
from registry.tables import PaperRow

_PAPER: Table = PaperRow.__table__  # type: ignore[attr-defined]


class Change(StrEnum):
    """What a batch did to one paper."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class RecordedPaper:
    """A paper as it stands after the batch, what the batch did to it, and whether arXiv withdrew it."""

    paper: ArxivPaper
    change: Change
    withdrawal: ArxivWithdrawal | None = None


def record(session: Session, papers: Iterable[ArxivPaper], deletions: Sequence[Deletion] = ()) -> list[RecordedPaper]:
    """Merge a batch of records into the table; one entry a known paper, by id.

    A deletion is kept also where the paper is not known, so that the order of imports decides nothing.
    Writers of the same paper wait for each other (locks are taken in the order of ids, so that none wait in a circle);
    writers of other papers don't.
    """
    batch = list(papers)
    ids = sorted({paper.arxiv_id for paper in batch} | {deletion.arxiv_id for deletion in deletions})
    _lock(session, ids)
    known = read_merged(session, ids)
    deleted_before = read_deletions(session, ids)
    deleted = keep_deletions(session, deletions, ids) if deletions else deleted_before
    merged = merged_with(known, batch)
    copy_rows(session, _PAPER, [_row(paper) for id_, paper in merged.items() if id_ not in known])
    _write(session, [paper for id_, paper in merged.items() if id_ in known and paper is not known[id_]])
    return compare(known, merged, deleted_before, deleted)


def preview(session: Session, papers: Sequence[ArxivPaper], deletions: Sequence[Deletion]) -> list[RecordedPaper]:
    """What `record` would answer. Writes and locks nothing."""
    ids = sorted({paper.arxiv_id for paper in papers} | {deletion.arxiv_id for deletion in deletions})
    known, before = read_merged(session, ids), read_deletions(session, ids)
    after = dict(before)
    for one in deletions:
        after[one.arxiv_id] = max(one.deleted_on, after.get(one.arxiv_id, one.deleted_on))
    return compare(known, merged_with(known, papers), before, after)


def merged_with(known: Mapping[str, MergedPaper], papers: Iterable[ArxivPaper]) -> dict[str, MergedPaper]:
    """What is known, and these records with it."""
    merged = dict(known)
    for paper in papers:
        merged[paper.arxiv_id] = merge(merged.get(paper.arxiv_id), paper)
    return merged


def compare(
    known: Mapping[str, MergedPaper],
    merged: Mapping[str, MergedPaper],
    deleted_before: Mapping[str, date],
    deleted: Mapping[str, date],
) -> list[RecordedPaper]:
    """What became of each paper, by id."""
    answer = []
    for id_ in sorted(merged):
        change, withdrawal = _change(known.get(id_), merged[id_]), withdrawal_of(merged[id_], deleted.get(id_))
        if change is Change.UNCHANGED and deleted.get(id_) != deleted_before.get(id_):
            before = withdrawal_of(known[id_], deleted_before.get(id_))
            change = change if before == withdrawal else Change.UPDATED
        answer.append(RecordedPaper(merged[id_].paper, change, withdrawal))
    return answer


def read_merged(session: Session, ids: Sequence[str]) -> dict[str, MergedPaper]:
    """The merged papers among these canonical arXiv ids."""
    rows = session.execute(select(_PAPER).where(_PAPER.c.arxiv_id == func.any(text_array(ids)))).mappings()
    return {row["arxiv_id"]: _merged(row) for row in rows}


def read_known(session: Session, ids: Sequence[str]) -> set[str]:
    """Those of these canonical arXiv ids of which there is a record."""
    return set(session.scalars(select(_PAPER.c.arxiv_id).where(_PAPER.c.arxiv_id == func.any(text_array(ids)))))


def _change(before: MergedPaper | None, after: MergedPaper) -> Change:
    if before is None:
        return Change.NEW
    same = replace(after.paper, source=before.paper.source) == before.paper
    return Change.UNCHANGED if same else Change.UPDATED


def _lock(session: Session, ids: Sequence[str]) -> None:
    wanted = func.unnest(text_array(ids)).table_valued("id", with_ordinality="place").render_derived()
    in_order = select(wanted.c.id).order_by(wanted.c.place).subquery()
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(in_order.c.id, 0))).select_from(in_order))


def _write(session: Session, papers: Sequence[MergedPaper]) -> None:
    if not papers:
        return
    statement = insert(_PAPER)
    replaced: dict[str, Any] = {
        column.name: literal_column(f"excluded.{column.name}") for column in _PAPER.columns if not column.primary_key
    }
    session.execute(
        statement.on_conflict_do_update(index_elements=[_PAPER.c.arxiv_id], set_=replaced), [_row(p) for p in papers]
    )


def _row(merged: MergedPaper) -> dict[str, Any]:
    paper = merged.paper
    return {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "source": paper.source.value,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "primary_category": paper.primary_category,
        "categories": list(paper.categories),
        "version": paper.version,
        "submitted_at": paper.submitted_at,
        "updated_at": paper.updated_at,
        "metadata_date": paper.metadata_date,
        "license": paper.license,
        "comment": paper.comment,
        "journal_ref": paper.journal_ref,
        "doi": paper.doi,
        "versions": [_version_row(version) for version in paper.versions],
        "precedence": dict(merged.precedence),
    }


def _version_row(version: ArxivVersion) -> dict[str, Any]:
    fields = {
        "number": version.number,
        "submitted_at": version.submitted_at.isoformat() if version.submitted_at else None,
        "size_bytes": version.size_bytes,
        "source_type": version.source_type,
        "license": version.license,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _merged(row: Any) -> MergedPaper:
    fields = dict(row)
    precedence = fields.pop("precedence")
    fields["source"] = Source(fields["source"])
    fields["authors"] = tuple(fields["authors"])
    fields["categories"] = tuple(fields["categories"])
    fields["versions"] = tuple(_version(version) for version in fields["versions"])
    return MergedPaper(ArxivPaper(**fields), precedence)


def _version(row: dict[str, Any]) -> ArxivVersion:
    moment = row.get("submitted_at")
    return ArxivVersion(**{**row, "submitted_at": datetime.fromisoformat(moment) if moment else None})
