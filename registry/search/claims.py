"""Searching for claims themselves: each with the package that makes it and the quotes it stands on.

All words must stand in one claim, or all but one where no claim has them all. Reads only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session

from registry.errors import InvalidQuery
from registry.feed import MAX_LIMIT, read_items
from registry.package_views import claim_summary
from registry.search.answers import ClaimHit
from registry.search.lexicon import Term, read_terms
from registry.search.query import parse_query
from registry.search.snippets import mark, marked_stems
from registry.search.text_query import TextQuery, most_of, text_query
from registry.statements import read_statements

MOST_PACKAGES = 100
_STATEMENTS = read_statements(Path(__file__).with_name("search.sql"))


def search_claims(session: Session, text: str, *, limit: int) -> tuple[ClaimHit, ...]:
    """Claims that have all words of ``text``, slips mended, the best match first, attention deciding between equals.

    Raises InvalidQuery for a limit out of range or an overlong query.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidQuery(f"limit={limit} is out of range; give 1 to {MAX_LIMIT}")
    query = parse_query(text)
    terms = read_terms(session, query.words)
    if not terms and not query.phrases:
        return ()
    rows = _rows(session, text_query(query, terms), _in_claims(terms), limit)
    if not rows and len(terms) > 1:
        rows = _rows(session, text_query(query, terms, all_but=1), _in_claims(terms, all_but=1), limit)
    items = {item.id: item for item in read_items(session, sorted({row.id for row in rows}))}
    stems = marked_stems(query, terms)
    claims = [(items[row.id], claim_summary(row.claim)) for row in rows]
    return tuple(ClaimHit(item, claim, mark(claim.statement, stems, width=None) or "") for item, claim in claims)


def _rows(session: Session, asked: TextQuery, in_claims: str, limit: int) -> Sequence[Any]:
    parameters = {"terms": asked.terms, "in_claims": in_claims or asked.terms, "most": MOST_PACKAGES, "limit": limit}
    return session.execute(_STATEMENTS["claims"], parameters).all()


def _in_claims(terms: Sequence[Term], *, all_but: int = 0) -> str:
    """The terms, wanted in claims and tags: a package without them there makes no such claim."""
    runs = [[(term.word,), *term.also] for term in terms]
    return most_of(["(" + " | ".join(f"{run[0]}:C" for run in readings) + ")" for readings in runs], all_but)
