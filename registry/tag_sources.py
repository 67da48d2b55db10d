"""What a package's tags stand on beside its row: stated keywords, its manifest's word on AI, and its owner's choices.

Kept so that tags can be derived anew, after a change of the vocabulary or of the record, without opening a bundle.
Deriving is `registry.tags`' work, writing the tags on the package's row the callers'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.arrays import text_array
from registry.errors import InvalidInput
from registry.identifiers import PackageId
from registry.tables import TagChoiceRow, TagSourceRow

MAX_CHOICES = 24  # of one package, given and taken: tags are eight, and a list without end would be a place to write
_SOURCE: Table = TagSourceRow.__table__  # type: ignore[attr-defined]
_CHOICE: Table = TagChoiceRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class TagSource:
    """``added`` and ``removed`` are tag names, in the order in which they were chosen."""

    keywords: tuple[str, ...] = ()
    ai_generated: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


NO_SOURCE = TagSource()


def read_tag_sources(session: Session, ids: Sequence[str]) -> dict[str, TagSource]:
    """By package id, of those that have any."""
    if not ids:
        return {}
    named = text_array(ids)
    stated = session.execute(select(_SOURCE).where(_SOURCE.c.package_id == func.any(named))).mappings()
    keywords = {row["package_id"]: (tuple(row["keywords"]), row["ai_generated"]) for row in stated}
    given: dict[str, list[str]] = {}
    taken: dict[str, list[str]] = {}
    choices = select(_CHOICE.c.package_id, _CHOICE.c.tag, _CHOICE.c.given).where(
        _CHOICE.c.package_id == func.any(named)
    )
    for row in session.execute(choices.order_by(_CHOICE.c.package_id, _CHOICE.c.chosen_at, _CHOICE.c.tag)):
        (given if row.given else taken).setdefault(row.package_id, []).append(row.tag)
    return {
        id_: TagSource(*keywords.get(id_, ((), False)), tuple(given.get(id_, ())), tuple(taken.get(id_, ())))
        for id_ in keywords.keys() | given.keys() | taken.keys()
    }


def write_tag_source(session: Session, id_: str, *, keywords: Iterable[str], ai_generated: bool = False) -> None:
    """Keep what a package's own text states, in place of what was kept of it before. The package's row is there."""
    row = {"package_id": id_, "keywords": list(keywords), "ai_generated": ai_generated}
    session.execute(insert(_SOURCE).values(row).on_conflict_do_update(index_elements=[_SOURCE.c.package_id], set_=row))


def choose_tag(session: Session, package_id: PackageId, tag: str, *, given: bool, by: str) -> None:
    """Give a package a tag, or take it, whatever its words say; the last word on a tag counts.

    Raises InvalidInput once the package has `MAX_CHOICES` of them.
    """
    this = _CHOICE.c.package_id == str(package_id)
    others = session.scalar(select(func.count()).select_from(_CHOICE).where(this, _CHOICE.c.tag != tag))
    if (others or 0) >= MAX_CHOICES:
        raise InvalidInput(
            f"{package_id} has {others} tags given or taken by hand, which is the most; forget one of them first."
        )
    row = {"package_id": str(package_id), "tag": tag, "given": given, "chosen_by": by, "chosen_at": datetime.now(UTC)}
    key = [_CHOICE.c.package_id, _CHOICE.c.tag]
    session.execute(insert(_CHOICE).values(row).on_conflict_do_update(index_elements=key, set_=row))


def forget_choice(session: Session, package_id: PackageId, tag: str) -> bool:
    """Let the words decide on a tag again; whether anybody had chosen."""
    this = (_CHOICE.c.package_id == str(package_id)) & (_CHOICE.c.tag == tag)
    return session.execute(delete(_CHOICE).where(this).returning(_CHOICE.c.tag)).first() is not None
