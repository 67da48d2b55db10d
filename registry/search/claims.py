"""Searching for claims themselves: each with the package that makes it and the quotes it stands on.

All words must stand in one claim, or all but one where no claim has them all. Claims of a full text are found where its
licence lets everybody have them (``openly_served`` in the database says what `registry.licences` says). Reads only.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from registry.errors import InvalidQuery
from registry.feed import MAX_LIMIT, read_items
from registry.package_views import claim_summary
from registry.search.answers import ClaimHit, ClaimPage
from registry.search.lexicon import Term, read_terms
from registry.search.query import parse_query
from registry.search.snippets import mark, marked_stems
from registry.search.text_query import TextQuery, most_of, text_query
from registry.statements import read_statements

MOST_PACKAGES = 200
_STATEMENTS = read_statements(Path(__file__).with_name("search.sql"))


@dataclass(frozen=True, slots=True)
class _Place:
    """What the order compares, of the last claim shown; ``all_but`` words were let go for it."""

    all_but: int
    score: int
    attention_milli: int
    id: str
    place: int


def search_claims(session: Session, text: str, *, limit: int, cursor: str | None = None) -> ClaimPage:
    """Claims that have all words of ``text``, slips mended, the best match first, attention deciding between equals.

    Raises InvalidQuery for a limit out of range, an overlong query or a cursor not given here.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidQuery(f"limit={limit} is out of range; give 1 to {MAX_LIMIT}")
    after = _read_place(cursor) if cursor else None
    query = parse_query(text)
    terms = read_terms(session, query.all_words)
    if not terms and not query.phrases:
        return ClaimPage((), None)
    rows: Sequence[Any] = ()
    for all_but in _allowances(terms, after):
        rows = _rows(session, text_query(query, terms, all_but=all_but), _in_claims(terms, all_but), limit, after)
        if rows:
            break
    shown = rows[:limit]
    items = {item.id: item for item in read_items(session, sorted({row.id for row in shown}))}
    stems = marked_stems(query, terms)
    claims = [(items[row.id], claim_summary(row.claim)) for row in shown]
    hits = tuple(ClaimHit(item, claim, mark(claim.statement, stems, width=None) or "") for item, claim in claims)
    return ClaimPage(hits, _write_place(all_but, shown[-1]) if len(rows) > limit else None)


def _allowances(terms: Sequence[Term], after: _Place | None) -> Iterator[int]:
    """How many words may be missing: none, or one where that finds nothing; on later pages as on the first."""
    if after is not None:
        yield after.all_but
        return
    yield 0
    if len(terms) > 1:
        yield 1


def _rows(session: Session, asked: TextQuery, in_claims: str, limit: int, after: _Place | None) -> Sequence[Any]:
    parameters = {
        "terms": asked.terms,
        "in_claims": in_claims or asked.terms,
        "most": MOST_PACKAGES,
        "limit": limit + 1,
        "after_id": after.id if after else None,
        "after_score": after.score if after else None,
        "after_attention": after.attention_milli if after else None,
        "after_place": after.place if after else None,
    }
    return session.execute(_STATEMENTS["claims"], parameters).all()


def _in_claims(terms: Sequence[Term], all_but: int) -> str:
    """The terms, wanted in claims and tags: a package without them there makes no such claim."""
    runs = [[(term.word,), *term.also] for term in terms]
    return most_of(["(" + " | ".join(f"{run[0]}:C" for run in readings) + ")" for readings in runs], all_but)


def _write_place(all_but: int, row: Any) -> str:
    parts = ["claim", all_but, row.score, row.attention_milli, row.id, row.place]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _read_place(token: str) -> _Place:
    try:
        kind, all_but, *numbers, id_, place = json.loads(
            base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        )
        score, attention = numbers
        whole = all(type(one) is int and abs(one) < 1 << 62 for one in (all_but, score, attention))
        if kind != "claim" or not whole or type(id_) is not str or "\0" in id_ or all_but not in (0, 1):
            raise ValueError("not a place")
        if type(place) is not int or not 0 < place < 1 << 31:
            raise ValueError("not a place")
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidQuery("cursor is not one this search gave; leave it out to start from the first page") from error
    return _Place(all_but, score, attention, id_, place)
