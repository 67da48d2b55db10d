"""The search engine that is always there: Postgres full text over `package_text`, slips mended by the lexicon.

All words must match, anywhere in a package's texts; where nothing has all of them, other readings of known words are
tried, then all words but one, then any. Reads only; writing the texts is `registry.search.indexing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select, text
from sqlmodel import Session

from registry.categories import UNCATEGORISED
from registry.errors import InvalidQuery
from registry.feed import MAX_LIMIT, FacetCount, Facets, read_items
from registry.identifiers import ARXIV_NAMESPACE, PackageId
from registry.search.answers import Order, SearchHit, SearchPage, SearchRequest
from registry.search.cursors import Place, Shown, read_after, write_place
from registry.search.feed_order import FEED_ORDERS, in_feed_order
from registry.search.lexicon import Term, read_terms
from registry.search.query import SearchQuery, read_years, read_yes_or_no
from registry.search.snippets import marked_stems, snippets
from registry.search.text_query import TextQuery, text_query
from registry.statements import read_statements
from registry.tables import PackageRow, PaperRow

MOST_CANDIDATES = 1_000
MOST_WEIGHED = 300
MOST_FACETED = 3_000
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_PAPER: Table = PaperRow.__table__  # type: ignore[attr-defined]
_STATEMENTS = read_statements(Path(__file__).with_name("search.sql"))
_NO_YEARS = (0, 9999)
# Page, facets and total come from one scan of what matches.
_SEARCHES = {
    order: text(
        f"WITH matches AS MATERIALIZED ({_STATEMENTS['matches']}),"  # noqa: S608  (our files)
        f" counted AS MATERIALIZED ({_STATEMENTS['counted']}), page AS ({_STATEMENTS[order]})"
        f" SELECT * FROM page UNION ALL ({_STATEMENTS['counts']})"
    )
    for order in (Order.RELEVANCE, Order.ATTENTION, Order.NEWEST)
}
_MATCHING = text(f"WITH matches AS ({_STATEMENTS['matches']}) SELECT package_id FROM matches")  # noqa: S608
# The same orders over ids that another engine found.
_ORDERINGS = {
    order: text(f"WITH matches AS (SELECT unnest(CAST(:ids AS text[])) AS package_id) {_STATEMENTS[order]}")
    for order in (Order.ATTENTION, Order.NEWEST)
}


class PostgresSearch:
    """Searches in the session it is given. Holds no state."""

    name = "postgres"

    def search(self, session: Session, request: SearchRequest) -> SearchPage:
        """One page of what matches. Raises InvalidQuery for a limit out of range or a cursor not given here."""
        if not 1 <= request.limit <= MAX_LIMIT:
            raise InvalidQuery(f"limit={request.limit} is out of range; give 1 to {MAX_LIMIT}")
        if (named := exact_page(session, request)) is not None:
            return named
        counted = _counting(request) if request.order in FEED_ORDERS else request
        parameters = _filter_parameters(request) | _place_parameters(counted)
        for terms, asked in _readings(session, request.query):  # noqa: B007  (the last one stands)
            found = _run(session, asked, counted.order, parameters)
            if found.total:
                break
        if request.order in FEED_ORDERS:
            ids = session.scalars(_MATCHING, parameters | _text_parameters(asked, ranked=False)).all()
            items, cursor = in_feed_order(session, request, ids)
        else:
            shown = found.hits[: request.limit]
            items = read_items(session, [place.id for place in shown])
            cursor = write_place(request.order, shown[-1]) if len(found.hits) > request.limit else None
        stems = marked_stems(request.query, terms)
        return SearchPage(
            hits=tuple(SearchHit(item, snippets(item, stems)) for item in items),
            facets=found.facets,
            faceted=min(found.total, MOST_FACETED),
            total=found.total,
            next_cursor=cursor,
            read_as=tuple((term.word, " ".join(term.best)) for term in terms if term.best != (term.word,)),
            relaxed=asked.relaxed,
        )


def _counting(request: SearchRequest) -> SearchRequest:
    """The request for facets and total alone."""
    return replace(request, order=Order.ATTENTION, filters=replace(request.filters, limit=1, cursor=None))


@dataclass(frozen=True, slots=True)
class _Found:
    """What one statement gave: places of one page and one more where there is one, facets, the exact total."""

    hits: tuple[Place, ...]
    facets: Facets
    total: int


def named_package(session: Session, query: SearchQuery) -> PackageId | None:
    """The package that the query names by id or DOI, if it stands in this registry."""
    if query.doi is not None:
        found = session.scalar(select(_PAPER.c.arxiv_id).where(func.lower(_PAPER.c.doi) == query.doi).limit(1))
        wanted = PackageId(ARXIV_NAMESPACE, found) if found else None
    else:
        wanted = query.package
    if wanted is None:
        return None
    standing = select(_PACKAGE.c.id).where(_PACKAGE.c.id == str(wanted), _PACKAGE.c.withdrawn_at.is_(None))
    return wanted if session.scalar(standing) else None


def exact_page(session: Session, request: SearchRequest) -> SearchPage | None:
    """The answer to a query that names one package, with or without it, or says nothing; None for other queries."""
    if request.query.says_nothing:
        return _one_package(session, None)
    if request.query.package is None and request.query.doi is None:
        return None
    return _one_package(session, named_package(session, request.query))


def order_ids(session: Session, request: SearchRequest, ids: Sequence[str]) -> tuple[list[str], str | None]:
    """One page of these packages in the order of the request (relevance: attention's), and the cursor for the next."""
    order = Order.ATTENTION if request.order is Order.RELEVANCE else request.order
    rows = session.execute(_ORDERINGS[order], _place_parameters(request) | {"ids": list(ids)}).all()
    places = [Place(row.number, row.attention_milli, row.sorted_at, row.name) for row in rows]
    shown = places[: request.limit]
    cursor = write_place(request.order, shown[-1], mirror=True) if len(places) > len(shown) else None
    return [place.id for place in shown], cursor


def _one_package(session: Session, named: PackageId | None) -> SearchPage:
    items = read_items(session, [str(named)] if named else [])
    facets = Facets(
        tuple(FacetCount(name, 1) for item in items for name in item.categories or (UNCATEGORISED,)),
        tuple(FacetCount(name, 1) for item in items for name in sorted(item.tags)),
    )
    hits = tuple(SearchHit(item, ()) for item in items)
    return SearchPage(hits, facets, faceted=len(hits), total=len(hits), next_cursor=None, exact=named)


def _readings(session: Session, query: SearchQuery) -> Iterator[tuple[list[Term], TextQuery]]:
    """Ways to read the query, from the strictest on; each is tried only if none before it matched anything."""
    terms = read_terms(session, query.words)
    yield terms, text_query(query, terms)
    if query.words:
        generous = read_terms(session, query.words, generous=True)
        if generous != terms:
            yield generous, text_query(query, generous)
        if query.year_words:
            yield generous, replace(text_query(query, generous), year_words=(), relaxed=True)
        if len(query.words) > 2:
            yield generous, text_query(query, generous, all_but=1)
        if len(query.words) > 1:
            yield generous, text_query(query, generous, all_but=len(generous))


def _filter_parameters(request: SearchRequest) -> dict[str, Any]:
    query, beside = request.query, request.filters
    categories = [*query.categories, *beside.categories]
    without = [*query.without_categories, *beside.without_categories]
    years, reproduced = narrowed(request)
    first, last = years or _NO_YEARS
    return {
        "tags": [*query.tags, *beside.tags],
        "without_tags": [*query.without_tags, *beside.without_tags],
        "categories": [one for one in categories if one != UNCATEGORISED],
        "without_categories": [one for one in without if one != UNCATEGORISED],
        "unlisted": UNCATEGORISED in categories,
        "listed": UNCATEGORISED in without,
        "dated": years is not None,
        "first_year": first,
        "last_year": last,
        "licences": [*query.licences, *beside.licences],
        "namespaces": [*query.namespaces, *beside.namespaces],
        "reproduced": reproduced,
    }


def narrowed(request: SearchRequest) -> tuple[tuple[int, int] | None, bool | None]:
    """The years that hold and whether packages must be reproduced: as typed, else as chosen beside."""
    query, beside = request.query, request.filters
    years = query.years or next(filter(None, map(read_years, beside.years)), None)
    chosen = next((said for said in map(read_yes_or_no, beside.reproduced) if said is not None), None)
    return years, chosen if query.reproduced is None else query.reproduced


def _place_parameters(request: SearchRequest) -> dict[str, Any]:
    reached = read_after(request.order, request.filters.cursor)
    after = reached if isinstance(reached, Place) else None
    return {
        "skipped": reached.count if isinstance(reached, Shown) else 0,
        "after_id": after.id if after else None,
        "after_score": after.score if after else None,
        "after_attention": after.attention_milli if after else None,
        "after_moment": after.sorted_at if after else None,
        "limit": request.limit + 1,
        "faceted": MOST_FACETED,
        # The first page is among those whose whole text is looked at: no need for the others.
        "most": MOST_CANDIDATES if reached else MOST_WEIGHED,
        "deep": MOST_WEIGHED,
    }


def _text_parameters(asked: TextQuery, *, ranked: bool) -> dict[str, Any]:
    return asdict(asked) | {
        "year_words": list(asked.year_words),
        "everything": asked.matches_everything,
        "ranked": ranked,
    }


def _run(session: Session, asked: TextQuery, order: Order, parameters: dict[str, Any]) -> _Found:
    # Filters and exclusions alone: nothing is more relevant than another.
    ranked = order is Order.RELEVANCE and bool(asked.any_term)
    statement = _SEARCHES[order if ranked or order is not Order.RELEVANCE else Order.ATTENTION]
    by_kind: dict[str, list[FacetCount]] = {"categories": [], "tags": []}
    hits: list[Place] = []
    total = 0
    for kind, name, number, attention, moment in session.execute(
        statement, parameters | _text_parameters(asked, ranked=ranked)
    ):
        if kind == "hit":
            hits.append(Place(number, attention, moment, name))
        elif kind == "total":
            total = number
        else:
            by_kind[kind].append(FacetCount(name, number))
    for facets in by_kind.values():
        facets.sort(key=lambda facet: (-facet.count, facet.name))
    return _Found(tuple(hits), Facets(tuple(by_kind["categories"]), tuple(by_kind["tags"])), total)
