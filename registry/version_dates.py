"""The date of a package's current version, when a better record of the same arXiv version tells a truer one.

A feed dates a paper by its announcement, a dump by a bare day; the record that comes later may have the moment. Without
this the order of imports would decide what a version is dated.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Table, bindparam, update
from sqlmodel import Session

from registry.identifiers import ARXIV_NAMESPACE
from registry.papers import ArxivPaper
from registry.tables import PackageRow, PackageVersionRow

_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_VERSION: Table = PackageVersionRow.__table__  # type: ignore[attr-defined]


def redate(session: Session, papers: Sequence[ArxivPaper]) -> None:
    """Date the current versions of these papers' packages as their records now say; earlier versions keep theirs."""
    rows = [
        {"id_": f"{ARXIV_NAMESPACE}:{paper.arxiv_id}", "source": paper.version, "moment": moment}
        for paper in papers
        if (moment := paper.updated_at or paper.submitted_at) is not None
    ]
    if not rows:
        return
    statement = (
        update(_VERSION)
        .where(
            _VERSION.c.package_id == bindparam("id_"),
            _VERSION.c.package_id == _PACKAGE.c.id,
            _VERSION.c.number == _PACKAGE.c.version,
            _VERSION.c.source_version.is_not_distinct_from(bindparam("source")),
            _VERSION.c.source_date.is_distinct_from(bindparam("moment")),
        )
        .values(source_date=bindparam("moment"))
    )
    session.connection().execute(statement, rows)
